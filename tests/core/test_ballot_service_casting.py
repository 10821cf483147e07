"""Casting: one paper a person, refused with its clause, acknowledged once; a vote by name is told with its verdict."""

import asyncio
import datetime as dt
import json

import attrs
import pytest
from tests.core.balloting import (
    OFFICE,
    PRESIDIUM,
    TELLERS,
    WATCH,
    deputies,
    electronic,
    open_round,
    paper_for,
    prepare,
    projects,
    trustees,
    voting_county,
)

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotFound, Rejected
from renda_core.services import ballots
from renda_core.services.ballots import Counting
from renda_core.store.compile import Write, keyed
from renda_core.store.tables import ballot, ballot_roll

KEYS = trustees(2)


def opened_county(county, kind="each", n=4, **rest):
    b = voting_county(county)
    voters = deputies(n)
    made = electronic(b, kind, voters, projects(b, 2), KEYS, **rest)
    return b, made, voters


def refused(b, made, who, paper, match):
    before = b.verify().entries
    with pytest.raises(Rejected, match=match):
        b.do(ballots.cast, who, made.id, paper)
    assert b.verify().entries == before


def set_standing(b, made, person, standing):
    """Have a clerk of the roster change the standing of one person on the roll, as an import would before opening."""
    change = Write(ballot_roll.update().where(*keyed(ballot_roll, "ballot_id", "person")).values(standing=standing))

    async def write(unit, _):
        await unit.write_unrecorded(change, ballot_id=made.id, person=person.id)

    b.do(write, OFFICE)


def test_a_paper_is_taken_once_and_the_same_paper_gets_the_same_receipt(county):
    b, made, (one, two, *_) = opened_county(county)
    paper = paper_for(made, [(0, 0), (1, 2)])
    before = b.verify().entries
    receipt = b.do(ballots.cast, one, made.id, paper)
    assert receipt == b.do(ballots.cast, one, made.id, paper)
    assert (receipt.ballot, receipt.round, len(receipt.hash)) == (made.id, 1, 64)
    refused(b, made, one, paper_for(made, [(0, 0), (1, 2)]), "no empty slot.*the first counts .选举法 5 .by analogy")
    b.do(ballots.cast, two, made.id, paper_for(made, []))
    assert b.verify().entries == before  # neither entry nor event keeps its time
    b.do(ballots.close_round, OFFICE, made.id)
    assert receipt == b.do(ballots.cast, one, made.id, paper)  # its answer was lost until now
    assert receipt.hash in b.ask(ballots.board, one, made.id).hashes
    assert len(b.ask(ballots.board, one, made.id).hashes) == 2


def test_who_is_not_on_the_roll_learns_nothing_of_the_round(county):
    b, made, _ = opened_county(county)
    stranger, paper = deputies(5)[4], paper_for(made, [])
    for who in (stranger, OFFICE, TELLERS[0], Actor(id="job:nightly", roles={"deputy"})):
        refused(b, made, who, paper, "not on its roll|nobody on the roll")
    b.do(ballots.close_round, OFFICE, made.id)
    refused(b, made, stranger, paper, "not on its roll$")
    with pytest.raises(NotFound):
        b.do(ballots.cast, stranger, stranger.id, paper)


def test_suspended_absent_and_paper_voters_are_refused_with_the_reason(county):
    b = voting_county(county)
    voters = deputies(5)
    away, on_paper, detained, *_ = voters
    made = electronic(
        b, "each", voters, projects(b, 1), KEYS, present=tuple(v.id for v in voters[1:]), paper=(on_paper.id,)
    )
    set_standing(b, made, detained, "suspended")
    paper = paper_for(made, [])
    refused(b, made, away, paper, "not noted as present")
    refused(b, made, on_paper, paper, "you were handed a paper")
    refused(b, made, detained, paper, "suspended.*代表法 61")
    assert b.ask(ballots.turnout, OFFICE, made.id).cast == 0


def test_suspended_members_are_not_present(county):
    b = voting_county(county)
    voters = deputies(4)
    made = prepare(b, "each", voters, projects(b, 1))
    set_standing(b, made, voters[0], "suspended")
    with pytest.raises(Rejected, match=r"without a vote .代表法 61"):
        open_round(b, made, present=tuple(v.id for v in voters))
    open_round(b, made)
    seen = b.ask(ballots.turnout, OFFICE, made.id)
    assert (seen.incumbent, seen.entitled, seen.suspended, seen.present) == (4, 3, 1, 3)


def test_too_early_and_too_late(county):
    b = voting_county(county)
    voters, named = deputies(3), tuple(k.trustee for k in KEYS)
    made = prepare(b, "each", voters, projects(b, 1), electronic=True, trustees=named)
    paper = paper_for(made, [])
    refused(b, made, voters[0], paper, "round 1 is not open yet")
    made = electronic(b, "each", voters, projects(b, 1), KEYS)
    paper = paper_for(made, [])
    b.do(ballots.close_round, OFFICE, made.id)
    refused(b, made, voters[0], paper, "round 1 is closed")
    with pytest.raises(Rejected, match="round 1 is closed"):
        b.do(ballots.close_round, OFFICE, made.id)


@pytest.mark.parametrize(("seconds", "taken"), [(-1, False), (0, False), (1, True)])
def test_the_box_shuts_by_itself_to_the_second(county, seconds, taken):
    b, made, (one, *_) = opened_county(county)

    async def set_hour(unit, _):
        change = Write(
            ballot.update().where(*keyed(ballot, "id")).values(closes_at=unit.now + dt.timedelta(0, seconds))
        )
        await unit.write_unrecorded(change, id=made.id)

    b.do(set_hour, OFFICE)
    paper = paper_for(made, [])
    if taken:
        b.do(ballots.cast, one, made.id, paper)
    else:
        refused(b, made, one, paper, "round 1 closed by itself at")
    b.do(ballots.close_round, OFFICE, made.id)
    assert len(b.ask(ballots.board, one, made.id).hashes) == taken


def test_a_paper_has_the_one_length_that_all_have(county):
    b, made, (one, *_) = opened_county(county)
    paper = paper_for(made, [(0, 1)])
    assert b.ask(ballots.show, one, made.id).size == len(paper)
    for wrong in (b"", paper[:-1], paper + b"\0", b"x"):
        with pytest.raises(Invalid, match=f"has {len(paper)} bytes"):
            b.do(ballots.cast, one, made.id, wrong)


def test_where_the_rule_lets_people_vote_again_the_last_paper_counts(county):
    b, made, (one, *_) = opened_county(county, kind="again")
    first, last = paper_for(made, [(0, 0)]), paper_for(made, [(0, 1)])
    b.do(ballots.cast, one, made.id, first)
    kept = b.do(ballots.cast, one, made.id, last)
    b.do(ballots.close_round, OFFICE, made.id)
    assert b.ask(ballots.board, one, made.id).hashes == (kept.hash,)
    refused(b, made, one, first, "round 1 is closed")


def test_a_copy_of_another_paper_counts_once_and_stops_nothing(county):
    b, made, (one, two, *_) = opened_county(county)
    paper = paper_for(made, [(0, 0)])
    for who in (one, two):
        b.do(ballots.cast, who, made.id, paper)
    b.do(ballots.close_round, OFFICE, made.id)
    assert len(b.ask(ballots.board, one, made.id).hashes) == 1
    assert all("another's to the last byte" in line for line in b.ask(ballots.audit, OFFICE, made.id))


def test_a_vote_by_name_is_told_by_name_with_its_verdict_and_not_before(county):
    b = voting_county(county)
    voters = deputies(3)
    subjects = projects(b, 2)
    made = prepare(b, "by_name", voters, subjects, electronic=True)
    open_round(b, made)
    before = b.verify().entries
    for who, marks in zip(voters, ([(0, 0)], [(1, 1), (0, 0)], [(0, 1)]), strict=True):
        b.do(ballots.cast_named, who, made.id, marks)
        b.do(ballots.cast_named, who, made.id, list(reversed(marks)))
        with pytest.raises(Rejected, match="the first counts"):
            b.do(ballots.cast_named, who, made.id, [(1, 2)])
    with pytest.raises(Invalid, match="void"):
        b.do(ballots.cast_named, voters[0], made.id, [(0, 0), (0, 1)])
    with pytest.raises(Rejected, match="by name"):
        b.do(ballots.cast, voters[0], made.id, b"sealed")
    assert b.verify().entries == before
    b.do(ballots.close_round, OFFICE, made.id)
    b.do(ballots.count_round, OFFICE, made.id, Counting())
    for who in (*voters, OFFICE, PRESIDIUM, WATCH):
        assert b.ask(ballots.show, who, made.id).rounds[0].named == {}
    assert b.ask(ballots.audit, OFFICE, made.id) == ()
    b.do(ballots.announce, PRESIDIUM, made.id)
    told = b.ask(ballots.show, voters[2], made.id).rounds[0]
    assert told.named == {voters[0].id: ((0, 0),), voters[1].id: ((0, 0), (1, 1)), voters[2].id: ((0, 1),)}
    assert told.counted.votes == ((2, 1, 0), (0, 1, 0))
    assert b.case(subjects[0]).states["main"] == "decided"
    assert b.case(subjects[1]).states.get("main", "open") == "open"
    with pytest.raises(Rejected, match="secret"):
        b.do(ballots.cast_named, voters[0], opened_secret(b), [(0, 0)])


def opened_secret(b):
    return electronic(b, "each", deputies(3), projects(b, 1), KEYS).id


def test_marks_by_name_are_sealed_and_of_one_length_until_then(county):
    b = voting_county(county)
    voters = deputies(3)
    made = prepare(b, "by_name", voters, projects(b, 3), electronic=True)
    open_round(b, made)
    for who, marks in zip(voters, ([], [(0, 0)], [(0, 0), (1, 1), (2, 2)]), strict=True):
        b.do(ballots.cast_named, who, made.id, marks)

    async def slots(reader):
        from renda_core.store.ballots import ROLL

        return await reader.all(ROLL, ballot_id=made.id, round=1)

    named = [row.named for row in b.read(slots)]
    assert len({len(n) for n in named}) == 1
    assert not any(b"[" in n and json.dumps([0, 0])[1:3].encode() in n for n in named)
    assert attrs.asdict(b.ask(ballots.show, OFFICE, made.id).rounds[0])["named"] == {}


def test_twelve_clicks_by_each_of_forty_deputies_give_forty_papers(county):
    b, made, voters = opened_county(county, n=40)
    sheet_papers = {v.id: [paper_for(made, [(0, 0)]) for _ in range(12)] for v in voters}
    clicks = [(v, p) for v in voters for p in sheet_papers[v.id]]
    clicks = [clicks[(i * 37) % len(clicks)] for i in range(len(clicks))]
    taken, again = [], []

    async def click(who, paper):
        try:
            taken.append(await b.store.write(ballots.cast, b.file.id, who, b.tenant, made.id, paper))
        except Rejected:
            again.append(who)

    async def all_at_once():
        await asyncio.gather(*(click(*one) for one in clicks))

    b.store.run(all_at_once()) if hasattr(b.store, "pool") else asyncio.run(all_at_once())
    assert (len(taken), len(again)) == (40, 440)
    assert len({r.hash for r in taken}) == 40
    b.do(ballots.close_round, OFFICE, made.id)
    assert sorted(r.hash for r in taken) == list(b.ask(ballots.board, OFFICE, made.id).hashes)
    assert b.ask(ballots.audit, OFFICE, made.id) == ()
