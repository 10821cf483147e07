"""Use cases on sessions (会议): the numbered meetings of a congress in a term, with their days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlalchemy import Date, and_, bindparam, select, update

from renda_core.domain.areas import Session, Term
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected, Stale
from renda_core.services.mandates import KEEPERS
from renda_core.store import tables as t
from renda_core.store.codec import new_id
from renda_core.store.compile import Query, Write, add, keyed, mine
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

RULE = "组织法 14"
"""Sessions of a local congress, and who calls them."""


@attrs.frozen(kw_only=True)
class SessionRow:
    """One session with its term and congress; *closes_on* is its last day, None while it is not known."""

    id: str
    congress: str
    congress_name: str
    term: str
    term_number: int
    number: int
    opens_on: dt.date
    closes_on: dt.date | None

    @property
    def title(self) -> str:
        """Write the session's name as people do, e.g. 某县第六届人民代表大会第三次会议."""
        return session_title(self.congress_name, self.term_number, self.number)


@attrs.frozen(kw_only=True)
class NewSession:
    """Ask for a session of a term, given by its id."""

    term: str
    number: int
    opens_on: dt.date
    closes_on: dt.date | None = None


@attrs.frozen(kw_only=True)
class SessionChange:
    """Ask for other days or another number of a session.

    Attributes:
        seen: The session as the asker saw it; somebody else's change meanwhile is then not written over.
    """

    number: int
    opens_on: dt.date
    closes_on: dt.date | None = None
    seen: Session | None = None


_s, _t, _c = t.session.c, t.term.c, t.congress.c
_joined = t.session.join(t.term, and_(_t.tenant_id == _s.tenant_id, _t.id == _s.term)).join(
    t.congress, and_(_c.tenant_id == _t.tenant_id, _c.id == _t.congress)
)
_columns = (
    _s.id, _t.congress, _c.name.label("congress_name"), _s.term, _t.number.label("term_number"), _s.number,
    _s.opens_on, _s.closes_on,
)  # fmt: skip
ALL = Query(
    select(*_columns).select_from(_joined).where(mine(t.session)).order_by(_s.opens_on, _c.name, _s.number, _s.id),
    SessionRow,
)
OPENING = Query(
    select(*_columns)
    .select_from(_joined)
    .where(mine(t.session), _s.opens_on.between(bindparam("first", type_=Date()), bindparam("last", type_=Date())))
    .order_by(_s.opens_on, _c.name, _s.number, _s.id),
    SessionRow,
)
_own = (_s.id, _s.valid_from, _s.valid_to, _s.term, _s.number, _s.opens_on, _s.closes_on)
ONE = Query(select(*_own).where(*keyed(t.session, "id")), Session)
OF_TERM = Query(select(*_own).where(*keyed(t.session, "term")).order_by(_s.number), Session)
_term_columns = (_t.id, _t.valid_from, _t.valid_to, _t.congress, _t.number, _t.first_session_on, _t.ends_on)
TERM = Query(select(*_term_columns).where(*keyed(t.term, "id")), Term)
TERMS_NAMED = Query(
    select(*_term_columns)
    .select_from(t.term.join(t.congress, and_(_c.tenant_id == _t.tenant_id, _c.id == _t.congress)))
    .where(*keyed(t.term, "number"), *keyed(t.congress, "name"))
    .limit(2),
    Term,
)
ADD = add(t.session)
_changing = (_s.valid_from, _s.number, _s.opens_on, _s.closes_on)
CHANGE = Write(
    update(t.session)
    .where(
        *keyed(t.session, "id"),
        *(c.is_not_distinct_from(bindparam(f"was_{c.name}", type_=c.type)) for c in _changing),
    )
    .values({c: bindparam(c.name, type_=c.type) for c in _changing})
)
"""Change a session that is still as it was read: of two who change it at once, one only finds it so."""


async def sessions_of(reader: Reader, _: Tenant, *, congress: str = "", term: int = 0) -> tuple[SessionRow, ...]:
    """List sessions by their days, of all congresses or of the one named, of all terms or of one; everybody may."""
    found = await reader.all(ALL)
    return tuple(r for r in found if congress in ("", r.congress_name) and term in (0, r.term_number))


async def opening(reader: Reader, first: dt.date, last: dt.date) -> tuple[SessionRow, ...]:
    """List the sessions of every congress that open between two days, both included."""
    return tuple(await reader.all(OPENING, first=first, last=last))


async def term_named(reader: Reader, congress: str, number: int) -> str:
    """Find a term's id by the name of its congress and its number.

    Raises:
        NotFound: There is none; import the congress with its term first.
        Invalid: Two congresses bear the name.
    """
    found = await reader.all(TERMS_NAMED, name=congress, number=number)
    if not found:
        raise NotFound(f"no term {number} of a congress {congress!r}; import the congresses first")
    if len(found) > 1:
        raise Invalid(f"two congresses are named {congress!r}; give the term's id", field="congress")
    return found[0].id


async def add_session(unit: Unit, _: Tenant, new: NewSession) -> Session:
    """Enter a session of a term.

    Raises:
        NotAllowed: The actor keeps no roster.
        NotFound: There is no such term.
        Rejected: The number is taken, or the days do not fit; every objection.
    """
    term = await _entry(unit, new.term)
    made = attrs.asdict(new) | {"id": new_id(), "valid_from": new.opens_on, "valid_to": None}
    refuse(term, new.number, new.opens_on, new.closes_on, await _taken(unit, term, ""))
    await unit.write(ADD, **made)
    _record(unit, "session.added", made)
    return Session(**made)


async def change_session(unit: Unit, _: Tenant, id: str, to: SessionChange) -> Session:
    """Give a session other days or another number.

    Raises:
        NotAllowed: The actor keeps no roster.
        NotFound: There is no such session.
        Stale: It is no longer as the asker saw it.
        Rejected: The number is taken, or the days do not fit; every objection.
    """
    held = await unit.find(ONE, id=id)
    if held is None:
        raise NotFound(f"no session {id}")
    term = await _entry(unit, held.term)
    if to.seen is not None and to.seen != held:
        raise Stale(f"session {id} was changed by someone else meanwhile; load it again", id=id)
    refuse(term, to.number, to.opens_on, to.closes_on, await _taken(unit, term, id))
    after = attrs.evolve(held, number=to.number, opens_on=to.opens_on, closes_on=to.closes_on, valid_from=to.opens_on)
    made = {a.name: getattr(after, a.name) for a in attrs.fields(Session)}
    was = {f"was_{c.name}": getattr(held, c.name) for c in _changing}
    if not await unit.write(CHANGE, id=id, **was, **{c.name: made[c.name] for c in _changing}):
        raise Stale(f"session {id} was changed by someone else meanwhile; load it again", id=id)
    _record(unit, "session.changed", made)
    return after


def objections(
    term: Term, number: int, opens_on: dt.date, closes_on: dt.date | None, taken: frozenset[int]
) -> tuple[str, ...]:
    """List what speaks against a session of a term; *taken* are the numbers of its other sessions."""
    said = []
    if number < 1:
        said.append(f"sessions are numbered from 1, not {number}")
    if number in taken:
        said.append(f"term {term.number} has a session {number} already")
    if closes_on is not None and closes_on < opens_on:
        said.append(f"it would close on {closes_on}, before it opens on {opens_on}")
    if term.first_session_on is not None and opens_on < term.first_session_on:
        said.append(f"{opens_on} lies before the term, which began on {term.first_session_on}")
    last = max(opens_on, closes_on or opens_on)
    if term.ends_on is not None and last >= term.ends_on:
        said.append(f"{last} lies after the term, which ends when the next opens on {term.ends_on}")
    return tuple(said)


def refuse(
    term: Term, number: int, opens_on: dt.date, closes_on: dt.date | None, taken: frozenset[int] = frozenset()
) -> None:
    """Refuse a session that does not fit its term, with every objection."""
    if said := objections(term, number, opens_on, closes_on, taken):
        raise Rejected("session refused", *said)


async def _entry(unit: Unit, term: str) -> Term:
    if not unit.actor.roles & KEEPERS:
        raise NotAllowed(f"sessions are kept by {', '.join(sorted(KEEPERS))}")
    found = await unit.find(TERM, id=term)
    if found is None:
        raise NotFound(f"no term {term}")
    return found


async def _taken(unit: Unit, term: Term, but: str) -> frozenset[int]:
    return frozenset(s.number for s in await unit.all(OF_TERM, term=term.id) if s.id != but)


def _record(unit: Unit, what: str, row: dict[str, Any]) -> None:
    days: dict[str, Any] = {name: str(row[name]) for name in ("opens_on", "closes_on") if row[name] is not None}
    unit.record(what, on=str(row["id"]), version=0, rule=RULE, term=row["term"], number=row["number"], **days)
    unit.emit(what, id=row["id"])


_DIGITS = "零一二三四五六七八九"
_CONGRESS = "人民代表大会"


def chinese(n: int) -> str:
    """Write a number from 1 to 99 as it is written before 届 and 次, e.g. 十二; another number in digits."""
    if not 1 <= n <= 99:
        return str(n)
    tens, ones = divmod(n, 10)
    return f"{_DIGITS[tens] if tens > 1 else ''}{'十' if tens else ''}{_DIGITS[ones] if ones else ''}"


def term_title(number: int) -> str:
    """Write a term's name, e.g. 第六届."""
    return f"第{chinese(number)}届"


def session_title(congress: str, term: int, number: int) -> str:
    """Write a session's name: the term stands before 人民代表大会 where the congress is named so."""
    place, word, rest = congress.rpartition(_CONGRESS)
    named = f"{place}{term_title(term)}{word}" if word and not rest else f"{congress}{term_title(term)}"
    return f"{named}第{chinese(number)}次会议"
