"""What is refused on a tracked project, each with what to do instead."""

from collections.abc import Iterator

from renda_core.domain.case import Act, Case
from renda_core.errors import Invalid
from renda_core.records import Context
from renda_plugins.livelihood_tracking.progress import actual, behind, points, target
from renda_plugins.livelihood_tracking.project import (
    Answer,
    Change,
    Decision,
    Progress,
    Tracked,
    as_planned,
    ends,
    next_quarter,
    plan_of,
    reports,
    unanswered,
)
from renda_plugins.livelihood_tracking.settings import Settings

ANSWERS = {"answer_opinion": "give_opinion", "answer_defect": "find_defect"}
"""What each answer answers."""


def refuse_odd_quarter(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Take the quarters in their order, each once it has ended, and a correction with its reason."""
    told, year = act.payload, case.body_as(Tracked).year
    if not isinstance(told, Progress):
        return
    due, given = next_quarter(case), reports(case)
    if told.quarter in given:
        if told.quarter != max(given):
            yield f"quarter {told.quarter} is reported, and later ones are too: correct quarter {max(given)}"
        elif not act.note:
            yield f"quarter {told.quarter} is reported already; to correct it give the reason"
    elif told.quarter != due:
        yield f"the quarter to be reported next is {due or 'none: the fourth is reported, or there is no plan'}"
    if act.on <= ends(year, told.quarter) and context.settings.reports_after_quarter:
        yield f"quarter {told.quarter} of {year} ends on {ends(year, told.quarter)}; report it after that day"


def refuse_odd_progress(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Refuse what does not fit the plan, goes back without a reason, or calls itself what it is not."""
    told, plan = act.payload, plan_of(case)
    if not isinstance(told, Progress) or plan is None:
        return
    try:
        reached = points(actual(plan, told))
    except Invalid as error:
        yield str(error)
        return
    planned = target(plan, told.quarter)
    if planned is None:
        yield f"the plan has no quarter {told.quarter}"
        return
    plans, earlier = as_planned(case), [p for q, p in reports(case).items() if q < told.quarter]
    before = points(actual(plans[earlier[-1].quarter], earlier[-1])) if earlier else 0
    if earlier and not act.note and (told.money < earlier[-1].money or reached < before):
        yield "it is less than the quarter before: give the reason"
    late = behind(plan, told, context.settings.tolerance)
    if late != (act.grade == "behind"):
        figures = f"{reached / 100:.2f} % of {planned.progress / 100:.2f} % planned"
        told_as = "滞后 (behind)" if late else "正常 (on_track)"
        yield f"{figures} is {told_as}: {context.settings.tolerance / 100:.2f} points behind are allowed"
    if late and not (told.problem.strip() and told.next.strip()):
        yield "it is behind: say the problem and what comes next"


def refuse_second_plan(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Have one plan a year; what changes it is a decision."""
    if case.took("plan_year"):
        yield "it has its plan; change_plan changes it, by a decision"


def refuse_unplanned_change(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Change a plan that there is, and no quarter that is already reported away."""
    if plan_of(case) is None:
        yield "it has no plan yet: plan_year gives it one"
    elif isinstance(act.payload, Change):
        planned = {t.quarter for t in act.payload.plan.targets}
        if lost := [q for q in reports(case) if q not in planned]:
            yield f"quarters {lost} are reported, and the new plan leaves them out"


def refuse_own_change(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Let nobody but the body that decides about a voted project change what was voted. Source: 陕西 (2025) 18."""
    decision = act.payload.decision if isinstance(act.payload, Change) else act.payload
    if case.body_as(Tracked).source != "voted" or not isinstance(decision, Decision):
        return
    if decision.body != context.settings.adjusted_by:
        wanted = {"committee": "常委会", "congress": "人民代表大会"}[context.settings.adjusted_by]
        yield f"what the deputies voted is changed by a decision of the {context.settings.adjusted_by} ({wanted}) alone"


def refuse_unasked_answer(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Answer what was said, once."""
    if isinstance(act.payload, Answer):
        left = [n for n, _ in unanswered(case, ANSWERS[act.step], act.step)]
        if act.payload.to not in left:
            yield f"nothing numbered {act.payload.to} waits for an answer; waiting: {left or 'none'}"


def refuse_open_defects(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Confirm the defects only once each is answered."""
    if left := [n for n, _ in unanswered(case, "find_defect", "answer_defect")]:
        yield f"defects {left} have no answer yet"


def refuse_unfinished(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Call nothing finished while a defect is open."""
    if case.states.get("quality", "none") == "open":
        yield "a defect is open: have it confirmed first (confirm_defects)"
