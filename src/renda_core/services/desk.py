"""The desk: what pages, watches and rules of days may ask, answered from the store; one tenant's answers, never SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from renda_core.desks import (
    CongressOn,
    DeputyOn,
    GroupOn,
    GroupsOver,
    SessionDay,
    SetDay,
    StationOn,
    StationsOver,
    UnitCount,
)
from renda_core.domain.ballot import Ballot, Finding
from renda_core.domain.ballot import shown as told_verdict
from renda_core.domain.ballot.seating import AGAIN, TIED, WAITING
from renda_core.domain.case import Actor, Case, roles_on
from renda_core.domain.visibility import KEEPERS, Seen, may_see
from renda_core.errors import Misuse, NotAllowed
from renda_core.services import lookups
from renda_core.services.asking import shown
from renda_core.services.duty.answers import JOB, DutyAnswers
from renda_core.services.holders import BOUND, listed
from renda_core.services.mandates import deputies_on, holders_on
from renda_core.services.ruled import given_by_all
from renda_core.services.sessions import opening
from renda_core.services.sight import veiled_in_lists
from renda_core.services.stretches import stretches
from renda_core.store import bodies as roster
from renda_core.store import desk as questions
from renda_core.store.cases import TOOK, read_row
from renda_core.store.codec import decode
from renda_core.store.compile import Query
from renda_core.store.ledgers import FACETS, GRADES, GRADES_OF_ROUND, LAST_GRADES
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

PENDING = (TIED, AGAIN, WAITING)
"""Verdicts on subjects that a further round decides."""


def _declared(ballot: Ballot) -> Iterator[Finding]:
    """Give what the declared rounds of a ballot decided, without the numbers of a group too small to be told."""
    for round in ballot.rounds:
        if round.announced and round.verdict is not None and round.counted is not None:
            found = told_verdict(ballot.rule, round.verdict, round.counted.valid).findings
            yield from (f for f in found if f.verdict not in PENDING)


class _Asked:
    """What a page of all units and one of a unit's own ask alike; *own* narrows every answer to one unit."""

    def __init__(self, reader: Reader, tenant: Tenant, actor: Actor = JOB, *, own: str = "") -> None:
        self._reader, self._tenant, self._actor, self._own = reader, tenant, actor, own

    async def unit_counts(self, kind: str, facet: str) -> tuple[UnitCount, ...]:
        """Count, by unit, the cases of its present shares by state of a facet."""
        self._refuse_veiled(kind, f"facet.{facet}", "facet.main")
        query = (questions.UNIT_FACETS, questions.UNIT_FACETS_OWN)
        return await self._count(query, kind=kind, facet=facet)

    async def unit_deadlines(self, kind: str, clock: str) -> tuple[UnitCount, ...]:
        """Count, by unit, how a clock of the case, or the unit's own, ended or runs."""
        self._refuse_veiled(kind, f"clock.{clock}", "facet.main")
        query = (questions.UNIT_CLOCKS, questions.UNIT_CLOCKS_OWN)
        return await self._count(query, kind=kind, clock=clock, today=self._tenant.today)

    async def verdicts(self, ballot: str) -> tuple[Finding, ...]:
        """List the verdicts of a sort of vote, oldest first; a round that is not declared yet tells nothing."""
        rows = await self._reader.all(questions.VOTES, kind=ballot)
        told = (f for row in rows for f in _declared(decode(row.document, Ballot)))
        return tuple(f for f in told if self._own in ("", f.subject))

    async def seen(self, kind: str, facet: str, state: str) -> tuple[Seen, ...]:
        """Show, oldest first, the cases that stand in a state, as the reader sees them; what is veiled is not there."""
        asked = {"kind": kind, "facet": facet, "state": state}
        if self._own:
            rows = await self._reader.all(questions.STANDING_OF_UNIT, **asked, own=self._own)
        else:
            rows = await self._reader.all(questions.STANDING, **asked)
        found = (self._see(read_row(row, self._tenant.practice)) for row in rows)
        return tuple(
            s for s in found if s is not None and facet in s.states
        )  # whose state is veiled is not found by it

    async def names(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Name people, units, stations and congresses by id; an id that is none of them is left out."""
        return await lookups.named(self._reader, ids)

    async def _count(self, query: tuple[Query[UnitCount], Query[UnitCount]], **asked: Any) -> tuple[UnitCount, ...]:
        every, own = query
        return tuple(
            await (self._reader.all(own, **asked, own=self._own) if self._own else self._reader.all(every, **asked))
        )

    def _see(self, case: Case) -> Seen | None:
        procedure = self._tenant.practice.find(case.kind, case.edition)
        roles = roles_on(self._actor, case)
        if procedure is None or not may_see(procedure, case, roles):
            return None
        return shown(self._tenant, procedure, case, roles)

    def _refuse_veiled(self, kind: str, *parts: str) -> None:
        """Refuse to count by what the reader may not see in some case: a count would tell it.

        Raises:
            NotAllowed: It is veiled.
        """
        procedure = self._tenant.practice.find(kind, self._tenant.practice.edition(kind, self._tenant.today))
        if self._actor == JOB or procedure is None:
            return
        if hidden := sorted(veiled_in_lists(procedure, self._actor) & set(parts)):
            raise NotAllowed(f"{', '.join(hidden)} of {kind} is not open to you, so it is not counted either")


class OwnDesk(_Asked):
    """The desk of a page of a unit's own: it answers of the reader's unit, as its people see it, or not at all."""

    def __init__(self, reader: Reader, tenant: Tenant, actor: Actor) -> None:
        if not actor.unit:
            raise Misuse("a desk of a unit's own needs a reader who acts for one")
        super().__init__(reader, tenant, attrs.evolve(actor, roles=frozenset()), own=actor.unit)

    def __getattr__(self, name: str) -> Any:
        raise Misuse(f"a page of a unit's own asks {name!r}, which reaches beyond its unit; ask what UnitDesk has")


class StoreDesk(DutyAnswers, _Asked):
    """What pages and watches may ask; without a reader, as in a watch, :meth:`seen` shows nothing.

    Args:
        place: Id of the one station that :meth:`stations`, and so the rules of days, are to answer of; by default all.
    """

    def __init__(self, reader: Reader, tenant: Tenant, actor: Actor = JOB, *, place: str = "") -> None:
        super().__init__(reader, tenant, actor)
        self._place = place

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
        """Load the cases of a kind that ever took *step*, whole.

        Raises:
            NotAllowed: The reader is no keeper, and a practice is missing that touched them: it may have veiled some.
        """
        self._refuse_unveiled(kind)
        return tuple(read_row(r, self._tenant.practice) for r in await self._reader.all(TOOK, kind=kind, step=step))

    async def opened(self, kind: str, first: dt.date, last: dt.date) -> tuple[Case, ...]:
        """Load the cases of a kind that were opened between two days, both included, whole, oldest first.

        Raises:
            NotAllowed: As :meth:`cases`.
        """
        self._refuse_unveiled(kind)
        found = await self._reader.all(roster.OPENED, kind=kind, first=first, last=last)
        return tuple(read_row(r, self._tenant.practice) for r in found)

    async def sessions(self, first: dt.date, last: dt.date) -> tuple[SessionDay, ...]:
        """List the sessions of every congress that open between two days, both included, in order."""
        found = await opening(self._reader, first, last)
        return tuple(
            SessionDay(id=s.id, congress=s.congress, title=s.title, opens_on=s.opens_on, closes_on=s.closes_on)
            for s in found
        )

    async def deputies(self, on: dt.date, *, congress: str = "") -> tuple[str, ...]:
        """Give the ids of those who hold a mandate in force (有效) on a day, of one congress or of any."""
        return await deputies_on(self._reader, on, congress)

    async def congresses(self, on: dt.date) -> tuple[CongressOn, ...]:
        """List the congresses that stand on a day, by name."""
        return tuple(sorted(await self._reader.all(roster.CONGRESSES, on=on), key=lambda c: (c.name, c.id)))

    async def holders(self, on: dt.date, *, congress: str = "") -> tuple[DeputyOn, ...]:
        """List who holds a mandate in force (有效) on a day and where, one row a mandate, by name."""
        return await holders_on(self._reader, on, congress)

    async def groups(self, on: dt.date) -> tuple[GroupOn, ...]:
        """List the deputy groups (代表小组) that stand on a day, by name, with their members in force, by name."""
        sitting: dict[str, set[str]] = {}
        for seat in await self._reader.all(roster.SEATS, on=on):
            sitting.setdefault(seat.mandate, set()).add(seat.body)
        members = _gathered(
            (b, d.person) for d in await holders_on(self._reader, on) for b in sitting.get(d.mandate, ())
        )
        found = await self._reader.all(roster.GROUPS, on=on)
        return tuple(
            GroupOn(id=g.id, name=g.name, congress=g.congress, deputies=members.get(g.id, ()))
            for g in sorted(found, key=lambda g: (g.name, g.id))
        )

    async def groups_between(self, first: dt.date, last: dt.date) -> tuple[GroupsOver, ...]:
        """List, as :meth:`groups` does, who sits in which group between two days, in stretches without a gap."""
        turns = await self._reader.all(roster.GROUP_TURNS, first=first, last=last)
        found = await stretches(self._reader, self.groups, turns, first, last)
        return tuple(GroupsOver(since=since, until=until, groups=here) for since, until, here in found)

    async def stations(self, on: dt.date) -> tuple[StationOn, ...]:
        """List the homes and stations that are open on a day, by code and name, with the deputies bound to each."""
        places = await self._reader.all(roster.PLACES, on=on, place=self._place or None)
        tied: dict[str, list[str]] = {}
        for tie in await self._reader.all(roster.TIES, kind=BOUND, on=on, place=self._place or None):
            tied.setdefault(tie.from_id, []).append(tie.to_id)
        holding = await holders_on(self._reader, on, people=tied)
        bound = _gathered((station, d.person) for d in holding for station in tied[d.person])
        return tuple(
            StationOn(**attrs.asdict(p) | {"offers": listed(p.offers), "deputies": bound.get(p.id, ())})
            for p in sorted(places, key=lambda p: (p.code, p.name, p.id))
        )

    async def stations_between(self, first: dt.date, last: dt.date) -> tuple[StationsOver, ...]:
        """List, as :meth:`stations` does, who and what is there between two days, in stretches without a gap."""
        turns = await self._reader.all(roster.TURNS, kind=BOUND, first=first, last=last)
        found = await stretches(self._reader, self.stations, turns, first, last)
        return tuple(StationsOver(since=since, until=until, stations=here) for since, until, here in found)

    async def tied(self, kind: str, on: dt.date) -> tuple[tuple[str, str], ...]:
        """List the roster's links of a kind that hold on a day, as (from, to), e.g. a deputy and a fixed voter."""
        found = await self._reader.all(roster.TIES, kind=kind, on=on, place=None)
        return tuple((tie.from_id, tie.to_id) for tie in found)

    async def set_days(self, first: dt.date, last: dt.date) -> tuple[SetDay, ...]:
        """List the days that every enabled rule sets between two days, in order; a rule that fails is left out."""
        desk = RuleDesk(self._reader, self._tenant, self._actor, place=self._place)
        found, _ = await given_by_all(desk, self._tenant, first, last)
        return tuple(SetDay(rule=rule.name, title=rule.title, day=day) for rule, day in found)

    def _refuse_unveiled(self, kind: str) -> None:
        """Refuse whole cases where a practice is missing that touched them: it may have veiled some.

        Raises:
            NotAllowed: The reader is no keeper.
        """
        held = self._tenant.readonly.get(kind, "")
        if held and self._actor != JOB and not self._actor.roles & KEEPERS:
            raise NotAllowed(f"this is for {' and '.join(sorted(KEEPERS))} meanwhile: {held}")


class RuleDesk(StoreDesk):
    """What a rule of days may ask: all but the days that rules set, or it would ask itself for ever."""

    async def set_days(self, first: dt.date, last: dt.date) -> tuple[SetDay, ...]:
        """Refuse: a rule that rests on another's days says so by a setting of its own."""
        raise Misuse("a rule of days asks for the days that rules set, which are its own too")


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Gather the second of each pair by the first, each once, in order."""
    found: dict[str, dict[str, None]] = {}
    for of, one in pairs:
        found.setdefault(of, {})[one] = None
    return {of: tuple(ones) for of, ones in found.items()}
