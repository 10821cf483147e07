"""The commands on accounts and tokens."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cli.conftest import Terminal

from renda_core.cli import renda

GOOD, BETTER = "河水清且涟猗兮-4207", "坎坎伐檀兮-7531"


def made(county: Terminal, name: str, login: str, roles: str = "office") -> str:
    id: str = county.json("account", "new", "qing", name, login, "--roles", roles, "--password", GOOD)["id"]
    return id


def listed(county: Terminal, *more: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = county.json("account", "list", "qing", *more)["accounts"]
    return rows


def test_an_office_with_one_machine(county: Terminal) -> None:
    assert listed(county) == []
    assert "no account yet" in county.ok("account", "list", "qing")
    id = made(county, "王秀英", "13800138000", "office,assigner")
    (row,) = listed(county)
    assert (row["id"], row["login"], row["state"], row["roles"]) == (
        id,
        "*******8000",
        "active",
        ["assigner", "office"],
    )
    for who in ("王秀英", "13800138000", id):
        shown = county.ok("account", "show", "qing", who)
        assert "*******8000" in shown
        assert "13800138000" not in shown
    county.ok("account", "password", "qing", "王秀英", "--password", BETTER)
    county.head()


def test_a_password_is_asked_for_and_not_shown(county: Terminal) -> None:
    from click.testing import CliRunner

    line = ["--home", str(county.home), "--today", "2026-01-20", "account", "new", "qing", "王秀英", "wang"]
    result = CliRunner().invoke(renda, line, input=f"{GOOD}\n{GOOD}\n")
    assert result.exit_code == 0, result.output
    assert GOOD not in result.output


def test_a_weak_password_makes_no_account(county: Terminal) -> None:
    refused = county("account", "new", "qing", "王秀英", "wang", "--password", "12345678910")
    assert refused.exit_code == 1
    assert "12345678910" not in refused.output
    assert listed(county, "--state", "active") == []
    assert made(county, "王秀英", "wang")


def test_invited_by_a_ticket_that_is_shown_once(county: Terminal) -> None:
    told = county.json("account", "invite", "qing", "李建国", "--person", "李建国", "--roles", "deputy")
    assert len(told["ticket"]) == 43
    again = county.json("account", "again", "qing", "李建国")
    assert again["ticket"] != told["ticket"]
    assert county("account", "reset", "qing", "李建国").exit_code == 1  # who has not arrived has no password
    row = county.json("account", "show", "qing", "李建国")
    assert (row["state"], bool(row["person"])) == ("invited", True)
    plain = county("account", "again", "qing", "李建国")
    assert plain.stdout.strip() != again["ticket"]


def test_roles_states_and_facts(county: Terminal) -> None:
    made(county, "王秀英", "wang")
    assert county.json("account", "roles", "qing", "wang", "--roles", "office，assigner")["before"] == ["office"]
    county.ok("account", "change", "qing", "wang", "--name", "王大姐", "--unit", "县水利局", "--until", "2026-12-31")
    row = county.json("account", "show", "qing", "wang")
    assert (row["name"], row["until"], row["roles"]) == ("王大姐", "2026-12-31", ["assigner", "office"])
    county.ok("account", "change", "qing", "wang", "--unit", "", "--forever")
    row = county.json("account", "show", "qing", "wang")
    assert (row["unit"], row["until"]) == ("", None)
    assert "停用" in county.ok("account", "suspend", "qing", "wang", "--reason", "离岗")
    assert "可用" in county.ok("account", "resume", "qing", "wang", "--reason", "返岗")
    assert county("account", "telephone", "qing", "wang").exit_code == 1
    assert "已关闭" in county.ok("account", "close", "qing", "wang", "--reason", "调走")
    assert county("account", "show", "qing", "wang").exit_code == 4
    county.head()


def test_what_is_refused(county: Terminal) -> None:
    made(county, "王秀英", "wang", "admin")
    for line, code in (
        (("roles", "qing", "wang", "--roles", "offices"), 1),
        (("roles", "qing", "wang", "--roles", "clock"), 1),
        (("suspend", "qing", "wang", "--reason", "离岗"), 1),  # the last administrator
        (("show", "qing", "nobody"), 4),
        (("invite", "qing", "李", "--days", "31"), 1),
        (("invite", "qing", "李", "--person", "没有这个人"), 4),
        (("lend", "qing", "wang", "wang", "--roles", "admin", "--until", "2026-02-01", "--reason", "出差"), 1),
    ):
        assert county("account", *line).exit_code == code, line


def test_lent_and_given_back(county: Terminal) -> None:
    made(county, "王秀英", "wang")
    made(county, "李建国", "zhao", "deputy")
    lend = ("account", "lend", "qing", "wang", "zhao", "--roles", "office", "--until", "2026-01-26", "--reason", "出差")
    id = county.json(*lend)["id"]
    (loan,) = county.json("account", "loans", "qing")["loans"]
    assert (loan["state"], loan["since"], loan["until"]) == ("running", "2026-01-20", "2026-01-26")
    assert "王秀英" in county.ok("account", "loans", "qing")
    county.ok("account", "back", "qing", id)
    assert county("account", "back", "qing", id).exit_code == 1
    assert county.json("account", "loans", "qing")["loans"][0]["state"] == "ended"
    later = county.json("account", "loans", "qing", today="2026-02-20")["loans"]
    assert later[0]["state"] == "ended"


def test_tokens_are_made_listed_and_revoked(county: Terminal) -> None:
    scopes = ("--scope", "cases.read", "--scope", "practice.read")
    told = county.json("token", "new", "qing", "--roles", "office", "--label", "统计", "--until", "2026-12-31", *scopes)
    assert told["token"].startswith("renda_")
    (row,) = county.json("token", "list", "qing")["tokens"]
    assert (row["label"], row["roles"], row["scopes"], row["until"]) == (
        "统计",
        "office",
        "cases.read practice.read",
        "2026-12-31",
    )
    assert told["token"] not in county.ok("token", "list", "qing")
    assert county("token", "revoke", "qing", row["digest"][:7]).exit_code == 4
    assert county.json("token", "revoke", "qing", row["digest"][:8])["revoked"] == row["digest"]
    assert "no token yet" in county.ok("token", "list", "qing")
    county.head()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--roles", "offices"), 2),
        (("--roles", "admin"), 1),
        (("--roles", "operator"), 1),
        (("--roles", "office", "--scope", "everything"), 2),
        (("--roles", "office", "--until", "2026-01-19"), 1),
        (("--roles", "office", "--person", "没有这个人"), 4),
    ],
)
def test_tokens_that_are_not_made(county: Terminal, more: tuple[str, ...], code: int) -> None:
    refused = county("token", "new", "qing", *more)
    assert refused.exit_code in (1, code), refused.output
    assert "renda_" not in refused.output
    assert county.json("token", "list", "qing")["tokens"] == []


def test_a_handling_units_token_needs_no_role(county: Terminal) -> None:
    told = county.json("token", "new", "qing", "--roles", "", "--unit", "县水利局")
    assert (told["roles"], bool(told["unit"])) == ([], True)
    named = county.json("token", "new", "qing", "--roles", "deputy", "--person", "王秀英")
    assert named["person"] != told["person"]
