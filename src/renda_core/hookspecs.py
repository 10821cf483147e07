"""The hooks. Each returns records, once, at start; nothing here runs during a request.

An implementation may take fewer arguments than its hook; arguments are only ever added.
The order of plugins never matters.
"""

from collections.abc import Iterable
from typing import Any

import pluggy

from renda_core.records import (
    BallotKind,
    CaseRecord,
    DayRule,
    Page,
    RecordKind,
    RecordRule,
    ScoreRule,
    Veto,
    Watch,
)

NAME = "renda"
API = 2
"""Version of the hooks; a plugin may name the one it was written for as ``RENDA_API``."""
OLDEST = 1
"""The oldest version whose plugins work unchanged."""

hookimpl = pluggy.HookimplMarker(NAME)
_hookspec = pluggy.HookspecMarker(NAME)


@_hookspec
def register_settings() -> type:  # type: ignore[empty-body]
    """Return the frozen attrs class of this plugin's settings.

    Example:
        ::

            @attrs.frozen(kw_only=True)
            class Settings:
                reply_months: int = setting(3, unit="months", source="代表法 51", title="答复期限")


            @hookimpl
            def register_settings():
                return Settings
    """


@_hookspec
def register_cases() -> Iterable[CaseRecord]:
    """Offer case kinds, or facets, steps, clocks, gates, guards, joins and veils of any kind.

    Example:
        ::

            @hookimpl
            def register_cases():
                yield Guard(kind="suggestion", step="close", name="second_round", refuse=refuse_close)
    """
    return ()


@_hookspec
def register_ballots() -> Iterable[BallotKind]:
    """Offer sorts of votes.

    Example:
        ::

            @hookimpl
            def register_ballots():
                yield BallotKind(name="group_survey", rule=group_survey)
    """
    return ()


@_hookspec
def register_records() -> Iterable[RecordKind | RecordRule | ScoreRule | Veto]:
    """Offer kinds of duty records, records that follow from steps, rules of points, and vetoes.

    Example:
        ::

            @hookimpl
            def register_records():
                yield RecordKind(name="suggestion", title="代表建议", book="proposal", unit="件")
                yield RecordRule(name="suggested", kind="suggestion", step="submit", make=records_of)
    """
    return ()


@_hookspec
def register_calendar() -> Iterable[DayRule]:
    """Offer rules that set days (日程), and whom to remind of them.

    Example:
        ::

            @hookimpl
            def register_calendar():
                yield DayRule(name="reception_day", title="代表接待日", days=fifteenths)
    """
    return ()


@_hookspec
def register_watches() -> Iterable[Watch]:
    """Offer conditions that open cases.

    Example:
        ::

            @hookimpl
            def register_watches():
                yield Watch(name="promises", kind="commitment", find=unkept)
    """
    return ()


@_hookspec
def register_pages() -> Iterable[Page]:
    """Offer read-only pages.

    Example:
        ::

            @hookimpl
            def register_pages():
                yield Page(name="satisfaction", title="满意度", shows=Satisfaction, view=satisfaction)
    """
    return ()


@_hookspec
def register_tables() -> Iterable[Any]:
    """Offer the plugin's own SQLAlchemy tables, named ``<plugin>_…``, tenant first, with a migration branch of its own.

    Example:
        ::

            @hookimpl
            def register_tables():
                yield Table("budget_watch_batch", MetaData(), *tenant_key(), Column("day", Date, primary_key=True))
    """
    return ()
