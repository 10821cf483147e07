"""A stored tenant goes on although a plugin of it is absent: what that one touched is read-only, the rest works.

Nobody can say what an absent plugin would have refused, hidden or counted. So the kinds of case that it touched are
shown and not changed, its veils stay down for good, and a kind of its own is read as plain data by the offices.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from renda_core.catalogue import Catalogue
from renda_core.domain.case import MAIN
from renda_core.domain.procedure import Facet, Kind, Procedure, Veil
from renda_core.domain.visibility import KEEPERS
from renda_core.errors import PluginError
from renda_core.footprint import Footprint, HeldFacet, HeldKind, HeldPart, HeldVeil, Touched, kind_of, touched
from renda_core.fragments import Key, shares
from renda_core.practice import Practice, compose, loosely
from renda_core.records import BallotKind, Watch

UNKNOWN = "?"
"""The state of a case whose first state nobody knows any more; only its parties read it, as it may be a draft."""
Absent = dict[str, str]


def fitted(
    catalogue: Catalogue, plugins: frozenset[str], prefer: Mapping[str, str], absent: Absent, held: Footprint | None
) -> Practice:
    """Compose as many of a stored tenant's plugins as go together.

    Those that own kinds come first, then the others by name. What then does not fit is added to *absent*, with the
    reason, which names both sides of a conflict.

    Args:
        absent: Plugins that are known to be absent, and why.
        held: The footprint of the configuration; None where none was kept, and everything counts as touched.
    """
    left = sorted(plugins - absent.keys(), key=lambda name: (not _owns(catalogue, name), name))
    kept: list[str] = []

    def tried(names: Sequence[str]) -> Practice:
        return _composed(catalogue, sorted(names), prefer, _Lack.of(catalogue, absent, held))

    try:
        return tried(left)
    except PluginError:
        found = tried(())
    why: dict[str, str] = {}
    while left:
        for name in left:
            try:
                found = tried([*kept, name])
            except PluginError as error:
                why[name] = "; ".join(error.reasons)
                continue
            kept.append(name)
            left.remove(name)
            break
        else:
            name = left.pop(0)
            absent[name] = why[name]
            found = tried(kept)
    return found


def _owns(catalogue: Catalogue, name: str) -> bool:
    return any(isinstance(r, Kind) for r in catalogue.offers[name])


@attrs.frozen(kw_only=True)
class _Lack:
    """What the absent plugins touched.

    Attributes:
        by: The names of the absent plugins that touched a kind, by kind.
        blind: The absent plugins of which nothing is known: they may have touched every kind.
    """

    by: Mapping[str, tuple[str, ...]]
    blind: tuple[str, ...]
    own: tuple[HeldKind, ...]
    facets: tuple[HeldFacet, ...]
    veils: tuple[HeldVeil, ...]
    parts: tuple[HeldPart, ...]

    @classmethod
    def of(cls, catalogue: Catalogue, absent: Iterable[str], held: Footprint | None) -> _Lack:
        by: dict[str, list[str]] = {}
        blind, own, facets, veils = list[str](), list[HeldKind](), list[HeldFacet](), list[HeldVeil]()
        parts = list[HeldPart]()
        for name in sorted(absent):
            before, now = (held or {}).get(name), catalogue.offers.get(name)
            if before is None:
                blind.append(name)
            both: tuple[Touched, ...] = tuple(t for t in (before, touched(now) if now is not None else None) if t)
            for touch in both:
                own += (k for k in touch.own if k not in own)
                facets += (f for f in touch.facets if f not in facets)
                veils += (v for v in touch.veils if v not in veils)
                parts += (p for p in touch.parts if p not in parts)
            for kind in frozenset[str]().union(*(touch.kinds for touch in both)):
                by.setdefault(kind, []).append(name)
        return cls(
            by={k: tuple(v) for k, v in by.items()},
            blind=tuple(blind),
            own=tuple(own),
            facets=tuple(facets),
            veils=tuple(veils),
            parts=tuple(parts),
        )

    def closes(self, kind: str) -> bool:
        """Tell whether a kind is read-only."""
        return bool(self.blind) or kind in self.by

    def told(self, kind: str) -> str:
        """Say why, and what to do, without anything that only whoever runs the program should read."""
        missing = ", ".join(repr(name) for name in sorted({*self.blind, *self.by.get(kind, ())}))
        return (
            f"{kind} can be read and not changed while the practice {missing} is missing here; "
            "have it installed again, or disable it in the configuration (renda doctor says what is wrong)"
        )


def _composed(catalogue: Catalogue, names: Sequence[str], prefer: Mapping[str, str], lack: _Lack) -> Practice:
    """Compose strictly what nobody absent touched, and loosely, for reading, what somebody did."""
    offers = {name: tuple(_thinned(catalogue.offers[name], lack)) for name in names}
    mine = {label: plugin for label, plugin in prefer.items() if plugin in offers}
    practice = compose(frozenset(names), list(shares(offers).values()), mine, catalogue.steps)
    ready = catalogue.once("shares", lambda: shares(catalogue.offers))
    whole = [ready[name] for name in names]
    procedures: dict[Key, Procedure] = {}
    for share in whole:
        for key, kind in share.kinds.items():
            if lack.closes(kind.name) and key not in procedures:
                procedures[key] = _closed(loosely(kind, whole, mine), lack)
    for held in lack.own:
        procedures.setdefault((held.name, held.edition), _closed(_plain(held), lack))
    records = [r for name in names for r in catalogue.offers[name]]
    return attrs.evolve(
        practice,
        procedures={**practice.procedures, **procedures},
        editions={**practice.editions, **_editions(procedures.values())},
        ballots={r.name: r for r in records if isinstance(r, BallotKind)},
        watches={r.name: r for r in records if isinstance(r, Watch)},
        plain=_stranger(lack),
    )


def _thinned(records: Iterable[Any], lack: _Lack) -> Iterable[Any]:
    """Leave out what speaks of read-only kinds: with parts of them gone, nothing about them can be proved."""
    for r in records:
        kind = r.kind if isinstance(r, Watch) else kind_of(r)
        if isinstance(r, BallotKind):
            yield attrs.evolve(r, outcomes={})
        elif not kind or not lack.closes(kind):
            yield r


def _closed(procedure: Procedure, lack: _Lack) -> Procedure:
    """Make a procedure read-only, with the veils that stay down."""
    kind = procedure.kind.name
    veils = [Veil(kind=kind, part=v.part, seen_by=v.seen_by, never=v.never) for v in lack.veils if v.kind == kind]
    if lack.blind:  # what was veiled, nobody knows
        veils += [Veil(kind=kind, part=part, seen_by=KEEPERS) for part in _parts(procedure)]
    left = {
        f.name: Facet(kind=kind, name=f.name, title=f.title, states=f.states, final=f.final, titles=f.titles)
        for f in lack.facets
        if f.kind == kind and f.name not in procedure.facets
    }
    veils += [Veil(kind=kind, part=f"facet.{name}", seen_by=KEEPERS) for name in left]
    known = {*(f"clock.{n}" for n in procedure.clocks), *(f"party.{n}" for n in procedure.kind.parties)}
    gone = dict.fromkeys(p.part for p in lack.parts if p.kind == kind and p.part not in known)
    veils += [Veil(kind=kind, part=part, seen_by=KEEPERS) for part in gone]
    return attrs.evolve(
        procedure,
        facets={MAIN: Facet(kind=kind, states=(UNKNOWN,)), **procedure.facets, **left},
        veils=(*procedure.veils, *veils),
        readonly=lack.told(kind),
        plainly=not lack.blind,
    )


def _parts(procedure: Procedure) -> Iterable[str]:
    yield from (f"facet.{name}" for name in procedure.facets)
    yield from (f"clock.{name}" for name in procedure.clocks)
    yield from (f"party.{name}" for name in procedure.kind.parties)
    yield from (f"act.{name}" for name in procedure.steps)
    yield from (f"body.{a.name}" for a in (attrs.fields(procedure.kind.body) if procedure.kind.body else ()))


def _plain(held: HeldKind) -> Procedure:
    """Stand in for a kind whose plugin is gone: its cases are plain data, for the offices alone."""
    kind = Kind(
        name=held.name,
        title=held.title,
        opening="",
        audience=KEEPERS,
        private=held.private,
        edition=held.edition,
        since=held.since,
    )
    main = Facet(kind=held.name, states=held.states or (UNKNOWN,), final=held.final, titles=held.titles)
    return Procedure(
        kind=kind,
        facets={MAIN: main},
        steps={},
        clocks={},
        effects={},
        gates={},
        guards={},
        joins=(),
        follows=(),
        veils=(),
    )


def _stranger(lack: _Lack) -> Callable[[str], Procedure | None]:
    """Stand in for editions and kinds that no footprint tells of."""

    def found(kind: str) -> Procedure | None:
        known = next((k for k in lack.own if k.name == kind), None)
        if known is None and not lack.blind:
            return None
        bare = HeldKind(
            name=kind,
            title=known.title if known else kind,
            edition="",
            since=dt.date.min,
            private={UNKNOWN},
            states=(UNKNOWN,),
            final=frozenset(),
            titles={},
        )
        return _closed(_plain(bare), lack)

    return found


def _editions(procedures: Iterable[Procedure]) -> dict[str, tuple[tuple[dt.date, str], ...]]:
    found: dict[str, list[tuple[dt.date, str]]] = {}
    for procedure in procedures:
        found.setdefault(procedure.kind.name, []).append((procedure.kind.since, procedure.kind.edition))
    return {name: tuple(sorted(held)) for name, held in found.items()}
