"""What each part of a procedure asks of the whole, and what it gives: the proof of ``soundness`` as sets of names.

A procedure is sound where all that its parts ask for is given. Each part is looked at once; whoever puts parts together
then proves the whole by taking one set from another. ``soundness.faults`` says the same in words.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from renda_core.domain.case import MAIN, UNIT
from renda_core.domain.procedure import (
    ANY,
    CORE_ROLES,
    GRADE,
    ClockRule,
    Effect,
    Facet,
    Follow,
    Gate,
    Guard,
    Join,
    Kind,
    Move,
    Party,
    Step,
    Veil,
)
from renda_core.domain.soundness import IN_EVERY_CASE, fields_of, parts_of_step

Claim = tuple[str, ...]
"""A sort of name and the name, e.g. ``("step", "reply")`` or ``("state", "main", "closed")``.

``into`` and ``out`` are a facet's states that some move enters and leaves; ``attrs`` is given by nobody.
"""


def role(name: str) -> Claim:
    """Write a role as a claim: whoever offers a role gives it, every step and veil asks for those that it names."""
    return ("role", name)


def claims(records: Iterable[Any], states: Mapping[str, Iterable[str]]) -> tuple[frozenset[Claim], frozenset[Claim]]:
    """Give what the records of one kind ask for and what they give; nothing is asked for that they give themselves.

    Args:
        states: Of every facet of the kind that anybody offers; a move out of any state leaves them all.
    """
    needs: set[Claim] = set()
    gives: set[Claim] = {role(name) for name in CORE_ROLES | IN_EVERY_CASE}
    for r in records:
        match r:
            case Kind():
                _kind(r, needs, gives)
            case Facet():
                _facet(r, needs, gives)
            case Step():
                _step(r, needs, gives)
                for move in r.moves:
                    _move(move, r.grades, states, needs, gives)
            case Join():
                _move(r.move, (), states, needs, gives)
            case Party():
                gives |= {("party", r.name), role(r.name), ("part", f"party.{r.name}")}
            case ClockRule() if not r.replaces:
                gives |= {("clock", r.name), ("part", f"clock.{r.name}")}
            case Effect():
                needs |= {("trigger", r.on), ("clock", r.clock)}
            case Gate():
                needs |= {("step", r.step), ("facet", r.facet), *(("state", r.facet, s) for s in r.states)}
            case Guard():
                needs.add(("step", r.step))
            case Follow():
                needs.add(("trigger", r.on))
            case Veil():
                needs |= {("part", r.part), *map(role, r.seen_by | r.never)}
    return frozenset(needs - gives), frozenset(gives)


def _kind(kind: Kind, needs: set[Claim], gives: set[Claim]) -> None:
    needs |= {("facet", MAIN), ("step", kind.opening), *map(role, kind.audience)}
    needs |= {("field", name) for name in (*kind.dimensions, *kind.words)}
    if kind.public:
        needs.add(("trigger", kind.public))
    for party in kind.parties:
        gives |= {("party", party), role(party), ("part", f"party.{party}")}
    for name in _fields(kind.body, needs):
        gives |= {("field", name), ("part", f"body.{name}")}


def _facet(facet: Facet, needs: set[Claim], gives: set[Claim]) -> None:
    gives |= {("facet", facet.name), ("part", f"facet.{facet.name}")}
    gives |= {("state", facet.name, s) for s in facet.states} | {("trigger", f"{facet.name}:{s}") for s in facet.states}
    if not facet.loose and facet.name != UNIT:
        needs |= {("into", facet.name, s) for s in facet.states[1:]}
        needs |= {("out", facet.name, s) for s in facet.states if s not in facet.final}


def _step(step: Step, needs: set[Claim], gives: set[Claim]) -> None:
    gives |= {("step", step.name), ("trigger", step.name)}
    gives |= {("part", part) for part in parts_of_step(step.name, _fields(step.takes, needs))}
    needs |= {("step", name) for name in step.after}
    needs |= {("party", name) for name in step.adds}
    needs |= {role(name) for name in step.who | step.never}


def _move(
    move: Move, grades: Iterable[str], states: Mapping[str, Iterable[str]], needs: set[Claim], gives: set[Claim]
) -> None:
    targets = set(grades) if move.to == GRADE else {move.to}
    needs |= {("facet", move.facet), *(("state", move.facet, s) for s in targets)}
    if ANY in move.from_:
        sources = set(states.get(move.facet, ()))
    else:
        sources = set(move.from_)
        needs |= {("state", move.facet, s) for s in sources}
    gives |= {("into", move.facet, s) for s in targets}
    gives |= {("out", move.facet, s) for s in sources if targets - {s}}


def _fields(cls: type | None, needs: set[Claim]) -> frozenset[str]:
    """Name the fields of a body or payload; one that is no attrs class is asked for and never given."""
    if cls is not None and not attrs.has(cls):
        needs.add(("attrs", cls.__name__))
    return fields_of(cls)
