"""Use cases that the store's tests run: a case is kept, moved and listed, without any practice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlalchemy import bindparam, func, select, update
from tests.databases import CLERK

from renda_core.store import tables as t
from renda_core.store.cases import ADD_FILE
from renda_core.store.codec import new_id
from renda_core.store.compile import Query, Write, keyed, mine
from renda_core.store.unit import Reader, Unit


@attrs.frozen(kw_only=True)
class File:
    """A whole row of ``case_file``, but for its tenant."""

    id: str
    kind: str
    edition: str
    number: str
    title: str
    opened_on: dt.date
    state: str
    closed: bool
    private: bool
    public: bool
    round: int
    next_due: dt.date | None
    version: int
    document: bytes


@attrs.frozen(kw_only=True)
class Count:
    n: int


@attrs.frozen(kw_only=True)
class Whose:
    tenant_id: str
    title: str


_f = t.case_file
_columns = tuple(_f.c[a.name] for a in attrs.fields(File))
GET = Query(select(*_columns).where(*keyed(_f, "id")), File)
PAGE = Query(select(*_columns).where(mine(_f)).order_by(_f.c.id).limit(5000), File)
MOVE = Write(
    update(_f)
    .where(*keyed(_f, "id"), _f.c.version == bindparam("was", type_=_f.c.version.type))
    .values(state=bindparam("state", type_=_f.c.state.type), version=_f.c.version + 1)
)
EVENTS = Query(select(func.count().label("n")).where(mine(t.outbox)), Count)
EVERYONE = Query(select(_f.c.tenant_id, _f.c.title).order_by(_f.c.title), Whose, cross_tenant=True)


def file(**change: Any) -> File:
    """Make a case; its number is its id, unless it is given."""
    id = change.pop("id", None) or new_id()
    made = File(
        id=id,
        kind="suggestion",
        edition="1",
        number=id,
        title="路灯",
        opened_on=dt.date(2026, 3, 1),
        state="open",
        closed=False,
        private=False,
        public=True,
        round=1,
        next_due=dt.date(2026, 6, 1),
        version=0,
        document=b'{"a":1}',
    )
    return attrs.evolve(made, **change)


def values(made: File) -> dict[str, Any]:
    return attrs.asdict(made, recurse=False)


async def open_file(unit: Unit, made: File) -> File:
    await unit.write(ADD_FILE, **values(made))
    unit.record("file.opened", on=made.id, version=made.version, rule="open", title=made.title)
    unit.emit("file.opened", id=made.id)
    return made


async def move(unit: Unit, id: str, was: int = 0) -> None:
    await unit.one(GET, id=id)
    await unit.save(MOVE, {"id": id, "state": "answered"}, was=was)
    unit.record("file.moved", on=id, version=was + 1, rule="answer")
    unit.emit("file.moved", id=id)


async def get(reader: Reader, id: str) -> File:
    return await reader.one(GET, id=id)


async def page(reader: Reader) -> list[File]:
    return await reader.all(PAGE)


async def events(reader: Reader) -> int:
    return (await reader.one(EVENTS)).n


async def everyone(reader: Reader) -> list[tuple[str, str]]:
    """Ask without any predicate, as a faulty statement would."""
    return [(row.tenant_id, row.title) for row in await reader.all(EVERYONE)]


def enter(store: Any, tenant: str, **change: Any) -> File:
    """Open a case from a script."""
    made: File = store.run(store.write(open_file, tenant, CLERK, file(**change)))
    return made
