"""Wrong codes: counted by where they come from, also where they are refused, and none beyond the tries is looked at."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from renda_core.errors import Invalid, NotFound, Rejected, TooMany
from renda_core.services import codes, jobs
from renda_core.services.tries import LONGEST, source_of
from renda_core.store import tables as t
from renda_core.store.compile import Query, mine

from .coding import HERE, everything, heard, in_loop, issue, look, rate, town

WRONG = "2345-6789"
TRIES, WINDOW = codes.GUESSING.tries, codes.GUESSING.window


def counted(b):
    """Read what is counted: tries by source, which is a hash."""
    query = Query(select(t.guess.c.source, t.guess.c.since, t.guess.c.n).where(mine(t.guess)), dict)
    return b.read(everything, query)


def wrong(b, many, source=HERE):
    for _ in range(many):
        with pytest.raises(NotFound):
            look(b, WRONG, source)


@pytest.fixture
def at(monkeypatch):
    """Set the store's clock."""

    def set_(b, moment):
        store = getattr(b.store, "_store", b.store)
        monkeypatch.setattr(store, "_now", lambda: moment)

    return set_


NOON = dt.datetime(2026, 1, 20, 12, tzinfo=dt.UTC)


def test_a_wrong_code_is_counted_although_it_is_refused(county):
    b = town(county)
    wrong(b, 3)
    (row,) = counted(b)
    assert row["n"] == 3
    assert HERE.encode() not in row["source"]


def test_after_the_tries_no_code_is_looked_at_not_even_the_right_one(county, at):
    b = town(county)
    code = issue(b, heard(b))
    at(b, NOON)
    wrong(b, TRIES)
    for given_code in (WRONG, code):
        with pytest.raises(TooMany) as refusal:
            look(b, given_code)
        assert refusal.value.retry_after == refusal.value.details["retry_after"] == WINDOW.total_seconds()
    at(b, NOON + dt.timedelta(minutes=10))
    with pytest.raises(TooMany) as refusal:
        rate(b, code)
    assert refusal.value.retry_after == 300
    assert look(b, code, "203.0.113.9").round == 1  # another source is no part of it
    at(b, NOON + WINDOW)
    assert look(b, code).round == 1


def test_a_right_code_counts_nothing_and_forgives_nothing(county):
    b = town(county)
    code = issue(b, heard(b))
    for _ in range(2 * TRIES):
        look(b, code)
    wrong(b, TRIES - 1)
    look(b, code)
    assert [row["n"] for row in counted(b)] == [TRIES - 1]
    wrong(b, 1)
    with pytest.raises(TooMany):
        look(b, code)


def test_the_window_is_fixed_and_then_begins_anew(county, at):
    b = town(county)
    at(b, NOON)
    wrong(b, TRIES - 1)
    at(b, NOON + WINDOW - dt.timedelta(seconds=1))
    wrong(b, 1)
    with pytest.raises(TooMany) as refusal:
        look(b, WRONG)
    assert refusal.value.retry_after == 1
    at(b, NOON + WINDOW)
    wrong(b, TRIES)
    with pytest.raises(TooMany):
        look(b, WRONG)


def test_what_can_be_no_code_costs_nothing(county):
    b = town(county)
    for _ in range(TRIES + 1):
        with pytest.raises(Invalid):
            look(b, "not a code")
    assert counted(b) == []


def test_a_refused_judgement_of_a_right_code_is_no_guess(county):
    b = town(county)
    code = issue(b, heard(b))
    for _ in range(TRIES + 1):
        with pytest.raises(Rejected):
            rate(b, code)
    assert not [row for row in counted(b) if row["n"]]


def test_guesses_at_judgements_count_as_well(county):
    b = town(county)
    for _ in range(TRIES):
        with pytest.raises(NotFound):
            rate(b, WRONG)
    with pytest.raises(TooMany):
        look(b, WRONG)


def test_one_tenants_guesses_are_not_anothers(county):
    b, other = town(county), town(county)
    wrong(b, TRIES)
    wrong(other, 1)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:DB8:1:2:ffff:0:0:9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:198.51.100.7", "198.51.100.7", True),
        (" 198.51.100.7 ", "198.51.100.7", True),
        ("198.51.100.7", "198.51.100.8", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("prompt:li", "prompt:wang", False),
        ("", " ", True),
    ],
)
def test_where_a_guess_comes_from(one, other, same):
    assert (source_of(one) == source_of(other)) is same


@given(st.text(max_size=30))
def test_any_source_is_one(text):
    assert source_of(source_of(text)) == source_of(text) or "/" in source_of(text)


def test_of_forty_at_once_each_counts_and_ten_are_looked_at(county):
    b = town(county)

    async def race():
        one = (codes.look(b.store, b.tenant, WRONG, HERE) for _ in range(40))
        return await asyncio.gather(*one, return_exceptions=True)

    found = in_loop(b, race())
    assert sorted(type(e).__name__ for e in found) == ["NotFound"] * TRIES + ["TooMany"] * (40 - TRIES)


def test_the_night_takes_old_counts_away(county, at):
    b = town(county)
    at(b, NOON)
    wrong(b, 2)
    b.store.run(jobs.sweep(b.store, b.tenant))
    assert len(counted(b)) == 1
    at(b, NOON + LONGEST + dt.timedelta(seconds=1))
    b.store.run(jobs.sweep(b.store, b.tenant))
    assert counted(b) == []


def test_nobody_but_the_count_is_written_for_a_guess(county):
    b = town(county)
    before = len(b.entries())
    wrong(b, 2)
    assert len(b.entries()) == before
