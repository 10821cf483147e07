"""The roster in from Popolo, in two steps: a preview with a state per object, then all or nothing."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

import attrs

from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, NotAllowed
from renda_core.services.mandates import KEEPERS
from renda_core.services.popolo.people import Seats
from renda_core.services.popolo.places import Places
from renda_core.services.popolo.read import Contents, Fault, Found, read
from renda_core.services.popolo.rows import Rows, Wrong
from renda_core.services.popolo.work import LeftOut, Work
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

State = Literal["new", "change", "same", "warning", "error"]
TOLD = 100
"""Reasons that one answer carries; of those beyond it gives the number."""


@attrs.frozen(kw_only=True)
class Item:
    """One object of a document: where it stands, what would happen to it, and why.

    Attributes:
        state: ``warning`` for one that would come in but is doubtful, and for one that is left out.
    """

    path: str
    state: State
    key: str
    reasons: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Preview:
    """What a document would do, object by object; nothing was changed. *notes* name what is not read."""

    items: tuple[Item, ...]
    notes: tuple[str, ...]

    @property
    def counts(self) -> dict[State, int]:
        """Count the objects by state."""
        return dict(Counter(i.state for i in self.items))

    @property
    def ok(self) -> bool:
        """Tell whether it may be applied: no object is wrong."""
        return not any(i.state == "error" for i in self.items)

    @property
    def errors(self) -> tuple[str, ...]:
        """Give the first reasons of what is wrong, and how many more there are."""
        return _some([r for i in self.items if i.state == "error" for r in i.reasons])

    @property
    def warnings(self) -> tuple[str, ...]:
        """Give the first warnings, and how many more there are."""
        return _some([r for i in self.items if i.state != "error" for r in i.reasons])


@attrs.frozen(kw_only=True)
class Applied:
    """What a document did."""

    new: int
    changed: int
    same: int
    warnings: int
    digest: str


async def preview(reader: Reader, tenant: Tenant, actor: Actor, raw: bytes, *, collection: str = "") -> Preview:
    """Say what a document would do, without doing it.

    Args:
        raw: The document, JSON in UTF-8.
        collection: What it holds, if it is a bare array.

    Raises:
        NotAllowed: The actor keeps no roster.
        ConfigError: It is no Popolo document at all.
    """
    return (await _planned(reader, tenant, actor, raw, collection))[0]


async def apply(unit: Unit, tenant: Tenant, raw: bytes, *, collection: str = "") -> Applied:
    """Do what a document says, all or nothing, as one journal entry with a digest of what was written.

    Nobody is taken away, and no mandate is ended: a mandate ends by its legal act.

    Raises:
        NotAllowed: The actor keeps no roster.
        ConfigError: It is no Popolo document, or some objects are wrong. Nothing was done.
    """
    planned, rows = await _planned(unit, tenant, unit.actor, raw, collection)
    if not planned.ok:
        raise ConfigError("Popolo: nothing was imported", *planned.errors)
    counts = planned.counts
    digest = await rows.write(unit) if rows.dirty else ""
    told: dict[str, Any] = {str(state): n for state, n in counts.items()}
    unit.record(
        "import.popolo", on=tenant.id, version=0, rule="import", objects=len(planned.items), digest=digest, **told
    )
    unit.emit("import.popolo", **told)
    return Applied(
        new=counts.get("new", 0),
        changed=counts.get("change", 0),
        same=counts.get("same", 0),
        warnings=counts.get("warning", 0),
        digest=digest,
    )


async def _planned(reader: Reader, tenant: Tenant, actor: Actor, raw: bytes, collection: str) -> tuple[Preview, Rows]:
    if not actor.roles & KEEPERS:
        raise NotAllowed(f"the roster is kept by {', '.join(sorted(KEEPERS))}")
    contents = read(raw, collection)
    rows = await Rows.load(reader)
    return Preview(items=plan(contents, rows, tenant), notes=contents.notes), rows


def plan(contents: Contents, rows: Rows, tenant: Tenant) -> tuple[Item, ...]:
    """Lay a document over the roster: what others stand on first, the answers in the document's order."""
    work = Work(contents, rows, tenant)
    places = Places(work)
    seats = Seats(work, places)
    made: dict[str, Item] = {f.path: _item(f, "error", f.faults) for f in contents.found if f.faults}
    for found, take in (*places.steps(), *seats.steps()):
        if found.path in made:
            continue
        work.begin()
        try:
            state: State = take(found)
        except LeftOut as out:
            made[found.path] = _item(found, "warning", (out.fault(found.path),))
        except Wrong as wrong:
            work.failed.add((found.collection, found.id))
            at = f"{found.path}.{wrong.field}"
            made[found.path] = _item(found, "error", (Fault(path=at, message=wrong.message, remedy=wrong.remedy),))
        else:
            doubts = tuple(
                Fault(path=f"{found.path}.{d.path}", message=d.message, remedy=d.remedy) for d in work.doubts
            )
            made[found.path] = _item(found, "warning" if doubts and state != "same" else state, doubts)
    return tuple(made[f.path] for f in contents.found)


def _item(found: Found, state: State, faults: tuple[Fault, ...]) -> Item:
    name = getattr(found.part, "name", None) or getattr(found.part, "label", None) or found.id
    return Item(path=found.path, state=state, key=str(name), reasons=tuple(str(f) for f in faults))


def _some(reasons: list[str]) -> tuple[str, ...]:
    more = len(reasons) - TOLD
    return (*reasons[:TOLD], *([f"and {more} more"] if more > 0 else []))
