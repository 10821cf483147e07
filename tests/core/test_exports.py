"""Files out and in again, on both back ends: unedited they change nothing, and an empty county becomes the same."""

from pathlib import Path

import pytest
from tests.core.exporting import CLERK, FILES, ORDER, TODAY, cells, fill, look, out

from renda_core import demo
from renda_core.configuration import read_tenant
from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotAllowed, NotFound
from renda_core.files import SHEETS, read_file
from renda_core.services import exports, imports
from renda_core.testing import uid
from renda_core.workspace import Home
from renda_plugins import key_supervision, reception, second_assignment, suggestion_handling

TENANTS = Path(__file__).parents[2] / "tenants"
PERSONAL = ("身份证号", "手机号", "联系电话", "反映人")
HERE = [sheet for sheet in ORDER if sheet in SHEETS]


@pytest.fixture
def office(county, tmp_path):
    b = county(suggestion_handling, second_assignment, reception, key_supervision, today=TODAY)
    fill(b, tmp_path)
    return b


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_an_unedited_export_changes_nothing(office, tmp_path, ending):
    for sheet in HERE:
        path = out(office, sheet, tmp_path / f"{sheet}.{ending}")
        expected = {"same": len(FILES[sheet])} if sheet in FILES else {}
        assert look(office, sheet, path) == expected, sheet


def test_an_export_makes_an_empty_county_the_same(office, county, tmp_path):
    other = county(suggestion_handling, second_assignment, reception, key_supervision, today=TODAY)
    for sheet in HERE:
        path = out(office, sheet, tmp_path / f"{sheet}.xlsx")
        other.do(imports.apply, CLERK, sheet, read_file(path, SHEETS[sheet]))
    for sheet in HERE:
        want, got = (
            [{k: v for k, v in row.items() if k not in PERSONAL} for row in cells(b, sheet)] for b in (office, other)
        )
        assert got == want, sheet


def test_a_masked_name_or_number_never_becomes_anybodys(office, county, tmp_path):
    other = county(suggestion_handling, second_assignment, reception, today=TODAY)
    for sheet in ("congresses", "roster", "stations", "opinions"):
        path = out(office, sheet, tmp_path / f"{sheet}.csv")
        other.do(imports.apply, CLERK, sheet, read_file(path, SHEETS[sheet]))
    assert {row["手机号"] for row in cells(other, "opinions") + cells(other, "roster")} == {None}
    assert {row["反映人"] for row in cells(other, "opinions")} == {None}


def test_a_changed_cell_of_an_export_is_the_one_change(office, tmp_path):
    import openpyxl

    path = out(office, "roster", tmp_path / "roster.xlsx")
    book = openpyxl.load_workbook(path)
    heads = [cell.value for cell in book.active[1]]
    book.active.cell(2, heads.index("工作单位") + 1).value = "乙县中学"
    book.save(path)
    assert look(office, "roster", path) == {"change": 1, "same": 2}
    office.do(imports.apply, CLERK, "roster", read_file(path, SHEETS["roster"]))
    assert [row["工作单位"] for row in cells(office, "roster")] == ["乙县中学", None, None]


def test_personal_data_leave_masked_and_what_looks_like_a_number_stays_text(office, tmp_path):
    first = cells(office, "roster")[0]
    assert (first["身份证号"], first["手机号"]) == (
        f"{'*' * 14}{str(FILES['roster'][0]['身份证号'])[-4:]}",
        "*******1234",
    )
    assert "421299198005" not in out(office, "roster", tmp_path / "r.csv").read_text("utf-8-sig")
    assert first["代表证号"] == "0001"
    assert "11421299MB900000AY" in {row["统一社会信用代码"] for row in cells(office, "units")}
    opinion = cells(office, "opinions")[0]
    assert (opinion["反映人"], opinion["手机号"]) == ("**", "*******5678")


def test_what_was_handled_on_the_page_comes_back_as_the_same_too(office, tmp_path):
    """Texts with blanks around them, units in another order, a second submission, a step of a job."""
    wang = Actor(id=next(iter(office.case(_id(office, "001")).parties["proposer"])), roles={"deputy"})
    case = office.open("suggestion", wang, {"text": " 一、\r\n二 "}, title="灯", parties={"proposer": (wang.id,)})
    roads, water = (uid_of(office, name) for name in ("县交通局", "县水利局"))
    units = ((water, "joint"), (roads, "lead"))
    office.run(
        case, ("submit", wang), ("send_back", CLERK, {"note": " 请补充 "}), ("submit", wang), ("accept", CLERK),
        ("assign", CLERK, {"units": units}),
    )  # fmt: skip
    for sheet in ("suggestions", "steps"):
        assert set(look(office, sheet, out(office, sheet, tmp_path / f"{sheet}.csv"))) == {"same"}
    told = [row["环节"] for row in cells(office, "steps") if row["编号"] == case.number]
    assert told == ["退回修改", "提交", "审查受理", "交办"]


def uid_of(office, name):
    from renda_core.services import lookups

    return office.read(lookups.unit_id, name, TODAY)


def _id(office, number):
    from renda_core.store.cases import BY_NUMBER

    return office.read(lambda reader: reader.find(BY_NUMBER, kind="suggestion", number=number)).id


DEPUTY = Actor(id=uid("somebody"), roles={"deputy"})
STRANGER = Actor(id=uid("stranger"))


def test_only_the_offices_take_the_roster_out(office):
    for sheet in ("congresses", "units", "roster", "stations", "voters", "sessions"):
        for actor in (DEPUTY, STRANGER, Actor(id=uid("clerk of a unit"), unit=uid_of(office, "县交通局"))):
            with pytest.raises(NotAllowed):
                office.ask(exports.rows, actor, sheet)
    with pytest.raises(NotFound):
        office.ask(exports.rows, STRANGER, "suggestions")
    with pytest.raises(NotFound):
        office.ask(exports.rows, Actor(id=uid("p"), roles={"public"}), "opinions")


def test_a_veiled_evaluation_is_in_no_unit_s_and_no_deputy_s_file(office, tmp_path):
    unit = Actor(id=uid("clerk of a unit"), unit=uid_of(office, "县交通局"))
    for actor in (unit, DEPUTY):
        for sheet in ("steps", "suggestions", "ledger:suggestion", "overdue"):
            text = out(office, sheet, tmp_path / "seen.csv", actor).read_text("utf-8-sig")
            assert "不满意" not in text
            assert "办理态度" not in text or ",好" not in text
        assert "答复" in {row["环节"] for row in cells(office, "steps", actor)}
        assert "评价" not in {row["环节"] for row in cells(office, "steps", actor)}
    assert {row["编号"] for row in cells(office, "suggestions", unit)} == {"001"}
    assert {row["反映人"] for row in cells(office, "opinions", DEPUTY)} == {None}
    assert "评价" in {row["环节"] for row in cells(office, "steps")}


def test_nobody_exports_another_s_draft(office):
    wang = Actor(id=next(iter(office.case(_id(office, "001")).parties["proposer"])), roles={"deputy"})
    office.open("suggestion", wang, {"text": "草稿"}, title="未交", parties={"proposer": (wang.id,)})
    assert "未交" not in {row["标题"] for row in cells(office, "suggestions")}


def test_parts_come_without_gap_or_repeat(office):
    for sheet in (*HERE, "ledger:suggestion", "overdue"):
        whole = cells(office, sheet)
        assert cells(office, sheet, size=1) == whole


def test_an_export_that_is_none_names_those_that_are(office):
    with pytest.raises(NotFound, match="roster"):
        office.ask(exports.rows, CLERK, "rooster")
    with pytest.raises(Invalid, match="not both"):
        office.ask(exports.rows, CLERK, "roster", columns=["name"], choice="x")


@pytest.mark.filterwarnings("ignore:SQLite:RuntimeWarning")
def test_the_whole_demonstration_comes_back_as_the_same(tmp_path):
    import datetime as dt

    from renda_core.workspace import ZONE

    place = Home(path=tmp_path, now=lambda: dt.datetime.combine(demo.TODAY, dt.time(9), ZONE))
    with place.create(read_tenant(TENANTS / "xianning.toml")) as county:
        for name in demo.FILES:
            path = TENANTS / "xianning" / name
            county.do(imports.apply, CLERK, path.stem, read_file(path, SHEETS[path.stem]))
        for sheet in HERE:
            ending = "csv" if sheet in ("roster", "opinions") else "xlsx"
            path = out(county, sheet, tmp_path / f"{sheet}.{ending}")
            seen = county.do(imports.preview, CLERK, sheet, read_file(path, SHEETS[sheet]))
            assert set(seen.counts) <= {"same"}, sheet
            assert not seen.problems
            if any(name.startswith(sheet) for name in demo.FILES):
                assert seen.total > 0
