"""Roles that are lent: from a day to a day, by whose they are, never on, and never those that watch over others."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.entering_people import KEEPER, Office

from renda_core.domain.accounts import LONGEST_LOAN, NOT_LENT, wrong_loan
from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected
from renda_core.services.accounts import issuing, lending, people, programs
from renda_core.services.accounts.lending import NewLoan
from renda_core.services.accounts.programs import NewToken
from renda_core.testing import Bench
from renda_plugins import compliance, suggestion_handling

TODAY = dt.date(2026, 1, 20)


@pytest.fixture
def office(county, monkeypatch):
    made = Office(county(suggestion_handling, compliance), monkeypatch)
    made.giver = made.person("giver", "office assigner")
    made.taker = made.person("taker", "deputy")
    return made


def lend(office, by=None, *, roles="office", since=0, until=6, **rest):
    who = {"giver": office.giver, "taker": office.taker, **rest}
    day = office.bench.today
    new = NewLoan(
        roles=roles, since=day + dt.timedelta(since), until=day + dt.timedelta(until), **{"reason": "出差", **who}
    )
    return office.bench.do(lending.lend, by or office.actor("giver"), new)


def roles(office):
    return sorted(office.actor("taker").roles)


def test_what_is_lent_is_held_from_the_first_day_to_the_last(office):
    secret = office.enter("taker").secret
    lend(office, since=1, until=2)
    assert office.who(secret).actor.roles == {"deputy"}
    assert roles(office) == ["deputy"]
    office.wait(hours=14, minutes=59, seconds=59)
    assert roles(office) == ["deputy"]
    office.wait(seconds=1)  # midnight in China: the first day
    assert roles(office) == ["deputy", "office"]
    office.wait(hours=47, minutes=59, seconds=59)
    assert roles(office) == ["deputy", "office"]
    office.wait(seconds=1)
    assert roles(office) == ["deputy"]
    told = office.bench.ask(lending.loans, KEEPER)
    assert [(loan.state, loan.roles) for loan in told] == [("over", ("office",))]
    (entry,) = office.entries("account.lent")
    assert entry["actor"] == office.giver
    assert entry["body"]["roles"] == ["office"]
    assert "出差" not in str(entry)


def test_a_loan_that_begins_today_ends_the_takers_sessions(office):
    secret = office.enter("taker").secret
    id = lend(office)
    assert office.who(secret) is None
    secret = office.enter("taker").secret
    assert office.who(secret).actor.roles == {"deputy", "office"}
    office.bench.do(lending.end, office.actor("giver"), id)
    assert office.who(secret) is None
    assert roles(office) == ["deputy"]
    with pytest.raises(Rejected):
        office.bench.do(lending.end, KEEPER, id)


def test_nothing_is_lent_on(office):
    third = office.person("third")
    lend(office)
    with pytest.raises(Rejected) as refusal:
        lend(office, office.actor("taker"), giver=office.taker, taker=third)
    assert refusal.value.objections == ("office is not the giver's own",)


@pytest.mark.parametrize("role", sorted(NOT_LENT))
def test_some_roles_stay_with_their_holder(office, role):
    known = role in {"admin", "security", "auditor"}
    giver = office.person("watcher", role if known else "")
    with pytest.raises(Rejected) as refusal:
        lend(office, KEEPER, giver=giver, roles=role)
    assert f"{role} cannot be lent" in refusal.value.objections


def test_what_the_giver_loses_is_lent_no_more(office):
    lend(office, roles="office assigner")
    assert roles(office) == ["assigner", "deputy", "office"]
    row = office.shown(office.giver)
    office.bench.do(
        people.change, KEEPER, office.giver, row.version, people.NewAccount(name=row.name, roles="assigner")
    )
    assert roles(office) == ["assigner", "deputy"]
    office.bench.do(people.suspend, KEEPER, office.giver, row.version + 1, "离岗")
    assert roles(office) == ["deputy"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": 1, "until": 0},
        {"since": -3, "until": -1},
        {"until": LONGEST_LOAN},
        {"roles": ""},
        {"roles": "overseer"},
        {"roles": "office offices"},
    ],
)
def test_what_cannot_be_lent(office, wrong):
    with pytest.raises(Rejected):
        lend(office, **wrong)
    assert office.bench.ask(lending.loans, KEEPER) == []


def test_who_may_lend_and_to_whom(office):
    with pytest.raises(Invalid):
        lend(office, reason=" ")
    with pytest.raises(NotAllowed):
        lend(office, office.actor("taker"))
    with pytest.raises(Rejected):
        lend(office, taker=office.giver)
    with pytest.raises(NotFound):
        lend(office, taker=Bench.actor("nobody").id)
    with pytest.raises(Rejected):
        lend(office, taker=office.invite("未到的人").id)
    boss = office.person("boss", "admin")
    assert lend(office, office.actor("boss"), until=1)
    with pytest.raises(NotAllowed):  # an administrator lends another's roles to others, not to themself
        lend(office, office.actor("boss"), taker=boss)


def test_a_loan_lasts_no_longer_than_its_givers_account(office):
    office.giver = office.person("guest", "office", until=TODAY + dt.timedelta(3))
    with pytest.raises(Rejected):
        lend(office, office.actor("guest"), until=4)
    assert lend(office, office.actor("guest"), until=3)


def test_loans_are_told_to_who_is_part_of_them(office):
    id = lend(office)
    stranger = office.person("stranger")
    for name, account in (("giver", office.giver), ("taker", office.taker)):
        assert [loan.id for loan in office.bench.ask(lending.loans, office.actor(name), account)] == [id]
    with pytest.raises(NotAllowed):
        office.bench.ask(lending.loans, office.actor("stranger"))
    with pytest.raises(NotFound):
        office.bench.ask(lending.loans, office.actor("stranger"), office.giver)
    for what in (id, stranger):
        with pytest.raises(NotFound) as refusal:
            office.bench.do(lending.end, office.actor("stranger"), what)
        assert str(refusal.value) == "no such loan"


@given(st.integers(-5, 5), st.integers(-5, 400), st.sets(st.sampled_from(["office", "deputy", "admin", "teller"])))
def test_a_loan_is_refused_by_its_days_and_roles(since, until, asked):
    first, last = TODAY + dt.timedelta(since), TODAY + dt.timedelta(until)
    said = wrong_loan(asked, {"office", "admin"}, first, last, TODAY)
    good = bool(asked) and asked <= {"office"} and until >= 0 and since <= until < since + LONGEST_LOAN
    assert bool(said) is not good


def test_a_token_ends_on_its_day_and_is_limited(office):
    secret, person = office.bench.do(
        programs.give, KEEPER, NewToken(label="统计", roles="office", scopes="cases.read", until=TODAY)
    )
    asker = office.who(secret, "token")
    assert (asker.actor.id, asker.actor.roles, asker.scopes) == (person, {"office"}, {"cases.read"})
    assert office.who(secret, "session") is None
    (row,) = office.bench.ask(programs.tokens, KEEPER)
    assert (row.label, row.roles, row.scopes) == ("统计", "office", "cases.read")
    office.wait(hours=14, minutes=59)
    assert office.who(secret, "token")
    office.wait(minutes=1)
    assert office.who(secret, "token") is None


def test_a_token_taken_back_opens_nothing(office):
    secret, _ = office.bench.do(programs.give, KEEPER, NewToken(roles="office"))
    (row,) = office.bench.ask(programs.tokens, KEEPER)
    for beginning in ("", row.digest.hex()[:7], "00000000"):
        with pytest.raises(NotFound):
            office.bench.do(programs.take_back, KEEPER, beginning)
    assert office.bench.do(programs.take_back, KEEPER, row.digest.hex()[:8]) == row.digest.hex()
    assert office.who(secret, "token") is None


@pytest.mark.parametrize(
    ("new", "error"),
    [
        ({"roles": "admin"}, Rejected),
        ({"roles": "auditor office"}, Rejected),
        ({"roles": "operator"}, Rejected),
        ({"roles": "offices"}, Rejected),
        ({"roles": "office", "until": dt.date(2026, 1, 19)}, Invalid),
        ({"roles": "office", "label": "x" * 101}, Invalid),
        ({"roles": "office", "person": Bench.actor("nobody").id}, Invalid),
    ],
)
def test_tokens_that_are_not_given(office, new, error):
    with pytest.raises(error):
        office.bench.do(programs.give, KEEPER, NewToken(**new))
    with pytest.raises(NotAllowed):
        office.bench.do(programs.give, office.actor("giver"), NewToken(roles="office"))


def test_the_tokens_under_somebodys_name_end_with_their_powers(office):
    secret = office.bench.do(issuing.give_token, KEEPER, Actor(id=office.giver, roles="office"))
    assert office.who(secret, "token")
    office.bench.do(people.suspend, KEEPER, office.giver, 1, "离岗")
    assert office.who(secret, "token") is None
