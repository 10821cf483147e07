"""议案: a formal item with a legal number of signatures; it becomes a suggestion only by the presidium's decision.

Source: 组织法 22, 52; 监督法; thresholds and their articles are data in ``renda_core.domain.motion``.
"""

from collections.abc import Iterator
from typing import Any

import attrs

from renda_core.domain.areas import Level
from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.domain.motion import Body, refuse_too_few
from renda_core.domain.motion import Kind as MotionKind
from renda_core.domain.procedure import Move
from renda_core.domain.suggestion import signers
from renda_core.records import CaseRecord, Context, Facet, Gate, Guard, Kind, Step

KIND = "motion"
STATES = {
    "draft": "草稿",
    "submitted": "已提交",
    "listed": "列入议程",
    "referred": "交委员会审议",
    "converted": "转为建议",
    "withdrawn": "已撤回",
    "decided": "已表决",
}


@attrs.frozen(kw_only=True)
class Motion:
    """A formal item.

    Attributes:
        sort: What it asks for, which sets how many must sign.
        body: Who is asked: the congress or its standing committee.
        level: Of the congress; *districts* for a city divided into districts (设区的市).
        members: How many belong to the body now, where the law names a share of them.
    """

    text: str = titled("内容")
    level: Level = titled("层级")
    sort: MotionKind = titled("种类", default="motion")
    body: Body = titled("向谁提出", default="congress")
    districts: bool = titled("设区的市", default=False)
    members: int = titled("组成人员数", default=0)
    session: str = titled("会议", default="")


def refuse_few(context: Context[Any], case: Case, act: Act) -> Iterator[str]:
    """Refuse fewer signatures than the law asks, naming number and article."""
    m = case.body_as(Motion)
    signed = len(signers(case))
    yield from refuse_too_few(m.sort, m.body, m.level, signatures=signed, members=m.members, districts=m.districts)


def records() -> Iterator[CaseRecord]:
    """Offer the kind."""
    yield Kind(
        name=KIND,
        title="议案",
        opening="propose",
        body=Motion,
        audience="office deputy presidium committee overseer",
        parties="proposer cosigner",
        private="draft",
        dimensions="sort session",
        words="text",
    )
    yield Facet(kind=KIND, states=tuple(STATES), final="converted withdrawn decided", titles=STATES)
    yield Step(kind=KIND, name="propose", who="deputy office", oneself="proposer", title="提出")
    yield Step(kind=KIND, name="cosign", who="cosigner", title="联名")
    yield Step(kind=KIND, name="decline_cosign", who="cosigner", title="不联名")
    yield Step(kind=KIND, name="cosign_on_paper", who="office", title="联名确认", adds="cosigner")
    for step in ("cosign", "decline_cosign", "cosign_on_paper"):
        yield Gate(kind=KIND, step=step, facet="main", states="draft")
    moves = {
        "submit": ("proposer office", "提交", "draft", "submitted"),
        "list": ("presidium", "列入议程", "submitted referred", "listed"),
        "refer": ("presidium", "交委员会审议", "submitted", "referred"),
        "decide": ("presidium", "表决", "listed", "decided"),
        "withdraw": ("proposer", "撤回", "draft submitted listed referred", "withdrawn"),
    }
    for name, (who, title, from_, to) in moves.items():
        yield Step(kind=KIND, name=name, who=who, title=title, moves=(Move(from_, to),))
    converted = Move("submitted referred", "converted")
    yield Step(kind=KIND, name="convert", who="presidium", title="转为建议", moves=(converted,), reasons=True)
    yield Guard(kind=KIND, step="submit", name="signatures", refuse=refuse_few)
