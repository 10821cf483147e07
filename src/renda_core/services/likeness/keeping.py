"""Keeping the index of texts: new ones go into a segment of their own by night, and many segments into few."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs
import msgspec

from renda_core.domain.case import Actor, Case
from renda_core.domain.likeness import lengths_of, packed
from renda_core.domain.procedure import Procedure
from renda_core.errors import Taken
from renda_core.store.codec import decode_written
from renda_core.store.likeness import ADD_LIST, ADD_PAGE, ADD_SEGMENT, CUT, LATE, SEGMENTS, LateCase, SegmentRow
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit
from renda_core.store.words import LONGEST, words
from renda_core.tenancy import Tenant

INDEXER = Actor(id="job:likeness")
SEGMENT = 100_000
"""Texts of one segment: what one transaction writes in a few seconds."""
PAGE = 4
"""Texts of one page: what is read to compare one of them sign by sign."""
ROWS = 500
"""Cases that are read at once."""
FEW = 200
"""New texts that are no segment's worth yet: they are compared one by one meanwhile."""
MOST_SEGMENTS = 6
"""Segments with room left, beyond which all are written anew, so that a question asks few."""
HELD_BACK = 32
"""The newest cases, which wait: one whose transaction still runs has an earlier id, and would be passed over."""


@attrs.frozen(kw_only=True)
class Kept:
    """What was done: texts written into segments, and how many segments there are of all sorts together."""

    texts: int = 0
    segments: int = 0


def text_of(case: Case, procedure: Procedure) -> str:
    """Give the text by which a case is compared: its searchable fields, or its title where it has none."""
    return _joined(case.title, (getattr(case.body, name, "") for name in procedure.kind.words))


def _joined(title: str, fields: Iterable[object]) -> str:
    """Put texts together; what is sealed is no text."""
    return " ".join([f for f in fields if f and isinstance(f, str)] or [title])[:LONGEST]


def read_text(tenant: Tenant, row: LateCase) -> str:
    """Read a stored case's text; none where its kind cannot be read here."""
    procedure = tenant.practice.find(row.kind, row.edition)
    if procedure is None:
        return ""
    held = decode_written(row.document)
    body = held.body if isinstance(held.body, Mapping) else {}
    return _joined(held.title, (body.get(name) for name in procedure.kind.words))


async def keep(store: Store, tenant: Tenant, progress: Callable[[int], None] | None = None) -> Kept:
    """Bring the index of every kind that offers what is alike up to date; safe to repeat and to stop.

    Args:
        progress: Told after every segment how many texts were written.
    """
    total = Kept()
    for kind in sorted(k.name for k in tenant.practice.kinds() if k.alike):
        segments = await store.read(_segments, tenant.id, kind)
        # Full ones do not count: as many as there are would else be written anew every night.
        stale = segments[-1].segment if sum(s.size < SEGMENT for s in segments) > MOST_SEGMENTS else -1
        after, number = ("", stale + 1) if stale >= 0 or not segments else (segments[-1].upto, segments[-1].segment + 1)
        while True:
            found = await store.read(_late, tenant.id, tenant, kind, after)
            if len(found) < (1 if stale >= 0 else FEW):
                break
            try:
                await store.write(_write, tenant.id, INDEXER, kind, number, found)
            except Taken:  # who was faster goes on, and takes the old ones away
                stale = -1
                break
            after, number = found[-1][0], number + 1
            total = attrs.evolve(total, texts=total.texts + len(found))
            if progress:
                progress(total.texts)
        if stale >= 0:
            await store.write(_cut, tenant.id, INDEXER, kind, stale)
        total = attrs.evolve(total, segments=total.segments + len(await store.read(_segments, tenant.id, kind)))
    return total


async def _segments(reader: Reader, kind: str) -> list[SegmentRow]:
    return await reader.all(SEGMENTS, kind=kind)


async def _late(reader: Reader, tenant: Tenant, kind: str, after: str) -> list[tuple[str, str]]:
    """Read the cases that come next but for the newest, each with its text; as many as a segment holds."""
    found: list[tuple[str, str]] = []
    while len(found) < SEGMENT + HELD_BACK:
        rows = await reader.all(LATE, kind=kind, after=found[-1][0] if found else after, size=ROWS)
        found += [(row.id, read_text(tenant, row)) for row in rows]
        if len(rows) < ROWS:
            break
    return found[: max(0, min(SEGMENT, len(found) - HELD_BACK))]


async def _write(unit: Unit, kind: str, segment: int, texts: list[tuple[str, str]]) -> None:
    """Write one segment: the texts of each word, and the texts themselves in pages.

    Raises:
        Taken: Somebody wrote it meanwhile. Theirs may end elsewhere, so that nothing may follow it unread.
    """
    if any(held.segment >= segment for held in await unit.all(SEGMENTS, kind=kind)):
        raise Taken(f"segment {segment} of {kind} was written by someone else meanwhile")
    lists: dict[str, list[int]] = {}
    counts = []
    for n, (_, text) in enumerate(texts):
        cut = words(text)
        counts.append(len(cut))
        for word in cut:
            lists.setdefault(word, []).append(n)
    own = {"kind": kind, "segment": segment}
    rows = [{**own, "word": word, "texts": packed(held)} for word, held in sorted(lists.items())]
    await unit.write_many(ADD_LIST, rows)
    await unit.write_many(ADD_PAGE, [{**own, "page": n, "texts": raw} for n, raw in _pages(texts)])
    await unit.write(ADD_SEGMENT, **own, upto=texts[-1][0], size=len(texts), lengths=lengths_of(counts))
    unit.record(
        "likeness.kept", on=unit.tenant, version=0, rule="likeness", kind=kind, segment=segment, rows=len(texts)
    )


def _pages(texts: list[tuple[str, str]]) -> Iterator[tuple[int, bytes]]:
    for start in range(0, len(texts), PAGE):
        yield start // PAGE, msgspec.json.encode(texts[start : start + PAGE])


async def forget(unit: Unit, kind: str) -> int:
    """Take away the index of a kind, of which a text was erased; :func:`keep` writes it anew. The caller records it."""
    segments = await _segments(unit, kind)
    return sum([await unit.write(cut, kind=kind, upto=segments[-1].segment) for cut in CUT]) if segments else 0


async def _cut(unit: Unit, kind: str, upto: int) -> None:
    gone = sum([await unit.write(cut, kind=kind, upto=upto) for cut in CUT])
    unit.record("likeness.cut", on=unit.tenant, version=0, rule="likeness", kind=kind, rows=gone)
