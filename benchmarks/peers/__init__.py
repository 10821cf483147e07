"""The libraries that counting is compared with, in an environment of their own: ``.venv/peers``, made by make.

How to run code there: write a function into a file of this folder, e.g. ``approval.py``, import nothing of ours in it,
and ask for it from the main environment. It runs in one process that lives as long as the ``with``; arguments and
answer travel as JSON, and its seconds are measured inside that process, so the way there costs nothing::

    from benchmarks.peers import Peers

    with Peers() as peers:  # installs the environment first where it is missing, in about a minute
        peers.ask("approval.load", path="ballots.json", subjects=64)
        said = peers.ask("approval.abcvoting")
        said.answer, said.seconds
"""

from __future__ import annotations

import fcntl
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv" / "peers" / "bin" / "python"


@attrs.frozen(kw_only=True)
class Said:
    """What a function of the peers' process answered, how long it took there, and how much of that on a processor."""

    answer: Any
    seconds: float
    processor: float


def told(ask: Callable[[], Said], times: int) -> float:
    """Give the seconds for which some answers kept the peers' process busy; a clock for ``Pairs``."""
    return sum(ask().processor for _ in range(times))


class PeerFailed(Exception):
    """A function of the peers' process raised; the message is its traceback."""


def install() -> Path:
    """Make the peers' environment where it is missing or older than its lock; give its Python."""
    with (ROOT / "benchmarks" / "peers.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of several test workers makes it, the others wait
        subprocess.run(["make", "--silent", ".venv/.peers"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S607
    return PYTHON


class Peers:
    """One process of the peers' Python, which answers one question after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own file, by the peers' own Python
            [install(), "-I", "-W", "ignore", Path(__file__).with_name("answering.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Peers:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            pass  # its input is shut, so it ends

    def ask(self, function: str, /, **arguments: Any) -> Said:
        """Call ``<file of this folder>.<function>`` with JSON arguments.

        Raises:
            PeerFailed: The function raised, or its process ended.
        """
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps({"function": function, "arguments": arguments}), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        told: dict[str, Any] = json.loads(line) if line else {"failed": "the peers' process ended"}
        if "failed" in told:
            raise PeerFailed(told["failed"])
        return Said(answer=told["answer"], seconds=told["seconds"], processor=told["processor"])
