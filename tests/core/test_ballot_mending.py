"""A vote that cannot go on: a round annulled with its reason, other tellers, other keys; nothing counted twice."""

import pytest
from tests.core.balloting import (
    OFFICE,
    PRESIDIUM,
    TELLERS,
    WATCH,
    deputies,
    electronic,
    enter,
    open_round,
    paper_for,
    peeled,
    prepare,
    projects,
    trustees,
    voting_county,
)

from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected
from renda_core.services import ballots, journal
from renda_core.services.ballots import Appointment, Counting, Sheet
from renda_core.testing import Bench

THREE = deputies(3)
OTHER = Bench.actor("teller three")
NAMES = tuple(t.id for t in TELLERS)


def on_paper(b, kind="each"):
    ballot = prepare(b, kind, THREE, projects(b, 1))
    return open_round(b, ballot)


def test_a_round_whose_key_is_lost_is_annulled_and_held_again_with_other_keys(county):
    b, keys, others = voting_county(county), trustees(), trustees(3)
    ballot = electronic(b, "each", THREE, projects(b, 1), keys)
    first = paper_for(ballot, [(0, 1)])
    b.do(ballots.cast, THREE[0], ballot.id, first)
    b.do(ballots.close_round, OFFICE, ballot.id)
    named = tuple(k.trustee for k in others)
    with pytest.raises(Rejected, match="annul it first, if a key is lost"):
        b.do(ballots.appoint, OFFICE, ballot.id, Appointment(trustees=named, reason="key of 监票人1 lost"))
    done = b.do(ballots.annul_round, PRESIDIUM, ballot.id, "监票人1 的密钥遗失")
    assert (done.rounds[0].verdict.state, done.rounds[0].verdict.clause) == ("void", "annulled")
    assert done.rounds[0].verdict.reasons == ("监票人1 的密钥遗失",)
    assert (done.rounds[1].subjects, done.rounds[1].state, done.rounds[1].after) == (
        done.rounds[0].subjects,
        "prepared",
        "",
    )
    with pytest.raises(Rejected, match="never opened"):
        b.ask(ballots.box, OFFICE, ballot.id, 1)
    with pytest.raises(Rejected, match="round 2 is prepared"):
        b.do(ballots.annul_round, PRESIDIUM, ballot.id, "again")
    after = b.do(ballots.appoint, OFFICE, ballot.id, Appointment(trustees=named, reason="key of 监票人1 lost"))
    with pytest.raises(Rejected, match="trial papers"):
        open_round(b, after)
    trial = b.do(ballots.rehearsal, OFFICE, ballot.id)
    b.do(ballots.accept_rehearsal, OFFICE, ballot.id, peeled(trial, others))
    now = open_round(b, after)
    b.do(ballots.cast, THREE[0], ballot.id, paper_for(now, [(0, 0)]))
    b.do(ballots.cast, THREE[1], ballot.id, paper_for(now, [(0, 0)]))
    b.do(ballots.close_round, OFFICE, ballot.id)
    box = peeled(b.ask(ballots.box, OFFICE, ballot.id), others)
    done = b.do(ballots.count_round, TELLERS[0], ballot.id, Counting(opened=box))
    assert (done.rounds[1].counted.votes, done.rounds[1].counted.valid) == (((2, 0, 0),), 2)
    b.do(ballots.announce, PRESIDIUM, ballot.id)
    assert b.ask(ballots.audit, OFFICE, ballot.id) == ()
    assert b.verify().whole
    view = b.ask(ballots.show, THREE[0], ballot.id)
    assert view.rounds[0].verdict.clause == "annulled"


def test_an_open_round_is_annulled_and_takes_no_paper_any_more(county):
    b, keys = voting_county(county), trustees()
    ballot = electronic(b, "each", THREE, projects(b, 1), keys)
    sealed = paper_for(ballot, [(0, 0)])
    b.do(ballots.annul_round, OFFICE, ballot.id, "the wrong list of those present")
    with pytest.raises(Rejected, match="round 2 is not open yet"):
        b.do(ballots.cast, THREE[0], ballot.id, sealed)
    assert b.ask(ballots.audit, OFFICE, ballot.id) == ()


@pytest.mark.parametrize("reason", ["", "  "])
def test_without_a_reason_nothing_is_annulled_or_appointed(county, reason):
    b = voting_county(county)
    ballot = on_paper(b)
    with pytest.raises(Invalid, match="reason"):
        b.do(ballots.annul_round, OFFICE, ballot.id, reason)
    with pytest.raises(Invalid, match="reason"):
        b.do(ballots.appoint, OFFICE, ballot.id, Appointment(tellers=NAMES, reason=reason))
    assert b.ask(ballots.show, OFFICE, ballot.id).version == ballot.version


def test_what_is_counted_stands(county):
    b = voting_county(county)
    ballot = on_paper(b)
    b.do(ballots.close_round, OFFICE, ballot.id)
    enter(b, ballot, [[(0, 1)]] * 3)
    b.do(ballots.count_round, TELLERS[0], ballot.id, Counting(paper_returned=3))
    with pytest.raises(Rejected, match="round 1 is counted"):
        b.do(ballots.annul_round, PRESIDIUM, ballot.id, "we do not like it")
    with pytest.raises(Rejected, match="nothing of it is left to count"):
        b.do(ballots.appoint, PRESIDIUM, ballot.id, Appointment(tellers=(OTHER.id, NAMES[0]), reason="ill"))


def test_another_teller_enters_anew_what_the_first_one_did(county):
    b = voting_county(county)
    ballot = on_paper(b)
    b.do(ballots.close_round, OFFICE, ballot.id)
    b.do(ballots.enter_sheet, TELLERS[0], ballot.id, Sheet(bundle="1", papers=(((0, 1),),) * 3))
    there = ballot.rounds[0].attendance
    with pytest.raises(Rejected, match="where one cannot, appoint another"):
        b.do(ballots.declare, PRESIDIUM, ballot.id, there, [[(0, 0)]] * 3)
    b.do(ballots.appoint, OFFICE, ballot.id, Appointment(tellers=(OTHER.id, NAMES[1]), reason="计票人生病"))
    with pytest.raises(NotFound):  # he is nobody on it any more
        b.do(ballots.enter_sheet, TELLERS[0], ballot.id, Sheet(bundle="1", papers=(((0, 1),),) * 3))
    for teller in (OTHER, TELLERS[1]):
        b.do(ballots.enter_sheet, teller, ballot.id, Sheet(bundle="1", papers=(((0, 0),),) * 3))
    done = b.do(ballots.count_round, OTHER, ballot.id, Counting(paper_returned=3))
    assert done.rounds[0].counted.votes == ((3, 0, 0),)
    told = str(b.read(journal.entries))
    assert "计票人生病" in told


def test_who_is_appointed_has_no_interest_and_who_appoints_leads_the_meeting(county):
    b = voting_county(county)
    mine = b.open("project", OFFICE, title="我的项目", parties={"proposer": (OTHER.id,)}).id
    ballot = prepare(b, "each", THREE, (mine,))
    with pytest.raises(Rejected, match="is proposer of 我的项目"):
        b.do(ballots.appoint, OFFICE, ballot.id, Appointment(tellers=(OTHER.id, NAMES[0]), reason="ill"))
    with pytest.raises(Rejected, match="entered twice"):
        b.do(ballots.appoint, OFFICE, ballot.id, Appointment(tellers=(WATCH.id, NAMES[0]), reason="ill"))
    named = tuple(k.trustee for k in trustees())
    with pytest.raises(Invalid, match="this is none"):
        b.do(ballots.appoint, OFFICE, ballot.id, Appointment(trustees=named, reason="lost"))
    with pytest.raises(Invalid, match="name who is appointed"):
        b.do(ballots.appoint, OFFICE, ballot.id, Appointment(reason="ill"))
    for actor in (THREE[0], TELLERS[0]):
        with pytest.raises(NotAllowed):
            b.do(ballots.appoint, actor, ballot.id, Appointment(tellers=NAMES, reason="ill"))
        with pytest.raises(NotAllowed):
            b.do(ballots.annul_round, actor, ballot.id, "no")
