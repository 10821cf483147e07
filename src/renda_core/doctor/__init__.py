"""The doctor: looks at a set-up and says what is wrong with it, each thing with its remedy; it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from renda_core.doctor.databases import database
from renda_core.doctor.findings import Finding, Level
from renda_core.doctor.homes import household, tenant
from renda_core.doctor.surroundings import calendar, machine, practices
from renda_core.workspace import Home

__all__ = ["Finding", "Level", "calendar", "database", "examine", "household", "machine", "practices", "tenant"]


def examine(home: Home, environ: Mapping[str, str], *, deep: bool = False) -> Iterator[Finding]:
    """Look at everything a set-up stands on, one finding after the other.

    Args:
        environ: Where ``RENDA_DATABASE`` and ``RENDA_TENANTS`` are looked for.
        deep: Also recompute every journal and check every page of every file.
    """
    yield from machine(home.path)
    yield from practices()
    yield from calendar(home.now().date())
    if environ.get("RENDA_DATABASE", ""):
        yield from database(environ)
    else:
        yield from household(home, deep=deep)
