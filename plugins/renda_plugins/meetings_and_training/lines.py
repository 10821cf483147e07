"""One line of figures over some events: persons, mandates and person-times are three numbers and never one."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

import attrs

from renda_core.domain.case import Case
from renda_core.domain.duty import Record, heads
from renda_core.domain.fields import titled
from renda_core.domain.figures import Figure, total
from renda_core.domain.rates import Rate
from renda_plugins.meetings_and_training.fields import Event, Totals
from renda_plugins.meetings_and_training.kinds import SIT_IN, TAKEN, TENTH, kind_of
from renda_plugins.meetings_and_training.rolls import Outcome, outcomes, schedule, totals

CAME = frozenset({"recorded", "closed"})


@attrs.frozen(kw_only=True)
class Seat:
    """One invitation and what came of it.

    Attributes:
        event: Id of the event's case; *kind* is that of the record of who comes.
    """

    event: str
    on: dt.date
    kind: str
    outcome: Outcome


@attrs.frozen(kw_only=True)
class Sum:
    """The sums of one register that names nobody, of those who sat in or of the others."""

    event: str
    on: dt.date
    kind: str
    events: int
    times: int
    persons: int | None
    invited: int | None
    approx: bool


@attrs.frozen(kw_only=True)
class Told:
    """What lines are made of: invitations, sums, and the duty records that count, also those entered by hand."""

    seats: Sequence[Seat]
    sums: Sequence[Sum]
    records: Sequence[Record]


@attrs.frozen(kw_only=True)
class Line:
    """Figures of some events.

    Attributes:
        events: Events with a roll, and those that sums tell.
        invited: Person-times (人次) that were invited, of events with a roll; sums add theirs where they tell them.
        persons: Persons (人) known by name, each once; *mandates* are the offices in which their records count.
        times: Person-times (人次), those of sums too; *sums* are these alone.
        sums_persons: Persons as each register of sums tells them, added up: who stands in two counts twice, and none is
            among *persons*.
        attendance: Invitations on rolls that were taken up, for a part at least.
        leave, absent: Invitations on rolls with half-days of approved leave, and with others that were missed; one may
            have both, and have been taken up for the rest.
        leave_halves: Half-days of leave.
        hours: Hours of training that the persons have together.
    """

    name: str = titled("名称")
    events: Figure = titled("活动（次）")
    invited: Figure = titled("邀请（人次）")
    persons: int = titled("参加（人）")
    mandates: int = titled("参加（代表职务）")
    times: Figure = titled("参加（人次）")
    sums: Figure | None = titled("其中汇总登记（人次）")
    sums_persons: Figure | None = titled("汇总登记（人，各册相加）")
    attendance: Rate = titled("出席率")
    leave: int = titled("请假（人次）")
    leave_halves: int = titled("请假（半天）")
    absent: int = titled("未经批准缺席（人次）")
    hours: str = titled("培训学时")


def told_by(cases: Iterable[Case]) -> tuple[list[Seat], list[Sum]]:
    """Read rolls and sums out of events."""
    seats, sums = list[Seat](), list[Sum]()
    for case in cases:
        if case.states.get("main") not in CAME:
            continue
        form, on = case.body_as(Event).form, schedule(case).on
        if (said := totals(case)) is not None:
            sums += _sums(case.id, on, form, said)
        seats += [Seat(event=case.id, on=on, kind=kind_of(form, one.role), outcome=one) for one in outcomes(case)]
    return seats, sums


def _sums(event: str, on: dt.date, form: str, said: Totals) -> Iterator[Sum]:
    """Part the sums of one register; persons and invitations are told of all of it, and stand with the larger."""
    given = [(form, said.person_times), (SIT_IN, said.sitting_in)]
    parts = [(kind, times) for kind, times in given if times is not None]
    largest = max(parts, key=lambda part: part[1])[0]
    for kind, times in parts:
        first = kind == largest
        yield Sum(
            event=event,
            on=on,
            kind=kind,
            events=said.events,
            times=times,
            persons=said.persons if first else None,
            invited=said.invited if first else None,
            approx=said.approx,
        )


def line(name: str, told: Told) -> Line:
    """Add up some invitations, sums and records."""
    rolled = [s.outcome for s in told.seats]
    known = heads(r for r in told.records if r.kind in TAKEN)
    round_ = any(r.facts.get("approx") for r in told.records)
    named = Figure(known["person_times"], approx=round_)
    sums = [Figure(s.times, s.approx) for s in told.sums]
    persons = [Figure(s.persons, s.approx) for s in told.sums if s.persons is not None]
    invited = [Figure(s.invited, s.approx) for s in told.sums if s.invited is not None]
    hours = sum(r.facts.get("hours", 0) for r in told.records if r.kind == "training")
    return Line(
        name=name,
        events=_events(told),
        invited=total([Figure(len(rolled)), *invited]),
        persons=known["persons"],
        mandates=known["mandates"],
        times=total([named, *sums]),
        sums=total(sums) if sums else None,
        sums_persons=total(persons) if persons else None,
        attendance=Rate(hits=sum(o.present > 0 for o in rolled), base=len(rolled), of="登记出席的邀请人次"),
        leave=sum(o.leave > 0 for o in rolled),
        leave_halves=sum(o.leave for o in rolled),
        absent=sum(o.absent > 0 for o in rolled),
        hours=f"{hours // TENTH}.{hours % TENTH}",
    )


def _events(told: Told) -> Figure:
    """Count events; one of which sums tell those who sat in and the others apart is one."""
    summed = {s.event: Figure(s.events, s.approx and s.events > 1) for s in told.sums}
    return total([Figure(len({s.event for s in told.seats})), *summed.values()])
