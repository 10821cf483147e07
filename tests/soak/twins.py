"""One tenant on both back ends, and what each of them holds, told so that the two can be compared."""
# ruff: noqa: S608 - the tables are our own

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from tests.store.canaries import NAMES, PLACE

from renda_core.services import journal
from renda_core.store.cases import load
from renda_core.store.codec import encode
from renda_core.testing import Bench

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
"""An id that the application made: each back end has its own."""
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
"""A hash over rows in which such ids stand."""


class Twin:
    """One tenant, twice: on SQLite, and on PostgreSQL."""

    def __init__(self, pair: list[Bench], path: Path, chief: Any) -> None:
        self.pair = pair
        self.cases: list[tuple[str, str]] = []
        self.ballots: list[Any] = []
        self._path, self._chief = path, chief

    def id_for(self, what: str) -> str:
        """Give an id of this tenant, the same on both."""
        return str(uuid5(PLACE, f"{self.pair[0].file.id} {what}"))

    def told(self, text: str, which: int) -> str:
        """Replace the ids that each back end made by which of them they are."""
        known = {pair[which]: f"case {n}" for n, pair in enumerate(self.cases)}
        known |= {held[0][which].id: f"ballot {n}" for n, held in enumerate(self.ballots)}
        return DIGEST.sub("hash", ID.sub(lambda found: known.get(found[0], "?"), text))

    def rows(self) -> tuple[str, str]:
        """Give a hash over all that each back end holds of this tenant."""
        tenant = UUID(self.pair[0].file.id)
        raw = sqlite3.connect(self._path)
        here = [raw.execute(f"SELECT * FROM {n} WHERE tenant_id = ?", [tenant.bytes]).fetchall() for n in NAMES]
        raw.close()
        asked = " UNION ALL ".join(f"SELECT '{n}', x::text FROM {n} x WHERE tenant_id = '{tenant}'" for n in NAMES)
        there = self._chief.execute(asked).fetchall()
        return tuple(hashlib.sha256(repr(sorted(rows, key=repr)).encode()).hexdigest() for rows in (here, there))  # type: ignore[return-value]

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """Count the rows of every table on both."""
        tenant = UUID(self.pair[0].file.id)
        raw = sqlite3.connect(self._path)
        sql = " UNION ALL ".join(f"SELECT '{n}', count(*) FROM {n} WHERE tenant_id = {{}}" for n in NAMES)
        here = dict(raw.execute(sql.format(*[f"x'{tenant.hex}'"] * len(NAMES))).fetchall())
        raw.close()
        there = dict(self._chief.execute(sql.format(*[f"'{tenant}'"] * len(NAMES))).fetchall())
        return here, there

    def compare(self) -> None:
        """Compare all that both hold: rows, cases, journal and outbox."""
        here, there = self.counts()
        assert here == there
        for n, ids in enumerate(self.cases):
            one, other = (self._case(which, id) for which, id in enumerate(ids))
            assert one == other, f"case {n}"
        one, other = (self._journal(which) for which in (0, 1))
        assert one == other
        assert here["journal"] == len(one)
        one, other = self._events()
        assert one == other

    def _case(self, which: int, id: str) -> Any:
        bench = self.pair[which]
        return self.told(encode(bench.read(load, bench.tenant.practice, id)).decode(), which)

    def _journal(self, which: int) -> list[Any]:
        bench = self.pair[which]
        verified = bench.read(journal.verify)
        assert verified.whole, verified.why
        entries = []
        for entry in bench.entries():
            told = {k: v for k, v in entry.items() if k not in ("id", "private")}
            entries.append(json.loads(self.told(json.dumps(told, ensure_ascii=False), which)))
        return [*entries]

    def _events(self) -> tuple[list[Any], list[Any]]:
        """List what is queued: the entry that caused it, its name, and what it says."""
        tenant = UUID(self.pair[0].file.id)
        sql = "SELECT seq, name, body FROM outbox WHERE tenant_id = {} ORDER BY seq, name, body"
        raw = sqlite3.connect(self._path)
        here = raw.execute(sql.format(f"x'{tenant.hex}'")).fetchall()
        raw.close()
        there = self._chief.execute(sql.format(f"'{tenant}'")).fetchall()
        return tuple(sorted((n, name, self.told(b, w)) for n, name, b in rows) for w, rows in enumerate((here, there)))  # type: ignore[return-value]
