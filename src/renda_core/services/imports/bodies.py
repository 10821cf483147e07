"""Importing congresses with their terms, and the sessions of those."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from renda_core.domain.areas import LEVELS
from renda_core.files.columns import Read
from renda_core.services.imports.nouns import Nouns, Row
from renda_core.services.imports.planned import File, Once, PlannedRow, Say, called, decided, wrong
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant


async def congresses(unit: Unit, tenant: Tenant, file: File, reads: Iterable[Read], say: Say) -> str:
    """Decide and write congresses, each with its parent and its term; parents may stand below their children."""
    nouns, whole = await Nouns.load(unit, "congress", "term"), list(reads)
    over = _Congresses(tenant, file, nouns, frozenset(str(r.values["name"]) for r in whole))
    order: dict[object, int] = {level: n for n, level in enumerate(LEVELS)}
    planned = {
        n: over.row(read) for n, read in sorted(enumerate(whole), key=lambda x: order.get(x[1].values["level"], 0))
    }
    for n in range(len(whole)):
        say(planned[n])
    await nouns.flush()
    return nouns.digest


class _Congresses:
    """The congresses while a file is read over them."""

    def __init__(self, tenant: Tenant, file: File, nouns: Nouns, named: frozenset[str]) -> None:
        self._today, self._file, self._nouns, self._named = tenant.today, file, nouns, named
        self._known = nouns.by("congress", "name")
        self._terms = {(r["congress"], r["number"]): r for r in nouns.rows("term")}
        self._once = Once()

    def row(self, read: Read) -> PlannedRow:
        """Decide one row."""
        v, name = read.values, called(read, "name")
        if bad := wrong(read, name):
            return bad
        if first := self._once.before((name, v["term"]), read.number):
            return self._file.error(read, "name", f"the same as row {first}", "delete one of the rows", name)
        parent = v["parent"]
        if parent and parent not in self._known:
            told = f"{parent} {'is wrong itself' if parent in self._named else 'does not exist'}"
            return self._file.error(read, "parent", told, "name a congress of this file", name)
        began = v["began"] if isinstance(v["began"], dt.date) else self._today
        row = {
            "valid_from": began,
            "level": v["level"],
            "name": name,
            "area": v["area"],
            "parent": self._known[parent]["id"] if parent else None,
            "has_districts": v["has_districts"],
            "population": v["population"],
        }
        if name not in self._known:
            row["has_districts"] = bool(v["has_districts"])
        state = self._nouns.put("congress", self._known.get(name), row, keep=("valid_from",))
        term = {
            "congress": self._known[name]["id"],
            "number": v["term"],
            "valid_from": began,
            "first_session_on": began,
        }
        held = self._terms.get((term["congress"], term["number"]))
        opened = self._nouns.put("term", held, term, keep=("valid_from",))
        self._terms[term["congress"], term["number"]] = self._nouns.last
        return decided(read, state if opened == "same" or state == "new" else "change", name)


async def sessions(unit: Unit, _: Tenant, file: File, reads: Iterable[Read], say: Say) -> str:
    """Decide and write the sessions of congresses, each by its number within a term."""
    nouns = await Nouns.load(unit, "congress", "term", "session")
    over = _Sessions(file, nouns)
    for read in reads:
        say(over.row(read))
    await nouns.flush()
    return nouns.digest


class _Sessions:
    """The sessions while a file is read over them."""

    def __init__(self, file: File, nouns: Nouns) -> None:
        self._file, self._nouns, self._once = file, nouns, Once()
        self._homes = nouns.by("congress", "name")
        self._terms = {(r["congress"], r["number"]): r["id"] for r in nouns.rows("term")}
        self._held = {(r["term"], r["number"]): r for r in nouns.rows("session")}

    def row(self, read: Read) -> PlannedRow:
        """Decide one row."""
        v, key = read.values, f"{read.values['congress']} {read.values['term']}.{read.values['number']}"
        if bad := wrong(read, key):
            return bad
        home = self._homes.get(v["congress"])
        if home is None:
            return self._file.error(
                read, "congress", f"no congress {v['congress']}", "import the congresses first", key
            )
        term = self._terms.get((home["id"], v["term"]))
        if term is None:
            told = f"{v['congress']} has no term {v['term']}"
            return self._file.error(read, "term", told, "import its term first", key)
        if first := self._once.before((term, v["number"]), read.number):
            return self._file.error(read, "number", f"the same session as row {first}", "delete one of the rows", key)
        had = self._held.get((term, v["number"]))
        if wrong_days := self._days(read, had, key):
            return wrong_days
        row = {
            "valid_from": v["opens"],
            "term": term,
            "number": v["number"],
            "opens_on": v["opens"],
            "closes_on": v["closes"],
        }
        return decided(read, self._nouns.put("session", had, row), key)

    def _days(self, read: Read, had: Row | None, key: str) -> PlannedRow | None:
        """Object to a number below 1, and to a session that would close before it opens."""
        v: Mapping[str, Any] = read.values
        if v["number"] < 1:
            return self._file.error(read, "number", f"there is no session {v['number']}", "write 1 or more", key)
        closes = v["closes"] or (had["closes_on"] if had else None)
        if closes and closes < v["opens"]:
            told = f"closes {closes} before it opens {v['opens']}"
            return self._file.error(read, "closes", told, "correct one of the dates", key)
        return None
