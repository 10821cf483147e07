"""Pages of practices from the command line: listed, shown, printed and exported, and mistakes in what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pypdfium2
import pytest

from .conftest import COUNTY

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Terminal

PRACTICES = """
[plugins.fixed_day_reception]
[plugins.settled_accounts]
"""
STATIONS = """名称,类型,编号,所属人大,驻站代表
城关镇代表之家,代表之家,H1,清河县人民代表大会,王秀英、0002
石桥村联络站,代表联络站,S1,清河县人民代表大会,
"""
UNIT = ("--unit", "县交通运输局")
MARCH = ("--ask", "first=2026-03-01", "--ask", "止=2026-03-31")
NAME = "reception_days"


@pytest.fixture
def homes(county: Terminal) -> Terminal:
    """A county whose home and station receive on fixed days."""
    county.ok("tenant", "apply", county.write("qing.toml", COUNTY + PRACTICES))
    county.ok("import", "qing", "stations", county.write("stations.csv", STATIONS), "--yes")
    return county


def text(path: Path) -> str:
    """Read a PDF's text without spaces."""
    document = pypdfium2.PdfDocument(path)
    return "".join("".join(page.get_textpage().get_text_range() for page in document).split())


def test_pages_are_listed_with_what_they_ask_each_for_its_readers(homes: Terminal) -> None:
    listed = {p["name"]: p for p in homes.json("page", "list", "qing")}
    assert listed[NAME] == {
        "name": NAME, "title": "接待日安排", "plugin": "fixed_day_reception",
        "asks": {"first": "起", "last": "止", "station": "站点编码或名称"},
    }  # fmt: skip
    assert listed["unit_accounts"]["asks"] == {}
    assert "接待日安排" in homes.ok("page", "list", "qing")
    assert [p["name"] for p in homes.json(*UNIT, "page", "list", "qing")] == ["own_account"]
    assert NAME in {p["name"] for p in homes.json("--as", "王秀英", "page", "list", "qing")}


def test_a_page_is_shown_as_it_is_asked(homes: Terminal) -> None:
    shown = homes.json("page", "show", "qing", NAME, *MARCH)
    assert [(day["on"], day["notice_by"]) for day in shown["days"]] == [("2026-03-16", "2026-03-13")] * 2
    one = homes.json("page", "show", "qing", NAME, *MARCH, "--ask", "station = S1")
    assert [day["why"] for day in one["days"]] == ["15日逢周日，顺延到16日；缺岗：没有在任代表联系本站"]
    said = "".join(homes.ok("page", "show", "qing", NAME, *MARCH, env={"COLUMNS": "300"}).split())
    for part in ("接待安排", "2026-03-16", "城关镇代表之家", "李建国、王秀英"):
        assert part in said
    assert homes.json("page", "show", "qing", NAME)["first"] == "2026-01-20"
    assert homes.json("page", "show", "qing", NAME, "--ask", "first=")["first"] == "2026-01-20"


def test_a_page_on_paper_and_as_a_workbook(homes: Terminal) -> None:
    pdf, xlsx = homes.folder / "三月.pdf", homes.folder / "三月.xlsx"
    assert homes.json("page", "print", "qing", NAME, pdf, *MARCH)["file"] == str(pdf)
    for part in ("接待日安排", "起2026-03-01", "止2026-03-31", "城关镇代表之家"):
        assert part in text(pdf)
    told = homes.json("page", "export", "qing", NAME, xlsx, *MARCH)
    assert told == {"file": str(xlsx), "sheets": ["接待日安排", "接待安排"]}
    assert openpyxl.load_workbook(xlsx)["接待安排"].max_row == 3
    assert "已导出" in homes.ok("page", "export", "qing", NAME, xlsx, *MARCH)
    assert not list(homes.folder.glob(".*.part"))


def test_a_units_own_page_is_the_units_alone(homes: Terminal) -> None:
    assert homes.json(*UNIT, "page", "show", "qing", "own_account") == {"accounts": [], "surveys": []}
    for name, who in (("own_account", ()), ("unit_accounts", UNIT), (NAME, ("--roles", "overseer"))):
        result = homes(*who, "page", "show", "qing", name)
        assert (result.exit_code, f"no page '{name}'" in result.stderr) == (4, True), result.stderr


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        (NAME, ("first",), "write NAME=VALUE"),
        (NAME, ("=2026-01-01",), "write NAME=VALUE"),
        (NAME, ("first=2026-03-01", "first=2026-03-02"), "first is given twice"),
        (NAME, ("first=2026-03-01", "起=2026-03-02"), "first is said twice"),
        (NAME, ("first=下周",), "first"),
        (NAME, ("day=2026-03-01",), "unknown field day; known: first, last, station"),
        (NAME, ("day=",), "unknown field day"),
        (NAME, ("first=2026-03-31", "last=2026-03-01"), "lies before the first"),
        ("unit_accounts", ("first=2026-03-01",), "asks for nothing; leave first away"),
    ],
)
@pytest.mark.parametrize("command", ["show", "print", "export"])
def test_mistakes_in_what_is_asked_are_said_and_nothing_is_written(
    homes: Terminal, command: str, name: str, asked: tuple[str, ...], said: str
) -> None:
    path = homes.folder / "x.file"
    line = ["page", command, "qing", name, *([] if command == "show" else [path])]
    result = homes(*line, *(part for one in asked for part in ("--ask", one)))
    assert (result.exit_code, said in " ".join(result.stderr.split())) == (1, True), result.stderr
    assert "Traceback" not in result.output
    assert not path.exists()
