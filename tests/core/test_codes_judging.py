"""Judged by a code: once a round; not solved with a word why, and back to who handled it and the superior of each."""

from __future__ import annotations

import asyncio
import json

import pytest

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, Rejected, Stale
from renda_core.services import codes, jobs
from renda_core.store.roster import ALL, CHANGE
from renda_core.testing import uid
from renda_plugins.reception.opinion import Sorting

from .coding import HERE, OFFICE, STATION, dispute, heard, in_loop, issue, look, outbox, rate, told, town

LEAD = ((uid("water"), "lead"), (uid("lone"), "joint"))


def shares(case, round):
    return {(a.unit, a.role) for a in case.assignments if a.round == round}


def judge_acts(case):
    return [a for a in case.acts if a.step in ("rate", "dispute")]


def test_solved_is_said_once(county):
    b = town(county)
    case = told(b, heard(b))
    code = issue(b, case)
    seen = rate(b, code)
    assert [(j.grade, j.title, j.round) for j in seen.judged] == [("solved", "已解决", 1)]
    assert seen.grades == {}
    assert b.case(case.id).states["rating"] == "solved"
    assert b.stands(case, "rate", by=Actor(id="job:code"), rule="reception.rate")
    for again in (rate, dispute):
        with pytest.raises(Rejected, match="judged once") as refusal:
            again(b, code)
        assert "open" not in refusal.value.details
    assert len(judge_acts(b.case(case.id))) == 1


def test_not_solved_goes_back_to_who_handled_it_and_its_superior(county):
    b = town(county)
    case = told(b, heard(b), units=LEAD)
    code = issue(b, case)
    seen = dispute(b, code, " 还是不亮 ")
    after = b.case(case.id)
    assert (after.round, after.states["main"], after.states["rating"]) == (2, "sorted", "not_solved")
    assert shares(after, 2) == {*LEAD, (uid("township"), "joint")}
    assert [(a.step, a.by, a.note) for a in after.acts[-2:]] == [
        ("dispute", "job:code", "还是不亮"),
        ("assign", "job:follow", ""),
    ]
    assert [(j.grade, j.round) for j in seen.judged] == [("not_solved", 1)]
    assert (seen.round, seen.grades) == (2, {})
    entry = b.stands(case, "dispute", by=Actor(id="job:code"))
    assert {tuple(u) for u in entry["body"]["units"]} == shares(after, 2)
    assert "不亮" not in json.dumps(entry, ensure_ascii=False)
    assert [name for name, _ in outbox(b)[-2:]] == ["opinion.dispute", "opinion.assign"]
    assert "不亮" not in json.dumps(outbox(b), ensure_ascii=False)


def test_who_was_alone_leads_where_its_superior_joins(county):
    b = town(county)
    case = told(b, heard(b), units=((uid("water"), "sole"),))
    dispute(b, issue(b, case))
    assert shares(b.case(case.id), 2) == {(uid("water"), "lead"), (uid("township"), "joint")}


def test_who_has_no_superior_stays_alone_and_a_superior_that_handled_is_named_once(county):
    b = town(county)
    case = told(b, heard(b), units=((uid("lone"), "sole"),))
    dispute(b, issue(b, case))
    assert shares(b.case(case.id), 2) == {(uid("lone"), "sole")}
    both = ((uid("township"), "lead"), (uid("water"), "joint"))
    case = told(b, heard(b), units=both)
    dispute(b, issue(b, case))
    assert shares(b.case(case.id), 2) == set(both)


def test_what_no_unit_handled_stands_in_the_offices_list(county):
    b = town(county)
    case = told(b, heard(b))
    dispute(b, issue(b, case))
    after = b.case(case.id)
    assert (after.states["main"], shares(after, 2)) == ("sorted", set())
    assert after.clock("handle", round=2) or after.clock("handle")


def test_a_second_answer_is_judged_anew_and_both_stand(county):
    b = town(county)
    case = told(b, heard(b), units=LEAD)
    code = issue(b, case)
    dispute(b, code)
    told(b, case, "这次真的修好了")
    seen = rate(b, code, "basically")
    assert [(j.grade, j.round) for j in seen.judged] == [("not_solved", 1), ("basically", 2)]
    assert [a.text for a in seen.answers] == ["路灯已修好", "这次真的修好了"]


@pytest.mark.parametrize("why", ["", "  ", "\n\t", "　"])
def test_not_solved_needs_a_word(county, why):
    b = town(county)
    code = issue(b, told(b, heard(b)))
    with pytest.raises(Invalid, match="say in a word"):
        dispute(b, code, why)
    with pytest.raises(Invalid, match="say in a word"):
        rate(b, code, "not_solved")
    with pytest.raises(Invalid, match="solved, basically"):
        rate(b, code, "very")
    assert look(b, code).judged == ()


def test_what_was_not_answered_or_is_over_is_not_judged(county):
    b = town(county)
    case = heard(b)
    code = issue(b, case)
    with pytest.raises(Rejected) as refusal:
        rate(b, code)
    assert "open" not in refusal.value.details
    told(b, case)
    b.later(days=120)
    assert look(b, code).grades == {}
    with pytest.raises(Rejected):
        rate(b, code)


def test_of_two_clicks_one_counts(county):
    b = town(county)
    case = told(b, heard(b))
    code = issue(b, case)

    async def race():
        clicks = (codes.rate(b.store, b.tenant, code, HERE, "solved") for _ in range(6))
        return await asyncio.gather(*clicks, return_exceptions=True)

    found = in_loop(b, race())
    assert sorted(type(f).__name__ for f in found) == ["Followed", *["Rejected"] * 5]
    assert len(judge_acts(b.case(case.id))) == 1


def test_a_clerk_at_work_in_the_same_moment_does_not_turn_the_voter_away(county, monkeypatch):
    b = town(county)
    code = issue(b, told(b, heard(b)))
    met = []
    real = codes.judged

    async def overtaken(*args):
        if not met:
            met.append(1)
            raise Stale("somebody was faster")
        return await real(*args)

    monkeypatch.setattr(codes, "judged", overtaken)
    assert rate(b, code).judged

    async def always(*args):
        raise Stale("somebody was faster")

    monkeypatch.setattr(codes, "judged", always)
    with pytest.raises(Stale):
        rate(b, code)


def sweep(b):
    return b.store.run(jobs.sweep(b.store, b.tenant))


def asked(b, case):
    return [name for name, body in outbox(b) if body.get("id") == case.id and name.split(".")[1] in ASKING]


ASKING = ("ask_voter", "remind_voter", "no_rating")


def test_over_sixty_days_a_voter_is_asked_once_and_reminded_once(county):
    b = town(county)
    case, rated = told(b, heard(b)), told(b, heard(b))
    code = issue(b, rated)
    for _ in range(60):
        b.later(days=1)
        sweep(b)
        if asked(b, rated) and not look(b, code).judged:
            rate(b, code)
        sweep(b)  # twice a day
    assert asked(b, case) == ["opinion.ask_voter", "opinion.remind_voter", "opinion.no_rating"]
    assert asked(b, rated) == ["opinion.ask_voter"]


def test_each_round_is_asked_once(county):
    b = town(county)
    case = told(b, heard(b))
    code = issue(b, case)
    for round in (1, 2):
        for _ in range(30):
            b.later(days=1)
            sweep(b)
            if round == 1 and "opinion.remind_voter" in asked(b, case) and look(b, code).round == 1:
                dispute(b, code)
                told(b, case)
    assert asked(b, case) == [
        "opinion.ask_voter",
        "opinion.remind_voter",
        "opinion.ask_voter",
        "opinion.remind_voter",
        "opinion.no_rating",
    ]


def test_of_two_sweeps_at_once_one_asks(county):
    b = town(county)
    case = told(b, heard(b))
    for _ in range(16):
        b.later(days=2)

        async def both():
            two = (jobs.sweep(b.store, b.tenant) for _ in "12")
            return await asyncio.gather(*two, return_exceptions=True)

        assert all(f is None or isinstance(f, jobs.Swept | Stale) for f in in_loop(b, both()))
        sweep(b)
    assert asked(b, case) == ["opinion.ask_voter", "opinion.remind_voter", "opinion.no_rating"]


def test_a_unit_that_is_no_more_is_followed_to_its_successor(county):
    b = town(county)
    case = told(b, heard(b), units=((uid("water"), "sole"),))
    code = issue(b, case)

    async def merge(unit, _):
        (water,) = [r for r in await unit.all(ALL["unit"]) if r["id"] == uid("water")]
        await unit.write(CHANGE["unit"], **{**water, "valid_to": b.today, "successor": uid("lone")})
        unit.record("units", on=unit.tenant, version=0, rule="test")

    b.do(merge, OFFICE)
    b.later(days=1)
    dispute(b, code)
    assert shares(b.case(case.id), 2) == {(uid("lone"), "sole")}


def test_a_code_takes_no_other_step(county):
    b = town(county)
    case = told(b, heard(b))
    with pytest.raises(Rejected):
        b.step(case, "close", codes.CODE)
    assert b.step(case, "close", STATION).states["main"] == "closed"


def test_a_unit_that_was_replaced_handled_nothing(county):
    b = town(county)
    case = b.step(heard(b), "sort", STATION, grade="township", payload=Sorting())
    case = b.step(case, "assign", STATION, units=((uid("water"), "sole"),))
    case = b.step(case, "replace_unit", STATION, unit=uid("water"), units=((uid("lone"), "sole"),), note="派错了")
    case = told(b, case)
    dispute(b, issue(b, case))
    assert shares(b.case(case.id), 2) == {(uid("lone"), "sole")}
