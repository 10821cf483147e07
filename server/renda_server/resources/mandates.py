"""Mandates (代表职务) and terms (届): what the law has decided, entered with the act that decided it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec
from msgspec import Meta

from renda_core.domain.areas import Term
from renda_core.domain.mandates import Body, EventKind, Mandate, MandateEvent
from renda_core.services import mandates
from renda_core.store.codec import new_id
from renda_server.answering import Answer
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.shapes import Given, Name

TAG = "roster"


class NewEvent(Given, kw_only=True, frozen=True):
    """What happened to a mandate in law, once; *on* is the day of the act, *reason* a code of the law's reasons."""

    kind: EventKind
    on: dt.date
    legal_act: Annotated[str, Meta(min_length=1, max_length=500)]
    by_body: Body
    reason: Name = ""


class NewTerm(Given, kw_only=True, frozen=True):
    """The next term of a congress; the old mandates end when its first session opens."""

    number: Annotated[int, Meta(ge=1, le=200)]
    first_session_on: dt.date
    ends_on: dt.date | None = None


class OpenedTerm(msgspec.Struct, kw_only=True, frozen=True):
    """The term that was opened, and the mandates that ended with it."""

    id: str
    congress: str
    number: int
    ended: tuple[str, ...]


@operation(
    "POST",
    "/mandates/{mandate_id:str}/events",
    summary="Enter what happened to a mandate",
    tag=TAG,
    problems=(412, 422),
)
async def add_event(desk: Desk, mandate_id: str, data: NewEvent) -> Mandate:
    """Enter what happened to a mandate in law: its state changes by nothing else. A refusal names every article."""
    event = MandateEvent(**{f: getattr(data, f) for f in data.__struct_fields__})
    return await desk.do(mandates.happen, mandate_id, event)


@operation(
    "POST", "/congresses/{congress_id:str}/terms", summary="Open the next term", tag=TAG, problems=(409, 412, 422)
)
async def open_term(desk: Desk, congress_id: str, data: NewTerm) -> Answer[OpenedTerm]:
    """Open a congress's next term: the old mandates end with the first session; no case is touched."""
    term = Term(
        id=new_id(),
        congress=congress_id,
        number=data.number,
        valid_from=data.first_session_on,
        first_session_on=data.first_session_on,
        ends_on=data.ends_on,
    )
    ended = await desk.do(mandates.open_term, term)
    return Answer(OpenedTerm(id=term.id, congress=congress_id, number=term.number, ended=ended))


HANDLERS = (add_event, open_term)
