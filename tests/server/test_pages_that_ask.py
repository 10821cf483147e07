"""Pages that ask something, over HTTP: listed, shown, as a workbook and on paper; each for its own."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pypdfium2
import pytest

from . import prepared, votes
from .conftest import both

if TYPE_CHECKING:
    from .conftest import Site

PAGE = "/api/pages/reception_days"
FILES = (PAGE, f"{PAGE}/page.xlsx", f"{PAGE}/page.pdf")
MARCH = {"first": "2026-03-01", "last": "2026-03-31"}


@pytest.fixture
def town(site: Site) -> Site:
    """A county with a station that receives on fixed days, and with a page for each unit."""
    prepared.fill(site)
    votes.enable(site, fixed_day_reception={})
    return site


def told(answer: Any) -> str:
    """Read a PDF back, without spaces."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf"), answer.text
    document = pypdfium2.PdfDocument(answer.content)
    try:
        return "".join("".join(leaf.get_textpage().get_text_range() for leaf in document).split())
    finally:
        document.close()


def test_pages_are_listed_with_what_they_ask_for(town: Site) -> None:
    listed = {p["name"]: p["asks"] for p in town.get("/api/pages").json()["items"]}
    assert listed["reception_days"] == [
        {"name": "first", "title": "起", "default": None},
        {"name": "last", "title": "止", "default": None},
        {"name": "station", "title": "站点编码或名称", "default": ""},
    ]
    assert listed["unit_accounts"] == []


@both
def test_a_page_is_shown_as_it_is_asked(site: Site) -> None:
    prepared.fill(site)
    votes.enable(site, fixed_day_reception={})
    shown = site.get(PAGE, params=MARCH).json()
    assert (shown["first"], shown["last"]) == ("2026-03-01", "2026-03-31")
    assert [(day["on"], day["notice_by"]) for day in shown["days"]] == [("2026-03-16", "2026-03-13")]
    by_title = {"起": "2026-03-01", "止": "2026-03-31", "站点编码或名称": "城东联络站"}
    assert site.get(PAGE, params=by_title).json() == shown
    assert site.get(PAGE, params={**MARCH, "station": "没有的站"}).json()["days"] == []
    assert site.get(PAGE, params={"first": "", "last": ""}).json()["first"] == "2026-01-20"


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"first": "16.3.2026"}, "first"),
        ({"起": "x"}, "first"),
        ({"first": "2026-03-31", "last": "2026-03-01"}, "last"),
        ({"first": "2026-03-01", "last": "2036-03-01"}, "last"),
        ({"day": "2026-03-01"}, "day"),
        ({"day": ""}, "day"),
        ({"first": "2026-03-01", "起": "2026-03-02"}, "first"),
        ({"station": "站" * 201}, "station"),
        ({"station": "站\x00"}, "station"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(
    town: Site, path: str, asked: dict[str, str], field: str
) -> None:
    answer = town.get(path, params=asked)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "invalid", field)


def test_one_question_is_asked_once_and_a_page_that_asks_nothing_is_asked_nothing(town: Site) -> None:
    assert town.get(f"{PAGE}?first=2026-03-01&first=2026-03-02").status_code == 400
    answer = town.get("/api/pages/unit_accounts?first=2026-03-01")
    assert (answer.status_code, answer.json()["field"]) == (400, "first")


def test_a_page_as_a_workbook_and_on_paper_says_what_was_asked(town: Site) -> None:
    book = town.get(FILES[1], params=MARCH)
    assert book.status_code == 200, book.text
    sheets = openpyxl.load_workbook(io.BytesIO(book.content))
    head, row = sheets["接待安排"].iter_rows(values_only=True)
    day = dict(zip(head, row, strict=True))
    assert (str(day["日期"]), day["说明"]) == (
        "2026-03-16 00:00:00",
        "15日逢周日，顺延到16日；缺岗：没有在任代表联系本站",
    )
    assert "起 2026-03-01" in str([cell.value for line in sheets["说明"] for cell in line])
    paper = told(town.get(FILES[2], params=MARCH))
    for part in ("接待日安排", "起2026-03-01", "止2026-03-31", "城东联络站"):
        assert part in paper
    assert "filename*=UTF-8''" in book.headers["Content-Disposition"]
    assert list(town.app.state.folder.iterdir()) == []


@pytest.mark.parametrize("path", FILES[1:])
def test_signs_that_nothing_prints_do_no_harm(town: Site, path: str) -> None:
    assert town.get(path, params={**MARCH, "station": '=1+1\x01\x0b\u202e#image("x")'}).status_code == 200


@pytest.mark.parametrize("file", ["page", "page.docx", "page.csv", "other.pdf", "PAGE.XLSX", "page.xlsx.pdf"])
def test_there_is_no_other_file_of_a_page(town: Site, file: str) -> None:
    assert town.get(f"{PAGE}/{file}").status_code == 404


@pytest.mark.parametrize("path", FILES)
def test_who_may_not_open_a_page_hears_the_same_as_of_none(town: Site, path: str) -> None:
    assert town.get(path, "li", params=MARCH).status_code == 200
    for who in ("overseer", "roads", "other"):
        for asked in ({}, {"nothing": "1"}):  # a wrong question neither
            answer = town.get(path, who, params=asked)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    names = {p["name"] for p in town.get("/api/pages", "overseer").json()["items"]}
    assert "reception_days" not in names


def test_a_units_own_page_is_the_units_alone(town: Site) -> None:
    own = "/api/pages/own_account"
    assert [p["name"] for p in town.get("/api/pages", "roads").json()["items"]] == ["own_account"]
    assert town.get(own, "roads").status_code == 200
    assert town.get(f"{own}/page.xlsx", "roads").status_code == 200
    assert "本单位办理账" in told(town.get(f"{own}/page.pdf", "roads"))
    for ending in ("", "/page.xlsx", "/page.pdf"):
        assert town.get(own + ending).status_code == 404  # the office has no unit
        assert town.get(f"/api/pages/unit_accounts{ending}", "roads").status_code == 404
