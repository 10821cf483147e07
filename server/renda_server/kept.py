"""Answers that are the same for everybody: put together once a minute, however many people look."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

import attrs

T = TypeVar("T")
FOR = 60.0
"""Seconds for which an answer holds. U: a notice board may be a minute old."""
MOST = 5_000
"""Answers that are kept at once: the boards of a province's stations."""


@attrs.define
class _Answer:
    """An answer, what it rests on, and until when it holds; whoever comes meanwhile waits for it."""

    rests: tuple[object, ...] = ()
    until: float = float("-inf")
    value: Any = None
    lock: asyncio.Lock = attrs.Factory(asyncio.Lock)


class Kept:
    """Keeps answers in this process's memory."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._held = now, dict[Hashable, _Answer]()

    async def get(self, key: Hashable, rests: tuple[object, ...], work: Callable[[], Awaitable[T]]) -> T:
        """Give the answer that is kept, or work it out; an error is nobody's answer but the asker's.

        Args:
            rests: What the answer rests on, such as a configuration: another object there, and it holds no longer.
        """
        if key not in self._held and len(self._held) >= MOST:
            self._held.clear()
        held = self._held.setdefault(key, _Answer())
        async with held.lock:
            same = len(held.rests) == len(rests) and all(one is two for one, two in zip(held.rests, rests, strict=True))
            if not same or self._now() >= held.until:
                try:
                    held.value = await work()
                except BaseException:
                    self._held.pop(key, None)
                    raise
                held.rests, held.until = rests, self._now() + FOR
            value: T = held.value
            return value
