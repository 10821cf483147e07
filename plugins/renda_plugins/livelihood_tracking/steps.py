"""The steps of a tracked project: who reports, who looks, who answers, and how it ends."""

from collections.abc import Iterator

from renda_core.domain.procedure import ANY, GRADE, Move
from renda_core.records import CaseRecord, Facet, Gate, Guard, Kind, Step
from renda_plugins.livelihood_tracking import guards
from renda_plugins.livelihood_tracking.project import (
    KIND,
    Answer,
    Change,
    Completion,
    Decision,
    Defect,
    Inspection,
    Opinion,
    Plan,
    Progress,
    Tracked,
)

STATES = {
    "tracked": "跟踪中",
    "suspended": "暂缓",
    "terminated": "终止",
    "finished": "已完成",
    "assessed": "已测评",
    "archived": "已归档",
}
GRADABLE = ("tracked", "finished", "assessed")
"""A project that is not finished is graded too at the year's end; what was stopped is not."""
PACE = {"unreported": "未填报", "on_track": "正常", "behind": "滞后"}
QUALITY = {"none": "无", "open": "待整改", "mended": "已整改"}
GRADES = {"satisfied": "满意", "basically": "基本满意", "unsatisfied": "不满意"}
GRADED = {"ungraded": "未测评", **GRADES}
DOERS = "government unit office"
"""Who carries the project out; the office enters what came on paper."""
WATCHERS = "office deputy committee director inspector expert"


def records() -> Iterator[CaseRecord]:
    """Offer the kind, its states and its steps."""
    yield Kind(
        name=KIND,
        title="跟踪监督项目",
        opening="track",
        body=Tracked,
        audience="office government unit deputy committee director presidium congress inspector expert overseer public",
        public="public:open",
        numbering="跟踪{year}-{n}",
        dimensions="year source",
        words="content lead_unit",
    )
    yield Facet(kind=KIND, title="状态", states=tuple(STATES), final="archived terminated", titles=STATES)
    yield Facet(kind=KIND, name="unit", title="承办", states=("assigned",), titles={"assigned": "承办中"})
    for name, title, titles in (
        ("pace", "进度", PACE),
        ("quality", "质量", QUALITY),
        ("grading", "测评", GRADED),
        ("public", "公开", {"closed": "未公开", "open": "已公开"}),
    ):
        yield Facet(kind=KIND, name=name, title=title, states=tuple(titles), loose=True, titles=titles)
    yield from _doing()
    yield from _watching()
    yield from _ending()
    yield from _guards()


def _doing() -> Iterator[CaseRecord]:
    yield Step(kind=KIND, name="track", who="office government watch", title="列入跟踪", ties="voted_as")
    yield Step(kind=KIND, name="assign", who="office government", title="确定承办单位", assigns=True)
    yield Step(kind=KIND, name="plan_year", who=DOERS, title="下达年度计划", takes=Plan)
    yield Step(kind=KIND, name="change_plan", who="office", title="调整计划", takes=Change, reasons=True)
    yield Step(
        kind=KIND,
        name="report_progress",
        who=DOERS,
        title="季度进展",
        takes=Progress,
        grades=tuple(PACE)[1:],
        moves=(Move(ANY, GRADE, "pace"),),
    )
    yield Step(kind=KIND, name="answer_opinion", who=DOERS, title="答复意见", takes=Answer)
    yield Step(kind=KIND, name="answer_defect", who=DOERS, title="整改答复", takes=Answer)
    for step in ("assign", "plan_year", "change_plan"):
        yield Gate(kind=KIND, step=step, facet="main", states="tracked")
    # the fourth quarter is reported after the year, when the project may be finished or graded already
    yield Gate(kind=KIND, step="report_progress", facet="main", states=frozenset(GRADABLE))


def _watching() -> Iterator[CaseRecord]:
    found = Move(ANY, "open", "quality")
    yield Step(kind=KIND, name="inspect", who=WATCHERS, never="unit", title="视察检查", takes=Inspection)
    yield Step(kind=KIND, name="give_opinion", who=WATCHERS, never="unit", title="提出意见", takes=Opinion)
    yield Step(
        kind=KIND, name="find_defect", who=WATCHERS, never="unit", title="质量问题", takes=Defect, moves=(found,)
    )
    yield Step(
        kind=KIND,
        name="confirm_defects",
        who="office committee",
        never="unit",
        title="确认整改",
        moves=(Move("open", "mended", "quality"),),
        reasons=True,
    )
    yield Step(kind=KIND, name="open_to_public", who="office", title="公开", moves=(Move("closed", "open", "public"),))
    for step in ("inspect", "give_opinion", "find_defect"):
        yield Gate(kind=KIND, step=step, facet="main", states="tracked suspended finished assessed")


def _ending() -> Iterator[CaseRecord]:
    yield Step(
        kind=KIND, name="suspend", who="office", title="暂缓", takes=Decision, moves=(Move("tracked", "suspended"),)
    )
    yield Step(kind=KIND, name="resume", who="office", title="恢复实施", moves=(Move("suspended", "tracked"),))
    yield Step(
        kind=KIND,
        name="terminate",
        who="office",
        title="终止",
        takes=Decision,
        moves=(Move("tracked suspended", "terminated"),),
        reasons=True,
    )
    yield Step(
        kind=KIND, name="finish", who=DOERS, title="完成", takes=Completion, moves=(Move("tracked", "finished"),)
    )
    yield Step(
        kind=KIND,
        name="assess",
        who="ballot",
        title="年终测评",
        grades=tuple(GRADES),
        moves=(Move(GRADABLE, "assessed"), Move(ANY, GRADE, "grading")),
    )
    yield Step(kind=KIND, name="archive", who="office", title="归档", moves=(Move("assessed", "archived"),))


def _guards() -> Iterator[CaseRecord]:
    for step, name, refuse in (
        ("plan_year", "once", guards.refuse_second_plan),
        ("change_plan", "planned", guards.refuse_unplanned_change),
        ("change_plan", "decided", guards.refuse_own_change),
        ("suspend", "decided", guards.refuse_own_change),
        ("terminate", "decided", guards.refuse_own_change),
        ("report_progress", "quarter", guards.refuse_odd_quarter),
        ("report_progress", "progress", guards.refuse_odd_progress),
        ("answer_opinion", "asked", guards.refuse_unasked_answer),
        ("answer_defect", "asked", guards.refuse_unasked_answer),
        ("confirm_defects", "answered", guards.refuse_open_defects),
        ("finish", "defects", guards.refuse_unfinished),
        ("archive", "defects", guards.refuse_unfinished),
    ):
        yield Guard(kind=KIND, step=step, name=name, refuse=refuse)
