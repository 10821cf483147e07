"""Who asks is looked at in the message that opens a transaction: whatever was changed since is noticed there."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from tests import databases
from tests.databases import CLERK, NOW, A, B
from tests.store.guard import complaints

from renda_core.services.accounts import passes
from renda_core.store import accounts
from renda_core.store import tables as t
from renda_core.store.codec import new_id
from renda_core.store.compile import Write, keyed
from renda_core.store.stamps import PREPARE, Stamp

pytestmark = pytest.mark.postgres
TOUCHED = {
    "the account, though nothing of it changed": (t.account, "id", {"name": "office"}),
    "the account's powers": (t.account, "id", {"roles": "deputy"}),
    "the session": (t.access, "digest", {"strong": True}),
    "when the session was last used": (t.access, "digest", {"seen_at": NOW}),
}


@pytest.fixture
def entered(postgres_store):
    """An account with a session: its id, the digest, and the stamp of both as they are."""
    account, digest = new_id(), passes.digest_of(passes.new(A))
    row = accounts.AccountRow(id=account, kind="person", name="office", roles="office", made_at=NOW)
    access = {"account_id": account, "kind": "session", "scopes": "", "label": "", "strong": False}

    async def work(unit):
        await unit.write(accounts.ADD_ACCOUNT, **{name: getattr(row, name) for name in row.__slots__ if name[0] != "_"})
        await unit.write(accounts.ADD_ACCESS, digest=digest, made_at=NOW, seen_at=NOW, ends_at=None, **access)
        unit.record("account.made", on=account, version=0, rule="test")

    postgres_store.run(postgres_store.write(work, A, CLERK))
    return account, digest, Stamp(digest, asker(postgres_store, digest).versions)


def asker(store, digest, tenant=A):
    async def work(reader):
        return await reader.find(accounts.ASKER, digest=digest)

    return store.run(store.read(work, tenant))


def stands(store, stamp, tenant=A):
    """Tell whether a stamp stands, for a reader and for a writer."""

    async def read(reader):
        return reader.stands

    async def write(unit):
        return unit.stands

    upon = store.upon(stamp)
    both = store.run(upon.read(read, tenant)), store.run(upon.write(write, tenant, CLERK))
    assert both[0] == both[1]
    return both[0]


def test_what_nobody_touched_stands(postgres_store, entered):
    assert [stands(postgres_store, entered[2]) for _ in "123"] == [True] * 3
    assert not stands(postgres_store, None)


@pytest.mark.parametrize("what", TOUCHED)
def test_whatever_was_touched_stands_no_more(postgres_store, entered, what):
    account, digest, stamp = entered
    table, key, values = TOUCHED[what]
    write = Write(update(table).where(*keyed(table, key)).values(values))

    async def work(unit):
        assert await unit.write(write, **{key: {"id": account, "digest": digest}[key]}) == 1
        unit.record("touched", on=account, version=0, rule="test")

    postgres_store.run(postgres_store.write(work, A, CLERK))
    assert not stands(postgres_store, stamp)
    assert stands(postgres_store, Stamp(digest, asker(postgres_store, digest).versions))


def test_what_is_gone_stands_no_more(postgres_store, entered):
    async def work(unit):
        await unit.write(accounts.CUT_ACCESS, digest=entered[1])
        unit.record("session.ended", on=entered[0], version=0, rule="test")

    postgres_store.run(postgres_store.write(work, A, CLERK))
    assert not stands(postgres_store, entered[2])


def test_another_tenants_stamp_stands_for_nobody(postgres_store, entered):
    assert not stands(postgres_store, entered[2], B)


def test_through_a_pooler_nothing_stands_and_everything_is_asked(postgres_dsn, entered):
    from renda_core.store.postgres import PostgresStore

    url = databases.url(postgres_dsn, "renda_app") + "&pooler=transaction"
    store = PostgresStore(url, keys=databases.KEYS, now=lambda: NOW, size=1)
    assert not stands(store, entered[2])
    store.shut()


@pytest.mark.parametrize("rows", ["", "1", "1:2:3", "1:x", "1:2'); DROP TABLE account; --", "1:2\n"])
def test_a_stamp_is_two_numbers(rows):
    with pytest.raises(ValueError, match="must match"):
        Stamp(b"", rows)


def test_the_question_stays_with_its_tenant():
    assert complaints(PREPARE.partition(" AS\n")[2], 1) == []
