"""Notices (提醒) and the days (日程) that practices set: one's own, and who has seen what."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta

from renda_core.services import days, notices, upkeep
from renda_core.services.days import Listed
from renda_core.store.notices import MatterRow, NoticeRow, RecipientRow
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.shapes import Asked, Given, Name, Page, Paged

TAG = "notices"
Matter = Annotated[str, Meta(min_length=1, max_length=500)]
Rule = Annotated[Name, Meta(min_length=1)]


class SeenNotice(Given, kw_only=True, frozen=True):
    """Which of one's own notices: of which rule, on which matter."""

    rule: Rule
    matter: Matter


class Recipients(Paged, kw_only=True, frozen=True):
    """Of which rule and matter; *unseen* gives only those who have not seen it."""

    rule: Rule
    matter: Matter
    unseen: bool = False


class Span(Asked, kw_only=True, frozen=True):
    """From which day to which, three years at most; by default a quarter from today."""

    first: dt.date | None = None
    last: dt.date | None = None


@operation("GET", "/days", summary="List the days that practices set", tag=TAG)
async def list_days(desk: Desk, asked: Span) -> Listed:
    """List the days that enabled practices set for the asker's roles; a rule that fails is named and left out."""
    return await desk.ask(days.days, asked.first, asked.last)


@operation("GET", "/notices", summary="List one's own notices", tag=TAG)
async def list_notices(desk: Desk, asked: Paged) -> Page[NoticeRow]:
    """List what the asker was told, the newest first."""
    found = await desk.ask(notices.own, after=asked.after, size=asked.size)
    return Page(items=list(found.rows), after=found.after)


@operation("POST", "/notices/seen", summary="Mark a notice as seen", tag=TAG, status=200)
async def see_notice(desk: Desk, data: SeenNotice) -> NoticeRow:
    """Mark one's own notice as seen; the first time counts."""
    return await desk.do(notices.see, data.rule, data.matter)


@operation("GET", "/notices/sent", summary="List what people were told", tag=TAG)
async def list_sent_notices(desk: Desk, asked: Paged) -> Page[MatterRow]:
    """List the matters that people were told of, the latest day first, with how many have seen it."""
    found = await desk.ask(upkeep.sent_notices, after=asked.after, size=asked.size)
    return Page(items=list(found.rows), after=found.after)


@operation("GET", "/notices/recipients", summary="List who was told", tag=TAG)
async def list_recipients(desk: Desk, asked: Recipients) -> Page[RecipientRow]:
    """List who was told of a matter and when each has seen it, or those only who have not."""
    found = await desk.ask(
        upkeep.recipients, asked.rule, asked.matter, unseen=asked.unseen, after=asked.after, size=asked.size
    )
    return Page(items=list(found.rows), after=found.after)


HANDLERS = (list_days, list_notices, see_notice, list_sent_notices, list_recipients)
