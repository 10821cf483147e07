"""A step through the service, against the very statements that it sends, on the raw driver."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
from benchmarks.counties import LIFE, command, draft, open_home
from benchmarks.pairs import Pairs

from renda_core.services import cases
from renda_core.store.sqlite import SqliteLink, SqliteStore
from renda_core.workspace import Workspace

ROUNDS = 40
"""Cases that are moved from draft to close, one a round."""
Sent = tuple[str, str, Any]
"""``execute`` or ``executemany``, the statement, its arguments."""


@attrs.define
class Heard:
    """A connection that notes what it is sent."""

    raw: sqlite3.Connection
    sent: list[Sent]

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self.raw.in_transaction

    def execute(self, sql: str, args: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        self.sent.append(("execute", sql, args))
        return self.raw.execute(sql, args)

    def executemany(self, sql: str, rows: Sequence[Any]) -> sqlite3.Cursor:
        """Run one statement over many rows."""
        self.sent.append(("executemany", sql, rows))
        return self.raw.executemany(sql, rows)


class Listening(SqliteStore):
    """A store whose statements are heard."""

    sent: list[Sent]

    def _link(self, raw: sqlite3.Connection) -> SqliteLink:
        return SqliteLink(self.plans, self.keys, Heard(raw, self.sent))  # type: ignore[arg-type]


def lives(work: Workspace, ids: Sequence[str], after: Callable[[], None] = lambda: None) -> None:
    """Move each case from draft to close."""
    for id in ids:
        for n, step in enumerate(LIFE):
            work.do(cases.take_step, step[1], command(id, n, step))
            after()


def heard(work: Workspace, ids: Sequence[str]) -> list[list[Sent]]:
    """Move each case and note what each step sent."""
    store = work.store
    assert isinstance(store, SqliteStore)
    listening = Listening(store._path, keys=store.keys, now=store._now)
    listening.sent = []
    steps: list[list[Sent]] = []

    def note() -> None:
        steps.append(listening.sent[:])
        listening.sent.clear()

    lives(attrs.evolve(work, store=listening), ids, note)
    listening.close()
    return steps


def replay(raw: sqlite3.Connection, steps: Sequence[Sequence[Sent]]) -> None:
    """Send the same statements as plainly as the driver allows, one transaction a step."""
    for sent in steps:
        raw.execute("BEGIN IMMEDIATE")
        for how, sql, args in sent:
            if how == "execute":
                raw.execute(sql, args).fetchall()
            else:
                raw.executemany(sql, args)
        raw.execute("COMMIT")


@pytest.mark.parametrize("synchronous", ["FULL", "OFF"])  # OFF waits for no disk: what the processor does alone
def test_a_step_and_its_own_statements(versus: Pairs, told: list[str], tmp_path: Path, synchronous: str) -> None:
    with open_home(tmp_path / "ours") as work:
        ids = [draft(work).id for _ in range(ROUNDS)]
        work.close()
        assert isinstance(work.store, SqliteStore)
        for copy in ("heard", "raw"):
            shutil.copy(work.store._path, tmp_path / f"{copy}.db")  # closed, so the file is whole without its log
        store = SqliteStore(tmp_path / "heard.db", keys=work.store.keys, now=work.now)
        steps = heard(attrs.evolve(work, store=store), ids)
        store.close()
        ours = SqliteStore(work.store._path, keys=work.store.keys, now=work.now, synchronous=synchronous)
        moving = attrs.evolve(work, store=ours)
        raw = sqlite3.connect(tmp_path / "raw.db", isolation_level=None, cached_statements=1000)
        for pragma in (f"synchronous={synchronous}", "foreign_keys=ON", "secure_delete=ON"):
            raw.execute(f"PRAGMA {pragma}")
        mine, theirs = iter(ids), iter(range(0, len(steps), len(LIFE)))
        lives(moving, [next(mine)])  # what is compiled and opened at first sight
        replay(raw, steps[(at := next(theirs)) : at + len(LIFE)])
        found = versus(
            f"{len(LIFE)} steps on a case, committed with {synchronous}",
            lambda: lives(moving, [next(mine)]),
            lambda: replay(raw, steps[(at := next(theirs)) : at + len(LIFE)]),
            against="their own statements on sqlite3",
            at_most=5 if synchronous == "FULL" else None,
            rounds=ROUNDS - 1,
        )
        raw.close()
        ours.close()
        sent = [sum(len(rest) if how == "executemany" else 1 for how, _, rest in step) for step in steps[: len(LIFE)]]
        names = ", ".join(f"{step[0]} {n}" for step, n in zip(LIFE, sent, strict=True))
        each = found.ours / len(LIFE) * 1e3
        told.append(f"  a step {each:.2f} ms; statements and rows sent: {names}")
