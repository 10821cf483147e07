"""A client that another program made from the description, at work against a live server."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from renda_server.description import document

from .conftest import WANG
from .served import served

if TYPE_CHECKING:
    from .conftest import Site

BINARY = (
    "application/pdf",
    "application/vnd.renda.tenant+zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "image/svg+xml",
    "text/calendar",
)
"""Answers that the maker of clients takes as bytes once it is told so."""
NAME = "made_client"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a client; its maker has nothing to warn of."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_bytes(document())
    lines = ["content_type_overrides:", *(f"  {media}: application/octet-stream" for media in BINARY)]
    (folder / "config.yaml").write_text("\n".join(lines) + "\n")
    here = Path(sys.executable).parent
    command = [str(here / "openapi-python-client"), "generate", "--meta", "none", "--fail-on-warning"]
    command += ["--path", "openapi.json", "--output-path", NAME, "--config", "config.yaml"]
    path = f"{here}{os.pathsep}{os.environ.get('PATH', '')}"  # it tidies what it writes with ruff
    done = subprocess.run(  # noqa: S603 - our own tool
        command, cwd=folder, capture_output=True, text=True, env={**os.environ, "PATH": path}, check=False
    )
    assert (done.returncode, "WARNING" in done.stdout + done.stderr) == (0, False), done.stdout + done.stderr
    return folder


@pytest.fixture
def live(site: Site) -> Iterator[str]:
    """Serve on a port of its own."""
    with served(site.app, lifespan="off") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def part(made: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Load parts of the client by name."""
    monkeypatch.syspath_prepend(str(made))
    return lambda name: importlib.import_module(f"{NAME}.{name}")


def test_a_made_client_works_a_case_through(site: Site, live: str, part: Any) -> None:
    models = part("models")

    def ask(name: str, who: str, *path: Any, **given: Any) -> Any:
        with part("client").AuthenticatedClient(base_url=live, token=site.tokens[who]) as client:
            return part(f"api.cases.{name}").sync_detailed(*path, client=client, **given)

    text = models.NewCaseBodyType0.from_dict({"text": "城东石桥多年失修"})
    parties = models.NewCaseParties.from_dict({"proposer": [WANG]})
    ids = []
    for n in range(3):
        body = models.NewCase(kind="suggestion", title=f"修桥 {n}", body=text, parties=parties)
        opened = ask("open_case", "wang", body=body)
        assert opened.status_code == 201
        ids.append(UUID(opened.parsed.id))
        version = opened.headers["ETag"]
        assert (
            ask("take_step", "wang", ids[-1], body=models.StepToTake(step="submit"), if_match=version).status_code
            == 200
        )
    seen = ask("show_case", "office", ids[0])
    accepted = ask("take_step", "office", ids[0], body=models.StepToTake(step="accept"), if_match=seen.headers["ETag"])
    assert (accepted.status_code, accepted.parsed.states["main"]) == (200, "accepted")
    late = ask("take_step", "office", ids[0], body=models.StepToTake(step="accept"), if_match=seen.headers["ETag"])
    assert (late.status_code, late.parsed.code, late.parsed.version) == (412, "stale", accepted.parsed.version)
    assert [c.to_dict()["step"] for c in late.parsed.changed] == ["accept"]
    refused = ask("take_step", "office", ids[0], body=models.StepToTake(step="close", version=accepted.parsed.version))
    assert (refused.status_code, refused.parsed.code) == (422, "rejected")
    assert refused.parsed.objections
    walked, after = [], ""
    while True:
        page = ask("list_cases", "office", size=2, after=after).parsed
        walked += [UUID(row.id) for row in page.items]
        if not (after := page.after):
            break
    assert walked == ids
    assert ask("show_case", "other", ids[0]).parsed.code == "not_found"
