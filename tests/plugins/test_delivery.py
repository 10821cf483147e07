"""送达答复: who is given the reply to a suggestion with several signers, place by place."""

import pytest
from tests.core.suggesting import LI, NAME, OFFICE, REPLY, ROADS, WANG, WATER, accepted, assigned, refused, replied

from renda_core.catalogue import Catalogue
from renda_core.domain.case import Actor
from renda_core.errors import Rejected
from renda_core.testing import uid
from renda_plugins import suggestion_handling
from renda_plugins.suggestion_handling.delivery import Delivery

STRANGER = {"to": uid("stranger")}


@pytest.fixture
def county(bench):
    def make(**given):
        return bench({NAME: given}, catalogue=Catalogue.collect({NAME: suggestion_handling}))

    return make


def waiting(b):
    return [(w.number, w.person) for w in b.page("undelivered").waiting]


def test_every_signer_is_given_the_reply_and_who_waits_is_listed(county):
    b = county()
    case = assigned(b, cosigners=("li",))
    refused(b, case, "deliver", ROADS, "there is no reply of this round to deliver", payload={})
    case = b.step(case, "reply", ROADS, **REPLY)
    assert waiting(b) == sorted([(case.number, WANG.id), (case.number, LI.id)])
    refused(b, case, "deliver", ROADS, "only those who signed are given the reply", payload=STRANGER)
    refused(b, case, "deliver", ROADS, "here every signer is given the reply", payload={"relays": True})
    case = b.step(case, "deliver", ROADS, payload={"how": "当面"})
    assert waiting(b) == [(case.number, LI.id)]
    refused(b, case, "deliver", ROADS, "it was delivered already", payload={"to": WANG.id})
    case = b.step(case, "deliver", OFFICE, payload={"to": LI.id})
    assert waiting(b) == []
    refused(b, case, "deliver", ROADS, "it was delivered already", payload={"to": LI.id})


def test_it_holds_up_no_evaluation_and_may_be_recorded_after_close(county):
    b = county()
    case = replied(b, cosigners=("li",))
    case = b.run(case, ("evaluate", OFFICE, {"grade": "satisfied", "payload": {"of": WANG.id}}), ("close", OFFICE))
    assert len(waiting(b)) == 2
    b.step(case, "deliver", ROADS, payload=Delivery(to=LI.id))
    assert [person for _, person in waiting(b)] == [WANG.id]


@pytest.mark.rule("deliver.signers")
def test_where_the_lead_relays_it_the_lead_alone_is_given_it(county):
    b = county(delivered_to="lead")
    case = replied(b, cosigners=("li",))
    assert waiting(b) == [(case.number, WANG.id)]
    said = "here the lead relays the reply: deliver it to the lead"
    refused(b, case, "deliver", ROADS, said, payload={"to": LI.id})
    b.step(case, "deliver", ROADS, payload={"relays": True})
    assert waiting(b) == []


def test_where_the_lead_may_relay_it_that_must_be_said(county):
    b = county(delivered_to="agreed")
    case = replied(b, cosigners=("li",))
    assert len(waiting(b)) == 2
    refused(b, case, "deliver", ROADS, "only the lead relays the reply", payload={"to": LI.id, "relays": True})
    case = b.step(case, "deliver", ROADS, payload={"relays": True})
    assert waiting(b) == []


def test_where_the_lead_does_not_relay_it_the_others_still_wait(county):
    b = county(delivered_to="agreed")
    case = b.step(replied(b, cosigners=("li",)), "deliver", ROADS, payload={})
    assert waiting(b) == [(case.number, LI.id)]


def test_two_replies_are_delivered_each_and_a_stranger_delivers_none(county):
    b = county()
    case = assigned(b, (ROADS, "separate"), (WATER, "separate"))
    case = b.run(case, ("reply", ROADS, REPLY), ("deliver", ROADS, {"payload": {}}))
    refused(b, case, "deliver", WATER, "there is no reply of this round to deliver", payload={})
    case = b.step(case, "reply", WATER, **REPLY)
    assert [(w.unit, w.person) for w in b.page("undelivered").waiting] == [(WATER.unit, WANG.id)]
    refused(b, case, "deliver", WANG, f"{WANG.id} may not deliver", payload={})
    b.step(case, "deliver", WATER, payload={})
    assert waiting(b) == []


def test_merged_suggestions_have_a_delivery_for_every_signature(county):
    """Three suggestions with signers {A,B}, {C}, {D,E,F,G,B}: eight deliveries, B twice."""
    b = county()
    a, c, d = (Actor(id=uid(n), roles="deputy") for n in "ACD")
    lead = accepted(b, a, cosigners=("B",))
    others = [accepted(b, c), accepted(b, d, cosigners=("E", "F", "G", "B"))]
    for other in others:
        b.step(other, "merge", OFFICE, links={"merged_into": (lead.id,)})
    lead = b.step(lead, "assign", OFFICE, units=((ROADS.unit, "sole"),))
    b.step(lead, "reply", ROADS, **REPLY)
    assert len(waiting(b)) == 8
    assert [person for _, person in waiting(b)].count(uid("B")) == 2
    b.step(others[1], "deliver", OFFICE, payload={"to": uid("B")})
    assert len(waiting(b)) == 7


def test_a_rule_that_nobody_knows_is_a_mistake(county):
    with pytest.raises(Exception, match="delivered_to"):
        county(delivered_to="everybody")


def test_a_joint_unit_delivers_nothing(county):
    b = county()
    case = b.step(assigned(b, (ROADS, "lead"), (WATER, "joint")), "reply", ROADS, **REPLY)
    with pytest.raises(Rejected, match="may not deliver"):
        b.step(case, "deliver", WATER, payload={})
