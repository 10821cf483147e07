"""Prove a composed procedure sound at start: no name dangles, every state ends, nothing fails open."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import get_args

import attrs

from renda_core.domain.case import AUTHOR, MAIN, UNIT, Act, Handling
from renda_core.domain.procedure import ANY, GRADE, Procedure


def faults(p: Procedure, tenant_roles: frozenset[str]) -> Iterator[str]:
    """List every fault of a composed procedure; none means that it may be used."""
    if MAIN not in p.facets:
        yield f"kind {p.kind.name} has no main facet"
        return
    yield from _dangling(p)
    yield from _dead_ends(p)
    yield from _open_doors(p, tenant_roles)


def _dangling(p: Procedure) -> Iterator[str]:
    kind, steps = p.kind.name, p.steps
    triggers = {*steps, *(f"{f.name}:{s}" for f in p.facets.values() for s in f.states)}
    wanted: list[tuple[str, str, Collection[str]]]
    wanted = [("step", s, steps) for s in (p.kind.opening, *p.gates, *p.guards)]
    wanted += [("trigger", on, triggers) for on in (*p.effects, *(f.on for f in p.follows))]
    wanted += [("trigger", p.kind.public, triggers)] if p.kind.public else []
    wanted += [("step", a, steps) for s in steps.values() for a in s.after]
    wanted += [("step", c.expiry, steps) for c in p.clocks.values() if c.expiry]
    wanted += [("clock", e.clock, p.clocks) for es in p.effects.values() for e in es]
    for clock in p.clocks.values():
        if clock.expiry and clock.window:
            yield f"{kind}: clock {clock.name!r} is a window and has an expiry; make it a duty"
        if clock.expiry and all(e.clock != clock.name for e in p.effects.get(clock.expiry, ())):
            yield f"{kind}: expiry step {clock.expiry!r} leaves clock {clock.name!r} running"
    for what, name, known in wanted:
        if name not in known:
            yield f"{kind}: no {what} {name!r}"
    for gates in p.gates.values():
        for g in gates:
            if g.facet not in p.facets or not g.states <= set(p.facets[g.facet].states):
                yield f"{kind}: gate on {g.facet} {sorted(g.states)}, which do not exist"


def _dead_ends(p: Procedure) -> Iterator[str]:
    """Find moves to states that do not exist, states nobody reaches, and states nobody can leave."""
    kind = p.kind.name
    moves = [(s.name, m, s.grades) for s in p.steps.values() for m in s.moves]
    moves += [(j.name, j.move, ()) for j in p.joins]
    into: dict[str, set[str]] = defaultdict(set)
    out: dict[str, set[str]] = defaultdict(set)
    for name, move, grades in moves:
        facet = p.facets.get(move.facet)
        targets = set(grades) if move.to == GRADE else {move.to}
        sources = set(facet.states if facet and ANY in move.from_ else move.from_)
        if facet is None or not targets | sources <= set(facet.states):
            yield f"{kind}.{name}: no such move on {move.facet}: {sorted(sources)} to {sorted(targets)}"
        into[move.facet] |= targets
        out[move.facet] |= {s for s in sources if targets - {s}}
    for f in p.facets.values():
        if f.loose or f.name == UNIT:
            continue
        if lost := set(f.states[1:]) - into[f.name]:
            yield f"{kind}.{f.name}: nothing leads to {sorted(lost)}"
        if stuck := set(f.states) - f.final - out[f.name]:
            yield f"{kind}.{f.name}: no way out of {sorted(stuck)}"


def _open_doors(p: Procedure, tenant_roles: frozenset[str]) -> Iterator[str]:
    """Find roles that nobody has and veiled parts that do not exist: either would fail open."""
    kind, here = p.kind.name, {"unit", AUTHOR, *(f"unit:{h}" for h in get_args(Handling)), *p.kind.parties}
    if both := p.kind.parties & tenant_roles:
        yield f"{kind}: {sorted(both)} are roles of the tenant and cannot be parties"
    said = [("audience", p.kind.audience)]
    said += [(s.name, s.who | s.never) for s in p.steps.values()]
    said += [(v.part, v.seen_by | v.never) for v in p.veils]
    for s in p.steps.values():
        if strangers := s.adds - p.kind.parties:
            yield f"{kind}.{s.name}: adds no such parties: {sorted(strangers)}"
    for where, roles in said:
        if unknown := roles - here - tenant_roles:
            yield f"{kind}.{where}: no such roles: {sorted(unknown)}"
    fields = {a.name for a in attrs.fields(Act)}
    parts = {f"facet.{f}" for f in p.facets} | {f"clock.{c}" for c in p.clocks}
    fields_of_body = {a.name for a in attrs.fields(p.kind.body)} if p.kind.body else set()
    for field in (*p.kind.dimensions, *p.kind.words):
        if field not in fields_of_body:
            yield f"{kind}: dimension or searched field {field!r} is no field of its body"
    parts |= {f"party.{r}" for r in p.kind.parties} | {f"act.{s}" for s in p.steps}
    parts |= {f"body.{name}" for name in fields_of_body}
    for s in p.steps.values():
        parts |= {f"act.{s.name}.{f}" for f in fields | {a.name for a in (attrs.fields(s.takes) if s.takes else ())}}
    for veil in p.veils:
        if veil.part not in parts:
            yield f"{kind}: {veil.plugin!r} veils {veil.part}, which does not exist"
