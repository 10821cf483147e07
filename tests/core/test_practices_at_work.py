"""Practices at work together: gates, guards and watches, and what happens when one is switched off."""

import attrs
import pytest
from tests.core.suggesting import NAME, OFFICE, SOLE, WANG, accepted, draft, entries, plugin, uid

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.procedure import (
    Facet,
    Gate,
    Guard,
    Kind,
    Move,
    Role,
    Step,
)
from renda_core.errors import Rejected
from renda_core.records import Found, Page, Watch
from renda_core.services import cases, jobs
from renda_plugins import second_assignment, suggestion_handling

S = "suggestion"


# -- at work


def at_work(county, **extra):
    """Make a county with suggestion_handling and fixture plugins."""
    catalogue = Catalogue.collect({NAME: suggestion_handling, **extra})
    return county({n: {} for n in catalogue.offers}, catalogue=catalogue)


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
    assert said.value.objections == ("said before it broke", "guard bad.bad failed: ZeroDivisionError")


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
    assert b.case(opened).title == "twice"
    assert b.case(opened).number == "wrong:2"
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
    assert case.states["check"] == "passed"
    assert case.took("check")[0].payload == {"text": "可行"}
    assert "check" not in b.see(case, OFFICE).states
    b.file = attrs.evolve(without, layers=(attrs.evolve(without.layers[0], plugins={NAME: {}, "check": {}}),))
    case = b.case(case.id)
    assert case.took("check")[0].payload.text == "可行"
    assert b.see(case, OFFICE).states["check"] == "passed"
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
