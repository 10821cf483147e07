"""One description of a procedure, and its drawings: nothing is left out, and nothing breaks them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from renda_core.catalogue import Catalogue
from renda_core.cli import drawing, renda
from renda_core.domain.calendar import Period
from renda_core.services import procedures
from renda_core.services.procedures import ShownClock
from renda_core.testing import uid

ROOT = Path(__file__).parents[2]
COUNTY = """
id = "{id}"
code = "jia"
name = "甲县"
level = "county"
[plugins.suggestion_handling]
[plugins.second_assignment]
[plugins.reception]
[[changes]]
since = 2026-07-01
[changes.plugins.second_assignment]
redo_period = {{ n = 2, unit = "month" }}
"""
LINE = re.compile(r'    (state "[^"\n]+" as \w+|\[\*\] --> \w+|\w+ --> \[\*\]|\w+ --> \w+ : [^\n;#"]+)')
"""What a line of a diagram may be. Mermaid's own parser took every diagram of the shipped practices."""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    (folder / "jia.toml").write_text(COUNTY.format(id=uid("jia")), "utf-8")
    for words in (("init",), ("tenant", "apply", str(folder / "jia.toml"))):
        assert CliRunner().invoke(renda, ["--home", str(folder / "home"), *words]).exit_code == 0
    return folder / "home"


@pytest.fixture
def ask(home):
    def run(*words, code=0):
        done = CliRunner().invoke(renda, ["--home", str(home), "--today", "2026-01-20", *map(str, words)])
        assert done.exit_code == code, done.output
        return done.stdout

    return run


@pytest.fixture
def every(bench):
    """The procedures of every kind, in a county that enables all practices."""
    county = bench({name: {} for name in Catalogue.installed().offers})
    actor = county.actor("clerk", "office")
    return [county.ask(procedures.procedure, actor, kind.name) for kind in county.tenant.practice.kinds()]


def test_the_page_shows_what_the_command_prints(tmp_path):
    file = tmp_path / "jia.toml"
    file.write_text(COUNTY.format(id=uid("jia")).partition("[plugins.reception]")[0], "utf-8")
    command = ["--home", str(tmp_path / "home")]
    assert CliRunner().invoke(renda, [*command, "tenant", "apply", str(file)]).exit_code == 0
    printed = CliRunner().invoke(renda, [*command, "procedure", "jia", "suggestion", "--format", "mermaid"]).stdout
    page = (ROOT / "docs" / "explanation" / "procedures.md").read_text("utf-8")
    shown = page.partition("<!-- drawn: begin -->\n")[2].partition("<!-- drawn: end -->")[0]
    assert shown.strip() == printed.strip(), "print it anew: renda procedure TENANT suggestion --format mermaid"


def test_no_line_is_wider_than_a_terminal_and_nothing_is_left_out(every):
    assert len({shown.name for shown in every}) == len(every) > 7
    for shown in every:
        told = drawing.text(shown)
        assert max(cell_len(line) for line in told.splitlines()) <= drawing.WIDTH
        for whole in (re.sub(r"\s+", "", told), re.sub(r"\s+", "", drawing.mermaid(shown).replace("`", ""))):
            for part in (*shown.steps, *shown.clocks):
                assert f"{part.title}{part.name}" in whole
            for facet in shown.facets:
                assert all(f"{state.title}{state.name}" in whole for state in facet.states)
            for step in shown.steps:
                assert all(f"{g.facet}=" in whole for g in step.gates)
                assert all(f"guard:{g.name}[{g.plugin}]" in whole for g in step.guards)
                assert all(who in whole for who in (*step.who, *step.grades))
            for clock in shown.clocks:
                assert re.sub(r"\s+", "", clock.source) in whole


def test_every_diagram_is_written_as_mermaid_reads_it(every):
    for shown in every:
        for facet in shown.facets:
            first, *lines = drawing.diagram(shown, facet).splitlines()
            assert first == "stateDiagram-v2"
            assert all(LINE.fullmatch(line) for line in lines), lines
            known = {m[1] for line in lines if (m := re.search(r" as (\w+)$", line))}
            used = {
                word
                for line in lines
                for word in re.findall(r"\b(?:s\d+|any)\b", line.partition(" : ")[0])
                if "-->" in line
            }
            assert used <= known


def test_the_main_facet_and_the_owners_parts_come_first(every):
    shown = next(s for s in every if s.name == "suggestion")
    assert shown.facets[0].name == "main"
    owners = [step.plugin for step in shown.steps]
    assert owners == sorted(owners, key=lambda name: name != "suggestion_handling")
    assert {"key_supervision", "three_reviews"} <= set(owners)


def test_titles_that_people_wrote_break_no_diagram(every):
    shown = every[-1]
    facet = attrs.evolve(shown.facets[0], states=tuple(
        attrs.evolve(s, title='a"b; c # d --> e\n```\n[*] | x') for s in shown.facets[0].states
    ))  # fmt: skip
    lines = drawing.diagram(shown, facet).splitlines()[1:]
    assert all(LINE.fullmatch(line) for line in lines)
    step = attrs.evolve(shown.steps[0], title="a|b\nc")
    rows = drawing.mermaid(attrs.evolve(shown, steps=(step,), facets=())).splitlines()
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 4 for row in rows if row.startswith("|"))


@pytest.mark.parametrize(
    ("line", "width", "wanted"),
    [
        ("一二三 四五六", 10, ["一二三", "  四五六"]),
        ("一二三四五六七", 10, ["一二三四五", "  六七"]),
        ("abc", 10, ["abc"]),
        ("a" * 12, 10, ["a" * 10, "  aa"]),
    ],
)
def test_a_line_is_broken_by_what_a_character_takes(line, width, wanted):
    assert drawing._wrapped(line, "", width) == wanted


def test_spans_are_those_in_force_on_the_day(ask):
    def redo(*words):
        clocks = json.loads(ask("--json", "procedure", "jia", "suggestion", *words))["clocks"]
        return next(c["period"] for c in clocks if c["name"] == "redo")

    assert redo() == redo("--on", "2026-06-30") == {"n": 1, "unit": "month"}
    assert redo("--on", "2026-07-01") == {"n": 2, "unit": "month"}
    assert "期限 period: 2 个月" in ask("procedure", "jia", "suggestion", "--on", "2026-07-01")


@pytest.mark.parametrize(
    ("period", "longer", "window", "said"),
    [
        (Period(10, "workday"), None, False, "10 个工作日"),
        (Period(3, "month"), Period(6, "month"), False, "3 个月; 较长 longer: 6 个月"),
        (Period(0), None, True, "未规定 none is stated; 权利期限，逾期不究 a window"),
        (None, None, False, "依个案 by the case"),
    ],
)
def test_a_deadline_says_how_long_it_is(period, longer, window, said):
    clock = ShownClock(
        name="x", title="", period=period, longer=longer, effects=(), window=window, roles=(), expiry="", source="",
        plugin="p",
    )  # fmt: skip
    told = list(drawing._span(clock))
    assert told[0] == f"期限 period: {said}"
    assert told[-1] == "依据 source: 未注明 none"


def test_a_kind_may_be_named_as_people_call_it(ask):
    assert ask("procedure", "jia", "群众意见") == ask("procedure", "jia", "opinion")
    assert "时限 clocks\n  无 none\n" in ask("procedure", "jia", "motion")
    ask("procedure", "jia", "well", code=4)
    ask("procedure", "nowhere", "suggestion", code=4)


def test_what_only_a_case_can_tell_is_left_open(bench):
    county = bench({"suggestion_handling": {}})
    shown = county.ask(procedures.procedure, county.actor("clerk", "office"), "commitment")
    assert next(c.period for c in shown.clocks if c.name == "promise") is None
