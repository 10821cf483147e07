"""Every change has its entry, and every entry says who, by which rule: everything is done once, and looked at."""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from renda_core.services import contents, dates, jobs, journal, notices, witness
from renda_core.store.sqlite import SqliteStore

from .asking import ORDER, send
from .conftest import IDS, quiet_open
from .prepared import furnish

if TYPE_CHECKING:
    from .conftest import Site

ROOT = Path(__file__).parents[2]
CODE = [path for room in ("src", "server", "plugins") for path in sorted((ROOT / room).rglob("*.py"))]
WITHOUT = {
    "ballots/casting.py": "the cast of a paper, whose time nothing may keep",
    "services/requests.py": "the answer that is kept for a request that may come twice",
    "services/tries.py": "the count of wrong tries, and its forgetting",
    "accounts/tickets.py": "what is shown once: an invitation, a challenge; what it opens has its entry",
    "accounts/entering.py": "sessions that are over, and a password hashed anew without being another",
    "accounts/second.py": "which one-time code was used last",
    "renda_server/identity.py": "when a session was last seen",
    "hosting/acts.py": "the directory beside the entry of the tenant's own journal",
    "hosting/telling.py": "up to where the tenant's own journal knows of what the directory says",
    "hosting/founding.py": "the directory as it is made",
    "events/delivering.py": "how far another system has been told of events, and those that everybody knows",
    "moving/fencing.py": "the mark of a tenant that is being moved, which is not its own data",
}
"""Modules that change something without an entry, each with its reason; nothing else may."""
UNTOLD = {
    "request_key",
    "guess",
    "ticket",
    "access",
    "account",
    "ballot_sheet",
    "ballot_roll",
    "ballot_named",
    "directory",
    "receiver",
    "outbox",
}
"""Tables that such changes touch, and that no other table may join."""
CHANGE = re.compile(r"^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
JOBS = frozenset(found for path in CODE for found in re.findall(r"[\"'](job:[a-z_]+)[\"']", path.read_text("utf-8")))
"""The names of jobs, as the code has them."""


class Watched:
    """Hears every statement of every writer, and puts together what one transaction changed."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.transactions: list[set[str]] = []
        opened = SqliteStore._open

        def listening(store: SqliteStore, role: str) -> Any:
            raw = opened(store, role)
            if role == "writer":
                held: list[set[str]] = [set()]
                raw.set_trace_callback(lambda sql: self._hear(held, sql))
            return raw

        patch.setattr(SqliteStore, "_open", listening)

    def _hear(self, held: list[set[str]], sql: str) -> None:
        word = sql.split(None, 1)[0].upper()
        if word == "BEGIN":
            held[0] = set()
        elif word == "COMMIT":
            self.transactions.append(held[0])
        elif found := CHANGE.match(sql):
            held[0].add(found[1])


@pytest.fixture
def done(site: Site, monkeypatch: pytest.MonkeyPatch) -> tuple[Site, Watched]:
    """A county where every operation was asked for once, and every job was run."""
    watched = Watched(monkeypatch)
    ids = furnish(site)
    for name in ORDER:
        answer, _ = send(site, name, ids)
        assert answer.status_code < 500, (name, answer.text)
    with site.open() as county, quiet_open(site.home, "bai") as city:
        store, tenant = county.store, county.tenant
        store.run(jobs.sweep(store, tenant))
        store.run(store.write(jobs.look, tenant.id, jobs.WATCH, tenant))
        store.run(dates.redate(store, tenant))
        store.run(notices.remind(store, tenant))
        contents.wait(
            store, contents.sweep(store, site.app.state.files, tenant, dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
        )
        store.run(witness.carry(store, tenant.id, city.store, city.file.id, "city"))
    return site, watched


def test_every_change_has_its_entry_and_every_entry_says_who(done: tuple[Site, Watched]) -> None:
    site, watched = done
    untold = Counter(table for changed in watched.transactions if "journal" not in changed for table in changed)
    assert set(untold) <= UNTOLD, untold
    assert sum("journal" in changed for changed in watched.transactions) > 50
    whats: Counter[str] = Counter()
    for code in IDS:
        with site.open(code) as county:
            assert county.read(journal.verify).whole
            entries = [json.loads(line.entry) for line in county.read(journal.entries, size=10_000)]
        for entry in entries:
            assert entry["actor"] in JOBS or UUID(entry["actor"]), entry
            assert dt.datetime.fromisoformat(entry["at"]).tzinfo is not None, entry
            assert entry["what"], entry
            assert entry["on"], entry
            assert isinstance(entry["version"], int), entry
            assert entry["rule"] or entry["what"].startswith("test."), entry
            whats[entry["what"]] += 1
    assert {"file.added", "file.erased", "witness.taken", "import.received", "suggestion.erased"} <= whats.keys(), whats
    assert len(whats) > 30, whats


def test_nothing_else_changes_anything_without_an_entry() -> None:
    """The store refuses a change without an entry; the one way past it is used where the table above says."""
    found = set()
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "write_unrecorded":
                found.add("/".join(path.parts[-2:]))
    assert found == WITHOUT.keys()


def test_every_actor_that_the_code_makes_has_a_name() -> None:
    """``Actor(id=…)`` is given somebody's id, or the name of a job that is known."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Actor":
                given = {word.arg: word.value for word in node.keywords}
                assert "id" in given, f"{path}:{node.lineno}"
                if isinstance(given["id"], ast.Constant):
                    assert given["id"].value in JOBS or UUID(given["id"].value), f"{path}:{node.lineno}"
