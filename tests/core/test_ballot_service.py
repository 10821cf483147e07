"""Ballots counted outside: a verdict that moves its subject in the same transaction, a roll that stays."""

import datetime as dt

import pytest

from renda_core import hookimpl
from renda_core.domain.ballot import Attendance, Rule, Rung
from renda_core.domain.case import Actor
from renda_core.domain.rates import Share
from renda_core.domain.suggestion import Suggestion
from renda_core.errors import NotAllowed, NotFound
from renda_core.records import BallotKind
from renda_core.services import ballots
from renda_core.testing import uid
from renda_plugins import settled_accounts, suggestion_handling

OFFICE = Actor(id=uid("clerk"), roles={"office", "assigner"})
WANG = Actor(id=uid("wang"), roles={"deputy"})
FIVE = Attendance(incumbent=5, present=5, issued=5, returned=5)


class Voting:
    """A practice whose vote withdraws nothing and merges nothing: it declines by majority."""

    @staticmethod
    @hookimpl
    def register_ballots():
        def rule(context):
            passed = Rung(verdict="for", answers={"for"}, share=Share("1/2", above=True))
            return Rule(
                name="plain", answers=("for", "against"), rungs=(passed,), otherwise="against", base="incumbent"
            )

        yield BallotKind(name="plain", rule=rule, outcomes={"for": "accept_by_vote"})

    @staticmethod
    @hookimpl
    def register_cases():
        from renda_core.domain.procedure import Move, Step

        yield Step(kind="suggestion", name="accept_by_vote", who="ballot", moves=(Move("submitted", "accepted"),))


def voting_county(county):
    Voting.__name__ = "voting"
    return county(suggestion_handling, Voting, today=dt.date(2026, 1, 20))


def submitted(b):
    case = b.open("suggestion", WANG, Suggestion(text="修桥"), parties={"proposer": (WANG.id,)})
    return b.step(case, "submit", WANG)


def test_a_verdict_moves_its_subject_in_the_same_transaction(county):
    b = voting_county(county)
    case = submitted(b)
    ballot = b.do(ballots.open_ballot, OFFICE, ballots.OpenBallot(kind="plain", subjects=(case.id,)))
    done = b.do(ballots.declare, OFFICE, ballot.id, FIVE, [[(0, 0)]] * 3 + [[(0, 1)]] * 2)
    assert done.rounds[0].verdict.findings[0].reason == "3 of 5 incumbent > 1/2"
    after = b.case(case.id)
    assert after.states["main"] == "accepted"
    assert after.acts[-1].by == "job:ballot"
    assert b.verify().whole


def test_a_lost_vote_moves_nothing(county):
    b = voting_county(county)
    case = submitted(b)
    ballot = b.do(ballots.open_ballot, OFFICE, ballots.OpenBallot(kind="plain", subjects=(case.id,)))
    b.do(ballots.declare, OFFICE, ballot.id, FIVE, [[(0, 0)]] * 2 + [[(0, 1)]] * 3)
    assert b.case(case.id).states["main"] == "submitted"


def test_more_papers_returned_than_issued_void_the_round_and_a_new_one_opens_for_the_same_roll(county):
    b = voting_county(county)
    case = submitted(b)
    command = ballots.OpenBallot(kind="plain", subjects=(case.id,), roll=(WANG.id,))
    ballot = b.do(ballots.open_ballot, OFFICE, command)
    many = Attendance(incumbent=5, present=5, issued=4, returned=5)
    done = b.do(ballots.declare, OFFICE, ballot.id, many, [[(0, 0)]] * 5)
    assert done.rounds[0].verdict.state == "void"
    assert done.rounds[1].verdict is None
    assert b.case(case.id).states["main"] == "submitted"
    assert b.ask(ballots.show, WANG, ballot.id).mine.standing == "entitled"  # in the new round's roll


def test_who_may_not_open_or_declare(county):
    b = voting_county(county)
    case = submitted(b)
    command = ballots.OpenBallot(kind="plain", subjects=(case.id,))
    with pytest.raises(NotAllowed):
        b.do(ballots.open_ballot, WANG, command)
    with pytest.raises(NotFound, match="known: plain"):
        b.do(ballots.open_ballot, OFFICE, ballots.OpenBallot(kind="none", subjects=()))
    ballot = b.do(ballots.open_ballot, OFFICE, command)
    with pytest.raises(NotAllowed):
        b.do(ballots.declare, WANG, ballot.id, FIVE, [])


def test_group_survey_of_a_shipped_practice(county):
    b = county(suggestion_handling, settled_accounts)
    case = submitted(b)
    ballot = b.do(ballots.open_ballot, OFFICE, ballots.OpenBallot(kind="group_survey", subjects=(case.id,)))
    done = b.do(ballots.declare, OFFICE, ballot.id, FIVE, [[(0, 0)]] * 2 + [[(0, 1)]] + [[(0, 2)]] * 2)
    assert done.rounds[0].verdict.findings[0].verdict == "basically"
