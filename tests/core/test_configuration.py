"""Counties as files: every mistake at once with file, key and remedy; profiles, dated changes, origins."""

import datetime as dt
import types
from pathlib import Path

import attrs
import pytest
from tests.core.suggesting import NAME, OFFICE, ROADS, SOLE, accepted, entries

from renda_core import holidays
from renda_core.catalogue import Catalogue
from renda_core.configuration import read_folder, read_tenant
from renda_core.domain.calendar import Period
from renda_core.errors import ConfigError
from renda_core.services import tenants
from renda_core.testing import uid
from renda_plugins import second_assignment, settled_accounts, suggestion_handling

D = dt.date
TODAY = D(2026, 1, 20)
CATALOGUE = Catalogue.collect({NAME: suggestion_handling, "second_assignment": second_assignment})
HEAD = f'id = "{uid("a county")}"\ncode = "c"\nname = "示例县"\nlevel = "county"\n'


@pytest.fixture
def folder(tmp_path: Path):
    """Write files by name; ``_`` before a name puts it among the profiles."""
    (tmp_path / "_profiles").mkdir()

    def write(**files: str) -> Path:
        for name, text in files.items():
            place = tmp_path / "_profiles" / f"{name[1:]}.toml" if name[0] == "_" else tmp_path / f"{name}.toml"
            place.write_text(text, "utf-8")
        return tmp_path / "c.toml"

    return write


def opened(path, today=TODAY):
    return read_tenant(path).open(CATALOGUE, holidays.calendar(), today)


def mistakes(path, what=opened):
    with pytest.raises(ConfigError) as said:
        what(path)
    return said.value.reasons


def rule(tenant, name, on=None):
    """Find one parameter in force."""
    return next(r for r in tenant.rules(on) if r.name == name)


# -- mistakes


def test_mistakes_of_a_file_are_told_together_each_with_its_remedy(folder):
    path = folder(
        c='id = "x"\ncode = "c"\nlevel = "city-state"\nplugin = 1\nextends = "hubai"\nplugins = 3\n'
        "[[changes]]\nsinse = 2026-01-01\n",
        _hubei="title = '湖北'",
    )
    assert set(mistakes(path, read_tenant)) == {
        f"{path}: plugin: no such key; did you mean 'plugins'?",
        f"{path}: plugins must hold one table a plugin, e.g. [plugins.suggestion_handling]",
        f"{path}: name is missing; it must be text",
        f"{path}: level = 'city-state'; must be one of nation, province, city, county, township",
        f"{path}: id = 'x' is no UUID; make one with: renda tenant new",
        f"{path}: extends = 'hubai': no such profile; did you mean 'hubei'?",
        f"{path}: changes[0].sinse: no such key; did you mean 'since'?",
        f"{path}: changes[0].since is missing; write a date, e.g. since = 2026-07-01",
    }


def test_mistakes_of_settings_are_told_together_each_with_file_and_key(folder):
    path = folder(
        c=HEAD
        + 'extends = "p"\n[plugins.sugestion_handling]\n[plugins.suggestion_handling]\nrepply = 3\nroll = "yes"\n'
        "reply = { n = 3, unit = 'moon' }\n[sources.suggestion_handling]\nrepply = 'x'\n",
        _p="[plugins.second_assignment]\nrounds = 0\nredo = ['furious']\n",
    )
    profile = path.parent / "_profiles" / "p.toml"
    told = mistakes(path)
    for start in (
        f"{path}: plugins.sugestion_handling: no such plugin is installed; did you mean 'suggestion_handling'?",
        f"{path}: plugins.suggestion_handling.repply: no such setting; did you mean 'reply'?",
        f"{path}: plugins.suggestion_handling.roll = 'yes': Expected `bool`, got `str`",
        f"{path}: plugins.suggestion_handling.reply = {{'n': 3, 'unit': 'moon'}}: ",
        f"{path}: sources.suggestion_handling.repply: no such setting",
        f"{profile}: plugins.second_assignment.redo = ['furious']: ",
        f"{path}: plugins.second_assignment: ",
    ):
        assert any(m.startswith(start) for m in told), (start, told)
    assert len(told) == 7


def test_keys_of_the_wrong_shape_are_told_what_they_must_be(folder):
    path = folder(c=HEAD + 'extends = 3\nwithout = "reception"\nprefer = ["x"]\nchanges = 1\nholidays = []\n')
    told = mistakes(path, read_tenant)
    assert [m.removeprefix(f"{path}: ").partition(" must be ")[0] for m in told] == [
        "extends",
        "holidays",
        "without",
        "prefer",
        "changes",
    ]
    path = folder(c=HEAD + "[plugins]\nsuggestion_handling = 3\n[sources]\nsuggestion_handling = 3\n")
    assert len(mistakes(path, read_tenant)) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"id = ", "Invalid value"), (b"\xff\xfe", "is not UTF-8; save it as UTF-8"), (None, "no such file")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, content, said):
    path = tmp_path / "c.toml"
    if content is not None:
        path.write_bytes(content)
    (told,) = mistakes(path, read_tenant)
    assert told.startswith(f"{path}: ")
    assert said in told


def test_profiles_in_a_circle_are_refused(folder):
    path = folder(c=HEAD + 'extends = "p"\n', _p='extends = "q"', _q='extends = "p"')
    (told,) = mistakes(path, read_tenant)
    assert told == f"{path.parent / '_profiles' / 'q.toml'}: extends = 'p' goes round in a circle"


def test_conflicts_of_plugins_name_the_file(folder):
    twin = types.SimpleNamespace(register_cases=settled_accounts.register_cases)
    catalogue = Catalogue.collect({NAME: suggestion_handling, "one": settled_accounts, "two": twin})
    path = folder(c=HEAD + "[plugins.suggestion_handling]\n[plugins.one]\n[plugins.two]\n")
    with pytest.raises(ConfigError) as said:
        read_tenant(path).open(catalogue, holidays.calendar(), TODAY)
    assert any(
        m.startswith(f"{path}: ") and "'one' and 'two'" in m and "suggestion.reply" in m for m in said.value.reasons
    )


def test_a_folder_tells_the_mistakes_of_all_files_and_twins(folder):
    path = folder(a=HEAD.replace('"c"', '"a"'), b=HEAD.replace('"c"', '"b"'), c="level = 1")
    told = mistakes(path.parent, read_folder)
    assert f"{path.parent / 'b.toml'}: has the id or code of {path.parent / 'a.toml'}" in told
    assert any(m.startswith(f"{path}: code is missing") for m in told)


# -- profiles, changes and origins


def test_the_nearest_layer_wins_and_each_value_says_where_it_comes_from(folder):
    path = folder(
        c=HEAD + 'extends = "city"\n[plugins.suggestion_handling]\nreply = { n = 2, unit = "month" }\n'
        '[sources.suggestion_handling]\nreply = "本县办理办法 5"\n',
        _city='extends = "province"\n[plugins.suggestion_handling]\nreply = { n = 60 }\none_matter = false\n',
        _province='[plugins.suggestion_handling]\nevaluated_by = "signers"\n[plugins.second_assignment]\nrounds = 3\n',
    )
    tenant = opened(path)
    reply = rule(tenant, "reply")
    assert (reply.value, reply.layer, reply.source) == (Period(2, "month"), "c", "本县办理办法 5")
    assert (reply.law, reply.title, reply.since) == (Period(3, "month"), "答复期限", None)
    assert (rule(tenant, "one_matter").layer, rule(tenant, "one_matter").value) == ("city", False)
    assert (rule(tenant, "evaluated_by").layer, rule(tenant, "rounds").value) == ("province", 3)
    hard = rule(tenant, "hard_reply")
    assert (hard.layer, hard.value, hard.source) == ("default", hard.law, "代表法 51 (自交办之日起六个月)")
    assert {r.plugin for r in tenant.rules()} == {NAME, "second_assignment"}


def test_a_change_holds_from_its_day_over_every_earlier_layer(folder):
    path = folder(
        c=HEAD + 'extends = "p"\n[plugins.suggestion_handling]\nreply = { n = 2, unit = "month" }\n'
        '[[changes]]\nsince = 2026-07-01\nplugins.suggestion_handling.reply = { n = 1, unit = "month" }\n',
        _p="[plugins.suggestion_handling]\n[[changes]]\nsince = 2026-03-01\nplugins.suggestion_handling.roll = false\n",
    )
    tenant = opened(path)
    months = [rule(tenant, "reply", day).value.n for day in (D(2026, 6, 30), D(2026, 7, 1))]
    assert months == [2, 1]
    assert rule(tenant, "reply", D(2026, 7, 1)).since == D(2026, 7, 1)
    rolls = [rule(tenant, "roll", day) for day in (D(2026, 2, 28), D(2026, 3, 1), D(2026, 12, 1))]
    assert [(r.value, r.layer) for r in rolls] == [(True, "default"), (False, "p"), (False, "p")]


def test_without_takes_a_profiles_plugin_away(folder):
    profile = "[plugins.suggestion_handling]\n[plugins.second_assignment]\n"
    path = folder(c=HEAD + 'extends = "p"\nwithout = ["second_assignment"]\n', _p=profile)
    assert opened(path).practice.plugins == {NAME}


def test_tenants_of_equal_settings_share_them(folder):
    text = "[plugins.suggestion_handling]\nroll = false\n"
    path = folder(c=HEAD + text, d=HEAD.replace('"c"', '"d"').replace(uid("a county"), uid("another")) + text)
    one, other = (opened(path.parent / f"{n}.toml") for n in "cd")
    assert one.practice is other.practice
    assert one.settings(NAME, TODAY) is other.settings(NAME, TODAY)


def test_a_case_keeps_the_rules_of_the_day_it_was_opened(county):
    change = {D(2026, 2, 1): {NAME: {"reply": {"n": 1, "unit": "month"}}}}
    b = county({NAME: {}}, catalogue=CATALOGUE, changes=change)
    old = accepted(b)
    b.today = D(2026, 2, 2)
    new = accepted(b)
    dues = [b.step(c, "assign", OFFICE, **SOLE).clock("reply", unit=ROADS.unit).due(b.calendar) for c in (old, new)]
    assert dues == [D(2026, 5, 6), D(2026, 3, 2)]


def test_a_running_clock_keeps_its_period(county):
    change = {D(2026, 2, 1): {NAME: {"reply": {"n": 1, "unit": "month"}}}}
    b = county({NAME: {}}, catalogue=CATALOGUE, changes=change)
    case = b.step(accepted(b), "assign", OFFICE, **SOLE)
    b.today = D(2026, 3, 2)
    assert b.case(case.id).clock("reply", unit=ROADS.unit).due(b.calendar) == D(2026, 4, 20)


# -- applied to a store


def test_every_version_of_a_configuration_is_kept_with_its_author(county):
    b = county({NAME: {}}, catalogue=CATALOGUE)
    setup = b.actor("job:setup", "office")

    def apply(file):
        return b.store.run(b.store.write(tenants.apply, b.file.id, setup, file))

    assert apply(b.file) == 1
    assert len(entries(b)) == 1
    layers = tuple(attrs.evolve(layer, plugins={NAME: {"roll": False}}) for layer in b.file.layers)
    newer = attrs.evolve(b.file, layers=layers)
    assert apply(newer) == 2
    told = entries(b)[-1]
    assert (told["what"], told["version"], told["actor"]) == ("tenant.applied", 2, "job:setup")
    assert b.read(tenants.configuration) == newer
    assert b.verify().whole


def test_a_date_setting_comes_back_from_the_stored_document(folder):
    """A configuration is stored as JSON, where a date is text; it must mean the same as in the file."""
    from renda_core import hookimpl, setting
    from renda_core.configuration import TenantFile
    from renda_core.store.codec import decode, encode

    @attrs.frozen(kw_only=True)
    class Settings:
        begins: dt.date = setting(dt.date(2026, 1, 1), source="U", title="起始日")

    dated = types.SimpleNamespace(__doc__="起始日\n\nSource: U", register_settings=hookimpl(lambda: Settings))
    catalogue = Catalogue.collect({"dated": dated})
    file = read_tenant(folder(c=HEAD + "[plugins.dated]\nbegins = 2026-05-01\n"))
    for one in (file, decode(encode(file), TenantFile)):
        tenant = one.open(catalogue, holidays.calendar(), TODAY)
        assert tenant.settings("dated", TODAY).begins == dt.date(2026, 5, 1)
