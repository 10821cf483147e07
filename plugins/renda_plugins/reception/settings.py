"""The parameters of receiving voters, each with its source, or U where the sources are silent."""

import datetime as dt
from typing import Any, Literal

import attrs

from renda_core.domain.calendar import Calendar, Period
from renda_core.settings import at_least, setting
from renda_plugins.reception.receptions_fields import Form

SILENT = "U: no source states one"
_SOME_DAY = dt.date(2026, 1, 1)
"""From which two periods are compared."""


def _at_least_one(_: object, attribute: "attrs.Attribute[Any]", value: Period) -> None:
    if value.n < 1:
        raise ValueError(f"{attribute.name} must be 1 or more, or nothing would ever be due")


@attrs.frozen(kw_only=True)
class Settings:
    """How a place handles what voters say, and asks them what came of it."""

    feedback: frozenset[Literal["voter", "deputy"]] = setting(
        frozenset({"voter", "deputy"}), source="U, after 漯河; 咸宁 (article 003): 形成闭环", title="办结前须反馈"
    )
    handle_within: Period = setting(
        Period(1, "month"), source=SILENT, title="群众意见答复期限", validator=_at_least_one
    )
    suggestion_within: Period = setting(
        Period(6, "month"),
        source="代表法 51: six months for the longest reply; U: counted from the day on which it became a suggestion",
        title="转为建议后的答复期限",
        validator=_at_least_one,
    )
    tell_within: Period = setting(Period(7), source=SILENT, title="反馈选民和代表期限", validator=_at_least_one)
    conclude_within: Period = setting(Period(7), source=SILENT, title="反馈后办结期限", validator=_at_least_one)
    asks_voters: bool = setting(True, source="U: asked once, by the platform", title="请选民评价")
    ask_after: Period = setting(Period(3), source=SILENT, title="反馈后请评时间", validator=_at_least_one)
    remind_after: Period = setting(Period(7), source=SILENT, title="请评后催评时间", validator=_at_least_one)
    rating_window: Period = setting(Period(15), source=SILENT, title="评价期限", validator=_at_least_one)
    least_voters: int = setting(
        10,
        source="U: from ten on, as for the votes of a group (k-threshold)",
        title="评价公布最少人数",
        unit="voters",
        validator=at_least(2),
    )
    # receptions and fixed voters
    notice_days: int = setting(
        3,
        source="rules of three places: time, place and names at least 3 days before; the articles give none",
        title="接待公告提前天数",
        unit="days",
        validator=at_least(0),
    )
    noticed_forms: frozenset[Form] = setting(
        frozenset({"fixed_day", "rota", "market"}),
        source="rules of three places, of reception days; U: what is no set day need not be announced",
        title="须公告的接待形式",
    )
    record_within: int = setting(3, source=SILENT, title="接待后登记期限", unit="days", validator=at_least(0))
    filed_within: int = setting(10, source=SILENT, title="接待后归档期限", unit="days", validator=at_least(0))
    opened_ahead: int = setting(
        14,
        source="U: two weeks, for the notice; 0 opens none",
        title="提前建立接待活动",
        unit="days",
        validator=attrs.validators.and_(at_least(0), attrs.validators.le(366)),
    )
    fixed_voters: int = setting(
        10,
        source="rules of places: 10 voters a deputy, 5 in another; the articles give none",
        title="每名代表固定联系选民",
        unit="voters",
        validator=at_least(0),
    )

    def __attrs_post_init__(self) -> None:
        add = Calendar().add
        if add(_SOME_DAY, self.rating_window) <= add(_SOME_DAY, self.remind_after):
            raise ValueError("rating_window must end after remind_after: nobody is reminded of what is over")
