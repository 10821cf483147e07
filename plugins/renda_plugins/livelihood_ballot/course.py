"""监督 and 评估: who answers for a project, what those who supervise find, and what may be changed after the vote.

How progress, money and quality are followed by quarter is a practice of its own. Source: article 001; 陕西 (2025) 18.
"""

from collections.abc import Iterator
from typing import Any

from renda_core.domain.case import Act, Case
from renda_core.domain.procedure import ANY, GRADE, Move
from renda_core.records import CaseRecord, Context, Gate, Guard, Step
from renda_plugins.livelihood_ballot.fields import (
    CHANGES,
    KIND,
    Adjustment,
    Completion,
    Duty,
    Proposal,
    Review,
    Supervision,
    argued,
)
from renda_plugins.livelihood_ballot.settings import Settings
from renda_plugins.livelihood_ballot.states import ADJUSTMENT, COURSE, GRADES

ROUTES = {
    "committee": "ask the standing committee, which then reports it to the next congress",
    "congress": "put it on the agenda of the township congress: ask the congress, and its presidium lists it",
    "": "no congress voted on it",
}


def competent(context: Context[Settings], case: Case) -> str:
    """Say which body may change a project after the vote: by level, as the place has it."""
    bodies = {str(level): str(body) for level, body in context.settings.adjusted_by.items()}
    return bodies.get(case.body_as(Proposal).level, "")


def asked(case: Case) -> Adjustment | None:
    """Give the adjustment that was asked for last."""
    return next((said for _, said in reversed(tuple(case.said(Adjustment)))), None)


def refuse_wrong_body(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Ask the body that may decide: in a township never its presidium. Source: 陕西 (2025) 18."""
    if isinstance(act.payload, Adjustment) and act.payload.of != (body := competent(context, case)):
        said = {"presidium": "the presidium", "committee": "a standing committee", "congress": "the congress"}
        yield f"{said[act.payload.of]} does not change a voted project here: {ROUTES[body]}"


def refuse_unlisted_reason(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Give one of the place's reasons."""
    known = context.settings.adjustment_reasons
    if isinstance(act.payload, Adjustment) and act.payload.reason not in known:
        yield f"{act.payload.reason!r} is no reason of this place; known: {', '.join(sorted(known))}"


def refuse_no_change(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Ask for something: an end already decided is not asked for again."""
    if case.states.get(COURSE) == "terminated":
        yield "it was terminated: archive it"


def refuse_not_competent(body: str) -> Any:
    """Make the guard that lets only one body decide."""

    def refuse(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
        if (right := competent(context, case)) != body:
            yield f"not for the {body} to decide: {ROUTES[right]}"

    return refuse


def refuse_another_change(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Decide on what was asked, and not on something else."""
    wanted = asked(case)
    if wanted is None or act.grade != wanted.change:
        yield f"{wanted.change if wanted else 'nothing'} was asked for"


def unreported(case: Case) -> bool:
    """Tell whether the standing committee approved a change that the congress has not heard of."""
    told = [a.step for a in case.acts if a.step in ("approve_adjustment", "report_adjustment")]
    return told[-1:] == ["approve_adjustment"]


def refuse_unreported(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """File nothing before the next congress has heard what was changed. Source: 陕西 (2025) 18."""
    if unreported(case):
        yield "the standing committee's change was not reported to the congress: report_adjustment is missing"


def refuse_nothing_to_report(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Report what was approved and not yet reported."""
    if not unreported(case):
        yield "no change approved by the standing committee is left to report"


def refuse_unadvised(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Take up only a street's project on which its deputies have advised."""
    if case.body_as(Proposal).level != "street":
        yield "a congress votes on it: submit it"
    elif not case.took("advise"):
        yield "the street's deputies have not advised on it"


def refuse_loose_milestones(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Let the road map end no later than the project that was voted."""
    found = argued(case)
    if isinstance(act.payload, Duty) and found:
        late = [str(m.by) for m in act.payload.milestones if m.by > found.ends_on]
        if late:
            yield f"voted to end on {found.ends_on}; milestones after it: {', '.join(late)}"


def records() -> Iterator[CaseRecord]:
    """Offer the steps of the third stage, and of adjustments."""
    yield from _course()
    yield from _adjustment()
    yield from _gates()


def _course() -> Iterator[CaseRecord]:
    begun = Move("waiting changed", "going", COURSE)
    start, taken = (Move("announced", "underway"), begun), (Move("candidate", "underway"), begun)
    added = "lead_unit supervisor"
    yield Step(kind=KIND, name="start", who="government", title="签订责任书", takes=Duty, moves=start, adds=added)
    yield Step(
        kind=KIND,
        name="take_up",
        who="government",
        title="街道按票选意见实施",
        takes=Duty,
        moves=taken,
        adds=added,
        reasons=True,
    )
    watchers = "deputy committee presidium office supervisor"
    yield Step(kind=KIND, name="supervise", who=watchers, never="lead_unit", title="监督", takes=Supervision)
    goes_on = Move("suspended", "going", COURSE)
    yield Step(kind=KIND, name="resume", who="government", title="恢复实施", moves=(goes_on,), reasons=True)
    done = Move("underway", "done")
    yield Step(kind=KIND, name="complete", who="government lead_unit", title="完成", takes=Completion, moves=(done,))
    graded = (Move("done", "assessed"), Move(ANY, GRADE, "grade"))
    yield Step(
        kind=KIND,
        name="assess",
        who="ballot congress committee presidium",
        never="lead_unit government",
        title="评估",
        grades=tuple(GRADES),
        moves=graded,
    )
    filed = Move("assessed", "archived")
    yield Step(kind=KIND, name="archive", who="office", title="归档", moves=(filed,))
    ended = Move("announced underway done", "archived")
    yield Step(kind=KIND, name="archive_terminated", who="office", title="终止归档", moves=(ended,), reasons=True)


def _adjustment() -> Iterator[CaseRecord]:
    free = "none approved adopted reported refused"
    yield Step(
        kind=KIND,
        name="ask_adjustment",
        who="government",
        title="申请调整",
        takes=Adjustment,
        moves=(Move(free, "asked", ADJUSTMENT),),
    )
    listed = Move("asked", "listed", ADJUSTMENT)
    yield Step(kind=KIND, name="list_adjustment", who="presidium", title="调整列入大会议程", moves=(listed,))
    decided = Move(ANY, GRADE, COURSE)
    for name, title, who, from_, to in (
        ("approve_adjustment", "常委会批准调整", "committee office", "asked", "approved"),
        ("adopt_adjustment", "大会决定调整", "congress office", "listed", "adopted"),
    ):
        yield Step(
            kind=KIND,
            name=name,
            who=who,
            title=title,
            takes=Review,
            grades=tuple(CHANGES),
            moves=(Move(from_, to, ADJUSTMENT), decided),
        )
    no = Move("asked listed", "refused", ADJUSTMENT)
    yield Step(
        kind=KIND, name="refuse_adjustment", who="committee congress", title="否决调整", moves=(no,), reasons=True
    )
    told = Move("approved refused", "reported", ADJUSTMENT)
    yield Step(
        kind=KIND, name="report_adjustment", who="committee office", title="向大会报告调整", takes=Review, moves=(told,)
    )


def _gates() -> Iterator[CaseRecord]:
    yield Gate(kind=KIND, step="supervise", facet="main", states="announced underway done assessed")
    yield Gate(kind=KIND, step="ask_adjustment", facet="main", states="announced underway")
    yield Gate(kind=KIND, step="complete", facet=COURSE, states="going behind changed")
    settled = "none approved adopted reported refused"
    for step in ("archive", "archive_terminated"):
        yield Gate(kind=KIND, step=step, facet=ADJUSTMENT, states=settled)
    yield Gate(kind=KIND, step="archive_terminated", facet=COURSE, states="terminated")
    for step, name, refuse in (
        ("start", "milestones", refuse_loose_milestones),
        ("take_up", "advised", refuse_unadvised),
        ("take_up", "milestones", refuse_loose_milestones),
        ("ask_adjustment", "body", refuse_wrong_body),
        ("ask_adjustment", "reason", refuse_unlisted_reason),
        ("ask_adjustment", "ended", refuse_no_change),
        ("approve_adjustment", "body", refuse_not_competent("committee")),
        ("adopt_adjustment", "body", refuse_not_competent("congress")),
        ("report_adjustment", "unreported", refuse_nothing_to_report),
        ("archive", "reported", refuse_unreported),
        ("archive_terminated", "reported", refuse_unreported),
        ("approve_adjustment", "asked", refuse_another_change),
        ("adopt_adjustment", "asked", refuse_another_change),
    ):
        yield Guard(kind=KIND, step=step, name=name, refuse=refuse)
