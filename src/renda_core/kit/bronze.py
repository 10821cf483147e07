"""Bronze: a practice whose sources are cited, whose settings are typed, whose rules are tested and told."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Any

from renda_core.catalogue import Catalogue
from renda_core.errors import PluginError
from renda_core.kit.manifest import CHINESE
from renda_core.kit.packages import PROJECT, taken
from renda_core.kit.subject import Subject, parsed, tested
from renda_core.records import ClockRule, Facet, Kind, Step

NAME = re.compile("[a-z][a-z0-9_]{1,39}")
SHORTEST_PAGE = 500
"""Characters below which a page cannot say what a practice does, its settings, and what its sources leave open."""


def manifest(subject: Subject) -> Iterator[str]:
    """Read its manifest, every mistake at once."""
    yield from subject.unread
    told = subject.manifest
    listed = (*told.tests, *told.benchmarks, *filter(None, [told.page])) if told else ()
    for path in listed:
        if not (subject.package.root / path).is_file():
            yield f"plugin.toml names {path}, which is not there"


def code(subject: Subject) -> Iterator[str]:
    """Import it and ask its hooks."""
    yield from subject.broken


def name_faults(name: str) -> Iterator[str]:
    """Say what is wrong with a name for a practice."""
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        yield (
            f"{name!r} cannot be a name; write 2 to 40 small letters, digits and _, beginning with a letter, "
            "and no word of Python's own: site_check"
        )


def names(subject: Subject) -> Iterator[str]:
    """Find a name that cannot be one, or that another distribution has."""
    name, package = subject.name, subject.package
    yield from (f"{PROJECT}: {told}" for told in name_faults(name))
    if package.folder.name != name:
        yield f"{PROJECT}: entry point {name} leads to folder {package.folder.name}; give both one name"
    if owner := taken(name, besides=package.distribution):
        yield f"{PROJECT}: the practice {name} of {owner} is installed already; choose another name"


def composition(subject: Subject) -> Iterator[str]:
    """Compose it with what it extends, and with everything installed."""
    if subject.catalogue is None:
        return
    others = {n: m for n, m in Catalogue.installed().modules.items() if n != subject.name}
    every = Catalogue.collect({**others, **subject.catalogue.modules})
    own = {f"{r.kind}.{r.name}": subject.name for r in subject.records if isinstance(r, ClockRule) and r.replaces}
    for told, plugins in (
        ("with what it extends", needs(every, subject.name)),
        ("with all installed", frozenset(every.offers)),
    ):
        try:
            every.practice(plugins, own)  # where two replace a clock, the county says which; here, this one
        except PluginError as error:
            yield from (f"{told}: {reason}" for reason in error.reasons)


def needs(catalogue: Catalogue, name: str) -> frozenset[str]:
    """Name a practice and those that offer what it extends, and what they extend in turn."""
    owners: dict[Any, str] = {}
    for plugin, records in catalogue.offers.items():
        for r in records:
            if isinstance(r, Kind):
                owners.setdefault(("kind", r.name), plugin)
            elif isinstance(r, Step | Facet) or (isinstance(r, ClockRule) and not r.replaces):
                owners.setdefault((type(r).__name__, r.kind, r.name), plugin)
    found, waiting = set[str](), [name]
    while waiting:
        if (plugin := waiting.pop()) in found:
            continue
        found.add(plugin)
        for r in catalogue.offers[plugin]:
            kind = getattr(r, "kind", "")
            wanted = [("kind", kind), ("Step", kind, getattr(r, "step", "")), ("Facet", kind, getattr(r, "facet", ""))]
            wanted += [("ClockRule", kind, getattr(r, "clock", "")), ("Step", kind, getattr(r, "on", ""))]
            waiting += [owners[w] for w in wanted if w in owners]
    return frozenset(found)


def sources(subject: Subject) -> Iterator[str]:
    """Ask for the source of the whole, and of every setting and clock."""
    inits = subject.show(subject.package.folder / "__init__.py")
    told = str(getattr(subject.module, "__doc__", "") or "")
    if not CHINESE.match(told.strip()):
        yield f"{inits}: the docstring does not begin with the Chinese name"
    if not re.search(r"^Source: \S", told, re.MULTILINE):
        yield f"{inits}: the docstring has no line 'Source: …'; cite law and article, or place and year"
    for p in subject.parameters:
        if not p.source.strip():
            yield f"setting {p.name} has no source"
    for r in subject.records:
        if isinstance(r, ClockRule) and not r.source.strip():
            yield f"clock {r.name} has no source"


def settings(subject: Subject) -> Iterator[str]:
    """Ask for type, title and unit of every setting."""
    for p in subject.parameters:
        if p.type == "None":
            yield f"setting {p.name} has no type"
        if not CHINESE.search(p.title):
            yield f"setting {p.name} has no Chinese title; write {p.name}: … = setting(…, title=…)"
        if isinstance(p.default, int | float) and not isinstance(p.default, bool) and not p.unit:
            yield f"setting {p.name} is a number without a unit; say what it counts: setting(…, unit=…)"


def tests(subject: Subject) -> Iterator[str]:
    """Ask for tests, and for the name of every guard, gate and clock in them."""
    if not subject.tests:
        yield f"there are no tests; write tests/test_{subject.name}.py"
        return
    for path in subject.tests:
        tree = parsed(path)
        if isinstance(tree, str):
            yield f"{subject.show(path)}: cannot be read: {tree}"
        elif "test_" not in "".join(getattr(node, "name", "")[:5] for node in tree.body):
            yield f"{subject.show(path)}: holds no test"
    first = subject.show(subject.tests[0])
    for sort, name, names in dict.fromkeys(tested(subject.records)):
        if not names & subject.said:
            yield f'{first}: no test names {sort} {name}; show it at work under @pytest.mark.rule("{name}")'


def page(subject: Subject) -> Iterator[str]:
    """Ask for a page that tells of every setting."""
    if subject.page is None:
        yield f"there is no page; write docs/{subject.name}.md: what it does, its settings, what its sources leave open"
        return
    shown = subject.show(subject.page)
    try:
        text = subject.page.read_text("utf-8")
    except UnicodeDecodeError:
        yield f"{shown}: is not UTF-8; save it as UTF-8"
        return
    if len(text) < SHORTEST_PAGE:
        yield f"{shown}: {len(text)} characters say too little; tell what it does and what its sources leave open"
    for p in subject.parameters:
        if f"`{p.name}`" not in text:
            yield f"{shown}: does not tell of the setting `{p.name}`"
