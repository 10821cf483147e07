"""The documentation is code too: what a page shows runs and prints what it says, and its links lead somewhere."""

from __future__ import annotations

import contextlib
import doctest
import inspect
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner

from renda_core import hookspecs
from renda_core.cli import renda

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md")))
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
SHELL = "docs/howto/"
"""Pages whose shell commands run as well."""
NOT_RUN = {
    ("README.md", "sh"): "the two commands make an environment; the tests run inside it",
    ("README.zh-CN.md", "sh"): "the same two commands",
}
"""Blocks marked ``no-run``, by page and language, each with its reason."""
INSTALLS = {"docs/tutorial/first-practice.md"}
"""Pages that install with pip: what they build goes into a folder of the page's own, and nothing is fetched for it."""
OURS = re.compile(r"renda [^|&;<>$`*?~#\\]+")
"""A command of ours in which nothing is the shell's."""
FENCE = re.compile(r"^```[ ]*(\{[^}\n]*\}|[^\n]*)\n(.*?)^```[ ]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")


@attrs.frozen(kw_only=True)
class Block:
    """One fenced block of a page.

    Attributes:
        title: The file that it shows, or ``prints`` for what the block before it prints.
    """

    line: int
    language: str
    title: str
    run: bool
    text: str


def blocks(page: Path) -> list[Block]:
    """List the fenced blocks of a page, in order."""
    text = page.read_text("utf-8")
    found = []
    for fence in FENCE.finditer(text):
        info = fence[1].strip("{} ")
        title = re.search(r'title="([^"]*)"', info)
        found.append(
            Block(
                line=text.count("\n", 0, fence.start()) + 1,
                language=(info.split() or [""])[0].lstrip("."),
                title=title[1] if title else "",
                run="no-run" not in info,
                text=fence[2],
            )
        )
    return found


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own that looks like the repository's root: the tenants' files are there, data are not."""
    for file in (ROOT / "tenants").rglob("*.toml"):
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:  # modules that a page showed belong to that page
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_what_a_page_shows_runs(page: Path, place: Path) -> None:
    name, printed = str(page.relative_to(ROOT)), ""
    namespace: dict[str, object] = {"__name__": "page"}
    for block in blocks(page):
        where = f"{name}:{block.line}"
        if not block.run:
            assert (name, block.language) in NOT_RUN, f"{where} is not run; give the reason in NOT_RUN"
        elif block.title == "prints":
            assert printed.rstrip() == block.text.rstrip(), f"{where} prints something else"
        elif block.title:
            path = place / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
        elif block.language == "python":
            printed = run(block.text, where, namespace)
        elif block.language == "sh" and name.startswith(SHELL):
            printed = shell(block.text, where)
        elif block.language == "console":
            terminal(block.text, where, apart(place) if name in INSTALLS else {})
        elif block.language == "pycon":
            prompt(block.text, where, namespace)
        elif block.language == "toml":
            tomllib.loads(block.text)


def run(text: str, where: str, namespace: dict[str, object]) -> str:
    """Run a block in its page's namespace; answer what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)  # the machine's matter, not the page's
        exec(compile(text, where, "exec", dont_inherit=True), namespace)  # noqa: S102 - our own pages
    return out.getvalue()


def shell(text: str, where: str) -> str:
    """Run commands as a reader would, line by line, stopping at the first that fails.

    Where a block asks the shell for nothing but to run our own command, no process is started for each: most of what
    such a process does is to import what is here already.
    """
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    if all(OURS.fullmatch(line) for line in lines):
        return "".join(command(line, where) for line in lines)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-e"], input=text, capture_output=True, text=True, env={**os.environ, "PATH": path}, check=False
    )
    assert done.returncode == 0, f"{where}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def command(line: str, where: str) -> str:
    """Run one line of ours in this process."""
    done = CliRunner().invoke(renda, shlex.split(line)[1:])
    assert done.exit_code == 0, f"{where}: {line}\n{done.output}"
    return done.stdout


def apart(place: Path) -> dict[str, str]:
    """Let pip install into a folder that only this page's commands see."""
    folder = str(place / "installed")
    pip = {
        "TARGET": folder,
        "NO_DEPS": "1",
        "NO_INDEX": "1",
        "NO_BUILD_ISOLATION": "0",
        "DISABLE_PIP_VERSION_CHECK": "1",
    }
    return {"PYTHONPATH": folder, **{f"PIP_{name}": value for name, value in pip.items()}}


def terminal(text: str, where: str, env: dict[str, str]) -> None:
    """Type what follows each ``$`` and expect what the page shows under it; ``...`` stands for anything."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        typed, _, shown = part.partition("\n")
        while shown.startswith("> "):
            more, _, shown = shown[2:].partition("\n")
            typed += "\n" + more
        seen = told(typed.strip(), {"COLUMNS": "100", "NO_COLOR": "1", **env}, path)
        got = "".join(f"{line.rstrip()}\n" for line in seen.splitlines())
        right = doctest.OutputChecker().check_output(shown, got, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        assert right, f"{where}: {typed}\nshown:\n{shown}\nprinted:\n{got}"


def told(typed: str, env: dict[str, str], path: str) -> str:
    """Run what was typed, and give what the terminal shows; a command of ours as ``shell`` runs it."""
    if OURS.fullmatch(typed) and "PYTHONPATH" not in env:
        return CliRunner(env=env).invoke(renda, shlex.split(typed)[1:]).output
    done = subprocess.run(  # noqa: S603 - our own pages
        ["/bin/sh", "-c", typed],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PATH": path, **env},
        check=False,
    )
    return done.stdout


def prompt(text: str, where: str, namespace: dict[str, object]) -> None:
    """Type what follows each ``>>>`` at a Python prompt and expect what the page shows under it."""
    test = doctest.DocTestParser().get_doctest(text, namespace, where, where, 0)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)  # the machine's matter
        runner.run(test, out=told.append, clear_globs=False)
    namespace.update(test.globs)
    assert not told, "".join(told)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text("utf-8"))
    for target in LINK.findall(text):
        path, _, heading = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        found = page if not path else (page.parent / path).resolve()
        assert found.exists(), f"{page.name}: {target} leads nowhere"
        if heading:
            assert heading in anchors(found), f"{page.name}: {target}: no such heading"


def anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as the site makes them."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h).strip().lower().replace(" ", "-") for h in heads}


def test_every_unrun_block_is_there_and_has_its_reason() -> None:
    held = {(str(p.relative_to(ROOT)), b.language) for p in PAGES for b in blocks(p) if not b.run}
    assert held == set(NOT_RUN)


def test_every_hook_is_documented_with_its_arguments() -> None:
    page = (ROOT / "docs" / "reference" / "hooks.md").read_text("utf-8")
    hooks = {n: f for n, f in vars(hookspecs).items() if n.startswith("register_")}
    sections = dict(re.findall(r"^## (register_\w+)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    assert sections.keys() == hooks.keys()
    for name, hook in hooks.items():
        arguments = ", ".join(inspect.signature(hook).parameters)
        assert f"`{name}({arguments})`" in sections[name], f"{name}: give its exact arguments"
        assert "```python" in sections[name], f"{name}: give an example"
