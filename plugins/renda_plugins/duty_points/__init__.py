"""履职积分: points for what deputies do, by lines that a place writes itself; explained down to the record.

Source: 道外 (article 004: 用实绩考核衡量代表履职情况); 江北 (重庆), 银川, 东宝 (荆门) for the figures; 代表法 62
(nothing of it ends a mandate); 个人信息保护法 24. A score is management data: nobody is ranked by it, no mandate moves.
"""

from collections.abc import Iterator

from renda_core import hookimpl
from renda_core.domain.duty import Band, Item
from renda_core.records import Page, RecordKind, ScoreRule
from renda_plugins.duty_points.distribution import Distribution, OfCongress, points_distribution
from renda_plugins.duty_points.pages import RULE, OfYear, Points, my_points
from renda_plugins.duty_points.settings import RESULT, Settings

WHO = "office overseer"
"""Who looks beside the deputy: whoever checks records and decides appeals."""


def items(settings: Settings) -> tuple[Item, ...]:
    """Give the lines of the rule."""
    return tuple(line.item() for line in settings.items)


def bands(settings: Settings) -> tuple[Band, ...]:
    """Give the grades of a year, the best first."""
    return tuple(grade.band() for grade in settings.bands)


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_records() -> Iterator[RecordKind | ScoreRule]:
    """Offer the rule, and the kind of record in which a year's result is kept."""
    yield RecordKind(
        name=RESULT,
        title="年度履职考核结果",
        book="",
        unit="年",
        measures={"points": "得分（百分之一分）", "poor": "较差", "days": "任职天数"},
        by_hand=False,
        own=False,
        private=True,
    )
    yield ScoreRule(
        name=RULE,
        title="履职积分",
        items=items,
        start=lambda settings: settings.whole_start,
        most=lambda settings: settings.limit,
        bands=bands,
        prorate=lambda settings: settings.prorate,
        result=RESULT,
    )


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show a deputy's own year, and the years of all by grade."""
    yield Page(name="my_points", title="履职积分", shows=Points, view=my_points, who=WHO, asks=OfYear, of_person=True)
    yield Page(
        name="points_distribution",
        title="积分分布",
        shows=Distribution,
        view=points_distribution,
        who=WHO,
        asks=OfCongress,
    )
