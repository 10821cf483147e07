"""What the rule makes of votes: ties, places that nobody reaches, ranked papers, empty bases; each with its clause."""

import attrs
import pytest
from tests.core.voting import (
    EACH,
    GRADES,
    HALF,
    PROJECTS,
    all_there,
    clauses,
    judged,
    prepared,
    tallied,
    verdicts,
)

from renda_core.domain.ballot import Count, Rung, count, judge
from renda_core.domain.rates import Share

FREE = attrs.evolve(PROJECTS, max_marks=None)
AGAIN = attrs.evolve(PROJECTS, short="again")
VACANT, REFUSE = (attrs.evolve(FREE, tie=tie) for tie in ("vacant", "refuse"))


# -- the cut


def test_who_has_a_majority_and_no_place_is_cut():
    found = tallied(FREE, 9, 8, 7, 3, valid=10, places=2)
    assert verdicts(found) == {"a": "decided", "b": "decided", "c": "failed", "d": "failed"}
    assert clauses(found) == {"a": "pass", "b": "pass", "c": "cut", "d": "otherwise"}
    assert (found.clause, found.reasons) == ("cut", ("2 of 2 places decided",))
    assert found.findings[2].reason == "7 votes, below the cut of 8 votes"


def test_where_as_many_pass_as_there_are_places_nobody_is_cut():
    found = tallied(FREE, 9, 7, 3, valid=10, places=2)
    assert (found.clause, clauses(found)) == ("pass", {"a": "pass", "b": "pass", "c": "otherwise"})


def test_a_tie_above_the_cut_is_none():
    found = tallied(FREE, 9, 9, 6, valid=10, places=2)
    assert (found.state, found.rerun) == ("decided", ())
    assert verdicts(found) == {"a": "decided", "b": "decided", "c": "failed"}


def test_a_tie_of_three_for_two_places_goes_on_with_both():
    found = tallied(FREE, 7, 9, 7, 7, 6, valid=10, places=3)
    assert (found.state, found.clause, found.rerun, found.places) == ("tied", "tie", ("a", "c", "d"), 2)
    assert found.findings[0].reason == "7 votes each for the last 2 places"
    assert verdicts(found) == {"a": "tied", "b": "decided", "c": "tied", "d": "tied", "e": "failed"}


def test_all_tied_go_on_together():
    found = tallied(FREE, 7, 7, 7, valid=10, places=1)
    assert (found.rerun, found.places, found.reasons) == (("a", "b", "c"), 1, ("0 of 1 places decided",))


def test_a_tie_leaves_its_places_vacant_where_the_rule_says_so():
    found = tallied(VACANT, 9, 7, 7, valid=10, places=2)
    assert (found.state, found.clause, found.rerun, found.places) == ("decided", "tie", (), 0)
    assert verdicts(found) == {"a": "decided", "b": "failed", "c": "failed"}
    assert clauses(found) == {"a": "pass", "b": "tie", "c": "tie"}
    assert found.reasons == ("1 of 2 places decided", "1 place vacant: the rule breaks no tie")
    assert prepared(VACANT, "abc", 1).declare(all_there(2), [[(0, 0)]] * 1 + [[(1, 0)]] * 1).rounds[1:] == ()


def test_a_tie_decides_nothing_where_the_rule_says_so():
    found = tallied(REFUSE, 9, 7, 7, valid=10, places=2)
    assert (found.state, found.clause, found.findings) == ("refused", "tie", ())
    assert found.reasons == ("2 subjects stand level for 1 of 2 places, and the rule breaks no tie",)


def test_a_tie_of_those_that_fail_is_none():
    for rule in (PROJECTS, VACANT, REFUSE):
        assert tallied(rule, 9, 4, 4, valid=10, places=2).state == "decided"


def test_places_are_for_the_first_verdict_and_by_the_first_answer():
    noted = Rung(verdict="noted", answers="for", share=Share("1/4"))
    rule = attrs.evolve(EACH, rungs=(*EACH.rungs, noted))
    found = tallied(rule, (6, 1, 3), (7, 2, 1), (3, 7, 0), (9, 0, 1), valid=10, places=2)
    assert verdicts(found) == {"a": "failed", "b": "decided", "c": "noted", "d": "decided"}
    again = tallied(rule, (3, 6, 1), (4, 5, 1), valid=10, places=1, after="tied")
    assert verdicts(again) == {"a": "failed", "b": "decided"}
    assert [f.rate.hits for f in again.findings] == [3, 4]


# -- the further round between the tied


def test_without_a_runoff_rung_the_higher_wins_by_any_number():
    found = tallied(PROJECTS, 2, 1, valid=40, incumbent=63, places=1, after="tied")
    assert verdicts(found) == {"a": "decided", "b": "failed"}
    assert clauses(found) == {"a": "runoff", "b": "cut"}
    assert found.findings[0].rate.shown == "3.17 %"
    assert (
        judge(
            attrs.evolve(PROJECTS, base="valid"),
            all_there(0),
            "ab",
            Count(votes=((0,), (0,)), valid=0, void=0),
            places=1,
            after="tied",
        ).state
        == "tied"
    )


def test_a_runoff_rung_asks_for_its_own_share():
    third = attrs.evolve(PROJECTS, runoff=(Rung(verdict="decided", answers="for", share=HALF),))
    found = tallied(third, 20, 19, valid=40, places=1, after="tied")
    assert clauses(found) == {"a": "pass", "b": "otherwise"}
    assert verdicts(tallied(third, 19, 18, valid=40, places=1, after="tied")) == {"a": "failed", "b": "failed"}
    assert verdicts(tallied(third, 20, 19, valid=40, places=1)) == {
        "a": "failed",
        "b": "failed",
    }  # no round after a tie


def test_a_tie_that_stays_is_voted_on_again_and_again():
    some = attrs.evolve(PROJECTS, rungs=(Rung(verdict="decided", answers="for", share=HALF),))
    ballot = prepared(some, "abc", 1)
    for n in range(1, 4):
        ballot = ballot.declare(all_there(4), [[(0, 0)]] * 2 + [[(1, 0)]] * 2)
        assert len(ballot.rounds) == n + 1
        assert ballot.rounds[-1].subjects == ("a", "b")
        assert ballot.rounds[-1].after == "tied"
    done = ballot.declare(all_there(4), [[(0, 0)]] * 3 + [[(1, 0)]])
    assert verdicts(done.rounds[-1].verdict) == {"a": "decided", "b": "failed"}


def test_subjects_of_a_further_round_keep_their_order():
    found = tallied(FREE, 7, 6, 9, 7, 7, valid=10, places=2)
    assert found.rerun == ("a", "d", "e")


# -- fewer pass than there are places


def test_places_that_nobody_reaches_stay_vacant():
    found = tallied(PROJECTS, 9, 5, 4, valid=10, places=2)
    assert (found.state, found.clause, found.places) == ("decided", "short", 0)
    assert found.reasons == ("1 of 2 places decided", "1 place vacant")
    assert clauses(found) == {"a": "pass", "b": "otherwise", "c": "otherwise"}


def test_places_that_nobody_reaches_are_voted_on_again_among_those_that_failed():
    found = tallied(AGAIN, 9, 5, 4, valid=10, places=3)
    assert (found.state, found.clause, found.rerun, found.places) == ("short", "short", ("b", "c"), 2)
    assert verdicts(found) == {"a": "decided", "b": "again", "c": "again"}
    assert found.reasons == ("1 of 3 places decided", "2 that failed are voted on again for the 2 places left")
    assert found.findings[1].reason == "5 of 10 incumbent not > 1/2; voted on again for the 2 places left"


def test_places_left_open_are_voted_on_again_once_only_and_ask_for_the_same_share():
    first = prepared(AGAIN, "abcd", 3).declare(all_there(10), [[(0, 0)]] * 6 + [[(1, 0)]] * 4)
    assert (first.rounds[1].subjects, first.rounds[1].places, first.rounds[1].after) == (("b", "c", "d"), 2, "short")
    second = first.declare(all_there(10), [[(0, 0)]] * 6 + [[(1, 0)]] * 4)
    verdict = second.rounds[1].verdict
    assert verdicts(verdict) == {"b": "decided", "c": "failed", "d": "failed"}
    assert verdict.reasons[1] == "1 place vacant: places left open are voted on again once only"
    assert len(second.rounds) == 2


def test_places_left_open_after_a_tie_are_told_to_be_voted_on_once_only_where_they_ever_are():
    for rule, more in ((attrs.evolve(AGAIN, runoff=AGAIN.rungs), True), (attrs.evolve(FREE, runoff=FREE.rungs), False)):
        found = tallied(rule, 5, 4, valid=10, places=1, after="tied")
        assert ("once only" in found.reasons[1]) == more
        assert found.state == "decided"


def test_a_tie_in_the_round_for_places_left_open_is_settled_and_then_it_ends():
    rule = attrs.evolve(AGAIN, runoff=AGAIN.rungs)
    ballot = prepared(rule, "abc", 2).declare(all_there(10), [[(0, 0)]] * 10)
    tied = ballot.declare(all_there(10), [[(0, 0)]] * 5 + [[(1, 0)]] * 5)
    assert tied.rounds[1].verdict.state == "decided"  # 5 of 10 pass nothing
    rule = attrs.evolve(rule, max_marks=None)
    ballot = prepared(rule, "abc", 2).declare(all_there(10), [[(0, 0)]] * 10)
    tied = ballot.declare(all_there(10), [[(0, 0), (1, 0)]] * 6 + [[]] * 4)
    assert (tied.rounds[2].subjects, tied.rounds[2].after) == (("b", "c"), "tied")
    ended = tied.declare(all_there(10), [[(0, 0)]] * 5 + [[(1, 0)]] * 5)
    assert len(ended.rounds) == 3
    assert ended.rounds[2].verdict.clause == "short"


def test_nobody_left_to_vote_on_again():
    found = tallied(AGAIN, 9, 8, valid=10, places=3)
    assert (found.state, found.clause, found.rerun) == ("decided", "short", ())


# -- grades and bases


def test_each_subject_of_a_grading_is_judged_alone():
    found = tallied(GRADES, (17, 11, 1), (10, 10, 9), (3, 3, 20), valid=29, incumbent=34)
    assert verdicts(found) == {"a": "satisfied", "b": "basically", "c": "unsatisfied"}
    assert clauses(found) == {"a": "pass", "b": "pass", "c": "otherwise"}
    assert found.findings[1].reason == "20 of 34 incumbent ≥ 1/2"
    assert found.findings[2].reason == "3 of 34 incumbent not ≥ 1/2; 6 of 34 incumbent not ≥ 1/2"
    assert found.clause == "pass"


def test_for_against_abstain_counts_what_is_for():
    found = tallied(EACH, (182, 10, 1), (96, 97, 0), valid=193)
    assert verdicts(found) == {"a": "decided", "b": "failed"}


@pytest.mark.parametrize("base", ["seats", "incumbent", "present", "issued", "returned", "valid"])
def test_nothing_is_a_share_of_nothing(base):
    rule = attrs.evolve(GRADES, base=base)
    found = judge(rule, all_there(0), "a", Count(votes=((0, 0, 0),), valid=0, void=0))
    assert (found.state, found.clause, found.findings) == ("refused", "base", ())
    assert found.reasons == (f"0 {base}: there is nothing to take a share of",)


def test_a_survey_of_void_papers_only_decides_nothing():
    found = judged(attrs.evolve(GRADES, base="valid", least_papers=5), [[(0, 0), (0, 1)]] * 3, "a")
    assert (found.state, found.warnings) == ("refused", ("0 papers, fewer than 5",))


def test_an_assembly_of_blanks_passes_nothing():
    found = judged(PROJECTS, [[]] * 20, "abc", 2)
    assert (found.state, set(verdicts(found).values())) == ("decided", {"failed"})


# -- void papers


def test_papers_are_void_under_one_clause_each():
    strict = attrs.evolve(EACH, blank="void", max_marks=2)
    papers = [[], [(0, 0), (1, 0), (2, 0)], [(0, 0), (0, 1)], [(0, 0), (0, 0)], [(0, 0)], [(0, 0), (0, 1), (0, 2)]]
    counted = count(strict, 3, papers)
    assert counted.why_void == {"blank": 1, "max_marks": 2, "two_answers": 2}
    assert (counted.valid, counted.void, counted.votes[0]) == (1, 5, (1, 0, 0))
    assert count(attrs.evolve(strict, blank="valid"), 3, papers).why_void == {"max_marks": 2, "two_answers": 2}
