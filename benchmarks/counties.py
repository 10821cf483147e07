"""Counties on SQLite files: with one suggestion after another, or filled with a hundred thousand."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs

from renda_core.catalogue import Catalogue
from renda_core.configuration import Layer, TenantFile
from renda_core.domain.case import Actor, Case
from renda_core.domain.suggestion import KIND, Form, Reply, Suggestion
from renda_core.errors import Misuse
from renda_core.services import cases
from renda_core.store.cases import ADD, ADD_FILE
from renda_core.store.codec import encode, new_id
from renda_core.store.compile import Write
from renda_core.store.index import envelope, index
from renda_core.store.sqlite import SqliteStore
from renda_core.tenancy import ALWAYS, Tenant
from renda_core.workspace import ZONE, Home, Workspace

SMALL, LARGE = 1_000, 100_000
AT_ONCE = 5_000
"""Cases that are written in one transaction while a county is filled."""
RARE = 200
"""One case in so many is handled by the water works instead of the roads."""
TODAY = dt.date(2026, 3, 2)
PRACTICES = ("suggestion_handling", "second_assignment", "settled_accounts")

OFFICE = Actor(id=new_id(), roles={"office", "assigner"})
WANG = Actor(id=new_id(), roles={"deputy"})
ROADS, WATER = (Actor(id=new_id(), unit=new_id()) for _ in range(2))
REPLY = Reply(document="2026-7", reply_class="A", signed_by="Zhao")
Step = tuple[str, Actor, dict[str, Any]]
LIFE: tuple[Step, ...] = (
    ("submit", WANG, {}),
    ("accept", OFFICE, {}),
    ("assign", OFFICE, {"units": ((ROADS.unit, "sole"),)}),
    ("reply", ROADS, {"payload": REPLY}),
    ("evaluate", OFFICE, {"grade": "satisfied", "payload": Form(of=WANG.id)}),
    ("close", OFFICE, {}),
)
"""A suggestion from draft to its end: who takes which step, with what."""


def file() -> TenantFile:
    """Configure a county with three practices, as they are."""
    layer = Layer(name="law", file="law", since=ALWAYS, plugins={name: {} for name in PRACTICES}, sources={})
    return TenantFile(path="law", id=new_id(), code="county", name="county", level="county", layers=(layer,))


def open_home(folder: Path) -> Workspace:
    """Create a county in a folder, with ``synchronous=FULL`` as ever."""
    return Home(path=folder, now=lambda: dt.datetime.combine(TODAY, dt.time(9), ZONE)).create(
        file(), Catalogue.installed()
    )


def draft(county: Workspace, text: str = "城东石桥多年失修") -> Case:
    """Open a suggestion."""
    command = cases.OpenCase(
        kind=KIND, title="修桥", body=Suggestion(text=text, subject="交通"), parties={"proposer": (WANG.id,)}
    )
    return county.do(cases.open_case, WANG, command)


def command(case: str, version: int, step: Step) -> cases.TakeStep:
    """Ask for a step of the life."""
    return cases.TakeStep(case=case, step=step[0], version=version, **step[2])


@attrs.frozen(kw_only=True)
class County:
    """A filled county.

    Attributes:
        ids: Of its cases, in order.
        told: How long the filling took.
    """

    work: Workspace
    ids: tuple[str, ...]
    told: str

    @property
    def tenant(self) -> Tenant:
        """The tenant at work."""
        return self.work.tenant

    @property
    def path(self) -> Path:
        """The file."""
        if not isinstance(self.work.store, SqliteStore):
            raise Misuse("a filled county lies in a file")
        return Path(self.work.store._path)


@contextmanager
def filled(folder: Path, many: int) -> Iterator[County]:
    """Fill a county with replied suggestions, written through the store as an import writes them."""
    with open_home(folder) as work:
        case = draft(work, "修桥")  # few words: their rows would be most of what is written
        for n, step in enumerate(LIFE[:4]):
            case = work.do(cases.take_step, step[1], command(case.id, n, step))
        start = time.perf_counter()
        ids = fill(work, case, many)
        took = time.perf_counter() - start
        county = County(work=work, ids=ids, told="")
        told = f"  {many:,} cases written in {took:.1f} s, {county.path.stat().st_size / 2**20:.0f} MiB"
        yield attrs.evolve(county, told=told)


def fill(work: Workspace, like: Case, many: int) -> tuple[str, ...]:
    """Write *many* cases like one by the store's own statements, every index kept; some are the water works'."""
    tenant, store = work.tenant, work.store
    assert isinstance(store, SqliteStore)
    procedure = tenant.practice.procedure(like.kind, like.edition)
    water = attrs.evolve(like, assignments=tuple(attrs.evolve(a, unit=WATER.unit) for a in like.assignments))
    mine = {"tenant_id": work.file.id, "case_id": like.id}
    patterns = []
    for case in (like, water):
        sides: list[tuple[Write, tuple[Any, ...], int]] = []
        for side, found in index(case, procedure, tenant.calendar).items():
            made = (store.plans(ADD[side]).arguments({**row, **mine}) for row in found.values())
            sides += ((ADD[side], row, row.index(UUID(like.id).bytes)) for row in made)
        patterns.append((case, envelope(case, procedure, tenant.calendar), sides))
    ids = [new_id() for _ in range(many)]
    raw = sqlite3.connect(store._path, isolation_level=None)
    raw.execute("PRAGMA synchronous=OFF")
    for at in range(0, many, AT_ONCE):
        rows: dict[Write, list[tuple[Any, ...]]] = {ADD_FILE: []}
        for n, id in enumerate(ids[at : at + AT_ONCE], at):
            case, own_row, sides = patterns[n % RARE == 0]
            own, key = attrs.evolve(case, id=id, number=f"L-{n}", title=f"建议 {n}"), UUID(id).bytes
            named = {"id": id, "number": own.number, "title": own.title}
            row = {**own_row, **mine, **named, "document": encode(own)}
            rows[ADD_FILE].append(store.plans(ADD_FILE).arguments(row))
            for write, like_this, i in sides:
                rows.setdefault(write, []).append((*like_this[:i], key, *like_this[i + 1 :]))
        raw.execute("BEGIN IMMEDIATE")
        for write, all_of_them in rows.items():
            raw.executemany(store.plans(write).sql, all_of_them)
        raw.execute("COMMIT")
    raw.close()
    return tuple(ids)
