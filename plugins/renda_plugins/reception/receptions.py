"""接待活动: a reception of voters from its plan and notice to its register and its end."""

from collections.abc import Iterator

from renda_core.records import CaseRecord, Page, RecordRule, Watch


def cases() -> Iterator[CaseRecord]:
    """Offer the kind ``reception`` with its steps, clocks and veils."""
    yield from ()


def records() -> Iterator[RecordRule]:
    """Offer the duty record of every deputy who received."""
    yield from ()


def watches() -> Iterator[Watch]:
    """Open receptions ahead of the days that rules set."""
    yield from ()


def pages() -> Iterator[Page]:
    """Show the receptions of a period, and which deputies lack fixed voters."""
    yield from ()
