"""接待选民: what voters say at a station, sorted, answered, and told back to voter and deputy.

Source: 咸宁 (article 003: 5,440 received, 5,045 done; 形成闭环); the branches and the refusal that names the right
channel after 漯河; 代表法 31 (a deputy settles no matter directly: there of inspections, here by analogy).
"""

from collections.abc import Iterator
from typing import Literal

import attrs

from renda_core import hookimpl
from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.domain.procedure import GRADE, Move
from renda_core.domain.rates import Rate
from renda_core.domain.sealed import Personal, Sealed, personal
from renda_core.records import CaseRecord, Context, Desk, Facet, Gate, Guard, Join, Kind, Page, Step, Veil
from renda_core.settings import setting

KIND = "opinion"
STATES = {"registered": "已登记", "sorted": "已分流", "answered": "已答复", "closed": "办结"}
BRANCHES = {
    "none": "未分流",
    "on_spot": "当场答复",
    "village": "村社区办理",
    "township": "乡镇街道办理",
    "county": "转县级交办",
    "suggestion": "转为建议",
    "refused": "不予受理告知",
}


@attrs.frozen(kw_only=True)
class Opinion:
    """What a voter says; the voter may stay unnamed.

    Attributes:
        station: The house or station where it was heard.
        received_by: Who heard it, as the register has it; a deputy of the roster is the party ``receiver`` instead.
        approx: Whether it comes from a register that gives round figures only.
    """

    text: str = titled("内容", validator=attrs.validators.min_len(1))
    category: str = titled("类别", default="")
    station: str = titled("站点", default="")
    received_by: str = titled("接待代表", default="")
    approx: bool = titled("约数", default=False)
    voter: Personal = personal("选民")
    phone: Personal = personal("电话")


@attrs.frozen(kw_only=True)
class Feedback:
    """How the answer was told: 电话, 上门, 当面, 公示栏."""

    how: Literal["phone", "visit", "in_person", "notice_board"] = titled("反馈方式")


@attrs.frozen(kw_only=True)
class Settings:
    """Who must have been told before an opinion is closed."""

    feedback: frozenset[Literal["voter", "deputy"]] = setting(
        frozenset({"voter", "deputy"}), source="U, after 漯河; 咸宁 (article 003): 形成闭环", title="办结前须反馈"
    )


@attrs.frozen(kw_only=True)
class Opinions:
    """How many opinions came in, and what became of them."""

    received: int
    done: int
    open: int
    closing: Rate


def refuse_phone(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Call only who left a number; the others read it on the notice board, or hear it in person."""
    phone = case.body_as(Opinion).phone
    gone = phone.erased if isinstance(phone, Sealed) else not phone
    if gone and isinstance(act.payload, Feedback) and act.payload.how == "phone":
        yield "no phone number was left: tell it by notice_board, visit or in_person"


def refuse_untold(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Close only what was told back to those who asked and heard."""
    heard = case.parties.get("receiver") or case.body_as(Opinion).received_by
    if "voter" in context.settings.feedback and not case.took("tell_voter"):
        yield "the voter has not been told"
    if "deputy" in context.settings.feedback and heard and not case.took("tell_deputy"):
        yield "the deputy who heard it has not been told"


def refuse_for_unit(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Leave the answer to the units once they were named."""
    if case.current():
        yield "units were named to answer: wait for unit_reply"


async def opinions(context: Context[Settings], desk: Desk) -> Opinions:
    """Count the opinions; they are no suggestions and are never added to them."""
    counts = await desk.facet_counts(KIND, "main")
    received, done = sum(counts.values()), counts.get("closed", 0)
    rate = Rate(hits=done, base=received, of="登记的群众意见")
    return Opinions(received=received, done=done, open=received - done, closing=rate)


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer the kind."""
    here, all_here = "office station", "office station deputy"
    yield Kind(
        name=KIND, title="群众意见", opening="register", body=Opinion, audience="office station deputy unit overseer",
        parties="receiver", dimensions="category station", words="text",
    )  # fmt: skip
    yield Facet(kind=KIND, states=tuple(STATES), final="closed", titles=STATES)
    yield Facet(kind=KIND, name="branch", title="分流", states=tuple(BRANCHES), loose=True, titles=BRANCHES)
    shares = {"assigned": "承办中", "replied": "已答复"}
    yield Facet(kind=KIND, name="unit", title="承办", states=tuple(shares), titles=shares)
    sort, answer = Move("registered", "sorted"), Move("sorted", "answered")
    branch, share, end = Move("none", GRADE, "branch"), Move("assigned", "replied", "unit"), Move("answered", "closed")
    yield Step(kind=KIND, name="register", who=all_here, title="登记")
    yield Step(kind=KIND, name="sort", who=here, title="分流", grades=tuple(BRANCHES)[1:], moves=(sort, branch))
    yield Step(kind=KIND, name="assign", who=here, title="交办", assigns=True)
    yield Step(kind=KIND, name="reply", who=all_here, title="答复", moves=(answer,), reasons=True, ties="became")
    yield Step(kind=KIND, name="unit_reply", who="unit office", title="承办单位答复", moves=(share,), reasons=True)
    yield Step(kind=KIND, name="tell_voter", who=all_here, title="反馈选民", takes=Feedback)
    yield Step(kind=KIND, name="tell_deputy", who=here, title="反馈代表")
    yield Step(kind=KIND, name="close", who=here, title="办结", moves=(end,))
    yield Join(kind=KIND, name="all_replied", states="replied", roles="sole lead joint separate", move=answer)
    yield Gate(kind=KIND, step="assign", facet="main", states="sorted")
    yield Gate(kind=KIND, step="assign", facet="branch", states="village township county")
    for step in ("tell_voter", "tell_deputy"):
        yield Gate(kind=KIND, step=step, facet="main", states="answered")
    yield Guard(kind=KIND, step="reply", name="units", refuse=refuse_for_unit)
    yield Guard(kind=KIND, step="tell_voter", name="phone", refuse=refuse_phone)
    yield Guard(kind=KIND, step="close", name="told", refuse=refuse_untold)
    yield from (Veil(kind=KIND, part=part, seen_by=here) for part in ("body.voter", "body.phone"))


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show how many opinions are done."""
    yield Page(name="opinions", title="群众意见办理", shows=Opinions, view=opinions)
