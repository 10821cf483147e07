"""Duty records (履职记录): listed, entered, shown, and marked; the kinds that there are."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from renda_core.domain.case import Actor
from renda_core.domain.duty import Record, RecordKind
from renda_core.services import duty
from renda_core.services.duty import listing
from renda_core.services.duty.listing import ListedRecord
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant
from renda_server import bodies
from renda_server.answering import Answer, tagged
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.shapes import Given, Id, Ids, Line, Name, Page, Paged, Version, Whole

TAG = "records"
Quantity = Annotated[int, Meta(ge=1, le=1_000_000)]
Source = Annotated[str, Meta(min_length=1, max_length=500)]
Evidence = Annotated[tuple[Line, ...], Meta(max_length=20)]
Facts = Annotated[dict[Name, Whole], Meta(max_length=20)]
Done = Literal["confirm", "refuse", "appeal", "uphold", "grant", "correct", "withdraw"]


class NewRecord(Given, kw_only=True, frozen=True):
    """A record that no step makes. *source* says what it comes from, and counts once for a person and kind.

    A deputy enters their own as ``entered``; the office confirms. *facts* are what score rules read, *evidence* names
    what proves it, *congress* whose matter it was. *again* says why another of this kind on the same day is not the
    same thing entered twice.
    """

    __ids__ = ("mandates", "congress")

    kind: Name
    on: dt.date
    source: Source
    state: Literal["entered", "confirmed"] = "entered"
    quantity: Quantity = 1
    mandates: Ids = ()
    facts: Facts = msgspec.field(default_factory=dict)
    title: Line = ""
    congress: Id = ""
    evidence: Evidence = ()
    again: Line = ""


class RecordChanges(Given, kw_only=True, frozen=True):
    """What a correction changes, or an appeal that is granted; what is left out stays as it is."""

    on: dt.date | UnsetType = UNSET
    quantity: Quantity | UnsetType = UNSET
    facts: Facts | UnsetType = UNSET
    title: Line | UnsetType = UNSET
    evidence: Evidence | UnsetType = UNSET


class NewMark(Given, kw_only=True, frozen=True):
    """A mark to make on a record.

    *do* is 核实 confirm, 驳回 refuse, 申诉 appeal, 维持 uphold, 采纳申诉 grant, 更正 correct or 撤销 withdraw; all but
    the first need a *why*. *version* is how many marks the asker saw, unless ``If-Match`` bears it.
    """

    do: Done
    why: Line = ""
    version: Version | None = None
    changes: RecordChanges = msgspec.field(default_factory=RecordChanges)


class RecordsAsked(Paged, kw_only=True, frozen=True):
    """Which records: between two days, both included, and of one kind; by default all."""

    first: dt.date | None = None
    last: dt.date | None = None
    kind: Name = ""


class WaitingAsked(Paged, kw_only=True, frozen=True):
    """Which list: what is entered and to be checked, or appealed against and to be decided."""

    state: listing.Waiting = "entered"


@operation("GET", "/people/{person_id:str}/records", summary="List a person's records", tag=TAG)
async def list_records(desk: Desk, person_id: str, asked: RecordsAsked) -> Page[ListedRecord]:
    """List a person's duty records, oldest first, to the offices and to the person."""
    question = listing.Asked(**{f: getattr(asked, f) for f in asked.__struct_fields__})
    found = await desk.ask(listing.page_of, person_id, question)
    return Page(items=list(found.rows), after=found.after)


@operation(
    "POST",
    "/people/{person_id:str}/records",
    summary="Enter a record",
    tag=TAG,
    problems=(422,),
    etag=True,
    located=True,
)
async def enter_record(desk: Desk, person_id: str, data: NewRecord) -> Answer[ListedRecord]:
    """Enter a record by hand, where no step makes it.

    It counts in the mandates in force on its day. What is recorded already, on the same day too, is refused.
    """
    given = {f: getattr(data, f) for f in data.__struct_fields__ if f != "again"}
    asked = duty.Entering(record=Record(person=person_id, **given), again=data.again)
    made = await desk.do(_entered, asked)
    return tagged(made, made.version, f"/api/records/{made.id}")


@operation("GET", "/records", summary="List the records that wait", tag=TAG)
async def list_waiting_records(desk: Desk, asked: WaitingAsked) -> Page[ListedRecord]:
    """List, the oldest day first, what waits for the office: records to be checked, or appeals to be decided."""
    found = await desk.ask(listing.waiting_page, asked.state, asked.after, asked.size)
    return Page(items=list(found.rows), after=found.after)


@operation("GET", "/records/{record_id:str}", summary="Show a record", tag=TAG, etag=True)
async def show_record(desk: Desk, record_id: str) -> Answer[ListedRecord]:
    """Show a record with its whole history: who marked it, why, and what it was before."""
    found = await desk.ask(_one, record_id)
    return tagged(found, found.version)


@operation(
    "POST",
    "/records/{record_id:str}/marks",
    summary="Mark a record",
    tag=TAG,
    status=200,
    problems=(412, 422),
    etag=True,
)
async def mark_record(desk: Desk, record_id: str, data: NewMark, if_match: str) -> Answer[ListedRecord]:
    """Check a record, refuse, correct or withdraw it, appeal against it, or decide the appeal.

    The person appeals, and takes back what nobody checked yet; the offices do the rest, nobody upon their own, and an
    appeal is decided by somebody else than who decided before. Nothing is erased: what it was stays in its history.
    """
    told = {f: getattr(data.changes, f) for f in data.changes.__struct_fields__}
    asked = duty.Marking(
        id=record_id,
        do=data.do,
        why=data.why,
        seen=bodies.version(data.version, if_match),
        changes={field: value for field, value in told.items() if value is not UNSET},
    )
    done = await desk.do(_marked, asked)
    return tagged(done, done.version)


@operation("GET", "/record-kinds", summary="List the kinds of records", tag=TAG)
async def list_record_kinds(desk: Desk) -> Page[RecordKind]:
    """List the kinds of duty records that enabled practices offer, with the book of each and what it measures."""
    return Page(items=list(await desk.ask(listing.kinds)), after="")


async def _one(reader: Reader, tenant: Tenant, actor: Actor, id: str) -> ListedRecord:
    return await _shown(reader, tenant, await duty.record(reader, tenant, actor, id))


async def _entered(unit: Unit, tenant: Tenant, asked: duty.Entering) -> ListedRecord:
    return await _shown(unit, tenant, await duty.enter(unit, tenant, asked))


async def _marked(unit: Unit, tenant: Tenant, asked: duty.Marking) -> ListedRecord:
    return await _shown(unit, tenant, await duty.mark(unit, tenant, asked))


async def _shown(reader: Reader, tenant: Tenant, record: Record) -> ListedRecord:
    """Show a record in the transaction that read or changed it."""
    (found,) = await listing.listed(reader, tenant, (record,))
    return found


HANDLERS = (list_records, enter_record, list_waiting_records, show_record, mark_record, list_record_kinds)
