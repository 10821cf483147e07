"""What a use case is promised, on both back ends; ``store.run`` is the synchronous facade itself."""

from __future__ import annotations

import asyncio
import datetime as dt

import attrs
import pytest
from sqlalchemy import select
from tests.databases import CLERK, NOW, A, B
from tests.store.rows import EVENTS, GET, Count, enter, events, file, get, move, open_file, page, values

from renda_core.domain.case import Actor
from renda_core.errors import Misuse, NotFound, Stale, Taken
from renda_core.services import journal
from renda_core.store import tables as t
from renda_core.store.cases import ADD, ADD_FILE, SAVE_FILE, IdRow
from renda_core.store.compile import Query, add, keyed
from renda_core.store.sqlite import SqliteStore
from renda_core.store.unit import Unit

D = dt.date
WORDS = Query(select(t.case_word.c.word.label("id")).where(*keyed(t.case_word, "case_id")), IdRow)


def verify(store, tenant=A):
    return store.run(store.read(journal.verify, tenant))


def test_a_second_writer_is_told(store):
    put = enter(store, A)
    store.run(store.write(move, A, CLERK, put.id))
    with pytest.raises(Stale) as told:
        store.run(store.write(move, A, CLERK, put.id))
    assert told.value.details == {"id": put.id}
    with pytest.raises(NotFound):
        store.run(store.read(get, B, put.id))
    with pytest.raises(NotFound):
        store.run(store.write(move, B, CLERK, put.id))
    assert store.run(store.read(get, A, put.id)) == attrs.evolve(put, state="answered", version=1)
    assert store.run(store.read(events, A)) == 2
    assert store.run(store.read(events, B)) == 0


def test_a_failing_use_case_leaves_nothing(store):
    async def fails(unit):
        await open_file(unit, file())
        raise RuntimeError

    async def silent(unit):
        await unit.write(ADD_FILE, **values(file()))

    async def only_tells(unit):
        unit.emit("x")

    async def twice(unit):
        await open_file(unit, file())
        await open_file(unit, file())

    async def unjournalable(unit):
        await unit.write(ADD_FILE, **values(file()))
        unit.record("x", on=A, version=1, rule="x", when=NOW)

    for use_case, error in (
        (fails, RuntimeError),
        (silent, Misuse),
        (only_tells, Misuse),
        (twice, Misuse),
        (unjournalable, Misuse),
    ):
        with pytest.raises(error):
            store.run(store.write(use_case, A, CLERK))
    assert store.run(store.read(page, A)) == []
    assert store.run(store.read(events, A)) == 0
    assert verify(store).entries == 0
    enter(store, A)
    assert verify(store).entries == 1


def test_a_use_case_that_changes_nothing_needs_no_record(store):
    async def looks(unit):
        return await unit.find(EVENTS)

    assert store.run(store.write(looks, A, CLERK)) == Count(n=0)
    assert verify(store).entries == 0


def test_a_reader_cannot_write(store):
    async def cheats(reader):
        reader._changed = False
        await Unit.write(reader, ADD_FILE, **values(file()))

    with pytest.raises(Exception, match=r"read-?\s?only"):
        store.run(store.read(cheats, A))
    enter(store, A)


def test_a_use_case_sees_its_own_changes(store):
    async def use_case(unit):
        put = await open_file(unit, file())
        return put, await unit.all(Query(select(t.case_file.c.id).where(*keyed(t.case_file, "id")), dict), id=put.id)

    put, found = store.run(store.write(use_case, A, CLERK))
    assert found == [{"id": put.id}]


def test_a_tenant_cannot_be_passed_in(store):
    async def cheats(unit):
        await unit.write(ADD_FILE, **{**values(file()), "tenant_id": B})
        unit.record("x", on=A, version=1, rule="x")

    store.run(store.write(cheats, A, CLERK))
    assert len(store.run(store.read(page, A))) == 1
    assert store.run(store.read(page, B)) == []


@pytest.mark.parametrize("tenant", ["", "1", "x' OR '1'='1", None, f"{A}';--"])
def test_a_tenant_is_a_uuid(store, tenant):
    with pytest.raises(Misuse, match="UUID"):
        store.run(store.read(page, tenant))
    with pytest.raises(Misuse, match="UUID"):
        store.run(store.write(open_file, tenant, CLERK, file()))
    enter(store, A)


def test_a_change_needs_somebody(store):
    with pytest.raises(Misuse, match="actor"):
        store.run(store.write(open_file, A, Actor(id=""), file()))


def test_a_tenant_that_was_never_made_cannot_be_written_to(store):
    stranger = "0198a000-0000-7000-8000-0000000000ff"
    assert store.run(store.read(page, stranger)) == []
    with pytest.raises(Exception, match=r"(?i)foreign key|journal head"):
        enter(store, stranger)

    async def only_tells(unit):
        unit.record("x", on=stranger, version=0, rule="x")

    with pytest.raises(Misuse, match="no journal head"):
        store.run(store.write(only_tells, stranger, CLERK))


def test_a_parent_must_be_of_the_same_tenant(store):
    put = enter(store, A)

    async def points(unit):
        await unit.write(add(t.case_word), case_id=put.id, word="路灯")
        unit.record("x", on=put.id, version=1, rule="x")

    store.run(store.write(points, A, CLERK))
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        store.run(store.write(points, B, CLERK))


def test_the_same_unique_value_in_two_tenants(store):
    for tenant in (A, B):
        enter(store, tenant, number="1")
        with pytest.raises(Taken):
            enter(store, tenant, number="1")
    assert [len(store.run(store.read(page, tenant))) for tenant in (A, B)] == [1, 1]


def test_a_bulk_import_is_one_entry(store):
    made = [file(id=f"0198a000-0000-7000-8000-{i:012x}") for i in range(1, 2001)]

    async def bring_in(unit):
        told = await unit.write_all(ADD_FILE, map(values, made))
        unit.record("file.imported", on=A, version=0, rule="import", **told)
        return told

    told = store.run(store.write(bring_in, A, CLERK))
    assert told == {
        "rows": 2000,
        "digest": "e0ec7fd031063528012a2e65f0260a75438328a0d229a073cc350bc812842a39",
    }  # equal on both back ends
    assert store.run(store.read(page, A)) == made
    assert verify(store).entries == 1


def test_waiting_inside_a_use_case(store):
    """SQLite refuses it, so no task holds the file while another runs; PostgreSQL rolls back when cancelled."""

    async def dawdles(unit):
        await open_file(unit, file())
        await asyncio.sleep(0.2)

    async def cancel():
        for _ in range(8):
            task = asyncio.ensure_future(store.write(dawdles, A, CLERK))
            await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises((asyncio.CancelledError, Misuse)):
                await task
        return await store.read(page, A)

    assert in_loop(store, cancel()) == []
    in_loop(store, store.write(open_file, A, CLERK, file()))
    assert verify(store).entries == 1


def test_waiting_in_a_script_is_a_defect(sqlite_store):
    class Pause:
        def __await__(self):
            yield

    async def dawdles(unit):
        await open_file(unit, file())
        await Pause()

    with pytest.raises(Misuse, match="await nothing but its unit"):
        sqlite_store.run(sqlite_store.write(dawdles, A, CLERK))
    assert sqlite_store.run(sqlite_store.read(page, A)) == []


def in_loop(store, work):
    """Drive *work* under an event loop; a PostgreSQL store brings its own."""
    return asyncio.run(work) if isinstance(store, SqliteStore) else store.run(work)


def test_a_script_may_close_and_go_on(store):
    put = enter(store, A)
    store.shut()
    assert store.run(store.read(get, A, put.id)) == put


def test_erasing_a_private_part_keeps_the_chain(store):
    async def tells(unit):
        unit.record("x", on=A, version=0, rule="x", private={"name": "张三"})

    async def look(reader):
        return await journal.entries(reader)

    store.run(store.write(tells, A, CLERK))
    (line,) = store.run(store.read(look, A))
    assert "张三" in line.private
    assert "张三" not in line.entry
    store.run(store.write(journal.erase, A, CLERK, 1, "本人申请"))
    assert [bool(x.private) for x in store.run(store.read(look, A))] == [False, True]
    assert verify(store).whole


def keep(store, made, *, was, then=None, rehearsed=False):
    """Save a row with a word beside it, and do something else in the same use case."""

    async def work(unit):
        beside = [(ADD[t.case_word], [{"case_id": made.id, "word": "路灯"}])]
        await unit.save_with(ADD_FILE if was is None else SAVE_FILE, values(made), beside, was=was)
        found = await then(unit) if then else None
        unit.record("kept", on=made.id, version=made.version, rule="test")
        if rehearsed:
            unit.rehearse()
        return found

    return store.run(store.write(work, A, CLERK))


def words(store, id):
    async def read(reader):
        return [row.id for row in await reader.all(WORDS, case_id=id)]

    return store.run(store.read(read, A))


def test_what_is_saved_waits_for_its_entry_and_is_there_for_whoever_asks_before(store):
    made = file()
    assert keep(store, made, was=None, then=lambda unit: unit.one(GET, id=made.id)) == made
    assert words(store, made.id) == ["路灯"]
    other = file()
    keep(store, other, was=None)
    assert (store.run(store.read(get, A, other.id)), words(store, other.id)) == (other, ["路灯"])
    verified = verify(store)
    assert (verified.entries, verified.broken) == (2, 0)


def test_what_is_saved_over_an_older_version_leaves_nothing_at_all(store):
    put = enter(store, A)
    for rehearsed in (False, True):
        with pytest.raises(Stale) as told:
            keep(store, attrs.evolve(put, title="x", version=9), was=8, rehearsed=rehearsed)
        assert told.value.details == {"id": put.id}
    with pytest.raises(Taken):
        keep(store, attrs.evolve(file(), id=put.id), was=None)
    assert (store.run(store.read(get, A, put.id)), words(store, put.id)) == (put, [])
    assert verify(store).entries == 1


def test_of_two_that_are_saved_the_first_waits_no_longer(store):
    one, other = file(), file()

    async def second(unit):
        await unit.save_with(ADD_FILE, values(other), [], was=None)

    keep(store, one, was=None, then=second)
    assert [store.run(store.read(get, A, made.id)) for made in (one, other)] == [one, other]
    assert verify(store).entries == 1
