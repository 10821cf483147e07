"""Empty forms to fill in: one page to write on, and one that says on paper what each column takes."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from renda_core.files.columns import Column, Sheet
from renda_core.files.workbook import Page, Writer, sheet_title, text_width
from renda_core.files.written import whole_file

GUIDE = "说明"
"""Name of the page that explains a form; whoever reads the file leaves it out."""
LISTED = ("列名", "是否必填", "可填的值", "填写说明", "示例")
CHOSEN_ROWS = 5_000
"""Rows below the header in which a cell offers its choices."""
_KINDS = {
    "text": "文字",
    "name": "姓名",
    "date": "日期，如 2026-03-01",
    "int": "整数",
    "bool": "是 或 否",
    "list": "几个值用顿号（、）分开",
    "id_number": "18 位公民身份号码",
    "uscc": "18 位统一社会信用代码",
    "phone": "手机号或带区号的固定电话",
    "choice": "",
}


def write_template(path: str | Path, sheet: Sheet, extra: Sequence[Column] = ()) -> Path:
    """Write an empty form: headers (* is required), notes as comments, one example line, and the page 说明.

    :func:`~renda_core.files.reading.open_rows` leaves the example line out if nobody deletes it.

    Args:
        extra: Columns that a tenant's procedures add, for a sheet that takes more than its own.

    Returns:
        *path*.
    """
    columns = (*sheet.columns, *extra)
    with whole_file(path) as part:
        book = xlsxwriter.Workbook(str(part))
        try:
            writer = Writer(book, Path(path).name)
            _form(book.add_worksheet(sheet_title(sheet.title, writer.titles)), writer, columns)
            writer.page(Page(GUIDE, LISTED, _guide(columns), widths=(20, 10, 42, 42, 26)))
        finally:
            book.close()
    return Path(path)


def _form(page: Any, writer: Writer, columns: Sequence[Column]) -> None:
    for at, column in enumerate(columns):
        cells = writer.day if column.kind == "date" else writer.text
        page.set_column(at, at, max(12, text_width(column.title) + 4), cells)
        page.write_string(0, at, column.title + ("*" if column.required else ""), writer.head)
        page.write_comment(0, at, _comment(column), {"author": "renda", "x_scale": 1.5})
        writer.cell(page, 1, at, _example(column))
        if column.choices:
            page.data_validation(1, at, CHOSEN_ROWS, at, {"validate": "list", "source": list(column.choices)})
    writer.finish(page, columns=len(columns), rows=1)


def _guide(columns: Sequence[Column]) -> Iterator[tuple[object, ...]]:
    """Say of each column what a person at a desk asks."""
    for column in columns:
        yield column.title, "必填" if column.required else "选填", allowed(column), column.note, _example(column)
    first = "第 2 行如有示例，导入前请删除；忘了删除，也不会被当作数据。"
    yield "填表须知", None, None, f"列的先后不限；选填的列可以整列删去；空白格不改动已有内容。{first}", None


def allowed(column: Column) -> str:
    """Say what may be written into a column's cells."""
    return "、".join(column.choices) if column.choices else _KINDS[column.kind]


def _comment(column: Column) -> str:
    parts = ["必填" if column.required else "选填", column.note]
    if column.choices:
        parts.append("可填：" + "、".join(column.choices))
    if column.example:
        parts.append("第 2 行是示例，导入前请删除")
    return "。".join(part for part in parts if part)


def _example(column: Column) -> object:
    return dt.date.fromisoformat(column.example) if column.kind == "date" and column.example else column.example or None


__all__ = ["GUIDE", "write_template"]
