"""How a place gives stars: by points, or one for each of five sides; and what withholds them, each with its ceiling."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Literal

import attrs

from renda_core.domain.duty.points import hundredths, written
from renda_core.domain.names import names
from renda_core.errors import Invalid
from renda_core.settings import at_least, setting

VetoName = Literal["suspended", "absence", "discipline", "unfit"]
MOST = 5
"""Stars: the practice is called after them."""
LONGEST = 40
CODE = re.compile("[a-z][a-z0-9_]{0,39}")


@attrs.frozen(kw_only=True)
class Dimension:
    """One of five sides, each worth one star.

    Attributes:
        categories: Of the rule's items; *items* names single ones by code, which then count here whatever their
            category.
        least: Points of its items, after their caps, from which on the star is given.
    """

    code: str
    title: str
    least: Decimal
    categories: frozenset[str] = attrs.field(default=frozenset[str](), converter=names)
    items: frozenset[str] = attrs.field(default=frozenset[str](), converter=names)

    def __str__(self) -> str:
        return f"{self.title} {'、'.join(sorted(self.categories | self.items))} {self.least} 分以上"

    @property
    def enough(self) -> int:
        """Points, in hundredths, from which on the star is given."""
        return hundredths(self.least)


def _side(code: str, category: str) -> Dimension:
    return Dimension(code=code, title=f"{category}之星", categories=frozenset({category}), least=Decimal(5))


DIMENSIONS = (
    _side("study", "学习"),
    _side("contact", "联系"),
    _side("deliberate", "议事"),
    _side("supervise", "监督"),
    _side("serve", "服务"),
)
THRESHOLDS = (Decimal(90), Decimal(80), Decimal(70), Decimal(60))
VETOES: Mapping[VetoName, int] = {"suspended": 1, "absence": 1, "discipline": 1, "unfit": 1}


@attrs.frozen(kw_only=True)
class Settings:
    """The rule of points, the mode, thresholds or sides, and the vetoes that are on with the stars that each leaves."""

    rule: str = setting("points", source="U: the rule of duty_points", title="所依据的计分规则")
    mode: Literal["thresholds", "dimensions"] = setting(
        "thresholds", source="U: no public text of the scheme of 沧县 (article 000) was found", title="评星方式"
    )
    thresholds: tuple[Decimal, ...] = setting(
        THRESHOLDS, source="U: 90, 80, 70, 60; fewer points are one star", title="五至二星分数线", unit="points a year"
    )
    dimensions: tuple[Dimension, ...] = setting(
        DIMENSIONS, source="U: five named stars; the names, what they count and how much are ours", title="五个维度"
    )
    vetoes: Mapping[VetoName, int] = setting(
        dict(VETOES),
        source="U: the four, and that each leaves one star; one that is not named here is off",
        title="暂缓事由及其最高星级",
        unit="stars",
    )
    absences: int = setting(
        1, source="U: one unapproved absence", title="未经批准缺席达到", unit="times", validator=at_least(1)
    )
    other_vetoes: int = setting(
        1, source="U: as ours", title="其他做法暂缓时的最高星级", unit="stars", validator=at_least(0)
    )
    told_from: int = setting(
        10, source="U: as in votes, ten", title="分布中公布人数的最低值", unit="deputies", validator=at_least(1)
    )

    def __attrs_post_init__(self) -> None:
        """Refuse stars that nobody could give; every mistake at once.

        Raises:
            ValueError: All of them.
        """
        wrong = [*_wrong_thresholds(self.thresholds), *_wrong_dimensions(self.dimensions), *_wrong_ceilings(self)]
        if not CODE.fullmatch(self.rule):
            wrong.append(f"rule: {self.rule!r} is no name of a rule of points")
        if wrong:
            raise ValueError("; ".join(wrong))


def _wrong_thresholds(thresholds: tuple[Decimal, ...]) -> Iterator[str]:
    if len(thresholds) != MOST - 1:
        yield f"thresholds: give {MOST - 1}, for five stars down to two, not {len(thresholds)}"
    last: int | None = None
    for n, threshold in enumerate(thresholds, 1):
        try:
            here = hundredths(threshold)
        except Invalid as error:
            yield f"thresholds[{n}]: {error}"
            continue
        if last is not None and here >= last:
            yield f"thresholds[{n}]: {written(here)} is not below {written(last)}; write the highest first"
        last = here


def _wrong_dimensions(dimensions: tuple[Dimension, ...]) -> Iterator[str]:
    if len(dimensions) != MOST:
        yield f"dimensions: five stars have {MOST} sides, not {len(dimensions)}"
    for name in ("code", "title"):
        for said in _twice(getattr(d, name) for d in dimensions):
            yield f"dimensions: two have the {name} {said}"
    for what in ("categories", "items"):
        for said in _twice(one for d in dimensions for one in getattr(d, what)):
            yield f"dimensions: {said} is in the {what} of two; one point would give two stars"
    for n, dimension in enumerate(dimensions, 1):
        where = f"dimensions[{n}] {dimension.code}"
        if not CODE.fullmatch(dimension.code):
            yield f"{where}: {dimension.code!r} is no code; write small letters, digits and _"
        if not dimension.title.strip() or len(dimension.title) > LONGEST or not dimension.title.isprintable():
            yield f"{where}: write a title of one line, up to {LONGEST} characters"
        if not dimension.categories | dimension.items:
            yield f"{where}: it counts nothing; name categories or items"
        try:
            if dimension.enough <= 0:
                yield f"{where}: least is above zero, or everybody had the star"
        except Invalid as error:
            yield f"{where}: {error}"


def _wrong_ceilings(settings: Settings) -> Iterator[str]:
    ceilings = {f"vetoes.{name}": n for name, n in settings.vetoes.items()} | {"other_vetoes": settings.other_vetoes}
    for where, n in ceilings.items():
        if not 0 <= n < MOST:
            yield f"{where}: a veto leaves from 0 to {MOST - 1} stars, not {n}; to switch it off, leave it out"


def _twice(said: Iterable[str]) -> list[str]:
    told = list(said)
    return sorted({one for one in told if told.count(one) > 1})
