"""接待选民: receptions of voters from plan to register, and what voters say there, sorted, answered and told back.

Source: 咸宁 (article 003: 5,440 received, 5,045 done; 形成闭环); 沧州 (article 000: 接待日、访民日); the branches and
the refusal that names the right channel after 漯河; 代表法 31 (a deputy settles no matter directly: there of
inspections, here by analogy).
"""

from collections.abc import Iterator

from renda_core import hookimpl
from renda_core.records import CaseRecord, Page, RecordKind, RecordRule, Watch
from renda_plugins.reception import opinion_pages, opinion_ratings, opinion_steps, receptions, settings


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return settings.Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer the two kinds."""
    yield from opinion_steps.cases()
    yield from receptions.cases()


@hookimpl
def register_records() -> Iterator[RecordKind | RecordRule]:
    """Record what deputies heard, and where they received."""
    yield from opinion_steps.records()
    yield from receptions.records()


@hookimpl
def register_watches() -> Iterator[Watch]:
    """Open receptions ahead of their days."""
    yield from receptions.watches()


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show what came of opinions and of receptions."""
    yield from opinion_pages.pages()
    yield from opinion_ratings.pages()
    yield from receptions.pages()
