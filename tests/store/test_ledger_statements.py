"""Every ledger that can be asked for: within its tenant, and prepared on both back ends."""

from __future__ import annotations

import asyncio
import sqlite3

import asyncpg
import pytest
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from tests import databases
from tests.store.guard import complaints

from renda_core.store import tables as t
from renda_core.store.compile import Plans
from renda_core.store.shapes import MANY_WORDS, rarity, shapes, statement

SORTS = ("opened", "-opened", "due", "number")


def of(sort):
    return [statement(shape) for shape in shapes() if shape.sort == sort]


def counts():
    return [rarity(table, many) for table in (t.case_word, t.person_word) for many in range(2, MANY_WORDS + 1)]


def test_every_question_has_one_shape_and_every_shape_one_statement():
    every = list(shapes())
    assert len(every) == len(set(every)) == 1584
    assert len({statement(shape) for shape in every}) == len(every)
    assert statement(every[0]) is statement(every[0])


@pytest.mark.parametrize("sort", [*SORTS, "counts"])
def test_every_ledger_stays_with_its_tenant_and_is_prepared_on_sqlite(sort, sqlite_path):
    plans, raw = Plans(sqlite.dialect()), sqlite3.connect(sqlite_path)
    for query in of(sort) or counts():
        compiled = query.source.compile(dialect=PGDialect_asyncpg())
        assert complaints(str(compiled), list(compiled.positiontup).index("tenant_id") + 1) == []
        sql = plans(query).sql
        raw.execute(f"EXPLAIN {sql}", (None,) * sql.count("?")).fetchall()
    raw.close()


@pytest.mark.postgres
def test_every_ledger_is_prepared_on_postgresql(postgres_dsn):
    async def prepare():
        plans, raw = Plans(PGDialect_asyncpg()), await asyncpg.connect(databases.url(postgres_dsn, "renda_app"))
        for query in (*map(statement, shapes()), *counts()):
            await raw.prepare(plans(query).sql)
        await raw.close()

    asyncio.run(prepare())
