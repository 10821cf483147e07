"""Events on their way out, on both back ends: in order, at least once, each to those who asked for it, then gone."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.posting import URL, Post

from renda_core.domain import events
from renda_core.services import jobs, journal
from renda_core.services.events import delivering
from renda_core.services.events.delivering import LEASE, PAGE


@pytest.fixture
def post(county, monkeypatch):
    return Post(county, monkeypatch)


# -- in order, from the time a receiver was kept


def test_what_happens_afterwards_is_told_in_order(post):
    post.happen("before.it")
    post.put()
    post.happen("a.one", "a.two")
    post.happen("b.one")
    assert post.waiting() == ("oa",)
    parcel = post.take()
    assert [(e.name, e.data) for e in parcel.events] == [("a.one", {"n": 0}), ("a.two", {"n": 1}), ("b.one", {"n": 0})]
    assert len({e.id for e in parcel.events}) == 3
    assert all(dt.datetime.fromisoformat(e.at).tzinfo for e in parcel.events)
    assert parcel.url == URL
    assert not parcel.more


def test_more_than_a_page_comes_page_by_page(post):
    post.put()
    names = [f"e.n{n}" for n in range(PAGE + 7)]
    post.happen(*names[:60])
    post.happen(*names[60:])
    first = post.take()
    assert first.more
    assert [e.name for e in first.events] == names[:PAGE]
    post.write(delivering.let_go, first)
    assert post.tell() == names


def test_each_is_told_what_it_asked_for_and_the_rest_goes_by(post):
    post.put(events=("suggestion.*", "ballot.x.closed"))
    post.put("all")
    post.happen("suggestion.submit", "ballot.x.opened", "ballot.x.closed", "suggestionx")
    assert post.tell() == ["suggestion.submit", "ballot.x.closed"]
    assert post.waiting() == ("all",)
    assert post.tell("all") == ["suggestion.submit", "ballot.x.opened", "ballot.x.closed", "suggestionx"]
    post.happen("page.seen")
    assert post.tell() == []
    assert post.waiting() == ("all",)  # what it did not ask for does not wait for it either


def test_one_that_was_told_of_a_part_goes_on_where_it_was(post):
    post.put()
    post.happen("a.one", "a.two", "a.three")
    parcel = post.take()
    assert post.write(delivering.told, parcel, parcel.events[0].seq, parcel.events[0].id)
    post.wait(seconds=LEASE.total_seconds())  # whoever told it was killed
    assert post.tell() == ["a.two", "a.three"]


# -- one at a time


def test_whoever_has_a_receiver_has_it_alone_until_its_lease_is_over(post):
    post.put()
    post.happen("a.one", "a.two")
    mine = post.take()
    assert post.take() is None
    post.wait(seconds=LEASE.total_seconds() - 1)
    assert post.take() is None
    post.write(delivering.told, mine, mine.events[0].seq, mine.events[0].id)  # the lease is longer by that
    post.wait(seconds=2)
    assert post.take() is None
    post.wait(seconds=LEASE.total_seconds())
    theirs = post.take()
    assert [e.name for e in theirs.events] == ["a.two"]
    assert theirs.events[0].id == mine.events[1].id  # as which a receiver knows it again
    assert not post.write(delivering.told, mine, mine.seq, mine.last)
    post.failed(mine, "too late")
    post.write(delivering.let_go, mine)
    assert post.take() is None  # it is the other's still
    assert post.row().trouble == ""


# -- what fails


def test_what_fails_is_told_again_later_and_later_and_then_no_more(post):
    post.put()
    post.happen("a.one")
    for n, wait in enumerate(events.WAITS, 1):
        parcel = post.take()
        assert post.failed(parcel, "it answered 500") is False
        row = post.row()
        assert (row.failures, row.trouble) == (n, "it answered 500")
        post.wait(seconds=wait.total_seconds() - 1)
        assert post.take() is None
        post.wait(seconds=1)
    assert post.failed(post.take(), "x" * 1000) is True
    row = post.row()
    assert (row.active, len(row.trouble)) == (False, delivering.TROUBLE)
    assert post.take() is None
    assert post.waiting() == ()
    (entry,) = post.entries("receiver.given_up")
    assert (entry["actor"], entry["rule"], entry["body"]["name"]) == ("job:deliver", "tries", "oa")
    assert post.bench.read(journal.verify).whole


def test_a_success_begins_the_count_anew(post):
    post.put()
    post.happen("a.one", "a.two")
    post.failed(post.take())
    post.wait(seconds=5)
    parcel = post.take()
    post.write(delivering.told, parcel, parcel.events[0].seq, parcel.events[0].id)
    assert post.row().failures == 0
    post.failed(parcel)
    assert post.row().failures == 1


def test_whoever_is_gone_is_told_no_more_at_once(post):
    post.put()
    post.happen("a.one")
    assert post.failed(post.take(), "it answered 410", gone=True) is True
    assert not post.row().active
    assert post.entries("receiver.given_up")[0]["rule"] == "gone"


def test_one_that_is_told_again_hears_from_then_on(post):
    post.put()
    post.happen("a.one")
    post.failed(post.take(), gone=True)
    post.happen("a.two")
    post.put()
    post.happen("a.three")
    assert post.tell() == ["a.three"]


def test_changing_one_loses_nothing_and_tries_at_once(post):
    post.put()
    post.happen("a.one")
    post.failed(post.take())
    assert post.take() is None
    post.put(url="https://new.example/")
    parcel = post.take()
    assert (parcel.url, post.row().failures) == ("https://new.example/", 0)
    assert [e.name for e in parcel.events] == ["a.one"]


@given(st.integers(1, len(events.WAITS)), st.integers(0, 10**9))
def test_nobody_waits_shorter_than_planned_nor_longer_than_a_day(failures, asked):
    wait = events.wait(failures, dt.timedelta(seconds=asked))
    assert events.WAITS[failures - 1] <= wait <= events.WAITS[-1]


def test_together_the_waits_are_about_three_days():
    assert dt.timedelta(days=3) < sum(events.WAITS, dt.timedelta(0)) < dt.timedelta(days=4)
    assert events.wait(len(events.WAITS) + 1) is None


# -- what everybody knows goes


def test_what_every_receiver_knows_is_taken_away(post):
    post.put()
    post.put("slow")
    post.happen("a.one", "a.two")
    post.tell()
    post.write(delivering.purge)
    assert post.outbox() == ["a.one", "a.two"]
    parcel = post.take("slow")
    post.write(delivering.told, parcel, parcel.events[0].seq, parcel.events[0].id)
    post.write(delivering.purge)
    assert post.outbox() == ["a.two"]
    post.put("slow", active=False)  # what it does not hear does not wait
    post.write(delivering.purge)
    assert post.outbox() == []


def test_by_night_what_nobody_wants_to_hear_is_taken_away(post):
    post.happen("a.one")
    assert post.outbox()[-1:] == ["a.one"]
    b = post.bench
    b.store.run(b.store.write(jobs.tidy, b.tenant.id, jobs.TIDY, b.tenant))
    assert post.outbox() == []
