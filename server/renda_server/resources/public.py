"""What anybody may ask of a county, without a token: its stations and deputies, and how far their own matter is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response
from msgspec import Meta

from renda_core.services import codes
from renda_core.services.codes import Followed
from renda_server import downloads, guests
from renda_server.answering import Answer
from renda_server.desks import Guest
from renda_server.downloads import CALENDAR
from renda_server.operations import operation
from renda_server.public import boards
from renda_server.shapes import Fields, Given, Page

TAG = "public"
Asking = Request[Any, Any, Any]
ONCE: Mapping[str, Any] = {"public": True, "secret": True, "status": 200, "largest": 4_000}
"""What is behind a code: nothing of the request is kept, and its body is short."""
UNKEPT = {"Cache-Control": "no-store"}


class OpenStation(msgspec.Struct, kw_only=True, frozen=True):
    """A home or station that is open today; *township* is the division code of where it stands."""

    id: str
    code: str
    name: str
    kind: str
    township: str
    address: str


class CodeGiven(Given, kw_only=True, frozen=True):
    """A code, as whoever holds it types it."""

    code: Annotated[str, Meta(min_length=1, max_length=64)]


class RatingGiven(CodeGiven, kw_only=True, frozen=True):
    """That a matter is solved (已解决), or solved for the most part (基本解决)."""

    grade: Literal["solved", "basically"]


class DisputeGiven(CodeGiven, kw_only=True, frozen=True):
    """That a matter is not solved (未解决), and a word why."""

    why: Annotated[str, Meta(min_length=1, max_length=500)]


@operation("GET", "/stations", summary="List a county's open stations", tag=TAG, public=True)
async def list_open_stations(desk: Guest) -> Page[OpenStation]:
    """List the deputies' homes and stations (代表之家、联络站) that are open today, by code and name."""
    rows = await desk.glance(boards.stations)
    return Page(
        items=[OpenStation(**{f: getattr(row, f) for f in OpenStation.__struct_fields__}) for row in rows], after=""
    )


@operation("GET", "/stations/{station:str}", summary="Show a station's board", tag=TAG, public=True, problems=(500,))
async def show_station_board(desk: Guest, station: str) -> Fields:
    """Show the public board (公示栏) of a home or station, named by its code or its id."""
    return _plain(await desk.glance(boards.station, station))


@operation(
    "GET",
    "/stations/{station:str}/calendar.ics",
    summary="Give a station's calendar",
    tag=TAG,
    public=True,
    media=CALENDAR,
)
async def give_station_calendar(desk: Guest, station: str, request: Asking) -> Response[Any]:
    """Give the reception days of a home or station for a telephone's calendar."""
    body = await desk.glance(boards.station_calendar, station)
    return downloads.whole(request, "接待日程.ics", body, CALENDAR)


@operation("GET", "/deputies/{person_id:str}", summary="Show a deputy's board", tag=TAG, public=True, problems=(500,))
async def show_deputy_board(desk: Guest, person_id: str) -> Fields:
    """Show what everybody may know of a deputy in office: mandates, stations, the next reception days."""
    return _plain(await desk.glance(boards.deputy, person_id))


@operation(
    "GET",
    "/deputies/{person_id:str}/calendar.ics",
    summary="Give a deputy's calendar",
    tag=TAG,
    public=True,
    media=CALENDAR,
)
async def give_deputy_calendar(desk: Guest, person_id: str, request: Asking) -> Response[Any]:
    """Give the days on which voters find a deputy, for a telephone's calendar."""
    body = await desk.glance(boards.deputy_calendar, person_id)
    return downloads.whole(request, "代表接待日程.ics", body, CALENDAR)


@operation("POST", "/follow", summary="Follow a matter by its code", tag=TAG, problems=(422,), **ONCE)
async def follow_matter(desk: Guest, data: CodeGiven, request: Asking) -> Answer[Followed]:
    """Show how far a matter is, to whoever holds its code; nobody's name or number is in it.

    The code goes in the body, so that no address and no log holds it. Wrong codes are counted by where they come from;
    after ten of them nothing is looked at for a while, and `Retry-After` says for how long.
    """
    boards.refuse_unfollowed(desk.tenant)
    return Answer(await codes.look(desk.store, desk.tenant, data.code, guests.source(request)), UNKEPT)


@operation("POST", "/follow/rating", summary="Judge a matter as solved", tag=TAG, problems=(422,), **ONCE)
async def rate_matter(desk: Guest, data: RatingGiven, request: Asking) -> Answer[Followed]:
    """Judge what came of a matter, once for each answer; show it as it then stands."""
    boards.refuse_unfollowed(desk.tenant)
    source = guests.source(request)
    return Answer(await codes.rate(desk.store, desk.tenant, data.code, source, data.grade), UNKEPT)


@operation("POST", "/follow/dispute", summary="Judge a matter as not solved", tag=TAG, problems=(422,), **ONCE)
async def dispute_matter(desk: Guest, data: DisputeGiven, request: Asking) -> Answer[Followed]:
    """Say why a matter is not solved; it goes back to whoever handled it, and to the superior of each."""
    boards.refuse_unfollowed(desk.tenant)
    source = guests.source(request)
    return Answer(await codes.dispute(desk.store, desk.tenant, data.code, source, data.why), UNKEPT)


def _plain(shown: object) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.to_builtins(shown, enc_hook=str)
    return made


HANDLERS = (
    list_open_stations,
    show_station_board,
    give_station_calendar,
    show_deputy_board,
    give_deputy_calendar,
    follow_matter,
    rate_matter,
    dispute_matter,
)
