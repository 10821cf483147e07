"""What a version of the hooks promised to authors of practices is never taken away."""

import ast
import importlib
import inspect
import tomllib
from pathlib import Path

import attrs
import pytest

from renda_core import hookspecs

HERE = Path(__file__).parent
OLD = HERE.parent / "plugins" / "old"
SURFACES = {int(p.stem.rpartition("_")[2]): tomllib.loads(p.read_text("utf-8")) for p in HERE.glob("hook_surface_*")}
EVERY = [
    (version, what, name)
    for version, held in SURFACES.items()
    for what in ("classes", "functions")
    for name in held[what]
]
IN_ORDER = {
    "renda_core.domain.procedure.Move": ["from_", "to", "facet"],
    "renda_core.domain.calendar.Period": ["n", "unit"],
    "renda_core.domain.rates.Share": ["of", "above"],
}
"""Classes that are made without naming their fields, and the order in which these then stand."""


def found(name):
    """Give what an author names so: a class, a function, or a method of a class."""
    parts = name.split(".")
    for n in range(len(parts) - 1, 0, -1):
        try:
            thing = importlib.import_module(".".join(parts[:n]))
        except ModuleNotFoundError:
            continue
        for part in parts[n:]:
            thing = getattr(thing, part)
        return thing
    raise LookupError(name)


def fields(cls):
    """Say of each field whether it must be given."""
    return {a.name: "given" if a.default is attrs.NOTHING else "default" for a in attrs.fields(cls) if a.init}


def arguments(function):
    """Say of each argument whether it must be given."""
    said = {}
    for p in inspect.signature(function).parameters.values():
        if p.name != "self":
            must = "given" if p.default is p.empty else "default"
            said[p.name] = "any" if p.kind is p.VAR_KEYWORD else must
    return said


def broken(promised, now):
    """List what an author who relied on a promise would trip over."""
    gone = [f"{name} is gone" for name in promised if name not in now]
    gone += [f"{name} must be given" for name, how in now.items() if how == "given" and promised.get(name) != "given"]
    return gone + [f"{name} takes no more" for name, how in promised.items() if how == "any" and now.get(name) != "any"]


def test_every_supported_version_has_its_surface():
    assert set(SURFACES) >= {hookspecs.OLDEST}
    assert max(SURFACES) <= hookspecs.API
    assert hookspecs.OLDEST <= hookspecs.API


@pytest.mark.parametrize("version", SURFACES)
def test_no_hook_is_gone_and_none_lost_an_argument(version):
    for hook, promised in SURFACES[version]["hooks"].items():
        now = list(inspect.signature(vars(hookspecs)[hook]).parameters)
        assert set(promised) <= set(now), hook


@pytest.mark.parametrize(("version", "what", "name"), EVERY, ids=[name for _, _, name in EVERY])
def test_nothing_was_removed_renamed_or_made_compulsory(version, what, name):
    thing = found(name)
    now = fields(thing) if what == "classes" else arguments(thing)
    assert broken(SURFACES[version][what][name], now) == []


@pytest.mark.parametrize("name", IN_ORDER)
def test_fields_without_a_name_keep_their_places(name):
    placed = [a.name for a in attrs.fields(found(name)) if a.init and not a.kw_only]
    assert placed[: len(IN_ORDER[name])] == IN_ORDER[name]


def test_the_watchman_would_bark():
    promised = {"a": "given", "b": "default", "rest": "any"}
    assert broken(promised, {**promised, "c": "default"}) == []
    assert broken(promised, {"a": "default", "b": "default", "rest": "any"}) == []
    assert broken(promised, {"a": "given", "b2": "default", "rest": "any"}) == ["b is gone"]
    assert broken(promised, {**promised, "b": "given"}) == ["b must be given"]
    assert broken(promised, {**promised, "c": "given"}) == ["c must be given"]
    assert broken(promised, {"a": "given", "b": "default", "rest": "default"}) == ["rest takes no more"]


def used(path):
    """Give the names that a plugin's file calls, each with the arguments that it names, and the hooks it has."""
    tree = ast.parse(path.read_text("utf-8"))
    calls = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            calls.setdefault(name, set()).update(k.arg for k in node.keywords if k.arg)
    return calls, {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("version", SURFACES)
def test_the_old_plugin_uses_everything_that_its_version_had(version):
    calls, functions = used(OLD / f"api_{version}.py")
    surface = SURFACES[version]
    assert set(surface["hooks"]) <= functions
    for name, promised in surface["classes"].items():
        module, _, short = name.rpartition(".")
        if module == "renda_core.records" and short not in ("Context", "ScoreRule"):
            assert set(promised) - {"plugin"} <= calls[short], f"{name}: {set(promised) - {'plugin'} - calls[short]}"
