"""What LibreOffice and openpyxl make of our exports: texts as they were typed, and nothing that runs."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.escape import unescape
from tests.core.exporting import CLERK, EVIL, FILES, HOME, TODAY, fill, out
from tests.office import CSV_FILTER, CSV_OPENED, Office, office

from renda_core.files import SHEETS, Page, read_file, write_template, write_workbook
from renda_core.services import reports
from renda_plugins import reception, suggestion_handling

__all__ = ["office"]
SHEETS_OUT = ("units", "roster", "stations", "suggestions", "steps", "opinions", "ledger:suggestion", "overdue")


def hostile() -> dict[str, Any]:
    """Put a text that a spreadsheet might run into every column that takes any text."""
    lines = {sheet: list(FILES[sheet]) for sheet in ("congresses", "units", "roster")}
    deputy = FILES["roster"][1]
    for n, evil in enumerate(EVIL):
        lines["units"].append({"单位名称": f"{evil}{n}", "类别": evil, "负责人": evil})
        lines["roster"].append(
            deputy | {"姓名": f"{evil}{n}", "代表证号": f"{evil}-{n}", "工作单位": evil, "代表团": evil}
        )
    lines["stations"] = [
        {"名称": f"{evil}{n}", "类型": "代表之家", "所属人大": HOME, "地址": evil} for n, evil in enumerate(EVIL)
    ]
    lines["suggestions"] = [
        {"编号": f"{evil}{n}", "标题": evil, "内容": f"{evil}\n{evil}", "领衔代表": "0002", "提出日期": "2026-01-12"}
        | {"类别": evil}
        for n, evil in enumerate(EVIL)
    ]
    numbers = [line["编号"] for line in lines["suggestions"]]
    lines["steps"] = [{"编号": number, "环节": "审查受理", "日期": "2026-01-15", "说明": number} for number in numbers]
    lines["steps"] += [{"编号": n, "环节": "交办", "日期": "2026-01-20", "独办单位": f"{EVIL[0]}0"} for n in numbers]
    lines["opinions"] = [
        {"编号": f"{evil}{n}", "登记日期": "2026-03-16", "内容": evil, "类别": evil, "反映人": evil}
        for n, evil in enumerate(EVIL)
    ]
    return lines


@pytest.fixture
def exported(bench: Any, tmp_path: Path) -> dict[str, tuple[Path, Path]]:
    """Every export of a hostile county, as a workbook and as CSV."""
    b = bench(suggestion_handling, reception, today=TODAY)
    fill(b, tmp_path, hostile())
    found = {}
    for sheet in SHEETS_OUT:
        name = sheet.replace(":", "-")
        found[sheet] = (out(b, sheet, tmp_path / f"{name}.xlsx"), out(b, sheet, tmp_path / f"{name}-text.csv"))
    pages = reports.pages(b.ask(reports.yearly, CLERK, 2026))
    evil = Page("'=1+1", EVIL, [EVIL], notes=EVIL)
    found["report"] = (write_workbook(tmp_path / "report.xlsx", [*pages, evil]), found["overdue"][1])
    return found


def rows(path: Path) -> list[list[str]]:
    """Read a CSV file as it is."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_nothing_that_is_exported_is_a_formula_and_all_of_it_shows_as_typed(
    exported: dict[str, tuple[Path, Path]], tmp_path: Path, office: Office
) -> None:
    folder = tmp_path / "seen"
    office.convert([book for book, _ in exported.values()], CSV_FILTER, folder)
    for sheet, (book, _) in exported.items():
        opened = openpyxl.load_workbook(book)
        kinds = {cell.data_type for page in opened for row in page.iter_rows() for cell in row}
        assert "f" not in kinds, sheet
        for page in opened:
            written = [[as_seen(cell.value) for cell in row] for row in page.iter_rows()]
            shown = rows(next(f for f in folder.glob(f"{book.stem}-*.csv") if f.stem == f"{book.stem}-{page.title}"))
            for want, got in zip(written, shown, strict=True):
                assert [x for x in got if x.startswith(("#", "Err:"))] == []
                assert [g for w, g in zip(want, got, strict=True) if w is not None] == [
                    w for w in want if w is not None
                ]


def as_seen(value: object) -> str | None:
    """Say what a spreadsheet shows of a text cell; dates and numbers have forms of their own."""
    return unescape(value) if isinstance(value, str) else "" if value is None else None


def test_a_spreadsheet_opens_the_csv_with_its_chinese_and_runs_none_of_it(
    exported: dict[str, tuple[Path, Path]], tmp_path: Path, office: Office
) -> None:
    folder = tmp_path / "seen"
    office.convert([text for _, text in exported.values()], "fods", folder, opened=CSV_OPENED)
    for sheet, (_, text) in exported.items():
        seen = (folder / f"{text.stem}.fods").read_text("utf-8")
        assert "table:formula" not in seen, sheet
        assert all(title in seen for title in rows(text)[0]), sheet
        if sheet != "overdue":
            assert "龘𠮷，「全角」" in seen


def test_a_hostile_county_comes_back_as_the_same(
    exported: dict[str, tuple[Path, Path]], bench: Any, tmp_path: Path
) -> None:
    for sheet in SHEETS_OUT[:6]:
        from_book, from_text = (read_file(path, SHEETS[sheet]) for path in exported[sheet])
        assert [r.values for r in from_book] == [r.values for r in from_text]
        assert all(r.ok for r in from_book)


def test_every_form_opens_in_a_spreadsheet_and_says_what_to_fill_in(tmp_path: Path, office: Office) -> None:
    forms = [write_template(tmp_path / f"{sheet.name}.xlsx", sheet) for sheet in SHEETS.values()]
    office.convert(forms, CSV_FILTER, tmp_path / "seen")
    for sheet in SHEETS.values():
        guide = rows(tmp_path / "seen" / f"{sheet.name}-说明.csv")
        assert [line[0] for line in guide[1:-1]] == [column.title for column in sheet.columns]
        assert {line[1] for line in guide[1:-1]} <= {"必填", "选填"}
