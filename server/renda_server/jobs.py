"""Long work beside the requests: a bounded queue, one job of a tenant at a time, each in a thread of its own."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import attrs

from renda_core.services.imports import jobs as import_jobs
from renda_core.services.imports import working as import_work
from renda_core.services.imports.incoming import Busy
from renda_core.services.imports.working import Stopped, Watch
from renda_core.store.unit import Store
from renda_core.tenancy import Tenant
from renda_core.workspace import Workspace
from renda_server.errors import noted

Work = Callable[[Watch], object]
AT_ONCE = 2
"""Jobs that run at once, whatever the number of tenants: each keeps a processor busy."""
MOST = 20
"""Jobs of one tenant that may wait; an office has one file at hand, a loop has thousands."""
LEFT = 86_400
"""Seconds after which a file in the folder is nobody's any more: no import takes a day."""
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
        self._closed = False

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
                    if not job.stopped.is_set():
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

    async def idle(self) -> None:
        """Wait until nothing is left to do."""
        while self._lanes:
            await asyncio.gather(*self._lanes.values())

    async def stop(self) -> None:
        """End everything at its next row and wait for it; what was under way has done nothing."""
        self._closed = True
        for job in self._jobs.values():
            job.stopped.set()
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


async def take_up(runner: Runner, hosted: Iterable[Workspace], folder: Path) -> None:
    """Take up again whatever an earlier process left undone, of every tenant."""
    for workspace in hosted:
        tenant, store = workspace.tenant, workspace.store
        for id in await store.read(import_jobs.undone, tenant.id, tenant):
            bring_on(runner, store, tenant, id, folder)
