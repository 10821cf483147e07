"""Other systems: the roster as Popolo, calendars as iCalendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from litestar import Request, Response

from renda_core.errors import ConfigError, Rejected
from renda_core.services import feeds, popolo
from renda_core.services.popolo import imports as popolo_import
from renda_core.services.popolo.imports import Applied
from renda_core.services.popolo.read import LARGEST
from renda_server import downloads, idempotency
from renda_server.answering import JSON
from renda_server.answering import written as answered
from renda_server.desks import Desk
from renda_server.downloads import CALENDAR
from renda_server.operations import operation
from renda_server.shapes import Asked, Name

TAG = "interchange"
Asking = Request[Any, Any, Any]


class PopoloAsked(Asked, kw_only=True, frozen=True):
    """Whether birth dates and nationalities go out too; to keepers of the roster only."""

    personal: bool = False


class PopoloSent(Asked, kw_only=True, frozen=True):
    """Whether it is only a *preview*; *collection* names what a bare array holds, e.g. persons."""

    preview: bool = False
    collection: Name = ""


@attrs.frozen(kw_only=True)
class PopoloTaken:
    """What a document would do, or did: its objects by state, and what is doubtful; a preview has no *applied*."""

    ok: bool
    counts: Mapping[str, int]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    applied: Applied | None = None


@operation("GET", "/popolo.json", summary="Give the roster as Popolo", tag=TAG)
async def give_popolo(desk: Desk, asked: PopoloAsked, request: Asking) -> Response[Any]:
    """Give people, organisations, posts, memberships, areas and events; no ID number and no telephone."""
    body = await desk.ask(popolo.export, personal=asked.personal)
    return downloads.whole(request, f"{desk.tenant.name}名册.json", body, JSON)


@operation(
    "POST",
    "/popolo.json",
    summary="Take a Popolo document in",
    tag=TAG,
    status=200,
    uploads=JSON,
    largest=LARGEST,
    problems=(422,),
)
async def take_popolo(desk: Desk, asked: PopoloSent, request: Asking) -> PopoloTaken:
    """Take a document in, all of it or nothing, or say with `preview=true` what it would do; nobody is taken away."""
    raw = await request.body()

    async def work(at: Desk) -> Response[Any]:
        try:
            seen = await at.ask(popolo_import.preview, raw, collection=asked.collection)
            done = None if asked.preview else await at.do(popolo_import.apply, raw, collection=asked.collection)
        except ConfigError as error:
            raise Rejected(str(error.args[0]), *error.reasons) from None
        return answered(_taken(seen, done), 200)

    if asked.preview:
        answer: Any = await work(desk)
    else:
        answer = await idempotency.once(request, desk, "POST /popolo.json", work, aside=True)
    return answer  # type: ignore[no-any-return]


@operation("GET", "/feeds/{file:str}", summary="Give a calendar", tag=TAG, media=CALENDAR)
async def give_feed(desk: Desk, file: str, request: Asking) -> Response[Any]:
    """Give a calendar for other programs: `sessions.ics`, or `deadlines.ics` or `days.ics` as the asker sees them."""
    name, _ = downloads.split(file, ".ics")
    body = await desk.ask(feeds.feed, name)
    return downloads.whole(request, f"{desk.tenant.name}{feeds.FEEDS[name][0]}.ics", body, CALENDAR)


def _taken(seen: popolo_import.Preview, done: Applied | None) -> PopoloTaken:
    return PopoloTaken(
        ok=seen.ok,
        counts={str(state): n for state, n in seen.counts.items()},
        errors=seen.errors,
        warnings=seen.warnings,
        notes=seen.notes,
        applied=done,
    )


HANDLERS = (give_popolo, take_popolo, give_feed)
