"""An opinion that becomes a suggestion: both ways in one transaction, on both back ends, and what follows from it."""

import pytest
from sqlalchemy import select
from tests.core.posting import hear
from tests.core.suggesting import LI, OFFICE, PUBLIC, REPLY, ROADS, SOLE, WANG, draft, entries

from renda_core.errors import Invalid, NotFound, Rejected, Stale
from renda_core.services import jobs, papers
from renda_core.services.becoming import Become, become
from renda_core.services.cases import OpenCase
from renda_core.store import tables as t
from renda_core.store.compile import Query, mine
from renda_core.testing import Bench
from renda_plugins import reception, suggestion_handling

STATION = Bench.actor("station", "station")
AGREED = {"voter_agrees": "yes"}
BRIDGE = {"text": "请修城东石桥", "session": "六届三次"}


@pytest.fixture
def b(county):
    """A county that receives voters and handles suggestions."""
    return county(suggestion_handling, reception)


def heard(b, by=WANG, **body):
    """Register what a deputy heard, and sort it to become a suggestion."""
    said = {"text": "城东石桥多年失修", "voter": "蔡湖", "phone": "19900000000", **body}
    case = b.open("opinion", STATION, said, title="修桥", parties={"receiver": (by.id,)})
    return b.step(case, "sort", OFFICE, grade="suggestion")


def opens(by=WANG, **rest):
    """Ask for the suggestion that it becomes."""
    return OpenCase(
        kind="suggestion", title="关于修城东石桥的建议", body=BRIDGE, parties={"proposer": (by.id,)}, **rest
    )


def asked(case, **rest):
    """Ask that an opinion become a suggestion."""
    return Become(**{"case": case.id, "version": case.version, "payload": AGREED, **rest})


def events(b):
    """Name what stands in the outbox."""
    query = Query(select(t.outbox.c.name).where(mine(t.outbox)), dict)
    return [row["name"] for row in b.read(lambda reader: reader.all(query))]


def answered(b, suggestion):
    """Bring a suggestion to its reply."""
    steps = (("submit", WANG), ("accept", OFFICE), ("assign", OFFICE, SOLE), ("reply", ROADS, REPLY))
    return b.run(suggestion, *steps)


def test_both_are_tied_each_way_in_one_entry(b):
    case = heard(b)
    before = len(entries(b))
    opinion, suggestion = b.do(become, WANG, asked(case, opens=opens()))
    assert opinion.links["became"] == (suggestion.id,)
    assert suggestion.links["from_opinion"] == (opinion.id,)
    assert (b.case(opinion.id), b.case(suggestion.id)) == (opinion, suggestion)
    assert suggestion.states.get("main", "draft") == "draft"
    (entry,) = entries(b)[before:]
    assert (entry["what"], entry["on"], entry["rule"]) == ("opinion.become", opinion.id, "reception.become")
    assert entry["body"]["became"] == suggestion.id
    assert events(b)[-2:] == ["opinion.become", "suggestion.propose"]
    assert b.verify().whole
    assert "蔡湖" not in str(suggestion)


def test_a_paper_names_the_other(b):
    opinion, suggestion = b.do(become, WANG, asked(heard(b), opens=opens()))
    told = [str(b.ask(papers.case_paper, WANG, case.id)) for case in (opinion, suggestion)]
    assert "转为" in told[0]
    assert suggestion.number in told[0]
    assert "来自群众意见" in told[1]
    assert opinion.number in told[1]


def test_when_the_suggestion_is_answered_the_opinions_that_became_it_are_and_voters_are_told(b):
    first, suggestion = b.do(become, WANG, asked(heard(b), opens=opens()))
    second, suggestion = b.do(become, WANG, asked(heard(b, voter="何英"), into=suggestion.id))
    assert suggestion.links["from_opinion"] == (first.id, second.id)
    assert second.links["became"] == (suggestion.id,)
    suggestion = answered(b, suggestion)
    for case in (first, second):
        case = b.case(case.id)
        assert case.states["main"] == "answered"
        assert (case.acts[-1].step, case.acts[-1].note) == ("suggestion_replied", suggestion.id)
        told = {"how": "phone", "text": "您反映的石桥已列入今年维修"}
        case = b.run(case, ("tell_voter", WANG, {"payload": told}), ("tell_deputy", STATION), ("close", STATION))
        assert case.states["main"] == "closed"


def test_an_opinion_whose_suggestion_was_merged_is_answered_with_the_lead(b):
    opinion, suggestion = b.do(become, WANG, asked(heard(b), opens=opens()))
    lead = b.run(draft(b, LI), ("submit", LI), ("accept", OFFICE))
    b.run(suggestion, ("submit", WANG), ("accept", OFFICE), ("merge", OFFICE, {"links": {"merged_into": (lead.id,)}}))
    b.run(lead, ("assign", OFFICE, SOLE), ("reply", ROADS, REPLY))
    assert b.case(suggestion.id).states["main"] == "replied"
    opinion = b.case(opinion.id)
    assert (opinion.states["main"], opinion.acts[-1].note) == ("answered", suggestion.id)
    assert set(entries(b)[-1]["body"]["followers"]) == {suggestion.id, opinion.id}
    assert b.verify().whole


def test_by_the_step_alone_the_suggestion_that_is_named_takes_it_up(b):
    case, suggestion = heard(b), draft(b)
    with pytest.raises(NotFound, match="no case"):
        b.step(case, "become", OFFICE, note="书面同意", payload=AGREED, links={"became": (b.file.id,)})
    with pytest.raises(Rejected):
        b.step(case, "become", WANG, payload=AGREED, grade="x", links={"became": (suggestion.id,)})
    opinion = b.step(case, "become", WANG, payload=AGREED, links={"became": (suggestion.id,)})
    assert opinion.links["became"] == (suggestion.id,)
    assert b.case(suggestion.id).links["from_opinion"] == (opinion.id,)
    with pytest.raises(Rejected, match="no step 'take_up_opinion'"):
        b.step(heard(b), "become", WANG, payload=AGREED, links={"became": (heard(b).id,)})


def test_neither_is_tied_alone(b):
    case = heard(b)
    tied = {"from_opinion": (case.id,)}
    for half in (
        lambda: b.step(draft(b), "take_up_opinion", WANG, links=tied),
        lambda: b.open("suggestion", WANG, BRIDGE, parties={"proposer": (WANG.id,)}, links=tied),
    ):
        with pytest.raises(Rejected, match="becomes it by its own step become"):
            half()
    assert b.case(case.id) == case


def test_merges_in_a_chain_are_answered(b):
    first, second, third = (b.run(draft(b), ("submit", WANG), ("accept", OFFICE)) for _ in range(3))
    for one, other in ((first, second), (second, third)):
        b.step(one, "merge", OFFICE, links={"merged_into": (other.id,)})
    b.run(third, ("assign", OFFICE, SOLE), ("reply", ROADS, REPLY))
    assert {b.case(c.id).states["main"] for c in (first, second, third)} == {"replied"}


@pytest.mark.parametrize("end", ["withdraw", "decline"])
def test_a_suggestion_that_comes_to_nothing_gives_the_opinion_back(b, end):
    opinion, suggestion = b.do(become, WANG, asked(heard(b), opens=opens()))
    suggestion = b.step(suggestion, "submit", WANG)
    reason = next(iter(suggestion_handling.settings.Settings().refusals))
    how = {"note": "另提", **({"payload": {"reason": reason}} if end == "decline" else {})}
    b.step(suggestion, end, WANG if end == "withdraw" else OFFICE, **how)
    opinion = b.case(opinion.id)
    assert (opinion.states["main"], opinion.states["branch"]) == ("registered", "none")
    assert [c.name for c in opinion.clocks if c.state == "running"] == ["handle"]


def test_the_office_opens_it_with_the_deputys_written_consent(b):
    case = heard(b)
    with pytest.raises(Rejected, match="written consent"):
        b.do(become, OFFICE, asked(case, opens=opens()))
    opinion, suggestion = b.do(become, OFFICE, asked(case, opens=opens(), note="王代表 1 月 20 日书面同意"))
    assert suggestion.parties["proposer"] == (WANG.id,)
    assert opinion.acts[-1].note.endswith("书面同意")


@pytest.mark.parametrize(
    ("who", "command", "why"),
    [
        (LI, {"opens": opens(LI)}, "may not become"),
        (WANG, {"opens": opens(LI)}, "taken for oneself"),
        (STATION, {"opens": opens()}, "may not propose"),
        (WANG, {"opens": opens(), "payload": {"voter_agrees": "no"}}, "has not agreed"),
    ],
)
@pytest.mark.rule("become.agreed", "become.lent")
def test_what_is_refused_leaves_neither_case_nor_number(b, who, command, why):
    case = heard(b)
    before = len(entries(b))
    with pytest.raises(Rejected, match=why):
        b.do(become, who, asked(case, **command))
    assert len(entries(b)) == before
    assert b.case(case.id) == case
    assert draft(b).number == "2026-1"


@pytest.mark.rule("take_up_opinion.one", "take_up_opinion.main")
def test_a_suggestion_takes_up_each_opinion_once_and_while_it_is_handled(b):
    first, suggestion = b.do(become, WANG, asked(heard(b), opens=opens()))
    for links, why in (({"from_opinion": (first.id,)}, "already"), ({}, "name the one opinion")):
        with pytest.raises(Rejected, match=why):
            b.step(suggestion, "take_up_opinion", WANG, links=links)
    with pytest.raises(NotFound, match="no case"):  # another deputy's draft
        b.do(become, LI, asked(heard(b, LI), into=suggestion.id))
    answered(b, suggestion)
    with pytest.raises(Rejected, match="may not take_up_opinion"):
        b.do(become, LI, asked(heard(b, LI), into=suggestion.id))
    with pytest.raises(Rejected, match="main is replied"):
        b.do(become, WANG, asked(heard(b), into=suggestion.id))


def test_what_makes_no_sense_is_refused(b):
    case = heard(b)
    for rest in ({}, {"opens": opens(), "into": case.id}):
        with pytest.raises(Invalid, match="one of both"):
            b.do(become, WANG, asked(case, **rest))
    with pytest.raises(Rejected, match="no step 'take_up_opinion'"):
        b.do(become, WANG, asked(case, into=heard(b).id))
    for lost in (asked(case, into=b.file.id), asked(case, opens=opens(links={"part_of": (b.file.id,)}))):
        with pytest.raises(NotFound, match="no case"):
            b.do(become, WANG, lost)
    with pytest.raises(NotFound, match="no case"):
        b.do(become, PUBLIC, asked(case, opens=opens()))
    with pytest.raises(Stale):
        b.do(become, WANG, asked(case, opens=opens(), version=0))
    with pytest.raises(Rejected, match="has no step 'become'"):
        b.do(become, WANG, asked(draft(b), opens=opens()))
    assert b.case(case.id) == case


def test_where_nobody_handles_suggestions_an_opinion_becomes_none(county):
    b = county({"reception": {}})
    with pytest.raises(NotFound, match="no kind 'suggestion'"):
        b.do(become, WANG, asked(heard(b), opens=opens()))


def test_the_asking_of_a_voter_is_an_event_by_itself_once(b):
    hear(b)
    case = b.step(heard(b), "reply", OFFICE, note="已转交")
    told = {"payload": {"how": "phone", "text": "已转交"}}
    case = b.run(case, ("tell_voter", WANG, told), ("tell_deputy", STATION), ("close", STATION))
    for days, event in ((10, "opinion.ask_voter"), (8, "opinion.remind_voter"), (10, "opinion.no_rating")):
        b.later(days=days)
        assert b.store.run(jobs.sweep(b.store, b.tenant)).taken == (case.id,)
        assert events(b).count(event) == 1
        assert b.store.run(jobs.sweep(b.store, b.tenant)).taken == ()
    assert b.case(case.id).states["rating"] == "unanswered"
    assert b.verify().whole
