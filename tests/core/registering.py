"""Registers of duty records as clerks write them, brought in and taken out, for the tests on both."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.core.dutying import OFFICE, county_of

from renda_core.domain.duty import Record
from renda_core.files import SHEETS, open_rows, read_file
from renda_core.services import imports
from renda_core.store import duty as stored
from renda_core.store.codec import decode
from renda_core.store.roster import ALL, CHANGE
from renda_core.testing import Bench

LINE = {"代表": "wang", "种类": "走访选民", "日期": "2026-01-05", "事由": "走访东街"}
Lines = Sequence[Mapping[str, object]]
D = dt.date


def register(folder: Path, lines: Lines) -> Any:
    """Write lines as a CSV file, as people would, and read it."""
    path = folder / "履职登记.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(title for line in lines for title in line)))
        writer.writeheader()
        writer.writerows(lines)
    return read_file(path, SHEETS["records"])


def office(county: Any, folder: Path, *scores: Any, **rest: Any) -> Bench:
    """Make a county that takes registers: ``bring`` does it, ``look`` says what it would do."""
    b = county_of(county, *scores, **rest)

    def bring(*lines: Mapping[str, object], use: Any = imports.apply, by: Any = OFFICE) -> Any:
        return b.do(use, by, "records", register(folder, lines))

    b.bring, b.look = bring, lambda *lines, **rest: bring(*lines, use=imports.preview, **rest)
    return b


def every(b: Bench) -> tuple[Record, ...]:
    """Give every record of the county, oldest first."""

    async def work(reader: Any) -> Any:
        return await reader.all(stored.BETWEEN, first=dt.date.min, last=dt.date.max)

    return tuple(decode(row.document, Record) for row in b.read(work))


def seen(b: Bench, path: Path, by: Any = OFFICE) -> Any:
    """Say what importing a file would do."""
    with open_rows(path, SHEETS["records"]) as rows:
        return b.do(imports.preview, by, "records", rows)


def rename(b: Bench, person: str, name: str) -> None:
    """Give somebody another name."""

    async def write(unit: Any, _: Any) -> None:
        row = next(r for r in await unit.all(ALL["person"]) if r["id"] == person)
        await unit.write(CHANGE["person"], **row | {"name": name, "match_key": name})
        unit.record("test.renamed", on=person, version=0, rule="test")

    b.do(write, OFFICE)
