"""The page about the command line names every command and option, and every exit code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import rich_click as click

from renda_core.cli import failing, renda

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "cli.md").read_text("utf-8")
EVERYWHERE = {"--json", "--help"}
HIDDEN = {"--today"}


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Give every command with its whole name."""
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from commands(command, (*path, name))
    else:
        yield " ".join(path), group


COMMANDS = dict(commands(renda))
NAMED = dict(re.findall(r"^\| `([a-z]+(?: [a-z]+)?)[^`]*` \| (.*) \|$", PAGE, re.MULTILINE))


def test_every_command_is_on_the_page_and_nothing_else() -> None:
    assert NAMED.keys() == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_told_where_its_command_is(name: str) -> None:
    options = {o for p in COMMANDS[name].params if isinstance(p, click.Option) for o in p.opts}
    told = NAMED[name] + "".join(NAMED[other] for other in re.findall(r"as `([a-z ]+)`", NAMED[name]))
    missing = {o for o in options - EVERYWHERE if not re.search(rf"{o}\b", told)}
    assert not missing


def test_the_options_for_every_command_are_told() -> None:
    options = {o for p in renda.params if isinstance(p, click.Option) for o in p.opts}
    assert all(f"`{o}" in PAGE for o in options - HIDDEN)


def test_every_exit_code_is_told() -> None:
    shown = {int(code) for code in re.findall(r"^\| (\d+) \| ", PAGE, re.MULTILINE)}
    assert shown == {0, failing.INTERRUPTED, *(code for _, code in failing.CODES)}
