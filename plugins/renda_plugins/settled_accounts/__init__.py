"""交好账、报好账、算好账: settled within two months, shown on the spot, and the results told to every unit.

Source: 通河 (article 004: 集中交办会, 限时两个月办结; 分组视察, 当场答复和解释, 对办理较差的进行媒体曝光;
以代表小组为单位进行满意度测评, 测评结果通报给各承办单位).
"""

from collections.abc import Iterator
from typing import Any

import attrs

from renda_core import hookimpl
from renda_core.domain.ballot import Rule, Rung
from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.domain.procedure import ANY, GRADE, Move
from renda_core.domain.rates import Share
from renda_core.domain.suggestion import KIND, Suggestion
from renda_core.records import BallotKind, CaseRecord, ClockRule, Context, Facet, Gate, Guard, Page, Step, when
from renda_core.settings import at_least, setting
from renda_plugins.settled_accounts.accounts import Accounts, HandOvers, accounts, handed_over

SOURCE = "通河 (article 004)"
HAND_OVER = {"none": "未集中交办", "handed": "已集中交办"}
NOTICE = {"none": "未通报", "circulated": "已通报"}
INSPECTION = {"none": "未视察", "good": "办理较好", "poor": "办理较差"}
EXPOSURE = {"none": "未曝光", "exposed": "已曝光"}


def _stated(instance: object, attribute: "attrs.Attribute[Any]", value: Period) -> None:
    if value.n < 1:
        raise ValueError(f"{attribute.name} must be at least 1 {value.unit}: this practice is a limit")


@attrs.frozen(kw_only=True)
class Settings:
    """How soon everything is settled, and how groups grade it."""

    settle: Period = setting(Period(2, "month"), source=SOURCE, title="办结期限", validator=_stated)
    hard_settle: Period = setting(Period(0, "month"), source="通河 states none", title="涉及面广、处理难度大的办结期限")
    survey_share: str = setting(
        "1/2",
        source="U: no share is named",
        title="测评等次所需比例",
        validator=attrs.validators.matches_re("[1-9]/[1-9]"),
    )
    least_papers_shown: int = setting(
        10,
        source="U: votes of a smaller group would tell how somebody voted",
        title="公布票数所需最少有效票",
        unit="papers",
        validator=at_least(1),
    )


@attrs.frozen(kw_only=True)
class HandOver:
    """The joint meeting at which it was handed over."""

    place: str = titled("交办会地点", default="")
    taken_by: str = titled("签收人", default="")


@attrs.frozen(kw_only=True)
class Inspection:
    """A group's inspection, with the answer given to the deputies on the spot."""

    answer: str = titled("现场答复", validator=attrs.validators.min_len(1))
    group: str = titled("视察组", default="")
    reported_by: str = titled("汇报的政府领导", default="")
    introduced_by: str = titled("承办部门主要负责人", default="")


@attrs.frozen(kw_only=True)
class Exposure:
    """Where poor handling was made public."""

    medium: str = titled("曝光媒体", validator=attrs.validators.min_len(1))


@attrs.frozen(kw_only=True)
class Circular:
    """The standing committee's document that tells the results."""

    document: str = titled("通报文号", validator=attrs.validators.min_len(1))


def period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Limit the finish, so the reply cannot come later either."""
    s = context.settings
    return s.hard_settle if s.hard_settle.n > 0 and case.body_as(Suggestion).hard else s.settle


def longer(context: Context[Settings], case: Case, act: Act) -> Period:
    """Count the longer class from the beginning, where the place has one."""
    return context.settings.hard_settle


def refuse_longer(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Refuse longer time where the place has no longer class."""
    if context.settings.hard_settle.n < 1:
        yield f"this place settles everything within {context.settings.settle}"


def group_survey(context: Context[Settings]) -> Rule:
    """Grade a unit's work by deputy groups: the best grade that enough of the papers reach."""
    enough = Share(context.settings.survey_share)
    good, fair, poor = "satisfied", "basically", "unsatisfied"
    rungs = (Rung(verdict=good, answers={good}, share=enough), Rung(verdict=fair, answers={good, fair}, share=enough))
    return Rule(
        name="group_survey", answers=(good, fair, poor), base="valid", rungs=rungs, otherwise=poor, source=SOURCE
    )


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer the three accounts of a suggestion: 交, 报, 算."""
    for name, title, titles in (
        ("hand_over", "集中交办", HAND_OVER),
        ("notice", "通报", NOTICE),
        ("inspection", "分组视察", INSPECTION),
        ("exposure", "媒体曝光", EXPOSURE),
    ):
        yield Facet(kind=KIND, name=name, title=title, states=tuple(titles), loose=True, titles=titles)
    seen, shown = Move(ANY, GRADE, "inspection"), Move("none", "exposed", "exposure")
    handed, told = Move(ANY, "handed", "hand_over"), Move("none", "circulated", "notice")
    found = tuple(INSPECTION)[1:]
    yield Step(kind=KIND, name="hand_over", who="assigner office", title="集中交办", takes=HandOver, moves=(handed,))
    yield Step(kind=KIND, name="inspect", who="office", title="分组视察", takes=Inspection, grades=found, moves=(seen,))
    yield Step(kind=KIND, name="expose", who="office", title="媒体曝光", takes=Exposure, moves=(shown,), reasons=True)
    yield Step(kind=KIND, name="circulate", who="office", title="通报", takes=Circular, moves=(told,))
    yield Gate(kind=KIND, step="hand_over", facet="main", states="accepted assigned")
    yield Gate(kind=KIND, step="inspect", facet="main", states="replied evaluated closed")
    yield Gate(kind=KIND, step="expose", facet="inspection", states="poor")
    yield Gate(kind=KIND, step="circulate", facet="main", states="evaluated closed")
    rule: dict[str, Any] = {"kind": KIND, "period": period, "longer": longer, "longer_from": "start", "source": SOURCE}
    yield ClockRule(name="reply", title="答复", roles="sole lead separate", replaces=True, **rule)
    yield ClockRule(name="settle", title="办结", **rule)  # only the close stops it: 通河 limits the finish
    yield from when(KIND, "assign", start="settle")
    for step in ("take_more_time", "grant_more_time"):
        yield from when(KIND, step, extend="settle")
    for step in ("take_more_time", "ask_more_time"):
        yield Guard(kind=KIND, step=step, name="no_longer_class", refuse=refuse_longer)


@hookimpl
def register_ballots() -> Iterator[BallotKind]:
    """Offer the groups' survey; its subjects are the ids of handling units."""
    yield BallotKind(name="group_survey", rule=group_survey)


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show the hand-over ledger and every unit's account to the office, and to a unit its own."""
    yield Page(name="handed_over", title="集中交办台账", shows=HandOvers, view=handed_over)
    yield Page(name="unit_accounts", title="承办单位办理总账", shows=Accounts, view=accounts)
    yield Page(name="own_account", title="本单位办理账", shows=Accounts, view=accounts, of_unit=True)
