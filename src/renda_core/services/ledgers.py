"""Reading many cases: the ledger as each reader may see it, what is overdue, and the pages of practices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from renda_core import records as practised
from renda_core.domain.case import Actor
from renda_core.domain.failing import expect
from renda_core.domain.fields import by_title
from renda_core.domain.procedure import Procedure
from renda_core.domain.visibility import KEEPERS
from renda_core.errors import Invalid, NotFound
from renda_core.services.asking import Source, driven
from renda_core.services.desk import OwnDesk, StoreDesk
from renda_core.services.duty.people import DEPUTY, PERSON, OnePerson, whose
from renda_core.services.lookups import named
from renda_core.services.paging import LARGEST, PAGE, Page, check_size, check_texts
from renda_core.services.questions import asked_of, told
from renda_core.services.references import meant
from renda_core.services.sight import hides_due, keeps, reach_of, shown, veiled_in_lists, veiled_roles
from renda_core.services.walks import Walk, place_after, rarest_first, turned
from renda_core.store.ledgers import (
    OVERDUE,
    OVERDUE_OF_UNIT,
    LedgerRow,
    OverdueRow,
    place,
)
from renda_core.store.shapes import FAR, Reach, Shape, Sort, statement, word_values
from renda_core.store.unit import Reader
from renda_core.store.words import words
from renda_core.tenancy import Tenant

__all__ = ["LARGEST", "PAGE", "Ask", "Looked", "Page", "StoreDesk", "ledger", "ledger_page", "look", "overdue", "page"]


@attrs.frozen(kw_only=True)
class Ask:
    """What a ledger is asked for; every condition that is given must hold.

    Attributes:
        facet: With *state*, of which facet; empty means the main state.
        unit, person: A handling unit's, or a person's own cases.
        dimension: A field of the kind that reports group by, with *value*; a row of the roster by its name or id.
        text: Words of two characters and more, all of which must be there.
        opened_from, opened_to: Days of opening, both included.
        due_before: Something is due earlier than this day.
        sort: ``opened`` (oldest first), ``-opened`` (newest first), ``due`` (only what is due), ``number`` (as text).
        after: The cursor that the last page gave; by opening also the id of the last row seen.
    """

    kind: str
    state: str = ""
    facet: str = ""
    unit: str = ""
    person: str = ""
    dimension: str = ""
    value: str = ""
    text: str = ""
    opened_from: dt.date | None = None
    opened_to: dt.date | None = None
    due_before: dt.date | None = None
    closed: bool | None = None
    sort: Sort = "opened"
    after: str = ""
    size: int = PAGE


async def ledger(reader: Reader, tenant: Tenant, actor: Actor, ask: Ask) -> list[LedgerRow]:
    """List cases, by default oldest first, each reader only those that one may find.

    The kind's audience reads all but drafts; a handling unit its own assignments; a party its own cases; the public
    what was published.

    Raises:
        NotFound: The kind is not enabled, or the reader is no reader of it.
        Invalid: A question that this reader may not ask, or that makes no sense.
    """
    return list((await ledger_page(reader, tenant, actor, ask)).rows)


async def ledger_page(reader: Reader, tenant: Tenant, actor: Actor, ask: Ask) -> Page[LedgerRow]:
    """List one page of cases as :func:`ledger` does, with the cursor of the next.

    Cases that are opened or changed meanwhile move no other case: none comes twice, and none is passed over.
    """
    procedure = tenant.practice.procedure(ask.kind, tenant.practice.edition(ask.kind, tenant.today))
    check_size(ask.size)
    check_texts(state=ask.state, facet=ask.facet, value=ask.value, text=ask.text)
    refuse_veiled(procedure, actor, ask)
    if ask.dimension:
        value = await meant(reader, procedure.kind.body, ask.dimension, ask.value, tenant.today)
        ask = attrs.evolve(ask, value=value)
    shape, values = question(procedure, actor, ask)
    wanted = sorted(words(ask.text))
    if ask.text and not wanted:
        raise Invalid("give at least one word to look for", field="text")
    if wanted and not (wanted := await rarest_first(reader, wanted)):
        return Page(rows=())
    if wanted:
        shape = attrs.evolve(shape, words=1 if len(wanted) == 1 else 2)
        values |= word_values(wanted)
    veiled = veiled_in_lists(procedure, actor)
    walk = Walk(reader, statement(shape), {**values, "kind": ask.kind}, ask.sort)
    rows, last = await walk.page(turned(ask.sort, ask.after), ask.size, keeps(procedure, veiled, wanted))
    return Page(rows=shown(procedure, rows, veiled), after=place_after(ask.sort, last) if last else "")


def question(procedure: Procedure, actor: Actor, ask: Ask) -> tuple[Shape, dict[str, Any]]:
    """Read which statement a question needs, and its values."""
    reach = _reach(procedure, actor, ask)
    parts, values = set[str](), dict[str, Any]()
    own = {"unit": actor.unit} if reach == "own" and ask.person != actor.id else {}
    for part, given in ({"unit": ask.unit, "person": ask.person} | own).items():
        if given:
            parts.add(part)
            values[part] = given
    if "person" in parts and reach != "own":
        values |= veiled_roles(veiled_in_lists(procedure, actor))
    if ask.dimension:
        parts.add("dimension")
        values |= {"name": ask.dimension, "value": ask.value}
    if ask.state and ask.facet:
        parts.add("facet")
        values |= {"facet": ask.facet, "facet_state": ask.state}
    elif ask.state:
        parts.add("state")
        values["state"] = ask.state
    if (ask.opened_from, ask.opened_to, ask.due_before, ask.closed) != (None, None, None, None):
        parts.add("narrow")
        values |= {"opened_from": ask.opened_from or dt.date.min, "opened_to": ask.opened_to or dt.date.max}
        values |= {"due_before": min(ask.due_before, FAR) if ask.due_before else dt.date.max}
        values |= {"closed": ask.closed is not False, "open": ask.closed is True}
    return Shape(reach=reach, parts=frozenset(parts), sort=ask.sort), values


def _reach(procedure: Procedure, actor: Actor, ask: Ask) -> Reach:
    """Say how far a reader reaches: everything open, their own, or what is public."""
    if ask.person and ask.person == actor.id:
        return "own"
    reach = reach_of(procedure, actor)
    if reach is None:
        raise NotFound(f"no kind {ask.kind!r} is open to you")
    if reach == "own" and (ask.state or ask.dimension or ask.person or (ask.unit and ask.unit != actor.unit)):
        raise Invalid("a handling unit lists its own cases only, whole")
    return reach


def refuse_veiled(procedure: Procedure, actor: Actor, ask: Ask) -> None:
    """Refuse to filter or sort by what the reader may not see."""
    veiled = veiled_in_lists(procedure, actor)
    if ask.facet and ask.facet not in procedure.facets:
        raise Invalid(f"no facet {ask.facet!r}; known: {', '.join(sorted(procedure.facets))}", field="facet")
    if f"facet.{ask.facet or 'main'}" in veiled and ask.state:
        raise Invalid(f"no facet {ask.facet!r} to filter by", field="facet")
    if ask.closed is not None and "facet.main" in veiled:
        raise Invalid("whether a case is closed is not open to you here", field="closed")
    if (ask.due_before or ask.sort == "due") and hides_due(procedure, veiled):
        raise Invalid("not every deadline is open to you here", field="due_before" if ask.due_before else "sort")
    if ask.dimension and (ask.dimension not in procedure.kind.dimensions or f"body.{ask.dimension}" in veiled):
        known = [d for d in procedure.kind.dimensions if f"body.{d}" not in veiled]
        raise Invalid(f"no dimension {ask.dimension!r}; known: {', '.join(known)}", field="dimension")


async def overdue(
    reader: Reader, tenant: Tenant, actor: Actor, *, after: OverdueRow | None = None, size: int = PAGE
) -> list[OverdueRow]:
    """List running clocks past due, the longest first; those that the reader may see, a page at a time.

    Args:
        after: The last row seen.
    """
    query, own = (OVERDUE_OF_UNIT, {"own": actor.unit}) if actor.unit and not actor.roles else (OVERDUE, {})
    found: list[OverdueRow] = []
    while True:  # what the reader may not hear of must not end the list early
        rows = await reader.all(query, today=tenant.today, size=size, **own, **place(after))
        found += [r for r in rows if _may_hear(tenant, actor, r)]
        if len(found) >= size or len(rows) < size:
            return found[:size]
        after = rows[-1]


def _may_hear(tenant: Tenant, actor: Actor, row: OverdueRow) -> bool:
    procedure = tenant.practice.find(row.kind, tenant.practice.edition(row.kind, tenant.today))
    if procedure is None or f"clock.{row.clock}" in veiled_in_lists(procedure, actor):
        return False
    if row.clock not in procedure.clocks and not actor.roles & KEEPERS:  # a plugin that was here left it
        return False
    return bool(actor.roles & procedure.kind.audience) or (bool(row.unit) and row.unit == actor.unit)


def pages(tenant: Tenant, actor: Actor) -> tuple[practised.Page, ...]:
    """List the pages of enabled plugins that somebody may open, by name."""
    return tuple(p for _, p in sorted(tenant.practice.pages.items()) if _opens(p, actor))


def _opens(page: practised.Page, actor: Actor) -> bool:
    if page.of_unit:
        return bool(actor.unit)
    return bool(page.who & actor.roles) or (page.of_person and DEPUTY in actor.roles)


@attrs.frozen(kw_only=True)
class Looked:
    """A page as it was shown: what it *shows*, and what was *asked* of it, where it asks anything.

    Attributes:
        told: What was asked, in Chinese, one part a question that has an answer.
    """

    page: practised.Page
    shows: Any
    asked: Any = None
    told: tuple[str, ...] = ()


async def page(
    reader: Reader, tenant: Tenant, actor: Actor, name: str, asked: Mapping[str, Any] | None = None
) -> object:
    """Show a page of an enabled plugin, as :func:`look` does; give what it shows alone."""
    return (await look(reader, tenant, actor, name, asked)).shows


async def look(
    reader: Reader, tenant: Tenant, actor: Actor, name: str, asked: Mapping[str, Any] | None = None
) -> Looked:
    """Show a page of an enabled plugin; otherwise, or to the wrong reader, there is none.

    A page of a unit's own is asked through a desk that answers of no other unit, whatever the page asks; a page about
    one deputy through a desk that answers of nobody else.

    Args:
        asked: What the reader says, by the names of the fields that the page asks for.

    Raises:
        NotFound: No enabled plugin has the page, it is not for this reader, or there is nothing that is asked for.
        Invalid: The page asks for no such thing, or it cannot be read.
    """
    found = tenant.practice.pages.get(name)
    if found is None or not _opens(found, actor):
        raise NotFound(f"no page {name!r}")
    source = Source(tenant=tenant, plugin=found.plugin, what="page", name=name)
    context = tenant.contexts(tenant.today)(found.plugin)
    desk: Any = OwnDesk(reader, tenant, actor) if found.of_unit else StoreDesk(reader, tenant, actor)
    given, names = dict(asked or {}), dict[str, str]()
    if found.of_person:
        given[PERSON] = person = await _person(reader, tenant, actor, found, given)
        desk, names = OnePerson(reader, tenant, actor, person), await named(reader, {person})
    said: tuple[Any, ...] = ()
    if found.asks is not None:
        said = (asked_of(source, found.asks, given),)
    elif given:
        raise Invalid(f"page {name} asks for nothing; leave {', '.join(sorted(given))} away", field=min(given))
    shows: Any = await driven(
        source,
        lambda lent: found.view(context, lent, *said),
        desk,
        lambda shown: expect(shown, found.shows),
        answers=(NotFound, Invalid) if said else (),
    )
    return Looked(page=found, shows=shows, asked=said[0] if said else None, told=told(found.asks, *said, names=names))


async def _person(reader: Reader, tenant: Tenant, actor: Actor, found: practised.Page, given: dict[str, Any]) -> str:
    """Take out of what a reader says whose page is meant, by the field's name or its title, and give that person's id.

    Raises:
        NotFound, Invalid: As :func:`whose` says; or it is said twice.
    """
    titles = {title for title, a in by_title(found.asks).items() if a.name == PERSON}
    said = [str(value) for value in (given.pop(word, None) for word in sorted({PERSON, *titles})) if value]
    if len(said) > 1:
        raise Invalid(f"page {found.name}: {PERSON} is said twice, by name and by title", field=PERSON)
    return await whose(reader, tenant, actor, found.who, said[0] if said else "")
