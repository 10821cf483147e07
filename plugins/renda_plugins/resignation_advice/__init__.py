"""考核与劝辞: absences from sessions and poor years become tasks for people, with the articles; no mandate is touched.

Points are management data (履职管理). A mandate ends on the grounds of 代表法 62 alone, by an announcement that people
enter as an event of the roster; this practice finds, reminds, hears and records, and ends none.

Source: 道外区 (article 004: 代表考核, 劝辞); 代表法 62(3), 63; 选举法 50, 55; 银川履职评价办法 (约谈, 连续两年).
"""

from collections.abc import Iterator

from renda_core import hookimpl
from renda_core.records import CaseRecord, Page, Watch
from renda_plugins.resignation_advice import clocks, steps
from renda_plugins.resignation_advice.absences import absences
from renda_plugins.resignation_advice.matter import KIND
from renda_plugins.resignation_advice.register import Register, register
from renda_plugins.resignation_advice.settings import Settings
from renda_plugins.resignation_advice.years import poor_years


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer the kind, its steps and its clocks."""
    yield from steps.records()
    yield from clocks.records()


@hookimpl
def register_watches() -> Iterator[Watch]:
    """Look for sessions missed without approval and for poor years, and for cases that rest on nothing any more."""
    yield Watch(name="session_absences", kind=KIND, find=absences, lapse="lapse")
    yield Watch(name="poor_years", kind=KIND, find=poor_years, lapse="lapse")


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show the register to those who work on it and who oversee it, and to nobody else."""
    yield Page(
        name="advice_register",
        title="履职提醒约谈台账",
        shows=Register,
        view=register,
        who="office credentials overseer",
    )
