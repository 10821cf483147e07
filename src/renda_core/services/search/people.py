"""Finding people by fragments of their names, by pinyin and by their numbers, each reader only whom he may find."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

import attrs

from renda_core.domain.case import Actor
from renda_core.domain.decide import OFFICES
from renda_core.domain.identity import is_citizen_id
from renda_core.services.paging import Page, a_text, an_id, cursor, place
from renda_core.services.walks import rarest_of_people
from renda_core.store.compile import pieces
from renda_core.store.people import BY_ID_NUMBER, MANDATES_OF, MandateRow, Scope, hits, spelt
from renda_core.store.roster import Named
from renda_core.store.shapes import word_values
from renda_core.store.unit import Reader
from renda_core.store.words import (
    BEGINS,
    FIRST,
    INITIALS,
    LETTERS,
    SPELT,
    asked_numbers,
    plain_name,
    spellings,
    words,
)

READERS = frozenset({"office", "registrar", "committee", "presidium", "overseer", "director", "assigner"})
"""Who keeps or reads the roster: sees whoever has or had a mandate, with certificate and further facts."""
MOST = 2_000
"""People of one search that are put in order; who writes more of the name finds the others."""
ID_NUMBER = "person.id_number"
"""The field under which ID numbers are hashed."""
_LETTERS = re.compile(r"[a-zü'\s]+")
_NUMBER = re.compile(r"[0-9A-Za-z第字号〔〕\[\]（）()\-\s_/.]*[0-9][0-9A-Za-z第字号〔〕\[\]（）()\-\s_/.]*")


@attrs.frozen(kw_only=True)
class Seat:
    """A mandate as everybody may know it."""

    id: str
    congress: str
    congress_name: str
    term_number: int
    delegation: str
    state: str


@attrs.frozen(kw_only=True)
class PersonFound:
    """A person who was found, with public facts only: never an ID or telephone number."""

    id: str
    name: str
    mandates: tuple[Seat, ...] = ()


def scope_of(actor: Actor) -> Scope | None:
    """Say whom a reader may find; None is nobody.

    Offices find everybody, voters too; who reads rosters, and deputies, whoever has or had a mandate; a handling
    unit, the public and all others with a role, deputies whose mandate is active.
    """
    if actor.roles & OFFICES:
        return "all"
    if actor.roles & (READERS | {"deputy"}):
        return "held"
    return "active" if actor.roles or actor.unit else None


async def people_found(reader: Reader, actor: Actor, text: str) -> list[Named]:
    """Find people: the exact name first, then in the order of pinyin; ``MOST`` at the most."""
    scope = scope_of(actor)
    if scope is None:
        return []
    found: dict[str, Named] = {}
    for wanted, keep in _questions(text, numbers=bool(actor.roles & READERS)):
        if leading := await rarest_of_people(reader, wanted):
            query = hits(scope, len(leading) > 1)
            rows = await reader.all(query, **word_values(leading), size=MOST)
            found |= {row.id: row for row in rows if keep(row.name)}
    for word in _typed(text):
        until = word[:-1] + chr(ord(word[-1]) + 1)
        rows = await reader.all(spelt(scope), word=word, until=until, size=MOST)
        found |= {row.id: row for row in rows}
    if scope == "all" and is_citizen_id(number := unicodedata.normalize("NFKC", text).strip().upper()):
        rows = await reader.all(BY_ID_NUMBER, id_index=reader.find_key(number, ID_NUMBER))
        found |= {row.id: row for row in rows}
    return sorted(found.values(), key=lambda row: in_order(row, text))[:MOST]


def _questions(text: str, *, numbers: bool) -> Iterable[tuple[list[str], Callable[[str], bool]]]:
    """Give words that must all be there, with what proves that a name so found is meant.

    Args:
        numbers: Whether the reader may know certificates.
    """
    asked = plain_name(text)
    if not asked:
        return
    if len(asked) == 1 and not asked.isascii():
        yield [BEGINS + asked], lambda name: plain_name(name).startswith(asked)
    elif cut := sorted(words(asked)):
        yield cut, lambda name: asked in plain_name(name)
    if numbers and _NUMBER.fullmatch(unicodedata.normalize("NFKC", text)):
        for word in sorted(asked_numbers(text)):
            yield [word], lambda name: True


def _typed(text: str) -> tuple[str, ...]:
    """Give how the initials, and the pinyin, of a name begin that somebody typed in letters."""
    typed = text.casefold()
    if not _LETTERS.fullmatch(typed) or not (plain := re.sub(r"[^a-zü]", "", typed).replace("ü", "v")):
        return ()
    return FIRST + plain[:INITIALS], SPELT + plain[:LETTERS]


def in_order(row: Named, text: str) -> tuple[str, str, str]:
    """Say where a person stands among those found by *text*: the exact name first, then by pinyin."""
    read = next(iter(spellings(row.name)), ())
    return ("0" if plain_name(row.name) == plain_name(text) else "1", " ".join(read)[:200] or row.name[:100], row.id)


async def people_page(reader: Reader, actor: Actor, text: str, after: str, size: int) -> Page[PersonFound]:
    """Find one page of people, with their seats.

    A person who comes or goes meanwhile moves no other: none comes twice, and none is passed over.
    """
    at = place(after, "people", a_text, a_text, an_id) if after else ()
    found = [row for row in await people_found(reader, actor, text) if in_order(row, text) > at]
    rows, more = found[:size], found[size:]
    seats = await mandates_of(reader, scope_of(actor) or "active", [row.id for row in rows])
    told = tuple(PersonFound(id=row.id, name=row.name, mandates=_seats(seats.get(row.id, ()))) for row in rows)
    return Page(rows=told, after=cursor("people", *in_order(rows[-1], text)) if more else "")


async def mandates_of(reader: Reader, scope: Scope, people: list[str]) -> dict[str, tuple[MandateRow, ...]]:
    """Load the mandates of some people that a reader may know of, the newest first."""
    found: dict[str, tuple[MandateRow, ...]] = {}
    for piece in pieces("person", people):
        for row in await reader.all(MANDATES_OF[scope], **piece):
            found[row.person] = (*found.get(row.person, ()), row)
    return found


def _seats(rows: Iterable[MandateRow]) -> tuple[Seat, ...]:
    return tuple(
        Seat(
            id=row.id,
            congress=row.congress,
            congress_name=row.congress_name,
            term_number=row.term_number,
            delegation=row.delegation or "",
            state=row.state,
        )
        for row in rows
    )
