"""Composition the plain way, record by record. What ``renda_core.practice`` does must come to this."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from renda_core.domain.procedure import (
    CORE_ROLES,
    ClockRule,
    Effect,
    Facet,
    Follow,
    Gate,
    Guard,
    Join,
    Kind,
    Party,
    Procedure,
    Role,
    Step,
    Veil,
)
from renda_core.domain.soundness import faults
from renda_core.errors import PluginError
from renda_core.practice import Practice
from renda_core.records import BallotKind, DayRule, Page, RecordKind, RecordRule, ScoreRule, Veto, Watch

OF_KIND = (Party, Facet, Step, ClockRule, Effect, Gate, Guard, Join, Follow, Veil)
EARLY = {"start": 0, "extend": 1, "pause": 2, "resume": 3, "stop": 4, "restart": 5}
Key = tuple[str, str]


def compose(
    plugins: frozenset[str],
    records: Iterable[Any],
    prefer: Mapping[str, str],
    installed: frozenset[Key],
) -> Practice:
    """Merge the records of some plugins, or raise with everything that is wrong."""
    every = tuple(records)
    errors: list[str] = []
    single = _unique(
        (r for r in every if isinstance(r, Kind | Role | BallotKind | Page | Watch | DayRule | Veto)), errors
    )
    kinds = [r for r in single if isinstance(r, Kind)]
    roles = CORE_ROLES | {r.name for r in single if isinstance(r, Role)}
    errors += _strays(every, {k.name for k in kinds}, installed)
    procedures = {(k.name, k.edition): _procedure(k, every, prefer, errors) for k in kinds}
    errors += _lost_outcomes(every, {name for p in procedures.values() for name in p.steps})
    if not errors:
        errors = [e for p in procedures.values() for e in faults(p, roles)]
    if errors:
        raise PluginError("these plugins do not fit together", *sorted(set(errors)))
    follow: dict[Key, list[RecordRule]] = defaultdict(list)
    for rule in every:
        if isinstance(rule, RecordRule):
            follow[rule.kind, rule.step].append(rule)
    editions: dict[str, list[tuple[dt.date, str]]] = defaultdict(list)
    for kind in kinds:
        editions[kind.name].append((kind.since, kind.edition))
    return Practice(
        plugins=plugins,
        roles=roles,
        procedures=procedures,
        editions={k: tuple(sorted(v)) for k, v in editions.items()},
        ballots={r.name: r for r in single if isinstance(r, BallotKind)},
        record_rules={k: tuple(v) for k, v in follow.items()},
        vetoes=tuple(r for r in single if isinstance(r, Veto)),
        watches={r.name: r for r in single if isinstance(r, Watch)},
        pages={r.name: r for r in single if isinstance(r, Page)},
        days={r.name: r for r in single if isinstance(r, DayRule)},
        record_kinds={r.name: r for r in single if isinstance(r, RecordKind)},
        scores={r.name: r for r in single if isinstance(r, ScoreRule)},
    )


def _unique(records: Iterable[Any], errors: list[str]) -> list[Any]:
    """Keep records that have one owner each; name both where two offer the same."""
    seen: dict[Any, Any] = {}
    for r in records:
        key = (type(r), r.name, getattr(r, "edition", ""))
        if (other := seen.setdefault(key, r)) is not r:
            errors.append(f"{other.plugin!r} and {r.plugin!r} both offer {type(r).__name__} {r.name!r}")
    return list(seen.values())


def _strays(records: Iterable[Any], kinds: set[str], installed: frozenset[Key]) -> Iterator[str]:
    """Name what extends a kind that nobody enabled offers, or records or follows what nobody has at all."""
    for r in records:
        if isinstance(r, Follow):
            if r.kind not in kinds and all(kind != r.kind for kind, _ in installed):
                yield f"{r.plugin!r} follows kind {r.kind!r}, which no installed plugin offers"
        elif isinstance(r, (*OF_KIND, Watch)) and r.kind not in kinds:
            yield f"{r.plugin!r} extends kind {r.kind!r}, which no enabled plugin offers"
        if isinstance(r, RecordRule) and (r.kind, r.step) not in installed:
            yield f"{r.plugin!r} records {r.kind}.{r.step}, which no installed plugin offers"


def _lost_outcomes(records: Iterable[Any], steps: set[str]) -> Iterator[str]:
    """Name the steps that a verdict would take and nobody offers: it would show only when the vote is declared."""
    for r in records:
        if isinstance(r, BallotKind):
            for step in sorted(set(r.outcomes.values()) - steps):
                yield f"{r.plugin!r}: ballot {r.name!r} leads to step {step!r}, which no enabled plugin offers"


def _procedure(kind: Kind, records: Iterable[Any], prefer: Mapping[str, str], errors: list[str]) -> Procedure:
    """Put together what all plugins say about one edition of one kind."""
    mine: list[Any] = [r for r in records if isinstance(r, OF_KIND) and r.kind == kind.name]
    mine = [r for r in mine if not r.editions or kind.edition in r.editions]
    owned: dict[type, dict[str, Any]] = {cls: {} for cls in (Party, Facet, Step, ClockRule)}
    replacing: dict[str, list[ClockRule]] = defaultdict(list)
    for r in mine:
        if isinstance(r, ClockRule) and r.replaces:
            replacing[r.name].append(r)
        elif type(r) in owned and (other := owned[type(r)].setdefault(r.name, r)) is not r:
            errors.append(f"{other.plugin!r} and {r.plugin!r} both offer {type(r).__name__} {kind.name}.{r.name}")
    for name, rules in replacing.items():
        label = f"{kind.name}.{name}"
        chosen = [r for r in rules if r.plugin == prefer.get(label, r.plugin)]
        if name not in owned[ClockRule]:
            errors.append(f"{rules[0].plugin!r} replaces clock {label}, which nobody offers")
        elif len(chosen) == 1:
            owned[ClockRule][name] = chosen[0]
        else:
            both = " and ".join(repr(r.plugin) for r in rules)
            errors.append(f'{both} replace clock {label}; choose one: prefer = {{"{label}" = "{rules[0].plugin}"}}')

    for party in owned[Party].values():
        if party.name in kind.parties:
            errors.append(f"{party.plugin!r} adds party {kind.name}.{party.name}, which the kind has already")
    named = {p.name for p in owned[Party].values()}
    reading = {p.name for p in owned[Party].values() if p.reads}

    def by(cls: type, field: str) -> dict[str, tuple[Any, ...]]:
        found = defaultdict(list)
        for r in mine:
            if isinstance(r, cls):
                found[getattr(r, field)].append(r)
        return {name: tuple(rs) for name, rs in found.items()}

    def every(cls: type) -> tuple[Any, ...]:
        return tuple(r for r in mine if isinstance(r, cls))

    return Procedure(
        kind=attrs.evolve(kind, parties=kind.parties | named, audience=kind.audience | reading),
        facets=owned[Facet],
        steps=owned[Step],
        clocks=owned[ClockRule],
        effects={on: tuple(sorted(es, key=lambda e: EARLY[e.do])) for on, es in by(Effect, "on").items()},
        gates=by(Gate, "step"),
        guards=by(Guard, "step"),
        joins=every(Join),
        veils=every(Veil),
        follows=every(Follow),
        parties=owned[Party],
    )
