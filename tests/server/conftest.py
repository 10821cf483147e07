"""A server on a home of SQLite files, with two counties and everybody's tokens."""

from __future__ import annotations

import datetime as dt
import functools
import shutil
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from tests import databases

from renda_core.catalogue import Catalogue
from renda_core.configuration import read_tenant
from renda_core.domain.case import Actor
from renda_core.services import journal, tenants
from renda_core.services.accounts.asking import SESSION
from renda_core.store.postgres import PostgresStore
from renda_core.testing import uid
from renda_core.workspace import ZONE, Home, Workspace
from renda_server.app import create_app
from renda_server.settings import Settings

from . import passing

COUNTY = """
id = "{id}"
code = "{code}"
name = "{code}"
level = "county"
[plugins.suggestion_handling]
"""
NOW = dt.datetime(2026, 1, 20, 9, tzinfo=ZONE)
IDS = {"qing": uid("tenant qing"), "bai": uid("tenant bai")}
WANG, LI, ROADS = uid("wang"), uid("li"), uid("roads")
PEOPLE = {
    "office": ("qing", Actor(id=uid("clerk"), roles="office assigner")),
    "wang": ("qing", Actor(id=WANG, roles="deputy")),
    "li": ("qing", Actor(id=LI, roles="deputy")),
    "roads": ("qing", Actor(id=uid("roads clerk"), unit=ROADS)),
    "overseer": ("qing", Actor(id=uid("overseer"), roles="overseer")),
    "chair": ("qing", Actor(id=uid("chair"), roles="presidium")),
    "other": ("bai", Actor(id=uid("other clerk"), roles="office assigner")),
}
NAMES = frozenset({"testserver.local"})
"""By which the tests' server is called."""
OVER = "https://testserver.local"
"""How the tests ask: votes by device take no plain HTTP, see test_plain_http.py."""
both = pytest.mark.parametrize("site", databases.BOTH, indirect=True)
"""Marks what is run on SQLite and on PostgreSQL."""
REPLY = {"document": "清交函〔2026〕1号", "reply_class": "A", "signed_by": "赵局长"}


class Site:
    """A running server, and what lies under it."""

    def __init__(
        self, home: Home, tokens: dict[str, str], app: Litestar, client: TestClient[Litestar], database: str = ""
    ) -> None:
        self.home, self.tokens, self.app, self.client, self.database = home, tokens, app, client, database
        self.people = {name: actor for name, (_, actor) in PEOPLE.items()}

    def open(self, code: str = "qing") -> Workspace:
        """Open a county beside the server, as a command does."""
        if not self.database:
            return quiet_open(self.home, code)
        store = PostgresStore(self.database, keys=self.home.keys(), now=self.home.now, size=1)
        file = store.run(store.read(tenants.configuration, IDS[code]))
        assert file is not None
        return Workspace(store=store, catalogue=Catalogue.installed(), file=file, now=self.home.now)

    def give(self, people: Mapping[str, Actor], code: str = "qing") -> None:
        """Give tokens to more people."""
        with self.open(code) as county:
            self.tokens |= passing.by_workspace(county, people)
        self.people |= people

    def session(self, who: str, code: str = "qing") -> str:
        """Sign somebody in; give what their browser's cookie holds."""
        with self.open(code) as county:
            return passing.given(county.store, county.file.id, {who: PEOPLE[who][1]}, by=SESSION)[who]

    def get(self, path: str, who: str = "office", **rest: Any) -> Any:
        """Ask as somebody."""
        return self.client.get(path, headers={"Authorization": f"Bearer {self.tokens[who]}"}, **rest)

    def post(self, path: str, body: Any, who: str = "office", **headers: str) -> Any:
        """Send as somebody."""
        headers["Authorization"] = f"Bearer {self.tokens[who]}"
        return self.client.post(path, json=body, headers=headers)

    def opened(self, **body: Any) -> str:
        """Open and submit a suggestion of Wang; give its id."""
        whole = {"text": "城东石桥多年失修", **body}
        case = {"kind": "suggestion", "title": "修桥", "body": whole, "parties": {"proposer": [WANG]}}
        made = self.post("/api/cases", case, "wang")
        assert made.status_code == 201, made.text
        id: str = made.json()["id"]
        self.step(id, "submit", "wang")
        return id

    def step(self, id: str, step: str, who: str = "office", **rest: Any) -> Any:
        """Take a step that must succeed, on the newest version."""
        version = self.get(f"/api/cases/{id}", who).json()["version"]
        done = self.post(f"/api/cases/{id}/steps", {"step": step, "version": version, **rest}, who)
        assert done.status_code == 200, done.text
        return done.json()

    def assigned(self) -> str:
        """Bring a suggestion to the roads."""
        id = self.opened()
        self.step(id, "accept")
        self.step(id, "assign", units=[[ROADS, "sole"]])
        return id

    def verify(self, code: str = "qing") -> journal.Verified:
        """Check a county's journal."""
        with self.open(code) as county:
            return county.read(journal.verify)


def quiet_open(home: Home, code: str) -> Workspace:
    """Open a county; that the machine's SQLite is old is not the test's matter."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)
        return home.open(code)


@pytest.fixture(scope="session")
def two_counties(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A home with two counties and everybody's tokens, made once; tests work on copies."""
    folder = tmp_path_factory.mktemp("server")
    home = Home(path=folder / "home", now=lambda: NOW)
    tokens: dict[str, str] = {}
    for code, id in IDS.items():
        path = folder / f"{code}.toml"
        path.write_text(COUNTY.format(id=id, code=code), "utf-8")
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)
            with home.create(read_tenant(path)) as county:
                tokens |= passing.by_workspace(county, {n: a for n, (of, a) in PEOPLE.items() if of == code})
    return home.path, tokens


installed = functools.cache(Catalogue.installed)
"""The practices that are installed: the same for every server of a run, and looked for once."""


@pytest.fixture
def site(two_counties: tuple[Path, dict[str, str]], tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A running server on a copy of the two counties; on PostgreSQL too where a test is marked ``both``."""
    home = Home(path=Path(shutil.copytree(two_counties[0], tmp_path / "home")), now=lambda: NOW)
    settings, tokens = Settings(names=NAMES, home=home, now=lambda: NOW), two_counties[1]
    if getattr(request, "param", "sqlite") == "postgres":
        dsn = databases.url(request.getfixturevalue("postgres_dsn"), "renda_app")
        files = {code: two_counties[0].parent / f"{code}.toml" for code in IDS}
        settings = attrs.evolve(settings, database=dsn, tenants=two_counties[0].parent)
        tokens = passing.in_database(dsn, home, files, PEOPLE)
    app = create_app(settings, installed())
    with TestClient(app, base_url=OVER, raise_server_exceptions=False) as client:
        yield Site(home, dict(tokens), app, client, settings.database)


@pytest.fixture
def duties(site: Site) -> Site:
    """A running server on a county that keeps duty records."""
    from .dutying import furnish

    return furnish(site)


@pytest.fixture(scope="module")
def site_with_all(
    two_counties: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, dict[str, str]]]:
    """A running server with one of everything, and the ids; for tests that only ask."""
    from .prepared import furnish

    folder = tmp_path_factory.mktemp("furnished") / "home"
    home = Home(path=Path(shutil.copytree(two_counties[0], folder)), now=lambda: NOW)
    app = create_app(Settings(names=NAMES, home=home, now=lambda: NOW), installed())
    with TestClient(app, base_url=OVER, raise_server_exceptions=False) as client:
        site = Site(home, two_counties[1], client.app, client)
        yield site, furnish(site)
