import datetime as dt
from collections import Counter

import pytest
from tests.core.suggesting import OFFICE as CLERK
from tests.core.suggesting import REPLY, assigned
from tests.core.suggesting import ROADS as HEAD

from renda_core.domain.calendar import Period
from renda_core.domain.case import Actor
from renda_core.errors import NotFound, Rejected
from renda_core.services import ledgers
from renda_core.testing import Bench
from renda_plugins import procuratorate_transfer, suggestion_handling
from renda_plugins.procuratorate_transfer import FIELDS, Copies, Transfer

D = dt.date
BOTH = ("监察和司法委员会", "代表工作委员会")
PROSECUTOR = Actor(id="sun", unit="procuratorate_of_the_city")
PROSECUTION = Bench.actor("prosecutor", unit="procuratorate")
THERE = {"parties": {"procuratorate": ("procuratorate_of_the_city",)}}


def sent(p, office, field="minors", case=None, **rest):
    return p.do(case or p.assigned(), "transfer", office, payload=Transfer(field=field), **rest)


def test_nine_are_transferred_beside_normal_handling(place, office):
    p = place("procuratorate_transfer")
    fields = ("public_safety",) * 1 + ("environment",) * 4 + ("minors",) * 4
    cases = [sent(p, office, field) for field in fields]
    assert Counter(FIELDS[t.field] for c in cases for _, t in c.said(Transfer)) == {
        "平安建设": 1,
        "生态环境保护": 4,
        "未成年人保护": 4,
    }
    assert {(c.states["main"], c.clock("reply", unit="roads").state) for c in cases} == {("assigned", "running")}
    ended = [p.do(p.evaluated("satisfied", c), "close", office) for c in cases]
    assert {(c.states["main"], c.states["procuratorate"]) for c in ended} == {("closed", "sent")}


@pytest.mark.rule("transfer.field")
def test_only_fields_of_the_place_and_only_once(place, office):
    p = place("procuratorate_transfer")
    with pytest.raises(Rejected, match="'noise' is no field of this place"):
        sent(p, office, "noise")
    with pytest.raises(Rejected, match="procuratorate is sent"):
        sent(p, office, case=sent(p, office))
    p = place("procuratorate_transfer", procuratorate_transfer={"fields": {"noise": "噪声"}})
    assert sent(p, office, "noise").states["procuratorate"] == "sent"


def test_documents_are_copied_ten_days_after_it_is_taken_up(place, office):
    p = place("procuratorate_transfer")
    case = sent(p, office)
    assert case.clock("copies") is None
    p.today = D(2026, 5, 20)
    case = p.do(case, "decide_transfer", office, grade="accepted")
    assert case.clock("copies").due(p.calendar) == D(2026, 6, 1)  # the tenth day, 05-30, is a Saturday
    p.today = D(2026, 6, 2)
    case = p.do(
        case,
        "copy_documents",
        office,
        payload=Copies(documents="检察建议书", to=BOTH),
    )
    assert (case.clock("copies").state, case.clock("copies").late(p.calendar, p.today)) == ("stopped", 1)


def test_documents_copied_after_a_second_assignment_are_copied(place, office):
    p = place("procuratorate_transfer", "second_assignment")
    case = p.do(sent(p, office), "decide_transfer", office, grade="accepted")
    case = p.do(p.evaluated("unsatisfied", case), "reassign", office, units=(("roads", "sole"),), note="it leaks")
    assert case.clock("copies", round=1).state == "running"
    case = p.do(case, "copy_documents", office, payload=Copies(documents="检察建议书", to=BOTH))
    assert case.clock("copies", round=1).state == "stopped"


def test_what_is_declined_has_no_documents(place, office):
    p = place("procuratorate_transfer")
    case = p.do(sent(p, office), "decide_transfer", office, grade="declined")
    assert (case.states["procuratorate"], case.clock("copies")) == ("declined", None)
    with pytest.raises(Rejected, match="procuratorate is declined"):
        p.do(case, "copy_documents", office, payload=Copies(documents="检察建议书"))
    p = place("procuratorate_transfer", procuratorate_transfer={"copies": Period(0)})
    assert p.do(sent(p, office), "decide_transfer", office, grade="accepted").clock("copies") is None


def test_it_decides_even_when_handling_has_ended(place, office):
    p = place("procuratorate_transfer")
    case = p.do(p.evaluated("satisfied", sent(p, office)), "close", office)
    assert p.do(case, "decide_transfer", office, grade="declined").states["procuratorate"] == "declined"


def test_the_procuratorate_reads_and_decides_what_was_sent_to_it_and_nothing_else(place, office):
    p = place("procuratorate_transfer")
    with pytest.raises(NotFound):
        p.look(p.assigned(), PROSECUTOR)
    case = sent(p, office, **THERE)
    assert p.look(case, PROSECUTOR).states["procuratorate"] == "sent"
    assert p.do(case, "decide_transfer", PROSECUTOR, grade="accepted").acts[-1].unit == "procuratorate_of_the_city"
    with pytest.raises(Rejected, match="sun may not decide_transfer"):
        p.do(sent(p, office), "decide_transfer", PROSECUTOR, grade="accepted")


def test_neither_the_handling_unit_nor_the_public_learns_of_it(place, office, lead, roads):
    p = place("procuratorate_transfer")
    case = p.do(sent(p, office, **THERE), "decide_transfer", office, grade="accepted")
    case = p.do(p.replied(case), "publish", office)
    for reader in (roads, Actor(id="both", roles={"office"}, unit="roads"), Actor(id="voter", roles={"public"})):
        seen = p.look(case, reader)
        assert "procuratorate" not in seen.states
        assert "procuratorate" not in str(seen)
        assert "minors" not in str(seen)
        assert "copies" not in {clock.name for clock in seen.clocks}
    assert p.look(case, lead).states["procuratorate"] == "accepted"


@pytest.mark.rule("copy_documents.to")
def test_the_clock_runs_until_everybody_named_has_a_copy(place, office):
    p = place("procuratorate_transfer")
    case = p.do(sent(p, office), "decide_transfer", office, grade="accepted")
    for nobody in ((), ("",), (" ",)):
        with pytest.raises(Rejected, match="say to whom it was copied"):
            p.do(case, "copy_documents", office, payload=Copies(documents="立案决定书", to=nobody))
    case = p.do(case, "copy_documents", office, payload=Copies(documents="立案决定书", to=BOTH[:1]))
    assert case.clock("copies").state == "running"
    case = p.do(case, "copy_documents", office, payload=Copies(documents="立案决定书", to=("政府办", BOTH[1])))
    assert case.clock("copies").state == "stopped"
    p = place("procuratorate_transfer", procuratorate_transfer={"copied_to": ("法制委员会",)})
    case = p.do(sent(p, office), "decide_transfer", office, grade="accepted")
    case = p.do(case, "copy_documents", office, payload=Copies(documents="立案决定书", to=("法制委员会",)))
    assert case.clock("copies").state == "stopped"


def transferred(b, field="minors", to=PROSECUTION, **rest):
    case = assigned(b, **rest)
    parties = {"procuratorate": (to.unit,)}
    return b.step(case, "transfer", CLERK, payload={"field": field}, parties=parties)


def ended(b, case):
    judged = {"grade": "satisfied", "payload": {}}
    return b.run(case, ("reply", HEAD, REPLY), ("evaluate", CLERK, judged), ("close", CLERK))


def test_nine_stand_in_the_list_with_their_decisions(county):
    b = county(suggestion_handling, procuratorate_transfer)
    cases = [transferred(b, f) for f in ("public_safety", *["environment"] * 4, *["minors"] * 4)]
    b.step(cases[0], "decide_transfer", PROSECUTION, grade="accepted")
    b.step(cases[1], "decide_transfer", CLERK, grade="declined")
    assigned(b)
    page = b.page("transfers")
    assert (page.total, page.by_decision) == (9, {"受理": 1, "不受理": 1, "已移送": 7})
    assert page.by_field == {"平安建设": 1, "生态环境保护": 4, "未成年人保护": 4}
    assert [i.case for i in page.items] == [c.id for c in cases]
    assert (page.waiting, page.items[0].waiting, page.items[0].due) == (1, BOTH, D(2026, 1, 30))


def test_closing_a_case_stops_its_clock_and_the_list_goes_on_to_name_who_waits(county):
    b = county(suggestion_handling, procuratorate_transfer)
    case = b.step(transferred(b), "decide_transfer", CLERK, grade="accepted")
    case = b.step(case, "copy_documents", CLERK, payload={"documents": "立案决定书", "to": [BOTH[0]]})
    case = ended(b, case)
    after = ended(b, transferred(b))
    b.today = D(2026, 2, 9)
    after = b.step(after, "decide_transfer", CLERK, grade="accepted")  # the procuratorate may decide later
    assert {c.state for one in (case, after) for c in b.case(one.id).clocks} == {"stopped"}
    assert not [r for r in b.ask(ledgers.overdue, CLERK) if r.clock == "copies"]
    page = b.page("transfers")
    assert (page.waiting, page.late) == (2, 1)
    first, second = page.items
    assert (first.waiting, first.due, first.late, first.closed) == (BOTH[1:], D(2026, 1, 30), 10, True)
    assert (second.waiting, second.due, second.late) == (BOTH, D(2026, 2, 24), 0)  # 02-19 lies in 春节
    b.step(case, "copy_documents", CLERK, payload={"documents": "立案决定书", "to": [BOTH[1]]})
    assert b.page("transfers").late == 0


def test_the_list_is_closed_to_units_and_tells_an_office_nothing_of_its_own_unit(county):
    b = county(suggestion_handling, procuratorate_transfer)
    transferred(b)
    for reader in (HEAD, PROSECUTION, b.actor("x", "deputy"), b.actor("y", "public"), b.actor("nobody")):
        with pytest.raises(NotFound):
            b.page("transfers", reader)
    both = Actor(id=CLERK.id, roles={"office"}, unit=HEAD.unit)
    assert (b.page("transfers", both).total, b.page("transfers", CLERK).total) == (0, 1)
