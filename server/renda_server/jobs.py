"""Long work beside the requests: a bounded queue, one job of a tenant at a time, each in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import shutil
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol

import attrs

from renda_core.errors import RendaError
from renda_core.premises import Premises
from renda_core.services.imports import jobs as import_jobs
from renda_core.services.imports import working as import_work
from renda_core.services.imports.incoming import Busy
from renda_core.services.imports.working import Stopped, Watch
from renda_core.store.directory import DirectoryRow
from renda_core.store.stores import Store
from renda_core.tenancy import Tenant
from renda_server.errors import noted

log = logging.getLogger("renda.server")
Work = Callable[[Watch], object]
AT_ONCE = 2
"""Jobs that run at once, whatever the number of tenants: each keeps a processor busy."""
MOST = 20
"""Jobs of one tenant that may wait; an office has one file at hand, a loop has thousands."""
LEFT = 86_400
"""Seconds after which a file in the folder is nobody's any more: no import takes a day."""
BREATH = 0.01
"""Seconds between two tenants of whom it is asked at a start what was left undone: requests come first."""
LATER = 60
"""Seconds after which somebody whose job found no room may ask again."""


@attrs.define
class Progress:
    """How far a job is; written by its thread, read by requests."""

    done: int = 0
    total: int = 0


class Runner(Protocol):
    """Runs long work; another implementation may hand it to other processes."""

    def check_room(self, tenant: str) -> None:
        """Raise ``Busy`` where a tenant's jobs that wait are too many."""

    def submit(self, tenant: str, id: str, work: Work) -> None:
        """Run work later; the same job twice is run once."""

    def progress(self, id: str) -> Progress | None:
        """Tell how far a job is; None when it does not run here."""

    def give_up(self, id: str) -> None:
        """End a job at its next row."""


class Hosting(Protocol):
    """What a runner needs to know of the tenants of its process."""

    premises: Premises
    on_return: Callable[[DirectoryRow], None] | None

    def serves(self, tenant_id: str) -> bool:
        """Tell whether a tenant is served now."""

    def stores(self) -> AsyncIterator[tuple[DirectoryRow, Store]]:
        """Give every tenant that is served with its store."""

    async def enter(self, tenant_id: str) -> tuple[Store, Tenant]:
        """Open a tenant."""


class _Job:
    """One job, as its thread knows it: hears how far it is, and is stopped between two rows."""

    def __init__(self, id: str, work: Work) -> None:
        self.id, self.work = id, work
        self.progress = Progress()
        self.stopped = threading.Event()

    def begin(self, total: int) -> None:
        self.progress.total = total
        self.told(0)

    def told(self, done: int) -> None:
        self.progress.done = done
        if self.stopped.is_set():
            raise Stopped


class InProcess:
    """The runner of one server process: a lane for each tenant, so that no tenant waits behind another's pile."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._waiting: dict[str, deque[_Job]] = {}
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._jobs: dict[str, _Job] = {}
        self._beside: set[asyncio.Task[None]] = set()
        self._closed = False
        self.may: Callable[[str], bool] = lambda tenant: True
        """Whether a tenant's jobs are run now; one that is not run stays undone, and is taken up later."""

    def check_room(self, tenant: str) -> None:
        """Raise ``Busy`` where a tenant's jobs that wait are too many."""
        if len(self._waiting.get(tenant, ())) >= MOST:
            raise Busy(f"{MOST} files of this office are waiting; send the next one later", retry_after=LATER)

    def submit(self, tenant: str, id: str, work: Work) -> None:
        """Run work later, in the order of its tenant; the same job twice is run once."""
        if id in self._jobs or self._closed:
            return
        self._jobs[id] = job = _Job(id, work)
        self._waiting.setdefault(tenant, deque()).append(job)
        if tenant not in self._lanes:
            self._lanes[tenant] = asyncio.get_running_loop().create_task(self._lane(tenant))

    def progress(self, id: str) -> Progress | None:
        """Tell how far a job is; None when it does not run here."""
        job = self._jobs.get(id)
        return job.progress if job else None

    def give_up(self, id: str) -> None:
        """End a job at its next row."""
        if job := self._jobs.get(id):
            job.stopped.set()

    async def _lane(self, tenant: str) -> None:
        waiting = self._waiting[tenant]
        while waiting:
            job = waiting.popleft()
            try:
                async with self._places:
                    if not job.stopped.is_set() and self.may(tenant):
                        await asyncio.to_thread(self._run, job)
            finally:
                del self._jobs[job.id]
        del self._lanes[tenant], self._waiting[tenant]

    def _run(self, job: _Job) -> None:
        try:
            job.work(job)
        except Stopped:
            pass  # rolled back whole; whoever stopped it knows, and the next start takes it up
        except Exception as error:
            noted(error)

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do some small work on the loop, which the end waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def idle(self) -> None:
        """Wait until nothing is left to do."""
        while self._lanes or self._beside:
            await asyncio.gather(*self._lanes.values(), *self._beside)

    async def stop(self) -> None:
        """End everything at its next row and wait for it; what was under way has done nothing."""
        self._closed = True
        for job in self._jobs.values():
            job.stopped.set()
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        await self.idle()


def ready(folder: Path, now: float) -> None:
    """Make the folder where files lie while they are read, and clear what a killed process left there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.iterdir():
        if now - left.stat().st_mtime > LEFT:
            shutil.rmtree(left, ignore_errors=True)


def bring_on(runner: Runner, store: Store, tenant: Tenant, id: str, folder: Path) -> None:
    """Have an import brought on: read, or applied, as its state says."""

    def work(watch: Watch) -> None:
        mine = store.apart()
        try:
            import_work.work(mine, tenant, id, watch, folder)
        finally:
            mine.shut()

    runner.submit(tenant.id, id, work)


def take_up(runner: InProcess, hosts: Hosting, folder: Path) -> None:
    """Take up again whatever an earlier process left undone, of every tenant that is served; beside the requests.

    A tenant that is not served now is taken up when it is served again.
    """
    runner.may = hosts.serves

    async def of(entry: DirectoryRow, store: Store) -> None:
        if ids := await store.read(import_jobs.undone, entry.id, None):
            _, tenant = await hosts.enter(entry.id)
            for id in ids:
                bring_on(runner, store, tenant, id, folder)

    async def all_of_them() -> None:
        async for entry, store in hosts.stores():
            await _try(of(entry, store), entry.code)
            await asyncio.sleep(BREATH)

    async def returned(entry: DirectoryRow) -> None:
        await of(entry, await hosts.premises.store(entry))

    hosts.on_return = lambda entry: runner.beside(_try(returned(entry), entry.code))
    runner.beside(all_of_them())


async def _try(work: Coroutine[Any, Any, None], code: str) -> None:
    """Do work for one tenant; the others do not suffer where it cannot be done."""
    try:
        await work
    except RendaError as error:
        log.error("tenant %s: what was left undone is not taken up: %s", code, error)
