"""Files out from the command line: any sheet, any list, columns by name; the same file in again changes nothing."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import openpyxl
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Terminal


def rows(path: Path) -> list[list[str]]:
    """Read a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_is_exported_comes_back_as_the_same(county: Terminal, ending: str) -> None:
    county.assigned()
    for sheet in ("congresses", "units", "代表名册", "suggestions", "steps"):
        file = county.folder / f"{sheet}.{ending}"
        told = county.json("export", "qing", sheet, file)
        seen = county.json("import", "qing", sheet, file)
        assert (seen["ok"], seen["counts"]["same"]) == (True, told["rows"])
        assert told["rows"] > 0


def test_columns_are_chosen_by_name_and_kept_under_one(county: Terminal) -> None:
    file = county.folder / "a.csv"
    county.ok("export", "qing", "roster", file, "--columns", "代表证号，name")
    assert rows(file)[:2] == [["代表证号", "姓名"], ["0001", "王秀英"]]
    assert county.json("columns", "save", "qing", "roster", "简表", "姓名,所属人大")["columns"] == ["name", "congress"]
    assert [c["name"] for c in county.json("columns", "list", "qing")["choices"]] == ["简表"]
    assert county.json("columns", "show", "qing", "roster", "简表")["columns"] == {
        "name": "姓名",
        "congress": "所属人大",
    }
    assert "身份证号" in county.ok("columns", "show", "qing", "代表名册")
    county.ok("export", "qing", "roster", file, "--choice", "简表")
    assert rows(file)[0] == ["姓名", "所属人大"]
    county.ok("columns", "remove", "qing", "roster", "简表")
    assert county("export", "qing", "roster", file, "--choice", "简表").exit_code == 4
    wrong = county("export", "qing", "roster", file, "--columns", "姓名,生肖")
    assert wrong.exit_code == 1
    assert "生肖" in wrong.stderr
    assert rows(file)[0] == ["姓名", "所属人大"]  # a refusal leaves the old file


def test_a_ledger_and_what_is_overdue_go_into_files_whole(county: Terminal) -> None:
    numbers = [county.assigned(title=f"建议{n}") for n in range(2)]
    book, text, late = (county.folder / name for name in ("l.xlsx", "l.csv", "o.csv"))
    county.ok("ledger", "qing", "--size", 1, "--xlsx", book)
    county.ok("ledger", "qing", "--size", 1, "--csv", text, "--columns", "编号,状态,承办单位")
    assert [row[0].value for row in openpyxl.load_workbook(book).active.iter_rows(min_row=2)] == numbers
    assert rows(text)[1:] == [[number, "办理中", "县交通运输局"] for number in numbers]
    county.ok("overdue", "qing", "--csv", late, today="2026-08-20")
    assert [row[1] for row in rows(late)[1:] if row[3] == "答复"] == numbers
    county.ok("overdue", "qing", "--xlsx", county.folder / "o.xlsx", today="2026-08-20")


def test_a_report_goes_into_a_folder_table_by_table(county: Terminal) -> None:
    county.assigned()
    told = county.json("report", "qing", 2026, "--csv", county.folder / "2026")
    assert len(told["files"]) == len(list((county.folder / "2026").glob("*.csv")))
    assert ["交办率", "100.00 %", "1", "1", "受理的建议"] in rows(county.folder / "2026" / "总表.csv")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (("export", "qing", "roster", "a.pdf"), ".xlsx or .csv"),
        (("export", "qing", "roster", "no/a.csv"), "no folder"),
        (("ledger", "qing", "--xlsx", "a.xlsx", "--csv", "a.csv"), "one at a time"),
        (("ledger", "qing", "--columns", "编号"), "--xlsx or --csv"),
        (("ledger", "qing", "--csv", "a.xlsx"), "name it .csv"),
        (("export", "qing", "rooster", "a.csv"), "roster"),
    ],
)
def test_what_cannot_be_written_is_refused_before_any_work(county: Terminal, line: tuple[str, ...], told: str) -> None:
    here = [str(county.folder / part) if part.startswith(("a.", "no/")) else part for part in line]
    result = county(*here)
    assert result.exit_code != 0
    assert told in result.stderr
    assert "Traceback" not in result.output
    assert not list(county.folder.glob("a.*"))


def test_a_deputy_takes_no_roster_out(county: Terminal) -> None:
    result = county("--as", "王秀英", "export", "qing", "roster", county.folder / "a.csv")
    assert result.exit_code == 3 or "offices" in result.stderr or "go out" in result.stderr
    assert not (county.folder / "a.csv").exists()


def test_a_form_for_steps_has_the_tenant_s_own_columns(county: Terminal) -> None:
    told = county.json("template", "steps", county.folder / "f.xlsx", "--tenant", "qing")
    assert {"答复文号", "答复分类"} <= set(told["columns"])
    assert county.json("import", "qing", "steps", county.folder / "f.xlsx")["counts"]["new"] == 0
