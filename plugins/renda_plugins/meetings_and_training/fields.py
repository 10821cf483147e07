"""What people hand in about an event (活动): its plan, who is invited, leave, the roll, and sums of old registers."""

import datetime as dt
import re
import unicodedata
from typing import Any

import attrs

from renda_core.domain.fields import refers, titled
from renda_core.errors import Invalid
from renda_plugins.meetings_and_training.kinds import FORMS, ROLES, Form, Role

LONGEST = 62
"""Days of one event: two months; what goes on longer is several."""
NOON, AFTERNOON = "12:00", "13:00"
"""What begins before noon takes the morning, what ends after one o'clock the afternoon; lunch takes neither."""
MOST_HOURS = 10_000
"""Tenths of an hour of one training: more is a year in the wrong field."""
MOST_IN_SUM = 100_000_000
"""What one register may sum up: a province has fewer people."""
LONGEST_TEXT = 2_000
"""Characters of a subject or a reason."""
MORNING, EVENING = "上午", "下午"
_HALF = re.compile(r"(\d{4}-\d{2}-\d{2}) ?(am|pm|上午|下午)", re.IGNORECASE)
_PARTS = {"am": MORNING, "pm": EVENING}
_TIME = re.compile("([01]?[0-9]|2[0-3]):([0-5][0-9])")


def _counted(most: int, least: int = 0) -> Any:
    def check(_: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if value is not None and (type(value) is not int or not least <= value <= most):
            told = f"{attribute.name}: {value!r} is no whole number from {least} to {most}"
            raise Invalid(told, field=attribute.name)

    return check


def _text(_: object, attribute: "attrs.Attribute[Any]", value: str) -> None:
    if len(value) > LONGEST_TEXT:
        raise Invalid(f"{attribute.name}: at most {LONGEST_TEXT} characters", field=attribute.name)


def _some(_: object, attribute: "attrs.Attribute[Any]", value: str) -> None:
    if not value.strip():
        raise Invalid(f"{attribute.name}: say something", field=attribute.name)
    _text(_, attribute, value)


def _time(name: str, given: str) -> str:
    """Read a time of day as people type it, ``9:00``; empty stays empty."""
    plain = unicodedata.normalize("NFKC", given).strip()  # a Chinese keyboard types wide signs
    found = _TIME.fullmatch(plain)
    if plain and found is None:
        raise Invalid(f"{name}: {given!r} is no time of day; write it as 09:00, up to 23:59", field=name)
    return f"{int(found[1]):02d}:{found[2]}" if found else ""


def half(given: str, field: str) -> str:
    """Read a half-day as people type it, ``2026-01-12 am`` or ``2026-01-12上午``.

    Raises:
        Invalid: It is none.
    """
    found = _HALF.fullmatch(unicodedata.normalize("NFKC", given).strip())
    try:
        day = dt.date.fromisoformat(found[1]) if found else None
    except ValueError:
        day = None
    if found is None or day is None:
        raise Invalid(f"{field}: {given!r} is no half-day; write it as 2026-01-12 上午 or 2026-01-12 pm", field=field)
    return f"{day} {_PARTS.get(found[2].lower(), found[2])}"


def _halves(value: Any, field: str) -> None:
    found = dict.fromkeys(half(text, field) for text in getattr(value, field))
    object.__setattr__(value, field, tuple(found))


@attrs.frozen(kw_only=True)
class Schedule:
    """When and where an event takes place.

    Attributes:
        on: The first day; *until* the last one, where there are several.
        begins: When the first day begins, e.g. ``"09:00"``; *ends* when the last one does.
        pauses: Days between on which it rests (休会).

    Raises:
        Invalid: It ends before it begins, goes on for too long, rests on no day of its own, or a time is none.
    """

    on: dt.date = titled("日期")
    until: dt.date | None = titled("结束日期", default=None)
    begins: str = titled("开始时间", default="")
    ends: str = titled("结束时间", default="")
    place: str = titled("地点", default="", validator=_text)
    pauses: tuple[dt.date, ...] = titled("休会日", default=())

    def __attrs_post_init__(self) -> None:
        for name in ("begins", "ends"):
            object.__setattr__(self, name, _time(name, getattr(self, name)))
        if self.last < self.on:
            raise Invalid(f"until: it ends on {self.last}, before it begins on {self.on}", field="until")
        if (self.last - self.on).days >= LONGEST:
            raise Invalid(f"until: an event takes at most {LONGEST} days; make several of it", field="until")
        if bool(self.begins) != bool(self.ends):
            missing = "ends" if self.begins else "begins"
            raise Invalid(f"{missing}: say when it begins and when it ends, or neither", field=missing)
        if self.begins and self.on == self.last and self.ends <= self.begins:
            raise Invalid(f"ends: it ends at {self.ends}, not after {self.begins}", field="ends")
        if odd := [day for day in self.pauses if not self.on < day < self.last]:
            raise Invalid(f"pauses: {odd[0]} lies not between its first day and its last", field="pauses")

    @property
    def last(self) -> dt.date:
        """The last day of it."""
        return self.until or self.on

    def halves(self) -> tuple[str, ...]:
        """Give its half-days in order, e.g. ``2026-01-12 上午``; there is always one."""
        days = [self.on + dt.timedelta(n) for n in range((self.last - self.on).days + 1)]
        found = [f"{day} {part}" for day in days if day not in self.pauses for part in (MORNING, EVENING)]
        late, early = self.begins >= NOON, bool(self.ends) and self.ends <= AFTERNOON
        kept = found[late : len(found) - early]
        return tuple(kept or found[:1])


@attrs.frozen(kw_only=True)
class Event(Schedule):
    """One meeting, training, inspection or other activity.

    Attributes:
        congress: Whose meeting it is; of other forms, who holds it, where that matters.
        subject: What it is about, e.g. 《某法》执法检查.
        hours: Hours of training (学时) in tenths, of the whole of it: 15 are one and a half.
        session: Id of the roster's session that it is; empty where people planned it.

    Raises:
        Invalid: As a schedule; or hours of what is no training.
    """

    form: Form = titled("活动形式", choices=FORMS, default="activity")
    congress: str = refers("congress", "人民代表大会", default="")
    subject: str = titled("主题", default="", validator=_text)
    organiser: str = titled("组织单位", default="", validator=_text)
    hours: int = titled("学时（十分之一）", default=0, validator=_counted(MOST_HOURS))
    session: str = titled("名册会议", default="")

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.hours and self.form != "training":
            raise Invalid(f"hours: {FORMS[self.form]} has no hours of training; leave them away", field="hours")


@attrs.frozen(kw_only=True)
class Invitation:
    """In which capacity those are invited whom the act names as party ``invited``: one list, one act."""

    role: Role = titled("参加身份", choices=ROLES, default="attend")


@attrs.frozen(kw_only=True)
class Uninvited:
    """Who is invited no longer."""

    people: tuple[str, ...] = refers("person", "取消邀请人员")


@attrs.frozen(kw_only=True)
class Leave:
    """Leave (请假) that somebody asks for themself.

    Attributes:
        halves: The half-days, e.g. ``2026-01-12 上午``; none named means the whole event, however it is moved.
        why: The reason; only the offices read it.
    """

    halves: tuple[str, ...] = titled("请假半天", default=())
    why: str = titled("请假事由", validator=_some)

    def __attrs_post_init__(self) -> None:
        _halves(self, "halves")


@attrs.frozen(kw_only=True)
class LeaveFor(Leave):
    """Leave that the office enters for somebody, from paper or a call."""

    person: str = refers("person", "请假人")


@attrs.frozen(kw_only=True)
class Decision:
    """Whose leave is decided."""

    person: str = refers("person", "请假人")


@attrs.frozen(kw_only=True)
class Partly:
    """Somebody who came for a part, and the half-days that they missed."""

    person: str = titled("人员", validator=_some)
    missed: tuple[str, ...] = titled("缺席半天")

    def __attrs_post_init__(self) -> None:
        _halves(self, "missed")


@attrs.frozen(kw_only=True)
class Roll:
    """The roll (出席登记): everybody who was invited stands in one of the four lists, once.

    Attributes:
        present: Came for all of it.
        partly: Came for a part of it.
        on_leave: Did not come, and leave of the whole event was approved.
        absent: Did not come; half-days of approved leave are leave all the same, the others are not.
        role: Of those whom the same act names as party ``invited``, because they came or were forgotten.
    """

    present: tuple[str, ...] = refers("person", "全程出席人员", default=())
    partly: tuple[Partly, ...] = titled("部分出席人员", default=())
    on_leave: tuple[str, ...] = refers("person", "请假人员", default=())
    absent: tuple[str, ...] = refers("person", "缺席人员", default=())
    role: Role = titled("补登人员身份", choices=ROLES, default="attend")


@attrs.frozen(kw_only=True)
class Totals:
    """The sums of a register that names nobody; what it does not tell is None, and not nothing.

    Attributes:
        events: How many events these sums are of.
        person_times: Of those who attended or took part (人次); *persons* how many people they were.
        sitting_in: Of those who sat in (列席人次).
        invited: How many had been invited (人次).
        approx: Whether these are round figures (约数), e.g. 300 余人次; they stay marked in every sum.

    Raises:
        Invalid: It tells nothing, or more people than person-times.
    """

    events: int = titled("活动次数", default=1, validator=_counted(MOST_IN_SUM, 1))
    person_times: int | None = titled("参加人次", default=None, validator=_counted(MOST_IN_SUM))
    persons: int | None = titled("参加人数", default=None, validator=_counted(MOST_IN_SUM))
    sitting_in: int | None = titled("列席人次", default=None, validator=_counted(MOST_IN_SUM))
    invited: int | None = titled("邀请人次", default=None, validator=_counted(MOST_IN_SUM))
    approx: bool = titled("约数", default=False)

    def __attrs_post_init__(self) -> None:
        if self.person_times is None and self.sitting_in is None:
            raise Invalid("give at least one of the sums: person_times or sitting_in", field="person_times")
        if self.persons is not None and self.persons > (self.person_times or 0) + (self.sitting_in or 0):
            raise Invalid(f"persons: {self.persons} people came more often than it tells", field="persons")
