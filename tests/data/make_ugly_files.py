"""Write the shelf of ugly files; run it again after a change: ``python tests/data/make_ugly_files.py``.

Every file is made up, small, and the same each time; ``shelf.toml`` says what must come of each.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

HERE = Path(__file__).parent
MADE = dt.datetime(2026, 3, 1)
HEAD = ["姓名", "所属人大", "届次", "当选日期"]
ROW = ["张三", "示例县人民代表大会", 6, "2021-12-20"]
OTHER = ["李四", "示例县人民代表大会", 6, "2021-12-20"]
Rows = Sequence[Sequence[object]]


def book(name: str, rows: Rows = (), write: Callable[[Any, Any], object] | None = None, **options: object) -> None:
    """Write one workbook; *write* is given the book and its first worksheet."""
    out = xlsxwriter.Workbook(str(HERE / name), {"in_memory": True, **options})
    out.set_properties({"created": MADE})
    page = out.add_worksheet("名册")
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    if write:
        write(out, page)
    out.close()


def grown(column: str, *cells: object) -> list[list[object]]:
    """Give a roster with one more column, one row for each cell."""
    return [[*HEAD, column], *[[*ROW, cell] for cell in cells]]


def changed(name: str, source: str, part: str, change: Callable[[str], str]) -> None:
    """Write a workbook again with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(HERE / source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            new.writestr(item, change(data.decode()).encode() if item.filename == part else data)
    (HERE / name).write_bytes(out.getvalue())


def text(name: str, rows: Sequence[str], encoding: str = "utf-8", end: str = "\r\n") -> None:
    """Write lines in an encoding."""
    (HERE / name).write_bytes(end.join(rows).encode(encoding))


def layouts() -> None:
    """Tables that do not begin in the first cell of the first row."""
    title = [["示例县第六届人大代表名册"], ["填报单位：示例县", "", "日期：2026年3月1日"], []]
    book("title_rows.xlsx", [*title, HEAD, ROW, OTHER], lambda b, p: p.merge_range("A1:D1", "示例县第六届人大代表名册"))

    def two_rows(b: Any, page: Any) -> None:
        for at, word in enumerate(["姓名", "所属人大"]):
            page.merge_range(0, at, 1, at, word)
        page.merge_range(0, 2, 0, 3, "任职")
        page.write_row(1, 2, ["届次", "当选日期"])
        page.write_row(2, 0, ROW)

    book("two_row_header.xlsx", [], two_rows)
    rows = grown("代表团", *[""] * 4)
    book("merged_delegations.xlsx", rows, lambda b, p: p.merge_range("E2:E4", "第一代表团"))
    book("empty_columns.xlsx", [["", *HEAD[:2], "", *HEAD[2:]], [], ["", *ROW[:2], "", *ROW[2:]]])
    book("shuffled_english.xlsx", [["Date of election", "Term", "People's Congress", "Full name"], ROW[::-1]])
    book("totals.xlsx", [["序号", *HEAD], [1, *ROW], [2, *OTHER], ["合 计", 2]])
    book("repeated_header.xlsx", [HEAD, ROW, HEAD, OTHER])
    book("footer.xlsx", [HEAD, ROW, ["填表人：王五"]])
    book("doubled_header.xlsx", [[*HEAD, "姓名"], ROW])
    book("missing_column.xlsx", [["姓名", "性别", "民族"], ["张三", "男", "汉族"]])
    book("no_header.xlsx", [["张三", "男", "汉族"], ["李四", "女", "汉族"]])
    book("only_empty.xlsx", [])

    def several(b: Any, page: Any) -> None:
        second, other, notes = b.add_worksheet("第二页"), b.add_worksheet("统计"), b.add_worksheet("说明")
        second.write_row(0, 0, HEAD[::-1])
        second.write_row(1, 0, OTHER[::-1])
        other.write_row(0, 0, ["项目", "数"])
        notes.write_row(0, 0, ["表", "说明"])

    book("several_sheets.xlsx", [HEAD, ROW], several)

    def hidden(b: Any, page: Any) -> None:
        other = b.add_worksheet("旧名册")
        other.write_row(0, 0, HEAD)
        other.write_row(1, 0, OTHER)
        other.hide()

    book("hidden_sheet.xlsx", [HEAD, ROW], hidden)


def cells() -> None:
    """Cells as people fill them."""
    book("serial_dates.xlsx", [HEAD, [*ROW[:3], 44550], [*ROW[:3], "44550"]])
    book("dates_1904.xlsx", [HEAD, [*ROW[:3], 44550 - 1462]], date_1904=True)
    book("month_dates.xlsx", grown("出生日期", "1980年5月", "1980.5", 198005))
    book("month_where_day_matters.xlsx", [HEAD, [*ROW[:3], "2021年12月"]])
    book("short_years.xlsx", [HEAD, [*ROW[:3], "21.12.20"]])
    book("full_width_dates.xlsx", [HEAD, [*ROW[:3], "２０２１．１２．２０"]])
    book("lost_digits.xlsx", grown("身份证号", 110105194912310021))
    book("wrong_check_digit.xlsx", grown("身份证号", "110105194912310021"))
    book("phones.xlsx", grown("手机号", "+86 199-0000-0000", "１９９００００００００", "199 0000 0000", 19900000000))
    book("two_phones.xlsx", grown("手机号", "19900000000/19900000001"))
    book("dots.xlsx", [HEAD, *[[f"阿依{dot}买买提", *ROW[1:]] for dot in "·•・‧∙⋅●．"]])
    book("rare_characters.xlsx", [HEAD, ["𠮷田䶮", *ROW[1:]], ["劉國強", *ROW[1:]]])
    book("private_character.xlsx", [HEAD, ["张\ue863", *ROW[1:]]])
    book("line_break_in_name.xlsx", [HEAD, ["张三\n李四", *ROW[1:]]])

    def rich(b: Any, page: Any) -> None:
        page.write_rich_string(1, 0, b.add_format({"bold": True}), "张", "三")
        page.write_boolean(1, 4, True)
        page.write_formula(1, 2, "=3+3", None, 6)

    book("rich_boolean_formula.xlsx", [[*HEAD, "补选"], ["", ROW[1], "", ROW[3]]], rich)
    book("error_cells.xlsx", grown("代表团", ""), lambda b, p: p.write_formula(1, 4, "=VLOOKUP(1,2,3)", None, "#N/A"))
    book("ref_error.xlsx", [HEAD, ROW], lambda b, p: p.write_formula(1, 2, "=#REF!A1", None, "#REF!"))
    odd = openpyxl.Workbook()
    odd.active.append(HEAD)
    odd.active.append([*ROW[:2], "=3+3", ROW[3]])
    odd.properties.created = odd.properties.modified = MADE
    odd.save(HERE / "uncomputed_formula.xlsx")


def texts() -> None:
    """Text files."""
    rows = [",".join(HEAD), "张三,示例县人民代表大会,6,2021-12-20"]
    text("plain.csv", rows)
    text("mark.csv", rows, "utf-8-sig")
    text("utf16.txt", [row.replace(",", "\t") for row in rows], "utf-16")
    text("semicolons.csv", [row.replace(",", ";") for row in rows])
    moved = ",示例县人民代表大会,6,2021-12-20".encode("gb18030")
    head = rows[0].encode("gb18030")
    (HERE / "gb18030_moved.csv").write_bytes(head + b"\r\n\xcd\xf5\xfe\x59" + moved)
    text("big5.csv", ["姓名,性別,民族,職務", "張三,男,漢族,處長", "劉國強,男,滿族,主任委員"], "big5")
    text("latin.csv", ["name,term", "Jos\xe9,6"], "latin-1")
    (HERE / "nul.csv").write_bytes(rows[0].encode() + b"\n\0\0")
    text("open_quote.csv", [rows[0], '"张三,示例县人民代表大会,6,2021-12-20', *["y" * 900] * 50])
    (HERE / "open_quote.csv").write_bytes((HERE / "open_quote.csv").read_bytes()[:50_000])
    text("injection.csv", [f"{rows[0]},工作单位", f'{rows[1]},"\'=HYPERLINK(""http://example.invalid"")"'])


def hostile() -> None:
    """Files of another kind, and files made to do harm."""
    (HERE / "page.xls.xlsx").write_bytes(b"<html><table><tr><td>1</td></tr></table></html>")
    (HERE / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    (HERE / "password.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    book("base.xlsx", [HEAD, ROW])
    sheet, links = "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"
    far = '<row r="9"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    changed("far_cell.xlsx", "base.xlsx", sheet, lambda xml: xml.replace("</sheetData>", far))
    changed("zip_bomb.xlsx", "base.xlsx", sheet, lambda xml: xml + " " * 3_000_000)
    doctype = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet'
    changed("doctype.xlsx", "base.xlsx", sheet, lambda xml: xml.replace("<worksheet", doctype, 1))
    lie = 'dimension ref="A1:XFD1048576"'
    changed("lying_dimension.xlsx", "base.xlsx", sheet, lambda xml: xml.replace('dimension ref="A1:D2"', lie))
    outside = '<Relationship Id="rId99" Type="x" Target="http://127.0.0.1:9/canary" TargetMode="External"/>'
    changed("external_link.xlsx", "base.xlsx", links, lambda xml: xml.replace("</Rel", outside + "</Rel"))


if __name__ == "__main__":
    layouts()
    cells()
    texts()
    hostile()
