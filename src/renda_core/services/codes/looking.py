"""What whoever holds a code sees of the matter: how far it is, and what was answered; never who anybody is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from renda_core.domain.case import MAIN, Act, Actor, Case
from renda_core.domain.codes import BRANCH, DISPUTE, RATE, RATING, TOLD, UNSOLVED, VOTER
from renda_core.domain.masking import MASK, masked
from renda_core.domain.procedure import Procedure
from renda_core.domain.sealed import Personal, Sealed, over_personal
from renda_core.errors import Invalid, Rejected
from renda_core.services import lookups
from renda_core.services.asking import decided, looked
from renda_core.store.naming import NAMES
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

CODE = Actor(id="job:code", roles={VOTER})
"""Who acts where somebody holds a code: nobody knows who it is."""
FIRST = (-1, 0)
"""Whom an answer was told to, of whom the holder of the code may be: all voices, or the first."""
NAMED = "received_by"
"""A body's field that may name a deputy as a register has it."""
OWN = frozenset({RATE, DISPUTE})
"""Steps that the holder of the code took, who may see them whoever else may not."""


@attrs.frozen(kw_only=True)
class Passed:
    """A step that was taken: its Chinese title and its day."""

    title: str
    on: dt.date
    round: int


@attrs.frozen(kw_only=True)
class Answer:
    """What the voter was told, without names and numbers."""

    text: str
    on: dt.date
    round: int


@attrs.frozen(kw_only=True)
class Judged:
    """What the voter judged, one a round: ``solved`` 已解决, ``basically`` 基本解决 or ``not_solved`` 未解决."""

    grade: str
    title: str
    on: dt.date
    round: int


@attrs.frozen(kw_only=True)
class Followed:
    """A matter as whoever holds its code sees it.

    Attributes:
        kind, state, branch: Chinese titles; *branch* is empty where the kind has none.
        steps: What happened, oldest first; what is veiled from voters is left out.
        grades: The judgements that may be given, each with its title, ``not_solved`` with a word why; empty now where
            none may be.
        judged: The judgements that were given, oldest first.
    """

    number: str
    kind: str
    opened_on: dt.date
    state: str
    round: int
    closed: bool
    branch: str
    steps: tuple[Passed, ...]
    answers: tuple[Answer, ...]
    grades: Mapping[str, str]
    judged: tuple[Judged, ...]


async def followed(reader: Reader, tenant: Tenant, case: Case, procedure: Procedure) -> Followed:
    """Show a case to whoever holds its code."""
    veiled = looked(tenant, procedure, case, frozenset({VOTER}))
    known = await _known(reader, case)

    def title(facet: str) -> str:
        state = procedure.state(case, facet) if facet in procedure.facets else ""
        return procedure.facets[facet].titles.get(state, state) if state else ""

    return Followed(
        number=case.number,
        kind=procedure.kind.title,
        opened_on=case.opened_on,
        state=title(MAIN),
        round=case.round,
        closed=procedure.closed(case),
        branch=title(BRANCH),
        steps=tuple(_steps(procedure, case, veiled)),
        answers=tuple(_answers(case, known)),
        grades=grades(tenant, procedure, case),
        judged=tuple(_judged(procedure, case)),
    )


def grades(tenant: Tenant, procedure: Procedure, case: Case) -> Mapping[str, str]:
    """List the judgements that may be given today; none in a round that has one."""
    if judged_in(procedure, case):
        return {}
    rating = [grade for grade in procedure.steps[RATE].grades if _may(tenant, procedure, case, RATE, grade)]
    open_ = (*rating, *(UNSOLVED,) * _may(tenant, procedure, case, DISPUTE))
    return {grade: _graded(procedure, grade) for grade in open_}


def _may(tenant: Tenant, procedure: Procedure, case: Case, step: str, grade: str = "") -> bool:
    """Try a step, for whether it is open to a code its guards alone may know."""
    trial = Act(step=step, by=CODE.id, on=tenant.today, grade=grade, note=MASK)
    try:
        decided(tenant, procedure, case, trial, CODE)
    except Rejected:
        return False
    return True


def _graded(procedure: Procedure, grade: str) -> str:
    rating = procedure.facets.get(RATING)
    return rating.titles.get(grade, grade) if rating else grade


def _steps(procedure: Procedure, case: Case, veiled: frozenset[str]) -> Iterator[Passed]:
    for act in case.acts:
        if act.forced or act.step not in procedure.steps:  # what nobody may take has no name for voters
            continue
        if act.step in OWN or f"act.{act.step}" not in veiled:
            yield Passed(title=procedure.steps[act.step].title or act.step, on=act.on, round=act.round)


def _answers(case: Case, known: frozenset[str] | None) -> Iterator[Answer]:
    for act in case.took(TOLD):
        text = getattr(act.payload, "text", "")
        if known is not None and text and getattr(act.payload, "voice", FIRST[0]) in FIRST:
            yield Answer(text=masked(text, known), on=act.on, round=act.round)


def _judged(procedure: Procedure, case: Case) -> Iterator[Judged]:
    for act in case.acts:
        if act.step in OWN:
            grade, round = act.grade or UNSOLVED, _judged_round(procedure, act)
            yield Judged(grade=grade, title=_graded(procedure, grade), on=act.on, round=round)


def judged_in(procedure: Procedure, case: Case) -> Judged | None:
    """Give what the voter judged of this round, if anything."""
    return next((j for j in _judged(procedure, case) if j.round == case.round), None)


def _judged_round(procedure: Procedure, act: Act) -> int:
    """Tell which round an act judges: one that opens the next judges the last."""
    step = procedure.steps.get(act.step)
    return act.round - bool(step and step.new_round)


async def _known(reader: Reader, case: Case) -> frozenset[str] | None:
    """Open every name and number of a case, to leave them out; None where some cannot be, and so nothing is told."""
    found: set[str] = set()

    def gather(value: Any) -> None:
        def open_(name: str, field: Personal) -> Personal:
            if not isinstance(field, Sealed):
                found.add(field)
            elif not field.erased:
                found.add(reader.reveal(field, f"{type(value).__name__}.{name}"))
            return field

        over_personal(value, open_)

    try:
        for value in (case.body, *(a.payload for a in case.acts)):
            if isinstance(value, Mapping):  # a practice that is gone left it: what of it is personal nobody knows
                return None
            gather(value)
    except Invalid:
        return None
    found.add(str(getattr(case.body, NAMED, "")))
    ids = {i for parties in (case.parties, *(a.parties for a in case.acts)) for who in parties.values() for i in who}
    people = sorted(i for i in ids | {a.by for a in case.acts} if lookups.is_id(i))
    found |= {row.name for row in await reader.among(NAMES["person"], "id", people)}
    return frozenset(found - {""})
