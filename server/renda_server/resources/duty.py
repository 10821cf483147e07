"""Duty records (履职记录) of a person."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from renda_core.domain.duty import Record
from renda_core.services import duty as records
from renda_server.answering import Answer
from renda_server.hosting import Desk
from renda_server.operations import operation
from renda_server.shapes import Given, Ids, Name, Page, Whole

TAG = "records"


class NewRecord(Given, kw_only=True, frozen=True):
    """A record that no step makes. *source* says what it comes from, and counts once for a person and kind.

    A deputy enters their own as ``entered``; the office confirms. *facts* are what score rules read.
    """

    __ids__ = ("mandates",)

    kind: Name
    on: dt.date
    source: Annotated[str, Meta(min_length=1, max_length=500)]
    state: Literal["entered", "confirmed", "refused"] = "entered"
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    mandates: Ids = ()
    facts: dict[Name, Whole] = msgspec.field(default_factory=dict)


@operation("GET", "/people/{person_id:str}/records", summary="List a person's records", tag=TAG)
async def list_records(desk: Desk, person_id: str) -> Page[Record]:
    """List a person's duty records, oldest first, to the offices and to the person."""
    return Page(items=list(await desk.ask(records.list_for, person_id)), after="")


@operation(
    "POST", "/people/{person_id:str}/records", summary="Enter a record", tag=TAG, problems=(403, 422), located=True
)
async def enter_record(desk: Desk, person_id: str, data: NewRecord) -> Answer[Record]:
    """Enter a record by hand, where no step makes it."""
    record = Record(person=person_id, **{f: getattr(data, f) for f in data.__struct_fields__})
    made = await desk.do(records.enter, record)
    return Answer(made, {"Location": f"/api/people/{person_id}/records"})


HANDLERS = (list_records, enter_record)
