"""A worker that is killed outright, in a process of its own: nothing was done, and the next one does it once."""

from __future__ import annotations

import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from tests.core.importing import OFFICE, UNITS, Ending, worked, written

from renda_core.configuration import read_tenant
from renda_core.services.imports import jobs as import_jobs
from renda_core.services.imports.jobs import Receive
from renda_core.testing import uid
from renda_core.workspace import Home, Workspace

COUNTY = """
id = "{id}"
code = "county"
name = "county"
level = "county"
[plugins.suggestion_handling]
"""
KILLED = """
import os, signal, sys, warnings
from pathlib import Path
warnings.simplefilter("ignore", RuntimeWarning)
from renda_core.services.imports import working as import_work
from renda_core.workspace import Home

class Watch:
    def begin(self, total): pass
    def told(self, done):
        if done == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)

with Home(path=Path(sys.argv[1])).open("county") as county:
    import_work.work(county.store, county.tenant, sys.argv[2], Watch(), Path(sys.argv[1]))
"""


@pytest.fixture
def county(tmp_path: Path) -> Workspace:
    """A county in a file, as the server has it."""
    (tmp_path / "county.toml").write_text(COUNTY.format(id=uid("county of killed workers")), "utf-8")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)
        return Home(path=tmp_path / "home").create(read_tenant(tmp_path / "county.toml"))


def killed(county: Workspace, home: Path, id: str, row: int) -> None:
    """Let another process work on an import, and die at a row."""
    command = [sys.executable, "-c", KILLED, str(home), id, str(row)]
    ended = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - this interpreter, our own words
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


@pytest.mark.parametrize("row", [1, 5])
def test_a_worker_killed_outright_did_nothing(county: Workspace, tmp_path: Path, row: int) -> None:
    with county:
        job = county.do(import_jobs.receive, OFFICE, Receive(sheet="units", name="a.csv", content=written(UNITS)))
        killed(county, tmp_path / "home", job.id, row)
        assert county.ask(import_jobs.show, OFFICE, job.id).state == "reading"
        assert worked(county, job.id, Ending()) == "previewed"  # type: ignore[arg-type]
        seen = county.ask(import_jobs.show, OFFICE, job.id)
        county.do(import_jobs.ask_apply, OFFICE, job.id, seen.version)
        killed(county, tmp_path / "home", job.id, row)
        half = county.ask(import_jobs.show, OFFICE, job.id)
        assert half.state == "applying"
        assert not half.facts.told
        assert county.ask(import_jobs.undone) == (job.id,)
        assert worked(county, job.id) == "applied"  # type: ignore[arg-type]
        done = county.ask(import_jobs.show, OFFICE, job.id)
        assert done.facts.told["new"] == len(UNITS)  # nothing of the killed worker was there, or it would be the same
