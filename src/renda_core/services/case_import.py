"""Planning the import of cases and of the steps taken on them: every row is decided before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from renda_core.domain.case import Act, Actor, Case
from renda_core.domain.fields import CHOICES, by_title
from renda_core.domain.procedure import GRADE, Procedure, Step
from renda_core.errors import NotFound, RendaError
from renda_core.files.columns import Read
from renda_core.services import lookups
from renda_core.services.bulk import Job, Told, Work
from renda_core.services.cases import OpenCase, TakeStep
from renda_core.services.planned import Plan, PlannedRow, State, warned, wrong
from renda_core.store.cases import BY_NUMBER, load
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

SUGGESTION, OPINION = "suggestion", "opinion"


async def suggestions(unit: Unit, tenant: Tenant, reads: Sequence[Read], progress: Told | None = None) -> Plan:
    """Plan suggestions handed in on paper: opened, co-signed as the form shows, and submitted."""
    plan = _Cases(unit, tenant, SUGGESTION, progress)
    await plan.over(reads, _suggestion)
    return plan.done()


async def opinions(unit: Unit, tenant: Tenant, reads: Sequence[Read], progress: Told | None = None) -> Plan:
    """Plan a station's register: each opinion with whatever became of it so far."""
    plan = _Cases(unit, tenant, OPINION, progress)
    await plan.over(reads, _opinion)
    return plan.done()


async def steps(unit: Unit, tenant: Tenant, reads: Sequence[Read], progress: Told | None = None) -> Plan:
    """Plan steps on suggestions, in the order of the file; each is judged after those above it."""
    plan = _Cases(unit, tenant, SUGGESTION, progress)
    await plan.over(reads, _step)
    return plan.done()


class _Cases:
    """A file of cases while it is decided over what is stored."""

    def __init__(self, unit: Unit, tenant: Tenant, kind: str, progress: Told | None) -> None:
        self.unit, self.tenant, self.kind = unit, tenant, kind
        self.procedure: Procedure = tenant.practice.procedure(kind, tenant.practice.edition(kind, tenant.today))
        self._work, self._progress = Work(unit, tenant), progress
        self._rows: list[PlannedRow] = []
        self._met: dict[str, int] = {}
        self._units: dict[str, str] = {}
        self._people: dict[str, str] = {}
        self._ids: dict[str, str | None] = {}

    async def over(self, reads: Sequence[Read], row: Callable[..., Any]) -> None:
        """Decide row by row; a wrong row is told and left out, so that all mistakes are seen at once."""
        for n, read in enumerate(reads, 1):
            number = str(read.values["number"])
            state: State = "error"
            reasons = wrong(read)
            try:
                if not reasons:
                    state, reasons = await row(self, read, number)
            except RendaError as refusal:
                reasons = (f"row {read.number}, {number}: {refusal}",)
            self._rows.append(PlannedRow(number=read.number, state=state, key=number, reasons=reasons))
            if self._progress:
                self._progress(n)

    def done(self) -> Plan:
        """Give the plan; writing it writes what was decided."""
        return Plan(rows=tuple(self._rows), write=self._write)

    async def _write(self, unit: Unit) -> str:
        return str((await self._work.write())["digest"])

    async def do(self, *jobs: Job) -> None:
        """Decide some jobs of one row; if one is refused, none of them counts."""
        await self._work.all_or_none(jobs)

    async def case(self, id: str) -> Case:
        """Give a case as it stands after the rows above."""
        return await self._work.case(id)

    async def id_of(self, number: str) -> str | None:
        """Find a stored case by its number."""
        if number not in self._ids:
            found = await self.unit.find(BY_NUMBER, kind=self.kind, number=number)
            self._ids[number] = found.id if found else None
        return self._ids[number]

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
        if (first := self._met.setdefault(number, row)) != row:
            raise NotFound(f"编号 {number} is in row {first} already; delete one of the rows")


Outcome = tuple[State, tuple[str, ...]]


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
    if (known := await plan.id_of(number)) is not None:
        return await _same(plan, known, str(v["title"]), body)
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
    return "new", warned(read)


async def _same(plan: _Cases, id: str, title: str, body: Mapping[str, Any]) -> Outcome:
    """Compare a row with the stored case; what is handled is changed by steps, not by files."""
    case = await load(plan.unit, plan.tenant.practice, id)
    held = {"title": case.title, **{k: getattr(case.body, k) for k in body}}
    differs = sorted(k for k, v in {"title": title, **body}.items() if held[k] != v)
    if not differs:
        return "same", ()
    return "error", (
        f"{case.number} is here already and differs in {', '.join(differs)}; change it by a step, not by a file",
    )


async def _step(plan: _Cases, read: Read, number: str) -> Outcome:
    v = read.values
    known = await plan.id_of(number)
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
    await plan.do(Job(row=read.number, step=command, actor=for_unit(plan.unit.actor, acting)))
    return "new", warned(read)


def _taken(acts: Sequence[Act], step: str, unit: str, act: Mapping[str, Any]) -> bool:
    """Tell whether the very same step is in the history already: a file given twice changes nothing."""
    return any(
        (a.step, a.unit, a.on, a.grade, a.note, tuple(a.units))
        == (step, unit, act["on"], act["grade"], act["note"].strip(), act["units"])
        for a in acts
    )


def for_unit(actor: Actor, unit: str) -> Actor:
    """Let a clerk enter a unit's paper: with that unit's rights, and none of the office's."""
    return Actor(id=actor.id, unit=unit) if unit else actor


def named_step(procedure: Procedure, name: str) -> Step:
    """Find a step by its Chinese title or its name.

    Raises:
        NotFound: Naming the steps that there are.
    """
    found = [s for s in procedure.steps.values() if name in (s.title, s.name)]
    if not found:
        known = "、".join(s.title for s in procedure.steps.values() if s.title)
        raise NotFound(f"环节: no step {name!r}; known: {known}")
    return found[0]


def named_grade(procedure: Procedure, step: Step, name: str) -> str:
    """Read a grade by its Chinese title, as the facet that it moves calls it."""
    titles = {
        title: state
        for move in step.moves
        if move.to == GRADE
        for state, title in procedure.facets[move.facet].titles.items()
    }
    return titles.get(name, name)


def payload(step: Step, extra: Mapping[str, Any], settings: Any) -> dict[str, Any] | None:
    """Gather a step's payload from the columns that its fields are titled by; empty cells are left out.

    A field with choices takes the code or the title that people write.
    """
    fields, given = by_title(step.takes), {}
    for title, cell in extra.items():
        if title in fields and cell not in (None, ""):
            field = fields[title]
            known = getattr(settings, field.metadata.get(CHOICES) or "-", {})
            codes = {text: code for code, text in known.items()}
            given[field.name] = codes.get(cell, cell)
    return given or None


async def _opinion(plan: _Cases, read: Read, number: str) -> Outcome:
    v = read.values
    plan.again(number, read.number)
    body: dict[str, Any] = {"text": v["text"], "category": v["category"] or "", "station": v["station"] or ""}
    if (known := await plan.id_of(number)) is not None:
        return await _same(plan, known, str(v["text"])[:40], body)
    deputy = await plan.person(v["received_by"]) if v["received_by"] else ""
    whole = {**body, "voter": v["voter"] or "", "phone": v["phone"] or ""}
    heard = {"receiver": (deputy,)} if deputy else {}
    command = OpenCase(
        kind=OPINION, number=number, title=str(v["text"])[:40], body=whole, parties=heard, on=_date(v["registered"])
    )
    told = {"how": "phone" if v["phone"] else "notice_board"}
    steps: list[TakeStep] = []
    rows: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("sort", "registered", {"grade": v["branch"]}),
        ("reply", "replied", {"note": str(v["reply"] or "")}),
        ("tell_voter", "told_voter", {"payload": told}),
        ("tell_deputy", "told_deputy", {}),
        ("close", "closed", {}),
    )
    for step, column, rest in rows:
        if v[column] and (step != "sort" or v["branch"]):
            steps.append(TakeStep(case="", version=0, step=step, on=_date(v[column]), **rest))
    in_order = sorted(steps, key=lambda s: s.on or plan.tenant.today)
    taken = (Job(row=read.number, key=number, step=s) for s in in_order)
    await plan.do(Job(row=read.number, key=number, open=command), *taken)
    return "new", warned(read)


def _listed(value: object) -> tuple[str, ...]:
    return tuple(str(part) for part in value) if isinstance(value, tuple | list) else ()


def _date(value: object) -> Any:
    return value
