"""From a draft to an accepted suggestion: co-signers, submission, review, refusal, merging, withdrawal."""

from collections.abc import Iterator

from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.domain.duty import Record
from renda_core.domain.procedure import Move
from renda_core.domain.suggestion import KIND, Confirmation, Refusal, Suggestion, signers, unanswered_invitations
from renda_core.records import CaseRecord, ClockRule, Context, Facet, Follow, Gate, Guard, Kind, Step, when
from renda_plugins.suggestion_handling.settings import Settings

LONGEST_TITLE = 200
"""Characters of a suggestion's title that its duty records repeat: a book is no copy of the ledger."""
STATES = {
    "draft": "草稿",
    "submitted": "已提交",
    "accepted": "已受理",
    "merged": "已并案",
    "assigned": "办理中",
    "replied": "已答复",
    "evaluated": "已评价",
    "closed": "办结",
    "declined": "不作为建议",
    "withdrawn": "已撤回",
}


def refuse_open_invitations(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Wait until every invited co-signer has said yes or no."""
    if open_ := unanswered_invitations(case):
        yield f"{len(open_)} invited co-signers have not answered yet"


def refuse_uninvited(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Let each co-signer speak once."""
    if act.by not in unanswered_invitations(case):
        yield "this co-signer has answered already"


def refuse_no_names(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Ask for names, and never for the proposer's own."""
    if not act.parties.get("cosigner"):
        yield "name the co-signers"
    if set(act.parties.get("cosigner", ())) & set(case.parties.get("proposer", ())):
        yield "the proposer cannot co-sign"


def refuse_unlisted_reason(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Refuse only for a reason of the place's list."""
    known = context.settings.refusals
    if isinstance(act.payload, Refusal) and act.payload.reason not in known:
        yield f"{act.payload.reason!r} is no reason of this place; known: {', '.join(sorted(known))}"


def refuse_many_matters(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """One suggestion, one matter (一事一议)."""
    if context.settings.one_matter and case.body_as(Suggestion).matters > 1:
        yield "it holds more than one matter; send it back to be split"


def refuse_no_lead(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Merge into one other suggestion."""
    into = act.links.get("merged_into", ()) or case.links.get("merged_into", ())
    if len(into) != 1 or into[0] == case.id:
        yield "name the one suggestion that it is merged into"


def refuse_former_lead(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Follow the suggestion that it is merged into now, not one that it was split from."""
    named = [
        *case.links.get("merged_into", ())[:1],
        *(i for a in case.took("merge") for i in a.links.get("merged_into", ())),
    ]
    if act.note not in named[-1:]:
        yield "it is merged into another suggestion"


def duty_records(context: Context[Settings], case: Case, act: Act) -> Iterator[Record]:
    """Record a suggestion for each signer; the lead's carries a fact, for rules that score it apart."""
    source, title = f"case:{case.id}:accept", case.title[:LONGEST_TITLE]
    for n, person in enumerate(signers(case)):
        facts = {"lead": int(n == 0)}
        yield Record(person=person, kind="suggestion", on=act.on, source=source, facts=facts, title=title)


def assignment_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Assign what came between sessions within a window. Source: 重庆 13."""
    return context.settings.assignment


def between_sessions(context: Context[Settings], case: Case, act: Act) -> bool:
    """Tell whether it came between sessions, and the place states a window."""
    return context.settings.assignment.n > 0 and not case.body_as(Suggestion).in_session


def notice_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Tell the deputy of the assignment within a span, where the place states one."""
    return context.settings.notify


def notice_due(context: Context[Settings], case: Case, act: Act) -> bool:
    """Tell whether it came between sessions, and the deputy must be told within a span."""
    return context.settings.notify.n > 0 and not case.body_as(Suggestion).in_session


def refuse_no_opinion(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Take up one opinion at a time, and each once."""
    named = act.links.get("from_opinion", ())
    if len(named) != 1:
        yield "name the one opinion that it takes up"
    if set(named) & set(case.links.get("from_opinion", ())):
        yield "it has taken up this opinion already"


def refuse_told(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Tell the deputy once."""
    if case.took("notify_deputy"):
        yield "the deputy was told already"


def records() -> Iterator[CaseRecord]:
    """Offer the kind and its first half."""
    yield Kind(
        name=KIND,
        title="代表建议",
        opening="propose",
        body=Suggestion,
        audience="office assigner deputy unit government director overseer",
        parties="proposer cosigner",
        private="draft",
        public="publication:public",
        dimensions="subject delegation session",
        words="text",
    )
    yield Facet(kind=KIND, title="状态", final="closed declined withdrawn", states=tuple(STATES), titles=STATES)
    moves = {
        "submit": ("proposer office", "提交", Move("draft", "submitted")),
        "accept": ("office", "审查受理", Move("submitted", "accepted")),
        "split": ("office", "撤销并案", Move("merged", "accepted")),
        "answer_with_lead": ("follower", "随主案答复", Move("merged", "replied")),
    }
    for name, (who, title, move) in moves.items():
        yield Step(kind=KIND, name=name, who=who, title=title, moves=(move,))
    yield Step(
        kind=KIND, name="merge", who="office", title="并案", moves=(Move("accepted", "merged"),), ties="merged_into"
    )
    yield Step(kind=KIND, name="propose", who="deputy office", oneself="proposer", title="提出")
    yield Step(kind=KIND, name="invite", who="proposer office", title="邀请附议", adds="cosigner")
    yield Step(kind=KIND, name="cosign", who="cosigner", title="附议", takes=Confirmation)
    yield Step(kind=KIND, name="decline_cosign", who="cosigner", title="不附议")
    yield Step(kind=KIND, name="cosign_on_paper", who="office", title="附议确认", adds="cosigner")
    for step in ("invite", "cosign", "decline_cosign", "cosign_on_paper"):
        yield Gate(kind=KIND, step=step, facet="main", states="draft submitted")
    back, no = Move("submitted", "draft"), Move("submitted", "declined")
    yield Step(kind=KIND, name="send_back", who="office", title="退回修改", moves=(back,), reasons=True)
    yield Step(kind=KIND, name="decline", who="office", title="不作为建议", moves=(no,), takes=Refusal, reasons=True)
    gone = Move("submitted accepted merged assigned replied", "withdrawn")
    yield Step(kind=KIND, name="withdraw", who="proposer", title="撤回", moves=(gone,), reasons=True)
    yield Guard(kind=KIND, step="submit", name="invitations", refuse=refuse_open_invitations)
    yield Guard(kind=KIND, step="cosign", name="once", refuse=refuse_uninvited)
    yield Guard(kind=KIND, step="decline_cosign", name="once", refuse=refuse_uninvited)
    yield Guard(kind=KIND, step="invite", name="names", refuse=refuse_no_names)
    yield Guard(kind=KIND, step="cosign_on_paper", name="names", refuse=refuse_no_names)
    yield Guard(kind=KIND, step="decline", name="listed", refuse=refuse_unlisted_reason)
    yield Guard(kind=KIND, step="accept", name="one_matter", refuse=refuse_many_matters)
    yield Guard(kind=KIND, step="merge", name="lead", refuse=refuse_no_lead)
    yield Guard(kind=KIND, step="answer_with_lead", name="lead", refuse=refuse_former_lead)
    yield Follow(kind=KIND, on="main:replied", relation="merged_into", step="answer_with_lead")
    yield ClockRule(kind=KIND, name="assignment", title="交办", period=assignment_period, source="重庆 13")
    yield from when(KIND, "accept", start="assignment", only=between_sessions)
    yield from when(KIND, "assign", stop="assignment")
    yield from when(KIND, "merge", stop="assignment")
    yield from _notices()
    yield from _opinions()


def _opinions() -> Iterator[CaseRecord]:
    """Offer what a voter's opinion becomes: the deputy takes it up, and both cases are tied."""
    yield Step(
        kind=KIND,
        name="take_up_opinion",
        who="proposer office",
        oneself="proposer",
        title="采纳群众意见",
        ties="from_opinion",
    )
    yield Gate(kind=KIND, step="take_up_opinion", facet="main", states="draft submitted accepted merged assigned")
    yield Guard(kind=KIND, step="take_up_opinion", name="one", refuse=refuse_no_opinion)


def _notices() -> Iterator[CaseRecord]:
    """Offer that the deputy is told what became of the suggestion at first."""
    yield Step(kind=KIND, name="notify_deputy", who="office assigner", title="告知代表")
    yield Gate(kind=KIND, step="notify_deputy", facet="main", states="accepted merged assigned replied")
    yield Guard(kind=KIND, step="notify_deputy", name="once", refuse=refuse_told)
    # from when these days count was not in what we read; they count from acceptance, the earliest day it can mean
    yield ClockRule(kind=KIND, name="notice", title="告知代表", period=notice_period, source="浙江: 7 days")
    yield from when(KIND, "accept", start="notice", only=notice_due)
    yield from when(KIND, "notify_deputy", stop="notice")
