"""Preparing and opening a ballot: who may vote, who counts, what a practice says against it, and who is there."""

import datetime as dt

import attrs
import pytest
from tests.core.balloting import (
    DAY,
    EACH,
    OFFICE,
    PRESIDIUM,
    RULES,
    TELLERS,
    WATCH,
    deputies,
    open_round,
    prepare,
    projects,
    trustees,
    voting_county,
)
from tests.core.test_mandate_service import row, with_deputy

from renda_core.domain.ballot import Trustee
from renda_core.domain.mandates import MandateEvent
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected
from renda_core.services import ballots, imports, mandates
from renda_core.services.ballots import OpenBallot, OpenRound
from renda_core.store.roster import ALL
from renda_core.testing import uid


def refused(b, error, match, kind="each", voters=3, **rest):
    """Have a ballot refused; nothing of it is kept."""
    before = b.verify().entries
    subjects = rest.pop("subjects", None) or projects(b, 2)
    opened = b.verify().entries
    with pytest.raises(error, match=match):
        prepare(b, kind, deputies(voters), subjects, **rest)
    assert b.verify().entries == opened >= before
    assert b.ask(ballots.listed, OFFICE) == ()


@pytest.mark.parametrize(
    ("given", "error", "match"),
    [
        ({"roll": (uid("a"), uid("a"))}, Invalid, "roll: somebody"),
        ({"roll": ("nobody",)}, Invalid, "roll: give each person's id"),
        ({"roll": (), "congress": "elsewhere"}, NotFound, "nobody holds a mandate in congress elsewhere"),
        ({"congress": uid("c")}, Invalid, "not both"),
        ({"incumbent": 2}, Invalid, "2 incumbents, and 3 on the roll"),
        ({"places": 3}, Rejected, "3 places for 2 subjects"),
        ({"budget": 100}, Rejected, "budget"),
        ({"tellers": (uid("x"), uid("x"))}, Rejected, "entered twice.*选举法 43"),
        ({"tellers": (uid("x"),), "scrutineers": (uid("x"),)}, Rejected, "scrutineer .* is entered twice.*选举法 43"),
        ({"closes_at": dt.datetime(2025, 1, 1, tzinfo=dt.UTC)}, Invalid, "closes_at: .* is past"),
        ({"closes_at": dt.datetime(2030, 1, 1)}, Invalid, "names no zone"),
        ({"trustees": (trustees(1)[0].trustee,)}, Invalid, "this one is on paper"),
        ({"electronic": True, "roll": ()}, Invalid, "on a roll by name"),
        ({"electronic": True, "trustees": (Trustee(name="甲", box_key="ab", sign_key="cd"),)}, Invalid, "64 hex"),
    ],
)
def test_what_contradicts_itself_is_refused_and_nothing_is_kept(county, given, error, match):
    refused(voting_county(county), error, match, **given)


def test_nobody_prepares_without_the_role(county):
    b = voting_county(county)
    with pytest.raises(NotAllowed, match="congress, office, presidium"):
        b.do(ballots.open_ballot, deputies(1)[0], OpenBallot(kind="each", subjects=projects(b, 1)))


def test_tellers_have_no_part_in_what_is_voted_on(county):
    b = voting_county(county)
    subjects = projects(b, 2, parties={"proposer": (TELLERS[1].id,)})
    refused(b, Rejected, "teller .* is proposer of 项目1 .选举法 43 .by analogy.*teller .* of 项目2", subjects=subjects)
    refused(
        b, Rejected, "scrutineer .* is proposer of 项目1", subjects=subjects, tellers=(), scrutineers=(TELLERS[1].id,)
    )


def test_a_practice_says_why_a_vote_cannot_be_opened(county):
    def refuse(_, opening):
        assert [c.title for c in opening.subjects] == ["项目1", "项目2"]
        if opening.roll < 5:
            yield f"{opening.roll} 名代表"
            yield "办法未通过"

    b = voting_county(county, refuse=refuse)
    refused(b, Rejected, "opening refused: 3 名代表; 办法未通过")
    assert prepare(b, "each", deputies(5), projects(b, 2)).version == 0


@pytest.mark.parametrize("gives", [lambda *_: 1 / 0, lambda *_: [3], lambda *_: None])
def test_a_practice_that_fails_opens_nothing_and_is_named(county, gives):
    b = voting_county(county, refuse=gives)
    with pytest.raises(Rejected, match=r"opening refused: ballot voting.each"):
        prepare(b, "each", deputies(5), projects(b, 2))
    assert b.ask(ballots.listed, OFFICE) == ()


def test_the_rule_comes_from_the_adopted_method_and_from_nothing_else(county):
    def by_method(_, method):
        if method.states.get("main") != "decided":
            raise Rejected("this method is not adopted", f"{method.title} (组织法 25)")
        return attrs.evolve(EACH, version=method.title)

    b = voting_county(county, by_method=by_method)
    method, other = projects(b, 2)
    with pytest.raises(Rejected, match="adopts the method"):
        prepare(b, "each", deputies(3), (other,))
    with pytest.raises(Rejected, match=r"this method is not adopted: 项目1 .组织法 25."):
        prepare(b, "each", deputies(3), (other,), method=method)
    with pytest.raises(NotFound):
        prepare(b, "each", deputies(3), (other,), method=uid("none"))


def test_a_rule_that_contradicts_itself_opens_nothing(county, monkeypatch):
    monkeypatch.setitem(RULES, "each", attrs.evolve(EACH, otherwise="decided"))
    refused(voting_county(county), Rejected, "the verdict of a rung, and of what reaches none")


def test_deputies_of_a_congress_by_their_mandates_of_the_day(county):
    b, held = with_deputy(county)
    b.do(imports.apply, OFFICE, "roster", [row(name, f"X-{i}") for i, name in enumerate(("李某", "赵某", "钱某"), 2)])
    every = {m["certificate"]: m for m in b.read(lambda reader: reader.all(ALL["mandate"]))}
    law = {"on": dt.date(2026, 1, 15), "legal_act": "公告第 3 号", "by_body": "standing_committee"}
    done = {"X-1": ("suspend", "detained"), "X-2": ("end", "resignation_accepted")}
    for certificate, (what, why) in done.items():
        event = MandateEvent(kind=what, reason=why, **law)
        b.do(mandates.happen, OFFICE, every[certificate]["id"], event)
    roll = b.read(roll_of, held["congress"])
    assert roll.people == {
        every["X-1"]["person"]: "suspended",
        every["X-3"]["person"]: "entitled",
        every["X-4"]["person"]: "entitled",
    }
    assert (roll.incumbent, roll.entitled) == (3, 2)


async def roll_of(reader, congress):
    """Draw up the roll of a congress, as opening does."""
    from types import SimpleNamespace

    from renda_core.services.ballots.rolls import roll_for

    command = OpenBallot(kind="any", subjects=(), congress=congress)
    return await roll_for(reader, SimpleNamespace(today=DAY), command)


def test_without_a_quorum_no_box_is_opened(county):
    b = voting_county(county)
    voters = deputies(63)
    ballot = prepare(b, "each", voters, projects(b, 1))
    with pytest.raises(Rejected, match=r"41 present is not ≥ 2/3 of 63 incumbent .*组织法 14"):
        open_round(b, ballot, present=tuple(v.id for v in voters[:41]))
    assert open_round(b, ballot, present=tuple(v.id for v in voters[:42])).rounds[0].attendance.present == 42
    with pytest.raises(Rejected, match="round 1 is open"):
        open_round(b, ballot)


def test_who_is_there_and_who_is_handed_a_paper(county):
    b = voting_county(county)
    voters = deputies(4)
    ballot = prepare(b, "each", voters, projects(b, 1))
    a, c, d, e = (v.id for v in voters)
    wrong = [
        (OpenRound(present=(a, c, uid("stranger"))), "not on the roll"),
        (OpenRound(present=(a, c, c)), "stands there twice"),
        (OpenRound(present=(a, c, d), paper=(a, e)), "handed to who is not present"),
        (OpenRound(present_number=4), "name who is present"),
    ]
    for command, match in wrong:
        with pytest.raises(Invalid, match=match):
            b.do(ballots.open_round, OFFICE, ballot.id, command)
    with pytest.raises(NotAllowed):
        b.do(ballots.open_round, voters[0], ballot.id, OpenRound())
    open_round(b, ballot, present=(a, c, d), paper=(a, c))
    seen = b.ask(ballots.turnout, WATCH, ballot.id)
    assert (seen.entitled, seen.present, seen.issued, seen.by_paper, seen.by_device) == (4, 3, 2, 2, 0)
    assert b.ask(ballots.show, voters[0], ballot.id).mine == ballots.Slot(
        standing="entitled", present=True, issued="paper", cast=False
    )
    assert b.ask(ballots.show, OFFICE, ballot.id).mine is None


def test_a_secret_box_opens_only_for_trustees_who_have_shown_that_they_can(county):
    b = voting_county(county)
    voters, subjects = deputies(3), projects(b, 1)
    ballot = prepare(b, "each", voters, subjects, electronic=True)
    with pytest.raises(Rejected, match="no trustees"):
        open_round(b, ballot)
    ballot = prepare(b, "each", voters, subjects, electronic=True, trustees=tuple(k.trustee for k in trustees(2)))
    with pytest.raises(Rejected, match="trial papers"):
        open_round(b, ballot)
    by_name = prepare(b, "by_name", voters, subjects, electronic=True)
    assert open_round(b, by_name).rounds[0].attendance.device_issued == 3


def test_strangers_find_no_ballot_and_voters_do_not_run_it(county):
    b = voting_county(county)
    voters = deputies(3)
    ballot = prepare(b, "each", voters, projects(b, 1))
    stranger = deputies(4)[3]
    for use_case in (ballots.show, ballots.turnout, ballots.board, ballots.box, ballots.audit):
        with pytest.raises(NotFound, match=f"no ballot {ballot.id}"):
            b.ask(use_case, stranger, ballot.id)
        for unknown in (uid("none"), "none"):
            with pytest.raises(NotFound, match=f"no ballot {unknown}"):
                b.ask(use_case, OFFICE, unknown)
    for use_case in (ballots.turnout, ballots.box, ballots.audit):
        with pytest.raises(NotAllowed):
            b.ask(use_case, voters[0], ballot.id)
    assert b.ask(ballots.listed, stranger) == ()
    for who in (voters[0], TELLERS[0], WATCH, OFFICE, PRESIDIUM):
        (line,) = b.ask(ballots.listed, who)
        assert (line.id, line.state, line.round) == (ballot.id, "prepared", 1)
