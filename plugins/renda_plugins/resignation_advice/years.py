"""Poor years: one leads to a talk, several in a row to advice or a proposal of recall, which people decide upon.

A year's result is a duty record; who makes it is not this practice's matter. A year without a result breaks the row.

Source: 银川履职评价办法 (60 分以下为差; 连续两年).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from renda_core.domain.case import Case
from renda_core.domain.duty import POINT, Record
from renda_core.domain.mandates import Mandate
from renda_core.records import Context, Desk, Found, Lapsed
from renda_plugins.resignation_advice.absences import NOT_HELD, in_office
from renda_plugins.resignation_advice.law import REASONS, Reason, articles
from renda_plugins.resignation_advice.matter import KIND, OVER, SUBJECT, Matter, key, rests_on, standing
from renda_plugins.resignation_advice.settings import Settings

RESULT = "assessment"
"""The kind of the duty record that holds a year's result; its facts are ``points``, in hundredths, and ``poor``."""
MINE = ("poor_year", "poor_years")
NO_MORE = "年度考核结果已更正或撤销，不再构成该事由"
Years = Mapping[int, Record]


async def poor_years(context: Context[Settings], desk: Desk) -> list[Found | Lapsed]:
    """Find whose last yearly result is poor, and the last ones in a row, and which cases rest on nothing any more."""
    settings, held = context.settings, await in_office(context, desk)
    cases = [c for c in await desk.cases(KIND, "find") if rests_on(c).reason in MINE]
    first = min((m.elected_on for m in held.values()), default=context.today)
    results = _by_mandate(held, await desk.records_between(first, context.today, kinds=(RESULT,)))
    lapsed = list(_lapsed(settings, cases, held, results))
    gone = frozenset(one.case for one in lapsed)
    poor = {id: run for id, of in results.items() if (run := in_a_row(of, max(of)))}
    names = await desk.names({held[id].person for id in poor})
    found: list[Found | Lapsed] = [*lapsed]
    for id, run in poor.items():
        reason: Reason = "poor_years" if len(run) >= settings.years else "poor_year"
        own = [c for c in cases if rests_on(c).mandate == id]
        stands = [(c, m) for c, m in standing(own, gone) if m.years[-1:] == run[-1:]]
        if any(m.reason in (reason, "poor_years") for _, m in stands) or (
            reason == "poor_year" and not settings.interview
        ):
            continue
        years = run if reason == "poor_years" else run[-1:]
        made = [results[id][y] for y in years]
        found.append(_opened(settings, reason, held[id], made, own, names))
    return found


def in_a_row(results: Years, last: int) -> tuple[int, ...]:
    """Give the poor years that follow each other up to one year, oldest first; none where that one is not poor."""
    years = []
    while (found := results.get(last)) is not None and found.facts.get("poor"):
        years.append(last)
        last -= 1
    return tuple(reversed(years))


def _by_mandate(held: Mapping[str, Mandate], records: Iterable[Record]) -> dict[str, dict[int, Record]]:
    found: dict[str, dict[int, Record]] = {}
    for r in records:
        for id in r.mandates:
            if r.counts and id in held and r.congress in ("", held[id].congress):
                found.setdefault(id, {})[r.on.year] = r
    return found


def _lapsed(
    settings: Settings, cases: Iterable[Case], held: Mapping[str, Mandate], results: Mapping[str, Years]
) -> Iterator[Lapsed]:
    for case in cases:
        state, matter = case.states.get("main", "found"), rests_on(case)
        if state in OVER or not matter.years:
            continue
        if matter.mandate not in held:
            if state != "decided":
                yield Lapsed(case=case.id, why=NOT_HELD)
            continue
        wanted = min(settings.years, len(matter.years)) if matter.reason == "poor_years" else 1
        if len(in_a_row(results.get(matter.mandate, {}), matter.years[-1])) < wanted:
            yield Lapsed(case=case.id, why=NO_MORE)


def _opened(
    settings: Settings,
    reason: Reason,
    mandate: Mandate,
    results: Sequence[Record],
    cases: Sequence[Case],
    names: Mapping[str, str],
) -> Found:
    years = tuple(r.on.year for r in results)
    told = "、".join(f"{r.on.year} 年度{_points(r)}" for r in results)
    row = f"连续 {len(years)} 年考核较差：" if reason == "poor_years" else "年度考核较差："
    matter = Matter(
        reason=reason,
        facts=f"{row}{told}。",
        articles=articles(reason, mandate.level, settings.local_rule),
        congress=mandate.congress,
        level=mandate.level,
        mandate=mandate.id,
        records=tuple(r.id for r in results),
        years=years,
    )
    earlier = tuple(c.id for c in cases if c.states.get("main") != "lapsed")
    return Found(
        key=key(cases, reason, mandate.id),
        title=f"{names.get(mandate.person, '代表')}：{REASONS[reason]}",
        body=matter,
        parties={SUBJECT: (mandate.person,)},
        links={"earlier": earlier} if earlier else {},
    )


def _points(result: Record) -> str:
    """Write the points of a result, where it has any."""
    points = result.facts.get("points")
    return "" if points is None else f" {points / POINT:g} 分"
