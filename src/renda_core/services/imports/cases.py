"""Planning the import of cases and of the steps taken on them: every row is decided before anything is written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from renda_core.domain.case import Act, Case
from renda_core.domain.procedure import Procedure
from renda_core.errors import Invalid, NotFound, RendaError
from renda_core.files.columns import Problem, Read
from renda_core.services import lookups
from renda_core.services.bulk import Job, Work
from renda_core.services.cases import OpenCase, TakeStep
from renda_core.services.imports.cell_values import flat, unmasked
from renda_core.services.imports.named_steps import about_a_unit, for_unit, named_grade, named_step, payload
from renda_core.services.imports.planned import File, Once, PlannedRow, Say, State, chunks, decided, wrong
from renda_core.store.cases import load
from renda_core.store.importing import BY_NUMBERS, BY_TEXT
from renda_core.store.unit import Unit
from renda_core.store.words import text_mark
from renda_core.tenancy import Tenant

SUGGESTION, OPINION = "suggestion", "opinion"
REMEDY = "correct the row, and import the whole file again"
TWIN = "if it was entered twice, delete one; if not, leave it"


async def suggestions(unit: Unit, tenant: Tenant, file: File, reads: Iterable[Read], say: Say) -> str:
    """Decide and write suggestions handed in on paper: opened, co-signed as the form shows, and submitted."""
    return await _Cases(unit, tenant, file, SUGGESTION).over(reads, _suggestion, say)


async def opinions(unit: Unit, tenant: Tenant, file: File, reads: Iterable[Read], say: Say) -> str:
    """Decide and write a station's register: each opinion with whatever became of it so far."""
    return await _Cases(unit, tenant, file, OPINION).over(reads, _opinion, say)


async def steps(unit: Unit, tenant: Tenant, file: File, reads: Iterable[Read], say: Say) -> str:
    """Decide and write steps on suggestions, in the order of the file; each is judged after those above it."""
    return await _Cases(unit, tenant, file, SUGGESTION).over(reads, _step, say)


class _Cases:
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
        numbers = {str(read.values["number"]) for read in reads} - self._ids.keys()
        self._ids |= dict.fromkeys(numbers)
        self._ids |= {x.number: x.id for x in await self.unit.among(BY_NUMBERS, "number", numbers, kind=self.kind)}
        marks = {text_mark(str(read.values.get("text") or "")) for read in reads} - self._texts.keys()
        for x in await self.unit.among(BY_TEXT, "word", marks, kind=self.kind):
            self._texts.setdefault(x.word, x.number)

    async def _row(self, read: Read, row: Decide) -> PlannedRow:
        number = str(read.values["number"])
        if bad := wrong(read, number):
            return bad
        try:
            state, looks = await row(self, read, number)
        except RendaError as refusal:
            return self.file.error(read, "number", str(refusal), REMEDY, number)
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

    async def unit_id(self, name: object) -> str:
        """Find a handling unit, once a name."""
        if (known := str(name)) not in self._units:
            self._units[known] = await lookups.unit_id(self.unit, known, self.tenant.today)
        return self._units[known]

    async def person(self, name: object) -> str:
        """Find a person, once a name."""
        if (known := str(name)) not in self._people:
            self._people[known] = await lookups.person_id(self.unit, known, self.tenant.today)
        return self._people[known]

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


Outcome = tuple[State, tuple[Problem, ...]]
Decide = Callable[[_Cases, Read, str], Awaitable[Outcome]]


async def _suggestion(plan: _Cases, read: Read, number: str) -> Outcome:
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
        unsaid = {name for name in ("in_session", "hard") if plan.file.said(read, name) is None}
        return await _same(plan, known, str(v["title"]), {k: v for k, v in body.items() if k not in unsaid})
    lead = await plan.person(v["lead"])
    with_ = tuple([await plan.person(p) for p in _listed(v["cosigners"])])
    command = OpenCase(
        kind=SUGGESTION,
        number=number,
        title=str(v["title"]),
        body=body,
        parties={"proposer": (lead,)},
        on=_date(v["filed"]),
    )
    jobs = [Job(row=read.number, key=number, open=command)]
    if with_:
        paper = TakeStep(case="", version=0, step="cosign_on_paper", parties={"cosigner": with_}, on=_date(v["filed"]))
        jobs.append(Job(row=read.number, key=number, step=paper))
    submit = TakeStep(case="", version=0, step="submit", on=_date(v["filed"]))
    await plan.do(*jobs, Job(row=read.number, key=number, step=submit))
    return "new", plan.twin(read)


async def _same(plan: _Cases, id: str, title: str, body: Mapping[str, Any]) -> Outcome:
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


async def _step(plan: _Cases, read: Read, number: str) -> Outcome:
    v = read.values
    known = plan.id_of(number)
    if known is None:
        raise NotFound(f"编号: no suggestion {number}; import the suggestions first")
    step = named_step(plan.procedure, str(v["step"]))
    acting = await plan.unit_id(v["by_unit"]) if v["by_unit"] else ""
    units = [(await plan.unit_id(v[f"{role}_unit"]), role) for role in ("sole", "lead") if v[f"{role}_unit"]]
    for role in ("joint", "separate"):
        units += [(await plan.unit_id(name), role) for name in _listed(v[f"{role}_units"])]
    act = {
        "grade": named_grade(plan.procedure, step, str(v["grade"] or "")),
        "note": str(v["note"] or ""),
        "payload": payload(step, read.extra, plan.tenant.settings(step.plugin, plan.tenant.today)),
        "units": tuple(units),
        "on": _date(v["on"]),
    }
    case = await plan.case(known)
    if _taken(case.acts, step.name, acting, act):
        return "same", ()
    command = TakeStep(case=known, version=0, step=step.name, unit=acting, **act)
    actor = plan.unit.actor if about_a_unit(step) else for_unit(plan.unit.actor, acting)
    await plan.do(Job(row=read.number, step=command, actor=actor))
    return "new", ()


def _taken(acts: Sequence[Act], step: str, unit: str, act: Mapping[str, Any]) -> bool:
    """Tell whether the very same step is in the history already: a file given twice changes nothing."""
    return any(
        (a.step, a.unit, a.on, a.grade, flat(a.note), frozenset(map(tuple, a.units)))
        == (step, unit, act["on"], act["grade"], flat(act["note"]), frozenset(act["units"]))
        for a in acts
    )


REPLIES = {"unit_reply": "reply"}
"""A unit's own answer is what the register calls the answer."""


async def _opinion(plan: _Cases, read: Read, number: str) -> Outcome:
    v = read.values
    plan.again(number, read.number)
    body: dict[str, Any] = {"text": v["text"], "category": v["category"] or "", "station": v["station"] or ""}
    steps = sorted(_became(v), key=lambda s: s.on or plan.tenant.today)
    if (known := plan.id_of(number)) is not None:
        await _same(plan, known, "", body)  # a register has no titles
        taken = {REPLIES.get(act.step, act.step) for act in (await plan.case(known)).acts}
        later = [attrs.evolve(s, case=known) for s in steps if s.step not in taken]
        await plan.do(*(Job(row=read.number, step=s) for s in later))
        return "change" if later else "same", ()
    deputy = await plan.person(v["received_by"]) if v["received_by"] else ""
    whole = {**body, "voter": unmasked(v["voter"]), "phone": unmasked(v["phone"])}
    heard = {"receiver": (deputy,)} if deputy else {}
    command = OpenCase(
        kind=OPINION, number=number, title=str(v["text"])[:40], body=whole, parties=heard, on=_date(v["registered"])
    )
    rest = (Job(row=read.number, key=number, step=s) for s in steps)
    await plan.do(Job(row=read.number, key=number, open=command), *rest)
    return "new", plan.twin(read)


def _became(v: Mapping[str, Any]) -> Iterable[TakeStep]:
    """Give the steps that a line of a register tells of: each has a date where it was taken."""
    rows: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("sort", "registered", {"grade": v["branch"]}),
        ("reply", "replied", {"note": str(v["reply"] or "")}),
        ("tell_voter", "told_voter", {"payload": {"how": "phone" if unmasked(v["phone"]) else "notice_board"}}),
        ("tell_deputy", "told_deputy", {}),
        ("close", "closed", {}),
    )
    for step, column, rest in rows:
        if v[column] and (step != "sort" or v["branch"]):
            yield TakeStep(case="", version=0, step=step, on=_date(v[column]), **rest)


def _listed(value: object) -> tuple[str, ...]:
    return tuple(str(part) for part in value) if isinstance(value, tuple | list) else ()


def _date(value: object) -> Any:
    return value
