"""Everybody's duty records as a file and back: unedited it changes nothing, and what is private stays here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.core import exporting
from tests.core.dutying import LI, OFFICE, STATION, WANG, also, call, enter, mark, practice
from tests.core.exporting import EVIL, cells, fill, out
from tests.core.registering import LINE, D, every, office, rename, seen
from tests.core.reminding import COUNTY, congresses, elect

from renda_core.catalogue import Catalogue
from renda_core.domain.duty import TENTHS
from renda_core.domain.mandates import MandateEvent
from renda_core.errors import NotAllowed
from renda_core.files import SHEETS, read_file, write_template
from renda_core.records import RecordKind
from renda_core.services import exports, imports, mandates
from renda_core.services.exports.columns import added_columns, columns_of
from renda_core.testing import uid
from renda_plugins import key_supervision, reception, second_assignment, suggestion_handling


@pytest.fixture
def b(county: Any, tmp_path: Path) -> Any:
    """A county with a record of every sort."""
    b = office(county, tmp_path)
    also(b, "wang", "town")
    enter(b, quantity=300, facts={"people": 5, "approx": 1}, title="走访东街", evidence=("签到表", "照片、两张"))
    enter(b, source="登记簿 2", again="下午又去", congress=uid("county"))
    enter(b, by=WANG, state="entered", kind="talk", source="本人登记")
    enter(b, kind="training", facts={"hours": 0}, source="2026-001", person=LI.id)
    mark(b, WANG, enter(b, source="3", on=D(2026, 1, 6)), "appeal", "走访了两次")
    mark(b, OFFICE, enter(b, by=WANG, state="entered", source="4", on=D(2026, 1, 7)), "refuse", "没有记录")
    mark(b, OFFICE, enter(b, source="5", on=D(2026, 1, 8)), "withdraw", "重复")
    enter(b, kind="secret", source="6")
    call(b, b.open("meeting", OFFICE, title="六届五次会议"), present=["wang"], absent=["li"])
    return b


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_an_unedited_export_changes_nothing(b: Any, tmp_path: Path, ending: str) -> None:
    before = every(b)
    path = out(b, "records", tmp_path / f"履职.{ending}", OFFICE)
    looked = seen(b, path)
    assert (looked.counts, looked.problems) == ({"same": 7}, ())
    b.do(imports.apply, OFFICE, "records", read_file(path, SHEETS["records"]))
    assert every(b) == before


def test_it_has_what_counts_or_waits_and_nothing_private(b: Any, tmp_path: Path) -> None:
    rows = cells(b, "records", OFFICE)
    assert [(r["代表"], r["种类"], r["数量"], r["状态"], r["同日另一次"]) for r in rows] == [
        ("wang", "走访选民", "约300", "已核", "是"),
        ("wang", "走访选民", 1, "已核", "是"),
        ("wang", "座谈", 1, "待核", None),
        ("li", "学习培训", 1, "已核", None),
        ("wang", "走访选民", 1, "已核", None),
        ("wang", "出席人代会", 1, "已核", None),
        ("li", "缺席", 1, "已核", None),
    ]
    assert (rows[0]["人次"], rows[0]["证据"], rows[1]["所属人大"]) == (5, "签到表\n照片、两张", COUNTY)
    assert (rows[3]["学时"], rows[3]["登记号"]) == (0, "2026-001")
    for path in (tmp_path / "a.csv", tmp_path / "a.xlsx"):
        assert "内部评定" not in _text(out(b, "records", path, OFFICE))


def _text(path: Path) -> str:
    if path.suffix == ".csv":
        return path.read_text("utf-8-sig")
    book = openpyxl.load_workbook(path)
    return str([[cell.value for cell in row] for page in book for row in page.iter_rows()])


def test_what_a_practice_that_is_gone_kept_private_stays_private(county: Any, tmp_path: Path, monkeypatch: Any) -> None:
    b = office(county, tmp_path)
    enter(b, kind="secret")
    monkeypatch.setattr(type(b.tenant.practice), "record_kinds", {}, raising=False)
    assert cells(b, "records", OFFICE) == []


def test_parts_come_without_gap_or_repeat(b: Any) -> None:
    whole = cells(b, "records", OFFICE)
    for size in (1, 2, 3):
        assert cells(b, "records", OFFICE, size=size) == whole


def test_only_who_reads_everybodys_records_takes_them_out(b: Any) -> None:
    for role in ("office", "overseer", "presidium", "committee"):
        assert b.ask(exports.rows, b.actor("somebody", role), "records").rows
    for actor in (WANG, STATION, b.actor("i", "inspector"), b.actor("p", "public"), b.actor("d", "director")):
        with pytest.raises(NotAllowed, match="duty records go out to"):
            b.ask(exports.rows, actor, "records")


def test_an_empty_county_becomes_the_same(county: Any, tmp_path: Path) -> None:
    """With what came from cases, which their own steps bring anew."""
    plugins = (suggestion_handling, second_assignment, reception, key_supervision)
    one, other = (county(*plugins, today=exporting.TODAY) for _ in "12")
    fill(one, tmp_path)
    lines = [
        {"代表": who, "种类": "听取群众意见", "日期": "2026-03-20", "数量": n, "证据": "登记簿", "事由": f"走访{n}"}
        for n, who in (("约30", "王小明"), (2, "买买提·艾力"), (3, "无证"))
    ]
    one.do(imports.apply, OFFICE, "records", exporting.brought(tmp_path, "records", lines))
    path = out(one, "records", tmp_path / "r.xlsx")
    from_cases = [r["登记号"] for r in cells(one, "records") if str(r["登记号"]).startswith("case:")]
    assert "case:suggestion:accept/001" in from_cases
    assert seen(one, path).counts == {"same": len(from_cases) + 3}
    early = seen(other, path)
    assert (early.counts, "import the cases" in str(early.problems)) == ({"error": len(from_cases) + 3}, True)
    fill(other, tmp_path)
    looked = seen(other, path)
    assert (looked.counts, looked.problems) == ({"same": len(from_cases), "new": 3}, ())
    other.do(imports.apply, OFFICE, "records", read_file(path, SHEETS["records"]))
    assert sorted(cells(other, "records"), key=str) == sorted(cells(one, "records"), key=str)


def test_who_left_and_who_shares_a_name_are_found_again(county: Any, tmp_path: Path) -> None:
    b = office(county, tmp_path)
    elect(b, "zhang", "other", "third")
    for who in ("other", "third"):
        rename(b, uid(who), "zhang")
    for who in ("zhang", "other", "third", "li"):
        enter(b, person=uid(who))
    ended = MandateEvent(
        kind="end", on=D(2026, 2, 1), legal_act="公告1号", by_body="standing_committee", reason="resignation_accepted"
    )
    b.do(mandates.happen, OFFICE, uid("mandate li"), ended)
    rows = cells(b, "records", OFFICE)
    assert [(r["代表"], r["代表证号"]) for r in rows[:3]] == [("zhang", n) for n in ("zhang", "other", "third")]
    looked = seen(b, out(b, "records", tmp_path / "r.csv", OFFICE))
    assert (looked.counts, looked.problems) == ({"same": 4}, ())


def test_texts_that_a_spreadsheet_might_run_come_back_as_they_are(county: Any, tmp_path: Path) -> None:
    b = office(county, tmp_path)
    for n, evil in enumerate(e for e in EVIL if e.isprintable()):
        enter(b, source=f"{evil}{n}", title=evil, evidence=(evil,), again="又一次")
    before = every(b)
    for ending in ("csv", "xlsx"):
        path = out(b, "records", tmp_path / f"r.{ending}", OFFICE)
        looked = seen(b, path)
        assert (set(looked.counts), looked.problems) == ({"same"}, ())
    book = openpyxl.load_workbook(path)
    assert "f" not in {cell.data_type for page in book for row in page.iter_rows() for cell in row}
    assert every(b) == before


def test_the_form_has_the_facts_of_the_kinds_and_an_example_that_is_no_data(b: Any, tmp_path: Path) -> None:
    extra = added_columns(b.tenant, "records")
    assert [(c.title, c.note) for c in extra] == [("学时", "用于：学习培训"), ("人次", "用于：走访选民")]
    path = write_template(tmp_path / "r.xlsx", SHEETS["records"], extra)
    assert read_file(path, SHEETS["records"]) == ()
    assert [c.title for c in columns_of(b.tenant, "records")][-2:] == ["学时", "人次"]


def test_a_fact_whose_title_the_register_has_already_goes_by_its_code(county: Any, tmp_path: Path) -> None:
    kinds = (RecordKind(name="visit", title="走访选民", measures={"times": "数量"}),)
    b = _with(county, kinds)
    enter(b, facts={"times": 3})
    assert cells(b, "records", OFFICE)[0]["times"] == 3
    assert seen(b, out(b, "records", tmp_path / "r.csv", OFFICE)).counts == {"same": 1}


def test_tenths_are_written_as_whole_units_and_signs_as_yes_and_no(county: Any, tmp_path: Path) -> None:
    measures = {"hours": f"学时{TENTHS}", "lead": "领衔", "people": "人次"}
    b = _with(county, [RecordKind(name="visit", title="走访选民", measures=measures, signs="lead")])
    for n, facts in enumerate(({"hours": 45, "lead": 1}, {"hours": 40, "lead": 0, "people": 7}, {})):
        enter(b, on=D(2026, 1, 5 + n), source=str(n), facts=facts)
    assert [(r["学时"], r["领衔"], r["人次"]) for r in cells(b, "records", OFFICE)] == [
        (4.5, True, None),
        (4, False, 7),
        (None, None, None),
    ]
    for ending in ("xlsx", "csv"):
        looked = seen(b, out(b, "records", tmp_path / f"r.{ending}", OFFICE))
        assert (looked.counts, looked.problems) == ({"same": 3}, ())
    for cell, told in (("4.55", "up to one decimal"), ("许多", "up to one decimal"), ("1e999", "up to one decimal")):
        lines = exporting.brought(tmp_path, "records", [LINE | {"学时": cell}])
        (found,) = b.do(imports.preview, OFFICE, "records", lines).problems
        assert (found.field, found.value, told in found.message) == ("学时", cell, True)
    unknown = exporting.brought(tmp_path, "records", [LINE | {"日期": "2026-02-01", "学时数": "4"}])
    (found,) = b.do(imports.preview, OFFICE, "records", unknown).problems
    assert (found.level, found.remedy) == ("warning", "did you mean 学时?")


def test_two_kinds_of_one_title_go_by_their_codes(county: Any, tmp_path: Path) -> None:
    b = _with(county, [RecordKind(name=name, title="走访") for name in ("visit", "call_on")])
    enter(b)
    enter(b, kind="call_on")
    assert [r["种类"] for r in cells(b, "records", OFFICE)] == ["visit", "call_on"]
    assert seen(b, out(b, "records", tmp_path / "r.csv", OFFICE)).counts == {"same": 2}
    by_title = exporting.brought(tmp_path, "records", [LINE | {"种类": "走访"}])
    assert b.do(imports.preview, OFFICE, "records", by_title).counts == {"error": 1}


def _with(county: Any, kinds: Any) -> Any:
    """Make a county whose practice offers these kinds alone."""
    catalogue = Catalogue.collect({"duties": practice(kinds=kinds, rules=())})
    b = county({"duties": {}}, catalogue=catalogue, today=D(2026, 3, 31))
    congresses(b)
    elect(b, "wang", "li")
    return b
