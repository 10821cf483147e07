"""The reminder: told to every deputy of the congress that meets, once for each session."""

import datetime as dt
from collections.abc import Iterable

from renda_core.domain.calendar import Calendar, Day, Period
from renda_core.records import Context, Desk, SessionDay
from renda_plugins.proposal_preparation.settings import Settings


async def before_sessions(context: Context[Settings], desk: Desk, first: dt.date, last: dt.date) -> Iterable[Day]:
    """Give the openings of sessions, each with its congress's deputies of today to remind."""
    if context.settings.remind_before.n <= 0:
        return ()
    found = []
    for session in await desk.sessions(first, last):
        notice = notice_day(context.calendar, session.opens_on, context.settings.remind_before)
        # Until the day has come nobody need be known: who is elected meanwhile is reminded too.
        due = notice <= context.today <= session.opens_on
        deputies = await desk.deputies(context.today, congress=session.congress) if due else ()
        found.append(reminded(context.settings, session, notice, deputies))
    return found


def notice_day(calendar: Calendar, opens_on: dt.date, before: Period) -> dt.date:
    """Count back from the opening: the corresponding day, else the month's last; not moved off a day of rest.

    A limit that counts back must not fall later, and nobody has to work on the day. Source: 民法典 202, by analogy.
    """
    return calendar.add(opens_on, Period(-before.n, before.unit), first=False)


def reminded(settings: Settings, session: SessionDay, notice: dt.date, deputies: Iterable[str]) -> Day:
    """Make the day of one session; its matter is the session, so that a session put off is not told of again."""
    return Day(
        on=session.opens_on,
        label=f"{session.title}将于 {session.opens_on} 召开，请准备代表建议",
        notice_by=notice,
        key=session.id,
        audience=tuple(deputies),
        text=settings.reminder,
    )
