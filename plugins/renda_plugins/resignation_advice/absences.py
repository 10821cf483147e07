"""Sessions of the own congress missed without approval: a reminder at the first, a task for people at the second.

Sessions count once, however many days were missed, and need not follow each other (不以连续为限).

Source: 代表法 62(3), 63.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from renda_core.domain.case import Case
from renda_core.domain.duty import Record
from renda_core.domain.mandates import Mandate
from renda_core.records import Context, Desk, Found, Lapsed, SessionDay
from renda_plugins.resignation_advice.law import REASONS, TWICE, articles
from renda_plugins.resignation_advice.matter import KIND, OVER, SUBJECT, Matter, key, rests_on, standing
from renda_plugins.resignation_advice.settings import Settings

ABSENT, CAME = "absence", "session"
"""The kinds of duty records of who was absent without approval, and of who attended a session of the congress."""
OF_SESSION, WHOLE = "session", "whole"
"""Facts of an absence: it was from a session of the congress (人民代表大会会议); and from all of it."""
MINE = ("absence_notice", "absence_task")
IN_OFFICE = frozenset({"active", "suspended"})
NO_MORE = "原依据的缺席记录已更正、撤销或经申诉采纳，不再计入，事由不成立"
NOT_HELD = "代表职务已不再有效，无须继续办理"


@attrs.frozen(kw_only=True)
class Missed:
    """One session that somebody missed in one mandate; *partly*, where they missed some of its half-days only."""

    title: str
    records: tuple[str, ...]
    days: tuple[dt.date, ...]
    partly: bool = False

    def __str__(self) -> str:
        told = f"{'、'.join(map(str, self.days))} 未经批准缺席{self.title or '本级人民代表大会会议'}"
        return told + ("（部分时间缺席）" if self.partly else "")


async def in_office(context: Context[Settings], desk: Desk) -> dict[str, Mandate]:
    """Give the mandates in office today by id; whoever is suspended keeps theirs."""
    today = context.today
    held = await desk.mandates_between(today, today)
    return {m.id: m for m in held if m.holds(today) and m.state_on(today) in IN_OFFICE}


async def absences(context: Context[Settings], desk: Desk) -> list[Found | Lapsed]:
    """Find who missed sessions of their own congress without approval, and which cases rest on nothing any more."""
    held = await in_office(context, desk)
    cases = [c for c in await desk.cases(KIND, "find") if rests_on(c).reason in MINE]
    first = min((m.elected_on for m in held.values()), default=context.today)
    records = await desk.records_between(first, context.today, kinds=(ABSENT, CAME))
    sessions = await desk.sessions(first - dt.timedelta(context.settings.one_session), context.today)
    missed = sorted_out(context.settings, held.values(), records, sessions)
    lapsed = list(_lapsed(context.settings, cases, held, missed))
    gone = frozenset(one.case for one in lapsed)
    names = await desk.names({held[id].person for id in missed})
    found: list[Found | Lapsed] = [*lapsed]
    for id, of in missed.items():
        own = [c for c in cases if rests_on(c).mandate == id]
        found += _found(context.settings, held[id], of, own, gone, names)
    return found


def sorted_out(
    settings: Settings, mandates: Iterable[Mandate], records: Sequence[Record], sessions: Sequence[SessionDay]
) -> dict[str, tuple[Missed, ...]]:
    """Give the sessions that were missed in each mandate, oldest first; those without any are left out."""
    found = {}
    for m in mandates:
        of = [r for r in records if m.id in r.mandates and r.congress == m.congress and r.counts]
        absent = [r for r in of if r.kind == ABSENT and r.facts.get(OF_SESSION)]
        came = [r for r in of if r.kind == CAME]
        if missed := tuple(_sessions(settings, absent, came, [s for s in sessions if s.congress == m.congress])):
            found[m.id] = missed
    return found


def _sessions(
    settings: Settings, absent: Iterable[Record], came: Iterable[Record], sessions: Sequence[SessionDay]
) -> Iterator[Missed]:
    """Join the absences of one session; where none is entered, those that lie close together."""
    joined: dict[str, list[Record]] = {}
    titles, last = {s.id: s.title for s in sessions}, ("", dt.date.min)
    for r in sorted(absent, key=lambda r: (r.on, r.id)):
        at = _session(settings, r.on, sessions)
        if not at:  # no session is entered: it is one with the absence just before it, or one of its own
            close = last[0] and (r.on - last[1]).days <= settings.one_session
            at = last[0] if close else r.id
            last = (at, last[1] if close else r.on)
        joined.setdefault(at, []).append(r)
    there = {_session(settings, r.on, sessions) or r.on.isoformat() for r in came}
    for at, of in joined.items():
        days = tuple(sorted({r.on for r in of}))
        partly = bool(there & {at, *map(str, days)}) or all(r.facts.get(WHOLE, 1) == 0 for r in of)
        if partly and settings.partly_there == "ignored":
            continue
        title, ids = titles.get(at) or of[0].title, tuple(r.id for r in of)
        yield Missed(title=title, records=ids, days=days, partly=partly)


def _session(settings: Settings, on: dt.date, sessions: Iterable[SessionDay]) -> str:
    """Give the session to which a day belongs: the last that opened by then, and not long before."""
    opened = [s for s in sessions if 0 <= (on - s.opens_on).days <= settings.one_session]
    return max(opened, key=lambda s: s.opens_on).id if opened else ""


def grounds(settings: Settings, missed: Sequence[Missed]) -> Sequence[Missed]:
    """Give the sessions that count towards the two of the law: those missed in part only where the place says so."""
    return missed if settings.partly_there == "counts" else [one for one in missed if not one.partly]


def _lapsed(
    settings: Settings,
    cases: Iterable[Case],
    held: Mapping[str, Mandate],
    missed: Mapping[str, Sequence[Missed]],
) -> Iterator[Lapsed]:
    for case in cases:
        state, matter = case.states.get("main", "found"), rests_on(case)
        if state in OVER:
            continue
        if matter.mandate not in held:
            if state != "decided":  # what was decided is ended by people, with the legal act that came of it
                yield Lapsed(case=case.id, why=NOT_HELD)
            continue
        task, of = matter.reason == "absence_task", missed.get(matter.mandate, ())
        wanted = grounds(settings, of) if task else of
        still = sum(bool(set(one.records) & set(matter.records)) for one in wanted)
        if still < (TWICE if task else 1):
            yield Lapsed(case=case.id, why=NO_MORE)


def _found(
    settings: Settings,
    mandate: Mandate,
    missed: Sequence[Missed],
    cases: Sequence[Case],
    gone: frozenset[str],
    names: Mapping[str, str],
) -> Iterator[Found]:
    """Give the reminder at the first session, once, and a task at the second and at each further one."""
    stands = list(standing(cases, gone))
    if settings.first_absence and not any(m.reason == "absence_notice" for _, m in stands):
        yield _opened("absence_notice", mandate, missed[:1], cases, names, ())
    counted = grounds(settings, missed)
    if len(counted) < TWICE:
        return
    tasks = {id for _, m in stands if m.reason == "absence_task" for id in m.records}
    covered = {id for _, m in stands for id in m.records} | set(counted[0].records)
    if not tasks or any(not set(one.records) & covered for one in counted):
        yield _opened("absence_task", mandate, counted, cases, names, tuple(c.id for c, _ in stands))


def _opened(
    reason: str,
    mandate: Mandate,
    missed: Sequence[Missed],
    cases: Sequence[Case],
    names: Mapping[str, str],
    earlier: tuple[str, ...],
) -> Found:
    told = "；".join(map(str, missed))
    matter = Matter(
        reason="absence_task" if reason == "absence_task" else "absence_notice",
        facts=f"{told}。本届任期内共 {len(missed)} 次。",
        articles=articles(reason, mandate.level),
        congress=mandate.congress,
        level=mandate.level,
        mandate=mandate.id,
        records=tuple(id for one in missed for id in one.records),
        days=tuple(day for one in missed for day in one.days),
    )
    return Found(
        key=key(cases, reason, mandate.id),
        title=f"{names.get(mandate.person, '代表')}：{REASONS[reason]}",
        body=matter,
        parties={SUBJECT: (mandate.person,)},
        links={"earlier": earlier} if earlier else {},
    )
