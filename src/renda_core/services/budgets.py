"""How long the code of practices may take: what takes longer is cut off, or where that cannot be, named afterwards.

On the main thread of a Unix process an alarm ends an endless loop and a sleep alike. Other threads, and Windows, have
no such alarm: there the time is measured, and what overran is refused when it comes back at last.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

from renda_core.domain.failing import Overrun
from renda_core.faults import Faults

T = TypeVar("T")
STEP = 2.0
"""Seconds for all guards, clock rules and effects of one step: they look at one case in memory, which takes
microseconds, and meanwhile nobody else is served."""
LOOK = 2.0
"""Seconds for all veils of one case."""
RECORDS = 2.0
"""Seconds for one record rule on one step."""
RULE = 2.0
"""Seconds for the rule of one ballot, or for one body or payload to be made of what was handed in."""
STRETCH = 10.0
"""Seconds between two questions to the store of a page, watch or rule of days, which may count a whole year's cases."""
AGAIN = 0.01
"""Seconds after which an alarm rings again that came while memory was being freed."""


class _Alarm:
    """What the timer rings; deaf as soon as the work is done, so that it never reaches anybody else's code."""

    __slots__ = ("hears", "seconds")

    def __init__(self, seconds: float) -> None:
        self.hears, self.seconds = False, seconds

    def __call__(self, _: int, frame: FrameType | None) -> None:
        if not self.hears:
            return
        if _within(frame, _tidies):
            signal.setitimer(signal.ITIMER_REAL, AGAIN, self.seconds)
        elif _within(frame, _notes):
            signal.setitimer(signal.ITIMER_REAL, self.seconds, self.seconds)
        else:
            raise Overrun(self.seconds)


def _within(frame: FrameType | None, does: Callable[[FrameType], bool]) -> bool:
    """Tell whether what the alarm cut into does so, itself or for whoever asked it to."""
    while frame is not None and frame.f_code is not limited.__code__:
        if does(frame):
            return True
        frame = frame.f_back
    return False


def _tidies(frame: FrameType) -> bool:
    """Tell whether memory is just being freed: that is anybody's code, and what it raises is heard by nobody."""
    return frame.f_code.co_name == "__del__" or frame.f_globals.get("__name__") in ("weakref", "_weakrefset")


def _notes(frame: FrameType) -> bool:
    """Tell whether a failure is just being put to account: a slow log is not the fault of what runs after it."""
    return frame.f_code is Faults.heard.__code__


def limited(seconds: float, work: Callable[[], T]) -> T:
    """Do some work within so many seconds; 0 sets no limit, e.g. under a debugger.

    Raises:
        Overrun: It took longer. What it did until then stands, so give it work that only computes.
    """
    if not seconds:
        return work()
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        return _measured(seconds, work)
    alarm = _Alarm(seconds)
    before = signal.signal(signal.SIGALRM, alarm)
    # It rings again, for code that swallowed the first, or was not yet heard.
    began, others = time.monotonic(), signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        try:
            alarm.hears = True
            return work()
        finally:
            alarm.hears = False
    except Overrun:
        alarm.hears = False  # it rang between the end of the work and the line above
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if others[0]:  # somebody else's alarm, which goes on
            signal.setitimer(signal.ITIMER_REAL, max(others[0] - (time.monotonic() - began), 1e-6), others[1])


def _measured(seconds: float, work: Callable[[], T]) -> T:
    began = time.monotonic()
    done = work()
    if time.monotonic() - began > seconds:
        raise Overrun(seconds)
    return done
