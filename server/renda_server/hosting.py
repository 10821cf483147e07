"""The tenants a server hosts: found in the directory, opened at first use, their configuration kept fresh."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable

import attrs

from renda_core import compliance, holidays
from renda_core.catalogue import Catalogue
from renda_core.configuration import TenantFile, opening_many, read_folder
from renda_core.errors import ConfigError, NotFound, RendaError, Unavailable
from renda_core.footprint import Footprint, footprint
from renda_core.premises import Premises
from renda_core.services import tenants
from renda_core.services.hosting import directory
from renda_core.services.hosting.directory import ACTIVE, Directory, Moving, SiloAbsent, Suspended, refuse_closed
from renda_core.services.tenants import InForce
from renda_core.store.directory import DirectoryRow
from renda_core.store.stores import Store
from renda_core.tenancy import Tenant
from renda_core.workspace import SETUP, ZONE
from renda_server.desks import Guest
from renda_server.kept import Kept
from renda_server.settings import Settings

__all__ = ["FRESH", "Hosts", "Moving", "SiloAbsent", "Suspended"]

log = logging.getLogger("renda.server")
FRESH = 5.0
"""Seconds after which the directory, and a configuration, are asked for again, so that a change needs no restart."""
MISSED = 1.0
"""Seconds between two looks into the directory for somebody who is not in it: who asks for nobody costs nothing."""


@attrs.define
class _Open:
    """An open tenant: little of it, for there are thousands.

    Attributes:
        store: None where it is a file, of which only some are open at once.
        version: Of the configuration that it was opened by; *listed* is what the directory said of it then.
    """

    store: Store | None
    tenant: Tenant
    version: int
    listed: int
    checked: float


class Hosts:
    """Opens tenants by id, by code and by host, wherever they live."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self._settings, self.catalogue = settings, catalogue
        self.premises = Premises(home=settings.home, database=settings.database, silos=settings.silos)
        self._calendar = holidays.calendar()
        self._open: dict[str, _Open] = {}
        self._kept = Kept()
        self._looked = float("-inf")
        self._watching: asyncio.Task[None] | None = None
        self.on_return: Callable[[DirectoryRow], None] | None = None
        """What is called for a tenant that is served again after it was not."""

    async def start(self) -> None:
        """Read the directory, and bring a database's tenants up to the files of a folder, where one is named.

        No tenant is opened before its first request. A configuration that somebody changed since, over HTTP, stands:
        what its file says otherwise is told in the log.

        Raises:
            ConfigError: The tables are of an older, or a newer, renda; or a file is wrong.
        """
        for name, why in self.catalogue.broken.items():
            log.error("practice %s cannot be used: %s", name, why)
        await self.look()
        if self._settings.database and self._settings.tenants:
            with opening_many():
                for file in read_folder(self._settings.tenants).values():
                    await self._brought_up(file)
            await self.look()
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    async def _brought_up(self, file: TenantFile) -> None:
        """Apply a tenant's file; where it is no longer right, what is in force stands, and the log says why."""
        entry = self._directory.entries.get(file.id)
        try:
            store = await (self.premises.store(entry) if entry else self.premises.main())
        except SiloAbsent as error:
            log.error("%s: not applied: %s", file.path, error)
            return
        try:
            touched = self.check(file)
        except ConfigError as error:
            if await store.read(tenants.in_force, file.id) is None:
                raise
            log.error("%s: not applied: %s", file.path, error)
            return
        stands = await store.write(tenants.bring_up, file.id, SETUP, file, touched, not entry)
        if changed := file.differing(stands.file):
            log.warning("%s: not applied, for it was changed since: %s", file.path, ", ".join(changed))

    async def _watch(self) -> None:
        """Read the directory again and again; while it cannot be read, what is known holds."""
        while True:
            await asyncio.sleep(FRESH)
            try:
                await self.look()
                await self.premises.settle()
            except Exception as error:
                log.error("the directory cannot be read: %s", type(error).__name__)

    async def look(self) -> Directory:
        """Read the directory now, where it is not as it was."""
        before, self._looked = self.premises.known, time.monotonic()
        known = await self.premises.look()
        if before is not None and before is not known:
            for id in [id for id in self._open if id not in known.entries]:
                del self._open[id]
            for id, entry in known.entries.items():
                was = before.entries.get(id)
                anew = was is not None and entry.version <= was.version and entry.changed_at != was.changed_at
                if was is not None and (anew or was.silo != entry.silo):
                    self._open.pop(id, None)
                if self.on_return and entry.state == ACTIVE and (was is None or was.state != ACTIVE):
                    self.on_return(entry)
        return known

    @property
    def _directory(self) -> Directory:
        known = self.premises.known
        return known if known is not None else Directory.of(None, ())

    def of_host(self, host: str) -> str | None:
        """Say whose a host is, written as the directory writes it; None where it is nobody's."""
        return self._directory.hosts.get(host)

    def of_code(self, code: str) -> str:
        """Give the id of the tenant with a code.

        Raises:
            NotFound: It is not hosted here.
        """
        return self._directory.of_code(code).id

    @property
    def single(self) -> str | None:
        """Give the id of the only tenant, where no host is named for anybody and there is but one county."""
        known = self._directory
        counties = [id for id, entry in known.entries.items() if not entry.operator]
        return counties[0] if len(counties) == 1 and not known.hosts else None

    async def enter(self, tenant_id: str) -> tuple[Store, Tenant]:
        """Open a tenant by its id: its store, and itself as it stands today.

        Raises:
            NotFound: It is not hosted here.
            Suspended: It is served to nobody, or will be deleted.
            Moving: It is being moved, and is served again in a moment.
            SiloAbsent: Its own database is not there.
        """
        entry = self._directory.entries.get(tenant_id)
        if entry is None:
            entry = (await self._after_a_look()).one(tenant_id)
        refuse_closed(entry)
        held = self._open.get(tenant_id)
        if held is None or self._old(entry, held):
            try:
                held = await self._renewed(entry, held)
            except Unavailable:
                if not entry.silo:
                    raise
                raise SiloAbsent("this office's database cannot be reached", retry_after=directory.SOON) from None
        today = self._settings.now().astimezone(ZONE).date()
        if held.tenant.today != today:
            held.tenant = held.tenant.on(today)
            (await self.premises.store(entry)).keys.use(entry.id, compliance.of(held.tenant).suite)
        return held.store or await self.premises.store(entry), held.tenant

    async def _after_a_look(self) -> Directory:
        return await self.look() if time.monotonic() - self._looked > MISSED else self._directory

    def _old(self, entry: DirectoryRow, held: _Open) -> bool:
        """Tell whether it is to be asked for its configuration again; the directory says so of those beside it."""
        if held.store is not None and not entry.silo:
            return entry.configured != held.listed or held.checked < 0
        return time.monotonic() - held.checked > FRESH

    async def _renewed(self, entry: DirectoryRow, held: _Open | None) -> _Open:
        store = await self.premises.store(entry)
        if held is not None:
            held.checked, held.listed = time.monotonic(), entry.configured
            if await store.read(tenants.newest, entry.id) == held.version:
                return held
        stands = await store.read(tenants.in_force, entry.id)
        if stands is None:
            raise NotFound("no such tenant")
        tenant = self._opened(stands)
        store.keys.use(entry.id, compliance.of(tenant).suite)  # its personal data are sealed so from now on
        if held is None or held.tenant.absent != tenant.absent:
            self._tell_absent(tenant)
        in_file = not self.premises.database and not entry.silo
        made = _Open(None if in_file else store, tenant, stands.version, entry.configured, time.monotonic())
        self._open[entry.id] = made
        return made

    def _opened(self, held: InForce) -> Tenant:
        today = self._settings.now().astimezone(ZONE).date()
        return held.file.reopen(self.catalogue, self._calendar, today, held.footprint)

    def _tell_absent(self, tenant: Tenant) -> None:
        for name, why in tenant.absent.items():
            closed = ", ".join(sorted(tenant.readonly)) or "nothing"
            log.error("tenant %s: practice %s is missing, and read-only is %s: %s", tenant.code, name, closed, why)

    async def guest(self, code: str) -> Guest:
        """Open a tenant to who has no token; what of it there is for everybody, each operation looks for itself.

        Raises:
            NotFound: It is not hosted here.
        """
        # The code comes from an address: it is looked for among those that are here, and never made a path of.
        id = self._directory.codes.get(code) or (await self._after_a_look()).of_code(code).id
        return Guest(*await self.enter(id), self._kept)

    def check(self, file: TenantFile) -> Footprint:
        """Open a configuration as if it were in force; say what its practices touch.

        Raises:
            ConfigError: Every mistake.
        """
        self.would_be(file)
        return footprint(self.catalogue.offers, file.plugins)

    def would_be(self, file: TenantFile) -> Tenant:
        """Give the tenant that a configuration describes, as if it were in force.

        Raises:
            ConfigError: Every mistake.
        """
        return file.open(self.catalogue, self._calendar, self._settings.now().astimezone(ZONE).date())

    def look_again(self, tenant_id: str) -> None:
        """Ask for a tenant's configuration at its next request, however fresh the one at hand is."""
        if held := self._open.get(tenant_id):
            held.checked = float("-inf")

    def serves(self, tenant_id: str) -> bool:
        """Tell whether a tenant is served now: a job of one that is not is left for later."""
        entry = self._directory.entries.get(tenant_id)
        return entry is not None and entry.state == ACTIVE

    async def stores(self) -> AsyncIterator[tuple[DirectoryRow, Store]]:
        """Give every tenant that is served with its store, one after the other; none is opened for it.

        What cannot be reached is left out, and named in the log.
        """
        for entry in tuple(self._directory.entries.values()):
            if entry.state == ACTIVE and not entry.operator:
                try:
                    store = await self.premises.store(entry)
                except RendaError as error:  # its own requests are answered so; the others are served
                    log.error("tenant %s cannot be opened: %s", entry.code, error)
                    continue
                yield entry, store

    async def stop(self) -> None:
        """Close every store."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
            self._watching = None
        self._open.clear()
        await self.premises.close()
