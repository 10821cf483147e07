"""Where the parts of a practice lie: its distribution, the folder of its code, its module and its name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import attrs

from renda_core import hookspecs
from renda_core.errors import ConfigError

PROJECT = "pyproject.toml"
BUILT = ("build", "dist", "site")
"""Folders in which a copy of the code may lie."""


@attrs.frozen(kw_only=True)
class Package:
    """One practice of a distribution.

    Attributes:
        name: Its name, as the entry point has it: also the key of its settings.
        module: What the entry point imports.
        folder: Where its ``__init__.py`` and ``plugin.toml`` lie.
        base: The folder from which *module* is imported.
        root: Where ``pyproject.toml``, the tests and the documentation lie.
        distribution: The project's name.
    """

    name: str
    module: str
    folder: Path
    base: Path
    root: Path
    distribution: str

    def show(self, path: Path) -> str:
        """Name a file as people find it, from the distribution's folder."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


def find(path: Path) -> tuple[Package, ...]:
    """Find the practices of a distribution, or the one whose folder is given.

    Raises:
        ConfigError: There is no distribution there, or it offers no practice, or its code is not where it says.
    """
    where = path.resolve()
    if not where.is_dir():
        raise ConfigError("no practice was checked", f"{path}: no folder; give the folder of a practice")
    root = next((folder for folder in (where, *where.parents) if (folder / PROJECT).is_file()), None)
    if root is None:
        raise ConfigError(
            "no practice was checked", f"{path}: no {PROJECT} there or above; renda plugin new writes one"
        )
    project = _project(root / PROJECT)
    offered = project.get("entry-points", {}).get(hookspecs.NAME, {})
    if not offered:
        told = f"{root / PROJECT}: offers no practice; write [project.entry-points.{hookspecs.NAME}]"
        raise ConfigError("no practice was checked", told)
    mistakes: list[str] = []
    found = [p for name, module in offered.items() for p in _packages(root, str(name), str(module), project, mistakes)]
    wanted = found if where == root else [p for p in found if p.folder == where or where in p.folder.parents]
    if mistakes and not wanted:
        raise ConfigError("no practice was checked", *mistakes)
    if not wanted:
        names = ", ".join(p.show(p.folder) for p in found)
        raise ConfigError("no practice was checked", f"{path}: no entry point of {PROJECT} leads there; found: {names}")
    if mistakes and where == root:
        raise ConfigError("no practice was checked", *mistakes)
    return tuple(sorted(wanted, key=lambda p: p.name))


def taken(name: str, besides: str = "") -> str:
    """Say which installed distribution offers a practice of this name, other than *besides*; empty for none."""
    for entry in entry_points(group=hookspecs.NAME, name=name):
        owner = entry.dist.name if entry.dist else entry.value
        if _same(owner) != _same(besides):
            return owner
    return ""


def _same(distribution: str) -> str:
    return distribution.lower().replace("_", "-").replace(".", "-")


def _project(path: Path) -> dict[str, Any]:
    try:
        project = tomllib.loads(path.read_text("utf-8")).get("project")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError("no practice was checked", f"{path}: {error}") from None
    if not isinstance(project, dict) or not isinstance(project.get("name"), str):
        raise ConfigError("no practice was checked", f"{path}: [project] has no name")
    return project


def _packages(root: Path, name: str, module: str, project: dict[str, Any], mistakes: list[str]) -> Iterator[Package]:
    """Find the code that an entry point names: from the root itself, or from a folder of it such as ``src``."""
    inner = Path(*module.partition(":")[0].split("."))
    inside = sorted(p for p in root.iterdir() if p.is_dir() and p.name not in BUILT and not p.name.startswith("."))
    for base in (root, root / "src", *inside):
        folder = base / inner
        if (folder / "__init__.py").is_file():
            yield Package(
                name=name, module=module, folder=folder, base=base, root=root, distribution=str(project["name"])
            )
            return
        if folder.with_suffix(".py").is_file():
            told = f"make it a package, so that plugin.toml lies beside it: {inner}/__init__.py"
            mistakes.append(f"{folder.with_suffix('.py')}: {told}")
            return
    mistakes.append(f"{root / PROJECT}: entry point {name} names {module}, which is not there: no {inner}/__init__.py")
