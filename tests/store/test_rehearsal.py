"""A use case that only asks what would happen: all of it runs, and all of it is undone, on both back ends."""

from tests.databases import CLERK, A
from tests.store.rows import enter, events, file, open_file, page

from renda_core.services import journal


def test_a_rehearsal_answers_and_leaves_nothing(store):
    async def rehearsed(unit):
        unit.rehearse()
        await open_file(unit, file())
        return len(await page(unit))

    assert store.run(store.write(rehearsed, A, CLERK)) == 1
    assert store.run(store.read(page, A)) == []
    assert (store.run(store.read(events, A)), store.run(store.read(journal.verify, A)).entries) == (0, 0)
    enter(store, A)
    assert store.run(store.read(journal.verify, A)).entries == 1
