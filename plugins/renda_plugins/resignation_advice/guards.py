"""What is refused on a case of advice, each with what to do instead."""

from collections.abc import Iterator

from renda_core.domain.case import Act, Case
from renda_core.records import Context
from renda_plugins.resignation_advice.law import ASKED, BODIES, OF_COMMITTEES, OF_TOWNSHIPS, OUTCOMES, REASONS
from renda_plugins.resignation_advice.matter import Decision, LegalAct, outcome, rests_on
from renda_plugins.resignation_advice.settings import Settings


def refuse_unheard(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Decide upon nobody who was not heard, or had not the time to say anything."""
    if case.took("answer", round=case.round):
        return
    clock = case.clock("answer")
    due = clock.due(context.calendar) if clock else None
    if due is None or act.on <= due:
        until = f"; the time to answer ends on {due}" if due else ""
        yield f"the deputy has said nothing yet{until}: enter what was said (answer), or wait"


def refuse_odd_outcome(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Decide only what the law and the place attach to what was found."""
    found = OUTCOMES.get(act.grade)
    if found is None:
        return
    reason = rests_on(case).reason
    if reason not in found.reasons:
        for_ = "、".join(REASONS[r] for r in sorted(found.reasons))
        yield f"{found.title} is decided on {for_}, not on {REASONS[reason]} ({found.source})"
    if act.grade not in context.settings.outcomes:
        yield f"{found.title} is not done here: see the setting outcomes"


def refuse_untalked(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Advise nobody to resign, and propose nobody's recall, without a talk. Source: 银川履职评价办法: 约谈 first."""
    if act.grade in ASKED and not case.took("talk", round=case.round):
        yield "hold a talk with the deputy first (talk)"


def refuse_odd_body(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Let no body decide that this level has not."""
    if not isinstance(act.payload, Decision):
        return
    township = rests_on(case).level == "township"
    if act.payload.body in (OF_COMMITTEES if township else OF_TOWNSHIPS):
        instead = "主席团 (presidium)" if township else "常委会 (committee) or 主任会议 (chairpersons)"
        where = "a township has no standing committee" if township else "between sessions the presidium does not act"
        yield f"{BODIES[act.payload.body]} does not decide here: {where}; name {instead}"


def refuse_future_act(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Name no legal act that has not taken place."""
    if isinstance(act.payload, LegalAct) and act.payload.on > act.on:
        yield f"{act.payload.on} has not come yet; name the legal act when it has taken place"


def refuse_unfinished(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Close what was settled: by a decision and what it asks for, or by a legal act."""
    if case.took("name_act"):
        return
    decided, reason = outcome(case), rests_on(case).reason
    if not decided:
        if reason != "absence_notice" or case.states.get("main") != "told":
            yield "nothing is decided yet (decide); a reminder is closed once the deputy was told"
    elif decided == "observe":
        yield "it is observed: look at it again (look_again), then decide"
    elif decided == "refer_credentials" and not case.took("examine", round=case.round):
        yield "the credentials committee has not said what it found (examine)"
    elif decided in ASKED and not case.took("respond", round=case.round):
        clock = case.clock("respond")
        due = clock.due(context.calendar) if clock else None
        if due is None or act.on <= due:
            yield f"the deputy has not answered (respond); the time to answer ends on {due}"
