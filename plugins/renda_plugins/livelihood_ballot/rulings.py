"""What may not happen before a project is submitted, each with the reason it gives."""

from collections.abc import Iterator
from fractions import Fraction

from renda_core.domain.case import Act, Case
from renda_core.records import Context
from renda_plugins.livelihood_ballot.fields import Argument, Division, Proposal, argued
from renda_plugins.livelihood_ballot.settings import Settings
from renda_plugins.livelihood_ballot.states import COMMITTEE

WATCH = "job:watch"
"""The job that opens the parts of a project that was split; nobody else ties a new case to another."""
PART_OF, MERGED_INTO = "part_of", "merged_into"


def refuse_outside_the_call(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Take proposals while the call is open; a part of what came in time is no new proposal."""
    if case.links.get(PART_OF):
        return
    first, last = context.settings.window(act.on.year)
    if not first <= act.on <= last:
        yield f"the call is open from {first} to {last}; {act.on} is outside it"


def refuse_unlisted_source(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Name one of the place's sources."""
    told, known = case.body_as(Proposal).source, context.settings.sources
    if told not in known:
        yield f"{told!r} is no source of proposals here; known: {', '.join(sorted(known))}"


def refuse_links(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Let nobody open a project as a part of another, or as merged: both are steps on that other."""
    if case.links and act.by != WATCH:
        yield f"a proposal is tied to no other; parts come from divide, merging from merge: {', '.join(case.links)}"


def refuse_no_lead(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Merge into one other project."""
    into = act.links.get(MERGED_INTO, ())
    if len(into) != 1 or into[0] == case.id:
        yield "name the one project that it is merged into"


def refuse_former_lead(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Follow the project that it is merged into now, not one that it was taken out of."""
    named = [id for a in case.took("merge") for id in a.links.get(MERGED_INTO, ())]
    if act.note not in named[-1:]:
        yield "it is merged into another project"


def refuse_odd_parts(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Split a whole once, into parts that cost together no more than it does."""
    if not isinstance(act.payload, Division):
        return
    parts, found = act.payload.parts, argued(case)
    whole = found.investment if found else case.body_as(Proposal).investment
    if case.links.get(PART_OF):
        yield "it is a part itself; parts are not split again"
    if len({p.name.strip() for p in parts}) < max(2, len(parts)):
        yield "name two parts or more, each by a name of its own"
    if not whole:
        yield "nobody has told what the whole costs: argue it first"
    elif (told := sum(p.investment for p in parts)) > whole:
        yield f"the parts cost {told} fen, the whole {whole}"


def refuse_unjudged(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Judge every condition of the place once, and in keeping with the figures."""
    if not isinstance(act.payload, Argument):
        return
    s, said = context.settings, act.payload
    told = [j.item for j in said.judged]
    known = s.conditions
    if missing := [f"{item} {known[item]}" for item in known if item not in told]:
        yield f"not judged: {'; '.join(missing)}"
    if strange := sorted({item for item in told if item not in known or told.count(item) > 1}):
        yield f"no condition of this place, or judged twice: {', '.join(strange)}"
    met = {j.item for j in said.judged if j.met}
    fiscal = sum(f.amount for f in said.funds if f.fiscal)
    if "fiscal" in met and not fiscal > Fraction(s.fiscal_share) * said.investment:
        yield f"fiscal is judged met, and {fiscal} of {said.investment} fen are not more than {s.fiscal_share} of it"
    if "in_year" in met and said.ends_on.year > case.body_as(Proposal).year:
        yield f"in_year is judged met, and it ends on {said.ends_on}"


def refuse_more_than_the_share(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Let a part cost no more than its share of the whole that was split."""
    share = case.body_as(Proposal).investment
    if case.links.get(PART_OF) and isinstance(act.payload, Argument) and act.payload.investment > share:
        yield f"its share of the whole is {share} fen, not {act.payload.investment}"


def refuse_failed_conditions(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Take nothing on that fails a hard condition; a soft one that fails has its reason on record."""
    said, hard = argued(case), context.settings.hard
    if said is None:
        yield "it was not argued"
        return
    for judged in said.judged:
        if judged.item in hard and not judged.met:
            yield f"{judged.item} {hard[judged.item]} is not met: {judged.why}"


def refuse_no_committee(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """A township and a street have no standing committee. Source: 组织法 (常务委员会 from the county up)."""
    if (level := case.body_as(Proposal).level) != "county":
        yield f"a {level} has no standing committee: its candidates are not reviewed by one"


def refuse_unreviewed(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Submit to a congress, and only what was reviewed as the level asks."""
    level = case.body_as(Proposal).level
    if level == "street":
        yield "a street has no congress to submit it to: its deputies advise (advise), then take_up"
    if level in context.settings.committee_review and case.states.get(COMMITTEE) != "agreed":
        yield "the standing committee has not reviewed it as a candidate: committee_review is missing"
