"""Find units and people by the names that people write."""

from __future__ import annotations

import datetime as dt
from difflib import get_close_matches
from uuid import UUID

from renda_core.domain.identity import match_key
from renda_core.errors import Invalid, NotFound
from renda_core.store.roster import HEADS, HOLDERS, PEOPLE_NAMED, PERSON, UNIT_NAMED, UNITS, Heads
from renda_core.store.unit import Reader


async def unit_id(reader: Reader, name: str, on: dt.date) -> str:
    """Find a handling unit by its exact name, as of a date.

    Raises:
        NotFound: None is named so; the message gives the nearest name.
    """
    found = await reader.find(UNIT_NAMED, name=name, on=on)
    if found is None:
        names = [u.name for u in await reader.all(UNITS)]
        near = get_close_matches(name, names, n=1)
        raise NotFound(f"no unit {name!r}" + (f"; did you mean {near[0]!r}?" if near else "; import the units first"))
    return found.id


async def person_id(reader: Reader, name: str, on: dt.date) -> str:
    """Find a person by id, by certificate number, or by a name that only one person bears.

    Raises:
        NotFound: Nobody is named so.
        Invalid: Several people are; give the certificate number.
    """
    try:
        person = await reader.find(PERSON, id=str(UUID(name)))
        people = [person] if person else []
    except ValueError:
        people = await reader.all(HOLDERS, certificate=name, on=on) or await reader.all(
            PEOPLE_NAMED, match_key=match_key(name)
        )
    ids = {p.id for p in people}
    if not ids:
        raise NotFound(f"nobody is named {name!r}; give the name or certificate number as the roster has it")
    if len(ids) > 1:
        raise Invalid(f"{len(ids)} people are named {name!r}; give the certificate number")
    return ids.pop()


async def names(reader: Reader) -> dict[str, str]:
    """Give the name of every handling unit by id, for ledgers and reports."""
    return {u.id: u.name for u in await reader.all(UNITS)}


async def heads(reader: Reader) -> Heads:
    """Count persons, mandates, and mandates that sit in a group."""
    return await reader.one(HEADS)
