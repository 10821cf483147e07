"""Files in from the command line: all of a file or nothing of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import openpyxl
import pytest

if TYPE_CHECKING:
    from .conftest import Terminal

BAD = """编号,标题,内容,领衔代表,提出日期
示例1,关于修桥的建议,石桥多年失修,王秀英,2026-01-12
示例2,关于修路的建议,路面破损,张无此人,2026-01-12
示例3,,没有标题,李建国,2026-01-12
示例4,关于灯的建议,路灯不亮,陈明,2026-01-12
"""
GOOD = """编号,标题,内容,领衔代表,提出日期
示例1,关于修桥的建议,石桥多年失修,王秀英,2026-01-12
示例2,关于修路的建议,路面破损,0004,2026-01-12
"""


def test_errors_are_all_told_and_leave_the_data_as_before(county: Terminal) -> None:
    before = county.head()
    result = county("import", "qing", "suggestions", county.write("bad.csv", BAD), "--yes")
    assert result.exit_code == 1
    for told in ("bad.csv, row 3", "张无此人", "bad.csv, row 4", "标题", "bad.csv, row 5", "2 people"):
        assert told in result.stderr
    assert "Traceback" not in result.output
    assert county.head() == before
    assert county.json("ledger", "qing")["cases"] == []


def test_errors_in_json_name_their_rows(county: Terminal) -> None:
    problem = county.json("import", "qing", "suggestions", county.write("bad.csv", BAD), "--yes", code=1)["problem"]
    assert problem["code"] == "invalid"
    assert [row["number"] for row in problem["rows"]] == [3, 4, 5]
    assert len(problem["reasons"]) >= 3
    assert problem["counts"] == {"new": 1, "error": 3}


def test_a_preview_changes_nothing_until_it_is_confirmed(county: Terminal) -> None:
    file, before = county.write("good.csv", GOOD), county.head()
    told = county.json("import", "qing", "suggestions", file)
    assert (told["ok"], told["applied"], told["counts"]["new"]) == (True, None, 2)
    assert county.json("import", "qing", "suggestions", file, "--yes", "--dry-run")["applied"] is None
    assert "--yes" in county.ok("import", "qing", "suggestions", file)
    assert county.head() == before
    assert county.json("import", "qing", "suggestions", file, "--yes")["applied"]["new"] == 2
    assert county.head()[0] == before[0] + 1
    again = county.json("import", "qing", "suggestions", file, "--yes")
    assert (again["counts"]["same"], again["applied"]["new"]) == (2, 0)


def test_a_file_of_the_wrong_shape_is_refused_with_its_headers(county: Terminal) -> None:
    result = county("import", "qing", "suggestions", county.write("odd.csv", "号码,标题\n1,修桥\n"))
    assert result.exit_code == 1
    assert "领衔代表" in result.stderr
    assert county("import", "qing", "suggestions", county.folder / "none.csv").exit_code == 1
    assert county("import", "qing", "sugestions", county.write("a.csv", GOOD)).exit_code == 4


def test_a_template_is_a_workbook_with_the_sheets_columns(county: Terminal) -> None:
    file = county.folder / "form.xlsx"
    assert county.json("template", "代表建议", file)["sheet"] == "代表建议"
    headers = [cell.value for cell in next(openpyxl.load_workbook(file).active.iter_rows(max_row=1))]
    assert "标题*" in headers
    assert county("template", "suggestions", file).exit_code == 2
    assert county("template", "suggestions", county.folder / "form.csv").exit_code == 2
    # The example line is nobody's suggestion, and is left out.
    assert county.json("import", "qing", "suggestions", file, "--yes")["counts"]["new"] == 0


def test_a_worksheet_is_named_and_a_preview_is_only_that(county: Terminal) -> None:
    book = openpyxl.Workbook()
    for name, unit in (("甲", "县林业局"), ("乙", "县农业农村局")):
        sheet = book.create_sheet(name)
        sheet.append(["单位名称", "类别"])
        sheet.append([unit, "政府工作部门"])
    file = county.folder / "units.xlsx"
    book.save(file)
    told = county.json("import", "qing", "units", file, "--worksheet", "乙", "--preview", "--yes")
    assert (told["worksheets"], told["counts"]["new"], told["applied"]) == (["乙"], 1, None)
    both = county.json("import", "qing", "units", file, "--yes")
    assert (both["worksheets"], both["applied"]["new"]) == (["甲", "乙"], 2)


def test_problems_in_json_have_their_place_and_a_number_of_more(county: Terminal) -> None:
    lines = "\n".join(f"示例{n},关于修桥的建议,内容{n},张无此人,2026-01-12" for n in range(130))
    file = county.write("long.csv", "编号,标题,内容,领衔代表,提出日期\n" + lines)
    problem = county.json("import", "qing", "suggestions", file, "--yes", code=1)["problem"]
    assert (len(problem["problems"]), problem["more"], len(problem["rows"])) == (100, 30, 100)
    assert {"file", "worksheet", "row", "column", "value", "remedy"} <= problem["problems"][0].keys()
    assert "and 30 more 还有 30 处" in county("import", "qing", "suggestions", file).stderr


def test_an_interruption_leaves_all_as_it_was(county: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextlib.contextmanager
    def stopped(*_: object) -> Iterator[Callable[[int], None]]:
        def tick(done: int) -> None:
            raise KeyboardInterrupt

        yield tick

    before = county.head()
    with monkeypatch.context() as patched:
        patched.setattr("renda_core.cli.session.Session.progress", stopped)
        result = county("import", "qing", "suggestions", county.write("good.csv", GOOD), "--yes")
    assert (result.exit_code, "已中断" in result.stderr) == (130, True)
    assert county.head() == before


def test_the_state_of_every_row_goes_into_a_file(county: Terminal) -> None:
    lines = "县林业局,政府工作部门\n县水利局,政府工作部门\n,政府工作部门\n"
    file, told = county.write("units.csv", "单位名称,类别\n" + lines), county.folder / "states.xlsx"
    assert county("import", "qing", "units", file, "--preview", "--states", told).exit_code == 1
    rows = list(openpyxl.load_workbook(told).active.values)
    assert [row[1:4] for row in rows[1:]] == [(2, "新增", "县林业局"), (3, "相同", "县水利局"), (4, "有错", None)]
    assert "单位名称" in rows[3][4]
