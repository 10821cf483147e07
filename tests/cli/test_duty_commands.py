"""Duty records and points from the command line: every command, and bad input that changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import COUNTY, Terminal

DUTIES = """
[plugins.duty_archive]
[plugins.meetings_and_training]
[plugins.duty_points]
items = [
  {code = "visit", title = "走访选民", kinds = ["visit"], base = 1, cap = 6, evidence = true},
  {code = "inspection", title = "参加视察", kinds = ["inspection"], base = 3},
]
"""
CONGRESS = "清河县人民代表大会"
PROOF = ("--evidence", "签到表第 3 页")
VISIT = ("--on", "2026-01-05", "--source", "登记簿 1", *PROOF)


@pytest.fixture
def place(county: Terminal) -> Terminal:
    """A county that keeps duty records and points."""
    county.ok("tenant", "apply", county.write("qing.toml", COUNTY + DUTIES))
    return county


def added(place: Terminal, *rest: Any, who: str = "王秀英", kind: str = "visit", **more: Any) -> dict[str, Any]:
    """Enter a record; give it."""
    record: dict[str, Any] = place.json("duty", "add", "qing", who, kind, *(rest or VISIT), **more)["record"]
    return record


def own(place: Terminal) -> dict[str, Any]:
    """Let a deputy enter their own."""
    record: dict[str, Any] = place.json("--as", "王秀英", "duty", "add", "qing", "0001", "走访选民", *VISIT)["record"]
    return record


def second(place: Terminal, *args: Any) -> dict[str, Any]:
    """Let another clerk do something, who decided nothing before."""
    record: dict[str, Any] = place.json("--as", "李建国", "--roles", "office", "duty", *args)["record"]
    return record


def test_a_record_is_entered_listed_and_shown(place: Terminal) -> None:
    made = added(place, *VISIT, "--quantity", 2, "--title", "走访东街", "--fact", "走访人次=30", "--fact", "approx=1")
    assert (made["state"], made["quantity"], made["facts"]) == ("confirmed", 2, {"approx": 1, "people": 30})
    assert (made["kind_title"], made["person_name"], made["evidence"]) == ("走访选民", "王秀英", ["签到表第 3 页"])
    told = place.json("duty", "list", "qing", "0001")["records"]
    assert [r["id"] for r in told] == [made["id"]]
    assert "走访东街" in place.ok("duty", "list", "qing", "王秀英", "--year", 2026, "--kind", "走访选民")
    assert place.json("duty", "list", "qing", "0001", "--year", 2025) == {"records": []}
    assert "no record 无记录" in place.ok("duty", "list", "qing", "0001", "--kind", "award")
    shown = place.ok("duty", "show", "qing", made["id"])
    for text in ("王秀英 2026-01-05 走访选民 2次 走访东街", "已核 confirmed", "登记簿 1", "签到表第 3 页", "people 30"):
        assert text in shown


def test_a_deputys_own_is_checked_and_another_deputy_finds_none(place: Terminal) -> None:
    made = own(place)
    assert made["state"] == "entered"
    (waits,) = place.json("duty", "waiting", "qing")["records"]
    assert (waits["id"], waits["person_name"]) == (made["id"], "王秀英")
    assert "王秀英" in place.ok("duty", "waiting", "qing")
    confirmed = place.json("duty", "confirm", "qing", made["id"])["record"]
    assert (confirmed["state"], [m["do"] for m in confirmed["history"]]) == ("confirmed", ["confirm"])
    assert "nothing waits 无待办" in place.ok("duty", "waiting", "qing")
    for line in (("show", "qing", made["id"]), ("list", "qing", "0001"), ("waiting", "qing")):
        assert place("--as", "李建国", "duty", *line).exit_code == 4
    assert place.json("--as", "王秀英", "duty", "list", "qing", "0001")["records"][0]["state"] == "confirmed"


def test_refused_appealed_granted_and_upheld(place: Terminal) -> None:
    id = own(place)["id"]
    place.ok("duty", "refuse", "qing", id, "--why", "无登记")
    assert "驳回 refused" in place.ok("duty", "show", "qing", id)
    place.ok("--as", "王秀英", "duty", "appeal", "qing", id, "--why", "附登记表")
    assert [r["id"] for r in place.json("duty", "waiting", "qing", "--state", "appealed")["records"]] == [id]
    refused = place("duty", "grant", "qing", id, "--why", "属实")
    assert refused.exit_code == 1
    assert "somebody else than who decided before" in refused.stderr
    assert second(place, "grant", "qing", id, "--why", "属实")["state"] == "confirmed"
    place.ok("--as", "王秀英", "duty", "appeal", "qing", id, "--why", "应为 2 次")
    third = ("--as", "陈明", "--roles", "overseer")
    assert place(*third, "duty", "uphold", "qing", id).exit_code != 0  # two are named so
    upheld = place.json("--as", "0003", "--roles", "overseer", "duty", "uphold", "qing", id, "--why", "登记只有一次")
    assert upheld["record"]["state"] == "confirmed"


def test_an_appeal_may_be_granted_by_a_correction(place: Terminal) -> None:
    id = added(place)["id"]
    place.ok("--as", "王秀英", "duty", "appeal", "qing", id, "--why", "应为 3 次")
    granted = second(place, "grant", "qing", id, "--why", "登记表属实", "--quantity", 3)
    assert (granted["state"], granted["quantity"]) == ("confirmed", 3)


def test_what_is_corrected_keeps_what_it_was_and_what_is_withdrawn_stays(place: Terminal) -> None:
    id = added(place, *VISIT, "--fact", "people=30")["id"]
    args = ("--on", "2026-01-06", "--quantity", 2, "--title", "走访", "--evidence", "照片", "--fact", "approx=1")
    made = place.json("duty", "correct", "qing", id, "--why", "日期有误", *args)["record"]
    assert (made["on"], made["quantity"], made["title"], made["evidence"]) == ("2026-01-06", 2, "走访", ["照片"])
    assert made["facts"] == {"approx": 1, "people": 30}  # what is not named stays
    assert made["history"][0]["was"]["on"] == "2026-01-05"
    assert "更正" not in made["state"]
    assert place.json("duty", "withdraw", "qing", id, "--why", "重复")["record"]["state"] == "withdrawn"
    assert "2026-01-20 withdraw" in place.ok("duty", "show", "qing", id)


@pytest.mark.parametrize(
    ("args", "code", "why"),
    [
        (("王秀英", "visit", "--on", "2021-12-01", "--source", "x", *PROOF), 1, "lies before the mandate"),
        (("王秀英", "visit", "--on", "2026-01-21", "--source", "x", *PROOF), 1, "has not come yet"),
        (
            ("王秀英", "visit", "--on", "2026-01-05", "--source", "登记簿 1", *PROOF, "--again", "x"),
            1,
            "already recorded",
        ),
        (("王秀英", "visit", "--on", "2026-01-05", "--source", "登记簿 2", *PROOF), 1, "say what it is"),
        (
            ("王秀英", "visit", "--on", "2026-01-06", "--source", "x"),
            1,
            "走访选民 (duty_points) gives points with evidence",
        ),
        (("王秀英", "visti", *VISIT), 1, "no kind 'visti' of duty records is enabled here"),
        (("王秀英", "absence", *VISIT), 1, "never typed in"),
        (("王小英", "visit", *VISIT), 4, "nobody is named '王小英'"),
        (("陈明", "visit", *VISIT), 1, "2 people are named '陈明'; give the certificate number"),
        (("王秀英", "visit", *VISIT, "--quantity", "0"), 1, "a record counts from 1"),
        (("王秀英", "visit", *VISIT, "--fact", "people=many"), 1, "write NAME=N"),
        (("王秀英", "visit", *VISIT, "--fact", "people=1", "--fact", "走访人次=2"), 1, "is given twice"),
        (("王秀英", "visit", *VISIT, "--fact", "hours=2"), 1, "has no fact 'hours'"),
        (("王秀英", "visit", *VISIT, "--congress", "某镇人民代表大会"), 4, "no congress '某镇人民代表大会'"),
        (("王秀英", "visit", "--on", "5.1.2026", "--source", "x"), 2, "5.1.2026 is no day; write it so: 2026-03-01"),
        (("王秀英", "visit", "--source", "x"), 2, "--on"),
        (("王秀英", "visit", "--on", "2026-01-05"), 2, "--source"),
    ],
)
def test_bad_input_is_refused_with_its_reason_and_nothing_changes(
    place: Terminal, args: tuple[str, ...], code: int, why: str
) -> None:
    added(place)
    head, before = place.head(), place.json("duty", "list", "qing", "0001")
    result = place("duty", "add", "qing", *args)
    assert result.exit_code == code
    assert why in result.stderr
    assert place.head() == head
    assert place.json("duty", "list", "qing", "0001") == before


def test_another_of_the_kind_on_that_day_is_entered_with_a_word(place: Terminal) -> None:
    added(place)
    made = added(
        place, "--on", "2026-01-05", "--source", "登记簿 2", *PROOF, "--again", "下午西街", "--congress", CONGRESS
    )
    assert made["congress"]
    assert len(place.json("duty", "list", "qing", "0001")["records"]) == 2


@pytest.mark.parametrize(
    ("command", "rest", "why"),
    [
        ("confirm", (), "which nobody can confirm"),
        ("refuse", (), "to refuse needs a reason"),
        ("correct", ("--why", "x"), "nothing would change"),
        ("uphold", ("--why", "x"), "which nobody can uphold"),
        ("appeal", ("--why", "x"), "an appeal is made by the deputy"),
        ("withdraw", (), "to withdraw needs a reason"),
    ],
)
def test_a_mark_that_does_not_fit_is_refused(place: Terminal, command: str, rest: tuple[str, ...], why: str) -> None:
    id = added(place)["id"]
    head = place.head()
    result = place("duty", command, "qing", id, *rest)
    assert result.exit_code == 1
    assert why in result.stderr
    assert place("duty", command, "qing", "0198a000-0000-7000-8000-000000000000", "--why", "x").exit_code == 4
    assert place.head() == head


def test_points_are_explained_down_to_the_record(place: Terminal) -> None:
    made = added(place, *VISIT, "--quantity", 9)
    seen = added(place, "--on", "2026-01-07", "--source", "s", "--title", "视察河道", kind="inspection")
    told = place.json("duty", "score", "qing", "王秀英", "points")["score"]
    assert (told["score"]["total"], told["name"]) == (900, "王秀英")  # nine visits are capped at six points
    assert {e["record"]: e["points"] for e in told["score"]["entries"]} == {made["id"]: 900, seen["id"]: 300}
    shown = place.ok(
        "--as", "王秀英", "duty", "score", "qing", "0001", "points", "--year", 2026, "--congress", CONGRESS
    )
    for text in ("王秀英 2026: 9.00 分", "视察河道", "6.00", made["id"]):
        assert text in shown
    assert "no record scores 无计分记录" in place.ok("duty", "score", "qing", "李建国", "points")
    assert place("--as", "李建国", "duty", "score", "qing", "0001", "points").exit_code == 4
    assert place("duty", "score", "qing", "0001", "stars").exit_code == 4
    assert place("duty", "score", "qing", "0001", "points", "--year", 2019).exit_code == 4


def test_a_year_is_assessed_once_it_is_over_and_again_changes_nothing(place: Terminal) -> None:
    added(place, "--on", "2025-03-05", "--source", "s", kind="inspection")
    early = place("duty", "assess", "qing", "points", 2026, CONGRESS)
    assert early.exit_code == 1
    assert "2026 is not over" in early.stderr
    done = place.json("duty", "assess", "qing", "points", 2025, CONGRESS)
    assert (done["made"], done["corrected"], done["same"]) == (4, 0, 0)
    assert "新增 0，更正 0，不变 4" in place.ok("duty", "assess", "qing", "points", 2025, CONGRESS)
    (result,) = place.json("duty", "list", "qing", "0001", "--kind", "assessment")["records"]
    assert (result["facts"]["points"], result["facts"]["poor"], bool(result["formula"])) == (300, 1, True)
    assert "考核结果 2025年度" in place.ok("duty", "score", "qing", "0001", "points", "--year", 2025)
    head = place.head()
    for line in (("points", 2025, "某镇人民代表大会"), ("stars", 2025, CONGRESS)):
        assert place("duty", "assess", "qing", *line).exit_code == 4
    assert place("--as", "王秀英", "duty", "assess", "qing", "points", 2025, CONGRESS).exit_code == 1
    assert place.head() == head


def test_kinds_are_listed_and_records_counted_again(place: Terminal) -> None:
    kinds = {k["name"]: k for k in place.json("duty", "kinds", "qing")["kinds"]}
    assert (kinds["absence"]["by_hand"], kinds["assessment"]["private"]) == (False, True)
    assert kinds["visit"]["measures"] == {"people": "走访人次"}
    assert "未经批准缺席" in place.ok("duty", "kinds", "qing")
    added(place)
    before, _ = place.head()
    assert place.json("duty", "recount", "qing")["counters"] > 0
    assert place.head()[0] == before + 1
    assert "counted again 已重新计数" in place.ok("duty", "recount", "qing")
    assert place("--as", "王秀英", "duty", "recount", "qing").exit_code == 1


def test_a_county_without_such_practices_has_few_kinds_and_no_points(county: Terminal) -> None:
    assert "visit" not in {k["name"] for k in county.json("duty", "kinds", "qing")["kinds"]}
    assert county("duty", "score", "qing", "0001", "points").exit_code == 4
