"""Law, then profile, then tenant: which value wins, what silence means, whose decision it takes, what changes."""

import datetime as dt
import shutil

import attrs
import pytest
from tests.core.suggesting import NAME, OFFICE, ROADS, SOLE, accepted

from renda_core import holidays, profiles
from renda_core.catalogue import Catalogue
from renda_core.configuration import TenantFile, following, read_tenant
from renda_core.domain.calendar import Period
from renda_core.errors import ConfigError
from renda_core.store.codec import decode, encode
from renda_core.tenancy import differences
from renda_plugins import suggestion_handling

from .test_configuration import CATALOGUE, HEAD, TODAY, folder, mistakes, opened, rule

D = dt.date
__all__ = ["folder"]
ADOPTED = 'adopted = { by = "示例县人大常委会决定", on = 2026-01-08 }\n'
OWN = "[plugins.suggestion_handling]\n"
PROVINCE = (
    'title = "某省"\nbinds = { place = "某省", level = "province" }\nfollow = "某省 32"\n'
    "in_force = 2018-01-01\namended = 2020-05-01\n"
    '[plugins.suggestion_handling]\ncontact = { n = 15, unit = "workday" }\n[sources.suggestion_handling]\n'
    'contact = "某省 18"\n[silent]\nsuggestion_handling = ["evaluation", "reply", "one_matter"]\n'
)


def chain(found):
    return [(link.layer, link.value if link.stated else None, link.since) for link in found.chain]


# -- which value wins


def test_what_a_county_sets_is_not_undone_by_its_provinces_later_change(folder):
    path = folder(
        c=HEAD + 'extends = "p"\n' + OWN + "reply = { n = 50 }\n",
        _p=OWN
        + "reply = { n = 80 }\n[[changes]]\nsince = 2026-03-01\nplugins.suggestion_handling.reply = { n = 70 }\n",
    )
    for day in (D(2026, 2, 28), D(2026, 3, 1), D(2027, 1, 1)):
        assert rule(opened(path), "reply", day).value == Period(50)
    assert chain(rule(opened(path), "reply", D(2026, 3, 1))) == [
        ("default", Period(3, "month"), None),
        ("p", Period(80), None),
        ("p", Period(70), D(2026, 3, 1)),
        ("c", Period(50), None),
    ]
    assert chain(rule(opened(path), "reply", D(2026, 2, 28)))[-2] == ("p", Period(80), None)


def test_two_sections_of_one_day_on_one_practice_are_refused_whatever_they_say(folder):
    day = "[[changes]]\nsince = 2026-09-01\n"
    reply, rest = "plugins.suggestion_handling.reply = { n = 1 }\n", "silent.suggestion_handling = ['contact']\n"
    other = "plugins.second_assignment.rounds = 3\n"
    path = folder(c=HEAD + OWN + day + reply + day + other + day + rest)
    told = "each say what holds for suggestion_handling from 2026-09-01 on; put them into one section"
    assert mistakes(path) == (f"{path}: changes[0] and changes[2] {told}",)
    assert opened(folder(c=HEAD + OWN + day + reply + day + other)).code == "c"


def test_a_moment_is_no_day_from_which_a_change_holds(folder):
    path = folder(c=HEAD + OWN + "[[changes]]\nsince = 2026-09-01T00:00:00\n")
    assert mistakes(path) == (f"{path}: changes[0].since is missing; write a date, e.g. since = 2026-07-01",)


def test_a_profiles_changes_of_before_its_first_day_go_by_their_own_dates(folder):
    late, early = (
        f"[[changes]]\nsince = 2020-0{n}-01\nplugins.suggestion_handling.reply = {{ n = {n} }}\n" for n in (6, 3)
    )
    path = folder(c=HEAD + 'extends = "p"\n', _p="in_force = 2025-01-01\n" + OWN + late + early)
    assert rule(opened(path), "reply").value == Period(6)


def test_changes_of_one_file_go_by_date_however_they_are_written(folder):
    late = "[[changes]]\nsince = 2026-09-01\nplugins.suggestion_handling.reply = { n = 1 }\n"
    early = "[[changes]]\nsince = 2026-03-01\nplugins.suggestion_handling.reply = { n = 2 }\n"
    tenant = opened(folder(c=HEAD + OWN + late + early))
    values = [rule(tenant, "reply", D(2026, month, 1)).value.n for month in (2, 3, 8, 9)]
    assert values == [3, 2, 2, 1]


# -- silence


def test_silence_takes_our_proposal_away_and_leaves_the_law(folder):
    tenant = opened(
        folder(c=HEAD + 'extends = "p"\n', _p=OWN + '[silent]\nsuggestion_handling = ["contact", "reply"]\n')
    )
    contact, reply = rule(tenant, "contact"), rule(tenant, "reply")
    assert (contact.value, contact.stated, contact.layer, contact.source) == (Period(0), False, "p", "")
    assert chain(contact) == [("default", Period(20, "workday"), None), ("p", None, None)]
    assert (reply.value, reply.stated, reply.layer, reply.source) == (Period(3, "month"), True, "default", "代表法 51")
    assert chain(reply)[-1] == ("p", None, None)
    assert tenant.settings(NAME, TODAY).contact == Period(0)


def test_silence_leaves_what_a_layer_under_it_states(folder):
    silent = '[silent]\nsuggestion_handling = ["contact"]\n'
    path = folder(
        c=HEAD + 'extends = "city"\n' + silent,
        _city='extends = "province"\n' + silent,
        _province=OWN + "contact = { n = 15 }\n",
    )
    found = rule(opened(path), "contact")
    assert (found.value, found.stated, found.layer) == (Period(15), True, "province")
    assert [layer for layer, value, _ in chain(found) if value is None] == ["city", "c"]


def test_a_county_states_what_its_province_does_not(folder):
    path = folder(
        c=HEAD + 'extends = "p"\n' + OWN + "contact = { n = 7 }\n",
        _p=OWN + '[silent]\nsuggestion_handling = ["contact"]\n',
    )
    found = rule(opened(path), "contact")
    assert (found.value, found.stated, found.layer) == (Period(7), True, "c")


def test_a_rule_that_is_repealed_is_stated_no_longer(folder):
    repealed = '[[changes]]\nsince = 2026-06-01\nsilent.suggestion_handling = ["contact"]\n'
    path = folder(c=HEAD + 'extends = "p"\n', _p=OWN + "contact = { n = 15 }\n" + repealed)
    days = [rule(opened(path), "contact", day) for day in (D(2026, 5, 31), D(2026, 6, 1))]
    assert [(r.value, r.stated) for r in days] == [(Period(15), True), (Period(0), False)]
    assert chain(days[1])[-2:] == [("p", Period(15), None), ("p", None, D(2026, 6, 1))]


def test_silence_on_what_nobody_offers_is_a_mistake(folder):
    path = folder(
        c=HEAD + 'extends = "p"\n' + OWN + "[silent]\nsuggestion_handling = 3\n",
        _p=OWN + 'contact = { n = 1 }\n[silent]\nsuggestion_handling = ["contact"]\n',
    )
    profile = path.parent / "_profiles" / "p.toml"
    assert set(mistakes(path, read_tenant)) == {
        f'{path}: silent must be a list of settings a plugin, e.g. silent = {{suggestion_handling = ["contact"]}}',
        f"{profile}: silent: suggestion_handling.contact is set in the same place; keep one of the two",
    }
    path = folder(
        c=HEAD + 'extends = "p"\n' + OWN,
        _p='amended = 2020-01-01\n[silent]\nsuggestion_handling = ["contct"]\nsecond_asignment = ["redo"]\n',
    )
    assert mistakes(path) == (
        f"{profile}: silent.suggestion_handling: 'contct' is no setting; did you mean 'contact'?",
        f"{profile}: silent.second_asignment: no such plugin is installed; did you mean 'second_assignment'?",
    )


def test_silence_on_a_practice_that_is_not_installed_asks_for_nothing(folder):
    alone = Catalogue.collect({NAME: suggestion_handling})
    tenant = read_tenant(folder(c=HEAD + 'extends = "law"\n')).open(alone, holidays.calendar(), TODAY)
    assert tenant.practice.plugins == {NAME}


# -- days, and whose decision


def test_a_text_holds_from_its_day_and_nothing_of_it_before(folder):
    path = folder(c=HEAD + 'extends = "p"\n' + ADOPTED.replace("2026-01-08", "2010-01-01"), _p=PROVINCE)
    before, after = (opened(path).rules(day) for day in (D(2020, 4, 30), D(2020, 5, 1)))
    told = [{r.name: (r.value, r.stated) for r in rules} for rules in (before, after)]
    assert [t["contact"] for t in told] == [(Period(0), False), (Period(15, "workday"), True)]
    assert [t["evaluation"] for t in told] == [(Period(0), False)] * 2
    assert [t["reply"] for t in told] == [(Period(3, "month"), True)] * 2
    assert chain(rule(opened(path), "contact"))[-1] == ("p", Period(15, "workday"), D(2020, 5, 1))
    assert len(rule(opened(path), "contact").chain) == 2  # that nothing held before is no link of its own


def test_a_profile_that_binds_another_congress_asks_whose_decision(folder):
    path = folder(c=HEAD + 'extends = "p"\n', _p=PROVINCE)
    (told,) = mistakes(path, read_tenant)
    assert told == (
        f"{path}: adopted is missing: the rules of 'p' bind the congress of 某省, not this one; say by whose decision"
        ' they are followed here (某省 32 lets it), e.g. adopted = {by = "…人大常委会决定", on = 2026-01-08}'
    )
    for wrong in ('adopted = "by the way"\n', 'adopted = { by = "x" }\n', 'adopted = { by = "x", on = "soon" }\n'):
        folder(c=HEAD + 'extends = "p"\n' + wrong)
        assert any("adopted must be by whom and from when on" in m for m in mistakes(path, read_tenant))
    file = read_tenant(folder(c=HEAD + 'extends = "p"\n' + ADOPTED))
    assert (file.adopted.by, file.adopted.on, file.profiles[0].title) == ("示例县人大常委会决定", D(2026, 1, 8), "某省")


@pytest.mark.parametrize(
    ("name", "level", "free"),
    [
        ("某省人大常委会", "province", True),
        ("某省甲市人大常委会", "city", False),
        ("另省人大常委会", "province", False),
    ],
)
def test_the_congress_that_a_text_binds_needs_no_decision(folder, name, level, free):
    head = HEAD.replace("示例县", name).replace('"county"', f'"{level}"')
    path = folder(c=head + 'extends = "p"\n', _p=PROVINCE)
    if free:
        assert read_tenant(path).adopted is None
    else:
        assert len(mistakes(path, read_tenant)) == 1


def test_a_profile_that_is_followed_holds_from_the_decision_on(folder):
    tenant = opened(folder(c=HEAD + 'extends = "p"\n' + ADOPTED, _p=PROVINCE))
    days = [rule(tenant, "contact", day) for day in (D(2026, 1, 7), D(2026, 1, 8))]
    assert [(r.value.n, r.stated, r.since) for r in days] == [(0, False, None), (15, True, D(2026, 1, 8))]


def test_days_and_whom_a_text_binds_are_read_strictly(folder):
    path = folder(
        c=HEAD + 'extends = "p"\n' + ADOPTED,
        _p='in_force = "2018"\nrevised = 2020\nbinds = { place = "某省", level = "shire" }\nfollow = 32\n',
    )
    told = mistakes(path, read_tenant)
    assert [m.split(": ", 1)[1].split(" ")[0] for m in told] == ["follow", "in_force", "revised", "binds.level"]


# -- where profiles lie


def test_a_shipped_profile_is_found_and_a_file_of_ones_own_goes_before_it(folder, tmp_path):
    path = folder(c=HEAD + 'extends = "henan"\n' + ADOPTED)
    shutil.rmtree(tmp_path / "_profiles")
    file = read_tenant(path)
    assert [layer.file for layer in file.layers][-2] == str(profiles.shipped() / "henan.toml")
    assert rule(opened(path), "evaluation").value == Period(10, "workday")
    (tmp_path / "_profiles").mkdir()
    folder(_henan=OWN + "evaluation = { n = 3 }\n")
    assert rule(opened(path), "evaluation").value == Period(3)
    assert read_tenant(path).layers[0].file == str(tmp_path / "_profiles" / "henan.toml")


def test_a_name_that_is_nowhere_is_told_with_what_is_known(folder):
    (told,) = mistakes(folder(c=HEAD + 'extends = "shangdong"\n'), read_tenant)
    assert told.endswith("extends = 'shangdong': no such profile; did you mean 'shandong'?")
    (told,) = mistakes(folder(c=HEAD + 'extends = "zzz"\n', _mine=""), read_tenant)
    assert told.endswith("no such profile; known: chongqing, henan, law, mine, qingdao, shandong, zhejiang")


# -- stored, compared


def test_a_stored_configuration_means_the_same(folder):
    file = read_tenant(folder(c=HEAD + 'extends = "p"\n' + ADOPTED + OWN + "reply = { n = 9 }\n", _p=PROVINCE))
    again = decode(encode(file), TenantFile)
    assert again == file
    for day in (D(2019, 1, 1), D(2026, 1, 8)):
        one, other = (f.open(CATALOGUE, holidays.calendar(), TODAY).rules(day) for f in (file, again))
        assert one == other
    silent = attrs.evolve(file, layers=tuple(attrs.evolve(layer, silent=()) for layer in file.layers))
    assert "silent.suggestion_handling.evaluation" in file.differing(silent)


def test_what_changes_between_two_days_and_two_profiles(folder):
    change = "[[changes]]\nsince = 2026-07-01\nplugins.suggestion_handling.reply = { n = 45 }\n"
    path = folder(c=HEAD + 'extends = "p"\n' + ADOPTED + OWN + change, _p=PROVINCE, _q=OWN + "contact = { n = 15 }\n")
    tenant = opened(path)
    found = differences(tenant.rules(D(2026, 6, 30)), tenant.rules(D(2026, 7, 1)))
    assert [(d.name, d.before.value, d.after.value) for d in found] == [("reply", Period(3, "month"), Period(45))]
    assert differences(tenant.rules(D(2026, 7, 1)), tenant.rules(D(2027, 7, 1))) == ()
    other = following(read_tenant(path), "q").open(CATALOGUE, holidays.calendar(), TODAY)
    found = differences(tenant.rules(D(2026, 8, 1)), other.rules(D(2026, 8, 1)))
    assert {d.name for d in found} == {"contact", "evaluation", "one_matter"}
    assert rule(other, "reply", D(2026, 8, 1)).value == Period(45)
    with pytest.raises(ConfigError, match="'r' cannot be followed"):
        following(read_tenant(path), "r")


def test_a_case_of_before_a_decision_keeps_its_rules(county, folder):
    """A suggestion of the law's days has no window for contact; one of after the decision has."""
    b = county({NAME: {}}, catalogue=CATALOGUE, today=D(2026, 1, 7))
    path = folder(c=HEAD + 'extends = "p"\n' + ADOPTED, _p=PROVINCE)
    b.file = attrs.evolve(read_tenant(path), id=b.file.id)
    old = accepted(b)
    b.today = D(2026, 1, 8)
    new = accepted(b)
    clocks = [b.step(c, "assign", OFFICE, **SOLE).clock("contact", unit=ROADS.unit) for c in (old, new)]
    assert clocks[0] is None
    assert clocks[1].due(b.calendar) == D(2026, 1, 29)  # 15 working days from Thursday 01-08
