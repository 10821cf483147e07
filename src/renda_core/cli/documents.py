"""Tenants' files, checked together and applied: one mistake in any of them, and nothing is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from renda_core import holidays
from renda_core.catalogue import Catalogue
from renda_core.cli.session import login
from renda_core.configuration import TenantFile, read_tenant
from renda_core.domain.accounts import OPERATOR
from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, RendaError
from renda_core.premises import Premises, alone
from renda_core.premises.making import make, mistakes
from renda_core.premises.places import JOB
from renda_core.services.hosting.directory import Directory
from renda_core.services.hosting.naming import code_mistakes
from renda_core.workspace import Home


def check_code(code: str, where: str) -> None:
    """Refuse a code that could not be a file's name on every machine.

    Raises:
        ConfigError: With what a code may be made of.
    """
    if mistakes := code_mistakes(code, where):
        raise ConfigError("the code is wrong", *mistakes)


def checked(known: Directory, today: dt.date, paths: Iterable[Path]) -> tuple[list[TenantFile], Catalogue]:
    """Read and check files together.

    Args:
        known: The tenants that are there.

    Raises:
        ConfigError: Every mistake of every file.
    """
    catalogue, calendar = Catalogue.installed(), holidays.calendar()
    found: list[TenantFile] = []
    wrong: list[str] = []
    for path in paths:
        try:
            file = read_tenant(path)
        except ConfigError as error:
            wrong += error.reasons
            continue
        same = [other for other in found if file.id == other.id or file.code == other.code]
        wrong += [f"{path}: has the id or code of {other.path}" for other in same]
        try:
            file.open(catalogue, calendar, today)
        except RendaError as error:
            wrong += getattr(error, "reasons", ()) or (f"{path}: {error}",)
        wrong += mistakes(known, file)
        found.append(file)
    if wrong:
        raise ConfigError("nothing was applied", *dict.fromkeys(wrong))
    return found, catalogue


def check_all(home: Home, environ: Mapping[str, str], paths: Iterable[Path]) -> list[TenantFile]:
    """Read and check files together, beside the tenants that are there.

    Raises:
        ConfigError: Every mistake of every file.
    """

    async def work(premises: Premises) -> list[TenantFile]:
        return checked(await premises.look(), home.now().date(), paths)[0]

    found: list[TenantFile] = alone(home, environ, work)
    return found


def apply_all(home: Home, environ: Mapping[str, str], paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Create or update every tenant; answer what became of each: ``new``, ``changed`` or ``same``."""

    async def work(premises: Premises) -> list[dict[str, Any]]:
        known = await premises.look()
        found, catalogue = checked(known, home.now().date(), paths)
        by = Actor(id=login(known.operator.id), roles={OPERATOR}) if known.operator else JOB
        done = []
        for file in found:
            # A holiday table is named beside the file, and is wanted later from wherever the program then runs.
            placed = attrs.evolve(file, path=str(Path(file.path).resolve()))
            state, _ = await make(premises, placed, catalogue, by=by)
            done.append({"code": file.code, "name": file.name, "state": state, "plugins": sorted(file.plugins)})
        return done

    told: list[dict[str, Any]] = alone(home, environ, work)
    return told
