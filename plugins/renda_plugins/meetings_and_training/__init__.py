"""会议、列席与培训: meetings, invitations to sit in, training and other activities, from plan to roll.

Source: 代表法 8, 13 (attendance and leave), 26-34 (activities, sitting in), 47 (training); 咸宁 (article 003: 216 and
300 person-times, a list of duties); 道外 (article 004: sessions, group activities, training).
"""

from collections.abc import Iterator

from renda_core import hookimpl
from renda_core.records import CaseRecord, Page, RecordKind, RecordRule, Watch
from renda_plugins.meetings_and_training import duty_list, events, participation
from renda_plugins.meetings_and_training.settings import Settings


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer the kind."""
    yield from events.cases()


@hookimpl
def register_records() -> Iterator[RecordKind | RecordRule]:
    """Offer kinds of records, and the records that follow from a roll."""
    yield from events.records()


@hookimpl
def register_watches() -> Iterator[Watch]:
    """Plan the sessions that the roster names."""
    yield from events.watches()


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show who took part in what, and what is done of the list of duties."""
    yield from participation.pages()
    yield from duty_list.pages()
