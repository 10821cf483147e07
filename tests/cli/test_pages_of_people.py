"""A page about one deputy from the command line: the office names whom, a deputy finds their own and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pypdfium2
import pytest

from .conftest import COUNTY

if TYPE_CHECKING:
    from .conftest import Terminal

NAME = "my_points"
WANG = ("--as", "王秀英")


@pytest.fixture
def points(county: Terminal) -> Terminal:
    """A county that gives points."""
    county.ok("tenant", "apply", county.write("qing.toml", COUNTY + "[plugins.duty_points]\n"))
    return county


def test_the_page_is_listed_and_says_that_it_asks_whom(points: Terminal) -> None:
    for who in ((), WANG):
        listed = {p["name"]: p["asks"] for p in points.json(*who, "page", "list", "qing")}
        assert listed[NAME]["person"] == "代表"
    assert NAME not in {p["name"] for p in points.json("--roles", "committee", "page", "list", "qing")}


@pytest.mark.parametrize("said", ["王秀英", "0001", "代表"])
def test_the_office_names_whom_by_name_or_number(points: Terminal, said: str) -> None:
    asked = "代表=王秀英" if said == "代表" else f"person={said}"
    shown = points.json("page", "show", "qing", NAME, "--ask", asked)
    assert shown == points.json(*WANG, "page", "show", "qing", NAME)


def test_a_deputy_finds_their_own_and_of_others_nothing(points: Terminal) -> None:
    own = points.json(*WANG, "page", "show", "qing", NAME)
    for said in ("王秀英", "0001"):
        assert points.json(*WANG, "page", "show", "qing", NAME, "--ask", f"person={said}") == own
    path = points.folder / "x.file"
    for said in ("李建国", "0002", "陈明", "没有此人"):
        for command, more in (("show", ()), ("print", (path,)), ("export", (path,))):
            result = points(*WANG, "page", command, "qing", NAME, *more, "--ask", f"person={said}")
            assert (result.exit_code, "no page about" in result.stderr) == (4, True), result.stderr
            assert not path.exists()


def test_mistakes_of_the_office_are_said(points: Terminal) -> None:
    for asked, said, code in (
        ((), "name the deputy whose page is meant", 1),
        (("--ask", "person="), "name the deputy whose page is meant", 1),
        (("--ask", "person=陈明"), "2 deputies are called", 1),
        (("--ask", "person=没有此人"), "no deputy is called", 4),
    ):
        result = points("page", "show", "qing", NAME, *asked)
        assert (result.exit_code, said in " ".join(result.stderr.split())) == (code, True), result.stderr


@pytest.mark.parametrize(("who", "asked"), [((), ("--ask", "person=0001")), (WANG, ())], ids=["office", "own"])
def test_print_and_workbook_name_the_person(points: Terminal, who: tuple[str, ...], asked: tuple[str, ...]) -> None:
    pdf, xlsx = points.folder / "p.pdf", points.folder / "p.xlsx"
    points.ok(*who, "page", "print", "qing", NAME, pdf, *asked)
    points.ok(*who, "page", "export", "qing", NAME, xlsx, *asked)
    document = pypdfium2.PdfDocument(pdf)
    text = "".join("".join(leaf.get_textpage().get_text_range() for leaf in document).split())
    document.close()
    assert "代表王秀英" in text
    told = "".join(str(c.value) for row in openpyxl.load_workbook(xlsx)["说明"] for c in row)
    assert "代表 王秀英" in told
