"""征集 and 初定: from a proposal to a candidate that the government submits.

Source: article 001; 浙江 重大事项规定 (2018) 4; 重庆, 景洪 for the window.
"""

from collections.abc import Iterator

from renda_core.domain.procedure import ANY, Move
from renda_core.records import CaseRecord, Follow, Guard, Step
from renda_plugins.livelihood_ballot import rulings
from renda_plugins.livelihood_ballot.fields import KIND, Argument, Division, Review, Submission
from renda_plugins.livelihood_ballot.states import COMMITTEE

EARLY = "proposed shortlisted argued"
UNSETTLED = f"{EARLY} party_reviewed candidate"


def records() -> Iterator[CaseRecord]:
    """Offer the steps of the first stage, and their guards."""
    yield from _steps()
    yield from _together_and_apart()
    for step, name, refuse in (
        ("propose", "window", rulings.refuse_outside_the_call),
        ("propose", "source", rulings.refuse_unlisted_source),
        ("propose", "links", rulings.refuse_links),
        ("merge", "lead", rulings.refuse_no_lead),
        ("follow_lead", "lead", rulings.refuse_former_lead),
        ("divide", "parts", rulings.refuse_odd_parts),
        ("argue", "conditions", rulings.refuse_unjudged),
        ("argue", "share", rulings.refuse_more_than_the_share),
        ("party_review", "conditions", rulings.refuse_failed_conditions),
        ("committee_review", "level", rulings.refuse_no_committee),
        ("submit", "reviews", rulings.refuse_unreviewed),
    ):
        yield Guard(kind=KIND, step=step, name=name, refuse=refuse)


def _steps() -> Iterator[CaseRecord]:
    by = "deputy office government registrar station public watch"
    yield Step(kind=KIND, name="propose", who=by, title="征集登记", oneself="proposer")
    gone = Move("proposed", "withdrawn")
    yield Step(kind=KIND, name="withdraw", who="proposer author", title="撤回", moves=(gone,), reasons=True)
    picked = Move("proposed", "shortlisted")
    yield Step(kind=KIND, name="shortlist", who="government", title="初选", moves=(picked,))
    # argued anew, it is another text: whatever was reviewed before does not count for it
    anew = (Move("shortlisted argued party_reviewed candidate", "argued"), Move(ANY, "none", COMMITTEE))
    yield Step(kind=KIND, name="argue", who="government", title="论证", takes=Argument, moves=anew, adds="lead_unit")
    party = Move("argued", "party_reviewed")
    yield Step(
        kind=KIND, name="party_review", who="party_committee office", title="党委研究", takes=Review, moves=(party,)
    )
    named = Move("party_reviewed", "candidate")
    yield Step(kind=KIND, name="nominate", who="government", title="列为候选", moves=(named,))
    agreed = (Move("candidate", "candidate"), Move("none", "agreed", COMMITTEE))
    yield Step(
        kind=KIND, name="committee_review", who="committee office", title="常委会审议候选", takes=Review, moves=agreed
    )
    back = (Move("argued party_reviewed candidate", "shortlisted"), Move(ANY, "none", COMMITTEE))
    yield Step(
        kind=KIND,
        name="send_back",
        who="party_committee committee office",
        title="退回重新论证",
        moves=back,
        reasons=True,
    )
    no = Move(UNSETTLED, "declined")
    yield Step(kind=KIND, name="decline", who="government", title="不列入", moves=(no,), reasons=True)
    put = Move("candidate", "submitted")
    yield Step(kind=KIND, name="submit", who="government", title="提请", takes=Submission, moves=(put,))


def _together_and_apart() -> Iterator[CaseRecord]:
    into = Move(EARLY, "merged")
    yield Step(kind=KIND, name="merge", who="government", title="并项", moves=(into,), ties="merged_into", reasons=True)
    out = Move("merged", "proposed")
    yield Step(kind=KIND, name="unmerge", who="government", title="撤销并项", moves=(out,), reasons=True)
    led = Move("merged", "followed")
    yield Step(kind=KIND, name="follow_lead", who="follower", title="随主项目了结", moves=(led,))
    for end in ("failed", "declined", "withdrawn", "archived"):
        yield Follow(kind=KIND, on=f"main:{end}", relation="merged_into", step="follow_lead")
    split = Move(EARLY, "divided")
    yield Step(kind=KIND, name="divide", who="government", title="拆分", takes=Division, moves=(split,), reasons=True)
