"""Planning the import of a station's register: each opinion, the unit it went to, and whatever became of it so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from renda_core.domain.case import Case
from renda_core.errors import Invalid
from renda_core.files.columns import Problem, Read
from renda_core.services.bulk import Job
from renda_core.services.cases import OpenCase, TakeStep
from renda_core.services.imports.cases import OPINION, Cases, Outcome, given_day, same
from renda_core.services.imports.cell_values import flat, unmasked
from renda_core.services.imports.named_steps import for_unit
from renda_core.services.imports.planned import File, Say
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

ANSWERS = {"unit_reply": "reply"}
"""A unit's own answer is what the register calls the answer."""
GIVEN_ON = frozenset({"village", "township", "county"})
"""Ways of handling in which a unit is named; the others end where the opinion was heard."""
UNGUIDED = "it was refused (不予受理): write where the voter is to turn; nobody is refused without being told"
UNTOLD = "已反馈，登记簿未记内容"
"""What was told where a register says that something was, and not what."""
LATE = "its answer is here already, so the unit is not noted any more"
REFUSED, OTHER = "refused", "other"
"""The way of handling that refuses, and the channel where the register names none."""
LATE_REMEDY = "leave it so, or correct the opinion by a step"


async def opinions(unit: Unit, tenant: Tenant, file: File, reads: Iterable[Read], say: Say) -> str:
    """Decide and write a station's register: each opinion with whatever became of it so far."""
    return await Cases(unit, tenant, file, OPINION).over(reads, _opinion, say)


async def _opinion(plan: Cases, read: Read, number: str) -> Outcome:
    v = read.values
    plan.again(number, read.number)
    body: dict[str, Any] = {"text": v["text"], "category": v["category"] or "", "station": v["station"] or ""}
    named = await plan.unit_id(v["unit"], "unit") if v["unit"] else ""
    if (known := plan.id_of(number)) is not None:
        case = await plan.case(known)
        if flat(case.body.station) != flat(body["station"]):  # one of before holds the name itself
            body = await plan.settled(body, given_day(v["registered"]))
        await same(plan, known, "", body)  # a register has no titles
        return await _went_on(plan, read, case, named)
    body = await plan.settled(body, given_day(v["registered"]))
    if v["branch"] == REFUSED and not v["reply"]:
        raise Invalid(UNGUIDED, column="reply")
    if v["channel"] and v["branch"] != REFUSED:
        raise Invalid("only what is refused (不予受理告知) names a channel; empty the cell", column="channel")
    if named and v["branch"] not in GIVEN_ON:
        raise Invalid("this way of handling names no unit; empty the cell, or correct 处理方式", column="unit")
    deputy = await plan.person(v["received_by"], "received_by") if v["received_by"] else ""
    whole = {**body, "voter": unmasked(v["voter"]), "phone": unmasked(v["phone"])}
    heard = {"receiver": (deputy,)} if deputy else {}
    opened = OpenCase(
        kind=OPINION,
        number=number,
        title=str(v["text"])[:40],
        body=whole,
        parties=heard,
        on=given_day(v["registered"]),
    )
    jobs = (_job(plan, read, step, key=number) for step in _steps(plan, v, named))
    await plan.do(Job(row=read.number, key=number, open=opened), *jobs)
    return "new", plan.twin(read)


async def _went_on(plan: Cases, read: Read, case: Case, named: str) -> Outcome:
    """Take the steps on a stored opinion that the register has since told of.

    Raises:
        Invalid: The register says otherwise than the history.
    """
    v = read.values
    taken = {ANSWERS.get(act.step, act.step): act for act in case.acts}
    given = {unit for act in case.acts if act.step == "assign" for unit, _ in act.units}
    if "sort" in taken and v["branch"] and v["branch"] != taken["sort"].grade:
        told = f"{case.number} is here already and differs in 处理方式; change it by a step, not by a file"
        raise Invalid(told, column="branch")
    if named and given and named not in given:
        told = f"{case.number} is with another unit already; change it by a step, not by a file"
        raise Invalid(told, column="unit")
    late = bool(named) and not given and "reply" in taken
    answering = named or (next(iter(given)) if len(given) == 1 else "")
    steps = [
        attrs.evolve(step, case=case.id)
        for step in _steps(plan, v, "" if late else answering)
        if ANSWERS.get(step.step, step.step) not in taken
    ]
    await plan.do(*(_job(plan, read, step) for step in steps))
    looks: tuple[Problem, ...] = (plan.file.problem(read, "unit", LATE, LATE_REMEDY, "warning"),) if late else ()
    return "change" if steps else "same", looks


def _job(plan: Cases, read: Read, step: TakeStep, key: str = "") -> Job:
    """Let a unit answer for itself, and the office do all else."""
    actor = for_unit(plan.unit.actor, step.unit) if step.step == "unit_reply" else None
    return Job(row=read.number, key=key, step=step, actor=actor)


def _steps(plan: Cases, v: Mapping[str, Any], unit: str) -> list[TakeStep]:
    return sorted(_became(v, unit), key=lambda step: step.on or plan.tenant.today)


def _became(v: Mapping[str, Any], unit: str) -> Iterator[TakeStep]:
    """Give the steps that a line of a register tells of: each has a date where it was taken."""
    answer: dict[str, Any] = {"note": str(v["reply"] or "")}
    told = {"how": "phone" if unmasked(v["phone"]) else "notice_board", "voice": 0, "text": answer["note"] or UNTOLD}
    where = {"channel": v["channel"] or OTHER, "guidance": answer["note"]} if v["branch"] == REFUSED else {}
    rows: tuple[tuple[str, str, bool, dict[str, Any]], ...] = (
        ("sort", "registered", bool(v["branch"]), {"grade": v["branch"], "payload": where}),
        ("assign", "registered", bool(unit), {"units": ((unit, "sole"),)}),
        ("reply", "replied", not unit, answer),
        ("unit_reply", "replied", bool(unit), {**answer, "unit": unit}),
        ("tell_voter", "told_voter", True, {"payload": told}),
        ("tell_deputy", "told_deputy", True, {}),
        ("close", "closed", True, {}),
    )
    for step, column, wanted, rest in rows:
        if v[column] and wanted:
            yield TakeStep(case="", version=0, step=step, on=given_day(v[column]), **rest)
