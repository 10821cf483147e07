"""Signing in: what is shown and what is told, what wrong tries cost, and that no secret lives on where rights rise."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from tests.core.entering_people import BETTER, GOOD, HERE, KEEPER, THERE, Office

from renda_core.domain.passwords import weaknesses
from renda_core.errors import NotFound, NotLetIn, Rejected, TooMany
from renda_core.services import tries
from renda_core.services.accounts import arriving, entering, guarding, own, passwords, people, second
from renda_core.store import tables as t
from renda_core.store.compile import Query, mine
from renda_core.testing import Bench
from renda_plugins import compliance, suggestion_handling

from .coding import everything, in_loop

BAD = "这不是那个口令-0815"


@pytest.fixture
def office(county, monkeypatch):
    return Office(county(suggestion_handling, compliance), monkeypatch)


@pytest.fixture
def strict(county, monkeypatch):
    def make(**settings):
        return Office(county({"suggestion_handling": {}, "compliance": settings}), monkeypatch)

    return make


def wrong(office, login="wang", source=HERE, times=1):
    for _ in range(times):
        with pytest.raises(NotLetIn):
            office.enter(login, BAD, source)


def test_each_sign_in_has_a_secret_of_its_own(office):
    office.person("wang", "office")
    one, two = office.enter("wang"), office.enter("wang")
    assert one.secret != two.secret
    assert office.who(one.secret).actor == office.who(two.secret).actor
    assert office.who(one.secret, "token") is None
    assert office.who("renda_" + "A" * 64) is None


def test_a_session_ends_by_idleness_and_by_its_length(office):
    office.person("wang", "office")
    secret = office.enter("wang").secret
    office.wait(minutes=30)
    assert office.who(secret)
    office.wait(seconds=1)
    assert office.who(secret) is None


def test_signed_out_is_signed_out(office):
    id = office.person("wang", "office")
    secret, kept = office.enter("wang").secret, office.enter("wang").secret
    asker = office.who(secret)
    office.bench.do(own.leave, asker.actor, id, asker.digest)
    assert office.who(secret) is None
    assert office.who(kept)
    assert [e["actor"] for e in office.entries("account.left")] == [id]


def test_an_unknown_name_costs_the_same_work_and_is_told_the_same(office, monkeypatch):
    office.person("wang", "office")
    suspended = office.person("zhao", "office")
    office.bench.do(people.suspend, KEEPER, suspended, 1, "离岗")
    work, real = [], passwords.verify
    monkeypatch.setattr(passwords, "verify", lambda given, stored: work.append(stored) or real(given, stored))
    told = set()
    for login in ("wang", "nobody", "zhao", "x", "a" * 5_000, "no such\nname"):
        with pytest.raises(NotLetIn) as refusal:
            office.enter(login, BAD)
        told.add((type(refusal.value), str(refusal.value), repr(refusal.value.details)))
    assert len(told) == 1
    assert len(work) == 6
    assert [bool(stored) for stored in work] == [True, *(False,) * 5]
    right, made = real(BAD, None)
    assert (right, made) == (False, "")


def test_twenty_wrong_ones_wait_there_and_the_right_one_opens_elsewhere(office):
    office.person("wang", "office")
    seen = []
    for _ in range(20):
        try:
            office.enter("wang", BAD)
        except (NotLetIn, TooMany) as error:
            seen.append(type(error))
    assert seen == [NotLetIn] * 5 + [TooMany] * 15
    with pytest.raises(TooMany) as refusal:
        office.enter("wang", GOOD)
    assert refusal.value.retry_after == 30
    assert office.enter("wang", GOOD, THERE).secret
    (entry,) = office.entries("account.slowed")
    assert HERE not in str(entry)


def test_each_wrong_one_waits_twice_as_long_up_to_a_quarter_of_an_hour(office):
    office.person("wang", "office")
    wrong(office, times=5)
    waits = []
    for _ in range(8):
        with pytest.raises(TooMany) as refusal:
            office.enter("wang", GOOD)
        waits.append(refusal.value.retry_after)
        office.wait(seconds=waits[-1])
        wrong(office)
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    office.wait(days=1)
    assert office.enter("wang").secret


def test_an_unknown_name_waits_just_as_long(office):
    wrong(office, "nobody", times=5)
    with pytest.raises(TooMany) as refusal:
        office.enter("nobody", BAD)
    assert refusal.value.retry_after == 30


def test_the_right_password_forgets_the_wrong_ones(office):
    office.person("wang", "office")
    for _ in range(3):
        wrong(office, times=4)
        office.enter("wang")


def test_a_source_that_tries_many_names_is_shut_out_for_a_while(office):
    office.person("wang", "office")
    for n in range(100):
        wrong(office, f"name{n}")
    with pytest.raises(TooMany) as refusal:
        office.enter("wang")
    assert refusal.value.retry_after == 900
    assert office.enter("wang", source=THERE).secret
    office.wait(minutes=15)
    assert office.enter("wang").secret


def test_many_sources_at_one_account_are_slowed_and_its_holder_is_not(office):
    office.person("wang", "office")
    office.enter("wang", source=HERE)
    for n in range(100):
        wrong(office, source=f"192.0.2.{n}")
    with pytest.raises(TooMany) as refusal:
        office.enter("wang", source=THERE)
    assert refusal.value.retry_after == 30
    assert office.enter("wang", source=HERE).secret  # where its holder was let in before
    office.wait(seconds=30)
    assert office.enter("wang", source=THERE).secret  # and elsewhere one at a time: slow, never locked


def test_of_forty_at_once_no_more_than_five_are_looked_at(office, monkeypatch):
    office.person("wang", "office")
    b, looked, real = office.bench, [], passwords.verify
    monkeypatch.setattr(passwords, "verify", lambda given, stored: looked.append(1) or real(given, stored))

    async def race():
        one = (entering.enter(b.store, b.tenant, "wang", BAD, source=HERE) for _ in range(40))
        return await asyncio.gather(*one, return_exceptions=True)

    found = in_loop(b, race())
    assert sorted(type(e).__name__ for e in found) == ["NotLetIn"] * 5 + ["TooMany"] * 35
    assert len(looked) == 5


def test_nothing_that_was_typed_or_where_from_is_kept_with_the_count(office):
    office.person("wang", "office")
    wrong(office, times=2)
    rows = office.bench.read(everything, Query(select(t.guess.c.source).where(mine(t.guess)), dict))
    assert len(rows) == 3
    assert all(len(row["source"]) == 32 for row in rows)


@given(st.integers(1, 20), st.integers(0, 60))
def test_a_limit_opens_ever_later_and_within_its_window(allowed, n):
    limit = tries.Limit(tries=allowed, window=guarding.DAY, first=guarding.FIRST, most=guarding.MOST, source="a test")
    assert limit.opens(n) <= limit.opens(n + 1) <= limit.window
    assert bool(limit.opens(n)) is (n >= allowed)


def test_a_hash_of_other_parameters_is_made_anew_at_the_next_sign_in(office, monkeypatch):
    office.person("wang", "office")
    had = stored(office)
    monkeypatch.setattr(passwords, "PASSES", 3)
    passwords._hasher.cache_clear()
    try:
        wrong(office)
        assert stored(office) == had
        office.enter("wang")
        assert "t=3" in stored(office)
        assert office.enter("wang").secret
    finally:
        monkeypatch.undo()
        passwords._hasher.cache_clear()
    assert had.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def stored(office):
    rows = office.bench.read(everything, Query(select(t.account.c.password).where(mine(t.account)), dict))
    return next(row["password"] for row in rows if row["password"])


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("短口令", "fewer than 10"),
        ("a" * 12, "different"),
        ("abcabcabcabc", "repeats"),
        ("12345678910", "first"),
        ("Qwertyuiop", "first"),
        ("password12345", "first"),
        ("wang.xiuying-8", "login name"),
        ("王秀英王秀英九八七六", "login name"),
        ("ＱＷＥＲＴＹＵＩＯＰ", "first"),
        ("x" * 201, "more than 200"),
    ],
)
def test_passwords_that_are_refused(password, why):
    said = weaknesses(password, shortest=10, about=("wang.xiuying", "王秀英"))
    assert any(why in one for one in said)
    assert not any(password in one for one in said)


@pytest.mark.parametrize("password", [GOOD, BETTER, "correct horse battery", "三月十五日下雨没带伞", "g7#kQ2!mZx"])
def test_passwords_that_are_taken(password):
    assert weaknesses(password, shortest=10, about=("wang.xiuying", "王秀英")) == ()


@given(st.text(max_size=60), st.integers(8, 30))
def test_any_text_is_judged_and_never_repeated(password, shortest):
    said = weaknesses(password, shortest=shortest, about=(password[:10], ""))
    assert len(password) < 8 or not any(password in one for one in said)


def test_a_password_that_changes_ends_everything_and_gives_another_session(office):
    id = office.person("wang", "office")
    old, other = office.enter("wang").secret, office.enter("wang").secret
    with pytest.raises(NotLetIn):
        office.run(arriving.change_password, id, False, BAD, BETTER, source=HERE)
    with pytest.raises(Rejected):
        office.run(arriving.change_password, id, False, GOOD, GOOD, source=HERE)
    new = office.run(arriving.change_password, id, False, GOOD, BETTER, source=HERE)
    assert office.who(old) is None
    assert office.who(other) is None
    assert office.who(new)
    assert len({old, other, new}) == 3
    with pytest.raises(NotLetIn):
        office.enter("wang", GOOD)


def test_wrong_old_passwords_are_counted_too(office):
    id = office.person("wang", "office")
    for _ in range(5):
        with pytest.raises(NotLetIn):
            office.run(arriving.change_password, id, False, BAD, BETTER, source=HERE)
    with pytest.raises(TooMany):
        office.run(arriving.change_password, id, False, GOOD, BETTER, source=HERE)
    with pytest.raises(TooMany):
        office.enter("wang")


def test_a_password_that_is_too_old_is_renewed_on_the_way_in(strict):
    office = strict(password_days=90)
    office.person("wang", "office")
    office.wait(days=91)
    step = office.enter("wang")
    assert (step.secret, step.needs) == ("", "renew")
    for bad in (GOOD, "1234567890"):
        with pytest.raises(Rejected):
            office.run(entering.renew, step.ticket, bad)
    assert office.who(office.run(entering.renew, step.ticket, BETTER).secret)
    with pytest.raises(NotLetIn):
        office.run(entering.renew, step.ticket, "又一个新的口令-99")
    assert office.enter("wang", BETTER).secret


def test_with_a_telephone_the_password_alone_opens_nothing(office):
    id, phone, _ = office.with_totp("wang")
    step = office.enter("wang")
    assert (step.secret, step.needs, step.factors) == ("", "second", ("totp", "recovery"))
    assert office.who(step.ticket) is None
    done = office.run(entering.show_second, step.ticket, phone.at(office.moment), source=HERE)
    asker = office.who(done.secret)
    assert (asker.account, asker.strong) == (id, True)


def test_a_code_opens_once_and_so_does_its_ticket(office):
    _, phone, _ = office.with_totp("wang")
    code, first = phone.at(office.moment), office.enter("wang")
    office.run(entering.show_second, first.ticket, code, source=HERE)
    again = office.enter("wang")
    for ticket, shown in ((first.ticket, phone.at(office.moment, counter_offset=1)), (again.ticket, code)):
        with pytest.raises(NotLetIn):
            office.run(entering.show_second, ticket, shown, source=HERE)
    office.wait(seconds=30)
    assert office.run(entering.show_second, again.ticket, phone.at(office.moment), source=HERE).secret


@pytest.mark.parametrize(("off", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_may_be_one_step_off(office, off, opens):
    _, phone, _ = office.with_totp("wang")
    office.wait(minutes=5)
    step, code = office.enter("wang"), phone.at(office.moment, counter_offset=off)
    if opens:
        assert office.run(entering.show_second, step.ticket, code, source=HERE).secret
    else:
        with pytest.raises(NotLetIn):
            office.run(entering.show_second, step.ticket, code, source=HERE)


def test_wrong_codes_wait_and_late_tickets_are_void(office):
    _, phone, _ = office.with_totp("wang")
    step = office.enter("wang")
    for shown in ("000000", "", "abcdef", "１２３４５６", "0" * 5_000):
        with pytest.raises(NotLetIn):
            office.run(entering.show_second, step.ticket, shown, source=HERE)
    with pytest.raises(TooMany):
        office.run(entering.show_second, step.ticket, phone.at(office.moment), source=HERE)
    office.wait(minutes=10)
    with pytest.raises(NotLetIn):
        office.run(entering.show_second, step.ticket, phone.at(office.moment), source=HERE)


def test_of_two_who_show_one_code_at_once_one_is_let_in(office):
    _, phone, _ = office.with_totp("wang")
    b, code = office.bench, phone.at(office.moment)
    tickets = [office.enter("wang").ticket for _ in range(2)]

    async def race():
        one = (entering.show_second(b.store, b.tenant, ticket, code, source=HERE) for ticket in tickets)
        return await asyncio.gather(*one, return_exceptions=True)

    found = in_loop(b, race())
    assert sorted(type(one).__name__ for one in found) == ["NotLetIn", "Step"]


def test_a_recovery_code_opens_once(office):
    _, _, codes = office.with_totp("wang")
    assert len(set(codes)) == 10
    code = codes[0].lower().replace("-", " ")
    assert office.run(entering.show_second, office.enter("wang").ticket, code, source=HERE).secret
    with pytest.raises(NotLetIn):
        office.run(entering.show_second, office.enter("wang").ticket, code, source=HERE)


def test_anothers_recovery_code_opens_nothing(office):
    office.with_totp("wang")
    _, _, codes = office.with_totp("zhao")
    with pytest.raises(NotLetIn):
        office.run(entering.show_second, office.enter("wang").ticket, codes[0], source=HERE)


def test_new_recovery_codes_make_the_old_ones_void(office):
    id, _, codes = office.with_totp("wang")
    fresh = office.bench.do(own.new_codes, Bench.actor("wang"), id)
    with pytest.raises(NotLetIn):
        office.run(entering.show_second, office.enter("wang").ticket, codes[0], source=HERE)
    assert office.run(entering.show_second, office.enter("wang").ticket, fresh[0], source=HERE).secret


def test_a_telephone_counts_from_its_first_code_and_ends_every_session(office):
    import pyotp

    id = office.person("wang", "office")
    secret = office.enter("wang").secret
    made = office.bench.do(second.begin, Bench.actor("wang"), id)
    assert made.uri.startswith("otpauth://totp/")
    assert office.enter("wang").secret  # not confirmed: it does not count yet
    with pytest.raises(Rejected):
        office.bench.do(own.confirm_totp, Bench.actor("wang"), id, made.ticket, "000000")
    phone = pyotp.TOTP(made.secret)
    done = office.bench.do(own.confirm_totp, Bench.actor("wang"), id, made.ticket, phone.at(office.moment))
    assert office.who(secret) is None
    assert office.who(done.secret).strong
    with pytest.raises(Rejected):
        office.bench.do(own.confirm_totp, Bench.actor("wang"), id, made.ticket, phone.at(office.moment))
    step = office.enter("wang")
    with pytest.raises(NotLetIn):  # the code that confirmed it is used up
        office.run(entering.show_second, step.ticket, phone.at(office.moment), source=HERE)


def test_the_secret_of_a_telephone_is_sealed(office):
    office.with_totp("wang")
    (row,) = office.bench.read(everything, Query(select(t.account.c.totp).where(mine(t.account)), dict))
    assert len(row["totp"]) > 40
    for ticket in office.bench.read(everything, Query(select(t.ticket.c.body).where(mine(t.ticket)), dict)):
        assert b"secret" not in ticket["body"]


def test_a_telephone_is_taken_away_by_its_holder_or_by_who_grants_roles(office):
    id, phone, _ = office.with_totp("wang", "office")
    with pytest.raises(Rejected):
        office.bench.do(own.drop_totp, Bench.actor("wang"), id, False)
    step = office.enter("wang")
    done = office.run(entering.show_second, step.ticket, phone.at(office.moment), source=HERE)
    office.bench.do(own.drop_totp, office.who(done.secret).actor, id, True)
    assert office.who(done.secret) is None
    assert office.enter("wang").secret
    other, *_ = office.with_totp("zhao")
    office.bench.do(own.take_totp, KEEPER, other, office.shown(other).version)
    assert office.enter("zhao").secret


def test_who_must_have_a_second_factor_takes_one_in_on_the_way(strict):
    import pyotp

    office = strict(second_factor="office")
    free = office.invite("李")
    assert office.arrive(free, "li").secret
    invited = office.invite("王", "office")
    step = office.arrive(invited, "wang")
    assert (step.secret, step.needs) == ("", "enrol")
    account = office.bench.ask(entering.pending, "enrol", step.ticket)
    assert account == invited.id
    made = office.bench.do(second.begin, Bench.actor("wang"), account)
    phone, b = pyotp.TOTP(made.secret), office.bench
    with pytest.raises(Rejected):
        b.do(own.enrol_totp, Bench.actor("wang"), step.ticket, made.ticket, "000000")
    secret, codes = b.do(own.enrol_totp, Bench.actor("wang"), step.ticket, made.ticket, phone.at(office.moment))
    assert office.who(secret).strong
    assert len(codes) == 10
    with pytest.raises(NotLetIn):
        office.bench.ask(entering.pending, "enrol", step.ticket)
    with pytest.raises(Rejected):
        b.do(own.drop_totp, Bench.actor("wang"), account, True)


def test_what_is_shown_elsewhere_goes_on_the_same_way(office):
    id, *_ = office.with_totp("wang")
    b = office.bench
    step = b.do(entering.proceed, Bench.actor("wang"), id, strong=False)
    assert step.needs == "second"
    done = b.do(entering.shown_second, Bench.actor("wang"), "second", step.ticket)
    assert office.who(done.secret).strong
    with pytest.raises(NotLetIn):
        b.do(entering.shown_second, Bench.actor("wang"), "second", step.ticket)
    assert b.do(entering.proceed, Bench.actor("wang"), id, strong=True).secret
    b.do(people.suspend, KEEPER, id, office.shown(id).version, "离岗")
    with pytest.raises(NotLetIn):
        b.do(entering.proceed, Bench.actor("wang"), id, strong=True)


def test_who_was_suspended_half_way_does_not_arrive(office):
    id, phone, _ = office.with_totp("wang")
    step = office.enter("wang")
    office.bench.do(people.suspend, KEEPER, id, office.shown(id).version, "离岗")
    with pytest.raises(NotLetIn):
        office.run(entering.show_second, step.ticket, phone.at(office.moment), source=HERE)


def test_own_sessions_are_listed_and_ended_and_nobody_elses(office):
    id = office.person("wang", "office")
    office.person("zhao", "office")
    made = []
    for n in range(3):
        office.wait(seconds=1)
        made.append(office.enter("wang", label=f"设备{n}"))
    first, this, other = made
    zhao = office.who(office.enter("zhao").secret)
    asker = office.who(this.secret)
    seen = office.bench.ask(own.sessions, id, asker.digest)
    assert [(s.label, s.this) for s in seen] == [("", False), ("设备0", False), ("设备1", True), ("设备2", False)]
    with pytest.raises(NotFound):
        office.bench.do(own.end_session, asker.actor, id, zhao.digest.hex())
    office.bench.do(own.end_session, asker.actor, id, seen[1].id)
    assert office.who(first.secret) is None
    assert office.bench.do(own.end_others, asker.actor, id, asker.digest) == 2
    assert office.who(other.secret) is None
    assert office.who(this.secret)
    assert office.who(office.enter("zhao").secret)
    office.wait(minutes=31)
    assert office.bench.ask(own.sessions, id, asker.digest) == []


def test_the_night_forgets_old_tries(office):
    wrong(office, times=2)
    office.wait(days=1, seconds=1)

    async def purge(unit, _):
        return await tries.purge(unit)

    assert office.bench.do(purge, KEEPER) == 3
    assert dt.timedelta(days=1) == tries.LONGEST
