"""What each plugin brings to a composition, made ready once: its records by name, and what they ask for and give.

A tenant's practice is then a union of a few of these, and its proof a difference of sets (``practice.compose``).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from renda_core.domain.claims import Claim, claims
from renda_core.domain.procedure import (
    ClockRule,
    Effect,
    Facet,
    Follow,
    Gate,
    Guard,
    Join,
    Kind,
    Party,
    Role,
    Step,
    Veil,
)
from renda_core.records import BallotKind, DayRule, Page, RecordKind, RecordRule, ScoreRule, Veto, Watch

NAMED = (Kind, Role, BallotKind, Page, Watch, DayRule, Veto, RecordKind, ScoreRule)
"""Records of which a tenant has one by each name; of a kind, one an edition."""

OWNED = (Party, Facet, Step, ClockRule)
"""Records of which a kind has one by each name; a clock that replaces another is none of them."""

OF_KIND = (*OWNED, Effect, Gate, Guard, Join, Follow, Veil)
WAKING = (*OWNED, Effect, Gate, Guard, Join, Veil, Watch)
"""Records whose kind must be enabled; a follower, as a record rule, sleeps until it is."""
EARLY = {"start": 0, "extend": 1, "pause": 2, "resume": 3, "stop": 4, "restart": 5}
Key = tuple[str, str]


@attrs.frozen(eq=False)
class Sum:
    """Records that add up, by step or trigger.

    Attributes:
        alone: Where no other installed plugin has any.
        joint: Where another may have more.
    """

    alone: Mapping[Any, tuple[Any, ...]]
    joint: Mapping[Any, tuple[Any, ...]]

    @classmethod
    def of(cls, records: Iterable[Any], sort: type, key: Callable[[Any], Any]) -> "Sum":
        """Sort the records of a class by a key; who else has any is seen when every plugin's share is ready."""
        found: dict[Any, list[Any]] = defaultdict(list)
        for r in records:
            if isinstance(r, sort):
                found[key(r)].append(r)
        return cls({}, {k: tuple(rs) for k, rs in found.items()})

    def parted(self, shared: set[Any]) -> "Sum":
        """Set apart what no other has."""
        every = {**self.alone, **self.joint}
        alone = {k: rs for k, rs in every.items() if k not in shared}
        return Sum(alone, {k: rs for k, rs in every.items() if k in shared})


@attrs.frozen(kw_only=True, eq=False)
class Fragment:
    """What one plugin says about one edition of one kind.

    Attributes:
        owned: For each sort of ``OWNED``, in that order, records by name; without clocks that take another's place.
        replacing: The clocks that do.
        rivals: The plugins that own something of the same name.
        needs: What must be there beside it, such as another plugin's step.
        gives: What it has of all that anybody needs of this kind.
    """

    owned: tuple[Mapping[str, Any], ...]
    rivals: frozenset[str] = frozenset()
    replacing: tuple[ClockRule, ...]
    effects: Sum
    gates: Sum
    guards: Sum
    joins: tuple[Join, ...]
    follows: tuple[Follow, ...]
    veils: tuple[Veil, ...]
    needs: frozenset[Claim]
    gives: frozenset[Claim]


@attrs.frozen(kw_only=True, eq=False)
class Share:
    """All that one plugin brings.

    Attributes:
        kinds: By (name, edition); the others by name.
        rivals: The plugins that offer one of these by the same name.
        fragments: By (kind, edition), of all editions that anybody offers.
        extends: The kinds that must be there.
        outcomes: The steps that its ballots lead to.
        doubtful: It offers something twice, or records a step or follows a kind that nobody offers.
    """

    records: tuple[Any, ...]
    kinds: Mapping[Key, Kind]
    roles: Mapping[str, Role]
    ballots: Mapping[str, BallotKind]
    pages: Mapping[str, Page]
    watches: Mapping[str, Watch]
    days: Mapping[str, DayRule]
    vetoes: Mapping[str, Veto]
    record_kinds: Mapping[str, RecordKind]
    scores: Mapping[str, ScoreRule]
    rivals: frozenset[str] = frozenset()
    rules: Sum
    fragments: Mapping[Key, Fragment]
    extends: frozenset[str]
    outcomes: frozenset[str]
    doubtful: bool

    @property
    def named(self) -> tuple[Mapping[Any, Any], ...]:
        """Give all of which a tenant has one by each name, sort by sort."""
        rest = (self.watches, self.days, self.vetoes, self.record_kinds, self.scores)
        return self.kinds, self.roles, self.ballots, self.pages, *rest


def shares(offers: Mapping[str, tuple[Any, ...]]) -> dict[str, Share]:
    """Make the share of every plugin ready."""
    every = [r for records in offers.values() for r in records]
    editions = {(r.name, r.edition) for r in every if isinstance(r, Kind)}
    steps = {(r.kind, r.name) for r in every if isinstance(r, Step)}
    states: dict[Key, dict[str, set[str]]] = {key: defaultdict(set) for key in editions}
    for facet in every:
        if isinstance(facet, Facet):
            for key in editions:
                if concerns(facet, key):
                    states[key][facet.name].update(facet.states)
    return _trimmed({plugin: _share(records, states, steps) for plugin, records in offers.items()})


def _share(records: tuple[Any, ...], states: Mapping[Key, Mapping[str, set[str]]], steps: set[Key]) -> Share:
    doubts: list[object] = [r for r in records if isinstance(r, RecordRule) and (r.kind, r.step) not in steps]
    kinds = {kind for kind, _ in states} | {kind for kind, _ in steps}
    doubts += [r for r in records if isinstance(r, Follow) and r.kind not in kinds]
    spoken_of = {r.name if isinstance(r, Kind) else r.kind for r in records if isinstance(r, (Kind, *OF_KIND))}
    parts = {key: [r for r in records if concerns(r, key)] for key in states if key[0] in spoken_of}
    named = _named(records, NAMED, doubts)
    return Share(
        records=records,
        kinds=named[Kind],
        roles=named[Role],
        ballots=named[BallotKind],
        pages=named[Page],
        watches=named[Watch],
        days=named[DayRule],
        vetoes=named[Veto],
        record_kinds=named[RecordKind],
        scores=named[ScoreRule],
        rules=Sum.of(records, RecordRule, lambda r: (r.kind, r.step)),
        fragments={key: _fragment(mine, states[key], doubts) for key, mine in parts.items() if mine},
        extends=frozenset(r.kind for r in records if isinstance(r, WAKING)),
        outcomes=frozenset(step for r in records if isinstance(r, BallotKind) for step in r.outcomes.values()),
        doubtful=bool(doubts),
    )


def concerns(record: Any, key: Key) -> bool:
    """Tell whether a record is a kind's edition or says something about it."""
    kind, edition = key
    if isinstance(record, Kind):
        return (record.name, record.edition) == key
    return isinstance(record, OF_KIND) and record.kind == kind and (not record.editions or edition in record.editions)


def _fragment(mine: list[Any], states: Mapping[str, Iterable[str]], doubts: list[object]) -> Fragment:
    replacing = tuple(r for r in mine if isinstance(r, ClockRule) and r.replaces)
    owned = _named((r for r in mine if r not in replacing), OWNED, doubts)
    needs, gives = claims(mine, states)
    return Fragment(
        owned=tuple(owned.values()),
        replacing=replacing,
        effects=Sum.of(in_turn(r for r in mine if isinstance(r, Effect)), Effect, lambda r: r.on),
        gates=Sum.of(mine, Gate, lambda r: r.step),
        guards=Sum.of(mine, Guard, lambda r: r.step),
        joins=tuple(r for r in mine if isinstance(r, Join)),
        follows=tuple(r for r in mine if isinstance(r, Follow)),
        veils=tuple(r for r in mine if isinstance(r, Veil)),
        needs=needs,
        gives=gives,
    )


def in_turn(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Put the effects of one trigger in the order in which clocks suffer them, whichever plugin spoke first."""
    several = [*effects]
    if len({e.do for e in several}) > 1:
        several.sort(key=lambda e: EARLY[e.do])
    return tuple(several)


def _named(records: Iterable[Any], classes: tuple[type, ...], doubts: list[object]) -> dict[type, dict[Any, Any]]:
    """Sort records by class and name; a second of the same name is a doubt."""
    found: dict[type, dict[Any, Any]] = {cls: {} for cls in classes}
    for r in records:
        if type(r) in found:
            name = (r.name, r.edition) if type(r) is Kind else r.name
            if found[type(r)].setdefault(name, r) is not r:
                doubts.append(r)
    return found


def _trimmed(made: Mapping[str, Share]) -> dict[str, Share]:
    """See who meets whom, so that unions are short: what nobody asks for is left out, what nobody adds to set apart."""
    wanted: dict[Key, set[Claim]] = defaultdict(set)
    fragments: dict[Key, dict[str, Fragment]] = defaultdict(dict)
    for plugin, share in made.items():
        for key, fragment in share.fragments.items():
            wanted[key] |= fragment.needs
            fragments[key][plugin] = fragment
    shared = {
        key: tuple(_met(sums) for sums in zip(*((f.effects, f.gates, f.guards) for f in of.values()), strict=True))
        for key, of in fragments.items()
    }
    rules = _met([share.rules for share in made.values()])
    rivals = _rivals({plugin: share.named for plugin, share in made.items()})
    owners = {key: _rivals({plugin: f.owned for plugin, f in of.items()}) for key, of in fragments.items()}

    def trimmed(plugin: str, key: Key, fragment: Fragment) -> Fragment:
        effects, gates, guards = shared[key]
        return attrs.evolve(
            fragment,
            rivals=owners[key][plugin],
            gives=fragment.gives & wanted[key],
            effects=fragment.effects.parted(effects),
            gates=fragment.gates.parted(gates),
            guards=fragment.guards.parted(guards),
        )

    return {
        plugin: attrs.evolve(
            share,
            rivals=rivals[plugin],
            fragments={key: trimmed(plugin, key, fragment) for key, fragment in share.fragments.items()},
            rules=share.rules.parted(rules),
        )
        for plugin, share in made.items()
    }


def _met(sums: Iterable[Sum]) -> set[Any]:
    """Find the keys that several plugins have."""
    return {key for key, n in Counter(key for s in sums for key in s.joint).items() if n > 1}


def _rivals(offered: Mapping[str, Iterable[Mapping[Any, Any]]]) -> dict[str, frozenset[str]]:
    """Find, for each plugin, those that offer something of the same sort by the same name."""
    owners: dict[Any, set[str]] = defaultdict(set)
    for plugin, sorts in offered.items():
        for n, named in enumerate(sorts):
            for name in named:
                owners[n, name].add(plugin)
    found: dict[str, set[str]] = {plugin: set() for plugin in offered}
    for several in owners.values():
        if len(several) > 1:
            for plugin in several:
                found[plugin] |= several - {plugin}
    return {plugin: frozenset(others) for plugin, others in found.items()}
