"""Finding what is alike: by shared pairs of characters among all, then sign by sign among the best."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import islice

import attrs
import msgspec
from rapidfuzz import fuzz, process

from renda_core.domain.case import Actor, Case, roles_on
from renda_core.domain.likeness import nearest
from renda_core.domain.visibility import may_see
from renda_core.errors import Invalid, NotAllowed, NotFound
from renda_core.services.asking import looked
from renda_core.services.likeness.keeping import PAGE, read_text, text_of
from renda_core.services.sight import reach_of, veiled_in_lists
from renda_core.store.cases import CaseRow, read_row
from renda_core.store.likeness import FIRST, LISTS, NEWEST, PAGES, SEGMENTS, SOME, LateCase, SegmentRow
from renda_core.store.unit import Reader
from renda_core.store.words import LONGEST, words
from renda_core.tenancy import Tenant

COMPARED = 60
"""Texts of a segment that are compared sign by sign: with as many, hardly one of the best five is missed."""
NUMBER = 4
"""Bytes of a text's number in a list."""
SHARE, SHORT = 8, 4_000
"""A word that stands in an eighth of all texts, and in a thousand at least, tells nothing where others do."""
LATEST = 2_000
"""New texts outside all segments that are compared, the newest."""
LEAST = 50.0
"""From how much likeness on something is offered: below, two texts share a place or a turn of speech."""
MOST = 20
"""How many are offered at most: people read five."""


@attrs.frozen(kw_only=True)
class Alike:
    """An earlier case whose text is much alike.

    Attributes:
        likeness: From 0 to 100: of both texts' signs, how many stand in both in the same order.
        text: As the asker may read it.
    """

    id: str
    number: str
    title: str
    text: str
    opened_on: dt.date
    state: str
    closed: bool
    likeness: float


async def alike(
    reader: Reader, tenant: Tenant, actor: Actor, text: str, kind: str, *, size: int = 5
) -> tuple[Alike, ...]:
    """Find the earlier cases of a kind whose text is most alike, the most alike first.

    Args:
        text: As it was typed so far.
        size: How many at most, 1 to 20.

    Raises:
        NotFound: The kind is not enabled, or is not for this reader.
        NotAllowed: The texts are veiled from the reader.
        Invalid: There is no word in the text, it is too long, or the kind offers nothing alike.
    """
    _refuse_closed(tenant, actor, kind)
    wanted = sorted(words(text))
    if not wanted:
        raise Invalid("write what it is about: there is no word in the text", field="text")
    if len(text) > LONGEST:
        raise Invalid(f"the text is longer than {LONGEST} characters", field="text")
    if not 1 <= size <= MOST:
        raise Invalid(f"from 1 to {MOST} can be asked for, not {size}", field="size")
    found, upto = await _indexed(reader, kind, wanted)
    late = await reader.all(NEWEST, kind=kind, after=upto, size=LATEST)
    found |= {row.id: read_text(tenant, row) for row in late}
    ids = sorted(found)  # of what is equally alike, the oldest first
    # Twice as many as are asked for: some may have left the reader's sight.
    best = process.extract(text, [found[id] for id in ids], scorer=fuzz.ratio, limit=2 * size, score_cutoff=LEAST)
    rows = {row.id: row for row in await reader.among(SOME, "id", [ids[n] for _, _, n in best])}
    told = (_told(tenant, actor, rows.get(ids[n]), text) for _, _, n in best)
    return tuple(islice((t for t in told if t), size))


def _refuse_closed(tenant: Tenant, actor: Actor, kind: str) -> None:
    procedure = tenant.practice.procedure(kind, tenant.practice.edition(kind, tenant.today))
    if reach_of(procedure, actor) != "open":
        raise NotFound(f"no kind {kind!r} is open to you")
    if not procedure.kind.alike:
        raise Invalid(f"{kind} offers nothing alike", field="kind")
    if hidden := sorted(veiled_in_lists(procedure, actor) & {f"body.{f}" for f in procedure.kind.words}):
        raise NotAllowed(f"{', '.join(hidden)} of {kind} is not open to you, so nothing is compared with it")


async def _indexed(reader: Reader, kind: str, wanted: Sequence[str]) -> tuple[dict[str, str], str]:
    """Give the texts of all segments that share most, by case, and the last case of any segment.

    PostgreSQL shows each statement what stands then, so what was written anew meanwhile is asked from the start.
    """
    while True:
        found: dict[str, str] = {}
        segments = await reader.all(SEGMENTS, kind=kind)
        for segment in segments:
            found |= await _of_segment(reader, kind, segment, wanted)
        oldest = await reader.find(FIRST, kind=kind)
        if not segments or (oldest is not None and oldest.segment == segments[0].segment):
            return found, max((s.upto for s in segments), default="")


async def _of_segment(reader: Reader, kind: str, segment: SegmentRow, wanted: Sequence[str]) -> Mapping[str, str]:
    """Give the texts of a segment that share most, by case."""
    asked = {"kind": kind, "segment": segment.segment}
    lists = await reader.among(LISTS, "word", wanted, **asked, most=common(segment.size))
    if not lists:  # nothing but what everybody says
        lists = await reader.among(LISTS, "word", wanted, **asked, most=segment.size * NUMBER)
    near = nearest((row.texts for row in lists), segment.lengths, len(wanted), COMPARED)
    pages = sorted({n.text // PAGE for n in near})
    held = {row.page: row.texts for row in await reader.among(PAGES, "page", pages, **asked)}
    read = {page: msgspec.json.decode(raw, type=list[tuple[str, str]]) for page, raw in held.items()}
    return dict(read[n.text // PAGE][n.text % PAGE] for n in near if n.text // PAGE in read)


def common(size: int) -> int:
    """Give the bytes beyond which a word's list is not looked at in a segment of so many texts."""
    return max(SHORT, size * NUMBER // SHARE)


def _told(tenant: Tenant, actor: Actor, row: LateCase | None, asked: str) -> Alike | None:
    """Show a case as its reader may see it; nothing where it is not for him."""
    procedure = tenant.practice.find(row.kind, row.edition) if row else None
    if row is None or procedure is None:
        return None
    case: Case = read_row(CaseRow(kind=row.kind, edition=row.edition, document=row.document), tenant.practice)
    roles = roles_on(actor, case)
    veiled = looked(tenant, procedure, case, roles) if may_see(procedure, case, roles) else None
    if veiled is None or any(f"body.{field}" in veiled for field in procedure.kind.words):
        return None
    text = text_of(case, procedure)
    return Alike(
        id=case.id,
        number=case.number,
        title=case.title,
        text=text,
        opened_on=case.opened_on,
        state="" if "facet.main" in veiled else procedure.state(case),
        closed=procedure.closed(case),
        likeness=round(fuzz.ratio(asked, text), 1),
    )
