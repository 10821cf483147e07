"""Who is told of events: kept by administrators alone, each under a secret that is shown once, and what makes none."""

from __future__ import annotations

import attrs
import pytest
from tests.core.entering_people import KEEPER
from tests.core.posting import Post

from renda_core.domain import events
from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected, Stale
from renda_core.services.events import delivering, receivers
from renda_core.services.events.delivering import LEASE
from renda_core.services.events.receivers import MOST


@pytest.fixture
def post(county, monkeypatch):
    return Post(county, monkeypatch)


def test_a_secret_is_made_once_and_sealed(post):
    made = post.put()
    assert events.read_secret(made.secret)
    assert made.secret not in repr(made)
    assert made.secret.encode() not in post.row().secret
    assert post.put(url="https://other.example/").secret == ""
    post.happen("a.one")
    assert post.take().secret == made.secret
    assert post.put(renew=True).secret not in ("", made.secret)
    own = events.write_secret(b"k" * 32)
    assert post.put(secret=own).secret == ""
    post.happen("a.two")
    post.wait(seconds=LEASE.total_seconds())
    assert post.take().secret == own
    told = [entry["body"]["secret"] for entry in post.entries("receiver.kept")]
    assert told == ["another", "as it was", "another", "another"]


def test_the_journal_names_the_host_alone(post):
    post.put(url="https://oa.example:8443/hooks/CANARY-TOKEN?key=CANARY")
    (entry,) = post.entries("receiver.kept")
    assert entry["body"]["host"] == "oa.example"
    assert "CANARY" not in str(entry)


def test_a_list_tells_what_went_wrong_and_no_secret(post):
    made = post.put()
    post.happen("a.one")
    post.failed(post.take(), "it answered 503")
    (found,) = post.bench.ask(receivers.every, KEEPER)
    assert (found.name, found.failures, found.trouble) == ("oa", 1, "it answered 503")
    assert made.secret not in repr(attrs.asdict(found))


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"name": "OA"}, "name"),
        ({"name": "a" * 31}, "name"),
        ({"events": ()}, "events"),
        ({"events": ("a b",)}, "events"),
        ({"events": ("suggestion.",)}, "events"),
        ({"events": ("[!a]",)}, "events"),
        ({"events": tuple(f"e.n{n}" for n in range(51))}, "events"),
        ({"url": "ftp://oa.example/"}, "url"),
        ({"url": "oa.example"}, "url"),
        ({"url": "https://"}, "url"),
        ({"url": "https://u:p@oa.example/"}, "url"),
        ({"url": "https://oa.example/#x"}, "url"),
        ({"url": "https://oa.example/a b"}, "url"),
        ({"url": "https://oa.example/\n"}, "url"),
        ({"url": "https://oa.example:99999/"}, "url"),
        ({"url": "https://[oa/"}, "url"),
        ({"url": "https://oa.example/" + "a" * 300}, "url"),
        ({"secret": "whsec_c2hvcnQ="}, "secret"),
        ({"secret": "c" * 40}, "secret"),
        ({"secret": "whsec_密钥"}, "secret"),
    ],
)
def test_what_makes_no_sense_is_named(post, wanted, field):
    with pytest.raises(Invalid, match=field) as refused:
        post.put(**wanted)
    assert refused.value.details["field"] == field
    assert post.row() is None


def test_nobody_else_and_nobody_unseen_changes_one(post):
    post.put()
    for roles in ("office overseer", "security", "auditor", "deputy", ""):
        clerk = Actor(id=KEEPER.id, roles=roles)
        with pytest.raises(NotAllowed):
            post.put(by=clerk)
        with pytest.raises(NotAllowed):
            post.bench.do(receivers.remove, clerk, "oa")
        with pytest.raises(NotAllowed):
            post.bench.ask(receivers.every, clerk)
    for version in (0, 2):
        with pytest.raises(Stale):
            post.put(version=version)
    with pytest.raises(Stale):
        post.put("new", version=1)


def test_there_are_not_too_many(post):
    for n in range(MOST):
        post.put(f"r{n}")
    with pytest.raises(Rejected, match="10 at most"):
        post.put("one-more")
    post.put("r0", url="https://other.example/")


def test_one_that_is_removed_is_told_no_more(post):
    post.put()
    post.happen("a.one")
    parcel = post.take()
    post.bench.do(receivers.remove, KEEPER, "oa")
    assert not post.write(delivering.told, parcel, parcel.seq, parcel.last)
    assert post.failed(parcel, gone=True) is False
    assert post.take() is None
    with pytest.raises(NotFound):
        post.bench.do(receivers.remove, KEEPER, "oa")
    assert len(post.entries("receiver.removed")) == 1


def test_whoever_tells_it_by_the_old_address_is_stopped(post):
    post.put()
    post.happen("a.one", "a.two")
    parcel = post.take()
    post.put(url="https://new.example/")
    assert not post.write(delivering.told, parcel, parcel.events[0].seq, parcel.events[0].id)
    again = post.take()
    assert (again.url, [e.name for e in again.events]) == ("https://new.example/", ["a.one", "a.two"])
