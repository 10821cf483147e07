"""Several changes in one statement: they stay with their tenant, and come after the first or not at all."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from tests.databases import CLERK, A, B
from tests.store.guard import complaints
from tests.store.rows import enter, file, values

from renda_core.errors import Taken
from renda_core.store import tables as t
from renda_core.store.cases import ADD, ADD_FILE, CHANGE, CUT, SAVE_FILE, IdRow
from renda_core.store.compile import Query, keyed
from renda_core.store.folding import bound, folded

FOLDED = {
    "opening": folded(ADD_FILE, tuple(ADD.values())),
    "saving": folded(SAVE_FILE, (*ADD.values(), *CHANGE.values(), *CUT.values())),
    "alone": folded(SAVE_FILE, ()),
}
WORDS = Query(select(t.case_word.c.word.label("id")).where(*keyed(t.case_word, "case_id")), IdRow)
ALL = (ADD[t.case_word], ADD[t.case_facet], CHANGE[t.case_facet], CUT[t.case_word])


@pytest.mark.parametrize("name", FOLDED)
def test_a_folded_statement_stays_with_its_tenant(name):
    compiled = FOLDED[name].source.compile(dialect=PGDialect_asyncpg())
    assert complaints(str(compiled), list(compiled.positiontup).index("tenant_id") + 1) == []


def test_the_same_changes_are_one_statement():
    assert folded(SAVE_FILE, ALL) is folded(SAVE_FILE, ALL)
    assert folded(SAVE_FILE, ALL) is not folded(SAVE_FILE, ALL[1:])


def rows(id, *words, state="open"):
    """Say what stands beside a case: words that are added, one facet that is, and nothing else."""
    own = {"case_id": id, "kind": "suggestion"}
    return [
        (ADD[t.case_word], [{"case_id": id, "word": word} for word in words]),
        (ADD[t.case_facet], [{**own, "facet": "key", "state": state}]),
    ]


def write(store, first, made, beside, tenant=A, **more):
    async def work(unit):
        changes = folded(first, tuple(change for change, _ in beside))
        touched = await unit.write(changes, **values(made), **bound(beside), **more)
        unit.record("x", on=made.id, version=0, rule="x")
        return touched

    return store.run(store.write(work, tenant, CLERK))


def words_of(store, id, tenant=A):
    async def read(reader):
        return sorted(row.id for row in await reader.all(WORDS, case_id=id))

    return store.run(store.read(read, tenant))


@pytest.mark.postgres
def test_the_others_are_done_with_the_first(postgres_store):
    made = file()
    assert write(postgres_store, ADD_FILE, made, rows(made.id, "路灯", "灯坏", "")) == 1
    assert words_of(postgres_store, made.id) == ["", "灯坏", "路灯"]
    gone = [(CUT[t.case_word], [{"case_id": made.id, "word": word} for word in ("路灯", "")])]
    assert write(postgres_store, SAVE_FILE, made, gone, was=0) == 1
    assert words_of(postgres_store, made.id) == ["灯坏"]


@pytest.mark.postgres
def test_where_the_first_touches_nothing_none_of_the_others_is_done(postgres_store):
    put = enter(postgres_store, A)
    assert write(postgres_store, SAVE_FILE, put, rows(put.id, "路灯"), was=7) == 0
    assert words_of(postgres_store, put.id) == []
    assert write(postgres_store, SAVE_FILE, put, rows(put.id, "路灯"), tenant=B, was=0) == 0
    assert words_of(postgres_store, put.id, B) == []


@pytest.mark.postgres
def test_what_is_there_already_undoes_all_of_it(postgres_store):
    made = file()
    write(postgres_store, ADD_FILE, made, rows(made.id, "路灯"))
    with pytest.raises(Taken):
        write(postgres_store, SAVE_FILE, made, rows(made.id, "灯坏"), was=0)  # the facet is there
    assert words_of(postgres_store, made.id) == ["路灯"]
    with pytest.raises(Taken):
        write(postgres_store, ADD_FILE, made, rows(made.id, "灯坏"))
    assert words_of(postgres_store, made.id) == ["路灯"]
