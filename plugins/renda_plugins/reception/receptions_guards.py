"""What is refused on a reception, each with what to do instead."""

import datetime as dt
from collections.abc import Iterator

from renda_core.domain.case import Act, Case
from renda_core.records import Context
from renda_plugins.reception.receptions_fields import MOST, Closing, Held, HostChange, Reception, Struck, Visit
from renda_plugins.reception.receptions_register import HOST, hosts, next_number, numbered, register, totals, unanswered
from renda_plugins.reception.settings import Settings

FARTHEST = dt.timedelta(days=400)
"""How far ahead a reception is planned: a year's rota and the weeks before it; pages look as far back for its plan."""


def announced(context: Context[Settings], case: Case) -> bool:
    """Tell whether receptions of this form are announced before their day."""
    return context.settings.notice_days > 0 and case.body_as(Reception).form in context.settings.noticed_forms


def notice_by(context: Context[Settings], case: Case) -> dt.date:
    """Give the last day on which notice is in time. Source: domain rule, three places: at least 3 days before."""
    return case.body_as(Reception).on - dt.timedelta(days=context.settings.notice_days)


def refuse_past(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Plan what lies ahead, and not beyond a year; what was held already is entered for the day of its plan."""
    on = case.body_as(Reception).on
    if on < act.on:
        yield f"{on} is past; enter it for the day on which it was planned, or for {on}"
    elif on - act.on > FARTHEST:
        yield f"{on} lies more than {FARTHEST.days} days ahead; look at the year"


def refuse_nowhere(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Receive somewhere."""
    body = case.body_as(Reception)
    if not body.station and not body.place.strip():
        yield "say at which station (站点), or at which place (地点)"


def refuse_late_notice(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Give notice in time, or say why it comes late; the delay stays on record."""
    on, last = case.body_as(Reception).on, notice_by(context, case)
    if act.on > on:
        yield f"the reception was on {on}: there is nothing left to announce"
    elif announced(context, case) and act.on > last and not act.note:
        yield f"notice was due by {last} ({context.settings.notice_days} days before); give the reason for the delay"


def refuse_vague_notice(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Announce time and names; the place is there since the plan. Source: domain rule, three places."""
    if not case.body_as(Reception).begins:
        yield "a notice says the time: cancel this plan and make one with begins and ends"
    if not hosts(case):
        yield "a notice names who receives: name the hosts with change_host"


def refuse_host_change(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Let a host make room who is one, and bring in one who is not."""
    if not isinstance(act.payload, HostChange):
        return
    now, new, leaves = hosts(case), act.parties.get(HOST, ()), act.payload.leaves
    if not new and not leaves:
        yield "name who leaves, or the new host, or both"
    if leaves and leaves not in now:
        yield f"{leaves} is no host of this reception"
    if again := [p for p in new if p in now]:
        yield f"{', '.join(again)} is a host already"


def refuse_other_day(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Register visits on the day itself."""
    if act.on != (on := case.body_as(Reception).on):
        yield f"the reception is on {on}; what came on paper the office enters later, with enter_visit"


def refuse_early(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Record nothing of a reception before its day."""
    if act.on < (on := case.body_as(Reception).on):
        yield f"the reception is on {on}; nothing can be recorded of it before"


def refuse_stranger(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Take no visit from a deputy who made room for another."""
    if act.by in case.parties.get(HOST, ()) and act.by not in hosts(case):
        yield "you are no host of this reception any more"


def refuse_number(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Give no number of the register twice, and add nothing to what is summed up."""
    taken = numbered(case)
    if isinstance(act.payload, Visit) and act.payload.n in taken:
        yield f"visit {act.payload.n} is in the register already; 0 takes the next number, correct_visit corrects it"
    if isinstance(act.payload, Visit) and not act.payload.n and next_number(taken) > MOST:
        yield f"the numbers of a register end at {MOST}, which is taken: give a lower one that is free"
    if totals(case):
        yield "this register is summed up; correct_totals corrects the sums"


def refuse_no_number(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Correct, or strike out, a visit that stands in the register."""
    said, there = act.payload, register(case)
    if isinstance(said, Visit | Struck) and said.n not in there:
        yield f"there is no visit {said.n} in the register; there are {', '.join(map(str, there)) or 'none'}"


def refuse_wrong_hosts(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Say of every host, and of nobody else, whether they came; without any the reception did not take place."""
    if not isinstance(act.payload, Held):
        return
    said = [*act.payload.present, *(a.deputy for a in act.payload.absent)]
    now = hosts(case)
    if twice := sorted({p for p in said if said.count(p) > 1}):
        yield f"{', '.join(twice)} is named twice"
    if strangers := sorted(set(said) - set(now)):
        yield f"{', '.join(strangers)} is no host of this reception; name them before, with change_host"
    if silent := [p for p in now if p not in said]:
        yield f"say of {', '.join(silent)} whether they came, or why not"
    if now and not silent and not act.payload.present:
        yield "no host came: cancel it with the reason (缺岗)"


def refuse_unannounced(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Hold what was never announced only with the reason; it stays on record as unannounced."""
    if announced(context, case) and not case.took("notice") and not act.note:
        yield "no notice was given of it; say why in the note"


def refuse_second_sums(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Sum up once, and only a register that tells no single visit."""
    if totals(case):
        yield "it is summed up already; correct_totals corrects the sums, with the reason"
    if there := register(case):
        yield f"its register holds {len(there)} visits, and they are the sums; correct_visit corrects them"


def refuse_no_sums(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Correct sums that there are."""
    if not totals(case):
        yield "there are no sums to correct; sum_up gives them"


def refuse_visited(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Cancel nothing that took place."""
    if there := register(case):
        yield f"its register holds {len(there)} visits: somebody received; hold it, or strike them out (strike_visit)"
    if totals(case):
        yield "it is summed up: somebody received; hold it"


def refuse_lost_matters(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Close nothing while a matter of the register was neither answered on the spot nor entered as an opinion."""
    told = act.payload.opinions if isinstance(act.payload, Closing) else 0
    if (open_ := unanswered(case)) > told:
        numbers = [n for n, v in register(case).items() if v.matters > v.answered]
        yield (
            f"{open_} matters of visits {', '.join(map(str, numbers))} were not answered on the spot and {told} were "
            "entered as opinions; enter the others, naming this reception and the visit, and say how many there are"
        )
