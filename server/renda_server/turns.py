"""Turns: how much one tenant may ask for at once, so that its flood leaves the others alone.

Whoever asks too fast is told when to come again, and whoever has too much under way waits; neither takes a connection.
Each process counts for itself.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType

import attrs

from renda_core.errors import TooMany

AT_ONCE = 6
"""Requests of one tenant that run at once. U: of ten connections of a process four stay for the others."""
WAITING = 1_000
"""Requests of one tenant that may wait. U: the members of any county's congress, all in the same second."""
RATE, BURST = 500.0, 5_000
"""Requests a second that one tenant may go on asking, and how many it may ask in one moment. U: about half of what one
process answers; and a whole congress that opens its pages and votes."""
SOON = 1


@attrs.define
class _Lane:
    """What one tenant has under way: *due* is the moment until which its rate is used up."""

    running: int = 0
    waiting: deque[asyncio.Future[None]] = attrs.Factory(deque)
    due: float = 0.0


class Turns:
    """Gives each tenant its turns."""

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        rate: float = RATE,
        burst: int = BURST,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._at_once, self._most, self._each, self._now = at_once, waiting, 1 / rate, now
        self._ahead = burst / rate
        self._lanes: dict[str, _Lane] = {}

    def of(self, tenant: str) -> Turn:
        """Give a turn of a tenant, to be used by ``async with``."""
        return Turn(self, tenant)

    async def take(self, tenant: str) -> None:
        """Wait for a turn.

        Raises:
            TooMany: The tenant asked too often, or has too much waiting.
        """
        now = self._now()
        if (lane := self._lanes.get(tenant)) is None:
            lane = self._lanes[tenant] = _Lane()
        due = max(lane.due, now) + self._each
        if due - now > self._ahead:
            told = math.ceil(due - now - self._ahead) or SOON
            raise TooMany("this office asks too often; nothing was done", retry_after=told)
        if lane.running < self._at_once:
            lane.due, lane.running = due, lane.running + 1
            return
        if len(lane.waiting) >= self._most:
            raise TooMany("too much of this office is under way; nothing was done", retry_after=SOON)
        lane.due = due
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        lane.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # its turn had come already: it goes to the next one
                self.give(tenant)
            raise

    def give(self, tenant: str) -> None:
        """Give a turn back; the next one who waits has it."""
        lane = self._lanes[tenant]
        while lane.waiting:
            turn = lane.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        lane.running -= 1
        if not lane.running and lane.due <= self._now():
            del self._lanes[tenant]


class Turn:
    """One turn of one tenant."""

    __slots__ = ("_tenant", "_turns")

    def __init__(self, turns: Turns, tenant: str) -> None:
        self._turns, self._tenant = turns, tenant

    async def __aenter__(self) -> None:
        await self._turns.take(self._tenant)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turns.give(self._tenant)
