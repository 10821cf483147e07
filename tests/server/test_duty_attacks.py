"""Everybody who would reach for duty records that are not theirs, and whatever they would send."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .asking import VISIT
from .conftest import LI, WANG, both
from .dutying import NOWHERE, PATH, entered, mark, marked

if TYPE_CHECKING:
    from .conftest import Site


@both
def test_anothers_record_answers_as_one_that_is_not_there(duties: Site) -> None:
    id = entered(duties).json()["id"]
    for who in ("li", "roads", "other"):
        shown = [duties.get(f"/api/records/{one}", who) for one in (id, NOWHERE, "no-id", "%00")]
        assert {a.status_code for a in shown} == {404}
        assert len({a.content for a in shown}) == 1, who
        lists = [duties.get(f"/api/people/{person}/records", who) for person in (WANG, NOWHERE)]
        assert lists[0].content == lists[1].content
        tried = [mark(duties, one, do, who) for one in (id, NOWHERE) for do in ("confirm", "appeal", "withdraw")]
        assert {(t.status_code, t.content) for t in tried} == {(404, shown[0].content)}
        if who != "other":
            assert duties.get("/api/records", who).status_code == 404
    assert duties.get("/api/records", "other").json() == {"items": [], "after": ""}
    assert duties.get(f"/api/records/{id}").json()["history"] == []


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("wang", {"state": "confirmed"}, 403),
        ("li", {}, 403),
        ("roads", {}, 403),
        ("chair", {}, 403),
        ("station", {"state": "confirmed"}, 403),
        ("both", {"state": "confirmed"}, 403),
        ("wang", {"kind": "discipline"}, 403),
        ("wang", {"kind": "session"}, 403),
        ("office", {"kind": "assessment"}, 400),
        ("office", {"kind": "absence"}, 400),
        ("office", {"kind": "nonsense"}, 400),
        ("office", {"state": "refused"}, 400),
        ("office", {"state": "withdrawn"}, 400),
        ("office", {"on": "2021-06-30"}, 422),
        ("office", {"on": "2026-01-21"}, 400),
        ("office", {"on": "0001-01-01"}, 422),
        ("office", {"on": "9999-12-31"}, 400),
        ("office", {"on": "2026-02-30"}, 400),
        ("office", {"quantity": 0}, 400),
        ("office", {"quantity": 1_000_001}, 400),
        ("office", {"quantity": 10**30}, 400),
        ("office", {"quantity": 1.5}, 400),
        ("office", {"facts": {"people": -1}}, 400),
        ("office", {"facts": {"people": 10**9}}, 400),
        ("office", {"facts": {"points": 100}}, 400),
        ("office", {"facts": {"": 1}}, 400),
        ("office", {"facts": {f"f{n}": 1 for n in range(21)}}, 400),
        ("office", {"source": ""}, 400),
        ("office", {"source": " "}, 400),
        ("office", {"source": "case:" + NOWHERE}, 400),
        ("office", {"source": "长" * 501}, 400),
        ("office", {"title": "长" * 501}, 400),
        ("office", {"title": "一\u0007二"}, 400),
        ("office", {"title": "一\x00二"}, 400),
        ("office", {"title": "\ud800"}, 400),
        ("office", {"evidence": ["照片"] * 21}, 400),
        ("office", {"evidence": [""]}, 400),
        ("office", {"evidence": "照片"}, 400),
        ("office", {"again": "长" * 501}, 400),
        ("office", {"mandates": [NOWHERE]}, 422),
        ("office", {"mandates": ["x"]}, 400),
        ("office", {"congress": NOWHERE}, 422),
        ("office", {"congress": "x"}, 400),
        ("office", {"person": LI}, 400),
        ("office", {"history": []}, 400),
        ("office", {"formula": "points-1"}, 400),
        ("office", {"id": NOWHERE}, 400),
    ],
)
def test_what_nobody_may_enter_is_refused_and_nothing_is_there(
    duties: Site, who: str, body: dict[str, Any], status: int
) -> None:
    before = duties.verify().entries
    headers = {"Authorization": f"Bearer {duties.tokens[who]}", "Content-Type": "application/json"}
    content = json.dumps(VISIT | body).encode()
    refused = duties.client.post(PATH, content=content, headers=headers)
    assert refused.status_code == status, refused.text
    assert refused.headers["Content-Type"].startswith("application/problem+json")
    assert duties.get(PATH).json()["items"] == []
    assert duties.verify().entries == before


def test_who_is_no_deputy_has_no_duties(duties: Site) -> None:
    for person in (LI, NOWHERE):
        refused = duties.post(f"/api/people/{person}/records", VISIT)
        assert refused.status_code == 422, refused.text
        assert "holds no mandate" in refused.json()["objections"][0]
    assert duties.post("/api/people/no-id/records", VISIT).status_code == 404


@both
def test_nothing_is_entered_twice(duties: Site) -> None:
    entered(duties, "office")
    same = duties.post(PATH, VISIT)
    assert (same.status_code, same.json()["code"]) == (422, "rejected")
    again = duties.post(PATH, VISIT | {"source": "另一本登记表"})
    assert (again.status_code, again.json()["code"]) == (422, "recorded_already")
    assert "is recorded already" in again.json()["objections"][0]
    entered(duties, "office", source="另一本登记表", again="下午又走访城西村")
    key = {"Idempotency-Key": "one"}
    tries = [duties.post(PATH, VISIT | {"on": "2026-01-14", "source": "三"}, **key) for _ in "12"]
    assert [t.status_code for t in tries] == [201, 201]
    assert tries[0].content == tries[1].content
    assert len(duties.get(PATH).json()["items"]) == 3


@pytest.mark.parametrize(
    ("who", "do", "status"),
    [
        ("wang", "confirm", 403),
        ("wang", "refuse", 403),
        ("wang", "correct", 403),
        ("both", "confirm", 403),
        ("station", "confirm", 403),
        ("chair", "confirm", 403),
        ("office", "appeal", 403),
        ("overseer", "appeal", 403),
        ("wang", "appeal", 422),  # nothing is decided yet
        ("office", "uphold", 422),
        ("office", "grant", 422),
        ("office", "restore", 400),
        ("office", "erase", 400),
    ],
)
def test_what_nobody_may_do_to_a_record_leaves_it_as_it_is(duties: Site, who: str, do: str, status: int) -> None:
    made = entered(duties).json()
    refused = mark(duties, made["id"], do, who)
    assert refused.status_code == status, refused.text
    assert duties.get(f"/api/records/{made['id']}").json() == made


@both
def test_an_appeal_is_decided_by_somebody_else(duties: Site) -> None:
    id = entered(duties).json()["id"]
    marked(duties, id, "refuse")
    marked(duties, id, "appeal", "wang")
    tried = (("office", "uphold"), ("office", "grant"), ("wang", "grant"), ("both", "grant"), ("wang", "withdraw"))
    for who, do in tried:
        assert mark(duties, id, do, who).status_code == 403, (who, do)
    assert marked(duties, id, "uphold", "second")["state"] == "refused"


@pytest.mark.parametrize("do", ["refuse", "correct", "withdraw"])
def test_a_mark_that_needs_a_word_is_refused_without(duties: Site, do: str) -> None:
    id = entered(duties).json()["id"]
    refused = mark(duties, id, do, why=" ", changes={"quantity": 2} if do == "correct" else {})
    assert (refused.status_code, "say why" in refused.json()["objections"][0]) == (422, True)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 422),
        ({"quantity": 1}, 422),
        ({"person": LI}, 400),
        ({"kind": "training"}, 400),
        ({"source": "x"}, 400),
        ({"state": "confirmed"}, 400),
        ({"quantity": 0}, 400),
        ({"quantity": None}, 400),
        ({"facts": {"hours": 1}}, 400),
        ({"facts": {"people": -1}}, 400),
        ({"on": "2021-06-30"}, 422),
        ({"on": "2026-01-21"}, 400),
        ({"title": "一\u0007二"}, 400),
        ({"evidence": [" "]}, 400),
        ("quantity", 400),
    ],
)
def test_a_correction_that_makes_no_record_changes_nothing(duties: Site, changes: Any, status: int) -> None:
    made = entered(duties, "office", state="confirmed").json()
    refused = mark(duties, made["id"], "correct", "second", changes=changes)
    assert refused.status_code == status, refused.text
    assert duties.get(f"/api/records/{made['id']}").json() == made


@both
def test_who_saw_an_older_version_is_told(duties: Site) -> None:
    made = entered(duties).json()
    none = duties.post(f"/api/records/{made['id']}/marks", {"do": "confirm"})
    assert (none.status_code, none.json()["field"]) == (400, "version")
    marked(duties, made["id"], "confirm")
    late = mark(duties, made["id"], "refuse", "second", version=0)
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    odd = mark(duties, made["id"], "refuse", version=10**12)
    assert odd.status_code == 400
    assert len(duties.get(f"/api/records/{made['id']}").json()["history"]) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [*VISIT, "state", "quantity", "mandates", "congress", "again", "do", "why", "changes", "version"]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(odd=st.dictionaries(FIELDS, JSON, max_size=4), inner=st.dictionaries(FIELDS, JSON, max_size=3))
def test_hostile_json_is_refused_or_taken_and_never_a_defect(duties: Site, odd: Any, inner: Any) -> None:
    record = duties.get(PATH).json()["items"][:1] or [entered(duties).json()]
    paths = (PATH, f"/api/records/{record[0]['id']}/marks", "/api/scores/points/2025/assess")
    bases: tuple[dict[str, Any], ...] = (VISIT, {"do": "correct", "why": "更正", "version": 0, "changes": inner}, {})
    for path, base in zip(paths, bases, strict=True):
        answer = duties.post(path, base | odd)
        assert answer.status_code in (200, 201, 400, 403, 412, 422), answer.text
