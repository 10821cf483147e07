"""Accounts: made by invitation, looked after by administrators, and what none of these can do to themselves."""

from __future__ import annotations

import asyncio
import threading

import attrs
import pytest
from tests.core.entering_people import BETTER, GOOD, KEEPER, Office, change, given

from renda_core.errors import Invalid, NotAllowed, NotFound, NotLetIn, Rejected, Stale
from renda_core.services.accounts import arriving, listing, people, providers
from renda_core.services.accounts.people import NewAccount
from renda_core.services.accounts.providers import Provider
from renda_core.testing import Bench
from renda_plugins import compliance, suggestion_handling

from .peopling import settle


@pytest.fixture
def office(county, monkeypatch):
    return Office(county(suggestion_handling, compliance), monkeypatch)


def test_from_invitation_to_session(office):
    invited = office.invite("王秀英", "office assigner")
    assert office.shown(invited.id).state == "invited"
    assert office.bench.ask(arriving.welcome, "invitation", invited.ticket).name == "王秀英"
    step = office.arrive(invited, "Wang.Xiuying")
    asker = office.who(step.secret)
    assert asker.actor.roles == {"office", "assigner"}
    assert asker.account == asker.actor.id == invited.id
    assert office.who(office.enter("ｗａｎｇ.xiuying ").secret).name == "王秀英"
    (entry,) = office.entries("account.invited")
    assert (entry["body"]["before"], entry["body"]["after"]) == ([], ["assigner", "office"])
    assert office.bench.verify().whole


def test_neither_login_nor_password_nor_ticket_stands_in_the_file(county, bench, monkeypatch, tmp_path):
    office = Office(bench(suggestion_handling), monkeypatch)
    invited = office.invite("王秀英", "office")
    office.arrive(invited, "13800138000")
    secret = office.enter("13800138000").secret
    office.bench.store.shut()
    raw = b"".join(p.read_bytes() for p in tmp_path.glob("*.db*"))
    assert "王秀英".encode() in raw
    for told in ("13800138000", GOOD, invited.ticket, secret):
        assert told.encode() not in raw


def test_the_list_is_by_name_and_masks_logins(office):
    for n, name in enumerate(("丙", "甲", "乙")):
        office.person(f"1380013800{n}", name=name)
    seen, after = [], ""
    while True:
        page = office.bench.ask(listing.listing, KEEPER, after=after, size=2)
        seen += page.rows
        if not (after := page.after):
            break
    assert [row.name for row in seen] == sorted(row.name for row in seen)
    assert {row.login for row in seen} == {"*******8000", "*******8001", "*******8002"}
    assert office.bench.ask(listing.listing, KEEPER, state="closed").rows == ()
    with pytest.raises(NotAllowed):
        office.bench.ask(listing.listing, Bench.actor("clerk", "office"))


def test_an_account_is_shown_to_its_holder_and_to_nobody_else(office):
    id = office.person("wang")
    assert office.bench.ask(listing.show, office.actor("wang"), id).name == "名wang"
    for asked in (id, str(Bench.actor("nobody").id)):
        with pytest.raises(NotFound) as refusal:
            office.bench.ask(listing.show, Bench.actor("li", "office"), asked)
        assert str(refusal.value) == "no such account"


def test_the_same_login_in_two_tenants_and_not_twice_in_one(county, monkeypatch):
    one, other = (Office(county(suggestion_handling), monkeypatch) for _ in range(2))
    one.person("13800138000")
    other.person("13800138000")
    invited = one.invite("李")
    with pytest.raises(Rejected) as refusal:
        one.arrive(invited, "13800138000")
    assert "13800138000" not in str(refusal.value)
    assert one.arrive(invited, "13800138001").secret  # the invitation still held


def test_of_twelve_who_accept_one_invitation_one_has_it(office):
    invited = office.invite("王")
    b, found, gate = office.bench, [], threading.Barrier(12)

    def accept(n):
        store = b.store.apart()
        gate.wait()
        try:
            store.run(arriving.accept(store, b.tenant, invited.ticket, f"login{n}", GOOD))
            found.append(n)
        except (NotLetIn, Stale):
            pass
        finally:
            store.shut()

    threads = [threading.Thread(target=accept, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1
    assert office.shown(invited.id).state == "active"
    assert len(office.entries("account.accepted")) == 1
    assert office.enter(f"login{found[0]}").secret
    for n in set(range(12)) - set(found):
        with pytest.raises(NotLetIn):
            office.enter(f"login{n}", source=f"192.0.2.{n}")


def test_an_invitation_is_used_once_ends_and_is_replaced(office):
    invited = office.invite("王")
    again = office.bench.do(people.invite_again, KEEPER, invited.id, 0)
    with pytest.raises(NotLetIn):
        office.arrive(invited, "wang")
    office.arrive(again, "wang")
    for ticket in (again, invited):
        with pytest.raises(NotLetIn) as refusal:
            office.arrive(ticket, "other")
        assert str(refusal.value) == arriving.VOID
    late = office.invite("李")
    office.wait(days=7)
    with pytest.raises(NotLetIn):
        office.arrive(late, "li")
    with pytest.raises(Rejected):
        office.bench.do(people.invite_again, KEEPER, invited.id, 1)


@pytest.mark.parametrize("days", [0, -1, 31, 10**9])
def test_an_invitation_holds_for_days_of_a_month(office, days):
    with pytest.raises(Invalid):
        office.bench.do(people.invite, KEEPER, NewAccount(name="王"), days=days)


@pytest.mark.parametrize(
    "new",
    [
        {"name": ""},
        {"name": " "},
        {"name": "王" * 101},
        {"name": "王\0"},
        {"name": "王", "person": Bench.actor("nobody").id},
        {"name": "王", "unit": Bench.actor("nobody").id},
    ],
)
def test_what_makes_no_account(office, new):
    with pytest.raises(Invalid):
        office.bench.do(people.invite, KEEPER, NewAccount(**new))
    assert office.bench.ask(listing.listing, KEEPER).rows == ()


@pytest.mark.parametrize("role", ["offices", "clock", "follower", "voter", "public", "operator", "管理员"])
def test_roles_that_nobody_is_given(office, role):
    with pytest.raises(Rejected) as refusal:
        office.invite("王", f"office {role}")
    assert any(role in said for said in refusal.value.objections)


@pytest.mark.parametrize("login", ["", "a", "a b c", "a" * 101, "王\u202e秀英", "a\0bc"])
def test_what_is_no_login_name(office, login):
    invited = office.invite("王")
    with pytest.raises(Invalid) as refusal:
        office.arrive(invited, login)
    assert login not in str(refusal.value) or len(login) < 2


def test_an_account_may_be_a_person_of_the_roster(office):
    settle(office.bench, "wang")
    wang = Bench.actor("wang").id
    office.person("wang", "deputy", person=wang)
    assert office.actor("wang").id == wang


def test_roles_that_change_end_every_session_and_are_told_before_and_after(office):
    id = office.person("wang", "office")
    secret = office.enter("wang").secret
    change(office, id, roles="office assigner")
    assert office.who(secret) is None
    (entry,) = office.entries("account.changed")
    assert (entry["body"]["before"], entry["body"]["after"]) == (["office"], ["assigner", "office"])
    assert entry["actor"] == KEEPER.id
    assert office.actor("wang").roles == {"office", "assigner"}


def test_a_name_that_changes_ends_nothing(office):
    id = office.person("wang", "office")
    secret = office.enter("wang").secret
    change(office, id, name="王秀英")
    assert office.who(secret).name == "王秀英"


def test_a_change_over_another_is_refused(office):
    id = office.person("wang", "office")
    seen, new = given(office, id, name="王一")
    office.bench.do(people.change, KEEPER, id, seen, new)
    with pytest.raises(Stale):
        office.bench.do(people.change, KEEPER, id, seen, new)


def test_suspended_resumed_closed(office):
    id = office.person("wang", "office")
    secret = office.enter("wang").secret
    office.bench.do(people.suspend, KEEPER, id, 1, "离岗")
    assert office.who(secret) is None
    with pytest.raises(NotLetIn) as refusal:
        office.enter("wang")
    with pytest.raises(NotLetIn) as unknown:
        office.enter("nobody")
    assert str(refusal.value) == str(unknown.value)
    office.bench.do(people.resume, KEEPER, id, 2, "返岗")
    assert office.who(secret) is None
    assert office.enter("wang").secret
    office.bench.do(people.close, KEEPER, id, 3, "调走")
    with pytest.raises(NotLetIn):
        office.enter("wang")
    with pytest.raises(Rejected):
        office.bench.do(people.resume, KEEPER, id, 4, "又来")
    office.person("wang", "office", name="新来的")  # the login name is free again
    with pytest.raises(Invalid):
        office.bench.do(people.suspend, KEEPER, id, 4, " ")


def test_who_was_suspended_before_arriving_is_invited_anew(office):
    invited = office.invite("王")
    office.bench.do(people.suspend, KEEPER, invited.id, 0, "先等等")
    with pytest.raises(NotLetIn):
        office.arrive(invited, "wang")
    office.bench.do(people.resume, KEEPER, invited.id, 1, "可以了")
    office.arrive(office.bench.do(people.invite_again, KEEPER, invited.id, 2), "wang")
    assert office.enter("wang").secret


def test_the_last_day_is_the_last(office):
    id = office.person("wang", "office", until=office.bench.today)
    secret = office.enter("wang").secret
    assert office.who(secret)
    office.wait(hours=15)  # midnight in China
    assert office.who(secret) is None
    with pytest.raises(NotLetIn):
        office.enter("wang")
    change(office, id, until=None)
    assert office.enter("wang").secret


def test_nobody_changes_their_own_powers(office):
    id = office.person("boss", "admin")
    office.person("second", "admin")
    boss = office.actor("boss")
    for changes in ({"roles": "admin office"}, {"roles": ""}, {"until": office.bench.today}):
        with pytest.raises(NotAllowed):
            change(office, id, by=boss, **changes)
    with pytest.raises(NotAllowed):
        office.bench.do(people.suspend, boss, id, 1, "我")
    change(office, id, by=boss, name="老板")
    with pytest.raises(NotAllowed):
        office.bench.do(people.invite_again, boss, id, 2, kind="reset")


def test_nobody_makes_a_second_account_for_themselves_with_powers(office):
    settle(office.bench, "wang")
    wang = Bench.actor("wang").id
    office.person("wang", "admin", person=wang)
    boss = office.actor("wang")
    with pytest.raises(NotAllowed):
        office.invite("另一个", "office", by=boss, person=wang)
    id = office.person("li", "office", by=boss)
    with pytest.raises(NotAllowed):
        change(office, id, by=boss, person=wang)


def test_the_last_administrator_stays(office):
    first, other = office.person("one", "admin"), office.person("two", "admin")
    office.bench.do(people.suspend, KEEPER, first, 1, "离岗")
    for work in (
        lambda: change(office, other, roles="office"),
        lambda: change(office, other, until=office.bench.today),
        lambda: office.bench.do(people.suspend, KEEPER, other, 1, "离岗"),
        lambda: office.bench.do(people.close, KEEPER, other, 1, "离岗"),
    ):
        with pytest.raises(Rejected) as refusal:
            work()
        assert refusal.value.objections == ("this is the last admin without an end; make another first",)
    office.bench.do(people.resume, KEEPER, first, 2, "返岗")
    office.bench.do(people.close, KEEPER, other, 1, "离岗")


def test_of_two_administrators_who_go_at_once_one_stays(office):
    ids = [office.person(name, "admin") for name in ("one", "two")]
    b = office.bench

    async def race():
        work = (b.store.write(people.suspend, b.tenant.id, KEEPER, b.tenant, id, 1, "离岗") for id in ids)
        return await asyncio.gather(*work, return_exceptions=True)

    async def both():
        return await race()

    from .coding import in_loop

    found = in_loop(b, both())
    assert sorted(isinstance(one, Rejected) for one in found) == [False, True]


def test_a_row_of_a_program_is_no_persons_account(office):
    from renda_core.services.accounts import issuing

    office.bench.do(issuing.give_token, KEEPER, Bench.actor("program", "office"), label="统计")
    row = office.bench.ask(_tokens)[0]
    with pytest.raises(NotFound):
        office.bench.do(people.suspend, KEEPER, row.account_id, 0, "停")
    with pytest.raises(NotFound):
        office.bench.ask(listing.show, KEEPER, row.account_id)


async def _tokens(reader, tenant):
    from renda_core.services.accounts import issuing

    return await issuing.tokens(reader, tenant)


def test_a_reset_is_used_once_ends_sessions_and_opens_none(office):
    id = office.person("wang", "office")
    secret = office.enter("wang").secret
    reset = office.bench.do(people.invite_again, KEEPER, id, 1, kind="reset")
    assert office.who(secret)  # nothing happens until it is used
    with pytest.raises(Rejected):
        office.run(arriving.reset, reset.ticket, "12345678910")
    office.run(arriving.reset, reset.ticket, BETTER)
    assert office.who(secret) is None
    with pytest.raises(NotLetIn):
        office.run(arriving.reset, reset.ticket, GOOD)
    with pytest.raises(NotLetIn):
        office.enter("wang", GOOD)
    assert office.enter("wang", BETTER).secret
    with pytest.raises(NotLetIn):
        office.arrive(attrs.evolve(reset), "other")  # a reset is no invitation


def test_a_ticket_of_another_tenant_opens_nothing(county, monkeypatch):
    one, other = (Office(county(suggestion_handling), monkeypatch) for _ in range(2))
    invited = one.invite("王")
    with pytest.raises(NotLetIn):
        other.arrive(invited, "wang")
    assert one.arrive(invited, "wang").secret


def test_who_came_by_a_provider_alone_comes_back_by_it(office):
    b = office.bench
    wanted = Provider(name="zwfw", title="政务", issuer="https://sso.example", client="renda")
    provider = b.do(providers.put, KEEPER, wanted, "a secret")
    invited = office.invite("何平", "office")
    b.do(providers.arrive, KEEPER, provider, "subject-7", invited.ticket)
    b.do(people.suspend, KEEPER, invited.id, office.shown(invited.id).version, "离岗")
    with pytest.raises(NotLetIn):
        b.do(providers.enter, KEEPER, provider, "subject-7")
    b.do(people.resume, KEEPER, invited.id, office.shown(invited.id).version, "回岗")
    assert b.do(providers.enter, KEEPER, provider, "subject-7").secret
