"""The roster (代表名册), read: people, mandates, congresses and what belongs to them, as each reader may see them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler

from renda_core.services import people
from renda_core.store.nouns import ONE
from renda_core.store.people import MandateRow, PersonRow
from renda_server.answering import Answer
from renda_server.desks import Desk
from renda_server.etags import etag_of
from renda_server.operations import operation
from renda_server.shapes import Id, Line, Name, Page, Paged

TAG = "roster"
NAMES = {
    "persons": ("people", "person", "people, with their mandates"),
    "mandates": ("mandates", "mandate", "mandates (代表职务)"),
    "congresses": ("congresses", "congress", "congresses (人民代表大会)"),
    "terms": ("terms", "term", "terms (届)"),
    "sessions": ("sessions", "session", "sessions (会议)"),
    "districts": ("districts", "district", "electoral districts (选区)"),
    "bodies": ("bodies", "body", "bodies (代表团、专门委员会)"),
    "units": ("units", "unit", "handling units (承办单位)"),
    "stations": ("stations", "station", "deputies' homes and stations (代表之家、联络站)"),
    "voters": ("voters", "voter", "voters' registrations (选民登记)"),
}
"""Each list of the library: its path, one of it, and what it holds."""


def _asks(name: str) -> type[msgspec.Struct]:
    """Make the query of a list: which page, as of which day, and what it may be narrowed by."""
    ids = tuple(c for c in people.KNOWN[name] if c in people.IDS)
    fields: list[tuple[str, Any, Any]] = [("on", dt.date | None, None)]
    fields += [(c, Id if c in ids else Line if c == "text" else Name, "") for c in people.KNOWN[name]]
    return msgspec.defstruct(
        f"{NAMES[name][0].title()}Asked",
        fields,
        bases=(Paged,),
        namespace={"__ids__": ids, "__doc__": "Which page; what it may be narrowed by; as it stood on which day."},
        kw_only=True,
        frozen=True,
        forbid_unknown_fields=True,
    )


def _lists(name: str, row: type) -> HTTPRouteHandler:
    path, _, told = NAMES[name]

    async def listing(desk: Desk, asked: Any) -> Any:
        given = {f: getattr(asked, f) for f in asked.__struct_fields__}
        want = people.Want(**{f: v for f, v in given.items() if v != ""})
        found = await desk.ask(people.listing, name, want)
        return Page(items=list(found.rows), after=found.after)

    return operation(
        "GET",
        f"/{path}",
        summary=f"List {path}",
        tag=TAG,
        name=f"list_{path}",
        description=f"List {told}. Every condition that is given must hold; what the reader may not see is left out.",
        asks=_asks(name),
        gives=Page[row],  # type: ignore[valid-type]
    )(listing)


def _shows(name: str, row: type) -> HTTPRouteHandler:
    path, one, _ = NAMES[name]

    async def showing(desk: Desk, **parts: str) -> Any:
        found = await desk.ask(people.get, name, parts[f"{one}_id"])
        return Answer(found, {"ETag": etag_of(found)})

    return operation(
        "GET",
        f"/{path}/{{{one}_id:str}}",
        summary=f"Show a {one}",
        tag=TAG,
        name=f"show_{one}",
        description=f"Show one {one}, as far as the reader may see it.",
        parameters={f"{one}_id": str},
        gives=row,
        etag=True,
    )(showing)


ROWS: dict[str, type] = {
    "persons": PersonRow,
    "mandates": MandateRow,
    **{name: query.into for name, query in ONE.items()},
}
HANDLERS = tuple(made(name, row) for name, row in ROWS.items() for made in (_lists, _shows))
