"""What is printed over HTTP: the yearly report in three forms, and the file of a case."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pypdfium2
import pytest

from renda_core.testing import uid

from .conftest import both

if TYPE_CHECKING:
    from .conftest import Site


def text_of(answer: Any) -> str:
    """Read a PDF back."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


@both
def test_the_report_comes_in_three_forms(site: Site) -> None:
    site.assigned()
    book = site.get("/api/reports/2026.xlsx")
    assert book.status_code == 200, book.text
    pages = openpyxl.load_workbook(io.BytesIO(book.content)).sheetnames
    assert pages[0] == "总表"
    assert "2026" in text_of(site.get("/api/reports/2026.pdf"))
    table = site.get("/api/reports/2026.csv?table=2")
    assert (table.status_code, table.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert site.get(f"/api/reports/2026.csv?table={len(pages)}0").json()["field"] == "table"


@pytest.mark.parametrize("who", ["wang", "roads"])
def test_the_report_is_for_the_offices(site: Site, who: str) -> None:
    for ending in ("xlsx", "pdf", "csv"):
        assert site.get(f"/api/reports/2026.{ending}", who).status_code == 403


@pytest.mark.parametrize("file", ["2026", "1900.xlsx", "year.pdf", "2026.docx", "20260.xlsx", "２０２６.pdf"])
def test_what_is_no_report_is_not_there(site: Site, file: str) -> None:
    assert site.get(f"/api/reports/{file}").status_code == 404


@both
def test_the_file_of_a_case_holds_what_its_reader_may_see(site: Site) -> None:
    id = site.assigned()
    number = site.get(f"/api/cases/{id}").json()["number"]
    mine = site.get(f"/api/cases/{id}/file.pdf")
    assert number in text_of(mine)
    assert "filename*=UTF-8''" in mine.headers["Content-Disposition"]
    theirs = [site.get(f"/api/cases/{of}/file.pdf", "other") for of in (id, uid("nowhere"))]
    assert {(a.status_code, a.content) for a in theirs} == {(404, theirs[0].content)}
    assert site.get("/api/cases/none/file.pdf").status_code == 404
    assert list(site.app.state.folder.iterdir()) == []
