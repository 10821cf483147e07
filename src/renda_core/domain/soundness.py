"""Prove a composed procedure sound at start: no name dangles, every state ends, nothing fails open."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import get_args

import attrs

from renda_core.domain.case import AUTHOR, MAIN, UNIT, Act, Handling
from renda_core.domain.procedure import ANY, GRADE, Procedure

IN_EVERY_CASE = frozenset({"unit", AUTHOR, *(f"unit:{h}" for h in get_args(Handling))})
"""Roles that people have in a case, whoever offers its kind."""

FIELDS_OF_ACT = frozenset(a.name for a in attrs.fields(Act))


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
    wanted += [("clock", e.clock, p.clocks) for es in p.effects.values() for e in es]
    yield from endless(p)
    for what, name, known in wanted:
        if name not in known:
            yield f"{kind}: no {what} {name!r}"
    for gates in p.gates.values():
        for g in gates:
            if g.facet not in p.facets or not g.states <= set(p.facets[g.facet].states):
                yield f"{kind}: gate on {g.facet} {sorted(g.states)}, which do not exist"


def endless(p: Procedure) -> Iterator[str]:
    """Find clocks that run out to no avail; of a replaced clock only the replacement counts."""
    kind = p.kind.name
    for clock in p.clocks.values():
        if not clock.expiry:
            continue
        if clock.expiry not in p.steps:
            yield f"{kind}: no step {clock.expiry!r}"
        if clock.window:
            yield f"{kind}: clock {clock.name!r} is a window and has an expiry; make it a duty"
        if all(e.clock != clock.name for e in p.effects.get(clock.expiry, ())):
            yield f"{kind}: expiry step {clock.expiry!r} leaves clock {clock.name!r} running"


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
    kind, here = p.kind.name, IN_EVERY_CASE | p.kind.parties
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
    parts = {f"facet.{f}" for f in p.facets} | {f"clock.{c}" for c in p.clocks}
    fields_of_body = fields_of(p.kind.body)
    for field in (*p.kind.dimensions, *p.kind.words):
        if field not in fields_of_body:
            yield f"{kind}: dimension or searched field {field!r} is no field of its body"
    parts |= {f"party.{r}" for r in p.kind.parties}
    parts |= {f"body.{name}" for name in fields_of_body}
    for s in p.steps.values():
        parts |= parts_of_step(s.name, fields_of(s.takes))
    for veil in p.veils:
        if veil.part not in parts:
            yield f"{kind}: {veil.plugin!r} veils {veil.part}, which does not exist"
    for what, cls in (("body", p.kind.body), *((s.name, s.takes) for s in p.steps.values())):
        if cls and not attrs.has(cls):
            yield f"{kind}.{what}: {cls.__name__} is no attrs class"


def fields_of(cls: type | None) -> frozenset[str]:
    """Name the fields of a body or payload; none where there is none."""
    return frozenset(a.name for a in attrs.fields(cls)) if cls and attrs.has(cls) else frozenset()


def parts_of_step(step: str, fields: Collection[str]) -> set[str]:
    """Name what a veil may hide of a step's acts, given the fields of its payload."""
    return {f"act.{step}", *(f"act.{step}.{field}" for field in FIELDS_OF_ACT.union(fields))}
