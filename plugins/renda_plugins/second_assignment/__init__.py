"""二次交办: what the deputy is not content with is handed over once more, as a round of its own.

Source: 山东 24, 浙江 24, 河南 22 (one month); 重庆 27 (two months, the office decides), 青岛 31 (the office decides);
咸宁 (article 003: 4 不满意 and 28 基本满意 were handed over again).
"""

from collections.abc import Callable, Iterator
from typing import Literal

import attrs

from renda_core import hookimpl
from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.domain.procedure import ANY, Move
from renda_core.domain.suggestion import KIND, odd_mode
from renda_core.records import CaseRecord, ClockRule, Context, Facet, Gate, Guard, Page, Step, Veil, when
from renda_core.settings import at_least, setting
from renda_plugins.second_assignment.redone import Redoings, redoings

ANSWERING = "sole lead separate"
REDO = {"none": "未二次交办", "again": "已二次交办"}
Grade = Literal["satisfied", "basically", "unsatisfied", "unanswered"]


@attrs.frozen(kw_only=True)
class Settings:
    """Which evaluations lead to another round, who decides it, and how long it has."""

    redo: frozenset[Grade] = setting(
        frozenset({"unsatisfied"}),
        source="山东 24, 浙江 24, 河南 22; with 基本满意: 咸宁 (article 003)",
        title="须二次交办的评价",
    )
    redo_period: Period = setting(
        Period(1, "month"),
        source="山东 24, 浙江 24, 河南 22; two months: 重庆 27",
        title="二次办理期限",
        unstated=Period(0),
    )
    redo_counts_from: Literal["assignment", "receipt"] = setting(
        "assignment",
        source="U: from the second assignment, as the law counts the reply; receipt of the demand: 重庆 27",
        title="二次办理期限起算",
        unstated="assignment",
    )
    rounds: int = setting(
        2, source="U: the rules speak of one more round", title="办理轮次上限", unit="rounds", validator=at_least(1)
    )
    decided_by: Literal["automatic", "office"] = setting(
        "automatic", source="山东 24, 浙江 24, 河南 22; office: 重庆 27, 青岛 31", title="二次交办由谁决定"
    )


def due_again(context: Context[Settings], case: Case) -> bool:
    """Tell whether this round's evaluation asks for another round, and one is left."""
    last = case.took("evaluate", round=case.round)
    return bool(last) and last[-1].grade in context.settings.redo and case.round < context.settings.rounds


def settled(case: Case) -> bool:
    """Tell whether the office settled this round without another."""
    return bool(case.took("settle_without_redo", round=case.round))


def refuse_close(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Keep open what must be handed over again, or is still to be decided."""
    if due_again(context, case) and not settled(case):
        office = context.settings.decided_by == "office"
        yield "decide on a second assignment first" if office else "the evaluation asks for a second assignment"


def refuse_reassign(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Hand over again only what the place's rule names, in one of the four modes."""
    if not due_again(context, case):
        yield "the evaluation does not ask for a second assignment"
    if settled(case):
        yield "it was settled without a second assignment"
    if odd := odd_mode(act.units):
        yield odd


def refuse_settling(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Do without another round only where the office decides, and only where one is due."""
    if context.settings.decided_by != "office":
        yield "here the evaluation alone decides on a second assignment"
    if not due_again(context, case) or settled(case):
        yield "no second assignment is to be decided"


def redo_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Count the second round's own time; the reply clock is not started again."""
    return context.settings.redo_period


def counted(start: str) -> Callable[[Context[Settings], Case, Act], bool]:
    """Start the clock in a further round, on assignment or on receipt, where the place states a span."""

    def only(context: Context[Settings], case: Case, act: Act) -> bool:
        s = context.settings
        return case.round > 1 and s.redo_period.n > 0 and s.redo_counts_from == start

    return only


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer the second round of a suggestion."""
    # the note is all that the unit learns of the evaluation
    again = (Move("evaluated", "assigned"), Move(ANY, "again", "redo"))
    yield Facet(kind=KIND, name="redo", title="二次交办", states=tuple(REDO), loose=True, titles=REDO)
    yield Step(
        kind=KIND,
        name="reassign",
        who="assigner",
        title="二次交办",
        moves=again,
        assigns=True,
        new_round=True,
        reasons=True,
    )
    yield Step(kind=KIND, name="settle_without_redo", who="office", never="unit", title="不再交办", reasons=True)
    yield Gate(kind=KIND, step="settle_without_redo", facet="main", states="evaluated")
    # that nothing is handed over again would tell the unit that it might have been
    yield Veil(kind=KIND, part="act.settle_without_redo", seen_by="office overseer director proposer", never="unit")
    yield Guard(kind=KIND, step="close", name="second_round", refuse=refuse_close)
    yield Guard(kind=KIND, step="reassign", name="only_redo", refuse=refuse_reassign)
    yield Guard(kind=KIND, step="settle_without_redo", name="office_decides", refuse=refuse_settling)
    yield ClockRule(
        kind=KIND,
        name="redo",
        title="二次办理",
        period=redo_period,
        roles=ANSWERING,
        source="山东 24, 浙江 24, 河南 22",
    )
    for step in ("reassign", "replace_unit"):
        yield from when(KIND, step, start="redo", only=counted("assignment"))
    yield from when(KIND, "receive", start="redo", only=counted("receipt"))
    for step in ("reply", "replace_unit"):
        yield from when(KIND, step, stop="redo")


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show what was handed over again, to those who read evaluations."""
    who = "office overseer director"
    yield Page(name="second_assignments", title="二次交办件", shows=Redoings, view=redoings, who=who)
