"""What the offices do beside single cases: the yearly report, jobs, the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from renda_core.services import reports, upkeep
from renda_core.services.reports import Report
from renda_core.services.upkeep import JournalEntry
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.shapes import Asked, Page, Size, Year

TAG = "offices"
JOB: Mapping[str, Any] = {"status": 200, "repeatable": True}
"""What the nightly jobs have in common when they are run by day."""


class MovedDate(msgspec.Struct, kw_only=True, frozen=True):
    """One due date that a new holiday table moved."""

    case: str
    clock: str
    unit: str
    was: str
    now: str


class Swept(msgspec.Struct, kw_only=True, frozen=True):
    """Cases whose expiry step was taken; *failed* are left for people, each with the reason."""

    taken: tuple[str, ...]
    failed: tuple[str, ...]


class Looked(msgspec.Struct, kw_only=True, frozen=True):
    """Cases that watches opened."""

    opened: tuple[str, ...]


class Reminded(msgspec.Struct, kw_only=True, frozen=True):
    """How many notices were sent; *failed* names the rules of days that failed and were left out."""

    sent: int
    failed: tuple[str, ...]


class Redated(msgspec.Struct, kw_only=True, frozen=True):
    """Due dates that moved."""

    moved: tuple[MovedDate, ...]


class Verified(msgspec.Struct, kw_only=True, frozen=True):
    """What recomputing the chain found: *broken* is the first entry that does not fit, 0 for none."""

    whole: bool
    entries: int
    broken: int
    why: str
    head: str


class Head(msgspec.Struct, kw_only=True, frozen=True):
    """The end of the chain: keep it elsewhere and compare it later."""

    seq: int
    hash: str


class Entries(Asked, kw_only=True, frozen=True):
    """The entry after which to begin."""

    after: Annotated[int, Meta(ge=0, le=2_000_000_000)] = 0
    size: Size = 50


class Annual(Asked, kw_only=True, frozen=True):
    """Of which year."""

    year: Year


@operation("GET", "/reports/yearly", summary="The year in numbers", tag=TAG)
async def show_report(desk: Desk, asked: Annual) -> Report:
    """Make the report of a year; every rate stands beside what it is a rate of."""
    return await desk.ask(reports.yearly, asked.year)


@operation("POST", "/jobs/sweep", summary="Take expired deadlines' steps", tag=TAG, **JOB)
async def run_sweep(desk: Desk) -> Swept:
    """Take every expiry step that is due, now instead of by night; safe to repeat."""
    await desk.sure()
    done = await upkeep.sweep(desk.store, desk.tenant, desk.actor)
    return Swept(taken=done.taken, failed=done.failed)


@operation("POST", "/jobs/look", summary="Let every watch look", tag=TAG, **JOB)
async def run_look(desk: Desk) -> Looked:
    """Let every watch look, now instead of by night, and open a case for each new finding."""
    await desk.sure()
    return Looked(opened=await upkeep.look(desk.store, desk.tenant, desk.actor))


@operation("POST", "/jobs/remind", summary="Send the notices that are due", tag=TAG, **JOB)
async def run_remind(desk: Desk) -> Reminded:
    """Send every notice whose date has come, now instead of by night; each person is told of a matter once."""
    await desk.sure()
    done = await upkeep.remind(desk.store, desk.tenant, desk.actor)
    return Reminded(sent=done.sent, failed=done.failed)


@operation("POST", "/jobs/redate", summary="Derive due dates anew", tag=TAG, **JOB)
async def run_redate(desk: Desk) -> Redated:
    """Derive every running due date anew, after a holiday table came; every changed date is told."""
    await desk.sure()
    moved = await upkeep.redate(desk.store, desk.tenant, desk.actor)
    return Redated(
        moved=tuple(MovedDate(case=m.case, clock=m.clock, unit=m.unit, was=str(m.was), now=str(m.now)) for m in moved)
    )


@operation("GET", "/journal", summary="List the journal's entries", tag=TAG)
async def list_journal(desk: Desk, asked: Entries) -> Page[JournalEntry]:
    """List entries in order; what is personal in them is not shown."""
    found = await desk.ask(upkeep.entries, after=asked.after, size=asked.size)
    return Page(items=found, after=str(found[-1].seq) if len(found) == asked.size else "")


@operation("GET", "/journal/verification", summary="Verify the journal", tag=TAG)
async def verify_journal(desk: Desk) -> Verified:
    """Recompute the chain from the first entry to the head."""
    found = await desk.ask(upkeep.verify)
    return Verified(whole=found.whole, entries=found.entries, broken=found.broken, why=found.why, head=found.head)


@operation("GET", "/journal/head", summary="The journal's head", tag=TAG)
async def show_head(desk: Desk) -> Head:
    """Give the end of the chain as it stands."""
    found = await desk.ask(upkeep.head)
    return Head(seq=found.seq, hash=found.hash.hex())


HANDLERS = (show_report, run_sweep, run_look, run_remind, run_redate, list_journal, verify_journal, show_head)
