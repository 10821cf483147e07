"""Import a practice from its folder and ask it what it offers; whatever goes wrong becomes a message."""

from __future__ import annotations

import contextlib
import importlib
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import attrs

from renda_core.catalogue import Catalogue
from renda_core.errors import PluginError
from renda_core.kit.packages import Package


@attrs.frozen(kw_only=True)
class Loaded:
    """What became of importing a practice.

    Attributes:
        catalogue: The practice alone; None where it cannot be used.
        faults: Why not, each with file and remedy.
    """

    module: ModuleType | None = None
    catalogue: Catalogue | None = None
    faults: tuple[str, ...] = ()


@contextlib.contextmanager
def loaded(package: Package) -> Iterator[Loaded]:
    """Import a practice and collect its records; what was imported for it is forgotten at the end."""
    known = set(sys.modules)
    sys.path.insert(0, str(package.base))
    importlib.invalidate_caches()
    try:
        yield _load(package)
    finally:
        sys.path.remove(str(package.base))
        for name in set(sys.modules) - known:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if file and Path(file).resolve().is_relative_to(package.folder):
                del sys.modules[name]


def _load(package: Package) -> Loaded:
    name, _, attribute = package.module.partition(":")
    try:
        module = importlib.import_module(name)
        plugin = getattr(module, attribute) if attribute else module
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a module may do anything when it is imported, even leave
        return Loaded(faults=(f"{_place(package, error)}: cannot be imported: {_said(error)}",))
    file = Path(module.__file__ or "").resolve()
    if not file.is_relative_to(package.folder):
        told = f"the name {name} belongs to {file}; give the package another name"
        return Loaded(faults=(f"{package.show(package.folder)}: {told}",))
    try:
        catalogue = Catalogue.collect({package.name: plugin})
        catalogue.parameters(package.name)
    except PluginError as error:
        inits = package.show(package.folder / "__init__.py")
        return Loaded(module=module, faults=tuple(f"{inits}: {reason}" for reason in error.reasons))
    except Exception as error:
        told = f"its hooks give what renda cannot read: {_said(error)}; a hook yields records and no others"
        return Loaded(module=module, faults=(f"{_place(package, error)}: {told}",))
    return Loaded(module=module, catalogue=catalogue)


def _place(package: Package, error: BaseException) -> str:
    """Name the line of the practice at which it failed."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{package.show(Path(error.filename))}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if Path(f.filename).resolve().is_relative_to(package.folder)]
    return f"{package.show(Path(own[-1].filename).resolve())}:{own[-1].lineno}" if own else package.show(package.folder)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
