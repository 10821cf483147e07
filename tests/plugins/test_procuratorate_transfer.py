import datetime as dt
from collections import Counter

import pytest

from renda_core.domain.calendar import Period
from renda_core.domain.case import Actor
from renda_core.errors import NotFound, Rejected
from renda_plugins.procuratorate_transfer import FIELDS, Copies, Transfer

D = dt.date
PROSECUTOR = Actor(id="sun", unit="procuratorate_of_the_city")
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
        payload=Copies(documents="检察建议书", to=("监察和司法委员会", "代表工作委员会")),
    )
    assert (case.clock("copies").state, case.clock("copies").late(p.calendar, p.today)) == ("stopped", 1)


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
