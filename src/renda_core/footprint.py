"""The footprint of a configuration: what each of its plugins touched, kept beside it for the day that one is gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import attrs

from renda_core.domain.case import MAIN
from renda_core.domain.names import names
from renda_core.domain.procedure import ClockRule, Facet, Kind, Party, Veil
from renda_core.fragments import OF_KIND
from renda_core.records import RecordRule


@attrs.frozen(kw_only=True)
class HeldKind:
    """One edition of a kind that a plugin offers: as much as its cases need to be read as plain data.

    Attributes:
        states: Of the main facet, the first one first.
    """

    name: str
    title: str
    edition: str
    since: dt.date
    private: frozenset[str] = attrs.field(converter=names)
    states: tuple[str, ...]
    final: frozenset[str] = attrs.field(converter=names)
    titles: Mapping[str, str]


@attrs.frozen(kw_only=True)
class HeldFacet:
    """A facet without what moves it: enough to show in which state a case was left."""

    kind: str
    name: str
    title: str
    states: tuple[str, ...]
    final: frozenset[str] = attrs.field(converter=names)
    titles: Mapping[str, str]


@attrs.frozen(kw_only=True)
class HeldVeil:
    """A veil without the code that lifts it: it stays down."""

    kind: str
    part: str
    seen_by: frozenset[str] = attrs.field(converter=names)
    never: frozenset[str] = attrs.field(converter=names)


@attrs.frozen(kw_only=True)
class HeldPart:
    """A clock or party role (``clock.review``, ``party.reviser``): lists know of it what a case no longer shows."""

    kind: str
    part: str


@attrs.frozen(kw_only=True)
class Touched:
    """What one plugin touched.

    Attributes:
        kinds: Every kind that it offers, extends, or makes duty records of.
        own: Those that it offers.
        parts: Its clocks and party roles.
    """

    kinds: frozenset[str] = attrs.field(converter=names)
    own: tuple[HeldKind, ...] = ()
    facets: tuple[HeldFacet, ...] = ()
    veils: tuple[HeldVeil, ...] = ()
    parts: tuple[HeldPart, ...] = ()


Footprint = Mapping[str, Touched]


def footprint(offers: Mapping[str, tuple[Any, ...]], plugins: Iterable[str]) -> dict[str, Touched]:
    """Say what some plugins touch; *offers* are the catalogue's records by plugin."""
    return {name: touched(offers[name]) for name in sorted(plugins) if name in offers}


def touched(records: Collection[Any]) -> Touched:
    """Say what one plugin's records touch."""
    mains = [r for r in records if isinstance(r, Facet) and r.name == MAIN]
    own = (r for r in records if isinstance(r, Kind))
    return Touched(
        kinds={kind for r in records if (kind := kind_of(r))},
        own=tuple(sorted((_held(kind, mains) for kind in own), key=lambda k: (k.name, k.since, k.edition))),
        facets=tuple(
            HeldFacet(kind=r.kind, name=r.name, title=r.title, states=r.states, final=r.final, titles=r.titles)
            for r in records
            if isinstance(r, Facet) and r.name != MAIN
        ),
        veils=tuple(
            HeldVeil(kind=r.kind, part=r.part, seen_by=r.seen_by, never=r.never) for r in records if isinstance(r, Veil)
        ),
        parts=tuple(
            HeldPart(kind=r.kind, part=f"{'party' if isinstance(r, Party) else 'clock'}.{r.name}")
            for r in records
            if isinstance(r, Party | ClockRule)
        ),
    )


def kind_of(record: Any) -> str:
    """Name the kind that a record offers, extends, or makes duty records of; empty for any other record."""
    if isinstance(record, Kind):
        return record.name
    return record.kind if isinstance(record, (*OF_KIND, RecordRule)) else ""


def _held(kind: Kind, mains: Iterable[Facet]) -> HeldKind:
    main = next(
        (f for f in mains if f.kind == kind.name and (not f.editions or kind.edition in f.editions)),
        Facet(kind=kind.name, states=()),
    )
    return HeldKind(
        name=kind.name,
        title=kind.title,
        edition=kind.edition,
        since=kind.since,
        private=kind.private,
        states=main.states,
        final=main.final,
        titles=main.titles,
    )
