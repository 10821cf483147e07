"""Write a new practice: a whole distribution that installs, passes its own tests, and reaches bronze."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template

import attrs

from renda_core import hookspecs
from renda_core.catalogue import Catalogue
from renda_core.domain.fields import least
from renda_core.errors import ConfigError
from renda_core.kit.bronze import name_faults
from renda_core.kit.manifest import CHINESE
from renda_core.kit.packages import taken
from renda_core.records import Kind, Step

TITLE = "新做法"
"""What a practice is called whose author has not named it."""
TESTS = "tests"
"""The folder of the tests, which pytest imports as a module of that name."""
SPOILING = re.compile(r"[\"'\\`$\x00-\x1f\x7f]")
"""What a title may not hold, because it goes into Python, TOML and Markdown."""


@attrs.frozen(kw_only=True)
class _Plan:
    """Which kind is extended, who offers it, and how a case of it is opened."""

    kind: Kind
    owner: str
    module: str
    step: str
    role: str
    body: str


def files_of(name: str, *, title: str = TITLE, kind: str = "suggestion") -> dict[str, str]:
    """Give the files of a new practice, by path below its folder.

    Raises:
        ConfigError: Name, title or kind cannot be used; every mistake at once.
    """
    mistakes = [*_name_mistakes(name), *_title_mistakes(title)]
    plan = _plan(kind, mistakes)
    if mistakes or plan is None:
        raise ConfigError("nothing was written", *mistakes)
    package, _, owner = plan.module.rpartition(".")
    words = {
        "name": name,
        "title": title,
        "english": name.replace("_", " ").capitalize(),
        "distribution": f"renda-{name.replace('_', '-')}",
        "version": version("renda"),
        "api": str(hookspecs.API),
        "kind": plan.kind.name,
        "kind_title": plan.kind.title,
        "owner": owner,
        "owner_import": f"from {package} import {owner}" if package else f"import {owner}",
        "step": plan.step,
        "role": plan.role,
        "body": plan.body,
    }
    places = {
        "pyproject.toml": "pyproject.toml.in",
        "README.md": "README.md.in",
        ".gitignore": "gitignore.in",
        f"src/{name}/__init__.py": "__init__.py.in",
        f"src/{name}/plugin.toml": "plugin.toml.in",
        f"tests/test_{name}.py": "test.py.in",
        f"docs/{name}.md": "page.md.in",
    }
    skeleton = files("renda_core.kit") / "skeleton"
    written = {path: Template((skeleton / part).read_text("utf-8")).substitute(words) for path, part in places.items()}
    return {**written, f"src/{name}/py.typed": ""}


def start(name: str, *, title: str = TITLE, kind: str = "suggestion", into: Path = Path()) -> Path:
    """Write a new practice into a folder of its own below *into*, whole or not at all; give that folder.

    Raises:
        ConfigError: Name, title, kind or place cannot be used; nothing was written.
    """
    made = files_of(name, title=title, kind=kind)
    target = into / name
    if target.exists() or target.is_symlink():
        raise ConfigError("nothing was written", f"{target} exists already; choose another name, or another --into")
    if not into.is_dir() or not os.access(into, os.W_OK):
        raise ConfigError("nothing was written", f"{into}: no folder in which you may write; make it, or name another")
    draft = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=into))
    try:
        for path, text in made.items():
            place = draft / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8", newline="\n")
        draft.chmod(0o755)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return target


def _name_mistakes(name: str) -> list[str]:
    if mistakes := list(name_faults(name)):
        return mistakes
    if name == TESTS or name in _words_of_the_test():
        return [f"{name}: the test that is written uses that word itself; choose another"]
    if owner := taken(name):
        return [f"{name}: {owner} has installed a practice of that name; choose another"]
    if name in sys.stdlib_module_names or importlib.util.find_spec(name) is not None:
        return [f"{name}: there is a module of that name, which the practice would hide; choose another"]
    return []


def _words_of_the_test() -> frozenset[str]:
    """Give the names that the skeleton's test uses: a practice of such a name could not be imported beside them."""
    text = Template((files("renda_core.kit") / "skeleton" / "test.py.in").read_text("utf-8"))
    tree = ast.parse(text.substitute(defaultdict(lambda: "_")))
    found = set[str]()
    for node in ast.walk(tree):
        found |= {getattr(node, field) for field in ("id", "arg", "name") if isinstance(getattr(node, field, 0), str)}
    return frozenset(found)


def _title_mistakes(title: str) -> list[str]:
    if not CHINESE.search(title):
        return [f"--title {title!r}: give the name that people see, in Chinese, e.g. 现场复核"]
    if SPOILING.search(title) or len(title) > 40:
        return [f"--title {title!r}: at most 40 characters, without quotes, backslashes, $ and line breaks"]
    return []


def _plan(kind: str, mistakes: list[str]) -> _Plan | None:
    """Find out how a case of a kind is opened."""
    catalogue = Catalogue.installed()
    kinds = {r.name: (owner, r) for owner, rs in catalogue.offers.items() for r in rs if isinstance(r, Kind)}
    if kind not in kinds:
        mistakes.append(f"--kind {kind}: no installed practice offers it; known: {', '.join(sorted(kinds)) or 'none'}")
        return None
    owner, found = kinds[kind]
    opening = next(
        r for r in catalogue.offers[owner] if isinstance(r, Step) and (r.kind, r.name) == (kind, found.opening)
    )
    body = least(found.body) if found.body else None
    practice = catalogue.practice(frozenset({owner}))
    role = next((r for r in ("office", *sorted(opening.who)) if r in opening.who & practice.roles), "")
    if (found.body and body is None) or not role:
        mistakes.append(f"--kind {kind}: its cases are not opened by hand; extend another kind and change it then")
        return None
    module = getattr(catalogue.modules[owner], "__name__", owner)
    return _Plan(kind=found, owner=owner, module=module, step=opening.name, role=role, body=_written(body))


def _written(body: Mapping[str, object] | None) -> str:
    """Write a body as Python does, with double quotes as formatters like them."""
    return "None" if body is None else repr(body).replace("'", '"')
