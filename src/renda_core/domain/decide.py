"""Take one step of a procedure, purely: gather every objection, or return the next case."""

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from renda_core.domain.case import UNIT, Act, Actor, Assignment, Case, roles_on
from renda_core.domain.clock import Clock
from renda_core.domain.effects import affect
from renda_core.domain.failing import Contexts, Nonsense, Overrun, expect, nonsense
from renda_core.domain.procedure import ANY, GRADE, Guard, Move, Procedure, Step
from renda_core.errors import Rejected

OFFICES = frozenset({"office", "registrar"})
"""Who enters papers for others."""
FOR_OTHERS = OFFICES | {"watch"}
"""Who takes a step in somebody else's name: those, and the job that opens what a watch found."""
MOST_OBJECTIONS = 100
"""Of one guard: nobody reads more, and one that never ends must."""


def decide(procedure: Procedure, case: Case, act: Act, actor: Actor, contexts: Contexts) -> Case:
    """Take one step, purely.

    Args:
        case: The case as loaded, or as blank when *act* opens it.
        contexts: Gives a plugin's context, and hears which plugin failed.

    Raises:
        Rejected: With every objection of role, state, form, gates and guards; a guard, clock rule or effect that
            fails is named, and the step is not taken.
    """
    procedure.refuse_readonly(act.step)
    step = procedure.steps.get(act.step)
    if step is None:
        raise Rejected(f"{act.step} refused", f"{case.kind} has no step {act.step!r}")
    if step.name == procedure.kind.opening and case.acts:
        raise Rejected(f"{act.step} refused", "the case is open already")
    if objections := tuple(_objections(procedure, step, case, act, actor, contexts)):
        raise Rejected(f"{act.step} refused", *objections)
    number = case.round + step.new_round
    act = act if act.round == number else attrs.evolve(act, round=number)
    fresh = tuple(
        Assignment(unit=u, role=r, round=number, on=act.on, state=procedure.facets[UNIT].states[0])
        for u, r in act.units
    )
    before = case
    parties = {r: _joined(case.parties.get(r, ()), p) for r, p in act.parties.items()}
    links = {r: _joined(case.links.get(r, ()), p) for r, p in act.links.items()}
    case = attrs.evolve(
        case,
        round=number,
        version=case.version + 1,
        acts=(*case.acts, act),
        assignments=(*case.assignments, *fresh),
        parties={**case.parties, **parties},
        links={**case.links, **links},
        clocks=tuple(_closed_round(c, act) for c in case.clocks) if step.new_round else case.clocks,
    )
    for move in step.moves:
        case = _move(case, move, act)
    for join in procedure.joins:
        held = [a.state for a in case.current() if a.role in join.roles]
        ready = held and all(s in join.states for s in held)
        if ready and procedure.state(case, join.move.facet) in join.move.from_:
            case = _move(case, join.move, act)
    return _settle(procedure, before, case, fresh, contexts)


def _closed_round(clock: Clock, act: Act) -> Clock:
    """End a unit's deadline of an earlier round, which it can keep no more; those of the whole case go on."""
    return clock.tick("stop", act.on, why=act.step) if clock.unit and clock.state != "stopped" else clock


def override(
    procedure: Procedure, case: Case, act: Act, actor: Actor, facet: str, state: str, contexts: Contexts
) -> Case:
    """Set a state outside the procedure: recorded, reasoned, and shown wherever the case is.

    Clocks see the state as entered; no guard, gate or role of the procedure is asked.

    Raises:
        Rejected: No reason was given, the actor is no ``overseer``, or the state does not exist.
    """
    procedure.refuse_readonly("override")
    objections = []
    if not act.note:
        objections.append("an override needs a reason")
    if "overseer" not in actor.roles:
        objections.append(f"{actor.id} is no overseer")
    if facet not in procedure.facets or state not in procedure.facets[facet].states:
        objections.append(f"there is no {facet}={state}")
    if objections:
        raise Rejected("override refused", *objections)
    act = attrs.evolve(act, step="override", grade=f"{facet}={state}", round=case.round, forced=True)
    after = attrs.evolve(case, states={**case.states, facet: state}, acts=(*case.acts, act), version=case.version + 1)
    return _settle(procedure, case, after, (), contexts)


def _settle(procedure: Procedure, before: Case, case: Case, fresh: tuple[Assignment, ...], contexts: Contexts) -> Case:
    """Let clocks hear what happened; a case that has ended leaves none running but what is asked afterwards."""
    act = case.acts[-1]
    for trigger in procedure.triggers(before, case):
        for effect in procedure.effects.get(trigger, ()):
            case = affect(procedure, case, act, fresh, effect, contexts)
    if not procedure.closed(case):
        return case
    asked = {rule.name for rule in procedure.clocks.values() if rule.after_close}
    ended = (
        c if c.state == "stopped" or c.name in asked else c.tick("stop", act.on, why="closed") for c in case.clocks
    )
    return attrs.evolve(case, clocks=tuple(ended))


def _objections(
    procedure: Procedure, step: Step, case: Case, act: Act, actor: Actor, contexts: Contexts
) -> Iterable[str]:
    roles = roles_on(actor, case)
    if not (roles & step.who) or roles & step.never:
        yield f"{actor.id} may not {step.name}"
        return  # what gates and guards say may tell what is veiled from this actor
    if step.oneself and not roles & FOR_OTHERS and actor.id not in case.parties.get(step.oneself, ()):
        yield f"{step.name} is taken for oneself: the actor must be the {step.oneself}"
    mine = {a.state for a in case.current() if a.unit == act.unit}
    for move in step.moves:
        found = mine if move.facet == UNIT else {procedure.state(case, move.facet)}
        if ANY not in move.from_ and not found & move.from_:
            yield f"{move.facet} is {'/'.join(sorted(found)) or 'nobody'}, not {'/'.join(sorted(move.from_))}"
    if act.unit and act.unit != actor.unit and actor.unit:
        yield f"{actor.id} does not act for {act.unit}"
    if bool(step.grades) != bool(act.grade) or (act.grade and act.grade not in step.grades):
        yield f"grade must be one of {list(step.grades)}" if step.grades else "nothing to grade"
    if not isinstance(act.payload, step.takes or type(None)):
        yield f"takes {step.takes.__name__ if step.takes else 'nothing'}"
    given = act.parties if case.acts else {*act.parties, *case.parties}  # earlier ones may be of a disabled plugin
    if strangers := set(given) - procedure.kind.parties:
        yield f"no such parties: {sorted(strangers)}"
    for what, more, allowed in (("parties", act.parties, step.adds), ("links", act.links, step.ties)):
        if extra := set(more) - allowed:
            yield f"{step.name} adds no {what}: {', '.join(sorted(extra))}"
    if step.reasons and not act.note:
        yield "reasons must be given"
    if step.assigns != bool(act.units):
        yield "units must be named" if step.assigns else "assigns no units"
    named = [u for u, _ in act.units]
    already = set() if step.new_round else {a.unit for a in case.current()}
    if again := sorted({u for u in named if named.count(u) > 1 or u in already}):
        yield f"already assigned in this round: {', '.join(again)}"
    if case.acts and act.on < case.acts[-1].on:
        yield f"{act.on} lies before the last step of {case.acts[-1].on}"
    for earlier in sorted(step.after):
        if not case.took(earlier, round=case.round):
            yield f"{earlier} is missing"
    for gate in procedure.gates.get(step.name, ()):
        if (state := procedure.state(case, gate.facet)) not in gate.states:
            yield f"{gate.facet} is {state}"
    if guards := procedure.guards.get(step.name):
        yield from refusals(guards, contexts, case, act)


def refusals(guards: Sequence[Guard], contexts: Contexts, case: Case, act: Act) -> list[str]:
    """Ask every guard; one that fails, or gives anything but objections in words, objects by that and is named."""
    said: list[str] = []
    guard, waiting = guards[0], iter(guards)
    found: Any = ()
    while True:
        try:
            for guard in waiting:
                found = guard.refuse(contexts[guard.plugin], case, act)
                if found.__class__ is str:
                    raise nonsense(found, "objections one by one")
                many = 0
                for objection in found:
                    said.append(expect(objection, str))
                    if (many := many + 1) > MOST_OBJECTIONS:
                        raise Nonsense(f"gave more than {MOST_OBJECTIONS} objections")
        except BaseException as error:  # a veto that cannot be asked is a veto
            told = error if isinstance(found, Iterable) else nonsense(found, "objections")
            said.append(contexts.failed(guard.plugin, "guard", guard.name, told))
            if isinstance(error, Overrun):
                return said  # refused it is, and nobody waits for the others
            found = ()
        else:
            return said


def _move(case: Case, move: Move, act: Act) -> Case:
    to = act.grade if move.to == GRADE else move.to
    if move.facet != UNIT:
        return attrs.evolve(case, states={**case.states, move.facet: to})
    moved = tuple(
        attrs.evolve(a, state=to) if (a.unit, a.round) == (act.unit, case.round) else a for a in case.assignments
    )
    return attrs.evolve(case, assignments=moved)


def _joined(had: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*had, *more)))  # naming someone twice adds nobody
