"""Personal data: sealed before it goes anywhere, shown by its last characters, erased for good."""

import datetime as dt
import sqlite3
from pathlib import Path

import attrs
import pytest
from tests.core.suggesting import CHAIR, OFFICE, entries

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.procedure import Facet, Kind, Move, Step
from renda_core.domain.sealed import ERASED, Personal, Sealed, forget, over_personal, personal
from renda_core.errors import Invalid, Misuse, Rejected
from renda_core.services import bulk, cases, corrections, journal, ledgers, search
from renda_core.services.ledgers import Ask

PHONE, OTHER = "13907241234", "13811110000"


@attrs.frozen(kw_only=True)
class Caller:
    """Somebody named inside a list."""

    name: str = ""
    phone: Personal = personal()


@attrs.frozen(kw_only=True)
class Call:
    """A body with personal data, at the top and within."""

    text: str
    phone: Personal = personal()
    callers: tuple[Caller, ...] = ()


@attrs.frozen(kw_only=True)
class Visit:
    """A payload with personal data."""

    phone: Personal = personal()


RECORDS = (
    Kind(name="call", title="来电", opening="take", body=Call, audience="office overseer", words="text phone"),
    Facet(kind="call", states="open closed", final="closed"),
    Step(kind="call", name="take", who="office"),
    Step(kind="call", name="close", who="office", moves=(Move("open", "closed"),)),
)


class Calls:
    """A plugin of a test."""

    @hookimpl
    def register_cases(self):
        return RECORDS


class Visits:
    """Another, whose payload stays plain data where it is off."""

    @hookimpl
    def register_cases(self):
        return (Step(kind="call", name="visit", who="office", takes=Visit),)


@pytest.fixture
def b(county):
    catalogue = Catalogue.collect({"calls": Calls(), "visits": Visits()})
    return county({"calls": {}, "visits": {}}, catalogue=catalogue)


def called(b):
    body = {"text": "路灯不亮", "phone": PHONE, "callers": [{"name": "李", "phone": OTHER}]}
    return b.step(b.open("call", OFFICE, body), "visit", OFFICE, payload={"phone": PHONE})


def test_what_is_personal_is_sealed_however_deep(b):
    case = called(b)
    stored = b.case(case.id)
    assert isinstance(stored.body.phone, Sealed)
    assert isinstance(stored.body.callers[0].phone, Sealed)
    assert isinstance(stored.acts[-1].payload.phone, Sealed)
    for text in (PHONE, OTHER):
        for told in (repr(stored), str(b.see(case, OFFICE)), str(entries(b)), repr(case)):
            assert text not in told
    seen = b.see(case, OFFICE)
    assert seen.body["phone"] == "****1234"
    assert seen.body["callers"][0]["phone"] == "****0000"
    assert seen.acts[-1]["phone"] == "****1234"
    opened = b.read(lambda reader: _reveal(reader, stored.body.phone, "Call.phone"))
    assert opened == PHONE


async def _reveal(reader, sealed, field):
    return reader.reveal(sealed, field)


def test_one_tenants_box_opens_nowhere_else(b, county):
    case = called(b)
    other = county({"calls": {}}, catalogue=b.catalogue)
    for reader, field in ((other, "Call.phone"), (b, "Call.text")):
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the cipher says, it says no
            reader.read(lambda r, f=field: _reveal(r, case.body.phone, f))


def test_nobody_finds_by_what_is_sealed(b):
    case = called(b)
    for text, ids in ((PHONE, []), ("1234", []), ("路灯", [case.id])):
        assert [r.id for r in b.ask(search.search, OFFICE, text, kind="call").cases] == ids


def test_bulk_seals_too(b):
    opening = cases.OpenCase(kind="call", title="x", body={"text": "x", "phone": PHONE})
    (id,) = b.do(bulk.work, OFFICE, [bulk.Job(open=opening)], what="test.pile").ids
    assert isinstance(b.case(id).body.phone, Sealed)


def test_erasure_leaves_no_text_and_the_journal_valid(b):
    case = called(b)
    with pytest.raises(Invalid, match="an erasure needs a reason"):
        b.do(corrections.erase, CHAIR, case.id, " ")
    with pytest.raises(Rejected, match="only an overseer may erase"):
        b.do(corrections.erase, OFFICE, case.id, "本人要求")
    before = b.case(case.id)
    after = b.do(corrections.erase, CHAIR, case.id, "本人要求删除")
    assert after.body.phone == after.body.callers[0].phone == after.acts[1].payload.phone == ERASED
    assert b.see(case, OFFICE).body["phone"] == "已删除"
    stored = b.case(case.id)
    assert before.body.phone.box not in repr(stored)
    assert stored == after
    assert (after.acts[-1].step, after.acts[-1].forced, after.acts[-1].by) == ("erase", True, CHAIR.id)
    assert after.version == len(after.acts) - 1 == before.version + 1
    told = entries(b)[-1]
    assert told["what"] == "call.erased"
    assert "本人" not in str(told)
    assert b.verify().whole
    assert b.run(after, ("close", OFFICE)).states["main"] == "closed"


def test_erasure_reaches_what_a_disabled_plugin_left(b):
    case = called(b)
    layer = b.file.layers[0]
    full, b.file = b.file, attrs.evolve(b.file, layers=(attrs.evolve(layer, plugins={"calls": {}}),))
    assert b.case(case.id).acts[1].payload["phone"]["box"]
    b.do(corrections.erase, CHAIR, case.id, "本人要求")
    assert b.case(case.id).acts[1].payload["phone"] == {"box": "", "last": ""}
    b.file = full
    assert b.case(case.id).acts[1].payload.phone.erased


def test_erasing_the_private_part_of_an_entry_keeps_the_chain(b):
    case = called(b)
    b.do(corrections.erase, CHAIR, case.id, "本人要求删除")
    lines = b.read(journal.entries)
    seq = next(line.seq for line in lines if line.private)
    assert "本人要求删除" in lines[seq - 1].private
    b.store.run(b.store.write(journal.erase, b.file.id, CHAIR, seq, "理由含姓名"))
    lines = b.read(journal.entries)
    assert lines[seq - 1].private is None
    assert "本人" not in str(lines[:-1])
    assert b.verify().whole
    assert b.verify().entries == len(lines)


def test_the_file_itself_holds_no_clear_text(bench, tmp_path: Path):
    b = bench({"calls": {}, "visits": {}}, catalogue=Catalogue.collect({"calls": Calls(), "visits": Visits()}))
    case = called(b)
    box = b.case(case.id).body.phone.box
    b.do(corrections.erase, CHAIR, case.id, "本人要求")
    b.store.shut()
    (path,) = tmp_path.glob("*.db")
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    for text in (PHONE, OTHER):
        for file in tmp_path.iterdir():
            assert text.encode() not in file.read_bytes()
    assert box.encode() not in path.read_bytes()


def test_sealing_and_forgetting_leave_all_else_as_it_is():
    plain = Call(text="x", callers=(Caller(name="李"),))
    assert over_personal(plain, lambda name, field: field) is plain
    assert forget((1, "x", None, dt.date(2026, 1, 1))) == (1, "x", None, dt.date(2026, 1, 1))
    assert forget({"a": [Sealed("x", "1")], "box": 1}) == {"a": [ERASED], "box": 1}
    assert str(Sealed("x", "1234")) == "****1234"
    assert "x" not in repr(Sealed("x", "1234"))


def test_a_journal_body_takes_no_object(b):
    async def careless(unit):
        unit.record("x", on=b.file.id, version=0, rule="r", body=Sealed("x"))

    with pytest.raises(Misuse, match="plain JSON values"):
        b.store.run(b.store.write(careless, b.file.id, CHAIR))


def test_ledgers_of_cases_with_personal_data(b):
    case = called(b)
    (row,) = b.ask(ledgers.ledger, OFFICE, Ask(kind="call"))
    assert row.id == case.id
    assert PHONE not in str(row)
