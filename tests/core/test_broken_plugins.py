"""Plugins that are no good from the start: each is left out whole and named, and all the others serve."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner
from sqlalchemy import Column, Integer, MetaData, Table
from tests.core.suggesting import NAME, plugin

from renda_core import discovery, doctor, hookimpl, hookspecs
from renda_core.catalogue import Catalogue
from renda_core.cli import renda
from renda_core.domain.procedure import Facet, Guard, Kind, Step
from renda_core.errors import PluginError
from renda_core.records import Page
from renda_core.settings import setting
from renda_core.store.revision import locations
from renda_plugins import second_assignment, suggestion_handling

S = "suggestion"
STEP = Step(kind=S, name="x", who="office")


def hook(name: str, given: Callable[[], Any]) -> Any:
    """Make a plugin with one hook."""

    def implemented() -> Any:
        return given()

    implemented.__name__ = name
    return types.SimpleNamespace(__doc__="测试", **{name: hookimpl(implemented)})


def raises() -> Any:
    """Fail as a hook may."""
    raise KeyError("gone")


def ends() -> Any:
    """End the program, as a script does that was never meant to be imported."""
    sys.exit("usage: script")


def half() -> Iterator[Any]:
    """Fail in the middle."""
    yield Step(kind=S, name="x", who="office")
    raise RuntimeError("half-way")


def for_ever() -> Iterator[Any]:
    """Never end."""
    while True:
        yield Step(kind=S, name="x", who="office")


class Misspelt:
    """A hook of a name that there is not."""

    @hookimpl
    def register_case(self) -> Any:
        return ()


class Asking:
    """A hook that wants an argument that there is not."""

    @hookimpl
    def register_cases(self, tenant: object) -> Any:
        return ()


class Unmarked:
    """A hook that somebody forgot to mark."""

    def register_cases(self) -> Any:
        return ()


class Hostile:
    """Cannot even be looked at."""

    @property
    def register_cases(self) -> Any:
        raise RuntimeError("not to be looked at")


@attrs.define
class Loose:
    """Settings that anybody may change."""

    days: int = setting(1, source="U: an example", title="天数")


@attrs.frozen(kw_only=True)
class Needy:
    """Settings without a default."""

    days: int


@attrs.frozen
class Special(Step):
    """A record of a class of one's own."""


class Unresolved:
    """Settings of a type that nobody knows."""

    @hookimpl
    def register_settings(self) -> Any:
        made = attrs.make_class("Settings", {"days": attrs.field(default=1, type="Nowhere")}, frozen=True)
        made.__module__ = __name__
        return made


def twins(*editions: str) -> Any:
    """Offer one step twice."""
    return plugin(*(Step(kind=S, name="twin", who="office", editions=e) for e in editions))


def version(api: object) -> Any:
    """Give a plugin that was written for some version."""
    made = plugin()
    made.RENDA_API = api
    return made


BAD = {
    "raises": (lambda: hook("register_cases", raises), "'raises' failed in register_cases: KeyError('gone')"),
    "ends": (lambda: hook("register_cases", ends), "failed in register_cases: SystemExit('usage: script')"),
    "half": (lambda: hook("register_cases", half), "'half' failed in register_cases: RuntimeError('half-way')"),
    "nothing": (lambda: hook("register_cases", lambda: None), "failed in register_cases: TypeError"),
    "number": (lambda: hook("register_watches", lambda: 3), "failed in register_watches: TypeError"),
    "text": (lambda: hook("register_cases", lambda: "Step"), "gives a str in register_cases, which takes: Role, Kind"),
    "for_ever": (lambda: hook("register_cases", for_ever), "gives more than 10000 records in register_cases"),
    "elsewhere": (
        lambda: hook("register_pages", lambda: (STEP,)),
        "gives a Step in register_pages, which takes: Page",
    ),
    "special": (lambda: plugin(Special(kind=S, name="x", who="office")), "gives a Special in register_cases"),
    "misspelt": (Misspelt, "did you mean 'register_cases'?"),
    "asking": (Asking, "{'tenant'}"),
    "unmarked": (Unmarked, "register_cases is no hook yet; write @hookimpl above it"),
    "hostile": (Hostile, "not to be looked at"),
    "settings": (lambda: hook("register_settings", lambda: {"days": 1}), "which takes one frozen attrs class"),
    "settings_fail": (lambda: hook("register_settings", raises), "failed in register_settings: KeyError('gone')"),
    "loose": (lambda: hook("register_settings", lambda: Loose), "its settings can be changed"),
    "needy": (lambda: hook("register_settings", lambda: Needy), "cannot be made from their defaults"),
    "unresolved": (Unresolved, "cannot be made from their defaults"),
    "tables": (lambda: hook("register_tables", lambda: (3,)), "which takes tables named tables_…"),
    "table_of_others": (
        lambda: hook("register_tables", lambda: (Table("case_file", MetaData(), Column("n", Integer)),)),
        "which takes tables named table_of_others_…",
    ),
    "twin": (lambda: twins("", ""), "'twin' offers Step suggestion.twin twice"),
    "twin_editions": (lambda: twins("", "2018"), "'twin_editions' offers Step suggestion.twin twice"),
    "twin_pages": (
        lambda: hook("register_pages", lambda: [Page(name="p", title="页", shows=dict, view=raises)] * 2),
        "offers Page p twice",
    ),
    "newer": (lambda: version(hookspecs.API + 1), f"was written for hooks version {hookspecs.API + 1}"),
    "older": (lambda: version(hookspecs.OLDEST - 1), f"the oldest that works is {hookspecs.OLDEST}; update the plugin"),
    "worded": (lambda: version("1"), "RENDA_API = '1' is no whole number"),
    "true": (lambda: version(True), "RENDA_API = True is no whole number"),
}


class Entry:
    """An entry point of a test."""

    def __init__(self, name: str, load: Callable[[], Any], value: str = "", of: str = "") -> None:
        self.name, self.load, self.value = name, load, value or f"somebody.{name}"
        self.dist = types.SimpleNamespace(name=of or f"package-of-{name}")


def installed(monkeypatch: pytest.MonkeyPatch, *entries: Entry) -> Catalogue:
    """Collect what some entry points give, beside two good practices."""
    good = [Entry(NAME, lambda: suggestion_handling, "renda_plugins.suggestion_handling", "renda")]
    good.append(Entry("second", lambda: second_assignment, of="renda"))
    monkeypatch.setattr(discovery, "entry_points", lambda group: [*entries, *good])
    return Catalogue.installed()


def test_all_bad_ones_together_take_no_good_one_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = installed(monkeypatch, *(Entry(name, make) for name, (make, _) in BAD.items()))
    assert set(catalogue.offers) == {NAME, "second"}
    assert set(catalogue.modules) == set(catalogue.offers)
    assert catalogue.tables == {}
    assert set(catalogue.broken) == set(BAD)
    for name, (_, told) in BAD.items():
        assert told in catalogue.broken[name], (name, catalogue.broken[name])
        assert repr(name) in catalogue.broken[name]
    assert catalogue.practice(frozenset({NAME, "second"})).procedure(S).steps["close"]


@pytest.mark.parametrize("name", BAD)
def test_explicit_modules_are_taken_strictly_with_the_same_words(name: str) -> None:
    make, told = BAD[name]
    with pytest.raises(PluginError) as said:
        Catalogue.collect({name: make(), NAME: suggestion_handling})
    assert any(told in reason for reason in said.value.reasons)


def test_editions_and_replacements_are_no_twins() -> None:
    kinds = (Kind(name="k", title="k", opening="o", audience="office", edition=e) for e in ("1", "2"))
    each = (Step(kind="k", name="o", who="office", editions=e) for e in ("1", "2"))
    guards = (Guard(kind="k", step=s, name="g", refuse=lambda *_: ()) for s in ("a", "b"))
    states = (Facet(kind="k", states="a", final="a"), Facet(kind="k", name="b", states="a", final="a"))
    assert len(Catalogue.collect({"k": plugin(*kinds, *each, *guards, *states)}).offers["k"]) == 8


def gone() -> Any:
    """Fail as an import does."""
    raise ModuleNotFoundError("No module named 'gone'")


def wrong() -> Any:
    """Fail as a file with a slip of the pen."""
    compile("def (", "x.py", "exec")


@pytest.mark.parametrize(("load", "told"), [(gone, "No module named"), (ends, "SystemExit: usage"), (wrong, "Syntax")])
def test_what_cannot_be_imported_is_named(monkeypatch: pytest.MonkeyPatch, load: Callable[[], Any], told: str) -> None:
    catalogue = installed(monkeypatch, Entry("bad", load))
    assert set(catalogue.offers) == {NAME, "second"}
    assert catalogue.broken["bad"].startswith("'bad' (somebody.bad) cannot be imported: ")
    assert told in catalogue.broken["bad"]


def test_ctrl_c_is_no_fault_of_a_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        installed(monkeypatch, Entry("bad", interrupted))


def test_one_name_of_two_packages_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (Entry("x", plugin, f"{n}.x", n) for n in ("one", "two"))
    catalogue = installed(monkeypatch, one, other)
    assert "x" not in catalogue.offers
    assert catalogue.broken["x"] == (
        "'x' is offered by several packages: one.x (of one), two.x (of two); uninstall all but one"
    )


def test_nobody_takes_the_name_of_a_practice_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = installed(monkeypatch, Entry(NAME, plugin, "evil.plugin", "evil"))
    assert catalogue.modules[NAME] is suggestion_handling
    assert list(catalogue.broken) == [f"{NAME} (twice)"]
    assert "evil.plugin (of evil)" in catalogue.broken[f"{NAME} (twice)"]


def test_the_same_entry_point_of_two_leftovers_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    again = Entry(NAME, lambda: suggestion_handling, "renda_plugins.suggestion_handling", "renda")
    assert installed(monkeypatch, again).broken == {}


def test_a_module_under_a_second_name_serves_under_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = installed(monkeypatch, Entry("again", lambda: suggestion_handling))
    assert catalogue.modules[NAME] is suggestion_handling
    assert f"already registered under a different name, '{NAME}'" in catalogue.broken["again"]


def test_migrations_of_a_broken_plugin_are_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    bad = hook("register_cases", raises)
    bad.__file__ = str(tmp_path / "__init__.py")
    assert locations([bad]) == (tmp_path / "migrations",)
    assert locations(installed(monkeypatch, Entry("bad", lambda: bad)).modules.values()) == ()


def test_people_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, Entry("bad", gone))
    found = {f.about: f for f in doctor.practices()}
    assert (found["practice 做法 bad"].level, found[f"practice 做法 {NAME}"].level) == ("wrong", "ok")
    assert "No module named" in found["practice 做法 bad"].told
    shown = CliRunner().invoke(renda, ["plugins"])
    assert shown.exit_code == 0, shown.output
    assert "bad cannot be used 不可用: 'bad' (somebody.bad) cannot be imported" in " ".join(shown.output.split())
    assert NAME in shown.output
