"""Where a request comes from, as limits count it: the socket's word, and that of proxies that somebody named."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.stores.memory import MemoryStore

from renda_server import guests, transport

from .test_transport import BEHIND, FAR, LIES, NEAR, PROXY, scope

VOTER = "203.0.113.7"
SAID = b"x-forwarded-for"


def told(client: str | None, *values: str, proxies: Any = BEHIND) -> str:
    """Name the source of a request with these headers."""
    return transport.source(scope(client, [(SAID, value.encode()) for value in values]), proxies)


@pytest.mark.parametrize("proxies", [(), BEHIND])
@pytest.mark.parametrize("lie", [*LIES, (SAID, b"8.8.8.8"), (SAID, b"8.8.8.8, 10.0.0.5"), (SAID, b"\xff, ,")])
def test_a_forged_header_of_a_stranger_changes_nothing(lie: tuple[bytes, bytes], proxies: Any) -> None:
    for client in (FAR, NEAR):
        assert transport.source(scope(client, [lie, lie]), proxies) == client


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_no_list_of_addresses_does(values: list[bytes]) -> None:
    assert transport.source(scope(FAR, [(SAID, value) for value in values]), BEHIND) == FAR


@given(st.lists(st.ip_addresses(v=4).map(str), max_size=5))
def test_whatever_a_voter_wrote_a_named_proxy_adds_the_truth(written: list[str]) -> None:
    assert told(PROXY, ", ".join([*written, VOTER])) == VOTER
    assert told(PROXY, *written, VOTER) == VOTER


def test_named_proxies_in_a_row_are_all_passed() -> None:
    row = transport.networks("10.0.0.0/24, 127.0.0.1")
    assert told("127.0.0.1", f"1.2.3.4, {VOTER}, 10.0.0.9, 10.0.0.8", proxies=row) == VOTER
    assert told("127.0.0.1", f"{VOTER}, 10.1.0.9", proxies=row) == "10.1.0.9"  # one that nobody named


@pytest.mark.parametrize("values", [(), ("",), ("unknown",), ("_hidden, -",), (f"{VOTER}, garbage",)])
def test_what_a_proxy_says_of_nobody_counts_as_the_proxy_s_own(values: tuple[str, ...]) -> None:
    assert told(PROXY, *values) == PROXY


def test_an_ipv6_site_is_one_source_whatever_address_it_takes() -> None:
    one, two = (told(f"2001:db8:1:2:{end}") for end in ("1::1", "ffff:1:2:3"))
    assert one == two == "2001:db8:1:2::/64"
    assert told("2001:db8:1:3::1") != one
    assert told("::ffff:203.0.113.7") == told(VOTER) == VOTER
    assert told("fe80::1%eth0") == "fe80::/64"


@pytest.mark.parametrize("client", [None, "testclient", ""])
def test_what_has_no_address_is_one_source(client: str | None) -> None:
    assert told(client, VOTER) == transport.NOWHERE


def test_an_unnamed_proxy_is_noticed() -> None:
    assert transport.unnamed(scope(NEAR, [(SAID, VOTER.encode())]), ())
    assert transport.unnamed(scope(FAR, [(b"forwarded", b"for=1.2.3.4")]), BEHIND)
    assert not transport.unnamed(scope(PROXY, [(SAID, VOTER.encode())]), BEHIND)
    assert not transport.unnamed(scope(FAR, []), ())


def test_a_source_that_asks_no_more_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "EVERY", 0.0)
    store = MemoryStore()
    app = Litestar(stores={guests.KEPT: store}, openapi_config=None)

    async def watch() -> None:
        await store.set("gone", b"1", expires_in=-1)
        await store.set("here", b"1", expires_in=3_600)
        async with guests.forgetting(app):
            while await store.exists("gone"):
                await asyncio.sleep(0)
        assert await store.exists("here")

    asyncio.run(watch())
