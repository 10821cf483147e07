"""The list of transfers: what was decided, and to whom its documents were copied.

Closing a suggestion stops every clock of it, that for the copies too. The duty to copy does not end with it, so this
list goes on to name who waits, with the day on which it was due.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from renda_core.domain.suggestion import KIND
from renda_core.records import Context, Desk, Seen

STATES = {"none": "未移送", "sent": "已移送", "accepted": "受理", "declined": "不受理"}


@attrs.frozen(kw_only=True)
class Transferred:
    """One transfer.

    Attributes:
        field: The field of law, as the place's list calls it.
        copied_to, waiting: Who has the documents, and who of those that the place names has not.
        due: When the copies are due, from the decision; None where the place states no span.
        late: Days past due for those who wait.
    """

    case: str
    number: str
    title: str
    closed: bool
    field: str
    to: str
    sent_on: dt.date | None
    decision: str
    decided_on: dt.date | None
    copied_to: tuple[str, ...]
    waiting: tuple[str, ...]
    due: dt.date | None
    late: int


@attrs.frozen(kw_only=True)
class Transfers:
    """Every transfer, by field of law, by decision, and how many wait for documents."""

    total: int
    by_field: dict[str, int]
    by_decision: dict[str, int]
    waiting: int
    late: int
    items: tuple[Transferred, ...]


async def transfers(context: Context[Any], desk: Desk) -> Transfers:
    """List the transfers in the order in which the suggestions were opened."""
    found = [case for state in tuple(STATES)[1:] for case in await desk.seen(KIND, "procuratorate", state)]
    cases = sorted(found, key=lambda case: case.id)
    names = await desk.names({p for case in cases for p in case.parties.get("procuratorate", ())})
    items = tuple(_item(context, case, names) for case in cases)
    return Transfers(
        total=len(items),
        by_field=_tally(i.field for i in items),
        by_decision=_tally(i.decision for i in items),
        waiting=sum(bool(i.waiting) for i in items),
        late=sum(i.late > 0 for i in items),
        items=items,
    )


def _tally(told: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in told:
        counts[name] = counts.get(name, 0) + 1
    return counts


def _item(context: Context[Any], case: Seen, names: Mapping[str, str]) -> Transferred:
    sent, decided = _last(case, "transfer"), _last(case, "decide_transfer")
    state = case.states["procuratorate"]
    had = tuple(dict.fromkeys(n.strip() for a in case.acts if a["step"] == "copy_documents" for n in a.get("to", ())))
    waiting = tuple(n for n in context.settings.copied_to if n not in had) if state == "accepted" else ()
    due = next((c.due for c in case.clocks if c.name == "copies"), None)
    code = sent.get("field", "")
    return Transferred(
        case=case.id,
        number=case.number,
        title=case.title,
        closed=case.closed,
        field=context.settings.fields.get(code, code),
        to="、".join(names.get(p, p) for p in case.parties.get("procuratorate", ())),
        sent_on=sent.get("on"),
        decision=STATES[state],
        decided_on=decided.get("on"),
        copied_to=had,
        waiting=waiting,
        due=due,
        late=max(0, (context.today - due).days) if waiting and due else 0,
    )


def _last(case: Seen, step: str) -> Mapping[str, Any]:
    return next((a for a in reversed(case.acts) if a["step"] == step), {})
