"""A server whose practices misbehave: what they fail at is named, and everybody else is answered."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
import uvicorn

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.procedure import Guard
from renda_core.records import Page
from renda_core.services import budgets, tenants
from renda_core.workspace import SETUP, Home
from renda_plugins import suggestion_handling
from renda_server.app import create_app
from renda_server.settings import Settings

from .conftest import NAMES, NOW, WANG, quiet_open

SHORT = 0.3
CASE = {"kind": "suggestion", "title": "修桥", "body": {"text": "失修"}}


class Shows:
    """What no page can show."""

    def __init__(self, n: int) -> None:
        self.n = n


class Bad:
    """坏做法: hangs, raises, and asks the process to end."""

    @hookimpl
    def register_cases(self) -> Iterator[Guard]:
        """Refuse to say anything, for ever."""

        def hang(*_: Any) -> Any:
            while True:
                pass

        def leave(*_: Any) -> Any:
            raise KeyboardInterrupt

        yield Guard(kind="suggestion", step="submit", name="hangs", refuse=hang)
        yield Guard(kind="suggestion", step="withdraw", name="leaves", refuse=leave)

    @hookimpl
    def register_pages(self) -> Iterator[Page]:
        """Show nothing."""

        async def hang(context: Any, desk: Any) -> Any:
            await desk.facet_counts("suggestion", "main")
            while True:
                pass

        yield Page(name="hangs", title="坏页", shows=dict, view=hang)


@pytest.fixture
def town(two_counties: tuple[Path, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A home where one county has enabled the bad practice, and an application on it."""
    for name in ("STEP", "STRETCH"):
        monkeypatch.setattr(budgets, name, SHORT)
    home = Home(path=Path(shutil.copytree(two_counties[0], tmp_path / "home")), now=lambda: NOW)
    catalogue = Catalogue.collect({"suggestion_handling": suggestion_handling, "bad": Bad()})
    with quiet_open(home, "qing") as county:
        layer = attrs.evolve(county.file.layers[-1], plugins={"suggestion_handling": {}, "bad": {}})
        changed = attrs.evolve(county.file, layers=(layer,))
        county.store.run(county.store.write(tenants.apply, changed.id, SETUP, changed))
    return create_app(Settings(names=NAMES, home=home, now=lambda: NOW), catalogue), two_counties[1]


def test_over_a_real_server_a_hanging_guard_is_cut_off_and_the_neighbour_is_answered(town: Any) -> None:
    app, tokens = town
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", lifespan="on"))
    said: dict[str, Any] = {}

    def ask() -> None:
        """Talk to the server from another thread, for its own has the alarm."""
        try:
            said.update(_talk(port, tokens, server))
        except BaseException as error:
            said["error"] = error
        finally:
            server.should_exit = True

    client = threading.Thread(target=ask)
    client.start()
    server.run()
    client.join()
    assert "error" not in said, repr(said["error"])
    assert said["submit"].status_code == 422
    assert said["submit"].json()["objections"] == ["guard bad.hangs took longer than 0.3 s"]
    assert said["withdraw"].json()["objections"][-1] == "guard bad.leaves failed: KeyboardInterrupt"
    assert said["page"].status_code == 500
    assert said["page"].json()["code"] == "practice"
    assert said["page"].json()["detail"] == "page bad.hangs took longer than 0.3 s"
    assert said["page"].json()["plugin"] == "bad"
    assert said["again"].json()["version"] == 0
    assert said["neighbour"].status_code == 201
    told = {p["name"]: p["fault"] for p in said["plugins"].json()["items"]}
    assert told["suggestion_handling"] == ""
    assert told["bad"].startswith("failed 3 times since the start, last at ")
    assert "bad" not in "".join(p["fault"] for p in said["their plugins"].json()["items"])
    assert said["deputy's plugins"].json()["items"][0]["fault"] == ""


def _talk(port: int, tokens: dict[str, str], server: uvicorn.Server) -> dict[str, Any]:
    until = threading.Event()
    while not server.started:
        until.wait(0.01)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:

        def get(path: str, who: str = "office") -> httpx.Response:
            return client.get(path, headers={"Authorization": f"Bearer {tokens[who]}"})

        def post(path: str, body: Any, who: str = "office") -> httpx.Response:
            return client.post(path, json=body, headers={"Authorization": f"Bearer {tokens[who]}"})

        opened = post("/api/cases", CASE | {"parties": {"proposer": [WANG]}}, "wang")
        mine = opened.json().get("id", opened.text)
        return {
            "submit": post(f"/api/cases/{mine}/steps", {"step": "submit", "version": 0}, "wang"),
            "withdraw": post(f"/api/cases/{mine}/steps", {"step": "withdraw", "version": 0, "note": "x"}, "wang"),
            "again": get(f"/api/cases/{mine}", "wang"),
            "page": get("/api/pages/hangs"),
            "neighbour": post("/api/cases", CASE, "other"),
            "plugins": get("/api/plugins"),
            "their plugins": get("/api/plugins", "other"),
            "deputy's plugins": get("/api/plugins", "wang"),
        }
