"""The operator's command line on PostgreSQL: a county comes in, moves to its own database and back, and is cleared."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests import databases

from renda_core.store.migrate import upgrade_postgres

if TYPE_CHECKING:
    from .conftest import Terminal

pytestmark = pytest.mark.postgres


@pytest.fixture
def hosted(county: Terminal, postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A county in a home, and beside it a service with a shared database and one named big, with an operator."""
    with databases.database(postgres_server) as one, databases.database(postgres_server) as two:
        for dsn in (one, two):
            upgrade_postgres(dsn)
        silos = county.folder / "silos.toml"
        silos.write_text(f'big = "{databases.url(two, "renda_app")}"\n')
        silos.chmod(0o600)
        county.ok("tenant", "export", "qing", "--to", county.folder / "qing.renda")
        for name, value in {"RENDA_DATABASE": databases.url(one, "renda_app"), "RENDA_SILOS": str(silos)}.items():
            monkeypatch.setitem(os.environ, name, value)
        yield {"shared": databases.url(one), "big": databases.url(two)}


def test_a_county_comes_in_moves_and_is_cleared(county: Terminal, hosted: dict[str, str]) -> None:
    file = county.folder / "qing.renda"
    refused = county("tenant", "import", file)
    assert refused.exit_code == 2
    assert "operator" in refused.stderr
    county.ok("operator", "new", "op", "运营方")
    assert county("tenant", "import", file, "--to", "nowhere").exit_code == 2
    came = county.json("tenant", "import", file)
    assert county.json("tenant", "show", "qing")["state"] == "active"
    assert county("tenant", "import", file).exit_code == 1

    moved = county.json("tenant", "move", "qing", "--to", "big")
    assert (moved["at"], moved["left"]) == ("big", "shared")
    same = {n: t for n, t in came["tables"].items() if n not in ("journal", "journal_head")}
    assert {n: moved["tables"][n] for n in same} == same
    assert county.json("journal", "verify", "qing")["entries"] == came["journal"]["seq"] + 2
    assert county.json("tenant", "show", "qing")["silo"] == "big"

    wrong = county("tenant", "clear", "qing", "--at", "shared", "--dsn", hosted["big"], "--yes")
    assert wrong.exit_code == 1
    assert "served" in wrong.stderr
    weak = county("tenant", "clear", "qing", "--at", "shared", "--dsn", os.environ["RENDA_DATABASE"], "--yes")
    assert weak.exit_code == 2
    assert "renda_owner" in weak.stderr
    cleared = county.json("tenant", "clear", "qing", "--at", "shared", "--dsn", hosted["shared"], "--yes")
    assert cleared["rows"] == moved["rows"]

    back = county.json("tenant", "move", "qing", "--to", "shared")
    assert (back["at"], back["left"]) == ("shared", "big")
    county.ok("tenant", "export", "qing", "--to", county.folder / "again.renda")
    county.ok("tenant", "verify", county.folder / "again.renda")
    assert county.json("tenant", "show", "qing")["exported_at"]
    assert county("tenant", "move", "qing", "--to", "nowhere").exit_code == 2
    assert county("tenant", "move", "none", "--to", "big").exit_code == 4
    assert county("tenant", "move", "op", "--to", "big").exit_code == 1


def test_an_import_that_was_cut_off_before_the_directory_is_completed(
    county: Terminal, hosted: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = county.folder / "qing.renda"
    county.ok("operator", "new", "op", "运营方")
    with monkeypatch.context() as cut:
        cut.setattr("renda_core.cli.moving._enrol", lambda *_: 1 / 0)
        assert county("tenant", "import", file, "--to", "big").exit_code == 70
    assert county("tenant", "show", "qing").exit_code == 4  # not served, so not there
    county.ok("tenant", "import", file, "--to", "big")
    assert county.json("tenant", "show", "qing")["silo"] == "big"
    assert county.json("journal", "verify", "qing")["entries"] > 0
