"""Tenants' files, checked together and applied: one mistake in any of them, and nothing is made."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs

from renda_core import holidays
from renda_core.catalogue import Catalogue
from renda_core.configuration import TenantFile, read_tenant
from renda_core.errors import ConfigError, RendaError
from renda_core.services import tenants
from renda_core.workspace import Home

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def check_code(code: str, where: str) -> None:
    """Refuse a code that could not be a file's name on every machine.

    Raises:
        ConfigError: With what a code may be made of.
    """
    if mistakes := _code_mistakes(code, where):
        raise ConfigError("the code is wrong", *mistakes)


def _code_mistakes(code: str, where: str) -> list[str]:
    told = f"{where}: code = {code!r}; use small letters, digits, - and _, at most 63, a letter or digit first"
    return [] if CODE.fullmatch(code) else [told]


def checked(home: Home, paths: Iterable[Path]) -> tuple[list[TenantFile], Catalogue]:
    """Read and check files together.

    Raises:
        ConfigError: Every mistake of every file.
    """
    catalogue, calendar, today = Catalogue.installed(), holidays.calendar(), home.now().date()
    found: list[TenantFile] = []
    mistakes: list[str] = []
    for path in paths:
        try:
            file = read_tenant(path)
        except ConfigError as error:
            mistakes += error.reasons
            continue
        mistakes += _code_mistakes(file.code, str(path))
        same = [other for other in found if file.id == other.id or file.code == other.code]
        mistakes += [f"{path}: has the id or code of {other.path}" for other in same]
        try:
            file.open(catalogue, calendar, today)
        except RendaError as error:
            mistakes += getattr(error, "reasons", ()) or (f"{path}: {error}",)
        mistakes += _taken(home, file, catalogue)
        found.append(file)
    if mistakes:
        raise ConfigError("nothing was applied", *dict.fromkeys(mistakes))
    return found, catalogue


def _taken(home: Home, file: TenantFile, catalogue: Catalogue) -> list[str]:
    """Refuse a second tenant in one tenant's file."""
    if not CODE.fullmatch(file.code) or not home.file(file.code).exists():
        return []
    with home.open(file.code, catalogue) as held:
        if held.file.id == file.id:
            return []
        return [f"{file.path}: code = {file.code!r} belongs to tenant {held.file.id} here; choose another code"]


def apply_all(home: Home, paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Create or update every tenant; answer what became of each: ``new``, ``changed`` or ``same``."""
    found, catalogue = checked(home, paths)
    done = []
    for file in found:
        # A holiday table is named beside the file, and is wanted later from wherever the program then runs.
        placed = attrs.evolve(file, path=str(Path(file.path).resolve()))
        before = None
        if home.file(file.code).exists():
            with home.open(file.code, catalogue) as held:
                before = held.read(tenants.configuration)
        with home.create(placed, catalogue):
            state = "new" if before is None else "same" if before == placed else "changed"
        done.append({"code": file.code, "name": file.name, "state": state, "plugins": sorted(file.plugins)})
    return done
