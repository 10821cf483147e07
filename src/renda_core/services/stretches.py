"""What the roster answers of a span of days, asked once for each stretch in which the answer stays the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from renda_core.domain.calendar import DAY
from renda_core.domain.mandates import Mandate
from renda_core.store.bodies import HELD, TurnRow
from renda_core.store.codec import decode
from renda_core.store.unit import Reader

T = TypeVar("T")


async def stretches(
    reader: Reader, ask: Callable[[dt.date], Awaitable[T]], turns: Iterable[TurnRow], first: dt.date, last: dt.date
) -> list[tuple[dt.date, dt.date, T]]:
    """Give the answers of a span of days without a gap, each with its first and its last day.

    Args:
        ask: Answers for one day.
        turns: The days on which rows begin or end; the days on which mandates are suspended or taken up again are
            found here, for only their own history tells them.
    """
    days = {row.day for row in turns}
    for row in await reader.all(HELD, first=first, last=last):
        days |= {event.on for event in decode(row.document, Mandate).history if first < event.on <= last}
    begins = [first, *sorted(days)]
    found = list[tuple[dt.date, dt.date, T]]()
    for since, until in zip(begins, [*(day - DAY for day in begins[1:]), last], strict=True):
        here = await ask(since)
        if found and found[-1][2] == here:
            found[-1] = (found[-1][0], until, here)
        else:
            found.append((since, until, here))
    return found
