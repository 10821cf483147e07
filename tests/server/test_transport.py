"""Which line is sheltered: told by the socket alone, whatever a request says of itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.errors import ConfigError
from renda_core.workspace import Home
from renda_server import transport
from renda_server.settings import Settings

FAR, NEAR, PROXY = "192.168.1.20", "127.0.0.1", "10.0.0.5"
BEHIND = transport.networks("10.0.0.5")
OURS = [(b"host", b"127.0.0.1:8000")]
LIES = [
    (b"x-forwarded-proto", b"https"),
    (b"x-forwarded-proto", b"HTTPS"),
    (b"x-forwarded-for", b"127.0.0.1"),
    (b"x-forwarded-host", b"localhost"),
    (b"x-forwarded-ssl", b"on"),
    (b"x-forwarded-scheme", b"https"),
    (b"x-url-scheme", b"https"),
    (b"front-end-https", b"on"),
    (b"forwarded", b"for=127.0.0.1;proto=https;host=localhost"),
    (b"via", b"1.1 localhost"),
    (b"x-real-ip", b"127.0.0.1"),
    (b"x-client-ip", b"127.0.0.1"),
    (b"origin", b"https://localhost"),
    (b"referer", b"https://localhost/"),
    (b"upgrade-insecure-requests", b"1"),
    (b"strict-transport-security", b"max-age=1"),
]
"""What a forger writes into a request."""


def scope(client: str | None, headers: list[tuple[bytes, bytes]], scheme: str = "http") -> Any:
    """Make what the server is given of a connection."""
    return {"type": "http", "scheme": scheme, "client": (client, 4711) if client else None, "headers": headers}


@pytest.mark.parametrize("client", [FAR, NEAR, None, "::1", "not-an-address"])
def test_an_encrypted_line_is_sheltered(client: str | None) -> None:
    assert transport.sheltered(scope(client, [(b"host", b"example.cn")], "https"), ())


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("host", [b"127.0.0.1", b"localhost", b"localhost:443", b"renda.example.cn"])
@pytest.mark.parametrize("proxies", [(), BEHIND])
def test_no_header_makes_a_far_line_sheltered(lie: tuple[bytes, bytes], host: bytes, proxies: Any) -> None:
    assert not transport.sheltered(scope(FAR, [(b"host", host), lie]), proxies)


@given(st.lists(st.tuples(st.sampled_from([name for name, _ in LIES] + [b"host"]), st.binary(max_size=30)), max_size=6))
def test_no_headers_together_do_either(headers: list[tuple[bytes, bytes]]) -> None:
    assert not transport.sheltered(scope(FAR, [*headers, *LIES]), BEHIND)


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize(
    "host", [b"localhost", b"LocalHost:8000", b"127.0.0.1", b"127.0.0.1:8000", b"[::1]", b"[::1]:80"]
)
def test_this_machine_talks_to_itself(client: str, host: bytes) -> None:
    assert transport.sheltered(scope(client, [(b"host", host)]), ())


@pytest.mark.parametrize(
    "host",
    [
        b"renda.example.cn", b"localhost.example.cn", b"localhost.", b"127.0.0.1.example.cn", b"127.0.0.2",
        b"localhost:", b"localhost:8000:9", b"0.0.0.0", b"evil@localhost", b"localhost/", b"::1", b"", b"\xff",
        b"2130706433",
    ],
)  # fmt: skip
def test_a_name_of_elsewhere_led_here_is_not_this_machine(host: bytes) -> None:
    assert not transport.sheltered(scope(NEAR, [(b"host", host)]), ())


def test_no_host_or_two_are_not_this_machine() -> None:
    assert not transport.sheltered(scope(NEAR, []), ())
    assert not transport.sheltered(scope(NEAR, [*OURS, *OURS]), ())
    assert not transport.sheltered(scope(NEAR, [*OURS, (b"host", b"renda.example.cn")]), ())


@pytest.mark.parametrize(
    "mark", [lie for lie in LIES if lie[0].startswith((b"x-forwarded", b"forwarded", b"via", b"x-real"))]
)
def test_a_proxy_on_this_machine_that_nobody_named_is_no_shelter(mark: tuple[bytes, bytes]) -> None:
    assert not transport.sheltered(scope(NEAR, [*OURS, mark]), ())


def test_a_named_proxy_vouches_for_the_line_behind_it() -> None:
    def told(*values: bytes, client: str = PROXY) -> bool:
        headers = [(b"host", b"renda.example.cn"), *((b"x-forwarded-proto", value) for value in values)]
        return transport.sheltered(scope(client, headers), BEHIND)

    assert told(b"https")
    assert told(b"https", client="::ffff:10.0.0.5")
    for wrong in (
        (),
        (b"http",),
        (b"https, http",),
        (b"http, https",),
        (b"https", b"http"),
        (b"https", b"https"),
        (b"",),
    ):
        assert not told(*wrong), wrong
    assert not told(b"https", client="10.0.0.6")


def test_a_proxy_on_this_machine_once_named_is_no_longer_this_machine() -> None:
    named = transport.networks("127.0.0.1")
    assert not transport.sheltered(scope(NEAR, OURS), named)
    assert not transport.sheltered(scope(NEAR, [*OURS, (b"x-forwarded-proto", b"http")]), named)
    assert transport.sheltered(scope(NEAR, [*OURS, (b"x-forwarded-proto", b"https")]), named)


def test_a_socket_without_an_address_is_not_sheltered() -> None:
    assert not transport.sheltered(scope(None, OURS), ())
    assert not transport.sheltered(scope("testclient", OURS), ())


def test_the_proxies_are_read_at_start_and_a_wrong_one_stops_it(tmp_path: Any) -> None:
    made = Settings.of(tmp_path, {"RENDA_PROXIES": " 10.0.0.5, 10.1.0.0/16 ,fd00::/8,"})
    assert [str(net) for net in made.proxies] == ["10.0.0.5/32", "10.1.0.0/16", "fd00::/8"]
    assert Settings(home=Home(path=tmp_path)).proxies == ()
    with pytest.raises(ConfigError) as wrong:
        Settings.of(tmp_path, {"RENDA_PROXIES": "nginx, 10.0.0.5/8, *"})
    assert len(wrong.value.reasons) == 3
