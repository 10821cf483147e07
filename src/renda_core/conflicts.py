"""Say in words why plugins do not fit together: every conflict, both sides by name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from renda_core.domain.procedure import ClockRule, Follow, Kind, Party, Step
from renda_core.fragments import NAMED, OF_KIND, OWNED, Key, concerns
from renda_core.records import BallotKind, RecordRule, Watch


def conflicts(records: Iterable[Any], prefer: Mapping[str, str], installed: frozenset[Key]) -> Iterator[str]:
    """List every conflict and every stray among the records of some plugins.

    Args:
        prefer: Which plugin wins where several replace the same clock.
        installed: (kind, step) of every installed plugin: a record rule or a follower may wait for one of these.
    """
    every = tuple(records)
    kinds = [r for r in every if isinstance(r, Kind)]
    yield from _twice(every)
    yield from _strays(every, {k.name for k in kinds}, installed)
    of_kinds = [[r for r in every if concerns(r, (k.name, k.edition))] for k in kinds]
    for kind, mine in zip(kinds, of_kinds, strict=True):
        yield from _of_kind(kind, mine, prefer)
    yield from _lost_outcomes(every, {r.name for mine in of_kinds for r in mine if isinstance(r, Step)})


def chosen(rules: Iterable[ClockRule], prefer: Mapping[str, str]) -> list[ClockRule]:
    """Give those of several replacements of one clock that a tenant's preference leaves; one is as it should be."""
    return [r for r in rules if r.plugin == prefer.get(f"{r.kind}.{r.name}", r.plugin)]


def _twice(records: Iterable[Any]) -> Iterator[str]:
    """Name both where two offer the same."""
    seen: dict[Any, Any] = {}
    for r in records:
        if isinstance(r, NAMED):
            key = (type(r), r.name, getattr(r, "edition", ""))
            if (other := seen.setdefault(key, r)) is not r:
                yield f"{other.plugin!r} and {r.plugin!r} both offer {type(r).__name__} {r.name!r}"


def _strays(records: Iterable[Any], kinds: set[str], installed: frozenset[Key]) -> Iterator[str]:
    """Name what extends a kind that nobody enabled offers, or records or follows what nobody has at all."""
    known = kinds | {kind for kind, _ in installed}
    for r in records:
        if isinstance(r, Follow) and r.kind not in known:
            yield f"{r.plugin!r} follows kind {r.kind!r}, which no installed plugin offers"
        if isinstance(r, (*OF_KIND, Watch)) and not isinstance(r, Follow) and r.kind not in kinds:
            yield f"{r.plugin!r} extends kind {r.kind!r}, which no enabled plugin offers"
        if isinstance(r, RecordRule) and (r.kind, r.step) not in installed:
            yield f"{r.plugin!r} records {r.kind}.{r.step}, which no installed plugin offers"


def _lost_outcomes(records: Iterable[Any], steps: set[str]) -> Iterator[str]:
    """Name the steps that a verdict would take and nobody offers: it would show only when the vote is declared."""
    for r in records:
        if isinstance(r, BallotKind):
            for step in sorted(set(r.outcomes.values()) - steps):
                yield f"{r.plugin!r}: ballot {r.name!r} leads to step {step!r}, which no enabled plugin offers"


def _of_kind(kind: Kind, records: Iterable[Any], prefer: Mapping[str, str]) -> Iterator[str]:
    """List what does not fit in one edition of one kind."""
    owned: dict[tuple[type, str], Any] = {}
    replacing: dict[str, list[ClockRule]] = defaultdict(list)
    for r in records:
        if isinstance(r, ClockRule) and r.replaces:
            replacing[r.name].append(r)
        elif isinstance(r, OWNED) and (other := owned.setdefault((type(r), r.name), r)) is not r:
            yield f"{other.plugin!r} and {r.plugin!r} both offer {type(r).__name__} {kind.name}.{r.name}"
    for name, rules in replacing.items():
        label = f"{kind.name}.{name}"
        if (ClockRule, name) not in owned:
            yield f"{rules[0].plugin!r} replaces clock {label}, which nobody offers"
        elif len(chosen(rules, prefer)) != 1:
            both = " and ".join(repr(r.plugin) for r in rules)
            yield f'{both} replace clock {label}; choose one: prefer = {{"{label}" = "{rules[0].plugin}"}}'
    for party in owned.values():
        if isinstance(party, Party) and party.name in kind.parties:
            yield f"{party.plugin!r} adds party {kind.name}.{party.name}, which the kind has already"
