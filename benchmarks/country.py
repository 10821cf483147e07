"""Made-up duty records of a whole country as columns, and a county of 300 deputies with its records in a file."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from benchmarks.counties import OFFICE, TODAY
from benchmarks.rosters import CONGRESS, write_roster

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.configuration import Layer, TenantFile
from renda_core.domain.duty import Item, Record, RecordKind, ScoreRule, Versions
from renda_core.domain.duty.columns import Columns, Lane
from renda_core.files import SHEETS, open_rows, read_file
from renda_core.services import imports
from renda_core.store import duty as d
from renda_core.store.codec import new_id
from renda_core.store.roster import ALL
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import ALWAYS, Tenant
from renda_core.workspace import SETUP, ZONE, Home, Workspace

KINDS = tuple(f"kind_{n}" for n in range(12))
EACH = (300, 300, 200, 100, 300, 150, 50, 250, 200, 100, -100, 300)
CAPS = (2400, 1800, 1000, 600, 1200, 900, 400, 1500, 800, 500, 1000, 2000)
LEAST = (1500, 2500, 3500, 4500)
"""Points for a unit and at most, by kind, and the thresholds of four grades, in hundredths."""
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
DEPUTIES = 300


def country(deputies: int, entries: int) -> Columns:
    """Make so many deputies with about so many records, some with none and some with dozens."""
    rng = np.random.default_rng(11)
    sizes = rng.poisson(rng.gamma(4, entries / deputies / 4, deputies))
    offsets = np.zeros(deputies + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    n = int(offsets[-1])
    return Columns(
        lanes=tuple(Lane(kind, "", True, FIRST) for kind in KINDS),
        lane=rng.integers(0, len(KINDS), n, dtype=np.uint8),
        amount=rng.choice(np.array([1, 1, 1, 1, 2, 2, 3, 4], np.int16), n),
        offsets=offsets,
    )


def handed(columns: Columns, folder: Path) -> None:
    """Write the columns as the peers read them."""
    deputy = np.repeat(np.arange(columns.deputies, dtype=np.int32), np.diff(columns.offsets))
    for name, column in (("deputy", deputy), ("kind", columns.lane), ("amount", columns.amount)):
        np.save(folder / f"{name}.npy", column)


def versions(each: tuple[int, ...] = EACH) -> Versions:
    """Make the rule: an item for each kind."""
    lines = zip(KINDS, each, CAPS, strict=True)
    items = tuple(Item(code=k, title=k, kinds=k, base=n, extra={"key": 200}, cap=cap) for k, n, cap in lines)
    rule = ScoreRule(name="points", plugin="duties", items=lambda settings: items)
    return Versions(rule, lambda plugin, day: None, lambda plugin, day: ALWAYS)


class Duties:
    """A practice with twelve kinds of records, and one that none of them is of at first."""

    @hookimpl
    def register_records(self) -> Any:
        """Offer the kinds."""
        return [RecordKind(name=name, title=name, measures={"key": "重点"}) for name in (*KINDS, "talk")]


@attrs.frozen(kw_only=True)
class Place:
    """A county with its duty records.

    Attributes:
        holders: The number of each deputy, by mandate; *people* by that number.
    """

    work: Workspace
    records: tuple[Record, ...]
    holders: dict[str, int]
    people: tuple[str, ...]


@contextmanager
def county(folder: Path, records: int, **more: Any) -> Iterator[Place]:
    """Make a county of 300 deputies with so many records of one year, counters and all; with *more* practices."""
    practices = {"duties": Duties(), **more}
    layer = Layer(name="law", file="law", since=ALWAYS, plugins={name: {} for name in practices}, sources={})
    file = TenantFile(path="law", id=new_id(), code="county", name="county", level="county", layers=(layer,))
    home = Home(path=folder, now=lambda: dt.datetime.combine(TODAY, dt.time(9), ZONE))
    with home.create(file, Catalogue.collect(practices)) as work:
        (folder / "congresses.csv").write_text(CONGRESS, "utf-8")
        work.do(imports.apply, SETUP, "congresses", read_file(folder / "congresses.csv", SHEETS["congresses"]))
        with open_rows(write_roster(folder / "roster.xlsx", DEPUTIES), SHEETS["roster"]) as rows:
            work.do(imports.apply, SETUP, "roster", rows)
        held = work.read(_mandates)
        made = tuple(records_of(held, records))
        work.do(write, OFFICE, made)
        yield Place(
            work=work,
            records=made,
            holders={m["id"]: n for n, m in enumerate(held)},
            people=tuple(m["person"] for m in held),
        )


def records_of(held: Sequence[Mapping[str, Any]], many: int) -> Iterator[Record]:
    """Make so many records of some mandates, each given as a row of the roster."""
    draw = random.Random(3)
    for n in range(many):
        mandate = draw.choice(held)
        yield Record(
            id=new_id(), person=mandate["person"], mandates=(mandate["id"],), kind=draw.choice(KINDS),
            on=FIRST + dt.timedelta(draw.randrange(365)), source=f"登记簿 {n}", title="走访选民，听取意见",
            quantity=draw.choice((1, 1, 1, 2, 3)), facts={"key": 1} if draw.random() < 0.2 else {},
            evidence=("签到表",), by=OFFICE.id,
        )  # fmt: skip


async def _mandates(reader: Reader) -> list[dict[str, Any]]:
    return await reader.all(ALL["mandate"])


async def write(unit: Unit, _: Tenant, records: tuple[Record, ...]) -> None:
    """Write records with their counters, as one act."""
    await unit.write_many(d.ADD, [d.row_of(r) for r in records])
    names = ("month", "holder", "kind", "measure")
    counts = d.counted((None, r) for r in records)
    await unit.write_many(d.COUNT, [{**dict(zip(names, key, strict=True)), "n": n} for key, n in counts.items()])
    unit.record("made", on=unit.tenant, version=0, rule="benchmark", rows=len(records))
