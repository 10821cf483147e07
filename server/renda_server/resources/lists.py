"""What reads many cases: the ledger, what is overdue, and the pages of practices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import attrs
import msgspec
from msgspec import Meta

from renda_core import records
from renda_core.domain.fields import by_title
from renda_core.domain.suggestion import KIND
from renda_core.errors import Invalid
from renda_core.services import ledgers
from renda_core.services import search as finding
from renda_core.services.likeness import Alike, alike
from renda_core.services.search import Found
from renda_core.store.ledgers import LedgerRow, OverdueRow
from renda_core.store.shapes import Sort
from renda_server import bodies
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.shapes import After, Asked, Fields, Given, Id, Line, Name, Page, Paged, Size

TAG = "lists"
JOIN = "~"
"""Between the parts of a cursor; no name of a clock holds it."""


class Narrowed(Asked, kw_only=True, frozen=True):
    """Which cases; every condition that is given must hold.

    *sort* is oldest first, newest first, by what is due next, or by number; *text* are words that all must be there.
    """

    __ids__ = ("unit", "person")

    kind: Name = KIND
    state: Name = ""
    facet: Name = ""
    unit: Id = ""
    person: Id = ""
    dimension: Name = ""
    value: Line = ""
    text: Line = ""
    opened_from: dt.date | None = None
    opened_to: dt.date | None = None
    due_before: dt.date | None = None
    closed: bool | None = None
    sort: Sort = "opened"


class Ledger(Narrowed, kw_only=True, frozen=True):
    """A page of cases, narrowed as is asked."""

    after: After = ""
    size: Size = 50


class Looking(Paged, kw_only=True, frozen=True):
    """What to look for: words, a number, a name, pinyin; *kind* is one kind of case, *what* cases or people alone."""

    text: Annotated[str, Meta(min_length=1, max_length=200)]
    kind: Name = ""
    what: Literal["", "cases", "people"] = ""


@operation("GET", "/cases", summary="List cases", tag="cases")
async def list_cases(desk: Desk, asked: Ledger) -> Page[LedgerRow]:
    """List cases, oldest first, as far as the asker may find them.

    The kind's audience reads all but others' drafts, a handling unit its own assignments, a party its own cases, the
    public what was published.
    """
    ask = ledgers.Ask(**{f: getattr(asked, f) for f in asked.__struct_fields__})
    found = await desk.ask(ledgers.ledger_page, ask)
    return Page(items=list(found.rows), after=found.after)


@operation("GET", "/search", summary="Find cases and people", tag=TAG)
async def search(desk: Desk, asked: Looking) -> Found:
    """Find cases by words of two characters, number or pinyin, and people by name, pinyin or certificate number.

    A page holds as many cases and as many people as *size* says; *after* goes on with both.
    """
    what = (asked.what,) if asked.what else finding.WHAT
    return await desk.ask(finding.search, asked.text, kind=asked.kind, what=what, after=asked.after, size=asked.size)


class Comparing(Given, kw_only=True, frozen=True):
    """The text as it was typed so far, and among which kind's cases; *size* is how many at most."""

    text: Annotated[str, Meta(min_length=1, max_length=4_000)]
    kind: Name = "opinion"
    size: Annotated[int, Meta(ge=1, le=20)] = 5


@operation(
    "POST",
    "/similar",
    summary="Find cases with a text much alike",
    tag=TAG,
    status=200,
    repeatable=True,
)
async def list_similar(desk: Desk, data: Comparing) -> Page[Alike]:
    """Find earlier cases of a kind whose text is much alike, the most alike first, as far as the asker may read them.

    It is asked while an opinion is entered: one matter told by many is one case with many voices. The text is sent as
    a body, for what voters tell is no part of an address, which many on the way keep and cut off.
    """
    found = await desk.ask(alike, data.text, data.kind, size=data.size)
    return Page(items=list(found), after="")


@operation("GET", "/overdue", summary="List what is overdue", tag=TAG)
async def list_overdue(desk: Desk, asked: Paged) -> Page[OverdueRow]:
    """List deadlines that have passed, the longest first, as far as the asker may hear of them."""
    after = _row(asked.after) if asked.after else None
    rows = await desk.ask(ledgers.overdue, after=after, size=asked.size)
    return Page(items=rows, after=_place(rows[-1]) if len(rows) == asked.size else "")


def _place(row: OverdueRow) -> str:
    """Name a row, so that the next page begins after it."""
    return JOIN.join((row.due_on.isoformat(), row.case_id, row.clock, str(row.round), row.unit))


def _row(after: str) -> OverdueRow:
    """Read the last row seen; what it showed does not matter.

    Raises:
        Invalid: It is no cursor that a page gave.
    """
    try:
        day, case, clock, round, unit = after.split(JOIN)
        on, number = dt.date.fromisoformat(day), int(round)
        bodies.check_id(case, "after")
        bodies.check_id(unit, "after")
    except ValueError:
        raise Invalid("after: give what the page before gave", field="after") from None
    if not 0 <= number < 1_000_000:
        raise Invalid("after: give what the page before gave", field="after")
    return OverdueRow(
        case_id=case,
        kind="",
        number="",
        title="",
        clock=clock,
        round=number,
        unit=unit,
        due_on=on,
        provisional=False,
    )


@attrs.frozen(kw_only=True)
class Question:
    """What a page asks for: by which name or Chinese title it is answered, and what holds where it is not."""

    name: str
    title: str
    default: Any


@attrs.frozen(kw_only=True)
class PageTold:
    """A page that the asker may open, and what it asks for."""

    name: str
    title: str
    plugin: str
    asks: tuple[Question, ...]


@operation("GET", "/pages", summary="List the practices' pages", tag=TAG)
async def list_pages(desk: Desk) -> Page[PageTold]:
    """List the pages of enabled practices that the asker may open, by name, with what each asks for."""
    return Page(items=[_told(p) for p in ledgers.pages(desk.tenant, desk.actor)], after="")


def _told(page: records.Page) -> PageTold:
    asks = by_title(page.asks).items()
    return PageTold(
        name=page.name,
        title=page.title,
        plugin=page.plugin,
        asks=tuple(Question(name=a.name, title=title, default=_plain(a.default)) for title, a in asks),
    )


def _plain(value: object) -> Any:
    return None if value is attrs.NOTHING else msgspec.to_builtins(value, enc_hook=str)


@operation("GET", "/pages/{name:str}", summary="Show a practice's page", tag=TAG, problems=(500,), free=True)
async def show_page(desk: Desk, name: str, asked: Mapping[str, str]) -> Fields:
    """Show a page of an enabled practice; otherwise, or to the wrong role, there is none.

    What the page asks for, e.g. a period, is answered by name or Chinese title; `GET /api/pages` tells it. A page about
    one deputy asks for a `person`: offices name one by id, name or certificate number; a deputy finds their own, and of
    anybody else the same 404 as of nobody.
    """
    shown: dict[str, Any] = msgspec.to_builtins(await desk.ask(ledgers.page, name, asked), enc_hook=str)
    return shown


HANDLERS = (list_cases, search, list_similar, list_overdue, list_pages, show_page)
