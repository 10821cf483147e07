"""五星级代表: stars for a deputy's year, by points or one for each of five sides; vetoes withhold and say why.

Source: 沧县 (article 000: 利用“代表之家”开展“五星级人大代表”评选; its scheme is not public, so that every figure is U);
个人信息保护法 24. Management data: private, never a ranking, and no mandate moves by it.
"""

from collections.abc import Iterator

from renda_core import hookimpl
from renda_core.records import Page, RecordKind, Veto
from renda_plugins.five_star_ratings import vetoes
from renda_plugins.five_star_ratings.pages import (
    MyStars,
    OfCongress,
    OfYear,
    StarsDistribution,
    my_stars,
    stars_distribution,
)
from renda_plugins.five_star_ratings.settings import Settings
from renda_plugins.five_star_ratings.stars import TITLES

WHO = "office overseer"
"""Who looks beside the deputy: whoever checks records and decides appeals."""


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_records() -> Iterator[RecordKind | Veto]:
    """Offer the vetoes, and the kind of record of a discipline, which nobody else enters."""
    yield RecordKind(name=vetoes.DISCIPLINE, title=TITLES["discipline"], book="", own=False, private=True)
    yield from vetoes.records()


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show a deputy's own stars, and how many have how many."""
    yield Page(
        name="my_stars", title="五星级代表评定", shows=MyStars, view=my_stars, who=WHO, asks=OfYear, of_person=True
    )
    yield Page(
        name="stars_distribution",
        title="星级分布",
        shows=StarsDistribution,
        view=stars_distribution,
        who=WHO,
        asks=OfCongress,
    )
