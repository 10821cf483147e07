"""察、调、提、改: deputies are reminded a month before the session, and a suggestion is prepared in four steps.

The deputies visit those who elected them (察), study what is common in what they hear (调), put forward policy and
measures (提); the deputies' work office (代工委) and the departments concerned say what to revise (改).

Source: 咸宁 (article 003): 坚持“察、调、提、改”四步法, 每年市人大会议前一个月, 点对点对代表下发提醒.
"""

from collections.abc import Iterator

from renda_core import hookimpl
from renda_core.records import CaseRecord, DayRule
from renda_plugins.proposal_preparation import reminder, steps
from renda_plugins.proposal_preparation.settings import Settings


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_calendar() -> Iterator[DayRule]:
    """Remind every deputy before the session."""
    yield DayRule(name="prepare_suggestions", title="会前准备代表建议", days=reminder.before_sessions)


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer the four steps of a draft."""
    yield from steps.records()
