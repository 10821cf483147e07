"""The commands that find: cases and people by text, the roster's people, and their words written anew."""

from __future__ import annotations

from tests.cli.conftest import Terminal


def test_cases_and_people_are_found(county: Terminal) -> None:
    both = county.json("search", "qing", "王秀英")
    assert [row["name"] for row in both["people"]] == ["王秀英"]
    assert county.json("search", "qing", "wxy", "--people")["people"] == both["people"]
    assert county.json("search", "qing", "wxy", "--cases")["people"] == []
    assert "王秀英" in county.ok("search", "qing", "wangxiu")
    assert "未检索到" in county.ok("search", "qing", "机场")
    assert county("search", "qing", "，").exit_code == 1
    assert county("search", "qing", "王", "--after", "x").exit_code == 1


def test_people_are_listed_page_by_page_and_masked(county: Terminal) -> None:
    whole = county.json("people", "qing", "--size", 1000)["people"]
    first = county.json("people", "qing", "--size", 1)
    rest = county.json("people", "qing", "--size", 1000, "--after", first["after"])
    assert first["people"] + rest["people"] == whole
    (found,) = county.json("people", "qing", "王秀英", "--state", "active")["people"]
    assert found["id_number"].startswith("*") or found["id_number"] == ""
    assert "--after" in county("people", "qing", "--size", 1).output


def test_words_are_written_anew_and_once(county: Terminal) -> None:
    county.ok("reindex", "qing")
    again = county.json("reindex", "qing")
    assert (again["added"], again["cut"]) == (0, 0)
    assert again["people"] > 0


def test_a_ledger_is_narrowed_by_days_and_sorted(county: Terminal) -> None:
    assert county("ledger", "qing", "--from", "yesterday").exit_code == 2
    assert county("ledger", "qing", "--sort", "title").exit_code == 2
    for given in (("--closed",), ("--from", "2999-01-01"), ("--to", "1999-01-01"), ("--due-before", "1999-01-01")):
        assert county.json("ledger", "qing", *given)["cases"] == []
