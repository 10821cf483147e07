"""Rules from the command line: the chain of each, and what changes between two days or two profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Terminal

COUNTY = """
id = "0198a000-0000-7000-8000-0000000000a1"
code = "qing"
name = "清河县人大常委会"
level = "county"
extends = "shandong"
adopted = { by = "清河县人大常委会决定", on = 2026-01-08 }

[plugins.suggestion_handling]
reply = { n = 2, unit = "month" }

[sources.suggestion_handling]
reply = "清河县办理办法 5"

[[changes]]
since = 2026-07-01
plugins.suggestion_handling.reply = { n = 45, unit = "day" }
sources.suggestion_handling.reply = "主任会议决定"
"""


@pytest.fixture
def qing(terminal: Terminal) -> Terminal:
    terminal.ok("tenant", "apply", terminal.write("qing.toml", COUNTY))
    return terminal


def rules(qing: Terminal, *args: object) -> dict[str, Any]:
    return {r["name"]: r for r in qing.json("rules", "qing", *args)["rules"]}


def test_the_chain_of_each_rule_is_shown_from_law_to_tenant(qing: Terminal) -> None:
    reply = rules(qing, "--on", "2026-08-01")["reply"]
    assert [(link["layer"], link["value"], link["since"]) for link in reply["chain"]] == [
        ("default", {"n": 3, "unit": "month"}, None),
        ("law", {"n": 3, "unit": "month"}, "2025-03-11"),
        ("shandong", {"n": 3, "unit": "month"}, "2026-01-08"),
        ("qing", {"n": 2, "unit": "month"}, None),
        ("qing", {"n": 45, "unit": "day"}, "2026-07-01"),
    ]
    assert [link["stated"] for link in reply["chain"]] == [True, True, False, True, True]
    assert (reply["layer"], reply["source"]) == ("qing", "主任会议决定")
    evaluation = rules(qing)["evaluation"]
    assert (evaluation["stated"], evaluation["value"]["n"], evaluation["layer"]) == (False, 0, "shandong")


def test_people_read_the_chain_and_whose_decision_it_is(qing: Terminal) -> None:
    told = qing.ok("rules", "qing", "--on", "2026-08-01", "--plugin", "suggestion_handling")
    lines = [" ".join(line.split()) for line in told.splitlines()]
    start = lines.index("答复期限 reply")
    assert lines[start + 1 : start + 6] == [
        "缺省 3 months 代表法 51",
        "law 3 months 2025-03-11 代表法 51",
        "shandong 未规定 2026-01-08",
        "qing 2 months 清河县办理办法 5",
        "▶ qing 45 days 2026-07-01 主任会议决定",
    ]
    assert "▶ shandong 未规定 2026-01-08" in lines[lines.index("代表评价期限 evaluation") :]
    heads = lines[: lines.index("suggestion_handling")]
    assert any("清河县人大常委会决定，自 2026-01-08" in line and "shandong.toml" in line for line in heads)


def test_the_files_that_rules_come_from_are_named(qing: Terminal) -> None:
    files = {f["layer"]: f for f in qing.json("rules", "qing")["files"]}
    assert list(files) == ["law", "shandong", "qing"]
    assert (files["shandong"]["binds"], files["shandong"]["since"]) == ("山东省", "2017-05-19")
    assert files["qing"]["file"].endswith("qing.toml")


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_cut_where_a_terminal_is_narrow(qing: Terminal, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr("renda_core.cli.telling.WIDE", width)
    told = qing.ok("rules", "qing", "--plugin", "suggestion_handling")
    assert "…" not in told.replace(str(qing.folder), "")
    assert "return_decision" in told
    changed = qing.ok("compare", "qing", "--profile", "chongqing")
    assert "…" not in changed
    assert "return_counts_from" in "".join(changed.split())


def test_two_days_are_compared(qing: Terminal) -> None:
    told = qing.json("compare", "qing", "--from", "2026-06-30", "--to", "2026-07-01")
    assert (told["before"], told["after"]) == ("2026-06-30", "2026-07-01")
    (change,) = told["changes"]
    assert (change["name"], change["before"]["source"], change["after"]["source"]) == (
        "reply",
        "清河县办理办法 5",
        "主任会议决定",
    )
    assert "45 days" in qing.ok("compare", "qing", "--from", "2026-06-30", "--to", "2026-07-01")
    assert "没有变化" in qing.ok("compare", "qing", "--from", "2026-07-01", "--to", "2026-07-02")
    adopted = qing.json("compare", "qing", "--from", "2026-01-07")  # to today, 2026-01-20
    assert {c["name"] for c in adopted["changes"]} >= {"return_window", "hard_needs_consent", "one_matter"}


def test_profiles_are_compared_under_the_countys_own_values(qing: Terminal) -> None:
    names = ("--profile", "shandong", "--profile", "chongqing")
    told = qing.json("compare", "qing", *names)
    changes = {c["name"]: c for c in told["changes"]}
    assert "reply" not in changes
    window = changes["return_window"]
    assert (window["before"]["source"], window["after"]["source"]) == ("山东 12", "重庆 16")
    assert changes["contact"]["before"]["stated"] is False
    assert qing.json("compare", "qing", "--profile", "shandong")["changes"] == []
    ours = {c["name"] for c in qing.json("compare", "qing", "--profile", "law")["changes"]}
    assert "redo" in ours  # no practice of second assignment there
    assert "未启用" in qing.ok("compare", "qing", "--profile", "law")
    only = qing.json("compare", "qing", *names, "--plugin", "second_assignment")["changes"]
    assert {c["name"] for c in only} == {"redo_period", "redo_counts_from", "decided_by"}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--profile", "shangdong"), "did you mean 'shandong'?"),
        ((), "name the earlier day"),
        (("--from", "2026-01-01", "--profile", "law"), "not both"),
        (("--from", "2026-01-01", "--on", "2026-01-01"), "--on goes with --profile"),
        (("--profile", "law", "--profile", "henan", "--profile", "chongqing"), "two profiles at most"),
        (("--from", "yesterday"), "yesterday"),
        (("--from", "2026-01-01", "--plugin", "nothing"), "no practice 'nothing' is enabled here"),
    ],
)
def test_a_wrong_question_is_told_with_what_is_known(qing: Terminal, args: tuple[str, ...], said: str) -> None:
    result = qing("compare", "qing", *args)
    assert result.exit_code == 2
    assert said in result.stderr
