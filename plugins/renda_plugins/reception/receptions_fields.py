"""What people hand in about a reception (接待活动): its plan, the visits of its register, and the sums of others."""

import datetime as dt
import re
import unicodedata
from typing import Any, Literal

import attrs

from renda_core.domain.fields import refers, titled
from renda_core.domain.hours import Hours
from renda_core.domain.sealed import Personal, personal
from renda_core.errors import Invalid

KIND = "reception"
FORMS = {
    "fixed_day": "固定接待日",
    "rota": "轮流坐班",
    "market": "赶集日接待",
    "visit": "访民日走访",
    "plate": "挂牌履职",
    "seminar": "座谈",
    "other": "其他",
}
Form = Literal["fixed_day", "rota", "market", "visit", "plate", "seminar", "other"]
MOST = 10_000
"""People, matters or numbers of one visit: more is a telephone number in the wrong field."""
MOST_IN_SUM = 100_000_000
"""What one register may sum up: a province has fewer people."""
_TIME = re.compile("([01]?[0-9]|2[0-3]):([0-5][0-9])")


def _counted(most: int, least: int = 0) -> Any:
    def check(_: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if value is not None and (type(value) is not int or not least <= value <= most):
            told = f"{attribute.name}: {value!r} is no whole number from {least} to {most}"
            raise Invalid(told, field=attribute.name)

    return check


def _some(_: object, attribute: "attrs.Attribute[Any]", value: str) -> None:
    if not value.strip():
        raise Invalid(f"{attribute.name}: say something", field=attribute.name)


def _time(name: str, given: str) -> str:
    """Read a time of day as people type it, ``9:00``; empty stays empty."""
    plain = unicodedata.normalize("NFKC", given).strip()  # a Chinese keyboard types wide signs
    found = _TIME.fullmatch(plain)
    if plain and found is None:
        raise Invalid(f"{name}: {given!r} is no time of day; write it as 09:00, up to 23:59", field=name)
    return f"{int(found[1]):02d}:{found[2]}" if found else ""


@attrs.frozen(kw_only=True)
class Reception:
    """When and where deputies receive voters.

    Attributes:
        station: Of the roster; where none receives, *place* says where, e.g. the workplace that elected them.
        begins, ends: Times of the day, ``"09:00"``; both are missing where a register tells sums of a longer time.
        rule: The rule of days that set it; empty where people did.

    Raises:
        Invalid: A time is none, one of both is missing, or it ends before it begins.
    """

    on: dt.date = titled("日期")
    station: str = refers("station", "站点", default="")
    place: str = titled("地点", default="")
    begins: str = titled("开始时间", default="")
    ends: str = titled("结束时间", default="")
    form: Form = titled("接待形式", choices=FORMS, default="other")
    rule: str = titled("日程规则", default="")

    def __attrs_post_init__(self) -> None:
        for name in ("begins", "ends"):
            object.__setattr__(self, name, _time(name, getattr(self, name)))
        if bool(self.begins) != bool(self.ends):
            missing = "ends" if self.begins else "begins"
            raise Invalid(f"{missing}: say when it begins and when it ends, or neither", field=missing)
        self.hours(())

    def hours(self, who: tuple[str, ...]) -> tuple[Hours, ...]:
        """Give the hours that it takes of some people; none where it has no times.

        Raises:
            Invalid: It ends before it begins.
        """
        if not self.begins:
            return ()
        begins, ends = (dt.time.fromisoformat(text) for text in (self.begins, self.ends))
        return (Hours(on=self.on, begins=begins, ends=ends, who=who),)


@attrs.frozen(kw_only=True)
class Visit:
    """One visit (来访): who came together, and how many matters they told; names and numbers may stay unsaid.

    Attributes:
        n: Its number in the register; 0 takes the next.
        people: How many came together; they are one visit and as many person-times (人次).
        matters: How many matters they told; each ends as an opinion or is answered on the spot.
        text: What it was about, in a few words.
        answered, solved: How many of the matters were answered, and how many solved, on the spot.

    Raises:
        Invalid: More was answered or solved than was told.
    """

    n: int = titled("登记序号", default=0, validator=_counted(MOST))
    voter: Personal = personal("来访人")
    phone: Personal = personal("电话")
    people: int = titled("人数", default=1, validator=_counted(MOST, 1))
    matters: int = titled("反映问题数", default=1, validator=_counted(MOST))
    text: str = titled("反映事项", default="")
    answered: int = titled("当场答复数", default=0, validator=_counted(MOST))
    solved: int = titled("当场解决数", default=0, validator=_counted(MOST))

    def __attrs_post_init__(self) -> None:
        for name in ("answered", "solved"):
            if (said := getattr(self, name)) > self.matters:
                raise Invalid(f"{name}: {said} of {self.matters} matters; give the number of matters too", field=name)


@attrs.frozen(kw_only=True)
class Struck:
    """A visit that was entered by mistake, by its number; the number is not given again."""

    n: int = titled("登记序号", validator=_counted(MOST, 1))


@attrs.frozen(kw_only=True)
class Absence:
    """A host (接待代表) who did not come, and why."""

    deputy: str = titled("接待代表", validator=_some)
    why: str = titled("缺席原因", validator=_some)


@attrs.frozen(kw_only=True)
class Held:
    """Who of the hosts received, and who did not come."""

    present: tuple[str, ...] = titled("到场代表", default=())
    absent: tuple[Absence, ...] = titled("缺席代表", default=())


@attrs.frozen(kw_only=True)
class HostChange:
    """A host who makes room; the new one is named as party ``host``."""

    leaves: str = titled("退出代表", default="")


@attrs.frozen(kw_only=True)
class Totals:
    """The sums of a register that tells no single visit; what it does not tell is None, and not nothing.

    Attributes:
        visits: Visits (批次); *people* are person-times (人次).
        opinions: Opinions and suggestions taken (条).
        answered, solved: Matters that were answered, and solved.
        approx: Whether these are round figures (约数), e.g. 5000 余人次; they stay marked in every sum.

    Raises:
        Invalid: It tells nothing.
    """

    visits: int | None = titled("来访批次", default=None, validator=_counted(MOST_IN_SUM))
    people: int | None = titled("来访人次", default=None, validator=_counted(MOST_IN_SUM))
    opinions: int | None = titled("收集意见", default=None, validator=_counted(MOST_IN_SUM))
    answered: int | None = titled("答复问题", default=None, validator=_counted(MOST_IN_SUM))
    solved: int | None = titled("解决问题", default=None, validator=_counted(MOST_IN_SUM))
    approx: bool = titled("约数", default=False)

    def __attrs_post_init__(self) -> None:
        if all(said is None for said in (self.visits, self.people, self.opinions, self.answered, self.solved)):
            raise Invalid("give at least one of the sums: visits, people, opinions, answered or solved", field="people")


@attrs.frozen(kw_only=True)
class Closing:
    """How many of the matters of the register were entered as opinions (群众意见)."""

    opinions: int = titled("已登记意见数", default=0, validator=_counted(MOST_IN_SUM))
