"""Counting and announcing: paper and box in one count, nothing before its time, an audit that names what changed."""
# ruff: noqa: S608 - the tables are our own

import copy
import sqlite3

import psycopg
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
from tests.databases import owner_dsn

from renda_core import sealing
from renda_core.domain.ballot import Attendance
from renda_core.errors import Invalid, NotAllowed, Rejected
from renda_core.services import ballots
from renda_core.services.ballots import Counting

KEYS = trustees(2)
EVERYBODY = (OFFICE, PRESIDIUM, *TELLERS, WATCH)


def meeting(county, votes=(54, 53, 52, 50, 48, 45, 44, 40, 36, 34, 34, 30)):
    """Give the worked meeting of 63 incumbents, 58 present: ten places, twelve projects, on paper, and its papers."""
    b = voting_county(county)
    voters, subjects = deputies(63), projects(b, 12)
    made = prepare(b, "choose", voters, subjects, places=10)
    open_round(b, made, present=tuple(v.id for v in voters[:58]))
    papers = [[] for _ in range(54)]
    for subject, n in enumerate(votes):
        for paper in sorted(papers, key=len)[:n]:
            paper.append((subject, 0))
    eleven = [(s, 0) for s in range(11)]
    return b, made, voters, [*papers, [], eleven, eleven]


def count(b, made, **rest):
    return b.do(ballots.count_round, TELLERS[0], made.id, Counting(**rest))


def test_the_worked_meeting_and_its_second_round(county):
    b, made, voters, papers = meeting(county)
    b.do(ballots.close_round, OFFICE, made.id)
    enter(b, made, papers[:30], "1")
    enter(b, made, papers[30:], "2")
    count(b, made, paper_returned=57)
    done = b.do(ballots.announce, PRESIDIUM, made.id)
    verdict = b.ask(ballots.show, voters[60], made.id).rounds[0].verdict
    assert verdict.state == "tied"
    assert [f.verdict for f in verdict.findings] == ["decided"] * 9 + ["tied"] * 2 + ["failed"]
    assert (done.rounds[0].counted.valid, done.rounds[0].counted.why_void) == (55, {"max_marks": 2})
    assert [b.case(s).states.get("main", "open") for s in made.rounds[0].subjects] == ["decided"] * 9 + ["open"] * 3
    again = b.ask(ballots.show, OFFICE, made.id).rounds[1]
    assert (again.state, again.places, again.subjects) == ("prepared", 1, made.rounds[0].subjects[9:11])
    # the same roll, and presence is asked anew
    seen = b.ask(ballots.turnout, OFFICE, made.id)
    assert (seen.round, seen.entitled, seen.present, seen.issued) == (2, 63, 0, 0)
    open_round(b, made, present=tuple(v.id for v in voters[:50]))
    b.do(ballots.close_round, OFFICE, made.id)
    enter(b, made, [[(0, 0)]] * 26 + [[(1, 0)]] * 24)
    count(b, made, paper_returned=50)
    last = b.do(ballots.announce, PRESIDIUM, made.id).rounds
    assert [f.verdict for f in last[1].verdict.findings] == ["decided", "failed"]
    assert len(last) == 2
    assert last[0] == done.rounds[0]
    assert b.verify().whole
    assert b.ask(ballots.audit, OFFICE, made.id) == ()


def test_59_papers_for_58_void_the_round_and_it_is_voted_as_a_first_one(county):
    b, made, _, papers = meeting(county)
    b.do(ballots.close_round, OFFICE, made.id)
    enter(b, made, papers)
    count(b, made, paper_returned=59)
    after = b.do(ballots.announce, PRESIDIUM, made.id)
    done, again = after.rounds
    with pytest.raises(Rejected, match="round 2 is prepared"):
        count(b, made, paper_returned=57)
    assert (done.verdict.state, done.verdict.clause) == ("void", "void_round")
    assert (done.counted.valid, done.verdict.findings) == (0, ())
    assert (again.state, again.subjects, again.places, again.after) == ("prepared", done.subjects, 10, "")


def test_a_slip_of_the_pen_voids_no_round(county):
    b, made, _, papers = meeting(county)
    b.do(ballots.close_round, OFFICE, made.id)
    count(b, made, paper_returned=75)
    count(b, made, paper_returned=75)
    assert b.ask(ballots.show, PRESIDIUM, made.id).rounds[0].verdict.state == "void"
    enter(b, made, papers)
    count(b, made, paper_returned=57)
    assert b.ask(ballots.show, PRESIDIUM, made.id).rounds[0].verdict.state == "tied"
    with pytest.raises(Rejected, match="counted already"):
        count(b, made, paper_returned=75)
    with pytest.raises(Rejected, match="nothing is entered at this time"):
        enter(b, made, papers, "2")
    assert b.ask(ballots.audit, OFFICE, made.id) == ()


def test_more_papers_than_were_handed_out_void_the_round_however_few_voted_by_device(county):
    b = voting_county(county)
    voters = deputies(9)
    made = electronic(b, "each", voters, projects(b, 1), KEYS, paper=tuple(v.id for v in voters[:2]))
    b.do(ballots.close_round, OFFICE, made.id)
    count(b, made, paper_returned=3)
    verdict = b.do(ballots.announce, PRESIDIUM, made.id).rounds[0].verdict
    assert (verdict.state, verdict.reasons) == ("void", ("returned 3 > issued 2 on paper",))


def boxed(county, kind="each", cast=((0, 0), (0, 0), (0, 0), (0, 1)), n=6):
    """Give a closed round of six, of whom one has a paper and four voted by device; and the opened box."""
    b = voting_county(county)
    voters = deputies(n)
    made = electronic(b, kind, voters, projects(b, 1), KEYS, paper=(voters[0].id,))
    for who, mark in zip(voters[1:], cast, strict=False):
        b.do(ballots.cast, who, made.id, paper_for(made, [mark]))
    b.do(ballots.close_round, OFFICE, made.id)
    return b, made, voters, peeled(b.ask(ballots.box, OFFICE, made.id), KEYS)


def test_box_and_paper_are_one_count_and_anybody_can_verify_it(county):
    b, made, voters, opened = boxed(county)
    enter(b, made, [[(0, 0)]])
    count(b, made, paper_returned=1, opened=opened)
    count(b, made, paper_returned=1, opened=opened)  # comes again: the same
    with pytest.raises(Rejected, match=r"is counted"):
        b.ask(ballots.result, OFFICE, made.id)
    b.do(ballots.announce, PRESIDIUM, made.id)
    told = b.ask(ballots.show, voters[5], made.id).rounds[0]
    assert told.counted.votes == ((4, 1, 0),)
    assert told.attendance == Attendance(incumbent=6, present=6, issued=6, returned=5, by_device=4, device_issued=5)
    assert sorted(told.signatures) == ["监票人1", "监票人2"]
    board, result = (b.ask(use, voters[5], made.id) for use in (ballots.board, ballots.result))
    plain = sealing.make_board(board.ballot, board.round, board.hashes)
    assert sealing.verify(plain, result).problems == ()
    assert b.ask(ballots.audit, WATCH, made.id) == ()


def test_the_opened_file_must_be_of_this_box(county):
    b, made, _, opened = boxed(county)
    *_, elsewhere = boxed(county)
    enter(b, made, [[(0, 0)]])
    forged = copy.deepcopy(opened)
    forged["choices"][0] = "02"
    unsigned = {**opened, "signatures": {}}
    with pytest.raises(Rejected, match="give the file in which the trustees opened"):
        count(b, made, paper_returned=1)
    for wrong in (elsewhere, forged, unsigned, b.ask(ballots.box, OFFICE, made.id), {}, {**opened, "choices": None}):
        with pytest.raises((Invalid, Rejected)):
            count(b, made, paper_returned=1, opened=wrong)
    assert b.ask(ballots.show, OFFICE, made.id).rounds[0].state == "closed"
    count(b, made, paper_returned=1, opened=opened)
    with pytest.raises(Rejected, match="counted already"):
        count(b, made, paper_returned=2, opened=opened)


def test_what_nobody_can_read_is_void_under_its_clause(county):
    b = voting_county(county)
    voters = deputies(5)
    made = electronic(b, "each", voters, projects(b, 1), KEYS)
    size = len(paper_for(made, []))
    for i, who in enumerate(voters):
        b.do(ballots.cast, who, made.id, bytes([i]) * size if i < 2 else paper_for(made, [(0, 0)]))
    b.do(ballots.close_round, OFFICE, made.id)
    opened = peeled(b.ask(ballots.box, OFFICE, made.id), KEYS)
    done = count(b, made, opened=opened).rounds[0]
    assert (done.counted.valid, done.counted.why_void, done.attendance.returned) == (3, {"unreadable": 2}, 5)
    assert done.verdict.state == "decided"


def test_numbers_that_do_not_agree_block_the_count(county):
    b, made, _, opened = boxed(county)
    with pytest.raises(Rejected, match="no bundle of papers was entered"):
        count(b, made, paper_returned=1, opened=opened)
    b.do(ballots.enter_sheet, TELLERS[0], made.id, ballots.Sheet(bundle="1", papers=(((0, 0),),)))
    with pytest.raises(Rejected, match="only one teller has entered it"):
        count(b, made, paper_returned=1, opened=opened)
    b.do(ballots.enter_sheet, TELLERS[1], made.id, ballots.Sheet(bundle="1", papers=(((0, 1),),)))
    with pytest.raises(Rejected, match="the two tellers differ"):
        count(b, made, paper_returned=1, opened=opened)
    b.do(ballots.enter_sheet, TELLERS[1], made.id, ballots.Sheet(bundle="1", papers=(((0, 0),),)))
    with pytest.raises(Rejected, match="the bundles hold 1 papers, and 0 were returned"):
        count(b, made, paper_returned=0, opened=opened)
    with pytest.raises(Rejected, match="2 papers were handed out, and 1 people"):
        count(b, made, paper_issued=2, paper_returned=1, opened=opened)
    with pytest.raises(Invalid, match="no number of papers"):
        count(b, made, paper_returned=-1, opened=opened)
    with pytest.raises(NotAllowed, match="counted by those who lead"):
        b.do(ballots.count_round, WATCH, made.id, Counting(paper_returned=1, opened=opened))
    count(b, made, paper_returned=1, opened=opened)


def test_nobody_sees_a_number_before_its_time(county):
    b, made, voters, opened = boxed(county)
    enter(b, made, [[(0, 0)]])
    assert all(b.ask(ballots.show, who, made.id).rounds[0].verdict is None for who in (*voters, *EVERYBODY))
    before = b.ask(ballots.show, voters[0], made.id)
    count(b, made, paper_returned=1, opened=opened)
    early = {who.id for who in (*voters, *EVERYBODY) if b.ask(ballots.show, who, made.id).rounds[0].verdict is not None}
    assert early == {PRESIDIUM.id, WATCH.id, *(t.id for t in TELLERS)}  # the office announces nothing here
    seen = b.ask(ballots.show, voters[0], made.id).rounds[0]
    assert (seen.counted, seen.attendance, seen.signatures, seen.box) == (None, None, {}, before.rounds[0].box)
    from renda_core.services.desk import StoreDesk

    async def verdicts(reader, tenant):
        return await StoreDesk(reader, tenant).verdicts("each")

    assert b.ask(verdicts) == ()
    for entry in b.entries():
        if entry["what"].startswith("ballot."):
            assert not {"votes", "valid", "void", "returned", "issued", "present", "papers"} & set(entry["body"])
    with pytest.raises(NotAllowed, match="announced by presidium"):
        b.do(ballots.announce, OFFICE, made.id)
    b.do(ballots.announce, PRESIDIUM, made.id)
    assert b.ask(ballots.show, voters[0], made.id).rounds[0].verdict.findings[0].votes["for"] == 4
    assert [f.verdict for f in b.ask(verdicts)] == ["decided"]
    with pytest.raises(Rejected, match="every round has its verdict"):
        b.do(ballots.announce, PRESIDIUM, made.id)


def test_casts_change_nothing_that_others_see(county):
    b = voting_county(county)
    voters = deputies(12)
    made = electronic(b, "each", voters, projects(b, 1), KEYS)

    async def stored(reader):
        from renda_core.store.ballots import ONE

        return (await reader.one(ONE, id=made.id)).document

    def outside():
        return b.ask(ballots.show, voters[11], made.id), b.ask(ballots.listed, OFFICE), b.read(stored)

    before, told = outside(), []
    for who in voters[:11]:
        b.do(ballots.cast, who, made.id, paper_for(made, [(0, 0)]))
        assert outside() == before
        told.append(b.ask(ballots.turnout, OFFICE, made.id).cast)
    assert told == [0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 10]
    b.do(ballots.cast, voters[11], made.id, paper_for(made, [(0, 1)]))
    assert b.ask(ballots.turnout, OFFICE, made.id).cast == 12


def test_small_numbers_are_not_told_and_the_result_file_does_not_tell_them_either(county):
    b, made, voters, opened = boxed(county, kind="small")
    enter(b, made, [[(0, 0)]])
    count(b, made, paper_returned=1, opened=opened)
    b.do(ballots.announce, PRESIDIUM, made.id)
    told = b.ask(ballots.show, voters[0], made.id).rounds[0]
    assert (told.suppressed, told.counted, told.verdict.findings[0].votes) == (True, None, {})
    assert told.verdict.findings[0].verdict == "decided"
    with pytest.raises(NotAllowed, match="fewer papers"):
        b.ask(ballots.result, voters[0], made.id)
    assert b.ask(ballots.show, TELLERS[0], made.id).rounds[0].counted.votes == ((4, 1, 0),)
    assert b.ask(ballots.result, TELLERS[0], made.id)


def test_a_count_done_outside_is_declared_at_once_and_a_box_is_not(county):
    b = voting_county(county)
    five = Attendance(incumbent=5, present=5, issued=5, returned=5)
    made = prepare(b, "each", (), projects(b, 1))
    with pytest.raises(NotAllowed):
        b.do(ballots.declare, OFFICE, made.id, five, [[(0, 0)]] * 5)  # the presidium announces
    assert b.do(ballots.declare, PRESIDIUM, made.id, five, [[(0, 0)]] * 5).rounds[0].state == "declared"
    boxed_ = electronic(b, "each", deputies(5), projects(b, 1), KEYS)
    with pytest.raises(Rejected, match="its box is electronic"):
        b.do(ballots.declare, PRESIDIUM, boxed_.id, five, [[(0, 0)]] * 5)


def test_a_roll_without_names_is_counted_on_paper(county):
    b = voting_county(county)
    made = prepare(b, "each", (), projects(b, 1), incumbent=27)
    b.do(ballots.open_round, OFFICE, made.id, ballots.OpenRound(present_number=25))
    b.do(ballots.close_round, OFFICE, made.id)
    enter(b, made, [[(0, 0)]] * 13 + [[(0, 1)]] * 12)
    with pytest.raises(Invalid, match="how many papers were handed out"):
        count(b, made, paper_returned=25)
    with pytest.raises(Rejected, match="issued 30"):  # of 25 present
        count(b, made, paper_issued=30, paper_returned=25)
    done = count(b, made, paper_issued=25, paper_returned=25).rounds[0]
    assert done.verdict.findings[0].reason == "13 of 27 incumbent not > 1/2"


def owner(b):
    """Connect as the owner of the database, past every rule."""
    store = getattr(b.store, "_store", b.store)
    if hasattr(store, "pool"):
        return psycopg.connect(owner_dsn(store), autocommit=True), "%s"
    return sqlite3.connect(store._path, isolation_level=None), "?"


def key(b, text):
    """Write an id as the back end stores it."""
    from uuid import UUID

    return UUID(text) if hasattr(getattr(b.store, "_store", b.store), "pool") else UUID(text).bytes


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            "UPDATE ballot_roll SET sealed = {other} WHERE ballot_id = {b} AND person = {p}",
            ["the paper of {p}", "in nobody"],
        ),
        ("UPDATE ballot_roll SET sealed = NULL WHERE ballot_id = {b} AND person = {p}", ["line {h} of the board"]),
        ("DELETE FROM ballot_roll WHERE ballot_id = {b} AND person = {p}", ["line {h}", "the roll is not as it was"]),
        ("DELETE FROM ballot_board WHERE ballot_id = {b} AND hash = {hb}", ["the paper of {p}, {h}", "the digest"]),
        (
            "UPDATE ballot_board SET hash = {other} WHERE ballot_id = {b} AND hash = {hb}",
            ["the paper of {p}", "the digest"],
        ),
        ("UPDATE ballot_roll SET standing = 'suspended' WHERE ballot_id = {b} AND person = {p}", ["the roll is not"]),
    ],
)
def test_whatever_is_flipped_or_deleted_behind_our_back_is_named(county, change, named):
    b, made, voters, _ = boxed(county)
    one = voters[2]

    async def slot(reader):
        from renda_core.store.ballots import ROLL

        return next(r for r in await reader.all(ROLL, ballot_id=made.id, round=1) if r.person == one.id).sealed

    hashed = sealing.receipt(b.read(slot))
    raw, mark = owner(b)
    values = {"b": key(b, made.id), "p": key(b, one.id), "hb": bytes.fromhex(hashed), "other": b"x" * 32}
    names = [n for n in sorted(values, key=lambda n: change.find("{" + n + "}")) if "{" + n + "}" in change]
    raw.execute(change.format(**dict.fromkeys(values, mark)), tuple(values[n] for n in names))
    raw.close()
    told = "\n".join(b.ask(ballots.audit, OFFICE, made.id))
    for each in named:
        assert each.format(p=one.id, h=hashed) in told


def test_a_changed_count_is_named(county):
    b, made, _, opened = boxed(county)
    enter(b, made, [[(0, 0)]])
    count(b, made, paper_returned=1, opened=opened)
    raw, mark = owner(b)
    (document,) = raw.execute(f"SELECT document FROM ballot WHERE id = {mark}", (key(b, made.id),)).fetchone()
    wrong = bytes(document).replace(b'"votes":[[4,1,0]]', b'"votes":[[5,0,0]]')
    assert wrong != document
    raw.execute(f"UPDATE ballot SET document = {mark} WHERE id = {mark}", (wrong, key(b, made.id)))
    assert b.ask(ballots.audit, OFFICE, made.id) == ("round 1: what was counted is not what the journal vouches for",)
    raw.execute(f"DELETE FROM ballot_chunk WHERE ballot_id = {mark}", (key(b, made.id),))
    raw.close()
    assert "the papers kept are not those that were counted" in b.ask(ballots.audit, OFFICE, made.id)[1]


def test_nothing_is_counted_while_the_box_is_open(county):
    b, made, _, papers = meeting(county)
    with pytest.raises(Rejected, match="it is closed next"):
        count(b, made, paper_returned=len(papers))
