"""A year's results (年度考核结果): kept as duty records, corrected where they come out otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from renda_core.desks import PersonScore
from renda_core.domain.duty import CHANGEABLE, Do, Mark, Record, marked
from renda_core.domain.duty.points import written
from renda_core.domain.mandates import Mandate
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected
from renda_core.services import lookups
from renda_core.services.duty import writing
from renda_core.services.duty.entering import REVIEWING
from renda_core.services.duty.pricing import Period, Pricing
from renda_core.services.duty.reckoning import everybody, source_of
from renda_core.services.seats import of_congress
from renda_core.store import duty as d
from renda_core.store.codec import decode
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

STAMP = "formula"
"""What a mark of an assessment keeps beside the fields that it changed; a mark of people has none."""
TAKEN = ("on", "facts", "title", "evidence")
"""What a result takes over from one that came out otherwise."""
Change = tuple[Record | None, Record | None]


@attrs.frozen(kw_only=True)
class Assessed:
    """What assessing a year came to.

    Attributes:
        rule, year, congress: What was assessed.
        made: How many results were written for the first time.
        corrected: How many came out otherwise than before, or are no longer due.
        same: How many did not, so that nothing was written of them.
        left: Ids of the persons whose result came out otherwise and was left as people decided it: it is under appeal,
            was refused or withdrawn, or was set by hand or upon an appeal.
    """

    rule: str
    year: int
    congress: str
    made: int = 0
    corrected: int = 0
    same: int = 0
    left: tuple[str, ...] = ()


async def assess(unit: Unit, tenant: Tenant, rule: str, year: int, congress: str) -> Assessed:
    """Keep everybody's result of a year as a duty record; done again, correct what comes out otherwise.

    Raises:
        NotAllowed: The actor assesses nobody.
        NotFound: No enabled practice offers the rule, or there is no such congress.
        Invalid: There is no such year, or the lines of the rule are none.
        Rejected: The year is not over, or the rule keeps no results.
        PracticeFailed: The rule itself failed, and its plugin is named; nothing is written.
    """
    if not unit.actor.roles & REVIEWING:
        raise NotAllowed(f"a year is assessed by {', '.join(sorted(REVIEWING))}")
    pricing = Pricing.of(tenant, rule, _year(tenant, year))
    _refuse_unkept(pricing)
    mandates = {m.id: m for m in (await of_congress(unit, congress) if lookups.is_id(congress) else ())}
    if not mandates:
        raise NotFound(f"no congress {congress!r} of which anybody holds or held a mandate")
    scores = await everybody(unit, pricing, congress, vetoes=False)
    due = {s.person: _due(unit, pricing, s, mandates[s.mandate]) for s in scores if s.exposure.in_office}
    rows = await unit.all(d.OF_SOURCE, source=source_of(rule, year, congress))
    before = {r.person: r for r in (decode(row.document, Record) for row in rows) if r.kind == pricing.rule.result}
    run = _Run(unit, tenant.today)
    for person in sorted({*due, *before}):
        await run.settle(before.get(person), due.get(person))
    await writing.count(unit, run.changes)
    done = run.told(rule, year, congress)
    what, told = f"{pricing.rule.plugin}.{rule}", {"made": done.made, "corrected": done.corrected, "same": done.same}
    unit.record("duty.assessed", on=congress, version=year, rule=what, results=told, left=len(done.left))
    unit.emit("duty.assessed", rule=rule, year=year, congress=congress)
    return done


def _year(tenant: Tenant, year: int) -> Period:
    if not dt.MINYEAR <= year < dt.MAXYEAR:
        raise Invalid(f"there is no year {year}", field="year")
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    if tenant.today <= last:
        raise Rejected("assessment refused", f"{year} is not over; assess it after {last}")
    return Period.of(tenant, first, last)


def _refuse_unkept(pricing: Pricing) -> None:
    rule, kinds = pricing.rule, pricing.tenant.practice.record_kinds
    if not rule.result:
        raise Rejected("assessment refused", f"the rule {rule.name} keeps no results")
    if rule.result not in kinds:
        told = f"the rule {rule.name} keeps its results as {rule.result!r}, a kind that no enabled practice offers"
        raise Rejected("assessment refused", told)


def _due(unit: Unit, pricing: Pricing, found: PersonScore, mandate: Mandate) -> Record:
    """Make the record of one result, on the year's last day or the mandate's, as the rule has it now."""
    rule, on, total = pricing.rule, pricing.period.last, found.score.total
    if mandate.valid_to is not None and mandate.valid_to <= on:
        on = max(mandate.valid_from, mandate.valid_to - dt.timedelta(1))
    grade = f"{found.band_title}，" if found.band_title else ""
    formula = pricing.formula(found.score)
    return Record(
        person=found.person,
        kind=rule.result,
        on=on,
        source=source_of(rule.name, pricing.period.year, found.congress),
        mandates=(found.mandate,),
        facts={"points": total, "poor": int(found.poor), "days": found.exposure.in_office},
        title=f"{pricing.period.year}年度{rule.title or rule.name}：{grade}{written(total)} 分",
        congress=found.congress,
        evidence=tuple(f"规则版本 {version}" for version in formula.split()),
        by=unit.actor.id,
        formula=formula,
    )


class _Run:
    """One run over a year's results: what it wrote, and what it left."""

    def __init__(self, unit: Unit, today: dt.date) -> None:
        self._unit, self._today = unit, today
        self.made = self.corrected = self.same = 0
        self.left: list[str] = []
        self.changes: list[Change] = []

    def told(self, rule: str, year: int, congress: str) -> Assessed:
        """Tell what it came to."""
        done = {"made": self.made, "corrected": self.corrected, "same": self.same}
        return Assessed(rule=rule, year=year, congress=congress, left=tuple(self.left), **done)

    async def settle(self, before: Record | None, due: Record | None) -> None:
        """Write a result that is not there, correct one that came out otherwise, leave what people decided."""
        if before is None:
            if due is not None:
                self.made += 1
                self.changes.append((None, await writing.add(self._unit, due)))
            return
        after = self._anew(before, due)
        if after is before:
            self.same += 1
        elif after is None:
            self.left.append(before.person)
        else:
            await writing.change(self._unit, before, after)
            self.corrected += 1
            self.changes.append((before, after))

    def _anew(self, before: Record, due: Record | None) -> Record | None:
        """Give a result as it is to be; the same where nothing is otherwise, None where people decided it."""
        ours = before.state == "withdrawn" and STAMP in before.history[-1].was
        if due is None:
            if before.state == "withdrawn":
                return before
            return None if _decided(before) else self._marked(before, "withdraw", "该年度不再有任职日，结果不再适用")
        fields = {f: getattr(due, f) for f in TAKEN if getattr(due, f) != getattr(before, f)}
        if not fields and not ours:
            return before
        if _decided(before) and not ours:
            return None if {"on", "facts"} & fields.keys() else before
        after = self._marked(before, "restore", "该年度仍有任职日") if ours else before
        if fields:
            after = self._marked(after, "correct", _why(before, due), fields)
        return attrs.evolve(after, mandates=due.mandates, formula=due.formula)

    def _marked(self, before: Record, do: Do, why: str, fields: Mapping[str, Any] | None = None) -> Record:
        """Make a mark that says by which versions the result was made before."""
        after = marked(before, Mark(do=do, by=self._unit.actor.id, on=self._today, why=why), fields)
        mark = after.history[-1]
        stamped = attrs.evolve(mark, was={**mark.was, STAMP: before.formula})
        return attrs.evolve(after, history=(*after.history[:-1], stamped))


def _decided(record: Record) -> bool:
    """Tell whether people set a result by hand or upon an appeal, or have yet to decide one."""
    by_people = (m for m in record.history if m.do in ("correct", "grant") and STAMP not in m.was)
    return record.state not in ("entered", "confirmed") or any(CHANGEABLE & m.was.keys() for m in by_people)


def _why(before: Record, due: Record) -> str:
    """Say why a result is corrected."""
    was, now = (written(r.facts.get("points", 0)) for r in (before, due))
    return f"依记录重算：{was} 分改为 {now} 分" if was != now else "依记录重算：分数未变，其他有变"
