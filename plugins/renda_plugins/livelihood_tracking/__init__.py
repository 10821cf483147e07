"""民生实事项目跟踪监督: progress, money, quality and opinions by quarter, and the grading at the year's end.

Source: article 001 (监督和评估); 木兰 (article 004: 民生项目建设推进组定期深入现场, 就建设进度、工程质量等方面进行监督,
20 件惠民实事); 镇海 for the grading; 龙游 for its fourth answer.
"""

from collections.abc import Iterator

from renda_core import hookimpl
from renda_core.domain.ballot import Rule, Rung
from renda_core.domain.rates import Share
from renda_core.records import BallotKind, CaseRecord, Context, Desk, Found, Opening, Page, Watch
from renda_plugins.livelihood_tracking import clocks, steps
from renda_plugins.livelihood_tracking.board import Board, board
from renda_plugins.livelihood_tracking.project import KIND, Tracked
from renda_plugins.livelihood_tracking.settings import Settings
from renda_plugins.livelihood_tracking.steps import GRADES

VOTED, ANNOUNCED = "livelihood_project", "announce"
"""The kind of voted projects, and the step that makes one certain; where a place votes, they come by themselves."""


async def voted(context: Context[Settings], desk: Desk) -> list[Found]:
    """Find every project that the congress voted and the presidium announced; each is tracked once for its year."""
    found = []
    for case in await desk.cases(VOTED, ANNOUNCED):
        year = getattr(case.body, "year", case.opened_on.year)
        if case.states.get("main") == "archived" or case.states.get("course") == "terminated":
            continue
        body = Tracked(year=year, source="voted", content=getattr(case.body, "text", ""))
        found.append(Found(key=f"{case.id}:{year}", title=case.title, body=body, links={"voted_as": (case.id,)}))
    return found


def grading(context: Context[Settings]) -> Rule:
    """Grade a project at the year's end: the best grade that half of the members reach (镇海)."""
    s = context.settings
    enough = Share(s.grading_share, above=s.half_counts_as == "fail")
    good, fair, poor = GRADES
    return Rule(
        name="livelihood_grading",
        mode="grade",
        answers=(good, fair, poor, *(("abstain",) if s.abstention else ())),
        base=s.grading_base,
        quorum=Share(s.grading_quorum, above=True),
        rungs=(
            Rung(verdict=good, answers={good}, share=enough),
            Rung(verdict=fair, answers={good, fair}, share=enough),
        ),
        otherwise=poor,
        source="镇海",
        clauses={"pass": f"镇海; exactly half: {s.half_counts_as}", "otherwise": "镇海", "quorum": "组织法 51"},
    )


def refuse_untracked(context: Context[Settings], opening: Opening) -> Iterator[str]:
    """Grade tracked projects alone, and none that was stopped."""
    for case in opening.subjects:
        if case.kind != KIND:
            yield f"{case.title} is no tracked project"
        elif (state := case.states.get("main", "")) not in steps.GRADABLE:
            yield f"{case.title} is {steps.STATES.get(state, state)}, and is not graded"


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer the kind, its steps and its clocks."""
    yield from steps.records()
    yield from clocks.records()


@hookimpl
def register_watches() -> Iterator[Watch]:
    """Track every project that was voted."""
    yield Watch(name="voted_projects", kind=KIND, find=voted)


@hookimpl
def register_ballots() -> Iterator[BallotKind]:
    """Offer the grading at the year's end."""
    yield BallotKind(
        name="livelihood_grading",
        title="民生实事项目年终测评",
        rule=grading,
        refuse=refuse_untracked,
        outcomes=dict.fromkeys(GRADES, "assess"),
    )


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show every project beside its plan, and all of them together."""
    yield Page(
        name="livelihood_progress",
        title="民生实事项目进展",
        shows=Board,
        view=board,
        who="office government deputy committee director overseer",
    )
