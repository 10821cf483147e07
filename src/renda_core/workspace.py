"""One tenant's store and configuration together: what a plain script, a command and a test hold in their hands."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs

from renda_core import compliance, holidays
from renda_core.catalogue import Catalogue
from renda_core.configuration import TenantFile, read_tenant
from renda_core.domain.calendar import Calendar
from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, NotFound
from renda_core.footprint import Footprint, footprint
from renda_core.services import tenants
from renda_core.store.keys import Keys
from renda_core.store.revision import locations, refuse_other, standing
from renda_core.store.sqlite import SqliteStore
from renda_core.store.stores import ReadCase, Store, WriteCase
from renda_core.tenancy import Tenant

T = TypeVar("T")
P = ParamSpec("P")
ZONE = ZoneInfo("Asia/Shanghai")
SETUP = Actor(id="job:setup", roles={"office"})


def clock() -> dt.datetime:
    """Tell the moment, in the zone that every deadline is counted in."""
    return dt.datetime.now(ZONE)


@attrs.frozen(kw_only=True)
class Home:
    """A folder that holds tenants, each a SQLite file, and beside them the key that no backup of the data needs."""

    path: Path
    now: Callable[[], dt.datetime] = clock

    @property
    def key(self) -> Path:
        """Name the key file."""
        return self.path / "keys" / "renda.key"

    @property
    def operator(self) -> Path:
        """Name the file of the operator's own tenant, which holds the directory; there need not be one."""
        return self.path / "operator.db"

    def file(self, code: str) -> Path:
        """Name a tenant's file."""
        return self.path / "tenants" / f"{code}.db"

    def codes(self) -> tuple[str, ...]:
        """List the tenants that have a file here."""
        return tuple(sorted(p.stem for p in (self.path / "tenants").glob("*.db")))

    def files(self) -> dict[str, Path]:
        """List the tenants' files by code, the operator's first: the others are found through it.

        A file that cannot be read has the file's own name for a code; who opens it is told why.
        """
        found: dict[str, Path] = {}
        if self.operator.exists():
            code = self.operator.stem
            with suppress(sqlite3.DatabaseError):
                with closing(sqlite3.connect(f"{self.operator.resolve().as_uri()}?mode=ro", uri=True)) as raw:
                    # Its tables may be older than any statement of ours; what it is called, they always held.
                    row = raw.execute("SELECT code FROM tenant").fetchone()
                code = row[0] if row else code
            found[code] = self.operator
        return found | {code: self.file(code) for code in self.codes()}

    def keys(self) -> Keys:
        """Read the key, or make it where there is neither key nor data yet.

        Raises:
            ConfigError: There are data here and no key to open them.
        """
        if not self.key.exists() and not self.codes() and not self.operator.exists():
            return Keys.make(self.key)
        return Keys.read(self.key)

    def create(self, file: TenantFile, catalogue: Catalogue | None = None, actor: Actor = SETUP) -> Workspace:
        """Make or bring up to date a tenant's file, and apply its configuration as *actor*.

        Raises:
            ConfigError: The configuration is wrong; nothing was made or changed.
        """
        from renda_core.store.migrate import create_sqlite  # loads Alembic, which only this needs

        known = catalogue or Catalogue.installed()
        file.open(known, Calendar(), self.now().date())
        held = footprint(known.offers, file.plugins)
        keys, path = self.keys(), self.file(file.code)
        create_sqlite(path, locations(known.modules.values()))
        store = SqliteStore(path, keys=keys, now=self.now)
        store.run(store.write(tenants.apply, file.id, actor, file, held))
        return Workspace(store=store, catalogue=known, file=file, footprint=held, now=self.now)

    def open(self, code: str, catalogue: Catalogue | None = None) -> Workspace:
        """Open a tenant that was created here.

        Raises:
            NotFound: There is none of this code; the message names those that are.
            ConfigError: Its tables are of an older, or a newer, renda.
        """
        path = self.file(code)
        if not path.exists() and self.operator.exists() and self._of(self.operator) == code:
            path = self.operator
        if not path.exists():
            there = ", ".join(self.codes()) or "none yet"
            raise NotFound(f"no tenant {code!r} in {self.path}; there: {there}. Make one: renda tenant apply FILE")
        store = self._store(path)
        known = catalogue or Catalogue.installed()
        id = store.run(store.read(tenants.whose, str(UUID(int=0))))
        held = store.run(store.read(tenants.in_force, id))
        if held is None:
            raise ConfigError(f"{path} has no configuration", "apply one: renda tenant apply FILE")
        return Workspace(store=store, catalogue=known, file=held.file, footprint=held.footprint, now=self.now)

    def _store(self, path: Path) -> SqliteStore:
        refuse_other(standing(path), str(path), "renda upgrade")
        return SqliteStore(path, keys=self.keys(), now=self.now)

    def _of(self, path: Path) -> str:
        """Read the code of the tenant that a file belongs to."""
        store = self._store(path)
        try:
            id = store.run(store.read(tenants.whose, str(UUID(int=0))))
            return store.run(store.read(tenants.row, id)).code
        finally:
            store.shut()


@attrs.define(kw_only=True)
class Workspace:
    """A tenant at work, on any store. ``do`` runs a use case that changes things, ``ask`` one that reads.

    Attributes:
        footprint: What the plugins of *file* touch, as kept with it; None where that is not known.

    Example:
        ::

            with Home(path=Path("data")).open("tonghe") as office:
                case = office.do(cases.open_case, clerk, OpenCase(kind="suggestion", title="修桥", body=...))
    """

    store: Store
    catalogue: Catalogue
    file: TenantFile
    footprint: Footprint | None = None
    now: Callable[[], dt.datetime] = clock
    calendar: Calendar = attrs.Factory(holidays.calendar)
    _opened: Tenant | None = None
    _learnt: tuple[int, dt.date] | None = None

    @property
    def tenant(self) -> Tenant:
        """The tenant as it stands today; what is costly is done once.

        A plugin that is absent by now leaves what it touched read-only: see ``Tenant.absent`` and ``Tenant.readonly``.
        """
        today = self.now().astimezone(ZONE).date()
        if self._opened is None:
            self._opened = self.file.reopen(self.catalogue, self.calendar, today, self.footprint)
        opened = self._opened if self._opened.today == today else self._opened.on(today)
        if self._learnt is None or self._learnt != (id(self._opened), today):
            self.store.keys.use(
                self.file.id, compliance.of(opened).suite
            )  # its personal data are sealed so from now on
            self._learnt = id(self._opened), today
        return opened

    def do(self, use_case: WriteCase[..., T], actor: Actor, /, *args: Any, **kw: Any) -> T:
        """Run a use case ``(unit, tenant, …)`` in one transaction."""
        return self.store.run(self.store.write(use_case, self.file.id, actor, self.tenant, *args, **kw))

    def ask(self, use_case: ReadCase[..., T], /, *args: Any, **kw: Any) -> T:
        """Run a use case ``(reader, tenant, …)`` that only reads."""
        return self.store.run(self.store.read(use_case, self.file.id, self.tenant, *args, **kw))

    def read(self, use_case: ReadCase[..., T], /, *args: Any, **kw: Any) -> T:
        """Run a use case ``(reader, …)`` that needs no configuration, such as verifying the journal."""
        return self.store.run(self.store.read(use_case, self.file.id, *args, **kw))

    def apply(self, file: TenantFile, actor: Actor) -> int:
        """Apply a new version of this tenant's configuration; it holds from now on.

        Raises:
            ConfigError: It is wrong, or another tenant's; the old one stays in force.
        """
        if file.id != self.file.id:
            raise ConfigError("the file is another tenant's", f"{file.path}: id = {file.id}, here is {self.file.id}")
        file.open(self.catalogue, self.calendar, self.tenant.today)
        held = footprint(self.catalogue.offers, file.plugins)
        version = self.store.run(self.store.write(tenants.apply, file.id, actor, file, held))
        self.file, self.footprint, self._opened = file, held, None
        return version

    def remember(self) -> None:
        """Keep what the plugins touch by now, for the day that one is gone; while one is, what was kept stands."""
        held = footprint(self.catalogue.offers, self.file.plugins)
        if not self.tenant.absent and held != self.footprint:
            self.store.run(self.store.write(tenants.remember, self.file.id, SETUP, held))
            self.footprint = held

    def close(self) -> None:
        """Close the store."""
        self.store.shut()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def open_tenant(path: str | Path, *, home: str | Path = "data") -> Workspace:
    """Create, or bring up to date, the tenant of a TOML file in a folder, and open it: the shortest way in.

    Args:
        path: The tenant's TOML file.
        home: Where data and key are kept.
    """
    return Home(path=Path(home)).create(read_tenant(Path(path)))
