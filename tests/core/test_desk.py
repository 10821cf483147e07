"""What pages may ask: counts by unit, declared verdicts, cases as their reader sees them, and a unit's own alone."""

import datetime as dt
from collections import Counter

import pytest
from tests.core.peopling import settle
from tests.core.suggesting import (
    CHAIR,
    LI,
    OFFICE,
    PUBLIC,
    REPLY,
    ROADS,
    WANG,
    WATER,
    accepted,
    assigned,
    closed,
    draft,
    evaluated,
    uid,
)

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.ballot import Attendance
from renda_core.domain.case import Actor
from renda_core.domain.procedure import Veil
from renda_core.errors import Misuse, NotAllowed, NotFound, PracticeFailed
from renda_core.records import Page
from renda_core.services import ballots
from renda_core.services.desk import JOB, OwnDesk, StoreDesk
from renda_plugins import settled_accounts, suggestion_handling

D = dt.date
S = "suggestion"
TEN = Attendance(incumbent=10, present=10, issued=10, returned=10)


def asked(b, question, *args, actor=JOB, desk=StoreDesk):
    return b.read(lambda reader: getattr(desk(reader, b.tenant, actor), question)(*args))


def paging(*pages, veils=()):
    """A plugin that offers pages."""

    class Plugin:
        @hookimpl
        def register_pages(self):
            return pages

        @hookimpl
        def register_cases(self):
            return veils

    return Plugin()


def county_with(county, *pages, veils=(), **rest):
    modules = {"suggestion_handling": suggestion_handling, "settled_accounts": settled_accounts}
    catalogue = Catalogue.collect({**modules, "more": paging(*pages, veils=veils)})
    return county({name: {} for name in (*modules, "more")}, catalogue=catalogue, **rest)


def test_counts_by_unit_are_of_the_present_round_and_by_year(county):
    b = county(suggestion_handling, settled_accounts)
    for _ in range(2):
        assigned(b)
    assigned(b, (ROADS, "lead"), (WATER, "joint"))
    case = b.step(assigned(b), "ask_return", ROADS, note="不归我局")
    b.step(case, "replace_unit", OFFICE, unit=ROADS.unit, units=((WATER.unit, "sole"),))
    accepted(b)
    b.today = D(2027, 1, 4)
    assigned(b)
    found = asked(b, "unit_counts", S, "publication")
    told = {(c.unit, c.role, c.share, c.year): c.n for c in found}
    assert told == {
        (ROADS.unit, "sole", "assigned", 2026): 2,
        (ROADS.unit, "lead", "assigned", 2026): 1,
        (WATER.unit, "joint", "assigned", 2026): 1,
        (ROADS.unit, "sole", "released", 2026): 1,
        (WATER.unit, "sole", "assigned", 2026): 1,
        (ROADS.unit, "sole", "assigned", 2027): 1,
    }
    assert {(c.main, c.of) for c in found} == {("assigned", "internal")}


def test_how_a_clock_of_the_case_or_of_the_unit_ended(county):
    b = county(suggestion_handling, settled_accounts)
    early, late, running = assigned(b), assigned(b), assigned(b)
    b.run(
        early, ("reply", ROADS, REPLY), ("evaluate", OFFICE, {"grade": "satisfied", "payload": {}}), ("close", OFFICE)
    )
    assert Counter(c.of for c in asked(b, "unit_deadlines", S, "settle")) == {"in_time": 1, "open": 1}
    b.today = D(2026, 3, 20)
    assert {c.of for c in asked(b, "unit_deadlines", S, "settle")} == {"in_time", "open"}  # until 24:00 of the due day
    b.today = D(2026, 3, 21)
    steps = (("reply", ROADS, REPLY), ("evaluate", OFFICE, {"grade": "satisfied", "payload": {}}), ("close", OFFICE))
    b.run(late, *steps)
    told = {(c.of, c.main): c.n for c in asked(b, "unit_deadlines", S, "settle")}
    assert told == {("in_time", "closed"): 1, ("late", "closed"): 1, ("overdue", "assigned"): 1}
    assert {c.of for c in asked(b, "unit_deadlines", S, "reply")} == {"in_time", "late", "overdue"}
    assert asked(b, "unit_deadlines", S, "nothing") == ()
    assert running.id


def test_a_vote_tells_nothing_before_its_verdict(county):
    b = county(suggestion_handling, settled_accounts)
    ballot = b.do(
        ballots.open_ballot, OFFICE, ballots.OpenBallot(kind="group_survey", subjects=(ROADS.unit, WATER.unit))
    )
    assert asked(b, "verdicts", "group_survey") == asked(b, "verdicts", "another") == ()
    void = Attendance(incumbent=10, present=10, issued=9, returned=10)
    b.do(ballots.declare, OFFICE, ballot.id, void, [[(0, 0), (1, 2)]] * 10)
    assert asked(b, "verdicts", "group_survey") == ()
    b.do(ballots.declare, OFFICE, ballot.id, TEN, [[(0, 0), (1, 2)]] * 10)
    told = {f.subject: f.verdict for f in asked(b, "verdicts", "group_survey")}
    assert told == {ROADS.unit: "satisfied", WATER.unit: "unsatisfied"}
    assert [f.subject for f in asked(b, "verdicts", "group_survey", actor=ROADS, desk=OwnDesk)] == [ROADS.unit]


def test_cases_are_shown_as_their_reader_sees_them(county):
    b = county(suggestion_handling)
    case = evaluated(b, "unsatisfied")
    draft(b)
    (seen,) = asked(b, "seen", S, "main", "evaluated", actor=OFFICE)
    assert (seen.id, seen.states["satisfaction"]) == (case.id, "unsatisfied")
    assert asked(b, "seen", S, "main", "draft", actor=OFFICE) == ()
    (seen,) = asked(b, "seen", S, "main", "evaluated", actor=LI)
    assert "unsatisfied" not in str(seen)
    both = Actor(id=uid("both"), roles={"office"}, unit=ROADS.unit)
    for reader, found in ((OFFICE, 1), (CHAIR, 1), (WANG, 1), (both, 0), (LI, 0), (PUBLIC, 0), (JOB, 0)):
        assert len(asked(b, "seen", S, "satisfaction", "unsatisfied", actor=reader)) == found, reader


def test_names_of_people_and_units(county):
    b = county(suggestion_handling)
    settle(b, "王建")
    told = asked(b, "names", [uid("王建"), uid("roads"), uid("nobody"), "job:clocks", ""])
    assert told[uid("王建")] == "王建"
    assert told[uid("roads")] == "交通局"
    assert not {uid("nobody"), "job:clocks", ""} & set(told)


# -- a page of a unit's own


async def _own(context, desk):
    return {
        "counts": await desk.unit_counts(S, "publication"),
        "clocks": await desk.unit_deadlines(S, "reply"),
        "cases": [s for state in ("assigned", "evaluated", "closed") for s in await desk.seen(S, "main", state)],
        "verdicts": await desk.verdicts("group_survey"),
    }


OWN = Page(name="own", title="本单位", shows=dict, view=_own, of_unit=True)


def test_a_page_of_a_unit_answers_of_that_unit_alone(county):
    b = county_with(county, OWN)
    mine, theirs, shared = (
        assigned(b),
        assigned(b, (WATER, "sole")),
        assigned(b, (ROADS, "separate"), (WATER, "separate")),
    )
    judged = closed(b, "unsatisfied")
    for subjects in ((ROADS.unit, WATER.unit),):
        ballot = b.do(ballots.open_ballot, OFFICE, ballots.OpenBallot(kind="group_survey", subjects=subjects))
        b.do(ballots.declare, OFFICE, ballot.id, TEN, [[(0, 0), (1, 2)]] * 10)
    told = b.page("own", ROADS)
    assert {c.unit for c in (*told["counts"], *told["clocks"])} == {ROADS.unit}
    assert {f.subject for f in told["verdicts"]} == {ROADS.unit}
    assert [s.id for s in told["cases"]] == [mine.id, shared.id, judged.id]
    assert theirs.id not in str(told)
    assert "unsatisfied" not in str(told["cases"])  # the deputy's evaluation of this very unit
    none = b.page("own", b.actor("head of power", unit="power"))
    assert not any(none.values())


def test_a_page_of_a_unit_is_closed_to_whoever_acts_for_none(county):
    b = county_with(county, OWN)
    for reader in (OFFICE, CHAIR, WANG, PUBLIC, b.actor("nobody")):
        with pytest.raises(NotFound):
            b.page("own", reader)


def test_roles_widen_nothing_on_a_page_of_a_unit(county):
    b = county_with(county, OWN)
    assigned(b, (WATER, "sole"))
    case = evaluated(b)
    every = Actor(id=uid("both"), roles={"office", "overseer", "director"}, unit=ROADS.unit)
    told = b.page("own", every)
    assert [s.id for s in told["cases"]] == [case.id]
    assert "unsatisfied" not in str(told)


@pytest.mark.parametrize("question", ["cases", "facet_counts", "grade_counts", "last_grades", "records", "deputies"])
def test_a_page_of_a_unit_that_asks_for_more_is_refused(county, question):
    async def greedy(context, desk):
        return await getattr(desk, question)(S, "evaluate")

    b = county_with(county, Page(name="greedy", title="越权", shows=object, view=greedy, of_unit=True))
    with pytest.raises(PracticeFailed, match=r"page more\.greedy failed: Misuse"):
        b.page("greedy", ROADS)


def test_a_page_cannot_turn_a_units_desk_to_another_unit(county):
    async def sly(context, desk):
        return [
            await desk.unit_counts(S, f"publication' OR unit = '{WATER.unit}"),
            await desk.seen(S, "main", "assigned"),
            await desk.verdicts("group_survey"),
        ]

    b = county_with(county, Page(name="sly", title="越权", shows=list, view=sly, of_unit=True))
    assigned(b, (WATER, "sole"))
    assert b.page("sly", ROADS) == [(), (), ()]
    with pytest.raises(Misuse, match="a reader who acts for one"):
        asked(b, "verdicts", "x", actor=OFFICE, desk=OwnDesk)


def test_nothing_is_counted_by_what_is_veiled(county):
    async def counted(context, desk):
        return await desk.unit_counts(S, "satisfaction")

    async def ended(context, desk):
        return await desk.unit_deadlines(S, "settle")

    pages = [
        Page(name=f"{name}_{own}", title="计数", shows=tuple, view=view, of_unit=own)
        for name, view in (("counted", counted), ("ended", ended))
        for own in (True, False)
    ]
    veil = Veil(kind=S, part="clock.settle", seen_by="office", never="unit")
    b = county_with(county, *pages, veils=(veil,))
    evaluated(b)
    both = Actor(id=uid("both"), roles={"office"}, unit=WATER.unit)
    for page, reader in (
        ("counted_True", ROADS),
        ("ended_True", ROADS),
        ("counted_False", both),
        ("ended_False", both),
    ):
        with pytest.raises(NotAllowed, match="is not open to you, so it is not counted either"):
            b.page(page, reader)
    assert [c.of for c in b.page("counted_False")] == ["unsatisfied"]
    assert [c.of for c in b.page("ended_False")] == ["open"]


def test_one_tenant_counts_nothing_of_another(county):
    one, other = (county(suggestion_handling, settled_accounts) for _ in range(2))
    assigned(one)
    for question, *args in (
        ("unit_counts", S, "main"),
        ("unit_deadlines", S, "settle"),
        ("seen", S, "main", "assigned"),
    ):
        assert asked(one, question, *args, actor=OFFICE)
        assert asked(other, question, *args, actor=OFFICE) == ()
        assert asked(other, question, *args, actor=ROADS, desk=OwnDesk) == ()
