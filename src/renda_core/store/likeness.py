"""The statements of the index of texts that are much alike."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import Integer, bindparam, delete, func, select

from renda_core.store import tables as t
from renda_core.store.columns import Id
from renda_core.store.compile import Query, Write, add, among, keyed, mine


@attrs.frozen(kw_only=True)
class SegmentRow:
    """One segment; *lengths* has two bytes a text."""

    segment: int
    upto: str
    size: int
    lengths: bytes


@attrs.frozen(kw_only=True)
class SegmentNumber:
    """One segment by its number."""

    segment: int


@attrs.frozen(kw_only=True)
class ListRow:
    """The texts of a segment that hold some word, four bytes each."""

    segment: int
    texts: bytes


@attrs.frozen(kw_only=True)
class PageRow:
    """Some texts of a segment, as JSON: a case's id and its text, one after the other."""

    page: int
    texts: bytes


@attrs.frozen(kw_only=True)
class LateCase:
    """A case that no segment holds yet."""

    id: str
    kind: str
    edition: str
    document: bytes


_f = t.case_file.c
_segments, _lists, _pages = t.likeness_segment, t.likeness_list, t.likeness_page
_after: Any = bindparam("after", type_=Id())
_size: Any = bindparam("size", type_=Integer())
_upto: Any = bindparam("upto", type_=Integer())
SEGMENTS = Query(
    select(_segments.c.segment, _segments.c.upto, _segments.c.size, _segments.c.lengths)
    .where(*keyed(_segments, "kind"))
    .order_by(_segments.c.segment),
    SegmentRow,
)
FIRST = Query(
    select(_segments.c.segment).where(*keyed(_segments, "kind")).order_by(_segments.c.segment).limit(1), SegmentNumber
)
"""The oldest segment that is there; what is written anew is taken away from the oldest on."""
LISTS = Query(
    select(_lists.c.segment, _lists.c.texts).where(
        *keyed(_lists, "kind", "segment"),
        among(_lists.c.word, "word"),
        func.length(_lists.c.texts) <= bindparam("most", type_=Integer()),
    ),
    ListRow,
)
"""The lists of some words that are no longer than so many bytes."""
PAGES = Query(
    select(_pages.c.page, _pages.c.texts).where(*keyed(_pages, "kind", "segment"), among(_pages.c.page, "page")),
    PageRow,
)
_late = (_f.id, _f.kind, _f.edition, _f.document)
LATE = Query(select(*_late).where(*keyed(t.case_file, "kind"), _f.id > _after).order_by(_f.id).limit(_size), LateCase)
NEWEST = Query(
    select(*_late).where(*keyed(t.case_file, "kind"), _f.id > _after).order_by(_f.id.desc()).limit(_size), LateCase
)
SOME = Query(select(*_late).where(mine(t.case_file), among(_f.id, "id")), LateCase)
ADD_SEGMENT, ADD_LIST, ADD_PAGE = add(_segments), add(_lists), add(_pages)
CUT = tuple(Write(delete(x).where(*keyed(x, "kind"), x.c.segment <= _upto)) for x in (_segments, _lists, _pages))
"""Take away the segments up to one."""
