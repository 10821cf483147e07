"""Which groups sit in turn, where and when; each value with its source, or U where the sources are silent."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Literal

import attrs

from renda_core.domain.fields import titled
from renda_core.domain.receiving import refuse_no_hour
from renda_core.domain.recurring import Pattern, Rest
from renda_core.domain.turns import Order, spans
from renda_core.errors import Invalid
from renda_core.settings import at_least, setting

Every = Literal["week", "month", "days", "workday"]
EVERY: Mapping[str, str] = {"week": "每周", "month": "每月", "days": "每隔若干日", "workday": "每个工作日"}
REST: Mapping[str, str] = {"next": "顺延", "previous": "提前", "keep": "照常", "drop": "取消"}


def _day(value: object) -> dt.date:
    found = dt.date.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(found, dt.date) or isinstance(found, dt.datetime):
        raise ValueError(f"{value!r} is no date; write it as 2026-01-05")
    return found


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError(f"{value!r} is no list of names")
    found = tuple(one.strip() for one in value if isinstance(one, str) and one.strip())
    if len(found) != len(tuple(value)):
        raise ValueError("a group has an empty name, or a name that is no text")
    return found


def _numbers(value: object) -> frozenset[int]:
    if not isinstance(value, Iterable) or any(type(n) is not int for n in value):
        raise ValueError(f"{value!r} is no list of numbers")
    return frozenset(value)


def _among(known: Mapping[str, str]) -> Callable[..., None]:
    def check(_: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if value not in known:
            raise ValueError(f"{attribute.name}: {value!r} is none of {', '.join(known)}")

    return check


def _text(_: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if not isinstance(value, str):
        raise ValueError(f"{attribute.name}: {value!r} is no text")


_maybe, _opt = attrs.converters.optional, attrs.validators.optional


@attrs.frozen(kw_only=True)
class Rota:
    """The order of the groups at one station, from a day on; what is left away is as the place has it everywhere.

    Attributes:
        station: Its code, its name or its id.
        groups: Names or ids in the order of their turns; none means every group that the station's congress has on
            *since*, by name.
        since: The first shift from this day on is the first group's. A later entry for the same station takes over on
            its own *since*; what was before stays as it was.
    """

    station: str = titled("站点", validator=_text)
    since: dt.date = titled("起始日", converter=_day)
    groups: tuple[str, ...] = titled("小组次序", default=(), converter=_texts)
    until: dt.date | None = titled("截止日", default=None, converter=_maybe(_day))
    every: str | None = titled("班次", default=None, validator=_opt(_among(EVERY)))
    weekdays: frozenset[int] | None = titled("星期", default=None, converter=_maybe(_numbers))
    month_days: frozenset[int] | None = titled("每月日期", default=None, converter=_maybe(_numbers))
    step: int | None = titled("间隔天数", default=None, validator=_opt(attrs.validators.instance_of(int)))
    rest: Rest | None = titled("遇节假日", default=None, validator=_opt(_among(REST)))
    begins: str | None = titled("开始", default=None, validator=_opt(_text))
    ends: str | None = titled("结束", default=None, validator=_opt(_text))

    def __attrs_post_init__(self) -> None:
        if not self.station.strip():
            raise ValueError("station: name the station, by its code or name")


def rotas(given: Iterable[Rota | Mapping[str, Any]]) -> tuple[Rota, ...]:
    """Read the orders as settings give them.

    Raises:
        ValueError: Every mistake at once: an unknown field, which would be passed over in silence, or a wrong one.
    """
    known = [a.name for a in attrs.fields(Rota)]
    read, mistakes = list[Rota](), list[str]()
    for n, one in enumerate(given, 1):
        if isinstance(one, Rota):
            read.append(one)
            continue
        unknown = sorted(one.keys() - set(known))
        near = [m for name in unknown for m in get_close_matches(name, known, n=1)]
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        try:
            if unknown:
                raise ValueError(f"unknown field {', '.join(unknown)}{hint}")
            if missing := [name for name in ("station", "since") if name not in one]:
                raise ValueError(f"{', '.join(missing)} is missing")
            read.append(Rota(**one))
        except (ValueError, TypeError) as error:
            mistakes.append(f"rota no. {n}: {error.args[0]}")
    if mistakes:
        raise ValueError("; ".join(mistakes))
    return tuple(read)


@attrs.frozen(kw_only=True)
class Settings:
    """Who sits when and where, by what rhythm, and how early the office and the deputies hear of it."""

    rotas: tuple[Any, ...] = setting(
        (),
        source="沧州 (article 000): 若干个代表小组轮流; the groups are each place's",
        title="轮班表",
        converter=rotas,
    )
    every: Every = setting("week", source="U: article 000 has 轮流 and no interval; once a week", title="班次")
    weekdays: frozenset[int] = setting(
        frozenset({1}), source="P: every Monday or Wednesday in some places; U: Monday", title="每周的哪几天"
    )
    month_days: frozenset[int] = setting(frozenset({15}), source="咸宁 (article 003): 每月15日", title="每月的哪几日")
    step: int = setting(7, source="U: a week", title="间隔", unit="days", validator=at_least(1))
    rest: Rest = setting("next", source="P: moves to the next working day", title="遇节假日")
    begins: str = setting("09:00", source="P: 9 to 11 in one place", title="坐班开始")
    ends: str = setting("11:00", source="P: 9 to 11 in one place", title="坐班结束")
    notice_days: int = setting(
        3, source="P (three places): time, place and names", title="提前通知", unit="days", validator=at_least(0)
    )
    turns_a_year: int = setting(
        2, source="P: 2 turns a year each", title="每组每年坐班不少于", unit="turns", validator=at_least(0)
    )
    vacancy_days: int = setting(
        14,
        source="U: time to find who sits instead; 0: nobody is told",
        title="提前多少日提醒缺岗",
        unit="days",
        validator=at_least(0),
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what no calendar could follow; every mistake names its station."""
        try:
            self.order(Rota(station="-", since=dt.date(2026, 1, 1)))
        except Invalid as error:
            raise ValueError(str(error)) from None
        for station, entries in self.by_station().items():
            try:
                tuple(spans(self.order(entry) for entry in entries))
            except Invalid as error:
                raise ValueError(f"{station}: {error}") from None

    def by_station(self) -> dict[str, list[Rota]]:
        """Give the entries by what names their station."""
        found: dict[str, list[Rota]] = {}
        for entry in self.rotas:
            found.setdefault(entry.station.strip(), []).append(entry)
        return found

    def hours(self, entry: Rota) -> tuple[str, str]:
        """Give from when to when a shift lasts.

        Raises:
            Invalid: An hour cannot be read, or they end before they begin.
        """
        begins, ends = entry.begins or self.begins, entry.ends or self.ends
        for hour in (begins, ends):
            refuse_no_hour(hour)
        if ends <= begins:
            raise Invalid(f"it ends at {ends}, not after {begins}", field="ends")
        return begins, ends

    def order(self, entry: Rota, groups: tuple[str, ...] = ()) -> Order:
        """Make the order of an entry; *groups* where it names none.

        Raises:
            Invalid: It makes no sense.
        """
        self.hours(entry)
        return Order(since=entry.since, until=entry.until, groups=entry.groups or groups, pattern=self._pattern(entry))

    def _pattern(self, entry: Rota) -> Pattern | None:
        every, rest = entry.every or self.every, entry.rest or self.rest
        if every == "workday":
            return None
        days = self.month_days if entry.month_days is None else entry.month_days
        weekdays = self.weekdays if entry.weekdays is None else entry.weekdays
        step = self.step if entry.step is None else entry.step
        return Pattern(
            days=days if every == "month" else frozenset(),
            weekdays=weekdays if every == "week" else frozenset(),
            every=step if every == "days" else 0,
            since=entry.since if every == "days" else None,
            lacking="last",
            rest=rest,
        )
