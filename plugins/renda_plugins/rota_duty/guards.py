"""What is refused of a swap or a leave at once; whose a shift is, only the rota of the day can tell."""

import datetime as dt
from collections.abc import Iterator
from difflib import get_close_matches

from renda_core.domain.case import Act, Case
from renda_core.domain.turns import shifts, spans
from renda_core.records import Context
from renda_plugins.rota_duty.settings import Settings
from renda_plugins.rota_duty.swap import AWAY, GIVER, TAKER, Leave, Offer, Swap, takes

FARTHEST = dt.timedelta(days=366)
"""Nobody swaps a shift further ahead: orders and holidays are not known that long."""


def refuse_no_shift(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Swap shifts that there are, and that are still to come."""
    body = case.body_as(Swap)
    held = context.settings.by_station()
    if body.station not in held:
        near = get_close_matches(body.station, held, n=3) or sorted(held)[:3]
        yield f"{body.station} has no rota (轮班表); rotas are for {'、'.join(near) or 'no station at all'}"
        return
    for on in body.days():
        if on <= act.on or on <= context.today:
            yield f"the shift of {on} is over, or today's: a swap is agreed before the day"
        elif on > context.today + FARTHEST:
            yield f"{on} is more than a year ahead"
        elif not _has_shift(context, body.station, on):
            yield f"{body.station} has no shift on {on}; see the page 轮流坐班表"


def _has_shift(context: Context[Settings], station: str, on: dt.date) -> bool:
    settings = context.settings
    for order, until in spans(settings.order(entry) for entry in settings.by_station()[station]):
        if order.since <= on <= until:
            return any(fall.on == on for fall in shifts(order.pattern, context.calendar, order.since, on))
    return False


def refuse_nobody(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Name who gives and who takes, each another; a vacant shift has nobody who gives it."""
    body = case.body_as(Swap)
    givers, takers = (set(case.parties.get(role, ())) for role in (GIVER, TAKER))
    if body.form == "cover":
        if givers or takers:
            yield "a vacant shift (缺岗) has nobody to give it; whoever is asked to take it is named by the step ask"
        return
    if not givers:
        yield "name who gives the shift (让班代表)"
    yield from _whole(body.to or body.form == "exchange", takers)
    if givers & takers:
        yield "nobody takes a shift from oneself"


def refuse_nobody_asked(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Ask somebody, and for a vacant shift alone: who gives a shift has named who takes it."""
    if case.body_as(Swap).form != "cover":
        yield "who takes this shift was named by who gives it; others need a swap of their own"
    offer = act.payload if isinstance(act.payload, Offer) else Offer()
    yield from _whole(offer.to, set(act.parties.get(TAKER, ())))


def _whole(group: object, takers: set[str]) -> Iterator[str]:
    if not takers:
        yield "name who is to take the shift (接班代表): a deputy of the group, who speaks for it"
    elif not group and len(takers) > 1:
        yield "name the group that takes the shift, or one deputy alone"


def refuse_late(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Change nothing on the day or after it: what was is the register's to tell."""
    first = min(case.body_as(Swap).days())
    if first <= max(act.on, context.today):
        yield f"the day of the shift has come ({first}): the swap lapses, and the rota stays"


def refuse_unasked(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Take the consent of who was asked last; on paper, with a word of whose it is and where it lies."""
    _, people = takes(case)
    if not people:
        yield "nobody has been asked to take the shift yet"
    elif act.by not in people and not act.note:
        yield "who enters another's answer from paper writes whose it is, and where the paper lies"


def refuse_past_leave(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Ask for leave before it begins, for oneself alone."""
    if case.body_as(Leave).first < max(act.on, context.today):
        yield "a leave is asked for by its first day: days that are past stay as they were"
    if len(case.parties.get(AWAY, ())) != 1:
        yield "a leave is one deputy's; name who is away"


def refuse_past_return(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Come back today or say nothing: days that are past stay as they were."""
    if act.on < context.today:
        yield "who comes back is back from the day on which it is said"
    if act.on > case.body_as(Leave).last:
        yield "the leave is over already"
