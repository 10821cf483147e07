"""Many cases in one use case: all or nothing, one transaction, one journal entry with a digest of what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs

from renda_core.domain.case import Actor, Case
from renda_core.errors import Rejected, RendaError
from renda_core.services import duty
from renda_core.services.deciding import Moved, OpenCase, TakeStep, begin, followers, move, readable
from renda_core.services.hours import Book
from renda_core.services.references import References
from renda_core.store.cases import BY_NUMBER, Pile, load, reach_number, take_numbers
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

Told = Callable[[int], None]


@attrs.frozen(kw_only=True)
class Job:
    """One line of a pile of work: open a case, or take a step on one that was opened.

    Attributes:
        row: Where the line stands in its file, for messages.
        open: What to open; or
        step: What to take; its ``case`` and ``version`` are filled in when *case* names one by its key.
        key: A name for the case within this pile, so that later lines can move a case opened by an earlier one.
        actor: Who acts, if it is not the one who hands in the pile: a unit whose paper the office enters.
    """

    row: int = 0
    open: OpenCase | None = None
    step: TakeStep | None = None
    key: str = ""
    actor: Actor | None = None


@attrs.frozen(kw_only=True)
class Done:
    """What a pile of work came to."""

    opened: int
    steps: int
    followers: int
    records: int
    digest: str
    ids: tuple[str, ...]


class LineFailed(RendaError):
    """One line of a pile was refused, so nothing of the pile was done."""

    code = "line"


async def work(unit: Unit, tenant: Tenant, jobs: Sequence[Job], *, what: str, progress: Told | None = None) -> Done:
    """Do many openings and steps, in order, all or nothing.

    Args:
        what: Names the pile in the journal, e.g. ``"import.steps"``.
        progress: Told after every line how many are done.

    Raises:
        LineFailed: The first line that was refused, with its row and every objection.
    """
    pile = Work(unit, tenant)
    await pile.number(j.open for j in jobs if j.open)
    for n, job in enumerate(jobs, 1):
        try:
            await pile.do(job)
        except RendaError as error:
            raise LineFailed(f"row {job.row or n}: {error}", row=job.row or n, **error.details) from error
        if progress:
            progress(n)
    told = await pile.write()
    done = Done(
        opened=pile.opened,
        steps=pile.steps,
        followers=pile.led,
        records=int(str(told["records"])),
        digest=str(told["digest"]),
        ids=tuple(pile.ids),
    )
    body = attrs.asdict(done, filter=lambda a, _: a.name != "ids")
    body |= {name: rest for name, rest in told.items() if name == "left_out"}
    unit.record(what, on=tenant.id, version=0, rule="bulk", **body)
    unit.emit(what, cases=len(pile.ids))
    return done


class Work:
    """A pile of openings and steps while it is decided; nothing is written before :meth:`write`."""

    def __init__(self, unit: Unit, tenant: Tenant) -> None:
        self.unit, self.tenant = unit, tenant
        self.cases, self.hours, self.references = Pile(tenant.calendar), Book(unit, tenant), References(unit)
        self.opened = self.steps = self.led = 0
        self.ids: list[str] = []
        self._keys: dict[str, str] = {}
        self._next: dict[str, int] = {}
        self._numbers: dict[tuple[str, str], None] = {}  # in order, so that the last can be forgotten
        self._reached: dict[str, int] = {}
        self._acted: list[Moved] = []

    async def number(self, opening: Iterable[OpenCase]) -> None:
        """Take all the human numbers that are wanted, at once."""
        wanted: dict[str, int] = {}
        for command in opening:
            if command.number:
                self._given(command)
            else:
                wanted[command.kind] = wanted.get(command.kind, 0) + 1
        await self._go_on()
        for kind, many in wanted.items():
            self._next[kind] = await take_numbers(self.unit, f"{kind}:{self.tenant.today.year}", many)

    def _given(self, command: OpenCase) -> None:
        """Note a number given by hand, so that its series goes on after it."""
        practice = self.tenant.practice
        if found := practice.procedure(command.kind, practice.edition(command.kind, self.tenant.today)).kind.place(
            command.number
        ):
            series = f"{command.kind}:{found[0]}"
            self._reached[series] = max(found[1], self._reached.get(series, 0))

    async def _go_on(self) -> None:
        for series, n in self._reached.items():
            await reach_number(self.unit, series, n)

    async def _free(self, command: OpenCase) -> str:
        """Check that a number given by hand is nobody's yet."""
        key = (command.kind, command.number)
        stored = await self.unit.find(BY_NUMBER, kind=command.kind, number=command.number)
        if key in self._numbers or stored:
            raise Rejected("opening refused", f"number {command.number} is taken")
        self._given(command)
        return command.number

    def _number(self, kind: str) -> str:
        procedure = self.tenant.practice.procedure(kind, self.tenant.practice.edition(kind, self.tenant.today))
        n = self._next[kind]
        self._next[kind] += 1
        return procedure.kind.numbering.format(year=self.tenant.today.year, n=n)

    async def do(self, job: Job) -> None:
        """Do one line."""
        if job.open:
            number = await self._free(job.open) if job.open.number else self._number(job.open.kind)
            moved = await begin(self.unit, self.tenant, job.open, number, self.references)
            await self._keep(moved, self.unit.actor)
            self._numbers[job.open.kind, number] = None
            self.opened += 1
            self.ids.append(moved.after.id)
            if job.key:
                self._keys[job.key] = moved.after.id
        if job.step:
            case = await self.case(self._keys.get(job.key, "") or job.step.case)
            actor = job.actor or self.unit.actor
            procedure = readable(self.tenant, case, actor)
            command = attrs.evolve(job.step, case=case.id, version=case.version)
            moved = await move(self.unit, self.tenant, case, procedure, command, actor, self.references)
            await self._keep(moved, actor)
            self.steps += 1
            for led in await followers(self.unit, self.tenant, moved, self.cases.get):
                await self._keep(led, actor)
                self.led += 1

    async def all_or_none(self, jobs: Iterable[Job]) -> None:
        """Do some lines that belong together; if one is refused, the pile stands as before them."""
        acted, ids, numbers = len(self._acted), len(self.ids), len(self._numbers)
        counts, keys, reached = (self.opened, self.steps, self.led), len(self._keys), dict(self._reached)
        self.cases.mark()
        self.hours.mark()
        try:
            for job in jobs:
                await self.do(job)
        except RendaError:
            self.cases.back()
            self.hours.back()
            while len(self._numbers) > numbers:
                self._numbers.popitem()
            while len(self._keys) > keys:
                self._keys.popitem()
            (self.opened, self.steps, self.led), self._reached = counts, reached
            del self._acted[acted:], self.ids[ids:]
            raise

    async def case(self, id: str) -> Case:
        """Give a case as it stands after the lines so far."""
        return self.cases.get(id) or await load(self.unit, self.tenant.practice, id)

    async def _keep(self, moved: Moved, actor: Actor) -> None:
        await self.hours.take_all((moved,), actor)
        self.cases.put(moved.before, moved.after, moved.procedure)
        self._acted.append(moved)

    async def write(self) -> dict[str, Any]:
        """Write the pile and the duty records that follow from it; answer the counts and the digest."""
        await self._go_on()
        told = await self.cases.write(self.unit)
        await self.hours.write()
        found = duty.Followed()
        for m in self._acted:
            found += await duty.follow(self.unit, self.tenant, m.after, m.after.acts[-1])
        return told | found.told()
