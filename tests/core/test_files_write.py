"""Workbooks and CSV files written, read back by us and by openpyxl: both our writers make the same cells."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.errors import Invalid
from renda_core.files import Column, Page, Sheet, read_file, write_csv, write_table, write_workbook
from renda_core.files import workbook as limits
from renda_core.files.written import guarded, unguarded

DAY = dt.date(2026, 3, 1)
MOMENT = dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC)
EVIL = '=HYPERLINK("http://x","y")'
ROW = ["张三", EVIL, DAY, 5, 0.5, None, True, 421299198005061234, ("甲", "乙"), MOMENT, "http://a.b/"]
Write = Callable[[Path, Page], Path]


def slowly(path: Path, page: Page) -> Path:
    """Write one page with the writer of reports."""
    return write_workbook(path, [page])


@pytest.fixture(params=[slowly, write_table])
def write(request: pytest.FixtureRequest) -> Write:
    """Both writers of workbooks in turn."""
    found: Write = request.param
    return found


def texts(path: Path, *titles: str) -> list[list[object]]:
    """Read a file whose columns are all texts."""
    sheet = Sheet("any", "any", tuple(Column(f"c{n}", titles=(title,)) for n, title in enumerate(titles)))
    return [list(read.values.values()) for read in read_file(path, sheet)]


def test_what_is_written_is_read_back_by_us_and_by_openpyxl(tmp_path: Path, write: Write) -> None:
    heads = [f"列{n}" for n in range(len(ROW))]
    path = write(tmp_path / "a.xlsx", Page("建议/台账", heads, iter([ROW]), widths=[30]))
    assert [found.name for found in tmp_path.iterdir()] == ["a.xlsx"]
    sheet: Any = openpyxl.load_workbook(path).active
    assert sheet.title == "建议-台账"
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "d", "n", "n", "n", "s", "s", "s", "d", "s"]
    assert [cell.value for cell in sheet[2]][:2] == ["张三", EVIL]
    assert [cell.value for cell in sheet[2]][6:9] == ["是", "421299198005061234", "甲、乙"]
    assert (sheet["C2"].value, sheet["J2"].value) == (dt.datetime(2026, 3, 1), MOMENT.replace(tzinfo=None))
    assert (sheet["C2"].number_format, sheet["B2"].number_format) == ("yyyy-mm-dd", "@")
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.auto_filter.ref) == ("A2", "$1:$1", "A1:K2")
    setup = sheet.page_setup
    assert (setup.orientation, str(setup.paperSize), str(setup.fitToHeight)) == ("landscape", "9", "0")
    assert (sheet["A1"].font.name, sheet["A1"].font.bold) == ("宋体", True)
    assert sheet.column_dimensions["A"].width > 29
    assert sheet["K2"].hyperlink is None
    assert texts(path, heads[0], heads[1], heads[7]) == [["张三", EVIL, "421299198005061234"]]


def test_a_page_s_notes_stand_on_a_page_of_their_own(tmp_path: Path) -> None:
    pages = [Page("建议/台账", ["a"], [["x"]], notes=["基数：应答复件数"]), Page("建议/台账", ["a"], [])]
    book = openpyxl.load_workbook(write_workbook(tmp_path / "a.xlsx", pages))
    assert book.sheetnames == ["建议-台账", "建议-台账(2)", "说明"]


def test_a_late_cell_of_another_kind_is_the_text_that_people_read(tmp_path: Path) -> None:
    rows = [["x", DAY, 1], *([["y", None, 2]] * 300), [DAY, "未定", "很多"], [True, DAY, 10**16]]
    path = write_table(tmp_path / "a.xlsx", Page("表", ["a", "b", "c"], rows))
    sheet: Any = openpyxl.load_workbook(path).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=303)] == [
        ["2026-03-01", "未定", "很多"],
        ["是", dt.datetime(2026, 3, 1), str(10**16)],
    ]


@pytest.mark.parametrize("rows", [[], [[None, None]]])
def test_a_table_without_anything_still_has_its_headers(tmp_path: Path, write: Write, rows: list[list[object]]) -> None:
    sheet: Any = openpyxl.load_workbook(write(tmp_path / "a.xlsx", Page("表", ["甲", "乙"], rows))).active
    assert [cell.value for cell in sheet[1]] == ["甲", "乙"]


def test_two_columns_of_one_title_are_both_written(tmp_path: Path) -> None:
    sheet: Any = openpyxl.load_workbook(write_table(tmp_path / "a.xlsx", Page("表", ["甲", "甲"], [[1, 2]]))).active
    assert [cell.value for cell in sheet[2]] == [1, 2]


def test_a_file_that_fails_leaves_the_old_one_and_nothing_else(tmp_path: Path, write: Write) -> None:
    path = write(tmp_path / "a.xlsx", Page("表", ["a"], [["old"]]))
    with pytest.raises(Invalid, match=r"a.xlsx, row 3, column 1: longer than the 32,767"):
        write(path, Page("表", ["a"], [["new"], ["x" * 40_000]]))
    with pytest.raises(ZeroDivisionError):
        write(path, Page("表", ["a"], ([1 / n] for n in (1, 0))))
    with pytest.raises(ZeroDivisionError):
        write_csv(tmp_path / "b.csv", ["a"], ([1 / n] for n in (1, 0)))
    with pytest.raises(Invalid, match="at least one page"):
        write_workbook(path, [])
    with pytest.raises(Invalid, match=r"name it .xlsx or .csv"):
        write_table(tmp_path / "a.ods", Page("表", ["a"], []))
    assert texts(path, "a") == [["old"]]
    assert [found.name for found in tmp_path.iterdir()] == ["a.xlsx"]


def test_more_rows_than_a_sheet_has_are_refused(tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ROWS", 3)
    write(tmp_path / "a.xlsx", Page("表", ["a"], [["x"]] * 2))
    with pytest.raises(Invalid, match="more than the 3 rows Excel keeps; export this table as CSV"):
        write(tmp_path / "b.xlsx", Page("表", ["a"], [["x"]] * 3))


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    made = dt.datetime(2026, 1, 1)
    one, two = (write_workbook(tmp_path / n, [Page("表", ["a"], [["x"]])], created=made) for n in ("1.xlsx", "2.xlsx"))
    assert one.read_bytes() == two.read_bytes()


def test_csv_never_runs_in_a_spreadsheet_and_comes_back_as_it_was(tmp_path: Path) -> None:
    given_texts = ["=1+1", "+86", "-", "@a", "\ta", "＝1", " =1", "'=1", "''", "平常", "'好"]
    path = write_csv(tmp_path / "a.csv", ["文", "数", "日"], [[text, -5, DAY] for text in given_texts])
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]
    assert [row[0][0] for row in rows[:8]] == ["'"] * 8
    assert rows[0][1:] == ["-5", "2026-03-01"]
    assert [row[0] for row in texts(path, "文")] == [text.strip() for text in given_texts]


@given(st.text())
def test_guarding_is_undone_exactly(text: str) -> None:
    assert unguarded(guarded(text)) == text
