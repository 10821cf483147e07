"""Planning the import of cases and of the steps taken on them: every row is decided before anything is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from renda_core.domain.case import Act, Case
from renda_core.domain.procedure import Procedure, Step
from renda_core.errors import Invalid, NotFound, RendaError
from renda_core.files.columns import Problem, Read
from renda_core.services import lookups
from renda_core.services.bulk import Job, Work
from renda_core.services.cases import OpenCase, TakeStep
from renda_core.services.imports.cell_values import flat
from renda_core.services.imports.named_steps import about_a_unit, for_unit, named_grade, named_step, payload
from renda_core.services.imports.planned import File, Once, PlannedRow, Say, State, called, chunks, decided, wrong
from renda_core.store.cases import load
from renda_core.store.importing import BY_NUMBERS, BY_TEXT
from renda_core.store.unit import Unit
from renda_core.store.words import text_mark
from renda_core.tenancy import Tenant

SUGGESTION, OPINION = "suggestion", "opinion"
MERGED = "merged_into"
"""The relation of a suggestion to the one that it was merged into (并案)."""
REMEDY = "correct the row, and import the whole file again"
TWIN = "if it was entered twice, delete one; if not, leave it"


async def suggestions(unit: Unit, tenant: Tenant, file: File, reads: Iterable[Read], say: Say) -> str:
    """Decide and write suggestions handed in on paper: opened, co-signed as the form shows, and submitted."""
    return await Cases(unit, tenant, file, SUGGESTION).over(reads, _suggestion, say)


async def steps(unit: Unit, tenant: Tenant, file: File, reads: Iterable[Read], say: Say) -> str:
    """Decide and write steps on suggestions, in the order of the file; each is judged after those above it."""
    return await Cases(unit, tenant, file, SUGGESTION).over(reads, _step, say)


class Cases:
    """A file of cases while it is decided over what is stored."""

    def __init__(self, unit: Unit, tenant: Tenant, file: File, kind: str) -> None:
        self.unit, self.tenant, self.file, self.kind = unit, tenant, file, kind
        self.procedure: Procedure = tenant.practice.procedure(kind, tenant.practice.edition(kind, tenant.today))
        self._work, self._once = Work(unit, tenant), Once()
        self._units: dict[str, str] = {}
        self._people: dict[str, str] = {}
        self._ids: dict[str, str | None] = {}
        self._texts: dict[str, str] = {}

    async def over(self, reads: Iterable[Read], row: Decide, say: Say) -> str:
        """Decide row by row, all mistakes at once; write what was decided if there is none, and answer its digest."""
        whole, idle = True, True
        for chunk in chunks(reads):
            await self._meet(chunk)
            for read in chunk:
                planned = await self._row(read, row)
                whole &= planned.state != "error"
                idle &= planned.state in ("same", "error")
                say(planned)
        return str((await self._work.write())["digest"]) if whole and not idle else ""

    async def _meet(self, reads: Sequence[Read]) -> None:
        """Look up the cases that some rows name, and those that have the same texts."""
        named = (read.values.get(column) for read in reads for column in ("number", "merged_into"))
        numbers = {str(number) for number in named if number} - self._ids.keys()
        self._ids |= dict.fromkeys(numbers)
        self._ids |= {x.number: x.id for x in await self.unit.among(BY_NUMBERS, "number", numbers, kind=self.kind)}
        marks = {text_mark(str(read.values.get("text") or "")) for read in reads} - self._texts.keys()
        for x in await self.unit.among(BY_TEXT, "word", marks, kind=self.kind):
            self._texts.setdefault(x.word, x.number)

    async def _row(self, read: Read, row: Decide) -> PlannedRow:
        number = called(read, "number")
        if bad := wrong(read, number):
            return bad
        try:
            state, looks = await row(self, read, number)
        except RendaError as refusal:
            column = str(refusal.details.get("column", "number"))
            return self.file.error(read, column, str(refusal), REMEDY, number)
        return decided(read, state, number, *looks)

    async def do(self, *jobs: Job) -> None:
        """Decide some jobs of one row; if one is refused, none of them counts."""
        await self._work.all_or_none(jobs)

    async def case(self, id: str) -> Case:
        """Give a case as it stands after the rows above."""
        return await self._work.case(id)

    def id_of(self, number: str) -> str | None:
        """Find a stored case by its number."""
        return self._ids.get(number)

    async def unit_id(self, name: object, column: str) -> str:
        """Find a handling unit, once a name; a refusal names the column."""
        if (known := str(name)) not in self._units:
            with _in_column(column):
                self._units[known] = await lookups.unit_id(self.unit, known, self.tenant.today)
        return self._units[known]

    async def person(self, name: object, column: str) -> str:
        """Find a person, once a name; a refusal names the column."""
        if (known := str(name)) not in self._people:
            with _in_column(column):
                self._people[known] = await lookups.person_id(self.unit, known, self.tenant.today)
        return self._people[known]

    async def settled(self, body: Mapping[str, Any], on: dt.date | None) -> dict[str, Any]:
        """Give a body in which what names a row of the roster is its id; a refusal names the field's column."""
        try:
            found: dict[str, Any] = await self._work.references.settle(
                body, self.procedure.kind.body, on or self.tenant.today
            )
        except RendaError as refusal:
            refusal.details["column"] = refusal.details["field"]
            raise
        return found

    def again(self, number: str, row: int) -> None:
        """Refuse a number that an earlier row of the file had."""
        if first := self._once.before(number, row):
            raise NotFound(f"编号 {number} is in row {first} already; delete one of the rows")

    def twin(self, read: Read) -> tuple[Problem, ...]:
        """Propose that a new case is another one, which has the very same text under another number."""
        first = self._texts.setdefault(text_mark(str(read.values["text"])), number := str(read.values["number"]))
        if first == number:
            return ()
        return (self.file.problem(read, "text", f"is the very text of {first}", TWIN, "warning"),)


@contextmanager
def _in_column(column: str) -> Iterator[None]:
    """Let a refusal name the column in which its cause stands."""
    try:
        yield
    except RendaError as refusal:
        refusal.details["column"] = column
        raise


Outcome = tuple[State, tuple[Problem, ...]]
Decide = Callable[[Cases, Read, str], Awaitable[Outcome]]


async def _suggestion(plan: Cases, read: Read, number: str) -> Outcome:
    v = read.values
    plan.again(number, read.number)
    body = {
        "text": v["text"],
        "session": v["session"] or "",
        "in_session": bool(v["in_session"]),
        "subject": v["category"] or "",
        "delegation": v["delegation"] or "",
        "hard": bool(v["hard"]),
        "preferred_unit": v["preferred_unit"] or "",
    }
    if (known := plan.id_of(number)) is not None:
        unsaid = {name for name in ("in_session", "hard") if v[name] is None}
        return await same(plan, known, str(v["title"]), {k: v for k, v in body.items() if k not in unsaid})
    lead = await plan.person(v["lead"], "lead")
    with_ = tuple([await plan.person(p, "cosigners") for p in _listed(v["cosigners"])])
    command = OpenCase(
        kind=SUGGESTION,
        number=number,
        title=str(v["title"]),
        body=body,
        parties={"proposer": (lead,)},
        on=given_day(v["filed"]),
    )
    jobs = [Job(row=read.number, key=number, open=command)]
    if with_:
        paper = TakeStep(
            case="", version=0, step="cosign_on_paper", parties={"cosigner": with_}, on=given_day(v["filed"])
        )
        jobs.append(Job(row=read.number, key=number, step=paper))
    submit = TakeStep(case="", version=0, step="submit", on=given_day(v["filed"]))
    await plan.do(*jobs, Job(row=read.number, key=number, step=submit))
    return "new", plan.twin(read)


async def same(plan: Cases, id: str, title: str, body: Mapping[str, Any]) -> Outcome:
    """Compare a row with the stored case; what is handled is changed by steps, not by files.

    Raises:
        Invalid: They differ. An empty cell says nothing, and so differs from nothing.
    """
    case = await load(plan.unit, plan.tenant.practice, id)
    given = {k: v for k, v in {"title": title, **body}.items() if v != ""}
    held = {"title": case.title, **{k: getattr(case.body, k) for k in body}}
    if differs := sorted(k for k, v in given.items() if flat(held[k]) != flat(v)):
        told = f"{case.number} is here already and differs in {', '.join(differs)}"
        raise Invalid(f"{told}; change it by a step, not by a file")
    return "same", ()


async def _step(plan: Cases, read: Read, number: str) -> Outcome:
    v = read.values
    known = plan.id_of(number)
    if known is None:
        raise NotFound(f"编号: no suggestion {number}; import the suggestions first")
    case = await plan.case(known)
    procedure = plan.tenant.practice.procedure(case.kind, case.edition)  # its own, however the rules went on
    step = named_step(procedure, str(v["step"]))
    acting = await plan.unit_id(v["by_unit"], "by_unit") if v["by_unit"] else ""
    units = [
        (await plan.unit_id(v[f"{role}_unit"], f"{role}_unit"), role) for role in ("sole", "lead") if v[f"{role}_unit"]
    ]
    for role in ("joint", "separate"):
        units += [(await plan.unit_id(name, f"{role}_units"), role) for name in _listed(v[f"{role}_units"])]
    act = {
        "grade": named_grade(procedure, step, str(v["grade"] or "")),
        "note": str(v["note"] or ""),
        "payload": payload(step, read.extra, plan.tenant.settings(step.plugin, case.opened_on)),
        "units": tuple(units),
        "links": _led(plan, step, str(v["merged_into"] or "")),
        "on": given_day(v["on"]),
    }
    if _taken(case.acts, step.name, acting, act):
        return "same", ()
    command = TakeStep(case=known, version=0, step=step.name, unit=acting, **act)
    actor = plan.unit.actor if about_a_unit(step) else for_unit(plan.unit.actor, acting)
    await plan.do(Job(row=read.number, step=command, actor=actor))
    return "new", ()


def _led(plan: Cases, step: Step, number: str) -> dict[str, tuple[str, ...]]:
    """Read which case a step merges this one into.

    Raises:
        NotFound: There is none of this number.
        Invalid: The step merges nothing.
    """
    if not number:
        return {}
    if MERGED not in step.ties:
        raise Invalid(f"并入: {step.title or step.name} merges nothing; leave the cell empty")
    if (lead := plan.id_of(number)) is None:
        raise NotFound(f"并入: no suggestion {number}; import the suggestions first")
    return {MERGED: (lead,)}


def _taken(acts: Sequence[Act], step: str, unit: str, act: Mapping[str, Any]) -> bool:
    """Tell whether the very same step is in the history already: a file given twice changes nothing."""
    return any(
        (a.step, a.unit, a.on, a.grade, flat(a.note), frozenset(map(tuple, a.units)))
        == (step, unit, act["on"], act["grade"], flat(act["note"]), frozenset(act["units"]))
        and (not act["links"] or dict(a.links) == act["links"])  # an empty cell says nothing
        for a in acts
    )


def _listed(value: object) -> tuple[str, ...]:
    return tuple(str(part) for part in value) if isinstance(value, tuple | list) else ()


def given_day(value: object) -> Any:
    """Take a cell of a date column for what its reader made of it."""
    return value
