"""Duty records and scores over HTTP: the whole road, lists, kinds and rules, and registers as files."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import openpyxl
import pytest

from . import votes
from .asking import VISIT
from .conftest import LI, WANG, both
from .dutying import CONGRESS, NOWHERE, PATH, entered, mark, marked
from .prepared import ROSTER
from .sending import act, send, settled

if TYPE_CHECKING:
    from .conftest import Site


@both
def test_a_record_goes_its_whole_way(duties: Site) -> None:
    before = duties.verify().entries
    made = entered(duties)
    told = made.json()
    id, path = told["id"], f"/api/records/{told['id']}"
    assert (made.headers["Location"], made.headers["ETag"]) == (path, '"0"')
    assert (told["state"], told["name"], told["kind_title"], told["mandates"]) == (
        "entered", "王芳", "走访选民", [ROSTER["mandate"]],
    )  # fmt: skip
    assert [r["id"] for r in duties.get("/api/records").json()["items"]] == [id]
    refused = duties.post(
        f"{path}/marks", {"do": "refuse", "why": "没有走访记录"}, **{"If-Match": made.headers["ETag"]}
    )
    assert (refused.status_code, refused.json()["state"], refused.headers["ETag"]) == (200, "refused", '"1"')
    marked(duties, id, "appeal", "wang")
    assert duties.get("/api/records").json()["items"] == []
    assert [r["id"] for r in duties.get("/api/records?state=appealed").json()["items"]] == [id]
    granted = marked(duties, id, "grant", "overseer")
    assert (granted["state"], granted["version"]) == ("confirmed", 3)
    changed = marked(duties, id, "correct", changes={"quantity": 2, "evidence": ["照片"], "on": "2026-01-13"})
    assert (changed["quantity"], changed["evidence"], changed["on"]) == (2, ["照片"], "2026-01-13")
    assert changed["history"][-1]["was"] == {"evidence": VISIT["evidence"], "on": VISIT["on"], "quantity": 1}
    assert marked(duties, id, "withdraw")["state"] == "withdrawn"
    shown = duties.get(path, "wang")
    assert [m["do"] for m in shown.json()["history"]] == ["refuse", "appeal", "grant", "correct", "withdraw"]
    assert shown.headers["ETag"] == '"5"'
    verified = duties.verify()
    assert (verified.whole, verified.entries - before) == (True, 6)


@both
def test_a_score_is_explained_to_its_person_and_the_offices_alone(duties: Site) -> None:
    entered(duties, "office", state="confirmed", on="2025-11-03")
    path = f"/api/people/{WANG}/scores/points?year=2025"
    mine, office = duties.get(path, "wang"), duties.get(path)
    assert mine.status_code == 200, mine.text
    assert mine.content == office.content
    told = mine.json()
    assert (told["name"], told["score"]["total"], len(told["score"]["entries"])) == ("王芳", 100, 1)
    assert told["exposure"]["in_office"] == 365
    every = duties.get(f"/api/scores/points?year=2025&congress={CONGRESS}").json()["items"]
    assert [(p["person"], p["score"]["total"], p["score"]["entries"]) for p in every] == [(WANG, 100, [])]
    assert duties.get("/api/scores").json()["items"][0]["name"] == "points"
    for who in ("li", "roads", "station", "chair", "other"):
        answers = [
            duties.get(f"/api/people/{person}/scores/points?year=2025", who) for person in (WANG, NOWHERE, "no-id")
        ]
        assert {a.status_code for a in answers} == {404}, who
        assert len({a.content for a in answers}) == 1
        assert duties.get(f"/api/scores/points?year=2025&congress={CONGRESS}", who).status_code == 404
        done = duties.post("/api/scores/points/2025/assess", {"congress": CONGRESS}, who)
        assert done.status_code in (403, 404), who


@both
def test_a_years_results_are_kept_once_and_nobody_else_reads_them(duties: Site) -> None:
    entered(duties, "office", state="confirmed", on="2025-11-03")
    first = votes.ok(duties.post("/api/scores/points/2025/assess", {"congress": CONGRESS}))
    again = votes.ok(duties.post("/api/scores/points/2025/assess", {"congress": CONGRESS}))
    assert [(a["made"], a["corrected"], a["same"]) for a in (first, again)] == [(1, 0, 0), (0, 0, 1)]
    (result,) = duties.get(f"{PATH}?kind=assessment").json()["items"]
    assert (result["facts"]["points"], bool(result["formula"])) == (100, True)
    for who, n in (("wang", 2), ("office", 2), ("overseer", 2), ("station", 1), ("chair", 1)):
        assert len(duties.get(PATH, who).json()["items"]) == n, who
    for who in ("station", "chair", "li", "roads", "other"):
        hidden, nowhere = (duties.get(f"/api/records/{id}", who) for id in (result["id"], NOWHERE))
        assert (hidden.status_code, hidden.content) == (404, nowhere.content), who
        tried = mark(duties, result["id"], "withdraw", who)
        assert (tried.status_code, tried.content) == (404, nowhere.content), who


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("points?year=1949", 400),
        ("points?year=2101", 400),
        ("points?year=99999999999999999999", 400),
        ("points?year=x", 400),
        ("points?congress=x", 400),
        (f"points?congress={NOWHERE}", 404),
        ("points?year=2100", 200),
        ("points?year=1950", 404),
        ("stars", 404),
        ("%00", 404),
        ("points?colour=red", 400),
    ],
)
def test_a_score_that_makes_no_sense_is_refused(duties: Site, query: str, status: int) -> None:
    answer = duties.get(f"/api/people/{WANG}/scores/{query}")
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("year", ["2026", "2100", "1949", "0", "-1", "20256", "２０２５", "2025.0", "%00", "x"])
def test_a_year_that_is_not_over_or_none_is_assessed_by_nobody(duties: Site, year: str) -> None:
    refused = duties.post(f"/api/scores/points/{year}/assess", {"congress": CONGRESS})
    assert refused.status_code == (422 if year in ("2026", "2100") else 404), refused.text
    assert duties.get(f"{PATH}?kind=assessment").json()["items"] == []


def test_scores_come_by_name_and_page_by_page_and_never_by_points(duties: Site) -> None:
    every = f"/api/scores/points?congress={CONGRESS}&year=2025"
    assert duties.get("/api/scores/points").json()["field"] == "congress"
    whole = duties.get(every).json()["items"]
    assert [p["name"] for p in whole] == sorted(p["name"] for p in whole)
    assert not {"rank", "place", "position", "order"} & {key for p in whole for key in p}
    page = duties.get(f"{every}&size=1").json()
    assert (page["items"], page["after"]) == (whole[:1], whole[0]["person"] if len(whole) > 1 else "")
    assert duties.get(f"{every}&after={WANG}").json()["items"] == whole[1:]
    for odd in ("x", NOWHERE, "%00"):
        assert duties.get(f"{every}&after={odd}").json()["field"] == "after"
    for sort in ("sort=points", "order=points"):
        assert duties.get(f"{every}&{sort}").status_code == 400


def test_a_persons_records_are_paged_and_narrowed_and_leave_no_gap_for_what_is_private(duties: Site) -> None:
    for n in range(6):
        entered(duties, "office", on=f"2026-01-{n + 5:02}", source=str(n))
        entered(duties, "office", on=f"2026-01-{n + 5:02}", source=str(n), kind="discipline", facts={}, title="")
    for who, n in (("office", 12), ("wang", 12), ("station", 6), ("chair", 6)):
        whole, after = [], ""
        while True:
            page = duties.get(PATH, who, params={"size": 4, "after": after})
            whole += page.json()["items"]
            assert len(page.json()["items"]) == 4 or not page.json()["after"], who
            if not (after := page.json()["after"]):
                break
            assert page.headers["Link"].endswith('rel="next"')
        assert (len(whole), len({r["id"] for r in whole})) == (n, n)
        assert [r["on"] for r in whole] == sorted(r["on"] for r in whole)
    few = duties.get(f"{PATH}?first=2026-01-06&last=2026-01-07&kind=visit").json()["items"]
    assert [r["on"] for r in few] == ["2026-01-06", "2026-01-07"]
    assert len(duties.get("/api/records?size=5").json()["items"]) == 5
    token = duties.get(f"{PATH}?size=1").json()["after"]
    for path in ("/api/records", f"/api/people/{LI}/records"):
        assert duties.get(path, params={"after": token}).json()["field"] == "after"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (f"{PATH}?size=0", "size"),
        (f"{PATH}?size=1001", "size"),
        (f"{PATH}?after=x", "after"),
        (f"{PATH}?first=soon", "first"),
        (f"{PATH}?kind=%00", "kind"),
        (f"{PATH}?kind={'x' * 101}", "kind"),
        (f"{PATH}?sort=points", "sort"),
        ("/api/records?state=confirmed", "state"),
        ("/api/records?state=", "state"),
        ("/api/records?person=x", "person"),
        ("/api/record-kinds?kind=x", "kind"),
        ("/api/scores?on=soon", "on"),
    ],
)
def test_a_wrong_question_is_named(duties: Site, path: str, field: str) -> None:
    refused = duties.get(path)
    assert (refused.status_code, refused.json()["field"]) == (400, field), refused.text


def test_kinds_and_rules_are_told_to_everybody(duties: Site) -> None:
    for who in ("wang", "roads", "station"):
        kinds = {k["name"]: k for k in duties.get("/api/record-kinds", who).json()["items"]}
        assert (kinds["visit"]["title"], kinds["visit"]["book"], kinds["absence"]["by_hand"]) == (
            "走访选民", "reception", False,
        )  # fmt: skip
        (rule,) = duties.get("/api/scores", who).json()["items"]
        assert (rule["name"], rule["title"], rule["result"]) == ("points", "履职积分", "assessment")
        assert {"suggestion", "inspection"} <= {item["code"] for item in rule["items"]}
        assert {band["title"] for band in rule["bands"]} >= {"良好", "较差"}
    assert duties.get("/api/record-kinds", "other").json()["items"][0]["name"] == "suggestion"
    assert duties.get("/api/scores", "other").json()["items"] == []


@both
def test_a_register_comes_in_and_goes_out_unchanged(duties: Site) -> None:
    lines = [
        {
            "代表": "王芳",
            "种类": "走访选民",
            "日期": "2026-01-05",
            "数量": "约30",
            "事由": "走访城东",
            "证据": "登记表",
        },
        {"代表": "2021-007", "种类": "学习培训", "日期": "2026-01-06", "学时": "4.5", "证据": "签到表"},
    ]
    path = send(duties, lines, name="履职.csv", sheet="records").headers["Location"]
    seen = settled(duties, path)
    assert (seen.json()["state"], seen.json()["counts"]) == ("previewed", {"new": 2}), seen.text
    act(duties, "POST", f"{path}/apply", **{"If-Match": seen.headers["ETag"]})
    assert settled(duties, path).json()["state"] == "applied"
    found = duties.get(PATH).json()["items"]
    assert [(r["quantity"], r["facts"], r["state"]) for r in found] == [
        (30, {"approx": 1}, "confirmed"),
        (1, {"hours": 45}, "confirmed"),
    ]
    for ending in ("xlsx", "csv"):
        file = duties.get(f"/api/exports/records.{ending}")
        assert file.status_code == 200, file.text
        back = settled(duties, send(duties, file.content, name=f"r.{ending}", sheet="records").headers["Location"])
        assert back.json()["counts"] == {"same": 2}, back.text
    for who in ("wang", "li", "roads", "station"):
        assert duties.get("/api/exports/records.xlsx", who).status_code == 403
        assert send(duties, lines, who, name="r.csv", sheet="records").status_code == 403
    form = openpyxl.load_workbook(io.BytesIO(duties.get("/api/templates/records.xlsx").content))
    assert "学时" in {cell.value for cell in form.worksheets[0][1]}


def test_a_register_that_is_wrong_brings_nothing(duties: Site) -> None:
    lines = [
        {"代表": "王芳", "种类": "走访选民", "日期": "2026-01-05"},
        {"代表": "王芳", "种类": "走访选民", "日期": dt.date(2021, 6, 30)},
    ]
    path = send(duties, lines, name="履职.csv", sheet="records").headers["Location"]
    told = settled(duties, path).json()
    (problem,) = told["problems"]
    assert (told["state"], problem["row"], problem["column"], problem["field"]) == ("refused", 3, "C", "日期")
    assert "lies before the mandate" in problem["message"]
    assert duties.get(PATH).json()["items"] == []
