"""The three administrators kept apart (三员分立): what each does, and who was given several before."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from tests.core.entering_people import KEEPER, MORNING, Office, change

from renda_core.errors import NotAllowed, Rejected, Taken
from renda_core.services import upkeep
from renda_core.services.accounts import first, people
from renda_core.services.accounts.people import NewAccount
from renda_core.testing import Bench

from .peopling import settle

APART = {"suggestion_handling": {}, "compliance": {"three_roles": True}}


@pytest.fixture
def apart(county, monkeypatch):
    return Office(county(APART), monkeypatch)


def test_where_the_three_are_apart_each_does_its_own(apart):
    b = apart.bench
    office = apart
    office.person("admin", "admin")
    office.person("guard", "security")
    office.person("audit", "auditor")
    admin, guard, audit = (office.actor(name) for name in ("admin", "guard", "audit"))
    with pytest.raises(NotAllowed):
        office.invite("王", "office", by=admin)
    id = office.person("wang", by=admin)
    with pytest.raises(NotAllowed):
        change(office, id, by=admin, roles="office")
    with pytest.raises(NotAllowed):
        change(office, id, by=guard, name="别名")
    for by in (guard, audit):
        with pytest.raises(NotAllowed):
            office.invite("王", by=by)
        with pytest.raises(NotAllowed):
            b.do(people.suspend, by, id, 1, "离岗")
    with pytest.raises(NotAllowed):
        change(office, id, by=audit, roles="office")
    change(office, id, by=guard, roles="office")
    assert office.actor("wang").roles == {"office"}
    b.do(people.suspend, admin, id, 2, "离岗")


@pytest.mark.parametrize("roles", ["admin security", "admin auditor", "security auditor", "admin security auditor"])
def test_nobody_holds_two_of_the_three_where_they_are_apart(apart, roles):
    with pytest.raises(Rejected):
        apart.invite("王", roles)
    settle(apart.bench, "wang")
    wang = Bench.actor("wang").id
    first, *rest = roles.split()
    apart.person("wang", first, person=wang)
    with pytest.raises(Rejected):
        apart.invite("王", rest[-1], person=wang)  # a second account of the same person
    id = apart.person("li", first)
    with pytest.raises(Rejected):
        change(apart, id, roles=f"{first} {rest[-1]}")


SEVERAL = {
    "whole": ("admin auditor office security", "admin office"),
    "boss": ("admin auditor", "admin"),
    "guard": ("auditor security", "security"),
    "watch": ("auditor deputy", "auditor deputy"),
}
"""What four people were given before the three were kept apart, and what they act as from then on."""


def test_whoever_was_given_several_of_the_three_acts_as_one_from_the_day_they_are_apart(county, monkeypatch):
    together = {"suggestion_handling": {}, "compliance": {}}
    b = county(together, changes={(MORNING + dt.timedelta(days=1)).date(): APART})
    office = Office(b, monkeypatch)
    office.at(MORNING.replace(hour=15, minute=50))  # ten minutes before the day
    ids = {login: office.person(login, given) for login, (given, _) in SEVERAL.items()}
    secrets = {login: office.enter(login).secret for login in SEVERAL}

    def acting():
        return {login: " ".join(sorted(office.who(secret).actor.roles)) for login, secret in secrets.items()}

    assert acting() == {login: given for login, (given, _) in SEVERAL.items()}
    asker = office.who(secrets["boss"])
    assert b.ask(upkeep.entries, asker.actor)
    office.wait(minutes=15)
    assert acting() == {login: after for login, (_, after) in SEVERAL.items()}
    assert {login: " ".join(office.shown(id).roles) for login, id in ids.items()} == {
        login: given for login, (given, _) in SEVERAL.items()
    }
    boss, guard = (office.who(secrets[login]).actor for login in ("boss", "guard"))
    with pytest.raises(NotAllowed):
        b.ask(upkeep.entries, boss)
    with pytest.raises(NotAllowed):
        office.invite("王", "office", by=boss)
    change(office, ids["whole"], by=guard, roles="security office")  # whoever grants roles puts it in order
    assert office.actor("whole").roles == {"security", "office"}


def test_where_nobody_acts_as_security_administrator_the_operator_may_invite_one(county, monkeypatch):
    office = Office(county({"suggestion_handling": {}, "compliance": {}}), monkeypatch)
    office.person("boss", "admin security")
    assert office.bench.ask(_missing) == frozenset()
    with pytest.raises(Taken):
        office.bench.do(first.appoint, KEEPER, NewAccount(name="钱", roles="admin"))
    office.bench.file = attrs.evolve(
        office.bench.file, layers=(attrs.evolve(office.bench.file.layers[0], plugins=APART),)
    )
    assert office.bench.ask(_missing) == {"security"}
    office.bench.do(first.appoint, KEEPER, NewAccount(name="钱", roles="security"))
    assert office.bench.ask(_missing) == frozenset()


async def _missing(reader, tenant):
    return await first.missing(reader, tenant)


def test_where_the_three_are_apart_the_last_security_administrator_stays_too(apart):
    apart.person("admin", "admin")
    id = apart.person("guard", "security")
    with pytest.raises(Rejected):
        change(apart, id, roles="office")
