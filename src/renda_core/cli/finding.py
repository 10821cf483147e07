"""Find what people name on a command line: units, persons and cases, by name, number or id."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID

from renda_core.cli.session import no_such_case
from renda_core.errors import NotFound
from renda_core.services import lookups
from renda_core.store.cases import BY_NUMBER

if TYPE_CHECKING:
    from renda_core.store.unit import Reader


def as_id(text: str) -> str:
    """Give an id in canonical text, or nothing where the text is no id."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""


async def person_id(reader: Reader, name: str, on: dt.date) -> str:
    """Find a person by name, certificate number or id."""
    return await lookups.person_id(reader, name, on)


async def unit_id(reader: Reader, name: str, on: dt.date) -> str:
    """Find a handling unit by name or id."""
    if not (id := as_id(name)):
        return await lookups.unit_id(reader, name, on)
    if id not in await lookups.names(reader):
        raise NotFound(f"no unit {name!r}")
    return id


async def congress_id(reader: Reader, name: str, on: dt.date) -> str:
    """Find a congress by its full name or id."""
    return await lookups.congress_id(reader, as_id(name) or name, on)


async def anyone(reader: Reader, name: str, on: dt.date) -> str:
    """Find a person, or else a unit: a case's party may be either."""
    try:
        return await person_id(reader, name, on)
    except NotFound as nobody:
        try:
            return await unit_id(reader, name, on)
        except NotFound:
            raise nobody from None


async def case_id(reader: Reader, kind: str, number: str) -> str:
    """Find a case by its number or id."""
    found = await reader.find(BY_NUMBER, kind=kind, number=number)
    if found is not None:
        return found.id
    if id := as_id(number):
        return id
    raise no_such_case(kind, number)
