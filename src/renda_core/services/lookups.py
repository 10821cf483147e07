"""Find units and people by the names that people write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from difflib import get_close_matches
from uuid import UUID

from renda_core.domain.identity import match_key
from renda_core.errors import Invalid, NotFound
from renda_core.store.roster import (
    CONGRESS_NAMED,
    HEADS,
    HOLDERS,
    HOLDERS_NAMED,
    PEOPLE,
    PEOPLE_NAMED,
    PERSON,
    UNIT_NAMED,
    UNITS,
    Heads,
)
from renda_core.store.unit import Reader


async def unit_id(reader: Reader, name: str, on: dt.date) -> str:
    """Find a handling unit by its exact name, as of a date, or by its id: one of two names, or one that is no more.

    Raises:
        NotFound: None is named so; the message gives the nearest name.
    """
    found = await reader.find(UNIT_NAMED, name=name, on=on)
    if found is None:
        every = await reader.all(UNITS)
        if is_id(name) and any(u.id == name for u in every):
            return name
        names = [u.name for u in every]
        near = get_close_matches(name, names, n=1)
        raise NotFound(f"no unit {name!r}" + (f"; did you mean {near[0]!r}?" if near else "; import the units first"))
    return found.id


async def congress_id(reader: Reader, name: str, on: dt.date) -> str:
    """Find a congress by its full name, as of a date; an id is taken as it is.

    Raises:
        NotFound: None is named so.
    """
    if is_id(name):
        return name
    found = await reader.find(CONGRESS_NAMED, name=name, on=on)
    if found is None:
        raise NotFound(f"no congress {name!r}; give its full name as the roster has it")
    return found.id


async def person_id(reader: Reader, name: str, on: dt.date) -> str:
    """Find a person by id, by certificate number, or by a name that only one person bears.

    Where several do, the one who holds a mandate on that day is meant: voters are in the tables too.

    Raises:
        NotFound: Nobody is named so.
        Invalid: Several people are; give the certificate number.
    """
    try:
        person = await reader.find(PERSON, id=str(UUID(name)))
        people = [person] if person else []
    except ValueError:
        people = (
            await reader.all(HOLDERS, certificate=name, on=on)
            or await reader.all(HOLDERS_NAMED, match_key=match_key(name), on=on)
            or await reader.all(PEOPLE_NAMED, match_key=match_key(name))
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


async def named(reader: Reader, ids: Iterable[str]) -> dict[str, str]:
    """Give the names of units and persons by id; an id that is neither is left out."""
    found = await names(reader)
    people = sorted({i for i in ids if i and i not in found and is_id(i)})
    return found | {p.id: p.name for p in await reader.among(PEOPLE, "person", people)}


def is_id(text: str) -> bool:
    """Tell whether a text is an id as it is always written."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


async def heads(reader: Reader) -> Heads:
    """Count persons, mandates, and mandates that sit in a group."""
    return await reader.one(HEADS)
