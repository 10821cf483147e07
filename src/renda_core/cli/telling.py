"""How commands answer: tables for people, JSON for programs; the same facts in both."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renda_core.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import Console

WIDE = 200
"""Columns of a table that goes into a file or a pipe, where no terminal says how wide it is."""
STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters with which a text from a foreign file could move the cursor, change colours, or turn its order around."""
LONGEST_CELL = 26
"""Columns that one cell of a block may take before it goes on in the next line; the last takes what is left."""


def console(*, stderr: bool = False) -> Console:
    """Make a console on the present stdout or stderr; texts are shown as they are, never read as markup."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDE
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)


def plain(data: object) -> Any:
    """Reduce frozen objects to what JSON knows; equal data give equal text."""
    import msgspec

    return msgspec.to_builtins(data, enc_hook=_other, order="deterministic", str_keys=True)


def _other(value: object) -> object:
    return sorted(value, key=str) if isinstance(value, frozenset | set) else str(value)


def write_json(data: object) -> None:
    """Write one JSON document on stdout."""
    sys.stdout.write(json.dumps(plain(data), ensure_ascii=False, indent=2) + "\n")


def line(text: str = "") -> None:
    """Write one line for people; what would steer the terminal or hide what follows is shown as a mark."""
    console().print(_seen(text), soft_wrap=True)


def aside(text: str) -> None:
    """Write one line on stderr: no part of the answer."""
    console(stderr=True).print(_seen(text), soft_wrap=True)


def _seen(text: str) -> str:
    return STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str = "",
    empty: str = "none",
    fold: bool = False,
) -> None:
    """Write a table, or *empty* where it has no row; long words are cut, or *fold* into the next line."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    shown = [[Text(cell(value)) for value in row] for row in rows]
    if not shown:
        line(f"{title}: {empty}" if title else empty)
        return
    if title:
        line(title)  # outside, for a table narrower than its title would break it
    made = Table(*columns, box=box.SIMPLE_HEAD)
    for column in made.columns:
        column.overflow = "fold" if fold else column.overflow
    for row in shown:
        made.add_row(*row)
    console().print(made)


def blocks(parts: Sequence[tuple[str, Sequence[Sequence[object]]]]) -> None:
    """Write headings, each with lines of columns under it that are as wide under every heading; nothing is cut."""
    from rich.table import Table
    from rich.text import Text

    shown = [(head, [[Text(cell(value)) for value in row] for row in rows]) for head, rows in parts]
    lines = [row for _, rows in shown for row in rows]
    wide = [min(LONGEST_CELL, max(text.cell_len for text in column)) for column in zip(*lines, strict=True)]
    on = console()
    for head, rows in shown:
        on.print(Text(head))
        made = Table.grid(padding=(0, 1))
        for n, width in enumerate(wide):
            made.add_column(overflow="fold", width=width if n < len(wide) - 1 else None)
        for row in rows:
            made.add_row(*row)
        on.print(made)


def place(path: Path) -> Path:
    """Refuse to write where nothing can be written, before any work is done for it.

    Raises:
        ConfigError: There is no such folder, or it may not be written to.
    """
    if not path.parent.is_dir():
        raise ConfigError("nothing was written", f"{path}: there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise ConfigError("nothing was written", f"{path}: you may not write in {path.parent}")
    return path


def cell(value: object) -> str:
    """Write one value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "；".join(f"{key} {cell(part)}" for key, part in value.items())
    if isinstance(value, tuple | list | frozenset | set):
        return "、".join(map(cell, sorted(value, key=str) if isinstance(value, frozenset | set) else value))
    return str(value)
