import datetime as dt
import itertools

import pytest
from tests.core.reminding import OFFICE, congresses, elect, remind, told
from tests.plugins.conftest import Place

from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Calendar, Period
from renda_core.domain.case import Actor
from renda_core.domain.mandates import MandateEvent
from renda_core.domain.suggestion import Suggestion
from renda_core.errors import ConfigError, NotFound, Rejected
from renda_core.services import days, mandates, notices, sessions
from renda_core.store.roster import ALL
from renda_core.testing import uid
from renda_plugins import proposal_preparation, suggestion_handling
from renda_plugins.proposal_preparation.reminder import notice_day
from renda_plugins.proposal_preparation.settings import FOUR
from renda_plugins.proposal_preparation.steps import PAYLOADS, STEPS, Inspection, Measures, Revision, Study

D = dt.date
NAME = "proposal_preparation"
MONTH = Period(1, "month")
OPENS = D(2026, 12, 28)
PLUGINS = {NAME: proposal_preparation, "suggestion_handling": suggestion_handling}
GIVEN = {
    "inspect": Inspection(where="三河村", heard="行路难"),
    "study": Study(problem="乡道无人管养"),
    "put": Measures(measures="把乡道管养列入预算"),
    "revise": Revision(opinion="写明路段", departments=("市交通运输局",)),
}
DESK = Actor(id="desk", roles={"office"}, unit="deputies_office")


# -- the reminder


@pytest.mark.parametrize(
    ("opens", "notice"),
    [
        (D(2026, 12, 28), D(2026, 11, 28)),  # a Saturday: a reminder is no work, and must not come later
        (D(2027, 1, 12), D(2026, 12, 12)),
        (D(2026, 3, 31), D(2026, 2, 28)),
        (D(2028, 3, 30), D(2028, 2, 29)),
        (D(2026, 7, 31), D(2026, 6, 30)),
        (D(2026, 3, 1), D(2026, 2, 1)),
    ],
)
def test_it_is_due_a_month_before_on_the_corresponding_day_or_the_months_last(opens, notice):
    assert notice_day(Calendar(), opens, MONTH) == notice


def test_other_spans_count_back_too():
    assert notice_day(Calendar(), OPENS, Period(45)) == D(2026, 11, 13)
    assert notice_day(Calendar(), OPENS, Period(5, "workday")) == D(2026, 12, 21)


@pytest.fixture
def city(county):
    """Make a county with two congresses, four deputies of one and one of the other, and a session on 2026-12-28."""

    def make(opens=OPENS, handling=(), **settings):
        plugins = {"suggestion_handling": dict(handling), NAME: settings}
        b = county(plugins, catalogue=Catalogue.collect(PLUGINS), today=D(2026, 9, 1))
        congresses(b)
        elect(b, "wang", "li", "chen", "zhao")
        elect(b, "town", of="town")
        elect(b, "waiting", state="elected")
        new = sessions.NewSession(term=uid("county term"), number=5, opens_on=opens)
        b.session = b.do(sessions.add_session, OFFICE, new)
        return b

    return make


EVERYBODY = ("wang", "li", "chen", "zhao", "town", "waiting", "new")


def once(b, *names):
    return told(b, *EVERYBODY) == sorted((name, b.session.id) for name in names)


def test_it_is_sent_exactly_once_per_deputy_at_session_minus_one_month(city):
    b = city()
    assert remind(b, D(2026, 11, 27)).sent == 0
    assert remind(b, D(2026, 11, 28)) == notices.Reminded(sent=4, failed=())
    assert once(b, "wang", "li", "chen", "zhao")
    for today in (D(2026, 11, 28), D(2026, 11, 29), D(2026, 12, 28), D(2026, 12, 29)):
        assert remind(b, today).sent == 0
    assert once(b, "wang", "li", "chen", "zhao")
    (found,) = b.ask(notices.own, Actor(id=uid("wang"))).rows
    assert found.title == "示例县第六届人民代表大会第五次会议将于 2026-12-28 召开，请准备代表建议"
    assert all(sign in found.text for sign in "察调提改")
    assert b.verify().whole


def test_a_deputy_elected_later_still_gets_it_before_the_session(city):
    b = city()
    assert remind(b, D(2026, 11, 28)).sent == 4
    elect(b, "new", on=D(2026, 12, 10))
    assert remind(b, D(2026, 12, 9)).sent == 0
    assert remind(b, D(2026, 12, 10)).sent == 1
    assert once(b, "wang", "li", "chen", "zhao", "new")


def test_who_is_confirmed_or_ends_meanwhile(city):
    b = city()
    ids = {row["person"]: row["id"] for row in b.read(lambda reader: reader.all(ALL["mandate"]))}
    confirmed = MandateEvent(kind="confirm", on=D(2026, 12, 1), legal_act="公告 1 号", by_body="standing_committee")
    gone = MandateEvent(
        kind="end", on=D(2026, 11, 20), legal_act="公告 2 号", by_body="standing_committee", reason="moved_away"
    )
    b.do(mandates.happen, OFFICE, ids[uid("waiting")], confirmed)
    b.do(mandates.happen, OFFICE, ids[uid("zhao")], gone)
    assert remind(b, D(2026, 11, 28)).sent == 3
    assert remind(b, D(2026, 12, 1)).sent == 1
    assert once(b, "wang", "li", "chen", "waiting")


def test_a_session_that_is_put_off_is_not_told_of_again_and_another_one_is(city):
    b = city()
    assert remind(b, D(2026, 11, 28)).sent == 4
    later = sessions.SessionChange(number=5, opens_on=D(2027, 1, 18))
    b.do(sessions.change_session, OFFICE, b.session.id, later)
    assert remind(b, D(2026, 12, 18)).sent == 0
    b.do(sessions.add_session, OFFICE, sessions.NewSession(term=uid("town term"), number=9, opens_on=D(2027, 1, 5)))
    assert remind(b, D(2026, 12, 18)).sent == 1
    assert [name for name, _ in told(b, "town")] == ["town"]


def test_the_span_is_a_setting_and_none_is_no_reminder(city):
    assert remind(city(remind_before={"n": 45, "unit": "day"}), D(2026, 11, 13)).sent == 4


def test_a_place_that_states_none_reminds_nobody(city):
    b = city(remind_before={"n": 0, "unit": "day"})
    assert remind(b, D(2026, 12, 27)).sent == 0
    assert b.ask(days.days, OFFICE, D(2026, 12, 1), D(2026, 12, 31)).days[0].rule == "annual_report"


def test_the_day_is_listed_long_before(city):
    b = city()
    found = [d for d in b.ask(days.days, OFFICE, D(2026, 9, 1), D(2026, 12, 31)).days if d.rule != "annual_report"]
    assert [(d.on, d.notice_by, d.noticed) for d in found] == [(OPENS, D(2026, 11, 28), 0)]


# -- the year's report


def reports(b, *span):
    found = b.ask(days.days, OFFICE, *(span or (D(2026, 9, 1), D(2027, 12, 31)))).days
    return [(d.on, d.label, d.noticed) for d in found if d.rule == "annual_report"]


def test_the_report_is_due_at_the_next_session(city):
    b = city()
    assert reports(b) == [(OPENS, "示例县第六届人民代表大会第五次会议：印发代表建议办理情况的报告", 0)]
    assert remind(b, D(2026, 12, 1)).sent == 4  # of the suggestions; the report reminds nobody


def test_chongqings_report_is_due_in_november(city):
    b = city(handling={"report_due": 11})
    assert reports(b) == [
        (D(2026, 11, 30), "2026年度代表建议办理情况的报告", 0),
        (D(2027, 11, 30), "2027年度代表建议办理情况的报告", 0),
    ]
    assert reports(b, D(2026, 12, 1), D(2027, 11, 29)) == []
    assert reports(city(handling={"report_due": 2}), D(2028, 1, 1), D(2028, 12, 31))[0][0] == D(2028, 2, 29)


def test_a_report_month_is_a_month(city):
    with pytest.raises(ConfigError, match="report_due = 13"):
        city(handling={"report_due": 13})


# -- the four steps


def prepared(p, case, by, office, *names):
    for name in names:
        who = office if name == "revise" else by
        case = p.do(case, STEPS[name], who, payload=GIVEN[name])
    return case


def drafted(p, lead, **rest):
    return p.open("suggestion", lead, Suggestion(text="修路"), parties={"proposer": ("wang",)}, **rest)


def test_a_draft_shows_its_four_steps_with_who_and_when(preparing, office, lead):
    p = preparing()
    case = drafted(p, lead)
    assert p.look(case, lead).states["preparation"] == "none"
    for n, name in enumerate(FOUR):
        p.today = D(2026, 11, 28) + dt.timedelta(days=n)
        case = prepared(p, case, lead, office, name)
        assert p.look(case, lead).states["preparation"] == name
    seen = [(a["step"], a["by"], a["on"]) for a in p.look(case, lead).acts[1:]]
    assert seen == [
        ("inspect_voters", "wang", D(2026, 11, 28)),
        ("study_matter", "wang", D(2026, 11, 29)),
        ("put_measures", "wang", D(2026, 11, 30)),
        ("revise_draft", "clerk", D(2026, 12, 1)),
    ]
    facet = p.practice.procedure("suggestion").facets["preparation"]
    assert [facet.titles[s] for s in facet.states[1:]] == ["察", "调", "提", "改"]
    assert p.do(case, "submit", lead).states["main"] == "submitted"


@pytest.mark.rule("submit.preparation")
def test_submission_names_what_is_missing(preparing, office, lead):
    p = preparing()
    case = drafted(p, lead)
    lacking = ("察 集中视察", "调 调查研究", "提 提炼建议", "改 商议修改")
    for n, name in enumerate(FOUR):
        with pytest.raises(Rejected) as said:
            p.do(case, "submit", lead)
        assert said.value.objections == (f"the preparation lacks {', '.join(lacking[n:])}",)
        case = prepared(p, case, lead, office, name)
    assert p.do(case, "submit", lead).states["main"] == "submitted"


@pytest.mark.parametrize("n", range(5))
def test_a_place_says_which_of_the_four_it_requires(preparing, office, lead, n):
    for required in itertools.combinations(FOUR, n):
        p = preparing(required=frozenset(required))
        case = prepared(p, drafted(p, lead), lead, office, *required)
        assert p.do(case, "submit", lead).states["main"] == "submitted"
        for left in required:
            earlier = (s for s in required if FOUR.index(s) < FOUR.index(left))
            case = prepared(p, drafted(p, lead), lead, office, *earlier)
            with pytest.raises(Rejected, match="the preparation lacks"):
                p.do(case, "submit", lead)


@pytest.mark.rule("inspect_voters.order", "study_matter.order", "put_measures.order", "revise_draft.order")
def test_the_four_come_in_order_and_may_come_again(preparing, office, lead):
    p = preparing()
    case = drafted(p, lead)
    for name in ("study", "put", "revise"):
        with pytest.raises(Rejected, match="first 察 集中视察"):
            prepared(p, case, lead, office, name)
    case = prepared(p, case, lead, office, "inspect", "inspect", "study", "put", "revise", "revise")
    assert len(case.took("inspect_voters")) == 2
    with pytest.raises(Rejected, match="preparation is revise"):
        prepared(p, case, lead, office, "study")


def test_the_four_are_of_a_draft_only(preparing, office, lead):
    p = preparing(required=frozenset())
    case = p.do(drafted(p, lead), "submit", lead)
    for name in FOUR:
        with pytest.raises(Rejected, match="main is submitted"):
            prepared(p, case, lead, office, name)
    case = p.do(case, "send_back", office, note="请补充")
    assert prepared(p, case, lead, office, "inspect").states["preparation"] == "inspect"


def test_who_takes_them(preparing, office, lead, roads):
    p = preparing()
    case = drafted(p, lead)
    stranger = Actor(id="li", roles={"deputy"})
    for name in FOUR:
        for who in (stranger, roads):
            with pytest.raises(Rejected, match="may not"):
                p.do(case, STEPS[name], who, payload=GIVEN[name])
    case = prepared(p, case, office, office, "inspect", "study", "put")  # from paper
    with pytest.raises(Rejected, match="may not revise_draft"):
        p.do(case, "revise_draft", lead, payload=GIVEN["revise"])


def test_a_draft_is_read_by_those_alone_whom_the_deputy_asks(preparing, office, lead):
    p = preparing()
    case = prepared(p, drafted(p, lead), lead, office, "inspect", "study")
    with pytest.raises(NotFound):
        p.look(case, DESK)
    case = p.do(case, "put_measures", lead, payload=GIVEN["put"], parties={"reviser": ("deputies_office",)})
    assert p.look(case, DESK).states["preparation"] == "put"
    case = p.do(case, "revise_draft", Actor(id="sun", unit="deputies_office"), payload=GIVEN["revise"])
    assert (case.acts[-1].by, case.acts[-1].unit) == ("sun", "deputies_office")


def test_what_was_said_of_a_draft_stays_with_those_who_prepared_it(preparing, office, lead, roads):
    p = preparing()
    case = prepared(p, drafted(p, lead), lead, office, *FOUR)
    case = p.do(p.do(p.do(case, "submit", lead), "accept", office), "assign", office, units=(("roads", "sole"),))
    case = p.do(p.replied(case), "publish", office)
    for reader in (roads, Actor(id="li", roles={"deputy"}), Actor(id="voter", roles={"public"})):
        assert "写明路段" not in str(p.look(case, reader))
        assert "三河村" not in str(p.look(case, reader))
    for reader in (lead, office):
        assert "写明路段" in str(p.look(case, reader))


@pytest.mark.parametrize("name", FOUR)
def test_each_step_says_what_it_found(preparing, office, lead, name):
    p = preparing(required=frozenset())
    case = drafted(p, lead)
    with pytest.raises(Rejected, match=f"takes {PAYLOADS[name].__name__}"):
        p.do(case, STEPS[name], office)
    with pytest.raises(ValueError, match="must be >= 1"):
        PAYLOADS[name](**{next(iter(PAYLOADS[name].__annotations__)): ""})


@pytest.fixture
def preparing():
    """Build a county with the two practices: ``preparing(required=…)``."""
    catalogue = Catalogue.collect(PLUGINS)

    def build(**given):
        made = {
            "suggestion_handling": catalogue.settings["suggestion_handling"](),
            NAME: catalogue.settings[NAME](**given),
        }
        return Place(catalogue.practice(frozenset(PLUGINS)), made, today=D(2026, 11, 28))

    return build
