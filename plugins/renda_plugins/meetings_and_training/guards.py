"""What is refused on an event, each with what to do instead; of leave see ``leave_guards``."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator

from renda_core.domain.case import Act, Case
from renda_core.records import Context
from renda_plugins.meetings_and_training.fields import Event, Invitation, Roll, Schedule, Uninvited
from renda_plugins.meetings_and_training.kinds import FORMS, INVITED, MEETINGS
from renda_plugins.meetings_and_training.rolls import (
    APPROVED,
    invited,
    requests,
    roll_of,
    schedule,
    standing,
    totals,
    undecided,
)
from renda_plugins.meetings_and_training.settings import Settings

FARTHEST = dt.timedelta(days=400)
"""How far ahead an event is planned: a year's plan and the weeks before it; pages look as far back for its plan."""
MOST = 1_000
"""People of one event, as many as the records of one step. A congress has at most 683 deputies: a city's 650 and the
twentieth more that a place with many minorities may have (选举法 12)."""
NAMED = 20
"""People whom one objection names; the others it counts."""


def notice_days(context: Context[Settings], form: str) -> int:
    """Tell how many days before it an event of a form is announced; 0 where it need not be."""
    s = context.settings
    return s.meeting_notice_days if form in MEETINGS else s.activity_notice_days


def announced(context: Context[Settings], case: Case) -> bool:
    """Tell whether this event is announced before its day."""
    return notice_days(context, case.body_as(Event).form) > 0


def notice_by(context: Context[Settings], case: Case) -> dt.date:
    """Give the last day on which notice is in time."""
    return schedule(case).on - dt.timedelta(days=notice_days(context, case.body_as(Event).form))


def _named(people: Iterable[str]) -> str:
    every = list(people)
    more = f" and {len(every) - NAMED} more" if len(every) > NAMED else ""
    return ", ".join(every[:NAMED]) + more


def _too_many(n: int) -> Iterator[str]:
    if n > MOST:
        yield f"{n} people are too many for one event, which takes {MOST}; hold it in several, or enter its sums"


def _lies_ahead(on: dt.date, today: dt.date) -> Iterator[str]:
    if on < today:
        yield f"{on} is past; enter it for the day on which it was planned, or for {on}"
    elif on - today > FARTHEST:
        yield f"{on} lies more than {FARTHEST.days} days ahead; look at the year"


def refuse_past(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Plan what lies ahead, and not beyond a year; what was held already is entered for the day of its plan."""
    yield from _lies_ahead(case.body_as(Event).on, act.on)


def refuse_nobodys(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Say whose meeting it is: who attends does so in the mandate held there."""
    body = case.body_as(Event)
    if body.form in MEETINGS and not body.congress:
        yield f"say whose {FORMS[body.form]} it is: name the congress"


def refuse_crowd(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Invite as many to one event as can be accounted for."""
    yield from _too_many(len(case.parties.get(INVITED, ())))


def refuse_invitation(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Invite somebody, and nobody twice."""
    if not isinstance(act.payload, Invitation):
        return
    new, now = act.parties.get(INVITED, ()), invited(case)
    if not new:
        yield "name who is invited, as party invited"
    if again := [p for p in new if p in now]:
        yield f"{_named(again)} is invited already; uninvite first, to invite in another capacity"
    yield from _too_many(len({*now, *new}))


def refuse_uninvited(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Take an invitation back that was given."""
    if isinstance(act.payload, Uninvited):
        now = invited(case)
        if strangers := [p for p in act.payload.people if p not in now]:
            yield f"{_named(strangers)} is not invited"
        if not act.payload.people:
            yield "name who is invited no longer"


def refuse_moved(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Move it to what lies ahead, and to something else than it was."""
    if not isinstance(act.payload, Schedule):
        return
    yield from _lies_ahead(act.payload.on, act.on)
    before = schedule(case)
    if all(getattr(before, f) == getattr(act.payload, f) for f in ("on", "until", "begins", "ends", "place", "pauses")):
        yield "nothing would change"


def refuse_late_notice(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Give notice in time, or say why it comes late; the delay stays on record."""
    on, last = schedule(case).on, notice_by(context, case)
    if act.on > on:
        yield f"it began on {on}: there is nothing left to announce"
    elif announced(context, case) and act.on > last and not act.note:
        days = (on - last).days
        yield f"notice was due by {last} ({days} days before); give the reason for the delay"


def refuse_vague_notice(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Tell place and hour, and tell somebody."""
    when = schedule(case)
    if not when.place.strip() or not when.begins:
        yield "a notice says where and from when to when; reschedule gives place, begins and ends"
    if not invited(case):
        yield "a notice goes to somebody; invite people first"


def refuse_early(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Record nothing of an event before its day."""
    if act.on < (on := schedule(case).on):
        yield f"it begins on {on}; nothing can be recorded of it before"


def refuse_unfinished(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Call the roll when all of it is over: who came for a part is known then."""
    if act.on < (last := schedule(case).last):
        yield f"it ends on {last}; the roll tells who came to all of it, so it is entered then"


def refuse_unannounced(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Record what was never announced only with the reason, said once; it stays on record as unannounced."""
    if announced(context, case) and not case.took("notice") and not case.took("hold") and not act.note:
        yield "no notice was given of it; say why in the note"


def refuse_wrong_roll(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Account for everybody who was invited, and for nobody else, once."""
    if not isinstance(roll := act.payload, Roll):
        return
    new, now = act.parties.get(INVITED, ()), invited(case)
    if again := [p for p in new if p in now]:
        yield f"{_named(again)} is invited already; name as party invited only who was not"
    every = now | dict.fromkeys(new, roll.role)
    yield from _too_many(len(every))
    said = Counter((*roll.present, *roll.on_leave, *roll.absent, *(one.person for one in roll.partly)))
    if twice := [p for p, n in said.items() if n > 1]:
        yield f"{_named(twice)} stands on the roll twice"
    if strangers := [p for p in said if p not in every]:
        yield f"{_named(strangers)} was not invited; who came all the same is named as party invited too"
    if silent := [p for p in every if p not in said]:
        yield f"say of {_named(silent)} whether they came ({len(silent)} of {len(every)} invited are missing)"
    if not every:
        yield "nobody was invited; invite people, or enter the sums with sum_up"
    elif not roll.present and not roll.partly:
        yield "nobody came: then it did not take place; cancel it with the reason"


def refuse_wrong_parts(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Let a part be a part of this event."""
    if not isinstance(roll := act.payload, Roll):
        return
    halves = schedule(case).halves()
    for one in roll.partly:
        if odd := [h for h in one.missed if h not in halves]:
            yield f"{one.person}: it has no half-day {', '.join(odd)}; it has {len(halves)}: {', '.join(halves)}"
        elif not one.missed or len(one.missed) == len(halves):
            yield f"{one.person} missed {len(one.missed)} of {len(halves)} half-days; that is no part"


def refuse_leave_unapproved(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Let leave be what was approved, of all of it; else somebody is absent for what was not."""
    if not isinstance(roll := act.payload, Roll):
        return
    halves, asked = schedule(case).halves(), requests(case)
    without = [p for p in roll.on_leave if len(standing(asked.get(p, ()), {APPROVED}, halves)) < len(halves)]
    if without:
        yield f"no leave of all of it is approved for {_named(without)}; approve it, or enter them as absent"


def refuse_roll_beside_sums(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Correct a roll that there is."""
    if totals(case):
        yield "it is summed up, and names nobody; correct_totals corrects the sums"
    elif not roll_of(case):
        yield "there is no roll to correct"


def refuse_sums_of_named(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Sum up only what names nobody: of people who were invited by name the roll tells."""
    if now := invited(case):
        yield f"{len(now)} people are invited by name; the roll accounts for them"


def refuse_no_sums(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Correct sums that there are."""
    if not totals(case):
        yield "there are no sums to correct; amend_roll corrects a roll"


def refuse_open_leave(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Close nothing while somebody waits to hear about leave."""
    if waiting := undecided(case):
        yield f"leave of {_named(waiting)} is not decided; approve_leave or refuse_leave"
