"""Requests that may come twice: the answer is kept in the transaction that did what was asked, and given again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import attrs
from sqlalchemy import bindparam, delete, select

from renda_core.domain.case import Actor
from renda_core.errors import RendaError
from renda_core.store import tables as t
from renda_core.store.compile import Query, Write, add, keyed, mine
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit

KEPT = dt.timedelta(hours=48)
"""How long an answer is kept: whoever lost a line on Friday evening tries again on Sunday at the latest, by hand."""
DONE = range(200, 300)
"""Statuses of what was done."""
FIELD = "request_key"


@attrs.frozen(kw_only=True)
class Attempt:
    """One try of a request.

    Attributes:
        route: Method and path as the interface describes it, e.g. ``"POST /api/cases"``.
        key: What the asker named the request by.
        content: SHA-256, in hexadecimal, of everything that makes the request the one it is.
    """

    route: str
    key: str
    content: str


@attrs.frozen(kw_only=True)
class Written:
    """An answer as it goes over the line.

    Attributes:
        again: It was given before, and nothing was done this time.
    """

    status: int
    headers: Mapping[str, str] = attrs.Factory(dict)
    body: bytes = attrs.field(default=b"", repr=False)
    again: bool = False


Work = Callable[[Unit], Coroutine[Any, Any, Written]]
"""Does what is asked in a unit, and writes the answer."""


class KeyInUse(RendaError):
    """The request that the key names is still under way."""

    code = "key_in_use"


class KeyReused(RendaError):
    """The key named another request before; nothing was done."""

    code = "key_reused"


@attrs.frozen(kw_only=True)
class KeptRow:
    """An answer as stored: what it belongs to, and the body, sealed."""

    fingerprint: bytes
    status: int
    headers: str
    body: bytes


_k = t.request_key
ONE = Query(
    select(_k.c.fingerprint, _k.c.status, _k.c.headers, _k.c.body).where(*keyed(_k, "principal", "route", "key")),
    KeptRow,
)
ADD = add(_k)
CUT_OLD = Write(delete(_k).where(mine(_k), _k.c.at < bindparam("before", type_=_k.c.at.type)))


async def once(unit: Unit, attempt: Attempt, work: Work) -> Written:
    """Do what is asked unless it was done before; either way give the same answer.

    Only what was done is kept: a refusal leaves nothing, so that the mended request may go under the same key.

    Raises:
        KeyReused: The key named another request.
        Taken: Another process did it in this very moment; nothing of this try was kept.
    """
    if (found := await kept(unit, attempt, unit.actor)) is not None:
        return found
    answer = await work(unit)
    if answer.status in DONE:
        await unit.write_unrecorded(
            ADD,
            principal=unit.actor.id,
            route=attempt.route,
            key=attempt.key,
            fingerprint=unit.find_key(_asked(attempt, unit.actor), FIELD),
            status=answer.status,
            headers=json.dumps(dict(answer.headers), sort_keys=True),
            body=unit.seal_bytes(answer.body, field_of(unit.actor.id, attempt.route, attempt.key)),
            at=unit.now,
        )
    return answer


async def kept(reader: Reader, attempt: Attempt, actor: Actor) -> Written | None:
    """Find the answer that was given to this request, or None.

    Raises:
        KeyReused: The key named another request.
    """
    row = await reader.find(ONE, principal=actor.id, route=attempt.route, key=attempt.key)
    if row is None:
        return None
    if not reader.is_key_of(row.fingerprint, _asked(attempt, actor), FIELD):
        raise KeyReused("this Idempotency-Key named another request; take a new key for a new request")
    body = reader.open_bytes(row.body, field_of(actor.id, attempt.route, attempt.key))
    return Written(status=row.status, headers=json.loads(row.headers), body=body, again=True)


async def answered(store: Store, tenant: str, actor: Actor, attempt: Attempt, work: Work) -> Written:
    """Run :func:`once`; a try that another process overtook gives that one's answer instead of its own refusal."""
    try:
        return await store.write(once, tenant, actor, attempt, work)
    except KeyReused:
        raise
    except RendaError:
        # Whoever came first has moved the case on, so that the second was refused: look whether it was the same.
        if (found := await store.read(kept, tenant, attempt, actor)) is not None:
            return found
        raise


async def purge(unit: Unit) -> int:
    """Take away the answers whose time is over; answer how many."""
    return await unit.write_unrecorded(CUT_OLD, before=unit.now - KEPT)


def _asked(attempt: Attempt, actor: Actor) -> str:
    """Put together what was asked and with which rights, to be hashed under the tenant's key.

    The plain hash would let whoever has the data try every phone number. A request with other rights is another one,
    because its answer may show more.
    """
    rights = [attempt.content, actor.unit, *sorted(actor.roles)]
    return hashlib.sha256(json.dumps(rights).encode()).hexdigest()


def field_of(principal: str, route: str, key: str) -> str:
    """Name the place that a body is sealed for, so that it opens in no other row."""
    return f"{FIELD}:{principal}:{route}:{key}"
