"""Whatever is done to an opinion: it ends told back, or something runs that stands on the overdue list in time."""

import datetime as dt

import attrs
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.conftest import Place
from tests.plugins.opinions import (
    CLOCK,
    FOLLOWER,
    GUIDANCE,
    LI,
    OFFICE,
    REFUSED,
    ROADS,
    STATION,
    VOTER,
    WANG,
)

from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Calendar
from renda_core.domain.case import Actor, Case, roles_on
from renda_core.domain.openings import open_steps
from renda_core.errors import RendaError
from renda_core.store import tables
from renda_core.store.index import index
from renda_plugins import reception, suggestion_handling
from renda_plugins.reception.opinion import (
    ALL,
    BRANCHES,
    Becoming,
    Feedback,
    Opinion,
    Sorting,
    Told,
    Voice,
    untold_deputies,
    untold_voices,
    voices,
)
from renda_plugins.reception.settings import Settings

FIRST, FAR = dt.date(2026, 1, 5), dt.date(2027, 12, 31)
PRACTICE = Catalogue.collect({"reception": reception, "suggestion_handling": suggestion_handling}).practice(
    frozenset({"reception", "suggestion_handling"})
)
PROCEDURE = PRACTICE.procedure("opinion")
DUTIES = frozenset({"handle", "suggestion", "tell", "close"})
PEOPLE = (OFFICE, STATION, WANG, LI, ROADS, VOTER, FOLLOWER, Actor(id="qian", unit="water"))
UNITS = st.sampled_from(["roads", "water", "bureau"])
BRANCH = st.sampled_from(list(BRANCHES)[1:])
PHONE = st.sampled_from(["", "19900000000"])
HOW = st.sampled_from(["phone", "message", "visit", "in_person", "notice_board"])
VOICES = st.sampled_from([ALL, ALL, 0, 1, 2])
EVERYBODY = Feedback(how="notice_board", text=GUIDANCE)
TOLD = st.one_of(
    st.just(EVERYBODY), st.builds(Feedback, how=HOW, voice=VOICES, text=st.sampled_from(["修好了", GUIDANCE]))
)
SORTED = st.sampled_from([Sorting(), REFUSED])
NOTES = st.sampled_from(["好了", "s1", "", "s2"])
SUGGESTIONS = st.fixed_dictionaries({"became": st.sampled_from([("s1",), ("s2",)])})
ASSIGNED = st.lists(st.tuples(UNITS, st.sampled_from(["sole", "lead", "joint"])), min_size=1, max_size=2).map(tuple)
HEARD = st.one_of(st.just({}), st.fixed_dictionaries({"receiver": st.sampled_from([("wang",), ("li",)])}))
FORMS = {
    "voice": {"payload": st.builds(Voice, phone=PHONE), "parties": HEARD},
    "sort": {"grade": BRANCH, "payload": SORTED},
    "assign": {"units": ASSIGNED},
    "replace_unit": {"units": ASSIGNED, "unit": UNITS, "note": NOTES},
    "reply": {"note": NOTES},
    "unit_reply": {"note": NOTES, "unit": UNITS},
    "become": {
        "note": NOTES,
        "links": SUGGESTIONS,
        "payload": st.builds(Becoming, voter_agrees=st.sampled_from(["yes", "no"]), passes_name=st.booleans()),
    },
    "suggestion_replied": {"note": NOTES},
    "suggestion_dropped": {"note": NOTES},
    "tell_voter": {"payload": TOLD},
    "tell_deputy": {"payload": st.builds(Told, to=st.sampled_from(["", "", "wang", "li"]))},
    "close": {},
    "rate": {"grade": st.sampled_from(["solved", "basically"])},
    "dispute": {"note": NOTES},
}
ONWARD = {"voice": 1, "close": 8, "tell_voter": 4, "tell_deputy": 4, "reply": 4, "unit_reply": 6, "dispute": 6}
"""How often a step is tried where it is open, so that many histories come to their end; 2 for the others."""
EVERY_ROLE = frozenset().union(*(s.who for s in PROCEDURE.steps.values()))


def tried(data, case: Case) -> tuple[str, Actor, dict]:
    """Draw what somebody tries: mostly a step that is open, mostly by one who may, now and then anything."""
    open_now = sorted({o.step for o in open_steps(PROCEDURE, case, EVERY_ROLE)} & FORMS.keys())
    likely = [step for step in open_now for _ in range(ONWARD.get(step, 2))]
    step = data.draw(st.sampled_from(likely if likely and data.draw(st.integers(0, 7)) else sorted(FORMS)))
    able = [who for who in PEOPLE if roles_on(who, case) & PROCEDURE.steps[step].who]
    who = data.draw(st.sampled_from(able if able and data.draw(st.integers(0, 7)) else list(PEOPLE)))
    return step, who, data.draw(st.fixed_dictionaries(FORMS[step]))


BODIES = st.builds(Opinion, text=st.just("灯不亮"), phone=PHONE, received_by=st.sampled_from(["", "老王"]))


def swept(place: Place, case: Case) -> Case:
    """Let the night take each expiry step that is due, as the sweep does: once, and never one that is refused."""
    for clock in case.clocks:
        rule = PROCEDURE.clocks[clock.name]
        now = case.clock(clock.name, round=clock.round)
        assert now is not None
        if rule.expiry and now.state == "running" and now.due(place.calendar) < place.today:
            case = place.do(case, rule.expiry, CLOCK)
    return case


def owed(case: Case, calendar: Calendar) -> dict[str, dt.date]:
    """Give the due dates of the duties that run, as the list of what is overdue finds them in the index."""
    rows = index(case, PROCEDURE, calendar)[tables.case_clock].values()
    return {r["name"]: r["due_on"] for r in rows if r["state"] == "running" and r["name"] in DUTIES}


def refuse_lost(place: Place, case: Case) -> None:
    """Fail where an opinion is neither told back nor due."""
    closed, running = case.states.get("main") == "closed", owed(case, place.calendar)
    if closed:
        assert not untold_voices(case)
        assert not untold_deputies(case)
        assert not running
    else:
        assert len(running) == 1, (case.states, running)
        (due,) = running.values()
        assert due <= FAR, "whatever is left alone stands on the list some day"


def done(place: Place, case: Case) -> Case:
    """Bring an opinion to its close, where a voter may still say that it is not solved."""
    case = place.do(case, "sort", OFFICE, grade="on_spot", payload=Sorting())
    case = place.do(case, "reply", OFFICE, note="好了")
    case = place.do(case, "tell_voter", OFFICE, payload=EVERYBODY)
    if untold_deputies(case):
        case = place.do(case, "tell_deputy", OFFICE, payload=Told())
    return place.do(case, "close", OFFICE)


def county() -> Place:
    """Give a place that receives voters."""
    made = {"reception": Settings(), "suggestion_handling": suggestion_handling.settings.Settings()}
    return attrs.evolve(Place(PRACTICE, made), today=FIRST)


@given(opened=BODIES, receiver=HEARD, days=st.lists(st.integers(0, 25), min_size=12, max_size=40), data=st.data())
def test_every_opinion_ends_told_back_or_stands_on_the_list(opened, receiver, days, data):
    place = county()
    case = attrs.evolve(place.open("opinion", STATION, opened, parties=receiver), number="意见2026-00001")
    if data.draw(st.booleans()):  # by chance alone hardly any history comes to what follows a close
        case = done(place, case)
    for gone in days:
        place = attrs.evolve(place, today=place.today + dt.timedelta(gone))
        case = swept(place, case)
        refuse_lost(place, case)
        step, who, given_ = tried(data, case)
        try:
            case = place.do(case, step, who, **given_)
        except RendaError:
            continue
        refuse_lost(place, case)
    for once in ("ask_voter", "remind_voter", "no_rating", "rate"):
        taken = [a.round for a in case.took(once)]
        assert len(set(taken)) == len(taken)


@given(opened=BODIES, receiver=HEARD, tries=st.integers(12, 40), data=st.data())
def test_no_sequence_closes_what_was_not_told(opened, receiver, tries, data):
    """Count who was told by hand, from the acts alone."""
    place = county()
    case = place.open("opinion", STATION, opened, parties=receiver)
    for _ in range(tries):
        before = case
        step, who, given_ = tried(data, case)
        try:
            case = place.do(case, step, who, **given_)
        except RendaError:
            continue
        if step != "close":
            continue
        now = [a for a in before.acts if a.round == before.round]
        came = [n for n, a in enumerate(before.acts) if a.step == "voice"]
        for number in range(len(voices(before))):
            since = before.acts[came[number - 1] :] if number else before.acts
            assert any(a in now and a.step == "tell_voter" and a.payload.voice in (ALL, number) for a in since)
        for person in before.parties.get("receiver", ()) or ([opened.received_by] if opened.received_by else []):
            assert any(a.step == "tell_deputy" and a.payload.to in ("", person) for a in now)
