"""Requests' bodies read strictly: an unknown field is refused by name, a wrong type by its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

import attrs
import msgspec

from renda_core.errors import Invalid
from renda_core.store.codec import convert

T = TypeVar("T")
_PLACE = re.compile(r" - at `\$\.?(?P<place>[^`]*)`$")
_MISSING = re.compile(r"missing required field `(?P<field>[^`]+)`")
IF_MATCH = re.compile(r'(?:W/)?"?(?P<version>[0-9]{1,9})"?')


def read(body: Mapping[str, Any], cls: type[T], *, known: Iterable[str], **fixed: object) -> T:
    """Read a decoded body as a command.

    Args:
        known: The fields that a request may give.
        fixed: Fields that the request does not decide.

    Raises:
        Invalid: Naming the field that is unknown, missing, or of the wrong type.
    """
    allowed = set(known)
    refuse_unknown(body, allowed, "field")
    try:
        made = convert({**body, **fixed}, cls)
    except msgspec.ValidationError as error:
        told, place = _PLACE.sub("", str(error)), _PLACE.search(str(error))
        missing = _MISSING.search(told)
        field = place["place"] if place else missing["field"] if missing else ""
        raise Invalid(f"{field}: {told}" if field else told, field=field) from None
    _check_ids(made)
    return made


def refuse_unknown(given: Iterable[str], known: Iterable[str], what: str) -> None:
    """Refuse names that mean nothing here, rather than leave them out quietly."""
    if unknown := sorted(set(given) - set(known)):
        told = f"unknown {what} {', '.join(unknown)}; known: {', '.join(sorted(known))}"
        raise Invalid(told, field=unknown[0])


def version(body: Mapping[str, Any], if_match: str) -> dict[str, Any]:
    """Take the version that the asker saw from the body or from ``If-Match``.

    Raises:
        Invalid: Neither is there, they differ, or the header is no version.
    """
    if not if_match:
        return dict(body)
    found = IF_MATCH.fullmatch(if_match.strip())
    if found is None:
        raise Invalid(f"If-Match: {if_match[:40]!r} is no version of a case", field="If-Match")
    seen = int(found["version"])
    if "version" in body and body["version"] != seen:
        raise Invalid("If-Match and version differ; give one of them", field="version")
    return {**body, "version": seen}


def check_id(value: str, field: str) -> str:
    """Refuse an id that is none; an empty one means nobody.

    Raises:
        Invalid: Naming the field.
    """
    try:
        return str(UUID(value)) if value else ""
    except ValueError:
        raise Invalid(f"{field}: {value[:60]!r} is no id", field=field) from None


def _check_ids(command: Any) -> None:
    """Refuse what is no id in any place of a command that holds ids."""
    check_id(getattr(command, "unit", ""), "unit")
    for n, (unit, _) in enumerate(getattr(command, "units", ())):
        check_id(unit, f"units[{n}][0]")
    for group in ("parties", "links"):
        for role, ids in getattr(command, group).items():
            for n, id in enumerate(ids):
                check_id(id, f"{group}.{role}[{n}]")


def names(cls: type, *without: str) -> tuple[str, ...]:
    """List the fields of a command that a request may give."""
    return tuple(a.name for a in attrs.fields(cls) if a.name not in without)
