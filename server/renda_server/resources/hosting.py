"""The tenants of the service (租户), as its operator's people look after them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from renda_core.configuration import TenantFile
from renda_core.errors import ConfigError, Rejected, Taken
from renda_core.premises.making import appoint, make, same
from renda_core.services import moving
from renda_core.services.accounts.first import refuse_unfit
from renda_core.services.accounts.people import NewAccount
from renda_core.services.hosting import acts, listing
from renda_core.services.hosting.acts import Act
from renda_core.store.directory import DirectoryRow
from renda_core.store.stores import Store
from renda_server import bodies, downloads
from renda_server.answering import Answer, tagged
from renda_server.desks import Desk
from renda_server.operations import Asking, operation
from renda_server.resources.configuration import Configuration, file_of
from renda_server.shapes import After, Asked, Given, Name, Page, Size, Version

TAG = "hosting"
Why = Annotated[str, Meta(min_length=1, max_length=500)]
Host = Annotated[str, Meta(min_length=1, max_length=253)]
State = Literal["active", "suspended", "closing", "moving"]


class TenantShown(msgspec.Struct, kw_only=True, frozen=True):
    """A tenant as the directory has it; *silo* names a database of its own."""

    id: str
    code: str
    name: str
    level: str
    state: State
    silo: str
    operator: bool
    delete_on: dt.date | None
    exported_at: dt.datetime | None
    version: int
    hosts: tuple[str, ...] = ()


class TenantsAsked(Asked, kw_only=True, frozen=True):
    """Which tenants: of one *state*, or of any."""

    state: State | Literal[""] = ""
    after: After = ""
    size: Size = 50


class Administrator(Given, kw_only=True, frozen=True):
    """Who is invited as the first administrator."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    roles: tuple[Name, ...] = ("admin",)


class NewTenant(Given, kw_only=True, frozen=True):
    """A tenant that is to be made: its whole configuration, and its first administrator."""

    configuration: Configuration
    administrator: Administrator


class TenantMade(msgspec.Struct, kw_only=True, frozen=True):
    """A tenant that was made, and the ticket by which its administrator comes in; the ticket is told this once."""

    tenant: TenantShown
    account: str
    ticket: str
    until: dt.datetime


class Stopped(Given, kw_only=True, frozen=True):
    """That a tenant is served no more, and why."""

    reason: Why
    version: Version | None = None


class Closed(Given, kw_only=True, frozen=True):
    """That a tenant will be deleted, why, and from which day on."""

    reason: Why
    on: dt.date | None = None
    version: Version | None = None


class Hosts(Given, kw_only=True, frozen=True):
    """The names under which a tenant is reached, all of them."""

    hosts: Annotated[tuple[Host, ...], Meta(max_length=acts.MOST_HOSTS)]
    version: Version | None = None


@operation("GET", "/hosting/tenants", summary="List the tenants", tag=TAG)
async def list_tenants(desk: Desk, asked: TenantsAsked) -> Answer[Page[TenantShown]]:
    """List the tenants of the service by code, without their hosts."""
    rows = await desk.ask(listing.listed, asked.after, asked.size, asked.state)
    after = rows[-1].code if len(rows) == asked.size else ""
    return Answer(Page(items=[_shown(row) for row in rows], after=after))


@operation("GET", "/hosting/tenants/{tenant_id:str}", summary="Show a tenant", tag=TAG, etag=True)
async def show_tenant(desk: Desk, tenant_id: str) -> Answer[TenantShown]:
    """Show how a tenant is hosted."""
    row, hosts = await desk.ask(listing.shown, tenant_id)
    return tagged(_shown(row, hosts), row.version)


@operation("POST", "/hosting/tenants", summary="Make a tenant", tag=TAG, problems=(409, 422), secret=True)
async def make_tenant(desk: Desk, request: Asking, data: NewTenant) -> Answer[TenantMade]:
    """Make a tenant with its configuration, and invite its first administrator; it is served at once.

    The ticket is answered once and kept nowhere, so the request takes no ``Idempotency-Key``: sent again it finds the
    tenant there, and is refused. Only where nobody was invited yet, for the first try was cut off, or where the three
    administrators are kept apart and another of them is named, the same document invites who is missing.
    """
    hosts, given = request.app.state.hosts, data.configuration
    await desk.ask(listing.listed, size=1)  # who may not ask is told so before anything is made
    path = f"{given.code}.toml"
    bare = TenantFile(path=path, id=given.id, code=given.code, name=given.name, level=given.level, layers=())
    file = file_of(given, bare)
    new = NewAccount(name=data.administrator.name, roles=" ".join(data.administrator.roles))
    known = await hosts.look()
    if given.id in known.entries or given.code in known.codes:
        if not await same(hosts.premises, file):
            raise Taken("a tenant of this id or code is there already")
    else:
        try:
            refuse_unfit(hosts.would_be(file), new)
            await make(hosts.premises, file, hosts.catalogue, desk.actor, desk.actor)
        except ConfigError as error:
            raise Rejected("no tenant was made", *error.reasons) from None
    invited = await appoint(hosts.premises, file.id, desk.actor, new)
    known = await hosts.look()
    made = TenantMade(tenant=_shown(known.one(file.id)), account=invited.id, ticket=invited.ticket, until=invited.until)
    return Answer(made, headers={"Cache-Control": "no-store"})


@operation(
    "POST", "/hosting/tenants/{tenant_id:str}/suspension", summary="Suspend a tenant", tag=TAG,
    problems=(412, 422), etag=True, status=200,
)  # fmt: skip
async def suspend_tenant(
    desk: Desk, request: Asking, tenant_id: str, data: Stopped, if_match: str
) -> Answer[TenantShown]:
    """Serve a tenant no more, from now on; its data stay."""
    seen = bodies.version(data.version, if_match)
    return _done(request, desk, await desk.do(acts.suspend, tenant_id, data.reason, seen))


@operation(
    "DELETE", "/hosting/tenants/{tenant_id:str}/suspension", summary="Resume a tenant", tag=TAG,
    problems=(422,), etag=True, status=200,
)  # fmt: skip
async def resume_tenant(desk: Desk, request: Asking, tenant_id: str) -> Answer[TenantShown]:
    """Serve a suspended tenant again."""
    return _done(request, desk, await desk.do(acts.resume, tenant_id))


@operation(
    "POST", "/hosting/tenants/{tenant_id:str}/deletion", summary="Let a tenant be deleted", tag=TAG,
    problems=(412, 422), etag=True, status=200,
)  # fmt: skip
async def close_tenant(desk: Desk, request: Asking, tenant_id: str, data: Closed, if_match: str) -> Answer[TenantShown]:
    """Serve a tenant no more, and let its data be deleted from a day on, by default in 30 days.

    The data are deleted by the command ``renda tenant purge``, once they were exported.
    """
    seen = bodies.version(data.version, if_match)
    return _done(request, desk, await desk.do(acts.close, tenant_id, data.reason, data.on, seen))


@operation(
    "DELETE", "/hosting/tenants/{tenant_id:str}/deletion", summary="Keep a tenant", tag=TAG,
    problems=(422,), etag=True, status=200,
)  # fmt: skip
async def keep_tenant(desk: Desk, request: Asking, tenant_id: str) -> Answer[TenantShown]:
    """Take back that a tenant will be deleted; it stays suspended until it is resumed."""
    return _done(request, desk, await desk.do(acts.keep, tenant_id))


@operation(
    "PUT", "/hosting/tenants/{tenant_id:str}/hosts", summary="Set a tenant's hosts", tag=TAG,
    problems=(409, 412), etag=True,
)  # fmt: skip
async def put_hosts(desk: Desk, request: Asking, tenant_id: str, data: Hosts, if_match: str) -> Answer[TenantShown]:
    """Set the names under which a tenant is reached, in place of those it had."""
    seen = bodies.version(data.version, if_match)
    return _done(request, desk, await desk.do(acts.put_hosts, tenant_id, data.hosts, seen))


@operation(
    "POST", "/hosting/tenants/{tenant_id:str}/export", summary="Export a tenant", tag=TAG,
    media=downloads.ARCHIVE, status=200, secret=True,
)  # fmt: skip
async def export_tenant(desk: Desk, request: Asking, tenant_id: str) -> Any:
    """Give a tenant's data whole, sealed data sealed; a closing tenant may be deleted once all of it was sent."""
    state = request.app.state
    row, _ = await desk.ask(listing.shown, tenant_id)
    theirs = await state.hosts.premises.store(row)
    made: list[str] = []

    def write(store: Store, path: Path) -> None:
        with moving.Contents(state.files, row.id) as held:
            made.append(moving.export(store, row.id, path, by=desk.actor.id, contents=held).digest)

    async def sent() -> None:
        act = await desk.do(acts.delivered, tenant_id, made[0])
        await state.hosts.premises.tell(act, desk.actor)
        await state.hosts.look()

    answer = await downloads.written_from(theirs, state.folder, f"{row.code}.renda", write, sent)
    _done(request, desk, await desk.do(acts.exported, tenant_id, made[0]))
    return answer


def _done(request: Asking, desk: Desk, act: Act) -> Answer[TenantShown]:
    """Show what was done; once it is committed, the tenant's own journal is told, and it holds in this process."""
    premises, by = request.app.state.hosts.premises, desk.actor

    async def tell() -> None:
        await premises.tell(act, by)
        await request.app.state.hosts.look()

    desk.later.append(tell)
    hosts = act.body["hosts"] if act.what == "tenant.hosts" else premises.known.names(act.entry.id)
    return tagged(_shown(act.entry, tuple(hosts)), act.entry.version)


def _shown(row: DirectoryRow, hosts: tuple[str, ...] = ()) -> TenantShown:
    names = [name for name in TenantShown.__struct_fields__ if name != "hosts"]
    return TenantShown(**{name: getattr(row, name) for name in names}, hosts=hosts)


HANDLERS = (
    list_tenants,
    show_tenant,
    make_tenant,
    suspend_tenant,
    resume_tenant,
    close_tenant,
    keep_tenant,
    put_hosts,
    export_tenant,
)
