"""The market days of every station that has a market and is open, and the page that lists them."""

import datetime as dt
from collections.abc import Callable

from renda_core.domain.calendar import Day
from renda_core.domain.receiving import Asked, Listed, Plan, days_of, page_of
from renda_core.records import Context, Desk, StationOn
from renda_plugins.market_day_reception.settings import Settings


async def market_days(context: Context[Settings], desk: Desk, first: dt.date, last: dt.date) -> list[Day]:
    """Give the market days of every station, with the deputies who are bound to it on that day."""
    return await days_of(desk, context.calendar, plans(context.settings), first, last)


async def page(context: Context[Settings], desk: Desk, asked: Asked) -> Listed:
    """List the market days of a span, of one station or of all."""
    codes = [code for market in context.settings.markets for code in market.stations]
    return await page_of(desk, context.calendar, plans(context.settings), asked.span(context.today), asked, codes)


def plans(settings: Settings) -> Callable[[StationOn], Plan | None]:
    """Say by which plan a station goes: that of its market, if it has one."""
    held = {code: settings.plan(market) for market in settings.markets for code in market.stations}
    return lambda station: held.get(station.code)
