"""The ledger's statements: one view of all kinds of case, each narrowed in SQL to what its reader may find.

A statement is put together from a few parts, at first need and once for all. It walks one index, the narrowest
that the question names, in the order of ids, and looks up the other parts for each case on the way: the cost of a
page depends on the page and not on the table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain, combinations, product
from typing import Any, Literal, get_args

import attrs
from sqlalchemy import Date, Integer, String, Table, and_, bindparam, exists, false, func, literal, or_, select, true

from renda_core.store import tables as t
from renda_core.store.columns import Id
from renda_core.store.compile import Query, mine
from renda_core.store.ledgers import LedgerRow

Reach = Literal["open", "public", "own"]
"""The kind's audience: all but drafts; everybody: what was published; a party or a unit: what names it."""
Sort = Literal["opened", "-opened", "due", "number"]
Words = Literal[0, 1, 2]
"""How many words must be there: none, one, or any number up to ``MANY_WORDS``."""
MANY_WORDS = 12
VEILED_ROLES = 8
"""Party roles by which one reader may be kept from finding."""
COUNTED = 1_000
"""Rows of one word that are counted, to tell a rare word from a common one."""
FAR = dt.date.max - dt.timedelta(days=1)
"""When nothing is due, for comparing."""
PARTS: Mapping[str, tuple[Table, tuple[str, ...]]] = {
    "person": (t.case_party, ("person", "kind")),
    "unit": (t.case_assignment, ("unit", "kind")),
    "dimension": (t.case_dimension, ("kind", "name", "value")),
    "facet": (t.case_facet, ("kind", "facet", "state")),
}
"""What narrows a ledger through a side table, the narrowest first: its table, and the columns that must be equal."""


@attrs.frozen(kw_only=True)
class Shape:
    """What a ledger's statement is made of.

    Attributes:
        parts: Names of ``PARTS``; also ``state``, and ``narrow`` for days, due dates and closed or not.
    """

    reach: Reach = "open"
    parts: frozenset[str] = frozenset()
    words: Words = 0
    sort: Sort = "opened"


@attrs.frozen(kw_only=True)
class Counted:
    """How many cases hold a word, counted up to ``COUNTED``."""

    word: str
    n: int


_f = t.case_file.c
_w = t.case_word.c
_columns = tuple(_f[a.name] for a in attrs.fields(LedgerRow))
_kind = _f.kind == bindparam("kind", type_=_f.kind.type)
_seen: Mapping[Reach, tuple[Any, ...]] = {
    "open": (_f.private == false(),),
    "public": (_f.public == true(),),
    "own": (),
}
_narrow = (
    _f.opened_on >= bindparam("opened_from", type_=Date()),
    _f.opened_on <= bindparam("opened_to", type_=Date()),
    func.coalesce(_f.next_due, literal(FAR, Date())) < bindparam("due_before", type_=Date()),
    or_(_f.closed == bindparam("closed", type_=_f.closed.type), _f.closed == bindparam("open", type_=_f.closed.type)),
)


def shapes() -> Iterator[Shape]:
    """Give every shape that a question can have."""
    sides = chain.from_iterable(combinations(PARTS, n) for n in range(len(PARTS) + 1))
    for parts, reach, words, sort, narrow in product(
        list(sides), get_args(Reach), get_args(Words), get_args(Sort), (False, True)
    ):
        if reach == "own" and not {"person", "unit"} & {*parts}:
            continue  # nothing is one's own but through a part that says so
        asked = frozenset({*parts, "narrow"} if narrow else parts)
        yield Shape(reach=reach, parts=asked, words=words, sort=sort)
        if "facet" not in parts:  # a question names one state: of a facet, or the main one
            yield Shape(reach=reach, parts=asked | {"state"}, words=words, sort=sort)


@cache
def statement(shape: Shape) -> Query[LedgerRow]:
    """Put a ledger's statement together; the same shape gives the same object, so that it is prepared once."""
    base = _base(shape)
    walk = _f.id if base is t.case_file else base.c.case_id
    if base is t.case_file:
        query = select(*_columns)
    else:
        same = and_(_f.tenant_id == base.c.tenant_id, _f.id == walk)
        query = select(walk.label("id"), *_columns[1:]).select_from(base.join(t.case_file, same))
    if base in (t.case_assignment, t.case_party):  # a case may name the same one in two rounds or roles
        query = query.distinct()
    where = [mine(base), *_seen[shape.reach]]
    if base in (t.case_file, t.case_word):
        where.append(_kind)
    if "state" in shape.parts:
        where.append(_f.state == bindparam("state", type_=_f.state.type))
    if "narrow" in shape.parts:
        where += _narrow
    for name, (side, _) in PARTS.items():
        if name in shape.parts:
            where.append(_part(name, shape.reach, None if side is base else walk))
    where += _words(shape, base, walk)
    beyond, order = _turned(shape.sort, walk)
    return Query(query.where(*where, *beyond).order_by(*order).limit(bindparam("size", type_=Integer())), LedgerRow)


def _base(shape: Shape) -> Table:
    """Choose the table that is walked: what is due soonest has an index of its own, and few cases are in it."""
    if shape.sort == "due":
        return t.case_file
    if shape.words:
        return t.case_word
    return next((side for name, (side, _) in PARTS.items() if name in shape.parts), t.case_file)


def _part(name: str, reach: Reach, walk: Any) -> Any:
    """Restrict by a side table: the one that is walked, or looked up for the case *walk*."""
    side, columns = PARTS[name]
    equal = [side.c[c] == bindparam(c if c != "state" else "facet_state", type_=side.c[c].type) for c in columns]
    if name == "person" and reach != "own":  # nobody is found by a role that may not be seen
        equal.append(side.c.role.not_in([bindparam(f"veiled_{i}", type_=String()) for i in range(VEILED_ROLES)]))
    if walk is None:
        return and_(*equal)
    return exists().where(mine(side), side.c.case_id == walk, *equal)


def _words(shape: Shape, base: Table, walk: Any) -> list[Any]:
    """Restrict to cases that hold the words: the first, the rarest, is walked, the others are counted by case."""
    if not shape.words:
        return []
    first = _w.word == bindparam("word", type_=_w.word.type)
    found = [first if base is t.case_word else exists().where(mine(t.case_word), _w.case_id == walk, first)]
    if shape.words == 1:
        return found
    more: Any = t.case_word.alias("more")
    others = more.c.word.in_([bindparam(f"word_{i}", type_=_w.word.type) for i in range(1, MANY_WORDS)])
    held = select(func.count()).select_from(more).where(mine(more), more.c.case_id == walk, others)
    return [*found, held.scalar_subquery() == bindparam("others", type_=Integer())]


def _turned(sort: Sort, walk: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Say where a page begins, and its order."""
    after: Any = bindparam("after", type_=Id())
    if sort == "opened":
        return (walk > after,), (walk,)
    if sort == "-opened":
        return (walk < after,), (walk.desc(),)
    if sort == "number":
        return (_f.number > bindparam("number", type_=_f.number.type),), (_f.number,)
    day: Any = bindparam("day", type_=Date())
    return (_f.next_due.is_not(None), _f.next_due >= day, or_(_f.next_due > day, walk > after)), (_f.next_due, walk)


def word_values(words: list[str]) -> dict[str, Any]:
    """Bind words, the rarest first, up to ``MANY_WORDS`` of them; the last fills the places that are left."""
    first, *rest = words[:MANY_WORDS]
    filled = rest + rest[-1:] * (MANY_WORDS - 1 - len(rest)) if rest else []
    return {"word": first, "others": len(rest)} | {f"word_{i}": word for i, word in enumerate(filled, 1)}


@cache
def rarity(table: Table, many: int) -> Query[Counted]:
    """Count the rows of *many* words, bound as ``word_0`` and on, none further than needed to compare them."""
    parts = []
    for i in range(many):
        word: Any = bindparam(f"word_{i}", type_=table.c.word.type)
        some = select(table.c.word).where(mine(table), table.c.word == word).limit(COUNTED).subquery(f"some_{i}")
        parts.append(select(word.label("word"), select(func.count()).select_from(some).scalar_subquery().label("n")))
    whole = parts[0].union_all(*parts[1:]).subquery("counted")
    return Query(select(whole.c.word, whole.c.n), Counted)
