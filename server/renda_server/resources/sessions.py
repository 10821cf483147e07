"""Sessions (会议) of a congress in a term: entered and changed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import attrs
import msgspec
from msgspec import Meta

from renda_core.domain.areas import Session
from renda_core.services import people, sessions
from renda_core.store.nouns import ONE
from renda_server.answering import Answer
from renda_server.desks import Desk
from renda_server.etags import etag_of, refuse_stale
from renda_server.operations import operation
from renda_server.shapes import Given, Id

TAG = "roster"
Number = Annotated[int, Meta(ge=1, le=1_000)]


class NewSession(Given, kw_only=True, frozen=True):
    """A session of a term; *closes_on* is its last day."""

    __ids__ = ("term",)

    term: Id
    number: Number
    opens_on: dt.date
    closes_on: dt.date | None = None


class SessionDays(Given, kw_only=True, frozen=True):
    """What of a session changes; what is left out stays as it is."""

    number: Number | msgspec.UnsetType = msgspec.UNSET
    opens_on: dt.date | msgspec.UnsetType = msgspec.UNSET
    closes_on: dt.date | msgspec.UnsetType | None = msgspec.UNSET


@operation("POST", "/sessions", summary="Enter a session", tag=TAG, problems=(422,), etag=True, located=True)
async def add_session(desk: Desk, data: NewSession) -> Answer[Session]:
    """Enter a session of a term; a refusal lists everything that speaks against it."""
    given = {f: getattr(data, f) for f in data.__struct_fields__}
    return _shown(await desk.do(sessions.add_session, sessions.NewSession(**given)))


@operation("PATCH", "/sessions/{session_id:str}", summary="Change a session", tag=TAG, problems=(412, 422), etag=True)
async def change_session(desk: Desk, session_id: str, data: SessionDays, if_match: str) -> Answer[Session]:
    """Give a session other days or another number; ``If-Match`` bears the version that the asker saw."""
    row: Any = await desk.ask(people.get, "sessions", session_id)
    refuse_stale(if_match, row, "session")
    seen = Session(**{a.name: getattr(row, a.name) for a in attrs.fields(Session)})
    told = {f: getattr(data, f) for f in data.__struct_fields__}
    kept = {f: getattr(seen, f) if value is msgspec.UNSET else value for f, value in told.items()}
    return _shown(await desk.do(sessions.change_session, session_id, sessions.SessionChange(seen=seen, **kept)))


def _shown(session: Session) -> Answer[Session]:
    row = ONE["sessions"].into(**{a.name: getattr(session, a.name) for a in attrs.fields(Session)})
    return Answer(session, {"ETag": etag_of(row), "Location": f"/api/sessions/{session.id}"})


HANDLERS = (add_session, change_session)
