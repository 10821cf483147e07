"""The shapes of what is asked and answered: each limit stands here once, is enforced, and is in the description."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta

T = TypeVar("T")
LARGEST = 1_000
"""Rows of one page, at most."""
Id = Annotated[str, Meta(max_length=64, extra_json_schema={"format": "uuid"})]
"""An id; that it is one is checked by ``bodies``, which names its place."""
Name = Annotated[str, Meta(max_length=100)]
"""A name of the practice's: a kind, a step, a state, a grade."""
Line = Annotated[str, Meta(max_length=500)]
Text = Annotated[str, Meta(max_length=50_000)]
Version = Annotated[int, Meta(ge=0, le=999_999_999)]
Count = Annotated[int, Meta(ge=0, le=2_000_000_000)]
Size = Annotated[int, Meta(ge=1, le=LARGEST)]
Whole = Annotated[int, Meta(ge=-2_000_000_000, le=2_000_000_000)]
Year = Annotated[int, Meta(ge=1950, le=2100)]
Ids = Annotated[tuple[Id, ...], Meta(max_length=10_000)]
People = Mapping[Name, Ids]
"""People, units or cases by role or relation."""
Fields = Mapping[Name, Any]


class Given(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """A request's body: an unknown field is refused by name."""


class Asked(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """A request's query: an unknown question is refused by name."""


After = Annotated[str, Meta(max_length=2_000)]


class Paged(Asked, kw_only=True, frozen=True):
    """Which page of a list: *after* is what the page before gave, empty for the first."""

    after: After = ""
    size: Size = 50


class Page(msgspec.Struct, Generic[T], kw_only=True, frozen=True):
    """One page of a list; *after* asks for the next one and is empty at the end."""

    items: list[T]
    after: str


class Problem(msgspec.Struct, kw_only=True, frozen=True):
    """Why a request was not done (RFC 9457), with every fact that the error knows.

    *code* is stable and may be translated; *field* names what is wrong; *objections* and *mistakes* list every
    reason; *open* lists the steps that are open, and to whom; *version* and *changed* say what happened since;
    *id* finds a defect in the server's log.
    """

    status: int
    code: str
    title: str
    detail: str
    field: str | msgspec.UnsetType = msgspec.UNSET
    objections: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    mistakes: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    open: tuple[Fields, ...] | msgspec.UnsetType = msgspec.UNSET
    version: int | msgspec.UnsetType = msgspec.UNSET
    changed: tuple[Fields, ...] | msgspec.UnsetType = msgspec.UNSET
    id: str | msgspec.UnsetType = msgspec.UNSET


class Day(Asked, kw_only=True, frozen=True):
    """As of which day; by default today."""

    on: dt.date | None = None
