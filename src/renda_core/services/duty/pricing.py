"""Asking the rules of points and the vetoes of practices: within their time, named where they fail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import TypeVar

import attrs

from renda_core.domain.duty import (
    Band,
    Counted,
    Exposure,
    Record,
    Score,
    ScoreRule,
    Standing,
    Versions,
    score,
    score_counts,
)
from renda_core.domain.failing import expect
from renda_core.errors import Invalid, NotFound
from renda_core.records import Veto
from renda_core.services import budgets
from renda_core.services.asking import Source
from renda_core.services.budgets import limited
from renda_core.tenancy import Tenant

T = TypeVar("T")
DAY = dt.timedelta(1)


@attrs.frozen(kw_only=True, eq=False)
class Period:
    """Some days, from the first to the last; *fixed* is the day whose caps, start and grades hold: the last so far."""

    first: dt.date
    last: dt.date
    fixed: dt.date

    @classmethod
    def of(cls, tenant: Tenant, first: dt.date, last: dt.date) -> Period:
        """Make it, or raise ``Invalid`` where the last day lies before the first."""
        if last < first:
            raise Invalid(f"the last day, {last}, lies before the first, {first}", field="last")
        first, last = max(first, dt.date.min + DAY), min(last, dt.date.max - DAY)  # there is a day before and after
        return cls(first=first, last=last, fixed=min(last, tenant.today))

    @property
    def year(self) -> int:
        """Give the calendar year that it is; 0 where it is none."""
        whole = (self.first, self.last) == (dt.date(self.first.year, 1, 1), dt.date(self.first.year, 12, 31))
        return self.first.year if whole else 0


@attrs.frozen(kw_only=True, eq=False)
class Pricing:
    """A rule of points as one tenant has it, over a period.

    Raises:
        Invalid: Whatever is asked of it: its lines are no rule, e.g. two of them count the same kind.
        PracticeFailed: Its plugin failed, and is named.
    """

    tenant: Tenant
    rule: ScoreRule
    period: Period
    versions: Versions

    @classmethod
    def of(cls, tenant: Tenant, name: str, period: Period) -> Pricing:
        """Find a rule by name.

        Raises:
            NotFound: No enabled practice offers it; the message names those that are.
        """
        rule = tenant.practice.scores.get(name)
        if rule is None:
            known = ", ".join(sorted(tenant.practice.scores)) or "none; enable a practice that offers one"
            raise NotFound(f"no rule of points {name!r} is enabled here; enabled: {known}")
        versions = Versions(rule, cache(tenant.settings), cache(lambda _, day: tenant.edition(day).since))
        return cls(tenant=tenant, rule=rule, period=period, versions=versions)

    def by_month(self) -> bool:
        """Tell whether what is kept counted by month tells the points of the period."""
        if self.rule.items is None:
            return False
        return self._asked(budgets.RULE, lambda: self.versions.by_month(self.period.first, self.period.last), bool)

    def spans(self) -> tuple[Period, ...]:
        """Give the stretches of the period in which the rule did not change, oldest first."""
        first, last = self.period.first, self.period.last
        begins = [day for day, _ in self._asked(budgets.RULE, lambda: self.versions.spans(first, last), tuple)]
        ends = [*(day - DAY for day in begins[1:]), last]
        return tuple(attrs.evolve(self.period, first=a, last=z) for a, z in zip(begins, ends, strict=True))

    def formula(self, made: Score) -> str:
        """Name every version that made a result: those of its records, that of the caps, and what reads the year."""
        fixed = self.period.fixed
        last = self._asked(budgets.RULE, lambda: self.versions.on(fixed).formula, str)
        frame = self._asked(budgets.RULE, lambda: self.versions.frame(fixed), str)
        return " ".join(dict.fromkeys([*(f.formula for f in made.formulas), last, frame]))

    def bands(self) -> tuple[Band, ...]:
        """Give the grades."""
        settings = self.tenant.settings(self.rule.plugin, self.period.fixed)
        return self._asked(budgets.RULE, lambda: tuple(expect(b, Band) for b in self.rule.bands(settings)), tuple)

    def of_records(self, several: Iterable[tuple[Iterable[Record], Exposure]]) -> list[Score]:
        """Score the records of each of several people, with single entries."""
        made = partial(score, rules=[self.versions], settings_on=self.tenant.settings, today=self.period.fixed)
        return self._asked(budgets.STRETCH, lambda: [made(r, exposure=e) for r, e in several], list)

    def of_counts(self, several: Iterable[tuple[Iterable[Counted], Exposure]]) -> list[Score]:
        """Score what is counted of each of several people; only where :meth:`by_month` says so."""
        made = partial(score_counts, versions=self.versions, today=self.period.fixed)
        return self._asked(budgets.STRETCH, lambda: [made(c, exposure=e) for c, e in several], list)

    def _asked(self, seconds: float, ask: Callable[[], object], sort: type[T]) -> T:
        source = Source(tenant=self.tenant, plugin=self.rule.plugin, what="score rule", name=self.rule.name)
        try:
            return limited(seconds, lambda: expect(ask(), sort))
        except Invalid:  # of lines that a county's own settings made, which it can mend
            raise
        except BaseException as error:
            raise source.failed(error) from None


def withheld(tenant: Tenant, standings: Sequence[Standing], fixed: dt.date) -> list[tuple[str, ...]]:
    """Ask every veto of each of several people; give what withholds their titles, as ``title：reason``.

    A veto that fails withholds too, and is named: nobody gets a title because nobody could look.
    """
    found = [_asked_veto(tenant, veto, standings, fixed) for veto in tenant.practice.vetoes]
    return [tuple(filter(None, told)) for told in zip(*found, strict=True)] if found else [()] * len(standings)


def _asked_veto(tenant: Tenant, veto: Veto, standings: Sequence[Standing], fixed: dt.date) -> list[str]:
    source = Source(tenant=tenant, plugin=veto.plugin, what="veto", name=veto.name)
    title, context = veto.title or veto.name, tenant.contexts(fixed)(veto.plugin)
    found: list[str] = []

    def failed(error: BaseException) -> str:
        named = f"veto {veto.plugin}.{veto.name} could not be asked"
        return f"{title}：无法核实，暂不授予（{named}: {source.failed(error)}）"

    def look() -> None:
        for standing in standings:
            try:
                why = veto.of(context, standing) if veto.of else veto.why(context, standing.records) if veto.why else ""
                told = f"{title}：{why.strip()}" if expect(why, str).strip() else ""
            except Exception as error:
                told = failed(error)
            found.append(told)

    try:
        limited(budgets.RULE if len(standings) == 1 else budgets.STRETCH, look)
    except BaseException as error:  # what takes too long of one person would take it of everybody
        found += [failed(error)] * (len(standings) - len(found))
    return found
