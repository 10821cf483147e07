"""The kind ``opinion``: its states, who takes which step, and what is kept from whom."""

from collections.abc import Iterator

from renda_core.domain.case import Act, Case
from renda_core.domain.duty import Record
from renda_core.domain.procedure import ANY, GRADE, Move
from renda_core.records import (
    CaseRecord,
    Context,
    Facet,
    Follow,
    Gate,
    Guard,
    Join,
    Kind,
    RecordKind,
    RecordRule,
    Role,
    Step,
    Veil,
)
from renda_plugins.reception import opinion_clocks
from renda_plugins.reception import opinion_guards as guards
from renda_plugins.reception.opinion import (
    BECAME,
    BRANCHES,
    HANDLED,
    KIND,
    RATINGS,
    STATES,
    SUGGESTION,
    Becoming,
    Feedback,
    Opinion,
    Sorting,
    Told,
    Voice,
)
from renda_plugins.reception.settings import Settings

HERE = "office station"
HEARERS = "office station deputy"
ANSWERERS = "office station receiver"
"""Who answers and tells back: where it was heard, and the deputies who heard it, never another deputy."""
UNITS = {"assigned": "承办中", "replied": "已答复", "released": "已改派"}
UNASKED = ("none", "not_solved")
OPEN_TO_JUDGE = "none asked reminded not_solved"
ASKING = ("ask_voter", "remind_voter", "no_rating", "rate")


def heard(context: Context[Settings], case: Case, act: Act) -> Iterator[Record]:
    """Record an opinion once for each deputy who heard it; round figures stay marked."""
    new = act.parties if act.step == "voice" else case.parties
    approx = int(case.body_as(Opinion).approx)
    for person in new.get("receiver", ()):
        yield Record(person=person, kind=KIND, on=act.on, source=f"case:{case.id}:heard", facts={"approx": approx})


def cases() -> Iterator[CaseRecord]:
    """Offer the kind with its steps, clocks, guards and veils."""
    yield Role(name="voter", title="选民")
    yield Kind(
        name=KIND,
        title="群众意见",
        opening="register",
        body=Opinion,
        audience="office station deputy unit overseer",
        parties="receiver",
        numbering="意见{year}-{n:05d}",
        dimensions="category station",
        words="text",
        followed=True,
        alike=True,
    )
    yield Facet(kind=KIND, title="状态", states=tuple(STATES), final="closed", titles=STATES)
    yield Facet(kind=KIND, name="branch", title="分流", states=tuple(BRANCHES), loose=True, titles=BRANCHES)
    yield Facet(kind=KIND, name="unit", title="承办", states=tuple(UNITS), titles=UNITS, final="replied released")
    yield Facet(kind=KIND, name="rating", title="选民评价", states=tuple(RATINGS), loose=True, titles=RATINGS)
    yield from _handling()
    yield from _becoming()
    yield from _telling()
    yield from _judging()
    yield from _guards()
    yield from _veils()
    yield from opinion_clocks.records()


def records() -> Iterator[RecordKind | RecordRule]:
    """Offer the duty record of every deputy who heard an opinion."""
    yield RecordKind(name=KIND, title="听取群众意见", book="reception", unit="件")
    for step in ("register", "voice"):
        yield RecordRule(name=f"heard_at_{step}", kind=KIND, step=step, make=heard)


def _handling() -> Iterator[CaseRecord]:
    sort, answer = Move("registered sorted", "sorted"), Move("sorted", "answered")
    share, released = Move("assigned", "replied", "unit"), Move("assigned", "released", "unit")
    yield Step(kind=KIND, name="register", who=HEARERS, title="登记")
    yield Step(kind=KIND, name="voice", who=HEARERS, title="又有人反映", takes=Voice, adds="receiver")
    yield Step(
        kind=KIND,
        name="sort",
        who=HERE,
        title="分流",
        takes=Sorting,
        grades=tuple(BRANCHES)[1:],
        moves=(sort, Move(ANY, GRADE, "branch")),
    )
    yield Step(kind=KIND, name="assign", who=f"{HERE} follower", title="交办", assigns=True)
    yield Step(kind=KIND, name="replace_unit", who=HERE, title="改派", moves=(released,), assigns=True, reasons=True)
    yield Step(kind=KIND, name="reply", who=ANSWERERS, title="答复", moves=(answer,), reasons=True)
    yield Step(
        kind=KIND,
        name="unit_reply",
        who="unit office",
        title="承办单位答复",
        moves=(share,),
        reasons=True,
        backdated=False,
    )
    yield Join(kind=KIND, name="all_replied", states="replied released", roles="sole lead joint separate", move=answer)
    yield Gate(kind=KIND, step="voice", facet="main", states="registered sorted answered")
    for step in ("assign", "replace_unit", "unit_reply"):
        yield Gate(kind=KIND, step=step, facet="main", states="sorted")
    yield Gate(kind=KIND, step="assign", facet="branch", states=HANDLED)


def _becoming() -> Iterator[CaseRecord]:
    yield Step(
        kind=KIND,
        name="become",
        who="office receiver",
        oneself="receiver",
        title="转为代表建议",
        takes=Becoming,
        ties=BECAME,
    )
    yield Gate(kind=KIND, step="become", facet="main", states="sorted")
    yield Gate(kind=KIND, step="become", facet="branch", states="suggestion")
    yield Step(
        kind=KIND, name="suggestion_replied", who="follower", title="建议已答复", moves=(Move("sorted", "answered"),)
    )
    dropped = (Move("sorted", "registered"), Move(ANY, "none", "branch"))
    yield Step(kind=KIND, name="suggestion_dropped", who="follower", title="建议未成", moves=dropped)
    for on, step in (
        ("main:replied", "suggestion_replied"),
        ("main:closed", "suggestion_replied"),
        ("main:declined", "suggestion_dropped"),
        ("main:withdrawn", "suggestion_dropped"),
    ):
        yield Follow(kind=SUGGESTION, on=on, relation=BECAME, step=step)


def _telling() -> Iterator[CaseRecord]:
    yield Step(kind=KIND, name="tell_voter", who=ANSWERERS, title="反馈选民", takes=Feedback)
    yield Step(kind=KIND, name="tell_deputy", who=HERE, title="反馈代表", takes=Told)
    yield Step(kind=KIND, name="close", who=HERE, title="办结", moves=(Move("answered", "closed"),))
    for step in ("tell_voter", "tell_deputy"):
        yield Gate(kind=KIND, step=step, facet="main", states="answered")


def _judging() -> Iterator[CaseRecord]:
    for name, title, before, after in (
        ("ask_voter", "请选民评价", UNASKED, "asked"),
        ("remind_voter", "催选民评价", "asked", "reminded"),
        ("no_rating", "逾期未评", "asked reminded", "unanswered"),
    ):
        move = Move(before, after, "rating")
        yield Step(kind=KIND, name=name, who="clock", title=title, moves=(move,), backdated=False)
    judged, undone = Move(OPEN_TO_JUDGE, GRADE, "rating"), Move(OPEN_TO_JUDGE, "not_solved", "rating")
    yield Step(
        kind=KIND,
        name="rate",
        who="voter",
        title="选民评价",
        grades=("solved", "basically"),
        moves=(judged,),
        backdated=False,
    )
    yield Step(
        kind=KIND,
        name="dispute",
        who="voter",
        title="选民反映未解决",
        moves=(Move("answered closed", "sorted"), undone),
        reasons=True,
        new_round=True,
        backdated=False,
    )
    for step in ASKING:
        yield Gate(kind=KIND, step=step, facet="main", states="answered closed")


def _guards() -> Iterator[CaseRecord]:
    for step, name, refuse in (
        ("sort", "channel", guards.refuse_no_channel),
        ("sort", "under_way", guards.refuse_under_way),
        ("reply", "units", guards.refuse_for_unit),
        ("become", "tied", guards.refuse_untied),
        ("become", "agreed", guards.refuse_unagreed),
        ("become", "lent", guards.refuse_unlent_name),
        ("suggestion_replied", "latest", guards.refuse_other_suggestion),
        ("suggestion_dropped", "latest", guards.refuse_other_suggestion),
        ("tell_voter", "phone", guards.refuse_no_number),
        ("tell_voter", "voice", guards.refuse_wrong_voice),
        ("tell_voter", "guidance", guards.refuse_other_words),
        ("tell_deputy", "heard", guards.refuse_wrong_deputy),
        ("close", "told", guards.refuse_untold),
        ("rate", "once", guards.refuse_rating),
        ("dispute", "once", guards.refuse_rating),
    ):
        yield Guard(kind=KIND, step=step, name=name, refuse=refuse)


def _veils() -> Iterator[CaseRecord]:
    for part in ("body.voter", "body.phone", "act.voice.voter", "act.voice.phone"):
        yield Veil(kind=KIND, part=part, seen_by=HERE)
    # what a voter thinks of an answer is for those who oversee it; of a dispute its word is told, so that it is mended
    parts = (
        "facet.rating",
        *(f"act.{step}" for step in ASKING),
        *(f"clock.{c}" for c in opinion_clocks.ASKING.split()),
    )
    for part in parts:
        yield Veil(kind=KIND, part=part, seen_by="office overseer")
