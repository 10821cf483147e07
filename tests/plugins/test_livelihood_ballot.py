"""民生实事票决制 beside the meeting: who may do what, the call, conditions, splitting, changes after the vote."""

import datetime as dt

import pytest
from tests.plugins.livelihood import (
    CITIZEN,
    CLERK,
    COMMITTEE,
    CONGRESS,
    DEPUTY,
    GOVERNMENT,
    JULY,
    PARTY,
    PRESIDIUM,
    REVIEW,
    SESSION,
    adopted,
    argument,
    candidate,
    judged,
    marks,
    opened,
    proposal,
    ready,
    there,
    to_candidate,
    to_vote,
    twelve,
)

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotFound, Rejected
from renda_core.services import ballots, days
from renda_core.testing import uid
from renda_plugins import livelihood_ballot
from renda_plugins.livelihood_ballot.fields import Duty, Fund, Milestone
from renda_plugins.livelihood_ballot.pages import wan
from renda_plugins.livelihood_ballot.settings import HARD, Settings

KIND = "livelihood_project"
LEAD = Actor(id=uid("jian"), roles=frozenset(), unit=uid("housing"))
NOBODY = Actor(id=uid("nobody"), roles={"expert"})


@pytest.fixture
def b(bench):
    return bench(livelihood_ballot, today=JULY)


def proposed(b, title="供水管网", by=CLERK, **body):
    parties = {} if by == CLERK else {"proposer": (by.id,)}
    return b.open(KIND, by, proposal(**body), title=title, parties=parties)


def argued(b, **given):
    case = b.step(proposed(b, level=given.pop("level", "county")), "shortlist", GOVERNMENT)
    return b.step(case, "argue", GOVERNMENT, payload=argument(**given))


def duty(**given):
    fields = {
        "leader": "副县长丁",
        "lead_unit": "住建局",
        "duties": "牵头实施，按月报告",
        "units": ("财政局",),
        "milestones": (Milestone(by=dt.date(2027, 6, 30), what="管网过半", who="住建局"),),
    }
    return Duty(**{**fields, **given})


def voted(b, level="county"):
    """One project that a congress decided and announced, of two that stood."""
    cases = [ready(b, t, level=level) for t in ("路灯", "桥")]
    ballot = opened(b, cases, adopted(b, places=1, surplus=1, level=level), places=1)
    b.do(ballots.declare, PRESIDIUM, ballot.id, there(), marks((40, 10), 57))
    return b.step(cases[0], "announce", PRESIDIUM, payload={"document": "公告第 1 号"})


def underway(b, level="county"):
    case = voted(b, level)
    return b.step(case, "start", GOVERNMENT, payload=duty(), parties={"lead_unit": (uid("housing"),)})


def asked(b, case, **given):
    payload = {"change": "changed", "reason": "higher_budget_cut", "of": "committee", "text": "缩短 1 公里", **given}
    return b.step(case, "ask_adjustment", GOVERNMENT, payload=payload)


def refused(b, case, step, by, told, **rest):
    with pytest.raises(Rejected, match=told):
        b.step(case, step, by, **rest)


# the first stage


def test_a_project_goes_from_a_citizens_proposal_to_the_governments_submission(b):
    case = proposed(b, by=CITIZEN)
    assert b.see(case, CITIZEN).title == "供水管网"
    case = b.run(case, *to_candidate(), *list(to_vote())[:1])
    titles = b.tenant.practice.procedure(KIND).facets["main"].titles
    assert titles[case.states["main"]] == "提请"
    assert [a.step for a in case.acts] == [
        *("propose", "shortlist", "argue", "party_review", "nominate", "committee_review", "submit")
    ]


WRONG = {
    "shortlist": (CLERK, DEPUTY, CITIZEN, PARTY),
    "argue": (CLERK, DEPUTY, COMMITTEE),
    "party_review": (GOVERNMENT, DEPUTY, COMMITTEE, PRESIDIUM),
    "nominate": (CLERK, PARTY, DEPUTY, PRESIDIUM),
    "committee_review": (GOVERNMENT, PARTY, DEPUTY),
    "submit": (CLERK, COMMITTEE, PRESIDIUM, DEPUTY),
    "deliberate": (GOVERNMENT, PARTY, DEPUTY),
    "put_to_vote": (GOVERNMENT, CLERK, DEPUTY),
}


def test_every_step_belongs_to_whom_it_belongs_and_is_not_taken_twice(b):
    case = proposed(b, by=CITIZEN)
    for step, by, *rest in (*to_candidate(), *to_vote()):
        fields = rest[0] if rest else {}
        for other in (*WRONG[step], NOBODY):
            with pytest.raises((Rejected, NotFound)):
                b.step(case, step, other, **fields)
        case = b.step(case, step, by, **fields)
        if step not in ("argue", "deliberate"):  # both may be taken again before the next
            with pytest.raises(Rejected):
                b.step(case, step, by, **fields)
    for step in ("win", "lose", "tie", "advise"):
        for by in (PRESIDIUM, CLERK, GOVERNMENT, CONGRESS):
            grade = {"grade": "favoured"} if step == "advise" else {}
            refused(b, case, step, by, f"may not {step}", **grade)


@pytest.mark.rule("propose.window")
@pytest.mark.parametrize("day", [dt.date(2026, 6, 30), dt.date(2026, 8, 1), dt.date(2026, 12, 31)])
def test_a_proposal_outside_the_call_is_refused_with_its_dates(bench, day):
    b = bench(livelihood_ballot, today=day)
    with pytest.raises(Rejected, match=f"the call is open from 2026-07-01 to 2026-07-31; {day} is outside it"):
        proposed(b)


@pytest.mark.parametrize("day", [dt.date(2026, 7, 1), dt.date(2026, 7, 31)])
def test_both_ends_of_the_call_are_inside_and_paper_counts_from_its_day(bench, day):
    b = bench(livelihood_ballot, today=day)
    assert proposed(b).opened_on == day
    b.later(months=2)
    assert b.open(KIND, CLERK, proposal(), title="晚录的一份", on=day).opened_on == day


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"call_ends": "07-20"}, "are 20 days, call_least asks for 30"),
        ({"call_ends": "06-30"}, "call_least asks for 30"),
        ({"call_begins": "10-01", "call_ends": "11-30"}, "is not in quarter 3"),
        ({"call_begins": "7月1日"}, "is no day of a year"),
        ({"call_begins": "02-30"}, "is no day of a year"),
        ({"quorum": "5/4"}, "is no part of a whole"),
        ({"passing": "half"}, "is no part of a whole"),
        ({"surplus": "0"}, "is no part of a whole"),
        ({"soft": {"fiscal": "财政"}}, "hard and soft both list fiscal"),
        ({"parts_per_ballot": 0}, "parts_per_ballot"),
    ],
)
def test_settings_that_contradict_are_refused(given, told):
    with pytest.raises(ValueError, match=told):
        Settings(**given)


def test_a_place_that_states_no_window_may_call_at_any_time():
    s = Settings(call_quarter=0, call_least=1, call_begins="02-29", call_ends="03-01")
    assert s.window(2027) == (dt.date(2027, 2, 28), dt.date(2027, 3, 1))
    assert s.window(2028)[0] == dt.date(2028, 2, 29)


def test_the_calendar_shows_when_the_call_begins_and_ends(b):
    found = b.ask(days.days, CLERK, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    told = [(d.on, d.label) for d in found.days if "征集" in d.label]
    assert told == [
        (dt.date(2026, 7, 1), "民生实事项目征集开始，2026-07-31 截止"),
        (dt.date(2026, 7, 31), "民生实事项目征集截止"),
    ]


@pytest.mark.rule("propose.source", "propose.links")
def test_a_proposal_has_a_source_of_the_place_and_hangs_on_no_other(b):
    with pytest.raises(Rejected, match="'rumour' is no source of proposals here"):
        proposed(b, source="rumour")
    for relation in ("part_of", "merged_into"):
        with pytest.raises(Rejected, match="a proposal is tied to no other"):
            b.open(KIND, CLERK, proposal(), title="路灯", links={relation: (proposed(b).id,)})


def test_nobody_proposes_in_somebody_elses_name_but_the_office(b):
    for parties in ({}, {"proposer": (CITIZEN.id,)}):
        with pytest.raises(Rejected, match="propose is taken for oneself"):
            b.open(KIND, DEPUTY, proposal(), title="路灯", parties=parties)
    case = b.open(KIND, CLERK, proposal(), title="路灯", parties={"proposer": (DEPUTY.id,)})
    assert b.step(case, "withdraw", DEPUTY, note="另提").states["main"] == "withdrawn"


@pytest.mark.parametrize(
    "given",
    [{"investment": 1.5}, {"investment": -1}, {"beneficiaries": -3}, {"investment": True}, {"text": " "}],
)
def test_a_proposal_counts_in_whole_numbers(given):
    with pytest.raises(Invalid):
        proposal(**given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"investment": 1.5}, "is no sum; write whole fen"),
        ({"investment": 0}, "is no sum"),
        ({"investment": -200}, "is no sum"),
        ({"investment": "200"}, "is no sum"),
        ({"investment": 300}, "they are 200 fen, the investment is 300"),
        ({"funds": ()}, "funds: say something"),
        ({"ends_on": dt.date(2026, 1, 1)}, "lies before"),
        ({"goal": "  "}, "goal: say something"),
    ],
)
def test_what_is_argued_adds_up(given, told):
    with pytest.raises(Invalid, match=told):
        argument(**given)


def test_money_as_a_float_is_refused_where_people_hand_it_in(b):
    case = b.step(proposed(b), "shortlist", GOVERNMENT)
    given = {"content": "x", "investment": 12.5, "funds": [{"source": "s", "amount": 12.5}], "judged": []}
    with pytest.raises(Invalid, match="Expected `int`, got `float`"):
        b.step(case, "argue", GOVERNMENT, payload=given)


@pytest.mark.rule("argue.conditions")
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"judged": judged()[1:]}, "not judged: fiscal 以政府财政性资金投入为主"),
        ({"judged": (*judged(), judged()[0])}, "judged twice: fiscal"),
        (
            {"funds": (Fund(source="本级财政", amount=100), Fund(source="企业", amount=100, fiscal=False))},
            "fiscal is judged met, and 100 of 200 fen are not more than 1/2 of it",
        ),
        ({"ends_on": dt.date(2028, 5, 1)}, "in_year is judged met, and it ends on 2028-05-01"),
    ],
)
def test_every_condition_is_judged_once_and_in_keeping_with_the_figures(b, given, told):
    with pytest.raises(Rejected, match=told):
        argued(b, **given)


@pytest.mark.rule("party_review.conditions")
@pytest.mark.parametrize("item", HARD)
def test_a_hard_condition_that_fails_stops_the_project(b, item):
    case = argued(b, judged=judged(**{item: "不符合"}))
    refused(b, case, "party_review", PARTY, f"{item} {HARD[item]} is not met: 不符合", payload=REVIEW)
    assert b.step(case, "decline", GOVERNMENT, note="不符合必备条件").states["main"] == "declined"


def test_a_soft_condition_that_fails_needs_its_reason_and_no_more(b):
    with pytest.raises(Invalid, match="why: say something"):
        judged(in_year=" ")
    case = argued(b, judged=judged(in_year="跨两年，今年完成一期"), ends_on=dt.date(2028, 5, 1))
    assert b.step(case, "party_review", PARTY, payload=REVIEW).states["main"] == "party_reviewed"


def test_a_place_adds_conditions_of_its_own(bench):
    more = {**HARD, "no_debt": "不新增政府债务", "no_burden": "不加重群众负担", "stable": "无社会稳定风险"}
    b = bench({"livelihood_ballot": {"hard": more}}, today=JULY)
    case = b.step(proposed(b), "shortlist", GOVERNMENT)
    refused(b, case, "argue", GOVERNMENT, "not judged: no_debt 不新增政府债务", payload=argument())


def test_argued_anew_it_is_another_text_and_is_reviewed_anew(b):
    case = b.run(candidate(b), ("argue", GOVERNMENT, {"payload": argument(site="城西街道")}))
    assert (case.states["main"], case.states["committee_review"]) == ("argued", "none")
    refused(b, case, "submit", GOVERNMENT, "main is argued", payload={"session": SESSION})


@pytest.mark.rule("submit.reviews")
def test_a_countys_candidate_waits_for_the_standing_committee_and_a_townships_does_not(b):
    case = b.run(proposed(b), *list(to_candidate())[:-1])
    refused(b, case, "submit", GOVERNMENT, "committee_review is missing", payload={"session": SESSION})
    town = b.run(proposed(b, level="township"), *to_candidate("township"), *to_vote())
    assert town.states["main"] == "voting"


@pytest.mark.rule("committee_review.level")
def test_a_township_has_no_standing_committee_to_review_by(b):
    case = b.run(proposed(b, level="township"), *to_candidate("township"))
    refused(b, case, "committee_review", COMMITTEE, "a township has no standing committee", payload=REVIEW)


def test_whoever_reviews_may_send_back_and_the_congress_may_return(b):
    case = b.step(candidate(b), "send_back", COMMITTEE, note="资金未落实")
    assert (case.states["main"], case.states["committee_review"]) == ("shortlisted", "none")
    case = b.step(ready(b, "桥"), "take_off_vote", PRESIDIUM, note="再议")
    case = b.step(case, "return_candidate", PRESIDIUM, note="代表意见分歧")
    assert case.states["main"] == "shortlisted"


def test_a_project_that_was_voted_on_is_not_edited(b):
    for case in (voted(b), b.step(candidate(b, "亭"), "submit", GOVERNMENT, payload={"session": SESSION})):
        refused(b, case, "argue", GOVERNMENT, "main is", payload=argument())
        for step in ("merge", "divide", "decline", "withdraw"):
            with pytest.raises(Rejected):
                b.step(case, step, GOVERNMENT, note="x")


@pytest.mark.rule("merge.lead", "follow_lead.lead")
def test_merged_projects_follow_the_one_that_leads_to_its_end(b):
    lead, one, other = proposed(b, "主"), proposed(b, "并一"), proposed(b, "并二")
    for wrong in ((), (one.id,), (lead.id, other.id)):
        links = {"merged_into": wrong} if wrong else {}
        refused(b, one, "merge", GOVERNMENT, "name the one project", links=links, note="内容相同")
    for case in (one, other):
        b.step(case, "merge", GOVERNMENT, links={"merged_into": (lead.id,)}, note="内容相同")
    again = proposed(b, "另一主")
    b.run(other, ("unmerge", GOVERNMENT, {"note": "并错了"}))
    b.step(other, "merge", GOVERNMENT, links={"merged_into": (again.id,)}, note="内容相同")
    b.step(lead, "decline", GOVERNMENT, note="已列入上级项目")
    assert b.case(one.id).states["main"] == "followed"
    assert b.case(other.id).states["main"] == "merged"  # it follows another now


@pytest.mark.rule("divide.parts")
@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([("一期", 100)], "name two parts or more"),
        ([("一期", 100), ("一期 ", 100)], "each by a name of its own"),
        ([("一期", 150), ("二期", 100)], "the parts cost 250 fen, the whole 200"),
    ],
)
def test_parts_cost_no_more_than_the_whole(b, parts, told):
    payload = {"parts": [{"name": n, "text": n, "investment": fen} for n, fen in parts]}
    refused(b, proposed(b), "divide", GOVERNMENT, told, payload=payload, note="分期")


def test_only_the_government_splits_and_only_before_the_party_has_reviewed(b):
    payload = {"parts": [{"name": n, "text": n, "investment": 100} for n in ("一期", "二期")]}
    refused(b, proposed(b), "divide", CLERK, "may not divide", payload=payload, note="分期")
    refused(b, proposed(b), "divide", GOVERNMENT, "reasons must be given", payload=payload)
    refused(b, candidate(b), "divide", GOVERNMENT, "main is candidate", payload=payload, note="分期")
    refused(b, proposed(b, investment=0), "divide", GOVERNMENT, "nobody has told", payload=payload, note="分期")


@pytest.mark.rule("argue.share")
def test_the_share_of_a_part_is_its_limit(place):
    p = place("livelihood_ballot")
    p.today = JULY
    watch = Actor(id="job:watch", roles={"watch"})
    part = p.open(KIND, watch, proposal(investment=100), links={"part_of": ("w",)})
    part = p.do(part, "shortlist", GOVERNMENT)
    with pytest.raises(Rejected, match="its share of the whole is 100 fen, not 200"):
        p.do(part, "argue", GOVERNMENT, payload=argument())
    within = argument(investment=100, funds=(Fund(source="本级财政", amount=100),))
    assert p.do(part, "argue", GOVERNMENT, payload=within).states["main"] == "argued"


# the third stage


@pytest.mark.rule("start.milestones")
def test_a_decided_project_has_its_duties_and_its_road_map(b):
    case = voted(b)
    late = duty(milestones=(Milestone(by=dt.date(2028, 1, 1), what="完工"),))
    refused(b, case, "start", GOVERNMENT, "milestones after it: 2028-01-01", payload=late)
    refused(b, case, "start", CLERK, "may not start", payload=duty())
    case = b.step(case, "start", GOVERNMENT, payload=duty(), parties={"lead_unit": (uid("housing"),)})
    assert (case.states["main"], case.states["course"]) == ("underway", "going")


@pytest.mark.rule("supervise.main", "complete.course", "archive.adjustment", "archive.reported")
def test_from_supervision_to_the_archive(b):
    refused(b, candidate(b, "亭"), "supervise", DEPUTY, "main is candidate", payload={"finding": "x"})
    case = b.step(underway(b), "supervise", DEPUTY, payload={"finding": "进度正常", "how": "视察"})
    refused(b, case, "supervise", LEAD, "may not supervise", payload={"finding": "很好"})
    case = b.step(case, "complete", LEAD, payload={"result": "已通水", "spent": 190})
    for by in (GOVERNMENT, CLERK, LEAD):
        refused(b, case, "assess", by, "may not assess", grade="satisfied")
    case = b.step(case, "assess", COMMITTEE, grade="satisfied")
    assert (case.states["main"], case.states["grade"]) == ("assessed", "satisfied")
    assert b.step(case, "archive", CLERK).states["main"] == "archived"


def test_a_county_asks_the_standing_committee_which_reports_to_the_congress(b):
    case = asked(b, underway(b))
    refused(b, case, "archive_terminated", CLERK, "course is going", note="x")
    refused(b, case, "approve_adjustment", COMMITTEE, "changed was asked for", grade="suspended", payload=REVIEW)
    case = b.step(case, "approve_adjustment", COMMITTEE, grade="changed", payload=REVIEW)
    assert (case.states["course"], case.states["adjustment"]) == ("changed", "approved")
    case = b.run(
        case,
        ("complete", LEAD, {"payload": {"result": "完", "spent": 1}}),
        ("assess", CONGRESS, {"grade": "basically"}),
    )
    refused(b, case, "archive", CLERK, "report_adjustment is missing")
    case = b.step(case, "report_adjustment", COMMITTEE, payload=REVIEW)
    assert b.step(case, "archive", CLERK).states["main"] == "archived"


@pytest.mark.rule("ask_adjustment.body", "approve_adjustment.body", "adopt_adjustment.body")
def test_a_township_that_asks_its_presidium_is_sent_to_the_congress(b):
    case = underway(b, "township")
    for of in ("presidium", "committee"):
        with pytest.raises(Rejected, match="put it on the agenda of the township congress") as refusal:
            asked(b, case, of=of, change="terminated", replacement="另建停车场")
        assert "ask_adjustment" in {s["step"] for s in refusal.value.details["open"]}
    case = asked(b, case, of="congress", change="terminated", replacement="另建停车场")
    told = "put it on the agenda of the township congress"
    refused(b, case, "approve_adjustment", COMMITTEE, told, grade="terminated", payload=REVIEW)
    refused(b, case, "adopt_adjustment", CONGRESS, "adjustment is asked", grade="terminated", payload=REVIEW)
    for step in ("approve_adjustment", "adopt_adjustment"):
        refused(b, case, step, PRESIDIUM, f"may not {step}", grade="terminated", payload=REVIEW)
    case = b.step(case, "list_adjustment", PRESIDIUM)
    case = b.step(case, "adopt_adjustment", CONGRESS, grade="terminated", payload=REVIEW)
    assert (case.states["course"], case.states["adjustment"]) == ("terminated", "adopted")
    refused(b, case, "complete", GOVERNMENT, "course is terminated", payload={"result": "x", "spent": 1})
    assert b.step(case, "archive_terminated", CLERK, note="大会决定终止").states["main"] == "archived"


def test_a_county_that_asks_its_congress_or_presidium_is_sent_to_the_standing_committee(b):
    case = underway(b)
    for of in ("presidium", "congress"):
        with pytest.raises(Rejected, match="ask the standing committee"):
            asked(b, case, of=of)
    case = b.step(asked(b, case), "list_adjustment", PRESIDIUM)
    refused(b, case, "adopt_adjustment", CONGRESS, "not for the congress to decide", grade="changed", payload=REVIEW)


def test_a_project_is_suspended_and_goes_on(b):
    case = asked(b, underway(b), change="suspended", reason="land")
    case = b.step(case, "approve_adjustment", COMMITTEE, grade="suspended", payload=REVIEW)
    refused(b, case, "complete", LEAD, "course is suspended", payload={"result": "x", "spent": 1})
    assert b.step(case, "resume", GOVERNMENT, note="用地已落实").states["course"] == "going"


@pytest.mark.rule(
    "ask_adjustment.reason", "ask_adjustment.ended", "ask_adjustment.main", "report_adjustment.unreported"
)
def test_changes_have_a_listed_reason_and_a_voted_project(b):
    case = underway(b)
    with pytest.raises(Rejected, match="'mood' is no reason of this place"):
        asked(b, case, reason="mood")
    with pytest.raises(Rejected, match="main is candidate"):
        asked(b, candidate(b, "亭"))
    case = b.step(asked(b, case), "refuse_adjustment", COMMITTEE, note="理由不充分")
    refused(b, case, "report_adjustment", COMMITTEE, "is left to report", payload=REVIEW)
    case = asked(b, case, change="terminated")
    case = b.step(case, "approve_adjustment", COMMITTEE, grade="terminated", payload=REVIEW)
    with pytest.raises(Rejected, match="it was terminated: archive it"):
        asked(b, case)


@pytest.mark.rule("archive_terminated.adjustment", "archive_terminated.course", "archive_terminated.reported")
def test_an_end_is_filed_when_the_congress_has_heard_of_it(b):
    case = asked(b, underway(b), change="terminated", reason="plan")
    refused(b, case, "archive_terminated", CLERK, "adjustment is asked", note="x")
    case = b.step(case, "approve_adjustment", COMMITTEE, grade="terminated", payload=REVIEW)
    refused(b, case, "archive_terminated", CLERK, "report_adjustment is missing", note="x")
    case = b.step(case, "report_adjustment", COMMITTEE, payload=REVIEW)
    assert b.step(case, "archive_terminated", CLERK, note="已报告").states["main"] == "archived"


def test_a_refused_second_change_does_not_hide_the_first_that_was_approved(b):
    case = b.step(asked(b, underway(b)), "approve_adjustment", COMMITTEE, grade="changed", payload=REVIEW)
    case = b.step(asked(b, case), "refuse_adjustment", COMMITTEE, note="不同意")
    case = b.run(
        case,
        ("complete", LEAD, {"payload": {"result": "完", "spent": 1}}),
        ("assess", COMMITTEE, {"grade": "satisfied"}),
    )
    refused(b, case, "archive", CLERK, "report_adjustment is missing")
    assert b.step(case, "report_adjustment", COMMITTEE, payload=REVIEW).states["adjustment"] == "reported"


@pytest.mark.rule("approve_adjustment.asked", "adopt_adjustment.asked", "take_up.advised", "take_up.milestones")
def test_a_street_takes_up_what_its_deputies_favour(b):
    cases = [candidate(b, t, level="street") for t in ("路灯", "桥")]
    refused(b, cases[0], "submit", GOVERNMENT, "a street has no congress", payload={"session": SESSION})
    refused(b, cases[0], "take_up", GOVERNMENT, "have not advised", payload=duty(), note="x")
    refused(b, candidate(b, "亭"), "take_up", GOVERNMENT, "a congress votes on it", payload=duty(), note="x")
    roll = tuple(uid(f"talker {n}") for n in range(30))
    command = ballots.OpenBallot(kind="livelihood_advisory", subjects=tuple(c.id for c in cases), places=1, roll=roll)
    ballot = b.do(ballots.open_ballot, PRESIDIUM, command)
    b.do(
        ballots.declare,
        PRESIDIUM,
        ballot.id,
        there(incumbent=30, present=30, issued=30, returned=30),
        marks((20, 9), 30),
    )
    late = duty(milestones=(Milestone(by=dt.date(2028, 1, 1), what="完工"),))
    refused(b, cases[0], "take_up", GOVERNMENT, "milestones after it", payload=late, note="按票选意见")
    case = b.step(cases[0], "take_up", GOVERNMENT, payload=duty(), note="按票选意见")
    assert case.states["main"] == "underway"
    with pytest.raises(Rejected, match="no congress voted on it"):
        asked(b, case)


# the four clears


def test_the_four_clears_of_one_year(b):
    empty = [b.page(f"livelihood_{name}") for name in ("seats", "duties", "route", "account")]
    assert [len(p.projects) for p in (empty[0], empty[2], empty[3])] == [0, 0, 0]
    case = underway(b)
    b.step(asked(b, case), "approve_adjustment", COMMITTEE, grade="changed", payload=REVIEW)
    seats = b.page("livelihood_seats", DEPUTY)
    assert [(s.stage, s.step) for s in seats.seats] == [
        ("征集初定", "征集"),
        ("征集初定", "初定"),
        ("审议票决", "审议"),
        ("审议票决", "票决"),
        ("监督评估", "监督"),
        ("监督评估", "评估"),
    ]
    mine = next(p for p in seats.projects if p.number == case.number)
    assert mine.voted.startswith("2026-07-10")
    assert mine.assessed == ""
    duties = b.page("livelihood_duties")
    assert (duties.total, duties.signed, duties.duties[0].leader, duties.duties[0].units) == (
        1,
        1,
        "副县长丁",
        "财政局",
    )
    route = b.page("livelihood_route")
    assert route.call == "2026-07-01 至 2026-07-31"
    assert [(s.on, s.what) for s in route.milestones] == [("2027-06-30", "管网过半")]
    assert {p.state for p in route.projects} == {"实施", "未通过"}
    account = b.page("livelihood_account", CITIZEN)
    (line,) = account.projects
    assert (line.votes, str(line.share), line.course) == ("40", "63.49 % (40 / 63 实有代表)", "已调整")
    assert line.changes == "2026-07-10 已调整（上级资金削减）：缩短 1 公里"
    assert (line.investment, account.investment, line.fiscal) == ("0.0002", "0.0002", "100.00 %")


def test_the_clears_are_of_the_newest_year_of_each_congress(b):
    proposed(b, "旧", year=2026)
    b.step(proposed(b, "新", year=2027), "shortlist", GOVERNMENT)
    b.step(proposed(b, "镇", year=2026, level="township"), "shortlist", GOVERNMENT)
    assert [p.project for p in b.page("livelihood_route").projects] == ["新", "镇"]


def test_who_reads_the_clears(b):
    for name in ("seats", "duties", "route"):
        for reader in (CITIZEN, NOBODY, LEAD):
            with pytest.raises(NotFound):
                b.page(f"livelihood_{name}", reader)


def test_who_proposed_is_for_those_who_work_on_it(b):
    case = proposed(b, by=CITIZEN, proposer="王大爷")
    assert b.see(case, GOVERNMENT).body["proposer"] == "王大爷"
    assert "proposer" not in b.see(case, DEPUTY).body
    shown = b.see(voted(b), CITIZEN)
    assert "party_review" not in {a["step"] for a in shown.acts}


@pytest.mark.parametrize(("fen", "told"), [(120_000_000, "120"), (12_500_000, "12.5"), (1, "0.000001"), (0, "")])
def test_sums_are_written_in_ten_thousands(fen, told):
    assert wan(fen) == told


def test_twelve_stand_in_one_list(b):
    assert len({c.number for c in twelve(b)}) == 12
