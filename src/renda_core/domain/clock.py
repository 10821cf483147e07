"""A clock is a ledger of ticks; its due date is computed from them and explains itself."""

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import attrs

from renda_core.domain.calendar import DAY, Calendar, Period, Unit
from renda_core.errors import Invalid, Rejected

Do = Literal["start", "pause", "resume", "extend", "stop", "restart"]
Anchor = Literal["due", "start"]
ALLOWED: dict[str, tuple[Do, ...]] = {
    "running": ("pause", "extend", "stop", "restart"),
    "paused": ("resume", "extend", "stop", "restart"),
    "stopped": ("restart",),
}
REMEMBERED = 8_192
"""Ledgers that stay reckoned: clocks start on few days, by few rules; reckoning one takes as long as reading a case."""
RESTS = {"provisional": "statutory days only", "unknown": "weekends only"}
BECOMES: dict[Do, str] = {"pause": "paused", "resume": "running", "restart": "running", "stop": "stopped"}


@attrs.frozen(kw_only=True)
class Tick:
    """One entry of a clock's ledger.

    Attributes:
        do: What happened to the clock.
        on: The day of it; for a start or restart, the day from which the period runs.
        period: Of a start, restart or extension.
        why: The step or the rule behind it.
        anchor: Where an extension counts from: ``due`` adds *period* to the due date, ``start`` makes *period*
            run from the start, never shortening. Source: 代表法 51 (six months 自交办之日起, not three more).
    """

    do: Do
    on: dt.date
    period: Period | None = None
    why: str = ""
    anchor: Anchor = "due"

    def __attrs_post_init__(self) -> None:
        if self.anchor != "due" and self.do != "extend":
            raise Invalid(f"only an extension has an anchor, not {self.do!r}")


@attrs.frozen(kw_only=True)
class Due:
    """A due date with its reasons.

    Attributes:
        on: The last day in time, until 24:00 of it.
        provisional: Whether it rests on a year without an official holiday table (暂定), so that it may move.
        lines: The calculation, one line an entry.
    """

    on: dt.date
    provisional: bool
    lines: tuple[str, ...]


@attrs.frozen
class _Span:
    """Days from one date (not counted) to another, either way, and how they count."""

    after: dt.date
    until: dt.date
    how: Literal["day", "workday", "month", "paused", "rolled"]

    def days(self) -> Iterator[dt.date]:
        step = DAY if self.until > self.after else -DAY
        return (self.after + n * step for n in range(1, abs((self.until - self.after).days) + 1))


@attrs.define
class _Turn:
    """One run of a clock, from its start or restart, replayed up to an entry."""

    calendar: Calendar
    start: dt.date
    period: Period
    rolls: bool
    due: dt.date = attrs.field(init=False)
    unit: Unit = attrs.field(init=False)
    spans: list[_Span] = attrs.field(init=False, factory=list)
    years: set[int] = attrs.field(init=False, factory=set)
    paused: dt.date | None = attrs.field(init=False, default=None)
    stops: list[tuple[dt.date, dt.date]] = attrs.field(init=False, factory=list)

    def __attrs_post_init__(self) -> None:
        self.unit, self.due = self.period.unit, self.start
        if self.period.n and self.calendar.rules.first_day_counts:
            self.due = self.calendar.add(self.start, Period(1 if self.back else -1), first=False)
        self._reach(self.calendar.add(self.start, self.period), self.unit)

    @property
    def back(self) -> bool:
        return self.period.n < 0

    def hear(self, tick: Tick) -> str:
        """Follow one entry and say what it changed."""
        if tick.do == "pause":
            self.paused = tick.on
        elif tick.do == "resume" and self.paused is not None:
            paused, self.paused = self.paused, None
            self.stops.append((paused, tick.on))
            return self._stopped(paused, tick.on)
        elif tick.do == "extend" and tick.period:
            if tick.anchor == "start":
                return self._run_from_start(tick.period)
            self._reach(self.calendar.add(self.due, tick.period, first=False), tick.period.unit)
            return f"{_signed(tick.period)} = {self.due}"
        return ""

    def roll(self) -> str:
        """Move off a day off, last of all, and say so."""
        due, self.due = self.due, self._rolled()
        if self.due == due:
            return ""
        self.spans.append(_Span(due, self.due, "rolled"))
        return f"{due} is a day off, so {self.due}"

    def _rolled(self) -> dt.date:
        if not (self.rolls and self.calendar.rules.roll_if_holiday):
            return self.due
        moved = self.calendar.roll(self.due, back=self.back)
        self.years |= {self.due.year, moved.year}
        return moved

    def _stopped(self, paused: dt.date, resumed: dt.date) -> str:
        if self.back:
            return "does not move a date that is counted back"
        if self.calendar.rules.pause == "none":
            return "gives no time back"
        if self.due < paused:
            if self._rolled() < paused:
                return f"after {self._rolled()} had passed"  # a clock already late stays late
            self.spans.append(_Span(self.due, paused, "rolled"))  # in time yet, with no day left
            self.due = paused
        if self.unit == "workday":
            self._touch(paused, self.due)
            rest = Period(self.calendar.workdays(paused, self.due), "workday")
        else:
            rest = Period((self.due - paused).days)
        self._cut(paused)
        self.spans.append(_Span(paused, resumed, "paused"))
        self.due = resumed
        self._reach(self.calendar.add(resumed, rest, first=False), rest.unit)
        return f"+ {rest} left = {self.due}"

    def _run_from_start(self, period: Period) -> str:
        # The same stops are given back to the longer period, so pausing before or after extending is the same.
        longer = _Turn(self.calendar, self.start, period, self.rolls)
        for paused, resumed in self.stops:
            longer._stopped(paused, resumed)
        self.years |= longer.years
        if longer.due > self.due:
            self.due, self.unit, self.spans = longer.due, longer.unit, longer.spans
        return f"{_signed(period)} from {self.start} = {self.due}"

    def _reach(self, due: dt.date, unit: Unit) -> None:
        if unit == "workday":
            self._touch(self.due, due)
        if (due < self.due) == self.back:
            self.spans.append(_Span(self.due, due, unit))
        else:
            self._cut(due)
        self.due = due

    def _cut(self, at: dt.date) -> None:
        nearer, inside = (max, dt.date.__gt__) if self.back else (min, dt.date.__lt__)
        self.spans = [_Span(s.after, nearer(s.until, at), s.how) for s in self.spans if inside(s.after, at)]

    def _touch(self, one: dt.date, other: dt.date) -> None:
        self.years.update(range(min(one, other).year, max(one, other).year + 1))


@attrs.frozen(kw_only=True)
class Clock:
    """A deadline that was started under the rules of its day and keeps them.

    Attributes:
        name: The name of the rule that started it.
        ticks: The ledger, a start first; all else is computed from it.
        unit: The handling unit that it binds, or "" for the whole case.
        round: The round of the case (交办, 二次交办) that it belongs to.
        roll: Whether a due date on a day off moves to the next working day (the previous if counted back).
    """

    name: str
    ticks: tuple[Tick, ...]
    unit: str = ""
    round: int = 1
    roll: bool = True

    def __attrs_post_init__(self) -> None:
        if not self.ticks or self.ticks[0].do != "start":
            raise Invalid(f"the ledger of clock {self.name} begins with a start")

    def __hash__(self) -> int:
        """Hash what tells most clocks apart, for a whole ledger takes as long to hash as its answer to be found."""
        return hash((self.name, self.unit, self.round, self.ticks[0].on, self.ticks[-1].on))

    @property
    def state(self) -> str:
        """Say ``running``, ``paused`` or ``stopped``."""
        return next((BECOMES[tick.do] for tick in reversed(self.ticks) if tick.do in BECOMES), "running")

    def tick(
        self, do: Do, on: dt.date, *, period: Period | None = None, why: str = "", anchor: Anchor = "due"
    ) -> "Clock":
        """Write one more entry.

        Raises:
            Rejected: The entry does not fit the clock's state or lies before its last entry.
        """
        if do not in ALLOWED[self.state]:
            raise Rejected(f"clock {self.name}", f"cannot {do} a {self.state} clock")
        last = self.ticks[-1]
        # A period that counts back runs from a day to come (会前 20 日), so what happens lies before it.
        ahead = last.do in ("start", "restart") and (last.period or self.ticks[0].period or Period(0)).n < 0
        if on < last.on and not ahead:
            raise Rejected(f"clock {self.name}", f"{on} lies before {last.on}")
        return attrs.evolve(self, ticks=(*self.ticks, Tick(do=do, on=on, period=period, why=why, anchor=anchor)))

    def explain(self, calendar: Calendar) -> Due:
        """Compute the due date, whether it is provisional, and the lines that explain it.

        Source: 民法典 201-203, by analogy; see ``PeriodRules``.

        Raises:
            Invalid: The date leaves the years 1 to 9999, or no working day is near it.
        """
        return _reckoned(self.ticks, self.roll, calendar)[0]

    def trace(self, calendar: Calendar) -> tuple[dt.date, tuple[str, ...]]:
        """Give the due date and the lines that explain it."""
        return (due := self.explain(calendar)).on, due.lines

    def due(self, calendar: Calendar) -> dt.date:
        """Compute the due date; while paused it is the date if resumed on the day of the pause."""
        return self.explain(calendar).on

    def days(self, calendar: Calendar) -> Iterator[tuple[dt.date, str]]:
        """Explain day by day: each day of the present turn with its count, or why it does not count.

        Days run from the start (or last restart) to the due date, downwards for a period that counts back.
        """
        counted = 0
        for span in _replayed(self.ticks, self.roll, calendar)[0].spans:
            for day in span.days():
                if span.how in ("workday", "rolled") and not calendar.works(day):
                    yield day, "day off"
                elif span.how in ("paused", "rolled"):
                    yield day, span.how
                else:
                    counted += 1
                    yield day, str(counted)

    def late(self, calendar: Calendar, today: dt.date) -> int:
        """Count days past due at the stop, or by *today* while running; 0 when in time or paused."""
        return self.told(calendar, today)[1]

    def told(self, calendar: Calendar, today: dt.date) -> tuple[Due, int]:
        """Give at once what :meth:`explain` and :meth:`late` give."""
        due, paused = _reckoned(self.ticks, self.roll, calendar)
        end = self.ticks[-1].on if (stopped := self.state == "stopped") else today
        if paused and calendar.rules.pause != "none":
            end = paused if stopped else due.on  # stopped while paused: time had stood still since then
        return due, max(0, (end - due.on) // DAY)


@lru_cache(maxsize=REMEMBERED)
def _reckoned(ticks: tuple[Tick, ...], roll: bool, calendar: Calendar) -> tuple[Due, dt.date | None]:
    """Reckon what a ledger comes to: the due date, and the day since which it stands paused."""
    turn, lines = _replayed(ticks, roll, calendar)
    weak = sorted(y for y in turn.years if calendar.status(y) != "official")
    lines += [f"{y} has no official holiday table: provisional ({RESTS[calendar.status(y)]})" for y in weak]
    return Due(on=turn.due, provisional=bool(weak), lines=tuple(lines)), turn.paused


def _replayed(ticks: tuple[Tick, ...], roll: bool, calendar: Calendar) -> tuple[_Turn, list[str]]:
    """Replay a ledger from its first entry; give its last turn, and a line an entry."""
    period = ticks[0].period or Period(0)
    turn, lines = _Turn(calendar, ticks[0].on, period, roll), []
    for tick in ticks:
        if tick.do == "restart":  # the next turn of a duty that comes back
            turn = _Turn(calendar, tick.on, tick.period or period, roll)
        said = f"{_signed(turn.period)} = {turn.due}" if tick.do in ("start", "restart") else turn.hear(tick)
        lines.append(" ".join(filter(None, (str(tick.on), tick.do, said, tick.why and f"({tick.why})"))))
    if moved := turn.roll():
        lines.append(moved)
    return turn, lines


def _signed(period: Period) -> str:
    return f"- {attrs.evolve(period, n=-period.n)}" if period.n < 0 else f"+ {period}"
