"""代表建议办理: from a deputy's first word to a reply that satisfies, as the law has it.

The kinds ``suggestion``, ``commitment`` (承诺事项) and ``motion`` (议案), with their clocks, veils and reports.

Source: 代表法 (2025) 51, 52; 组织法 42; windows that the law leaves open after 重庆市 (2018) 13, 16, 18, 20, 27-29.
"""

from collections.abc import Iterator

from renda_core import hookimpl
from renda_core.records import CaseRecord, DayRule, Page, RecordKind, RecordRule, Watch
from renda_plugins.suggestion_handling import (
    calendar,
    clocks,
    commitments,
    delivery,
    handling,
    intake,
    keys,
    motions,
    settings,
)
from renda_plugins.suggestion_handling.reports import Satisfaction, satisfaction


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return settings.Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer the three kinds."""
    yield from intake.records()
    yield from handling.records()
    yield from clocks.records()
    yield from delivery.records()
    yield from keys.records()
    yield from commitments.records()
    yield from motions.records()


@hookimpl
def register_records() -> Iterator[RecordKind | RecordRule]:
    """Count an accepted suggestion for each of its signers."""
    yield RecordKind(
        name="suggestion",
        title="代表建议",
        book="proposal",
        unit="件",
        measures={"lead": "领衔", "excellent": "优秀建议"},
        signs="lead excellent",
    )
    yield RecordRule(name="suggested", kind="suggestion", step="accept", make=intake.duty_records)


@hookimpl
def register_calendar() -> Iterator[DayRule]:
    """Say when the year's report is due."""
    yield from calendar.rules()


@hookimpl
def register_watches() -> Iterator[Watch]:
    """Look for promises inside replies."""
    yield Watch(name="promise", kind="commitment", find=commitments.promised)


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show how content the deputies are."""
    yield Page(name="satisfaction", title="代表满意度", shows=Satisfaction, view=satisfaction)
    yield Page(name="undelivered", title="答复待送达", shows=delivery.Undelivered, view=delivery.undelivered)
