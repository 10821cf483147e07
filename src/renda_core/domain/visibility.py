"""What one reader may see of a case; pages, API, exports and search all ask here."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from operator import attrgetter
from types import UnionType
from typing import Any, Literal, Union

import attrs

from renda_core.domain.calendar import Calendar
from renda_core.domain.case import AUTHOR, UNIT, Act, Case
from renda_core.domain.clock import REMEMBERED, Clock
from renda_core.domain.failing import Contexts, Overrun, expect
from renda_core.domain.frozen import kinds_of
from renda_core.domain.procedure import Procedure, Veil
from renda_core.domain.sealed import Sealed
from renda_core.errors import NotFound

KEEPERS = frozenset({"office", "overseer"})
"""Who reads what no enabled plugin knows: nobody else can be told what may be shown of it."""


@attrs.frozen(kw_only=True)
class SeenClock:
    """A deadline with its explanation, one line a tick; *provisional* where a holiday table is missing."""

    name: str
    title: str
    unit: str
    round: int
    state: str
    due: dt.date
    late: int
    provisional: bool
    lines: tuple[str, ...]


@attrs.frozen(kw_only=True)
class SeenUnit:
    """One unit's share of the case: its role, round and state."""

    unit: str
    role: str
    round: int
    state: str


@attrs.frozen(kw_only=True)
class Seen:
    """A case as one reader sees it; what is veiled is absent, not blanked; personal data stay masked."""

    id: str
    kind: str
    title: str
    number: str
    opened_on: dt.date
    edition: str
    round: int
    version: int
    closed: bool
    states: Mapping[str, str]
    parties: Mapping[str, tuple[str, ...]]
    links: Mapping[str, tuple[str, ...]]
    body: Mapping[str, Any]
    acts: tuple[Mapping[str, Any], ...]
    clocks: tuple[SeenClock, ...]
    units: tuple[SeenUnit, ...]


def hidden(
    procedure: Procedure, roles: frozenset[str], case: Case | None = None, contexts: Contexts | None = None
) -> frozenset[str]:
    """List the parts veiled from *roles*; without a case, for a ledger's columns, filters and order.

    Of a case, what no enabled plugin knows is veiled from all but its keepers.
    """
    down = barring(procedure, roles)
    veiled = frozenset(v.part for v in down) - _fallen(down, case, contexts)
    return veiled if case is None or roles & KEEPERS else veiled.union(_strange(procedure, case))


def barring(procedure: Procedure, roles: frozenset[str]) -> list[Veil]:
    """List the veils between *roles* and a case, of which some may lift for it."""
    return [v for v in procedure.veils if not roles & v.seen_by or roles & v.never]


def _strange(procedure: Procedure, case: Case) -> Iterable[str]:
    """Name the parts of a case that its procedure does not know: a plugin that was here left them."""
    yield from (f"act.{a.step}" for a in case.acts if a.step not in procedure.steps and not a.forced)
    yield from (f"facet.{name}" for name in case.states.keys() - procedure.facets.keys())
    yield from (f"party.{role}" for role in case.parties.keys() - procedure.kind.parties)
    yield from (f"clock.{c.name}" for c in case.clocks if c.name not in procedure.clocks)


def _fallen(barred: Sequence[Veil], case: Case | None, contexts: Contexts | None) -> frozenset[str]:
    """List the parts of which every veil has lifted; one that cannot be asked stays down."""
    if case is None or contexts is None or not barred:
        return frozenset()
    lifted, down = set[str](), set[str]()
    for n, veil in enumerate(barred):
        try:
            up = expect(veil.lifts(contexts[veil.plugin], case), bool)
        except BaseException as error:
            contexts.failed(veil.plugin, "veil", veil.part, error)
            up = False
            if isinstance(error, Overrun):
                return frozenset(lifted - down - {v.part for v in barred[n:]})  # nobody waits for the others
        (lifted if up else down).add(veil.part)
    return frozenset(lifted - down)


def may_see(procedure: Procedure, case: Case, roles: frozenset[str]) -> bool:
    """Tell whether *roles* find this case at all."""
    open_to_all = "public" in roles and procedure.is_public(case)
    own = procedure.state(case) not in procedure.kind.private or roles & {AUTHOR, *case.parties}
    return bool(own and (open_to_all or roles & procedure.kind.audience))


def see(
    procedure: Procedure, case: Case, roles: frozenset[str], contexts: Contexts, calendar: Calendar, today: dt.date
) -> Seen:
    """Show what *roles* may see.

    Raises:
        NotFound: The reader is outside the kind's audience; "none" and "not yours" look alike.
    """
    if not may_see(procedure, case, roles):
        raise NotFound(f"no case {case.id}")
    veiled = hidden(procedure, roles, case, contexts)

    def keep(group: str, items: Mapping[str, Any]) -> Mapping[str, Any]:
        if not veiled:
            return items
        gone = [part for part in veiled if part.startswith(f"{group}.")]
        return {name: value for name, value in items.items() if f"{group}.{name}" not in gone} if gone else items

    def show(act: Act) -> Mapping[str, Any]:
        fields = dict(zip(ACT, _parts(act), strict=True))
        if act.payload is not None:
            fields.update(as_data(act.payload))
            fields["payload"] = None
        if not veiled:
            return fields
        if act.forced and f"facet.{act.grade.partition('=')[0]}" in veiled:
            fields["grade"] = ""
        fields["parties"] = keep("party", act.parties)
        return keep(f"act.{act.step}", fields)

    def as_data(value: Any) -> dict[str, Any]:
        if value is None:
            return {}
        if fields_of(value.__class__) is not None:
            return _plain(value)
        return _masked(value) if isinstance(value, Mapping) and procedure.plainly and roles & KEEPERS else {}

    states = {
        name: case.states.get(name) or facet.states[0] for name, facet in procedure.facets.items() if name != UNIT
    }
    return Seen(
        id=case.id,
        kind=case.kind,
        title=case.title,
        number=case.number,
        opened_on=case.opened_on,
        edition=case.edition,
        round=case.round,
        version=case.version,
        closed=procedure.closed(case),
        states=keep("facet", states),
        parties=keep("party", case.parties),
        links=case.links,
        body=keep("body", as_data(case.body)),
        acts=tuple([show(a) for a in case.acts if not veiled or f"act.{a.step}" not in veiled]),
        clocks=tuple(_clocks(procedure, case, veiled, calendar, today)),
        units=tuple(SeenUnit(unit=a.unit, role=a.role, round=a.round, state=a.state) for a in case.assignments),
    )


def _clocks(
    procedure: Procedure, case: Case, veiled: frozenset[str], calendar: Calendar, today: dt.date
) -> Iterable[SeenClock]:
    rules = procedure.clocks
    for clock in case.clocks:
        if not veiled or f"clock.{clock.name}" not in veiled:
            rule = rules.get(clock.name)
            title, late = (rule.title, not rule.window) if rule else ("", True)
            yield _clock(clock, title, late, calendar, today)


@lru_cache(REMEMBERED)
def _clock(clock: Clock, title: str, late: bool, calendar: Calendar, today: dt.date) -> SeenClock:
    """Show a clock; those of cases that are read again on the same day, or that started alike, are shown once.

    Args:
        late: Whether it can be late; a window that has passed is not.
    """
    due, days = clock.told(calendar, today)
    return SeenClock(
        name=clock.name,
        title=title,
        unit=clock.unit,
        round=clock.round,
        state=clock.state,
        due=due.on,
        late=days if late else 0,
        provisional=due.provisional,
        lines=due.lines,
    )


@cache
def fields_of(cls: type) -> tuple[str, ...] | None:
    """Name the fields of an attrs class; None of another."""
    return tuple(a.name for a in attrs.fields(cls)) if attrs.has(cls) else None


ACT = tuple(a.name for a in attrs.fields(Act))
_parts = attrgetter(*ACT)
PLAIN = frozenset({str, int, bool, float, dt.date, dt.datetime, type(None), Literal, Union, UnionType})
"""What the annotation of a field consists of that is shown as it stands."""


@cache
def _read(cls: type) -> tuple[tuple[str, ...], Any, tuple[str, ...]]:
    """Say how an attrs class is read: its fields, how they are got at once, and those that hold more than one value."""
    names = fields_of(cls) or ()
    deep = tuple(a.name for a in attrs.fields(cls) if a.metadata.get("personal") or not _one_value(cls, a.name))
    get = attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)
    return names, get, deep


def _one_value(cls: type, name: str) -> bool:
    """Tell whether a field holds one plain value, by what its annotation says; a text in it is one of a ``Literal``."""
    told = kinds_of(cls, name)
    return bool(told) and all(part.__class__ is str or part in PLAIN for part in told)


def _plain(value: Any) -> dict[str, Any]:
    """Read an attrs object's fields; what is sealed is shown by its mask."""
    names, get, deep = _read(value.__class__)
    told = dict(zip(names, get(value), strict=True))
    for name in deep:
        told[name] = _deep(told[name])
    return told


def _deep(part: Any) -> Any:
    if isinstance(part, Sealed):
        return str(part)
    if isinstance(part, tuple | list):
        return tuple(_deep(p) for p in part)
    return part if fields_of(part.__class__) is None else _plain(part)


def _masked(part: Any) -> Any:
    """Read plain data; what is sealed in it is shown by its mask."""
    if isinstance(part, Mapping):
        if part.keys() == {"box", "last"}:
            return str(Sealed(str(part["box"]), str(part["last"])))
        return {name: _masked(inner) for name, inner in part.items()}
    return tuple(_masked(p) for p in part) if isinstance(part, tuple | list) else part
