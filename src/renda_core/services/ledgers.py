"""Reading many cases: the ledger as each reader may see it, what is overdue, search, and the desk that pages use."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from renda_core.domain.case import Actor, Case
from renda_core.domain.duty import Record
from renda_core.domain.procedure import Procedure
from renda_core.domain.visibility import hidden
from renda_core.errors import Invalid, NotFound
from renda_core.services.records import records_of
from renda_core.store.cases import TOOK, read_row
from renda_core.store.ledgers import (
    FACETS,
    GRADES,
    GRADES_OF_ROUND,
    HAS_WORD,
    LAST_GRADES,
    LEDGERS,
    OVERDUE,
    OVERDUE_OF_UNIT,
    WORDS,
    LedgerRow,
    OverdueRow,
    place,
)
from renda_core.store.unit import Reader
from renda_core.store.words import words
from renda_core.tenancy import Tenant

PAGE = 50
LARGEST = 1_000
"""Rows of one page: what people read at once, and what one request may ask for."""
SEARCHED = 500


@attrs.frozen(kw_only=True)
class Ask:
    """What a ledger is asked for; at most one of the narrowing questions.

    Attributes:
        facet: With *state*, of which facet; empty means the main state.
        unit, person: A handling unit's, or a person's own cases.
        dimension: A field of the kind that reports group by, with *value*.
        after: The id of the last row seen.
    """

    kind: str
    state: str = ""
    facet: str = ""
    unit: str = ""
    person: str = ""
    dimension: str = ""
    value: str = ""
    after: str = ""
    size: int = PAGE


async def ledger(reader: Reader, tenant: Tenant, actor: Actor, ask: Ask) -> list[LedgerRow]:
    """List cases oldest first, each reader only those that one may find.

    The kind's audience reads all but drafts; a handling unit its own assignments; a party its own cases; the public
    what was published.

    Raises:
        NotFound: The kind is not enabled, or the reader is no reader of it.
        Invalid: A question that this reader may not ask, or that makes no sense.
    """
    procedure = tenant.practice.procedure(ask.kind, tenant.practice.edition(ask.kind, tenant.today))
    if not 1 <= ask.size <= LARGEST:
        raise Invalid(f"size must lie between 1 and {LARGEST}", field="size")
    _refuse_veiled(procedure, actor, ask)
    by, values = _question(ask)
    reach = _reach(procedure, actor, ask)
    if reach == "own":
        own = {"person": actor.id} if by == "person" or not actor.unit else {"unit": actor.unit}
        by, values = next(iter(own)), own
    rows = await reader.all(LEDGERS[reach, by], kind=ask.kind, after=ask.after, size=ask.size, **values)
    return _shown(rows, _veiled(procedure, actor))


def _veiled(procedure: Procedure, actor: Actor) -> frozenset[str]:
    """List what is veiled from a reader in some case: a ledger does not know which the reader's unit handles."""
    veiled = hidden(procedure, actor.roles)
    return veiled | hidden(procedure, actor.roles | {"unit"}) if actor.unit else veiled


def _shown(rows: list[LedgerRow], veiled: frozenset[str]) -> list[LedgerRow]:
    return [attrs.evolve(r, state="") for r in rows] if "facet.main" in veiled else rows


def _question(ask: Ask) -> tuple[str, dict[str, str]]:
    asked: list[tuple[str, dict[str, str]]] = []
    if ask.state:
        found = {"state": ask.state}
        asked.append(("facet", {**found, "facet": ask.facet}) if ask.facet else ("state", found))
    if ask.unit:
        asked.append(("unit", {"unit": ask.unit}))
    if ask.person:
        asked.append(("person", {"person": ask.person}))
    if ask.dimension:
        asked.append(("dimension", {"name": ask.dimension, "value": ask.value}))
    if len(asked) > 1:
        raise Invalid("a ledger is narrowed by one question at a time: " + ", ".join(name for name, _ in asked))
    return asked[0] if asked else ("", {})


def _reach(procedure: Procedure, actor: Actor, ask: Ask) -> str:
    """Say how far a reader reaches: everything open, their own, or what is public."""
    audience = procedure.kind.audience
    if ask.person and ask.person == actor.id:
        return "own"
    if actor.roles & audience:
        return "open"
    if actor.unit and "unit" in audience:
        if ask.state or ask.dimension or ask.person or (ask.unit and ask.unit != actor.unit):
            raise Invalid("a handling unit lists its own cases only, whole")
        return "own"
    if "public" in actor.roles and procedure.kind.public:
        return "public"
    raise NotFound(f"no kind {ask.kind!r} is open to you")


def _refuse_veiled(procedure: Procedure, actor: Actor, ask: Ask) -> None:
    veiled = _veiled(procedure, actor)
    if ask.facet and ask.facet not in procedure.facets:
        raise Invalid(f"no facet {ask.facet!r}; known: {', '.join(sorted(procedure.facets))}", field="facet")
    if f"facet.{ask.facet or 'main'}" in veiled and ask.state:
        raise Invalid(f"no facet {ask.facet!r} to filter by", field="facet")
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
    if procedure is None or f"clock.{row.clock}" in _veiled(procedure, actor):
        return False
    return bool(actor.roles & procedure.kind.audience) or (bool(row.unit) and row.unit == actor.unit)


async def search(reader: Reader, tenant: Tenant, actor: Actor, kind: str, text: str) -> list[LedgerRow]:
    """Find cases by words of two characters, or a number; the rarest word leads, all must be there."""
    wanted = sorted(words(text))
    if not wanted:
        raise Invalid("give at least one word to look for", field="text")
    procedure = tenant.practice.procedure(kind, tenant.practice.edition(kind, tenant.today))
    reach = "open" if actor.roles & procedure.kind.audience else "public"
    if reach == "public" and not ("public" in actor.roles and procedure.kind.public):
        raise NotFound(f"no kind {kind!r} is open to you")
    counts = {w: sum([t.n for t in await reader.all(WORDS, word=w)]) for w in wanted}
    if not all(counts.values()):
        return []
    rarest = min(wanted, key=lambda w: counts[w])
    rows = await reader.all(LEDGERS[reach, "word"], kind=kind, word=rarest, after="", size=SEARCHED)
    rest = [w for w in wanted if w != rarest]
    found = [r for r in rows if all([len(await reader.all(HAS_WORD, word=w, case_id=r.id)) for w in rest])]
    veiled = _veiled(procedure, actor)
    if any(f"body.{field}" in veiled for field in procedure.kind.words):  # no finding by what may not be read
        found = [r for r in found if words(r.title, r.number).issuperset(wanted)]
    return _shown(found, veiled)


class StoreDesk:
    """What pages and watches may ask, answered from the store; one tenant's answers, never SQL."""

    def __init__(self, reader: Reader, tenant: Tenant) -> None:
        self._reader, self._tenant = reader, tenant

    async def facet_counts(self, kind: str, facet: str) -> Mapping[str, int]:
        """Count cases by state of a facet."""
        return {t.a: t.n for t in await self._reader.all(FACETS, kind=kind, facet=facet)}

    async def grade_counts(self, kind: str, step: str, *, round: int = 0) -> Mapping[str, int]:
        """Count acts by grade, of one round, or of all with 0."""
        if round:
            found = await self._reader.all(GRADES_OF_ROUND, kind=kind, step=step, round=round)
        else:
            found = await self._reader.all(GRADES, kind=kind, step=step)
        return {t.a: t.n for t in found}

    async def last_grades(self, kind: str, step: str) -> Mapping[str, int]:
        """Count cases by the grade of their last act of *step*: the final round's."""
        return {t.a: t.n for t in await self._reader.all(LAST_GRADES, kind=kind, step=step)}

    async def cases(self, kind: str, step: str) -> tuple[Case, ...]:
        """Load the cases of a kind that ever took *step*."""
        return tuple(read_row(r, self._tenant.practice) for r in await self._reader.all(TOOK, kind=kind, step=step))

    async def records(self, *, person: str) -> tuple[Record, ...]:
        """List a person's duty records, oldest first."""
        return await records_of(self._reader, person)


async def page(reader: Reader, tenant: Tenant, actor: Actor, name: str) -> object:
    """Show a page of an enabled plugin; otherwise, or to the wrong role, there is none."""
    found = tenant.practice.pages.get(name)
    if found is None or not found.who & actor.roles:
        raise NotFound(f"no page {name!r}")
    return await found.view(tenant.contexts(tenant.today)(found.plugin), StoreDesk(reader, tenant))
