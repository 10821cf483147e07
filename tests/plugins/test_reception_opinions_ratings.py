"""选民评价: what voters judged is told of groups that are large enough, of periods that are over, and of nobody."""

import datetime as dt

import pytest
from tests.core.suggesting import LI, OFFICE, ROADS, WANG

from renda_core.domain.case import Actor, Assignment
from renda_core.errors import ConfigError, NotFound
from renda_core.testing import Bench, act, case
from renda_plugins.reception.opinion import Opinion
from renda_plugins.reception.opinion_ratings import Line, judged

D = dt.date
STATION, VOTER = Bench.actor("station", "station"), Actor(id="job:code", roles={"voter"})


@pytest.fixture
def b(bench):
    """A county that tells of groups of three and more, in March."""
    return bench({"reception": {"least_voters": 3}}, today=D(2026, 3, 2))


def told(b, *, grade="solved", **body):
    """Bring an opinion to the voter's word."""
    made = b.open("opinion", STATION, {"text": "灯不亮", "phone": "199", **body}, title="灯")
    feedback = {"how": "phone", "text": "已修好"}
    made = b.run(
        made,
        ("sort", OFFICE, {"grade": "on_spot"}),
        ("reply", OFFICE, {"note": "已修好"}),
        ("tell_voter", OFFICE, {"payload": feedback}),
    )
    if grade == "not_solved":
        return b.step(made, "dispute", VOTER, note="灯还是不亮")
    return b.step(made, "rate", VOTER, grade=grade)


def lines(b, **asked):
    return b.page("voter_ratings", OFFICE, asked).lines


def test_a_group_is_told_once_it_is_large_enough_and_its_quarter_over(b):
    for grade in ("solved", "solved", "solved", "not_solved", "not_solved"):
        told(b, category="市政", grade=grade)
    told(b, category="环境")
    assert lines(b) == ()
    b.today = D(2026, 4, 1)
    found = lines(b)
    assert found[0].judged == 6
    assert (found[0].period, found[0].group) == ("2026 年第 1 季度", "合计")
    assert all(line.judged >= 3 for line in found)
    assert "环境" not in str(found)  # one alone, which the difference to the whole would tell too
    assert "市政" not in str(found)
    b.today = D(2027, 1, 1)
    assert [line.period for line in lines(b)][-1].endswith("年")
    assert lines(b, year=2026) == lines(b)
    assert lines(b, year=2025) == ()


def test_who_did_not_answer_is_not_in_the_base_and_fewer_are_never_told(b):
    told(b)
    told(b)
    b.open("opinion", STATION, {"text": "灯不亮"}, title="灯")
    b.today = D(2026, 4, 1)
    page = b.page("voter_ratings", OFFICE)
    assert (page.least, page.lines) == (3, ())


def test_everybody_of_one_mind_is_told_by_number_alone(b):
    for _ in range(4):
        told(b, grade="basically")
    b.today = D(2026, 4, 1)
    (line,) = lines(b)
    assert isinstance(line, Line)
    assert line.judged == 4
    assert line.solved is None or line.solved == 0


def test_no_group_is_told_below_two(bench):
    with pytest.raises(ConfigError, match="least_voters"):
        bench({"reception": {"least_voters": 1}})


def test_a_dispute_judges_the_units_of_the_round_before_it():
    made = case(
        "opinion",
        act("register"),
        act("dispute", on=D(2026, 2, 1), round=2),
        act("rate", on=D(2026, 3, 1), grade="solved", round=2),
        body=Opinion(text="灯", category="市政", station="s"),
        assignments=(_share("a", 1, "replied"), _share("b", 1, "released"), _share("c", 2, "replied")),
    )
    assert [(r.grade, r.of["unit"]) for r in judged(made)] == [("not_solved", ("a",)), ("solved", ("c",))]
    assert [r.of["station"] for r in judged(made)] == [("s",), ("s",)]


def _share(unit, round_, state):
    return Assignment(unit=unit, role="sole", round=round_, on=D(2026, 1, 20), state=state)


def test_who_looks(b):
    for reader in (STATION, WANG, LI, ROADS):
        with pytest.raises(NotFound):
            b.page("voter_ratings", reader)
