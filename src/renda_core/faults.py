"""The account of practices whose code failed while the system ran: how often, what last, and when.

It is kept in the process alone and begins anew with it; the log keeps what happened before.
"""

import datetime as dt
import logging
import signal
import threading
import traceback
from collections.abc import Mapping

import attrs

from renda_core.domain.failing import why

log = logging.getLogger("renda.plugins")
MOST = 10_000
"""Accounts kept, so that a server of many tenants cannot be filled by them; the log has them all."""
DEEPEST = 4
"""Frames that a line of the log names, the innermost first."""


@attrs.frozen(kw_only=True)
class Fault:
    """What is held against one practice.

    Attributes:
        times: How often its code failed since the process started.
        what: Which part of it failed last, and how, e.g. ``"guard second_round failed: KeyError"``.
        at: When that was.
    """

    times: int
    what: str
    at: dt.datetime

    def __str__(self) -> str:
        times = "once" if self.times == 1 else f"{self.times} times"
        return f"failed {times} since the start, last at {self.at:%Y-%m-%d %H:%M} UTC: {self.what}"


class Faults:
    """Counts failures by tenant and plugin; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[tuple[str, str], Fault] = {}

    def heard(self, tenant: str, plugin: str, what: str, error: BaseException) -> None:
        """Count one failure and log it; neither its message nor any value is kept, since both may be personal.

        Raises:
            KeyboardInterrupt: It was no failure of the practice: somebody asked the process to end.
        """
        if _from_a_person(error):
            raise error
        told = f"{what} {why(error)}"
        with self._lock:
            had = self._held.get((tenant, plugin))
            if had or len(self._held) < MOST:
                now = dt.datetime.now(dt.UTC)
                self._held[tenant, plugin] = Fault(times=had.times + 1 if had else 1, what=told, at=now)
        # Not extract_tb: that reads the source of every frame, and this runs within the time lent to the practice.
        frames = list(traceback.walk_tb(error.__traceback__))[-DEEPEST:]
        where = " < ".join(f"{f.f_code.co_filename}:{line} {f.f_code.co_name}" for f, line in reversed(frames))
        log.error("%s of tenant %s: %s at %s", plugin, tenant, told, where or "its result")

    def of(self, tenant: str) -> Mapping[str, Fault]:
        """Give what is held against each plugin in one tenant, by name."""
        with self._lock:
            return {plugin: fault for (of, plugin), fault in sorted(self._held.items()) if of == tenant}


def _from_a_person(error: BaseException) -> bool:
    """Tell whether somebody pressed Ctrl-C or ended the command, which no practice may turn into a mere refusal.

    A server takes the signals over, so there it can only be the practice's own doing.
    """
    if not isinstance(error, KeyboardInterrupt) or threading.current_thread() is not threading.main_thread():
        return False
    return signal.getsignal(signal.SIGINT) is signal.default_int_handler
