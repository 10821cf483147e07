"""Move a tenant from one PostgreSQL database to another: whole in one place that is served, whenever it is cut off.

The steps, each of which a second run finds done or does: the directory says that the tenant moves, and its requests
are answered "in a moment"; its journal is shut where it lives; its rows are written into an archive and brought in at
the other place, in one transaction that compares every table's count and hash; the journal is verified there; the
directory names the other place. What is left at the first place is shut, and is deleted by :func:`clear`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

import attrs

from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, Invalid, Misuse, Rejected, Taken
from renda_core.services import journal
from renda_core.services.hosting import acts
from renda_core.services.hosting.acts import Act
from renda_core.services.hosting.directory import ACTIVE, MOVING
from renda_core.services.hosting.telling import mark_told
from renda_core.services.moving import fencing
from renda_core.services.moving.arriving import arrived, bring_in
from renda_core.services.moving.leaving import Told, export
from renda_core.services.moving.purging import purge
from renda_core.store import directory as s
from renda_core.store import exclusive
from renda_core.store.archive.file import Manifest
from renda_core.store.archive.rows import Tally
from renda_core.store.directory import DirectoryRow
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit

MOVED = "tenant.moved"
LEFT = "tenant.remains_deleted"
MOVER, PLACE = "mover", "place"


@attrs.frozen(kw_only=True)
class Place:
    """A database that tenants live in.

    Attributes:
        name: Of a tenant's own database; empty for the shared one, where the directory lies.
        dsn: Of *store*, which requests are served from.
    """

    name: str
    dsn: str = attrs.field(repr=False)
    store: Store

    @property
    def shown(self) -> str:
        """Name it for people."""
        return self.name or "shared"


@attrs.frozen(kw_only=True)
class Moved:
    """What a move did.

    Attributes:
        tables: Count and hash of every table, as they were found in both places; the journal has one entry more now.
        left: The place where shut rows are left, to be deleted by :func:`clear`; None where nothing was moved.
    """

    entry: DirectoryRow
    tables: Mapping[str, Tally]
    left: str | None


@attrs.frozen(kw_only=True)
class Mover:
    """Moves tenants between places, as the operator.

    Attributes:
        places: By name; the shared one, which has the directory, is ``""``.
        operator: The id of the operator's tenant.
        reached: Is told of each step that was done.
    """

    places: Mapping[str, Place]
    operator: str
    by: Actor
    reached: Callable[[str], None] = lambda step: None
    told: Told | None = None

    @property
    def _main(self) -> Place:
        return self.places[""]

    def _entry(self, id: str) -> DirectoryRow:
        async def ask(reader: Reader) -> DirectoryRow:
            return await reader.one(s.ONE, id=id)

        return self._main.store.run(self._main.store.read(ask, self.operator))

    def _place(self, name: str) -> Place:
        if name not in self.places:
            told = f"{name!r} is not named in the file of RENDA_SILOS; there: {', '.join(filter(None, self.places))}"
            raise ConfigError("the place is not known", told)
        return self.places[name]

    def move(self, id: str, to: str, folder: Path | None = None) -> Moved:
        """Move a tenant; run again after it was cut off, it goes on. To where it lives, it gives a begun move up.

        Args:
            folder: Where the archive lies meanwhile; by default the system's folder for such files.

        Raises:
            Rejected: A ballot is open, or an older copy lies at the other place; the tenant is served where it was.
            Taken: Somebody else is moving it.
            Unavailable: A database does not answer; the tenant stays moving until this is run again.
        """
        target = self._place(to)
        with exclusive.held(self._main.dsn, MOVER, id, taken="somebody else is moving this tenant"):
            entry = self._entry(id)
            source = self._place(entry.silo)
            if source is target:
                return Moved(entry=self._stay(entry, source), tables={}, left=None)
            if entry.state != MOVING:
                entry = self._act(acts.begin_move, id, entry.version).entry
            self.reached("marked")
            try:
                tables = self._carry(entry, source, target, folder)
            except (Rejected, ConfigError, Invalid, Taken):  # nothing that a second run would find otherwise
                self._stay(entry, source)
                raise
            act = self._act(acts.end_move, id, target.name)
            self.reached("turned")
            self._main.store.run(self._main.store.write(mark_told, self.operator, self.by, None, act))
            self.reached("told")
            return Moved(entry=act.entry, tables=tables, left=source.shown)

    def _act(self, act: Callable[..., Coroutine[Any, Any, Act]], id: str, *args: object) -> Act:
        return self._main.store.run(self._main.store.write(act, self.operator, self.by, None, id, *args))

    def _stay(self, entry: DirectoryRow, source: Place) -> DirectoryRow:
        """Give a begun move up: the tenant is served where it lives."""
        fencing.unshut(source.store, entry.id)
        if entry.state != MOVING:
            return entry
        return self._act(acts.end_move, entry.id).entry

    def _carry(self, entry: DirectoryRow, source: Place, target: Place, folder: Path | None) -> Mapping[str, Tally]:
        fencing.shut(source.store, entry.id)
        self.reached("shut")
        with tempfile.TemporaryDirectory(prefix="renda-move-", dir=folder) as room:
            path = Path(room) / f"{entry.code}.renda"
            manifest = export(source.store, entry.id, path, by=self.by.id, rows_only=True, told=self.told)
            self.reached("written")
            if not self._there(manifest, target):
                body = {"from": source.shown, "to": target.shown, "operator": self.operator}
                bring_in(target.store, path, by=self.by, what=MOVED, body=body, rows_only=True, told=self.told)
            self.reached("copied")
        return self._compared(manifest, target)

    def _there(self, manifest: Manifest, target: Place) -> bool:
        """Tell whether an earlier run brought all of it in before it was cut off.

        Raises:
            Rejected: What lies there is another state of it.
        """
        found = arrived(target.store, manifest)
        if found is False:
            remedy = f"delete it first: renda tenant clear {manifest.tenant.code} --at {target.shown} --dsn DSN"
            raise Rejected("the tenant is not moved", f"an older copy of it lies at {target.shown}; {remedy}")
        return bool(found)

    def _compared(self, manifest: Manifest, target: Place) -> Mapping[str, Tally]:
        verified = target.store.run(target.store.read(journal.verify, manifest.tenant.id))
        if not verified.whole or not arrived(target.store, manifest):
            raise Misuse(f"the copy at {target.shown} is not what was sent; {verified.why}")
        self.reached("compared")
        return {part.name: part.tally for part in manifest.tables}

    def clear(self, id: str, at: str, owner: Place) -> Mapping[str, int]:
        """Delete what a move left of a tenant at a place where it is not served.

        Args:
            owner: That place, with a DSN that may act as the tables' owner.

        Raises:
            Rejected: It is served there, or it is being moved.
            Taken: The DSN names the database where it is served.
        """
        with exclusive.held(self._main.dsn, MOVER, id, taken="somebody is moving this tenant"):
            entry = self._entry(id)
            if entry.state != ACTIVE or entry.silo == at:
                raise Rejected("nothing was deleted", f"{entry.code} is {entry.state} at {entry.silo or 'shared'}")
            served = self._place(entry.silo)
            told = f"this DSN names the database where {entry.code} is served; nothing was deleted"
            with (
                exclusive.held(served.dsn, PLACE, id, taken=told),
                exclusive.held(owner.dsn, PLACE, id, taken=told),  # the same lock twice: the same database
            ):
                verified = served.store.run(served.store.read(journal.verify, id))
                if not verified.whole:
                    raise Rejected("nothing was deleted", f"where it is served its journal is broken: {verified.why}")
                deleted = purge(owner.store, id)
            main = self._main.store
            main.run(main.write(_note_cleared, self.operator, self.by, id, owner.shown, sum(deleted.values())))
        return deleted


async def _note_cleared(unit: Unit, id: str, place: str, rows: int) -> None:
    unit.record(LEFT, on=id, version=0, rule="operator", place=place, rows=rows)
