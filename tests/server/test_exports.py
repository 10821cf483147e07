"""Files out over HTTP: what goes out comes in again, names are Chinese, and nobody gets more than they may see."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import openpyxl
import pytest
from tests.core.importing import UNITS

from .conftest import both
from .sending import send, settled

if TYPE_CHECKING:
    from .conftest import Site

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet(answer: Any) -> list[tuple[object, ...]]:
    """Read the first sheet of a workbook."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == XLSX
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    return [tuple(cell.value for cell in row) for row in page.iter_rows()]


@pytest.fixture
def stocked(site: Site) -> Site:
    """A county with some units."""
    path = send(site).headers["Location"]
    seen = settled(site, path)
    headers = {"Authorization": f"Bearer {site.tokens['office']}", "If-Match": seen.headers["ETag"]}
    site.client.post(f"{path}/apply", headers=headers)
    assert settled(site, path).json()["state"] == "applied"
    return site


@both
def test_what_goes_out_comes_in_again_and_changes_nothing(stocked: Site) -> None:
    for ending in (".xlsx", ".csv"):
        out = stocked.get(f"/api/exports/units{ending}")
        assert out.status_code == 200, out.text
        again = settled(stocked, send(stocked, out.content, name=f"units{ending}").headers["Location"]).json()
        assert again["counts"] == {"same": len(UNITS)}, again


def test_a_file_says_what_it_is_and_is_kept_by_nobody(stocked: Site) -> None:
    out = stocked.get("/api/exports/units.xlsx")
    assert quote("承办单位 2026-01-20.xlsx", safe="") in out.headers["Content-Disposition"]
    assert out.headers["Content-Disposition"].startswith("attachment; filename=\"renda.xlsx\"; filename*=UTF-8''")
    assert (out.headers["Cache-Control"], out.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert int(out.headers["Content-Length"]) == len(out.content)
    assert list(stocked.app.state.folder.iterdir()) == []


@both
def test_columns_are_chosen_by_name_and_by_a_saved_choice(stocked: Site) -> None:
    rows = sheet(stocked.get("/api/exports/units.xlsx?columns=name"))
    assert (rows[0], len(rows)) == (("单位名称",), 1 + len(UNITS))
    headers = {"Authorization": f"Bearer {stocked.tokens['office']}"}
    path = "/api/column-choices/units/短"
    saved = stocked.client.put(path, json={"columns": ["联系电话", "name"]}, headers=headers)
    assert (saved.status_code, saved.json()["columns"]) == (200, ["phone", "name"])
    assert stocked.get(path).json() == saved.json()
    assert stocked.get("/api/column-choices").json()["items"] == [saved.json()]
    assert sheet(stocked.get("/api/exports/units.xlsx?choice=短"))[0] == ("联系电话", "单位名称")
    assert stocked.get("/api/exports/units.xlsx?choice=短&columns=name").json()["field"] == "columns"
    assert stocked.client.delete(path, headers=headers).status_code == 204
    assert stocked.get(path).status_code == 404
    assert stocked.client.delete(path, headers=headers).status_code == 404
    headers["Authorization"] = f"Bearer {stocked.tokens['wang']}"
    assert stocked.client.put(path, json={"columns": ["name"]}, headers=headers).status_code == 403


@both
def test_a_ledger_is_narrowed_as_the_list_is(stocked: Site) -> None:
    number = stocked.get(f"/api/cases/{stocked.assigned()}").json()["number"]
    stocked.opened()
    rows = sheet(stocked.get("/api/exports/ledger.xlsx?kind=suggestion&state=assigned"))
    assert len(rows) == 2
    assert number in rows[1]
    assert len(sheet(stocked.get("/api/exports/ledger.xlsx"))) == 3
    assert stocked.get("/api/exports/overdue.csv").status_code == 200
    assert stocked.get("/api/exports/units.xlsx?state=assigned").json()["field"] == "state"
    assert stocked.get("/api/exports/ledger.xlsx?kind=opinion").status_code == 404
    assert stocked.get("/api/exports/ledger.xlsx?colour=red").json()["field"] == "colour"


@both
def test_a_unit_exports_its_own_cases_only(stocked: Site) -> None:
    stocked.assigned()
    stocked.opened()
    assert len(sheet(stocked.get("/api/exports/ledger.xlsx", "roads"))) == 2
    assert stocked.get("/api/exports/roster.xlsx", "roads").status_code == 403
    assert len(sheet(stocked.get("/api/exports/units.xlsx", "other"))) == 1


@pytest.mark.parametrize(
    "file", ["units", "units.xls", ".xlsx", "..%2fkeys.xlsx", "wages.csv", "units.XLSX", "ledger:suggestion.csv"]
)
def test_what_is_no_export_is_not_there(stocked: Site, file: str) -> None:
    assert stocked.get(f"/api/exports/{file}").status_code == 404


def test_an_unknown_column_is_named(stocked: Site) -> None:
    refused = stocked.get("/api/exports/units.xlsx?columns=name,salary")
    assert refused.status_code == 400
    assert "salary" in refused.text


def test_a_template_is_an_empty_form(site: Site) -> None:
    form = site.get("/api/templates/units.xlsx")
    assert "单位名称*" in sheet(form)[0]
    assert quote("承办单位（模板）.xlsx", safe="") in form.headers["Content-Disposition"]
    assert sheet(site.get("/api/templates/steps.xlsx"))
    assert site.get("/api/templates/wages.xlsx").status_code == 404
    assert site.get("/api/templates/units.csv").status_code == 404


def test_who_accepts_the_type_gets_it(site: Site) -> None:
    headers = {"Authorization": f"Bearer {site.tokens['office']}"}
    for accept in (XLSX, "text/csv", "*/*", "application/json"):
        found = site.client.get("/api/exports/units.xlsx", headers={**headers, "Accept": accept})
        assert found.status_code == 200, accept
    assert site.client.get("/api/exports/units.xlsx", headers={**headers, "Accept": "image/png"}).status_code == 406
