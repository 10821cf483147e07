"""LibreOffice, headless: what a spreadsheet program makes of our files, in a profile of each process's own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.debian import program

PACKAGE = "libreoffice-calc-nogui"
SECONDS = 300
"""How long a start of the program may take on a busy machine before the test is given up."""
CSV_FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""UTF-8, every sheet into a file of its own, cells as they are shown."""

CSV_OPENED = "CSV:44,34,76,1,,0,false,true,false,false,false,-1,true"
"""UTF-8, numbers and days found, formulas run: what a careless click on every option of the dialogue does."""


class Office:
    """The program, ready to convert files."""

    def __init__(self, program: str, profile: Path) -> None:
        self._program, self._profile = program, profile

    def convert(self, files: Iterable[Path], to: str, folder: Path, *, opened: str = "") -> None:
        """Open each file, compute it, and write it into *folder* as *to*: ``fods``, or a filter such as CSV_FILTER.

        Args:
            opened: How texts are opened, e.g. CSV_OPENED.
        """
        line = [self._program, f"-env:UserInstallation={self._profile.as_uri()}", "--headless", "--norestore"]
        line += [f"--infilter={opened}"] if opened else []
        line += ["--convert-to", to, "--outdir", str(folder), *map(str, files)]
        done = subprocess.run(line, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603 - ours
        assert done.returncode == 0, done.stderr
        assert "Error" not in done.stderr, done.stderr


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """LibreOffice with a profile that no other process shares."""
    return Office(program("soffice", PACKAGE), tmp_path_factory.mktemp("office") / "profile")
