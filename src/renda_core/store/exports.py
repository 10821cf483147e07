"""What exports read: each noun as its file has it, in pages by id, so that their memory depends on the page only."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlalchemy import Date, Integer, Select, Table, and_, bindparam, false, or_, select

from renda_core.store import tables as t
from renda_core.store.columns import Id
from renda_core.store.compile import Query, keyed, mine

_on: Any = bindparam("on", type_=Date())
_after: Any = bindparam("after", type_=Id())
_last: Any = bindparam("last", type_=Id())
_size: Any = bindparam("size", type_=Integer())


def _holds(table: Any) -> Any:
    """Restrict to rows that hold on a date."""
    return and_(table.c.valid_from <= _on, or_(table.c.valid_to.is_(None), table.c.valid_to > _on))


def _of(column: Any, table: Any) -> Any:
    """Tie a column to the id of another noun of the same tenant."""
    return and_(table.c.tenant_id == column.table.c.tenant_id, table.c.id == column)


def _paged(query: Select[Any], walk: Any) -> Query[dict[str, Any]]:
    """Walk a noun by its id."""
    return Query(query.where(walk > _after).order_by(walk).limit(_size), dict)


_above = t.congress.alias("above")
_parent = t.unit.alias("parent_unit")
_c, _u, _m, _p = t.congress.c, t.unit.c, t.mandate.c, t.person.c


def _sits(kind: str) -> Any:
    """Name the body of one kind in which a mandate sits at last."""
    return (
        select(t.body.c.name)
        .select_from(t.membership.join(t.body, _of(t.membership.c.body, t.body)))
        .where(
            t.membership.c.tenant_id == _m.tenant_id,
            t.membership.c.mandate == _m.id,
            t.body.c.kind == kind,
            _holds(t.membership),
        )
        .order_by(t.membership.c.valid_from.desc(), t.membership.c.id.desc())
        .limit(1)
        .correlate(t.mandate)
        .scalar_subquery()
    )


CONGRESSES = _paged(
    select(
        t.term.c.id, _c.name, _c.level, _c.area, _above.c.name.label("parent"), _c.has_districts, _c.population,
        t.term.c.number.label("term"), t.term.c.first_session_on.label("began"),
    )
    .select_from(
        t.term.join(t.congress, _of(t.term.c.congress, t.congress)).outerjoin(_above, _of(_c.parent, _above))
    )
    .where(mine(t.term), or_(_c.valid_to.is_(None), _c.valid_to > _on)),
    t.term.c.id,
)  # fmt: skip
"""One row a term, so that a congress of several terms comes whole."""
UNITS = _paged(
    select(_u.id, _u.name, _u.code.label("credit_code"), _u.category, _u.head, _u.phone, _parent.c.name.label("parent"))
    .select_from(t.unit.outerjoin(_parent, _of(_u.parent, _parent)))
    .where(mine(t.unit), _holds(t.unit)),
    _u.id,
)
_s = t.station.c
STATIONS = _paged(
    select(
        _s.id, _s.name, _s.kind, _s.code, _c.name.label("congress"), _s.address, _s.manager.label("head"), _s.phone,
        _s.township, _s.liaison, _s.position, _s.offers, _s.valid_to.label("closed"),
    )
    .select_from(t.station.join(t.congress, _of(_s.congress, t.congress)))
    .where(mine(t.station), _holds(t.station)),
    _s.id,
)  # fmt: skip
ROSTER = _paged(
    select(
        _m.id, _p.name, _p.sex, _p.nationality.label("ethnicity"), _p.born_on.label("born"), _p.id_number, _p.phone,
        _p.party, _p.education, _p.employer, _p.position.label("post"), _c.name.label("congress"),
        t.term.c.number.label("term"), t.district.c.name.label("district"), _m.certificate,
        _m.elected_on.label("elected"), _m.by_election, _sits("delegation").label("delegation"),
        _sits("group").label("group"), _m.categories.label("composition"),
    )
    .select_from(
        t.mandate.join(t.person, _of(_m.person, t.person))
        .join(t.congress, _of(_m.congress, t.congress))
        .join(t.term, _of(_m.term, t.term))
        .outerjoin(t.district, _of(_m.district, t.district))
    )
    .where(mine(t.mandate), _holds(t.mandate)),
    _m.id,
)  # fmt: skip
"""One row a mandate that holds; whoever is a deputy no more is in ``FORMER``."""
FORMER = _paged(
    select(
        _m.id, _p.name, _p.sex, _c.name.label("congress"), t.term.c.number.label("term"),
        t.district.c.name.label("district"), _m.certificate, _m.elected_on.label("elected"), _m.by_election, _m.state,
        _m.valid_to.label("ended"), _m.document,
    )
    .select_from(
        t.mandate.join(t.person, _of(_m.person, t.person))
        .join(t.congress, _of(_m.congress, t.congress))
        .join(t.term, _of(_m.term, t.term))
        .outerjoin(t.district, _of(_m.district, t.district))
    )
    .where(mine(t.mandate), ~_holds(t.mandate)),
    _m.id,
)  # fmt: skip
"""One row a mandate that holds no more, or does not hold yet, with its document for what ended it."""

_v, _d, _n = t.voter.c, t.district.c, t.session.c
VOTERS = _paged(
    select(
        _v.id, _p.name, _p.sex, _p.nationality.label("ethnicity"), _p.born_on.label("born"), _p.id_number, _p.phone,
        _c.name.label("congress"), _d.name.label("district"), _v.registered_on.label("registered"),
    )
    .select_from(
        t.voter.join(t.person, _of(_v.person, t.person))
        .join(t.district, _of(_v.district, t.district))
        .join(t.congress, _of(_d.congress, t.congress))
    )
    .where(mine(t.voter), or_(_v.valid_to.is_(None), _v.valid_to > _on)),
    _v.id,
)  # fmt: skip
SESSIONS = _paged(
    select(
        _n.id, _c.name.label("congress"), t.term.c.number.label("term"), _n.number, _n.opens_on.label("opens"),
        _n.closes_on.label("closes"),
    )
    .select_from(
        t.session.join(t.term, _of(_n.term, t.term)).join(t.congress, _of(t.term.c.congress, t.congress))
    )
    .where(mine(t.session), or_(_n.valid_to.is_(None), _n.valid_to > _on)),
    _n.id,
)  # fmt: skip
"""Those to come, too."""


@attrs.frozen(kw_only=True)
class FileRow:
    """A case as stored, with its id to go on from."""

    id: str
    kind: str
    edition: str
    document: bytes


_f = t.case_file.c


def _files(only: Any) -> Query[FileRow]:
    found = select(_f.id, _f.kind, _f.edition, _f.document).where(*keyed(t.case_file, "kind"), only, _f.id > _after)
    return Query(found.order_by(_f.id).limit(_size), FileRow)


FILES = {
    "open": _files(_f.private == false()),
    "own": _files(
        select(t.case_assignment.c.round)
        .where(
            t.case_assignment.c.tenant_id == _f.tenant_id,
            t.case_assignment.c.case_id == _f.id,
            t.case_assignment.c.unit == bindparam("unit", type_=Id()),
        )
        .exists()
    ),
}
"""By how far the reader reaches: every open case, or those of the reader's unit."""


@attrs.frozen(kw_only=True)
class Called:
    """A person with a certificate number that nobody else bears."""

    person: str
    certificate: str


_other = t.mandate.alias("other")
CALLED = Query(
    select(_m.person, _m.certificate)
    .select_from(
        t.case_party.join(
            t.mandate, and_(_m.tenant_id == t.case_party.c.tenant_id, _m.person == t.case_party.c.person)
        )
    )
    .where(
        *keyed(t.case_party, "kind"),
        t.case_party.c.case_id > _after,
        t.case_party.c.case_id <= _last,
        _holds(t.mandate),
        _m.certificate != "",
        ~select(_other.c.id)
        .where(
            _other.c.tenant_id == _m.tenant_id,
            _other.c.certificate == _m.certificate,
            _other.c.person != _m.person,
            _holds(_other),
        )
        .exists(),
    )
    .order_by(_m.id),
    Called,
)  # fmt: skip
"""Of the people of a page of cases: by what number a file may call them."""


@attrs.frozen(kw_only=True)
class UnitName:
    """A handling unit's name, and from when to when it holds."""

    id: str
    name: str
    valid_from: dt.date
    valid_to: dt.date | None

    def holds(self, on: dt.date) -> bool:
        """Tell whether a file of this date may call it so."""
        return self.valid_from <= on and (self.valid_to is None or self.valid_to > on)


UNIT_NAMES = Query(select(_u.id, _u.name, _u.valid_from, _u.valid_to).where(mine(t.unit)).order_by(_u.id), UnitName)


@attrs.frozen(kw_only=True)
class Held:
    """A unit that handles a case in one round."""

    case_id: str
    round: int
    unit: str
    role: str


def _held(*only: Any) -> Query[Held]:
    a: Table = t.case_assignment
    return Query(
        select(a.c.case_id, a.c.round, a.c.unit, a.c.role).where(*only).order_by(a.c.case_id, a.c.round, a.c.unit), Held
    )


HELD = _held(*keyed(t.case_assignment, "case_id"))
HELD_BETWEEN = _held(
    *keyed(t.case_assignment, "kind"), t.case_assignment.c.case_id >= _after, t.case_assignment.c.case_id <= _last
)
"""Who handles the cases of a page: of one case, or of those between two ids."""
