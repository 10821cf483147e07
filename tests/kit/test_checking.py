"""Practices that are broken in every way: each way has its message, and none a traceback."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from renda_core.cli import renda
from renda_core.errors import ConfigError
from renda_core.kit.checking import EXEMPTABLE, RULES, check
from renda_core.kit.starting import start

CODE = "src/site_check/__init__.py"
MANIFEST = "src/site_check/plugin.toml"
TEST = "tests/test_site_check.py"
PAGE = "docs/site_check.md"


@pytest.fixture
def made(tmp_path):
    return start("site_check", title="现场复核", into=tmp_path)


def change(made, path, *pairs):
    text = (made / path).read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    (made / path).write_text(text, "utf-8")


def lacks(made, rule):
    (report,) = check(made)
    assert not report.kept or rule not in {r.name for r in RULES if r.tier == "bronze"}
    return "\n".join(next(f for f in report.findings if f.rule == rule).lacks)


@pytest.mark.parametrize(
    ("old", "new", "rule", "said"),
    [
        ("import attrs\n", "import attrs\nimport no_such_thing\n", "code", f"{CODE}:9: cannot be imported: Module"),
        ("def register_cases()", "def register_cases(", "code", f"{CODE}:45: cannot be imported: SyntaxError"),
        ("RENDA_API = ", "1 / 0\nRENDA_API = ", "code", f"{CODE}:14: cannot be imported: ZeroDivisionError"),
        ("RENDA_API = ", "import sys; sys.exit(3)\nRENDA_API = ", "code", "cannot be imported: SystemExit: 3"),
        ("    yield Guard(", "    raise RuntimeError('no')\n    yield Guard(", "code", "failed in register_cases: Run"),
        ("    yield Guard(", '    yield "guard"\n    yield Guard(', "code", f"{CODE}: 'site_check' gives a str in"),
        ("RENDA_API = 2", "RENDA_API = 99", "code", "was written for hooks version 99"),
        ("def register_cases", "def register_case", "code", "unknown hook 'register_case'"),
        ("title_length: int = setting(", "x: int\n    title_length: int = setting(", "code", "cannot be made from"),
        ('KIND = "suggestion"', 'KIND = "well"', "composition", "extends kind 'well', which no"),
        ('step="propose"', 'step="purpose"', "composition", "purpose"),
        ('"""现场复核: a', '"""Site check: a', "sources", "does not begin with the Chinese name"),
        ("Source: U: an", "From: U: an", "sources", "has no line 'Source: …'"),
        ('source="U: an example; cite law and article, or place and year"', 'source=" "', "sources", "has no source"),
        ('title="标题最少字数"', 'title="Least"', "settings", "setting title_length has no Chinese title"),
        ('unit="characters"', 'unit=""', "settings", "setting title_length is a number without a unit"),
        ("title_length: int", "title_least: int", "page", "does not tell of the setting `title_least`"),
    ],
)
def test_broken_code_is_named_with_its_file(made, old, new, rule, said):
    change(made, CODE, (old, new))
    assert said in lacks(made, rule)


@pytest.mark.parametrize(
    ("path", "pairs", "rule", "said"),
    [
        (MANIFEST, [('tier = "bronze"', "tier = ")], "manifest", f"{MANIFEST}: "),
        (MANIFEST, [("owner =", 'tests = ["tests/no.py"]\nowner =')], "manifest", "names tests/no.py, which is not"),
        (TEST, [("def test_a_title", "def test_a title")], "tests", f"{TEST}: cannot be read: line 10"),
        (TEST, [("def test_", "def check_")], "tests", f"{TEST}: holds no test"),
        (TEST, [('"propose.title"', '"propose.words"'), ("refuse_short_title", "x")], "tests", "guard propose.title"),
        (PAGE, [("title_length", "titles")], "page", "does not tell of the setting `title_length`"),
        ("pyproject.toml", [('site_check = "site_check"', 'site_look = "site_check"')], "names", "give both one name"),
        ("pyproject.toml", [('site_check = "site_check"', 'reception = "site_check"')], "names", "is installed"),
    ],
)
def test_broken_files_are_named_with_what_to_do(made, path, pairs, rule, said):
    change(made, path, *pairs)
    assert said in lacks(made, rule)


@pytest.mark.parametrize(
    ("path", "rule", "said"),
    [
        (MANIFEST, "manifest", "no such file; renda plugin new NAME writes one"),
        (TEST, "tests", "there are no tests; write tests/test_site_check.py"),
        (PAGE, "page", "there is no page; write docs/site_check.md"),
    ],
)
def test_what_is_not_there_is_missed(made, path, rule, said):
    (made / path).unlink()
    assert said in lacks(made, rule)


def test_a_page_in_another_encoding_is_named(made):
    text = (made / PAGE).read_text("utf-8")
    (made / PAGE).write_bytes(text.encode("gb18030"))
    assert lacks(made, "page") == f"{PAGE}: is not UTF-8; save it as UTF-8"


def test_a_benchmark_in_another_encoding_is_read(made):
    (made / "benchmarks").mkdir()
    (made / "benchmarks" / "bench_wells.py").write_bytes("site_check # 水井".encode("gb18030"))
    assert not lacks(made, "benchmark")


@pytest.mark.parametrize(
    ("wreck", "said"),
    [
        (lambda p: (p / "pyproject.toml").unlink(), "no pyproject.toml there or above"),
        (lambda p: (p / "pyproject.toml").write_text("[project", "utf-8"), "pyproject.toml: "),
        (lambda p: (p / "pyproject.toml").write_text("", "utf-8"), r"\[project\] has no name"),
        (lambda p: (p / "pyproject.toml").write_text('[project]\nname = "x"', "utf-8"), "offers no practice"),
        (lambda p: (p / CODE).unlink(), "names site_check, which is not there"),
        (lambda p: (p / "src" / "site_check").rename(p / "src" / "other"), "which is not there"),
    ],
)
def test_what_is_no_practice_at_all_is_refused_in_words(made, wreck, said):
    wreck(made)
    with pytest.raises(ConfigError, match=said):
        check(made)


def test_a_single_module_is_told_to_become_a_package(made):
    (made / "src" / "site_check.py").write_text((made / CODE).read_text("utf-8"), "utf-8")
    (made / CODE).unlink()
    with pytest.raises(ConfigError, match=re.escape("make it a package")):
        check(made)


def test_the_folder_of_the_code_or_of_the_distribution_may_be_given(made):
    assert check(made) == check(made / "src" / "site_check")
    with pytest.raises(ConfigError, match="no folder"):
        check(made / "nowhere")
    with pytest.raises(ConfigError, match="no entry point"):
        check(made / "docs")


def test_a_higher_tier_must_be_earned(made):
    change(made, MANIFEST, ('tier = "bronze"', 'tier = "gold"'), ('owner = ""', 'owner = "代工委"'))
    (report,) = check(made)
    assert (report.claimed, report.reached, report.kept) == ("gold", "silver", False)
    assert {f.rule for f in report.findings if report.owed(f)} == {"counties", "benchmark", "properties"}


def test_an_exemption_stands_for_what_is_missing_and_is_told_where_nothing_is(made):
    change(
        made,
        MANIFEST,
        ('tier = "bronze"', 'tier = "silver"'),
        ("[title]", "[exempt]\nowner = '无'\ntests = 'x'\n[title]"),
    )
    (report,) = check(made)
    assert report.kept
    assert [f.rule for f in report.findings if f.idle] == ["tests"]
    told = CliRunner().invoke(renda, ["plugin", "check", str(made)])
    assert told.exit_code == 0
    assert "免 负责人 owner (银 silver)\n      reason 理由: 无" in told.stdout
    assert "it holds anyway, so take the exemption out" in told.stdout


def test_titles_are_asked_for_of_everything_that_people_see(made):
    more = (
        "from renda_core.records import Facet, Step, ClockRule, Role, Party\n"
        "@attrs.frozen\nclass Seen:\n    what: str\n\n"
    )
    change(made, CODE, ("@hookimpl\ndef register_settings", more + "\n@hookimpl\ndef register_settings"))
    offered = (
        'Role(name="looker", title="x")',
        'Party(kind=KIND, name="seer", title="x")',
        'Facet(kind=KIND, name="site", states="no yes", loose=True, titles={"no": "未"})',
        'Step(kind=KIND, name="look", who="looker", takes=Seen)',
        'ClockRule(kind=KIND, name="soon", period=lambda c, x, a: None)',
    )
    change(made, CODE, ("    yield Guard(", "".join(f"    yield {r}\n" for r in offered) + "    yield Guard("))
    told = lacks(made, "titles")
    for name in (
        "role looker",
        "party seer",
        "facet site has",
        "facet site: no Chinese title for yes",
        "step look",
        "clock soon",
        "Seen.what",
    ):
        assert name in told  # fmt: skip
    assert "clock soon has no source" in lacks(made, "sources")
    assert "no test names clock soon" in lacks(made, "tests")


def test_tables_need_migrations_that_are_tested_both_ways(made):
    change(made, CODE, ("@hookimpl\ndef register_cases", (
        "@hookimpl\ndef register_tables():\n    from sqlalchemy import Column, Integer, MetaData, Table\n\n"
        '    yield Table("site_check_look", MetaData(), Column("n", Integer, primary_key=True))\n\n\n'
        "@hookimpl\ndef register_cases")))  # fmt: skip
    assert "no folder migrations" in lacks(made, "migrations")
    assert "no test takes its migrations by downgrade" in lacks(made, "migrations")


def test_checking_leaves_nothing_behind(made):
    before, path = set(sys.modules), list(sys.path)
    check(made)
    assert sys.path == path
    assert "site_check" not in sys.modules
    assert not {name for name in set(sys.modules) - before if name.startswith("site_check")}


def test_a_module_that_somebody_else_has_is_named(made, monkeypatch):
    monkeypatch.setitem(sys.modules, "site_check", json)
    assert "the name site_check belongs to" in lacks(made, "code")
    assert sys.modules["site_check"] is json


def test_the_command_shows_each_rule_and_fails_where_the_claim_is_not_kept(made):
    def ask(*more):
        return CliRunner().invoke(renda, ["plugin", "check", str(made), *more])

    good = ask()
    assert good.exit_code == 0
    assert good.stdout.startswith("site_check 现场复核: claims 自称 铜 bronze, reaches 达到 铜 bronze\n")
    assert good.stdout.count("  好 ") == 11
    (made / TEST).unlink()
    bad = ask()
    assert bad.exit_code == 1
    assert "  缺 测试 tests (铜 bronze)\n      there are no tests; write tests/test_site_check.py\n" in bad.stdout
    (told,) = json.loads(ask("--json").stdout)["practices"]
    assert (told["claimed"], told["reached"], told["kept"]) == ("bronze", None, False)
    assert [r["rule"] for r in told["rules"]] == [r.name for r in RULES]


def test_the_command_writes_a_practice(tmp_path):
    told = CliRunner().invoke(renda, ["plugin", "new", "site_check", "--title", "现场复核", "--into", str(tmp_path)])
    assert told.exit_code == 0
    assert f"pip install {tmp_path / 'site_check'}" in told.stdout
    assert CliRunner().invoke(renda, ["plugin", "new", "site_check", "--into", str(tmp_path)]).exit_code == 2


def test_every_rule_is_on_the_page():
    page = (Path(__file__).parents[2] / "docs" / "howto" / "write-a-practice.md").read_text("utf-8")
    for rule in RULES:
        assert f"| {rule.tier} | `{rule.name}` {rule.title} |" in page
    assert set(EXEMPTABLE) == {r.name for r in RULES} - {"manifest", "code", "names", "composition"}
