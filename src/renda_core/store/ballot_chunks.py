"""The papers of a round that was counted, thousands to a row: to count them again, a handful of rows is read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import attrs
import msgspec
import numpy as np
from sqlalchemy import Integer, bindparam, delete, select

from renda_core.domain.ballot import Count, Paper
from renda_core.domain.counting import Layout, Tally, pack, unpack
from renda_core.domain.counting.layout import Words
from renda_core.store import tables as t
from renda_core.store.compile import Query, Write, add, keyed
from renda_core.store.unit import Reader, Unit

PAPERS = 8_192
"""Papers of a row: 64 KiB at 64 options, so that fetching a row costs little beside its bytes."""
ROWS = 128
"""Rows fetched at once: 8 MiB at 64 options, however many papers there are."""
APART = -1
"""The row with the papers that say two things in one place, which no layout holds; as JSON, and nearly always empty."""
_c = t.ballot_chunk


@attrs.frozen(kw_only=True)
class Chunk:
    """Some papers, packed; row *n* of them."""

    n: int
    papers: bytes


ADD = add(_c)
CUT = Write(delete(_c).where(*keyed(_c, "ballot_id", "round")))
CHUNKS = Query(
    select(_c.c.n, _c.c.papers)
    .where(*keyed(_c, "ballot_id", "round"), _c.c.n > bindparam("after", type_=Integer))
    .order_by(_c.c.n)
    .limit(ROWS),
    Chunk,
)
_apart = msgspec.json.Decoder(list[tuple[tuple[int, int], ...]])


async def keep(unit: Unit, ballot: str, round: int, papers: Sequence[Paper], layout: Layout) -> None:
    """Keep the papers of a round instead of any kept before, sorted, so that their order tells nothing.

    Raises:
        Invalid: A paper marks what is not on it.
    """
    packed = pack(papers, layout)
    words = layout.papers(packed.papers)
    rows = list(lines(ballot, round, words[np.lexsort(words.T[::-1])]))
    if packed.apart:
        apart = sorted(tuple(sorted(paper)) for paper in packed.apart)
        rows.append({"ballot_id": ballot, "round": round, "n": APART, "papers": msgspec.json.encode(apart)})
    await unit.write(CUT, ballot_id=ballot, round=round)
    await unit.write_many(ADD, rows)


def lines(ballot: str, round: int, papers: Words) -> Iterator[dict[str, Any]]:
    """Write packed papers as rows."""
    for n, start in enumerate(range(0, len(papers), PAPERS)):
        part = papers[start : start + PAPERS]
        yield {"ballot_id": ballot, "round": round, "n": n, "papers": part.tobytes()}


async def chunks(reader: Reader, ballot: str, round: int) -> AsyncIterator[Chunk]:
    """Give the rows of a round, the papers apart first."""
    after = APART - 1
    while found := await reader.all(CHUNKS, ballot_id=ballot, round=round, after=after):
        for chunk in found:
            yield chunk
        after = found[-1].n


async def count_kept(reader: Reader, ballot: str, round: int, layout: Layout) -> Count:
    """Count the papers kept of a round, with the memory of a few rows."""
    tally = Tally(layout)
    async for chunk in chunks(reader, ballot, round):
        if chunk.n == APART:
            tally.add_packed(pack(_apart.decode(chunk.papers), layout))
        else:
            tally.add(chunk.papers)
    return tally.count()


async def kept(reader: Reader, ballot: str, round: int, layout: Layout) -> list[Paper]:
    """Give the papers kept of a round."""
    papers: list[Paper] = []
    async for chunk in chunks(reader, ballot, round):
        papers += _apart.decode(chunk.papers) if chunk.n == APART else unpack(chunk.papers, layout)
    return papers
