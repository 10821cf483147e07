"""Hours that cases take of people, kept so that nobody is at two places at once, whoever enters what first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby, islice

from renda_core.domain.case import Actor, Case, roles_on
from renda_core.domain.failing import Nonsense, expect
from renda_core.domain.hours import QUARTER, Hours
from renda_core.domain.procedure import Procedure
from renda_core.domain.visibility import may_see
from renda_core.errors import NotFound, Rejected, RendaError
from renda_core.services import budgets, lookups
from renda_core.services.asking import Source
from renda_core.services.budgets import limited
from renda_core.services.deciding import Moved
from renda_core.store.cases import load
from renda_core.store.slots import FREE, OF_CASES, TAKE, TAKEN
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

MOST = 10_000
"""Quarters of an hour that one case may take: a hundred people on a whole day take 9,600; what never ends is found."""
A_DAY = 24 * 60 // QUARTER
Slot = tuple[str, int]
"""A person's id and the number of a quarter."""
Slots = frozenset[Slot]


class Book:
    """The hours of the cases of one use case: asked for case by case, written together after the cases."""

    def __init__(self, unit: Unit, tenant: Tenant) -> None:
        self._unit, self._tenant = unit, tenant
        self._stored: dict[str, Slots] = {}
        self._now: dict[str, Slots] = {}
        self._by: dict[Slot, str] = {}
        self._cases: dict[str, tuple[Case, Procedure]] = {}
        self._since: list[tuple[str, Slots | None]] = []
        self._actor = unit.actor

    def mark(self) -> None:
        """Set the point that :meth:`back` returns to."""
        self._since.clear()

    def back(self) -> None:
        """Forget what was taken since the mark."""
        self._return(0)

    async def take_all(self, moves: Iterable[Moved], actor: Actor) -> None:
        """Take the hours that some cases need as they now stand, and give back those that they need no more.

        Raises:
            Invalid: The kind says that they make no sense, e.g. end before they begin.
            Rejected: Somebody is elsewhere then, each time named; or the kind's function failed. Nothing is taken.
        """
        taken, self._actor = len(self._since), actor
        try:
            for moved in moves:
                if moved.procedure.kind.hours is not None:
                    await self._take(moved, actor)
        except RendaError:
            self._return(taken)
            raise

    async def _take(self, moved: Moved, actor: Actor) -> None:
        case = moved.after
        wanted = _wanted(self._tenant, moved.procedure, case)
        if case.id not in self._stored:
            rows = await self._unit.among(OF_CASES, "case", [case.id]) if moved.before is not None else []
            self._stored[case.id] = frozenset((row.who, row.slot) for row in rows)
        had = self._now.get(case.id, self._stored[case.id])
        if clashes := await self._clashes(case, wanted - had):
            raise Rejected(f"{case.acts[-1].step} refused", *await self._told(clashes, actor))
        self._since.append((case.id, self._now.get(case.id)))
        self._put(case.id, wanted)
        self._cases[case.id] = (case, moved.procedure)

    def _put(self, case: str, slots: Slots | None) -> None:
        for slot in self._now.pop(case, frozenset()):
            self._by.pop(slot, None)
        if slots is not None:
            self._now[case] = slots
            self._by.update(dict.fromkeys(slots, case))

    def _return(self, to: int) -> None:
        while len(self._since) > to:
            self._put(*self._since.pop())

    async def _clashes(self, case: Case, fresh: Slots) -> dict[Slot, str]:
        """Find the cases that already have some of the hours; those of this use case as they stand by now."""
        if not fresh:
            return {}
        found = {slot: self._by[slot] for slot in fresh if slot in self._by}
        people, quarters = {who for who, _ in fresh}, [quarter for _, quarter in fresh]
        rows = await self._unit.among(TAKEN, "who", sorted(people), first=min(quarters), last=max(quarters))
        stored = {(row.who, row.slot): row.case_id for row in rows if row.case_id not in self._now}
        found |= {slot: stored[slot] for slot in fresh if slot in stored}
        return {slot: other for slot, other in found.items() if other != case.id}

    async def write(self) -> None:
        """Write what is taken and given back, after the cases themselves.

        Raises:
            Rejected: Another process took some of the hours in this very moment.
        """
        gone, fresh = dict[Slot, str](), dict[Slot, str]()
        for case, slots in self._now.items():
            gone |= dict.fromkeys(self._stored[case] - slots, case)
            fresh |= dict.fromkeys(slots - self._stored[case], case)
        if gone:
            await self._unit.write_many(FREE, _rows(gone))
        if not fresh:
            return
        await self._unit.write_many(TAKE, _rows(fresh))
        rows = await self._unit.among(OF_CASES, "case", sorted(set(fresh.values())))
        if lost := fresh.keys() - {(row.who, row.slot) for row in rows}:
            people, quarters = {who for who, _ in lost}, [quarter for _, quarter in lost]
            held = await self._unit.among(TAKEN, "who", sorted(people), first=min(quarters), last=max(quarters))
            clashes = {(row.who, row.slot): row.case_id for row in held if (row.who, row.slot) in lost}
            raise Rejected("refused", *await self._told(clashes, self._actor))

    async def _told(self, clashes: Mapping[Slot, str], actor: Actor) -> tuple[str, ...]:
        """Say who is where, once a case, person and day: the case's name to whom may see it, else its hours alone."""
        others = sorted(set(clashes.values()))
        rows = await self._unit.among(OF_CASES, "case", [id for id in others if id not in self._now])
        held = self._by | {(row.who, row.slot): row.case_id for row in rows}  # who was faster is in the table
        names = await lookups.named(self._unit, {who for who, _ in clashes})
        called = {id: await self._called(id, actor) for id in others}
        said: dict[str, None] = {}
        for (who, _, other), slots in groupby(sorted(clashes, key=_of(clashes)), key=_of(clashes)):
            quarter = min(q for _, q in slots)
            begins = ends = quarter
            while held.get((who, begins - 1)) == other and begins % A_DAY:
                begins -= 1
            while held.get((who, ends + 1)) == other and (ends + 1) % A_DAY:
                ends += 1
            where = f"is already at {called[other]}" if called[other] else "is already taken"
            said[f"{names.get(who, 'what it asks for')} {where} {_hours(begins, ends + 1)}"] = None
        return tuple(said)

    async def _called(self, id: str, actor: Actor) -> str:
        try:
            case, procedure = self._cases.get(id) or (await load(self._unit, self._tenant.practice, id), None)
        except NotFound:
            return ""
        procedure = procedure or self._tenant.practice.find(case.kind, case.edition)
        if procedure is None or not may_see(procedure, case, roles_on(actor, case)):
            return ""
        return f"{case.title} ({case.number})"


def _wanted(tenant: Tenant, procedure: Procedure, case: Case) -> Slots:
    """Ask a kind which hours a case takes.

    Raises:
        Invalid: What the case says makes no sense.
        Rejected: The function itself failed, and is named.
    """
    kind = procedure.kind
    source = Source(tenant=tenant, plugin=kind.plugin, what="hours", name=kind.name)
    try:
        return limited(budgets.STEP, lambda: _slots(kind.hours(case) if kind.hours else ()))
    except RendaError:
        raise
    except BaseException as error:
        told = str(source.failed(error))
    raise Rejected(f"{case.acts[-1].step} refused", told)


def _slots(given: Iterable[Hours]) -> Slots:
    found = set[Slot]()
    for hours in islice(given, MOST + 1):
        people = expect(expect(hours, Hours).who, tuple)
        if not all(isinstance(who, str) and lookups.is_id(who) for who in people):
            raise Nonsense("gave hours of nobody")
        found |= {(who, slot) for slot in hours.slots() for who in people}
        if len(found) > MOST:
            raise Nonsense(f"gave more than {MOST} quarters of an hour")
    return frozenset(found)


def _rows(slots: Mapping[Slot, str]) -> list[dict[str, object]]:
    """Give rows in one order everywhere, so that no two processes wait for each other."""
    return [{"who": who, "slot": slot, "case_id": case} for (who, slot), case in sorted(slots.items())]


def _of(clashes: Mapping[Slot, str]) -> Callable[[Slot], tuple[str, int, str]]:
    return lambda slot: (slot[0], slot[1] // A_DAY, clashes[slot])


def _hours(begins: int, ends: int) -> str:
    day, first = divmod(begins, A_DAY)
    last = ends - day * A_DAY
    return f"on {dt.date.fromordinal(day)} from {_clock(first)} to {_clock(last)}"


def _clock(quarter: int) -> str:
    return "{:02}:{:02}".format(*divmod(quarter * QUARTER, 60))
