"""Stars as a plain function of a score: what is earned, what is shown, and what withholds the rest."""

from collections.abc import Mapping

import attrs

from renda_core.domain.duty import ItemTotal, Score
from renda_core.domain.duty.points import hundredths, written
from renda_plugins.five_star_ratings.settings import MOST, Dimension, Settings, VetoName

NAMES = ("无星", "一星", "二星", "三星", "四星", "五星")
TITLES: Mapping[VetoName, str] = {
    "suspended": "暂停执行代表职务",
    "absence": "未经批准缺席人代会会议",
    "discipline": "党纪政务处分",
    "unfit": "述职评议不称职",
}
"""What people call the vetoes; a score tells of each as ``title：reason``."""
AFTER_TITLE = "："


@attrs.frozen(kw_only=True)
class Side:
    """One side of five: the points of its items, and whether they are enough for its star."""

    dimension: Dimension
    points: int
    reached: bool


@attrs.frozen(kw_only=True)
class Stars:
    """What the points would give, what is shown, and which vetoes stand between.

    Attributes:
        withheld: The vetoes that hold, as the score tells them; also one that leaves as many stars as are earned.
        sides: Of the mode with five sides; empty in the other.
    """

    points: int
    earned: int
    shown: int
    withheld: tuple[str, ...] = ()
    sides: tuple[Side, ...] = ()

    @property
    def told(self) -> str:
        """Say it in Chinese, e.g. ``95.00 分，五星（暂缓：未经批准缺席人代会会议：2026-03-02；现按一星）``."""
        said = f"{written(self.points)} 分，{NAMES[self.earned]}"
        if not self.withheld:
            return said
        kept = f"；现按{NAMES[self.shown]}" if self.shown < self.earned else ""
        return f"{said}（暂缓：{'；'.join(self.withheld)}{kept}）"


def stars(settings: Settings, score: Score) -> Stars:
    """Give stars by points or by sides; a veto lowers what is shown to its ceiling and deletes nothing."""
    sides = _sides(settings, score) if settings.mode == "dimensions" else ()
    earned = sum(s.reached for s in sides) if sides else _by_points(settings, score.total)
    shown = min([earned, *(ceiling(settings, told) for told in score.vetoes)])
    return Stars(points=score.total, earned=earned, shown=shown, withheld=score.vetoes, sides=sides)


def ceiling(settings: Settings, told: str) -> int:
    """Give the stars that a veto leaves, as the score tells it; another practice's veto has one ceiling for all."""
    title = told.partition(AFTER_TITLE)[0]
    by_title = {TITLES[name]: n for name, n in settings.vetoes.items()}
    return by_title.get(title, settings.other_vetoes)


def _by_points(settings: Settings, total: int) -> int:
    passed = (MOST - n for n, least in enumerate(settings.thresholds) if total >= hundredths(least))
    return next(passed, 1)


def _sides(settings: Settings, score: Score) -> tuple[Side, ...]:
    """Add up what each side's items count; an item that is named by code is of that side alone."""
    single = {code: d.code for d in settings.dimensions for code in d.items}
    by_category = {category: d.code for d in settings.dimensions for category in d.categories}
    found = dict.fromkeys((d.code for d in settings.dimensions), 0)
    for item in score.items:
        side = _side_of(item, single, by_category)
        if side is not None:
            found[side] += item.counted
    return tuple(
        Side(dimension=d, points=found[d.code], reached=found[d.code] >= d.enough) for d in settings.dimensions
    )


def _side_of(item: ItemTotal, single: Mapping[str, str], by_category: Mapping[str, str]) -> str | None:
    return single.get(item.code, by_category.get(item.category))
