"""固定接待日: on a fixed day of the month, or of the week, deputies receive voters at every home and station.

Source: 咸宁 (article 003): 固定每月15日代表定期接待选民日活动.
"""

from collections.abc import Iterator

from renda_core import hookimpl
from renda_core.domain.receiving import Asked, Listed
from renda_core.records import DayRule, Page
from renda_plugins.fixed_day_reception import days
from renda_plugins.fixed_day_reception.settings import Settings

READERS = "office deputy station director overseer public"
"""Who finds the days in a list or a calendar: they hang on the notice board."""


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_calendar() -> Iterator[DayRule]:
    """Set the days."""
    yield DayRule(name="fixed_day", title="代表接待日", days=days.fixed_days, who=READERS)


@hookimpl
def register_pages() -> Iterator[Page]:
    """List the days with their hours, deputies and notices."""
    yield Page(name="reception_days", title="接待日安排", shows=Listed, view=days.page, asks=Asked, who="office deputy")
