"""Columns, cells and the sheets renda knows, the demo files among them."""

import datetime as dt
from pathlib import Path

import attrs
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.tabling import lines, rows_of, workbook

from renda_core.domain.identity import citizen_check_digit
from renda_core.errors import Invalid
from renda_core.files import (
    SHEETS,
    Column,
    Read,
    Sheet,
    open_rows,
    read_file,
    write_template,
)
from renda_core.files.cells import tidy_name

DAY = dt.date(2026, 3, 1)
KINDS = ("text", "date", "int", "bool", "list", "id_number", "phone", "name")


def sheet_of(**kinds: str) -> Sheet:
    return Sheet("t", "表", tuple(Column(name, titles=(name,), kind=kind) for name, kind in kinds.items()))


def one(cell: object, kind: str, **more: object) -> Read:
    column = Column("it", titles=("它", "it"), kind=kind, **more)
    (read,) = lines(Sheet("t", "表", (column,)), [["它", "x"], *[["", ""]] * 5, [cell, "x"]])
    return attrs.evolve(read, problems=tuple(p for p in read.problems if p.field != "x"))


def value(cell: object, kind: str, **more: object) -> object:
    read = one(cell, kind, **more)
    assert not read.problems, read.problems
    return read.values["it"]


def wrong(cell: object, kind: str, **more: object) -> str:
    (problem,) = one(cell, kind, **more).problems
    assert (problem.file, problem.row, problem.field, problem.level) == ("f.xlsx", 7, "它", "error")
    assert problem.remedy
    assert str(problem).startswith("f.xlsx, 表一, row 7, column A 它")
    return problem.message


@pytest.mark.parametrize(
    "written",
    [
        DAY,
        "2026-03-01",
        "2026.3.1",
        "2026/3/1",
        "2026年3月1日",
        "２０２６.３.１",
        20260301,
        "20260301",
        "2026-03-01 08:30",
        "2026-03-01 00:00:00",
        "2026 年 3 月 1 日",
        "２０２６年３月１日",
        46082,
        "46082",
    ],
)
def test_dates_in_every_form_people_write(written: object) -> None:
    assert value(written, "date") == DAY


@pytest.mark.parametrize(
    "written", ["2026.2.30", "2026年3月", "26.3.1", "明天", 99999, 4.5, "1026-01-01", "٢٠٢٦-13-01"]
)
def test_dates_nobody_can_read_say_why(written: object) -> None:
    assert wrong(written, "date")


def test_booleans_choices_lists_numbers() -> None:
    assert [value(cell, "bool") for cell in ("是", "TRUE", 1)] == [True] * 3
    assert [value(cell, "bool") for cell in ("否", "false", 0, None)] == [False] * 3 + [None]
    assert "neither" in wrong("也许", "bool")
    assert value("男", "choice", choices={"男": "male", "女": "female"}) == "male"
    assert value("male", "choice", choices={"男": "male"}) == "male"
    assert "not offered" in wrong("男性", "choice", choices={"男": "male", "女": "female"})
    (problem,) = one("代表的家", "choice", choices={"代表之家": "home"}).problems
    assert "代表之家" in problem.remedy
    assert value("张三、李四，王五; 赵六；, 阿依 古丽", "list") == ("张三", "李四", "王五", "赵六", "阿依 古丽")
    assert value(None, "list") == ()
    assert [value(cell, "int") for cell in (6, "6", "６")] == [6, 6, 6]
    assert "whole number" in wrong("第六届", "int")
    assert value(12, "text") == "12"
    assert value(DAY, "text") == "2026-03-01"


def test_identity_numbers() -> None:
    first = "42129919800506123"
    good = first + citizen_check_digit(first)
    assert citizen_check_digit("11010519491231002") == "X"
    assert value(good, "id_number") == good
    assert value("11010519491231002x", "id_number") == "11010519491231002X"
    assert value("**************1234", "id_number") == "**************1234"
    bad = first + "0123456789X"[("0123456789X".index(good[-1]) + 1) % 11]
    assert "check digit" in wrong(bad, "id_number")
    assert "18 characters" in wrong("421299198005061", "id_number")
    assert "day of birth" in wrong("421299198013011234", "id_number")
    assert "rounded" in wrong("4.21299E+17", "id_number")
    for lost in (421299198005061230, 4.212991980050612e17):
        (problem,) = one(lost, "id_number").problems
        assert "lost" in problem.message
        assert "text" in problem.remedy
    assert "lost" in wrong(1234567890123456, "text")


def test_an_identity_number_typed_as_a_number_is_refused_from_a_real_file(tmp_path: Path) -> None:
    path = workbook(tmp_path / "名册.xlsx", [["身份证号"], [421299198005061234]])
    column = Column("id_number", titles=("身份证号",), kind="id_number")
    (read,) = read_file(path, Sheet("t", "表", (column,)))
    assert read.values["id_number"] is None
    assert str(read.problems[0]).startswith('名册.xlsx, 表一, row 2, column A 身份证号, "**************')
    assert "42129919" not in str(read.problems[0])


def test_phones_and_names() -> None:
    assert value(19900001234, "phone") == "19900001234"
    assert value("+86 199-0000-1234", "phone") == "19900001234"
    assert value("0715-8000000", "phone") == "0715-8000000"
    assert value("199****1234", "phone") == "199****1234"
    assert value("１９９ ００００ １２３４", "phone") == value("(86)19900001234"[4:], "phone") == "19900001234"
    assert value("0086"[2:] + "-19900001234", "phone") == "19900001234"
    for two in ("19900001234、19900005678", "19900001234 0715-8000000", "1990000123419900005678"):
        assert "several" in wrong(two, "phone")
    assert "telephone" in wrong("12345", "phone")
    assert value("张　三", "name") == "张三"
    assert value("阿依古丽•买买提", "name") == value("阿依古丽・买买提", "name") == "阿依古丽·买买提"
    assert value("John Smith", "name") == "John Smith"
    assert value("𠮷 䶮", "name") == "𠮷䶮"
    assert "characters" in wrong("张" * 101, "name")
    assert "one line" in wrong("张三\n李四", "name")
    assert "control" in wrong("张\x02三", "text")
    assert len(tidy_name("́" * 100_000)) <= 100


def test_private_characters_are_kept_and_warned_about() -> None:
    read = one("张\ue001", "name")
    assert read.ok
    assert read.values["it"] == "张\ue001"
    assert [problem.level for problem in read.problems] == ["warning"]


def test_unknown_columns_are_named_with_the_nearest_title_and_missing_ones_once_for_the_file() -> None:
    sheet = Sheet("t", "表", (
        Column("name", titles=("姓名", "name"), required=True),
        Column("born", titles=("出生日期",), kind="date"),
    ))  # fmt: skip
    with rows_of(sheet, [["姓 名*", "出生日其"], ["张三", "x"]]) as rows:
        (read,) = rows
    assert read.ok
    assert read.values == {"name": "张三", "born": None}
    (problem,) = rows.notes
    assert (problem.row, problem.column, problem.field, problem.level) == (1, "B", "出生日其", "warning")
    assert "出生日期" in problem.remedy
    with pytest.raises(Invalid, match=r"rename '姓各' to 姓名.*first rows hold: 姓各") as caught:
        rows_of(sheet, [["姓各"], *[["x"]] * 50])
    assert [p.level for p in caught.value.details["problems"]] == ["error", "warning"]
    assert str(caught.value).count("\n") == 0
    with pytest.raises(Invalid, match="same column"):
        rows_of(sheet, [["姓名", "NAME"]])
    with rows_of(sheet, [["姓名", "备注", "备注"], ["张三"]]) as again:
        assert [problem.level for problem in again.notes] == ["warning", "warning"]
    with pytest.raises(Invalid, match="given twice"):
        rows_of(attrs.evolve(sheet, extra=True), [["姓名", "备注", "备注"], ["张三"]])


def test_required_cells_and_extra_columns() -> None:
    sheet = attrs.evolve(sheet_of(a="text"), extra=True)
    first, second = lines(sheet, [["a", "文号"], ["x", 3], ["y", ""]])
    assert (first.extra, second.extra, first.problems) == ({"文号": 3}, {}, ())
    assert "empty" in wrong(None, "text", required=True)
    assert "empty" in wrong("、", "list", required=True)


@given(st.sampled_from(KINDS), st.one_of(st.none(), st.text(max_size=40), st.integers(), st.floats(), st.dates()))
def test_no_cell_crashes_any_kind(kind: str, cell: object) -> None:
    for problem in one(cell, kind).problems:
        assert problem.message
        assert problem.remedy


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_every_template_reads_back_without_its_example_line(tmp_path: Path, sheet: Sheet) -> None:
    path = write_template(tmp_path / f"{sheet.name}.xlsx", sheet)
    with open_rows(path, sheet) as rows:
        assert list(rows) == []
        assert {note.level for note in rows.notes} <= {"warning"}
    titles = [cell.value for cell in openpyxl.load_workbook(path).active[1]]
    assert [column.title for column in sheet.columns] == [title.rstrip("*") for title in titles]
    page = openpyxl.load_workbook(path).active
    assert all(cell.comment for cell in page[1])
    if sheet.example():
        required = {column.title for column in sheet.columns if column.required}
        assert sheet.name == "steps" or all(sheet.example()[title] for title in required)


def test_an_example_line_left_in_is_named() -> None:
    sheet = SHEETS["units"]
    example = [value or "" for value in sheet.example().values()]
    (read,) = lines(sheet, [list(sheet.example()), example, ["某局"]])
    assert (read.number, read.ok, read.problems[0].row) == (3, True, 2)


def test_the_titles_of_a_sheet_never_clash() -> None:
    for sheet in SHEETS.values():
        for column in sheet.columns:
            assert any(title.isascii() for title in column.titles), (sheet.name, column.name)
            for title in (column.name, *column.titles):
                assert sheet.column(title.upper()) is column, (sheet.name, title)


TENANTS = Path(__file__).parents[2] / "tenants"
DATA = sorted(path for path in TENANTS.glob("*/*.*") if path.stem in SHEETS and path.suffix in {".xlsx", ".csv"})


@pytest.mark.parametrize("path", DATA, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_demo_files_have_no_problem(path: Path) -> None:
    reads = read_file(path, SHEETS[path.stem])
    assert reads
    assert [problem for read in reads for problem in read.problems] == []
