"""One practice under examination: its manifest, its code, its files of tests, and what they name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs

from renda_core.catalogue import Catalogue
from renda_core.kit.manifest import Manifest
from renda_core.kit.packages import Package
from renda_core.records import ClockRule, Gate, Guard
from renda_core.settings import Parameter


@attrs.define(kw_only=True, slots=False)
class Subject:
    """What the rules of the kit look at.

    Attributes:
        manifest: None where it cannot be read; *unread* says why.
        catalogue: The practice alone; None where its code cannot be used, and *broken* says why.
    """

    package: Package
    manifest: Manifest | None
    unread: tuple[str, ...]
    module: Any
    catalogue: Catalogue | None
    broken: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name."""
        return self.package.name

    @property
    def records(self) -> tuple[Any, ...]:
        """What its hooks offer."""
        return self.catalogue.offers[self.name] if self.catalogue else ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its settings."""
        return self.catalogue.parameters(self.name) if self.catalogue else ()

    @cached_property
    def tests(self) -> tuple[Path, ...]:
        """Its files of tests: those named after it, and those that its manifest adds."""
        root = self.package.root
        named = {p for form in (f"test_{self.name}.py", f"test_{self.name}_*.py") for p in (root / "tests").rglob(form)}
        added = {root / p for p in (self.manifest.tests if self.manifest else ())}
        return tuple(sorted(named | {p for p in added if p.is_file()}))

    @cached_property
    def said(self) -> frozenset[str]:
        """Every name and every text in its tests; a file that Python cannot read says nothing."""
        found: set[str] = set()
        for path in self.tests:
            tree = parsed(path)
            if isinstance(tree, ast.Module):
                found |= set(_said(tree))
        return frozenset(found)

    @cached_property
    def page(self) -> Path | None:
        """Its page of documentation."""
        root = self.package.root
        if self.manifest and self.manifest.page:
            named = root / self.manifest.page
            return named if named.is_file() else None
        return next(iter(sorted((root / "docs").rglob(f"{self.name}.md"))), None)

    def show(self, path: Path) -> str:
        """Name a file from the distribution's folder."""
        return self.package.show(path)


def parsed(path: Path) -> ast.Module | str:
    """Parse a file, or say why it cannot be."""
    try:
        return ast.parse(path.read_text("utf-8"))
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (UnicodeDecodeError, ValueError) as error:
        return str(error)


def _said(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def tested(records: Iterable[Any]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Give what each needs a test: its sort, the text that names it, and all names by which a test may.

    A guard is named by ``step.guard`` or by the function that refuses, a gate by ``step.facet``, a clock by its name.
    """
    for r in records:
        if isinstance(r, Guard):
            own = f"{r.step}.{r.name}"
            yield "guard", own, frozenset({own, f"{r.kind}.{own}", getattr(r.refuse, "__name__", own)})
        elif isinstance(r, Gate):
            own = f"{r.step}.{r.facet}"
            yield "gate", own, frozenset({own, f"{r.kind}.{own}"})
        elif isinstance(r, ClockRule):
            yield "clock", r.name, frozenset({r.name, f"{r.kind}.{r.name}"})
