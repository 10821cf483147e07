"""The page about files shows the very columns that are read and written."""

from __future__ import annotations

import re
from pathlib import Path

from renda_core.files import SHEETS, Column, apart, limits

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "files.md"
KINDS = {
    "bool": "yes or no",
    "int": "number",
    "id_number": "ID number",
    "phone": "telephone",
    "uscc": "credit code",
}


def line(column: Column) -> str:
    """Write a column as the page has it."""
    english = next(title for title in column.titles if title.isascii())
    kind = KINDS.get(column.kind, column.kind)
    choices = f": {'、'.join(column.choices)}" if column.choices else ""
    required = "yes" if column.required else ""
    return f"| {column.title} | {english} | `{column.name}` | {kind}{choices} | {required} |"


def test_every_sheet_is_on_the_page_with_its_columns_and_nothing_else() -> None:
    sections = re.findall(r"^## `(\w+)` (\S+)\n(.*?)(?=^## )", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    shown = {name: (title, re.findall(r"^\|.*`.*\|$", body, re.MULTILINE)) for name, title, body in sections}
    assert shown == {s.name: (s.title, [line(c) for c in s.columns]) for s in SHEETS.values()}


def test_the_limits_are_those_of_the_code() -> None:
    page = PAGE.read_text("utf-8")
    mb = 1024 * 1024
    for told in (
        f"{limits.MOST_PACKED // mb} MB (`MOST_PACKED`)",
        f"{limits.MOST_BYTES // mb} MB, {limits.MOST_MEMBERS:,} members, {limits.MOST_RATIO} times",
        f"{limits.MOST_ROWS:,}, {limits.MOST_COLUMNS}, {limits.MOST_CELLS:,}",
        f"{apart.MEMORY // mb} MB of memory, {apart.SECONDS} seconds of processor time, {apart.DISK // mb // 1024} GB",
    ):
        assert told in page
