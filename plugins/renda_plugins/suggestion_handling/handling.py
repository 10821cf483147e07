"""From assignment to evaluation: units in four modes, returns, longer time, replies, evaluation, publication."""

from collections.abc import Iterator

from renda_core.domain.case import Case
from renda_core.domain.procedure import ANY, GRADE, Move
from renda_core.domain.suggestion import (
    GRADES,
    KIND,
    TITLES,
    Contact,
    Form,
    Opinion,
    Reply,
    Withholding,
)
from renda_core.records import CaseRecord, Context, Facet, Gate, Guard, Join, Step, Veil
from renda_plugins.suggestion_handling import guards
from renda_plugins.suggestion_handling.settings import Settings

ANSWERING = "sole lead separate"
ANSWERERS = "unit:sole unit:lead unit:separate"
OFFICES = "office overseer director proposer"
"""Who reads an evaluation while the case runs: never the unit that is evaluated."""


def readable(context: Context[Settings], case: Case) -> bool:
    """Let the unit read its evaluation after close, where the place says so."""
    return context.settings.unit_reads_after_close and case.states.get("main") == "closed"


def records() -> Iterator[CaseRecord]:
    """Offer the second half of the kind."""
    yield from _facets()
    yield from _unit_steps()
    yield from _office_steps()
    yield from _guards()
    for part in ("act.evaluate", "act.collect_form", "facet.satisfaction"):
        yield Veil(kind=KIND, part=part, seen_by=OFFICES, never="unit", lifts=readable)


def _facets() -> Iterator[CaseRecord]:
    told = {"assigned": "已交办", "return_asked": "申请退件", "replied": "已答复", "released": "已改派"}
    yield Facet(kind=KIND, name="unit", title="承办", states=tuple(told), titles=told, final="replied released")
    yield Facet(
        kind=KIND,
        name="satisfaction",
        title="满意度",
        states=("unasked", *GRADES),
        loose=True,
        titles={"unasked": "未评", **TITLES},
    )
    published = {"internal": "未公开", "public": "已公开", "withheld": "不公开"}
    yield Facet(kind=KIND, name="publication", title="公开", states=tuple(published), loose=True, titles=published)
    yield Join(
        kind=KIND, name="all_replied", states="replied released", roles=ANSWERING, move=Move("assigned", "replied")
    )


def _unit_steps() -> Iterator[CaseRecord]:
    # not backdated: no unit writes itself into a window that has closed
    asked = Move("assigned", "return_asked", "unit")
    done = (Move("assigned", "replied", "unit"),)
    yield Step(kind=KIND, backdated=False, name="receive", who="unit", title="签收")
    yield Step(kind=KIND, backdated=False, name="contact", who=ANSWERERS, title="联系代表", takes=Contact)
    yield Step(
        kind=KIND, backdated=False, name="ask_return", who="unit", title="申请退件", moves=(asked,), reasons=True
    )
    yield Step(
        kind=KIND, backdated=False, name="give_opinion", who="unit:joint", title="会办意见", takes=Opinion, moves=done
    )
    yield Step(kind=KIND, backdated=False, name="reply", who=ANSWERERS, title="答复", takes=Reply, moves=done)
    for name, title in (("take_more_time", "转为六个月办理"), ("ask_more_time", "申请延期")):
        yield Step(kind=KIND, backdated=False, name=name, who=ANSWERERS, title=title, reasons=True)
        yield Guard(kind=KIND, step=name, name="once", refuse=guards.refuse_no_longer)
    for step in ("receive", "contact", "take_more_time", "ask_more_time", "grant_more_time", "refuse_more_time"):
        yield Gate(kind=KIND, step=step, facet="main", states="assigned")


def _office_steps() -> Iterator[CaseRecord]:
    out, kept = Move("return_asked", "released", "unit"), Move("return_asked", "assigned", "unit")
    first, ended = Move("accepted", "assigned"), Move("evaluated", "closed")
    yield Step(kind=KIND, name="assign", who="assigner", title="交办", moves=(first,), assigns=True)
    yield Step(kind=KIND, name="replace_unit", who="assigner", title="改派", moves=(out,), assigns=True)
    yield Step(kind=KIND, name="keep_unit", who="assigner", title="驳回退件", moves=(kept,), reasons=True)
    yield Step(kind=KIND, name="keep_unit_by_time", who="clock", title="逾期驳回退件", moves=(kept,))
    yield Step(kind=KIND, name="grant_more_time", who="assigner", title="同意延期", after="ask_more_time")
    yield Step(
        kind=KIND, name="refuse_more_time", who="assigner", title="不同意延期", after="ask_more_time", reasons=True
    )
    yield Step(kind=KIND, name="remind", who="office", title="催评")
    yield Step(
        kind=KIND, name="collect_form", who="office", never="unit", title="收评价表", takes=Form, grades=GRADES[:3]
    )
    for step in ("remind", "collect_form"):
        yield Gate(kind=KIND, step=step, facet="main", states="replied")
    yield Step(
        kind=KIND,
        name="evaluate",
        who="office",
        never="unit",
        title="评价",
        takes=Form,
        grades=GRADES,
        moves=(Move("replied", "evaluated"), Move(ANY, GRADE, "satisfaction")),
    )
    yield Step(kind=KIND, name="close", who="office", title="办结", moves=(ended,))
    public, private = Move("internal withheld", "public", "publication"), Move(ANY, "withheld", "publication")
    yield Step(kind=KIND, name="publish", who="office", title="公开", moves=(public,))
    yield Gate(
        kind=KIND, step="publish", facet="main", states="replied evaluated closed"
    )  # a reply, or nothing to show
    yield Step(kind=KIND, name="withhold", who="office", title="不予公开", moves=(private,), takes=Withholding)


def _guards() -> Iterator[CaseRecord]:
    for step, name, refuse in (
        ("assign", "modes", guards.refuse_odd_modes),
        ("replace_unit", "modes", guards.refuse_odd_replacement),
        ("ask_return", "window", guards.refuse_late_return),
        ("receive", "once", guards.refuse_twice_received),
        ("take_more_time", "consent", guards.refuse_without_consent),
        ("ask_more_time", "consent", guards.refuse_needless_request),
        ("grant_more_time", "asked", guards.refuse_unasked),
        ("refuse_more_time", "asked", guards.refuse_unasked),
        ("reply", "class", guards.refuse_unlisted_class),
        ("collect_form", "signer", guards.refuse_strange_form),
        ("evaluate", "forms", guards.refuse_unfounded_grade),
        ("publish", "secret", guards.refuse_secret),
    ):
        yield Guard(kind=KIND, step=step, name=name, refuse=refuse)
