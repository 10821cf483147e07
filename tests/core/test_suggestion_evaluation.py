"""The end of a suggestion: replies, promises, evaluation, publication."""

import datetime as dt

import pytest
from tests.core.suggesting import (
    LI,
    OFFICE,
    POWER,
    PUBLIC,
    ROADS,
    WANG,
    WATER,
    assigned,
    closed,
    evaluated,
    refused,
    replied,
    uid,
    with_settings,
)

from renda_core.domain.suggestion import Promise, Reply, Withholding
from renda_core.errors import Invalid, NotFound, Rejected
from renda_core.services import jobs, ledgers

D = dt.date
GOOD = {"document": "1", "reply_class": "A", "signed_by": "Zhao"}


@pytest.mark.rule("reply.class")
def test_a_reply_bears_a_class_of_the_place_and_a_signature(county):
    b = with_settings(county, reply_classes={"一": "解决", "二": "列入计划"})
    case = assigned(b)
    refused(b, case, "reply", ROADS, "reply class 'A' is not of this place: 一, 二", payload=GOOD)
    for gap in ("signed_by", "document", "reply_class"):
        with pytest.raises(Invalid, match=f"{gap} must not be empty"):
            b.step(case, "reply", ROADS, payload={**GOOD, gap: " "})
        with pytest.raises(Invalid, match=gap):
            b.step(case, "reply", ROADS, payload={k: v for k, v in GOOD.items() if k != gap})
    with pytest.raises(Rejected, match="takes Reply"):
        b.step(case, "reply", ROADS)
    assert b.step(case, "reply", ROADS, payload={**GOOD, "reply_class": "二"}).states["main"] == "replied"


def test_only_an_answering_unit_replies_and_only_for_itself(county):
    b = with_settings(county)
    case = assigned(b, (ROADS, "lead"), (WATER, "joint"))
    refused(b, case, "reply", WATER, f"{WATER.id} may not reply", payload=GOOD)
    refused(b, case, "give_opinion", ROADS, f"{ROADS.id} may not give_opinion")
    with pytest.raises(NotFound):
        b.step(case, "reply", POWER, payload=GOOD)
    separate = assigned(b, (ROADS, "separate"), (WATER, "separate"))
    said = f"{ROADS.id} does not act for {WATER.unit}"
    refused(b, separate, "reply", ROADS, said, payload=GOOD, unit=WATER.unit)


def test_promises_become_commitments_once(county):
    b = with_settings(county)
    promises = (Promise(text="年内修好", due=D(2026, 12, 31)), Promise(text="立警示牌", due=D(2026, 2, 1)))
    reply = Reply(document="7", reply_class="B", signed_by="Zhao", promises=promises)
    case = b.step(assigned(b), "reply", ROADS, payload=reply)
    opened = b.do(jobs.look, jobs.WATCH)
    assert len(opened) == 2
    assert b.do(jobs.look, jobs.WATCH) == ()
    first, second = (b.case(id) for id in opened)
    assert (first.title, first.links, first.parties) == (
        "年内修好",
        {"promised_in": (case.id,)},
        {"promiser": (ROADS.unit,), "asker": (WANG.id,)},
    )
    assert first.clock("promise").due(b.calendar) == D(2026, 12, 31)
    b.today = D(2026, 2, 2)
    assert [(r.title, r.clock) for r in b.ask(ledgers.overdue, OFFICE)] == [("立警示牌", "promise")]
    second = b.step(second, "report", ROADS, note="已立")
    refused(b, second, "judge", ROADS, f"{ROADS.id} may not judge", grade="kept")
    second = b.step(second, "judge", OFFICE, grade="broken")
    assert b.see(second, WANG).states["kept"] == "broken"
    assert "kept" not in b.see(second, ROADS).states
    with pytest.raises(NotFound):
        b.see(second, WATER)


def test_silence_counts_only_after_a_reminder(county):
    b = with_settings(county)
    case = replied(b)
    refused(b, case, "evaluate", OFFICE, "remind the deputy before the answer is given up", grade="unanswered")
    case = b.run(case, ("remind", OFFICE), ("evaluate", OFFICE, {"grade": "unanswered"}))
    assert case.states["satisfaction"] == "unanswered"


def test_an_evaluation_has_a_grade_and_is_of_a_signer(county):
    b = with_settings(county)
    case = replied(b)
    known = "grade must be one of ['satisfied', 'basically', 'unsatisfied', 'unanswered']"
    refused(b, case, "evaluate", OFFICE, known)
    refused(b, case, "evaluate", OFFICE, known, grade="splendid")
    refused(b, case, "evaluate", OFFICE, "only those who sign evaluate", grade="satisfied", payload={"of": LI.id})
    refused(b, case, "remind", OFFICE, "nothing to grade", grade="satisfied")


@pytest.mark.rule("evaluate.forms")
def test_where_every_signer_evaluates_the_least_content_decides(county):
    b = with_settings(county, evaluated_by="signers")
    case = replied(b, cosigners=("li", "chen"))

    def form(case, who, grade):
        return b.step(case, "collect_form", OFFICE, grade=grade, payload={"of": who.id})

    case = form(case, WANG, "satisfied")
    refused(
        b,
        case,
        "collect_form",
        OFFICE,
        "this signer's form is here already",
        grade="basically",
        payload={"of": WANG.id},
    )
    stranger = {"of": uid("stranger")}
    said = "only those who sign fill in a form: signers"
    refused(b, case, "collect_form", OFFICE, said, grade="basically", payload=stranger)
    missing = "2 signers have not evaluated; collect their forms, or remind them first"
    refused(b, case, "evaluate", OFFICE, missing, grade="satisfied")
    case = form(case, LI, "unsatisfied")
    case = b.step(case, "remind", OFFICE)
    refused(b, case, "evaluate", OFFICE, "the signers' forms say unsatisfied", grade="satisfied")
    assert b.step(case, "evaluate", OFFICE, grade="unsatisfied").states["satisfaction"] == "unsatisfied"


@pytest.mark.rule("collect_form.signer")
def test_where_the_lead_evaluates_a_cosigners_form_is_not_taken(county):
    b = with_settings(county)
    case = replied(b, cosigners=("li",))
    said = "only those who sign fill in a form: lead"
    refused(b, case, "collect_form", OFFICE, said, grade="satisfied", payload={"of": LI.id})
    assert b.step(case, "evaluate", OFFICE, grade="satisfied").states["satisfaction"] == "satisfied"


def test_publication_opens_the_case_and_never_its_evaluation(county):
    b = with_settings(county)
    case = closed(b)
    with pytest.raises(NotFound):
        b.see(case, PUBLIC)
    case = b.step(case, "publish", OFFICE)
    seen = b.see(case, PUBLIC)
    assert seen.title == "修桥"
    assert "satisfaction" not in seen.states
    assert "unsatisfied" not in str(seen)
    case = b.step(case, "withhold", OFFICE, payload=Withholding(reason="deputy"))
    with pytest.raises(NotFound):
        b.see(case, PUBLIC)


@pytest.mark.rule("publish.secret")
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"secrecy": "state"}, "it is not to be published: state"),
        ({"secrecy": "trade"}, "it is not to be published: trade"),
        ({"secrecy": "privacy"}, "it is not to be published: privacy"),
        ({"confidential": True}, "it is not to be published: the deputy asked for confidentiality"),
    ],
)
def test_a_secret_is_not_published(county, body, said):
    b = with_settings(county)
    refused(b, evaluated(b, **body), "publish", OFFICE, said)


def test_a_reply_that_is_not_open_is_withheld(county):
    b = with_settings(county)
    case = b.step(assigned(b), "reply", ROADS, payload={**GOOD, "open": False})
    refused(b, case, "publish", OFFICE, "reply 1 is not to be published; withhold it")
    case = b.step(case, "withhold", OFFICE, payload={"reason": "unit"})
    assert case.states["publication"] == "withheld"
    with pytest.raises(Invalid, match="reason"):
        b.step(case, "withhold", OFFICE, payload={"reason": "mood"})
