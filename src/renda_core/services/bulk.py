"""Many cases in one use case: all or nothing, one transaction, one journal entry with a digest of what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import attrs

from renda_core.domain.case import Actor, Case
from renda_core.errors import RendaError
from renda_core.services import records
from renda_core.services.cases import Moved, OpenCase, TakeStep, begin, followers, move, readable
from renda_core.store.cases import Pile, load, take_numbers
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
    pile = _Work(unit, tenant)
    await pile.number(j.open for j in jobs if j.open)
    for n, job in enumerate(jobs, 1):
        try:
            await pile.do(job)
        except RendaError as error:
            raise LineFailed(f"row {job.row or n}: {error}", row=job.row or n, **error.details) from error
        if progress:
            progress(n)
    told = await pile.cases.write(unit)
    made = await pile.records()
    done = Done(
        opened=pile.opened,
        steps=pile.steps,
        followers=pile.led,
        records=made,
        digest=str(told["digest"]),
        ids=tuple(pile.ids),
    )
    body = attrs.asdict(done, filter=lambda a, _: a.name != "ids")
    unit.record(what, on=tenant.id, version=0, rule="bulk", **body)
    unit.emit(what, cases=len(pile.ids))
    return done


class _Work:
    """The state of one pile while it is being done."""

    def __init__(self, unit: Unit, tenant: Tenant) -> None:
        self.unit, self.tenant = unit, tenant
        self.cases = Pile(tenant.calendar)
        self.opened = self.steps = self.led = 0
        self.ids: list[str] = []
        self._keys: dict[str, str] = {}
        self._next: dict[str, int] = {}
        self._acted: list[Moved] = []

    async def number(self, opening: Iterable[OpenCase]) -> None:
        """Take all the human numbers that are wanted, at once."""
        wanted: dict[str, int] = {}
        for command in opening:
            if not command.number:
                wanted[command.kind] = wanted.get(command.kind, 0) + 1
        for kind, many in wanted.items():
            self._next[kind] = await take_numbers(self.unit, f"{kind}:{self.tenant.today.year}", many)

    def _number(self, kind: str) -> str:
        procedure = self.tenant.practice.procedure(kind, self.tenant.practice.edition(kind, self.tenant.today))
        n = self._next[kind]
        self._next[kind] += 1
        return procedure.kind.numbering.format(year=self.tenant.today.year, n=n)

    async def do(self, job: Job) -> None:
        """Do one line."""
        if job.open:
            number = job.open.number or self._number(job.open.kind)
            moved = begin(self.unit, self.tenant, job.open, number)
            self._keep(moved)
            self.opened += 1
            self.ids.append(moved.after.id)
            if job.key:
                self._keys[job.key] = moved.after.id
        if job.step:
            case = await self._case(self._keys.get(job.key, "") or job.step.case)
            actor = job.actor or self.unit.actor
            procedure = readable(self.tenant, case, actor)
            command = attrs.evolve(job.step, case=case.id, version=case.version)
            moved = move(self.unit, self.tenant, case, procedure, command, actor)
            self._keep(moved)
            self.steps += 1
            for led in await followers(self.unit, self.tenant, moved, self.cases.get):
                self._keep(led)
                self.led += 1

    async def _case(self, id: str) -> Case:
        return self.cases.get(id) or await load(self.unit, self.tenant.practice, id)

    def _keep(self, moved: Moved) -> None:
        self.cases.put(moved.before, moved.after, moved.procedure)
        self._acted.append(attrs.evolve(moved, before=None))

    async def records(self) -> int:
        """Write the duty records that follow from the pile."""
        return sum([await records.follow(self.unit, self.tenant, m.after, m.after.acts[-1]) for m in self._acted])
