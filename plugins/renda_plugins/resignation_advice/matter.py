"""What a case of advice (履职提醒约谈) holds, and what people say on it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import attrs

from renda_core.domain.case import Case
from renda_core.domain.fields import refers, titled
from renda_core.domain.mandates import REASONS as LEGAL
from renda_core.errors import Invalid
from renda_plugins.resignation_advice.law import BODIES, REASONS, Reason

KIND = "advice"
SUBJECT = "subject"
"""The party role of the deputy whom a case is about."""
OVER = frozenset({"closed", "lapsed"})
"""States in which a case has ended."""
ENDINGS = {f"{kind}:{code}": reason.title for (kind, code), reason in LEGAL.items() if kind == "end"}


def some(_: object, attribute: "attrs.Attribute[Any]", value: str) -> None:
    """Refuse nothing, and blanks in its place."""
    if not value.strip():
        raise Invalid(f"{attribute.name}: say something", field=attribute.name)


@attrs.frozen(kw_only=True)
class Matter:
    """What was found: by which duty records, of which mandate, and what is cited.

    Attributes:
        facts: What happened, in words that can be read to the deputy.
        records: Ids of the duty records that it rests on; when they count no more, the case lapses.
        days: On which days somebody was absent; *years* of which the results are poor.
    """

    reason: Reason = titled("事由", choices=REASONS)
    facts: str = titled("事实")
    articles: tuple[str, ...] = titled("依据", default=())
    congress: str = refers("congress", "所属人大", default="")
    level: str = titled("层级", default="county")
    mandate: str = titled("代表职务", default="")
    records: tuple[str, ...] = titled("履职记录", default=())
    days: tuple[dt.date, ...] = titled("缺席日期", default=())
    years: tuple[int, ...] = titled("考核年度", default=())


@attrs.frozen(kw_only=True)
class Told:
    """How the deputy was told (提醒)."""

    how: Literal["letter", "phone", "in_person", "message"] = titled(
        "方式", choices={"letter": "书面", "phone": "电话", "in_person": "当面", "message": "平台消息"}
    )
    text: str = titled("提醒内容", default="")


@attrs.frozen(kw_only=True)
class Talk:
    """A talk (约谈): who held it, and what was said by both sides."""

    held_by: str = titled("约谈人", validator=some)
    said: str = titled("约谈情况", validator=some)
    place: str = titled("地点", default="")


@attrs.frozen(kw_only=True)
class Words:
    """What the deputy says of it (本人说明), in the deputy's own words."""

    text: str = titled("说明", validator=some)


@attrs.frozen(kw_only=True)
class Decision:
    """Who decided, and by which document."""

    body: Literal["office", "chairpersons", "committee", "credentials", "presidium", "congress"] = titled(
        "决定机构", choices=BODIES
    )
    document: str = titled("文号或会议", validator=some)


@attrs.frozen(kw_only=True)
class Examination:
    """What the credentials committee found (资格审查意见), and its report."""

    opinion: str = titled("审查意见", validator=some)
    document: str = titled("报告文号", validator=some)


@attrs.frozen(kw_only=True)
class LegalAct:
    """A legal act that took place and is entered in the roster by people; naming it here changes no mandate.

    Attributes:
        event: Which ground of the law, as the roster's event has it.
        on: The day of the act.
    """

    event: Literal[
        "end:absent_twice",
        "end:resignation_accepted",
        "end:ordered_resignation_accepted",
        "end:recalled",
        "end:moved_away",
        "end:lost_nationality",
        "end:lost_political_rights",
        "end:lost_capacity",
        "end:death",
        "end:term_ended",
    ] = titled("法定事项", choices=ENDINGS)
    document: str = titled("公告或决议", validator=some)
    on: dt.date = titled("日期")


def outcome(case: Case) -> str:
    """Give what was decided last in this round; empty where nothing is."""
    decided = case.took("decide", round=case.round)
    return decided[-1].grade if decided else ""


def rests_on(case: Case) -> Matter:
    """Give what a case was opened for."""
    return case.body_as(Matter)


def standing(cases: Sequence[Case], gone: frozenset[str]) -> Iterator[tuple[Case, Matter]]:
    """Give the cases that never lapsed and do not lapse now, with what they were opened for."""
    for case in cases:
        if case.id not in gone and case.states.get("main") != "lapsed":
            yield case, rests_on(case)


def key(cases: Sequence[Case], reason: str, mandate: str) -> str:
    """Name the next matter of its sort on a mandate; one that comes back after it lapsed is another."""
    before = sum(m.reason == reason and m.mandate == mandate for m in map(rests_on, cases))
    return f"{reason}:{mandate}:{before + 1}"
