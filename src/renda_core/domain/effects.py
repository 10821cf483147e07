"""What an act does to a case's deadlines: each effect reaches its clock, as the clock's own rule says."""

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

import attrs

from renda_core.domain.calendar import Period
from renda_core.domain.case import UNIT, Act, Assignment, Case
from renda_core.domain.clock import Clock, Tick
from renda_core.domain.failing import Contexts, Nonsense, expect
from renda_core.domain.procedure import ClockRule, Context, Effect, Procedure
from renda_core.errors import Rejected

T = TypeVar("T")
FARTHEST = 40_000
"""Units that a period may count: over a century of days, so a longer one is a mistake and may leave the calendar."""


def affect(
    procedure: Procedure,
    case: Case,
    act: Act,
    fresh: tuple[Assignment, ...],
    effect: Effect,
    contexts: Contexts,
) -> Case:
    """Let one effect of an act reach its clock.

    Args:
        fresh: The assignments that the act made.

    Raises:
        Rejected: Naming the practice whose effect or clock rule failed.
    """
    rule, asked = procedure.clocks[effect.clock], _Asked(case, act, contexts)
    if not asked.happens(effect):
        return case
    if effect.do == "start":
        over = procedure.facets[UNIT].final if UNIT in procedure.facets else frozenset[str]()
        return _start(case, act, fresh, over, rule, asked)
    period, on = None, act.on
    if effect.do == "extend":
        period = asked.longer(rule)
    elif effect.do == "restart":  # a further turn is counted by the rule anew: the act may name the day
        period, on = asked.period(rule), asked.since(rule)

    def ticked(clock: Clock) -> Clock:
        mine = not rule.roles or not act.unit or clock.unit == act.unit  # no unit named: all units
        over = clock.state == "stopped" and effect.do != "restart"
        if clock.name != rule.name or not _heard(clock, rule, case) or not mine or over:
            return clock
        anchor = rule.longer_from if effect.do == "extend" else "due"
        return clock.tick(effect.do, on, period=period, why=act.step, anchor=anchor)

    return attrs.evolve(case, clocks=tuple(ticked(c) for c in case.clocks))


def _heard(clock: Clock, rule: ClockRule, case: Case) -> bool:
    """Tell whether a clock hears this round's acts: it is of this round, or runs on for the case as a whole."""
    return clock.round == case.round or (not rule.roles and clock.state != "stopped")


def _start(
    case: Case, act: Act, fresh: tuple[Assignment, ...], over: frozenset[str], rule: ClockRule, asked: "_Asked"
) -> Case:
    """Start a clock for the case; or for each unit just assigned, else for the acting one; a stopped one begins anew.

    Where the act names no unit, every unit of this round is meant whose share is not *over*, as it is for a stop.
    """
    concerned = fresh or tuple(a for a in case.current() if (a.unit == act.unit if act.unit else a.state not in over))
    units = [a.unit for a in concerned if a.role in rule.roles] if rule.roles else [""]
    period, since, roll = asked.period(rule), asked.since(rule), asked.rolls(rule)
    told = f"{act.step}; {rule.source}" if rule.source else act.step
    for unit in units:
        same = (c for c in case.clocks if (c.name, c.unit) == (rule.name, unit) and _heard(c, rule, case))
        had = next(same, None)
        if had is None:
            start = Tick(do="start", on=since, why=told, period=period)
            new = Clock(name=rule.name, unit=unit, round=case.round, roll=roll, ticks=(start,))
            case = attrs.evolve(case, clocks=(*case.clocks, new))
        elif had.state == "stopped":
            again = had.tick("restart", since, period=period, why=told)
            case = attrs.evolve(case, clocks=tuple(again if c is had else c for c in case.clocks))
    return case


@attrs.frozen
class _Asked:
    """What clock rules and effects say of one act on one case; the step is refused where one cannot say."""

    case: Case
    act: Act
    contexts: Contexts

    def _told(self, by: ClockRule | Effect, sort: type[T], ask: Callable[[], object]) -> T:
        try:
            return expect(ask(), sort)
        except BaseException as error:  # a deadline that cannot be told would be none
            what, name = ("clock", by.name) if isinstance(by, ClockRule) else ("effect", by.on)
            told = self.contexts.failed(by.plugin, what, name, error)
        raise Rejected(f"{self.act.step} refused", told)

    def happens(self, effect: Effect) -> bool:
        """Ask whether an effect happens; always, unless it says otherwise."""
        only = effect.only
        if only is None:
            return True
        return self._told(effect, bool, lambda: only(self.contexts[effect.plugin], self.case, self.act))

    def period(self, rule: ClockRule) -> Period:
        """Ask how long a clock runs."""
        return self._told(rule, Period, lambda: _countable(rule.period(*self._of(rule))))

    def longer(self, rule: ClockRule) -> Period | None:
        """Ask by how much a clock is extended; None where the rule has nothing to say."""
        longer = rule.longer
        return self._told(rule, Period, lambda: _countable(longer(*self._of(rule)))) if longer else None

    def since(self, rule: ClockRule) -> dt.date:
        """Ask from which day a clock counts."""
        return self._told(rule, dt.date, lambda: _day(rule.since(self.case, self.act)))

    def rolls(self, rule: ClockRule) -> bool:
        """Ask whether a due date on a day off moves."""
        roll = rule.roll
        return self._told(rule, bool, lambda: roll(self.contexts[rule.plugin])) if callable(roll) else roll

    def _of(self, rule: ClockRule) -> tuple[Context[Any], Case, Act]:
        return self.contexts[rule.plugin], self.case, self.act


def _countable(found: Period) -> Period:
    period = expect(found, Period)
    if type(period.n) is not int or abs(period.n) > FARTHEST:
        raise Nonsense("gave a period that no calendar holds")
    return period


def _day(found: dt.date) -> dt.date:
    if isinstance(found, dt.datetime):  # it is a date too, and would be stored as what it is
        raise Nonsense("gave a datetime, not a date")
    return found
