"""Whatever happens between opening and announcement, a meeting comes to an end of its vote, and loses nothing."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from tests.core.balloting import DAY, EACH, OFFICE, PRESIDIUM, Voting, deputies, enter, prepare, projects
from tests.core.voting import MONEY, PROJECTS, RANKED, tallied, verdicts

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.ballot import Ballot, Money, Rung, Waiting, clause_source, shown
from renda_core.domain.procedure import Facet, Kind, Move, Step
from renda_core.domain.rates import Share
from renda_core.errors import Rejected
from renda_core.records import BallotKind
from renda_core.services import ballots
from renda_core.services.ballots import Counting, OpenRound
from renda_core.testing import Bench

THREE = deputies(3)


class Leaving(Voting):
    """Projects that may be taken off the vote for a while, or end before it is announced."""

    @hookimpl
    def register_cases(self) -> Any:
        """Offer the projects."""
        states = "open away withdrawn decided"
        yield Kind(name="project", title="项目", opening="propose", audience="office", parties="proposer")
        yield Facet(kind="project", states=states, final="decided withdrawn")
        yield Step(kind="project", name="propose", who="office")
        for name, who, from_, to in (
            ("decide", "ballot", "open", "decided"),
            ("withdraw", "office", "open away", "withdrawn"),
            ("take_off", "office", "open", "away"),
            ("put_back", "office", "away", "open"),
        ):
            yield Step(kind="project", name=name, who=who, moves=(Move(from_, to),))

    @hookimpl
    def register_ballots(self) -> Any:
        """Offer the votes, and one that asks for no quorum."""
        yield from super().register_ballots()
        loose = attrs.evolve(EACH, quorum=None)
        yield BallotKind(name="loose", title="loose", rule=lambda _: loose, outcomes={"decided": "decide"})


def leaving(county: Any) -> Bench:
    """Make a county whose projects may leave the vote."""
    found: Bench = county({"leaving": {}}, catalogue=Catalogue.collect({"leaving": Leaving()}), today=DAY)
    return found


def counted(b: Bench, subjects: tuple[str, ...], marks: Any = None) -> Ballot:
    """Hold a vote of three on paper up to its count; all are for all, unless *marks* say otherwise."""
    made = prepare(b, "each", THREE, subjects)
    b.do(ballots.open_round, OFFICE, made.id, OpenRound())
    b.do(ballots.close_round, OFFICE, made.id)
    enter(b, made, [marks or [(n, 0) for n in range(len(subjects))]] * 3)
    found: Ballot = b.do(ballots.count_round, OFFICE, made.id, Counting(paper_returned=3))
    return found


def states(b: Bench, subjects: tuple[str, ...]) -> list[str]:
    return [b.case(id).states.get("main", "open") for id in subjects]


def test_a_subject_that_ended_meanwhile_stops_no_announcement(county):
    b = leaving(county)
    subjects = projects(b, 3)
    made = counted(b, subjects)
    b.step(b.case(subjects[1]), "withdraw", OFFICE)
    before = b.case(subjects[1])
    done = b.do(ballots.announce, PRESIDIUM, made.id)
    assert verdicts(done.rounds[0].verdict) == dict.fromkeys(subjects, "decided")  # that is how people voted
    assert states(b, subjects) == ["decided", "withdrawn", "decided"]
    assert b.case(subjects[1]) == before
    assert b.entries()[-1]["body"]["ended"] == [subjects[1]]
    assert b.ask(ballots.audit, OFFICE, made.id) == ()
    assert b.verify().whole


def test_a_subject_taken_off_the_vote_is_named_and_once_it_is_back_all_is_announced(county):
    b = leaving(county)
    subjects = projects(b, 3)
    made = counted(b, subjects)
    away = b.step(b.case(subjects[2]), "take_off", OFFICE)
    with pytest.raises(Rejected, match=f"{away.number} 项目3: main is away, not open"):
        b.do(ballots.announce, PRESIDIUM, made.id)
    assert states(b, subjects) == ["open", "open", "away"]  # nothing half done
    assert b.ask(ballots.show, OFFICE, made.id).rounds[0].state == "counted"
    b.step(away, "put_back", OFFICE)
    b.do(ballots.announce, PRESIDIUM, made.id)
    assert states(b, subjects) == ["decided"] * 3


def test_what_another_vote_decided_meanwhile_is_not_decided_twice(county):
    b = leaving(county)
    subjects = projects(b, 1)
    first, second = counted(b, subjects), counted(b, subjects)
    for made in (first, second):
        b.do(ballots.announce, PRESIDIUM, made.id)
    assert [a.step for a in b.case(subjects[0]).acts] == ["propose", "decide"]


@pytest.mark.parametrize("given", [{"incumbent": 27}, {"roll": tuple(v.id for v in THREE)}])
def test_a_round_that_nobody_attends_is_not_opened(county, given):
    """The number present is frozen: with none, no paper could ever be counted."""
    b = leaving(county)
    command = ballots.OpenBallot(kind="loose", subjects=projects(b, 1), **given)
    made = b.do(ballots.open_ballot, OFFICE, command)
    with pytest.raises(Rejected, match="nobody is noted as present"):
        b.do(ballots.open_round, OFFICE, made.id, OpenRound(present=() if "roll" in given else None))
    assert b.ask(ballots.show, OFFICE, made.id).rounds[0].state == "prepared"


# -- further rounds


WAITING = ((Waiting(subject="x", cost=30, votes=2),),)


def test_no_votes_in_a_further_round_lose_no_money_to_those_that_wait():
    purse = Money(costs=(40, 40), budget=50, waiting=WAITING)
    void = tallied(MONEY, 0, 0, valid=9, money=purse, after="tied")
    assert (void.state, void.rerun, verdicts(void)["x"]) == ("tied", ("a", "b"), "waiting")
    three = attrs.evolve(purse, costs=(40, 40, 40), budget=80)
    one = tallied(MONEY, 5, 0, 0, valid=9, money=three, after="tied")
    assert verdicts(one) == {"a": "funded", "b": "tied", "c": "tied", "x": "waiting"}
    told = tallied(MONEY, 5, 0, valid=9, money=purse, after="tied")
    assert verdicts(told) == {"a": "funded", "b": "unfunded", "x": "unfunded"}
    first = tallied(MONEY, 0, 0, valid=9, money=Money(costs=(40, 40), budget=50))
    assert verdicts(first) == {"a": "unfunded", "b": "unfunded"}


@pytest.mark.parametrize("after", ["tied", "short"])
def test_a_further_ranked_round_that_a_weighing_could_turn_is_voted_again(after):
    rule = attrs.evolve(RANKED, max_marks="seats")
    votes = (20, 5, 0), (22, 0, 0)
    assert tallied(rule, *votes, valid=50, places=1).state == "refused"
    found = tallied(rule, *votes, valid=50, places=1, after=after)
    assert (found.state, found.rerun, found.places) == ("tied", ("a", "b"), 1)
    assert found.findings[0].reason == "an order that a weighing could turn, each for the last place"
    kept = tallied(attrs.evolve(rule, tie="refuse"), *votes, valid=50, places=1, after=after)
    assert (kept.state, kept.clause) == ("refused", "tie")


# -- what is told of it


def test_the_cut_does_not_tell_a_number_that_is_hidden():
    enough = (Rung(verdict="decided", answers="for", share=Share("1/3")),)
    rule = attrs.evolve(PROJECTS, shown_from=10, max_marks=None, base="valid", rungs=enough)
    told = shown(rule, tallied(rule, 35, 34, 20, valid=36, places=2), 36)
    assert [dict(f.votes) for f in told.findings] == [{}, {}, {"for": 20}]
    assert "34" not in repr(told)  # 36 papers: two people have not marked it
    open_ = shown(rule, tallied(rule, 25, 24, 20, valid=36, places=2), 36)
    assert open_.findings[2].reason == "20 votes, below the cut of 24 votes"


def test_no_law_is_cited_for_what_only_the_engine_asks():
    assert clause_source(PROJECTS, "reconcile").startswith("U: ")
    method = attrs.evolve(PROJECTS, clauses={"reconcile": "票决办法 9"})
    assert clause_source(method, "reconcile") == "票决办法 9"
