"""When proposals are called for, and the parts that come of a project that was split."""

import datetime as dt
from collections.abc import Iterable, Iterator

import attrs

from renda_core.domain.calendar import Day
from renda_core.records import Context, Desk, Found
from renda_plugins.livelihood_ballot.fields import KIND, Division, Proposal
from renda_plugins.livelihood_ballot.rulings import PART_OF
from renda_plugins.livelihood_ballot.settings import Settings


async def call_days(context: Context[Settings], desk: Desk, first: dt.date, last: dt.date) -> Iterable[Day]:
    """Give the first and the last day of every year's call (征集)."""
    found = []
    for year in range(first.year, last.year + 1):
        begins, ends = context.settings.window(year)
        found.append(Day(on=begins, label=f"民生实事项目征集开始，{ends} 截止", key=f"{year}:begins"))
        found.append(Day(on=ends, label="民生实事项目征集截止", key=f"{year}:ends"))
    return [day for day in found if first <= day.on <= last]


async def parts(context: Context[Settings], desk: Desk) -> Iterator[Found]:
    """Find every part of every project that was split (拆分); each becomes a project once, and names its whole."""
    return (
        Found(
            key=f"{case.number}-{n}",
            title=part.name,
            body=attrs.evolve(case.body_as(Proposal), text=part.text, investment=part.investment),
            links={PART_OF: (case.id,)},
            parties={"proposer": case.parties.get("proposer", ())},
        )
        for case in await desk.cases(KIND, "divide")
        for _, division in case.said(Division)
        for n, part in enumerate(division.parts, 1)
    )
