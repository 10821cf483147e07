"""Procedures as people and programs ask for them: states, steps, deadlines, and the form of what each takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs
import msgspec

from renda_core.domain.procedure import ClockRule, Facet, Kind, Procedure, Step
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

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
class ShownFacet:
    """One dimension of a case's state; it begins in the first."""

    name: str
    title: str
    states: tuple[ShownState, ...]


@attrs.frozen(kw_only=True)
class ShownStep:
    """A step: who may take it, and the JSON Schema of its payload, None where it takes none."""

    name: str
    title: str
    who: tuple[str, ...]
    grades: tuple[str, ...]
    reasons: bool
    assigns: bool
    adds: tuple[str, ...]
    ties: tuple[str, ...]
    payload: Mapping[str, Any] | None
    plugin: str


@attrs.frozen(kw_only=True)
class ShownClock:
    """A deadline; a *window* is a right that lapses and no duty."""

    name: str
    title: str
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


async def kinds(_: Reader, tenant: Tenant, __: object) -> tuple[ShownKind, ...]:
    """List the kinds of case that are enabled here, by name."""
    return tuple(_kind(kind) for kind in tenant.practice.kinds())


async def procedure(_: Reader, tenant: Tenant, __: object, kind: str, on: dt.date | None = None) -> ShownProcedure:
    """Describe the procedure of a kind, in the edition under which cases are opened on a day.

    Raises:
        NotFound: The kind is not enabled here.
    """
    return shown(tenant.practice.procedure(kind, tenant.practice.edition(kind, on or tenant.today)))


def shown(found: Procedure) -> ShownProcedure:
    """Describe one procedure."""
    kind = found.kind
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
        facets=tuple(_facet(facet) for facet in found.facets.values()),
        steps=tuple(_step(step) for step in found.steps.values()),
        clocks=tuple(_clock(clock) for clock in found.clocks.values()),
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


def _facet(facet: Facet) -> ShownFacet:
    states = (ShownState(name=s, title=facet.titles.get(s, ""), final=s in facet.final) for s in facet.states)
    return ShownFacet(name=facet.name, title=facet.title, states=tuple(states))


def _step(step: Step) -> ShownStep:
    return ShownStep(
        name=step.name,
        title=step.title,
        who=tuple(sorted(step.who)),
        grades=step.grades,
        reasons=step.reasons,
        assigns=step.assigns,
        adds=tuple(sorted(step.adds)),
        ties=tuple(sorted(step.ties)),
        payload=schema(step.takes),
        plugin=step.plugin,
    )


def _clock(clock: ClockRule) -> ShownClock:
    return ShownClock(
        name=clock.name,
        title=clock.title,
        window=clock.window,
        roles=tuple(sorted(clock.roles)),
        expiry=clock.expiry,
        source=clock.source,
        plugin=clock.plugin,
    )
