"""The parts of a step, of an import and of a start, each by itself."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.counties import LIFE, command, draft, open_home
from benchmarks.pairs import Pairs

from renda_core.catalogue import Catalogue
from renda_core.configuration import read_tenant
from renda_core.domain.case import Actor, Case
from renda_core.files import SHEETS, read_file
from renda_core.services import cases, imports
from renda_core.store.codec import decode_case, encode, new_id
from renda_core.store.index import envelope, index
from renda_core.workspace import ZONE, Home, Workspace

TIMES = 100
BEFORE = ("congresses.csv", "units.xlsx", "roster.xlsx", "stations.csv")
"""What a county has before its stations' register is imported."""
CLERK = Actor(id=new_id(), roles={"office", "assigner", "station"})


def now() -> dt.datetime:
    """Stand on the day to which the demonstration's files lead."""
    return dt.datetime(2026, 11, 20, 9, tzinfo=ZONE)


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Workspace]:
    """A county with one suggestion, assigned."""
    with open_home(tmp_path / "home") as work:
        yield work


@pytest.fixture
def assigned(county: Workspace) -> Case:
    """A suggestion that waits for its reply."""
    case = draft(county)
    for n, step in enumerate(LIFE[:3]):
        case = county.do(cases.take_step, step[1], command(case.id, n, step))
    return case


def test_document(versus: Pairs, county: Workspace, assigned: Case) -> None:
    procedure = county.tenant.practice.procedure(assigned.kind, assigned.edition)
    raw = encode(assigned)
    versus(
        f"decoding a document of {len(raw):,} bytes",
        lambda: decode_case(raw, procedure),
        lambda: encode(assigned),
        against="encoding it",
        times=TIMES,
    )


def test_rows_of_the_index(versus: Pairs, county: Workspace, assigned: Case) -> None:
    tenant = county.tenant
    procedure = tenant.practice.procedure(assigned.kind, assigned.edition)
    versus(
        "deriving the side rows of a case",
        lambda: index(assigned, procedure, tenant.calendar),
        lambda: envelope(assigned, procedure, tenant.calendar),
        against="deriving its own row",
        times=TIMES,
    )


def test_import_of_a_stations_register(versus: Pairs, demo_files: Path, tmp_path: Path) -> None:
    file, catalogue = read_tenant(demo_files / "xianning.toml"), Catalogue.installed()
    files = {name: read_file(demo_files / file.code / name, SHEETS[Path(name).stem]) for name in BEFORE}
    opinions = demo_files / file.code / "opinions.csv"
    with Home(path=tmp_path / "before", now=now).create(file, catalogue) as county:
        for name, reads in files.items():
            county.do(imports.apply, CLERK, Path(name).stem, reads)
    made = iter(range(1_000))
    many = len(read_file(opinions, SHEETS["opinions"]))

    def copied() -> tuple[tuple[Path], dict[str, object]]:
        return (shutil.copytree(tmp_path / "before", tmp_path / str(next(made))),), {}

    def imported(folder: Path) -> None:
        with Home(path=folder, now=now).open(file.code, catalogue) as county:
            reads = read_file(opinions, SHEETS["opinions"])
            done = county.do(imports.apply, CLERK, "opinions", reads)
            assert done.new + done.warnings == many

    versus.alone(f"importing {many:,} opinions, file to commit", imported, prepare=copied, per=many, unit="rows")


def test_start_of_the_library(versus: Pairs) -> None:
    def started(module: str) -> None:
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True)  # noqa: S603 - our own interpreter

    versus(
        "python -c 'import renda_core'",
        lambda: started("renda_core"),
        lambda: started("sqlalchemy"),
        against="python -c 'import sqlalchemy'",
    )


def test_start_of_the_interpreter(versus: Pairs) -> None:
    def started(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own interpreter

    versus(
        "python -c 'import renda_core.workspace'",
        lambda: started("import renda_core.workspace"),
        lambda: started("pass"),
        against="python -c pass",
    )
