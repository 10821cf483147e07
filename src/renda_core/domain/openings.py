"""Which steps are open on a case, and to whom: what a refusal answers with, and what a page offers."""

import attrs

from renda_core.domain.case import UNIT, Case
from renda_core.domain.procedure import ANY, Procedure
from renda_core.domain.visibility import hidden


@attrs.frozen(kw_only=True)
class OpenStep:
    """A step that the case's states allow; *who* may take it, and whether the asker may."""

    step: str
    title: str
    who: tuple[str, ...]
    yours: bool


def open_steps(procedure: Procedure, case: Case, roles: frozenset[str]) -> tuple[OpenStep, ...]:
    """List the steps open on *case* by its states; guards are asked only when a step is taken.

    A step whose move or gate reads a facet that is veiled from *roles* is left out: its openness would tell the state.
    """
    if procedure.readonly:
        return ()
    veiled = hidden(procedure, roles)
    units = {a.state for a in case.current()}
    found = []
    for step in procedure.steps.values():
        reads = {m.facet for m in step.moves} | {g.facet for g in procedure.gates.get(step.name, ())}
        if step.name == procedure.kind.opening or any(f"facet.{facet}" in veiled for facet in reads):
            continue
        if not step.moves and procedure.closed(case):
            continue
        if not all(case.took(earlier, round=case.round) for earlier in step.after):
            continue
        held = [(m, units if m.facet == UNIT else {procedure.state(case, m.facet)}) for m in step.moves]
        waits = any(procedure.state(case, g.facet) not in g.states for g in procedure.gates.get(step.name, ()))
        if waits or not all(ANY in m.from_ or states & m.from_ for m, states in held):
            continue
        yours = bool(roles & step.who) and not roles & step.never
        found.append(OpenStep(step=step.name, title=step.title, who=tuple(sorted(step.who)), yours=yours))
    return tuple(found)
