"""Files of the tests on imports, and a watch that ends the work where a test wants it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from renda_core.domain.case import Actor
from renda_core.services.imports import jobs as import_jobs
from renda_core.services.imports import working as import_work
from renda_core.services.imports.jobs import ImportJob, Receive
from renda_core.services.imports.working import Stopped
from renda_core.testing import Bench, uid

OFFICE = Actor(id=uid("clerk"), roles={"office", "assigner", "station"})
DEPUTY = Actor(id=uid("wang"), roles={"deputy"})
ROADS = Actor(id=uid("roads clerk"), unit=uid("roads"))
PHONE = "19900001234"
UNITS = [{"单位名称": f"县第{n}局", "联系电话": ""} for n in range(1, 6)]
WRONG = [UNITS[0], *({"单位名称": f"县第{n}局", "联系电话": PHONE + "99"} for n in (8, 9))]


def written(lines: Sequence[Mapping[str, Any]]) -> bytes:
    """Write a CSV file as Excel does."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(dict.fromkeys(h for line in lines for h in line)))
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode("utf-8-sig")


class Ending:
    """A watch that notes how far the work is, and ends it after some rows."""

    def __init__(self, after: int = -1, then: Callable[[], None] | None = None) -> None:
        self.after, self.then, self.total, self.done = after, then, 0, 0

    def begin(self, total: int) -> None:
        """Hear how many rows there are."""
        self.total = total

    def told(self, done: int) -> None:
        """Hear how many were looked at."""
        self.done = done
        if done == self.after:
            if self.then is not None:
                self.then()
            raise Stopped


def received(b: Bench, lines: Any = UNITS, sheet: str = "units", by: Actor = OFFICE) -> ImportJob:
    """Hand a file in."""
    content = lines if isinstance(lines, bytes) else written(lines)
    job: ImportJob = b.do(import_jobs.receive, by, Receive(sheet=sheet, name=f"{sheet}.csv", content=content))
    return job


def worked(b: Bench, id: str, watch: Ending | None = None, folder: Path | None = None) -> str:
    """Let a worker bring an import on, in a store of its own."""
    store = b.store.apart()
    try:
        return import_work.work(store, b.tenant, id, watch or Ending(), folder)
    finally:
        if store is not b.store:
            store.shut()


def shown(b: Bench, id: str) -> ImportJob:
    """Look at an import."""
    job: ImportJob = b.ask(import_jobs.show, OFFICE, id)
    return job


def previewed(b: Bench, lines: Any = UNITS, sheet: str = "units") -> ImportJob:
    """Hand a file in and have it read."""
    job = received(b, lines, sheet)
    assert worked(b, job.id) == "previewed", shown(b, job.id)
    return shown(b, job.id)


def asked(b: Bench, lines: Any = UNITS, sheet: str = "units") -> ImportJob:
    """Hand a file in, have it read, and ask that it be applied."""
    job = previewed(b, lines, sheet)
    found: ImportJob = b.do(import_jobs.ask_apply, OFFICE, job.id, job.version)
    return found
