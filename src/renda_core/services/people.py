"""The roster, read: people with their mandates, and what they belong to; each reader only what he may know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import attrs

from renda_core.domain.case import Actor
from renda_core.domain.decide import OFFICES
from renda_core.errors import Invalid, NotFound
from renda_core.services.paging import LARGEST, PAGE, Page, a_text, an_id, check_size, check_texts, cursor, place
from renda_core.services.search.people import READERS, in_order, mandates_of, people_found, scope_of
from renda_core.store.compile import pieces
from renda_core.store.nouns import FILTERS, LISTS, ONE
from renda_core.store.people import (
    DEPUTIES,
    MANDATE,
    MANDATES,
    PERSON,
    PERSONS,
    PERSONS_OF,
    MandateRow,
    PersonRow,
    Scope,
)
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

OFFICE_LISTS = frozenset({"voters"})
"""Lists that only offices read."""
OFFICE_FIELDS = frozenset({"head", "liaison", "manager", "phone", "id_number"})
"""What only offices see of anything; numbers even they see masked."""
READER_FIELDS = ("sex", "nationality", "born_on", "party", "education", "employer", "position")
"""What of a person only those see who keep or read the roster."""
IDS = frozenset({"congress", "term", "body", "person", "parent", "district"})


@attrs.frozen(kw_only=True)
class Want:
    """What a list of the roster is asked for; every condition that is given must hold.

    Attributes:
        congress, term, state, body: Of a mandate; of people, that they hold such a mandate.
        person: Of mandates and voters.
        level, parent, kind, district: Of what has such a column.
        text: People only: what a search for people finds, in its order.
        on: As it stood on this day; by default all that ever was.
        after: The cursor that the last page gave.
    """

    congress: str | None = None
    term: str | None = None
    state: str | None = None
    body: str | None = None
    person: str | None = None
    level: str | None = None
    parent: str | None = None
    kind: str | None = None
    district: str | None = None
    text: str = ""
    on: dt.date | None = None
    after: str = ""
    size: int = PAGE


_MANDATE = ("congress", "term", "state", "body")
KNOWN: Mapping[str, tuple[str, ...]] = {
    "persons": (*_MANDATE, "text"),
    "mandates": (*_MANDATE, "person"),
    **{name: columns for name, (_, _, columns) in FILTERS.items()},
}
"""The lists, and what each may be narrowed by beside *on*."""


async def listing(reader: Reader, _: Tenant, actor: Actor, name: str, want: Want) -> Page[Any]:
    """List one page of *name*, one of ``KNOWN``, in the order of ids; people who are searched in a search's order.

    Offices see voters, persons in charge and masked numbers; who keeps or reads the roster sees people with all
    other facts; a deputy the public facts of who has or had a mandate; everybody else those of active mandates.

    Raises:
        NotFound: No such list, or none for this reader.
        Invalid: A condition that the list does not know, a wrong cursor or size.
    """
    scope = _scope(actor, name)
    values = _values(name, want)
    if name == "persons" and want.text:
        return await _searched(reader, actor, scope, want, values)
    at = {"after": place(want.after, name, an_id)[0] if want.after else "", "size": want.size + 1}
    if name == "persons":
        asked = any(values[field] is not None for field in _MANDATE)
        if scope == "all" and not asked:
            found: list[Any] = await reader.all(PERSONS, on=want.on, **at)
        else:
            found = await reader.all(DEPUTIES[scope], **values, **at)
    elif name == "mandates":
        found = await reader.all(MANDATES[scope], **values, **at)
    else:
        found = await reader.all(LISTS[name], **values, **at)
    rows = tuple(found[: want.size])
    if name == "persons":
        rows = await _with_mandates(reader, scope, rows)
    after = cursor(name, rows[-1].id) if len(found) > want.size else ""
    return Page(rows=tuple(_open(row, actor) for row in rows), after=after)


async def get(reader: Reader, _: Tenant, actor: Actor, name: str, id: str) -> Any:
    """Give one row of a list, or raise ``NotFound`` where there is none for this reader."""
    scope = _scope(actor, name)
    try:
        id = str(UUID(id))
    except ValueError:
        raise NotFound(f"no {name} {id[:40]!r}") from None
    found: Any = None
    if name == "persons":
        person = await reader.find(PERSON, id=id)
        (found,) = await _with_mandates(reader, scope, (person,)) if person else (None,)
        found = None if found and scope != "all" and not found.mandates else found
    elif name == "mandates":
        found = await reader.find(MANDATE[scope], id=id)
    else:
        found = await reader.find(ONE[name], id=id)
    if found is None:
        raise NotFound(f"no {name} {id}")
    return _open(found, actor)


def _scope(actor: Actor, name: str) -> Scope:
    scope = scope_of(actor)
    if name not in KNOWN or scope is None or (name in OFFICE_LISTS and not actor.roles & OFFICES):
        raise NotFound(f"no list {name!r} is open to you; there are: {', '.join(sorted({*KNOWN} - OFFICE_LISTS))}")
    return scope


def _values(name: str, want: Want) -> dict[str, Any]:
    """Read the conditions of a list, as its statement binds them."""
    check_size(want.size)
    given = attrs.asdict(want, filter=lambda field, value: field.name not in ("on", "after", "size"))
    wrong = [field for field, value in given.items() if value and field not in KNOWN[name]]
    if wrong:
        raise Invalid(f"{name} are not narrowed by {wrong[0]}; known: on, {', '.join(KNOWN[name])}", field=wrong[0])
    check_texts(**{field: value for field, value in given.items() if value})
    values = {field: given[field] or None for field in KNOWN[name] if field != "text"}
    for field in IDS & {field for field, value in values.items() if value}:
        try:
            values[field] = an_id(str(values[field]))
        except ValueError:
            raise Invalid(f"{field} must be an id", field=field) from None
    return values | {"on": want.on}


async def _searched(reader: Reader, actor: Actor, scope: Scope, want: Want, values: dict[str, Any]) -> Page[Any]:
    """List the people whom a search finds; where more is asked, those who hold such a mandate."""
    at = place(want.after, "searched", a_text, a_text, an_id) if want.after else ()
    found = [row for row in await people_found(reader, actor, want.text) if in_order(row, want.text) > at]
    if want.on or any(values[field] is not None for field in _MANDATE):
        fitting: set[str] = set()
        last = ""
        while rows := await reader.all(DEPUTIES[scope], **values, after=last, size=LARGEST):
            fitting |= {row.id for row in rows}
            last = rows[-1].id
        found = [row for row in found if row.id in fitting]
    shown, more = found[: want.size], found[want.size :]
    people: dict[str, PersonRow] = {}
    for piece in pieces("person", [row.id for row in shown]):
        people |= {row.id: row for row in await reader.all(PERSONS_OF, **piece)}
    whole = await _with_mandates(reader, scope, tuple(people[row.id] for row in shown))
    after = cursor("searched", *in_order(shown[-1], want.text)) if more else ""
    return Page(rows=tuple(_open(row, actor) for row in whole), after=after)


async def _with_mandates(reader: Reader, scope: Scope, people: tuple[PersonRow, ...]) -> tuple[PersonRow, ...]:
    held = await mandates_of(reader, scope, [row.id for row in people])
    return tuple(attrs.evolve(row, mandates=held.get(row.id, ())) for row in people)


def _open(row: Any, actor: Actor) -> Any:
    """Leave out of a row what its reader may not know; what is sealed becomes its mask."""
    blank: dict[str, Any] = {}
    if isinstance(row, PersonRow):
        blank["mandates"] = tuple(_open(m, actor) for m in row.mandates)
    if isinstance(row, PersonRow) and not actor.roles & READERS:
        blank |= {field: None if field == "born_on" else "" for field in READER_FIELDS}
    if isinstance(row, MandateRow) and not actor.roles & READERS:
        blank |= {"certificate": "", "categories": ""}
    for field in OFFICE_FIELDS & {a.name for a in attrs.fields(type(row))}:
        held = getattr(row, field)
        blank[field] = "" if held is None or not actor.roles & OFFICES else str(held)
    return attrs.evolve(row, **blank)
