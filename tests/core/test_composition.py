"""How practices extend one another and conflict: everything is told at start, naming both sides."""

import datetime as dt

import attrs
import pytest
from renda_plugins import second_assignment, settled_accounts, suggestion_handling

from renda_core import hookimpl, hookspecs
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
    Role,
    Step,
    Veil,
)
from renda_core.errors import PluginError, Rejected
from renda_core.records import Found, Page, RecordRule, Watch
from renda_core.services import cases, jobs
from tests.core.suggesting import NAME, OFFICE, SOLE, WANG, accepted, draft, entries, uid

D = dt.date
S = "suggestion"


def plugin(*offered, watches=(), records=(), api=None):
    """Make a plugin that offers what is given."""

    class Plugin:
        """A plugin of a test."""

        @hookimpl
        def register_cases(self):
            return offered

        @hookimpl
        def register_watches(self):
            return watches

        @hookimpl
        def register_records(self):
            return records

    made = Plugin()
    if api is not None:
        made.RENDA_API = api
    return made


def compose(prefer=None, **plugins):
    return Catalogue.collect(plugins).practice(frozenset(plugins), prefer)


def test_equal_sets_share_one_practice_whatever_their_order():
    plugins = {NAME: suggestion_handling, "second_assignment": second_assignment, "settled_accounts": settled_accounts}
    catalogue = Catalogue.collect(plugins)
    assert catalogue.practice(frozenset(plugins)) is catalogue.practice(frozenset(reversed(plugins)))
    backwards = Catalogue.collect(dict(reversed(plugins.items()))).practice(frozenset(plugins))
    one, other = catalogue.practice(frozenset(plugins)).procedure(S), backwards.procedure(S)
    assert {n: {g.name for g in gs} for n, gs in one.guards.items()} == {
        n: {g.name for g in gs} for n, gs in other.guards.items()
    }
    assert (one.steps.keys(), one.facets.keys(), one.clocks.keys()) == (
        other.steps.keys(),
        other.facets.keys(),
        other.clocks.keys(),
    )


def never(context, case, act):
    return Period(1)


def k(**rest):
    return Kind(**{"name": "k", "title": "k", "opening": "o", "audience": "office", **rest})


MISTAKES = {
    "step of two owners": ([Step(kind=S, name="assign", who="office")], "'suggestion_handling' and 'x' both offer Step suggestion.assign"),
    "facet of two owners": ([Facet(kind=S, name="main", states="a")], "'suggestion_handling' and 'x' both offer Facet suggestion.main"),
    "clock of two owners": ([ClockRule(kind=S, name="reply", period=never)], "'suggestion_handling' and 'x' both offer ClockRule suggestion.reply"),
    "kind of two owners": ([k(name=S)], "'suggestion_handling' and 'x' both offer Kind 'suggestion'"),
    "unknown kind": ([Step(kind="sugestion", name="go", who="office")], "'x' extends kind 'sugestion', which no enabled plugin offers"),
    "gate on no facet": ([Gate(kind=S, step="assign", facet="gone", states="ok")], "gate on gone ['ok'], which do not exist"),
    "gate on no state": ([Gate(kind=S, step="assign", facet="main", states="acepted")], "gate on main ['acepted'], which do not exist"),
    "gate on no step": ([Gate(kind=S, step="asign", facet="main", states="accepted")], "suggestion: no step 'asign'"),
    "guard on no step": ([Guard(kind=S, step="asign", name="g", refuse=lambda c, k, a: ())], "suggestion: no step 'asign'"),
    "effect on no trigger": ([Effect(kind=S, on="main:asigned", do="stop", clock="reply")], "suggestion: no trigger 'main:asigned'"),
    "effect on no clock": ([Effect(kind=S, on="assign", do="stop", clock="repply")], "suggestion: no clock 'repply'"),
    "follow of no trigger": ([Follow(kind=S, on="main:gone", relation="r", step="close")], "suggestion: no trigger 'main:gone'"),
    "step after no step": ([Step(kind=S, name="go", who="office", after="asign")], "suggestion: no step 'asign'"),
    "move to no state": ([Step(kind=S, name="go", who="office", moves=(Move("draft", "limbo"),))], "suggestion.go: no such move on main"),
    "join to no state": ([Join(kind=S, name="j", states="replied", roles="sole", move=Move("assigned", "limbo"))], "suggestion.j: no such move on main"),
    "state nobody reaches": (
        [Facet(kind=S, name="f", states="a b c", final="c"), Step(kind=S, name="go", who="office", moves=(Move("a", "b", "f"),))],
        "suggestion.f: nothing leads to ['c']",
    ),
    "state nobody leaves": (
        [Facet(kind=S, name="f", states="a b", final=""), Step(kind=S, name="go", who="office", moves=(Move("a", "b", "f"),))],
        "suggestion.f: no way out of ['b']",
    ),
    "expiry that ends nothing": (
        [ClockRule(kind=S, name="c", period=never, expiry="close")], "expiry step 'close' leaves clock 'c' running"
    ),
    "expiry of no step": ([ClockRule(kind=S, name="c", period=never, expiry="gone")], "suggestion: no step 'gone'"),
    "veil on no step": ([Veil(kind=S, part="act.evaluat", seen_by="office")], "'x' veils act.evaluat, which does not exist"),
    "veil on no field": ([Veil(kind=S, part="body.texts", seen_by="office")], "'x' veils body.texts, which does not exist"),
    "veil seen by nobody known": ([Veil(kind=S, part="act.evaluate", seen_by="ofice")], "suggestion.act.evaluate: no such roles: ['ofice']"),
    "who of no role": ([Step(kind=S, name="go", who="ofice")], "suggestion.go: no such roles: ['ofice']"),
    "never of no role": ([Step(kind=S, name="go", who="office", never="unitt")], "suggestion.go: no such roles: ['unitt']"),
    "adds of no party": ([Step(kind=S, name="go", who="office", adds="cosiner")], "suggestion.go: adds no such parties: ['cosiner']"),
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
    "replacement of nothing": ([ClockRule(kind=S, name="gone", period=never, replaces=True)], "'x' replaces clock suggestion.gone, which nobody offers"),
}  # fmt: skip


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


def test_two_replacements_need_a_preference():
    rule = next(r for r in settled_accounts.register_cases() if getattr(r, "replaces", False))
    plugins = {NAME: suggestion_handling, "settled_accounts": settled_accounts}
    plugins["fast"] = plugin(attrs.evolve(rule, source="elsewhere"))
    with pytest.raises(PluginError) as said:
        compose(**plugins)
    (reason,) = said.value.reasons
    assert "'fast' and 'settled_accounts' replace clock suggestion.reply" in reason and "prefer = {" in reason
    chosen = compose({"suggestion.reply": "fast"}, **plugins)
    assert chosen.procedure(S).clocks["reply"].source == "elsewhere"


def test_a_record_rule_may_sleep_but_not_point_at_nothing():
    rule = RecordRule(name="r", kind=S, step="accept", make=lambda c, k, a: ())
    catalogue = Catalogue.collect({NAME: suggestion_handling, "x": plugin(records=(rule,))})
    assert catalogue.practice(frozenset("x")).record_rules[S, "accept"][0].plugin == "x"
    typing = plugin(records=(attrs.evolve(rule, step="acept"),))
    with pytest.raises(PluginError, match=r"'x' records suggestion.acept, which no installed plugin offers"):
        compose(suggestion_handling=suggestion_handling, x=typing)


# -- hooks


def test_a_plugin_for_later_hooks_is_refused_by_name():
    with pytest.raises(PluginError) as said:
        compose(late=plugin(api=hookspecs.API + 1), suggestion_handling=suggestion_handling)
    assert said.value.reasons == (
        f"'late' was written for hooks version {hookspecs.API + 1}, this is {hookspecs.API}; update renda",
    )
    assert compose(now=plugin(api=hookspecs.API)).plugins == {"now"}


def test_misspelt_hooks_and_arguments_are_refused():
    class Misspelt:
        @hookimpl
        def register_case(self):
            return ()

    class Asking:
        @hookimpl
        def register_cases(self, tenant):
            return ()

    with pytest.raises(PluginError) as said:
        Catalogue.collect({"misspelt": Misspelt(), "asking": Asking()})
    told = " ".join(said.value.reasons)
    assert "register_case" in told and "'asking'" in told and "tenant" in told


def test_one_plugin_under_two_names_is_refused():
    with pytest.raises(PluginError, match="already registered under a different name"):
        Catalogue.collect({NAME: suggestion_handling, "again": suggestion_handling})


@pytest.mark.parametrize("hook", [n for n in vars(hookspecs) if n.startswith("register_")])
def test_a_hook_that_fails_names_its_plugin(hook):
    def broken():
        raise ZeroDivisionError

    broken.__name__ = hook
    bad = type("Bad", (), {hook: staticmethod(hookimpl(broken))})()
    with pytest.raises(PluginError, match="'bad' failed in"):
        Catalogue.collect({"bad": bad, NAME: suggestion_handling})


def test_no_such_plugin_is_named():
    with pytest.raises(PluginError, match="no such plugins: sugestion_handling"):
        Catalogue.collect({NAME: suggestion_handling}).practice(frozenset({"sugestion_handling"}))


# -- at work


def at_work(county, **extra):
    """Make a county with suggestion_handling and fixture plugins."""
    catalogue = Catalogue.collect({NAME: suggestion_handling, **extra})
    return county({n: {} for n in catalogue.offers}, catalogue=catalogue)


def test_two_gates_on_one_step_need_no_order(county):
    def gate(name):
        return plugin(
            Facet(kind=S, name=name, states="waiting clear", final="clear"),
            Step(kind=S, name=f"clear_{name}", who="office", moves=(Move("waiting", "clear", name),)),
            Gate(kind=S, step="assign", facet=name, states="clear"),
        )

    b = at_work(county, legal=gate("legal"), money=gate("money"))
    case = accepted(b)
    with pytest.raises(Rejected) as said:
        b.step(case, "assign", OFFICE, **SOLE)
    assert set(said.value.objections) == {"legal is waiting", "money is waiting"}
    case = b.run(case, ("clear_money", OFFICE))
    with pytest.raises(Rejected) as said:
        b.step(case, "assign", OFFICE, **SOLE)
    assert said.value.objections == ("legal is waiting",)
    assert b.run(case, ("clear_legal", OFFICE), ("assign", OFFICE, SOLE)).states["main"] == "assigned"


def test_a_guard_that_crashes_refuses_and_is_named(county):
    def broken(context, case, act):
        yield "said before it broke"
        raise ZeroDivisionError

    b = at_work(county, bad=plugin(Guard(kind=S, step="submit", name="bad", refuse=broken)))
    with pytest.raises(Rejected) as said:
        b.step(draft(b), "submit", WANG)
    assert said.value.objections == ("said before it broke", "guard bad.bad failed: ZeroDivisionError()")


def test_a_watch_that_crashes_is_named_and_the_others_look(county):
    async def broken(context, desk):
        raise ZeroDivisionError

    async def wrong(context, desk):
        return (Found(key="1", title=" "), Found(key="2", title="twice"), Found(key="2", title="twice"))

    note = (
        Kind(name="note", title="note", opening="note", audience="office"),
        Facet(kind="note", states="open", final="open"),
        Step(kind="note", name="note", who="watch"),
    )
    watches = (Watch(name="broken", kind="note", find=broken), Watch(name="wrong", kind="note", find=wrong))
    b = at_work(county, notes=plugin(*note, watches=watches))
    (opened,) = b.do(jobs.look, jobs.WATCH)
    assert b.case(opened).title == "twice" and b.case(opened).number == "wrong:2"
    told = entries(b)[-1]
    assert (told["what"], told["actor"], told["body"]["opened"]) == ("watch.looked", "job:watch", [opened])
    assert [f.partition(":")[0] for f in told["body"]["failed"]] == ["notes.broken", "notes.wrong 1"]
    assert b.do(jobs.look, jobs.WATCH) == ()


def test_a_role_of_a_plugin_may_act(county):
    b = at_work(
        county,
        judge=plugin(Role(name="judge", title="评审员"), Step(kind=S, name="rule_on", who="judge")),
    )
    case = accepted(b)
    with pytest.raises(Rejected, match="may not rule_on"):
        b.step(case, "rule_on", OFFICE)
    outside = b.actor("judge", "judge")
    with pytest.raises(Exception, match="no case"):  # a role acts on what its kind's audience finds
        b.step(case, "rule_on", outside)
    both = b.actor("judge", "judge deputy")
    assert b.step(case, "rule_on", both).acts[-1].by == uid("judge")


# -- switching off and on


def reviewed():
    """Give a plugin with a facet, an act with a payload, and a party of its own."""

    @attrs.frozen(kw_only=True)
    class Opinion:
        text: str

    return plugin(
        Facet(kind=S, name="check", states="waiting passed", final="passed"),
        Step(kind=S, name="check", who="office", takes=Opinion, moves=(Move("waiting", "passed", "check"),)),
        Gate(kind=S, step="assign", facet="check", states="passed"),
    )


def test_a_disabled_plugin_keeps_its_data_and_enabling_needs_no_migration(county):
    catalogue = Catalogue.collect({NAME: suggestion_handling, "check": reviewed()})
    b = county({NAME: {}}, catalogue=catalogue)
    without = b.file
    case = accepted(b)
    b.file = attrs.evolve(without, layers=(attrs.evolve(without.layers[0], plugins={NAME: {}, "check": {}}),))
    assert b.see(case, OFFICE).states["check"] == "waiting"  # a case from before stands in the first state
    case = b.step(case, "check", OFFICE, payload={"text": "可行"})
    b.file = without
    case = b.step(case, "assign", OFFICE, **SOLE)
    assert case.states["check"] == "passed" and case.took("check")[0].payload == {"text": "可行"}
    assert "check" not in b.see(case, OFFICE).states
    b.file = attrs.evolve(without, layers=(attrs.evolve(without.layers[0], plugins={NAME: {}, "check": {}}),))
    case = b.case(case.id)
    assert case.took("check")[0].payload.text == "可行" and b.see(case, OFFICE).states["check"] == "passed"
    assert b.verify().whole


def test_a_case_whose_kind_is_disabled_can_be_read_as_data_and_not_moved(county):
    catalogue = Catalogue.collect({NAME: suggestion_handling, "second": second_assignment})
    b = county({NAME: {}}, catalogue=catalogue)
    case = accepted(b)
    b.file = attrs.evolve(b.file, layers=(attrs.evolve(b.file.layers[0], plugins={}),))
    assert b.case(case.id).body["text"] == "城东石桥多年失修"
    with pytest.raises(Rejected, match="the plugin of suggestion"):
        b.do(cases.take_step, OFFICE, cases.TakeStep(case=case.id, step="assign", version=2, **SOLE))


def test_pages_of_a_plugin_go_with_it(county):
    async def view(context, desk):
        return await desk.facet_counts(S, "main")

    class Paging:
        @hookimpl
        def register_pages(self):
            return (Page(name="states", title="进度", shows=dict, view=view),)

    catalogue = Catalogue.collect({NAME: suggestion_handling, "paging": Paging()})
    b = county({NAME: {}, "paging": {}}, catalogue=catalogue)
    accepted(b)
    assert b.page("states") == {"accepted": 1}
    for reader in (WANG, b.actor("nobody")):
        with pytest.raises(Exception, match="no page 'states'"):
            b.page("states", reader)
    b.file = attrs.evolve(b.file, layers=(attrs.evolve(b.file.layers[0], plugins={NAME: {}}),))
    with pytest.raises(Exception, match="no page 'states'"):
        b.page("states")
