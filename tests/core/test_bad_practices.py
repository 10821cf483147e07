"""Practices that misbehave at work: they raise, hang or talk nonsense, and each is named."""

import asyncio
import datetime as dt
import logging
import signal
import threading
from itertools import repeat

import attrs
import pytest
from tests.core.suggesting import NAME, OFFICE, WANG, accepted, draft, entries

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Period
from renda_core.domain.duty import Record
from renda_core.domain.procedure import ClockRule, Facet, Guard, Kind, Step, Veil, when
from renda_core.errors import NotAllowed, PracticeFailed, Rejected, RendaError
from renda_core.faults import Faults
from renda_core.records import BallotKind, Found, Page, RecordRule, Watch
from renda_core.services import ballots, budgets, corrections, jobs
from renda_core.services import duty as records
from renda_core.testing import Bench
from renda_plugins import suggestion_handling

S = "suggestion"
SHORT = 0.3
"""Seconds that the code of a practice is given in these tests; a pause of the machine must fit in."""


class Bad:
    """A practice that offers whatever a test wants."""

    def __init__(self, *cases_, records=(), watches=(), pages=(), ballots=()):
        self._offered = {"cases": cases_, "records": records, "watches": watches, "pages": pages, "ballots": ballots}

    @hookimpl
    def register_cases(self):
        return self._offered["cases"]

    @hookimpl
    def register_records(self):
        return self._offered["records"]

    @hookimpl
    def register_watches(self):
        return self._offered["watches"]

    @hookimpl
    def register_pages(self):
        return self._offered["pages"]

    @hookimpl
    def register_ballots(self):
        return self._offered["ballots"]


def at_work(county, bad: Bad) -> tuple[Bench, Bench]:
    """Make a county with a bad practice, and its neighbour without it; both share what is installed."""
    catalogue = Catalogue.collect({NAME: suggestion_handling, "bad": bad})
    return county({NAME: {}, "bad": {}}, catalogue=catalogue), county({NAME: {}}, catalogue=catalogue)


@pytest.fixture
def hasty(monkeypatch):
    """Give practices little time."""
    for name in ("STEP", "LOOK", "RECORDS", "RULE", "STRETCH"):
        monkeypatch.setattr(budgets, name, SHORT)


def endless(*_):
    while True:
        pass


def asleep(*_):
    threading.Event().wait()


def stubborn(*_):
    while True:
        try:
            endless()
        except Exception:  # noqa: S112 - what such code does
            continue


async def waiting(*_):
    """Wait for what is no question to the desk."""
    await asyncio.sleep(0)


def raising(error):
    def raise_it(*_):
        raise error

    return raise_it


FAILURES = {
    "raises": (raising(ZeroDivisionError("1234")), "failed: ZeroDivisionError"),
    "exits": (raising(SystemExit(3)), "failed: SystemExit"),
    "recurses": (lambda *_: FAILURES["recurses"][0](), "failed: RecursionError"),
    "is none": (lambda *_: None, ""),
    "is a number": (lambda *_: 7, ""),
    "waits": (waiting, ""),
}
HANGS = {"endless": endless, "asleep": asleep, "stubborn": stubborn}


def guard(refuse, name="bad", step="submit"):
    return Guard(kind=S, step=step, name=name, refuse=refuse)


def refused(b, case, *step, **rest) -> tuple[str, ...]:
    """Take a step that must be refused, and see that nothing was changed by it."""
    before, told = b.case(case.id), len(entries(b))
    with pytest.raises(Rejected) as said:
        b.step(case, *step, **rest)
    assert b.case(case.id) == before
    assert len(entries(b)) == told
    assert b.verify().whole
    return said.value.objections


# -- what a decision rests on fails closed


@pytest.mark.parametrize(("bad", "told"), FAILURES.values(), ids=FAILURES)
def test_a_guard_that_fails_refuses_and_is_named(county, bad, told):
    b, neighbour = at_work(county, Bad(guard(bad)))
    (objection,) = refused(b, draft(b), "submit", WANG)
    assert objection.startswith("guard bad.bad ")
    assert told in objection
    assert "1234" not in objection
    assert accepted(neighbour).states["main"] == "accepted"


@pytest.mark.parametrize(
    ("given", "told"),
    {
        "text": ("no", "gave a str"),
        "bytes": (b"no", "gave a int"),
        "numbers": ([1], "gave a int, not a str"),
        "nothing said": ([None], "gave a NoneType"),
        "endless": (repeat("no"), "more than 100 objections"),
    }.values(),
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_guard_that_talks_nonsense_refuses(county, given, told):
    b, _ = at_work(county, Bad(guard(lambda *_: given)))
    assert told in refused(b, draft(b), "submit", WANG)[-1]


def test_every_guard_is_asked_though_one_fails(county):
    guards = (guard(raising(KeyError("x"))), guard(lambda *_: ("the second objects",), "fine"))
    b, _ = at_work(county, Bad(*guards))
    assert set(refused(b, draft(b), "submit", WANG)) == {"guard bad.bad failed: KeyError", "the second objects"}


@pytest.mark.parametrize("hang", HANGS.values(), ids=HANGS)
@pytest.mark.usefixtures("hasty")
def test_a_guard_that_hangs_is_cut_off_and_the_neighbour_works(county, hang):
    b, neighbour = at_work(county, Bad(guard(hang)))
    assert refused(b, draft(b), "submit", WANG) == ("guard bad.bad took longer than 0.3 s",)
    assert accepted(neighbour).states["main"] == "accepted"


@pytest.mark.usefixtures("hasty")
def test_where_there_is_no_alarm_an_overrun_is_named_afterwards(county):
    late = threading.Event()

    def slow(*_):
        late.wait(2 * SHORT)
        return ()

    b, _ = at_work(county, Bad(guard(slow)))
    case, said = draft(b), []

    def take() -> None:
        try:
            b.step(case, "submit", WANG)
        except RendaError as refusal:
            said.append(refusal)

    if b.store.__class__.__name__ == "SqliteStore":  # a store on PostgreSQL stays in the thread of its loop
        thread = threading.Thread(target=take)
        thread.start()
        thread.join()
        assert "step submit: " in str(said[0])
        assert "bad" in str(said[0])
        assert "took longer than 0.3 s" in str(said[0])


def clock(**rest):
    rule = {"kind": S, "name": "extra", "period": lambda *_: Period(3)} | rest
    return (ClockRule(**rule), *when(S, "submit", start="extra"))


@pytest.mark.parametrize(
    ("offered", "told"),
    {
        "period raises": (clock(period=raising(KeyError("x"))), "clock bad.extra failed: KeyError"),
        "period is a number": (clock(period=lambda *_: 3), "clock bad.extra gave a int, not a Period"),
        "period is of no number": (clock(period=lambda *_: Period("3")), "clock bad.extra gave a period that no"),
        "period is too long": (clock(period=lambda *_: Period(10**9)), "clock bad.extra gave a period that no"),
        "since raises": (clock(since=raising(KeyError("x"))), "clock bad.extra failed: KeyError"),
        "since is a moment": (clock(since=lambda *_: dt.datetime(2026, 1, 1)), "clock bad.extra gave a datetime"),
        "roll raises": (clock(roll=raising(KeyError("x"))), "clock bad.extra failed: KeyError"),
        "roll is none": (clock(roll=lambda *_: None), "clock bad.extra gave a NoneType, not a bool"),
        "longer raises": (
            (*clock(longer=raising(KeyError("x")))[:1], *when(S, "propose", start="extra"),
             *when(S, "submit", extend="extra")),
            "clock bad.extra failed: KeyError",
        ),
        "only raises": (
            (*clock()[:1], *when(S, "submit", start="extra", only=raising(KeyError("x")))),
            "effect bad.submit failed: KeyError",
        ),
        "only waits": ((*clock()[:1], *when(S, "submit", start="extra", only=waiting)), "effect bad.submit gave a cor"),
    }.values(),
    ids=lambda v: v if isinstance(v, str) else "",
)  # fmt: skip
def test_a_deadline_that_cannot_be_told_refuses_the_step(county, offered, told):
    b, neighbour = at_work(county, Bad(*offered))
    (objection,) = refused(b, draft(b), "submit", WANG)
    assert objection.startswith(told)
    assert accepted(neighbour).states["main"] == "accepted"


@pytest.mark.usefixtures("hasty")
def test_a_clock_rule_that_hangs_is_cut_off_also_in_an_override(county):
    effects = when(S, "main:closed", start="extra")
    b, _ = at_work(county, Bad(ClockRule(kind=S, name="extra", period=endless), *effects,
                               Veil(kind=S, part="clock.extra", seen_by="office")))  # fmt: skip
    case = accepted(b)
    force = corrections.Override(case=case.id, facet="main", state="closed", note="x")
    with pytest.raises(Rejected, match=r"clock bad\.extra took longer than"):
        b.do(corrections.override_state, b.actor("chair", "overseer deputy"), force)


@pytest.mark.parametrize("rule", [raising(KeyError("x")), lambda *_: None, waiting, endless])
@pytest.mark.usefixtures("hasty")
def test_a_ballot_whose_rule_fails_is_not_opened(county, rule):
    b, _ = at_work(county, Bad(ballots=(BallotKind(name="odd", rule=rule),)))
    told = len(entries(b))
    with pytest.raises(Rejected, match=r"ballot bad\.odd ") as said:
        b.do(ballots.open_ballot, OFFICE, ballots.OpenBallot(kind="odd", subjects=("a",)))
    assert said.value.objections
    assert len(entries(b)) == told


def test_a_class_of_a_practice_that_fails_refuses_what_was_handed_in(county):
    @attrs.frozen(kw_only=True)
    class Odd:
        n: int = attrs.field(validator=raising(KeyError("x")))

    b, _ = at_work(county, Bad(Step(kind=S, name="odd", who="office", takes=Odd)))
    told = refused(b, accepted(b), "odd", OFFICE, payload={"n": 1})
    assert told == ("class bad.suggestion.odd failed: KeyError",)


# -- decorations fail open


@pytest.mark.parametrize("lifts", [raising(KeyError("x")), lambda *_: None, lambda *_: 1, waiting, endless])
@pytest.mark.usefixtures("hasty")
def test_a_veil_that_fails_stays_down(county, lifts):
    def fine(*_):
        return True

    veils = (Veil(kind=S, part="facet.publication", seen_by="overseer", lifts=lifts),
             Veil(kind=S, part="party.proposer", seen_by="overseer", lifts=fine))  # fmt: skip
    b, _ = at_work(county, Bad(*veils[::-1]))
    seen = b.see(draft(b), WANG)
    assert "publication" not in seen.states
    assert seen.parties == {"proposer": (WANG.id,)}
    assert b.tenant.faults.of(b.file.id)["bad"].what.startswith("veil facet.publication ")


RECORD = Record(person=WANG.id, kind="extra", on=dt.date(2026, 1, 20), source="x")
MADE = {
    "raises": raising(KeyError("x")),
    "is none": lambda *_: None,
    "is no record": lambda *_: ["x"],
    "is of nobody": lambda *_: [attrs.evolve(RECORD, person="Wang")],
    "is of no day": lambda *_: [attrs.evolve(RECORD, on="yesterday")],
    "holds a null": lambda *_: [attrs.evolve(RECORD, source="\0")],
    "holds half a character": lambda *_: [attrs.evolve(RECORD, source="\ud800")],
    "is made twice": lambda *_: [RECORD, RECORD],
    "is endless": lambda *_: repeat(RECORD),
    "hangs": endless,
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
@pytest.mark.usefixtures("hasty")
def test_a_record_rule_that_fails_is_left_out_and_the_step_is_taken(county, make):
    b, _ = at_work(county, Bad(records=(RecordRule(name="odd", kind=S, step="accept", make=make),)))
    case = accepted(b)
    assert case.states["main"] == "accepted"
    body = entries(b)[-1]["body"]
    assert [(left["rule"], left["case"], left["version"]) for left in body["left_out"]] == [("bad.odd", case.id, 2)]
    assert body["records"] == 1  # the other practice's
    assert [r.kind for r in b.read(records.records_of, WANG.id)] == ["suggestion"]
    assert b.verify().whole


async def broken(context, desk):
    raise KeyError("x")


async def strange(context, desk):
    return 7


async def hanging(context, desk):
    await desk.facet_counts(S, "main")
    endless()


async def clinging(context, desk):
    while True:
        try:
            await asyncio.sleep(0)
        except GeneratorExit:
            raise KeyError("x") from None


async def unheard_of(context, desk):
    return await desk.everything()


PAGES = {f.__name__: f for f in (broken, strange, hanging, waiting, clinging, unheard_of)} | {
    "no coroutine": lambda *_: {},
    "raises at once": raising(KeyError("x")),
}


@pytest.mark.parametrize("view", PAGES.values(), ids=PAGES)
@pytest.mark.usefixtures("hasty")
def test_a_page_that_fails_is_named_and_every_other_answers(county, view):
    async def fine(context, desk):
        return dict(await desk.facet_counts(S, "main"))

    pages = (
        Page(name="odd", title="坏页", shows=dict, view=view),
        Page(name="fine", title="好页", shows=dict, view=fine),
    )
    b, _ = at_work(county, Bad(pages=pages))
    accepted(b)
    with pytest.raises(PracticeFailed, match=r"^page bad\.odd ") as said:
        b.page("odd")
    assert said.value.details == {"plugin": "bad"}
    assert b.page("fine") == {"accepted": 1}
    assert accepted(b).states["main"] == "accepted"


def test_what_the_desk_refuses_goes_through_a_page(county):
    async def wrong(context, desk):
        return await desk.records(person="nobody")

    async def refused_(context, desk):
        return await desk.unit_counts(S, "satisfaction")

    pages = (Page(name="wrong", title="坏页", shows=dict, view=wrong),
             Page(name="refused", title="被拒", shows=dict, view=refused_))  # fmt: skip
    b, _ = at_work(county, Bad(Veil(kind=S, part="facet.satisfaction", seen_by="overseer"), pages=pages))
    with pytest.raises(PracticeFailed, match=r"^page bad\.wrong failed: Misuse"):
        b.page("wrong")
    with pytest.raises(NotAllowed):
        b.page("refused")


def found_nothing_good(*titles):
    async def find(context, desk):
        return [Found(key=str(n), title=title) for n, title in enumerate(titles)]

    return find


@pytest.mark.parametrize("find", [*PAGES.values(), found_nothing_good(7), found_nothing_good(None)])
@pytest.mark.usefixtures("hasty")
def test_a_watch_that_fails_is_named_and_the_others_look(county, find):
    note = (
        Kind(name="note", title="note", opening="note", audience="office"),
        Facet(kind="note", states="open", final="open"),
        Step(kind="note", name="note", who="watch"),
    )
    watches = (Watch(name="odd", kind="note", find=find),
               Watch(name="fine", kind="note", find=found_nothing_good("a finding")))  # fmt: skip
    b, _ = at_work(county, Bad(*note, watches=watches))
    (opened,) = b.do(jobs.look, jobs.WATCH)
    assert b.case(opened).title == "a finding"
    (failed,) = entries(b)[-1]["body"]["failed"]
    assert failed.startswith("bad.odd: watch bad.odd ")


# -- the account


def test_failures_are_counted_against_the_plugin_in_its_tenant_and_logged_without_personal_data(county, caplog):
    b, neighbour = at_work(county, Bad(guard(raising(ValueError("13900001234")))))
    case = draft(b)
    with caplog.at_level(logging.ERROR, "renda.plugins"):
        for _ in range(2):
            refused(b, case, "submit", WANG)
    (plugin_, fault), *none = b.tenant.faults.of(b.file.id).items()
    assert (plugin_, fault.times, fault.what, none) == ("bad", 2, "guard bad failed: ValueError", [])
    assert fault.at <= dt.datetime.now(dt.UTC)
    assert neighbour.tenant.faults.of(neighbour.file.id) == {}
    assert "bad of tenant" in caplog.text
    assert "13900001234" not in caplog.text


def test_ctrl_c_is_no_failure_of_a_practice(bench):
    b, _ = at_work(bench, Bad(guard(raising(KeyboardInterrupt()))))
    case = draft(b)
    before = b.case(case.id)
    with pytest.raises(KeyboardInterrupt):
        b.step(case, "submit", WANG)
    assert b.case(case.id) == before
    assert b.tenant.faults.of(b.file.id) == {}


def test_where_a_server_has_the_signals_no_practice_can_stop_it(county):
    b, _ = at_work(county, Bad(guard(raising(KeyboardInterrupt()))))
    case = draft(b)
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        assert refused(b, case, "submit", WANG) == ("guard bad.bad failed: KeyboardInterrupt",)
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_account_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr("renda_core.faults.MOST", 2)
    faults = Faults()
    for n in range(4):
        faults.heard(str(n), "bad", "guard bad", KeyError())
    faults.heard("0", "bad", "guard bad", KeyError())
    assert [faults.of(str(n)).get("bad", None) and faults.of(str(n))["bad"].times for n in range(4)] == [
        2,
        1,
        None,
        None,
    ]
