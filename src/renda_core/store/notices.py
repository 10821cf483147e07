"""The statements on notices (提醒): sent once for each matter and person, seen by their person."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlalchemy import Date, Integer, String, and_, bindparam, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert  # SQLite writes its clause in the same words

from renda_core.store import tables as t
from renda_core.store.columns import Id, Instant
from renda_core.store.compile import Query, Write, keyed, mine


@attrs.frozen(kw_only=True)
class NoticeRow:
    """A notice as its person has it; *seen_at* is None until the person has seen it."""

    rule: str
    matter: str
    falls_on: dt.date
    title: str
    text: str
    sent_at: dt.datetime
    seen_at: dt.datetime | None


@attrs.frozen(kw_only=True)
class MatterRow:
    """A matter that was told: to how many, and how many of them have seen it."""

    rule: str
    matter: str
    falls_on: dt.date
    title: str
    sent: int
    seen: int
    last_sent_at: dt.datetime


@attrs.frozen(kw_only=True)
class RecipientRow:
    """One person who was told of a matter; *name* is empty where the roster has none."""

    person: str
    name: str
    sent_at: dt.datetime
    seen_at: dt.datetime | None


@attrs.frozen(kw_only=True)
class ToldRow:
    """Who has a notice already."""

    person: str


_n, _p = t.notice.c, t.person.c
_size: Any = bindparam("size", type_=Integer())
SEND = Write(
    insert(t.notice).values({c.name: bindparam(c.name, type_=c.type) for c in t.notice.c}).on_conflict_do_nothing()
)
"""Add one notice unless it is there: of two who send it at once, the later one waits and adds none."""
TOLD = Query(select(_n.person).where(*keyed(t.notice, "rule", "matter")), ToldRow)
_whole = (_n.rule, _n.matter, _n.falls_on, _n.title, _n.text, _n.sent_at, _n.seen_at)
ONE = Query(select(*_whole).where(*keyed(t.notice, "rule", "matter", "person")), NoticeRow)
OWN = Query(
    select(*_whole)
    .where(
        *keyed(t.notice, "person"),
        tuple_(_n.sent_at, _n.rule, _n.matter)
        < tuple_(
            bindparam("at", type_=Instant), bindparam("rule", type_=String()), bindparam("matter", type_=String())
        ),
    )
    .order_by(_n.sent_at.desc(), _n.rule.desc(), _n.matter.desc())
    .limit(_size),
    NoticeRow,
)
_falls_on = func.max(_n.falls_on)
MATTERS = Query(
    select(
        _n.rule, _n.matter, _falls_on.label("falls_on"), func.max(_n.title).label("title"),
        func.count().label("sent"), func.count(_n.seen_at).label("seen"), func.max(_n.sent_at).label("last_sent_at"),
    )
    .where(mine(t.notice))
    .group_by(_n.rule, _n.matter)
    .having(
        tuple_(_falls_on, _n.rule, _n.matter)
        < tuple_(bindparam("day", type_=Date()), bindparam("rule", type_=String()), bindparam("matter", type_=String()))
    )
    .order_by(_falls_on.desc(), _n.rule.desc(), _n.matter.desc())
    .limit(_size),
    MatterRow,
)  # fmt: skip
_recipients = (
    select(_n.person, func.coalesce(_p.name, "").label("name"), _n.sent_at, _n.seen_at)
    .select_from(t.notice.outerjoin(t.person, and_(_p.tenant_id == _n.tenant_id, _p.id == _n.person)))
    .where(*keyed(t.notice, "rule", "matter"), _n.person > bindparam("after", type_=Id()))
    .order_by(_n.person)
    .limit(_size)
)
RECIPIENTS = Query(_recipients, RecipientRow)
UNSEEN = Query(_recipients.where(_n.seen_at.is_(None)), RecipientRow)
SEE = Write(
    update(t.notice)
    .where(*keyed(t.notice, "rule", "matter", "person"), _n.seen_at.is_(None))
    .values(seen_at=bindparam("at", type_=Instant))
)
