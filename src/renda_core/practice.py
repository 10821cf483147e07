"""A Practice: how tenants of one set of plugins work, composed once and shared by all of them.

Composing unites what each plugin's ``Share`` holds ready, and proves the whole by sets of names. Where anything is
doubtful, ``conflicts`` and ``faults`` go through the records one by one and say what is wrong; they alone refuse.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

import attrs

from renda_core.conflicts import chosen, conflicts
from renda_core.domain.claims import Claim, role
from renda_core.domain.procedure import CORE_ROLES, ClockRule, Kind, Procedure
from renda_core.domain.soundness import endless, faults
from renda_core.errors import NotFound, PluginError
from renda_core.fragments import Fragment, Key, Share, Sum, in_turn
from renda_core.records import BallotKind, DayRule, Page, RecordKind, RecordRule, ScoreRule, Veto, Watch

_NONE: frozenset[str] = frozenset()
_NO_CLAIMS: frozenset[Claim] = frozenset()
K = TypeVar("K")
V = TypeVar("V")


@attrs.frozen(kw_only=True)
class Practice:
    """How a tenant works: the merged, conflict-free records of its plugins.

    Attributes:
        procedures: By (kind, edition).
        editions: Of each kind, oldest first, as (since, edition).
        plain: Stands in for kinds and editions whose plugin is absent, so that their cases can be read.
    """

    plugins: frozenset[str]
    roles: frozenset[str]
    procedures: Mapping[Key, Procedure]
    editions: Mapping[str, tuple[tuple[dt.date, str], ...]]
    ballots: Mapping[str, BallotKind]
    record_rules: Mapping[Key, tuple[RecordRule, ...]]
    vetoes: tuple[Veto, ...]
    watches: Mapping[str, Watch]
    days: Mapping[str, DayRule]
    pages: Mapping[str, Page]
    record_kinds: Mapping[str, RecordKind] = attrs.Factory(dict)
    scores: Mapping[str, ScoreRule] = attrs.Factory(dict)
    plain: Callable[[str], Procedure | None] | None = None

    def procedure(self, kind: str, edition: str = "") -> Procedure:
        """Give a kind's procedure, or raise ``NotFound`` where no enabled plugin offers it."""
        found = self.find(kind, edition)
        if found is None:
            known = ", ".join(sorted({k for k, _ in self.procedures})) or "none"
            named = f"{kind} (edition {edition})" if edition else kind
            raise NotFound(f"no kind {named!r} is enabled here; enabled: {known}")
        return found

    def find(self, kind: str, edition: str) -> Procedure | None:
        """Give a kind's procedure, or None where its plugin is disabled."""
        found = self.procedures.get((kind, edition))
        return self.plain(kind) if found is None and self.plain is not None else found

    def edition(self, kind: str, on: dt.date) -> str:
        """Name the edition under which new cases of *kind* are opened on a date.

        Raises:
            NotFound: The kind is not enabled, or no edition of it has begun.
        """
        begun = [name for since, name in self.editions.get(kind, ()) if since <= on]
        if begun:
            return begun[-1]
        return self.procedure(kind, "no edition begun" if self.editions.get(kind) else "").kind.edition

    def kinds(self) -> tuple[Kind, ...]:
        """List the newest edition of every kind, by name."""
        return tuple(self.procedures[name, self.editions[name][-1][1]].kind for name in sorted(self.editions))


class Late(Mapping[K, V]):
    """What a tenant asks for rarely, such as its pages: proved with the rest, and put together when first looked at."""

    __slots__ = ("_found", "_make")

    def __init__(self, make: Callable[[], Mapping[K, V]]) -> None:
        """Keep for later how to put it together."""
        self._make = make
        self._found: Mapping[K, V] | None = None

    @property
    def _all(self) -> Mapping[K, V]:
        if self._found is None:
            self._found = self._make()
        return self._found

    def __getitem__(self, name: K) -> V:
        """Give what has a name."""
        return self._all[name]

    def __iter__(self) -> Iterator[K]:
        """Go through the names."""
        return iter(self._all)

    def __len__(self) -> int:
        """Count."""
        return len(self._all)


def compose(
    plugins: frozenset[str], shares: Sequence[Share], prefer: Mapping[str, str], installed: frozenset[Key]
) -> Practice:
    """Merge what some plugins bring.

    Args:
        shares: Of these plugins, in the order of their names.
        prefer: Which plugin wins where several replace the same clock, e.g. ``{"suggestion.reply": "x"}``.
        installed: (kind, step) of every installed plugin: a record rule or a follower may wait for one of these.

    Raises:
        PluginError: With every conflict and every dangling name; nothing is composed by halves.
    """
    doubts: list[object] = [s for s in shares if s.doubtful]
    doubts += [s for s in shares if not s.rivals.isdisjoint(plugins)]
    kinds, added = _united([s.kinds for s in shares]), _united([s.roles for s in shares])
    roles = CORE_ROLES.union(added) if added else CORE_ROLES
    procedures = {}
    for key, kind in kinds.items():
        fragments = [s.fragments[key] for s in shares if key in s.fragments]
        doubts += [f for f in fragments if not f.rivals.isdisjoint(plugins)]
        procedures[key] = _procedure(kind, fragments, prefer, doubts)
        doubts += _missing(procedures[key], fragments, roles, added)
    doubts += _NONE.union(*[s.extends for s in shares]).difference([name for name, _ in kinds])
    outcomes = _NONE.union(*[s.outcomes for s in shares if s.outcomes])
    doubts += outcomes.difference(*[p.steps for p in procedures.values()])
    if doubts:
        _explain(shares, procedures, roles, prefer, installed)
    return Practice(
        plugins=plugins,
        roles=roles,
        procedures=procedures,
        editions=_editions(kinds),
        ballots=Late(lambda: _united([s.ballots for s in shares])),
        record_rules=Late(lambda: _gathered([s.rules for s in shares])),
        vetoes=tuple([veto for s in shares if s.vetoes for veto in s.vetoes.values()]),
        watches=Late(lambda: _united([s.watches for s in shares])),
        pages=Late(lambda: _united([s.pages for s in shares])),
        days=Late(lambda: _united([s.days for s in shares])),
        record_kinds=Late(lambda: _united([s.record_kinds for s in shares])),
        scores=Late(lambda: _united([s.scores for s in shares])),
    )


def loosely(kind: Kind, shares: Sequence[Share], prefer: Mapping[str, str]) -> Procedure:
    """Put together what some plugins say about a kind, to read its cases by; nothing of it is proved."""
    key = (kind.name, kind.edition)
    return _procedure(kind, [s.fragments[key] for s in shares if key in s.fragments], prefer, [])


def _procedure(kind: Kind, fragments: Sequence[Fragment], prefer: Mapping[str, str], doubts: list[object]) -> Procedure:
    """Put together what all plugins say about one edition of one kind."""
    parties, facets, steps, clocks = map(_united, zip(*[f.owned for f in fragments], strict=True))
    if parties:
        reading = {p.name for p in parties.values() if p.reads}
        doubts += kind.parties.intersection(parties)
        kind = attrs.evolve(kind, parties=kind.parties.union(parties), audience=kind.audience | reading)
    return Procedure(
        kind=kind,
        facets=facets,
        steps=steps,
        clocks=_replaced(clocks, [r for f in fragments for r in f.replacing], prefer, doubts),
        effects=_gathered([f.effects for f in fragments], in_turn),
        gates=_gathered([f.gates for f in fragments]),
        guards=_gathered([f.guards for f in fragments]),
        joins=tuple([join for f in fragments for join in f.joins]),
        veils=tuple([veil for f in fragments for veil in f.veils]),
        follows=tuple([follow for f in fragments for follow in f.follows]),
        parties=parties,
    )


def _missing(
    p: Procedure, fragments: Sequence[Fragment], roles: frozenset[str], added: Iterable[str]
) -> Iterator[object]:
    """Name whatever keeps a procedure from being sound: first what its fragments need and none of them gives."""
    needs = _NO_CLAIMS.union(*[f.needs for f in fragments])
    yield from needs.difference(*[f.gives for f in fragments if f.gives], map(role, added))
    yield from p.kind.parties & roles
    yield from endless(p)


def _united(parts: Iterable[Mapping[K, V]]) -> Mapping[K, V]:
    """Unite records by name."""
    found: dict[K, V] = {}
    for part in parts:
        if part:
            found |= part
    return found


def _gathered(sums: Sequence[Sum], in_order: Callable[[list[Any]], tuple[Any, ...]] = tuple) -> Mapping[Any, Any]:
    """Join records that add up, in the order of their plugins, or in another."""
    found: dict[Any, tuple[Any, ...]] = {}
    joint: dict[Any, list[Any]] = {}
    for part in sums:
        found |= part.alone
        for key, records in part.joint.items():
            if key in joint:
                joint[key] += records
            else:
                joint[key] = [*records]
    for key, several in joint.items():
        found[key] = in_order(several)
    return found


def _replaced(
    clocks: Mapping[str, ClockRule], rules: Sequence[ClockRule], prefer: Mapping[str, str], doubts: list[object]
) -> Mapping[str, ClockRule]:
    """Put the clocks that a plugin replaces in their places; two for one place are a doubt."""
    if not rules:
        return clocks
    replacing: dict[str, list[ClockRule]] = defaultdict(list)
    for rule in rules:
        replacing[rule.name].append(rule)
    found = dict(clocks)
    for name, several in replacing.items():
        left = chosen(several, prefer)
        if name in clocks and len(left) == 1:
            found[name] = left[0]
        else:
            doubts += several
    return found


def _editions(kinds: Mapping[Key, Kind]) -> dict[str, tuple[tuple[dt.date, str], ...]]:
    found: dict[str, list[tuple[dt.date, str]]] = defaultdict(list)
    for (name, edition), kind in kinds.items():
        found[name].append((kind.since, edition))
    return {name: tuple(sorted(editions)) for name, editions in found.items()}


def _explain(
    shares: Sequence[Share],
    procedures: Mapping[Key, Procedure],
    roles: frozenset[str],
    prefer: Mapping[str, str],
    installed: frozenset[Key],
) -> None:
    """Go through all records one by one, and refuse with everything that is wrong."""
    errors = set(conflicts(chain.from_iterable(s.records for s in shares), prefer, installed))
    if not errors:
        errors = {e for p in procedures.values() for e in faults(p, roles)}
    if errors:
        raise PluginError("these plugins do not fit together", *sorted(errors))
