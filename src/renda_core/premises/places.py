"""Where tenants live: one SQLite file for each in a home, or one PostgreSQL for all, and databases of their own."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import stat
import time
import tomllib
import warnings
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs

from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, NotFound, RendaError, Unavailable
from renda_core.premises.files import Files
from renda_core.services import tenants
from renda_core.services.hosting import acts, directory, telling
from renda_core.services.hosting.acts import NOBODY, Act
from renda_core.services.hosting.directory import Directory, SiloAbsent
from renda_core.store.directory import DirectoryRow
from renda_core.store.revision import refuse_other
from renda_core.store.sqlite import SqliteStore
from renda_core.store.stores import Store
from renda_core.workspace import Home

T = TypeVar("T")
log = logging.getLogger("renda.premises")
JOB = Actor(id="job:hosting", roles={directory.OPERATOR})
"""Who tells a tenant's journal what an act said that was cut off before."""
AWAY = 5.0
"""Seconds for which a silo that could not be reached is not tried again: each try may wait as long for its answer."""
CALM = dt.timedelta(seconds=30)
"""How old an act is before anybody but who did it tells the tenant's journal of it. U: they do so within a second."""
UPGRADE = "renda upgrade --dsn DSN"


def read_silos(path: str) -> Mapping[str, str]:
    """Read the file that says where tenants' own databases are: a line ``name = "postgresql://…"`` each.

    Raises:
        ConfigError: It is no such file, or others can read it.
    """
    if not path:
        return {}
    file = Path(path)
    try:
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError("RENDA_SILOS cannot be used", f"{file} is open to others; chmod 600 {file}")
        raw = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError("RENDA_SILOS cannot be used", f"{file}: {error}") from None
    wrong = [name for name, dsn in raw.items() if not name or not isinstance(dsn, str) or not dsn]
    if wrong:
        raise ConfigError("RENDA_SILOS cannot be used", *(f'{file}: {n}: write {n} = "postgresql://…"' for n in wrong))
    return raw


@attrs.define(kw_only=True)
class Premises:
    """Finds tenants and opens their stores; what of the directory is known is kept.

    Attributes:
        database: The DSN of PostgreSQL; empty means a SQLite file for each tenant.
        silos: The DSNs of databases of tenants that have one of their own, by name.
        size: Connections to the shared database, at most.
        known: The directory as it was last read.
    """

    home: Home
    database: str = attrs.field(default="", repr=False)
    silos: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    size: int = 10
    known: Directory | None = attrs.field(default=None, init=False)
    _stores: dict[str, Any] = attrs.field(factory=dict, init=False, repr=False)
    _paths: dict[str, Path] = attrs.field(factory=dict, init=False, repr=False)
    _files: Files = attrs.field(init=False, repr=False)
    _asking: dict[str, asyncio.Lock] = attrs.field(factory=dict, init=False, repr=False)
    _away: dict[str, float] = attrs.field(factory=dict, init=False, repr=False)
    _shut: dict[str, str] = attrs.field(factory=dict, init=False, repr=False)
    _rows: dict[str, DirectoryRow | None] = attrs.field(factory=dict, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._files = Files(self.at)

    @classmethod
    def of(cls, home: Home, environ: Mapping[str, str], *, size: int = 1) -> Premises:
        """Read RENDA_DATABASE and RENDA_SILOS beside the home.

        Raises:
            ConfigError: The file of silos cannot be used.
        """
        silos = read_silos(environ.get("RENDA_SILOS", ""))
        return cls(home=home, database=environ.get("RENDA_DATABASE", ""), silos=silos, size=size)

    @property
    def kept(self) -> bool:
        """Tell whether there is a directory: without one every file of the home is an active tenant."""
        return bool(self.database) or self.home.operator.exists()

    async def look(self) -> Directory:
        """Read the directory, where it is not as it was.

        Raises:
            ConfigError: The tables are of an older, or a newer, renda.
        """
        if self.kept:
            store, before = await self.main(), self.known
            self.known = await store.read(directory.read, NOBODY, before)
            if self.known is not before:
                self._files.let_go()
        else:
            codes = self.home.codes()
            if self.known is None or self.known.mark != codes:
                rows = [row for code in codes if (row := await self._of_file(code)) is not None]
                # one that cannot be opened is tried again at the next look: it may have been put right
                self.known = Directory.of(codes if len(rows) == len(codes) else None, rows)
        return self.known

    async def _of_file(self, code: str) -> DirectoryRow | None:
        """Say whose a file is; None, and a line in the log, where it cannot be opened."""
        if code not in self._rows:
            try:
                store = self._files.get(self.home.file(code))
                id = await store.read(tenants.whose, NOBODY)
                row = await store.read(tenants.row, id)
                self._rows[code] = acts.new_entry(id, code, row.name, row.level, self.home.now())
            except RendaError as error:  # its own requests are answered so; the others are served
                if self._shut.get(code) != str(error):
                    log.error("tenant %s cannot be opened: %s", code, error)
                self._shut[code] = str(error)
                return None
        return self._rows[code]

    async def main(self) -> Store:
        """Give the store that holds the directory.

        Raises:
            ConfigError: Its tables are of an older, or a newer, renda.
            NotFound: There is none.
        """
        if self.database:
            return await self._postgres("", self.database, self.size)
        if not self.home.operator.exists():
            raise NotFound(f"no operator in {self.home.path}; make one: renda operator new CODE NAME")
        return self._files.get(self.home.operator)

    async def _postgres(self, name: str, dsn: str, size: int) -> Store:
        if (found := self._stores.get(name)) is None:
            try:
                from renda_core.store.postgres import PostgresStore
            except ModuleNotFoundError as missing:
                remedy = "install it: pip install 'renda[postgres]'"
                raise ConfigError("PostgreSQL cannot be reached", f"{missing.name} is missing; {remedy}") from missing
            found = PostgresStore(dsn, keys=self.home.keys(), now=self.home.now, size=size)
            try:
                refuse_other(await found.standing(), "the database", UPGRADE)
            except BaseException:
                await found.close()
                raise
            self._stores[name] = found
        store: Store = found
        return store

    def at(self, path: Path) -> SqliteStore:
        """Give the store of a file that whoever asks closes."""
        with warnings.catch_warnings():
            # `renda serve` and `renda init` tell about the machine's SQLite.
            warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)
            return SqliteStore(path, keys=self.home.keys(), now=self.home.now)

    async def store(self, entry: DirectoryRow) -> Store:
        """Give the store of a tenant.

        Raises:
            SiloAbsent: It has a database of its own, which is not known, not reached, or keeps its walls badly.
            NotFound: Its file is gone.
            ConfigError: Its tables are of an older, or a newer, renda.
        """
        if entry.silo:
            return await self._silo(entry.silo)
        if self.database:
            return await self.main()
        if (path := self._paths.get(entry.code)) is None:  # to put one together costs as much as to look whether it is
            path = self._paths[entry.code] = self.home.operator if entry.operator else self.home.file(entry.code)
        return self._files.get(path)

    async def _silo(self, name: str) -> Store:
        if (found := self._stores.get(name)) is None:
            async with self._asking.setdefault(name, asyncio.Lock()):  # of those who come at once, one tries
                found = self._stores.get(name) or await self._reached(name)
        store: Store = found
        return store

    async def _reached(self, name: str) -> Store:
        absent = SiloAbsent("this office's database cannot be reached", retry_after=directory.SOON)
        if time.monotonic() < self._away.get(name, 0.0):
            raise absent
        from renda_core.store.walls import refuse_weak_walls

        try:
            if name not in self.silos:
                raise ConfigError("the silo is not known", f"{name}: name its database in the file of RENDA_SILOS")
            await refuse_weak_walls(self.silos[name])
            return await self._postgres(name, self.silos[name], max(2, self.size // 2))
        except (ConfigError, Unavailable) as error:
            log.error("silo %s: %s", name, error)
            self._away[name] = time.monotonic() + AWAY
            raise absent from None

    async def operator(self) -> tuple[Store, DirectoryRow]:
        """Give the operator's own tenant.

        Raises:
            NotFound: There is none.
        """
        entry = (await self.look()).operator if self.kept else None
        if entry is None:
            raise NotFound("this service has no operator; make one: renda operator new CODE NAME")
        return await self.store(entry), entry

    async def act(self, actor: Actor, use_case: Any, *args: Any, **kw: Any) -> DirectoryRow:
        """Do something to a tenant as the operator, and have its own journal told.

        Args:
            use_case: One of :mod:`renda_core.services.hosting.acts` that gives an ``Act``.
        """
        store, entry = await self.operator()
        act = await store.write(use_case, entry.id, actor, entry, *args, **kw)
        return await self.tell(act, actor)

    async def tell(self, act: Act, actor: Actor = JOB) -> DirectoryRow:
        """Have a tenant's own journal told of an act, and the directory read anew; give the entry as it now is.

        Where the tenant's data cannot be reached just now, :meth:`settle` tells it later.
        """
        await self.look()
        store, operator = await self.operator()
        try:
            theirs = await self.store(act.entry)
            at_home = bool(self.database) and theirs is store
            await theirs.write(telling.noted, act.entry.id, actor, act, operator.id, at_home)
        except (SiloAbsent, Unavailable, NotFound) as error:
            log.warning("tenant %s was not told of %s yet: %s", act.entry.code, act.what, error)
            return act.entry
        await store.write(telling.mark_told, operator.id, actor, operator, act)
        return attrs.evolve(act.entry, told=act.entry.version)

    async def settle(self) -> None:
        """Tell the journals of tenants what an act said that was cut off between the two.

        One whose journal cannot be told just now keeps no other waiting.
        """
        if not self.kept or (await self.look()).operator is None:
            return
        store, operator = await self.operator()
        for entry in await store.read(telling.untold, operator.id, operator, self.home.now() - CALM):
            try:
                await self.tell(Act(entry=entry, what=f"tenant.{entry.state}"))
            except RendaError as error:
                log.error("the journal of tenant %s was not told: %s", entry.code, error)

    async def close(self) -> None:
        """Close every store; one that is used later is opened anew."""
        self._files.close()
        for store in self._stores.values():
            await store.close()
        self._stores.clear()


def alone(home: Home, environ: Mapping[str, str], work: Any) -> Any:
    """Run ``work(premises)`` from a plain script, on stores that are closed afterwards."""

    async def whole() -> Any:
        premises = Premises.of(home, environ)
        try:
            return await work(premises)
        finally:
            await premises.close()

    made: Coroutine[Any, Any, Any] = whole()
    return asyncio.run(made)
