"""When the year's report on handling is due: printed for the next session, or in a month of its own."""

import calendar
import datetime as dt
from collections.abc import Iterable

from renda_core.domain.calendar import Day
from renda_core.records import Context, DayRule, Desk
from renda_plugins.suggestion_handling.settings import Settings


async def report_days(context: Context[Settings], desk: Desk, first: dt.date, last: dt.date) -> Iterable[Day]:
    """Give the openings of sessions for which the report is printed, or the ends of the month in which it is due.

    Source: 代表法 51 (印发下一次人民代表大会会议, 向社会公开); a month of its own: 重庆 (November).
    """
    due = context.settings.report_due
    if due == "session":
        return [
            Day(on=s.opens_on, label=f"{s.title}：印发代表建议办理情况的报告", key=s.id)
            for s in await desk.sessions(first, last)
        ]
    ends = (month_end(year, due) for year in range(first.year, last.year + 1))
    return [Day(on=day, label=f"{day.year}年度代表建议办理情况的报告", why="最迟当月末") for day in ends]


def month_end(year: int, month: int) -> dt.date:
    """Give a month's last day: a rule that names the month alone leaves all of it."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def rules() -> Iterable[DayRule]:
    """Offer the rule."""
    yield DayRule(name="annual_report", title="建议办理情况报告", days=report_days)
