"""The one way in which this server asks other machines: public addresses alone, and those that its operator names.

Where a request goes is said by what a tenant's administrator wrote. The name is resolved once, every address that it
has is looked at, and the connection goes to that very address: a name that answers differently a moment later leads
nowhere. No redirect is followed, no proxy of the environment is used, and size and time are bounded.

Source: OWASP Server-Side Request Forgery Prevention Cheat Sheet, case 2; RFC 6890 (addresses of special purpose).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence

import httpx

from renda_server.errors import Unreachable
from renda_server.transport import Address, Network

LARGEST = 1_000_000
"""Bytes of an answer; a provider's keys and tokens have a few thousand."""
SECONDS = 10.0
"""For an answer, where nothing else is said. U: as long as somebody who signs in still waits."""
GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
"""Source: IANA IPv6 Global Unicast Address Assignments: nothing else is routed."""
CARRIERS = tuple(map(ipaddress.IPv6Network, ("2001::/32", "2002::/16", "64:ff9b::/96", "::/96")))
"""Networks whose addresses stand for an IPv4 address: Teredo, 6to4, NAT64, and the old compatible form."""
REDIRECTS = range(300, 400)
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Forbidden(Unreachable):
    """A request was to go where none goes; nothing was sent."""

    code = "forbidden_address"


def public(address: Address) -> bool:
    """Tell whether an address is one of the public internet, and stands for no other."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    if address.scope_id or address not in GLOBAL_V6 or any(address in net for net in CARRIERS):
        return False
    return address.is_global and not address.is_multicast


async def resolve(host: str, port: int) -> Sequence[str]:
    """Look a name up, as the machine does; an address in any spelling is one."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


class Outbound(httpx.AsyncBaseTransport):
    """Sends a request of httpx where it may go, and nowhere else.

    Args:
        networks: Of the operator's own, e.g. an intranet's provider: allowed though they are not public, and without
            TLS too.
        resolve: Looks names up.
        seconds: How long one answer may take, from looking the name up to its last byte.
    """

    def __init__(
        self, networks: Iterable[Network] = (), *, resolve: Resolve = resolve, seconds: float = SECONDS
    ) -> None:
        self._networks, self._resolve, self._seconds = tuple(networks), resolve, seconds
        # A connection serves one request: kept by its address, it could be another name's that lies there too.
        self._inner = httpx.AsyncHTTPTransport(
            verify=ssl.create_default_context(),  # the machine's own authorities: an intranet has one
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and read the whole answer.

        Raises:
            Forbidden: It leads where none goes.
            Unreachable: Nobody answered, or too late, too much, elsewhere, or packed.
        """
        try:
            async with asyncio.timeout(self._seconds):
                return await self._sent(request)
        except TimeoutError:
            raise Unreachable(f"{request.url.host} did not answer within {self._seconds:.0f} seconds") from None
        except httpx.TransportError as error:
            raise Unreachable(f"{request.url.host} did not answer: {type(error).__name__}") from error

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        host, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        refused: Exception | None = None
        for address in await self._addresses(request, host, port):
            pinned = httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                # "Host" stands among them as it was written; the answer is not to be packed, so that it can be bounded.
                headers=[*_without(request.headers, b"accept-encoding"), (b"Accept-Encoding", b"identity")],
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
            try:
                answer = await self._inner.handle_async_request(pinned)
            except httpx.ConnectError as error:
                refused = error
                continue
            return await _whole(answer, host)
        raise Unreachable(f"{host} cannot be connected to") from refused

    async def _addresses(self, request: httpx.Request, host: str, port: int) -> Sequence[str]:
        """Resolve once, and look at every address; one that may not be asked spoils the name."""
        if request.url.scheme not in ("http", "https") or request.url.userinfo:
            raise Forbidden(f"{host}: the address must begin with https:// and bear no name or password")
        try:
            found = [ipaddress.ip_address(text) for text in await self._resolve(host, port)]
        except (OSError, UnicodeError, ValueError) as error:
            raise Unreachable(f"{host} is not known to this server's network") from error
        plain = [_plain(address) for address in found]
        own = [any(a.version == net.version and a in net for net in self._networks) for a in plain]
        if not all(mine or (public(a) and request.url.scheme == "https") for a, mine in zip(plain, own, strict=True)):
            told = "it is not an https address of the public internet, nor in RENDA_OUTBOUND_NETWORKS"
            raise Forbidden(f"{host} is not asked: {told}")
        return [str(address) for address in plain]

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()


def client(networks: Iterable[Network] = (), *, seconds: float = SECONDS, **more: object) -> httpx.AsyncClient:
    """Make a client of httpx that goes where it may."""
    made = Outbound(networks, seconds=seconds)
    return httpx.AsyncClient(transport=made, follow_redirects=False, trust_env=False, **more)  # type: ignore[arg-type]


def _plain(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 one merely spells differently."""
    return getattr(address, "ipv4_mapped", None) or address


def _without(headers: httpx.Headers, name: bytes) -> list[tuple[bytes, bytes]]:
    return [(key, value) for key, value in headers.raw if key.lower() != name]


async def _whole(answer: httpx.Response, host: str) -> httpx.Response:
    """Read an answer to its end, if it has one.

    Raises:
        Unreachable: It leads elsewhere, is packed, or is too large.
    """
    try:
        if answer.status_code in REDIRECTS:
            raise Unreachable(f"{host} sends the request elsewhere; nothing is asked there")
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Unreachable(f"{host} answers packed, though it was asked not to")
        read = bytearray()
        async for piece in answer.aiter_raw():
            read += piece
            if len(read) > LARGEST:
                raise Unreachable(f"{host} answers with more than {LARGEST} bytes")
    finally:
        await answer.aclose()
    return httpx.Response(answer.status_code, headers=answer.headers, content=bytes(read))
