"""Take one step of a procedure, purely: gather every objection, or return the next case."""

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from renda_core.domain.case import UNIT, Act, Actor, Assignment, Case, roles_on
from renda_core.domain.clock import Clock, Tick
from renda_core.domain.procedure import ANY, GRADE, ClockRule, Context, Effect, Move, Procedure, Step
from renda_core.errors import Rejected

OFFICES = frozenset({"office", "registrar"})
"""Who enters papers for others."""
Contexts = Callable[[str], Context[Any]]


def decide(procedure: Procedure, case: Case, act: Act, actor: Actor, contexts: Contexts) -> Case:
    """Take one step, purely.

    Args:
        case: The case as loaded, or as blank when *act* opens it.
        contexts: Gives a plugin's context.

    Raises:
        Rejected: With every objection of role, state, form, gates and guards.
    """
    step = procedure.steps.get(act.step)
    if step is None:
        raise Rejected(f"{act.step} refused", f"{case.kind} has no step {act.step!r}")
    if step.name == procedure.kind.opening and case.acts:
        raise Rejected(f"{act.step} refused", "the case is open already")
    if objections := tuple(_objections(procedure, step, case, act, actor, contexts)):
        raise Rejected(f"{act.step} refused", *objections)
    number = case.round + step.new_round
    act = attrs.evolve(act, round=number)
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
    )
    for move in step.moves:
        case = _move(case, move, act)
    for join in procedure.joins:
        held = [a.state for a in case.current() if a.role in join.roles]
        ready = held and all(s in join.states for s in held)
        if ready and procedure.state(case, join.move.facet) in join.move.from_:
            case = _move(case, join.move, act)
    return _settle(procedure, before, case, fresh, contexts)


def override(
    procedure: Procedure, case: Case, act: Act, actor: Actor, facet: str, state: str, contexts: Contexts
) -> Case:
    """Set a state outside the procedure: recorded, reasoned, and shown wherever the case is.

    Clocks see the state as entered; no guard, gate or role of the procedure is asked.

    Raises:
        Rejected: No reason was given, the actor is no ``overseer``, or the state does not exist.
    """
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
    """Let clocks hear what happened; a case that has ended leaves none running."""
    act = case.acts[-1]
    for trigger in procedure.triggers(before, case):
        for effect in procedure.effects.get(trigger, ()):
            case = _effect(procedure, case, act, fresh, effect, contexts)
    if not procedure.closed(case):
        return case
    ended = (c if c.state == "stopped" else c.tick("stop", act.on, why="closed") for c in case.clocks)
    return attrs.evolve(case, clocks=tuple(ended))


def _objections(
    procedure: Procedure, step: Step, case: Case, act: Act, actor: Actor, contexts: Contexts
) -> Iterable[str]:
    roles = roles_on(actor, case)
    if not (roles & step.who) or roles & step.never:
        yield f"{actor.id} may not {step.name}"
        return  # what gates and guards say may tell what is veiled from this actor
    if step.oneself and not roles & OFFICES and actor.id not in case.parties.get(step.oneself, ()):
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
    for guard in procedure.guards.get(step.name, ()):
        try:
            yield from guard.refuse(contexts(guard.plugin), case, act)
        except Exception as error:  # a veto that cannot be asked is a veto
            yield f"guard {guard.plugin}.{guard.name} failed: {error!r}"


def _move(case: Case, move: Move, act: Act) -> Case:
    to = act.grade if move.to == GRADE else move.to
    if move.facet != UNIT:
        return attrs.evolve(case, states={**case.states, move.facet: to})
    moved = tuple(
        attrs.evolve(a, state=to) if (a.unit, a.round) == (act.unit, case.round) else a for a in case.assignments
    )
    return attrs.evolve(case, assignments=moved)


def _effect(
    procedure: Procedure,
    case: Case,
    act: Act,
    fresh: tuple[Assignment, ...],
    effect: Effect,
    contexts: Contexts,
) -> Case:
    rule = procedure.clocks[effect.clock]
    if effect.only and not effect.only(contexts(effect.plugin), case, act):
        return case
    context, why = contexts(rule.plugin), act.step
    if effect.do == "start":
        return _start(case, act, fresh, rule, context, why)
    longer = rule.longer(context, case, act) if effect.do == "extend" and rule.longer else None

    def ticked(clock: Clock) -> Clock:
        mine = not rule.roles or not act.unit or clock.unit == act.unit  # no unit named: all units
        over = clock.state == "stopped" and effect.do != "restart"
        if (clock.name, clock.round) != (rule.name, case.round) or not mine or over:
            return clock
        anchor = rule.longer_from if effect.do == "extend" else "due"
        return clock.tick(effect.do, act.on, period=longer, why=why, anchor=anchor)

    return attrs.evolve(case, clocks=tuple(ticked(c) for c in case.clocks))


def _start(
    case: Case, act: Act, fresh: tuple[Assignment, ...], rule: ClockRule, context: Context[Any], why: str
) -> Case:
    """Start a clock for the case, for each unit just assigned, or for the acting unit; a stopped one begins anew."""
    concerned = fresh or tuple(a for a in case.current() if a.unit == act.unit)
    units = [a.unit for a in concerned if a.role in rule.roles] if rule.roles else [""]
    period, since = rule.period(context, case, act), rule.since(case, act)
    told = f"{why}; {rule.source}" if rule.source else why
    roll = rule.roll(context) if callable(rule.roll) else rule.roll
    for unit in units:
        had = case.clock(rule.name, unit=unit)
        if had is None:
            start = Tick(do="start", on=since, why=told, period=period)
            new = Clock(name=rule.name, unit=unit, round=case.round, roll=roll, ticks=(start,))
            case = attrs.evolve(case, clocks=(*case.clocks, new))
        elif had.state == "stopped":
            again = had.tick("restart", since, period=period, why=told)
            case = attrs.evolve(case, clocks=tuple(again if c is had else c for c in case.clocks))
    return case


def _joined(had: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*had, *more)))  # naming someone twice adds nobody
