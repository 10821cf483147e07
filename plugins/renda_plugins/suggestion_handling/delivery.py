"""送达答复: who is given the reply to a suggestion with several signers, and to whom it is still to be given.

Source: every signer: 重庆, 河南, 浙江; the lead relays it to the others: 青岛; the lead may if they agreed: 山东.
Delivering is recorded apart from replying, and holds up neither evaluation nor close: no source asks for that.
"""

from collections.abc import Iterator

import attrs

from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.domain.suggestion import KIND, signers
from renda_core.records import CaseRecord, Context, Desk, Gate, Guard, Step
from renda_plugins.suggestion_handling.settings import Settings


@attrs.frozen(kw_only=True)
class Delivery:
    """One reply handed over.

    Attributes:
        to: The signer who got it; empty means the lead.
        relays: Whether the lead takes it on to the other signers, as agreed with them.
    """

    to: str = titled("送达对象", default="")
    relays: bool = titled("由领衔代表转告", default=False)
    how: str = titled("送达方式", default="")


@attrs.frozen(kw_only=True)
class Waiting:
    """A signer who has not been given a reply; *unit* is whose reply, empty for that of a lead case."""

    number: str
    title: str
    unit: str
    person: str
    replied_on: str


@attrs.frozen(kw_only=True)
class Undelivered:
    """To whom replies are still to be delivered."""

    waiting: tuple[Waiting, ...]


def replies(case: Case) -> tuple[Act, ...]:
    """Give this round's replies, one for each unit; that of a lead case, where it was merged."""
    given = {a.unit: a for step in ("answer_with_lead", "reply") for a in case.took(step, round=case.round)}
    return tuple(given.values())


def recipients(context: Context[Settings], case: Case, unit: str) -> tuple[str, ...]:
    """List the signers to whom one unit's reply must be delivered: all, or the lead where the lead relays it."""
    everyone = signers(case)
    if context.settings.delivered_to == "lead":
        return everyone[:1]
    relayed = any(d.relays for a, d in case.said(Delivery) if a.round == case.round and a.unit in (unit, ""))
    return everyone[:1] if context.settings.delivered_to == "agreed" and relayed else everyone


def missing(context: Context[Settings], case: Case) -> tuple[tuple[Act, str], ...]:
    """Pair each reply of this round with each signer who must be given it and has not been."""
    had = {(a.unit, _to(case, d)) for a, d in case.said(Delivery) if a.round == case.round}
    return tuple(
        (reply, person)
        for reply in replies(case)
        for person in recipients(context, case, reply.unit)
        if not {(reply.unit, person), ("", person)} & had
    )


def refuse_delivery(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Deliver a reply that there is, once, to somebody who signed; relaying only where the place has it so."""
    if not isinstance(act.payload, Delivery):
        return
    rule, lead, to = context.settings.delivered_to, signers(case)[:1], _to(case, act.payload)
    if not any(act.unit in (reply.unit, "") for reply in replies(case)):
        yield "there is no reply of this round to deliver"
    if to not in signers(case):
        yield "only those who signed are given the reply"
    elif rule == "lead" and to not in lead:
        yield "here the lead relays the reply: deliver it to the lead"
    if act.payload.relays and rule == "signers":
        yield "here every signer is given the reply"
    if act.payload.relays and to not in lead:
        yield "only the lead relays the reply"
    told = [(a.unit, _to(case, d)) for a, d in case.said(Delivery) if a.round == case.round]
    if {(act.unit, to), ("", to)} & set(told):
        yield "it was delivered already"


async def undelivered(context: Context[Settings], desk: Desk) -> Undelivered:
    """List who is still to be given a reply, the longest wait first."""
    cases = {c.id: c for step in ("reply", "answer_with_lead") for c in await desk.cases(KIND, step)}
    rows = [
        Waiting(number=c.number, title=c.title, unit=reply.unit, person=person, replied_on=reply.on.isoformat())
        for c in cases.values()
        for reply, person in missing(context, c)
    ]
    return Undelivered(waiting=tuple(sorted(rows, key=lambda w: (w.replied_on, w.number, w.person))))


def records() -> Iterator[CaseRecord]:
    """Offer the step."""
    who = "unit:sole unit:lead unit:separate office"
    yield Step(kind=KIND, name="deliver", who=who, title="送达答复", takes=Delivery)
    yield Gate(kind=KIND, step="deliver", facet="main", states="assigned replied evaluated closed")
    yield Guard(kind=KIND, step="deliver", name="signers", refuse=refuse_delivery)


def _to(case: Case, delivery: Delivery) -> str:
    return delivery.to or next(iter(signers(case)), "")
