"""Workbooks and CSV files written, read back by us and by openpyxl."""

import csv
import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.errors import Invalid
from renda_core.files import (
    Page,
    read_table,
    write_csv,
    write_workbook,
)
from renda_core.files.written import guarded, unguarded

DAY = dt.date(2026, 3, 1)


def test_what_is_written_is_read_back_by_us_and_by_openpyxl(tmp_path: Path) -> None:
    moment = dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC)
    evil = '=HYPERLINK("http://x","y")'
    row = ["张三", evil, DAY, 5, 0.5, None, True, 421299198005061234, ("甲", "乙"), moment, "http://a.b/"]
    page = Page("建议/台账", [f"列{n}" for n in range(len(row))], iter([row]), notes=["基数：应答复件数"], widths=[30])
    path = write_workbook(tmp_path / "a.xlsx", [page, Page("建议/台账", ["a"], [])])
    assert [found.name for found in tmp_path.iterdir()] == ["a.xlsx"]
    cells = list(read_table(path).rows[0].cells.values())
    read = ["张三", evil, DAY, 5, 0.5, None, "是", "421299198005061234", "甲、乙", "2026-03-01 08:30:00", "http://a.b/"]
    assert cells == read
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["建议-台账", "建议-台账(2)", "说明"]
    sheet = book["建议-台账"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "d", "n", "n", "n", "s", "s", "s", "d", "s"]
    assert sheet["C2"].value == dt.datetime(2026, 3, 1)
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.auto_filter.ref) == ("A2", "$1:$1", "A1:K2")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert (sheet["A1"].font.name, sheet["A1"].font.bold, sheet.column_dimensions["A"].width > 29) == (
        "宋体",
        True,
        True,
    )
    assert sheet["K2"].hyperlink is None


def test_a_workbook_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [Page("表", ["a"], [["old"]])])
    with pytest.raises(Invalid, match="row 3, column 1"):
        write_workbook(path, [Page("表", ["a"], [["new"], ["x" * 40_000]])])
    with pytest.raises(Invalid, match="at least one page"):
        write_workbook(path, [])
    with pytest.raises(ZeroDivisionError):
        write_csv(tmp_path / "b.csv", ["a"], ([1 / n] for n in (1, 0)))
    assert read_table(path).rows[0].cells == {"a": "old"}
    assert [found.name for found in tmp_path.iterdir()] == ["a.xlsx"]


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    made = dt.datetime(2026, 1, 1)
    one, two = (write_workbook(tmp_path / n, [Page("表", ["a"], [["x"]])], created=made) for n in ("1.xlsx", "2.xlsx"))
    assert one.read_bytes() == two.read_bytes()


def test_csv_never_runs_in_a_spreadsheet_and_comes_back_as_it_was(tmp_path: Path) -> None:
    texts = ["=1+1", "+86", "-", "@a", "\ta", "＝1", " =1", "'=1", "''", "平常", "'好"]
    path = write_csv(tmp_path / "a.csv", ["文", "数", "日"], [[text, -5, DAY] for text in texts])
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]
    assert [row[0][0] for row in rows[:8]] == ["'"] * 8
    assert rows[0][1:] == ["-5", "2026-03-01"]
    assert [line.cells["文"] for line in read_table(path).rows] == [text.strip() for text in texts]


@given(st.text())
def test_guarding_is_undone_exactly(text: str) -> None:
    assert unguarded(guarded(text)) == text
