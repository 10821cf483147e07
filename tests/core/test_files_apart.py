"""Parsing apart from the rest: little memory, no list of all rows, no process left behind, nothing fetched."""

import socket
import tracemalloc
import zipfile
from pathlib import Path

import attrs
import pytest
from tests.core.tabling import ANY, workbook

from renda_core.errors import Invalid, Misuse
from renda_core.files import SHEETS, apart, open_rows, read_file
from renda_core.files.archive import check_archive

HEAD = ["姓名", "所属人大", "届次", "当选日期", "身份证号", "手机号"]


def roster(path: Path, size: int) -> Path:
    rows = [[f"张{n}", "示例县人民代表大会", 6, "2021-12-20", "", f"199{n:08}"] for n in range(size)]
    if path.suffix == ".csv":
        path.write_text("\n".join(",".join(map(str, row)) for row in [HEAD, *rows]), encoding="utf-8")
        return path
    return workbook(path, [HEAD, *rows])


def peak(path: Path) -> tuple[int, int]:
    """Give the bytes this process held at most while it read a file, and the rows read."""
    tracemalloc.start()
    try:
        with open_rows(path, SHEETS["roster"]) as rows:
            count = sum(read.ok for read in rows)
            assert rows.total == count
        return tracemalloc.get_traced_memory()[1], count
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, ending: str) -> None:
    few, many = roster(tmp_path / f"few.{ending}", 2_000), roster(tmp_path / f"many.{ending}", 20_000)
    peak(few)  # what is imported and compiled once
    (small, count), (large, counts) = peak(few), peak(many)
    assert (count, counts) == (2_000, 20_000)
    assert large < 1.5 * small


def test_a_workbook_that_takes_too_much_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "啊" * 30_000
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 30_001))
    path = _with_parts(tmp_path / "bomb.xlsx", cells, f'<sst count="1" uniqueCount="1"><si><t>{text}</t></si></sst>')
    with pytest.raises(Invalid, match=r"bomb\.xlsx: would need more than \d+ MB .*; copy the table alone") as caught:
        read_file(path, ANY)
    assert caught.value.details["status"]
    monkeypatch.setattr(apart, "PATIENCE", 0)
    with pytest.raises(Invalid, match="would need"):
        read_file(path, ANY)


def test_a_process_that_cannot_start_is_no_fault_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_PROGRAM", tmp_path / "nowhere.py")
    with pytest.raises(Misuse, match="nowhere"):
        read_file(workbook(tmp_path / "a.xlsx", [["姓名"], ["张三"]]), ANY)


def test_nothing_outside_the_file_is_ever_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("canary", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.setblocking(False)
        address = f"http://127.0.0.1:{canary.getsockname()[1]}/"
        path = workbook(tmp_path / "a.xlsx", [["姓名"], ["张三"]])
        links = "".join(
            f'<Relationship Id="x{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"'
            f' Target="{target}" TargetMode="External"/>'
            for n, (kind, target) in enumerate([("worksheet", address), ("externalLink", secret.as_uri())])
        )
        _change(
            path, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace("</Relationships>", links + "</Relationships>")
        )
        _change(
            path,
            "xl/workbook.xml",
            lambda xml: xml.replace("</sheets>", '<sheet name="远" sheetId="9" r:id="x0"/></sheets>'),
        )
        said = ""
        try:
            said = str(read_file(path, ANY))
        except Invalid as refused:
            said = str(refused)
        assert "canary" not in said
        with pytest.raises(BlockingIOError):
            canary.accept()


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFD1"><v>1</v></c>',
        '<c s="1" r="XFD1"><v>1</v></c>',
        "<c r='XFD1'><v>1</v></c>",
        '<c\tr="XFD1"><v>1</v></c>',
        '<c r="&#88;FD1"><v>1</v></c>',
        '<x:c xmlns:x="x" r="XFD1"><v>1</v></x:c>',
        '<!-- --><c r="GS1"><v>1</v></c>',
        '<c r="CA1"><v>1</v></c></row><row r="100000"><c r="A100000"><v>1</v></c>',
        '<c r="A100000"><v>1</v></c></row><row r="100001"><c r="CA100001"><v>1</v></c>',
    ],
)
def test_the_quick_search_misses_no_far_cell_however_it_is_written(tmp_path: Path, cell: str) -> None:
    path = _with_parts(tmp_path / "far.xlsx", f'<row r="1">{cell}</row>', "<sst/>")
    with pytest.raises(Invalid, match=r"columns|cells"):
        check_archive(path.read_bytes(), path.name)
    padded = '<row r="1">' + '<c r="A1"><v>1</v></c>' * 60_000 + f"</row><row>{cell}</row>"
    path = _with_parts(tmp_path / "far.xlsx", padded + "".join(f"<!--{n * n}-->" for n in range(9_000)), "<sst/>")
    with pytest.raises(Invalid, match=r"columns|cells"):
        check_archive(path.read_bytes(), path.name)


def test_a_hidden_sheet_is_read_when_it_is_asked_for() -> None:
    path = Path(__file__).parents[1] / "data" / "hidden_sheet.xlsx"
    (read,) = read_file(path, SHEETS["roster"], worksheet="旧名册")
    assert (read.values["name"], read.worksheet) == ("李四", "旧名册")


def test_problems_name_the_place_and_cover_what_is_personal(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "x.xlsx", [[*HEAD, "出生日期"], ["张三", "某人大", 6, "2021-12-20", "", "", "2026-13-01"]]
    )
    (read,) = read_file(path, SHEETS["roster"])
    (problem,) = read.problems
    shown = 'x.xlsx, 表一, row 2, column G 出生日期, "2026-13-01": no day of the calendar; correct the day or the month'
    assert str(problem) == shown
    assert attrs.evolve(problem, column="").field == "出生日期"
    head = [column.title for column in SHEETS["voters"].columns]
    row = [
        "张三\n欧阳修远",
        "女人",
        "",
        "11010519491231002Y",
        "11010519491231002Y",
        "1990000",
        "某人大",
        "一",
        "2026-03-16",
    ]
    (read,) = read_file(workbook(tmp_path / "v.xlsx", [head, row]), SHEETS["voters"])
    said = "\n".join(map(str, read.problems))
    assert len(read.problems) == 5
    for secret in ("张三", "欧阳", "1101051949", "1990000"):
        assert secret not in said


def _with_parts(path: Path, rows: str, texts: str) -> Path:
    workbook(path, [["x"]])
    begin, end = "<sheetData>", "</sheetData>"
    _change(path, "xl/worksheets/sheet1.xml", lambda xml: xml[: xml.index(begin)] + begin + rows + end + "</worksheet>")
    _change(path, "xl/sharedStrings.xml", lambda xml: texts)
    return path


def _change(path: Path, part: str, change: object) -> None:
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = change(parts[part].decode()).encode()  # type: ignore[operator]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)
