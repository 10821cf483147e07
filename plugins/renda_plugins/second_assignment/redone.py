"""The list of second assignments: what was handed over again, for which evaluation, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from renda_core.domain.suggestion import KIND, TITLES
from renda_core.records import Context, Desk, Seen


@attrs.frozen(kw_only=True)
class Redone:
    """One suggestion that was handed over again.

    Attributes:
        before, after: The evaluation that led to it, and the last one since; empty where none came yet.
        due: When the last of its answering units must have replied again; None where no span is stated.
    """

    case: str
    number: str
    title: str
    on: dt.date | None
    reason: str
    before: str
    after: str
    due: dt.date | None
    closed: bool


@attrs.frozen(kw_only=True)
class Redoings:
    """Every second assignment, counted by the evaluation that led to it, and what came of them."""

    total: int
    before: dict[str, int]
    after: dict[str, int]
    items: tuple[Redone, ...]


async def redoings(context: Context[Any], desk: Desk) -> Redoings:
    """List what was handed over again, in the order in which the suggestions were opened."""
    items = tuple(_item(case) for case in await desk.seen(KIND, "redo", "again"))
    told = [{t: sum(getattr(i, name) == t for i in items) for t in TITLES.values()} for name in ("before", "after")]
    before, after = ({title: n for title, n in counts.items() if n} for counts in told)
    return Redoings(total=len(items), before=before, after=after, items=items)


def _item(case: Seen) -> Redone:
    again: Mapping[str, Any] = next((a for a in reversed(case.acts) if a["step"] == "reassign"), {})
    round = again.get("round", case.round)
    grades = {a["round"]: TITLES.get(a["grade"], a["grade"]) for a in case.acts if a["step"] == "evaluate"}
    return Redone(
        case=case.id,
        number=case.number,
        title=case.title,
        on=again.get("on"),
        reason=again.get("note", ""),
        before=grades.get(round - 1, ""),
        after=grades.get(round, ""),
        due=max((c.due for c in case.clocks if c.name == "redo" and c.round == round), default=None),
        closed=case.closed,
    )
