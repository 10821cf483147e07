"""What is refused about leave (请假). Source: 代表法 13 (who cannot attend asks for leave as the rules say)."""

import datetime as dt
from collections.abc import Iterator

from renda_core.domain.case import Act, Case
from renda_core.records import Context
from renda_plugins.meetings_and_training.fields import Decision, Event, Leave, LeaveFor
from renda_plugins.meetings_and_training.rolls import APPROVED, ASKED, invited, requests, schedule, standing
from renda_plugins.meetings_and_training.settings import Settings

TOLD = {"approved": "approved already", "refused": "refused", "withdrawn": "withdrawn"}


def _person(act: Act) -> str:
    return act.payload.person if isinstance(act.payload, LeaveFor | Decision) else act.by


def refuse_not_invited(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Ask leave of what one is invited to; who was, and is no longer, needs none."""
    if (person := _person(act)) not in invited(case):
        yield f"{person} is not invited, and needs no leave"


def refuse_odd_halves(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Ask leave of half-days that the event has, and of none twice."""
    if not isinstance(act.payload, Leave):
        return
    halves, mine = schedule(case).halves(), requests(case).get(_person(act), ())
    wanted = act.payload.halves or halves
    if odd := [h for h in wanted if h not in halves]:
        yield f"it has no half-day {', '.join(odd)}; it has {len(halves)}: {', '.join(halves)}"
    if again := [h for h in wanted if h in standing(mine, {ASKED, APPROVED}, halves)]:
        yield f"leave of {', '.join(again)} is asked for already"


def refuse_over(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Ask for leave before it is taken; what comes later the office enters, with the reason."""
    when = schedule(case)
    if act.on > when.last:
        yield f"it ended on {when.last}; tell the office, which may enter leave later (enter_leave)"
        return
    wanted = act.payload.halves if isinstance(act.payload, Leave) else ()
    over = [h for h in (wanted or when.halves()) if dt.date.fromisoformat(h[:10]) < act.on]
    if over:
        yield f"{', '.join(over)} is over; ask for what is left, and tell the office of the rest (enter_leave)"


def refuse_hasty(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Ask for leave of a session as long before as the place wants; what comes later the office enters."""
    days, on = context.settings.leave_days_before, schedule(case).on
    if days and case.body_as(Event).form == "session" and act.on > (last := on - dt.timedelta(days=days)):
        yield f"leave of a session is asked for by {last} ({days} days before); tell the office (enter_leave)"


def refuse_late_entry(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Enter leave of what is over with the reason why it comes so late, and not for ever."""
    last = schedule(case).last
    until = last + dt.timedelta(days=context.settings.late_leave_days)
    if act.on > until:
        yield f"it ended on {last}; leave can be entered until {until}"
    elif act.on > last and not act.note:
        yield f"it ended on {last}; say in the note why leave is entered so late"


def refuse_nothing_asked(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Decide leave that is asked for and not decided."""
    if not isinstance(act.payload, Decision):
        return
    mine = requests(case).get(act.payload.person, ())
    if not any(r.state == ASKED for r in mine):
        told = f"was {TOLD[mine[-1].state]}; it must be asked for again" if mine else "was never asked for"
        yield f"leave of {act.payload.person} {told}"


def refuse_own(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Let nobody decide their own leave."""
    if isinstance(act.payload, Decision) and act.payload.person == act.by:
        yield "nobody decides their own leave"


def refuse_no_leave(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Withdraw leave that stands."""
    if not any(r.state in (ASKED, APPROVED) for r in requests(case).get(act.by, ())):
        yield f"{act.by} has no leave to withdraw"
