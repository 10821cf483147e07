"""Five places at work: dates counted by hand, for a county that follows each."""

import datetime as dt
from pathlib import Path

import pytest

from renda_core import holidays
from renda_core.catalogue import Catalogue
from renda_core.configuration import read_tenant
from renda_core.domain.calendar import Period
from renda_core.domain.case import Actor
from renda_core.errors import Rejected
from renda_core.testing import uid
from renda_plugins.second_assignment import due_again
from renda_plugins.suggestion_handling.reports import rates

D = dt.date
TENANTS = Path(__file__).parents[2] / "tenants"
PLACES = ("law", "shandong", "qingdao", "zhejiang", "henan", "chongqing")
BOTH = {"units": (("roads", "lead"), ("water", "joint"))}


@pytest.fixture
def following(place, tmp_path):
    """Make a county that follows a place since long ago, on the official calendar of 2026."""

    def make(name):
        head = f'id = "{uid(name)}"\ncode = "c"\nname = "示例县"\nlevel = "county"\nextends = "{name}"\n'
        head += 'adopted = { by = "示例县人大常委会决定", on = 2010-01-01 }\n[plugins.second_assignment]\n'
        (tmp_path / "c.toml").write_text(head, "utf-8")
        file = read_tenant(tmp_path / "c.toml")
        rules = file.open(Catalogue.installed(), holidays.calendar(), D(2026, 1, 20)).rules()
        settings = {plugin: {r.name: r.value for r in rules if r.plugin == plugin} for plugin in file.plugins}
        made = place("second_assignment", **settings)
        made.calendar = holidays.calendar()
        return made

    return make


def due(p, case, clock, unit=""):
    found = case.clock(clock, unit=unit)
    return found and found.due(p.calendar)


@pytest.mark.parametrize(
    ("name", "at_once", "received"),
    [
        ("law", D(2026, 4, 20), None),
        ("shandong", D(2026, 4, 20), None),
        ("qingdao", D(2026, 4, 20), None),
        ("chongqing", D(2026, 4, 20), None),
        ("zhejiang", None, D(2026, 4, 23)),  # three months from 2026-01-23
        ("henan", None, D(2026, 4, 23)),
    ],
)
def test_the_reply_counts_from_assignment_or_from_receipt(following, roads, name, at_once, received):
    p = following(name)
    case = p.assigned()
    assert due(p, case, "reply", "roads") == at_once
    p.today = D(2026, 1, 23)
    assert due(p, p.do(case, "receive", roads), "reply", "roads") == (received or at_once)


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("shandong", D(2026, 1, 28)),  # 5 days from receipt on 01-23, a Friday
        ("qingdao", D(2026, 1, 30)),  # 5 working days from receipt
        ("zhejiang", D(2026, 2, 2)),  # 10 days from receipt
        ("henan", D(2026, 2, 3)),  # 10 working days from assignment on 01-20
        ("chongqing", D(2026, 2, 3)),
        ("law", D(2026, 2, 3)),  # the law is silent: the default, which is that of these two
    ],
)
def test_an_item_may_be_returned_until_a_day(following, roads, name, last):
    p = following(name)
    case = p.assigned()
    p.today = D(2026, 1, 23)
    case = p.do(case, "receive", roads)
    assert due(p, case, "return", "roads") == last
    p.today = last + dt.timedelta(days=1)
    with pytest.raises(Rejected, match=f"the window for returns closed on {last}"):
        p.do(case, "ask_return", roads, note="not ours")
    p.today = last
    case = p.do(case, "ask_return", roads, note="not ours")
    assert (case.clock("return_decision", unit="roads") is not None) is (name in ("henan", "chongqing", "law"))


def test_where_no_window_is_stated_an_item_may_be_returned_any_day(place, roads):
    p = place(suggestion_handling={"return_window": Period(0)})
    case = p.assigned()
    p.today = D(2026, 4, 1)
    assert p.do(case, "ask_return", roads, note="not ours").clock("return", unit="roads") is None


@pytest.mark.parametrize(
    ("name", "assigned", "received"),
    [
        ("shandong", None, D(2026, 2, 24)),  # a month from 01-23 falls into the Spring Festival
        ("qingdao", None, D(2026, 2, 24)),
        ("zhejiang", None, D(2026, 3, 23)),
        ("henan", None, D(2026, 3, 23)),
        ("chongqing", D(2026, 3, 9), D(2026, 3, 9)),  # 30 working days from 01-20; 02-14 and 02-28 are worked
        ("law", D(2026, 2, 24), D(2026, 2, 24)),  # a month from 01-20 falls into the festival too
    ],
)
def test_a_joint_opinion_is_due(following, water, name, assigned, received):
    p = following(name)
    case = p.do(p.accepted(), "assign", Actor(id="clerk", roles="assigner"), **BOTH)
    assert due(p, case, "opinion", "water") == assigned
    p.today = D(2026, 1, 23)
    assert due(p, p.do(case, "receive", water), "opinion", "water") == received


def test_a_joint_opinion_in_a_redo_has_five_working_days_in_chongqing(following, office):
    p = following("chongqing")
    case = p.evaluated("unsatisfied")
    p.today = D(2026, 6, 1)
    case = p.do(case, "reassign", office, note="the bridge still leaks", **BOTH)
    assert due(p, case, "opinion", "water") == D(2026, 6, 8)
    assert case.clock("contact", unit="roads") is None


def test_of_the_five_first_contact_is_asked_in_chongqing_alone(following):
    # 20 working days from 01-20: the 19th is 02-14, worked; the festival ends on 02-23
    found = {name: due(p := following(name), p.assigned(), "contact", "roads") for name in PLACES}
    assert found == dict.fromkeys(PLACES) | dict.fromkeys(("chongqing", "law"), D(2026, 2, 24))


def test_of_the_five_henan_and_chongqing_alone_give_the_evaluation_a_window(following):
    found = {}
    for name in PLACES:
        p = following(name)
        case = p.assigned()
        p.today = D(2026, 3, 2)
        found[name] = due(p, p.replied(case), "evaluation")
    default = {"chongqing": D(2026, 3, 30), "law": D(2026, 3, 30)}
    assert found == dict.fromkeys(PLACES) | {"henan": D(2026, 3, 16)} | default


@pytest.mark.rule("notify_deputy.once")
def test_what_comes_between_sessions_is_assigned_or_told_within(following, office):
    found = {name: due(p := following(name), p.accepted(in_session=False), "assignment") for name in PLACES}
    assert found == dict.fromkeys(PLACES) | {
        "shandong": D(2026, 1, 26),  # 5 days end on a Sunday
        "qingdao": D(2026, 1, 27),  # 5 working days
        "chongqing": D(2026, 2, 3),  # 10 working days
        "law": D(2026, 2, 3),
    }
    p = following("zhejiang")
    case = p.accepted(in_session=False)
    assert due(p, case, "notice") == D(2026, 1, 27)
    case = p.do(case, "notify_deputy", office)
    assert case.clock("notice").state == "stopped"
    with pytest.raises(Rejected, match="the deputy was told already"):
        p.do(case, "notify_deputy", office)
    assert p.accepted(in_session=True).clock("notice") is None
    assert following("henan").accepted(in_session=False).clock("notice") is None


@pytest.mark.parametrize(
    ("name", "at_once", "received"),
    [
        ("shandong", D(2026, 7, 1), D(2026, 7, 1)),
        ("zhejiang", D(2026, 7, 1), D(2026, 7, 1)),
        ("henan", D(2026, 7, 1), D(2026, 7, 1)),
        ("chongqing", None, D(2026, 8, 3)),  # two months from receipt on 06-03
        ("qingdao", None, None),
    ],
)
def test_a_redo_is_due(following, office, roads, name, at_once, received):
    p = following(name)
    case = p.evaluated("unsatisfied")
    p.today = D(2026, 6, 1)
    case = p.do(case, "reassign", office, units=(("roads", "sole"),), note="the bridge still leaks")
    assert due(p, case, "redo", "roads") == at_once
    p.today = D(2026, 6, 3)
    case = p.do(case, "receive", roads)
    assert due(p, case, "redo", "roads") == received
    case = p.replied(case)
    assert (case.clock("redo", unit="roads") is None) is (name == "qingdao")


def test_a_receipt_in_the_first_round_starts_no_redo(following, roads):
    p = following("chongqing")
    assert p.do(p.assigned(), "receive", roads).clock("redo", unit="roads") is None


@pytest.mark.parametrize("name", PLACES)
def test_longer_time_needs_consent_in_three_places(following, roads, name):
    p = following(name)
    case = p.do(p.assigned(), "receive", roads)
    asked = name in ("shandong", "qingdao", "zhejiang")
    step, other = ("ask_more_time", "take_more_time") if asked else ("take_more_time", "ask_more_time")
    with pytest.raises(Rejected):
        p.do(case, other, roads, note="it is hard")
    case = p.do(case, step, roads, note="it is hard")
    if not asked:
        assert due(p, case, "reply", "roads") == D(2026, 7, 20)


@pytest.mark.parametrize("name", PLACES)
def test_one_matter_to_a_suggestion(following, name):
    p = following(name)
    with pytest.raises(Rejected, match="more than one matter"):
        p.accepted(matters=2)


def test_where_nothing_is_said_of_it_a_suggestion_may_hold_two_matters(place):
    p = place(suggestion_handling={"one_matter": False})
    assert p.accepted(matters=2).states["main"] == "accepted"


@pytest.mark.parametrize("name", PLACES)
def test_the_unit_reads_its_evaluation_after_close_where_it_is_sent_to_it(following, office, roads, name):
    p = following(name)
    case = p.evaluated("satisfied")
    assert "satisfaction" not in p.look(case, roads).states
    seen = p.look(p.do(case, "close", office), roads).states
    assert ("satisfaction" in seen) is (name in ("zhejiang", "henan"))


def test_129_replies_are_rated_and_handed_over_again(following, place, office):
    """100 满意, 20 基本满意, 4 不满意, 5 without an answer after a reminder."""
    grades = {"satisfied": 100, "basically": 20, "unsatisfied": 4, "unanswered": 5}
    chongqing, including = (rates(grades, in_base) for in_base in (False, True))
    assert [str(r.to_row()[-1]) for r in chongqing] == ["80.65 %", "96.77 %"]
    assert [str(r.to_row()[-1]) for r in including] == ["77.52 %", "93.02 %"]
    assert (chongqing[0].base, including[0].base) == (124, 129)
    found = {}
    xianning = place("second_assignment", second_assignment={"redo": frozenset({"unsatisfied", "basically"})})
    for name, p in (("shandong", following("shandong")), ("xianning", xianning)):
        again = 0
        for grade, n in grades.items():
            case = p.replied(p.assigned())
            case = p.do(p.do(case, "remind", office), "evaluate", office, grade=grade, payload=None or form())
            again += n * due_again(p.contexts("second_assignment"), case)
        found[name] = again
    assert found == {"shandong": 4, "xianning": 24}


def form():
    from renda_core.domain.suggestion import Form

    return Form()
