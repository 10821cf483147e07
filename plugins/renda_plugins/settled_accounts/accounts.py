"""The accounts as pages: what was handed over (交), how each unit settled it (报), and how groups graded it (算)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from renda_core.domain.ballot import Finding
from renda_core.domain.suggestion import KIND, TITLES
from renda_core.records import Context, Desk, Seen, UnitCount, UnitDesk

ANSWERING = frozenset({"sole", "lead", "separate"})
UNANSWERED = frozenset({"withdrawn", "declined"})
"""How a suggestion ends without having been settled: it stands in nobody's account."""
ROLES = {"sole": "独办", "lead": "主办", "joint": "会办", "separate": "分办"}


@attrs.frozen(kw_only=True)
class Account:
    """One unit's suggestions of one year, those that it answers for at present.

    Attributes:
        year: In which they were opened.
        in_time, late: Closed within the limit, and after it.
        open, overdue: Not closed yet, and past the limit.
        unlimited: Without a limit: assigned before this practice was in use.
        good, poor, exposed, circulated: What inspections found, what was shown in the media, what was circulated.
    """

    unit: str
    name: str
    year: int
    assigned: int
    in_time: int
    late: int
    open: int
    overdue: int
    unlimited: int
    good: int
    poor: int
    exposed: int
    circulated: int


@attrs.frozen(kw_only=True)
class Survey:
    """How deputy groups graded a unit, the last time; *votes* is None where so few voted that it would tell who."""

    unit: str
    name: str
    grade: str
    votes: dict[str, int] | None


@attrs.frozen(kw_only=True)
class Accounts:
    """The accounts of units, the newest year first, and the last declared survey of each."""

    accounts: tuple[Account, ...]
    surveys: tuple[Survey, ...]


@attrs.frozen(kw_only=True)
class HandedOver:
    """One line of the hand-over ledger (交办台账): who handles it, by when, and who signed for it."""

    case: str
    number: str
    title: str
    on: dt.date | None
    place: str
    taken_by: str
    units: tuple[str, ...]
    due: dt.date | None
    closed: bool


@attrs.frozen(kw_only=True)
class HandOvers:
    """What was handed over at joint meetings, oldest first."""

    total: int
    items: tuple[HandedOver, ...]


async def accounts(context: Context[Any], desk: UnitDesk) -> Accounts:
    """Settle the accounts: of all units for the office, or of one unit for its own people."""
    cells: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    asked: tuple[tuple[Mapping[str, str], tuple[UnitCount, ...]], ...] = (
        ({}, await desk.unit_counts(KIND, "main")),
        ({"good": "good", "poor": "poor"}, await desk.unit_counts(KIND, "inspection")),
        ({"exposed": "exposed"}, await desk.unit_counts(KIND, "exposure")),
        ({"circulated": "circulated"}, await desk.unit_counts(KIND, "notice")),
        ({n: n for n in ("in_time", "late", "open", "overdue")}, await desk.unit_deadlines(KIND, "settle")),
    )
    for columns, counts in asked:
        for c in filter(_answers, counts):
            column = columns.get(c.of, "") if columns else "assigned"
            if column:
                cells[c.year, c.unit][column] += c.n
    found = _last(await desk.verdicts("group_survey"))
    names = await desk.names({unit for _, unit in cells} | {f.subject for f in found})
    lines = (_account(year, unit, names.get(unit, unit), had) for (year, unit), had in cells.items())
    least = context.settings.least_papers_shown
    return Accounts(
        accounts=tuple(sorted(lines, key=lambda a: (-a.year, a.name, a.unit))),
        surveys=tuple(sorted((_survey(f, names, least) for f in found), key=lambda s: (s.name, s.unit))),
    )


def _answers(count: UnitCount) -> bool:
    return count.role in ANSWERING and count.share != "released" and count.main not in UNANSWERED


def _account(year: int, unit: str, name: str, had: Mapping[str, int]) -> Account:
    counts = {a.name: had.get(a.name, 0) for a in attrs.fields(Account) if a.name not in ("unit", "name", "year")}
    counts["unlimited"] = counts["assigned"] - sum(counts[n] for n in ("in_time", "late", "open", "overdue"))
    return Account(unit=unit, name=name, year=year, **counts)


def _last(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple({f.subject: f for f in findings}.values())


def _survey(found: Finding, names: Mapping[str, str], least: int) -> Survey:
    told = sum(found.votes.values()) >= least
    return Survey(
        unit=found.subject,
        name=names.get(found.subject, found.subject),
        grade=TITLES.get(found.verdict, found.verdict),
        votes={TITLES.get(answer, answer): n for answer, n in found.votes.items()} if told else None,
    )


async def handed_over(context: Context[Any], desk: Desk) -> HandOvers:
    """List what was handed over at joint meetings."""
    cases = await desk.seen(KIND, "hand_over", "handed")
    names = await desk.names({u.unit for c in cases for u in c.units})
    items = tuple(_line(case, names) for case in cases)
    return HandOvers(total=len(items), items=items)


def _line(case: Seen, names: Mapping[str, str]) -> HandedOver:
    act: Mapping[str, Any] = next((a for a in reversed(case.acts) if a["step"] == "hand_over"), {})
    present = (u for u in case.units if u.round == case.round and u.state != "released")
    return HandedOver(
        case=case.id,
        number=case.number,
        title=case.title,
        on=act.get("on"),
        place=act.get("place", ""),
        taken_by=act.get("taken_by", ""),
        units=tuple(f"{names.get(u.unit, u.unit)}（{ROLES.get(u.role, u.role)}）" for u in present),
        due=next((c.due for c in case.clocks if c.name == "settle"), None),
        closed=case.closed,
    )
