"""Files on their way in: received, read, looked at, then applied or given up; the journal has every step."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotAllowed, Rejected, Stale
from renda_core.services.imports import SHEET_NAMES
from renda_core.services.imports.incoming import LARGEST, TooLarge, kind_of, safe_name
from renda_core.services.mandates import KEEPERS
from renda_core.store import import_jobs as s
from renda_core.store.codec import decode, encode, new_id
from renda_core.store.import_jobs import Facts, JobRow
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

KEPT = dt.timedelta(days=1)
"""How long a file waits for somebody to apply it; then it is taken away unasked."""
SHOWN = dt.timedelta(days=30)
"""How long the rows of an import that is over can be looked at."""
PAGE, MOST = 100, 1_000
UNDONE = ("received", "reading", "applying")
"""States in which a worker has something to do."""
OVER = ("applied", "given_up")
"""States that nothing leaves, and in which no file is kept."""
WORKER = Actor(id="job:imports", roles={"office"})


@attrs.frozen(kw_only=True)
class Receive:
    """A file that somebody hands in.

    Attributes:
        sheet: Which file it is, e.g. ``"roster"``.
        name: What it is called where it comes from.
        worksheet: Which sheet of a workbook; empty means those that fit.
    """

    sheet: str
    name: str
    content: bytes = attrs.field(repr=False)
    worksheet: str = ""


@attrs.frozen(kw_only=True)
class ImportJob:
    """A file on its way in, without the file itself."""

    id: str
    sheet: str
    state: str
    version: int
    author: str
    made_at: dt.datetime
    facts: Facts


@attrs.frozen(kw_only=True)
class RowSeen:
    """What became of one row of the file; *n* is its place among all rows."""

    n: int
    row: int
    state: str
    worksheet: str = ""
    key: str = ""
    reasons: tuple[str, ...] = ()


async def receive(unit: Unit, _: Tenant, command: Receive) -> ImportJob:
    """Take a file in, sealed; nothing of it is read yet.

    Raises:
        NotAllowed: The asker does not keep the registers.
        Invalid: There is no such sheet, or the file is empty.
        WrongKind, TooLarge: The file is none that is taken.
    """
    check_keeper(unit.actor)
    if command.sheet not in SHEET_NAMES:
        raise Invalid(f"sheet: no {command.sheet[:60]!r}; known: {', '.join(SHEET_NAMES)}", field="sheet")
    if not command.content or command.content.isspace():
        raise Invalid("the file is empty; save it again and send it once more", field="file")
    if len(command.content) > LARGEST:
        raise TooLarge(f"the file is larger than {LARGEST:,} bytes; split it into several files")
    ending, id = kind_of(command.content), new_id()
    facts = Facts(
        name=safe_name(command.name, ending),
        worksheet=command.worksheet,
        ending=ending,
        size=len(command.content),
        digest=hashlib.sha256(command.content).hexdigest(),
        asker=unit.actor,
    )
    job = ImportJob(
        id=id, sheet=command.sheet, state="received", version=0, author=unit.actor.id, made_at=unit.now, facts=facts
    )
    sealed = unit.seal_bytes(command.content, field_of(id))
    await unit.write(s.ADD, **_columns(job), author=job.author, made_at=job.made_at, content=sealed)
    unit.record(
        "import.received", on=id, version=0, rule="import", sheet=job.sheet, size=facts.size, digest=facts.digest
    )
    return job


async def show(reader: Reader, _: Tenant, actor: Actor, id: str) -> ImportJob:
    """Give one import."""
    check_keeper(actor)
    return _job(await reader.one(s.ONE, id=id))


async def listed(reader: Reader, _: Tenant, actor: Actor, after: str = "", size: int = PAGE) -> tuple[ImportJob, ...]:
    """List imports, the newest first; the next page begins after the id that is named."""
    check_keeper(actor)
    query = s.AFTER if after else s.NEWEST
    return tuple(_job(row) for row in await reader.all(query, size=_size(size), **({"after": after} if after else {})))


async def rows(
    reader: Reader, _: Tenant, actor: Actor, id: str, state: str = "", after: int = 0, size: int = PAGE
) -> tuple[RowSeen, ...]:
    """List what became of the rows of an import, all or those of one state, in the order of the file."""
    check_keeper(actor)
    await reader.one(s.ONE, id=id)
    query = s.ROWS_IN if state else s.ROWS
    found = await reader.all(query, job_id=id, after=after, size=_size(size), **({"state": state} if state else {}))
    return tuple(attrs.evolve(decode(row.document, RowSeen), n=row.n, state=row.state) for row in found)


async def ask_apply(unit: Unit, _: Tenant, id: str, version: int) -> ImportJob:
    """Ask that an import be applied, as it was seen.

    Raises:
        Rejected: It cannot be: it has errors, or is over.
        Stale: It was changed meanwhile.
    """
    check_keeper(unit.actor)
    job = _job(await unit.one(s.ONE, id=id))
    check_version(job, version)
    if job.state != "previewed":
        raise Rejected(f"the import is {job.state}; only one that was read without errors is applied")
    return await move(unit, job, "applying", asker=unit.actor)


async def give_up(unit: Unit, _: Tenant, id: str, version: int | None = None) -> ImportJob:
    """Give an import up and take its file away; work on it that is under way comes to nothing."""
    check_keeper(unit.actor)
    job = _job(await unit.one(s.ONE, id=id))
    check_version(job, job.version if version is None else version)
    if job.state in OVER:
        raise Rejected(f"the import is {job.state} already")
    await unit.write(s.CUT_ROWS, job_id=id)
    return await move(unit, job, "given_up")


async def claim(unit: Unit, _: Tenant, id: str) -> tuple[ImportJob, bytes] | None:
    """Take an import on, as a worker: its version goes up, so that nobody else's work on it will be kept.

    Returns:
        The import and its file; None where there is nothing to do.
    """
    job = _job(await unit.one(s.ONE, id=id))
    held = await unit.find(s.CONTENT, id=id)
    if job.state not in UNDONE or held is None or held.content is None:
        return None
    content = unit.open_bytes(held.content, field_of(id))
    return await move(unit, job, "applying" if job.state == "applying" else "reading"), content


async def undone(reader: Reader, _: object) -> tuple[str, ...]:
    """List the imports that a worker has something to do for, the oldest first."""
    found = [row for state in UNDONE for row in await reader.all(s.IN_STATE, state=state)]
    return tuple(row.id for row in sorted(found, key=lambda row: row.id))


async def keep_rows(unit: Unit, id: str, pages: Iterable[list[RowSeen]]) -> None:
    """Write what became of every row, in place of what was known before."""
    await unit.write(s.CUT_ROWS, job_id=id)
    for page in pages:
        made = [{"job_id": id, "n": row.n, "state": row.state, "document": encode(row)} for row in page]
        await unit.write_many(s.ADD_ROW, made)


async def move(unit: Unit, job: ImportJob, state: str, *, recorded: bool = True, **facts: Any) -> ImportJob:
    """Bring an import to a state, over the version that is held; an end takes the file away.

    Args:
        recorded: False where the use case has another entry in the journal.
    """
    ended: dict[str, Any] = {"ended_at": unit.now} if state in OVER else {}
    moved = attrs.evolve(job, state=state, version=job.version + 1, facts=attrs.evolve(job.facts, **facts, **ended))
    await unit.save(s.END if state in OVER else s.SAVE, _columns(moved), was=job.version)
    if recorded:
        told: dict[str, Any] = {"reasons": len(moved.facts.reasons), **moved.facts.counts}
        unit.record(f"import.{state}", on=job.id, version=moved.version, rule="import", sheet=job.sheet, **told)
    return moved


async def purge(unit: Unit, tenant: Tenant) -> int:
    """Give up what waited too long, and take away the rows of what has long been over; answer how many imports."""
    late = await unit.all(s.WAITING, before=unit.now - KEPT)
    old = await unit.all(s.OLD, before=unit.now - SHOWN)
    for job in map(_job, late):
        await move(unit, job, "given_up", recorded=False)
    for row in (*late, *old):
        await unit.write(s.CUT_ROWS, job_id=row.id)
    if late or old:
        ids: dict[str, Any] = {"given_up": [row.id for row in late], "emptied": [row.id for row in old]}
        unit.record("import.purged", on=tenant.id, version=0, rule="import", **ids)
    return len(late)


def check_keeper(actor: Actor) -> None:
    """Refuse whoever does not keep the county's registers."""
    if not actor.roles & KEEPERS:
        raise NotAllowed(f"files are imported by {', '.join(sorted(KEEPERS))}")


def check_version(job: ImportJob, seen: int) -> None:
    """Refuse who saw another version than the one that is stored."""
    if job.version != seen:
        raise Stale(
            f"the import is at version {job.version}, you saw {seen}; load it again", id=job.id, version=job.version
        )


def field_of(id: str) -> str:
    """Name the place that a file is sealed for."""
    return f"import_job:{id}"


def _size(size: int) -> int:
    if not 1 <= size <= MOST:
        raise Invalid(f"size must lie between 1 and {MOST}", field="size")
    return size


def _columns(job: ImportJob) -> Mapping[str, Any]:
    columns = {"id": job.id, "sheet": job.sheet, "state": job.state, "version": job.version}
    return {**columns, "document": encode(job.facts)}


def _job(row: JobRow) -> ImportJob:
    facts = decode(row.document, Facts)
    return ImportJob(
        id=row.id,
        sheet=row.sheet,
        state=row.state,
        version=row.version,
        author=row.author,
        made_at=row.made_at,
        facts=facts,
    )
