"""Gates are data, so one test shows each of them at work: a step waits until its facet stands where the gate says."""

from __future__ import annotations

import pytest

from renda_core.domain.case import Act, Actor, Case
from renda_core.domain.decide import decide
from renda_core.domain.fields import least
from renda_core.errors import Rejected
from renda_core.kit.bronze import needs
from renda_core.records import Gate

GATES = {
    "deputies_homes": (
        "check.main",
        "rectify.main",
        "verify.main",
    ),
    "five_inquiries": (
        "inquire.main",
        "recheck.main",
        "follow_up.main",
        "meet_officials.main",
        "assess_year.main",
    ),
    "four_party_supervision": (
        "congress_supervises.key",
        "congress_supervises.main",
        "government_leads.key",
        "government_leads.main",
        "deputies_inspect.key",
        "deputies_inspect.main",
        "department_reports.key",
        "department_reports.main",
    ),
    "key_supervision": (
        "supervise.key",
        "look_back.main",
    ),
    "meetings_and_training": (
        "invite.main",
        "uninvite.main",
        "ask_leave.main",
        "withdraw_leave.main",
        "enter_leave.main",
        "approve_leave.main",
        "refuse_leave.main",
        "amend_roll.main",
        "correct_totals.main",
    ),
    "procuratorate_transfer": (
        "transfer.main",
        "copy_documents.procuratorate",
    ),
    "proposal_preparation": (
        "inspect_voters.main",
        "study_matter.main",
        "put_measures.main",
        "revise_draft.main",
    ),
    "reception": (
        "voice.main",
        "assign.main",
        "assign.branch",
        "replace_unit.main",
        "unit_reply.main",
        "become.main",
        "become.branch",
        "tell_voter.main",
        "tell_deputy.main",
        "ask_voter.main",
        "remind_voter.main",
        "no_rating.main",
        "rate.main",
        "change_host.main",
        "receive.main",
        "enter_visit.main",
        "correct_visit.main",
        "strike_visit.main",
        "sum_up.main",
        "correct_totals.main",
    ),
    "second_assignment": ("settle_without_redo.main",),
    "settled_accounts": (
        "hand_over.main",
        "inspect.main",
        "expose.inspection",
        "circulate.main",
    ),
    "suggestion_handling": (
        "invite.main",
        "cosign.main",
        "decline_cosign.main",
        "cosign_on_paper.main",
        "notify_deputy.main",
        "take_up_opinion.main",
        "receive.main",
        "contact.main",
        "take_more_time.main",
        "ask_more_time.main",
        "grant_more_time.main",
        "refuse_more_time.main",
        "remind.main",
        "collect_form.main",
        "publish.main",
        "deliver.main",
        "name_key.main",
    ),
    "three_reviews": (
        "first_review.main",
        "joint_review.main",
        "peer_review.main",
        "fail_review.main",
        "fail_peer_review.main",
        "assign.three_reviews",
    ),
}
ELSEWHERE = {"livelihood_ballot", "resignation_advice"}
"""Practices whose cases take thought to begin: their gates are shown in their own tests."""
"""Every gate of the shipped practices, as ``step.facet``."""


def test_every_gate_is_listed(catalogue):
    offered = {n: {f"{r.step}.{r.facet}" for r in rs if isinstance(r, Gate)} for n, rs in catalogue.offers.items()}
    assert {n: gates for n, gates in offered.items() if gates and n not in ELSEWHERE} == {
        n: set(gates) for n, gates in GATES.items()
    }


@pytest.mark.parametrize(("plugin", "gate"), [(n, gate) for n, gates in GATES.items() for gate in gates])
def test_a_step_waits_for_its_facet(catalogue, place, plugin, gate):
    step, _, facet = gate.partition(".")
    county = place(*needs(catalogue, plugin))
    found = next(g for g in catalogue.offers[plugin] if isinstance(g, Gate) and (g.step, g.facet) == (step, facet))
    procedure = county.practice.procedure(found.kind)
    anybody = Actor(id="anybody", roles=procedure.steps[step].who)
    body = procedure.kind.body(**(least(procedure.kind.body) or {"on": county.today}))
    for state in procedure.facets[facet].states:
        case = Case(
            id="c", kind=found.kind, title="t", opened_on=county.today, body=body, states={facet: state}, version=0
        )
        try:
            decide(procedure, case, Act(step=step, by=anybody.id, on=county.today), anybody, county.contexts)
            objections = ()
        except Rejected as refusal:
            objections = refusal.objections
        assert (f"{facet} is {state}" in objections) is (state not in found.states)
