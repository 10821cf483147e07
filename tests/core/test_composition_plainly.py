"""Composing by unions and proving by sets of names comes to what going through every record comes to."""

import datetime as dt
from unittest.mock import patch

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core import plain_composition

from renda_core import practice
from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Period
from renda_core.domain.case import UNIT
from renda_core.domain.procedure import (
    ANY,
    GRADE,
    ClockRule,
    Effect,
    Facet,
    Follow,
    Gate,
    Guard,
    Join,
    Kind,
    Move,
    Party,
    Role,
    Step,
    Veil,
    when,
)
from renda_core.errors import PluginError
from renda_core.records import BallotKind, DayRule, Page, RecordRule, Veto, Watch

K = {"kind": "k"}
OLD, NEW = {**K, "editions": "old"}, {**K, "editions": "new"}


def nothing(*_):
    return ()


def short(*_):
    return Period(1)


@attrs.frozen(kw_only=True)
class Body:
    """What a case of the test says."""

    text: str = ""


@attrs.frozen(kw_only=True)
class Payload:
    """What a step of the test takes."""

    word: str = ""


class Bare:
    """No attrs class."""


def kind(**rest):
    return Kind(**{"name": "k", "title": "k", "opening": "open", "body": Body, "audience": "office", **rest})


KINDS = (
    (kind(),),
    (kind(edition="old"), kind(edition="new", since=dt.date(2026, 7, 1), dimensions="text")),
    (kind(parties="guest", audience="office guest helper", public="main:shut", words="text"),),
    (kind(dimensions="gone"),),
    (kind(body=Bare),),
    (kind(public="main:gone"),),
    (kind(opening="apply"),),
    (kind(audience="nobody_known"),),
    (kind(parties="deputy"),),
    (kind(), kind()),
)
"""One of these is offered by the first plugin; the first two are sound."""

GROUND = (
    Facet(**K, states="begun shut", final="shut"),
    Step(**K, name="open", who="office", takes=Payload),
    Step(**K, name="shut", who="office", moves=(Move("begun", "shut"),)),
    ClockRule(**K, name="reply", period=short),
    *when("k", "open", start="reply"),
    *when("k", "shut", stop="reply"),
)
GRADED = Facet(**K, name="graded", states="none good bad", loose=True)
SIDE = Facet(**K, name="side", states="due done", final="done")
SOUND = (
    (SIDE, Step(**K, name="do", who="office", moves=(Move("due", "done", "side"),))),
    (SIDE,),
    (Step(**K, name="do", who="office", moves=(Move(ANY, "done", "side"),)),),
    (Step(**K, name="undo", who="office", moves=(Move(ANY, "due", "side"),), after="do"),),
    (Gate(**K, step="shut", facet="side", states="done"),),
    (Gate(**K, step="shut", facet="main", states="begun"),),
    (Guard(**K, step="open", name="g", refuse=nothing), Guard(**K, step="shut", name="g", refuse=nothing)),
    (GRADED, Step(**K, name="grade", who="office", grades="good bad", moves=(Move(ANY, GRADE, "graded"),))),
    (Facet(**K, name=UNIT, states="sent answered"),),
    (Join(**K, name="all", states="answered", roles="sole", move=Move("begun", "shut")),),
    (Step(**K, name="answer", who="unit author", moves=(Move("sent", "answered", UNIT),)),),
    (Role(name="helper", title="helper"),),
    (Step(**K, name="help", who="helper", never="office"),),
    (Party(**K, name="friend", title="friend"),),
    (Party(**K, name="witness", title="witness", reads=False),),
    (Step(**K, name="invite", who="office", adds="friend"), Veil(**K, part="party.friend", seen_by="friend")),
    (Veil(**K, part="act.open.word", seen_by="office"), Veil(**K, part="act.shut.note", seen_by="office")),
    (Veil(**K, part="facet.side", seen_by="helper"), Veil(**K, part="body.text", seen_by="office")),
    (Veil(**K, part="clock.late", seen_by="office"), Veil(**K, part="act.do", seen_by="office", never="unit:sole")),
    (ClockRule(**K, name="late", period=short, expiry="lapse"), Effect(**K, on="open", do="start", clock="late")),
    (Step(**K, name="lapse", who="clock"), Effect(**K, on="lapse", do="stop", clock="late")),
    (ClockRule(**K, name="reply", period=short, replaces=True),),
    (ClockRule(**K, name="reply", period=short, replaces=True, expiry="lapse"),),
    (ClockRule(**K, name="late", period=short, replaces=True, expiry="shut"),),
    (Effect(**K, on="main:shut", do="stop", clock="reply"), Effect(**K, on="open", do="pause", clock="reply")),
    (Effect(**K, on="side:done", do="restart", clock="late"), Effect(**K, on="shut", do="extend", clock="reply")),
    (Follow(**K, on="main:shut", relation="r", step="shut"), Follow(**K, on="do", relation="r", step="shut")),
    (BallotKind(name="b", rule=nothing, outcomes={"passed": "shut"}),),
    (BallotKind(name="c", rule=nothing, outcomes={"passed": "do"}),),
    (RecordRule(**K, name="r", step="open", make=nothing), RecordRule(**K, name="s", step="open", make=nothing)),
    (RecordRule(**K, name="r", step="do", make=nothing), Veto(name="v", why=nothing)),
    (Watch(**K, name="w", find=nothing), Page(name="p", title="p", shows=Body, view=nothing)),
    (DayRule(name="d", title="d", days=nothing),),
    (Gate(**OLD, step="shut", facet="main", states="begun"), Veil(**NEW, part="body.text", seen_by="office")),
    (Facet(**OLD, name="aside", states="a b", loose=True), Gate(**OLD, step="shut", facet="aside", states="b")),
    (Step(**NEW, name="hear", who="office"), Guard(**NEW, step="hear", name="h", refuse=nothing)),
    (Kind(name="m", title="m", opening="o", audience="office"),),
    (Facet(kind="m", states="a", final="a"), Step(kind="m", name="o", who="office")),
    (Step(kind="m", name="p", who="office"),),
    (Follow(kind="m", on="o", relation="r", step="shut"),),
)
"""What the other plugins are made of; sound by itself, or beside some other of these."""

FAULTY = (
    (Gate(**K, step="gone", facet="main", states="begun"),),
    (Gate(**K, step="shut", facet="main", states="gone"),),
    (Gate(**K, step="shut", facet="gone", states=""),),
    (Guard(**K, step="gone", name="g", refuse=nothing),),
    (Effect(**K, on="main:gone", do="stop", clock="reply"),),
    (Effect(**K, on="open", do="stop", clock="gone"),),
    (Follow(**K, on="gone", relation="r", step="shut"),),
    (Step(**K, name="x", who="nobody_known"),),
    (Step(**K, name="x", who="office", never="nobody_known"),),
    (Step(**K, name="x", who="office", adds="gone"),),
    (Step(**K, name="x", who="office", after="gone"),),
    (Step(**K, name="x", who="office", moves=(Move("begun", "gone"),)),),
    (Step(**K, name="x", who="office", moves=(Move("gone", "shut"),)),),
    (Step(**K, name="x", who="office", moves=(Move(ANY, "shut", "gone"),)),),
    (Step(**K, name="x", who="office", grades="a", moves=(Move(ANY, GRADE),)),),
    (Step(**K, name="x", who="office", takes=Bare),),
    (Facet(**K, name="stuck", states="a b", final="b"),),
    (Facet(**K, name="stuck", states="a"),),
    (Facet(**K, name="side", states="due done other", final="done"),),
    (Join(**K, name="x", states="answered", roles="sole", move=Move("begun", GRADE)),),
    (Join(**K, name="x", states="answered", roles="sole", move=Move("begun", "gone")),),
    (Veil(**K, part="act.gone", seen_by="office"),),
    (Veil(**K, part="act.open.gone", seen_by="office"),),
    (Veil(**K, part="act.open", seen_by="nobody_known"),),
    (Party(**K, name="guest", title="guest"),),
    (Party(**K, name="office", title="office"),),
    (Role(name="guest", title="guest"),),
    (ClockRule(**K, name="x", period=short, window=True, expiry="shut"),),
    (ClockRule(**K, name="x", period=short, expiry="gone"),),
    (ClockRule(**K, name="gone", period=short, replaces=True),),
    (RecordRule(**K, name="r", step="gone", make=nothing),),
    (BallotKind(name="b", rule=nothing, outcomes={"passed": "gone"}),),
    (Watch(kind="gone", name="w", find=nothing),),
    (Follow(kind="gone", on="o", relation="r", step="shut"),),
    (Step(kind="gone", name="x", who="office"),),
    (Veto(name="v", why=nothing), Veto(name="v", why=nothing)),
)
"""Each of them a fault, beside nearly anything."""


@st.composite
def catalogues(draw):
    """Some plugins by name, and which of them a tenant prefers for its clocks."""
    likely_sound = draw(st.booleans())
    first = draw(st.sampled_from(KINDS[:2] if likely_sound else KINDS))
    faulty = () if likely_sound else draw(st.lists(st.sampled_from(FAULTY), max_size=1))
    most = 3 if likely_sound else 8
    bricks = [*draw(st.lists(st.sampled_from(SOUND), max_size=most, unique_by=id)), *faulty]
    offers = {"a": [*first, *GROUND], "b": [], "c": [], "d": []}
    for brick in bricks:
        offers[draw(st.sampled_from("abcd"))] += brick
    names = frozenset("a") | draw(st.sets(st.sampled_from("bcd"))) if draw(st.booleans()) else frozenset("abcd")
    prefer = draw(st.dictionaries(st.sampled_from(["k.reply", "k.late"]), st.sampled_from("abcd")))
    stamped = {n: tuple(attrs.evolve(r, plugin=n) for r in draw(st.permutations(rs))) for n, rs in offers.items()}
    return stamped, names, prefer


@settings(max_examples=400, deadline=None)
@given(catalogues())
def test_the_quick_way_and_the_plain_way_agree(made):
    offers, names, prefer = made
    catalogue = Catalogue(offers=offers, settings={})
    records = [r for name in sorted(names) for r in offers[name]]
    try:
        plain, refused = plain_composition.compose(names, records, prefer, catalogue.steps), ()
    except PluginError as error:
        plain, refused = None, error.reasons
    with patch.object(practice, "conflicts", wraps=practice.conflicts) as doubting:
        try:
            found, told = catalogue.practice(names, prefer), ()
        except PluginError as error:
            found, told = None, error.reasons
    assert told == refused
    assert found == plain
    assert doubting.called == bool(refused)  # what is sound is proved by names alone
    if found is not None:
        for key, procedure in found.procedures.items():
            for part in ("facets", "steps", "clocks"):  # what people read goes in the order of its plugins
                assert [*getattr(procedure, part)] == [*getattr(plain.procedures[key], part)]
