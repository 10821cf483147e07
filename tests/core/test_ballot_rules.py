"""Before a ballot is opened: rules that contradict themselves, and questions that a rule cannot decide."""

import attrs
import pytest
from tests.core.voting import ANY, EACH, GRADES, HALF, MONEY, MOST, PROJECTS, RANKED, SUBJECTS

from renda_core.domain.ballot import CLAUSES, Rung, check_question, clause_source, contradictions, refuse_question
from renda_core.domain.rates import Share
from renda_core.errors import Rejected
from renda_plugins import settled_accounts

FIFTH = attrs.evolve(PROJECTS, surplus=Share("1/5"))


def told(rule, **changes):
    return contradictions(attrs.evolve(rule, **changes))


# -- rules


@pytest.mark.parametrize("rule", [PROJECTS, GRADES, EACH, RANKED, MONEY, FIFTH], ids=lambda r: r.name)
def test_a_sound_rule_contradicts_nothing(rule):
    assert contradictions(rule) == ()


def test_the_rule_of_a_practice_is_sound():
    class Context:
        settings = attrs.make_class("S", ["survey_share"])(survey_share="1/2")

    assert contradictions(settled_accounts.group_survey(Context())) == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"answers": ()}, "there is nothing to answer (rule: 票决办法)"),
        ({"answers": ("for", "for"), "mode": "grade", "max_marks": None}, "an answer stands there twice: for (rule"),
        ({"answers": ("for", ""), "mode": "grade", "max_marks": None}, "an answer has no name"),
        ({"answers": ("for", "against"), "max_marks": None}, "mode choose has one answer, not 2"),
        ({"mode": "each"}, "mode each has at least two answers, not 1"),
        ({"rungs": ()}, "no rung tells what passes (pass: 组织法 25)"),
        ({"rungs": (Rung(verdict="x", answers="yes", share=HALF),)}, "x: not on the paper: yes (pass: 组织法 25)"),
        ({"rungs": (Rung(verdict="x", answers="", share=HALF),)}, "x: no answer counts for it"),
        ({"rungs": (Rung(verdict="x", answers="for", share=Share("3/2")),)}, "x: ≥ 3/2 is more than there can be"),
        ({"rungs": (Rung(verdict="x", answers="for", share=Share(1, above=True)),)}, "> 1 is more than there can"),
        ({"rungs": (Rung(verdict="x", answers="for", share=Share(0)),)}, "x: ≥ 0 is always reached"),
        ({"rungs": (Rung(verdict="x", answers="for", share=Share("-1/2", above=True)),)}, "> -1/2 is always reached"),
        ({"otherwise": "decided"}, "'decided' is the verdict of a rung, and of what reaches none (otherwise"),
        ({"otherwise": "tied"}, "a rule cannot call its verdict 'tied'"),
        ({"otherwise": "again"}, "a rule cannot call its verdict 'again'"),
        ({"otherwise": "waiting"}, "a rule cannot call its verdict 'waiting'"),
        ({"otherwise": ""}, "a rule cannot call its verdict ''"),
        ({"runoff": (Rung(verdict="won", answers="for", share=HALF),)}, "the runoff knows 'won' (runoff: 票决办法)"),
        ({"runoff": (Rung(verdict="decided", answers="yes", share=HALF),)}, "decided: not on the paper: yes (runoff"),
        (
            {"runoff": (Rung(verdict="decided", answers="for", share=Share(2)),)},
            "≥ 2 is more than there can be (runoff",
        ),
        ({"max_marks": 0}, "max_marks 0 voids every marked paper (max_marks"),
        ({"max_marks": -3}, "max_marks -3 voids every marked paper"),
        ({"mode": "budget"}, "a budget knows no places for max_marks to count"),
        ({"quorum": Share("4/3")}, "≥ 4/3 is more than there can be (quorum: 组织法 14)"),
        ({"quorum": Share(0)}, "≥ 0 is always reached (quorum"),
        ({"quorum_of": "valid"}, "a quorum is of the seats or the incumbents, not of valid"),
        ({"quorum_of": "present"}, "not of present"),
        ({"surplus": Share("-1/5")}, "≥ -1/5 asks for fewer subjects than places (surplus: U: 20 %)"),
        ({"least_papers": -1}, "least_papers -1 is less than none"),
        ({"shown_from": -1}, "shown_from -1 is less than none"),
        ({"announced_by": ""}, "nobody announces the verdict"),
        ({"points": (3, 2, 1)}, "points are for ranked papers, and mode is choose (rank"),
        ({"allotment": "equal_shares"}, "equal_shares shares out a budget, and mode is choose (budget"),
    ],
    ids=lambda v: "_".join(v) if isinstance(v, dict) else "",
)
def test_a_rule_that_contradicts_itself_says_where(changes, said):
    found = told(PROJECTS, **changes)
    assert any(said in line for line in found), found


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"answers": ("1", "3")}, "the answers of a ranked paper are the places 1 to 2, not 1, 3 (rank)"),
        ({"answers": ("first",)}, "the places 1 to 1, not first"),
        ({"points": (3, 2)}, "2 points for 3 places: 3, 2"),
        ({"points": (3, 1, 2)}, "a later place is worth more than an earlier one: 3, 1, 2"),
        ({"points": (0, 0, 0)}, "places are worth nothing, or less: 0, 0, 0"),
        ({"points": (1, 0, -1)}, "places are worth nothing, or less: 1, 0, -1"),
    ],
)
def test_ranked_papers_have_places_and_points_that_agree(changes, said):
    assert any(said in line for line in told(RANKED, **changes))
    assert told(RANKED, points=(3, 2, 2)) == ()
    assert told(RANKED, max_marks="seats") == ()


@pytest.mark.parametrize(
    ("first", "later", "reached"),
    [
        (("satisfied", HALF), ("satisfied", HALF), False),
        (("satisfied", HALF), ("satisfied", MOST), False),
        (("satisfied", MOST), ("satisfied", HALF), True),
        (("satisfied", HALF), ("satisfied", Share("4/5")), False),
        (("satisfied", Share("4/5")), ("satisfied", HALF), True),
        (("satisfied basically", HALF), ("satisfied", HALF), False),
        (("satisfied basically", HALF), ("satisfied", Share("1/3")), True),
        (("satisfied", HALF), ("satisfied basically", HALF), True),
        (("satisfied", HALF), ("basically", HALF), True),
    ],
)
def test_a_rung_that_is_never_reached_is_told(first, later, reached):
    one, other = (Rung(verdict=v, answers=a, share=s) for v, (a, s) in zip("xy", (first, later), strict=True))
    never = [line for line in told(GRADES, rungs=(one, other)) if "never reached" in line]
    assert bool(never) != reached
    assert reached or never[0].startswith("y (")


def test_a_full_paper_of_grades_is_never_void_by_its_places():
    assert any("would be void" in line for line in told(EACH, max_marks="seats"))


def test_each_may_be_answered_with_yes_or_no_alone():
    assert told(EACH, answers=("for", "against")) == ()


def test_a_runoff_gives_the_first_verdict_and_no_other():
    both = {"runoff": (Rung(verdict="basically", answers="satisfied", share=HALF),)}
    assert "places are given to 'satisfied', and the runoff knows 'basically'" in told(GRADES, **both)[0]
    assert told(GRADES, runoff=(GRADES.rungs[0],)) == ()
    assert told(GRADES, rungs=(), **both) == ("no rung tells what passes (pass)",)


@pytest.mark.parametrize(
    "changes",
    [
        {"rungs": (Rung(verdict="decided", answers="for", share=Share(1)),)},  # all of them
        {"quorum": Share(1)},
        {"max_marks": 1},
        {"surplus": Share(0)},
        {"least_papers": 0, "shown_from": 0},
        {"tie": "refuse", "short": "again", "runoff": PROJECTS.rungs},
    ],
)
def test_what_is_just_possible_is_no_contradiction(changes):
    assert told(PROJECTS, **changes) == ()
    assert told(RANKED, points=(3, 2, 0)) == ()


def test_every_contradiction_is_told_at_once():
    found = told(PROJECTS, answers=("a", "a"), max_marks=0, quorum=Share(2), least_papers=-1, otherwise="decided")
    assert len(found) == 7  # also: two answers where mode choose has one, and a rung on none of them


def test_nothing_is_refused_when_a_rule_is_made():
    assert attrs.evolve(PROJECTS, otherwise="decided", max_marks=-1)


# -- questions


@pytest.mark.parametrize(
    ("subjects", "places", "said"),
    [
        ((), 1, "there is nothing to vote on (subjects: U: "),
        (("a", ""), 1, "a subject has no name"),
        (("a", "b", "a"), 1, "stands there twice: a"),
        (("a", "b"), 3, "3 places for 2 subjects (places"),
        (("a", "b"), -1, "-1 places are less than none"),
        (("a", "b"), 0, "the rule counts by places, and there are none (max_marks"),
        (SUBJECTS[:11], 10, "11 subjects for 10 places are 1 more, 1/10 not ≥ 1/5 (surplus: U: 20 %)"),
        (SUBJECTS[:10], 10, "10 subjects for 10 places are 0 more, 0/10 not ≥ 1/5 (surplus: U: 20 %)"),
    ],
)
def test_a_question_that_does_not_fit_is_refused_with_its_clause(subjects, places, said):
    assert any(said in line for line in refuse_question(FIFTH, subjects, places=places))
    with pytest.raises(Rejected, match="projects"):
        check_question(FIFTH, subjects, places=places)


@pytest.mark.parametrize(("m", "n"), [(12, 10), (15, 12), (35, 28), (20, 10), (2, 1)])
def test_surpluses_that_were_seen_are_enough(m, n):
    names = [f"s{i}" for i in range(m)]
    check_question(FIFTH, names, places=n)
    assert refuse_question(attrs.evolve(FIFTH, surplus=Share("1/5", above=True)), names, places=n) == (
        (f"{m} subjects for {n} places are {m - n} more, {m - n}/{n} not > 1/5 (surplus: U: 20 %)",)
        if 5 * (m - n) == n
        else ()
    )


def test_a_rule_without_a_surplus_asks_for_none():
    check_question(PROJECTS, SUBJECTS, places=12)
    check_question(GRADES, ("one",))


def test_ranked_papers_and_a_surplus_need_places():
    assert refuse_question(RANKED, "abc") == ("the rule counts by places, and there are none (rank)",)
    assert "surplus" in refuse_question(attrs.evolve(FIFTH, max_marks=2), "abc")[0]
    check_question(RANKED, "abc", places=1)


@pytest.mark.parametrize(
    ("costs", "budget", "said"),
    [
        ((), 100, "0 costs for 2 subjects (budget)"),
        ((50,), 100, "1 costs for 2 subjects"),
        ((50, 50, 1), 100, "3 costs for 2 subjects"),
        ((50, -1), 100, "b costs -1 fen"),
        ((0, 50), 100, "a costs 0 fen"),
        ((50, 101), 100, "b costs 1.01 元, and the budget is 1.00 元"),
        ((50, 50), 0, "a budget of 0.00 元 funds nothing"),
        ((50, 50), -5, "funds nothing"),
    ],
)
def test_a_budget_needs_costs_that_fit(costs, budget, said):
    assert any(said in line for line in refuse_question(MONEY, "ab", costs=costs, budget=budget))
    check_question(MONEY, "ab", costs=(50, 100), budget=100)
    check_question(MONEY, "a", costs=(1,), budget=1)


def test_a_budget_and_places_exclude_each_other():
    assert any("where the budget tells" in s for s in refuse_question(MONEY, "ab", places=1, costs=(1, 1), budget=2))
    for rest in ({"costs": (1, 2)}, {"budget": 5}):
        assert any("mode choose shares none" in line for line in refuse_question(PROJECTS, "ab", places=1, **rest))


def test_the_rule_and_the_question_are_refused_together():
    with pytest.raises(Rejected) as refused:
        check_question(attrs.evolve(FIFTH, max_marks=0), ("a", "a"), places=2)
    assert len(refused.value.objections) == 3


# -- clauses


def test_a_clause_rests_on_its_own_source_or_the_rules():
    assert clause_source(PROJECTS, "pass") == "组织法 25"
    assert clause_source(PROJECTS, "tie") == "票决办法"
    assert clause_source(GRADES, "tie") == ""


def test_every_clause_has_words_for_people():
    assert all(title and not title.isascii() for title in CLAUSES.values())


def test_any_vote_at_all_is_a_share_too():
    assert ANY.holds(1, 100)
    assert not ANY.holds(0, 100)
