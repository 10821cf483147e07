"""The register of reminders, talks and advice: what was found and done, and how the roster has the mandate."""

import datetime as dt
from collections.abc import Mapping

import attrs

from renda_core.domain.case import Case
from renda_core.domain.fields import titled
from renda_core.domain.mandates import STATE_TITLES, Mandate
from renda_core.records import Context, Desk
from renda_plugins.resignation_advice.law import REASONS
from renda_plugins.resignation_advice.matter import KIND, SUBJECT, rests_on
from renda_plugins.resignation_advice.settings import Settings
from renda_plugins.resignation_advice.steps import DECIDED, FINDINGS, RESPONSES, STATES

GONE = "已不在任"


@attrs.frozen(kw_only=True)
class Line:
    """One case.

    Attributes:
        mandate: How the mandate stands today by the roster, which no case changes.
        lapsed: Why it rests on nothing any more; empty where it stands.
    """

    case: str = titled("办件")
    deputy: str = titled("代表")
    congress: str = titled("所属人大")
    opened_on: dt.date = titled("发现日期")
    reason: str = titled("事由")
    facts: str = titled("事实")
    articles: tuple[str, ...] = titled("依据")
    state: str = titled("状态")
    outcome: str = titled("处理")
    response: str = titled("本人答复")
    examination: str = titled("资格审查")
    mandate: str = titled("代表职务现状")
    lapsed: str = titled("失效原因")


@attrs.frozen(kw_only=True)
class Register:
    """Every case, oldest first and by name within a day, never by points; and how many there are of each reason."""

    by_reason: dict[str, int] = titled("分事由")
    under_way: int = titled("办理中")
    lines: tuple[Line, ...] = titled("台账")


async def register(context: Context[Settings], desk: Desk) -> Register:
    """List every case with what was done, and the roster's word on the mandate beside it."""
    cases = await desk.cases(KIND, "find")
    today = context.today
    held = {m.id: m for m in await desk.mandates_between(today, today)} if cases else {}
    told = {id for c in cases for id in (*c.parties.get(SUBJECT, ()), rests_on(c).congress)}
    names = await desk.names(told)
    lines = sorted((_line(c, held, names, today) for c in cases), key=lambda a: (a.opened_on, a.deputy, a.case))
    over = {STATES["closed"], STATES["lapsed"]}
    counted = {title: sum(line.reason == title for line in lines) for title in REASONS.values()}
    return Register(
        by_reason={title: n for title, n in counted.items() if n},
        under_way=sum(line.state not in over for line in lines),
        lines=tuple(lines),
    )


def _line(case: Case, held: Mapping[str, Mandate], names: Mapping[str, str], today: dt.date) -> Line:
    matter, mandate = rests_on(case), held.get(rests_on(case).mandate)
    gone = case.took("lapse")
    person = next(iter(case.parties.get(SUBJECT, ())), "")
    return Line(
        case=case.id,
        deputy=names.get(person, person),
        congress=names.get(matter.congress, matter.congress),
        opened_on=case.opened_on,
        reason=REASONS[matter.reason],
        facts=matter.facts,
        articles=matter.articles,
        state=STATES[case.states.get("main", "found")],
        outcome=DECIDED[case.states.get("outcome", "none")],
        response=RESPONSES[case.states.get("response", "none")],
        examination=FINDINGS[case.states.get("examination", "none")],
        mandate=STATE_TITLES[mandate.state_on(today)] if mandate else GONE,
        lapsed=gone[-1].note if gone else "",
    )
