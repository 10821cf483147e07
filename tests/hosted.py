"""A service with an operator and counties, on SQLite files or one PostgreSQL: what tests of hosting begin from."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import attrs
import pytest
from tests import databases

from renda_core.catalogue import Catalogue
from renda_core.configuration import TenantFile
from renda_core.domain.case import Actor
from renda_core.editions import Layer
from renda_core.premises import Premises
from renda_core.premises.making import found, make
from renda_core.services import journal
from renda_core.services.hosting import founding
from renda_core.tenancy import ALWAYS
from renda_core.testing import uid
from renda_core.workspace import ZONE, Home

T = TypeVar("T")
NOW = dt.datetime(2026, 1, 20, 9, tzinfo=ZONE)
OPERATOR = uid("tenant operator")
RUNNER = Actor(id=uid("runner"), roles={"operator"})
"""Who runs the service."""


def county(code: str, **settings: Any) -> TenantFile:
    """Give the configuration of a county with one practice."""
    layer = Layer(name=code, file=f"{code}.toml", since=ALWAYS, plugins={"suggestion_handling": settings}, sources={})
    return TenantFile(
        path=f"{code}.toml", id=uid(f"tenant {code}"), code=code, name=f"{code}人大常委会", level="county",
        layers=(layer,),
    )  # fmt: skip


@attrs.define
class Service:
    """Where tenants live, and a clock that tests set.

    Attributes:
        owner: The database as a role that may act as the owner of its tables.
    """

    home: Home
    database: str = ""
    silos: dict[str, str] = attrs.Factory(dict)
    catalogue: Catalogue = attrs.Factory(Catalogue.installed)
    owner: str = ""

    def run(self, work: Callable[[Premises], Awaitable[T]]) -> T:
        """Work on the premises as one process would, which ends then."""

        async def whole() -> T:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)
                premises = Premises(home=self.home, database=self.database, silos=self.silos, size=4)
                try:
                    return await work(premises)
                finally:
                    await premises.close()

        return asyncio.run(whole())

    def founded(self, *codes: str) -> None:
        """Make the operator and some counties."""

        async def work(premises: Premises) -> None:
            file = founding.configuration(OPERATOR, "platform", "省平台", "province")
            await found(premises, file, self.catalogue, RUNNER)
            for code in codes:
                await make(premises, county(code), self.catalogue)

        self.run(work)

    def act(self, use_case: Any, *args: Any, **kw: Any) -> Any:
        """Do something to a tenant as the operator."""
        return self.run(lambda premises: premises.act(RUNNER, use_case, *args, **kw))

    def purge(self, id: str) -> None:
        """Delete a tenant's rows in the database, as whoever may."""
        from renda_core.services import moving
        from renda_core.store.postgres import PostgresStore

        store = PostgresStore(self.owner, keys=self.home.keys(), now=self.home.now, size=1)
        try:
            moving.purge(store, id)
        finally:
            store.shut()

    def entries(self, id: str) -> list[tuple[str, str]]:
        """List what stands in a tenant's journal, with who did it."""

        async def work(premises: Premises) -> list[tuple[str, str]]:
            store = await premises.store((await premises.look()).one(id))
            found = await store.read(journal.verify, id)
            assert found.whole
            page = await store.read(journal.entries, id)
            return [(told["what"], told["actor"]) for line in page for told in [json.loads(line.entry)]]

        return self.run(work)


@pytest.fixture(params=databases.BOTH)
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Service:
    """A service on either back end, still without tenants."""
    home = Home(path=tmp_path / "home", now=lambda: NOW)
    home.path.mkdir()
    home.keys()
    made = Service(home)
    if request.param == "postgres":
        dsn = request.getfixturevalue("postgres_dsn")
        made.database, made.owner = databases.url(dsn, "renda_app"), databases.url(dsn)
    return made
