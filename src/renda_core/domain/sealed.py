"""Personal data as a value that hides itself: sealed outside the domain, shown by its last four characters."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

import attrs

from renda_core.domain.fields import TITLE

T = TypeVar("T")
SHOWN = 4
"""How many last characters stay readable, for people to compare by. Source: domain rule "last 4 shown"."""


@attrs.frozen(repr=False)
class Sealed:
    """A sealed text: *box* is ciphertext that only the keeper of the key opens, *last* what may be shown.

    An erased value has an empty box. Neither ``str`` nor ``repr`` can show the text, so no log does.
    """

    box: str
    last: str = ""

    def __str__(self) -> str:
        return f"****{self.last}" if self.box else "已删除"

    def __repr__(self) -> str:
        return f"Sealed({self})"

    @property
    def erased(self) -> bool:
        """Tell whether the text is gone for good."""
        return not self.box

    @classmethod
    def of(cls, raw: bytes, last: str) -> Sealed:
        """Wrap ciphertext."""
        return cls(base64.b64encode(raw).decode(), last)

    def raw(self) -> bytes:
        """Give the ciphertext."""
        return base64.b64decode(self.box)


ERASED = Sealed("")
Personal = str | Sealed
"""The type of a personal field: a ``str`` on its way in, ``Sealed`` ever after."""


def personal(title: str = "", **rest: Any) -> Any:
    """Mark a titled field of a body or payload class as personal; the store refuses to write it unsealed."""
    rest.setdefault("default", "")
    metadata = {**rest.pop("metadata", {}), "personal": True} | ({TITLE: title} if title else {})
    return attrs.field(metadata=metadata, **rest)


def personal_fields(cls: type | None) -> tuple[str, ...]:
    """List the personal fields of an attrs class; none for anything else."""
    if cls is None or not attrs.has(cls):
        return ()
    return tuple(a.name for a in attrs.fields(cls) if a.metadata.get("personal"))


def over_personal(value: T, change: Callable[[str, Personal], Personal]) -> T:
    """Give *value* with each personal field, however deep, replaced by ``change(name, field)``; all else as it is."""
    return _over(value, change)  # type: ignore[no-any-return]


_WHOLE = frozenset({str, int, bool, float, dt.date, dt.datetime, type(None)})
"""Classes whose values have no parts."""


def _over(value: Any, change: Callable[[str, Personal], Personal]) -> Any:
    if isinstance(value, list | tuple):
        return _kept(value, type(value)(_over(part, change) for part in value))
    changed = {}
    for name, personal in _parts(value.__class__):
        part = getattr(value, name)
        if not personal and part.__class__ in _WHOLE:
            continue
        new = change(name, part) if personal else _over(part, change)
        if new is not part:
            changed[name] = new
    return attrs.evolve(value, **changed) if changed else value


@cache
def _parts(cls: type) -> tuple[tuple[str, bool], ...]:
    """Name the fields that objects of a class are made with, and whether each is personal; none of a plain value."""
    if cls is Sealed or not attrs.has(cls):
        return ()
    return tuple((a.name, bool(a.metadata.get("personal"))) for a in attrs.fields(cls) if a.init)


def over_holders(value: T, change: Callable[[Any], Any]) -> T:
    """Give *value* with each object that has personal fields of its own, however deep, replaced by ``change(object)``.

    What belongs to one person lies in one object: that is how one of several people in a case is told from another.
    """
    return _holders(value, change)  # type: ignore[no-any-return]


def _holders(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, list | tuple):
        return _kept(value, type(value)(_holders(part, change) for part in value))
    if not attrs.has(type(value)) or isinstance(value, Sealed):
        return value
    parts = {a.name: getattr(value, a.name) for a in attrs.fields(type(value)) if a.init}
    changed = {n: new for n, part in parts.items() if (new := _holders(part, change)) is not part}
    made = attrs.evolve(value, **changed) if changed else value
    return change(made) if personal_fields(type(made)) else made


def forget(value: Any) -> Any:
    """Give *value* with everything sealed erased, also where a disabled plugin left it as plain data."""
    if isinstance(value, Sealed):
        return ERASED
    if isinstance(value, Mapping):
        if value.keys() == {"box", "last"}:
            return {"box": "", "last": ""}
        return {name: forget(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return _kept(value, type(value)(forget(part) for part in value))
    if not attrs.has(type(value)):
        return value
    parts = {a.name: getattr(value, a.name) for a in attrs.fields(type(value)) if a.init}
    changed = {n: new for n, part in parts.items() if (new := forget(part)) is not part}
    return attrs.evolve(value, **changed) if changed else value


def _kept(old: Any, new: Any) -> Any:
    return old if all(a is b for a, b in zip(old, new, strict=True)) else new
