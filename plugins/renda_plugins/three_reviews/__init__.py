"""三审: a suggestion is assigned only after 人大初审, 政府联审 and 代表协审, each recorded with its reasons.

Source: 龙山 (article 002: 三审过关强质量, 即通过人大“初审”、政府“联审”、代表“协审”, 确保议案建议的提出有质量).
"""

from collections.abc import Iterator
from typing import Any

import attrs

from renda_core import hookimpl
from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.domain.procedure import ANY, Move
from renda_core.domain.suggestion import KIND
from renda_core.errors import Invalid
from renda_core.records import CaseRecord, ClockRule, Context, Facet, Gate, Guard, Step, Veil, when
from renda_core.settings import at_least, setting

FACET = "three_reviews"
STATES = {"waiting": "待初审", "first": "已初审", "joint": "已联审", "passed": "三审通过"}
SIGNERS = "proposer cosigner"
READERS = "office assigner government director overseer deputy proposer cosigner"
"""Who reads what the reviews say: those who review and those who signed, not the unit that handles it later."""
STEPS = {
    "first_review": ("人大初审", "office", Move("waiting", "first", FACET)),
    "joint_review": ("政府联审", "government office", Move("first", "joint", FACET)),
    "peer_review": ("代表协审", "deputy office", Move("joint", "passed", FACET)),
    "fail_review": ("审查退回", "office government", Move(ANY, "waiting", FACET)),
    "fail_peer_review": ("协审退回", "deputy office", Move("joint", "waiting", FACET)),
}


@attrs.frozen(kw_only=True)
class Settings:
    """How many deputies review, and how long the reviews may take."""

    deputies: int = setting(
        1, source="U: 龙山 names no number", title="协审代表人数下限", unit="deputies", validator=at_least(1)
    )
    review: Period = setting(Period(0, "workday"), source="U: 龙山 names no period", title="三审期限")


def _somebody(_: object, attribute: "attrs.Attribute[Any]", value: tuple[str, ...]) -> None:
    if not value or not all(name.strip() for name in value):
        raise Invalid(f"{attribute.name}: name everybody who took part, at least one", field=attribute.name)


@attrs.frozen(kw_only=True)
class Review:
    """Who took part in a review; the result is the step, the reasons are its note."""

    members: tuple[str, ...] = titled("参加审查人员", validator=_somebody)


def refuse_few_deputies(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Ask for as many different deputies as the place does."""
    found = {name.strip() for name in act.payload.members} if isinstance(act.payload, Review) else set()
    if len(found) < context.settings.deputies:
        yield f"{context.settings.deputies} deputies review a suggestion here, {len(found)} are named"


def refuse_signers(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Let nobody who signed, or was asked to sign, be named as a reviewer."""
    signed = {person for role in SIGNERS.split() for person in case.parties.get(role, ())}
    if isinstance(act.payload, Review) and signed & {name.strip() for name in act.payload.members}:
        yield "the proposer and the co-signers do not review their own suggestion"


def refuse_half_reviewed(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Send nothing back with reviews that would then count for a changed text."""
    if case.states.get(FACET, "waiting") != "waiting":
        yield "reviews of this text are recorded: take fail_review first, so that it is reviewed anew"


def review_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Give the reviews the place's time, all three together."""
    return context.settings.review


def stated(context: Context[Settings], case: Case, act: Act) -> bool:
    """Start the clock only where the place states a span, and a review is still due."""
    return context.settings.review.n > 0 and case.states.get(FACET) != "passed"


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer the reviews between a suggestion's submission and its assignment."""
    yield Facet(kind=KIND, name=FACET, title="三审", states=tuple(STATES), final="passed", titles=STATES)
    for name, (title, who, move) in STEPS.items():
        yield Step(kind=KIND, name=name, title=title, who=who, never=SIGNERS, takes=Review, moves=(move,), reasons=True)
        yield Gate(kind=KIND, step=name, facet="main", states="submitted accepted")
        yield Veil(kind=KIND, part=f"act.{name}", seen_by=READERS, never="unit")
    yield Gate(kind=KIND, step="assign", facet=FACET, states="passed")
    yield Guard(kind=KIND, step="peer_review", name="deputies", refuse=refuse_few_deputies)
    yield Guard(kind=KIND, step="send_back", name="reviewed_anew", refuse=refuse_half_reviewed)
    for step in ("peer_review", "fail_peer_review"):
        yield Guard(kind=KIND, step=step, name="signers", refuse=refuse_signers)
    yield ClockRule(
        kind=KIND, name="review", title="三审", period=review_period, source="U: 龙山 (article 002) names no span"
    )
    for step in ("submit", "split", "fail_review"):
        yield from when(KIND, step, start="review", only=stated)
    for trigger in (f"{FACET}:passed", "send_back", "merge"):
        yield from when(KIND, trigger, stop="review")
