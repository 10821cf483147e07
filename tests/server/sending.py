"""How the tests send files, and wait until the server has nothing left to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Litestar
from litestar.testing import TestClient
from tests.core.importing import UNITS, written

if TYPE_CHECKING:
    from .conftest import Site


def send(site: Site, content: Any = None, who: str = "office", *, name: str = "units.csv", **rest: Any) -> Any:
    """Send a file as a form does."""
    raw = written(UNITS) if content is None else content if isinstance(content, bytes) else written(content)
    headers = {"Authorization": f"Bearer {site.tokens[who]}", **rest.pop("headers", {})}
    query = {"sheet": "units", **rest}
    return site.client.post("/api/imports", params=query, files={"file": (name, raw)}, headers=headers)


def bare(site: Site, content: bytes, kind: str = "text/csv", **query: str) -> Any:
    """Send a file as the whole body."""
    headers = {"Authorization": f"Bearer {site.tokens['office']}", "Content-Type": kind}
    return site.client.post("/api/imports", params={"sheet": "units", **query}, content=content, headers=headers)


def settled(site: Site, path: str) -> Any:
    """Wait until nothing is left to do, then look."""
    called(site.client, site.app.state.runner.idle)
    found = site.get(path)
    assert found.status_code == 200, found.text
    return found


def called(client: TestClient[Litestar], function: Any) -> None:
    """Run something in the server's own loop."""
    with client.portal() as portal:
        portal.call(function)


def act(site: Site, method: str, path: str, who: str = "office", **headers: str) -> Any:
    headers["Authorization"] = f"Bearer {site.tokens[who]}"
    return site.client.request(method, path, headers=headers)
