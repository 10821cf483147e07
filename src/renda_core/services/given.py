"""What people hand in, made fit: days, bodies and payloads, and what is personal sealed before it goes anywhere."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import attrs
import msgspec

from renda_core.domain.sealed import Personal, Sealed, over_personal
from renda_core.errors import Invalid, NotFound
from renda_core.store.cases import ONE
from renda_core.store.codec import convert
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

_PLACE = re.compile(r"(?:`\$\.|missing required field `)([^`]+)`$")
"""Where a value does not fit, as msgspec ends its message."""


def happened(tenant: Tenant, on: dt.date | None) -> dt.date:
    """Take the day something happened: today, or an earlier day."""
    if on is not None and on > tenant.today:
        raise Invalid(f"{on} lies in the future; today is {tenant.today}", field="on")
    return on or tenant.today


def fitted(value: Any, cls: type | None, where: str, *, strict: bool = True) -> Any:
    """Read plain data into the class that a step or kind takes.

    Raises:
        Invalid: Naming the field; an unknown field is refused by name.
    """
    if value is None or cls is None or isinstance(value, cls):
        return value
    if isinstance(value, Mapping):
        known = {a.name for a in attrs.fields(cls)}
        if unknown := sorted(value.keys() - known):
            raise Invalid(
                f"{where}: unknown field {', '.join(unknown)}; known: {', '.join(sorted(known))}", field=unknown[0]
            )
    try:
        made: Any = convert(value, cls, strict=strict)
    except (msgspec.ValidationError, ValueError) as error:
        raise Invalid(f"{where}: {error}", field=found[1] if (found := _PLACE.search(str(error))) else "") from None
    return over_personal(made, _refuse_sealed) if isinstance(value, Mapping) else made


def _refuse_sealed(name: str, field: Personal) -> Personal:
    """Take what is personal as plain text only: what is sealed comes out of the store, never from outside."""
    if isinstance(field, Sealed):
        raise Invalid(f"{name}: give plain text", field=name)
    return field


def sealed(unit: Unit, value: Any) -> Any:
    """Seal what is personal in a body or payload before it goes anywhere."""

    def hide(name: str, field: Personal) -> Personal:
        return field if isinstance(field, Sealed) or not field else unit.hide(field, f"{type(value).__name__}.{name}")

    return over_personal(value, hide)


def required(cls: type) -> bool:
    """Tell whether a payload class has a field that must be given."""
    return any(a.default is attrs.NOTHING for a in attrs.fields(cls))


async def refuse_lost_links(reader: Reader, links: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse to tie a case to one that is not there: it would wait for ever.

    Raises:
        NotFound: Naming the relation; another tenant's case is not there either.
    """
    for relation, others in links.items():
        for other in others:
            if await reader.find(ONE, id=other) is None:
                raise NotFound(f"no case {other} to be {relation}")
