"""Keys that change while everybody works: nothing fails to open, nobody is lost, and an old key goes only unneeded."""

from __future__ import annotations

import base64
import datetime as dt
import threading
import warnings

import attrs
import pytest
from sqlalchemy import select
from tests.core.suggesting import OFFICE
from tests.core.test_personal import OTHER, PHONE, Calls, Visits, called

from renda_core.catalogue import Catalogue
from renda_core.errors import Rejected
from renda_core.services.imports.people import ID_NUMBER
from renda_core.services.privacy import places, resealing, rotating
from renda_core.services.requests import Attempt, Written, once
from renda_core.store import tables as t
from renda_core.store.codec import new_id
from renda_core.store.compile import Query, add, mine
from renda_core.store.keys import Keys, mark_of, mark_of_hash
from renda_core.store.people import BY_ID_NUMBER
from renda_core.store.ring import Key
from renda_core.store.suites import AES, SM

NUMBER = "421299199001011234"
ADD = add(t.person)
_p = t.person.c
ALL = Query(select(_p.id, _p.phone, _p.id_number, _p.id_index).where(mine(t.person)), dict)
CODE = add(t.case_code)


@pytest.fixture
def b(county):
    catalogue = Catalogue.collect({"calls": Calls(), "visits": Visits()})
    made = county({"calls": {}, "visits": {}}, catalogue=catalogue)
    before = made.store.keys
    one = next(iter(before.ring.values()))
    changed = Keys({1: one, 2: Key(id=2, secret=bytes(range(32, 64)), since=100.0)}, clock=lambda: clock[0])
    clock = [50.0]
    hold(made.store, changed)
    made.clock = clock
    yield made
    hold(made.store, before)


def hold(store, keys):
    """Give a store other keys, also where it is kept for the session."""
    getattr(store, "_store", store).keys = keys


async def keep(unit, number=NUMBER, phone=PHONE):
    blank = {c.name: None if c.nullable else "" for c in t.person.c if c.name != "tenant_id"}
    id = new_id()
    row = {
        **blank,
        "id": id,
        "name": "李四",
        "valid_from": dt.date(2026, 1, 1),
        "phone": unit.hide(phone, "person.phone"),
        "id_number": unit.hide(number, ID_NUMBER),
        "id_index": unit.find_key(number, ID_NUMBER),
    }
    await unit.write(ADD, **row)
    unit.record("person.added", on=id, version=1, rule="test")
    return id


async def find(reader, number=NUMBER):
    return [row.id for row in await reader.all(BY_ID_NUMBER, id_index=reader.find_key(number, ID_NUMBER))]


def do(b, use_case, *args, **kw):
    return b.store.run(b.store.write(use_case, b.file.id, OFFICE, *args, **kw))


def rotate(b, progress=None):
    return b.store.run(rotating.rotate(b.store, b.tenant, progress))


def needs(b):
    return b.read(rotating.needs)


@pytest.mark.parametrize("suite", [AES, SM])
def test_all_is_sealed_anew_and_found_before_while_and_after(b, suite):
    case, person = called(b), do(b, keep)
    attempt = Attempt(route="POST /x", key="k1", content="00")

    async def work(unit):
        unit.record("x", on=b.file.id, version=0, rule="x")
        return Written(status=200, body=b"kept")

    do(b, once, attempt, work)
    assert set(needs(b)) == {1}
    b.clock[0] = 100.0
    b.store.keys.use(b.file.id, suite)
    assert b.read(find) == [person]  # under the old hash
    assert do(b, once, attempt, work).again
    told = []
    done = rotate(b, told.append)
    assert (done.key, done.suite, done.left) == (2, suite, 0)
    assert done.places == {"case_file.document": 3, "person.id_number": 1, "person.phone": 1, "request_key.body": 1}
    assert told == sorted(told)
    assert told[-1] == done.done == 6
    held = needs(b)
    assert held.pop(1) == {"request_key.fingerprint": 1}  # over in two days
    assert held == {2: {**done.places, "person.id_number": 2}}  # the number, and the hash beside it
    assert b.read(find) == [person]
    assert do(b, once, attempt, work).again
    assert b.see(case, OFFICE).body["phone"] == "****1234"
    after = b.case(case.id)
    assert after.version == b.case(case.id).version == case.version
    assert b.store.keys.open(after.body.callers[0].phone, tenant=b.file.id, field="Call.phone") == OTHER
    (row,) = b.read(lambda reader: reader.all(ALL))
    assert mark_of(row["phone"].raw()).suite == suite
    assert mark_of_hash(row["id_index"]).key == 2
    again = rotate(b)
    assert (again.done, again.left) == (0, 0)
    assert b.verify().whole
    assert [e["what"] for e in b.entries()].count("keys.resealed") == 4


def test_the_suite_alone_may_change_with_the_same_key(b):
    person = do(b, keep)
    b.store.keys.use(b.file.id, SM)
    assert b.read(find) == [person]
    assert rotate(b).done == 2
    assert b.read(find) == [person]
    b.store.keys.use(b.file.id, AES)
    assert b.read(find) == [person]
    assert rotate(b).done == 2
    assert b.read(find) == [person]


def test_many_are_found_at_once_under_either_key(b):
    """As a long import asks: by a list, of which some are hashed anew."""
    first = do(b, keep)
    b.clock[0] = 100.0
    second = do(b, keep, "42129919900101123X")

    async def both(reader):
        from renda_core.store.importing import BY_INDEX

        asked = [reader.find_key(n, ID_NUMBER) for n in (NUMBER, "42129919900101123X")]
        found = await reader.among(BY_INDEX, "id_index", asked)
        return {reader.key_now(k.id_index): k.id for k in found} == dict(zip(asked, (first, second), strict=True))

    assert b.read(both)


def test_what_a_missing_practice_sealed_is_left_counted_and_keeps_the_key(b):
    case = called(b)
    layer = b.file.layers[0]
    full, b.file = b.file, attrs.evolve(b.file, layers=(attrs.evolve(layer, plugins={"calls": {}}),))
    b.clock[0] = 100.0
    done = rotate(b)
    assert done.left == 1  # the visit's number
    with pytest.raises(Rejected) as refused:
        b.read(rotating.refuse_needed, 1)
    assert refused.value.reasons == ("case_file.document: 1",)
    b.file = full
    assert rotate(b).left == 0
    b.read(rotating.refuse_needed, 1)
    assert b.store.keys.open(b.case(case.id).acts[1].payload.phone, tenant=b.file.id, field="Visit.phone") == PHONE


def test_codes_cannot_be_made_anew_and_are_given_up_on_purpose_alone(b):
    case = called(b)

    async def code(unit):
        digest = unit.find_key("ABCDEFGH", "case_code")
        await unit.write(CODE, digest=digest, case_id=case.id, made_on=b.today)
        unit.record("code", on=case.id, version=0, rule="x")

    do(b, code)
    b.clock[0] = 100.0
    rotate(b)
    from renda_core.store.codes import FOLLOWED

    async def followed(reader):
        return await reader.find(FOLLOWED, digest=reader.find_key("ABCDEFGH", "case_code"))

    assert b.read(followed).case_id == case.id
    with pytest.raises(Rejected, match="needed still") as refused:
        b.read(rotating.refuse_needed, 1)
    assert refused.value.reasons == ("case_code.digest: 1",)
    b.read(rotating.refuse_needed, 1, forget=True)
    assert do(b, rotating.forget_hashes, 1) == {}
    assert do(b, rotating.forget_hashes, 1, every=True) == {"case_code.digest": 1}
    assert b.read(followed) is None
    b.read(rotating.refuse_needed, 1)
    assert b.verify().whole


def test_a_row_that_was_changed_meanwhile_is_left_to_who_changed_it(b):
    person = do(b, keep)
    b.clock[0] = 100.0
    at, mark = places.place("person.phone"), b.store.keys.mark(b.file.id)

    async def between(unit):
        real = unit.write

        async def write(statement, **values):
            if "old" in values:  # somebody else was here first
                values = {**values, "old": unit.hide("13900000000", "person.phone")}
            return await real(statement, **values)

        unit.write = write
        page = await resealing.reseal(unit, at, mark, None)
        unit.rehearse()
        return page.done

    assert do(b, between) == 0
    assert b.read(find) == [person]


@pytest.mark.parametrize("rounds", [6])
def test_rotation_fails_no_read_and_loses_no_write(b, rounds):
    """Readers and writers go on while everything is sealed anew; 0 failed reads, each write stands."""
    cases = [called(b) for _ in range(4)]
    people = [do(b, keep, f"4212991990010{n:05}") for n in range(10)]
    b.clock[0] = 100.0
    failed, read, stop = [], [0], threading.Event()

    def work(write: bool) -> None:
        store = b.store.apart()
        n = 0
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                while not stop.is_set() or n < rounds:
                    found = store.run(store.read(find, b.file.id, f"4212991990010{n % 10:05}"))
                    assert found == [people[n % 10]]
                    store.run(store.read(_opens, b.file.id, b.tenant.practice, cases[n % 4].id))
                    if write:
                        store.run(store.write(keep, b.file.id, OFFICE, f"99{threading.get_ident() % 10**8:08}{n:08}"))
                    n += 1
                    read[0] += 2
        except BaseException as error:
            failed.append(error)
        finally:
            store.shut()

    async def _opens(reader, practice, id):
        from renda_core.store.cases import load

        return reader.reveal((await load(reader, practice, id)).body.phone, "Call.phone")

    threads = [threading.Thread(target=work, args=(n == 0,)) for n in range(3)]
    for thread in threads:
        thread.start()
    try:
        for suite in (SM, AES, SM):
            b.store.keys.use(b.file.id, suite)
            rotate(b)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failed == []
    assert read[0] >= 3 * rounds * 2
    rotate(b)
    assert set(needs(b)) == {2}
    assert b.verify().whole


def test_two_rotations_at_once_do_it_once_and_whole(b):
    for n in range(5):
        do(b, keep, f"4212991990010{n:05}")
    b.clock[0] = 100.0
    failed = []

    def work() -> None:
        store = b.store.apart()
        try:
            store.run(rotating.rotate(store, b.tenant))
        except BaseException as error:
            failed.append(error)
        finally:
            store.shut()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert set(needs(b)) == {2}


def test_the_map_has_every_column_in_which_something_sealed_can_lie():
    from sqlalchemy import LargeBinary

    from renda_core.store.columns import Hidden, Id

    tables = {p.table for p in places.PLACES}
    assert not tables & set(places.FREE)
    assert tables | set(places.FREE) == set(t.metadata.tables)
    listed = {p.name for p in places.PLACES} | set(places.OURS)
    for table in t.metadata.tables.values():
        for column in table.c:
            binary = isinstance(column.type, LargeBinary) and not isinstance(column.type, Id)
            if isinstance(column.type, Hidden) or (binary and table.name in tables):
                assert f"{table.name}.{column.name}" in listed, f"{table.name}.{column.name} is not in the data map"


def test_every_box_of_a_county_is_in_a_place_of_the_map(b):
    """Whatever was sealed while a county was furnished is found, byte by byte, in the places the map names alone."""
    made = []
    real = Keys.seal_bytes

    def seal(self, raw, **rest):
        made.append(real(self, raw, **rest))
        return made[-1]

    Keys.seal_bytes = seal
    try:
        called(b)
        do(b, keep)
    finally:
        Keys.seal_bytes = real
    known = {p.name for p in places.PLACES if p.form in ("hidden", "bytes", "document")}
    found = set()
    for table in t.metadata.tables.values():
        if "tenant_id" not in table.c:
            continue
        for row in b.read(lambda reader, x=table: reader.all(Query(select(*x.c).where(mine(x)), dict))):
            for column, value in row.items():
                raw = (
                    value.raw() if hasattr(value, "raw") else value if isinstance(value, bytes) else str(value).encode()
                )
                for n, box in enumerate(made):
                    if box in raw or base64.b64encode(box) in raw:
                        assert f"{table.name}.{column}" in known
                        found.add(n)
    assert found == set(range(len(made)))
