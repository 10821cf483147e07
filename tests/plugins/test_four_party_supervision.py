import datetime as dt

import pytest
from tests.core.suggesting import CHAIR, REPLY, WATER, accepted, assigned, units
from tests.core.suggesting import OFFICE as CLERK
from tests.core.suggesting import ROADS as HEAD

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Period
from renda_core.domain.case import Actor
from renda_core.domain.procedure import Veil
from renda_core.domain.suggestion import Supervisors
from renda_core.errors import NotFound, Rejected
from renda_core.services import corrections, ledgers
from renda_core.testing import Bench
from renda_plugins import four_party_supervision, second_assignment, suggestion_handling
from renda_plugins.four_party_supervision import Finding, Settings
from renda_plugins.four_party_supervision.matrix import PARTIES

D = dt.date
NAME = "four_party_supervision"
LED = Supervisors(director="石主任", government="田县长")
DONE = {"payload": Finding(finding="桥已修一半", how="视察")}
DIRECTOR, COUNTY = Actor(id="shi", roles={"director"}), Actor(id="tian", roles={"government"})
CLOCKS = {p.clock for p in PARTIES}


def key(p, office, case=None, **rest):
    return p.do(case or p.assigned(), "name_key", office, payload=LED, **rest)


def running(case):
    return {(c.name, c.unit) for c in case.clocks if c.name in CLOCKS and c.state == "running"}


EVERYBODY = {
    ("congress_line", ""),
    ("government_line", ""),
    ("deputies_line", ""),
    ("departments_line", "roads"),
}


def test_a_key_item_sets_a_clock_for_each_of_the_four_and_each_act_begins_it_again(place, office, lead, roads):
    p = place(NAME)
    case = key(p, office)
    assert running(case) == EVERYBODY
    assert {c.due(p.calendar) for c in case.clocks if c.name in CLOCKS} == {D(2026, 2, 20)}
    p.today = D(2026, 2, 10)
    acts = (("congress", DIRECTOR), ("government", COUNTY), ("deputies", lead), ("departments", roads))
    steps = {party.name: party for party in PARTIES}
    for name, by in acts:
        case = p.do(case, steps[name].step, by, **DONE)
        moved = {c.name for c in case.clocks if c.name in CLOCKS and c.due(p.calendar) == D(2026, 3, 10)}
        assert steps[name].clock in moved
    assert len({a.step for a in case.acts} & {party.step for party in PARTIES}) == 4
    assert case.states["main"] == "assigned"


def test_named_before_assignment_the_departments_clock_begins_with_their_assignment(place, office):
    p = place(NAME)
    case = key(p, office, p.accepted())
    assert running(case) == EVERYBODY - {("departments_line", "roads")}
    p.today = D(2026, 2, 2)
    case = p.do(case, "assign", office, units=(("roads", "lead"), ("water", "joint")))
    assert running(case) == EVERYBODY  # who only gives an opinion reports nothing
    assert case.clock("departments_line", unit="roads").due(p.calendar) == D(2026, 3, 2)
    assert case.clock("congress_line").due(p.calendar) == D(2026, 2, 20)


def test_each_separate_unit_has_a_clock_and_who_has_replied_has_none(place, office, roads, water):
    p = place(NAME)
    case = p.do(p.accepted(), "assign", office, units=(("roads", "separate"), ("water", "separate")))
    case = key(p, office, p.replied(case))
    assert {u for n, u in running(case) if u} == {"water"}
    p.today = D(2026, 2, 2)
    case = p.do(case, "department_reports", roads, **DONE)  # it may still report; nothing more is due from it
    case = p.do(case, "department_reports", water, **DONE)
    assert {u for n, u in running(case) if u} == {"water"}
    assert case.clock("departments_line", unit="water").due(p.calendar) == D(2026, 3, 2)
    assert not {u for n, u in running(p.replied(case, water)) if u}


def test_who_takes_over_gets_the_clock(place, office, roads):
    p = place(NAME)
    case = p.do(key(p, office), "ask_return", roads, note="not ours")
    case = p.do(case, "replace_unit", office, unit="roads", units=(("water", "sole"),))
    assert {u for n, u in running(case) if u} == {"water"}


def test_nothing_is_due_once_the_deputy_has_judged_and_a_second_round_begins_anew(place, office):
    p = place(NAME, "second_assignment")
    case = p.evaluated("unsatisfied", key(p, office))
    assert not running(case)
    with pytest.raises(Rejected, match="main is evaluated"):
        p.do(case, "congress_supervises", DIRECTOR, **DONE)
    p.today = D(2026, 6, 1)
    case = p.do(case, "reassign", office, units=(("water", "sole"),), note="the bridge still leaks")
    assert running(case) == EVERYBODY - {("departments_line", "roads")} | {("departments_line", "water")}
    assert {c.due(p.calendar) for c in case.clocks if c.state == "running" and c.name in CLOCKS} == {D(2026, 7, 1)}
    assert case.clock("congress_line", round=1).state == "stopped"


@pytest.mark.parametrize("state", ["accepted", "replied", "evaluated"])
def test_named_late_only_what_can_still_be_done_is_due(place, office, state):
    p = place(NAME)
    case = {
        "accepted": p.accepted,
        "replied": lambda: p.replied(p.assigned()),
        "evaluated": lambda: p.evaluated("satisfied"),
    }
    case = key(p, office, case[state]())
    assert {n for n, u in running(case)} == (set() if state == "evaluated" else CLOCKS - {"departments_line"})


def test_a_merged_item_waits_and_goes_on_when_it_is_split(place, office):
    p = place(NAME)
    case = p.do(key(p, office, p.accepted()), "merge", office, links={"merged_into": ("other",)})
    assert not running(case)
    assert len(running(p.do(case, "split", office))) == 3


def test_where_no_interval_is_stated_nothing_is_ever_due(place, office, roads):
    p = place(NAME, four_party_supervision={"deputies": Period(0), "departments": Period(2, "month")})
    case = key(p, office)
    assert {n for n, u in running(case)} == CLOCKS - {"deputies_line"}
    assert case.clock("departments_line", unit="roads").due(p.calendar) == D(2026, 3, 20)
    with pytest.raises(ValueError, match="congress must not be negative"):
        Settings(congress=Period(-1))


def test_an_item_older_than_the_practice_begins_with_the_first_act(place, office, roads):
    old = key(place(), office)
    p = place(NAME)
    case = p.do(p.do(old, "congress_supervises", DIRECTOR, **DONE), "department_reports", roads, **DONE)
    assert running(case) == {("congress_line", ""), ("departments_line", "roads")}
    again = p.do(case, "congress_supervises", DIRECTOR, **DONE)  # the same day again: no second turn
    assert [t.do for t in again.clock("congress_line").ticks] == ["start"]


@pytest.mark.parametrize("step", [p.step for p in PARTIES])
def test_only_on_key_items_and_only_by_its_party(place, office, roads, lead, step):
    p = place(NAME)
    both = Actor(id="both", roles={"office", "director", "government", "deputy"}, unit="roads")
    right = {"congress_supervises": DIRECTOR, "government_leads": COUNTY, "deputies_inspect": lead}.get(step, roads)
    with pytest.raises(Rejected, match="key is none"):
        p.do(p.assigned(), step, right, **DONE)
    case = key(p, office)
    wrong = {"congress_supervises": COUNTY, "government_leads": DIRECTOR, "deputies_inspect": COUNTY}.get(step, lead)
    with pytest.raises(Rejected, match=f"may not {step}"):
        p.do(case, step, wrong, **DONE)
    if step != "department_reports":
        with pytest.raises(Rejected, match=f"both may not {step}"):  # nobody watches the unit that he acts for
            p.do(case, step, both, **DONE)
    assert p.do(case, step, right, **DONE).acts[-1].payload == DONE["payload"]


def test_who_is_named_for_a_party_acts_for_it(place, office):
    p = place(NAME)
    case = key(p, office, parties={"government_lead": ("tian",), "director_lead": ("shi",)})
    for step, name in (("government_leads", "tian"), ("congress_supervises", "shi")):
        case = p.do(case, step, Actor(id=name), **DONE)


# -- the pages


def small(county, *more, **rest):
    return county(suggestion_handling, four_party_supervision, *more, **rest)


def named(b: Bench, case, **fields):
    payload = {"director": "石主任", "government": "田县长", **fields}
    return b.step(case, "name_key", CLERK, payload=payload)


def cells(page, row=0):
    return {(c.party, c.unit): c for c in page.items[row].cells}


def test_every_key_item_shows_who_did_what_when_and_a_missing_party_is_red(county):
    b = small(county)
    names = {HEAD.unit: "交通局", WATER.unit: "水利局"}
    case = named(b, assigned(b, (HEAD, "separate"), (WATER, "separate"), title="修桥"))
    assigned(b, title="不是重点")
    assert {c.state for c in cells(b.page("four_parties")).values()} == {"awaited"}
    b.today = D(2026, 2, 10)
    director = b.actor("shi", "director")
    b.step(case, "congress_supervises", director, payload={"finding": "进度过半", "how": "现场", "people": "石主任"})
    b.step(case, "department_reports", HEAD, payload={"finding": "桥面已铺"})
    b.today = D(2026, 2, 25)
    page = b.page("four_parties")
    (row,) = page.items
    assert (page.total, page.red, row.red, row.title, row.number) == (1, 1, True, "修桥", case.number)
    told = cells(page)
    assert len(told) == 5 == len(row.cells)
    congress = told["congress", ""]
    assert (congress.did, congress.on, congress.due, congress.red) == (
        "现场；进度过半",
        D(2026, 2, 10),
        D(2026, 3, 10),
        False,
    )
    assert congress.by.endswith("石主任")
    assert (congress.named, told["government", ""].named) == ("石主任", "田县长")
    assert {k for k, c in told.items() if c.red} == {("government", ""), ("deputies", ""), ("departments", WATER.unit)}
    assert {c.state for c in told.values() if c.red} == {"missing"}
    assert told["departments", HEAD.unit].did == "桥面已铺"
    assert told["departments", WATER.unit].due == D(2026, 2, 24)  # 02-20 lies in 春节
    b.today = D(2026, 4, 1)
    assert cells(b.page("four_parties"))["congress", ""].state == "late"
    overdue = {(r.clock, r.unit) for r in b.ask(ledgers.overdue, CLERK) if r.clock in CLOCKS}
    assert overdue == {(p.clock, "") for p in PARTIES[:3]} | {("departments_line", u) for u in names}


def test_each_watches_its_own_line(county):
    b = small(county)
    named(b, assigned(b))
    director, government = b.actor("shi", "director"), b.actor("tian", "government")
    assert {c.party for c in b.page("congress_line", director).items[0].cells} == {"congress", "deputies"}
    assert {c.party for c in b.page("government_line", government).items[0].cells} == {"government", "departments"}
    closed_to = {
        "four_parties": (government, HEAD, b.actor("x", "deputy"), b.actor("nobody"), b.actor("y", "public")),
        "congress_line": (government, HEAD, b.actor("x", "deputy"), b.actor("nobody")),
        "government_line": (director, CLERK, HEAD, b.actor("x", "deputy"), b.actor("nobody")),
    }
    for page, readers in closed_to.items():
        for reader in readers:
            with pytest.raises(NotFound):
                b.page(page, reader)


def test_no_item_is_hidden_whatever_became_of_it(county):
    b = small(county, second_assignment)
    early = named(b, accepted(b, title="未交办"))
    ended = named(b, assigned(b, title="办结"))
    ended = b.run(
        b.step(ended, "reply", HEAD, **REPLY),
        ("evaluate", CLERK, {"grade": "satisfied", "payload": {}}),
        ("close", CLERK),
    )
    gone = named(b, accepted(b, title="撤回"))
    b.step(gone, "withdraw", b.actor("wang", "deputy"), note="已解决")
    forced = assigned(b, title="改定")
    command = corrections.Override(case=forced.id, facet="key", state="key", note="主任会议纪要")
    b.do(corrections.override_state, CHAIR, command)
    twice = named(b, assigned(b, title="二次"))
    twice = b.run(
        b.step(twice, "congress_supervises", b.actor("shi", "director"), payload={"finding": "要整改"}),
        ("reply", HEAD, REPLY),
        ("evaluate", CLERK, {"grade": "unsatisfied", "payload": {}}),
        ("reassign", CLERK, {**units((WATER, "sole")), "note": "桥仍漏水"}),
    )
    b.today = D(2026, 6, 1)
    page = b.page("four_parties")
    rows = {item.title: item for item in page.items}
    assert set(rows) == {"未交办", "办结", "撤回", "改定", "二次"}
    assert (page.total, page.finished, page.red) == (5, 2, 3)
    for title in ("办结", "撤回"):
        assert {c.state for c in rows[title].cells} == {"finished"}
        assert not rows[title].red
    early_cells = {c.party: c.state for c in rows["未交办"].cells}
    assert early_cells == dict.fromkeys(("congress", "government", "deputies"), "missing") | {
        "departments": "unassigned"
    }
    again = {c.party: c for c in rows["二次"].cells}
    assert (again["departments"].unit, again["congress"].state, again["congress"].did) == (
        WATER.unit,
        "missing",
        "要整改",
    )
    assert early.id == rows["未交办"].case


def test_the_page_tells_no_grade(county):
    b = small(county)
    case = named(b, assigned(b))
    b.run(case, ("reply", HEAD, REPLY), ("evaluate", CLERK, {"grade": "unsatisfied", "payload": {}}))
    both = Actor(id=b.actor("tian").id, roles={"government", "office"}, unit=HEAD.unit)
    for page, reader in (("government_line", both), ("four_parties", both)):
        assert "unsatisfied" not in str(b.page(page, reader))


class _Secretive:
    """A practice that hides a party's acts from the office, and one whose veil cannot be asked."""

    @hookimpl
    def register_cases(self):
        def broken(context, case):
            raise KeyError("lost")

        yield Veil(kind="suggestion", part="act.congress_supervises", seen_by="director")
        yield Veil(kind="suggestion", part="clock.government_line", seen_by="overseer", lifts=broken)


def test_what_is_veiled_from_the_reader_is_not_on_the_page_and_no_item_is_lost_by_it(county):
    modules = {"suggestion_handling": suggestion_handling, NAME: four_party_supervision, "secretive": _Secretive()}
    b = county({name: {} for name in modules}, catalogue=Catalogue.collect(modules))
    case = named(b, assigned(b))
    director = b.actor("shi", "director")
    b.step(case, "congress_supervises", director, payload={"finding": "暗访发现停工"})
    assert "暗访" in str(b.page("congress_line", director))
    page = b.page("four_parties")
    assert "暗访" not in str(page)
    told = {c.party: c for c in page.items[0].cells}
    assert (page.total, len(told), told["government"].due, told["government"].state) == (1, 4, None, "missing")
