"""换班 and 请假: a shift changes hands by consent alone, and who is away says so before the day."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

import attrs

from renda_core.domain.calendar import DAY, Period
from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.domain.hours import Hours
from renda_core.errors import Invalid
from renda_core.records import Context

SWAP, LEAVE = "shift_swap", "shift_leave"
GIVER, TAKER, AWAY = "giver", "taker", "away"
Form = Literal["give", "exchange", "cover"]
FORMS = {"give": "让班", "exchange": "互换", "cover": "缺岗补位"}
STATES = {
    "proposed": "待对方同意",
    "agreed": "已换班",
    "declined": "对方不同意",
    "withdrawn": "已撤回",
    "lapsed": "逾期作废",
    "cancelled": "已撤销",
}
LEAVE_STATES = {"away": "请假", "back": "已销假", "over": "期满"}
LONGEST = dt.timedelta(days=366)
"""A leave of more than a year is a mandate at rest, which is the roster's to tell."""


@attrs.frozen(kw_only=True)
class Swap:
    """A shift that is to change hands.

    Attributes:
        station: As its rota names it: by code, name or id.
        to: The group that takes it, by name or id; empty: the one deputy who is named as ``taker`` takes it alone. An
            exchange needs none: whose the other shift is takes this one.
        other_on: Of an exchange, the day of the other shift at the same station.

    Raises:
        Invalid: The days and the form do not go together.
    """

    station: str = titled("站点")
    on: dt.date = titled("班次日期")
    form: Form = titled("方式", default="give", choices=FORMS)
    to: str = titled("接班小组", default="")
    other_on: dt.date | None = titled("对方班次日期", default=None)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "station", self.station.strip())
        object.__setattr__(self, "to", self.to.strip())
        if not self.station:
            raise Invalid("name the station whose shift it is", field="station")
        if (self.form == "exchange") != (self.other_on is not None):
            raise Invalid("an exchange (互换), and it alone, names the day of the other shift", field="other_on")
        if self.form == "exchange" and self.to:
            raise Invalid("an exchange (互换) is with whose the other shift is; leave the group away", field="to")
        if self.other_on == self.on:
            raise Invalid("the two shifts are on the same day", field="other_on")

    def days(self) -> tuple[dt.date, ...]:
        """Give the days of the shifts that change hands."""
        return (self.on,) if self.other_on is None else (self.on, self.other_on)


@attrs.frozen(kw_only=True)
class Offer:
    """Who is asked to take a vacant shift: a group, or the one deputy named with it."""

    to: str = titled("接班小组", default="")

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "to", self.to.strip())


@attrs.frozen(kw_only=True)
class Leave:
    """From when to when somebody is away, both days included; why is nobody's business here.

    Raises:
        Invalid: It ends before it begins, or lasts more than a year.
    """

    first: dt.date = titled("起")
    last: dt.date = titled("止")

    def __attrs_post_init__(self) -> None:
        if self.last < self.first:
            raise Invalid(f"the leave ends on {self.last}, before {self.first}", field="last")
        if self.last - self.first > LONGEST:
            raise Invalid("a leave of more than a year is entered in the roster, as a mandate at rest", field="last")


def takes(case: Case) -> tuple[str, tuple[str, ...]]:
    """Give who takes the shift: a group as it was named, or else persons."""
    to, people = case.body_as(Swap).to, case.parties.get(TAKER, ())
    for act, offer in case.said(Offer):
        to, people = offer.to, act.parties.get(TAKER, ())
    return to, people


def given_away(case: Case) -> Iterable[Hours]:
    """Hold the shift while a swap of it is open or agreed, so that a shift is not given away twice.

    What is held is a quarter of an hour of the shift itself and of nobody's time: the case does not know the hours, and
    whoever takes the shift may well receive voters on that day. A shift that was taken over and is vacant all the same
    may still be covered.
    """
    if case.states.get("main", "proposed") not in ("proposed", "agreed"):
        return
    body = case.body_as(Swap)
    sort = "cover" if body.form == "cover" else "shift"
    who = (str(uuid5(NAMESPACE_URL, f"renda:rota_duty:{sort}:{body.station}")),)
    for on in body.days():
        yield Hours(on=on, begins=dt.time(0), ends=dt.time(0, 15), who=who)


def absences(cases: Iterable[Case]) -> Iterator[tuple[str, dt.date, dt.date]]:
    """Give who is away from when to when; who came back earlier is away until the day before."""
    for case in cases:
        body, back = case.body_as(Leave), case.took("return_early")
        last = min(body.last, back[0].on - DAY) if back else body.last
        for person in case.parties.get(AWAY, ()):
            if body.first <= last:
                yield person, body.first, last


def agreed(cases: Iterable[Case]) -> list[Case]:
    """Give the swaps that hold, in the order in which they were agreed to."""
    held = (c for c in cases if c.states.get("main") == "agreed")
    return sorted(held, key=lambda c: (c.took("agree")[-1].on, c.opened_on, c.id))


def to_answer(context: Context[Any], case: Case, act: Act) -> Period:
    """Let an answer come until the day before the first of the shifts."""
    return _until(context, act.on, min(case.body_as(Swap).days()) - DAY)


def to_return(context: Context[Any], case: Case, act: Act) -> Period:
    """Let a leave run to its last day."""
    return _until(context, act.on, case.body_as(Leave).last)


def _until(context: Context[Any], on: dt.date, last: dt.date) -> Period:
    """Count the days to a date; where the first day counts, it is one more."""
    return Period(max(0, (last - on).days) + context.calendar.rules.first_day_counts)
