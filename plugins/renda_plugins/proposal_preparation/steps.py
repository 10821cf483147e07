"""The four steps on a draft: 察 and 调 and 提 by its deputy, 改 by whom the deputy asks to look it over."""

from collections.abc import Iterator
from typing import Any

import attrs

from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.domain.procedure import Move
from renda_core.domain.suggestion import KIND
from renda_core.records import CaseRecord, Context, Facet, Gate, Guard, Party, Step, Veil
from renda_plugins.proposal_preparation.settings import FOUR, Preparing, Settings

FACET = "preparation"
STATES = {"none": "未准备", "inspect": "察", "study": "调", "put": "提", "revise": "改"}
STEPS: dict[Preparing, str] = {
    "inspect": "inspect_voters",
    "study": "study_matter",
    "put": "put_measures",
    "revise": "revise_draft",
}
TITLES = {"inspect": "集中视察", "study": "调查研究", "put": "提炼建议", "revise": "商议修改"}
READERS = "office assigner overseer director proposer cosigner reviser"
some: Any = attrs.validators.min_len(1)


@attrs.frozen(kw_only=True)
class Inspection:
    """Where the deputy went to see and hear, and what of it matters here."""

    where: str = titled("视察地点", validator=some)
    heard: str = titled("掌握的民情", default="")


@attrs.frozen(kw_only=True)
class Study:
    """What is common and general in it."""

    problem: str = titled("共性问题", validator=some)


@attrs.frozen(kw_only=True)
class Measures:
    """What law, policy or measure would mend it."""

    measures: str = titled("政策举措", validator=some)


@attrs.frozen(kw_only=True)
class Revision:
    """What the office and the departments say to the draft; *departments* took part (会同相关职能部门)."""

    opinion: str = titled("修改意见", validator=some)
    departments: tuple[str, ...] = titled("会同部门", default=())


PAYLOADS: dict[Preparing, Any] = {"inspect": Inspection, "study": Study, "put": Measures, "revise": Revision}


def missing(settings: Settings, case: Case, before: Preparing | None = None) -> tuple[str, ...]:
    """Name the steps that the place requires and the case lacks, in order; those before one step, or all."""
    wanted = FOUR[: FOUR.index(before)] if before else FOUR
    return tuple(f"{STATES[s]} {TITLES[s]}" for s in wanted if s in settings.required and not case.took(STEPS[s]))


def refuse_unprepared(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Submit what was prepared as the place requires."""
    if lacking := missing(context.settings, case):
        yield f"the preparation lacks {', '.join(lacking)}"


def refuse_out_of_order(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Take the four in order; a step that the place does not require may be left out."""
    here = next(s for s in FOUR if STEPS[s] == act.step)
    if lacking := missing(context.settings, case, here):
        yield f"first {', '.join(lacking)}"


def records() -> Iterator[CaseRecord]:
    """Offer the facet, its four steps, who reads them, and the guard on submission."""
    yield Party(kind=KIND, name="reviser", title="商议修改的代表工作机构")  # a draft is nobody's but its deputy's
    yield Facet(kind=KIND, name=FACET, title="察、调、提、改", states=tuple(STATES), final="revise", titles=STATES)
    for n, name in enumerate(FOUR, 1):
        last = name == FOUR[-1]
        yield Step(
            kind=KIND,
            name=STEPS[name],
            who="reviser office" if last else "proposer office",
            title=TITLES[name],
            takes=PAYLOADS[name],
            moves=(Move(" ".join(tuple(STATES)[: n + 1]), name, FACET),),
            adds="" if last else "reviser",
        )
        yield Gate(kind=KIND, step=STEPS[name], facet="main", states="draft")
        yield Guard(kind=KIND, step=STEPS[name], name="order", refuse=refuse_out_of_order)
        yield Veil(kind=KIND, part=f"act.{STEPS[name]}", seen_by=READERS)  # what was said of a draft stays with it
    yield Veil(kind=KIND, part="party.reviser", seen_by=READERS)
    yield Guard(kind=KIND, step="submit", name="preparation", refuse=refuse_unprepared)
