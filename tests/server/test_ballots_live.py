"""A vote by device on a server that really listens: forty deputies click twelve times each, on either back end."""

from __future__ import annotations

import base64
import logging
import random
import re
import subprocess
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
from tests import databases

from renda_core import sealing
from renda_core.configuration import read_tenant
from renda_core.domain.case import Actor
from renda_core.testing import uid
from renda_core.workspace import Home
from renda_server.app import create_app
from renda_server.settings import Settings

from . import passing, votes
from .conftest import COUNTY, IDS, NAMES, NOW
from .served import served

DEPUTIES = {f"deputy {n}": uid(f"deputy {n}") for n in range(40)}
CLICKS = 12
WITH = COUNTY.format(id=IDS["qing"], code="qing") + "[plugins.settled_accounts]\n"
THEIRS = ("httpx", "httpcore.http11", "httpcore.connection", "uvicorn.access")
"""What the test's own client logs; and uvicorn's access log, which the fixture of logs wakes up: see the next test."""
SUBJECT = uid("roads")


@attrs.frozen(kw_only=True)
class Hall:
    """A server on a port of this machine, and everybody's way to it."""

    http: httpx.Client
    tokens: dict[str, str]

    def ask(self, method: str, path: str, who: str = "office", body: Any = None, **headers: str) -> httpx.Response:
        """Ask as somebody."""
        headers["Authorization"] = f"Bearer {self.tokens[who]}"
        return self.http.request(method, path, json=body, headers=headers)

    def ok(self, method: str, path: str, who: str = "office", body: Any = None) -> Any:
        """Ask what must succeed."""
        answer = self.ask(method, path, who, body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()


@pytest.fixture(params=databases.BOTH)
def hall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hall]:
    """Serve a county with forty deputies."""
    path = tmp_path / "qing.toml"
    path.write_text(WITH, "utf-8")
    home = Home(path=tmp_path / "home", now=lambda: NOW)
    settings = Settings(names=NAMES, home=home, now=lambda: NOW)
    if request.param == "postgres":
        dsn = databases.url(request.getfixturevalue("postgres_dsn"), "renda_app")
        home.keys()
        settings = attrs.evolve(settings, database=dsn, tenants=tmp_path)
        everybody = {name: ("qing", actor) for name, actor in _people().items()}
        tokens = passing.in_database(dsn, home, {"qing": path}, everybody)
    else:
        tokens = _create(home, path)
    limits = httpx.Limits(max_connections=64)
    with (
        served(create_app(settings), proxy_headers=False) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, limits=limits, trust_env=False) as client,
    ):
        yield Hall(http=client, tokens=tokens)


def opened(hall: Hall) -> tuple[str, sealing.Sheet]:
    """Prepare a vote by device, rehearse it and open it; give its id and what is sealed to."""
    new = {"kind": "group_survey", "subjects": [SUBJECT], "roll": list(DEPUTIES.values())}
    id = hall.ok("POST", "/api/ballots", body=new | {"electronic": True, "trustees": votes.TRUSTEES})["id"]
    trial = hall.ok("POST", f"/api/ballots/{id}/rehearsal")
    hall.ok("PUT", f"/api/ballots/{id}/rehearsal", body={"opened": votes.opened(trial)})
    hall.ok("POST", f"/api/ballots/{id}/opening", body={})
    return id, sealing.Sheet.read(hall.ok("GET", f"/api/ballots/{id}/sheet", "deputy 0"))


def test_twelve_clicks_of_forty_deputies_are_forty_papers(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    id, sheet = opened(hall)
    caplog.clear()
    # of the twelve clicks of each, some send the very same paper again, and some one that was marked anew
    papers = {name: [sealing.seal(sheet, [(0, n % 3)]) for n in range(4)] for name in DEPUTIES}
    clicks = [(name, papers[name][n % 4]) for name in DEPUTIES for n in range(CLICKS)]
    random.Random(40).shuffle(clicks)

    def click(one: tuple[str, bytes]) -> tuple[str, httpx.Response]:
        name, paper = one
        body = {"sealed": base64.b64encode(paper).decode()}
        return name, hall.ask("POST", f"/api/ballots/{id}/papers", name, body, **{"Idempotency-Key": f"{name}-vote"})

    with ThreadPoolExecutor(48) as pool:
        answers = list(pool.map(click, clicks))
    assert {answer.status_code for _, answer in answers} == {200, 422}
    receipts = defaultdict(set)
    for name, answer in answers:
        assert "Idempotency-Replayed" not in answer.headers
        if answer.status_code == 200:
            receipts[name].add(answer.json()["hash"])
        else:
            assert answer.json()["code"] == "rejected"
    assert {len(found) for found in receipts.values()} == {1}
    assert len(receipts) == 40
    hall.ok("POST", f"/api/ballots/{id}/closing")
    board = hall.ok("GET", f"/api/ballots/{id}/rounds/1/board", "deputy 7")
    assert board["hashes"] == sorted(hash for found in receipts.values() for hash in found)
    assert hall.ok("GET", f"/api/ballots/{id}/turnout")["cast"] == 40
    assert hall.ok("GET", f"/api/ballots/{id}/audit")["items"] == []
    late = [click((name, papers[name][n])) for name in ("deputy 3", "deputy 4") for n in range(4)]
    for name, answer in late:  # the answer was lost, and comes again though the box is shut
        assert answer.status_code == 422 or {answer.json()["hash"]} == receipts[name]
    assert sum(answer.status_code == 200 for _, answer in late) == 2
    entries = hall.ok("GET", "/api/journal?size=100")["items"]
    assert not [e for e in entries if "cast" in e["what"] or e["actor"] in DEPUTIES.values()]
    ours = [r.getMessage() for r in caplog.records if r.name not in THEIRS]
    assert not [name for name, person in DEPUTIES.items() if person in str(ours) or hall.tokens[name] in str(ours)]
    assert "/papers" not in str(ours)


def test_the_server_as_it_is_started_prints_nothing_of_a_cast(tmp_path: Path) -> None:
    path = tmp_path / "qing.toml"
    path.write_text(WITH, "utf-8")
    home = Home(path=tmp_path / "home")
    tokens = _create(home, path)
    renda = str(Path(sys.executable).with_name("renda"))
    command = [renda, "--home", str(home.path), "serve", "--port", "0"]
    with (tmp_path / "log").open("w+") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603 - our own server
        try:
            with httpx.Client(base_url=_address(tmp_path / "log", process), timeout=60, trust_env=False) as client:
                hall = Hall(http=client, tokens=tokens)
                id, sheet = opened(hall)
                body = {"sealed": base64.b64encode(sealing.seal(sheet, [(0, 0)])).decode()}
                for sent, status in ((body, 200), ({"sealed": "????"}, 400), ({"sealed": "AAAA"}, 400), (body, 200)):
                    assert hall.ask("POST", f"/api/ballots/{id}/papers", "deputy 1", sent).status_code == status
        finally:
            process.terminate()
            process.wait()
        log.seek(0)
        told = log.read()
    assert "Uvicorn running" in told
    for hidden in (id, DEPUTIES["deputy 1"], "/papers", "/api", tokens["deputy 1"], "AAAA"):
        assert hidden not in told


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    """Wait until the server says where it listens."""
    while True:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text("utf-8")):
            return found[0]
        assert process.poll() is None, log.read_text("utf-8")
        time.sleep(0.02)


def _create(home: Home, path: Path) -> dict[str, str]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)
        with home.create(read_tenant(path)) as county:
            return passing.by_workspace(county, _people())


def _people() -> dict[str, Actor]:
    people = {name: Actor(id=id, roles="deputy") for name, id in DEPUTIES.items()}
    return people | {"office": Actor(id=uid("clerk"), roles="office")}
