"""Long tables out: 100,000 rows of 8 columns, beside the libraries that write the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import openpyxl
from benchmarks.pairs import Pairs

from renda_core.files import Page, write_table, write_workbook

ROWS = 100_000
TITLES = ("姓名", "性别", "身份证号", "手机号", "工作单位", "届次", "当选日期", "补选")
BAR = 3
"""How many times openpyxl's speed ours must have at least."""


def lines() -> Iterator[tuple[object, ...]]:
    """Make a roster's rows: texts, long digits, numbers and days."""
    day = dt.date(2021, 12, 20)
    for n in range(ROWS):
        yield f"代表{n}", "女", f"{n:018}", "*******1234", f"示例县第{n % 97}示例单位", 6, day, False


def with_openpyxl(path: Path) -> None:
    """Write the same with openpyxl in its write-only mode."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    sheet.append(TITLES)
    for *texts, by_election in lines():
        sheet.append([*texts, "是" if by_election else "否"])
    book.save(path)


def test_writing_100_000_rows_beside_openpyxl(versus: Pairs, tmp_path: Path) -> None:
    versus(
        f"writing {ROWS:,} rows of 8 columns as XLSX",
        lambda: write_table(tmp_path / "ours.xlsx", Page("名册", TITLES, lines())),
        lambda: with_openpyxl(tmp_path / "peer.xlsx"),
        against="openpyxl, write-only",
        at_least=BAR,
        sweep=True,
    )


def test_writing_100_000_rows_beside_xlsxwriter(versus: Pairs, tmp_path: Path) -> None:
    versus(
        f"writing {ROWS:,} rows of 8 columns as XLSX",
        lambda: write_table(tmp_path / "ours.xlsx", Page("名册", TITLES, lines())),
        lambda: write_workbook(tmp_path / "peer.xlsx", [Page("名册", TITLES, lines())]),
        against="xlsxwriter in constant memory, as our reports are written",
        sweep=True,
    )


def test_writing_100_000_rows_as_csv(versus: Pairs, tmp_path: Path) -> None:
    versus(
        f"writing {ROWS:,} rows of 8 columns as CSV",
        lambda: write_table(tmp_path / "ours.csv", Page("名册", TITLES, lines())),
        lambda: write_table(tmp_path / "ours.xlsx", Page("名册", TITLES, lines())),
        against="the same as XLSX",
        sweep=True,
    )
