"""One key and fifty requests at once, and an import beside them, on two servers over one database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient
from tests import databases
from tests.core.importing import UNITS, written

from renda_core.workspace import Home
from renda_server.app import create_app
from renda_server.settings import Settings

from . import passing
from .conftest import COUNTY, IDS, NAMES, NOW, PEOPLE
from .sending import called

pytestmark = pytest.mark.postgres
CASE = {"kind": "suggestion", "title": "修桥", "body": {"text": "失修"}}
KEY = {"Idempotency-Key": "k-1"}


class Town:
    """Two servers on one database, like two processes, and the tokens of two counties."""

    def __init__(self, clients: list[TestClient[Any]], tokens: dict[str, str], dsn: str) -> None:
        self.clients, self.tokens, self.dsn = clients, tokens, dsn

    def call(self, n: int, method: str, path: str, who: str = "office", **rest: Any) -> Any:
        """Send something to one of the servers."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}", **rest.pop("headers", {})}
        return self.clients[n % len(self.clients)].request(method, path, headers=headers, **rest)

    def entries(self, what: str) -> int:
        """Count what the journals say."""
        with psycopg.connect(self.dsn) as raw:
            found = raw.execute("SELECT count(*) FROM journal WHERE entry LIKE %s", (f'%"what":"{what}"%',)).fetchone()
        return int(found[0]) if found else 0


@pytest.fixture
def town(postgres_dsn: str, tmp_path: Path) -> Iterator[Town]:
    """Two servers on one database."""
    for code, id in IDS.items():
        (tmp_path / f"{code}.toml").write_text(COUNTY.format(id=id, code=code), "utf-8")
    home, dsn = Home(path=tmp_path / "home", now=lambda: NOW), databases.url(postgres_dsn, "renda_app")
    home.keys()
    tokens = passing.in_database(dsn, home, {code: tmp_path / f"{code}.toml" for code in IDS}, PEOPLE)
    settings = Settings(names=NAMES, home=home, database=dsn, tenants=tmp_path, now=lambda: NOW)
    with (
        TestClient(create_app(settings), raise_server_exceptions=False) as one,
        TestClient(create_app(settings), raise_server_exceptions=False) as two,
    ):
        yield Town([one, two], tokens, postgres_dsn)


def test_fifty_at_once_on_two_servers_have_one_effect(town: Town) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda n: town.call(n, "POST", "/api/cases", json=CASE, headers=KEY), range(50)))
    assert {a.status_code for a in answers} <= {201, 409}
    done = [a for a in answers if a.status_code == 201]
    assert len({a.content for a in done}) == 1
    assert sum("Idempotency-Replayed" not in a.headers for a in done) == 1
    assert town.entries("suggestion.propose") == 1
    assert town.call(0, "POST", "/api/cases", json={**CASE, "title": "修路"}, headers=KEY).status_code == 422
    assert town.call(1, "POST", "/api/cases", "other", json=CASE, headers=KEY).status_code == 201
    assert town.entries("suggestion.propose") == 2


def test_steps_that_race_under_one_key_give_one_answer(town: Town) -> None:
    id = town.call(0, "POST", "/api/cases", json=CASE).json()["id"]
    step = {"step": "submit", "version": 0}
    with ThreadPoolExecutor(20) as pool:
        path = f"/api/cases/{id}/steps"
        answers = list(pool.map(lambda n: town.call(n, "POST", path, json=step, headers=KEY), range(20)))
    assert {a.status_code for a in answers} <= {200, 409}  # never 412: who is overtaken gives the first one's answer
    assert town.entries("suggestion.submit") == 1


def test_an_import_is_applied_once_though_two_servers_take_it_up(town: Town) -> None:
    sent = town.call(0, "POST", "/api/imports?sheet=units", files={"file": ("units.csv", written(UNITS))})
    assert sent.status_code == 202, sent.text
    path = sent.headers["Location"]
    called(town.clients[0], town.clients[0].app.state.runner.idle)
    seen = town.call(1, "GET", path)
    assert seen.json()["state"] == "previewed", seen.text
    order = {"If-Match": seen.headers["ETag"]}
    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(lambda n: town.call(n, "POST", f"{path}/apply", headers=order), range(8)))
    assert sorted(a.status_code for a in asked) == [202] + [412] * 7
    for client in town.clients:
        called(client, client.app.state.runner.idle)
    assert town.call(0, "GET", path).json()["state"] == "applied"
    assert town.entries("import.units") == 1
    assert town.call(0, "GET", "/api/exports/units.csv").text.count("县第") == len(UNITS)
