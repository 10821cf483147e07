"""轮流坐班: deputies in groups sit in turn at the deputies' home; an empty group shows 缺岗, and nobody moves silently.

Source: 沧州 (article 000: 将人大代表划分成若干个代表小组, 安排小组成员轮流在代表之家定点办公, 接待群众).
"""

from collections.abc import Iterator

from renda_core import hookimpl
from renda_core.records import CaseRecord, DayRule, Page, Watch
from renda_plugins.rota_duty import days, page, steps
from renda_plugins.rota_duty.settings import Settings
from renda_plugins.rota_duty.swap import SWAP


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer swaps and leaves."""
    yield from steps.records()


@hookimpl
def register_calendar() -> Iterator[DayRule]:
    """Give every shift as a day of its station; voters find it too."""
    yield DayRule(name="rota", title="轮流坐班", days=days.days, who="office deputy station director overseer public")


@hookimpl
def register_watches() -> Iterator[Watch]:
    """Tell the office of every shift that nobody can sit, as a case that asks for who sits instead."""
    yield Watch(name="vacant_shift", kind=SWAP, find=days.vacancies)


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show the rota, and how fair it is."""
    yield Page(
        name="rota",
        title="轮流坐班表",
        shows=page.RotaPage,
        view=page.page,
        asks=page.Asked,
        who="office deputy station director overseer",
    )
