"""``Idempotency-Key`` over HTTP: one effect, one answer, and nobody else's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from renda_core.services import requests
from renda_core.services.requests import KeyInUse
from renda_core.store.sqlite import SqliteStore
from renda_server import idempotency, resources

from .asking import OPERATIONS, ORDER, sent, written
from .conftest import IDS, WANG, both
from .prepared import furnish
from .sending import called

if TYPE_CHECKING:
    from .conftest import Site

CASE = {"kind": "suggestion", "title": "修桥", "body": {"text": "失修"}, "parties": {"proposer": [WANG]}}
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def open_(site: Site, who: str = "wang", **headers: str) -> Any:
    return site.post("/api/cases", CASE, who, **{**KEY, **headers})


@both
def test_a_request_that_comes_twice_is_done_once(site: Site) -> None:
    first, second = open_(site), open_(site)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert [r.headers.get("Idempotency-Replayed") for r in (first, second)] == [None, "true"]
    for name in ("Location", "ETag", "Content-Type"):
        assert second.headers[name] == first.headers[name]
    assert site.verify().entries == 2


@both
def test_a_step_that_comes_twice_is_no_conflict(site: Site) -> None:
    id = site.opened()
    step = {"step": "accept", "version": 1}
    first, second = (site.post(f"/api/cases/{id}/steps", step, **KEY) for _ in "12")
    assert (first.status_code, second.status_code, second.content) == (200, 200, first.content)
    assert site.post(f"/api/cases/{id}/steps", step).status_code == 412


@both
def test_another_body_under_the_key_is_refused(site: Site) -> None:
    open_(site)
    other = site.post("/api/cases", {**CASE, "title": "修路"}, "wang", **KEY)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert other.headers["Content-Type"].startswith("application/problem+json")
    tagged = open_(site, **{"If-Match": '"3"'})
    assert tagged.status_code == 422
    assert site.verify().entries == 2


@both
def test_the_same_key_of_others_is_another_key(site: Site) -> None:
    ids = {open_(site, who).json()["id"] for who in ("wang", "office", "other")}
    assert len(ids) == 3
    assert [open_(site, who).json()["id"] in ids for who in ("office", "other")] == [True, True]


@both
def test_a_refusal_is_not_kept_so_that_it_can_be_mended(site: Site) -> None:
    wrong = site.post("/api/cases", {**CASE, "title": " "}, "wang", **KEY)
    assert wrong.status_code == 400
    assert open_(site).status_code == 201
    assert site.verify().entries == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é", "\t", '""'])
def test_what_is_no_key_is_refused(site: Site, key: str) -> None:
    headers = [("Authorization", f"Bearer {site.tokens['wang']}"), ("Idempotency-Key", key.encode("latin-1"))]
    refused = site.client.post("/api/cases", json=CASE, headers=headers)  # type: ignore[arg-type]
    assert (refused.status_code, refused.json().get("field")) == (400, "Idempotency-Key"), refused.text
    assert site.verify().entries == 1


def test_two_keys_are_none(site: Site) -> None:
    headers = [("Authorization", f"Bearer {site.tokens['wang']}"), *(("Idempotency-Key", k) for k in "ab")]
    refused = site.client.post("/api/cases", json=CASE, headers=headers)
    assert (refused.status_code, refused.json()["field"]) == (400, "Idempotency-Key")


def test_a_quoted_key_is_the_same_key(site: Site) -> None:
    first = open_(site)
    again = open_(site, **{"Idempotency-Key": f'"{KEY["Idempotency-Key"]}"'})
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")


def test_a_key_means_nothing_where_nothing_is_done(site: Site) -> None:
    id = site.opened()
    headers = {"Authorization": f"Bearer {site.tokens['office']}", **KEY}
    for _ in "12":
        found = site.client.get(f"/api/cases/{id}", headers=headers)
        assert (found.status_code, "Idempotency-Replayed" in found.headers) == (200, False)


@both
def test_fifty_at_once_have_one_effect(site: Site) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: open_(site), range(50)))
    statuses = [a.status_code for a in answers]
    assert set(statuses) <= {201, 409}
    done = [a for a in answers if a.status_code == 201]
    assert len({a.content for a in done}) == 1
    assert sum("Idempotency-Replayed" not in a.headers for a in done) == 1
    assert site.verify().entries == 2


def test_an_answer_that_was_lost_is_given_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    real = SqliteStore.write

    async def lost(self: SqliteStore, *args: Any, **kw: Any) -> Any:
        await real(self, *args, **kw)
        raise ConnectionResetError

    with monkeypatch.context() as m:
        m.setattr(SqliteStore, "write", lost)
        assert open_(site).status_code == 500
    again = open_(site)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert site.verify().entries == 2


@both
def test_an_answer_that_cannot_be_kept_undoes_what_was_done(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as m:
        m.setattr(requests, "field_of", lambda *_: 1 / 0)
        assert open_(site).status_code == 500
    assert site.verify().entries == 1
    assert "Idempotency-Replayed" not in open_(site).headers


def test_a_key_under_way_is_told_when_to_come_again(site: Site) -> None:
    keys: idempotency.KeysInUse = site.app.state.keys_in_use
    with keys.hold(IDS["qing"], WANG, "POST /cases", KEY["Idempotency-Key"]):
        early = open_(site)
    assert (early.status_code, early.json()["code"], early.headers["Retry-After"]) == (409, "key_in_use", "1")
    assert open_(site).status_code == 201


def test_a_key_is_let_go_whatever_happens() -> None:
    keys = idempotency.KeysInUse()
    with pytest.raises(ZeroDivisionError), keys.hold("a"):
        raise ZeroDivisionError
    with keys.hold("a"), pytest.raises(KeyInUse), keys.hold("a"):
        pass
    with keys.hold("a"), keys.hold("b"):
        pass


def test_every_operation_that_changes_something_takes_a_key(site: Site) -> None:
    paths = site.client.get("/schema/openapi.json").json()["paths"]
    told = [h.opt["operation"] for h in resources.HANDLERS]
    twice = {
        *("run_sweep", "run_look", "run_remind", "run_redate", "run_retention", "run_witness", "take_head"),
        *("erase_file", "erase_person"),
        *("list_similar", "compare_document", "reveal_number", "copy_person"),
    }  # what is as well done twice as once, and what only asks
    kept_by_nobody = {
        *("cast_paper", "cast_named"),
        *("issue_code", "follow_matter", "rate_matter", "dispute_matter"),
        *("enter_by_password", "show_second_factor", "renew_password", "accept_invitation", "use_reset"),
        *("begin_telephone_at_entry", "confirm_telephone_at_entry", "leave"),
        *("change_my_password", "begin_telephone", "confirm_telephone", "make_recovery_codes"),
        *("invite_account", "invite_again", "reset_password", "give_token", "trust_identity_provider", "put_receiver"),
        *("make_tenant", "export_tenant"),
    }  # who voted when, codes, passwords, tickets, tokens, a whole tenant
    without = twice | kept_by_nobody
    assert without <= {o.name for o in told}
    unsafe = [o for o in told if o.method in idempotency.UNSAFE and o.name not in without]
    assert len(unsafe) >= 2
    for path, methods in paths.items():
        for method, described in methods.items():
            named = {p["name"] for p in described["parameters"]}
            keyed = method.upper() in idempotency.UNSAFE and described["operationId"] in {o.name for o in unsafe}
            assert ("Idempotency-Key" in named) == keyed, (method, path)


@both
def test_every_operation_that_takes_a_key_is_done_once_under_it(site: Site) -> None:
    ids = furnish(site)
    for name in ORDER:
        ready, _ = written(site, name, ids)
        if not OPERATIONS[name].keyed:
            sent(site, ready)
            continue
        ready["headers"] |= {"Idempotency-Key": f"once-{name}"}
        first = sent(site, ready)
        called(site.client, site.app.state.runner.idle)
        entries = site.verify().entries
        second = sent(site, ready)
        assert first.status_code == OPERATIONS[name].status, (name, first.text)
        if name == "drop_telephone":  # which ends every session, the one that asks too
            assert second.status_code == 401
            continue
        assert second.status_code == first.status_code, (name, second.text)
        assert second.headers["Idempotency-Replayed"] == "true", name
        assert second.content == first.content, name
        assert site.verify().entries == entries, name
    assert site.verify().whole


@pytest.mark.parametrize("job", ["sweep", "look", "remind", "redate"])
def test_a_job_is_repeatable_and_takes_no_key(site: Site, job: str) -> None:
    site.assigned()
    for _ in "12":
        done = site.post(f"/api/jobs/{job}", {}, "office", **KEY)
        assert (done.status_code, "Idempotency-Replayed" in done.headers) == (200, False)
