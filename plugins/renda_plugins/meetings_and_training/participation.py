"""参加活动情况: who was invited, who came, how often, and how many of those in office were trained."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal

import attrs

from renda_core.domain.case import Case
from renda_core.domain.fields import titled
from renda_core.domain.rates import Rate
from renda_core.errors import Invalid
from renda_core.records import Context, Desk, Page
from renda_plugins.meetings_and_training.events import STATES
from renda_plugins.meetings_and_training.fields import Event
from renda_plugins.meetings_and_training.guards import FARTHEST
from renda_plugins.meetings_and_training.kinds import FORMS, KIND, TAKEN
from renda_plugins.meetings_and_training.lines import CAME, Line, Told, line, told_by
from renda_plugins.meetings_and_training.rolls import invited, misplaced, schedule, undecided
from renda_plugins.meetings_and_training.settings import Settings

GROUPS = {"": "合计", "form": "活动形式", "month": "月份", "group": "代表小组"}
ALONE, UNNAMED = "（未编组）", "（汇总登记，未列名）"
LONGEST = dt.timedelta(days=5 * 366 + 1)
"""Longest period of one report: a term of five years."""
FIRST_YEAR, LAST_YEAR = 1954, 2099
"""Years that may be asked for: there are deputies since 1954."""


@attrs.frozen(kw_only=True)
class Asked:
    """Of which days, by default this year's; of which congress, by name or id, by default all; by what in groups."""

    first: dt.date | None = titled("起", default=None)
    last: dt.date | None = titled("止", default=None)
    congress: str = titled("人大", default="")
    by: Literal["", "form", "month", "group"] = titled("分组", default="", choices=GROUPS)


@attrs.frozen(kw_only=True)
class Plan:
    """What was planned of one form, and what became of it: the year's plan beside what was done.

    Attributes:
        unrecorded: Over, and neither roll nor sums were entered.
        noticed: Announced in time, of those that had to be announced by now.
    """

    form: str = titled("活动形式")
    planned: int = titled("计划")
    done: int = titled("已登记")
    cancelled: int = titled("取消")
    unrecorded: int = titled("逾期未登记")
    noticed: Rate = titled("按时通知")


@attrs.frozen(kw_only=True)
class Point:
    """An event that waits for somebody."""

    on: dt.date = titled("日期")
    title: str = titled("活动")
    why: str = titled("待处理")


@attrs.frozen(kw_only=True)
class Participation:
    """Who took part in the events of a period.

    Attributes:
        trained: Deputies in force at the end with at least one training that counts.
        total: All in one line; *lines* group by group. Lines by group do not add up: somebody may sit in several.
        plan: Form by form.
    """

    first: dt.date = titled("起")
    last: dt.date = titled("止")
    trained: Rate = titled("培训覆盖")
    total: tuple[Line, ...] = titled("合计")
    lines: tuple[Line, ...] = titled("分组")
    plan: tuple[Plan, ...] = titled("计划与完成")
    points: tuple[Point, ...] = titled("待处理")


async def participation(context: Context[Settings], desk: Desk, asked: Asked) -> Participation:
    """Count invitations, attendance, leave and training of a period, whole and by groups, and list what waits.

    Raises:
        Invalid: The period ends before it begins or is longer than five years, or there is no such congress.
    """
    first, last = period(context.today, asked.first, asked.last)
    end = max(first, min(last, context.today))
    congress = await congress_id(desk, asked.congress, end)
    cases = await _between(desk, first, last)
    told = await _told(desk, cases, first, last, congress)
    force = frozenset(await desk.deputies(end, congress=congress))
    trained = {r.person for r in told.records if r.kind == "training"}
    return Participation(
        first=first,
        last=last,
        trained=Rate(hits=len(trained & force), base=len(force), of="在任代表"),
        total=(line(GROUPS[""], told),),
        lines=await _lines(desk, asked.by, told, end),
        plan=tuple(_plan(context, cases)),
        points=tuple(sorted(await _points(context, desk, cases), key=lambda p: (p.on, p.title))),
    )


def period(today: dt.date, first: dt.date | None, last: dt.date | None) -> tuple[dt.date, dt.date]:
    """Give the period that is asked for, both days included; this year, where nothing is said.

    Raises:
        Invalid: It ends before it begins, or is longer than a term.
    """
    year = (first or last or today).year
    first, last = first or dt.date(year, 1, 1), last or dt.date(year, 12, 31)
    if last < first:
        raise Invalid(f"the period ends on {last}, before it begins on {first}", field="last")
    if last - first > LONGEST or first.year < FIRST_YEAR or last.year > LAST_YEAR:
        raise Invalid(f"{first} to {last}: ask for at most five years, from {FIRST_YEAR} to {LAST_YEAR}", field="first")
    return first, last


async def congress_id(desk: Desk, named: str, on: dt.date) -> str:
    """Find a congress by its name or id; nothing where none is named.

    Raises:
        Invalid: There is none; the message names those that there are.
    """
    if not (wanted := named.strip()):
        return ""
    known = await desk.congresses(on)
    found = [c.id for c in known if wanted in (c.name, c.id)]
    if len(found) != 1:
        names = "、".join(c.name for c in known[:20]) or "none"
        raise Invalid(f"no congress {wanted!r} stands on {on}; there are: {names}", field="congress")
    return found[0]


async def _between(desk: Desk, first: dt.date, last: dt.date) -> list[Case]:
    """List the events of a span of days, cancelled ones too, by day."""
    found = await desk.opened(KIND, first - FARTHEST, last)
    return sorted((c for c in found if first <= schedule(c).on <= last), key=lambda c: (schedule(c).on, c.title))


async def _told(desk: Desk, cases: list[Case], first: dt.date, last: dt.date, congress: str) -> Told:
    """Gather what is told; of one congress, invitations of those who sat there in the period, and its own sums."""
    seats, sums = told_by(cases)
    if congress:
        sitting = {m.person for m in await desk.mandates_between(first, last, congress=congress)}
        own = {c.id: c.body_as(Event).congress for c in cases}
        seats = [s for s in seats if s.outcome.person in sitting and own[s.event] in ("", congress)]
        sums = [s for s in sums if own[s.event] == congress]
    records = await desk.records_between(first, last, kinds=tuple(TAKEN), congress=congress)
    return Told(seats=seats, sums=sums, records=[r for r in records if r.counts])


async def _lines(desk: Desk, by: str, told: Told, end: dt.date) -> tuple[Line, ...]:
    if not by:
        return ()
    if by == "form":
        return tuple(line(TAKEN[k], part) for k in TAKEN if (part := _part(told, kinds={k})) is not None)
    if by == "month":
        days = (*(s.on for s in told.seats), *(s.on for s in told.sums), *(r.on for r in told.records))
        months = sorted({f"{on:%Y-%m}" for on in days})
        return tuple(line(m, part) for m in months if (part := _part(told, month=m)) is not None)
    groups = await desk.groups(end)
    grouped = {p for g in groups for p in g.deputies}
    found = [(g.name, frozenset(g.deputies)) for g in groups]
    alone = {s.outcome.person for s in told.seats} | {r.person for r in told.records}
    lines = [line(name, _of(told, people)) for name, people in found]
    if rest := alone - grouped:
        lines.append(line(ALONE, _of(told, rest)))
    if told.sums:
        lines.append(line(UNNAMED, Told(seats=(), sums=told.sums, records=())))
    return tuple(lines)


def _part(told: Told, *, kinds: Collection[str] = (), month: str = "") -> Told | None:
    """Give what is of some kinds, or of a month; None where nothing is."""

    def within(kind: str, on: dt.date) -> bool:
        return (not kinds or kind in kinds) and month in ("", f"{on:%Y-%m}")

    found = Told(
        seats=[s for s in told.seats if within(s.kind, s.on)],
        sums=[s for s in told.sums if within(s.kind, s.on)],
        records=[r for r in told.records if within(r.kind, r.on)],
    )
    return found if found.seats or found.sums or found.records else None


def _of(told: Told, people: Collection[str]) -> Told:
    """Give what is of some people; sums name nobody."""
    return Told(
        seats=[s for s in told.seats if s.outcome.person in people],
        sums=(),
        records=[r for r in told.records if r.person in people],
    )


def _plan(context: Context[Settings], cases: Iterable[Case]) -> Iterator[Plan]:
    """Set what was planned of each form beside what was done."""
    forms: dict[str, list[Case]] = {}
    for case in cases:
        forms.setdefault(case.body_as(Event).form, []).append(case)
    for form, title in FORMS.items():
        if of := forms.get(form):
            states = [c.states.get("main", "planned") for c in of]
            yield Plan(
                form=title,
                planned=len(of),
                done=sum(s in CAME for s in states),
                cancelled=states.count("cancelled"),
                unrecorded=sum(_unrecorded(c, context.today) for c in of),
                noticed=_noticed(context, of),
            )


def _unrecorded(case: Case, today: dt.date) -> bool:
    return case.states.get("main", "planned") not in (*CAME, "cancelled") and schedule(case).last < today


def _noticed(context: Context[Settings], cases: Iterable[Case]) -> Rate:
    """Say how many were announced in time; what was cancelled before its notice was due owed none."""
    hits = base = 0
    for case in cases:
        clock, given = case.clock("notice"), bool(case.took("notice"))
        if clock is None:  # of a form that is not announced
            continue
        late = clock.late(context.calendar, context.today) > 0
        state = case.states.get("main", "planned")
        base += given or state in ("held", *CAME) or (late and state != "cancelled")
        hits += given and not late
    return Rate(hits=hits, base=base, of="应通知的活动")


async def _points(context: Context[Settings], desk: Desk, cases: Iterable[Case]) -> list[Point]:
    """List what waits: rolls, leave that nobody decided, sessions whose deputies or whose day have changed since."""
    found: list[Point] = []
    sessions: Mapping[str, dt.date] | None = None
    for case in cases:
        when, state = schedule(case), case.states.get("main", "planned")
        why = ["逾期未登记出席"] if _unrecorded(case, context.today) else []
        if state not in ("closed", "cancelled") and (waiting := undecided(case)):
            why.append(f"{len(waiting)} 人请假未决定")
        if state not in (*CAME, "cancelled") and (lost := misplaced(case)):
            why.append(f"{len(lost)} 人所请半天已不在日程内")
        body = case.body_as(Event)
        if body.form == "session" and state in ("planned", "noticed"):
            if sessions is None:
                last = context.today + FARTHEST
                sessions = {s.id: s.opens_on for s in await desk.sessions(context.today - FARTHEST, last)}
            if body.session and sessions.get(body.session, when.on) != when.on:
                why.append(f"名册上的会议改在 {sessions[body.session]}，请调整日程")
            sitting, now = set(await desk.deputies(when.on, congress=body.congress)), set(invited(case))
            if new := sitting - now:
                why.append(f"{len(new)} 名在任代表尚未邀请")
        found += [Point(on=when.on, title=f"{case.title}（{STATES[state]}）", why=each) for each in why]
    return found


def pages() -> Iterator[Page]:
    """Show who took part."""
    yield Page(
        name="participation",
        title="参加活动情况",
        shows=Participation,
        view=participation,
        asks=Asked,
        who="office director presidium overseer",
    )
