"""What every practice owes: its tier, as ``renda plugin check`` has it, and hooks that are really used."""

import datetime as dt
import importlib
import re
import tomllib
from pathlib import Path

import pytest

from renda_core import holidays, hookspecs
from renda_core.catalogue import Catalogue
from renda_core.configuration import read_folder, read_tenant
from renda_core.kit.checking import check
from renda_core.testing import uid

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "plugins" / "renda_plugins"
PRACTICES = sorted(p.parent.name for p in FOLDER.glob("*/__init__.py"))
TENANTS = sorted((ROOT / "tenants").glob("*.toml"))
PROFILES = sorted((ROOT / "tenants" / "_profiles").glob("*.toml"))
HOOKS = [name for name in vars(hookspecs) if name.startswith("register_")]
UNUSED = {"register_tables": "no shipped practice has facts that are neither case, ballot, record nor roster"}
"""Hooks that no shipped practice uses, each with its reason; a fixture plugin of the tests does."""


def module(name):
    return importlib.import_module(f"renda_plugins.{name}")


def texts(folder):
    return {p: p.read_text("utf-8") for p in (ROOT / folder).rglob("*.py")}


def installed():
    return Catalogue.installed()


def test_every_practice_is_installed_and_every_installed_one_is_there():
    assert set(PRACTICES) == set(installed().offers)


@pytest.mark.parametrize("name", PRACTICES)
def test_a_practice_reaches_the_tier_that_it_claims(name):
    (report,) = check(FOLDER / name)
    assert not {f.rule: f.lacks for f in report.findings if report.owed(f)}
    assert report.kept
    assert report.claimed in ("silver", "gold"), "what everybody gets is titled, and somebody answers for it"
    assert not [f.rule for f in report.findings if f.idle], "an exemption that is not needed"


def test_all_practices_fit_together_and_no_county_need_prefer_any():
    catalogue = installed()
    assert catalogue.practice(frozenset(PRACTICES)).plugins == set(PRACTICES)


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_explained_used_and_tested(hook):
    assert "Example:" in vars(hookspecs)[hook].__doc__
    used = [name for name in PRACTICES if hasattr(module(name), hook)]
    assert bool(used) != (hook in UNUSED), f"{hook} is used by {used or 'no practice'}"
    assert any(hook in text for path, text in texts("tests").items() if path != Path(__file__)), f"{hook} has no test"


def test_a_practice_touches_no_store_and_no_clock_of_its_own():
    """What a rule may know is its context; today comes from there."""
    for path, text in texts("plugins").items():
        assert not re.search(r"date\.today\(|datetime\.now\(|utcnow\(|time\.time\(", text), path
        assert not re.search(r"\bimport (os|sys|subprocess|socket)\b", text), path


@pytest.mark.parametrize("path", TENANTS, ids=lambda p: p.stem)
def test_every_tenants_file_opens(path):
    tenant = read_tenant(path).open(installed(), holidays.calendar(), dt.date(2026, 6, 30))
    assert tenant.code
    assert tenant.practice.plugins <= set(PRACTICES)
    for rule in tenant.rules():
        assert rule.layer, rule.name
        assert rule.source or rule.layer != "default", f"{path.name}: {rule.name} comes from nowhere"


def test_the_folder_of_tenants_opens_as_a_whole():
    assert len(read_folder(ROOT / "tenants")) == len(TENANTS) > 5


@pytest.mark.parametrize("path", PROFILES, ids=lambda p: p.stem)
def test_every_profile_opens_for_a_county_that_extends_it(path, tmp_path):
    head = f'id = "{uid(path.stem)}"\ncode = "c"\nname = "示例县"\nlevel = "county"\nextends = "{path.stem}"\n'
    head += 'adopted = { by = "示例县人大常委会决定", on = 2026-01-08 }\n'
    (tmp_path / "c.toml").write_text(head + "[plugins.suggestion_handling]\n", "utf-8")
    tenant = read_tenant(tmp_path / "c.toml", path.parent).open(installed(), holidays.calendar(), dt.date(2026, 6, 30))
    given = tomllib.loads(path.read_text("utf-8")).get("plugins", {})
    assert any(rule.layer == path.stem for rule in tenant.rules()) is any(given.values())


@pytest.mark.parametrize("path", PROFILES, ids=lambda p: p.stem)
def test_what_a_profile_sets_has_a_source(path):
    told = tomllib.loads(path.read_text("utf-8"))
    for plugin, given in told.get("plugins", {}).items():
        for key in given:
            assert told.get("sources", {}).get(plugin, {}).get(key), f"{path.name}: {plugin}.{key} has no source"
