"""Every fault of a composed practice is named at start, with the plugin that brought it."""

import pytest
from tests.core.suggesting import plugin

from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Period
from renda_core.domain.procedure import (
    ClockRule,
    Effect,
    Facet,
    Follow,
    Gate,
    Guard,
    Join,
    Kind,
    Move,
    Step,
    Veil,
)
from renda_core.errors import PluginError
from renda_plugins import suggestion_handling

S = "suggestion"


def compose(prefer=None, **plugins):
    return Catalogue.collect(plugins).practice(frozenset(plugins), prefer)


def never(context, case, act):
    return Period(1)


def k(**rest):
    return Kind(**{"name": "k", "title": "k", "opening": "o", "audience": "office", **rest})


MISTAKES = {
    "step of two owners": (
        [Step(kind=S, name="assign", who="office")],
        "'suggestion_handling' and 'x' both offer Step suggestion.assign",
    ),
    "facet of two owners": (
        [Facet(kind=S, name="main", states="a")],
        "'suggestion_handling' and 'x' both offer Facet suggestion.main",
    ),
    "clock of two owners": (
        [ClockRule(kind=S, name="reply", period=never)],
        "'suggestion_handling' and 'x' both offer ClockRule suggestion.reply",
    ),
    "kind of two owners": ([k(name=S)], "'suggestion_handling' and 'x' both offer Kind 'suggestion'"),
    "unknown kind": (
        [Step(kind="sugestion", name="go", who="office")],
        "'x' extends kind 'sugestion', which no enabled plugin offers",
    ),
    "gate on no facet": (
        [Gate(kind=S, step="assign", facet="gone", states="ok")],
        "gate on gone ['ok'], which do not exist",
    ),
    "gate on no state": (
        [Gate(kind=S, step="assign", facet="main", states="acepted")],
        "gate on main ['acepted'], which do not exist",
    ),
    "gate on no step": ([Gate(kind=S, step="asign", facet="main", states="accepted")], "suggestion: no step 'asign'"),
    "guard on no step": (
        [Guard(kind=S, step="asign", name="g", refuse=lambda c, k, a: ())],
        "suggestion: no step 'asign'",
    ),
    "effect on no trigger": (
        [Effect(kind=S, on="main:asigned", do="stop", clock="reply")],
        "suggestion: no trigger 'main:asigned'",
    ),
    "effect on no clock": ([Effect(kind=S, on="assign", do="stop", clock="repply")], "suggestion: no clock 'repply'"),
    "follow of no trigger": (
        [Follow(kind=S, on="main:gone", relation="r", step="close")],
        "suggestion: no trigger 'main:gone'",
    ),
    "step after no step": ([Step(kind=S, name="go", who="office", after="asign")], "suggestion: no step 'asign'"),
    "move to no state": (
        [Step(kind=S, name="go", who="office", moves=(Move("draft", "limbo"),))],
        "suggestion.go: no such move on main",
    ),
    "join to no state": (
        [Join(kind=S, name="j", states="replied", roles="sole", move=Move("assigned", "limbo"))],
        "suggestion.j: no such move on main",
    ),
    "state nobody reaches": (
        [
            Facet(kind=S, name="f", states="a b c", final="c"),
            Step(kind=S, name="go", who="office", moves=(Move("a", "b", "f"),)),
        ],
        "suggestion.f: nothing leads to ['c']",
    ),
    "state nobody leaves": (
        [
            Facet(kind=S, name="f", states="a b", final=""),
            Step(kind=S, name="go", who="office", moves=(Move("a", "b", "f"),)),
        ],
        "suggestion.f: no way out of ['b']",
    ),
    "expiry that ends nothing": (
        [ClockRule(kind=S, name="c", period=never, expiry="close")],
        "expiry step 'close' leaves clock 'c' running",
    ),
    "expiry of no step": ([ClockRule(kind=S, name="c", period=never, expiry="gone")], "suggestion: no step 'gone'"),
    "veil on no step": (
        [Veil(kind=S, part="act.evaluat", seen_by="office")],
        "'x' veils act.evaluat, which does not exist",
    ),
    "veil on no field": (
        [Veil(kind=S, part="body.texts", seen_by="office")],
        "'x' veils body.texts, which does not exist",
    ),
    "veil seen by nobody known": (
        [Veil(kind=S, part="act.evaluate", seen_by="ofice")],
        "suggestion.act.evaluate: no such roles: ['ofice']",
    ),
    "who of no role": ([Step(kind=S, name="go", who="ofice")], "suggestion.go: no such roles: ['ofice']"),
    "never of no role": (
        [Step(kind=S, name="go", who="office", never="unitt")],
        "suggestion.go: no such roles: ['unitt']",
    ),
    "adds of no party": (
        [Step(kind=S, name="go", who="office", adds="cosiner")],
        "suggestion.go: adds no such parties: ['cosiner']",
    ),
    "party that is a role": (
        [k(parties="deputy"), Facet(kind="k", states="a", final="a"), Step(kind="k", name="o", who="office")],
        "k: ['deputy'] are roles of the tenant and cannot be parties",
    ),
    "kind without states": ([k(), Step(kind="k", name="o", who="office")], "kind k has no main facet"),
    "kind without opening": ([k(), Facet(kind="k", states="a", final="a")], "k: no step 'o'"),
    "dimension of no field": (
        [k(dimensions="subject"), Facet(kind="k", states="a", final="a"), Step(kind="k", name="o", who="office")],
        "k: dimension or searched field 'subject' is no field of its body",
    ),
    "window with an expiry": (
        [ClockRule(kind=S, name="c", period=never, window=True, expiry="keep_unit_by_time")],
        "clock 'c' is a window and has an expiry; make it a duty",
    ),
    "replacement of nothing": (
        [ClockRule(kind=S, name="gone", period=never, replaces=True)],
        "'x' replaces clock suggestion.gone, which nobody offers",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_named_at_start(mistake):
    extra, message = MISTAKES[mistake]
    with pytest.raises(PluginError) as said:
        compose(suggestion_handling=suggestion_handling, x=plugin(*extra))
    assert any(message in reason for reason in said.value.reasons), said.value.reasons


def test_all_faults_are_told_together():
    wrong = [Gate(kind=S, step="asign", facet="gone", states="ok"), Veil(kind=S, part="act.evaluat", seen_by="ofice")]
    with pytest.raises(PluginError) as said:
        compose(suggestion_handling=suggestion_handling, x=plugin(*wrong))
    assert len(said.value.reasons) == 4
