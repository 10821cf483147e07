"""四个清: the seat table, the duties, the road map and the plain account of a year's projects, to look at and print.

Article 001 names the four and what each is for (边界清"座位表", 职责清"责任书", 流程清"路线图", 效果清"明白账"); what
stands in them is our own proposal. Each shows the newest year that a congress or street has projects of.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from renda_core.domain.rates import Rate
from renda_core.records import Context, Desk, Finding, Page, Seen
from renda_plugins.livelihood_ballot.ballots import PROJECTS
from renda_plugins.livelihood_ballot.fields import KIND
from renda_plugins.livelihood_ballot.settings import Settings
from renda_plugins.livelihood_ballot.sheets import (
    Account,
    AccountLine,
    Duties,
    DutyLine,
    Route,
    Seat,
    Seated,
    SeatTable,
    Standing,
    Stop,
)
from renda_plugins.livelihood_ballot.states import COURSE, COURSES, GRADES, INSIDE, STATES

STAGES = {
    "征集": "征集初定",
    "初定": "征集初定",
    "审议": "审议票决",
    "票决": "审议票决",
    "监督": "监督评估",
    "评估": "监督评估",
}
TAKEN = {
    "征集": ("propose",),
    "初定": ("shortlist", "argue", "party_review", "nominate", "committee_review", "submit"),
    "审议": ("deliberate",),
    "票决": ("put_to_vote", "announce"),
    "监督": ("start", "supervise"),
    "评估": ("assess",),
}
"""Which steps of the system fill which seat."""
SETTLED = "announced underway done assessed archived"
RUNNING = f"shortlisted argued party_reviewed candidate submitted deliberated voting tied decided failed {SETTLED}"
FEN_IN_WAN = 1_000_000


def wan(fen: object) -> str:
    """Write fen as 万元 with the digits that it has, ``12`` or ``12.5``; nothing for no sum."""
    if not isinstance(fen, int) or not fen:
        return ""
    whole, rest = divmod(fen, FEN_IN_WAN)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


async def _projects(desk: Desk, states: str) -> tuple[Seen, ...]:
    """Give the projects in some states, of the newest year that their congress has any of."""
    found = [case for state in states.split() for case in await desk.seen(KIND, "main", state)]
    newest: dict[tuple[str, str], int] = {}
    for case in found:
        newest[_of(case)] = max(case.body["year"], newest.get(_of(case), 0))
    kept = [c for c in found if c.body["year"] == newest[_of(c)]]
    return tuple(sorted(kept, key=lambda c: (c.body["level"], c.body["congress"], c.opened_on, c.id)))


def _of(case: Seen) -> tuple[str, str]:
    return case.body["level"], case.body["congress"]


def _last(case: Seen, *steps: str) -> Mapping[str, Any]:
    return next((a for a in reversed(case.acts) if a.get("step") in steps), {})


async def seats(context: Context[Settings], desk: Desk) -> SeatTable:
    """Lay out who is responsible for each step, and who took it for each project."""
    cases = await _projects(desk, RUNNING)
    taken = {case.id: {seat: _last(case, *steps) for seat, steps in TAKEN.items()} for case in cases}
    names = await desk.names({a["by"] for seated in taken.values() for a in seated.values() if a.get("by")})
    told = context.settings.seats
    rows = []
    for case in cases:
        cells = [_sat(act, names) for act in taken[case.id].values()]
        fields = dict(zip(list(attrs.fields_dict(Seated))[2:], cells, strict=True))
        rows.append(Seated(number=case.number, project=case.title, **fields))
    return SeatTable(
        seats=tuple(Seat(stage=stage, step=step, bodies=told.get(step, "")) for step, stage in STAGES.items()),
        projects=tuple(rows),
    )


def _sat(act: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return f"{act['on']} {names.get(act.get('by', ''), '')}".strip() if act else ""


async def duties(context: Context[Settings], desk: Desk) -> Duties:
    """List who answers for what; a decided project without its duties shows as such."""
    lines = tuple(map(_duty, await _projects(desk, SETTLED)))
    return Duties(total=len(lines), signed=sum(bool(line.signed_on) for line in lines), duties=lines)


def _duty(case: Seen) -> DutyLine:
    act, argued = _last(case, "start", "take_up"), _last(case, "argue")
    return DutyLine(
        number=case.number,
        project=case.title,
        leader=act.get("leader", ""),
        lead_unit=act.get("lead_unit", "") or argued.get("lead_unit", ""),
        units="、".join(act.get("units", ())) if act else "",
        duties=act.get("duties", ""),
        supervisors="、".join(act.get("supervisors", ())),
        answers_for=act.get("answers_for", ""),
        signed_on=str(act["on"]) if act else "",
    )


async def route(context: Context[Settings], desk: Desk) -> Route:
    """Show the window of this year's call, where each project stands, and every milestone in order."""
    first, last = context.settings.window(context.today.year)
    cases = await _projects(desk, f"proposed {RUNNING}")
    stops = sorted((s for case in cases for s in _stops(case)), key=lambda s: (s.on, s.number))
    return Route(call=f"{first} 至 {last}", projects=tuple(map(_standing, cases)), milestones=tuple(stops))


def _standing(case: Seen) -> Standing:
    since = case.acts[-1].get("on", "") if case.acts else ""
    return Standing(
        number=case.number, project=case.title, state=STATES.get(case.states.get("main", ""), ""), since=str(since)
    )


def _stops(case: Seen) -> Iterator[Stop]:
    for milestone in _last(case, "start", "take_up").get("milestones", ()):
        told = _as_map(milestone)
        yield Stop(
            on=_day(told.get("by")),
            number=case.number,
            project=case.title,
            what=str(told.get("what", "")),
            who=str(told.get("who", "")),
        )


def _as_map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _day(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value or "")


async def account(context: Context[Settings], desk: Desk) -> Account:
    """Answer for what was promised: votes, money, what was changed and why, what it came to."""
    cases = await _projects(desk, SETTLED)
    votes = {f.subject: f for f in await desk.verdicts(PROJECTS)}  # the last round's stands
    reasons = context.settings.adjustment_reasons
    lines = tuple(_line(case, votes.get(case.id), reasons) for case in cases)
    total = sum(_last(case, "argue").get("investment", 0) for case in cases)
    done = sum(case.states.get("main") in ("done", "assessed", "archived") for case in cases)
    return Account(total=len(lines), completed=done, investment=wan(total) or "0", projects=lines)


def _line(case: Seen, vote: Finding | None, reasons: Mapping[str, str]) -> AccountLine:
    argued, ended = _last(case, "argue"), _last(case, "complete")
    funds: Iterable[Mapping[str, Any]] = map(_as_map, argued.get("funds", ()))
    fiscal = sum(f.get("amount", 0) for f in funds if f.get("fiscal"))
    given = argued.get("investment", 0)
    return AccountLine(
        number=case.number,
        project=case.title,
        site=argued.get("site", ""),
        beneficiaries=case.body.get("beneficiaries", 0),
        investment=wan(given),
        fiscal=Rate(hits=fiscal, base=given, of="总投资").shown if given else "",
        votes="、".join(f"{n}" for n in vote.votes.values()) if vote else "",
        share=_share(vote),
        course=COURSES.get(case.states.get(COURSE, ""), ""),
        changes="；".join(_changes(case, reasons)),
        spent=wan(ended.get("spent", 0)),
        grade=GRADES.get(case.states.get("grade", ""), ""),
    )


def _share(vote: Finding | None) -> Rate | None:
    """Give the votes for it of all deputies, or of a street's roll."""
    return attrs.evolve(vote.rate, of="实有代表") if vote and vote.rate else None


def _changes(case: Seen, reasons: Mapping[str, str]) -> Iterator[str]:
    asked: Mapping[str, Any] = {}
    for act in case.acts:
        if act.get("step") == "ask_adjustment":
            asked = act
        elif act.get("step") in ("approve_adjustment", "adopt_adjustment") and asked:
            told = reasons.get(asked.get("reason", ""), asked.get("reason", ""))
            yield f"{act.get('on')} {COURSES.get(act.get('grade', ''), '')}（{told}）：{asked.get('text', '')}"


def pages() -> Iterator[Page]:
    """Offer the four."""
    who = f"{INSIDE} deputy"
    yield Page(name="livelihood_seats", title="民生实事座位表", shows=SeatTable, view=seats, who=who)
    yield Page(name="livelihood_duties", title="民生实事责任书", shows=Duties, view=duties, who=who)
    yield Page(name="livelihood_route", title="民生实事路线图", shows=Route, view=route, who=who)
    yield Page(name="livelihood_account", title="民生实事明白账", shows=Account, view=account, who=f"{who} public")
