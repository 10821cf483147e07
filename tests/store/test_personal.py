"""Personal data: sealed before it is written, found without being opened, and nowhere in clear on the disk."""
# ruff: noqa: S608 - the tables are our own

from __future__ import annotations

import datetime as dt
import stat

import attrs
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from tests.databases import CLERK, KEYS, A, B, owner_dsn

from renda_core.domain.sealed import ERASED, Sealed
from renda_core.errors import ConfigError, Invalid, Misuse
from renda_core.store import tables as t
from renda_core.store.codec import new_id
from renda_core.store.compile import Query, add, keyed
from renda_core.store.keys import Keys

PHONE, NUMBER = "19900004711", "421299199001011234"


@attrs.frozen(kw_only=True)
class Kept:
    id: str
    phone: Sealed | None
    id_number: Sealed | None


ADD = add(t.person)
_p = t.person
FIND = Query(select(_p.c.id, _p.c.phone, _p.c.id_number).where(*keyed(_p, "id_index")), Kept)


def person(**change):
    made = dict.fromkeys((c.name for c in _p.c if c.name != "tenant_id" and not c.nullable), "")
    return {**made, "id": new_id(), "valid_from": dt.date(2026, 1, 1), "valid_to": None, "born_on": None, **change}


async def keep(unit, phone=PHONE, number=NUMBER):
    made = person(
        phone=unit.hide(phone, "phone"),
        id_number=unit.hide(number, "id_number"),
        id_index=unit.find_key(number, "id_number"),
    )
    await unit.write(ADD, **made)
    unit.record("person.added", on=made["id"], version=1, rule="add", private={"phone": phone})
    return made["id"]


async def find(reader, number=NUMBER):
    return await reader.find(FIND, id_index=reader.find_key(number, "id_number"))


def test_a_sealed_value_comes_back_sealed(store):
    id = store.run(store.write(keep, A, CLERK))
    found = store.run(store.read(find, A))
    assert found.id == id
    assert (str(found.phone), found.id_number.last) == ("****4711", "1234")
    assert KEYS.open(found.phone, tenant=A, field="phone") == PHONE
    assert store.run(store.read(find, A, "421299199001011235")) is None
    assert store.run(store.read(find, B)) is None


def test_two_tenants_find_by_different_keys(store):
    async def key(reader):
        return reader.find_key(NUMBER, "id_number")

    assert store.run(store.read(key, A)) != store.run(store.read(key, B))


def test_clear_text_cannot_be_written(store):
    async def forgets(unit):
        await unit.write(ADD, **person(phone=PHONE, id_number=None, id_index=None))
        unit.record("x", on=A, version=1, rule="x")

    with pytest.raises(Misuse, match="must be sealed"):
        store.run(store.write(forgets, A, CLERK))


def test_an_erased_and_a_missing_value_are_kept_apart(store):
    async def both(unit):
        await unit.write(ADD, **person(phone=ERASED, id_number=None, id_index=b"x"))
        unit.record("x", on=A, version=1, rule="x")
        return await unit.one(FIND, id_index=b"x")

    found = store.run(store.write(both, A, CLERK))
    assert found.phone == ERASED
    assert found.id_number is None


def secrets_of(number):
    """Everything but the four characters that may be shown."""
    return [number.encode(), number[:-4].encode(), number.encode("utf-16-le")]


def test_no_clear_text_in_the_file(sqlite_store, sqlite_path):
    async def quietly(unit):
        made = person(phone=unit.hide(PHONE, "phone"), id_number=unit.hide(NUMBER, "id_number"), id_index=None)
        await unit.write(ADD, **made)
        unit.record("person.added", on=made["id"], version=1, rule="add")

    sqlite_store.run(sqlite_store.write(quietly, A, CLERK))
    for _ in "12":  # with the log beside it, and folded into the file
        files = list(sqlite_path.parent.glob("a.db*"))
        held = b"".join(p.read_bytes() for p in files)
        assert b"4711" in held
        assert not [s for secret in (PHONE, NUMBER) for s in secrets_of(secret) if s in held]
        sqlite_store.close()


def test_an_erased_private_part_leaves_the_file(sqlite_store, sqlite_path):
    from renda_core.services import journal

    sqlite_store.run(sqlite_store.write(keep, A, CLERK))
    assert PHONE.encode() in b"".join(p.read_bytes() for p in sqlite_path.parent.glob("a.db*"))
    sqlite_store.run(sqlite_store.write(journal.erase, A, CLERK, 1, "申请"))
    sqlite_store.close()  # the log is folded into the file and removed
    assert [p.name for p in sqlite_path.parent.glob("a.db*")] == ["a.db"]
    assert PHONE.encode() not in sqlite_path.read_bytes()


@pytest.mark.postgres
def test_no_clear_text_in_the_tables(postgres_store):
    postgres_store.run(postgres_store.write(keep, A, CLERK))
    with psycopg.connect(owner_dsn(postgres_store)) as raw:
        for name in t.metadata.tables:
            shown = ["''" if c.name == "private" else c.name for c in t.metadata.tables[name].c]
            rows = raw.execute(f"SELECT {', '.join(shown)} FROM {name}").fetchall()
            held = b"".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row)
            assert not [s for secret in (PHONE, NUMBER) for s in secrets_of(secret) if s in held], name


@given(st.text(max_size=60), st.sampled_from(["phone", "id_number", "名"]))
def test_what_is_sealed_opens(text, field):
    sealed = KEYS.seal(text, tenant=A, field=field)
    assert KEYS.open(sealed, tenant=A, field=field) == text
    assert sealed.last == (text[-4:] if len(text) > 8 else "")
    assert KEYS.seal(text, tenant=A, field=field) != sealed


@pytest.mark.parametrize(
    "attack",
    [
        lambda s: Keys(bytes(32)).open(s, tenant=A, field="phone"),
        lambda s: KEYS.open(s, tenant=A, field="id_number"),
        lambda s: KEYS.open(s, tenant=B, field="phone"),
        lambda s: KEYS.open(ERASED, tenant=A, field="phone"),
        *(
            lambda s, at=at: KEYS.open(
                Sealed.of(s.raw()[:at] + bytes([s.raw()[at] ^ 1]) + s.raw()[at + 1 :], s.last), tenant=A, field="phone"
            )
            for at in (0, 1, 12, 13, 20, 39)
        ),
        *(lambda s, n=n: KEYS.open(Sealed.of(s.raw()[:n], ""), tenant=A, field="phone") for n in (1, 5, 13, 20, 39)),
    ],
)
def test_what_was_moved_or_changed_does_not_open(attack):
    sealed = KEYS.seal(PHONE, tenant=A, field="phone")
    assert len(sealed.raw()) == 40
    with pytest.raises(Invalid):
        attack(sealed)


def test_a_key_is_shown_nowhere():
    (key,) = KEYS.ring.values()
    assert key.secret.hex() not in repr(KEYS) + repr(key)
    assert repr(KEYS) == "Keys(…)"


def test_a_key_file_is_its_owners_alone(tmp_path):
    path = tmp_path / "keys" / "a.key"
    made = Keys.make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = Keys.read(path)
    assert again.open(made.seal("x", tenant=A, field="f"), tenant=A, field="f") == "x"
    with pytest.raises(FileExistsError):
        Keys.make(path)
    for mode in (0o640, 0o604, 0o660, 0o644):
        path.chmod(mode)
        with pytest.raises(ConfigError, match="chmod 600"):
            Keys.read(path)


@pytest.mark.parametrize("text", ["", "00", "zz" * 32, "00" * 31, "00" * 33, "密钥"])
def test_a_broken_key_file_is_refused(tmp_path, text):
    path = tmp_path / "a.key"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    with pytest.raises(ConfigError):
        Keys.read(path)


def test_a_missing_key_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"a\.key does not exist"):
        Keys.read(tmp_path / "a.key")
