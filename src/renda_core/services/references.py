"""Fields that name rows of the roster: what people write is found and kept as an id, and shown by its name again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import attrs

from renda_core.domain.fields import TITLE, Noun, referring
from renda_core.errors import Invalid, NotFound, RendaError
from renda_core.services import lookups
from renda_core.store.naming import BY_ID, BY_NAME, EVERY, NAMES, Standing
from renda_core.store.unit import Reader

PLURAL: Mapping[Noun, str] = {"station": "stations", "unit": "units", "person": "people", "congress": "congresses"}
PRIVATE: frozenset[Noun] = frozenset({"person"})
"""Nouns of which a message names nobody but whom the asker named."""


class References:
    """Finds what fields name, each name once: a pile of five thousand lines asks as often as it has names."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._rows: dict[tuple[Noun, str], Sequence[Standing]] = {}
        self._people: dict[tuple[str, dt.date], str] = {}
        self._names: dict[Noun, set[str]] = {}

    async def settle(self, value: Any, cls: type | None, on: dt.date) -> Any:
        """Give a body or payload in which every reference is an id.

        Args:
            value: Plain data, or an instance of *cls*; anything else is given back as it is, for others to refuse.
            on: The day of the act.

        Raises:
            Invalid: Nothing is named so, several are, or it had ended by that day; ``field`` names the field.
        """
        fields = referring(cls)
        if cls is None or not fields:
            return value
        if isinstance(value, Mapping):
            return {**value, **await self._changed({n: value[n] for n in fields if n in value}, cls, on)}
        if not isinstance(value, cls):
            return value
        changed = await self._changed({name: getattr(value, name) for name in fields}, cls, on)
        made: Any = value
        return attrs.evolve(made, **changed) if changed else value

    async def _changed(self, given: Mapping[str, Any], cls: type, on: dt.date) -> dict[str, Any]:
        """Give those values that were no ids."""
        found = {name: await self._settled(value, cls, name, referring(cls)[name], on) for name, value in given.items()}
        return {name: value for name, value in found.items() if value != given[name]}

    async def _settled(self, given: Any, cls: type, name: str, noun: Noun, on: dt.date) -> Any:
        if isinstance(given, tuple | list):
            return tuple([await self._settled(one, cls, name, noun, on) for one in given])
        if not isinstance(given, str):
            return given  # whether it may be left away, or be something else, its class says
        field = attrs.fields_dict(cls)[name]
        if not given.strip():
            if field.default is attrs.NOTHING:
                raise Invalid(f"{field.metadata[TITLE]}: name a {noun}", field=name)
            return ""
        try:
            return await self.id(noun, given.strip(), on)
        except RendaError as refusal:
            raise Invalid(f"{field.metadata[TITLE]}: {refusal}", field=name) from None

    async def id(self, noun: Noun, named: str, on: dt.date) -> str:
        """Find the id of a row by its id, its exact name, or its code.

        Raises:
            NotFound: None is named so; the message gives the nearest name.
            Invalid: Several are, or it had ended by that day.
        """
        row = await self.row(noun, named, on)
        if row.ended(on):
            raise Invalid(f"{noun} {named if noun in PRIVATE else row.name} was closed on {row.until}")
        return row.id

    async def row(self, noun: Noun, named: str, on: dt.date) -> Standing:
        """Find a row by its id, its exact name, or its code, though it may have ended by that day.

        What the roster knows from a later day on only is taken too: lists are often entered after the place was opened.

        Raises:
            NotFound: None is named so; the message gives the nearest name.
            Invalid: Several are.
        """
        named = named.lower() if lookups.is_id(named.lower()) else named
        if noun == "person" and not lookups.is_id(named):
            if (named, on) not in self._people:
                self._people[named, on] = await lookups.person_id(self._reader, named, on)
            named = self._people[named, on]
        if (noun, named) not in self._rows:
            by = BY_ID if lookups.is_id(named) else BY_NAME
            self._rows[noun, named] = await self._reader.all(by[noun], named=named)
        if found := self._rows[noun, named]:
            return _standing(found, noun, named, on)
        raise NotFound(f"no {noun} {named!r}{await self._nearest(noun, named)}")

    async def _nearest(self, noun: Noun, named: str) -> str:
        if noun in PRIVATE or lookups.is_id(named):
            return "; give the name as the roster has it"
        if noun not in self._names:
            self._names[noun] = {row.name for row in await self._reader.all(EVERY[noun])}
        near = get_close_matches(named, self._names[noun], n=1)
        return f"; did you mean {near[0]!r}?" if near else f"; import the {PLURAL[noun]} first"


async def meant(reader: Reader, cls: type | None, field: str, value: str, on: dt.date) -> str:
    """Give the value by which a ledger finds what somebody named: an id, or the text itself where nothing is named so.

    Cases from before a field named rows of the roster hold plain names, and are found by those.
    """
    noun = referring(cls).get(field)
    if noun is None or not value.strip():
        return value
    try:
        return (await References(reader).row(noun, value.strip(), on)).id
    except RendaError:
        return value


async def written(reader: Reader, noun: Noun, ids: Iterable[str], on: dt.date) -> dict[str, str]:
    """Give what a file calls rows of the roster: the name where only one bears it; the others go by their ids."""
    found = {}
    for row in await reader.among(NAMES[noun], "id", sorted({id for id in ids if lookups.is_id(id)})):
        try:
            alone = {await lookups.person_id(reader, row.name, on)} if noun == "person" else set()
        except RendaError:  # several bear the name
            continue
        if noun != "person":
            alone = {same.id for same in await reader.all(BY_NAME[noun], named=row.name)}
        if alone == {row.id}:
            found[row.id] = row.name
    return found


def _standing(found: Sequence[Standing], noun: Noun, named: str, on: dt.date) -> Standing:
    """Choose the one that stands on a day, or the one that began last by it, or the first that ever did."""
    exact = [row for row in found if row.name == named] or found  # a name goes before somebody else's code
    holding = [row for row in exact if row.since <= on and not row.ended(on)]
    if len(holding) > 1:
        hint = "code" if noun == "station" else "id"
        raise Invalid(f"{len(holding)} {PLURAL[noun]} are named {named!r}; give the {hint}")
    if holding:
        return holding[0]
    begun = [row for row in exact if row.since <= on]
    return max(begun, key=lambda row: row.since) if begun else min(exact, key=lambda row: row.since)
