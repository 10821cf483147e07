"""A page about one deputy over HTTP: the office names whom, a deputy finds their own, and of others hears nothing."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pypdfium2
import pytest
from tests.core.reminding import congresses, elect

from renda_core.testing import uid

from . import votes
from .conftest import LI, WANG, both

if TYPE_CHECKING:
    from .conftest import Site

PAGE = "/api/pages/my_points"
FILES = ("", "/page.xlsx", "/page.pdf")


def filled(site: Site) -> Site:
    """Put deputies in a county that gives points."""
    with site.open() as county:
        opened: Any = county
        congresses(opened)
        elect(opened, "wang", "li")
    votes.enable(site, duty_points={})
    return site


@both
def test_the_office_names_whom_and_a_deputy_finds_their_own(site: Site) -> None:
    filled(site)
    own = site.get(PAGE, "wang")
    assert own.status_code == 200, own.text
    for who, asked in (("office", "wang"), ("office", WANG), ("overseer", "wang"), ("wang", "wang"), ("wang", WANG)):
        for word in ("person", "代表"):
            assert site.get(PAGE, who, params={word: asked}).json() == own.json()
    assert site.get(PAGE, params={"person": "li"}).status_code == 200
    for who in ("office", "wang", "li"):
        (listed,) = [p for p in site.get("/api/pages", who).json()["items"] if p["name"] == "my_points"]
        assert listed["asks"][0] == {"name": "person", "title": "代表", "default": ""}


@pytest.mark.parametrize("file", FILES)
def test_of_another_a_deputy_hears_what_they_hear_of_nobody(site: Site, file: str) -> None:
    filled(site)
    heard = set()
    for said in (LI, "li", uid("nobody"), "nobody"):
        answer = site.get(PAGE + file, "wang", params={"person": said})
        heard.add((answer.status_code, answer.json()["code"], answer.json()["detail"]))
    assert heard == {(404, "not_found", "there is no such thing here, or none that you may see")}
    for who in ("roads", "chair", "other"):
        answer = site.get(PAGE + file, who, params={"person": WANG})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert "my_points" not in {p["name"] for p in site.get("/api/pages", who).json()["items"]}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("asked", "status"),
    [({}, 400), ({"person": ""}, 400), ({"person": "wang", "代表": "li"}, 400), ({"person": "nobody"}, 404)],
)
def test_an_office_that_names_nobody_is_told(site: Site, file: str, asked: dict[str, str], status: int) -> None:
    answer = filled(site).get(PAGE + file, params=asked)
    assert answer.status_code == status, answer.text
    if status == 400:
        assert answer.json()["field"] == "person"


def test_the_files_name_the_person(site: Site) -> None:
    filled(site)
    for who, asked in (("office", {"person": WANG}), ("wang", {})):
        book = site.get(f"{PAGE}/page.xlsx", who, params=asked)
        told = openpyxl.load_workbook(io.BytesIO(book.content))["说明"]
        assert "代表 wang" in str([cell.value for line in told for cell in line])
        document = pypdfium2.PdfDocument(site.get(f"{PAGE}/page.pdf", who, params=asked).content)
        text = "".join("".join(leaf.get_textpage().get_text_range() for leaf in document).split())
        document.close()
        assert "代表wang" in text
