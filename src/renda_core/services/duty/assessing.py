"""A year's results (年度考核结果): kept as duty records, corrected when they come out otherwise, never over people's heads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from renda_core.desks import PersonScore
from renda_core.domain.duty import Mark, Record, marked
from renda_core.domain.duty.points import written
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected
from renda_core.services import lookups
from renda_core.services.duty import writing
from renda_core.services.duty.entering import REVIEWING
from renda_core.services.duty.pricing import Period, Pricing
from renda_core.services.duty.reckoning import everybody, holding, source_of
from renda_core.services.mandates import of_congress
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
    if not lookups.is_id(congress) or not await of_congress(unit, congress):
        raise NotFound(f"no congress {congress!r} of which anybody holds or held a mandate")
    scores = await everybody(unit, pricing, congress, vetoes=False)
    due = {s.person: await _due(unit, pricing, s) for s in scores if s.exposure.in_office}
    rows = await unit.all(d.OF_SOURCE, source=source_of(rule, year, congress))
    before = {r.person: r for r in (decode(row.document, Record) for row in rows) if r.kind == pricing.rule.result}
    run = _Run(unit=unit, today=tenant.today)
    for person in sorted({*due, *before}):
        await run.settle(before.get(person), due.get(person))
    await writing.count(unit, run.changes)
    done = Assessed(rule=rule, year=year, congress=congress, left=tuple(run.left), **run.told)
    told = {"year": year, **run.told, "left": len(run.left)}
    unit.record("duty.assessed", on=congress, version=year, rule=f"{pricing.rule.plugin}.{rule}", **told)
    unit.emit("duty.assessed", rule=rule, year=year, congress=congress)
    return done
