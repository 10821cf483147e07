"""Accounts over HTTP: sign-in, one's own account, administrators; and everything a stranger tries at them."""

from __future__ import annotations

import datetime as dt
import json
import logging
from typing import Any

import pyotp
import pytest

from renda_core.domain.case import Actor
from renda_core.testing import uid
from renda_server.identity import COOKIE

from .conftest import NOW, OVER, Site, both
from .visitors import PASSWORD, member
from .votes import enable

GOOD, BETTER, BAD = "河水清且涟猗兮-4207", "坎坎伐檀兮-7531", "这不是那个口令-0815"
ADMIN = {"admin": Actor(id=uid("the admin"), roles="admin")}


class Browser:
    """A browser of its own, with its own cookie."""

    def __init__(self, site: Site) -> None:
        self._site, self.pass_ = site, ""

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Ask something of the server, and keep the cookie that it sets."""
        sent = {"Origin": OVER, **({"Cookie": f"{COOKIE}={self.pass_}"} if self.pass_ else {}), **headers}
        answer = self._site.client.request(method, path, json=body, headers=sent)
        self._site.client.cookies.clear()
        if COOKIE in answer.cookies or f"{COOKIE}=" in answer.headers.get("Set-Cookie", ""):
            self.pass_ = (answer.cookies.get(COOKIE) or "").strip('"')
        return answer

    def send(self, path: str, **body: Any) -> Any:
        """Send something to the door of the county."""
        return self.ask("POST", f"/api/public/qing/entry/{path}", body)

    def me(self) -> int:
        """Ask who this is; give the status."""
        status: int = self.ask("GET", "/api/me").status_code
        return status


@pytest.fixture
def admin(site: Site) -> Site:
    """A server with an administrator."""
    site.give(ADMIN)
    return site


@pytest.fixture
def browser(admin: Site) -> Browser:
    """A browser that has not signed in."""
    return Browser(admin)


def invited(site: Site, name: str = "王秀英", roles: tuple[str, ...] = ("office",)) -> dict[str, Any]:
    made = site.post("/api/accounts", {"name": name, "roles": roles}, "admin")
    assert made.status_code == 201, made.text
    assert made.headers["Cache-Control"] == "no-store"
    told: dict[str, Any] = made.json()
    return told


def arrived(site: Site, login: str = "wang", **rest: Any) -> str:
    told = invited(site, **rest)
    done = Browser(site).send("invitation", ticket=told["ticket"], login=login, password=GOOD)
    assert done.status_code == 200, done.text
    id: str = told["id"]
    return id


def put(browser: Browser, path: str, **body: Any) -> Any:
    return browser.ask("PUT", path, body)


@both
def test_invited_signed_in_signed_out(site: Site) -> None:
    site.give(ADMIN)
    told, browser = invited(site), Browser(site)
    done = browser.send("invitation", ticket=told["ticket"], login="wang", password=GOOD)
    assert done.json() == {"needs": "", "ticket": "", "factors": []}
    assert done.headers["Set-Cookie"].startswith(f"{COOKIE}=renda_")
    for word in ("HttpOnly", "Secure", "Path=/", "SameSite=lax"):
        assert word in done.headers["Set-Cookie"]
    assert "Domain" not in done.headers["Set-Cookie"]
    before = browser.pass_
    assert browser.ask("GET", "/api/me").json()["roles"] == ["office"]
    assert browser.send("password", login="wang", password=GOOD).status_code == 200
    assert browser.pass_ != before
    kept = browser.pass_
    assert browser.ask("DELETE", "/api/entry").status_code == 204
    assert browser.pass_ == ""
    browser.pass_ = kept
    assert browser.me() == 401
    assert site.client.get("/api/me", headers={"Authorization": f"Bearer {kept}"}).status_code == 401
    assert site.verify().whole


def test_a_cookie_that_somebody_planted_is_not_taken_up(admin: Site, browser: Browser) -> None:
    arrived(admin)
    planted = "renda_" + "A" * 64
    browser.pass_ = planted
    assert browser.me() == 401
    assert browser.send("password", login="wang", password=GOOD).status_code == 200
    assert browser.pass_ not in ("", planted)
    twice = f"{COOKIE}={planted}; {COOKIE}={browser.pass_}"
    assert admin.client.get("/api/me", headers={"Cookie": twice}).status_code == 401


def test_no_name_is_told_from_another(admin: Site, browser: Browser) -> None:
    id = arrived(admin)
    arrived(admin, "zhao")
    suspended = admin.post(f"/api/accounts/{id}/suspension", {"version": 1, "reason": "离岗"}, "admin")
    assert suspended.status_code == 200, suspended.text
    answers = set()
    for login in ("wang", "zhao", "nobody", "x", "王 秀英", "a" * 900):
        refused = browser.send("password", login=login, password=BAD)
        assert refused.status_code == 401
        kept = {k: v for k, v in refused.headers.items() if k not in ("x-request-id", "date") and "ratelimit" not in k}
        answers.add((refused.content, json.dumps(kept, sort_keys=True)))
    assert len(answers) == 1
    assert browser.pass_ == ""


def test_after_wrong_ones_a_source_waits_and_is_told_how_long(admin: Site, browser: Browser) -> None:
    arrived(admin)
    seen = [browser.send("password", login="wang", password=BAD) for _ in range(20)]
    assert [one.status_code for one in seen] == [401] * 5 + [429] * 15
    assert seen[-1].headers["Retry-After"] == "30"
    assert browser.send("password", login="wang", password=GOOD).status_code == 429
    unknown = [browser.send("password", login="nobody", password=BAD) for _ in range(6)]
    assert [one.status_code for one in unknown] == [401] * 5 + [429]
    assert unknown[-1].json() == seen[-1].json()


def test_a_changed_password_ends_every_session_and_sets_another(admin: Site, browser: Browser) -> None:
    arrived(admin)
    other = Browser(admin)
    for one in (browser, other):
        one.send("password", login="wang", password=GOOD)
    before = browser.pass_
    assert put(browser, "/api/me/password", old=BAD, new=BETTER).status_code == 401
    weak = put(browser, "/api/me/password", old=GOOD, new="1234567890")
    assert weak.status_code == 422
    assert "1234567890" not in weak.text
    done = put(browser, "/api/me/password", old=GOOD, new=BETTER)
    assert (done.status_code, done.content) == (204, b"")
    assert browser.pass_ not in ("", before)
    assert browser.me() == 200
    assert other.me() == 401


def test_a_telephone_is_taken_in_and_asked_for(admin: Site, browser: Browser) -> None:
    arrived(admin)
    browser.send("password", login="wang", password=GOOD)
    before = browser.pass_
    made = browser.ask("POST", "/api/me/totp").json()
    phone = pyotp.TOTP(made["secret"])
    assert put(browser, "/api/me/totp", ticket=made["ticket"], code="000000").status_code == 422
    done = put(browser, "/api/me/totp", ticket=made["ticket"], code=phone.at(NOW))
    assert done.status_code == 200, done.text
    assert len(done.json()["codes"]) == 10
    assert browser.pass_ != before
    again = Browser(admin)
    step = again.send("password", login="wang", password=GOOD).json()
    assert (step["needs"], step["factors"]) == ("second", ["totp", "recovery"])
    assert again.pass_ == ""
    again.pass_ = step["ticket"]
    assert again.me() == 401  # a ticket is no session
    used = again.send("second", ticket=step["ticket"], code=phone.at(NOW))
    assert used.status_code == 401  # the code that confirmed it
    shown = again.send("second", ticket=step["ticket"], code=done.json()["codes"][0])
    assert shown.status_code == 200
    assert again.ask("DELETE", "/api/me/totp").status_code == 204
    assert again.me() == 401


def test_roles_that_change_end_a_session_at_its_next_request(admin: Site, browser: Browser) -> None:
    id = arrived(admin)
    browser.send("password", login="wang", password=GOOD)
    assert browser.me() == 200
    done = admin.client.put(
        f"/api/accounts/{id}/roles",
        json={"version": 1, "roles": ["office", "assigner"]},
        headers={"Authorization": f"Bearer {admin.tokens['admin']}"},
    )
    assert (done.status_code, done.json(), done.headers["ETag"]) == (200, {"id": id, "version": 2}, '"2"')
    assert browser.me() == 401
    browser.send("password", login="wang", password=GOOD)
    assert browser.ask("GET", "/api/me").json()["roles"] == ["assigner", "office"]


def test_who_looks_after_accounts_and_who_does_not(admin: Site) -> None:
    id = arrived(admin)
    told = {"version": 1, "reason": "离岗"}
    for who in ("office", "overseer", "wang", "chair"):
        assert admin.get("/api/accounts", who).status_code == 403
        assert admin.get(f"/api/accounts/{id}", who).status_code == 403
        assert admin.post("/api/accounts", {"name": "王"}, who).status_code == 403
        assert admin.post(f"/api/accounts/{id}/suspension", told, who).status_code == 403
        assert admin.post("/api/tokens", {"label": "", "roles": ["office"]}, who).status_code == 403
        assert admin.get("/api/tokens", who).status_code == 403
    (row,) = admin.get("/api/accounts", "admin").json()["items"]
    assert (row["id"], row["login"], row["roles"]) == (id, "****", ["office"])
    assert admin.get(f"/api/accounts/{id}", "admin").headers["ETag"] == '"1"'


def test_another_countys_account_is_like_none(admin: Site) -> None:
    id = arrived(admin)
    admin.give({"far": Actor(id=uid("far admin"), roles="admin")}, "bai")
    answers = set()
    for asked in (id, uid("nothing"), "no id"):
        for found in (
            admin.get(f"/api/accounts/{asked}", "far"),
            admin.post(f"/api/accounts/{asked}/suspension", {"version": 1, "reason": "离岗"}, "far"),
        ):
            assert found.status_code == 404
            answers.add(found.content)
    assert len(answers) == 1
    assert admin.get("/api/accounts", "far").json()["items"] == []


def test_an_invitation_of_one_county_opens_nothing_in_another(admin: Site) -> None:
    told = invited(admin)
    given = {"ticket": told["ticket"], "login": "wang", "password": GOOD}
    elsewhere = Browser(admin).ask("POST", "/api/public/bai/entry/invitation", given)
    assert elsewhere.status_code == 401
    here = Browser(admin).send("invitation", ticket=told["ticket"], login="wang", password=GOOD)
    assert here.status_code == 200
    again = Browser(admin).send("invitation", ticket=told["ticket"], login="other", password=GOOD)
    assert (again.status_code, again.content) == (401, elsewhere.content)


def test_another_sites_page_signs_nobody_in(admin: Site) -> None:
    arrived(admin)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        refused = admin.client.post(
            "/api/public/qing/entry/password", json={"login": "wang", "password": GOOD}, headers=headers
        )
        assert refused.status_code == 403
        assert "Set-Cookie" not in refused.headers


def test_no_password_is_taken_over_a_line_that_others_read(admin: Site) -> None:
    given = {"login": "wang", "password": GOOD}
    headers = {"X-Forwarded-For": "198.51.100.7", "Origin": "http://testserver.local"}
    path = "http://testserver.local/api/public/qing/entry/password"
    refused = admin.client.post(path, json=given, headers=headers)
    assert refused.status_code == 403
    assert "Set-Cookie" not in refused.headers


def test_roles_are_lent_and_end_by_themselves(admin: Site, browser: Browser) -> None:
    giver, taker = arrived(admin), arrived(admin, "zhao", roles=())
    browser.send("password", login="wang", password=GOOD)
    day = NOW.date()
    loan = {"giver": giver, "taker": taker, "roles": ["office"], "reason": "出差"}
    days = {"since": day.isoformat(), "until": (day + dt.timedelta(6)).isoformat()}
    made = browser.ask("POST", "/api/delegations", {**loan, **days})
    assert made.status_code == 201, made.text
    other = Browser(admin)
    other.send("password", login="zhao", password=GOOD)
    assert other.ask("GET", "/api/me").json()["roles"] == ["office"]
    listed = other.ask("GET", f"/api/delegations?account={taker}").json()["items"]
    assert [(one["id"], one["state"]) for one in listed] == [(made.json()["id"], "running")]
    assert other.ask("GET", "/api/delegations").status_code == 403
    assert other.ask("GET", f"/api/delegations?account={giver}").status_code == 404
    assert browser.ask("DELETE", f"/api/delegations/{made.json()['id']}").status_code == 204
    assert other.me() == 401


def test_a_token_is_given_out_limited_listed_and_taken_back(admin: Site) -> None:
    asked = {"label": "统计", "roles": ["office"], "scopes": ["cases.read"], "until": "2026-01-20"}
    made = admin.post("/api/tokens", asked, "admin")
    assert made.status_code == 201, made.text
    admin.tokens["program"] = made.json()["token"]
    assert admin.get("/api/cases", "program").status_code == 200
    assert admin.get("/api/me", "program").status_code == 403
    listed = admin.get("/api/tokens", "admin").json()["items"]
    row = next(one for one in listed if one["label"] == "统计")
    assert (row["scopes"], row["until"]) == (["cases.read"], "2026-01-20")
    assert made.json()["token"] not in json.dumps(listed)
    gone = admin.client.delete(
        f"/api/tokens/{row['id'][:12]}", headers={"Authorization": f"Bearer {admin.tokens['admin']}"}
    )
    assert gone.status_code == 204
    assert admin.get("/api/cases", "program").status_code == 401
    wrong = admin.post("/api/tokens", {**asked, "scopes": ["everything"]}, "admin")
    assert wrong.status_code == 422
    for roles in (["admin"], ["operator"], ["clock"]):
        assert admin.post("/api/tokens", {**asked, "roles": roles}, "admin").status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("password", {"login": "wang"}),
        ("password", {"login": "", "password": GOOD}),
        ("password", {"login": "wang", "password": "x" * 1_001}),
        ("password", {"login": "wang", "password": GOOD, "tenant": "bai"}),
        ("password", {"login": ["wang"], "password": GOOD}),
        ("second", {"ticket": "x", "code": "1" * 101}),
        ("invitation", {"ticket": "x" * 201, "login": "wang", "password": GOOD}),
        ("reset", {"ticket": 1, "password": GOOD}),
    ],
)
def test_what_cannot_be_read_is_refused(browser: Browser, path: str, body: dict[str, Any]) -> None:
    refused = browser.send(path, **body)
    assert refused.status_code == 400
    assert GOOD not in refused.text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("second", {"code": "123456"}),
        ("renewal", {"password": GOOD}),
        ("invitation", {"login": "wang", "password": GOOD}),
        ("reset", {"password": GOOD}),
        ("telephone", {}),
        ("telephone/code", {"waiting": "x", "code": "123456"}),
    ],
)
def test_a_ticket_that_is_none_opens_nothing(browser: Browser, path: str, body: dict[str, Any]) -> None:
    assert browser.send(path, ticket="nothing", **body).status_code == 401


def test_nothing_that_was_typed_comes_back_or_goes_into_the_log(
    admin: Site, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    arrived(admin, "13800138000")
    told = browser.send("password", login="13800138000", password=BAD).text
    told += browser.send("password", login=BAD, password=BAD[:8] + "13800138000").text
    told += admin.get("/api/accounts", "admin").text
    for text in ("13800138000", BAD, GOOD):
        assert text not in told
        assert text not in caplog.text


def test_own_sessions(admin: Site, browser: Browser) -> None:
    arrived(admin)
    other = Browser(admin)
    for one in (browser, other):
        one.send("password", login="wang", password=GOOD)
    listed = browser.ask("GET", "/api/me/sessions").json()["items"]
    assert len(listed) == 3
    assert sum(one["this"] for one in listed) == 1
    assert browser.pass_ not in json.dumps(listed)
    assert browser.ask("DELETE", "/api/me/sessions").json() == {"ended": 2}
    assert other.me() == 401
    (last,) = browser.ask("GET", "/api/me/sessions").json()["items"]
    assert browser.ask("DELETE", "/api/me/sessions/" + "0" * 64).status_code == 404
    assert browser.ask("DELETE", f"/api/me/sessions/{last['id']}").status_code == 204
    assert browser.me() == 401


def test_who_reads_the_journal_changes_with_the_configuration_and_no_session_outlives_it(admin: Site) -> None:
    member(admin, "boss", "王", roles="admin auditor")
    boss = Browser(admin)
    boss.send("password", login="boss", password=PASSWORD)
    for _ in range(2):  # the second time from memory
        assert boss.ask("GET", "/api/journal").status_code == 200
        assert boss.ask("GET", "/api/accounts").status_code == 200
    enable(admin, compliance={"three_roles": True})
    assert boss.ask("GET", "/api/journal").status_code == 403
    assert boss.ask("GET", "/api/accounts").status_code == 200
