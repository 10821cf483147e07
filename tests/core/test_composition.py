"""How practices extend one another and conflict: everything is told at start, naming both sides."""

import datetime as dt

import attrs
import pytest
from sqlalchemy import Column, Date, MetaData, Table
from tests.core.suggesting import NAME, WANG, draft, plugin

from renda_core import hookimpl, hookspecs
from renda_core.catalogue import Catalogue
from renda_core.domain.procedure import (
    Facet,
    Follow,
    Guard,
    Kind,
    Move,
    Step,
)
from renda_core.errors import ConfigError, PluginError, Rejected
from renda_core.records import RecordRule
from renda_core.settings import at_least, setting
from renda_core.store.columns import tenant_key
from renda_plugins import second_assignment, settled_accounts, suggestion_handling

S = "suggestion"


def compose(prefer=None, **plugins):
    return Catalogue.collect(plugins).practice(frozenset(plugins), prefer)


def k(**rest):
    return Kind(**{"name": "k", "title": "k", "opening": "o", "audience": "office", **rest})


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


def test_two_replacements_need_a_preference():
    rule = next(r for r in settled_accounts.register_cases() if getattr(r, "replaces", False))
    plugins = {NAME: suggestion_handling, "settled_accounts": settled_accounts}
    plugins["fast"] = plugin(attrs.evolve(rule, source="elsewhere"))
    with pytest.raises(PluginError) as said:
        compose(**plugins)
    (reason,) = said.value.reasons
    assert "'fast' and 'settled_accounts' replace clock suggestion.reply" in reason
    assert "prefer = {" in reason
    chosen = compose({"suggestion.reply": "fast"}, **plugins)
    assert chosen.procedure(S).clocks["reply"].source == "elsewhere"


def test_a_record_rule_may_sleep_but_not_point_at_nothing():
    rule = RecordRule(name="r", kind=S, step="accept", make=lambda c, k, a: ())
    catalogue = Catalogue.collect({NAME: suggestion_handling, "x": plugin(records=(rule,))})
    assert catalogue.practice(frozenset("x")).record_rules[S, "accept"][0].plugin == "x"
    typing = plugin(records=(attrs.evolve(rule, step="acept"),))
    with pytest.raises(PluginError, match=r"'x' records suggestion.acept, which no installed plugin offers"):
        compose(suggestion_handling=suggestion_handling, x=typing)


def test_a_follower_may_sleep_but_not_follow_nothing():
    rule = Follow(kind=S, on="main:closed", relation="became", step="end")
    opinions = [
        Kind(name="told", title="told", opening="tell", audience="office"),
        Facet(kind="told", states="told ended", final="ended"),
        Step(kind="told", name="tell", who="office"),
        Step(kind="told", name="end", who="office follower", moves=(Move("told", "ended"),)),
    ]
    catalogue = Catalogue.collect({NAME: suggestion_handling, "x": plugin(*opinions, rule)})
    alone = catalogue.practice(frozenset("x"))
    assert set(alone.procedures) == {("told", "")}
    assert alone.procedures["told", ""].follows == ()
    both = catalogue.practice(frozenset({"x", NAME}))
    assert attrs.evolve(rule, plugin="x") in both.procedures[S, both.edition(S, dt.date(2026, 1, 1))].follows
    typing = plugin(*opinions, attrs.evolve(rule, kind="sugestion"))
    with pytest.raises(PluginError, match=r"'x' follows kind 'sugestion', which no installed plugin offers"):
        compose(suggestion_handling=suggestion_handling, x=typing)
    lost = plugin(*opinions, attrs.evolve(rule, on="main:gone"))
    with pytest.raises(PluginError, match=r"suggestion: no trigger 'main:gone'"):
        compose(suggestion_handling=suggestion_handling, x=lost)
    assert Catalogue.collect({NAME: suggestion_handling, "x": lost}).practice(frozenset("x"))


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
    assert "register_case" in told
    assert "'asking'" in told
    assert "tenant" in told


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


def test_register_settings_gives_a_plugin_its_parameters(county):
    @attrs.frozen(kw_only=True)
    class Settings:
        days: int = setting(7, unit="days", source="U: an example", title="天数", validator=at_least(1))
        sorts: list = setting(["a"], source="U: an example", title="种类")

    class Late:
        @hookimpl
        def register_settings(self):
            return Settings

        @hookimpl
        def register_cases(self):
            def refuse(context, case, act):
                yield f"wait {context.settings.days} days"

            return (Guard(kind=S, step="submit", name="wait", refuse=refuse),)

    catalogue = Catalogue.collect({NAME: suggestion_handling, "late": Late()})
    days, sorts = catalogue.parameters("late")
    assert (days.name, days.type, days.default, days.unit, days.title) == ("days", "int", 7, "days", "天数")
    assert sorts.default == ["a"]
    assert catalogue.parameters("no such plugin") == ()
    b = county({NAME: {}, "late": {"days": 3}}, catalogue=catalogue)
    with pytest.raises(Rejected, match="wait 3 days"):
        b.step(draft(b), "submit", WANG)
    with pytest.raises(ConfigError, match=r"plugins.late: .*days"):
        county({NAME: {}, "late": {"days": 0}}, catalogue=catalogue)


def test_register_tables_is_collected_by_plugin():
    table = Table("x_batch", MetaData(), *tenant_key(), Column("day", Date, primary_key=True))

    class Own:
        @hookimpl
        def register_tables(self):
            yield table

    assert Catalogue.collect({"x": Own(), NAME: suggestion_handling}).tables == {"x": (table,)}
