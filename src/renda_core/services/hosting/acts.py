"""What the operator does to a tenant: each act is one entry of the operator's journal, and one of the tenant's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

import attrs

from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected, Stale, Taken
from renda_core.services.hosting.directory import ACTIVE, CLOSING, MOVING, OPERATOR, SUSPENDED
from renda_core.services.hosting.naming import canonical
from renda_core.store import directory as s
from renda_core.store.directory import DirectoryRow
from renda_core.store.unit import Reader, Unit

NOTICE = 30
"""Days between the word that a tenant is deleted and the deletion. U: no rule names a number; a month, so that an
office notices."""
MOST_HOSTS = 20
HERE = frozenset({"localhost", "127.0.0.1"})
"""Names under which whoever sits at the server asks for any tenant."""
LONGEST_REASON = 500
NOBODY = str(UUID(int=0))
"""Under whose name the directory is read before it is known whose request this is."""


@attrs.frozen(kw_only=True)
class Act:
    """What was done: the entry as it now stands, and what the tenant's own journal is told of it."""

    entry: DirectoryRow
    what: str
    body: dict[str, Any] = attrs.Factory(dict)


def new_entry(
    id: str,
    code: str,
    name: str,
    level: str,
    at: dt.datetime,
    *,
    operator: bool = False,
    silo: str = "",
    configured: int = 0,
) -> DirectoryRow:
    """Make the entry of a tenant that is served from now on."""
    return DirectoryRow(
        id=id,
        code=code,
        name=name,
        level=level,
        state=ACTIVE,
        silo=silo,
        operator=operator,
        delete_on=None,
        exported_at=None,
        witness=None,
        version=0,
        told=0,
        configured=configured,
        changed_at=at,
    )


async def enter(unit: Unit, entry: DirectoryRow) -> None:
    """Put a tenant into the directory, beside the entry that its own journal gets for its configuration.

    Raises:
        Taken: Its id or code is another's.
    """
    await unit.write_unrecorded(s.ADD, **attrs.asdict(entry))


async def take_in(unit: Unit, _: object, entries: Collection[DirectoryRow]) -> None:
    """Put tenants that were made into the directory: one entry of the operator's journal for all of them.

    Raises:
        Taken: An id or a code is another's.
    """
    await refuse_others(unit)
    rows = [attrs.asdict(entry) for entry in entries]
    if len(rows) == 1:
        await unit.write(s.ADD, **rows[0])
        one = rows[0]
        unit.record("tenant.created", on=one["id"], version=0, rule=OPERATOR, code=one["code"], silo=one["silo"])
        return
    kept = await unit.write_all(s.ADD, rows)
    unit.record("tenants.created", on=unit.tenant, version=0, rule=OPERATOR, rows=len(rows), digest=kept["digest"])


async def suspend(unit: Unit, _: object, id: str, reason: str, seen: int | None = None) -> Act:
    """Serve a tenant no more, from now on; its data stay.

    Raises:
        NotFound, Stale: As everywhere.
        Rejected: It is not served anyway, or is the operator's own.
    """
    held = await entry_of(unit, id, seen)
    _refuse_own(held)
    _only(held, ACTIVE)
    return await _change(unit, held, "tenant.suspended", {"reason": _reason(reason)}, state=SUSPENDED)


async def resume(unit: Unit, _: object, id: str, seen: int | None = None) -> Act:
    """Serve a suspended tenant again."""
    held = await entry_of(unit, id, seen)
    _only(held, SUSPENDED)
    return await _change(unit, held, "tenant.resumed", {}, state=ACTIVE)


async def close(unit: Unit, _: object, id: str, reason: str, on: dt.date | None = None, seen: int | None = None) -> Act:
    """Serve a tenant no more, and let its data be deleted from a day on.

    Args:
        on: By default after the usual notice.

    Raises:
        Invalid: The day is not in the future.
        Rejected: It is closing already, or is the operator's own.
    """
    held = await entry_of(unit, id, seen)
    _refuse_own(held)
    _only(held, ACTIVE, SUSPENDED)
    today = unit.now.date()
    day = on or today + dt.timedelta(days=NOTICE)
    if day <= today:
        raise Invalid(f"{day}: data are deleted on a later day than the word of it, so that somebody can object")
    told = {"reason": _reason(reason), "delete_on": day.isoformat()}
    return await _change(unit, held, "tenant.closing", told, state=CLOSING, delete_on=day, exported_at=None)


async def keep(unit: Unit, _: object, id: str, seen: int | None = None) -> Act:
    """Take the word back that a tenant will be deleted; it stays suspended until it is resumed."""
    held = await entry_of(unit, id, seen)
    _only(held, CLOSING)
    return await _change(unit, held, "tenant.kept", {}, state=SUSPENDED, delete_on=None, exported_at=None)


async def put_hosts(unit: Unit, _: object, id: str, hosts: Iterable[str], seen: int | None = None) -> Act:
    """Set the names under which a tenant is reached, in place of those it had.

    Raises:
        Invalid: A name is none, or there are too many.
        Taken: A name is another tenant's; which one is not told.
    """
    held = await entry_of(unit, id, seen)
    wanted = {canonical(host) for host in hosts}
    if own := sorted(wanted & HERE):
        raise Invalid(f"{own[0]} is every machine's name for itself, and no tenant's", field="hosts")
    if len(wanted) > MOST_HOSTS:
        raise Invalid(f"{len(wanted)} names; at most {MOST_HOSTS}", field="hosts")
    had = {row.host for row in await unit.all(s.HOSTS_OF, id=id)}
    for host in sorted(had - wanted):
        await unit.write(s.CUT_HOST, host=host)
    for host in sorted(wanted - had):
        if await unit.find(s.OF_HOST, host=host) is not None:
            raise Taken(f"{host} is in use")
        await unit.write(s.ADD_HOST, host=host, id=id)
    return await _change(unit, held, "tenant.hosts", {"hosts": sorted(wanted)})


async def put_witness(unit: Unit, _: object, id: str, witness: str | None, seen: int | None = None) -> Act:
    """Name the tenant that keeps the heads of this one's journal, or None."""
    held = await entry_of(unit, id, seen)
    if witness is not None and (await entry_of(unit, witness, None)).id == id:
        raise Invalid("a journal is not its own witness", field="witness")
    return await _change(unit, held, "tenant.witness", {"witness": witness}, witness=witness)


async def exported(unit: Unit, _: object, id: str, digest: str) -> Act:
    """Keep that a tenant's data are given out, whether or not all of it arrives.

    Args:
        digest: Of the file that is given out.
    """
    return await _change(unit, await entry_of(unit, id, None), "tenant.exported", {"digest": digest})


async def delivered(unit: Unit, _: object, id: str, digest: str) -> Act:
    """Keep that a tenant's data were given out whole: a closing one may be deleted after that."""
    held = await entry_of(unit, id, None)
    return await _change(unit, held, "tenant.delivered", {"digest": digest}, exported_at=unit.now)


async def begin_move(unit: Unit, _: object, id: str, seen: int | None = None) -> Act:
    """Answer a tenant's requests with "in a moment" while its data are moved.

    Raises:
        Rejected: It is moving, or closing, already.
    """
    held = await entry_of(unit, id, seen)
    _refuse_own(held)
    _only(held, ACTIVE)
    return await _change(unit, held, "tenant.moving", {}, state=MOVING)


async def end_move(unit: Unit, _: object, id: str, silo: str | None = None) -> Act:
    """Serve a moved tenant again.

    Args:
        silo: Where it now lives, "" for the shared database; None where it stayed, for the move was given up.
    """
    held = await entry_of(unit, id, None)
    _only(held, MOVING)
    lives = held.silo if silo is None else silo
    return await _change(unit, held, "tenant.moved", {"silo": lives}, state=ACTIVE, silo=lives)


async def forget(unit: Unit, tenant: object, id: str) -> None:
    """Take a tenant out of the directory, whose data are deleted.

    Raises:
        Rejected: Its day has not come, or nobody has its data.
    """
    held = await due(unit, tenant, id)
    for row in await unit.all(s.HOSTS_OF, id=id):
        await unit.write(s.CUT_HOST, host=row.host)
    await unit.write(s.CUT, id=id)
    unit.record("tenant.deleted", on=id, version=held.version, rule=OPERATOR, code=held.code)


async def due(reader: Reader, _: object, id: str) -> DirectoryRow:
    """Give a tenant whose data may be deleted now.

    Raises:
        Rejected: Its day has not come, or nobody has its data.
    """
    held = await entry_of(reader, id, None)
    _only(held, CLOSING)
    wrong = []
    if held.delete_on is None or reader.now.date() < held.delete_on:
        wrong.append(f"its data may be deleted from {held.delete_on} on")
    if held.exported_at is None:
        wrong.append("its data were not exported since it began to close")
    if wrong:
        raise Rejected(f"{held.code} is not deleted", *wrong)
    return held


async def entry_of(reader: Reader, id: str, seen: int | None = None) -> DirectoryRow:
    """Give a tenant's entry to the operator.

    Raises:
        NotAllowed: Somebody else asks.
        NotFound: There is none.
        Stale: It is not at the version that was seen.
    """
    await refuse_others(reader)
    if (held := await reader.find(s.ONE, id=id)) is None:
        raise NotFound("no such tenant")
    if seen is not None and held.version != seen:
        raise Stale(f"the entry is at version {held.version}, you saw {seen}; load it again", version=held.version)
    return held


async def refuse_others(reader: Reader) -> None:
    """Refuse whoever does not act for the operator's own tenant, whatever brought them here."""
    own = await reader.find(s.ONE, id=reader.tenant)
    actor = getattr(reader, "actor", None)
    if own is None or not own.operator or (actor is not None and OPERATOR not in actor.roles):
        raise NotAllowed("tenants are looked after by the operator of the service")


async def _change(unit: Unit, held: DirectoryRow, what: str, body: dict[str, Any], **values: Any) -> Act:
    row = attrs.evolve(held, version=held.version + 1, changed_at=unit.now, **values)
    unset = ("told", "configured")
    await unit.save(s.CHANGE, {k: v for k, v in attrs.asdict(row).items() if k not in unset}, was=held.version)
    unit.record(what, on=held.id, version=row.version, rule=OPERATOR, code=held.code, **body)
    return Act(entry=row, what=what, body=body)


def _refuse_own(held: DirectoryRow) -> None:
    if held.operator:
        raise Rejected(f"{held.code} is the operator's own", "nobody could undo it")


def _only(held: DirectoryRow, *states: str) -> None:
    if held.state not in states:
        raise Rejected(f"{held.code} is {held.state}", f"this is done to one that is {' or '.join(states)}")


def _reason(text: str) -> str:
    told = " ".join(text.split())
    if not told or len(told) > LONGEST_REASON:
        raise Invalid(f"a reason has 1 to {LONGEST_REASON} characters", field="reason")
    return told
