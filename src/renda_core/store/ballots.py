"""The statements behind ballots. A cast is one of them, conditional, and leaves no time, no serial and no order."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlalchemy import Boolean, Date, Integer, and_, bindparam, func, or_, select, update

from renda_core.store import tables as t
from renda_core.store.columns import Instant
from renda_core.store.compile import Query, Write, add, among, keyed, mine

_b, _r, _board, _j, _d = t.ballot, t.ballot_roll, t.ballot_board, t.journal, t.district


@attrs.frozen(kw_only=True)
class BallotRow:
    """A ballot as stored, with when the box of its present round shuts by itself."""

    document: bytes
    closes_at: dt.datetime | None


@attrs.frozen(kw_only=True)
class TitleRow:
    """What a case is called."""

    id: str
    title: str


@attrs.frozen(kw_only=True)
class SeatsRow:
    """How many seats the districts of a congress have; none where it has no districts."""

    seats: int | None


@attrs.frozen(kw_only=True)
class RollRow:
    """One person of a roll, and what is in that person's slot."""

    person: str
    standing: str
    present: bool
    issued: str
    sealed: bytes | None
    named: bytes | None


@attrs.frozen(kw_only=True)
class SlotRow:
    """One person's slot in one round."""

    round: int
    standing: str
    present: bool
    issued: str
    sealed: bytes | None
    named: bytes | None


@attrs.frozen(kw_only=True)
class OnRollRow:
    """A ballot on whose roll somebody is."""

    ballot_id: str


@attrs.frozen(kw_only=True)
class HashRow:
    """One line of a board."""

    hash: bytes


@attrs.frozen(kw_only=True)
class NumbersRow:
    """How many of a roll are entitled, present, were issued what, and have voted by device."""

    entitled: int
    suspended: int
    present: int
    by_paper: int
    by_device: int
    cast: int


@attrs.frozen(kw_only=True)
class EntryRow:
    """One journal entry, as hashed, with what it commits to."""

    entry: str
    private: str | None


ONE = Query(select(_b.c.document, _b.c.closes_at).where(*keyed(_b, "id")), BallotRow)
HOLD = Query(select(_b.c.document, _b.c.closes_at).where(*keyed(_b, "id")).with_for_update(), BallotRow)
"""Load a ballot that is about to change, and let nobody cast meanwhile: PostgreSQL locks the row, SQLite the file."""
LIST = Query(
    select(_b.c.document, _b.c.closes_at)
    .where(mine(_b))
    .order_by(_b.c.id.desc())
    .limit(bindparam("size", type_=Integer())),
    BallotRow,
)
ADD = add(_b)
SAVE = Write(
    update(_b)
    .where(*keyed(_b, "id"), _b.c.version == bindparam("was", type_=Integer()))
    .values({c: bindparam(c.name, type_=c.type) for c in _b.c if c.name not in ("tenant_id", "id", "kind")})
)

ROLL = Query(
    select(_r.c.person, _r.c.standing, _r.c.present, _r.c.issued, _r.c.sealed, _r.c.named)
    .where(*keyed(_r, "ballot_id", "round"))
    .order_by(_r.c.person),
    RollRow,
)
SLOTS = Query(
    select(_r.c.round, _r.c.standing, _r.c.present, _r.c.issued, _r.c.sealed, _r.c.named)
    .where(*keyed(_r, "ballot_id", "person"))
    .order_by(_r.c.round.desc()),
    SlotRow,
)
"""One person's slots, the present round's first."""
ROLLS_OF = Query(select(_r.c.ballot_id).distinct().where(*keyed(_r, "person")), OnRollRow)
_slots: Any = func.count
NUMBERS = Query(
    select(
        _slots().filter(_r.c.standing == "entitled").label("entitled"),
        _slots().filter(_r.c.standing == "suspended").label("suspended"),
        _slots().filter(_r.c.present).label("present"),
        _slots().filter(_r.c.issued == "paper").label("by_paper"),
        _slots().filter(_r.c.issued == "device").label("by_device"),
        _slots().filter(or_(_r.c.sealed.is_not(None), _r.c.named.is_not(None))).label("cast"),
    ).where(*keyed(_r, "ballot_id", "round")),
    NumbersRow,
)
ADD_ROLL = add(_r)
ISSUE = Write(
    update(_r)
    .where(*keyed(_r, "ballot_id", "round", "person"))
    .values({c: bindparam(c.name, type_=c.type) for c in (_r.c.present, _r.c.issued)})
)
"""Note who is there and what is handed out, when the box is opened; the roll does not change afterwards."""

_open = (
    select(_b.c.tenant_id, _b.c.id)
    .where(
        mine(_b),
        _b.c.id == bindparam("ballot_id", type_=_b.c.id.type),
        _b.c.round == bindparam("round", type_=Integer()),
        _b.c.state == "open",
        or_(_b.c.closes_at.is_(None), _b.c.closes_at > bindparam("now", type_=Instant)),
    )
    .with_for_update(read=True)
    .subquery("open_ballot")
)


def _drop(column: Any) -> Write:
    """Drop a paper into one person's slot, if round, hour, standing and slot allow it: all asked in one statement.

    Whoever closes the box waits for every paper on its way, and papers that wait for the closing find it shut: so what
    was acknowledged is on the board. *now* is the unit's own hour, which the journal and the closing go by as well; the
    database's clock would be a second one, and SQLite has none of its own.
    """
    return Write(
        update(_r)
        .where(
            *keyed(_r, "ballot_id", "round", "person"),
            _r.c.tenant_id == _open.c.tenant_id,
            _r.c.ballot_id == _open.c.id,
            _r.c.standing == "entitled",
            _r.c.present,
            _r.c.issued == "device",
            or_(column.is_(None), bindparam("recast", type_=Boolean())),
        )
        .values({column: bindparam(column.name, type_=column.type)})
    )


CAST, CAST_NAMED = _drop(_r.c.sealed), _drop(_r.c.named)

ADD_BOARD = add(_board)
BOARD = Query(select(_board.c.hash).where(*keyed(_board, "ballot_id", "round")).order_by(_board.c.hash), HashRow)
ENTRIES = Query(
    select(_j.c.entry, _j.c.private)
    .where(and_(mine(_j), _j.c.entry.like(bindparam("about", type_=_j.c.entry.type))))
    .order_by(_j.c.seq),
    EntryRow,
)
"""The journal's entries on one thing, by a piece of their canonical text."""

TITLES = Query(
    select(t.case_file.c.id, t.case_file.c.title).where(mine(t.case_file), among(t.case_file.c.id, "case")), TitleRow
)
_on: Any = bindparam("on", type_=Date())
SEATS = Query(
    select(func.sum(_d.c.seats).label("seats")).where(
        *keyed(_d, "congress"), _d.c.valid_from <= _on, or_(_d.c.valid_to.is_(None), _d.c.valid_to > _on)
    ),
    SeatsRow,
)
