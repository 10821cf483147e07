"""One change and what goes with it in a single statement: on PostgreSQL every statement is a journey of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import attrs
import msgspec
from sqlalchemy import (
    CTE,
    JSON,
    ColumnElement,
    Delete,
    Insert,
    String,
    Table,
    bindparam,
    cast,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy import update as change

from renda_core.store.columns import NIL, NOBODY, Id
from renda_core.store.compile import Query, Write, mine
from renda_core.store.link import Beside, Event
from renda_core.store.tables import journal, journal_head, outbox

ENTRY, PRIVATE, EVENTS = "journal_entry", "journal_private", "journal_events"
"""How they are bound: no column of what goes along is named so."""
EVENT = ("id", "name", "body")
_NIL = str(NIL)
_json = msgspec.json.Encoder()


@attrs.frozen(kw_only=True)
class Kept:
    """What came of a change that went along with its journal entry.

    Attributes:
        touched: How many rows the first change touched; 1 where there was none.
        seq: The entry's number; None where there is no head to add it to.
    """

    touched: int
    seq: int | None


@cache
def folded(first: Write, others: tuple[Write, ...]) -> Write:
    """Put several changes into one statement, which answers how many rows the first touched; without any, none is done.

    The same changes give the same object, so that it is prepared once, however many rows each of them has.

    Args:
        others: Made by ``compile.add``, ``change`` or ``cut``; their rows are bound by :func:`bound`.
    """
    head = _head(first)
    return Write(select(head.c.tenant_id).add_cte(*_parts(others, head)))


@cache
def sealed(first: Write | None = None, others: tuple[Write, ...] = ()) -> Query[Kept]:
    """Append to journal and outbox, and do a change just before, all in one statement.

    The head of the journal is the tenant's lock: taken here, in the last statement, and held only over COMMIT.

    Args:
        first: What is done before; where it touches nothing, nothing is done.
    """
    head = None if first is None else _head(first)
    entry, private = bindparam(ENTRY, type_=String()), bindparam(PRIVATE, type_=String())
    grown = journal_head.c.hash.op("||")(func.sha256(func.convert_to(entry, "UTF8")))
    lock = (
        change(journal_head)
        .where(mine(journal_head), journal_head.c.shut.isnot(True), *(() if head is None else (_done(head),)))
        .values(seq=journal_head.c.seq + 1, hash=func.sha256(grown))
        .returning(journal_head.c.seq, journal_head.c.hash)
        .cte("lock")
    )
    line = select(_tenant(), lock.c.seq, entry, private, lock.c.hash)
    written = (
        insert(journal)
        .from_select(["tenant_id", "seq", "entry", "private", "hash"], line)
        .returning(journal.c.seq)
        .cte("written")
    )
    rows = _rows(outbox, EVENTS, EVENT)
    events = insert(outbox).from_select(
        ["tenant_id", "seq", *EVENT], select(_tenant(), written.c.seq, *rows.c).select_from(written.join(rows, _always))
    )
    touched = literal(1) if head is None else select(func.count()).select_from(head).scalar_subquery()
    parts = [] if head is None else _parts(others, head)
    result = select(touched.label("touched"), select(written.c.seq).scalar_subquery().label("seq"))
    return Query(result.add_cte(*parts, events.cte("events")), Kept)


def bound(others: Beside) -> dict[str, str]:
    """Bind the rows of the others, each change's as one JSON text."""
    texts = (_json.encode(_written(_table(other), rows)) for other, rows in others)
    return {_name(n): text.decode() for n, text in enumerate(texts)}


def told(events: Sequence[Event]) -> str:
    """Bind events as one JSON text."""
    return _json.encode([dict(zip(EVENT, event, strict=True)) for event in events]).decode()


def _written(table: Table, rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Write the ids of nobody as PostgreSQL reads them; every other is written as it is here."""
    for name in _ids(table):
        if any(row[name] == NOBODY for row in rows):
            rows = [{**row, name: _NIL} if row[name] == NOBODY else row for row in rows]
    return rows


def _table(write: Write) -> Table:
    source: Any = write.source
    return source.table  # type: ignore[no-any-return]


@cache
def _ids(table: Table) -> tuple[str, ...]:
    """Name the columns whose id may be nobody's: not those that say whose row it is."""
    named = (c.name for c in table.c if isinstance(c.type, Id))
    return tuple(name for name in named if name not in ("tenant_id", "case_id"))


def _head(first: Write) -> CTE:
    source: Any = first.source
    return source.returning(source.table.c.tenant_id).cte("head")  # type: ignore[no-any-return]


def _done(head: CTE) -> ColumnElement[bool]:
    return exists(select(head.c.tenant_id))


def _parts(others: Sequence[Write], head: CTE) -> list[CTE]:
    return [_part(other.source, n, _done(head)).cte(f"part_{n}") for n, other in enumerate(others)]


def _name(n: int) -> str:
    return f"rows_{n}"


def _tenant() -> Any:
    return bindparam("tenant_id", type_=Id())


_always: Any = literal(1) == literal(1)


def _rows(table: Table, name: str, names: Sequence[str]) -> Any:
    """Read rows from one JSON text."""
    text = cast(bindparam(name, type_=String()), JSON())
    columns = (column(each, table.c[each].type) for each in names)
    return func.json_to_recordset(text).table_valued(*columns).render_derived(name=f"{name}_in", with_types=True)


def _part(source: Any, n: int, touched: ColumnElement[bool]) -> Any:
    """Write one of the others over all its rows."""
    table: Table = source.table
    key = [c.name for c in table.primary_key.columns if c.name != "tenant_id"]
    names = key if isinstance(source, Delete) else [c.name for c in table.c if c.name != "tenant_id"]
    rows = _rows(table, _name(n), names)
    if isinstance(source, Insert):
        return insert(table).from_select(["tenant_id", *names], select(_tenant(), *rows.c).where(touched))
    same = [mine(table), *(table.c[name] == rows.c[name] for name in key), touched]
    if isinstance(source, Delete):
        return delete(table).where(*same)
    return change(table).where(*same).values({name: rows.c[name] for name in names if name not in key})
