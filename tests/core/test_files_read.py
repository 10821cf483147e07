"""Workbooks and CSV files read from disk, good, foreign and hostile."""

import datetime as dt
import tracemalloc
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from tests.core.tabling import ANY, workbook

from renda_core.errors import Invalid
from renda_core.files import Column, Sheet, limits, open_rows, read_file

DAY = dt.date(2026, 3, 1)


def parts(path: Path, **members: str) -> Path:
    """Write a zip of the given parts; ``__`` in a name is a slash."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in members.items():
            out.writestr(name.replace("__", "/") + ".xml", text)
    return path


def refusal(path: Path) -> object:
    """Give the remedy if the file is refused, None if it is read."""
    try:
        read_file(path, ANY)
    except Invalid as refused:
        return refused.details["remedy"]
    return None


def test_rows_keep_the_numbers_people_see_in_excel(tmp_path: Path) -> None:
    rows = [["姓名", "日期", "数"], ["张三", DAY, 3], [None], ["李四", None, 2.5]]
    path = workbook(tmp_path / "a.xlsx", rows, at=2)
    first, second = read_file(path, ANY)
    assert (first.number, second.number, first.worksheet) == (4, 6, "表一")
    assert first.extra == {"姓名": "张三", "日期": DAY, "数": 3}
    assert isinstance(first.extra["数"], int)
    assert second.extra == {"姓名": "李四", "数": 2.5}


def test_a_sheet_is_found_by_name_or_the_known_ones_are_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["甲"], ["1"]], sheet="名册")
    with open_rows(path, ANY, worksheet="名册") as rows:
        assert rows.worksheets == ("名册",)
    with pytest.raises(Invalid, match="名册"):
        open_rows(path, ANY, worksheet="花名册")


def test_csv_with_mark_without_mark_and_gb18030(tmp_path: Path) -> None:
    text = '姓名,说明\r\n𠮷田䶮,㛃\r\n\r\n张三,"两\n行"\r\n李四,a\r\n'
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(text.encode(encoding))
        reads = read_file(path, ANY)
        assert [(read.number, read.extra["姓名"]) for read in reads] == [(2, "𠮷田䶮"), (4, "张三"), (5, "李四")]
        assert reads[1].extra["说明"] == "两\n行"


MOVED = (
    *zip((*range(0xA6D9, 0xA6E0), 0xA6EC, 0xA6ED, 0xA6F3),
         (0xFE10, 0xFE12, 0xFE11, *range(0xFE13, 0xFE1A)), strict=True),
    *zip((0xFE59, 0xFE61, 0xFE66, 0xFE67, 0xFE6D, 0xFE7E, 0xFE90, 0xFEA0), range(0x9FB4, 0x9FBC), strict=True),
    *zip((0xFE51, 0xFE52, 0xFE53, 0xFE6C, 0xFE76, 0xFE91),
         (0x20087, 0x20089, 0x200CC, 0x215D7, 0x2298F, 0x241FE), strict=True),
)  # fmt: skip


def test_all_characters_moved_out_of_the_private_area_come_out_right(tmp_path: Path) -> None:
    assert len(MOVED) == 24
    path = tmp_path / "a.csv"
    path.write_bytes("姓名\r\n".encode("gb18030") + b"\r\n".join(old.to_bytes(2, "big") for old, _ in MOVED))
    reads = read_file(path, ANY)
    assert [read.extra["姓名"] for read in reads] == [chr(new) for _, new in MOVED]
    path.write_bytes("姓名\r\n".encode("gb18030") + b"\xa8\xbc")
    assert read_file(path, ANY)[0].extra["姓名"] == "\u1e3f"


def test_csv_in_no_known_encoding_names_file_line_and_remedy(tmp_path: Path) -> None:
    path = tmp_path / "坏.csv"
    big5 = "姓名,性別,民族,職務\n張三,男,漢族,處長\n李四,女,滿族,主任".encode("big5")
    for data, line in ((b"name\r\nok\r\n\xff\xff\r\n", 3), (b"a,b\n\0,1\n", 2), (big5, 1)):
        path.write_bytes(data)
        with pytest.raises(Invalid, match=r"坏\.csv: line \d.*UTF-8") as caught:
            read_file(path, ANY)
        assert caught.value.details["line"] == line
        assert caught.value.details["remedy"]


def test_tabs_and_semicolons_separate_where_they_make_the_headers_known(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for sign in "\t;":
        path.write_text(f"姓名{sign}职务\n张三{sign}主任,副主任，委员\n", encoding="utf-8")
        sheet = Sheet("t", "表", (Column("name", titles=("姓名",)), Column("post", titles=("职务",))))
        assert read_file(path, sheet)[0].values == {"name": "张三", "post": "主任,副主任，委员"}


def test_cells_without_header_get_a_name_and_stay_visible(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["姓名", None, "数"], ["张三", "x", 1, "y"], ["李四"]])
    assert read_file(path, ANY)[0].extra == {"姓名": "张三", "(column B)": "x", "数": 1, "(column D)": "y"}
    sheet = Sheet("t", "表", (Column("name", titles=("姓名",)),))
    (first, _) = read_file(path, sheet)
    assert [(problem.column, problem.level) for problem in first.problems][-2:] == [("B", "warning"), ("D", "warning")]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old .xls"),
        ("page.xlsx", b"\xef\xbb\xbf\r\n<html><table></table></html>", "web page"),
        ("noise.xlsx", b"nothing at all", "not an XLSX"),
        ("cut.xlsx", b"PK\x03\x04" + b"\0" * 40, "not an XLSX"),
        ("paper.xlsx", b"%PDF-1.7", "PDF"),
        ("book.csv", b"PK\x03\x04" + b"\0" * 40, "workbook under a CSV name"),
        ("a.xls", b"x", "kind .xls"),
        ("a", b"x", "without ending"),
        ("empty.csv", b"\xef\xbb\xbf\r\n\r\n", "no row"),
        ("open.csv", b'a,b\r\n1,"' + b"x" * 200_000, "row 2"),
    ],
)
def test_other_kinds_of_file_are_refused_with_a_remedy(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(Invalid, match=said) as caught:
        read_file(path, ANY)
    assert name in str(caught.value)
    assert caught.value.details["remedy"]


def test_a_missing_file_and_a_foreign_zip(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no such file"):
        read_file(tmp_path / "none.xlsx", ANY)
    with pytest.raises(Invalid, match="not an XLSX workbook"):
        read_file(parts(tmp_path / "a.xlsx", word__document="<w/>"), ANY)


# Bombs

BOOK = "<workbook/>"


def test_a_declared_size_beyond_the_limit_is_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    path = parts(tmp_path / "bomb.xlsx", xl__workbook=BOOK, xl__worksheets__sheet1="<worksheet/>")
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (3_000_000_000).to_bytes(4, "little")
    path.write_bytes(data)
    tracemalloc.start()
    with pytest.raises(Invalid, match="more than 209,715,200"):
        read_file(path, ANY)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_a_size_declared_too_small_is_found_out(tmp_path: Path) -> None:
    path = parts(tmp_path / "liar.xlsx", xl__workbook=BOOK, xl__worksheets__sheet1="<worksheet>" + "x" * 5_000)
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(Invalid, match="more than it declares"):
        read_file(path, ANY)


def test_ratio_and_number_of_parts(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="200 times"):
        read_file(parts(tmp_path / "r.xlsx", xl__workbook=BOOK, xl__big=" " * 3_000_000), ANY)
    with pytest.raises(Invalid, match="2,001 parts"):
        read_file(parts(tmp_path / "m.xlsx", xl__workbook=BOOK, **{f"p{n}": "" for n in range(2_000)}), ANY)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', "200 columns"),
        ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "200,000 rows"),
        ('<row r="150000"><c r="CA150000"><is><t>x</t></is></c></row>', "4,000,000 cells"),
        ("<row>" + "<c><v>1</v></c>" * 201 + "</row>", "200 columns"),
    ],
)
def test_one_far_cell_is_refused_before_the_reader_fills_the_rectangle(tmp_path: Path, cells: str, said: str) -> None:
    sheet = f'<worksheet xmlns="x"><sheetData>{cells}</sheetData></worksheet>'
    with pytest.raises(Invalid, match=said):
        read_file(parts(tmp_path / "far.xlsx", xl__workbook=BOOK, xl__elsewhere=sheet), ANY)


def test_formatted_empty_cells_far_away_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "wps.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet()
    page.write_row(0, 0, ["姓名"])
    page.write_row(1, 0, ["张三"])
    page.write_blank(1_000_000, 16_000, None, book.add_format({"bold": True}))
    book.close()
    assert len(read_file(path, ANY)) == 1


def test_entities_are_refused_and_damage_is_named(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    with pytest.raises(Invalid, match="entities"):
        read_file(parts(tmp_path / "e.xlsx", xl__workbook=BOOK, xl__worksheets__sheet1=bomb), ANY)
    with pytest.raises(Invalid, match="damaged"):
        read_file(parts(tmp_path / "d.xlsx", xl__workbook=BOOK, xl__worksheets__sheet1="<worksheet><row></c>"), ANY)
    with pytest.raises(Invalid, match="damaged"):
        read_file(parts(tmp_path / "w.xlsx", xl__workbook=BOOK), ANY)


def test_what_would_bring_the_reader_down_is_refused_first(tmp_path: Path) -> None:
    texts = '<sst count="1" uniqueCount="19999999999992"><si><t>x</t></si></sst>'
    with pytest.raises(Invalid, match="4,000,000 texts"):
        read_file(parts(tmp_path / "t.xlsx", xl__workbook=BOOK, xl__sharedStrings=texts), ANY)
    links = '<Relationships><Relationship Id="rId1" Target="x.VML"/></Relationships>'
    with pytest.raises(Invalid, match="drawing where a sheet"):
        read_file(parts(tmp_path / "l.xlsx", xl__workbook=BOOK, xl___rels__workbook=links), ANY)
    with pytest.raises(Invalid, match="damaged"):
        read_file(parts(tmp_path / "u.xlsx", xl__workbook='<?xml version="1.0" encoding="none"?><workbook/>'), ANY)


def test_pictures_and_old_drawings_are_left_alone(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["姓名"], ["张三"]])
    with zipfile.ZipFile(path, "a") as more:
        more.writestr("xl/media/image1.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
        more.writestr("xl/drawings/vmlDrawing1.vml", "<xml><br></xml>")
    assert len(read_file(path, ANY)) == 1


def test_limits_of_rows_and_columns_hold_for_csv_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = tmp_path / "wide.csv"
    wide.write_text(",".join(f"c{n}" for n in range(201)), encoding="utf-8")
    with pytest.raises(Invalid, match="200 columns"):
        read_file(wide, ANY)
    monkeypatch.setattr(limits, "MOST_ROWS", 3)
    long = tmp_path / "long.csv"
    long.write_text("a\n1\n2\n3\n", encoding="utf-8")
    with pytest.raises(Invalid, match="3 rows"):
        read_file(long, ANY)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_end_in_a_table_or_a_clear_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    for name in ("a.csv", "a.xlsx"):
        path = tmp_path_factory.getbasetemp() / name
        path.write_bytes(data)
        assert refusal(path) != ""


@given(st.integers(0, 6_000), st.integers(0, 255))
def test_a_workbook_with_one_byte_changed_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "changed.xlsx"
    workbook(path, [["姓名"], ["张三"]])
    data = bytearray(path.read_bytes())
    data[at % len(data)] = byte
    path.write_bytes(data)
    assert refusal(path) != ""
