"""Passkeys: what a device says is believed once, here, and for its own holder alone."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient
from sqlalchemy import update

from renda_core.services.accounts import passes
from renda_core.store import tables as t
from renda_core.store.compile import Write, mine
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant
from renda_core.workspace import SETUP
from renda_server.app import create_app
from renda_server.settings import Settings

from . import authenticators
from .authenticators import ATTESTED, PRESENT, VERIFIED, Device, raw, text
from .conftest import NAMES, NOW, OVER, Site, both
from .visitors import Visitor, done, entries, hidden, member


def asked(her: Visitor, path: str = "/enter/qing/passkey/challenge") -> dict[str, Any]:
    """Ask for a challenge."""
    answer = her.post(path)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def made(her: Visitor, label: str = "我的手机", **more: Any) -> Device:
    """Make a passkey for whoever has signed in."""
    device = Device(her.origin, **more)
    kept = keep(her, device.make(asked(her, "/account/passkeys/challenge")), label)
    assert (kept.status_code, kept.headers.get("Location")) == (303, "/account/passkeys"), kept.text
    return device


def keep(her: Visitor, answer: dict[str, Any], label: str = "我的手机") -> Any:
    """Send a new passkey."""
    return her.post("/account/passkeys", {"answer": json.dumps(answer), "label": label})


def show(her: Visitor, answer: dict[str, Any], county: str = "qing", **more: str) -> Any:
    """Send a passkey's answer."""
    return her.post(f"/enter/{county}/passkey", {"answer": json.dumps(answer), **more})


@pytest.fixture
def her(site: Site) -> Visitor:
    """Somebody who has signed in with a password."""
    member(site, "wangfang")
    found = Visitor(site)
    found.sign_in("wangfang")
    return found


@both
def test_a_passkey_signs_in_without_a_name_and_counts_as_two_things(site: Site) -> None:
    member(site, "wangfang")
    her = Visitor(site)
    her.sign_in("wangfang")
    before = her.cookies["__Host-renda"]
    told = asked(her, "/account/passkeys/challenge")
    assert told["rp"]["id"] == "testserver.local"
    assert told["authenticatorSelection"]["userVerification"] == "required"
    assert told["authenticatorSelection"]["residentKey"] == "required"
    device = made(her)
    assert "我的手机" in her.get("/account/passkeys").text
    told = asked(her, "/account/passkeys/challenge")
    assert [one["id"] for one in told["excludeCredentials"]] == [text(device.id)]
    elsewhere = Visitor(site)
    told = asked(elsewhere)
    assert (told["userVerification"], told.get("allowCredentials", [])) == ("required", [])
    came = show(elsewhere, device.show(told))
    assert (came.status_code, came.headers.get("Location")) == (303, "/account"), came.text
    assert elsewhere.cookies["__Host-renda"] != before
    assert elsewhere.get("/account").status_code == 200
    [*_, last] = entries(site)
    assert (last["what"], last["body"]["strong"]) == ("account.entered", True)
    assert "passkey.added" in done(site)
    assert site.verify().whole


def test_where_there_is_a_passkey_a_password_alone_opens_nothing(site: Site, her: Visitor) -> None:
    device = made(her)
    half = Visitor(site)
    shown = half.sign_in("wangfang")
    assert (shown.status_code, half.cookies) == (200, {})
    assert "用通行密钥" in shown.text
    ticket = hidden(shown.text, "ticket")
    came = show(half, device.show(asked(half)), ticket=ticket)
    assert (came.status_code, came.headers.get("Location")) == (303, "/account")


def test_a_second_factor_is_the_same_persons(site: Site, her: Visitor) -> None:
    made(her)
    member(site, "lilei")
    him = Visitor(site)
    him.sign_in("lilei")
    his = made(him)
    half = Visitor(site)
    ticket = hidden(half.sign_in("wangfang").text, "ticket")
    tried = show(half, his.show(asked(half)), ticket=ticket)
    assert (tried.status_code, half.cookies) == (401, {})


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://testserver.local.evil.example"},
        {"origin": "http://testserver.local"},
        {"origin": "https://testserver.local:8443"},
        {"origin": "https://sub.testserver.local"},
        {"place": "evil.example"},
        {"place": "local"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"flags": 0},
        {"what": "create"},
        {"challenge": text(bytes(32))},
        {"user": b"somebody else 16"},
    ],
)
def test_what_was_signed_elsewhere_or_otherwise_opens_nothing(site: Site, her: Visitor, wrong: dict[str, Any]) -> None:
    device, before = made(her), done(site)
    stranger = Visitor(site)
    tried = show(stranger, device.show(asked(stranger), **wrong))
    assert (tried.status_code, stranger.cookies) == (401, {})
    assert "没有通过" in tried.text
    assert done(site) == before
    assert show(stranger, device.show(asked(stranger))).status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [{"origin": "https://evil.example"}, {"place": "evil.example"}, {"flags": PRESENT}, {"flags": VERIFIED}],
)
def test_what_was_made_elsewhere_is_not_kept(site: Site, her: Visitor, wrong: dict[str, Any]) -> None:
    tried = keep(her, Device(OVER).make(asked(her, "/account/passkeys/challenge"), **wrong))
    assert tried.status_code == 422
    assert "passkey.added" not in done(site)


def test_an_answer_opens_once(site: Site, her: Visitor) -> None:
    device = made(her, counts=False)
    one, two = Visitor(site), Visitor(site)
    answer = device.show(asked(one))
    assert show(one, answer).status_code == 303
    assert show(two, answer).status_code == 401
    assert show(one, answer).status_code == 401
    assert two.cookies == {}


def test_a_challenge_is_used_up_by_a_wrong_answer_too(site: Site, her: Visitor) -> None:
    device = made(her)
    stranger = Visitor(site)
    told = asked(stranger)
    assert show(stranger, device.show(told, origin="https://evil.example")).status_code == 401
    assert show(stranger, device.show(told)).status_code == 401


def test_a_challenge_of_one_kind_or_county_is_none_of_another(site: Site, her: Visitor) -> None:
    device = made(her)
    for told in (asked(her, "/account/passkeys/challenge"), asked(Visitor(site), "/enter/bai/passkey/challenge")):
        stranger = Visitor(site)
        answer = device.show({"challenge": told["challenge"], "rpId": "testserver.local"})
        assert show(stranger, answer).status_code == 401
    told = asked(Visitor(site))
    new = Device(OVER)
    given = {"challenge": told["challenge"], "rp": {"id": "testserver.local"}, "user": {"id": text(device.user)}}
    assert keep(her, new.make(given)).status_code == 422
    member(site, "lilei")
    him = Visitor(site)
    him.sign_in("lilei")
    assert keep(him, new.make(asked(her, "/account/passkeys/challenge"))).status_code == 422  # hers, and not his


def test_a_challenge_that_waited_too_long_is_none(site: Site, her: Visitor) -> None:
    device = made(her)
    told = asked(Visitor(site))
    later = NOW + dt.timedelta(minutes=5)
    app = create_app(Settings(home=attrs.evolve(site.home, now=lambda: later), names=NAMES, now=lambda: later))
    with TestClient(app, base_url=OVER, raise_server_exceptions=False) as client:
        stranger = Visitor(Site(site.home, site.tokens, app, client))
        assert show(stranger, device.show(told)).status_code == 401
        assert show(stranger, device.show(asked(stranger))).status_code == 303


def test_another_county_s_passkey_opens_nothing(site: Site, her: Visitor) -> None:
    device = made(her)
    stranger = Visitor(site)
    theirs = show(stranger, device.show(asked(stranger, "/enter/bai/passkey/challenge")), county="bai")
    unknown = show(stranger, Device(OVER).show(asked(stranger, "/enter/bai/passkey/challenge")), county="bai")
    assert (theirs.status_code, theirs.content) == (401, unknown.content)
    assert stranger.cookies == {}


def test_a_count_that_does_not_grow_is_refused_and_told_to_the_journal(site: Site, her: Visitor) -> None:
    device = made(her)
    stranger = Visitor(site)
    assert show(stranger, device.show(asked(stranger))).status_code == 303
    for back in (0, 1, 2):
        copy = attrs.evolve(device, count=device.count - 1 - back)
        thief = Visitor(site)
        tried = show(thief, copy.show(asked(thief)))
        assert (tried.status_code, thief.cookies) == (401, {})
        assert "可能被复制过" in tried.text
        [*_, last] = entries(site)
        assert (last["what"], last["body"]["known"]) == ("passkey.refused", 2)
    assert show(stranger, device.show(asked(stranger))).status_code == 303
    assert site.verify().whole


def test_a_passkey_that_was_taken_away_opens_nothing(site: Site, her: Visitor) -> None:
    device, other = made(her, "老手机"), made(her, "新手机")
    listed = her.get("/account/passkeys").text
    assert "老手机" in listed
    assert "新手机" in listed
    gone = her.post("/account/passkeys/remove", {"credential": device.id.hex()})
    assert gone.status_code == 303
    assert "老手机" not in her.get("/account/passkeys").text
    stranger = Visitor(site)
    assert show(stranger, device.show(asked(stranger))).status_code == 401
    assert show(stranger, other.show(asked(stranger))).status_code == 303
    assert "最近用过" in her.get("/account/passkeys").text
    member(site, "lilei")
    him = Visitor(site)
    him.sign_in("lilei")
    for credential in (other.id.hex(), "00", "zz", ""):
        assert him.post("/account/passkeys/remove", {"credential": credential}).status_code == 404


def test_a_suspended_account_s_passkey_opens_nothing(site: Site, her: Visitor) -> None:
    from renda_core.domain.case import Actor
    from renda_core.services.accounts import people

    device = made(her)
    [id] = [e["on"] for e in entries(site) if e["what"] == "passkey.added"]
    with site.open() as county:
        county.do(people.suspend, Actor(id="job:tests", roles="admin"), id, 1, "调离")
    stranger = Visitor(site)
    assert show(stranger, device.show(asked(stranger))).status_code == 401


def test_a_passkey_has_a_name_and_there_are_not_too_many(site: Site, her: Visitor) -> None:
    for label in ("", "  ", "名" * 61):
        assert keep(her, Device(OVER).make(asked(her, "/account/passkeys/challenge")), label).status_code == 422
    device = made(her)
    again = keep(her, device.make(asked(her, "/account/passkeys/challenge")))
    assert (again.status_code, "已经登记过了" in again.text) == (422, True)
    for n in range(19):
        made(her, f"第 {n} 台")
    late = keep(her, Device(OVER).make(asked(her, "/account/passkeys/challenge")))
    assert (late.status_code, "登记的设备太多了" in late.text) == (422, True)


def test_without_signing_in_nothing_is_made(site: Site) -> None:
    stranger = Visitor(site)
    for path, data in (("/account/passkeys/challenge", {}), ("/account/passkeys", {"answer": "{}", "label": "x"})):
        assert stranger.post(path, data).headers["Location"] == "/enter"


def test_no_passkey_is_bound_to_a_bare_address(site: Site) -> None:
    here = Visitor(site, origin="https://127.0.0.1")
    assert here.post("/enter/qing/passkey/challenge").status_code == 404
    assert "用通行密钥登录" not in here.get("/enter/qing").text
    assert "用通行密钥登录" in Visitor(site).get("/enter/qing").text


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.binary(max_size=60).map(text),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_device_answers_nothing_breaks(site: Site, data: st.DataObject) -> None:
    if not hasattr(site, "device"):
        member(site, "wangfang")
        her = Visitor(site)
        her.sign_in("wangfang")
        site.device = made(her)  # type: ignore[attr-defined]
    stranger = Visitor(site)
    answer = site.device.show(asked(stranger))  # type: ignore[attr-defined]
    place = data.draw(st.sampled_from(["whole", "id", "rawId", "type", "response", *answer["response"]]))
    junk = data.draw(JUNK)
    if place in answer["response"]:
        answer["response"][place] = junk
    elif place in answer:
        answer[place] = junk
    tried = stranger.post("/enter/qing/passkey", {"answer": json.dumps(junk if place == "whole" else answer)})
    if place == "userHandle" and junk is None:  # a device need not say whose it is
        assert tried.status_code == 303
    else:
        assert (tried.status_code, stranger.cookies) == (401, {})


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=200))
def test_whatever_a_new_passkey_is_nothing_breaks(site: Site, noise: bytes) -> None:
    if not hasattr(site, "her"):
        member(site, "wangfang")
        site.her = Visitor(site)  # type: ignore[attr-defined]
        site.her.sign_in("wangfang")  # type: ignore[attr-defined]
    her: Visitor = site.her  # type: ignore[attr-defined]
    answer = Device(OVER).make(asked(her, "/account/passkeys/challenge"))
    whole = raw(answer["response"]["attestationObject"])
    cut = len(noise) * len(whole) // 200
    answer["response"]["attestationObject"] = text(whole[:cut] + noise)
    assert keep(her, answer).status_code == 422


def test_the_device_is_an_honest_one() -> None:
    assert (PRESENT, VERIFIED, ATTESTED) == (1, 4, 64)
    assert raw(authenticators.text(b"\xff\xfe")) == b"\xff\xfe"


def test_a_session_that_is_open_for_long_takes_in_no_other_way_to_sign_in(site: Site, her: Visitor) -> None:
    """Whoever finds a browser left open cannot make themselves a key to keep."""
    device = Device(OVER)
    challenge = asked(her, "/account/passkeys/challenge")

    async def long_ago(unit: Unit, _: Tenant) -> None:
        made = unit.now - dt.timedelta(minutes=16)
        await unit.write(Write(update(t.access).where(mine(t.access)).values(made_at=made)))
        unit.record("test", on=unit.tenant, version=0, rule="test")

    with site.open() as county:
        county.do(long_ago, SETUP)
    site.app.state.door.forget(passes.digest_of(her.cookies["__Host-renda"]))  # who began when is never changed
    assert her.post("/account/passkeys/challenge").status_code == 422
    assert keep(her, device.make(challenge)).status_code == 422  # the challenge was given in time, and is used too late
    assert "登记新的之前请重新登录一次" in her.get("/account/passkeys").text
    told = her.post("/account/second", {"act": "begin", "ticket": "", "secret": "", "code": ""})
    assert (told.status_code, "重新登录一次" in told.text, "otpauth" in told.text) == (422, True, False)
    cookie = {"Cookie": her.get("/account").request.headers["Cookie"], "Origin": OVER}
    assert site.client.post("/api/me/totp", headers=cookie).status_code == 422
    her.post("/account/leave")
    her.sign_in("wangfang")
    assert made(her) is not None
