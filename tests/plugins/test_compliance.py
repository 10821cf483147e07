"""What a place demands: every setting changes what the service does, and none is only written down."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.entering_people import GOOD, KEEPER, MORNING, Office

from renda_core import compliance as demands
from renda_core.compliance import DEFAULT, PLUGIN, Compliance
from renda_core.domain.passwords import weaknesses
from renda_core.errors import ConfigError, NotAllowed, NotLetIn, RendaError, TooMany
from renda_core.services import upkeep
from renda_core.services.accounts import people
from renda_core.services.privacy import retention
from renda_core.store.keys import Keys
from renda_core.testing import KEY, Bench
from renda_plugins import compliance


def length(office: Office) -> object:
    """A password of eleven characters."""
    try:
        office.arrive(office.invite("王"), "wang", "三月十五日下雨没带伞呀")
    except RendaError as refusal:
        return type(refusal)
    return "taken"


def age(office: Office) -> object:
    """A password of a hundred days ago."""
    office.person("wang")
    office.wait(days=100)
    return office.enter("wang").needs


def wrong(office: Office) -> object:
    """How many wrong passwords are looked at."""
    for n in range(20):
        try:
            office.enter("nobody", "不是口令")
        except TooMany:
            return n
        except NotLetIn:
            continue
    return None


def idle(office: Office) -> object:
    """A session that nobody used for twenty minutes."""
    office.person("wang")
    secret = office.enter("wang").secret
    office.wait(minutes=20)
    return office.who(secret) is not None


def long(office: Office) -> object:
    """When a session ends."""
    office.person("wang")
    secret = office.enter("wang").secret
    office.wait(minutes=29)
    asker = office.who(secret)
    assert asker is not None
    from renda_core.services.accounts import own

    (_, newest) = sorted(office.bench.ask(own.sessions, asker.account), key=lambda s: s.ends_at)[-2:]
    return newest.ends_at - MORNING


def factor(office: Office) -> object:
    """What an office's clerk still has to show."""
    office.person("wang", "office")
    return office.enter("wang").needs


def three(office: Office) -> object:
    """Whether an administrator gives roles, and whether an office reads the journal."""
    found = []
    for work in (
        lambda: office.bench.do(
            people.invite, Bench.actor("boss", "admin"), people.NewAccount(name="王", roles="office")
        ),
        lambda: office.bench.ask(upkeep.entries, Bench.actor("clerk", "office")),
        lambda: office.bench.ask(upkeep.entries, Bench.actor("watcher", "auditor")),
    ):
        try:
            work()
            found.append(True)
        except NotAllowed:
            found.append(False)
    return found


def suite(office: Office) -> object:
    """The form in which something is sealed."""
    keys, tenant = Keys(KEY), office.bench.tenant
    keys.use(tenant.id, demands.of(tenant).suite)
    return keys.seal_bytes(b"13800138000", tenant=tenant.id, field="phone")[:1]


def logs(office: Office) -> object:
    """Which of two old logs is taken away."""
    import os
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as name:
        for days in (195, 250):
            old = Path(name) / f"{days}.log"
            old.write_text("")
            stamp = (office.moment - dt.timedelta(days)).timestamp()
            os.utime(old, (stamp, stamp))
        retention.logs(Path(name), office.moment, demands.of(office.bench.tenant).log_days)
        return sorted(path.name for path in Path(name).iterdir())


def voters(office: Office) -> object:
    """Up to which day a closed matter keeps its voter's name."""
    return retention.edge(office.bench.tenant)


CHANGES = {
    "password_length": (length, 16),
    "password_days": (age, 90),
    "wrong_tries": (wrong, 3),
    "idle_minutes": (idle, 15),
    "session_hours": (long, 2),
    "second_factor": (factor, "office"),
    "three_roles": (three, True),
    "suite": (suite, "sm4-gcm"),
    "log_days": (logs, 190),
    "voter_days": (voters, 365),
}
"""For each setting, what is looked at, and a value that is not the default."""


def test_every_setting_is_looked_at():
    assert CHANGES.keys() == {field.name for field in attrs.fields(Compliance)}


@pytest.mark.parametrize("name", CHANGES)
def test_every_setting_changes_what_the_service_does(bench, monkeypatch, name):
    look, other = CHANGES[name]
    assert other != getattr(DEFAULT, name)
    plain, set_ = ({PLUGIN: {}}, {PLUGIN: {name: other}})
    before = look(Office(bench(plain, name="one"), monkeypatch))
    after = look(Office(bench(set_, name="two"), monkeypatch))
    assert before != after, (name, before)


def test_a_county_that_says_nothing_has_the_defaults(bench):
    from renda_plugins import suggestion_handling

    assert demands.of(bench(suggestion_handling).tenant) is DEFAULT
    assert demands.of(bench(compliance).tenant) == DEFAULT


def test_it_offers_what_the_service_obeys():
    assert compliance.register_settings() is Compliance


@pytest.mark.parametrize(
    "wrong_value",
    [
        {"password_length": 7},
        {"wrong_tries": 0},
        {"idle_minutes": 0},
        {"session_hours": 0},
        {"log_days": 182},
        {"voter_days": 0},
        {"password_days": -1},
        {"suite": "des"},
        {"three_roles": "yes"},
        {"unknown": 1},
    ],
)
def test_what_no_place_may_demand(bench, wrong_value):
    with pytest.raises(ConfigError):
        bench({PLUGIN: wrong_value})


@given(st.integers(8, 30), st.text(alphabet="河水清且涟猗兮坎伐檀abcdefg1357", max_size=40))
def test_a_shorter_demand_takes_whatever_a_longer_one_takes(shortest, password):
    if not weaknesses(password, shortest=shortest + 1):
        assert not [w for w in weaknesses(password, shortest=shortest) if "fewer than" in w]


def test_the_good_password_of_the_tests_is_good_everywhere():
    assert weaknesses(GOOD, shortest=10) == ()
    assert KEEPER.roles
