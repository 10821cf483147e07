"""Homes and tenants from the command line: made, checked together, listed, explained."""

from __future__ import annotations

import json
import stat
import tomllib
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from renda_core.cli import renda

if TYPE_CHECKING:
    from .conftest import Terminal

GOOD = """
id = "0198a000-0000-7000-8000-0000000000a{n}"
code = "{code}"
name = "清河县"
level = "county"
[plugins.suggestion_handling]
"""


def test_init_makes_the_key_once_and_says_where_it_is(terminal: Terminal) -> None:
    told = terminal.json("init")
    key = terminal.home / "keys" / "renda.key"
    assert (told["key"], told["made"]) == (str(key), True)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    first = key.read_text()
    assert terminal.json("init")["made"] is False
    assert key.read_text() == first
    assert "apart" in terminal.ok("init")


def test_new_writes_a_file_that_applies(terminal: Terminal) -> None:
    file = terminal.folder / "qing.toml"
    told = terminal.json("tenant", "new", "qing", '清"河"县', "county", "--file", file)
    assert tomllib.loads(file.read_text("utf-8"))["name"] == '清"河"县'
    assert told["plugins"] == ["suggestion_handling"]
    assert terminal.json("tenant", "apply", file)["tenants"][0]["state"] == "new"
    assert terminal.json("tenant", "apply", file)["tenants"][0]["state"] == "same"
    assert [t["code"] for t in terminal.json("tenant", "list")["tenants"]] == ["qing"]


def test_new_refuses_to_overwrite_and_a_code_that_is_no_file_name(terminal: Terminal) -> None:
    file = terminal.write("here.toml", "kept")
    assert terminal("tenant", "new", "qing", "清河县", "county", "--file", file).exit_code == 2
    assert file.read_text() == "kept"
    assert terminal("tenant", "new", "../qing", "清河县", "county").exit_code == 2
    assert terminal("tenant", "new", "qing", "清河县", "shire").exit_code == 2


def test_apply_tells_every_mistake_of_every_file_and_makes_nothing(terminal: Terminal) -> None:
    good = terminal.write("good.toml", GOOD.format(n=1, code="good"))
    bad = terminal.write("bad.toml", GOOD.format(n=2, code="bad") + 'reply = "soon"\nreplly = 3\n[plugins.nothing]\n')
    worse = terminal.write("worse.toml", 'code = "worse"\nlevel = "shire"\n')
    twin = terminal.write("twin.toml", GOOD.format(n=3, code="good"))
    broken = terminal.write("broken.toml", "= 3")
    before = sorted(terminal.folder.rglob("*"))
    result = terminal("tenant", "apply", good, bad, worse, twin, broken)
    assert result.exit_code == 2
    for told in ("suggestion_handling.reply =", "replly", "nothing", "worse.toml: id", "worse.toml: name",
                 "'shire'", "has the id or code of", "broken.toml"):  # fmt: skip
        assert told in result.stderr
    assert "Traceback" not in result.output
    assert sorted(terminal.folder.rglob("*")) == before
    problem = terminal.json("tenant", "apply", good, bad, worse, twin, broken, code=2)["problem"]
    assert problem["code"] == "config"
    assert len(problem["reasons"]) >= 8


@pytest.mark.parametrize("command", ["apply", "check"])
def test_a_code_that_another_tenant_has_here_is_refused(terminal: Terminal, command: str) -> None:
    terminal.ok("tenant", "apply", terminal.write("a.toml", GOOD.format(n=1, code="qing")))
    result = terminal("tenant", command, terminal.write("b.toml", GOOD.format(n=2, code="qing")))
    assert result.exit_code == 2
    assert "belongs to tenant" in result.stderr


def test_a_code_cannot_leave_the_home(terminal: Terminal) -> None:
    result = terminal("tenant", "apply", terminal.write("a.toml", GOOD.format(n=1, code="../../away")))
    assert result.exit_code == 2
    assert "small letters" in result.stderr


def test_check_changes_nothing(terminal: Terminal) -> None:
    file = terminal.write("a.toml", GOOD.format(n=1, code="qing"))
    assert terminal.json("tenant", "check", file)["tenants"][0]["state"] == "good"
    assert not terminal.home.exists()


def test_rules_tell_value_unit_origin_and_law(terminal: Terminal) -> None:
    text = GOOD.format(n=1, code="qing") + 'reply = { n = 2, unit = "month" }\n'
    text += '[sources.suggestion_handling]\nreply = "通河 (2024)"\n'
    terminal.ok("tenant", "apply", terminal.write("qing.toml", text))
    rules = {r["name"]: r for r in terminal.json("rules", "qing", "--plugin", "suggestion_handling")["rules"]}
    reply = rules["reply"]
    assert (reply["value"], reply["law"]) == ({"n": 2, "unit": "month"}, {"n": 3, "unit": "month"})
    assert (reply["layer"], reply["source"]) == ("qing", "通河 (2024)")
    assert rules["contact"]["layer"] != "qing"
    assert "答复期限" in terminal.ok("rules", "qing", "--on", "2026-02-01")
    assert terminal("rules", "qing", "--plugin", "nothing").exit_code == 2


def test_a_tenant_that_is_not_there_is_not_found(terminal: Terminal) -> None:
    terminal.ok("init")
    result = terminal("rules", "nowhere")
    assert result.exit_code == 4
    assert "nowhere" in result.stderr
    assert result.stdout == ""


def test_data_without_their_key_are_told_in_one_message(county: Terminal) -> None:
    (county.home / "keys" / "renda.key").unlink()
    result = county("ledger", "qing")
    assert result.exit_code == 2
    assert "restore it from your backup" in result.stderr


def test_plugins_are_listed_with_what_they_are(terminal: Terminal) -> None:
    told = {p["name"]: p["summary"] for p in terminal.json("plugins")["plugins"]}
    assert "代表建议办理" in told["suggestion_handling"]


def test_wrong_usage_is_told_as_json_where_json_was_asked() -> None:
    plain, asked = CliRunner().invoke(renda, ["ledger"]), CliRunner().invoke(renda, ["ledger", "--json"])
    assert (plain.exit_code, asked.exit_code) == (2, 2)
    assert "TENANT" in plain.stderr
    assert json.loads(asked.stdout)["problem"]["code"] == "usage"


def test_help_and_version_answer_without_a_home() -> None:
    for args in (["--help"], ["--version"], ["suggestion", "--help"], ["import", "-h"]):
        assert CliRunner().invoke(renda, args).exit_code == 0
