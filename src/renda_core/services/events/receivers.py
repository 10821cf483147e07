"""A tenant's receivers (事件接收方): other systems that are told of its events, each under an address and a secret."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

import attrs

from renda_core.domain import events
from renda_core.domain.case import Actor
from renda_core.domain.web import LONGEST, parts_of
from renda_core.errors import Invalid, NotFound, Rejected, Stale
from renda_core.services import journal
from renda_core.services.accounts import powers
from renda_core.store import receivers
from renda_core.store.receivers import ReceiverRow
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")
MOST, PATTERNS = 10, 50
"""Receivers of one tenant, and patterns of one receiver. U: each event goes to each."""
SEALED = "receiver"
"""Under which secrets are sealed."""
LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"
"""The id after all events of an entry."""


@attrs.frozen(kw_only=True)
class Receiver:
    """Another system that is told of events.

    Attributes:
        name: As it stands in addresses, e.g. ``oa``.
        url: Where it is told.
        events: Names of events, in which ``*`` stands for anything.
        active: Whether it is told; what happens while it is not, it never hears.
        failures: Tries of the next event that failed, one after the other; *trouble* says how the last one did.
        again_at: Before that moment it is not tried again.
    """

    name: str
    url: str
    events: tuple[str, ...] = ("*",)
    active: bool = True
    version: int = 0
    failures: int = 0
    again_at: dt.datetime | None = None
    trouble: str = ""


@attrs.frozen(kw_only=True)
class Kept:
    """A receiver as it now stands; the *secret* only where it is a new one: it is told this once."""

    receiver: Receiver
    secret: str = attrs.field(default="", repr=False)


async def put(unit: Unit, tenant: Tenant, wanted: Receiver, secret: str = "", *, renew: bool = False) -> Kept:
    """Keep a receiver, or change one; it is told of what happens from now on, and one that was told goes on.

    Args:
        secret: By which the events are signed; made here where it is left out and none is kept.
        renew: Make another secret.

    Raises:
        NotAllowed: The asker does not look after receivers.
        Invalid: A part of it makes no sense.
        Stale: Somebody else changed it; *wanted* bears the version that was seen, 0 for a new one.
    """
    powers.refuse(tenant, unit.actor, "receivers")
    _check(wanted, secret)
    row = await unit.find(receivers.RECEIVER, name=wanted.name)
    if (row.version if row else 0) != wanted.version:
        raise Stale(f"receiver {wanted.name!r} was changed by someone else meanwhile; load it again", id=wanted.name)
    if row is None and len(await unit.all(receivers.RECEIVERS)) >= MOST:
        raise Rejected("the receiver is not kept", f"a tenant has {MOST} at most; remove one first")
    made = "" if secret or (row and not renew) else events.write_secret(secrets.token_bytes(32))
    field = f"{SEALED}:{wanted.name}"
    sealed = unit.seal_bytes((secret or made).encode(), field) if secret or made or row is None else row.secret
    values = {
        "name": wanted.name,
        "url": wanted.url,
        "events": " ".join(wanted.events),
        "secret": sealed,
        "active": wanted.active,
        "version": wanted.version + 1,
    }
    head = (await unit.one(journal.HEAD)).seq
    if row is None:
        free = {"failures": 0, "again_at": None, "trouble": "", "lease": None, "leased_until": None}
        await unit.write(receivers.ADD_RECEIVER, **values, **free, seq=head, last=LAST)
    else:
        await unit.save(receivers.CHANGE_RECEIVER, {**values, "id": wanted.name}, was=row.version)
        if wanted.active and not row.active:
            await unit.write(receivers.MOVE, name=wanted.name, seq=head, last=LAST)
    unit.record(
        "receiver.kept",
        on=unit.tenant,
        version=wanted.version + 1,
        rule="receiver",
        name=wanted.name,
        host=urlsplit(wanted.url).hostname,  # the rest of an address may open what lies there
        events=wanted.events,
        active=wanted.active,
        secret="another" if secret or made else "as it was",
    )
    now = attrs.evolve(wanted, version=wanted.version + 1, failures=0, again_at=None, trouble="")
    return Kept(receiver=now, secret=made)


async def remove(unit: Unit, tenant: Tenant, name: str) -> None:
    """Tell a receiver no more.

    Raises:
        NotAllowed: The asker does not look after receivers.
        NotFound: There is none of that name.
    """
    powers.refuse(tenant, unit.actor, "receivers")
    row = await unit.find(receivers.RECEIVER, name=name)
    if row is None:
        raise NotFound("no such receiver")
    await unit.write(receivers.CUT_RECEIVER, name=name)
    unit.record("receiver.removed", on=unit.tenant, version=row.version, rule="receiver", name=name)


async def every(reader: Reader, tenant: Tenant, actor: Actor) -> Sequence[Receiver]:
    """List the receivers by name, with what went wrong with each.

    Raises:
        NotAllowed: The asker does not look after receivers.
    """
    powers.refuse(tenant, actor, "receivers")
    return [given(row) for row in await reader.all(receivers.RECEIVERS)]


async def troubled(reader: Reader) -> list[Receiver]:
    """List the receivers that did not take an event in, for whoever runs the service."""
    return [given(row) for row in await reader.all(receivers.RECEIVERS) if row.trouble]


def given(row: ReceiverRow) -> Receiver:
    """Show a receiver as it is stored, without its secret."""
    return Receiver(
        name=row.name,
        url=row.url,
        events=tuple(row.events.split()),
        active=row.active,
        version=row.version,
        failures=row.failures,
        again_at=row.again_at,
        trouble=row.trouble,
    )


def _check(wanted: Receiver, secret: str) -> None:
    """Refuse what no receiver is.

    Raises:
        Invalid: Naming the part.
    """
    wrong = ""
    if not NAME.fullmatch(wanted.name):
        wrong = "name: small letters, digits and hyphens, 30 at most, beginning with a letter"
    elif not 0 < len(wanted.events) <= PATTERNS:
        wrong = f"events: one at least, {PATTERNS} at most"
    elif bad := [p for p in wanted.events if len(p) > LONGEST or not events.PATTERN.fullmatch(p)]:
        wrong = f"events: {bad[0]!r} is no name of events; e.g. suggestion.submit, ballot.*, or * for all"
    elif secret and events.read_secret(secret) is None:
        wrong = f"secret: {events.PREFIX} and {events.SHORTEST} to {events.LONGEST} bytes in base64; or leave it out"
    else:
        wrong = _not_an_address(wanted.url)
    if wrong:
        raise Invalid(wrong, field=wrong.partition(":")[0])


def _not_an_address(url: str) -> str:
    """Say what is wrong with an address."""
    parts = parts_of(url)
    if parts is None or not url.isascii() or not url.isprintable() or " " in url:
        return f"url: where it is told, beginning with https://, {LONGEST} characters at most"
    if parts.fragment or parts.username or parts.password:
        return "url: without fragment, name or password"
    return ""
