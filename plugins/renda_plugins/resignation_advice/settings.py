"""The parameters of reminders, talks and advice, each with its source, or U where the sources are silent."""

from typing import Any, Literal

import attrs

from renda_core.domain.calendar import Period
from renda_core.settings import at_least, setting

Outcome = Literal["no_further_action", "observe", "advise_resign", "refer_credentials", "propose_recall"]
EVERY: tuple[Outcome, ...] = ("no_further_action", "observe", "advise_resign", "refer_credentials", "propose_recall")


def _not_negative(_: object, attribute: "attrs.Attribute[Any]", value: Period) -> None:
    if value.n < 0:
        raise ValueError(f"{attribute.name} must not be negative")


@attrs.frozen(kw_only=True)
class Settings:
    """What a place looks for, and how long people have.

    What is no parameter: that two sessions missed are a ground (代表法 62), and that no mandate ends by any of it.
    """

    first_absence: bool = setting(True, source="U: the law speaks of the second alone", title="首次缺席即提醒")
    partly_there: Literal["counts", "reminds", "ignored"] = setting(
        "reminds",
        source="U: 代表法 62(3) says 不出席会议, and not what of a deputy who missed some half-days of it alone",
        title="同次会议部分缺席",
    )
    one_session: int = setting(
        30,
        source="U: joins absences to a session, and to each other where no session is entered",
        title="同次会议认定天数",
        unit="days",
        validator=at_least(1),
    )
    interview: bool = setting(True, source="银川履职评价办法: 评价为差的约谈", title="一年较差即约谈")
    years: int = setting(
        2,
        source="银川履职评价办法: 连续两年评价为差; 东宝 asks for a talk by rank, which this does not do",
        title="连续较差年数",
        unit="years",
        validator=at_least(2),
    )
    local_rule: str = setting(
        "", source="U: each place has its own, and another's binds nobody here", title="本地考核办法"
    )
    outcomes: frozenset[Outcome] = setting(
        frozenset(EVERY),
        source="代表法 62, 63; 选举法 50, 55; 银川; 道外区 (article 004); a place without 劝辞 leaves it out",
        title="可作出的处理",
    )
    talk_within: Period = setting(Period(30), source="U: none is stated", title="提醒约谈期限", validator=_not_negative)
    answer_within: Period = setting(
        Period(15), source="U: none is stated", title="本人说明期限", validator=_not_negative
    )
    respond_within: Period = setting(
        Period(30), source="U: none is stated", title="答复劝辞期限", validator=_not_negative
    )
    examine_within: Period = setting(
        Period(2, "month"), source="U: none is stated", title="资格审查期限", validator=_not_negative
    )
    look_again_after: Period = setting(
        Period(6, "month"),
        source="U: half a year, so that a further year's result is not far",
        title="复查间隔",
        validator=_not_negative,
    )
