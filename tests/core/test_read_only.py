"""What practices are handed is only read: whoever writes into it fails, by name, and nothing of anybody changes."""

import copy
import datetime as dt
import pickle
from typing import Any

import attrs
import pytest
from tests.core.suggesting import NAME, OFFICE, WANG, accepted, draft, plugin

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Calendar
from renda_core.domain.case import Act, Case
from renda_core.domain.frozen import EMPTY, Frozen, frozen, maps, mutable
from renda_core.domain.procedure import Guard, Step
from renda_core.errors import ConfigError, PluginError, Rejected
from renda_core.settings import setting
from renda_core.store.codec import decode_case, encode
from renda_plugins import suggestion_handling

S = "suggestion"


@attrs.frozen(kw_only=True)
class Settings:
    """Settings that hold all that could be written into."""

    words: Any = setting({"a": "1"}, source="U", title="词")
    marks: Any = setting({"x"}, source="U", title="记")
    steps: Any = setting([1, [2]], source="U", title="步")


class Writing:
    """A practice with settings, and a guard that writes."""

    def __init__(self, write, *steps):
        self.offered = (Guard(kind=S, step="submit", name="writes", refuse=write), *steps)

    @hookimpl
    def register_settings(self):
        return Settings

    @hookimpl
    def register_cases(self):
        return self.offered


WRITES = {
    "a state": lambda c, case, act: case.states.update(main="closed"),
    "a party": lambda c, case, act: case.parties.__setitem__("proposer", ()),
    "a party taken away": lambda c, case, act: case.parties.pop("proposer"),
    "a party added": lambda c, case, act: case.parties["proposer"].append("x"),
    "links": lambda c, case, act: case.links.setdefault("merged_into", ("x",)),
    "history": lambda c, case, act: case.acts[0].parties.update(proposer=()),
    "history cut": lambda c, case, act: case.acts.clear(),
    "the act": lambda c, case, act: act.parties.update(proposer=()),
    "the act's note": lambda c, case, act: setattr(act, "note", "x"),
    "the title": lambda c, case, act: setattr(case, "title", "x"),
    "the body": lambda c, case, act: setattr(case.body, "text", "x"),
    "a setting": lambda c, case, act: c.settings.words.update(a="2"),
    "a setting deleted": lambda c, case, act: c.settings.words.__delitem__("a"),
    "a setting by or": lambda c, case, act: c.settings.words.__ior__({"a": "2"}),
    "a setting's set": lambda c, case, act: c.settings.marks.add("y"),
    "a setting's list": lambda c, case, act: c.settings.steps.append(3),
    "a list in a setting": lambda c, case, act: c.settings.steps[1].append(3),
    "settings": lambda c, case, act: setattr(c.settings, "words", {}),
    "the context": lambda c, case, act: setattr(c, "today", None),
    "the calendar": lambda c, case, act: c.calendar.years.clear(),
    "the rules of periods": lambda c, case, act: setattr(c.calendar.rules, "pause", "none"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_whoever_writes_fails_and_nothing_changes(bench, write):
    catalogue = Catalogue.collect({NAME: suggestion_handling, "writing": Writing(write)})
    b = bench({NAME: {}, "writing": {}}, catalogue=catalogue)
    case = draft(b)
    before, rules, calendar = b.case(case.id), b.tenant.settings("writing", b.today), Calendar(years=b.calendar.years)
    with pytest.raises(Rejected, match=r"guard writing\.writes failed: (Type|Attribute|FrozenInstance)Error"):
        b.step(case, "submit", WANG)
    assert b.case(case.id) == before
    assert b.tenant.settings("writing", b.today) is rules
    assert rules == attrs.evolve(rules, words={"a": "1"}, marks=frozenset("x"), steps=(1, (2,)))
    assert b.calendar.years == calendar.years


def test_settings_are_shared_and_one_tenant_cannot_change_anothers(bench):
    catalogue = Catalogue.collect({NAME: suggestion_handling, "writing": Writing(lambda *_: ())})
    one, other = (bench({NAME: {}, "writing": {}}, catalogue=catalogue, name=n) for n in "ab")
    held = one.tenant.settings("writing", one.today)
    assert held is other.tenant.settings("writing", other.today)
    given = bench({NAME: {}, "writing": {"words": {"a": {"b": ["c"]}}}}, catalogue=catalogue, name="c")
    deep = given.tenant.settings("writing", given.today)
    assert deep.words == {"a": {"b": ("c",)}}
    with pytest.raises(TypeError, match="only read"):
        deep.words["a"]["b"] = ()


def test_a_settings_class_that_can_be_changed_is_refused(bench):
    class Loose(Writing):
        @hookimpl
        def register_settings(self):
            @attrs.define
            class Settings:
                n: int = setting(1, source="U", title="数")

            return Settings

    def opened():
        catalogue = Catalogue.collect({NAME: suggestion_handling, "loose": Loose(lambda *_: ())})
        return bench({NAME: {}, "loose": {}}, catalogue=catalogue)

    with pytest.raises((ConfigError, PluginError), match="frozen"):
        opened()


@attrs.frozen(kw_only=True)
class Inner:
    listed: list[str] = attrs.Factory(list)


@attrs.frozen(kw_only=True)
class Holding:
    inner: tuple[Inner, ...] = ()


@attrs.define(kw_only=True)
class Open:
    n: int = 0


@pytest.mark.parametrize(("cls", "why"), [(Inner, "Inner.listed"), (Holding, "Inner.listed"), (Open, "attrs.frozen")])
def test_a_payload_that_could_be_changed_is_refused_when_it_is_offered(cls, why):
    assert why in mutable(cls)
    with pytest.raises(TypeError, match=why):
        Step(kind=S, name="x", who="office", takes=cls)
    with pytest.raises(PluginError, match=why):
        Catalogue.collect({"odd": plugin_of(lambda: Step(kind=S, name="x", who="office", takes=cls))})


def plugin_of(make):
    class Plugin:
        @hookimpl
        def register_cases(self):
            yield make()

    return Plugin()


def test_mappings_of_a_payload_come_back_read_only(county):
    from collections.abc import Mapping

    @attrs.frozen(kw_only=True)
    class Told:
        by: Mapping[str, int]

    assert maps(Told)
    catalogue = Catalogue.collect(
        {NAME: suggestion_handling, "told": plugin(Step(kind=S, name="tell", who="office", takes=Told))}
    )
    b = county({NAME: {}, "told": {}}, catalogue=catalogue)
    case = b.step(accepted(b), "tell", OFFICE, payload={"by": {"a": 1}})
    for held in (case, b.case(case.id)):
        (act,) = held.took("tell")
        assert act.payload.by == {"a": 1}
        with pytest.raises(TypeError, match="only read"):
            act.payload.by["a"] = 2
    b.file = attrs.evolve(b.file, layers=(attrs.evolve(b.file.layers[0], plugins={NAME: {}}),))
    with pytest.raises(TypeError, match="only read"):
        b.case(case.id).took("tell")[0].payload["by"]["a"] = 2


def test_what_a_class_cannot_read_any_more_stays_readable_and_is_kept(county):
    fits = [True]

    def check(*_):
        if not fits[0]:
            raise KeyError("x")

    @attrs.frozen(kw_only=True)
    class Odd:
        n: int = attrs.field(validator=check)

    catalogue = Catalogue.collect(
        {NAME: suggestion_handling, "odd": plugin(Step(kind=S, name="odd", who="office", takes=Odd))}
    )
    b = county({NAME: {}, "odd": {}}, catalogue=catalogue)
    case = b.step(accepted(b), "odd", OFFICE, payload={"n": 1})
    fits[0] = False
    assert b.case(case.id).took("odd")[0].payload == {"n": 1}
    assert b.see(case, OFFICE).title == case.title
    b.step(case, "withdraw", WANG, note="x")
    fits[0] = True
    assert b.case(case.id).took("odd")[0].payload == Odd(n=1)
    assert b.verify().whole


def test_a_frozen_mapping_is_like_any_other_to_whoever_reads():
    made = Frozen({"b": (1,), "a": (2,)})
    assert made == {"a": (2,), "b": (1,)}
    assert {**made, "c": 1} == {"a": (2,), "b": (1,), "c": 1}
    assert encode(made) == b'{"a":[2],"b":[1]}'
    for other in (pickle.loads(pickle.dumps(made)), copy.copy(made), copy.deepcopy(made)):  # noqa: S301 - our own
        assert (other, type(other)) == (made, Frozen)
    assert frozen({"a": [1, {2}, bytearray(b"x")]}) == {"a": (1, frozenset({2}), b"x")}
    same = (1, ("a",))
    assert frozen(same) is same


def test_cases_and_acts_freeze_what_they_are_given():
    given = {"proposer": ["a"]}
    act = Act(step="x", by="a", on=dt.date(2026, 1, 1), parties=given)
    case = Case(id="1", kind="k", title="t", opened_on=act.on, states={"main": "open"}, parties=given, acts=(act,))
    given["proposer"].append("b")
    given["cosigner"] = ["c"]
    assert case.parties == act.parties == {"proposer": ("a",)}
    assert act.links is EMPTY
    back = decode_case(encode(case), None)
    assert back == case
    assert type(back.parties) is type(back.states) is type(back.acts[0].parties) is Frozen
