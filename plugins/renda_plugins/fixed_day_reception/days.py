"""The fixed days of every station that is open, and the page that lists them."""

import datetime as dt
from collections.abc import Callable

from renda_core.domain.calendar import Day
from renda_core.domain.receiving import Asked, Listed, Plan, days_of, page_of
from renda_core.records import Context, Desk, StationOn
from renda_plugins.fixed_day_reception.settings import Settings


async def fixed_days(context: Context[Settings], desk: Desk, first: dt.date, last: dt.date) -> list[Day]:
    """Give the fixed days of every station, with the deputies who are bound to it on that day."""
    return await days_of(desk, context.calendar, plans(context.settings), first, last)


async def page(context: Context[Settings], desk: Desk, asked: Asked) -> Listed:
    """List the fixed days of a span, of one station or of all."""
    codes = [code for own in context.settings.own for code in own.stations]
    return await page_of(desk, context.calendar, plans(context.settings), asked.span(context.today), asked, codes)


def plans(settings: Settings) -> Callable[[StationOn], Plan | None]:
    """Say by which plan a station goes: its own, or that of all stations of its kind."""
    common = settings.plan()
    own = {code: settings.plan(one) for one in settings.own for code in one.stations}

    def plan_of(station: StationOn) -> Plan | None:
        if station.code in own:
            return own[station.code]
        return common if station.kind in settings.kinds else None

    return plan_of
