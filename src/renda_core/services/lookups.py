"""Find units and people by the names that people write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from difflib import get_close_matches
from uuid import UUID

from renda_core.domain.fields import Noun
from renda_core.domain.identity import match_key
from renda_core.errors import Invalid, NotFound
from renda_core.store.naming import NAMES
from renda_core.store.roster import (
    CONGRESS_NAMED,
    HEADS,
    HOLDERS,
    HOLDERS_NAMED,
    PEOPLE_NAMED,
    PERSON,
    UNIT_NAMED,
    UNITS,
    Heads,
)
from renda_core.store.unit import Reader

OTHERS: tuple[Noun, ...] = ("person", "station", "congress")
"""What an id may name beside a unit, the likeliest first."""


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
    """Give the names of units, persons, stations and congresses by id; an id that is none of these is left out."""
    found, wanted = await names(reader), {i for i in ids if is_id(i)}
    for noun in OTHERS:
        if left := sorted(wanted - found.keys()):
            found |= {row.id: row.name for row in await reader.among(NAMES[noun], "id", left)}
    return found


def is_id(text: str) -> bool:
    """Tell whether a text is an id as it is always written."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


async def heads(reader: Reader) -> Heads:
    """Count persons, mandates, and mandates that sit in a group."""
    return await reader.one(HEADS)
