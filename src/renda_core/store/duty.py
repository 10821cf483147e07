"""The statements on duty records and on what is counted of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import attrs
from sqlalchemy import Date, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert  # SQLite writes its clause in the same words

from renda_core.domain.duty import TIMES, UNPROVEN, Record
from renda_core.store import tables as t
from renda_core.store.codec import encode
from renda_core.store.compile import Query, Write, add, among, keyed, mine

_r, _c = t.duty_record.c, t.duty_count.c


@attrs.frozen(kw_only=True)
class RecordRow:
    """A record as stored."""

    document: bytes


@attrs.frozen(kw_only=True)
class LineRow:
    """What rules read of a record, without its document.

    Attributes:
        facts: As ``"excellent=1;key=1"``.
        mandates: Ids of sixteen bytes, one after the other.
    """

    id: str
    person: str
    kind: str
    done_on: dt.date
    quantity: int
    facts: str
    mandates: bytes
    proven: bool


@attrs.frozen(kw_only=True)
class CountRow:
    """What is counted of one holder in a month: *measure* as in the table."""

    month: dt.date
    holder: str
    kind: str
    measure: str
    n: int


@attrs.frozen(kw_only=True)
class SumRow:
    """What is counted of one holder in some months."""

    holder: str
    kind: str
    measure: str
    n: int


@attrs.frozen(kw_only=True)
class HolderRow:
    """Whose a mandate is, and in which congress."""

    id: str
    person: str
    congress: str


_first, _last = bindparam("first", type_=Date()), bindparam("last", type_=Date())
_between = (mine(t.duty_record), _r.done_on.between(_first, _last))
_line = (_r.id, _r.person, _r.kind, _r.done_on, _r.quantity, _r.facts, _r.mandates, _r.proven)
ADD = add(t.duty_record)
ONE = Query(select(_r.document).where(*keyed(t.duty_record, "id")), RecordRow)
OF_PERSON = Query(select(_r.document).where(*keyed(t.duty_record, "person")).order_by(_r.done_on, _r.id), RecordRow)
OF_PERSON_BETWEEN = Query(
    select(_r.document).where(*keyed(t.duty_record, "person"), *_between[1:]).order_by(_r.done_on, _r.id), RecordRow
)
OF_SOURCE = Query(select(_r.document).where(*keyed(t.duty_record, "source")).order_by(_r.id), RecordRow)
SAME = Query(select(_r.document).where(*keyed(t.duty_record, "source", "person", "kind")), RecordRow)
SAME_DAY = Query(
    select(_r.document).where(*keyed(t.duty_record, "person", "done_on", "kind"), _r.state != "withdrawn"), RecordRow
)
BETWEEN = Query(select(_r.document).where(*_between).order_by(_r.done_on, _r.id), RecordRow)
OF_KIND = Query(
    select(_r.document).where(*_between, *keyed(t.duty_record, "kind")[1:]).order_by(_r.done_on, _r.id), RecordRow
)
LINES = Query(select(*_line).where(*_between, _r.counts.is_(True)), LineRow)
LINES_OF = Query(select(*_line).where(*_between, _r.counts.is_(True), among(_r.person, "person")), LineRow)
"""The same, of some people."""
SINCE = Query(
    select(_r.document)
    .where(mine(t.duty_record), _r.done_on >= _first, _r.counts.is_(True), among(_r.person, "person"))
    .order_by(_r.person, _r.done_on, _r.id),
    RecordRow,
)
"""What counts of some people from a day on."""
WAITING = Query(select(_r.document).where(*keyed(t.duty_record, "state")).order_by(_r.done_on, _r.id), RecordRow)
_changing = (_r.done_on, _r.state, _r.document, _r.quantity, _r.facts, _r.mandates, _r.counts, _r.proven)
SAVE = Write(
    update(t.duty_record)
    .where(*keyed(t.duty_record, "id"), _r.document == bindparam("was", type_=_r.document.type))
    .values({c: bindparam(c.name, type_=c.type) for c in _changing})
)
"""Change a record that is still as it was read: its document, with its whole history, must not have changed."""
COUNT = Write(
    insert(t.duty_count)
    .values({c.name: bindparam(c.name, type_=c.type) for c in t.duty_count.c})
    .on_conflict_do_update(
        index_elements=[_c.tenant_id, _c.month, _c.holder, _c.kind, _c.measure],
        set_={"n": _c.n + bindparam("n", type_=_c.n.type)},
        where=mine(t.duty_count),
    )
)
"""Add to one counter; of two at once the later waits for the earlier, so that each is counted."""
COUNTED = Query(
    select(_c.month, _c.holder, _c.kind, _c.measure, _c.n)
    .where(mine(t.duty_count), _c.month.between(_first, _last), _c.n != 0)
    .order_by(_c.holder, _c.month, _c.kind, _c.measure),
    CountRow,
)
SUMMED = Query(
    select(_c.holder, _c.kind, _c.measure, func.sum(_c.n).label("n"))
    .where(mine(t.duty_count), _c.month.between(_first, _last))
    .group_by(_c.holder, _c.kind, _c.measure)
    .having(func.sum(_c.n) != 0),
    SumRow,
)
"""What is counted of each holder in some months together."""
_m = t.mandate.c
HOLDERS = Query(select(_m.id, _m.person, _m.congress).where(mine(t.mandate)), HolderRow)
"""Every mandate that there ever was, without its document."""
CUT_COUNTS = Write(delete(t.duty_count).where(mine(t.duty_count)))


def row_of(record: Record) -> dict[str, Any]:
    """Give the row of a record: its document, and what is asked of it by column."""
    return {
        "id": record.id,
        "person": record.person,
        "kind": record.kind,
        "done_on": record.on,
        "source": record.source,
        "state": record.state,
        "document": encode(record),
        "quantity": record.quantity,
        "facts": ";".join(f"{name}={n}" for name, n in sorted(record.facts.items()) if n),
        "mandates": b"".join(UUID(m).bytes for m in record.mandates),
        "counts": record.counts,
        "proven": record.proven,
    }


def counts_of(record: Record | None) -> Mapping[tuple[dt.date, str, str, str], int]:
    """Give what a record adds to the counters, by (month, holder, kind, measure); nothing where it does not count."""
    if record is None or not record.counts:
        return {}
    before = "" if record.proven else UNPROVEN
    measures = {"": record.quantity, TIMES: 1, **{name: n for name, n in record.facts.items() if n}}
    month = record.on.replace(day=1)
    return {
        (month, holder, record.kind, before + measure): n
        for holder in record.mandates or (record.person,)
        for measure, n in measures.items()
    }


def counted(changes: Iterable[tuple[Record | None, Record | None]]) -> Mapping[tuple[dt.date, str, str, str], int]:
    """Give what records that became others change in the counters, without what stays."""
    found: dict[tuple[dt.date, str, str, str], int] = {}
    for before, after in changes:
        for key, n in counts_of(before).items():
            found[key] = found.get(key, 0) - n
        for key, n in counts_of(after).items():
            found[key] = found.get(key, 0) + n
    return {key: n for key, n in sorted(found.items()) if n}
