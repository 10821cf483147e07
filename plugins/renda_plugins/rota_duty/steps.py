"""The kinds 换班 and 请假: their states, steps, clocks and guards."""

from collections.abc import Iterator

from renda_core.domain.procedure import Move
from renda_core.records import CaseRecord, ClockRule, Facet, Gate, Guard, Kind, Party, Step, when
from renda_plugins.rota_duty import guards
from renda_plugins.rota_duty.swap import (
    AWAY,
    GIVER,
    LEAVE,
    LEAVE_STATES,
    STATES,
    SWAP,
    TAKER,
    Leave,
    Offer,
    Swap,
    given_away,
    to_answer,
    to_return,
)

OURS = "U: article 000 has no word on swaps and leave"


def records() -> Iterator[CaseRecord]:
    """Offer both kinds."""
    yield from _swap()
    yield from _answers()
    yield from _leave()


def _swap() -> Iterator[CaseRecord]:
    yield Kind(
        name=SWAP,
        title="换班",
        opening="propose",
        body=Swap,
        audience=f"office director overseer {GIVER} {TAKER}",
        numbering="换班{year}-{n}",
        dimensions="station form",
        words="to",
        hours=given_away,
    )
    yield Party(kind=SWAP, name=GIVER, title="让班代表")
    yield Party(kind=SWAP, name=TAKER, title="接班代表")
    final = "agreed declined withdrawn lapsed cancelled"
    yield Facet(kind=SWAP, title="状态", states=tuple(STATES), final=final, titles=STATES)
    yield Step(kind=SWAP, name="propose", who="deputy office watch", oneself=GIVER, title="提出换班")
    yield Step(kind=SWAP, name="ask", who="office", title="请人补位", takes=Offer, adds=TAKER)
    yield Gate(kind=SWAP, step="ask", facet="main", states="proposed")
    yield ClockRule(
        kind=SWAP, name="consent", title="换班答复", period=to_answer, roll=False, expiry="lapse", source=OURS
    )
    yield from when(SWAP, "propose", start="consent")
    for step in ("agree", "decline", "withdraw", "lapse"):
        yield from when(SWAP, step, stop="consent")
    for step, name, refuse in (
        ("propose", "shift", guards.refuse_no_shift),
        ("propose", "people", guards.refuse_nobody),
        ("ask", "people", guards.refuse_nobody_asked),
        ("ask", "in_time", guards.refuse_late),
        ("agree", "asked", guards.refuse_unasked),
        ("agree", "in_time", guards.refuse_late),
        ("decline", "asked", guards.refuse_unasked),
        ("cancel", "in_time", guards.refuse_late),
    ):
        yield Guard(kind=SWAP, step=step, name=name, refuse=refuse)


def _answers() -> Iterator[CaseRecord]:
    taker, giver = f"{TAKER} office", f"{GIVER} office"
    move = {to: (Move("proposed", to),) for to in STATES}
    yield Step(kind=SWAP, name="agree", who=taker, oneself=TAKER, title="同意", moves=move["agreed"])
    yield Step(kind=SWAP, name="decline", who=taker, oneself=TAKER, title="不同意", moves=move["declined"])
    yield Step(kind=SWAP, name="withdraw", who=giver, oneself=GIVER, title="撤回", moves=move["withdrawn"])
    yield Step(kind=SWAP, name="lapse", who="clock", title="逾期作废", moves=move["lapsed"])
    undone = (Move("agreed", "cancelled"),)
    yield Step(kind=SWAP, name="cancel", who="office", title="撤销换班", moves=undone, reasons=True)


def _leave() -> Iterator[CaseRecord]:
    yield Kind(
        name=LEAVE,
        title="坐班请假",
        opening="ask_leave",
        body=Leave,
        audience=f"office director overseer {AWAY}",
        numbering="坐班请假{year}-{n}",
    )
    yield Party(kind=LEAVE, name=AWAY, title="请假代表")
    yield Facet(kind=LEAVE, title="状态", states=tuple(LEAVE_STATES), final="back over", titles=LEAVE_STATES)
    yield Step(kind=LEAVE, name="ask_leave", who="deputy office", oneself=AWAY, title="请假")
    back = (Move("away", "back"),)
    yield Step(kind=LEAVE, name="return_early", who=f"{AWAY} office", oneself=AWAY, title="销假", moves=back)
    yield Step(kind=LEAVE, name="leave_over", who="clock", title="假期届满", moves=(Move("away", "over"),))
    yield ClockRule(
        kind=LEAVE, name="leave", title="假期", period=to_return, roll=False, expiry="leave_over", source=OURS
    )
    yield from when(LEAVE, "ask_leave", start="leave")
    for step in ("return_early", "leave_over"):
        yield from when(LEAVE, step, stop="leave")
    yield Guard(kind=LEAVE, step="ask_leave", name="ahead", refuse=guards.refuse_past_leave)
    yield Guard(kind=LEAVE, step="return_early", name="today", refuse=guards.refuse_past_return)
