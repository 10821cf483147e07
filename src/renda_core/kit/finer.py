"""Silver and gold: a practice that people read in their own language, that is kept, used and measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from renda_core.configuration import read_folder
from renda_core.domain.case import MAIN
from renda_core.domain.fields import TITLE
from renda_core.errors import ConfigError
from renda_core.kit.manifest import CHINESE, LANGUAGES
from renda_core.kit.subject import Subject
from renda_core.records import ClockRule, DayRule, Facet, Kind, Page, Party, Role, Step

USED_BY = 3
"""Counties that use a gold practice: fewer show how one place works, not that it holds elsewhere."""
TITLED = (Kind, Role, Party, Facet, Step, ClockRule, Page, DayRule)


def titles(subject: Subject) -> Iterator[str]:
    """Ask for a Chinese title of everything that people see."""
    told = subject.manifest.title if subject.manifest else {}
    for language, name in LANGUAGES.items():
        if subject.manifest and language not in told:
            yield f"plugin.toml: title.{language} is missing; give its name in {name}"
    for r in subject.records:
        if not isinstance(r, TITLED):
            continue
        sort = type(r).__name__.lower().removesuffix("rule")
        if not CHINESE.search(r.title) and not (isinstance(r, Facet) and r.name == MAIN):
            yield f"{sort} {r.name} has no Chinese title; write title="
        if isinstance(r, Facet) and (bare := [s for s in r.states if not CHINESE.search(r.titles.get(s, ""))]):
            yield f"facet {r.name}: no Chinese title for {', '.join(bare)}; write titles="
        for cls in filter(None, (getattr(r, "takes", None), getattr(r, "body", None))):
            yield from _fields(subject, cls, f"{sort} {r.name}")


def _fields(subject: Subject, cls: Any, where: str) -> Iterator[str]:
    """Find fields without a title, in classes of the practice's own."""
    if not cls.__module__.startswith(subject.module.__name__):
        return  # a class of the core, which the core answers for
    for a in attrs.fields(cls):
        if not CHINESE.search(a.metadata.get(TITLE, "")):
            yield f"{where}: {cls.__name__}.{a.name} has no Chinese title; write titled(…)"


def migrations(subject: Subject) -> Iterator[str]:
    """Ask for migrations that are tested both ways, where it has tables."""
    tables = subject.catalogue.tables.get(subject.name, ()) if subject.catalogue else ()
    if not tables:
        return
    if not (subject.package.folder / "migrations").is_dir():
        yield f"{subject.show(subject.package.folder)}: has tables and no folder migrations"
    for way in ("upgrade", "downgrade"):
        if way not in subject.said:
            yield f"no test takes its migrations by {way}"


def owner(subject: Subject) -> Iterator[str]:
    """Ask who answers for it."""
    if subject.manifest and not subject.manifest.owner:
        yield 'plugin.toml: owner is missing; say who answers for it, e.g. owner = "…人大代表工作委员会"'


def counties(subject: Subject) -> Iterator[str]:
    """Count the counties that use it: by their files where the distribution has them, else by what it says."""
    folder, told = subject.package.root / "tenants", subject.manifest.counties if subject.manifest else ()
    used = set(told)
    if folder.is_dir():
        try:
            used |= {code for code, tenant in read_folder(folder).items() if subject.name in tenant.plugins}
        except ConfigError as error:
            yield from error.reasons
    if len(used) < USED_BY:
        yield f"used by {len(used)} counties, not {USED_BY}; name them in plugin.toml: counties = […]"


def benchmark(subject: Subject) -> Iterator[str]:
    """Ask for a measurement of its own."""
    root, told = subject.package.root, subject.manifest.benchmarks if subject.manifest else ()
    files = [root / p for p in told] or sorted((root / "benchmarks").rglob("*.py"))
    if not any(subject.name.encode() in p.read_bytes() for p in files if p.is_file()):
        yield f"no benchmark names {subject.name}; measure what it adds to a step, and list it: benchmarks = […]"


def properties(subject: Subject) -> Iterator[str]:
    """Ask for a law that holds of every input, tried with made-up ones."""
    if not {"given", "RuleBasedStateMachine"} & subject.said:
        yield "no test is a property; state a law that always holds, with Hypothesis: @given(…)"


def accessibility(subject: Subject) -> Iterator[str]:
    """Ask that its pages were tried for people who cannot see them well, where it has any."""
    pages = [r.name for r in subject.records if isinstance(r, Page)]
    if pages and not any("axe" in text.lower().split() for text in subject.said):
        yield f"no test tries its pages ({', '.join(pages)}) with an accessibility checker such as axe"
