"""A county where voters follow their opinions by a code: who is there, and short cuts of the tests on codes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from sqlalchemy import select

from renda_core.domain.case import Case
from renda_core.services import codes
from renda_core.store import tables as t
from renda_core.store.compile import Query, mine
from renda_core.store.roster import ADD
from renda_core.store.sqlite import SqliteStore
from renda_core.testing import Bench, uid
from renda_plugins import reception, suggestion_handling
from renda_plugins.reception.opinion import Feedback, Opinion, Sorting, Told, Voice

from .peopling import blank, settle
from .posting import hear

OFFICE, STATION = Bench.actor("clerk", "office"), Bench.actor("keeper", "station")
WANG, LI = Bench.actor("wang", "deputy"), Bench.actor("li", "deputy")
ROADS = Bench.actor("head of roads", unit="roads")
NAME, PHONE = "蔡湖生", "19900000000"
HERE = "198.51.100.7"


def town(county: Any, **rest: Any) -> Bench:
    """Make a county with reception, its deputies, and units: roads and water below the township."""
    b: Bench = county(reception, suggestion_handling, **rest)
    settle(b, "wang", "li")

    async def write(unit: Any, _: Any) -> None:
        for name, parent in (("township", None), ("water", "township"), ("lone", None)):
            row = {"name": name, "parent": parent and uid(parent)}
            await unit.write(ADD["unit"], **blank("unit", uid(name), **row))
        unit.record("units", on=unit.tenant, version=0, rule="test")

    b.do(write, OFFICE)
    hear(b)
    return b


def heard(b: Bench, **body: Any) -> Case:
    """Register an opinion that deputy wang heard."""
    said = {"text": "楼道灯不亮", "voter": NAME, "phone": PHONE, **body}
    return b.open("opinion", STATION, Opinion(**said), parties={"receiver": (uid("wang"),)})


def told(b: Bench, case: Case, text: str = "路灯已修好", *, units: tuple[Any, ...] = (), **how: Any) -> Case:
    """Sort, answer, and tell voter and deputy; through *units*, where some are given."""
    if b.case(case.id).states.get("main", "registered") == "registered":
        case = b.step(case, "sort", STATION, grade="township" if units else "on_spot", payload=Sorting())
    if units:
        case = b.step(case, "assign", STATION, units=units)
    for unit in {share.unit for share in b.case(case.id).current() if share.state == "assigned"}:
        case = b.step(case, "unit_reply", OFFICE, unit=unit, note="修好了")
    if b.case(case.id).states["main"] == "sorted":
        case = b.step(case, "reply", STATION, note="修好了")
    case = b.step(case, "tell_voter", STATION, payload=Feedback(how="notice_board", text=text, **how))
    return b.step(case, "tell_deputy", STATION, payload=Told())


def voice(b: Bench, case: Case, name: str, phone: str = "") -> Case:
    """Let one more tell the same matter."""
    return b.step(case, "voice", STATION, payload=Voice(voter=name, phone=phone))


def issue(b: Bench, case: Case, by: Any = STATION) -> str:
    """Give a code."""
    found: str = b.do(codes.issue, by, case.id)
    return found


def look(b: Bench, code: str, source: str = HERE) -> codes.Followed:
    """Look by a code."""
    found: codes.Followed = b.store.run(codes.look(b.store, b.tenant, code, source))
    return found


def rate(b: Bench, code: str, grade: str = "solved", source: str = HERE) -> codes.Followed:
    """Judge by a code."""
    found: codes.Followed = b.store.run(codes.rate(b.store, b.tenant, code, source, grade))
    return found


def dispute(b: Bench, code: str, why: str = "还是不亮", source: str = HERE) -> codes.Followed:
    """Say by a code that it is not solved."""
    found: codes.Followed = b.store.run(codes.dispute(b.store, b.tenant, code, source, why))
    return found


def outbox(b: Bench) -> list[tuple[str, Any]]:
    """Read every event of the county: name and body."""
    query = Query(
        select(t.outbox.c.name, t.outbox.c.body).where(mine(t.outbox)).order_by(t.outbox.c.seq, t.outbox.c.id), dict
    )
    return [(row["name"], json.loads(row["body"])) for row in b.read(everything, query)]


async def everything(reader: Any, query: Any) -> list[Any]:
    """Read all rows of a statement."""
    found: list[Any] = await reader.all(query)
    return found


def in_loop(b: Bench, work: Any) -> Any:
    """Drive work that does several things at once; a PostgreSQL store brings its own loop."""
    store = getattr(b.store, "_store", b.store)
    return asyncio.run(work) if isinstance(store, SqliteStore) else store.run(work)
