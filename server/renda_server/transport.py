"""Where a request came from, and whether nobody on the way can read it: asked of the connection, not of the request.

A header may take the right to vote away, and never gives it. Two alone are believed, ``X-Forwarded-Proto`` and
``X-Forwarded-For``, and only from a proxy that whoever runs the server has named.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from renda_core.errors import ConfigError, NotAllowed

if TYPE_CHECKING:  # a server that must not start says so before it loads the framework
    from litestar.types import Scope

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
HERE = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""What somebody types who talks to a server on the same machine."""
HANDED_ON = frozenset({b"forwarded", b"via", b"x-real-ip"})
"""Headers that proxies add, beside all that begin with ``X-Forwarded-``: the request did not begin on this machine."""
NOWHERE = "nowhere"
"""The source of what has no address: a socket of the file system."""
ONE_SITE = 64
"""Bits of an IPv6 address that one connection keeps; who has one has all addresses under it. Source: RFC 6177."""


class PlainHttp(NotAllowed):
    """The line is readable on the way, and what is asked must not be."""

    code = "plain_http"


def networks(given: str, named: str = "RENDA_PROXIES") -> tuple[Network, ...]:
    """Read addresses, with commas: ``10.0.0.5`` or ``10.0.0.0/24``.

    Args:
        named: The setting that they were given in.

    Raises:
        ConfigError: Naming each part that is no address.
    """
    found: list[Network] = []
    mistakes = []
    for part in filter(None, (p.strip() for p in given.split(","))):
        try:
            found.append(ipaddress.ip_network(part))
        except ValueError as error:
            mistakes.append(f"{named}: {part!r}: {error}; write addresses such as 10.0.0.5 or 10.0.0.0/24")
    if mistakes:
        raise ConfigError("the server was not started", *mistakes)
    return tuple(found)


def refuse_plain(scope: Scope, proxies: Iterable[Network]) -> None:
    """Refuse what must not be read on the way, unless the line is encrypted or never leaves this machine.

    Raises:
        PlainHttp: Whatever the request says of itself.
    """
    if not sheltered(scope, proxies):
        told = "the connection is plain HTTP, and not from this server's own machine"
        raise PlainHttp(
            f"{told}: passwords and votes by device need an encrypted one (https); voting on paper needs none"
        )


def sheltered(scope: Scope, proxies: Iterable[Network]) -> bool:
    """Tell whether nobody between the asker and this process can read or change what is said.

    Args:
        proxies: Who may vouch for the line behind them; each must set ``X-Forwarded-Proto`` itself, whatever came in.
    """
    if encrypted(scope, proxies):
        return True
    client = scope.get("client")
    asker = _address(client[0]) if client else None
    if asker is None or _among(asker, proxies):
        return False
    return asker.is_loopback and _named_here(scope) and not _handed_on(scope)


def encrypted(scope: Scope, proxies: Iterable[Network]) -> bool:
    """Tell whether a request came over https: by the socket, or by the one word of a proxy that was named."""
    # The scheme is the socket's: uvicorn is told to read it from no header.
    if scope["scheme"] == "https":
        return True
    client = scope.get("client")
    asker = _address(client[0]) if client else None
    named = asker is not None and _among(asker, proxies)
    return named and _values(scope, b"x-forwarded-proto") == [b"https"]


def source(scope: Scope, proxies: Iterable[Network]) -> str:
    """Name where a request comes from, as limits count it: an IPv4 address, or a site's IPv6 network.

    Args:
        proxies: Who may say, as ``X-Forwarded-For``, for whom they ask; each must add the address it was asked from.
    """
    client = scope.get("client")
    found = _address(client[0]) if client else None
    if found is None:
        return NOWHERE
    hops = [hop.strip() for line in _values(scope, b"x-forwarded-for") for hop in line.decode("latin-1").split(",")]
    named = tuple(proxies)
    while hops and _among(found, named):
        before = _address(hops.pop())
        if before is None:  # what cannot be read is nobody's word: it counts as the proxy's own
            break
        found = before
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((int(found), ONE_SITE), strict=False))
    return str(found)


def unnamed(scope: Scope, proxies: Iterable[Network]) -> bool:
    """Tell whether a proxy that nobody named stands between, so that everybody behind it counts as one source."""
    client = scope.get("client")
    asker = _address(client[0]) if client else None
    return _handed_on(scope) and (asker is None or not _among(asker, proxies))


def _among(asker: Address, proxies: Iterable[Network]) -> bool:
    return any(asker.version == net.version and asker in net for net in proxies)


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:  # a socket of the file system has none
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _named_here(scope: Scope) -> bool:
    """Tell whether the one ``Host`` is this machine's: a page of elsewhere may be led here by its name (rebinding)."""
    hosts = _values(scope, b"host")
    if len(hosts) != 1:
        return False
    name, colon, port = hosts[0].decode("latin-1").lower().rpartition(":")
    if colon and port.isascii() and port.isdigit():
        return name in HERE
    return hosts[0].decode("latin-1").lower() in HERE


def _handed_on(scope: Scope) -> bool:
    return any(key in HANDED_ON or key.startswith(b"x-forwarded-") for key, _ in scope["headers"])


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value.strip() for key, value in scope["headers"] if key == name]
