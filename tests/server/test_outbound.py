"""Where the server asks, and where it never does: a listener on this machine counts who came."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.listening import LOOPBACK, Listener, listener

from renda_server import outbound
from renda_server.errors import Unreachable
from renda_server.outbound import Forbidden, Outbound, public
from renda_server.transport import networks

__all__ = ["listener"]

PUBLIC = "93.184.215.14"


def answering(*rounds: Sequence[str]) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """Resolve every name to these addresses, the next ones at each question."""
    left = list(rounds)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


def asked(url: str, made: Outbound) -> httpx.Response:
    """Ask once."""

    async def once() -> httpx.Response:
        async with httpx.AsyncClient(transport=made, trust_env=False) as client:
            return await client.get(url)

    return asyncio.run(once())


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "localhost",
        "localhost.",
        "0.0.0.0",  # noqa: S104 - nothing listens there: it is asked
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nobody_is_led_to_this_machine_however_it_is_spelled(listener: Listener, host: str, scheme: str) -> None:
    with pytest.raises(Unreachable):
        asked(f"{scheme}://{host}:{listener.server_port}/", Outbound())
    assert listener.connections == 0


def test_a_name_that_answers_differently_a_moment_later_leads_nowhere(listener: Listener) -> None:
    rebinding = answering([PUBLIC], ["127.0.0.1"])
    tried: list[str] = []

    class Inner(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            tried.append(request.url.host)
            assert request.headers["host"] == "rebinding.example"
            assert request.extensions["sni_hostname"] == "rebinding.example"
            raise httpx.ConnectError("nobody there")

    made = Outbound(resolve=rebinding)
    made._inner = Inner()  # type: ignore[assignment]
    with pytest.raises(Unreachable):
        asked("https://rebinding.example/", made)
    assert tried == [PUBLIC]  # the address that was looked at, not the name: nothing is resolved twice
    with pytest.raises(Forbidden):
        asked(f"https://rebinding.example:{listener.server_port}/", made)
    assert (tried, listener.connections) == ([PUBLIC], 0)


def test_one_address_that_may_not_be_asked_spoils_a_name(listener: Listener) -> None:
    with pytest.raises(Forbidden):
        asked(f"https://mixed.example:{listener.server_port}/", Outbound(resolve=answering([PUBLIC, "127.0.0.1"])))
    assert listener.connections == 0


def test_a_redirect_is_followed_nowhere(listener: Listener) -> None:
    other = Listener()
    thread = threading.Thread(target=other.serve_forever)
    thread.start()
    for status in (301, 302, 303, 307, 308):
        listener.answer = (status, {"Location": f"http://127.0.0.1:{other.server_port}/"}, b"")
        with pytest.raises(Unreachable, match="elsewhere"):
            asked(f"http://127.0.0.1:{listener.server_port}/", Outbound(LOOPBACK))
    other.shutdown()
    thread.join()
    other.server_close()
    assert (len(listener.hits), other.connections) == (5, 0)


def test_an_operators_own_network_is_asked_by_its_name(listener: Listener) -> None:
    made = Outbound(LOOPBACK, resolve=answering(["127.0.0.1"]))
    answer = asked(f"http://sso.county.example:{listener.server_port}/keys", made)
    assert (answer.status_code, answer.json()) == (200, {})
    assert [(h.path, h.headers["host"], h.headers["accept-encoding"]) for h in listener.hits] == [
        ("/keys", f"sso.county.example:{listener.server_port}", "identity")
    ]
    mapped = Outbound(LOOPBACK, resolve=answering(["::ffff:127.0.0.1"]))
    assert asked(f"http://sso.county.example:{listener.server_port}/keys", mapped).status_code == 200
    beside = Outbound(networks("10.0.0.0/8"), resolve=answering(["127.0.0.1"]))
    with pytest.raises(Forbidden):
        asked(f"http://sso.county.example:{listener.server_port}/keys", beside)


def test_public_addresses_are_asked_over_tls_alone() -> None:
    with pytest.raises(Forbidden):
        asked("http://plain.example/", Outbound(resolve=answering([PUBLIC])))
    for url in ("ftp://plain.example/", "https://name:secret@plain.example/"):
        with pytest.raises((Forbidden, httpx.UnsupportedProtocol)):
            asked(url, Outbound(resolve=answering([PUBLIC])))


def test_too_much_or_packed_is_not_read(listener: Listener) -> None:
    url = f"http://127.0.0.1:{listener.server_port}/"
    listener.answer = (200, {}, b"x" * (outbound.LARGEST + 1))
    with pytest.raises(Unreachable, match="more than"):
        asked(url, Outbound(LOOPBACK))
    listener.answer = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 10_000_000))
    with pytest.raises(Unreachable, match="packed"):
        asked(url, Outbound(LOOPBACK))
    listener.answer = (200, {}, b"x" * outbound.LARGEST)
    assert len(asked(url, Outbound(LOOPBACK)).content) == outbound.LARGEST


def test_who_does_not_answer_is_waited_for_no_longer_than_a_person_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "SECONDS", 0.05)

    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    with pytest.raises(Unreachable, match="did not answer"):
        asked("https://slow.example/", Outbound(resolve=never))

    with (
        socket.create_server(("127.0.0.1", 0)) as silent,  # the line is open, and nobody says anything
        pytest.raises(Unreachable, match="did not answer"),
    ):
        asked(f"http://127.0.0.1:{silent.getsockname()[1]}/", Outbound(LOOPBACK))


def test_a_name_that_nobody_knows_is_said_to_be_so() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    with pytest.raises(Unreachable, match="not known"):
        asked("https://nobody.example/", Outbound(resolve=unknown))


@given(st.ip_addresses())
def test_no_special_address_counts_as_public(address: Any) -> None:
    found = public(address)
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not found
    if address.version == 6 and not str(address).startswith(("2", "3")):
        assert not found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PUBLIC, True),
        ("100.64.0.1", False),  # carriers' own
        ("169.254.169.254", False),  # where clouds tell a machine its secrets
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("2606:2800:220:1::1", True),
        ("fc00::1", False),
        ("fe80::1", False),
        ("fe80::1%1", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
        ("2001:0:1::1", False),
        ("64:ff9b::a00:1", False),
        ("::ffff:8.8.8.8", False),
    ],
)
def test_what_is_public(text: str, expected: bool) -> None:
    assert public(ipaddress.ip_address(text)) is expected
