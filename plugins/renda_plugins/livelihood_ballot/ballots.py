"""The votes: on the method, on the projects by the adopted method, and a street's advice.

Source: 组织法 14, 25, 29 and 选举法 43, 44 by analogy; 浙江 township 22; 陕西 (2025).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from renda_core.domain.ballot import Rule, Rung
from renda_core.domain.case import Case
from renda_core.domain.rates import Share
from renda_core.errors import Rejected
from renda_core.records import BallotKind, Context, Opening
from renda_plugins.livelihood_ballot.fields import KIND, Proposal, Submission
from renda_plugins.livelihood_ballot.methods import METHOD, Method
from renda_plugins.livelihood_ballot.rulings import PART_OF
from renda_plugins.livelihood_ballot.settings import Settings

PROJECTS, ADOPTION, ADVICE = "livelihood", "livelihood_method_vote", "livelihood_advisory"
DECIDED, FAILED = "decided", "failed"
BALLOT_CLAUSES = {
    "quorum": "组织法 14",
    "pass": "组织法 25; 浙江 township 22",
    "otherwise": "组织法 25; 浙江 township 22",
    "surplus": "U; 陕西 (2025): the method states it",
    "places": "陕西 (2025): the method states how many are chosen",
    "max_marks": "选举法 44, by analogy",
    "two_answers": "选举法 44, by analogy",
    "void_round": "选举法 44, by analogy",
    "officers": "选举法 43, by analogy",
    "tie": "组织法 29, by analogy",
    "runoff": "组织法 29, by analogy",
    "short": "组织法 29, by analogy",
    "cut": "组织法 29, by analogy",
    "blank": "U: a blank paper abstains from all",
    "rank": "the adopted method",
}
"""What each clause rests on; the engine names the clause that decided a line."""


def _rule(settings: Settings, **more: Any) -> Rule:
    """Make what every vote here has in common."""
    given: dict[str, Any] = {
        "base": "incumbent",
        "otherwise": FAILED,
        "quorum": Share(settings.quorum),
        "quorum_of": "incumbent",
        "tie": settings.tie,
        "short": settings.short,
        "blank": settings.blank,
        "announced_by": settings.announced_by,
        "clauses": BALLOT_CLAUSES,
        "source": "组织法 14, 25",
    }
    return Rule(**{**given, **more})


def projects_rule(context: Context[Settings]) -> Rule:
    """Give the rule as the place has it, before a congress has adopted its method."""
    return _chosen(context.settings, "民生实事项目票决")


def _chosen(s: Settings, name: str, **more: Any) -> Rule:
    passed = Rung(verdict=DECIDED, answers="for", share=Share(s.passing, above=True))
    given = {
        "answers": ("for",),
        "rungs": (passed,),
        "mode": "choose",
        "max_marks": "seats",
        "surplus": Share(s.surplus),
    }
    return _rule(s, name=name, **{**given, **more})


def rule_of_method(context: Context[Settings], case: Case) -> Rule:
    """Make the rule of a vote from the method that the congress adopted.

    Raises:
        Rejected: The congress has not adopted it.
    """
    s, m = context.settings, case.body_as(Method)
    if case.states.get("main") != "adopted":
        raise Rejected("opening refused", f"the congress has not adopted method {case.number}")
    adopted = case.took("adopt_method")[-1]
    more: dict[str, Any] = {
        "secret": m.means != "hands",
        "version": case.number,
        "adopted": f"{m.session} {adopted.on}",
    }
    if m.mode == "each":
        more |= {"mode": "each", "answers": ("for", "against", "abstain"), "max_marks": None}
    elif m.mode == "rank":
        places = tuple(str(n) for n in range(1, m.places + 1))
        named = Rung(verdict=DECIDED, answers=frozenset(places), share=Share(s.passing, above=True))
        more |= {"mode": "rank", "answers": places, "rungs": (named,), "points": m.points}
    return _chosen(s, "民生实事项目票决", **more)


def adoption_rule(context: Context[Settings]) -> Rule:
    """Adopt a method by more than half of all deputies, before anything else. Source: 组织法 25."""
    s = context.settings
    passed = Rung(verdict="adopted", answers="for", share=Share(s.passing, above=True))
    return _rule(
        s,
        name="表决票决办法",
        answers=("for", "against", "abstain"),
        rungs=(passed,),
        mode="each",
        otherwise="rejected",
        secret=False,
    )


def advisory_rule(context: Context[Settings]) -> Rule:
    """Let a street's deputies advise: the base is those on its roll, and nothing is bound by it."""
    favoured = Rung(verdict="favoured", answers="for", share=Share(context.settings.passing, above=True))
    more = {"rungs": (favoured,), "otherwise": "not_favoured", "advisory": True, "surplus": None}
    return _chosen(context.settings, "街道议事代表票选", **more)


def refuse_projects(context: Context[Settings], opening: Opening) -> Iterator[str]:
    """Vote on what the congress has deliberated, by the method that it has adopted, and on nothing twice."""
    yield from _strangers(opening.subjects, KIND, "voting", "put_to_vote")
    projects = [c for c in opening.subjects if isinstance(c.body, Proposal)]
    yield from _doubles(context.settings, projects)
    method = opening.method
    if method is None or not isinstance(method.body, Method):
        yield "the congress adopts its method first (livelihood_method_vote): name the adopted method"
        return
    m = method.body
    if method.states.get("main") != "adopted":
        yield f"the congress has not adopted method {method.number}"
    if opening.places != m.places:
        yield f"the method has {m.places} places, not {opening.places}"
    if len(opening.subjects) != m.candidates:
        yield f"the method has {m.candidates} candidates for {m.places} places, here are {len(opening.subjects)}"
    if opening.electronic and m.means != "device":
        yield f"the method says {m.means}: nothing is cast by device"
    for case in projects:
        yield from _elsewhere(case, m, opening)
    if m.congress != opening.congress:
        yield f"the method is of congress {m.congress or 'none named'}, the vote of {opening.congress or 'none named'}"


def _strangers(subjects: tuple[Case, ...], kind: str, state: str, step: str) -> Iterator[str]:
    if strangers := [c.number or c.id for c in subjects if c.kind != kind]:
        yield f"no {kind}: {', '.join(strangers)}"
    if early := [c.number or c.id for c in subjects if c.kind == kind and c.states.get("main") != state]:
        yield f"not ready, {step} is missing or it was voted on: {', '.join(early)}"


def _doubles(settings: Settings, projects: list[Case]) -> Iterator[str]:
    """Refuse one matter that stands twice: by its name, or as parts of one whole."""
    names = Counter("".join(c.title.split()) for c in projects)
    if twice := sorted(name for name, n in names.items() if n > 1):
        yield f"stands there twice: {'、'.join(twice)}"
    wholes: Mapping[str, int] = Counter(id for c in projects for id in c.links.get(PART_OF, ()))
    for whole, n in wholes.items():
        if n > settings.parts_per_ballot:
            parts = [c.number for c in projects if whole in c.links.get(PART_OF, ())]
            yield f"{', '.join(parts)} are parts of one project; {settings.parts_per_ballot} of them may stand at once"


def _elsewhere(case: Case, method: Method, opening: Opening) -> Iterator[str]:
    """Refuse a project of another congress, level or session."""
    body = case.body_as(Proposal)
    session = next((said.session for _, said in reversed(tuple(case.said(Submission)))), "")
    if session != method.session:
        yield f"{case.number} was submitted to {session or 'no session'}, the method is of {method.session}"
    if body.congress != opening.congress:
        yield f"{case.number} is for congress {body.congress or 'none named'}, not {opening.congress or 'none named'}"
    if body.level != method.level:
        yield f"{case.number} is a {body.level}'s, the method a {method.level}'s"


def refuse_adoption(context: Context[Settings], opening: Opening) -> Iterator[str]:
    """Adopt one method at a time, by the congress whose method it is."""
    yield from _strangers(opening.subjects, METHOD, "tabled", "table_method")
    if len(opening.subjects) != 1 or opening.places:
        yield "vote on one method, without places: for, against, abstain"
    for case in opening.subjects:
        if isinstance(case.body, Method) and case.body.congress != opening.congress:
            yield f"{case.number} is for congress {case.body.congress or 'none named'}"


def refuse_advice(context: Context[Settings], opening: Opening) -> Iterator[str]:
    """Ask a street's deputies about candidates of streets, for so many places."""
    yield from _strangers(opening.subjects, KIND, "candidate", "nominate")
    projects = [c for c in opening.subjects if isinstance(c.body, Proposal)]
    yield from _doubles(context.settings, projects)
    if wrong := [c.number for c in projects if c.body_as(Proposal).level != "street"]:
        yield f"a congress votes on {', '.join(wrong)}: its vote is no advice"
    if opening.congress:
        yield "a street has no congress: give the roll of its deputies by name"
    if not 0 < opening.places < len(opening.subjects):
        yield f"{opening.places} places for {len(opening.subjects)} projects leave nothing to choose"


def kinds() -> Iterator[BallotKind]:
    """Offer the three votes."""
    # level at the cut, or failed where places are left open: voted on again, and waiting until then
    moves = {DECIDED: "win", FAILED: "lose", "tied": "tie", "again": "tie"}
    yield BallotKind(
        name=PROJECTS,
        title="民生实事项目票决",
        rule=projects_rule,
        by_method=rule_of_method,
        refuse=refuse_projects,
        outcomes=moves,
    )
    adopted = {"adopted": "adopt_method", "rejected": "reject_method"}
    yield BallotKind(name=ADOPTION, title="表决票决办法", rule=adoption_rule, refuse=refuse_adoption, outcomes=adopted)
    advised = {"favoured": "advise", "not_favoured": "advise"}
    yield BallotKind(name=ADVICE, title="街道议事代表票选", rule=advisory_rule, refuse=refuse_advice, outcomes=advised)
