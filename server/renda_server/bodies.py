"""Bodies and questions read strictly: an unknown field is refused by name, a wrong type by its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from renda_core.errors import Invalid

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)
_PLACE = re.compile(r" - at `\$\.?(?P<place>[^`]*)`$")
_NAMED = re.compile(r"(?:missing required|unknown) field `(?P<field>[^`]+)`")
IF_MATCH = re.compile(r'(?:W/)?"?(?P<version>[0-9]{1,9})"?')
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL and halves of surrogate pairs: no database stores them as text."""


def decode(raw: bytes, cls: type[T]) -> T:
    """Read a JSON body.

    Raises:
        Invalid: Naming the field that is unknown, missing, of the wrong type or beyond its limit.
    """
    try:
        made = msgspec.json.decode(raw, type=cls)
        if b"\\u" in raw:
            refuse_unstorable(msgspec.json.decode(raw))
    except msgspec.ValidationError as error:
        raise wrong(error) from None
    except msgspec.DecodeError as error:
        raise Invalid(f"the body cannot be read: {error}") from None
    except RecursionError:
        raise Invalid("the body is nested too deeply") from None
    check_ids(made)
    return made


def convert(given: Mapping[str, str], cls: type[S]) -> S:
    """Read the questions of an address, whose values are all text.

    Raises:
        Invalid: Naming the question that is unknown, or whose answer makes no sense.
    """
    refuse_unstorable(given)
    refuse_unknown(given, cls.__struct_fields__, "question")
    try:
        made = msgspec.convert(given, cls, strict=False)
    except msgspec.ValidationError as error:
        raise wrong(error) from None
    check_ids(made)
    return made


def wrong(error: msgspec.ValidationError) -> Invalid:
    """Name the place of what does not fit."""
    told, place = _PLACE.sub("", str(error)), _PLACE.search(str(error))
    named = _NAMED.search(told)
    parts = [place["place"] if place else "", named["field"] if named else ""]
    field = ".".join(part for part in parts if part)
    return Invalid(f"{field}: {told}" if field else told, field=field)


def refuse_unknown(given: Iterable[str], known: Iterable[str], what: str) -> None:
    """Refuse names that mean nothing here, rather than leave them out quietly."""
    allowed = frozenset(known)
    if unknown := sorted(name for name in given if name not in allowed):
        told = f"unknown {what} {unknown[0][:60]!r}; known: {', '.join(sorted(allowed)) or 'none'}"
        raise Invalid(told, field=unknown[0][:60])


def refuse_unstorable(value: Any, place: str = "") -> None:
    """Refuse text that no database stores, wherever it stands in plain data."""
    if isinstance(value, str):
        if UNSTORABLE.search(value):
            raise Invalid(f"{place or 'text'}: holds a character that is none", field=place)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            if UNSTORABLE.search(key):
                raise Invalid(f"{place or 'the body'}: a name holds a character that is none", field=place)
            refuse_unstorable(part, f"{place}.{key}" if place else key)
    elif isinstance(value, list | tuple):
        for n, part in enumerate(value):
            refuse_unstorable(part, f"{place}[{n}]")


def version(given: int | None, if_match: str) -> int:
    """Take the version that the asker saw, from the body or from ``If-Match``.

    Raises:
        Invalid: Neither is there, they differ, or the header is no version.
    """
    if not if_match:
        if given is None:
            raise Invalid("version: say which version you saw, here or as If-Match", field="version")
        return given
    found = IF_MATCH.fullmatch(if_match.strip())
    if found is None:
        raise Invalid(f"If-Match: {if_match[:40]!r} is no version", field="If-Match")
    seen = int(found["version"])
    if given not in (None, seen):
        raise Invalid("If-Match and version differ; give one of them", field="version")
    return seen


def check_id(value: str, field: str) -> str:
    """Refuse an id that is none; an empty one means nobody.

    Raises:
        Invalid: Naming the field.
    """
    try:
        return str(UUID(value)) if value else ""
    except ValueError:
        raise Invalid(f"{field}: {value[:60]!r} is no id", field=field) from None


def check_ids(made: Any) -> None:
    """Refuse what is no id in any place that holds ids.

    A struct says in ``__ids__`` which of its fields are ids, and in ``__id_groups__`` which map names to ids.
    """
    for field in getattr(made, "__ids__", ()):
        value = getattr(made, field)
        for place, id in ((field, value),) if isinstance(value, str) else _places(field, value or ()):
            check_id(id, place)
    for field in getattr(made, "__id_groups__", ()):
        for role, ids in getattr(made, field).items():
            for n, id in enumerate(ids):
                check_id(id, f"{field}.{role}[{n}]")


def _places(field: str, value: Iterable[Any]) -> Iterable[tuple[str, str]]:
    """Name the place of every id in a list of ids, or of pairs that begin with one."""
    for n, part in enumerate(value):
        yield (f"{field}[{n}]", part) if isinstance(part, str) else (f"{field}[{n}][0]", part[0])
