"""A hundred thousand made-up opinions of voters, as people write them, in a county on an SQLite file."""

from __future__ import annotations

import datetime as dt
import random
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import attrs
from benchmarks.counties import TODAY

from renda_core.catalogue import Catalogue
from renda_core.configuration import Layer, TenantFile
from renda_core.domain.case import Actor, Case
from renda_core.services import cases
from renda_core.store.cases import ADD_FILE
from renda_core.store.codec import new_id
from renda_core.store.index import envelope
from renda_core.store.unit import Unit
from renda_core.tenancy import ALWAYS, Tenant
from renda_core.workspace import ZONE, Home, Workspace

STATION = Actor(id=new_id(), roles={"station"})
AT_ONCE = 5_000
WORDS = tomllib.loads(Path(__file__).with_name("opinions.toml").read_text("utf-8"))


def told(draw: random.Random) -> str:
    """Make up one opinion, of some 35 signs."""
    place = draw.choice(WORDS["towns"]) + draw.choice(WORDS["villages"])
    thing, trouble, wish, voice = (draw.choice(WORDS[x]) for x in ("things", "troubles", "wishes", "voices"))
    other = f"{draw.choice(WORDS['things'])}也{draw.choice(WORDS['troubles'])}"
    forms = (
        f"{place}{thing}{trouble}，{wish}",
        f"{voice}反映{place}{thing}{trouble}，{wish}。",
        f"{thing}{trouble}，{voice}意见很大，{place}{draw.randrange(1, 20)}组{wish}",
        f"{place}{draw.randrange(1, 40)}号{thing}{trouble}，{other}，{wish}",
    )
    return draw.choice(forms)


def _file() -> TenantFile:
    layer = Layer(
        name="law", file="law", since=ALWAYS, plugins={"reception": {}, "suggestion_handling": {}}, sources={}
    )
    return TenantFile(path="law", id=new_id(), code="county", name="county", level="county", layers=(layer,))


@contextmanager
def filled(folder: Path, texts: list[str]) -> Iterator[Workspace]:
    """Fill a county with opinions of last year; only what a comparison of texts reads of them is written."""
    now = dt.datetime.combine(TODAY, dt.time(9), ZONE)
    home = Home(path=folder, now=lambda: now)
    county = home.create(_file(), Catalogue.installed())
    pattern = county.do(cases.open_case, STATION, cases.OpenCase(kind="opinion", title="意见", body={"text": "样本"}))
    begun = int((now - dt.timedelta(days=300)).timestamp() * 1000)
    for start in range(0, len(texts), AT_ONCE):
        county.do(_write, STATION, pattern, begun, start, texts[start : start + AT_ONCE])
    try:
        yield county
    finally:
        county.close()


async def _write(unit: Unit, tenant: Tenant, pattern: Case, begun: int, start: int, texts: list[str]) -> None:
    procedure = tenant.practice.procedure("opinion")
    rows = []
    for n, text in enumerate(texts, start):
        id = str(UUID(int=((begun + n) << 80) | (7 << 76) | (2 << 62) | n))
        body = attrs.evolve(pattern.body, text=text)
        case = attrs.evolve(pattern, id=id, number=f"made-{n}", title=text[:40], body=body)
        rows.append(envelope(case, procedure, tenant.calendar))
    await unit.write_many(ADD_FILE, rows)
    unit.record("made", on=tenant.id, version=0, rule="benchmark", rows=len(rows))
