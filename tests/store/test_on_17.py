"""The hosted baseline: what the tests of walls, store and services ask of PostgreSQL 18, asked of 17 as well."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from tests import servers

ROOT = Path(__file__).parents[2]
SUITES = (
    *(f"tests/store/test_{n}.py" for n in ("isolation", "every_table", "migrations", "statements", "units")),
    *(f"tests/core/test_{n}.py" for n in ("suggestion_scenarios", "ballot_service_casting", "roster", "requests")),
)
"""Isolation, migrations, and a walk through the services, on PostgreSQL alone."""
FEWEST = 120


@pytest.mark.postgres
def test_walls_store_and_services_stand_on_17(tmp_path: Path) -> None:
    """The very same tests, with their server named by ``RENDA_TEST_PG``."""
    with servers.running(17) as server:
        with psycopg.connect(server.dsn) as raw:
            (version,) = raw.execute("SHOW server_version_num").fetchone() or ("",)
        assert version.startswith("17")
        command = [sys.executable, "-m", "pytest", "-v", "-n0", "-m", "postgres", "-p", "no:cacheprovider", *SUITES]
        done = subprocess.run(  # noqa: S603 - ourselves
            [*command, f"--basetemp={tmp_path / 'inner'}"],
            cwd=ROOT,
            env=os.environ | {"RENDA_TEST_PG": server.dsn},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
    told = done.stdout.strip().splitlines()[-1]
    print(f"PostgreSQL {int(version) // 10_000}: {told}")
    passed = re.search(r"(\d+) passed", told)
    assert passed, told
    assert int(passed[1]) >= FEWEST
