"""Personal data of one person: seen whole with a reason, copied, erased everywhere, kept no longer than it may be."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest
from sqlalchemy import select
from tests.core.sending_files import PDF
from tests.core.suggesting import CHAIR, OFFICE, WANG
from tests.core.test_personal import OTHER, PHONE, Calls, Visits
from tests.core.test_privacy_keys import ADD, NUMBER

from renda_core.catalogue import Catalogue
from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected
from renda_core.objects import Objects
from renda_core.services import attachments, cases, contents, search
from renda_core.services.attachments import Attach
from renda_core.services.imports import jobs as imports
from renda_core.services.imports.people import ID_NUMBER
from renda_core.services.privacy import consent, copying, erasing, powers, retention, revealing
from renda_core.store import tables as t
from renda_core.store.codec import new_id
from renda_core.store.compile import Query, add, mine
from renda_core.store.importing import ADD_WORD
from renda_core.testing import uid

NAME = "司马长弓"
OFFICER = Actor(id=uid("officer"), roles="office overseer")
STATION = Actor(id=uid("station"), roles="station")
EVERY = (
    *("office", "overseer", "registrar", "assigner", "station", "receiver", "deputy", "presidium", "teller", "public"),
    *("committee", "director", "admin", "security", "auditor", "operator", ""),
)


@pytest.fixture
def b(county):
    return county({"calls": {}, "visits": {}}, catalogue=Catalogue.collect({"calls": Calls(), "visits": Visits()}))


def do(b, use_case, *args, **kw):
    return b.store.run(b.store.write(use_case, b.file.id, OFFICE, *args, **kw))


async def keep(unit, phone=PHONE, number=NUMBER, name=NAME):
    blank = {c.name: None if c.nullable else "" for c in t.person.c if c.name != "tenant_id"}
    sealed = {"phone": unit.hide(phone, "person.phone"), "id_number": unit.hide(number, ID_NUMBER)}
    row = {**blank, **sealed, "id": new_id(), "name": name, "match_key": name, "valid_from": dt.date(2026, 1, 1)}
    await unit.write(ADD, **{**row, "id_index": unit.find_key(number, ID_NUMBER), "employer": "长弓机械厂"})
    await unit.write(ADD_WORD, person_id=row["id"], word=name[:2])
    unit.record("person.added", on=row["id"], version=1, rule="test")
    return row["id"]


def dump(b) -> str:
    """Everything of the tenant, as a dump shows it, the journal's private parts too."""
    whole = io.StringIO()
    for table in t.metadata.tables.values():
        if "tenant_id" in table.c:
            for row in b.read(lambda reader, x=table: reader.all(Query(select(*x.c).where(mine(x)), dict))):
                for value in row.values():
                    whole.write(value.decode("utf-8", "replace") if isinstance(value, bytes) else f"{value}\n")
    return whole.getvalue()


def furnished(b):
    """A voter with a matter of her own, in which somebody else speaks too; both leave their numbers."""
    person = do(b, keep)
    body = {"text": f"{NAME}（电话 {PHONE}）说路灯不亮", "phone": PHONE, "callers": [{"name": "李", "phone": OTHER}]}
    mine_ = b.open("call", OFFICE, body, title=f"{NAME}反映路灯")
    b.step(mine_, "visit", OFFICE, payload={"phone": PHONE}, note=f"已回访 {PHONE}")
    others = b.open("call", OFFICE, {"text": "水管漏水", "phone": OTHER}, title="水管")
    return person, mine_, others


def test_the_map_of_powers_holds_for_every_role(b):
    """Who may see what whole, for each role: allowed with an entry in the journal, or refused without one."""
    person, case, _ = furnished(b)
    for role in EVERY:
        actor = Actor(id=uid(f"who {role}"), roles=role)
        for what in (*revealing.HIDDEN, revealing.CASE):
            if what in ("unit.phone", "station.phone"):
                continue
            id = case.id if what == revealing.CASE else person
            before = len(b.entries())
            if role in powers.MAY[f"reveal.{what}"] and not (what == revealing.CASE and role != "office"):
                seen = b.do(revealing.reveal, actor, what, id, f"回访 {role}")
                assert seen.values
                told = b.entries()[-1]
                assert (told["what"], told["actor"], told["on"], told["body"]["field"]) == (
                    "privacy.revealed", actor.id, id, what)  # fmt: skip
                assert PHONE not in str(told)
                assert PHONE not in repr(seen)
            else:
                with pytest.raises((NotAllowed, NotFound)):
                    b.do(revealing.reveal, actor, what, id, "看看")
                assert len(b.entries()) == before
    assert b.verify().whole


def test_a_number_is_seen_whole_with_a_reason_alone(b):
    person, case, _ = furnished(b)
    for what, id, error in (
        ("person.phone", person, Invalid), ("person.shoe", person, Invalid), ("person.phone", uid("nobody"), NotFound)
    ):  # fmt: skip
        with pytest.raises(error):
            b.do(revealing.reveal, OFFICE, what, id, " " if error is Invalid and what == "person.phone" else "回访")
    assert b.do(revealing.reveal, OFFICE, "person.phone", person, "回访").values == (("电话", PHONE),)
    assert {v for _, v in b.do(revealing.reveal, OFFICE, "case", case.id, "回访").values} == {PHONE, OTHER}


def test_a_copy_holds_all_of_one_and_nothing_of_another(b):
    person, case, _ = furnished(b)
    for who in (person, PHONE, " 139 0724-1234 "):
        made = b.store.run(copying.copy(b.store, b.tenant, OFFICE, who, "本人申请，已核身份证"))
        told = made.as_json().decode()
        assert PHONE in told
        assert OTHER not in told
        assert "水管" not in told
        (one,) = made.parts["cases"]
        assert one["number"] == case.number
        assert one["left"] == [{"phone": PHONE}, {"phone": PHONE}]
        if who == person:
            assert {NAME, NUMBER, "长弓机械厂"} <= set(made.parts["person"][0].values())
            assert "id_index" not in made.parts["person"][0]
    with pytest.raises(NotAllowed):
        b.store.run(copying.copy(b.store, b.tenant, WANG, person, "好奇"))
    with pytest.raises(Invalid, match="reason"):
        b.store.run(copying.copy(b.store, b.tenant, OFFICE, person, " "))
    with pytest.raises(NotFound):
        b.store.run(copying.copy(b.store, b.tenant, OFFICE, uid("nobody"), "x"))
    with pytest.raises(Invalid, match="whole telephone number"):
        b.store.run(copying.copy(b.store, b.tenant, OFFICE, "1234", "x"))
    (entry, *_) = [e for e in b.entries() if e["what"] == "privacy.copied"]
    assert entry["on"] == person
    assert NAME not in str(entry)


def test_a_copy_names_the_files_of_their_cases_and_of_no_others(b, tmp_path):
    person, case, other = furnished(b)
    files = Objects.at(str(tmp_path / "files"), {})
    for about, name in ((case, f"{NAME}家门口.pdf"), (case, f"邻居{OTHER}.pdf"), (other, "水管.pdf")):
        command = Attach(about="case", about_id=about.id, name=name, content=PDF)
        contents.wait(b.store, attachments.add(b.store, files, b.tenant, OFFICE, command))
    made = b.store.run(copying.copy(b.store, b.tenant, OFFICE, person, "本人申请"))
    told = made.parts["files"]
    assert [row["about_id"] for row in told] == [case.id, case.id]
    assert told[0]["name"] == f"{NAME}家门口.pdf"
    assert OTHER not in told[1]["name"]
    assert all(row["size"] == len(PDF) for row in told)
    assert "水管" not in made.as_json().decode()
    assert b.store.run(copying.copy(b.store, b.tenant, OFFICE, OTHER, "核对")).parts["files"][0]["about_id"]


def test_a_copy_is_written_as_a_workbook_too(b, tmp_path):
    import openpyxl

    from renda_core.files.workbook import write_workbook

    person, _, _ = furnished(b)
    made = b.store.run(copying.copy(b.store, b.tenant, OFFICE, person, "本人申请"))
    book = openpyxl.load_workbook(write_workbook(tmp_path / "copy.xlsx", made.pages()))
    assert {"名册", "办件"} <= set(book.sheetnames)
    cells = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row]
    assert any(PHONE in c for c in cells)
    assert not any(OTHER in c for c in cells)


def test_erasure_of_a_voter_leaves_nothing_anywhere(b):
    person, case, others = furnished(b)
    received = imports.Receive(sheet="roster", name="r.csv", content=f"姓名,电话\n{NAME},{PHONE}\n".encode())
    b.do(imports.receive, OFFICE, received)
    b.do(consent.give, OFFICE, person, "feedback")
    before = dump(b)
    assert NAME in before
    with pytest.raises(NotAllowed):
        b.store.run(erasing.erase(b.store, b.tenant, OFFICE, person, "本人要求"))
    with pytest.raises(Invalid, match="reason"):
        b.store.run(erasing.erase(b.store, b.tenant, CHAIR, person, ""))
    done = b.store.run(erasing.erase(b.store, b.tenant, CHAIR, person, f"{NAME}本人要求，电话{PHONE}"))
    assert done.cases == (case.id,)
    assert done.places["person"] == done.places["import_job"] == done.places["consent"] == 1
    assert any("档案法" in kept for kept in done.kept)
    after = dump(b)
    for secret in (NAME, PHONE, NUMBER, "长弓机械厂"):
        assert secret not in after
    for text in (NAME, PHONE, NUMBER):
        assert b.ask(search.search, OFFICER, text, kind="call").cases == ()
    made = b.store.run(copying.copy(b.store, b.tenant, OFFICE, person, "核对"))
    assert made.parts["cases"] == ()
    # what the others left stays theirs
    stored = b.case(case.id)
    assert b.store.keys.open(stored.body.callers[0].phone, tenant=b.file.id, field="Call.phone") == OTHER
    assert "路灯不亮" in stored.body.text
    assert b.case(others.id) == others
    assert b.verify().whole
    again = b.store.run(erasing.erase(b.store, b.tenant, CHAIR, person, "再核对一次"))
    assert again.cases == ()
    assert b.verify().whole


def test_erasure_by_a_number_of_somebody_outside_the_roster(b):
    _, case, others = furnished(b)
    done = b.store.run(erasing.erase(b.store, b.tenant, CHAIR, OTHER, "电话要求"))
    assert set(done.cases) == {case.id, others.id}
    assert OTHER not in dump(b)
    made = b.store.run(copying.copy(b.store, b.tenant, OFFICE, OTHER, "核对"))
    assert made.parts["cases"] == ()
    assert len(b.store.run(copying.copy(b.store, b.tenant, OFFICE, PHONE, "核对")).parts["cases"]) == 1


# consent


def test_consent_keeps_the_words_and_ends_when_it_is_withdrawn(b):
    person = do(b, keep)
    given = b.do(consent.give, STATION, person, "feedback")
    assert given.wording == consent.PURPOSES["feedback"].wording
    assert b.read(consent.stands, person, "feedback")
    assert not b.read(consent.stands, person, "publish")
    assert b.do(consent.give, STATION, person, "feedback") == given
    newer = b.do(consent.give, STATION, person, "feedback", "第2版：新的告知")
    assert b.ask(consent.listed, STATION, person).rows[0].withdrawn_at is not None
    gone = b.do(consent.withdraw, STATION, newer.id)
    assert gone.withdrawn_at is not None
    assert not b.read(consent.stands, person, "feedback")
    with pytest.raises(Rejected, match="withdrawn on"):  # nobody calls back who wants no call
        b.do(revealing.reveal, OFFICE, "person.phone", person, "回访")
    b.do(consent.give, STATION, person, "feedback")
    assert b.do(revealing.reveal, OFFICE, "person.phone", person, "回访").values
    b.do(consent.withdraw, STATION, b.ask(consent.listed, STATION, person).rows[-1].id)
    with pytest.raises(Rejected, match="withdrawn at"):
        b.do(consent.withdraw, STATION, newer.id)
    for use_case, args, error in (
        (consent.give, ("somebody", "feedback"), Invalid),
        (consent.give, (person, "selling"), Invalid),
        (consent.withdraw, (uid("none"),), NotFound),
    ):
        with pytest.raises(error):
            b.do(use_case, STATION, *args)
    with pytest.raises(NotAllowed):
        b.do(consent.give, WANG, person, "feedback")
    with pytest.raises(NotAllowed):
        b.ask(consent.listed, WANG, person)
    whats = [e["what"] for e in b.entries()]
    assert whats.count("consent.given") == 3
    assert whats.count("consent.withdrawn") == 2


# retention


def test_numbers_go_when_a_case_has_been_closed_long_enough(b):
    _, case, others = furnished(b)
    b.run(b.case(case.id), ("close", OFFICE))
    b.later(days=1095)
    assert b.ask(retention.preview, OFFICE).places == {}  # the very day
    b.later(days=1)
    assert b.ask(retention.preview, OFFICE).places == {"case_file.document": 1}
    with pytest.raises(NotAllowed):
        b.ask(retention.preview, WANG)
    entries = len(b.entries())
    done = b.store.run(retention.run(b.store, b.tenant))
    assert done.places["case_file.document"] == 1
    stored = b.case(case.id)
    assert stored.body.phone.erased
    assert stored.body.callers[0].phone.erased
    assert not b.case(others.id).body.phone.erased  # it is open still
    told = b.entries()[entries:]
    assert [(e["actor"], e["what"], e["body"]["places"]["case_file.document"]) for e in told] == [
        ("job:retention", "retention.cases", 1)
    ]
    assert b.store.run(retention.run(b.store, b.tenant)).places == {}
    assert len(b.entries()) == entries + 1
    assert b.verify().whole


def test_what_ended_goes_and_what_lasts_stays(b):
    ticket = add(t.ticket)

    async def give(unit):
        for n, ends in enumerate((-1, 1)):
            row = {"digest": bytes([n]), "kind": "x", "account_id": None, "body": unit.seal_bytes(b"x", "ticket")}
            await unit.write_unrecorded(ticket, **row, ends_at=unit.now + dt.timedelta(hours=ends))

    do(b, give)
    assert b.ask(retention.preview, OFFICE).places == {"ticket": 1}
    assert b.store.run(retention.asked(b.store, b.tenant, OFFICE)).places == {"ticket": 1}
    left = b.read(lambda reader: reader.all(Query(select(t.ticket.c.digest).where(mine(t.ticket)), dict)))
    assert left == [{"digest": b"\x01"}]


def test_logs_older_than_the_law_asks_go(tmp_path):
    import os

    now = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)
    for name, days in (("renda.log", 1), ("renda.log.1", 199), ("renda.log.2", 201), ("notes.txt", 900)):
        (tmp_path / name).write_text("x")
        stamp = (now - dt.timedelta(days)).timestamp()
        os.utime(tmp_path / name, (stamp, stamp))
    assert retention.logs(tmp_path, now, 200) == ("renda.log.2",)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["notes.txt", "renda.log", "renda.log.1"]
    assert retention.logs(tmp_path / "none", now, 200) == ()


def test_a_dump_has_no_number_in_clear(b):
    """Row 46: 0 plaintext telephone and ID numbers, where nobody wrote one into a text."""
    do(b, keep)
    opening = cases.OpenCase(kind="call", title="来电", body={"text": "路灯", "phone": PHONE})
    b.do(cases.open_case, OFFICE, opening)
    held = dump(b)
    for secret in (PHONE, NUMBER):
        assert secret not in held
    assert json.dumps(PHONE) not in held
