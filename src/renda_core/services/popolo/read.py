"""Reading a Popolo document: sizes, shapes, dates, ids and circles, each fault with its place in the JSON."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import attrs
import msgspec

from renda_core.errors import ConfigError, Invalid
from renda_core.services.popolo.model import COLLECTIONS

LARGEST = 32 * 1024 * 1024
"""Bytes of a document; a county of 400 deputies with six terms of history has less than two million."""
MOST = 200_000
"""Objects of a document."""
LONGEST, LONGEST_ID = 1_000, 300
"""Characters of a text, and of an id."""
SHOWN = 10
"""Members of a circle that a message names."""
TYPES = {cls.__name__.lower(): name for name, cls in COLLECTIONS.items()}
_FIELDS = {name: frozenset(cls.__struct_fields__) for name, cls in COLLECTIONS.items()}
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9:.]{2,15}(Z|[+-][0-9]{2}(:?[0-9]{2})?)")
_AT = re.compile(r"^(.*?)(?: - at `\$(.*)`)?$", re.DOTALL)


@attrs.frozen(kw_only=True)
class Fault:
    """Something wrong at one place of a document, and how to mend it."""

    path: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}; {self.remedy}"


@attrs.frozen(kw_only=True)
class Found:
    """One object of a document: where it stands, in which collection, and what it is; None where it is wrong."""

    path: str
    collection: str
    id: str
    part: Any
    faults: tuple[Fault, ...] = ()


@attrs.frozen(kw_only=True)
class Contents:
    """What a document holds, in its order, and notes on what is not read."""

    found: tuple[Found, ...]
    notes: tuple[str, ...]

    def of(self, collection: str) -> tuple[Found, ...]:
        """List the objects of a collection that are not wrong."""
        return tuple(f for f in self.found if f.collection == collection and f.part is not None)


def read(raw: bytes, collection: str = "") -> Contents:
    """Read a document: either an object of collections, or an array of objects.

    Args:
        collection: What a bare array holds, e.g. ``"persons"``; else each of its objects says ``"@type": "Person"``.

    Raises:
        ConfigError: It is too large, is no JSON, or has another shape as a whole.
    """
    unread: Counter[str] = Counter()
    listed = list(_objects(_parsed(raw), collection, unread))
    if len(listed) > MOST:
        raise ConfigError("no Popolo document", f"{len(listed)} objects; at most {MOST}: split it")
    found, first = [], dict[tuple[str, str], str]()
    for path, name, value in listed:
        one = _object(path, name, value, unread)
        key = (name, canonical(one.id))
        if one.id and first.setdefault(key, path) != path:
            fault = Fault(path=path, message=f"the id {one.id!r} is that of {first[key]} too", remedy="give it another")
            one = attrs.evolve(one, part=None, faults=(*one.faults, fault))
        found.append(one)
    circles = dict(_circles(found))
    whole = [attrs.evolve(f, part=None, faults=(*f.faults, circles[f.path])) if f.path in circles else f for f in found]
    notes = [f"{what} is not read ({n} times)" for what, n in sorted(unread.items())]
    return Contents(found=tuple(whole), notes=tuple(notes))


def canonical(id: str) -> str:
    """Give an id as it is compared: a UUID in small letters, anything else as it stands."""
    if len(id) == 36:
        try:
            return str(UUID(id)) if UUID(id).int else id
        except ValueError:
            return id
    return id


def day(text: str | None) -> dt.date | None:
    """Give the day of a date that has one; None for a year or a month alone."""
    return dt.date.fromisoformat(text[:10]) if text is not None and len(text) >= 10 else None


def _parsed(raw: bytes) -> Any:
    if len(raw) > LARGEST:
        raise ConfigError("no Popolo document", f"{len(raw)} bytes; at most {LARGEST}: split it")
    try:
        return msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ConfigError("no Popolo document", f"no JSON in UTF-8: {error}") from None
    except RecursionError:
        raise ConfigError("no Popolo document", "it is nested too deeply") from None


def _objects(whole: Any, collection: str, unread: Counter[str]) -> Iterator[tuple[str, str, Any]]:
    """List every object with its path and collection."""
    if collection and collection not in COLLECTIONS:
        raise Invalid(f"no collection {collection!r}; known: {', '.join(COLLECTIONS)}", field="collection")
    if isinstance(whole, list):
        for n, value in enumerate(whole):
            yield f"$[{n}]", collection or _typed(f"$[{n}]", value), value
        return
    if not isinstance(whole, dict) or not whole.keys() & COLLECTIONS.keys():
        raise ConfigError("no Popolo document", f"expected an object with {', '.join(COLLECTIONS)}, or an array")
    for name, values in whole.items():
        if name not in COLLECTIONS:
            unread[f"$.{shown(name)}"] += 1
        elif not isinstance(values, list):
            raise ConfigError("no Popolo document", f"$.{name}: expected an array, not {type(values).__name__}")
        else:
            yield from ((f"$.{name}[{n}]", name, value) for n, value in enumerate(values))


def _typed(path: str, value: Any) -> str:
    said = value.get("@type", value.get("type")) if isinstance(value, dict) else None
    name = TYPES.get(str(said).lower())
    if name is None:
        kinds = ", ".join(cls.__name__ for cls in COLLECTIONS.values())
        raise ConfigError(
            "no Popolo document",
            f'{path}: an array does not say what it holds; say which collection it is, or give "@type": one of {kinds}',
        )
    return name


def _object(path: str, name: str, value: Any, unread: Counter[str]) -> Found:
    if not isinstance(value, dict):
        fault = Fault(path=path, message=f"expected an object, not {type(value).__name__}", remedy="correct it")
        return Found(path=path, collection=name, id="", part=None, faults=(fault,))
    for extra in value.keys() - _FIELDS[name] - {"@type", "type"}:
        unread[f"{name}: {shown(extra)}"] += 1
    id = value["id"] if isinstance(value.get("id"), str) else ""
    try:
        part = msgspec.convert({k: v for k, v in value.items() if k in _FIELDS[name]}, COLLECTIONS[name])
    except msgspec.ValidationError as error:
        said = _AT.match(str(error))
        at, told = (said[2] or "", said[1]) if said else ("", str(error))
        fault = Fault(path=path + at, message=told, remedy="see the properties of Popolo")
        return Found(path=path, collection=name, id=id[:LONGEST_ID], part=None, faults=(fault,))
    faults = tuple(_faults(path, name, part))
    return Found(path=path, collection=name, id=id[:LONGEST_ID], part=None if faults else part, faults=faults)


def _faults(path: str, collection: str, part: msgspec.Struct) -> Iterator[Fault]:
    for name in part.__struct_fields__:
        value, at = getattr(part, name), f"{path}.{name}"
        if isinstance(value, tuple):
            for n, inner in enumerate(value):
                yield from _faults(f"{at}[{n}]", "", inner)
        if not isinstance(value, str):
            continue
        most = LONGEST_ID if name == "id" or name.endswith("_id") else LONGEST
        if len(value) > most:
            yield Fault(path=at, message=f"{len(value)} characters", remedy=f"at most {most}")
        elif any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in value):
            yield Fault(path=at, message="holds control characters or line breaks", remedy="take them out")
        elif not value.strip():
            yield Fault(path=at, message="is empty", remedy="leave the property out, or fill it in")
        elif name.endswith("_date") and not _is_date(value, moment=collection == "events"):
            yield Fault(path=at, message=f"{shown(value)} is no date", remedy="write it as 2026-03-01")


def _is_date(text: str, *, moment: bool) -> bool:
    if moment and (found := _MOMENT.fullmatch(text)):
        text = found[1]
    if not _DATE.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True


def _circles(found: list[Found]) -> Iterator[tuple[str, Fault]]:
    """Name everything whose parents run in a circle."""
    for collection in ("organizations", "areas", "events"):
        parts = {canonical(f.id): f for f in found if f.collection == collection and f.part is not None}
        safe: set[str] = set()
        for start in parts:
            trail: dict[str, int] = {}
            here = start
            while here in parts and here not in safe and here not in trail:
                trail[here] = len(trail)
                here = canonical(parts[here].part.parent_id or "")
            if here in trail:
                round_ = [*trail][trail[here] :]
                told = " → ".join(shown(i) for i in (*round_[:SHOWN], here))
                for id in round_:
                    at = f"{parts[id].path}.parent_id"
                    yield (
                        parts[id].path,
                        Fault(path=at, message=f"parents run in a circle: {told}", remedy="break it"),
                    )
            safe.update(trail)


def shown(text: str) -> str:
    """Show a text of a stranger's file in a message: short, on one line."""
    return repr(text if len(text) <= 60 else text[:59] + "…")
