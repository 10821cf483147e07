"""What another configuration would change: rules by day, practices on and off, what is shut."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import attrs

from renda_core.tenancy import Difference, Tenant, differences


@attrs.frozen(kw_only=True)
class Change:
    """One rule that is not the same, from a day on; the day is today for what holds at once."""

    since: dt.date
    difference: Difference


@attrs.frozen(kw_only=True)
class Comparison:
    """Two configurations of a tenant beside each other.

    Attributes:
        on, off: Practices that only the later, or only the earlier one has.
        readonly: Why cases of a kind can only be read under the later one, by kind, where they can be changed now.
        changes: Of practices that both have, in the order of their days.
    """

    name: tuple[str, str] | None
    level: tuple[str, str] | None
    on: tuple[str, ...]
    off: tuple[str, ...]
    readonly: Mapping[str, str]
    changes: tuple[Change, ...]

    @property
    def same(self) -> bool:
        """Tell whether nothing that anybody would notice is different."""
        return not (self.name or self.level or self.on or self.off or self.readonly or self.changes)


def compare(before: Tenant, after: Tenant, today: dt.date) -> Comparison:
    """Say what changes when one configuration takes the place of another, today and on every later day."""
    mine, theirs = before.practice.plugins, after.practice.plugins
    return Comparison(
        name=_pair(before.name, after.name),
        level=_pair(before.level, after.level),
        on=tuple(sorted(theirs - mine)),
        off=tuple(sorted(mine - theirs)),
        readonly=dict(_shut(before, after)),
        changes=tuple(_changes(before, after, today)),
    )


def _pair(before: str, after: str) -> tuple[str, str] | None:
    return None if before == after else (before, after)


def _shut(before: Tenant, after: Tenant) -> Iterator[tuple[str, str]]:
    """Name the kinds whose cases can be changed now and not afterwards."""
    kinds = {kind for kind, _ in after.practice.procedures}
    closed = after.readonly
    for kind in sorted({kind for kind, _ in before.practice.procedures} - before.readonly.keys()):
        if kind not in kinds:
            yield kind, "no practice that is enabled offers it"
        elif kind in closed:
            yield kind, closed[kind]


def _changes(before: Tenant, after: Tenant, today: dt.date) -> Iterator[Change]:
    """Give each difference on the first day on which it is one."""
    days = {today, *(e.since for tenant in (before, after) for e in tenant.editions if e.since > today)}
    both = before.practice.plugins & after.practice.plugins
    told: dict[tuple[str, str], Difference] = {}
    for day in sorted(days):
        found = {(d.plugin, d.name): d for d in differences(before.rules(day), after.rules(day)) if d.plugin in both}
        for key, one in found.items():
            if key not in told or not _alike(told[key], one):
                yield Change(since=day, difference=one)
        told = found


def _alike(one: Difference, other: Difference) -> bool:
    sides = ((one.before, other.before), (one.after, other.after))
    return all((a and a.value) == (b and b.value) for a, b in sides)
