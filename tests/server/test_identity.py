"""Tokens: hashed, private, revocable at once; and what a log may say of those who use them."""

from __future__ import annotations

import base64
import datetime as dt
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import update

from renda_core.services import cases
from renda_core.services.accounts import issuing, passes
from renda_core.store import tables as t
from renda_core.store.compile import Write, keyed, mine
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant
from renda_core.testing import uid
from renda_core.workspace import SETUP, Home
from renda_server import permissions
from renda_server.settings import Settings

from . import passing
from .asking import OPERATIONS
from .conftest import IDS, NOW, PEOPLE, WANG, both

if TYPE_CHECKING:
    from .conftest import Site


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer renda_wrong", "Basic {}", "{}", "Bearer {}x", "Bearer x{}", "bearer \x7f"],
)
def test_without_a_token_nothing_is_read(site: Site, header: str) -> None:
    headers = {"Authorization": header.format(site.tokens["office"])} if header else {}
    for answer in (
        site.client.get("/api/cases", headers=headers),
        site.client.get(f"/api/cases/{uid('x')}", headers=headers),
        site.client.post("/api/cases", content="{", headers=headers),
        site.client.get("/api/pages/satisfaction?size=x", headers=headers),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "unauthorized"


def test_the_scheme_may_be_written_small(site: Site) -> None:
    headers = {"Authorization": f"bearer {site.tokens['office']}"}
    assert site.client.get("/api/cases", headers=headers).status_code == 200


def taken_back(site: Site, who: str) -> None:
    """Take a token back beside the server, as a command does."""
    beginning = passes.digest_of(site.tokens[who]).hex()[:12]
    with site.open() as county:
        county.do(issuing.take_back, SETUP, beginning)


@both
def test_a_token_that_was_taken_back_opens_nothing_from_then_on(site: Site) -> None:
    assert site.get("/api/cases").status_code == 200
    assert site.get("/api/me").status_code == 200
    taken_back(site, "office")
    for answer in (
        site.get("/api/me"),
        site.get("/api/cases"),
        site.get("/api/exports/units.csv"),
        site.post("/api/jobs/sweep", {}),
        site.post("/api/cases", {"kind": "suggestion", "title": "x", "body": {"text": "y"}}, "office"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert site.get("/api/cases", "wang").status_code == 200


@both
def test_an_answer_that_is_kept_is_not_given_again_to_who_was_signed_out(site: Site) -> None:
    case = {"kind": "suggestion", "title": "修桥", "body": {"text": "城东石桥"}}
    key = {"Idempotency-Key": "once"}
    assert site.post("/api/cases", case, "office", **key).status_code == 201
    taken_back(site, "office")
    assert site.post("/api/cases", case, "office", **key).status_code == 401


@both
def test_roles_that_change_are_those_of_the_next_request(site: Site) -> None:
    assert site.get("/api/voters").status_code == 200

    async def demote(unit: Unit, _: Tenant) -> None:
        roles = update(t.account).where(*keyed(t.account, "name")).values(roles="deputy")
        await unit.write(Write(roles), name="office")
        unit.record("account.changed", on=unit.tenant, version=0, rule="test")

    with site.open() as county:
        county.do(demote, SETUP)
    refused = site.get("/api/voters")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert site.get("/api/me").json()["roles"] == ["deputy"]


@both
@pytest.mark.parametrize(("column", "value"), [("state", "suspended"), ("until", NOW.date() - dt.timedelta(days=1))])
def test_an_account_that_is_over_opens_nothing(site: Site, column: str, value: Any) -> None:
    async def end(unit: Unit, _: Tenant) -> None:
        await unit.write(Write(update(t.account).where(*keyed(t.account, "name")).values({column: value})), name="wang")
        unit.record("account.changed", on=unit.tenant, version=0, rule="test")

    assert site.get("/api/cases", "wang").status_code == 200
    with site.open() as county:
        county.do(end, SETUP)
    assert site.get("/api/cases", "wang").status_code == 401


def test_a_token_opens_its_own_tenant_alone(site: Site) -> None:
    """The tenant that a token names is where it is looked for; another one's id in it finds nothing."""
    raw = base64.urlsafe_b64decode(site.tokens["office"].removeprefix(passes.MARK))
    for other in (IDS["bai"], uid("no tenant")):
        forged = passes.MARK + base64.urlsafe_b64encode(UUID(other).bytes + raw[16:]).decode()
        answer = site.client.get("/api/cases", headers={"Authorization": f"Bearer {forged}"})
        nothing = site.client.get("/api/cases", headers={"Authorization": f"Bearer {passes.new(other)}"})
        assert (answer.status_code, answer.content) == (401, nothing.content)


def test_a_token_opens_what_it_is_limited_to(site: Site) -> None:
    with site.open() as county:
        token = passing.given(county.store, county.file.id, {"limited": PEOPLE["office"][1]}, "roster.read")["limited"]
    headers = {"Authorization": f"Bearer {token}"}
    assert site.client.get("/api/people", headers=headers).status_code == 200
    refused = site.client.get("/api/cases", headers=headers)
    assert (refused.status_code, "cases.read" in refused.json()["detail"]) == (403, True)


def test_a_token_is_no_session_and_a_session_no_token(site: Site) -> None:
    for name in ("renda", "__Host-renda"):
        answer = site.client.get("/api/cases", headers={"Cookie": f"{name}={site.tokens['office']}"})
        assert answer.status_code == 401
    secret = site.session("wang")
    assert site.client.get("/api/cases", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert site.client.get("/api/cases", headers={"Cookie": f"__Host-renda={secret}"}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://testserver.local"}, 201),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://testserver.local"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({}, 403),
    ],
)
def test_no_page_of_another_site_writes_with_a_session(site: Site, headers: dict[str, str], status: int) -> None:
    case = {"kind": "suggestion", "title": "修桥", "body": {"text": "城东石桥"}, "parties": {"proposer": [WANG]}}
    answer = site.client.post(
        "/api/cases", json=case, headers={"Cookie": f"__Host-renda={site.session('wang')}", **headers}
    )
    assert answer.status_code == status


def test_two_cookies_of_one_name_are_nobodys(site: Site) -> None:
    """A page of a neighbouring name may plant a second one."""
    secret = site.session("wang")
    doubled = {"Cookie": f"__Host-renda={secret}; __Host-renda={secret}"}
    assert site.client.get("/api/cases", headers=doubled).status_code == 401


@both
def test_a_session_that_nobody_used_is_over(site: Site) -> None:
    async def leave(unit: Unit, _: Tenant) -> None:
        seen = unit.now - dt.timedelta(minutes=31)
        await unit.write(
            Write(update(t.access).where(mine(t.access), t.access.c.kind == "session").values(seen_at=seen))
        )
        unit.record("test", on=unit.tenant, version=0, rule="test")

    cookie = {"Cookie": f"__Host-renda={site.session('wang')}"}
    assert site.client.get("/api/cases", headers=cookie).status_code == 200
    with site.open() as county:
        county.do(leave, SETUP)
    assert site.client.get("/api/cases", headers=cookie).status_code == 401


def test_every_operation_has_one_permission() -> None:
    named = [name for listed in permissions.OPENS.values() for name in listed.split()]
    assert len(named) == len(set(named))
    asked = {n for n, told in OPERATIONS.items() if not told.public and n != "healthz" and not told.open}
    assert set(named) == asked
    assert permissions.OPENS.keys() <= permissions.PERMISSIONS.keys()


def test_a_defect_is_answered_by_an_id_and_logged_without_what_was_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*args: object) -> None:
        raise RuntimeError("张三 19900000000")

    monkeypatch.setattr(cases, "show", broken)
    with caplog.at_level(logging.DEBUG):
        answer = site.get(f"/api/cases/{uid('x')}")
        site.post("/api/cases", {"kind": "suggestion", "title": "张三的桥", "phone": "19900000000"}, "wang")
        site.client.get("/api/cases", headers={"Authorization": "Bearer renda_secret"})
    told = answer.json()
    assert (answer.status_code, told["code"]) == (500, "defect")
    assert set(told) == {"status", "code", "title", "detail", "id"}
    assert "张三" not in answer.text
    records = [r for r in caplog.records if not r.name.startswith(("httpx", "httpcore", "asyncio"))]
    assert any(told["id"] in r.getMessage() and "RuntimeError" in r.getMessage() for r in records)
    written = "".join(r.getMessage() + str(r.exc_text or "") + str(r.exc_info or "") for r in records)
    for hidden in ("张三", "19900000000", "renda_secret", *site.tokens.values(), "%E5%BC%A0"):
        assert hidden not in written


def test_a_wrong_way_or_method_is_a_problem_document(site: Site) -> None:
    for answer, status in ((site.get("/api/nothing"), 404), (site.client.delete("/api/cases"), 405)):
        assert answer.status_code == status
        assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_too_large_a_body_is_refused(site: Site) -> None:
    answer = site.post("/api/cases", {"kind": "suggestion", "title": "x" * 1_100_000})
    assert answer.status_code == 413


def test_a_database_needs_no_folder_for_its_directory_names_the_tenants(tmp_path: Path) -> None:
    assert Settings.of(tmp_path, {"RENDA_DATABASE": "postgresql://secret@x/y"}).tenants is None
    found = Settings.of(tmp_path, {"RENDA_DATABASE": "postgresql://secret@x/y", "RENDA_TENANTS": "tenants"})
    assert "secret" not in repr(found)
    assert Settings.of(tmp_path, {}).home.path == Home(path=tmp_path).path
