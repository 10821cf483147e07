"""Ballots over HTTP: their whole life, receipts, versions, and what wrong papers and wrong people get."""

from __future__ import annotations

import base64
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from renda_core import sealing
from renda_core.services import requests

from . import votes
from .conftest import LI, NOW, ROADS, WANG, both
from .prepared import fill
from .test_papers import text_of
from .votes import act, ok

if TYPE_CHECKING:
    from .conftest import Site


@pytest.fixture
def voting(site: Site) -> Site:
    """A server whose county votes."""
    fill(site)
    votes.enable(site)
    return site


def cast(site: Site, ballot: str, paper: str, who: str = "wang", **headers: str) -> Any:
    return site.post(f"/api/ballots/{ballot}/papers", {"sealed": paper}, who, **headers)


@both
def test_a_vote_by_device_from_beginning_to_end(voting: Site) -> None:
    id = votes.by_device(voting)
    papers = {who: votes.sealed(voting, id, [(0, 0)], who) for who in ("wang", "li")}
    receipts = {who: ok(cast(voting, id, paper, who))["hash"] for who, paper in papers.items()}
    early = voting.get(f"/api/ballots/{id}/rounds/1/board", "wang")
    assert (early.status_code, early.json()["code"]) == (422, "rejected")
    act(voting, id, "closing")
    board = ok(voting.get(f"/api/ballots/{id}/rounds/1/board", "li"))
    assert board["hashes"] == sorted(receipts.values())
    box = ok(voting.get(f"/api/ballots/{id}/rounds/1/box"))
    assert base64.b64decode(papers["wang"]) in [base64.b64decode(paper) for paper in box["papers"]]
    counted = act(voting, id, "count", {"opened": votes.opened(box)})
    assert counted["rounds"][0]["state"] == "counted"
    done = act(voting, id, "announcement")["rounds"][0]
    assert (done["counted"]["votes"], done["verdict"]["findings"][0]["verdict"]) == ([[2, 0, 0]], "satisfied")
    result = ok(voting.get(f"/api/ballots/{id}/rounds/1/result", "wang"))
    assert sealing.verify(board, result, receipts=list(receipts.values())).problems == ()
    assert ok(voting.get(f"/api/ballots/{id}/audit"))["items"] == []
    assert voting.verify().whole


@both
def test_a_vote_on_paper_from_beginning_to_end(voting: Site) -> None:
    id = votes.on_paper(voting)
    act(voting, id, "closing")
    first = act(voting, id, "bundles", votes.BUNDLE, "wang")
    assert first["bundles"] == [{"name": "1", "tellers": [WANG], "agrees": None}]
    blocked = voting.post(f"/api/ballots/{id}/count", {"paper_returned": 2})
    assert blocked.status_code == 422
    assert "only one teller" in blocked.json()["objections"][0]
    act(voting, id, "bundles", votes.BUNDLE | {"votes": [[1, 1, 0]]}, "li")
    told = ok(voting.get(f"/api/ballots/{id}/differences", "li"))["items"]
    assert [one["bundle"] for one in told] == ["1"]
    assert len(told[0]["lines"]) == 2
    assert voting.get(f"/api/ballots/{id}/differences").status_code == 403  # who leads the meeting counts nothing
    assert "differ" in voting.post(f"/api/ballots/{id}/count", {"paper_returned": 2}).json()["objections"][0]
    taken = voting.client.delete(
        f"/api/ballots/{id}/bundles/1", headers={"Authorization": f"Bearer {voting.tokens['li']}"}
    )
    assert ok(taken)["bundles"] == first["bundles"]
    act(voting, id, "bundles", votes.BUNDLE, "li")
    act(voting, id, "count", {"paper_returned": 2}, "li")
    done = act(voting, id, "announcement")["rounds"][0]
    assert (done["attendance"]["returned"], done["counted"]["valid"]) == (2, 2)


def test_the_same_paper_gets_the_same_receipt_and_another_is_refused(voting: Site) -> None:
    id = votes.by_device(voting)
    one, other = (votes.sealed(voting, id, [(0, n)]) for n in (0, 1))
    first, again = cast(voting, id, one), cast(voting, id, one)
    assert (first.status_code, first.content, first.headers["Cache-Control"]) == (200, again.content, "no-store")
    second = cast(voting, id, other)
    assert (second.status_code, second.json()["code"]) == (422, "rejected")
    assert "a paper of yours is in the box" in second.json()["objections"][0]
    act(voting, id, "closing")
    assert cast(voting, id, one).content == first.content
    assert cast(voting, id, other).status_code == 422


@both
def test_no_key_of_a_cast_is_kept(voting: Site) -> None:
    id = votes.by_device(voting)
    one, other = (votes.sealed(voting, id, [(0, n)]) for n in (0, 1))
    before = voting.verify().entries
    key = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    for paper, status in ((one, 200), (one, 200), (other, 422)):
        answer = cast(voting, id, paper, **key)
        assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (status, False)
    assert voting.verify().entries == before
    with voting.open() as county:
        attempt = requests.Attempt(
            route="POST /ballots/{ballot_id:str}/papers", key=key["Idempotency-Key"], content="0" * 64
        )
        actor = votes.actor(voting, "wang")
        assert county.read(requests.kept, attempt, actor) is None


@pytest.mark.parametrize(
    ("paper", "status"),
    [("", 400), ("not base64!", 400), ("AAAA", 400), ("A" * 20_000, 400), ("A" * 30_000, 400), ("A" * 40_000, 413)],
)
def test_a_paper_of_another_size_is_refused(voting: Site, paper: str, status: int) -> None:
    id = votes.by_device(voting)
    assert cast(voting, id, paper).status_code == status


def test_who_may_not_vote_is_told_why(voting: Site) -> None:
    id = votes.by_device(voting)
    paper = votes.sealed(voting, id, [(0, 0)])
    for who in ("office", "roads", "overseer"):
        refused = cast(voting, id, paper, who)
        assert refused.status_code == 422
        assert "not on its roll" in refused.json()["objections"][0]
    assert cast(voting, id, paper, "other").status_code in (404, 422)
    early = votes.prepared(voting, electronic=True, trustees=votes.TRUSTEES)
    told = cast(voting, early, paper)
    assert (told.status_code, "not open yet" in told.text) == (422, True)
    act(voting, id, "closing")
    late = cast(voting, id, paper)
    assert (late.status_code, "closed" in late.text) == (422, True)


def test_who_votes_and_does_not_count_sees_what_a_voter_sees(voting: Site) -> None:
    id = ok(voting.post("/api/ballots", {"kind": votes.SURVEY, "subjects": [ROADS], "roll": [WANG, LI]}), 201)["id"]
    act(voting, id, "opening", {})
    act(voting, id, "closing")
    for path in ("turnout", "roll", "audit", "bundles", "differences"):
        assert voting.get(f"/api/ballots/{id}/{path}", "wang").status_code == 403, path
    for path, body in (("bundles", votes.BUNDLE), ("count", {}), ("closing", None), ("announcement", None)):
        assert voting.post(f"/api/ballots/{id}/{path}", body, "wang").status_code == 403, path
    assert voting.get(f"/api/ballots/{id}", "wang").json()["mine"]["issued"] == "paper"
    assert voting.get(f"/api/ballots/{id}", "roads").status_code == 404


def test_a_version_that_is_past_changes_nothing(voting: Site) -> None:
    id = votes.prepared(voting)
    tag = voting.get(f"/api/ballots/{id}").headers["ETag"]
    opened = voting.post(f"/api/ballots/{id}/opening", {}, **{"If-Match": tag})
    assert (opened.status_code, opened.headers["ETag"] != tag) == (200, True)
    for what, body in (("closing", None), ("opening", {}), ("announcement", None), ("count", {})):
        late = voting.post(f"/api/ballots/{id}/{what}", body, **{"If-Match": tag})
        assert (late.status_code, late.json()["version"]) == (412, opened.json()["version"]), what
    assert voting.post(f"/api/ballots/{id}/closing", None, "roads", **{"If-Match": tag}).status_code == 404
    assert voting.post(f"/api/ballots/{id}/closing", None, **{"If-Match": "*"}).status_code == 400
    closed = voting.post(f"/api/ballots/{id}/closing", None, **{"If-Match": opened.headers["ETag"]})
    assert closed.status_code == 200


def test_a_refusal_names_every_reason_with_its_clause(voting: Site) -> None:
    case = voting.assigned()
    wrong = {"kind": votes.SURVEY, "subjects": [case], "roll": [WANG, LI], "tellers": [WANG], "scrutineers": [WANG]}
    refused = voting.post("/api/ballots", wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "rejected")
    assert len(refused.json()["objections"]) >= 2
    assert all("选举法 43" in told for told in refused.json()["objections"])
    more = {"roll": [WANG] * 2}
    assert voting.post("/api/ballots", wrong | more).json()["field"] == "roll"
    for field, value in (
        ("closes_at", "2026-01-20T12:00:00"), ("trustees", [{"name": "x", "box_key": "0", "sign_key": "0"}]),
        ("subjects", []), ("places", -1), ("costs", [-1]), ("colour", 1), ("congress", "no-id"),
    ):  # fmt: skip
        answer = voting.post("/api/ballots", {"kind": votes.SURVEY, "subjects": [ROADS], field: value})
        assert (answer.status_code, answer.json()["field"].startswith(field)) == (400, True), (field, answer.text)


def test_a_box_shuts_by_itself(voting: Site) -> None:
    soon = (NOW + dt.timedelta(minutes=5)).isoformat()
    id = votes.prepared(voting, closes_at=soon)
    assert act(voting, id, "opening", {})["closes_at"] is not None
    past = (NOW - dt.timedelta(seconds=1)).isoformat()
    other = votes.prepared(voting)
    assert voting.post(f"/api/ballots/{other}/opening", {"closes_at": past}).json()["field"] == "closes_at"


def test_a_vote_by_name_is_shown_with_its_verdict_and_not_before(voting: Site) -> None:
    id = votes.by_name(voting)
    for who, mark in (("wang", 0), ("li", 0)):
        assert voting.post(f"/api/ballots/{id}/marks", {"marks": [[0, mark]]}, who).status_code == 204
    again = voting.post(f"/api/ballots/{id}/marks", {"marks": [[0, 1]]}, "wang")
    assert again.status_code == 422
    assert voting.post(f"/api/ballots/{id}/papers", {"sealed": "AAAA"}, "wang").status_code == 422
    assert ok(voting.get(f"/api/ballots/{id}", "wang"))["rounds"][0]["named"] == {}
    act(voting, id, "closing")
    act(voting, id, "count", {})
    assert ok(voting.get(f"/api/ballots/{id}", "wang"))["rounds"][0]["named"] == {}
    announced = voting.post(f"/api/ballots/{id}/announcement", None, "chair")
    assert announced.status_code == 200, announced.text
    assert ok(voting.get(f"/api/ballots/{id}", "wang"))["rounds"][0]["named"] == {WANG: [[0, 0]], LI: [[0, 0]]}


def test_a_list_goes_on_where_it_stopped(voting: Site) -> None:
    ids = [votes.prepared(voting) for _ in range(3)]
    found, after = [], ""
    while True:
        page = ok(voting.get("/api/ballots", params={"size": 2, "after": after}))
        found += [line["id"] for line in page["items"]]
        if not (after := page["after"]):
            break
    assert found == ids[::-1]
    assert ok(voting.get("/api/ballots", "roads"))["items"] == []
    assert ok(voting.get("/api/ballots", "other"))["items"] == []
    assert voting.get("/api/ballots", params={"after": "x"}).status_code == 400


@pytest.mark.parametrize("round", ["0", "2", "-1", "１", "x", "1.0", "99999999999"])
def test_a_round_that_is_none_is_not_there(voting: Site, round: str) -> None:
    id = votes.on_paper(voting)
    assert voting.get(f"/api/ballots/{id}/rounds/{round}/board").status_code == 404


def test_each_paper_is_printed_at_its_time(voting: Site) -> None:
    id = votes.entered(voting)

    def printed(name: str, who: str = "office") -> str:
        answer = voting.get(f"/api/ballots/{id}/print/{name}.pdf", who)
        return text_of(answer) if answer.status_code == 200 else str(answer.status_code)

    assert "县交通运输局" in printed("paper", "wang")
    assert "划" in printed("tally")
    assert [printed(name) for name in ("record", "announcement", "nothing")] == ["422", "422", "404"]
    act(voting, id, "count", {"paper_returned": 2})
    assert "计票报告" in printed("record", "wang")
    assert printed("announcement") == "422"
    act(voting, id, "announcement")
    assert "县交通运输局" in printed("announcement", "li")
