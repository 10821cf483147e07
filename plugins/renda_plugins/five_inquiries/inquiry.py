"""What an inquiry says, and the page that lists them all: means, outcome, day, next date, and what is late."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import attrs

from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.domain.suggestion import GRADES, KIND, TITLES
from renda_core.records import Context, Desk

MEANS = {
    "inquire": "专题询问",
    "recheck": "满意度复核评议",
    "follow_up": "跟踪督办",
    "meet_officials": "代表约见与现场问效",
    "assess_year": "年终考评",
}
"""The five steps, by the article's names."""
RECHECK = "recheck"
EFFECTS = {"none": "未问效", "effective": "已见效", "partly": "部分见效", "ineffective": "未见效"}
CHECKED = {"none": "未复核", **{grade: TITLES[grade] for grade in GRADES[:3]}}
SETTLED = frozenset({"effective", "satisfied"})
"""The outcomes after which there is nothing more to ask."""


@attrs.frozen(kw_only=True)
class Inquiry:
    """What was found, which officials were there, and when it is asked again."""

    found: str = titled("问效情况", validator=attrs.validators.min_len(1))
    officials: tuple[str, ...] = titled("到场负责人", default=())
    next_on: dt.date | None = titled("下次问效日期", default=None)


@attrs.frozen(kw_only=True)
class Assessment(Inquiry):
    """The same at the end of a year, with the year that is assessed."""

    year: int = titled("考评年度")


@attrs.frozen(kw_only=True)
class Asked:
    """One inquiry; *late* counts the days since its next date, if nobody asked again."""

    case: str
    number: str
    title: str
    means: str
    outcome: str
    on: dt.date
    next_on: dt.date | None
    late: int


@attrs.frozen(kw_only=True)
class Inquiries:
    """Every inquiry, by case and in order; *late* counts those whose next date has passed."""

    inquiries: tuple[Asked, ...]
    cases: int
    late: int


async def inquiries(context: Context[Any], desk: Desk) -> Inquiries:
    """List the inquiries of every case that was asked about."""
    cases = {case.id: case for step in MEANS for case in await desk.cases(KIND, step)}
    found = tuple(asked for _, case in sorted(cases.items()) for asked in _of(case, context.today))
    return Inquiries(inquiries=found, cases=len(cases), late=sum(asked.late > 0 for asked in found))


def _of(case: Case, today: dt.date) -> Iterator[Asked]:
    told = tuple(case.said(Inquiry))
    over = case.states.get("main") == "withdrawn"  # nobody can ask again
    for n, (act, inquiry) in enumerate(told):
        again = any(_answers(later, act) for later, _ in told[n + 1 :])
        due = None if again or over else inquiry.next_on
        yield Asked(
            case=case.id,
            number=case.number,
            title=case.title,
            means=MEANS[act.step],
            outcome=(CHECKED if act.step == RECHECK else EFFECTS)[act.grade],
            on=act.on,
            next_on=inquiry.next_on,
            late=max(0, (today - due).days) if due else 0,
        )


def _answers(later: Act, act: Act) -> bool:
    """Tell whether a later inquiry is the one that was announced: a re-check only follows a re-check."""
    return (later.step == RECHECK) == (act.step == RECHECK)
