"""Who asks, and for which tenant: by a pass, in a header or a cookie, never by the request's content.

A pass says which tenant it is for; whether it opens anything, that tenant alone knows.
"""

from __future__ import annotations

import dataclasses
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import ClassVar, Protocol

import attrs
from litestar.datastructures import Cookie
from litestar.types import Scope

from renda_core.errors import NotFound, RendaError
from renda_core.services.accounts import passes
from renda_core.services.accounts.asking import SESSION, TOKEN, Asker, confirm
from renda_core.store import accounts
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant
from renda_server.transport import Network, encrypted, sheltered

COOKIE, PLAIN = "__Host-renda", "renda"
"""A session's cookie: over an encrypted line, and on this machine alone without one."""
TRUSTED = 60.0
"""Seconds for which what is known of a pass answers early, before a transaction looks again."""
MOST = 20_000
"""Passes that one process remembers; the ones longest unused go first."""
TENANT = "renda_tenant"
"""Under which a request keeps the tenant whose name it was sent to."""


class SignedOut(RendaError):
    """The session or token opens nothing: it was ended, or never was."""

    code: ClassVar[str] = "unauthorized"

    def __init__(self) -> None:
        super().__init__("sign in anew, or send a token that holds")


class Hosting(Protocol):
    """Opens tenants."""

    async def enter(self, tenant_id: str) -> tuple[Store, Tenant]:
        """Open a tenant, or raise ``NotFound``."""


@attrs.frozen(kw_only=True)
class Shown:
    """A pass as it was shown.

    Attributes:
        tenant: The id of the tenant that it says it is for.
        by: As what it was shown: ``session`` or ``token``.
    """

    tenant: str
    digest: bytes = attrs.field(repr=False)
    by: str


@attrs.frozen(kw_only=True)
class Entered:
    """Somebody who was let in, with the tenant they are let in to."""

    store: Store
    tenant: Tenant
    asker: Asker


def shown(scope: Scope, proxies: Iterable[Network]) -> Shown | None:
    """Read the pass of a request: a bearer token, or else a session's cookie; None where there is none.

    A request that came to a tenant's own name shows a pass of that tenant, or none.
    """
    by, text = TOKEN, _bearer(said(scope, b"authorization"))
    if not text:
        by, text = SESSION, _cookie(scope, proxies)
    tenant = passes.tenant_of(text)
    if tenant is None or scope["state"].get(TENANT, tenant) != tenant:
        return None
    return Shown(tenant=tenant, digest=passes.digest_of(text), by=by)


def said(scope: Scope, name: bytes) -> str:
    """Give a header as it was first sent; empty where it was not."""
    for key, value in scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return ""


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def cookie_name(scope: Scope, proxies: Iterable[Network]) -> str:
    """Name the cookie of a session on this line; empty where the line shelters none."""
    if encrypted(scope, proxies):
        return COOKIE
    return PLAIN if sheltered(scope, proxies) else ""


def _cookie(scope: Scope, proxies: Iterable[Network]) -> str:
    given = said(scope, b"cookie")
    wanted = cookie_name(scope, proxies) if given else ""
    found = [value for name, _, value in (part.strip().partition("=") for part in given.split(";")) if name == wanted]
    return found[0] if wanted and len(found) == 1 else ""  # two of one name are nobody's: one was planted


def keeping(scope: Scope, proxies: Iterable[Network], secret: str) -> Cookie:
    """Make the cookie that keeps a session: only for this server, read by no script, sent by no other site's form."""
    name = cookie_name(scope, proxies)
    return Cookie(key=name, value=secret, path="/", secure=name == COOKIE, httponly=True, samesite="lax")


def dropping(scope: Scope, proxies: Iterable[Network]) -> Cookie:
    """Make the cookie that takes a session's away."""
    return dataclasses.replace(keeping(scope, proxies, ""), max_age=0)


@attrs.define
class _Held:
    asker: Asker
    tenant: str
    at: float


class Doorkeeper:
    """Lets in who shows a pass that opens something, and remembers it for a moment."""

    def __init__(self, hosts: Hosting) -> None:
        self._hosts = hosts
        self._known: OrderedDict[bytes, _Held] = OrderedDict()

    async def enter(self, pass_: Shown, *, anew: bool = False) -> Entered | None:
        """Say whose a pass is; None where it opens nothing, for whatever reason.

        Args:
            anew: Ask the tenant, whatever is remembered.

        Raises:
            RendaError: The tenant is there, and is served to nobody now.
        """
        try:
            store, tenant = await self._hosts.enter(pass_.tenant)
        except NotFound:
            return None
        held = self._known.get(pass_.digest)
        fits = held is not None and held.tenant == pass_.tenant and held.asker.by == pass_.by
        if held is not None and fits and not anew and time.monotonic() - held.at < TRUSTED:
            self._known.move_to_end(pass_.digest)
            return Entered(store=store, tenant=tenant, asker=held.asker)
        asker: Asker | None = await store.read(_confirmed, tenant.id, tenant, pass_)
        if asker is None:
            self._known.pop(pass_.digest, None)
            return None
        if asker.stale:
            await store.write(_note, tenant.id, asker.actor, asker.digest)
        self._known[pass_.digest] = _Held(asker, tenant.id, time.monotonic())
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return Entered(store=store, tenant=tenant, asker=asker)

    def renew(self, asker: Asker) -> None:
        """Take over how somebody was just read in a transaction; for how long they are remembered stays as it was."""
        if (held := self._known.get(asker.digest)) is not None:
            held.asker = asker

    def forget(self, digest: bytes) -> None:
        """Ask about a pass anew at its next request."""
        self._known.pop(digest, None)


async def _confirmed(reader: Reader, tenant: Tenant, pass_: Shown) -> Asker | None:
    return await confirm(reader, tenant, pass_.digest, pass_.by)


async def _note(unit: Unit, digest: bytes) -> None:
    """Note that a session is in use: no fact of the county's."""
    await unit.write_unrecorded(accounts.SEEN, digest=digest, now=unit.now)
