"""Procedures as people and programs ask for them: states, steps, deadlines, and the form of what each takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import attrs
import msgspec

from renda_core.domain.calendar import Period
from renda_core.domain.case import MAIN, Act, Case
from renda_core.domain.failing import Contexts, expect
from renda_core.domain.fields import least
from renda_core.domain.procedure import ANY, GRADE, ClockRule, Facet, Kind, Move, Procedure, Step
from renda_core.services import budgets
from renda_core.services.budgets import limited
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

T = TypeVar("T")
SEALED = {"$ref": "#/$defs/Sealed"}


@attrs.frozen(kw_only=True)
class ShownKind:
    """A kind of case, in short."""

    name: str
    title: str
    edition: str
    plugin: str


@attrs.frozen(kw_only=True)
class ShownState:
    """A state of a facet; nothing more is due in a *final* one."""

    name: str
    title: str
    final: bool


@attrs.frozen(kw_only=True)
class ShownMove:
    """How a facet comes from some states to another.

    Attributes:
        leaves: The states that it may come from; ``*`` alone for any.
        step: The step that moves it, or the join of all units' answers.
        grade: The grade with which the step does, where its grades differ.
    """

    leaves: tuple[str, ...]
    enters: str
    step: str
    grade: str
    join: bool


@attrs.frozen(kw_only=True)
class ShownFacet:
    """One dimension of a case's state; it begins in the first."""

    name: str
    title: str
    states: tuple[ShownState, ...]
    moves: tuple[ShownMove, ...]
    plugin: str


@attrs.frozen(kw_only=True)
class ShownGate:
    """A step waits until a facet stands in one of some states."""

    facet: str
    states: tuple[str, ...]
    plugin: str


@attrs.frozen(kw_only=True)
class ShownGuard:
    """A rule in code that may object to a step."""

    name: str
    plugin: str


@attrs.frozen(kw_only=True)
class ShownStep:
    """A step: who may take it, and the JSON Schema of its payload, None where it takes none."""

    name: str
    title: str
    who: tuple[str, ...]
    never: tuple[str, ...]
    grades: tuple[str, ...]
    gates: tuple[ShownGate, ...]
    guards: tuple[ShownGuard, ...]
    reasons: bool
    assigns: bool
    adds: tuple[str, ...]
    ties: tuple[str, ...]
    payload: Mapping[str, Any] | None
    plugin: str


@attrs.frozen(kw_only=True)
class ShownEffect:
    """What a step, or ``facet:state`` when it is entered, does to a deadline."""

    on: str
    do: str


@attrs.frozen(kw_only=True)
class ShownClock:
    """A deadline; a *window* is a right that lapses and no duty.

    Attributes:
        period: As the settings in force have it for a plain case; None where only a case of its own can tell.
        longer: The longer class; None where there is none, or only a case can tell.
    """

    name: str
    title: str
    period: Period | None
    longer: Period | None
    effects: tuple[ShownEffect, ...]
    window: bool
    roles: tuple[str, ...]
    expiry: str
    source: str
    plugin: str


@attrs.frozen(kw_only=True)
class ShownProcedure:
    """A kind's procedure as enabled here; *body* is the JSON Schema of what a case of it holds."""

    name: str
    title: str
    edition: str
    since: dt.date | None
    opening: str
    audience: tuple[str, ...]
    parties: tuple[str, ...]
    dimensions: tuple[str, ...]
    body: Mapping[str, Any] | None
    facets: tuple[ShownFacet, ...]
    steps: tuple[ShownStep, ...]
    clocks: tuple[ShownClock, ...]
    plugin: str


async def kinds(_: Reader, tenant: Tenant, __: object) -> tuple[ShownKind, ...]:
    """List the kinds of case that are enabled here, by name."""
    return tuple(_kind(kind) for kind in tenant.practice.kinds())


async def procedure(_: Reader, tenant: Tenant, __: object, kind: str, on: dt.date | None = None) -> ShownProcedure:
    """Describe the procedure of a kind, in the edition and with the spans under which cases are opened on a day.

    Raises:
        NotFound: The kind is not enabled here.
    """
    day = on or tenant.today
    return shown(tenant.practice.procedure(kind, tenant.practice.edition(kind, day)), tenant.contexts(day), day)


def shown(found: Procedure, contexts: Contexts, on: dt.date) -> ShownProcedure:
    """Describe one procedure: the main facet first, and what the kind's owner offers before what others add."""
    kind = found.kind

    def own_first(record: Facet | Step | ClockRule) -> tuple[bool, bool]:
        return isinstance(record, Facet) and record.name != MAIN, record.plugin != kind.plugin

    return ShownProcedure(
        name=kind.name,
        title=kind.title,
        edition=kind.edition,
        since=None if kind.since == dt.date.min else kind.since,
        opening=kind.opening,
        audience=tuple(sorted(kind.audience)),
        parties=tuple(sorted(kind.parties)),
        dimensions=kind.dimensions,
        body=schema(kind.body),
        facets=tuple(_facet(found, facet) for facet in sorted(found.facets.values(), key=own_first)),
        steps=tuple(_step(found, step) for step in sorted(found.steps.values(), key=own_first)),
        clocks=tuple(_clock(found, c, contexts, on) for c in sorted(found.clocks.values(), key=own_first)),
        plugin=kind.plugin,
    )


def schema(cls: type | None) -> Mapping[str, Any] | None:
    """Give the JSON Schema of a body or payload: an unknown field is refused, a personal one comes in as text."""
    if cls is None:
        return None
    made = msgspec.json.schema(cls)
    made["$defs"].pop("Sealed", None)
    made["$defs"][made["$ref"].rpartition("/")[2]]["additionalProperties"] = False
    plain: Mapping[str, Any] = _unsealed(made)
    return plain


def _unsealed(part: Any) -> Any:
    """Take out the sealed form, which comes only out of the store."""
    if isinstance(part, list):
        return [_unsealed(p) for p in part if p != SEALED]
    if isinstance(part, dict):
        return {key: _unsealed(value) for key, value in part.items()}
    return part


def _kind(kind: Kind) -> ShownKind:
    return ShownKind(name=kind.name, title=kind.title, edition=kind.edition, plugin=kind.plugin)


def _facet(found: Procedure, facet: Facet) -> ShownFacet:
    states = (ShownState(name=s, title=facet.titles.get(s, ""), final=s in facet.final) for s in facet.states)
    moves = [m for s in found.steps.values() for m in _moves(facet, s.name, s.moves, s.grades)]
    moves += [m for j in found.joins for m in _moves(facet, j.name, (j.move,), (), join=True)]
    return ShownFacet(name=facet.name, title=facet.title, states=tuple(states), moves=tuple(moves), plugin=facet.plugin)


def _moves(
    facet: Facet, step: str, moves: Iterable[Move], grades: tuple[str, ...], *, join: bool = False
) -> Iterator[ShownMove]:
    for move in moves:
        if move.facet != facet.name:
            continue
        leaves = (ANY,) if ANY in move.from_ else tuple(s for s in facet.states if s in move.from_)
        for target in grades if move.to == GRADE else (move.to,):
            grade = target if move.to == GRADE else ""
            yield ShownMove(leaves=leaves, enters=target, step=step, grade=grade, join=join)


def _step(found: Procedure, step: Step) -> ShownStep:
    gates = (ShownGate(facet=g.facet, states=tuple(sorted(g.states)), plugin=g.plugin) for g in _of(found.gates, step))
    guards = (ShownGuard(name=g.name, plugin=g.plugin) for g in _of(found.guards, step))
    return ShownStep(
        name=step.name,
        title=step.title,
        who=tuple(sorted(step.who)),
        never=tuple(sorted(step.never)),
        grades=step.grades,
        gates=tuple(gates),
        guards=tuple(guards),
        reasons=step.reasons,
        assigns=step.assigns,
        adds=tuple(sorted(step.adds)),
        ties=tuple(sorted(step.ties)),
        payload=schema(step.takes),
        plugin=step.plugin,
    )


def _of(records: Mapping[str, tuple[T, ...]], step: Step) -> tuple[T, ...]:
    return records.get(step.name, ())


def _clock(found: Procedure, clock: ClockRule, contexts: Contexts, on: dt.date) -> ShownClock:
    steps = list(found.steps)  # what happens on a step comes in the steps' order, then what happens on a state
    turns = sorted(found.effects, key=lambda on: (steps.index(on) if on in found.steps else len(steps), on))
    effects = (ShownEffect(on=e.on, do=e.do) for on in turns for e in found.effects[on] if e.clock == clock.name)
    return ShownClock(
        name=clock.name,
        title=clock.title,
        period=_period(found, clock, clock.period, contexts, on),
        longer=_period(found, clock, clock.longer, contexts, on),
        effects=tuple(effects),
        window=clock.window,
        roles=tuple(sorted(clock.roles)),
        expiry=clock.expiry,
        source=clock.source,
        plugin=clock.plugin,
    )


def _period(
    found: Procedure, clock: ClockRule, span: Callable[..., Period] | None, contexts: Contexts, on: dt.date
) -> Period | None:
    """Ask for a span as for a plain case of the kind; what only another case can tell is left open."""
    if span is None:
        return None
    try:
        values = least(found.kind.body) if found.kind.body else None
        body = None if values is None or found.kind.body is None else found.kind.body(**values)
        plain = Case(id="", kind=found.kind.name, title=found.kind.title, opened_on=on, body=body)
        opening = Act(step=found.kind.opening, by="", on=on)
        return limited(budgets.RULE, lambda: expect(span(contexts(clock.plugin), plain, opening), Period))
    except Exception:  # the code is the practice's, made for cases of people; here it only makes the drawing richer
        return None
    except BaseException as error:  # it would end the program, or never end
        contexts.failed(clock.plugin, "clock", clock.name, error)
        return None
