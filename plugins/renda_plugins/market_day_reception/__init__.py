"""赶集日接待: deputies receive voters on rural market days, lunar or not, as each station's market has it.

Source: 沧州 (article 000): 利用农村群众“赶集”比较集中的特点，建立“赶集日”接待群众制度.
"""

from collections.abc import Iterator

from renda_core import hookimpl
from renda_core.domain.receiving import Asked, Listed
from renda_core.records import DayRule, Page
from renda_plugins.market_day_reception import days
from renda_plugins.market_day_reception.settings import Settings

READERS = "office deputy station director overseer public"
"""Who finds the days in a list or a calendar: they hang on the notice board."""


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_calendar() -> Iterator[DayRule]:
    """Set the days."""
    yield DayRule(name="market_day", title="赶集日接待", days=days.market_days, who=READERS)


@hookimpl
def register_pages() -> Iterator[Page]:
    """List the days with their hours, deputies and notices."""
    yield Page(
        name="market_days", title="赶集日接待安排", shows=Listed, view=days.page, asks=Asked, who="office deputy"
    )
