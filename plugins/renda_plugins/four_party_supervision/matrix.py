"""The matrix of the four parties: for each key item who did what, when, what is due, and who is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import attrs

from renda_core.domain.suggestion import KIND
from renda_core.records import Context, Desk, Seen

State = Literal["acted", "awaited", "missing", "late", "unassigned", "finished"]
STATES: Mapping[str, str] = {
    "acted": "已督办",
    "awaited": "待督办",
    "missing": "缺位",
    "late": "逾期",
    "unassigned": "待交办",
    "finished": "已结束",
}
"""What a party's cell says; missing and late are red."""
RED = frozenset({"missing", "late"})
UNDER_WAY = frozenset({"accepted", "assigned", "replied"})
ANSWERING = frozenset({"sole", "lead", "separate"})


@attrs.frozen(kw_only=True)
class Party:
    """One of the four: its step and clock, who may act for it, and who leads it by the list of key items."""

    name: str
    title: str
    step: str
    did: str
    clock: str
    who: str
    leads: tuple[str, ...]


PARTIES = (
    Party(
        name="congress", title="人大", step="congress_supervises", did="人大督办", clock="congress_line",
        who="office director director_lead committee_lead office_lead", leads=("director", "committee", "office"),
    ),
    Party(
        name="government", title="政府", step="government_leads", did="政府领办", clock="government_line",
        who="office government government_lead", leads=("government",),
    ),
    Party(
        name="deputies", title="代表", step="deputies_inspect", did="代表视察督办", clock="deputies_line",
        who="office deputy deputy_lead", leads=("deputy",),
    ),
    Party(
        name="departments", title="部门", step="department_reports", did="部门报告进展", clock="departments_line",
        who="unit:sole unit:lead unit:separate", leads=(),
    ),
)  # fmt: skip


@attrs.frozen(kw_only=True)
class Cell:
    """What one party, or one department, last did on one item.

    Attributes:
        unit: The department's name; empty for the other parties.
        named: Who stands for it, by the list of key items and as parties of the case; units: the unit itself.
        did: What was found, with the way; empty while nothing was done.
        by: Who entered it, and the people whom the entry names.
        due: When the next act is due; None where nothing is, or no interval is stated.
        state: As in ``STATES``; *red* marks a party that is missing or late.
    """

    party: str
    title: str
    unit: str
    named: str
    did: str
    by: str
    on: dt.date | None
    due: dt.date | None
    state: State
    state_title: str
    red: bool


@attrs.frozen(kw_only=True)
class Item:
    """One key item with a cell for each party, and one for each department."""

    case: str
    number: str
    title: str
    round: int
    finished: bool
    red: bool
    cells: tuple[Cell, ...]


@attrs.frozen(kw_only=True)
class FourParties:
    """Every key item; *red* counts the items on which a party is missing or late."""

    total: int
    finished: int
    red: int
    items: tuple[Item, ...]


async def matrix(shown: tuple[str, ...], context: Context[Any], desk: Desk) -> FourParties:
    """Show the key items with some of the parties, oldest first; no item is left out for what a part of it lacks."""
    parties = tuple(p for p in PARTIES if p.name in shown)
    cases = await desk.seen(KIND, "key", "key")
    names = await desk.names({id for case in cases for id in _mentioned(case, parties)})
    items = tuple(_item(case, parties, names, context.today) for case in cases)
    return FourParties(
        total=len(items),
        finished=sum(i.finished for i in items),
        red=sum(i.red for i in items),
        items=items,
    )


def _mentioned(case: Seen, parties: tuple[Party, ...]) -> Iterator[str]:
    yield from (u.unit for u in case.units)
    for party in parties:
        yield from (a["by"] for a in case.acts if a["step"] == party.step and "by" in a)
        for lead in party.leads:
            yield from case.parties.get(f"{lead}_lead", ())


def _item(case: Seen, parties: tuple[Party, ...], names: Mapping[str, str], today: dt.date) -> Item:
    cells = tuple(cell for party in parties for cell in _cells(case, party, names, today))
    return Item(
        case=case.id,
        number=case.number,
        title=case.title,
        round=case.round,
        finished=not _under_way(case),
        red=any(c.red for c in cells),
        cells=cells,
    )


def _under_way(case: Seen) -> bool:
    return case.states.get("main") in UNDER_WAY


def _cells(case: Seen, party: Party, names: Mapping[str, str], today: dt.date) -> Iterator[Cell]:
    """Give the party's one cell; the departments have one each, or a single one that waits for their assignment."""
    if party.name != "departments":
        yield _cell(case, party, "", names, _state(case, party, "", today))
        return
    shares = [u for u in case.units if u.round == case.round and u.role in ANSWERING and u.state != "released"]
    for share in shares:
        ended = share.state == "replied" or not _under_way(case)
        yield _cell(case, party, share.unit, names, "finished" if ended else _state(case, party, share.unit, today))
    if not shares:
        yield _cell(case, party, "", names, "unassigned" if _under_way(case) else "finished")


def _acts(case: Seen, party: Party, unit: str) -> list[Mapping[str, Any]]:
    return [a for a in case.acts if a["step"] == party.step and unit in ("", a.get("unit"))]


def _state(case: Seen, party: Party, unit: str, today: dt.date) -> State:
    """Say where a party stands: red once its time has passed, or at once where no time is stated for the first act."""
    if not _under_way(case):
        return "finished"
    acted = any(a.get("round") == case.round for a in _acts(case, party, unit))
    clock = _clock(case, party, unit)
    if clock is None:
        return "acted" if acted else "missing"
    if clock < today:
        return "late" if acted else "missing"
    return "acted" if acted else "awaited"


def _clock(case: Seen, party: Party, unit: str) -> dt.date | None:
    """Find when the party's next act is due."""
    running = (c.due for c in case.clocks if (c.name, c.unit, c.state) == (party.clock, unit, "running"))
    return max(running, default=None)


def _cell(case: Seen, party: Party, unit: str, names: Mapping[str, str], state: State) -> Cell:
    acts = _acts(case, party, unit) if unit or party.name != "departments" else []
    last: Mapping[str, Any] = acts[-1] if acts else {}
    by = (names.get(last.get("by", ""), last.get("by", "")), last.get("people", ""))
    return Cell(
        party=party.name,
        title=party.title,
        unit=names.get(unit, unit),
        named=_named(case, party, names) if party.leads else names.get(unit, unit),
        did="；".join(filter(None, (last.get("how", ""), last.get("finding", "")))),
        by="、".join(filter(None, by)),
        on=last.get("on"),
        due=None if state in ("finished", "unassigned") else _clock(case, party, unit),
        state=state,
        state_title=STATES[state],
        red=state in RED,
    )


def _named(case: Seen, party: Party, names: Mapping[str, str]) -> str:
    listed: Mapping[str, Any] = next((a for a in reversed(case.acts) if a["step"] == "name_key"), {})
    told = [str(listed.get(lead, "")).strip() for lead in party.leads]
    told += [names.get(p, p) for lead in party.leads for p in case.parties.get(f"{lead}_lead", ())]
    return "、".join(dict.fromkeys(filter(None, told)))
