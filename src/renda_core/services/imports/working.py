"""The long part of an import, for a thread of its own: read the file, say what it would do, or do it whole."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import attrs

from renda_core import files
from renda_core.errors import ConfigError, RendaError, Stale
from renda_core.services import imports
from renda_core.services.imports import jobs
from renda_core.services.imports.jobs import WORKER, ImportJob, RowSeen
from renda_core.services.imports.planned import PlannedRow
from renda_core.store.codec import decode, encode
from renda_core.store.stores import Store
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

PAGE = 2_000
"""Rows that are written at once."""
PROBLEMS = 100
"""Problems that are shown with an import; every one stands with its row."""


class Stopped(BaseException):
    """The worker is to stop; no rule of an import may take this for a wrong row."""


class Watch(Protocol):
    """Hears how far the work is, and may end it between two rows."""

    def begin(self, total: int) -> None:
        """Hear how many rows there are."""

    def told(self, done: int) -> None:
        """Hear how many were looked at; raises ``Stopped`` to end the work."""


def work(store: Store, tenant: Tenant, id: str, watch: Watch, folder: Path | None = None) -> str:
    """Bring an import on: from received to previewed, or from applying to applied.

    Each change of state is one transaction over the version that was claimed, so that of two workers on one import
    only the later one's work is kept, and an import that ends in the middle has done nothing.

    Args:
        store: One for this thread (see ``Store.apart``).
        folder: Where the file lies while it is read, in a folder of its own; by default the machine's.

    Returns:
        The state that was reached; empty where there was nothing to do, or where somebody else has taken it on.

    Raises:
        Stopped: Everything under way was rolled back; the import is taken up again by whoever calls this next.
    """
    claimed = store.run(store.write(jobs.claim, tenant.id, WORKER, tenant, id))
    if claimed is None:
        return ""
    job, content = claimed
    try:
        with _on_disk(content, job.facts.ending, folder) as path, Spool(folder) as spool:
            del content, claimed
            try:
                return _bring_on(store, tenant, job, path, watch, spool).state
            except Stale:
                return ""
            except RendaError as error:
                reasons = error.reasons if isinstance(error, ConfigError) else (str(error),)
                return store.run(store.write(_refuse, tenant.id, WORKER, job, spool, tuple(reasons))).state
    except Stale:
        return ""
    except Exception:
        store.run(store.write(_fail, tenant.id, WORKER, job))
        raise


def _bring_on(store: Store, tenant: Tenant, job: ImportJob, path: Path, watch: Watch, spool: Spool) -> ImportJob:
    asker = job.facts.asker
    sheet = files.SHEETS[job.sheet]
    with files.open_rows(path, sheet, worksheet=job.facts.worksheet, name=job.facts.name) as rows:
        watch.begin(rows.total)
        if job.state == "applying":
            return store.run(store.write(_apply, tenant.id, asker, tenant, job, rows, watch, spool))
        seen = store.run(store.write(_preview, tenant.id, asker, tenant, job, rows, watch, spool))
        return store.run(store.write(_keep_preview, tenant.id, WORKER, job, rows, seen, spool))


async def _preview(
    unit: Unit, tenant: Tenant, job: ImportJob, rows: Any, watch: Watch, spool: Spool
) -> imports.Preview:
    """Rehearse it; what is kept of that is written afterwards, in a transaction of its own."""
    spool.clear()
    return await imports.preview(unit, tenant, job.sheet, rows, told=watch.told, each=spool.add)


async def _keep_preview(unit: Unit, job: ImportJob, rows: Any, seen: imports.Preview, spool: Spool) -> ImportJob:
    await jobs.keep_rows(unit, job.id, spool.pages())
    notes = [*rows.notes, *seen.problems]
    state = "previewed" if seen.ok and not any(p.level == "error" for p in rows.notes) else "refused"
    return await jobs.move(
        unit,
        job,
        state,
        total=spool.n,
        done=spool.n,
        counts=dict(spool.counts),
        problems=tuple(told(problem) for problem in notes[:PROBLEMS]),
        more=seen.more + max(0, len(notes) - PROBLEMS),
        reasons=(),
        read_at=unit.now,
    )


async def _apply(unit: Unit, tenant: Tenant, job: ImportJob, rows: Any, watch: Watch, spool: Spool) -> ImportJob:
    """Plan anew and do it, in one transaction with the import's own end: what was previewed may have changed."""
    spool.clear()
    done = await imports.apply(unit, tenant, job.sheet, rows, told=watch.told, each=spool.add)
    await jobs.keep_rows(unit, job.id, spool.pages())
    result = {key: value for key, value in attrs.asdict(done).items() if isinstance(value, int | str)}
    return await jobs.move(
        unit, job, "applied", recorded=False, total=spool.n, done=spool.n, counts=dict(spool.counts), told=result
    )


async def _refuse(unit: Unit, job: ImportJob, spool: Spool, reasons: tuple[str, ...]) -> ImportJob:
    await jobs.keep_rows(unit, job.id, spool.pages())
    more = max(0, len(reasons) - PROBLEMS)
    return await jobs.move(
        unit,
        job,
        "refused",
        total=spool.n,
        done=spool.n,
        counts=dict(spool.counts),
        reasons=reasons[:PROBLEMS],
        more=more,
    )


async def _fail(unit: Unit, job: ImportJob) -> ImportJob:
    told = "something went wrong here, and nothing was imported; tell the office the number of this import"
    return await jobs.move(unit, job, "failed", reasons=(told,))


def told(problem: Any) -> dict[str, Any]:
    """Write a problem as plain data, as the file's reader names it."""
    fields = attrs.asdict(problem, recurse=False)
    return {
        key: value if isinstance(value, int) else "" if value is None else str(value) for key, value in fields.items()
    }


class Spool:
    """What became of every row, on disk until it is written, so that memory stays flat."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - without a name; closed by __exit__
        self.n = 0
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._file.close()

    def clear(self) -> None:
        """Begin anew: a transaction may be run twice."""
        self._file.seek(0)
        self._file.truncate()
        self.n = 0
        self.counts.clear()

    def add(self, row: PlannedRow) -> None:
        """Note one row."""
        self.n += 1
        self.counts[row.state] += 1
        seen = RowSeen(
            n=self.n,
            row=row.number,
            state=row.state,
            worksheet=row.worksheet,
            key=row.key,
            reasons=row.reasons,
        )
        self._file.write(encode(seen) + b"\n")

    def pages(self) -> Iterator[list[RowSeen]]:
        """Give the rows in the order of the file, some at a time."""
        self._file.seek(0)
        page: list[RowSeen] = []
        for line in self._file:
            page.append(decode(line, RowSeen))
            if len(page) == PAGE:
                yield page
                page = []
        if page:
            yield page


@contextmanager
def _on_disk(content: bytes, ending: str, folder: Path | None) -> Iterator[Path]:
    """Lay a file into a folder that only this process's owner may enter, and take both away afterwards."""
    with tempfile.TemporaryDirectory(prefix="renda-import-", dir=folder) as made:
        path = Path(made) / f"file{ending}"
        path.write_bytes(content)
        yield path
