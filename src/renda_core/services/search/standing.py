"""Whether everything that is kept can be found: what came before its words were, a reindex mends."""

from __future__ import annotations

import attrs
from sqlalchemy import Table, exists, func, select

from renda_core.store import tables as t
from renda_core.store.compile import Query, mine
from renda_core.store.unit import Reader


@attrs.frozen(kw_only=True)
class Many:
    """How many."""

    n: int


@attrs.frozen(kw_only=True)
class Lacking:
    """How many cases and people nobody finds by any word."""

    cases: int
    people: int


def _without(table: Table, words: Table, id: str) -> Query[Many]:
    held = exists().where(mine(words), words.c[id] == table.c.id)
    return Query(select(func.count().label("n")).select_from(table).where(mine(table), ~held), Many)


CASES = _without(t.case_file, t.case_word, "case_id")
PEOPLE = _without(t.person, t.person_word, "person_id")


async def lacking(reader: Reader) -> Lacking:
    """Count what has no words at all."""
    return Lacking(cases=(await reader.one(CASES)).n, people=(await reader.one(PEOPLE)).n)
