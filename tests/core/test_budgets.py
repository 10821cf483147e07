"""The limit of time on the code of practices: it ends what hangs, and reaches nobody else's code."""

import logging
import signal
import time

import pytest

from renda_core.domain.failing import Overrun
from renda_core.faults import Faults, log
from renda_core.services.budgets import limited

SHORT = 0.3
"""Seconds; a pause of the machine must fit in."""


def endless() -> None:
    """Never come back."""
    while True:
        pass


def test_an_alarm_reaches_nobody_else():
    rung: list[str] = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append("other"))
    try:
        with pytest.raises(Overrun):
            limited(SHORT, endless)
        assert limited(SHORT, lambda: "done") == "done"
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        signal.raise_signal(signal.SIGALRM)
        assert rung == ["other"]
    finally:
        signal.signal(signal.SIGALRM, before)


def test_an_alarm_inside_another_leaves_it_running():
    def inner() -> None:
        with pytest.raises(Overrun) as said:
            limited(SHORT, endless)
        assert said.value.seconds == SHORT
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 60

    limited(60, inner)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_alarm_that_rings_as_the_work_ends_is_no_exception_of_later_code():
    for _ in range(300):  # it rings before, at, or after the end of the work, as it happens
        try:
            limited(1e-4, lambda: sum(range(2_000)))
        except Overrun:
            continue
        finally:
            later = sum(range(1_000))
        assert later == 499_500
    sum(range(100_000))
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_alarm_waits_until_memory_is_freed():
    tidied: list[bool] = []

    class Slow:
        def __del__(self) -> None:
            end = time.monotonic() + 2 * SHORT
            while time.monotonic() < end:
                pass
            tidied.append(True)

    def work() -> None:
        Slow()
        endless()

    with pytest.raises(Overrun):
        limited(SHORT, work)
    assert tidied == [True]


def test_a_slow_log_is_not_the_fault_of_what_runs_after_it():
    heard: list[str] = []

    class Slow(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            end = time.monotonic() + 2 * SHORT
            while time.monotonic() < end:
                pass
            heard.append(record.getMessage())

    faults, slow = Faults(), Slow()

    def work() -> str:
        try:
            endless()
        except Overrun as error:
            faults.heard("tenant", "bad", "guard hangs", error)
        return "the others were asked"

    log.addHandler(slow)
    try:
        assert limited(SHORT, work) == "the others were asked"
    finally:
        log.removeHandler(slow)
    assert [line.partition(" at ")[0] for line in heard] == ["bad of tenant tenant: guard hangs took longer than 0.3 s"]


def test_no_limit_is_set_by_nought():
    assert limited(0, lambda: signal.getitimer(signal.ITIMER_REAL)) == (0.0, 0.0)
