"""Rounds: each goes one way from prepared to declared, and nothing changes one that was counted."""

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.voting import MEETING, MONEY, PROJECTS, SUBJECTS, all_there, meeting_papers, prepared, verdicts

from renda_core.domain.ballot import DUE, STATES, Attendance, Ballot, Count, Money, Trustee, count
from renda_core.errors import Rejected, RendaError
from renda_core.store.codec import decode, encode

NINE = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
TEN = NINE.replace(hour=10)
VOTES = count(PROJECTS, 12, meeting_papers(), places=10)
TRUSTEE = Trustee(name="监票人甲", box_key="aa", sign_key="bb")


def reach(state):
    """Bring the worked meeting's first round to a state."""
    now = prepared()
    moves = {
        "open": lambda b: b.opened(MEETING, NINE),
        "closed": lambda b: b.closed(TEN, "ff"),
        "counted": lambda b: b.counted(MEETING, VOTES, signatures={"监票人甲": "cc"}),
        "declared": lambda b: b.declared(),
    }
    for name, move in moves.items():
        if now.rounds[0].state == state:
            break
        now = move(now)
        assert now.rounds[0].state == name
    return now


# -- one way


def test_a_round_goes_from_prepared_to_declared():
    opened, closed, counted, declared = (reach(s).rounds[0] for s in ("open", "closed", "counted", "declared"))
    assert opened.attendance == attrs.evolve(MEETING, returned=0)
    assert (opened.opened_at, closed.closed_at, closed.box) == (NINE, TEN, "ff")
    assert (counted.counted, counted.attendance, counted.signatures) == (VOTES, MEETING, {"监票人甲": "cc"})
    assert counted.verdict.state == "tied"
    assert attrs.evolve(declared, state="counted") == counted
    assert [reach(s).version for s in STATES] == [0, 1, 2, 3, 4]
    assert len(reach("counted").rounds) == 1
    assert reach("declared").rounds[1].subjects == ("j", "k")


def test_a_verdict_is_announced_when_it_is_declared_and_not_before():
    assert [reach(state).rounds[0].announced for state in STATES] == [False, False, False, False, True]
    old = attrs.evolve(reach("declared").rounds[0], state="prepared")  # as stored before rounds had states
    assert old.announced


def test_all_at_once_decides_what_step_by_step_decides():
    at_once, steps = prepared().declare(MEETING, meeting_papers()), reach("declared")
    assert at_once.rounds[0].verdict == steps.rounds[0].verdict
    assert at_once.rounds[1] == steps.rounds[1]
    assert at_once.version == 1
    assert reach("open").declare(MEETING, meeting_papers()).rounds[1] == at_once.rounds[1]
    assert reach("closed").declare(MEETING, meeting_papers()).rounds[0].box == "ff"


MOVES = {
    "opened": lambda b: b.opened(MEETING, NINE),
    "closed": lambda b: b.closed(TEN),
    "counted": lambda b: b.counted(MEETING, VOTES),
    "declared": lambda b: b.declared(),
    "declare": lambda b: b.declare(MEETING, meeting_papers()),
}
ALLOWED = {
    "prepared": {"opened", "declare"},
    "open": {"closed", "declare"},
    "closed": {"counted", "declare"},
    "counted": {"declared"},
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", ALLOWED)
def test_out_of_turn_is_refused_with_the_state_and_what_is_due(state, move):
    now = reach(state)
    if move in ALLOWED[state]:
        assert MOVES[move](now).version == now.version + 1
        return
    with pytest.raises(Rejected) as refused:
        MOVES[move](now)
    assert refused.value.objections == (f"round 1 is {state} ({STATES[state]}): {DUE[state]}",)
    assert refused.value.details["state"] == state


@pytest.mark.parametrize("move", MOVES)
def test_a_decided_ballot_moves_no_more(move):
    decided = prepared(subjects="abc", places=2).declare(all_there(3), [[(0, 0), (1, 0)]] * 3)
    assert decided.rounds[0].verdict.state == "decided"
    with pytest.raises(Rejected, match="every round has its verdict"):
        MOVES[move](decided)


def test_a_round_that_was_stored_before_rounds_had_states_is_declared():
    old = prepared(subjects="abc", places=2).declare(all_there(3), [[(0, 0), (1, 0)]] * 3)
    old = attrs.evolve(old, rounds=(attrs.evolve(old.rounds[0], state="prepared"),))
    for move in MOVES.values():
        with pytest.raises(Rejected, match="every round has its verdict"):
            move(old)


def test_a_ballot_comes_back_from_the_store_as_it_was():
    for state in STATES:
        assert decode(encode(reach(state)), Ballot) == reach(state)
    tied = prepared(MONEY, "abc", 0, Money(costs=(60, 60, 10), budget=100))
    tied = tied.declare(all_there(3), [[(0, 0), (1, 0), (2, 0)], [(0, 0)], [(1, 0)]])
    assert tied.rounds[1].waiting
    assert decode(encode(tied), Ballot) == tied


# -- the roll is frozen


@pytest.mark.parametrize("change", [{"present": 59}, {"incumbent": 64}, {"seats": 66}, {"issued": 57}])
def test_the_roll_cannot_be_another_when_papers_are_counted(change):
    (name, number), was = next(iter(change.items())), getattr(MEETING, next(iter(change)))
    with pytest.raises(Rejected, match=f"{name} is {number}, and was {was} when the round was opened"):
        reach("closed").counted(attrs.evolve(MEETING, **change), VOTES)


def test_slots_and_papers_make_up_what_was_issued():
    mixed = attrs.evolve(MEETING, device_issued=21, by_device=20)
    done = prepared().opened(mixed).closed()
    assert done.counted(mixed, VOTES).rounds[0].verdict.state == "tied"  # 37 papers of 37
    with pytest.raises(Rejected, match="device_issued is 22, and was 21 when the round was opened"):
        done.counted(attrs.evolve(mixed, device_issued=22), VOTES)
    with pytest.raises(Rejected, match="59 of 58 issued by device"):
        prepared().opened(attrs.evolve(MEETING, device_issued=59))
    with pytest.raises(Rejected, match="less than nothing: device_issued -1"):
        prepared().opened(attrs.evolve(MEETING, device_issued=-1))


def test_papers_may_be_handed_out_after_the_opening():
    opened = prepared().opened(attrs.evolve(MEETING, issued=0))
    assert opened.closed().counted(MEETING, VOTES).rounds[0].attendance.issued == 58
    with pytest.raises(Rejected, match="issued 59, present 58"):
        opened.closed().counted(attrs.evolve(MEETING, issued=59), VOTES)


def test_a_secret_round_by_device_needs_trustees_who_can_open_the_box():
    by_device = attrs.evolve(prepared(), electronic=True)
    with pytest.raises(Rejected, match="has no trustees"):
        by_device.opened(MEETING)
    kept = attrs.evolve(by_device, trustees=(TRUSTEE,))
    with pytest.raises(Rejected, match="have not opened a box of trial papers yet"):
        kept.opened(MEETING)
    assert attrs.evolve(kept, rehearsed=True).opened(MEETING).rounds[0].state == "open"
    named = attrs.evolve(by_device, rule=attrs.evolve(PROJECTS, secret=False))
    assert named.opened(MEETING).rounds[0].state == "open"


# -- what the count finds voids the round


def void(attendance, counted, rule=PROJECTS):
    done = attrs.evolve(prepared(), rule=rule).opened(attrs.evolve(attendance, returned=0)).closed()
    return done.counted(attendance, counted).declared()


@pytest.mark.parametrize(
    ("attendance", "changes", "clause", "reason"),
    [
        ({"returned": 59}, {}, "void_round", "returned 59 > issued 58"),
        ({}, {"valid": 56}, "reconcile", "56 valid + 2 void ≠ 57 returned"),
        ({}, {"void": 1, "why_void": {}}, "reconcile", "55 valid + 1 void ≠ 57 returned"),
        ({"by_device": 58}, {}, "reconcile", "58 by device > 57 returned"),
        ({"by_device": 20, "device_issued": 22}, {}, "void_round", "returned 37 > issued 36 on paper"),
        ({"by_device": 57, "device_issued": 56}, {}, "reconcile", "57 by device > 56 issued by device"),
        ({}, {"why_void": {"max_marks": 1}}, "reconcile", "1 papers void for a reason ≠ 2 void"),
        ({}, {"votes": ((56,), *VOTES.votes[1:])}, "reconcile", "56 votes on a > 55 valid"),
        ({}, {"votes": ((-1,), *VOTES.votes[1:])}, "reconcile", "less than nothing was counted"),
        ({}, {"votes": ((55,),) * 12}, "reconcile", "660 marks > 10 on each of 55 valid"),
        ({}, {"valid": 59, "void": -2, "why_void": {}}, "reconcile", "less than nothing was counted"),
    ],
)
def test_numbers_that_do_not_agree_void_the_round_and_it_is_voted_again(attendance, changes, clause, reason):
    done = void(attrs.evolve(MEETING, **attendance), attrs.evolve(VOTES, **changes))
    first, again = done.rounds
    assert (first.verdict.state, first.verdict.clause) == ("void", clause)
    assert reason in first.verdict.reasons
    assert (first.verdict.findings, first.verdict.rerun) == ((), ())
    assert (again.subjects, again.places, again.state, again.verdict) == (SUBJECTS, 10, "prepared", None)


def test_a_void_round_between_tied_is_voted_again_as_one_between_tied():
    tied = prepared().declare(MEETING, meeting_papers())
    over = tied.declare(attrs.evolve(MEETING, returned=59), [[(0, 0)]] * 59)
    assert over.rounds[1].verdict.state == "void"
    assert over.rounds[2] == tied.rounds[1]
    won = over.declare(MEETING, [[(0, 0)]] * 20 + [[]] * 37)  # 20 of 63 would be no majority
    assert verdicts(won.rounds[2].verdict) == {"j": "decided", "k": "failed"}


# -- nothing changes what was counted

numbers = st.integers(-2, 70)
attendances = st.builds(
    Attendance, seats=numbers, incumbent=numbers, present=numbers, issued=numbers, returned=numbers, by_device=numbers
)
good = st.sampled_from([MEETING, attrs.evolve(MEETING, returned=59), attrs.evolve(MEETING, returned=3)])
counts = st.builds(
    lambda votes, valid, void: Count(votes=tuple((v,) for v in votes), valid=valid, void=void),
    st.lists(numbers, min_size=12, max_size=12),
    numbers,
    numbers,
)
moves = st.one_of(
    st.tuples(st.just("opened"), good | attendances),
    st.tuples(st.just("closed")),
    st.tuples(st.just("counted"), good | attendances, st.just(VOTES) | counts),
    st.tuples(st.just("declared")),
    st.tuples(st.just("declare"), good | attendances, st.just(meeting_papers()) | st.just([[(0, 0)]] * 3)),
)


@given(st.lists(moves, max_size=14))
def test_whatever_is_tried_a_counted_round_stays_as_it_was(tried):
    now, order = prepared(), list(STATES)
    for name, *given_ in tried:
        if name == "counted" and len(given_[1].votes) != len(now.rounds[-1].subjects):
            continue
        try:
            after = getattr(now, name)(*given_)
        except RendaError:
            continue
        assert after.version == now.version + 1
        for was, is_ in zip(now.rounds, after.rounds, strict=False):
            if was.state in ("counted", "declared"):
                assert attrs.evolve(is_, state=was.state) == was
            assert order.index(is_.state) >= order.index(was.state)
        assert all(r.state == "declared" for r in after.rounds[:-1])
        assert {s for r in after.rounds for s in r.subjects} == set(SUBJECTS)
        now = after


@given(attendances, counts)
def test_what_is_decided_always_reconciles(attendance, counted):
    opening = attrs.evolve(attendance, returned=0, by_device=0)
    try:
        done = prepared().opened(opening).closed().counted(attendance, counted)
    except Rejected:
        a = attendance
        sound = 0 <= a.issued <= a.present <= a.incumbent and (a.incumbent <= a.seats or not a.seats) and a.seats >= 0
        assert not (sound and a.incumbent and 3 * a.present >= 2 * a.incumbent and min(a.returned, a.by_device) >= 0)
        return
    a, verdict = attendance, done.rounds[0].verdict
    agrees = a.by_device <= a.returned <= a.issued and counted.valid + counted.void == a.returned
    assert 0 <= a.issued <= a.present <= a.incumbent <= (a.seats or 999)
    assert agrees or verdict.state == "void"
    if verdict.state != "void":
        assert all(0 <= sum(row) <= counted.valid for row in counted.votes)
        assert {f.subject for f in verdict.findings} == set(SUBJECTS)
        assert all(f.clause and f.reason for f in verdict.findings)
    assert verdict.clause
