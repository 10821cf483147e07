"""The steps of a case of advice: told, heard, decided, answered, looked at again, closed; or it lapses."""

from collections.abc import Iterator

from renda_core.domain.procedure import ANY, GRADE, Move
from renda_core.records import CaseRecord, Facet, Gate, Guard, Kind, Role, Step
from renda_plugins.resignation_advice import guards
from renda_plugins.resignation_advice.law import ASKED, OUTCOMES
from renda_plugins.resignation_advice.matter import (
    KIND,
    SUBJECT,
    Decision,
    Examination,
    LegalAct,
    Matter,
    Talk,
    Told,
    Words,
)

STATES = {
    "found": "待处理",
    "told": "已告知本人",
    "decided": "已作处理",
    "closed": "已办结",
    "lapsed": "已失效",
}
UNDER_WAY = "found told decided"
DECIDED = {"none": "未处理", **{code: outcome.title for code, outcome in OUTCOMES.items()}}
RESPONSES = {"none": "未答复", "resigns": "本人表示辞职", "declines": "本人不辞职"}
FINDINGS = {"none": "未审查", "reported": "情形属实，依法报告", "not_established": "情形不成立"}
PEOPLE = "office credentials"
"""Who works on a case: the deputies' work office and the credentials committee; in a township the tenant gives these
roles to its own office and committee. Source: 代表法 63."""


def records() -> Iterator[CaseRecord]:
    """Offer the role, the kind, its states, steps and guards."""
    yield Role(name="credentials", title="代表资格审查委员会")
    yield Kind(
        name=KIND,
        title="履职提醒约谈",
        opening="find",
        body=Matter,
        audience=f"{PEOPLE} overseer subject",
        parties=SUBJECT,
        dimensions="reason congress",
    )
    yield Facet(kind=KIND, title="状态", states=tuple(STATES), final="closed lapsed", titles=STATES)
    for name, title, titles in (
        ("outcome", "处理", DECIDED),
        ("response", "本人答复", RESPONSES),
        ("examination", "资格审查", FINDINGS),
    ):
        yield Facet(kind=KIND, name=name, title=title, states=tuple(titles), loose=True, titles=titles)
    yield from _hearing()
    yield from _deciding()
    yield from _ending()
    yield from _guards()


def _hearing() -> Iterator[CaseRecord]:
    told = Move("found told", "told")
    yield Step(kind=KIND, name="find", who="watch", title="发现", ties="earlier")
    yield Step(kind=KIND, name="notify", who=PEOPLE, never=SUBJECT, title="提醒本人", takes=Told, moves=(told,))
    yield Step(kind=KIND, name="talk", who=PEOPLE, never=SUBJECT, title="约谈", takes=Talk, moves=(told,))
    yield Step(kind=KIND, name="answer", who="office subject", oneself=SUBJECT, title="本人说明", takes=Words)
    yield Gate(kind=KIND, step="answer", facet="main", states=UNDER_WAY)


def _deciding() -> Iterator[CaseRecord]:
    yield Step(
        kind=KIND,
        name="decide",
        who=PEOPLE,
        never=SUBJECT,
        title="作出处理",
        takes=Decision,
        grades=tuple(OUTCOMES),
        moves=(Move("told", "decided"), Move(ANY, GRADE, "outcome")),
        reasons=True,
    )
    yield Step(
        kind=KIND,
        name="respond",
        who="office subject",
        oneself=SUBJECT,
        title="本人答复",
        takes=Words,
        grades=tuple(RESPONSES)[1:],
        moves=(Move(ANY, GRADE, "response"),),
    )
    yield Step(
        kind=KIND,
        name="examine",
        who="credentials",
        never=SUBJECT,
        title="资格审查意见",
        takes=Examination,
        grades=tuple(FINDINGS)[1:],
        moves=(Move(ANY, GRADE, "examination"),),
    )
    yield Step(kind=KIND, name="name_act", who=PEOPLE, never=SUBJECT, title="登记法定结果", takes=LegalAct)
    for step, facet, states in (
        ("respond", "main", "decided"),
        ("respond", "outcome", " ".join(sorted(ASKED))),
        ("examine", "main", "decided"),
        ("examine", "outcome", "refer_credentials"),
        ("name_act", "main", UNDER_WAY),
    ):
        yield Gate(kind=KIND, step=step, facet=facet, states=states)


def _ending() -> Iterator[CaseRecord]:
    yield Step(
        kind=KIND,
        name="look_again",
        who=PEOPLE,
        never=SUBJECT,
        title="复查",
        moves=(Move("decided", "found"), Move(ANY, "none", "outcome")),
        new_round=True,
        reasons=True,
    )
    yield Step(
        kind=KIND,
        name="close",
        who="office",
        never=SUBJECT,
        title="办结",
        moves=(Move(UNDER_WAY, "closed"),),
        reasons=True,
    )
    yield Step(
        kind=KIND,
        name="lapse",
        who="watch office",
        never=SUBJECT,
        title="失效",
        moves=(Move(UNDER_WAY, "lapsed"),),
        reasons=True,
    )


def _guards() -> Iterator[CaseRecord]:
    for step, name, refuse in (
        ("decide", "heard", guards.refuse_unheard),
        ("decide", "fits", guards.refuse_odd_outcome),
        ("decide", "talked", guards.refuse_untalked),
        ("decide", "body", guards.refuse_odd_body),
        ("name_act", "happened", guards.refuse_future_act),
        ("close", "settled", guards.refuse_unfinished),
    ):
        yield Guard(kind=KIND, step=step, name=name, refuse=refuse)
