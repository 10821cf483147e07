"""The tenants a server hosts: each with its store, opened at first use, its configuration kept fresh."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import attrs

from renda_core import holidays
from renda_core.catalogue import Catalogue
from renda_core.configuration import TenantFile, opening_many, read_folder
from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, NotFound, RendaError
from renda_core.footprint import Footprint, footprint
from renda_core.services import tenants
from renda_core.services.tenants import InForce
from renda_core.store.revision import refuse_other
from renda_core.store.unit import ReadCase, Store, WriteCase
from renda_core.tenancy import Tenant
from renda_core.workspace import SETUP, Workspace
from renda_server.identity import Holder
from renda_server.kept import Kept
from renda_server.settings import Settings

T = TypeVar("T")
log = logging.getLogger("renda.server")
GUEST = Actor(id="job:public", roles={"public"})
"""Who asks without a token: anybody, and nobody is told apart."""
FRESH = 5.0
"""Seconds after which a configuration is asked for again, so that a change needs no restart."""


class Desk:
    """One asker's way to one tenant: what every handler works with.

    No attrs class: the framework would look into its fields to check what it is given.
    """

    def __init__(self, store: Store, tenant: Tenant, actor: Actor) -> None:
        self.store, self.tenant, self.actor = store, tenant, actor
        self.later: list[Callable[[], None]] = []
        """What is to be called when everything was committed."""

    async def ask(self, use_case: ReadCase[..., T], /, *args: Any, **kw: Any) -> T:
        """Run a use case ``(reader, tenant, actor, …)`` that reads."""
        return await self.store.read(use_case, self.tenant.id, self.tenant, self.actor, *args, **kw)

    async def do(self, use_case: WriteCase[..., T], /, *args: Any, **kw: Any) -> T:
        """Run a use case ``(unit, tenant, …)`` in one transaction."""
        return await self.store.write(use_case, self.tenant.id, self.actor, self.tenant, *args, **kw)


class Guest(Desk):
    """Anybody's way to one tenant."""

    def __init__(self, store: Store, tenant: Tenant, kept: Kept) -> None:
        super().__init__(store, tenant, GUEST)
        self._kept = kept

    async def glance(self, use_case: ReadCase[..., T], /, *args: str) -> T:
        """Ask as :meth:`ask` does; whoever asks the same within a minute, under the same rules, shares the answer."""
        key = (self.tenant.id, self.tenant.today, use_case.__module__, use_case.__qualname__, *args)
        rests = (self.tenant.practice, self.tenant.editions)
        return await self._kept.get(key, rests, lambda: self.ask(use_case, *args))


async def check_database(settings: Settings) -> None:
    """Look at a database before anything is served from it.

    Raises:
        ConfigError: Its tables are of an older, or a newer, renda.
    """
    if settings.database:
        from renda_core.store.postgres import PostgresStore

        store = PostgresStore(settings.database, keys=settings.home.keys(), now=settings.now, size=1)
        try:
            refuse_other(await store.standing(), "the database", "renda upgrade --dsn DSN")
        finally:
            await store.close()


@attrs.define
class _Hosted:
    workspace: Workspace
    checked: float


class Hosts:
    """Opens tenants by code, on SQLite files or on one PostgreSQL."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self._settings, self.catalogue = settings, catalogue
        self._calendar = holidays.calendar()
        self._open: dict[str, _Hosted] = {}
        self._shared: Any = None
        self._kept = Kept()

    async def start(self) -> None:
        """Bring a database's tenants up to their files; files of SQLite were made by ``renda tenant apply``.

        A configuration that somebody changed since, over HTTP, stands: what its file says otherwise is told in the log.

        Raises:
            ConfigError: The tables are of an older, or a newer, renda; or a file is wrong.
        """
        if not self._settings.database:
            return
        from renda_core.store.postgres import PostgresStore

        keys, now = self._settings.home.keys(), self._settings.now
        self._shared = store = PostgresStore(self._settings.database, keys=keys, now=now)
        refuse_other(await store.standing(), "the database", "renda upgrade --dsn DSN")
        with opening_many():
            for file in read_folder(self._settings.tenants).values() if self._settings.tenants else ():
                self._keep(file.code, store, await self._brought_up(store, file))

    async def _brought_up(self, store: Store, file: TenantFile) -> InForce:
        """Apply a tenant's file; where it is no longer right, what is in force stands, and the log says why."""
        try:
            touched = self.check(file)
        except ConfigError as error:
            held = await store.read(tenants.in_force, file.id)
            if held is None:
                raise
            log.error("%s: not applied: %s", file.path, error)
            return held
        stands = await store.write(tenants.bring_up, file.id, SETUP, file, touched)
        if changed := file.differing(stands.file):
            log.warning("%s: not applied, for it was changed since: %s", file.path, ", ".join(changed))
        return stands

    async def desk(self, holder: Holder) -> Desk:
        """Open the tenant of a token.

        Raises:
            NotFound: It is not hosted here, or another tenant took its code.
        """
        hosted = self._open.get(holder.tenant) or self._from_file(holder.tenant)
        if hosted.workspace.file.id != holder.tenant_id:
            raise NotFound(f"no tenant {holder.tenant!r}")
        return Desk(*await self._fresh(holder.tenant, hosted), holder.actor)

    async def guest(self, code: str) -> Guest:
        """Open a tenant to who has no token; what of it there is for everybody, each operation looks for itself.

        Raises:
            NotFound: It is not hosted here.
        """
        hosted = self._open.get(code)
        if hosted is None:
            # The code comes from an address: it is looked for among the files that are here, and never made a path of.
            if self._shared is not None or code not in self._settings.home.codes():
                raise NotFound(f"no tenant {code!r}")
            hosted = self._from_file(code)
        return Guest(*await self._fresh(code, hosted), self._kept)

    async def _fresh(self, code: str, hosted: _Hosted) -> tuple[Store, Tenant]:
        """Give an open tenant by its configuration of now."""
        workspace = hosted.workspace
        if time.monotonic() - hosted.checked > FRESH:
            held = await workspace.store.read(tenants.in_force, workspace.file.id)
            if held is not None and held.file != workspace.file:
                hosted = self._keep(code, workspace.store, held)
            hosted.checked = time.monotonic()
        return hosted.workspace.store, hosted.workspace.tenant

    def check(self, file: TenantFile) -> Footprint:
        """Open a configuration as if it were in force; say what its practices touch.

        Raises:
            ConfigError: Every mistake.
        """
        file.open(self.catalogue, self._calendar, self._settings.now().date())
        return footprint(self.catalogue.offers, file.plugins)

    def look_again(self, holder: Holder) -> None:
        """Ask for a tenant's configuration at its next request, however fresh the one at hand is."""
        if hosted := self._open.get(holder.tenant):
            hosted.checked = -FRESH

    def workspaces(self) -> Iterator[Workspace]:
        """Open every tenant that is hosted here, one after the other.

        The log names every practice that cannot be used, what it leaves read-only, and a tenant that cannot be opened.
        """
        for name, why in self.catalogue.broken.items():
            log.error("practice %s cannot be used: %s", name, why)
        codes = self._settings.home.codes() if self._shared is None else tuple(self._open)
        for code in codes:
            try:
                workspace = (self._open.get(code) or self._from_file(code)).workspace
                tenant = workspace.tenant
            except RendaError as error:  # its own requests are answered so; the others are served
                log.error("tenant %s cannot be opened: %s", code, error)
                continue
            for name, why in tenant.absent.items():
                closed = ", ".join(sorted(tenant.readonly)) or "nothing"
                log.error("tenant %s: practice %s is missing, and read-only is %s: %s", code, name, closed, why)
            yield workspace

    def _from_file(self, code: str) -> _Hosted:
        if self._shared is not None:
            raise NotFound(f"no tenant {code!r}")
        with warnings.catch_warnings():
            # `renda serve` told about the machine's SQLite when it started.
            warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)
            opened = self._settings.home.open(code, self.catalogue)
        return self._keep(code, opened.store, InForce(file=opened.file, footprint=opened.footprint))

    def _keep(self, code: str, store: Store, held: InForce) -> _Hosted:
        made = Workspace(
            store=store,
            catalogue=self.catalogue,
            file=held.file,
            footprint=held.footprint,
            now=self._settings.now,
            calendar=self._calendar,
        )
        self._open[code] = _Hosted(made, time.monotonic())
        return self._open[code]

    async def stop(self) -> None:
        """Close every store."""
        if self._shared is not None:
            await self._shared.close()
        else:
            for hosted in self._open.values():
                hosted.workspace.close()
        self._open.clear()
