"""The worked meeting, end to end: 63 deputies, 58 issued, 57 returned, nine pass, two tie at 34."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.livelihood import (
    CLERK,
    CONGRESS,
    DEPUTY,
    GOVERNMENT,
    JULY,
    PRESIDIUM,
    TWELVE,
    adopted,
    argument,
    candidate,
    draft,
    marks,
    opened,
    proposal,
    ready,
    tabled,
    the_papers,
    there,
    to_candidate,
    to_vote,
    twelve,
)

from renda_core.catalogue import Catalogue
from renda_core.domain.ballot import Attendance, Ballot, Round
from renda_core.errors import Invalid, NotAllowed, Rejected
from renda_core.records import Opening
from renda_core.services import ballots, jobs
from renda_core.testing import Bench, context, uid
from renda_core.testing import case as made
from renda_plugins import livelihood_ballot
from renda_plugins.livelihood_ballot.ballots import (
    advisory_rule,
    projects_rule,
    refuse_adoption,
    refuse_advice,
    refuse_projects,
    rule_of_method,
)
from renda_plugins.livelihood_ballot.fields import Fund
from renda_plugins.livelihood_ballot.methods import METHOD

SMALL = argument(investment=100, funds=(Fund(source="本级财政", amount=100),))


@pytest.fixture
def b(county):
    return county(livelihood_ballot, today=JULY)


def states(b, cases):
    return [b.case(c.id).states["main"] for c in cases]


def test_the_worked_meeting_from_the_method_to_the_announcement(b):
    cases, method = twelve(b), adopted(b)
    assert method.states["main"] == "adopted"
    ballot = opened(b, cases, method)
    assert (ballot.rule.version, ballot.rule.adopted) == (method.number, f"{method.body.session} {JULY}")
    done = b.do(ballots.declare, PRESIDIUM, ballot.id, there(), the_papers())
    first = done.rounds[0]
    assert (first.counted.valid, first.counted.void) == (55, 2)
    assert [f.votes["for"] for f in first.verdict.findings] == list(TWELVE)
    assert (first.verdict.state, first.verdict.rerun, first.verdict.places) == ("tied", (cases[9].id, cases[10].id), 1)
    assert first.verdict.findings[11].reason == "30 of 63 incumbent not > 1/2"
    assert states(b, cases) == ["decided"] * 9 + ["tied", "tied", "failed"]
    second = b.do(ballots.declare, PRESIDIUM, ballot.id, there(returned=58), marks((30, 28), 58))
    assert second.rounds[1].subjects == (cases[9].id, cases[10].id)
    assert second.rounds[1].verdict.state == "decided"
    assert states(b, cases) == ["decided"] * 10 + ["failed", "failed"]
    case = b.step(cases[0], "announce", PRESIDIUM, payload={"document": "公告第 1 号"})
    assert (case.states["main"], case.states["publication"]) == ("announced", "public")
    b.stands(case, "announce", by=PRESIDIUM, rule="livelihood_ballot.announce")


def test_59_papers_for_58_void_the_round_and_move_nothing(b):
    cases, method = twelve(b), adopted(b)
    ballot = opened(b, cases, method)
    papers = [*the_papers(), [], []]
    done = b.do(ballots.declare, PRESIDIUM, ballot.id, there(returned=59), papers)
    assert (done.rounds[0].verdict.state, done.rounds[0].verdict.findings) == ("void", ())
    assert done.rounds[0].verdict.clause == "void_round"
    assert states(b, cases) == ["voting"] * 12
    again = b.do(ballots.declare, PRESIDIUM, ballot.id, there(), the_papers())
    assert again.rounds[1].subjects == ballot.rounds[0].subjects
    assert states(b, cases) == ["decided"] * 9 + ["tied", "tied", "failed"]


def test_41_present_cannot_open_and_42_can(b):
    cases, method = twelve(b), adopted(b)
    ballot = opened(b, cases, method)
    with pytest.raises(Rejected, match="41 present is not ≥ 2/3 of 63 incumbent"):
        b.do(ballots.declare, PRESIDIUM, ballot.id, there(present=41, issued=41, returned=41), [[]] * 41)
    done = b.do(ballots.declare, PRESIDIUM, ballot.id, there(present=42, issued=42, returned=42), [[]] * 42)
    assert (done.rounds[0].counted.valid, done.rounds[0].counted.void) == (42, 0)  # blank papers abstain
    assert states(b, cases) == ["failed"] * 12


def test_42_of_45_decide_and_the_share_is_told(b):
    cases = [ready(b, t) for t in ("路灯", "桥")]
    method = adopted(b, yes=45, all_=45, places=1, surplus=1)
    ballot = opened(b, cases, method, places=1, incumbent=45)
    attendance = Attendance(incumbent=45, present=45, issued=45, returned=45)
    done = b.do(ballots.declare, PRESIDIUM, ballot.id, attendance, [[(0, 0)]] * 42 + [[(1, 0)]] * 3)
    won, lost = done.rounds[0].verdict.findings
    assert (won.verdict, won.reason, won.rate.shown) == ("decided", "42 of 45 incumbent > 1/2", "93.33 %")
    assert lost.verdict == "failed"
    b.step(cases[0], "announce", PRESIDIUM, payload={"document": "公告"})
    line = b.page("livelihood_account").projects[0]
    assert (line.votes, line.share.shown) == ("42", "93.33 %")


@pytest.mark.parametrize(("votes", "wins"), [(22, False), (23, True)])
def test_23_of_45_pass_and_22_do_not(b, votes, wins):
    cases = [ready(b, t) for t in ("路灯", "桥")]
    method = adopted(b, yes=45, all_=45, places=1, surplus=1)
    ballot = opened(b, cases, method, places=1, incumbent=45)
    attendance = Attendance(incumbent=45, present=45, issued=45, returned=45)
    b.do(ballots.declare, PRESIDIUM, ballot.id, attendance, [[(0, 0)]] * votes + [[]] * (45 - votes))
    assert (b.case(cases[0].id).states["main"] == "decided") is wins


def test_deputies_who_left_before_the_papers_were_issued_stay_in_the_base(b):
    cases, method = twelve(b), adopted(b)
    ballot = opened(b, cases, method)
    done = b.do(ballots.declare, PRESIDIUM, ballot.id, there(issued=50, returned=50), marks((32, 31, *[0] * 10), 50))
    assert [f.verdict for f in done.rounds[0].verdict.findings[:2]] == ["decided", "failed"]
    another = opened(b, twelve(b), method)
    with pytest.raises(Rejected, match="issued 59"):
        b.do(ballots.declare, PRESIDIUM, another.id, there(issued=59, returned=57), the_papers())


def test_only_the_presidium_announces(b):
    cases, method = twelve(b), adopted(b)
    ballot = opened(b, cases, method)
    for other in (CLERK, CONGRESS):
        with pytest.raises(NotAllowed, match="announced by presidium"):
            b.do(ballots.declare, other, ballot.id, there(), the_papers())
    b.do(ballots.declare, PRESIDIUM, ballot.id, there(), the_papers())
    for other in (CLERK, CONGRESS, GOVERNMENT):
        with pytest.raises(Rejected, match="may not announce"):
            b.step(cases[0], "announce", other, payload={"document": "公告"})


def test_nothing_of_the_count_is_seen_before_it_is_announced(b):
    roll = tuple(uid(f"deputy {n}") for n in range(63))
    cases, method = twelve(b), adopted(b)
    command = ballots.OpenBallot(
        kind="livelihood", subjects=tuple(c.id for c in cases), places=10, method=method.id, roll=roll
    )
    ballot = b.do(ballots.open_ballot, PRESIDIUM, command)
    b.do(ballots.open_round, PRESIDIUM, ballot.id, ballots.OpenRound(present=roll[:58]))
    assert states(b, cases) == ["voting"] * 12
    assert b.page("livelihood_account").projects == ()


TELLERS = tuple(Bench.actor(f"teller {n}") for n in (1, 2))
WATCH = Bench.actor("scrutineer")


def entered(b, ballot, papers):
    """Both tellers enter the same papers, apart."""
    for teller in TELLERS:
        b.do(ballots.enter_sheet, teller, ballot.id, ballots.Sheet(bundle="1", papers=tuple(map(tuple, papers))))


def test_the_meeting_step_by_step_with_two_tellers_who_enter_apart(b):
    roll = tuple(uid(f"deputy {n}") for n in range(63))
    cases, method = twelve(b), adopted(b)
    command = ballots.OpenBallot(
        kind="livelihood",
        subjects=tuple(c.id for c in cases),
        places=10,
        method=method.id,
        roll=roll,
        tellers=tuple(t.id for t in TELLERS),
        scrutineers=(WATCH.id,),
    )
    ballot = b.do(ballots.open_ballot, PRESIDIUM, command)
    with pytest.raises(Rejected, match="41 present is not ≥ 2/3 of 63 incumbent"):
        b.do(ballots.open_round, PRESIDIUM, ballot.id, ballots.OpenRound(present=roll[:41]))
    for papers, left in ((the_papers(), 57), (marks((30, 28), 58), 58)):
        b.do(ballots.open_round, PRESIDIUM, ballot.id, ballots.OpenRound(present=roll[:58]))
        b.do(ballots.close_round, PRESIDIUM, ballot.id)
        entered(b, ballot, papers)
        assert b.ask(ballots.differences, WATCH, ballot.id) == ()
        b.do(ballots.count_round, PRESIDIUM, ballot.id, ballots.Counting(paper_returned=left))
        before = states(b, cases)
        assert b.ask(ballots.show, CLERK, ballot.id).rounds[-1].verdict is None
        with pytest.raises(NotAllowed, match="announced by presidium"):
            b.do(ballots.announce, CLERK, ballot.id)
        assert states(b, cases) == before
        done = b.do(ballots.announce, PRESIDIUM, ballot.id)
    assert [r.verdict.state for r in done.rounds] == ["tied", "decided"]
    assert states(b, cases) == ["decided"] * 10 + ["failed", "failed"]
    assert [a.step for a in b.case(cases[9].id).acts][-2:] == ["tie", "win"]
    assert b.ask(ballots.audit, CLERK, ballot.id) == ()
    assert b.verify().whole


def test_a_project_goes_its_way_with_every_practice_enabled(bench):
    b = bench({name: {} for name in Catalogue.installed().offers}, today=JULY)
    cases, method = twelve(b, 3), adopted(b, places=2, surplus=1)
    ballot = opened(b, cases, method, places=2)
    b.do(ballots.declare, PRESIDIUM, ballot.id, there(), marks((40, 35, 20), 57))
    case = b.step(cases[0], "announce", PRESIDIUM, payload={"document": "公告第 1 号"})
    assert case.states["main"] == "announced"
    for page in ("seats", "duties", "route", "account"):
        assert b.page(f"livelihood_{page}") is not None
    assert b.verify().whole


def test_who_has_a_part_in_a_project_neither_counts_nor_watches(b):
    cases = [ready(b, t, by=DEPUTY) for t in ("路灯", "桥")]
    method = adopted(b, yes=45, all_=45, places=1, surplus=1)
    with pytest.raises(Rejected, match="is entered twice"):
        opened(b, cases, method, places=1, incumbent=45, tellers=(uid("li"),), scrutineers=(uid("li"),))
    for officers in ({"tellers": (DEPUTY.id,)}, {"scrutineers": (DEPUTY.id,)}):
        with pytest.raises(Rejected, match=r"is proposer of 路灯 \(选举法 43, by analogy\)"):
            opened(b, cases, method, places=1, incumbent=45, **officers)
    assert opened(b, cases, method, places=1, incumbent=45, tellers=(uid("li"),)).tellers == (uid("li"),)


@pytest.mark.parametrize("state", ["draft", "tabled", "rejected"])
def test_a_method_that_is_not_adopted_opens_no_vote(b, state):
    cases = twelve(b)
    if state == "draft":
        method = b.open(METHOD, CLERK, draft(), title="办法")
    else:
        method = tabled(b) if state == "tabled" else adopted(b, yes=31)
    assert method.states.get("main", "draft") == state
    with pytest.raises(Rejected, match="has not adopted method 办法2026-1"):
        opened(b, cases, method)


def test_without_a_method_nothing_is_opened(b):
    cases = twelve(b)
    command = ballots.OpenBallot(kind="livelihood", subjects=tuple(c.id for c in cases), places=10, incumbent=63)
    with pytest.raises(Rejected, match="adopts the method"):
        b.do(ballots.open_ballot, PRESIDIUM, command)


def test_31_of_63_do_not_adopt_a_method_and_32_do(b):
    assert adopted(b, yes=31).states["main"] == "rejected"
    assert adopted(b, yes=32).states["main"] == "adopted"


def test_a_half_day_session_adopts_its_method_and_votes_on_the_same_day(b):
    cases = twelve(b, 3, level="township")
    method = adopted(b, places=2, surplus=1, level="township", means="paper")
    ballot = opened(b, cases, method, places=2)
    done = b.do(ballots.declare, PRESIDIUM, ballot.id, there(), marks((40, 35, 20), 57))
    assert done.rule.adopted.endswith(str(b.today))
    assert states(b, cases) == ["decided", "decided", "failed"]


def test_places_that_nobody_reaches_stay_vacant_or_are_voted_on_once_more(county):
    for short, left in (("vacant", ["decided", "failed", "failed"]), ("again", ["decided", "tied", "tied"])):
        b = county({"livelihood_ballot": {"short": short}}, today=JULY)
        cases, method = twelve(b, 3), adopted(b, places=2, surplus=1)
        ballot = opened(b, cases, method, places=2)
        b.do(ballots.declare, PRESIDIUM, ballot.id, there(), marks((40, 20, 10), 57))
        assert states(b, cases) == left


def test_a_tie_is_left_vacant_where_the_place_says_so(county):
    b = county({"livelihood_ballot": {"tie": "vacant"}}, today=JULY)
    cases, method = twelve(b, 3), adopted(b, places=2, surplus=1)
    ballot = opened(b, cases, method, places=2)
    b.do(ballots.declare, PRESIDIUM, ballot.id, there(), marks((40, 34, 34), 57))
    assert states(b, cases) == ["decided", "failed", "failed"]


def test_a_tie_that_is_not_voted_on_again_leaves_the_place_vacant_with_reasons(b):
    cases, method = twelve(b), adopted(b)
    ballot = opened(b, cases, method)
    b.do(ballots.declare, PRESIDIUM, ballot.id, there(), the_papers())
    with pytest.raises(Rejected, match="reasons must be given"):
        b.step(cases[9], "leave_vacant", PRESIDIUM)
    assert b.step(cases[9], "leave_vacant", PRESIDIUM, note="会期已满").states["main"] == "failed"


def test_where_each_project_is_answered_the_papers_say_for_against_abstain(county):
    b = county({"livelihood_ballot": {"modes": ["each"]}}, today=JULY)
    cases, method = twelve(b, 3), adopted(b, places=2, surplus=1, mode="each")
    ballot = opened(b, cases, method, places=2)
    assert (ballot.rule.mode, ballot.rule.answers) == ("each", ("for", "against", "abstain"))
    papers = [[(0, 0), (1, 0), (2, 1)]] * 33 + [[(0, 0), (1, 2), (2, 0)]] * 24
    done = b.do(ballots.declare, PRESIDIUM, ballot.id, there(), papers)
    assert [tuple(f.votes.values()) for f in done.rounds[0].verdict.findings] == [(57, 0, 0), (33, 0, 24), (24, 33, 0)]
    assert states(b, cases) == ["decided", "decided", "failed"]


def test_ranked_papers_are_weighed_as_the_method_says(county):
    b = county({"livelihood_ballot": {"modes": ["rank"]}}, today=JULY)
    cases, method = twelve(b, 3), adopted(b, places=2, surplus=1, mode="rank", points=(2, 1))
    ballot = opened(b, cases, method, places=2)
    papers = [[(0, 0), (1, 1)]] * 30 + [[(1, 0), (2, 1)]] * 20 + [[(2, 0), (0, 1)]] * 7
    done = b.do(ballots.declare, PRESIDIUM, ballot.id, there(), papers)
    assert done.rounds[0].counted.void == 0
    assert states(b, cases) == ["decided", "decided", "failed"]


def test_ranked_papers_without_points_decide_only_what_no_weighing_turns(county):
    b = county({"livelihood_ballot": {"modes": ["rank"]}}, today=JULY)
    cases, method = twelve(b, 3), adopted(b, places=2, surplus=1, mode="rank")
    ballot = opened(b, cases, method, places=2)
    # for the last place one has more first places (20), another more places in all (37 to 32)
    papers = [[(1, 0), (2, 1)]] * 20 + [[(0, 0), (1, 1)]] * 12 + [[(0, 0), (2, 1)]] * 17 + [[(0, 0)]] * 8
    done = b.do(ballots.declare, PRESIDIUM, ballot.id, there(), papers)
    assert done.rounds[0].verdict.state == "refused"
    assert states(b, cases) == ["voting"] * 3
    assert b.step(cases[0], "take_off_vote", PRESIDIUM, note="办法未规定计分").states["main"] == "deliberated"


def test_a_place_may_vote_by_hands_in_townships_only(county):
    b = county({"livelihood_ballot": {"hands": ["township"]}}, today=JULY)
    with pytest.raises(Rejected, match="hands: not by the rules of a county here"):
        tabled(b, means="hands")
    method = adopted(b, means="hands", level="township", places=1, surplus=1)
    ballot = opened(b, twelve(b, 2, level="township"), method, places=1)
    assert ballot.rule.secret is False


def test_devices_are_for_a_method_that_says_so(b):
    roll = tuple(uid(f"deputy {n}") for n in range(63))
    cases, method = twelve(b), adopted(b)
    subjects = tuple(c.id for c in cases)
    command = ballots.OpenBallot(
        kind="livelihood", subjects=subjects, places=10, method=method.id, roll=roll, electronic=True
    )
    with pytest.raises(Rejected, match="nothing is cast by device"):
        b.do(ballots.open_ballot, PRESIDIUM, command)
    by_device = attrs.evolve(command, method=adopted(b, means="device").id)
    assert b.do(ballots.open_ballot, PRESIDIUM, by_device).electronic


def test_a_streets_vote_is_recorded_and_moves_nothing(b):
    cases = [candidate(b, t, level="street") for t in ("路灯", "桥", "亭")]
    roll = tuple(uid(f"talker {n}") for n in range(30))
    subjects = tuple(c.id for c in cases)
    command = ballots.OpenBallot(kind="livelihood_advisory", subjects=subjects, places=2, roll=roll)
    ballot = b.do(ballots.open_ballot, PRESIDIUM, command)
    assert ballot.rule.advisory
    attendance = Attendance(incumbent=30, present=30, issued=30, returned=30)
    b.do(ballots.declare, PRESIDIUM, ballot.id, attendance, marks((20, 16, 10), 30))
    assert states(b, cases) == ["candidate"] * 3
    said = [(a.grade, a.note) for c in cases for a in b.case(c.id).took("advise")]
    assert said == [
        ("favoured", "20 / 实有代表 30 = 66.67 %，超过 1/2"),
        ("favoured", "16 / 实有代表 30 = 53.33 %，超过 1/2"),
        ("not_favoured", "10 / 实有代表 30 = 33.33 %，未达到要求"),
    ]


def test_a_project_split_in_two_does_not_stand_twice(b):
    by = {"proposer": (DEPUTY.id,)}
    whole = b.open("livelihood_project", CLERK, proposal(investment=200), title="路灯", parties=by)
    parts = [{"name": f"路灯{n}期", "text": "路灯", "investment": 100} for n in "一二"]
    b.run(whole, ("shortlist", GOVERNMENT), ("divide", GOVERNMENT, {"payload": {"parts": parts}, "note": "分期"}))
    opened_ids = b.store.run(b.store.write(jobs.look, b.file.id, jobs.WATCH, b.tenant))
    cases = [b.case(i) for i in opened_ids]
    assert [(c.title, c.body.investment, c.links["part_of"]) for c in cases] == [
        ("路灯一期", 100, (whole.id,)),
        ("路灯二期", 100, (whole.id,)),
    ]
    assert {c.parties["proposer"] for c in cases} == {(DEPUTY.id,)}
    assert b.store.run(b.store.write(jobs.look, b.file.id, jobs.WATCH, b.tenant)) == ()
    with pytest.raises(Rejected, match="its share of the whole is 100 fen, not 200"):
        b.run(cases[0], *to_candidate())
    smaller = [
        (s, by, {"payload": SMALL} if s == "argue" else more[0] if more else {}) for s, by, *more in to_candidate()
    ]
    split = [b.run(b.case(c.id), *(smaller[1:] if n == 0 else smaller), *to_vote()) for n, c in enumerate(cases)]
    method = adopted(b, places=1, surplus=2)
    with pytest.raises(Rejected, match="are parts of one project; 1 of them may stand at once"):
        opened(b, [*split, ready(b, "桥")], method, places=1)


def test_the_rule_of_a_vote_names_what_every_clause_rests_on():
    rule = projects_rule(context(livelihood_ballot))
    assert (rule.quorum.of, str(rule.rungs[0].share), rule.base) == (rule.quorum.of, "> 1/2", "incumbent")
    assert all(rule.clauses.values())
    assert advisory_rule(context(livelihood_ballot)).surplus is None
    with pytest.raises(Rejected, match="has not adopted"):
        rule_of_method(context(livelihood_ballot), made(METHOD, body=draft(), number="办法2026-1"))


def project(n=1, **given):
    fields = {"id": uid(f"project {n}"), "title": f"项目{n}", "number": f"民生2026-{n}", "states": {"main": "voting"}}
    return made("livelihood_project", **{**fields, "body": proposal(), **given})


def the_method(**given):
    return made(METHOD, "adopt_method", body=draft(**given), states={"main": "adopted"}, number="办法2026-1")


def objections(refuse, **given):
    return list(refuse(context(livelihood_ballot), Opening(**given)))


def test_a_vote_on_the_wrong_things_is_refused_with_every_reason():
    told = objections(
        refuse_projects,
        subjects=(
            project(1, states={"main": "submitted"}),
            project(2, title="项目 1", body=proposal(level="township")),
            project(3, title="项目1", body=proposal(congress="another")),
            made("suggestion", number="2026-1"),
        ),
        places=3,
        method=the_method(congress="ours", places=1, surplus=1),
        congress="ours",
        electronic=True,
    )
    wanted = (
        "no livelihood_project: 2026-1",
        "not ready, put_to_vote is missing or it was voted on: 民生2026-1",
        "stands there twice: 项目1",
        "the method has 1 places, not 3",
        "the method has 2 candidates for 1 places, here are 4",
        "the method says paper: nothing is cast by device",
        "民生2026-2 was submitted to no session",
        "民生2026-2 is a township's, the method a county's",
        "民生2026-3 is for congress another, not ours",
    )
    assert [w for w in wanted if not any(w in reason for reason in told)] == []


def test_a_vote_names_the_method_of_its_own_congress():
    told = objections(refuse_projects, subjects=(project(),), method=the_method(congress="ours"))
    assert "the method is of congress ours, the vote of none named" in told
    assert any("adopts its method first" in t for t in objections(refuse_projects, subjects=(project(),)))
    assert any(
        "adopts its method first" in t for t in objections(refuse_projects, subjects=(project(),), method=project())
    )
    stale = objections(refuse_projects, subjects=(project(),), method=made(METHOD, body=draft(), number="办法2026-9"))
    assert "the congress has not adopted method 办法2026-9" in stale


def test_methods_are_adopted_one_by_one():
    one = made(METHOD, body=draft(congress="ours"), number="办法2026-1", states={"main": "tabled"})
    told = objections(refuse_adoption, subjects=(one, project()), places=1)
    assert [
        t for t in told if "no livelihood_method" in t or "vote on one method" in t or "for congress ours" in t
    ] == told
    assert len(told) == 3


def test_a_streets_vote_is_about_streets_and_leaves_a_choice():
    street = {"body": proposal(level="street"), "states": {"main": "candidate"}}
    good = (project(1, **street), project(2, **street))
    assert objections(refuse_advice, subjects=good, places=1) == []
    told = objections(refuse_advice, subjects=(*good, project(3, states={"main": "candidate"})), places=3, congress="c")
    assert len(told) == 3


@given(st.permutations(range(12)))
def test_the_order_of_projects_and_papers_changes_no_verdict(order):
    """However the paper lists them, the same nine pass and the same two are level."""
    rule = rule_of_method(context(livelihood_ballot), the_method())
    papers = [[(order.index(s), a) for s, a in paper] for paper in reversed(the_papers())]
    subjects = tuple(f"p{i}" for i in order)
    done = Ballot(id="b", kind="livelihood", rule=rule, rounds=(Round(subjects=subjects, places=10),)).declare(
        there(), papers
    )
    found = {f.subject: f.verdict for f in done.rounds[0].verdict.findings}
    assert [found[f"p{i}"] for i in range(12)] == ["decided"] * 9 + ["tied", "tied", "failed"]


@pytest.mark.rule("table_method.allowed")
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"surplus": 1}, "surplus 1 of 10 places is less than 1/5"),
        ({"mode": "rank"}, "mode rank: this place votes by choose"),
        ({"mode": "each"}, "mode each: this place votes by choose"),
        ({"means": "hands"}, "hands: not by the rules of a county here"),
        ({"points": (3, 2)}, "points weigh ranked papers only"),
        ({"level": "street"}, "a street has no congress that could adopt a method"),
    ],
)
def test_a_method_outside_the_places_rules_is_not_tabled(bench, given, told):
    b = bench(livelihood_ballot, today=JULY)
    with pytest.raises(Rejected, match=told):
        tabled(b, **given)


@pytest.mark.parametrize("points", [(1, 2), (2,)])
def test_points_go_down_and_there_is_one_for_each_place(bench, points):
    b = bench({"livelihood_ballot": {"modes": ["rank"]}}, today=JULY)
    with pytest.raises(Rejected, match="points: one for each of 2 places"):
        tabled(b, mode="rank", places=2, surplus=1, points=points)


@pytest.mark.parametrize("given", [{"places": 0}, {"places": -1}, {"surplus": -1}, {"places": True}, {"points": (-1,)}])
def test_a_method_counts_in_whole_numbers(given):
    with pytest.raises(Invalid, match=r"is no number of projects|whole numbers"):
        draft(**given)


def test_a_method_is_withdrawn_or_lapses_with_reasons(bench):
    b = bench(livelihood_ballot, today=JULY)
    assert b.step(tabled(b), "withdraw_method", PRESIDIUM, note="另拟").states["main"] == "withdrawn"
    case = b.step(adopted(b), "end_method", PRESIDIUM, note="会议已闭幕")
    assert case.states["main"] == "lapsed"
    with pytest.raises(Rejected, match="has not adopted"):
        opened(b, twelve(b), case)
