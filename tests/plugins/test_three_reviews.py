import datetime as dt
from itertools import count

import pytest
from tests.core.suggesting import CHEN, LI, OFFICE, PUBLIC, ROADS, SOLE, WANG, draft, entries, refused

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Period
from renda_core.domain.case import Actor
from renda_core.domain.procedure import Facet, Gate, Move, Step
from renda_core.errors import Invalid, NotFound, Rejected
from renda_core.testing import Bench
from renda_plugins import suggestion_handling, three_reviews
from renda_plugins.three_reviews import STEPS, Review, Settings

D = dt.date
GOVERNMENT = Actor(id="ma", roles={"government"})
DEPUTY = Actor(id="li", roles={"deputy"})
UNITS = (("roads", "sole"),)
WEEK = {"review": Period(5, "workday")}


def review(p, case, step, by, *members, **rest):
    given = {"payload": Review(members=members or (by.id,)), "note": f"{step}: clear and within reach", **rest}
    return p.do(case, step, by, **given)


def reviewed(p, case, office, steps=3):
    who = {"first_review": office, "joint_review": GOVERNMENT, "peer_review": DEPUTY}
    for step, by in list(who.items())[:steps]:
        case = review(p, case, step, by)
    return case


@pytest.mark.parametrize(("n", "state"), [(0, "waiting"), (1, "first"), (2, "joint")])
def test_no_assignment_with_fewer_than_three_reviews(place, office, n, state):
    p = place("three_reviews")
    with pytest.raises(Rejected) as said:
        p.do(reviewed(p, p.accepted(), office, n), "assign", office, units=UNITS)
    assert said.value.objections == (f"three_reviews is {state}",)


def test_an_assignment_after_three_reviews_each_with_reasons_who_and_when(place, office):
    p = place("three_reviews")
    case, day = p.accepted(), count(21)
    for step, by in (("first_review", office), ("joint_review", GOVERNMENT), ("peer_review", DEPUTY)):
        p.today = D(2026, 1, next(day))
        case = review(p, case, step, by, f"{step} one", "another")
    told = [(a.step, a.by, a.on.day, a.payload.members[0]) for a in case.acts[-3:]]
    assert told == [
        ("first_review", "clerk", 21, "first_review one"),
        ("joint_review", "ma", 22, "joint_review one"),
        ("peer_review", "li", 23, "peer_review one"),
    ]
    assert all(a.note for a in case.acts[-3:])
    assert p.do(case, "assign", office, units=UNITS).states["main"] == "assigned"


@pytest.mark.parametrize("step", list(STEPS))
def test_every_review_needs_reasons_and_names(place, office, step):
    p = place("three_reviews")
    case = reviewed(p, p.accepted(), office, {"joint_review": 1, "first_review": 0}.get(step, 2))
    by = GOVERNMENT if step == "joint_review" else office
    with pytest.raises(Rejected, match="reasons must be given"):
        review(p, case, step, by, note="")
    for members in ((), ("li", " ")):
        with pytest.raises(Invalid, match="name everybody who took part"):
            Review(members=members)
    assert review(p, case, step, by).acts[-1].step == step


def test_the_order_is_kept_and_nothing_is_reviewed_twice(place, office):
    p = place("three_reviews")
    case = p.accepted()
    for step, by in (("joint_review", GOVERNMENT), ("peer_review", DEPUTY), ("fail_peer_review", DEPUTY)):
        with pytest.raises(Rejected, match="three_reviews is waiting"):
            review(p, case, step, by)
    with pytest.raises(Rejected, match="three_reviews is first"):
        review(p, reviewed(p, case, office, 1), "first_review", office)


def test_each_review_is_its_own_bodys(place, office, lead, roads):
    p = place("three_reviews")
    for step, n, wrong in (
        ("first_review", 0, (GOVERNMENT, DEPUTY, lead, roads)),
        ("joint_review", 1, (DEPUTY, lead, roads)),
        ("peer_review", 2, (GOVERNMENT, lead, roads)),
        ("fail_review", 1, (DEPUTY, lead, roads)),
        ("fail_peer_review", 2, (GOVERNMENT, lead, roads)),
    ):
        case = reviewed(p, p.accepted(), office, n)
        for by in wrong:
            with pytest.raises(Rejected, match=f"{by.id} may not {step}"):
                review(p, case, step, by)
    paper = reviewed(p, p.accepted(), office, 1)  # the office enters the government's and the deputies' papers
    paper = review(p, review(p, paper, "joint_review", office, "县政府办"), "peer_review", office, "陈代表")
    assert paper.states["three_reviews"] == "passed"


@pytest.mark.rule("peer_review.signers", "fail_peer_review.signers")
def test_who_signed_reviews_nothing_not_even_on_paper(place, office, lead):
    p = place("three_reviews")
    case = p.do(p.accepted(), "first_review", office, payload=Review(members=("x",)), note="y")
    case = review(p, case, "joint_review", GOVERNMENT)
    both = Actor(id="wang", roles={"deputy", "office"})
    with pytest.raises(Rejected, match="wang may not peer_review"):
        review(p, case, "peer_review", both, "li")
    with pytest.raises(Rejected, match="do not review their own"):
        review(p, case, "peer_review", office, "li", " wang")


@pytest.mark.rule("peer_review.deputies")
def test_as_many_different_deputies_as_the_place_asks_for(place, office):
    p = place("three_reviews", three_reviews={"deputies": 3})
    case = reviewed(p, p.accepted(), office, 2)
    with pytest.raises(Rejected, match="3 deputies review a suggestion here, 2 are named"):
        review(p, case, "peer_review", office, "li", "chen", "li ")
    assert review(p, case, "peer_review", office, "li", "chen", "zhou").states["three_reviews"] == "passed"
    with pytest.raises(ValueError, match="deputies"):
        Settings(deputies=0)


@pytest.mark.parametrize(
    ("n", "step", "by"),
    [(0, "fail_review", "office"), (1, "fail_review", "ma"), (2, "fail_peer_review", "li"), (3, "fail_review", "ma")],
)
def test_a_lack_means_that_it_is_reviewed_anew_from_the_first(place, office, n, step, by):
    p = place("three_reviews")
    by = {"office": office, "ma": GOVERNMENT, "li": DEPUTY}[by]
    case = review(p, reviewed(p, p.accepted(), office, n), step, by, note="no figures, no place")
    assert (case.states["three_reviews"], case.acts[-1].note) == ("waiting", "no figures, no place")
    with pytest.raises(Rejected, match="three_reviews is waiting"):
        p.do(case, "assign", office, units=UNITS)
    assert p.do(reviewed(p, case, office), "assign", office, units=UNITS).states["main"] == "assigned"


@pytest.mark.rule("send_back.reviewed_anew")
def test_what_is_sent_back_to_its_author_keeps_no_review(place, office, lead):
    p = place("three_reviews")
    case = p.open("suggestion", lead, p.accepted().body, parties={"proposer": ("wang",)})
    with pytest.raises(Rejected, match="main is draft"):
        review(p, case, "first_review", office)
    case = reviewed(p, p.do(case, "submit", lead), office, 2)
    with pytest.raises(Rejected, match="take fail_review first"):
        p.do(case, "send_back", office, note="name the bridge")
    case = p.do(review(p, case, "fail_review", office), "send_back", office, note="name the bridge")
    case = p.do(case, "submit", lead)
    assert p.practice.procedure("suggestion").state(case, "three_reviews") == "waiting"
    case = p.do(reviewed(p, case, office), "accept", office)  # before or after 受理
    assert p.do(case, "assign", office, units=UNITS).states["main"] == "assigned"


def test_withdrawn_declined_and_assigned_ones_are_not_reviewed(place, office, lead):
    p = place("three_reviews")
    gone = p.do(reviewed(p, p.accepted(), office, 1), "withdraw", lead, note="settled already")
    done = p.do(reviewed(p, p.accepted(), office), "assign", office, units=UNITS)
    for case, state in ((gone, "withdrawn"), (done, "assigned")):
        for step in ("joint_review", "fail_review"):
            with pytest.raises(Rejected, match=f"main is {state}"):
                review(p, case, step, office)


def test_a_merged_suggestion_needs_no_reviews_and_one_split_off_again_does(place, office):
    p = place("three_reviews")
    merged = p.do(p.accepted(), "merge", office, links={"merged_into": ("lead",)})
    follower = Actor(id="job:follower", roles={"follower"})
    assert p.do(merged, "answer_with_lead", follower, note="lead").states["main"] == "replied"
    with pytest.raises(Rejected, match="main is merged"):
        review(p, merged, "first_review", office)
    with pytest.raises(Rejected, match="three_reviews is waiting"):
        p.do(p.do(merged, "split", office), "assign", office, units=UNITS)


@pytest.mark.parametrize("in_session", [True, False])
def test_the_reviews_hold_in_session_and_out_of_it_and_the_assignment_clock_waits_for_nobody(place, office, in_session):
    p = place("three_reviews")
    case = p.accepted(in_session=in_session)
    assert bool(case.clock("assignment")) is not in_session
    with pytest.raises(Rejected, match="three_reviews is waiting"):
        p.do(case, "assign", office, units=UNITS)
    assert case.clock("review") is None  # no period is stated


def test_where_a_period_is_stated_it_runs_until_the_last_review(place, office):
    p = place("three_reviews", three_reviews=WEEK)
    case = p.accepted()
    assert case.clock("review").due(p.calendar) == D(2026, 1, 27)
    passed = reviewed(p, case, office)
    assert passed.clock("review").state == "stopped"
    assert review(p, passed, "fail_review", office).clock("review").state == "running"
    merged = p.do(case, "merge", office, links={"merged_into": ("lead",)})
    assert merged.clock("review").state == "stopped"
    assert p.do(merged, "split", office).clock("review").state == "running"
    merged = p.do(passed, "merge", office, links={"merged_into": ("lead",)})
    assert p.do(merged, "split", office).clock("review").state == "stopped"


class _Other:
    """A second plugin with a gate on the same step."""

    @hookimpl
    def register_cases(self):
        yield Facet(kind="suggestion", name="legal", states="waiting clear", final="clear")
        yield Step(kind="suggestion", name="clear", who="office", moves=(Move("waiting", "clear", "legal"),))
        yield Gate(kind="suggestion", step="assign", facet="legal", states="clear")


def test_two_gates_of_different_plugins_on_one_step_need_no_order(county):
    modules = {"suggestion_handling": suggestion_handling, "three_reviews": three_reviews, "legal": _Other()}
    b = county({name: {} for name in modules}, catalogue=Catalogue.collect(modules))
    case = b.run(draft(b), ("submit", WANG), ("accept", OFFICE))
    with pytest.raises(Rejected) as said:
        b.step(case, "assign", OFFICE, **SOLE)
    assert set(said.value.objections) == {"three_reviews is waiting", "legal is waiting"}
    cleared = b.step(case, "clear", OFFICE)
    refused(b, cleared, "assign", OFFICE, "three_reviews is waiting", **SOLE)
    assert through(b, cleared).states["main"] == "assigned"


MA = Bench.actor("ma", "government")
SAID = "the wish is clear, the place is named"


def given(*members):
    return {"payload": {"members": members}, "note": SAID}


def through(b, case):
    return b.run(
        case,
        ("first_review", OFFICE, given("代工委")),
        ("joint_review", MA, given("县政府办", "县发改局")),
        ("peer_review", LI, given(LI.id, CHEN.id)),
        ("assign", OFFICE, SOLE),
    )


def test_a_suggestion_goes_its_way_and_the_unit_and_the_public_read_no_review(county):
    b = county(suggestion_handling, three_reviews)
    case = b.run(draft(b), ("submit", WANG), ("accept", OFFICE))
    refused(b, case, "assign", OFFICE, "three_reviews is waiting", **SOLE)
    refused(b, case, "peer_review", WANG, f"{WANG.id} may not peer_review", **given(CHEN.id))
    case = through(b, case)
    for reader in (WANG, LI, OFFICE, MA):
        told = [(a["step"], a["members"], a["note"]) for a in b.see(case, reader).acts if "review" in a["step"]]
        assert told == [
            ("first_review", ("代工委",), SAID),
            ("joint_review", ("县政府办", "县发改局"), SAID),
            ("peer_review", (LI.id, CHEN.id), SAID),
        ]
    case = b.run(case, ("reply", ROADS, {"payload": {"document": "1", "reply_class": "A", "signed_by": "Z"}}))
    case = b.step(case, "publish", OFFICE)
    two_hats = Actor(id=CHEN.id, roles={"deputy"}, unit=ROADS.unit)
    for reader in (ROADS, two_hats, PUBLIC):
        seen = str(b.see(case, reader))
        assert not any(word in seen for word in (SAID, "代工委", "peer_review")), reader
    assert [e["what"] for e in entries(b)].count("suggestion.peer_review") == 1
    assert b.verify().whole


def test_nobody_from_outside_finds_it_to_review(county):
    b = county(suggestion_handling, three_reviews)
    case = b.run(draft(b), ("submit", WANG))
    for stranger in (PUBLIC, ROADS, b.actor("sun", "committee")):
        with pytest.raises(NotFound):
            b.step(case, "first_review", stranger, **given("x"))
    with pytest.raises(Invalid):
        b.step(case, "first_review", OFFICE, payload={"members": []}, note=SAID)
    with pytest.raises(Invalid):
        b.step(case, "first_review", OFFICE, payload={"members": "代工委"}, note=SAID)
