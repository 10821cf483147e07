"""How many deputies a congress has (代表名额), by level and population."""

from collections.abc import Mapping
from fractions import Fraction

import attrs

from renda_core.domain.areas import Level
from renda_core.errors import Invalid


@attrs.frozen(kw_only=True)
class QuotaRule:
    """One item of 选举法 12.

    Attributes:
        base: Seats of every congress of the level.
        per: One seat more for each so many people, whole ones only.
        cap: No more than this.
        cap_above: The population above which the law states the cap; None if for every one.
        fewer_below: Under this population there may be fewer than *base*; None if the law says nothing.
        may_add: Whether five per cent more is possible at this level.
    """

    base: int
    per: int
    cap: int
    cap_above: int | None
    fewer_below: int | None
    may_add: bool
    source: str


QUOTAS: Mapping[Level, QuotaRule] = {
    "city": QuotaRule(
        base=240,
        per=25_000,
        cap=650,
        cap_above=10_000_000,
        fewer_below=None,
        may_add=False,
        source="选举法 12(2)",
    ),
    "county": QuotaRule(
        base=140,
        per=5_000,
        cap=450,
        cap_above=1_550_000,
        fewer_below=50_000,
        may_add=True,
        source="选举法 12(3)",
    ),
    "township": QuotaRule(
        base=45,
        per=1_500,
        cap=160,
        cap_above=None,
        fewer_below=2_000,
        may_add=True,
        source="选举法 12(4)",
    ),
}

EXTRA = Fraction(5, 100)


@attrs.frozen(kw_only=True)
class Quota:
    """A number of seats and how it came about.

    Attributes:
        minimum_may_be_less: The place is so small that it may have fewer than *number*.
        explanation: One line a step, for the page and the print.
    """

    number: int
    minimum_may_be_less: bool
    explanation: tuple[str, ...]
    source: str


def quota(level: Level, population: int, *, extra: bool = False) -> Quota:
    """Compute the seats that the law gives a congress.

    The law says nothing of fractions, nor whether the extra five per cent may pass the cap: both are
    rounded down, and the extra is taken of the capped number and added to it. The number in force is the
    one decided by the standing committee above (选举法 13); this one is for comparison.

    Args:
        level: ``city`` (设区的市, 自治州), ``county`` or ``township``.
        population: Persons, registered, 0 or more.
        extra: The standing committee of the province granted five per cent more, for minorities living
            together or scattered settlement; possible for 县, 自治县, 乡 and 民族乡.

    Raises:
        Invalid: Another level, a negative population, or an extra that the law does not know.

    Source:
        选举法 12 (2020-10-17).
    """
    rule = QUOTAS.get(level)
    if rule is None:
        raise Invalid(f"no quota is computed for the level {level}", level=level)
    if population < 0:
        raise Invalid(f"a population of {population} makes no sense", population=population)
    if extra and not rule.may_add:
        raise Invalid(f"the law gives no extra seats at the level {level}", level=level)
    more = population // rule.per
    lines = [f"{rule.base} + {population} ÷ {rule.per} = {rule.base + more}"]
    number = min(rule.base + more, rule.cap)
    # Below cap_above the sum cannot reach the cap, so that one comparison serves every population.
    if number < rule.base + more:
        lines.append(f"at most {rule.cap}" + (f" above {rule.cap_above} people" if rule.cap_above else ""))
    if extra:
        added = int(number * EXTRA)
        lines.append(f"+ 5 % of {number} = {added}, together {number + added}")
        number += added
    fewer = rule.fewer_below is not None and population < rule.fewer_below
    if fewer:
        lines.append(f"under {rule.fewer_below} people there may be fewer than {rule.base}")
    return Quota(number=number, minimum_may_be_less=fewer, explanation=tuple(lines), source=rule.source)
