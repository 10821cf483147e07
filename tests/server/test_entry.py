"""The pages of signing in: who is let in, what a browser keeps then, and what another site can make of it."""

from __future__ import annotations

import re
from typing import Any

import pyotp
import pytest

from renda_core.domain.case import Actor
from renda_core.services.accounts import passes

from .conftest import IDS, NOW, OVER, Site, both
from .visitors import PASSWORD, Visitor, done, entries, hidden, invited, member

CSP = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def flags(line: str) -> set[str]:
    """Read what was said of a cookie, without its name and value."""
    return {part.strip().lower() for part in line.split(";")[1:]}


@both
def test_from_the_invitation_to_signing_out(site: Site) -> None:
    new = invited(site, "王芳", roles="office assigner")
    her = Visitor(site)
    opened = her.get(f"/enter/qing/invitation?ticket={new.ticket}")
    assert opened.status_code == 200
    assert "王芳，您好" in opened.text
    assert her.cookies == {}
    form = {"ticket": hidden(opened.text, "ticket"), "login": "Wang.Fang", "password": PASSWORD, "again": PASSWORD}
    came = her.post("/enter/qing/invitation", form)
    assert (came.status_code, came.headers["Location"]) == (303, "/account")
    mine = her.get("/account")
    assert mine.status_code == 200
    for told in ("王芳", "交办人、代表工作机构", "就是这台", "Windows 电脑 · Chrome 浏览器"):
        assert told in mine.text
    before = dict(her.cookies)
    left = her.post("/account/leave")
    assert (left.headers["Location"], her.cookies) == ("/enter/qing", {})
    her.cookies = dict(before)
    gone = her.get("/account")
    assert (gone.status_code, gone.headers["Location"]) == (303, "/enter")
    assert her.sign_in("wang.fang").headers["Location"] == "/account"  # a login has no large and small letters
    assert her.cookies != before
    assert done(site)[-4:] == ["account.accepted", "account.entered", "account.left", "account.entered"]
    assert all(entry["actor"] for entry in entries(site))
    again = her.get(f"/enter/qing/invitation?ticket={new.ticket}")
    assert (again.status_code, "已经用过" in again.text) == (410, True)


def test_a_session_is_a_new_one_at_each_door_and_after_each_change(site: Site) -> None:
    member(site, "wangfang")
    planted = f"renda_{'A' * 64}"
    her = Visitor(site, cookies={"__Host-renda": planted})
    her.sign_in("wangfang")
    first = her.cookies["__Host-renda"]
    assert first != planted
    assert passes.tenant_of(first) == IDS["qing"]
    elsewhere = Visitor(site)
    elsewhere.sign_in("wangfang")
    new = PASSWORD + "!"
    changed = her.post("/account/password", {"old": PASSWORD, "password": new, "again": new})
    assert (changed.status_code, changed.headers["Location"]) == (303, "/account")
    assert her.cookies["__Host-renda"] != first
    assert her.get("/account").status_code == 200
    for stale in (first, elsewhere.cookies["__Host-renda"]):
        assert Visitor(site, cookies={"__Host-renda": stale}).get("/account").headers["Location"] == "/enter"
        api = site.client.get("/api/me", headers={"Cookie": f"__Host-renda={stale}"})
        assert api.status_code in (401, 404)  # 404 as long as nobody is told who they are over the API
    assert Visitor(site).sign_in("wangfang").status_code == 401
    assert Visitor(site).sign_in("wangfang", new).status_code == 303


def test_what_a_browser_keeps_is_for_this_server_alone(site: Site) -> None:
    member(site, "wangfang")
    her = Visitor(site)
    her.sign_in("wangfang")
    [line] = her.raw
    assert line.startswith("__Host-renda=renda_")
    assert flags(line) == {"httponly", "path=/", "samesite=lax", "secure"}  # and no Domain, and no day on which it ends
    her.post("/account/leave")
    [gone] = her.raw
    assert {"max-age=0", "httponly", "path=/", "samesite=lax", "secure"} <= flags(gone)


def test_every_page_is_guarded_and_kept_by_nobody(site: Site) -> None:
    member(site, "wangfang", roles="admin")
    her = Visitor(site)
    seen = [her.get("/enter"), her.get("/enter/qing"), her.get("/enter/qing/invitation"), her.sign_in("wangfang")]
    paths = ("/account", "/account/password", "/account/second", "/account/passkeys", "/accounts", "/accounts/new")
    seen += [her.get(path) for path in paths]
    seen += [her.post("/enter/qing", {"login": "", "password": ""}), her.get("/account/nothing")]
    for answer in seen[:-1]:
        assert answer.headers["Content-Security-Policy"] == CSP
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
    for answer in seen:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "style=" not in answer.text
        assert not re.search(r"\son\w+=", answer.text)
        assert "<script>" not in answer.text
    assert (seen[-1].status_code, "text/html" in seen[-1].headers["Content-Type"]) == (404, True)


@pytest.mark.parametrize(
    "said",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://testserver.local.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"},
    ],
)
def test_another_site_s_page_does_nothing_here(site: Site, said: dict[str, str]) -> None:
    id = member(site, "wangfang", roles="admin")
    other = member(site, "lilei")
    her = Visitor(site)
    her.sign_in("wangfang")
    before = done(site)
    forms: list[tuple[str, dict[str, str]]] = [
        ("/enter/qing", {"login": "lilei", "password": PASSWORD}),
        ("/enter/qing/second", {"ticket": "x", "code": "1"}),
        ("/enter/qing/invitation", {"ticket": "x", "login": "abc", "password": "x", "again": "x"}),
        ("/enter/qing/reset", {"ticket": "x", "password": "x", "again": "x"}),
        ("/enter/qing/passkey/challenge", {}),
        ("/enter/qing/passkey", {"answer": "{}"}),
        ("/account/leave", {}),
        ("/account/password", {"old": PASSWORD, "password": "x" * 20, "again": "x" * 20}),
        ("/account/second", {"act": "begin"}),
        ("/account/sessions", {"session": "00"}),
        ("/account/passkeys/challenge", {}),
        ("/account/passkeys", {"answer": "{}", "label": "x"}),
        ("/account/passkeys/remove", {"credential": "00"}),
        ("/account/providers/sso", {"act": "tie"}),
        ("/accounts/new", {"name": "坏人", "role": "admin"}),
        (f"/accounts/{other}", {"act": "suspend", "version": "1", "reason": "x"}),
    ]
    for path, data in forms:
        assert her.post(path, data, **said).status_code == 403, path
    assert done(site) == before
    assert her.get("/account").status_code == 200
    assert id


def test_wrong_names_and_wrong_passwords_look_alike(site: Site) -> None:
    member(site, "wangfang")
    suspended = member(site, "lilei")
    with site.open() as county:
        from renda_core.services.accounts import people

        admin = Actor(id="job:tests", roles="admin")
        county.do(people.suspend, admin, suspended, 1, "调离")
    pages = []
    for login, password in (("wangfang", "wrong password"), ("nobody", "wrong password"), ("lilei", PASSWORD)):
        answer = Visitor(site).sign_in(login, password)
        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (401, None)
        pages.append(answer.text.replace(login, "LOGIN"))
    assert pages[0] == pages[1] == pages[2]
    assert "登录名或口令不对" in pages[0]
    assert PASSWORD not in "".join(pages)


def test_whoever_guesses_waits_and_is_told_how_long(site: Site) -> None:
    member(site, "wangfang")
    for _ in range(5):
        assert Visitor(site).sign_in("wangfang", "wrong password").status_code == 401
    late = Visitor(site).sign_in("wangfang")
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 0
    assert "试的次数太多了" in late.text


def test_another_county_knows_nothing_of_it(site: Site) -> None:
    member(site, "wangfang")
    new = invited(site, "李雷")
    her = Visitor(site)
    assert her.sign_in("wangfang", county="bai").status_code == 401
    assert her.get(f"/enter/bai/invitation?ticket={new.ticket}").status_code == 410
    her.sign_in("wangfang")
    assert her.get("/enter/bai").status_code == 200  # the page of signing in there: nobody has signed in to it
    assert her.get("/enter/qing").headers["Location"] == "/account"
    nowhere, odd = her.get("/enter/zzz"), her.get("/enter/zzz/invitation?ticket=x")
    assert (nowhere.status_code, odd.status_code) == (404, 404)
    assert nowhere.content == odd.content


def test_an_account_of_another_county_is_as_one_that_is_not_there(site: Site) -> None:
    member(site, "wangfang", roles="admin")
    other = member(site, "lilei", code="bai")
    her = Visitor(site)
    her.sign_in("wangfang")
    theirs, nobody, odd = (her.get(f"/accounts/{id}") for id in (other, "0198a000-0000-7000-8000-000000000000", "x"))
    assert (theirs.status_code, nobody.status_code, odd.status_code) == (404, 404, 404)
    assert theirs.content == nobody.content == odd.content
    act = {"act": "suspend", "version": "1", "reason": "x"}
    theirs, nobody = (her.post(f"/accounts/{id}", act) for id in (other, "0198a000-0000-7000-8000-000000000000"))
    assert (theirs.status_code, theirs.content) == (404, nobody.content)


def test_a_second_factor_from_the_picture_to_the_door(site: Site) -> None:
    member(site, "wangfang")
    her = Visitor(site)
    her.sign_in("wangfang")
    assert "还没有开通" in her.get("/account").text
    begun = her.post("/account/second", {"act": "begin"})
    assert "<svg" in begun.text
    secret, ticket = hidden(begun.text, "secret"), hidden(begun.text, "ticket")
    wrong = her.post("/account/second", {"act": "confirm", "ticket": ticket, "secret": secret, "code": "000000"})
    assert (wrong.status_code, "验证码不对" in wrong.text) == (422, True)
    code = pyotp.TOTP(secret).at(NOW)
    before = her.cookies["__Host-renda"]
    on = her.post("/account/second", {"act": "confirm", "ticket": ticket, "secret": secret, "code": code})
    recovery = re.findall(r"<li>([A-Z0-9-]{19})</li>", on.text)
    assert (on.status_code, len(recovery), len(set(recovery))) == (200, 10, 10)
    assert her.cookies["__Host-renda"] != before
    assert her.get("/account").status_code == 200
    half = Visitor(site)
    shown = half.sign_in("wangfang")
    assert (shown.status_code, half.cookies) == (200, {})
    assert "第二步验证" in shown.text
    ticket = hidden(shown.text, "ticket")
    used = half.post("/enter/qing/second", {"ticket": ticket, "code": code})  # it opened once already
    assert (used.status_code, half.cookies) == (422, {})
    came = half.post("/enter/qing/second", {"ticket": ticket, "code": recovery[3]})
    assert (came.status_code, came.headers["Location"]) == (303, "/account")
    late = Visitor(site).post("/enter/qing/second", {"ticket": ticket, "code": recovery[4]})
    assert (late.status_code, "重新登录" in late.text) == (401, True)


def test_where_two_things_are_asked_for_a_telephone_is_taken_in_at_the_door(site: Site) -> None:
    demand(site, second_factor="office")
    member(site, "wangfang", roles="office")
    member(site, "lilei")
    assert Visitor(site).sign_in("lilei").headers["Location"] == "/account"
    her = Visitor(site)
    asked = her.sign_in("wangfang")
    assert (asked.status_code, her.cookies) == (200, {})
    ticket = hidden(asked.text, "ticket")
    begun = her.post("/enter/qing/enrol", {"ticket": ticket, "act": "begin"})
    secret, pending = hidden(begun.text, "secret"), hidden(begun.text, "pending")
    form = {"ticket": ticket, "act": "confirm", "pending": pending, "secret": secret}
    assert her.post("/enter/qing/enrol", {**form, "code": "000000"}).status_code == 422
    on = her.post("/enter/qing/enrol", {**form, "code": pyotp.TOTP(secret).at(NOW)})
    assert (on.status_code, "恢复码" in on.text) == (200, True)
    assert her.get("/account").status_code == 200
    assert Visitor(site).post("/enter/qing/enrol", {"ticket": ticket, "act": "begin"}).status_code == 401


def test_an_administrator_invites_gives_roles_resets_and_suspends(site: Site) -> None:
    member(site, "wangfang", roles="admin")
    her, him = Visitor(site), Visitor(site)
    her.sign_in("wangfang")
    assert her.post("/accounts/new", {"name": "", "person": "", "unit": "", "until": ""}).status_code == 422
    made = her.post("/accounts/new", {"name": "李雷", "role": ["deputy", "station"]})
    link = re.search(r'<code class="once">([^<]+)</code>', made.text)
    assert link is not None
    assert link[1].startswith(f"{OVER}/enter/qing/invitation?ticket=")
    opened = him.get(link[1])
    form = {"ticket": hidden(opened.text, "ticket"), "login": "lilei", "password": PASSWORD, "again": PASSWORD}
    assert him.post("/enter/qing/invitation", form).status_code == 303
    assert "人大代表、联络站工作人员" in him.get("/account").text
    listed = her.get("/accounts?state=active")
    id = re.search(r'href="/accounts/([0-9a-f-]{36})"><span>李雷', listed.text)
    assert id is not None
    one = her.get(f"/accounts/{id[1]}")
    version = hidden(one.text, "version")
    changed = her.post(f"/accounts/{id[1]}", {"act": "roles", "version": version, "role": ["office"]})
    assert changed.status_code == 303
    assert him.get("/account").headers["Location"] == "/enter"  # what a session may do does not change under it
    stale = her.post(f"/accounts/{id[1]}", {"act": "suspend", "version": version, "reason": "调离"})
    assert (stale.status_code, "刚才有人改过" in stale.text) == (412, True)
    version = hidden(her.get(f"/accounts/{id[1]}").text, "version")
    link = re.search(r'once">([^<]+)<', her.post(f"/accounts/{id[1]}", {"act": "reset", "version": version}).text)
    assert link is not None
    opened, new = him.get(link[1]), "九只麻雀在电线上 99"
    form = {"ticket": hidden(opened.text, "ticket"), "password": new, "again": new}
    assert "口令换好了" in him.post("/enter/qing/reset", form).text
    assert him.sign_in("lilei").status_code == 401
    assert him.sign_in("lilei", new).status_code == 303
    version = hidden(her.get(f"/accounts/{id[1]}").text, "version")
    assert her.post(f"/accounts/{id[1]}", {"act": "suspend", "version": version, "reason": ""}).status_code == 422
    assert her.post(f"/accounts/{id[1]}", {"act": "suspend", "version": version, "reason": "调离"}).status_code == 303
    assert him.get("/account").headers["Location"] == "/enter"
    assert him.sign_in("lilei", new).status_code == 401
    assert him.get("/accounts").headers["Location"] == "/enter"


def test_whoever_looks_after_nobody_sees_nobody(site: Site) -> None:
    id, other = member(site, "wangfang", roles="office"), member(site, "lilei")
    her = Visitor(site)
    her.sign_in("wangfang")
    assert "账号管理" not in her.get("/account").text
    assert her.get("/accounts").status_code == 403
    assert her.get("/accounts/new").status_code == 403
    for account in (id, other):
        answer = her.get(f"/accounts/{account}")
        assert (answer.status_code, "lilei" in answer.text) == (403, False)
    assert her.post("/accounts/new", {"name": "坏人", "role": "admin"}).status_code == 403


def test_nobody_gives_roles_to_themselves(site: Site) -> None:
    id = member(site, "wangfang", roles="admin")
    her = Visitor(site)
    her.sign_in("wangfang")
    assert "另一位管理员" in her.get(f"/accounts/{id}").text
    tried = her.post(f"/accounts/{id}", {"act": "roles", "version": "1", "role": ["admin", "office"]})
    assert tried.status_code == 403


def test_a_weak_password_is_refused_with_what_to_do(site: Site) -> None:
    new = invited(site, "王芳")
    her = Visitor(site)
    for password, told in (
        ("short", "太短了"),
        ("aaaaaaaaaaaa", "多用几种"),
        ("wangfang2026!!", "登录名"),
        ("x" * 300, "太长了"),
    ):
        form = {"ticket": new.ticket, "login": "wangfang", "password": password, "again": password}
        answer = her.post("/enter/qing/invitation", form)
        assert (answer.status_code, told in answer.text) == (422, True), password
        assert password not in answer.text
    form = {"ticket": new.ticket, "login": "wangfang", "password": PASSWORD, "again": PASSWORD + "1"}
    assert "两遍填的不一样" in her.post("/enter/qing/invitation", form).text
    assert "3 到 100 个字符" in her.post("/enter/qing/invitation", {**form, "login": "a", "again": PASSWORD}).text


def test_two_of_one_name_find_another(site: Site) -> None:
    member(site, "wangfang")
    new = invited(site, "王芳芳")
    form = {"ticket": new.ticket, "login": "WANGFANG", "password": PASSWORD, "again": PASSWORD}
    answer = Visitor(site).post("/enter/qing/invitation", form)
    assert (answer.status_code, "这个登录名不能用" in answer.text) == (422, True)


def test_no_page_and_no_address_bears_what_is_personal(site: Site) -> None:
    member(site, "wangfang", "王芳")
    her = Visitor(site)
    came = her.sign_in("wangfang")
    for answer in (came, her.get("/account")):
        assert "wangfang" not in str(answer.url) + answer.headers.get("Location", "")
    assert PASSWORD not in her.get("/account").text
    assert her.cookies["__Host-renda"] not in her.get("/account").text


@pytest.mark.parametrize(
    "data",
    [
        {"login": "wangfang"},
        {"login": "wangfang", "password": "x", "more": "x"},
        {"login": ["wangfang", "lilei"], "password": "x"},
        {"login": "\x00", "password": "x"},
        {"login": "x" * 5_000, "password": "x"},
        {"login": "wangfang", "password": "x" * 14_000},
        {"login": "' or 1=1 --", "password": "' or 1=1 --"},
    ],
)
def test_odd_forms_are_refused_in_words(site: Site, data: dict[str, Any]) -> None:
    answer = Visitor(site).post("/enter/qing", data)
    assert answer.status_code in (400, 401, 413, 422)
    assert "text/html" in answer.headers["Content-Type"]
    assert "<h1>" in answer.text


def test_nothing_is_typed_on_a_line_that_others_read(site: Site) -> None:
    member(site, "wangfang")
    plain = Visitor(site, origin="http://testserver.local")
    assert plain.get("/enter/qing").status_code == 403
    assert plain.sign_in("wangfang").status_code == 403
    assert plain.cookies == {}


def demand(site: Site, **wanted: Any) -> None:
    """Let the county ask for more."""
    from renda_core.configuration import read_tenant

    path = site.home.path.parent / "qing.toml"
    listed = "\n".join(f"{name} = {value!r}".replace("True", "true") for name, value in wanted.items())
    text = f'id = "{IDS["qing"]}"\ncode = "qing"\nname = "qing"\nlevel = "county"\n'
    path.write_text(f"{text}[plugins.suggestion_handling]\n[plugins.compliance]\n{listed}\n", "utf-8")
    with site.open() as county:
        county.apply(read_tenant(path), Actor(id="job:tests"))
    site.app.state.hosts.look_again(IDS["qing"])
