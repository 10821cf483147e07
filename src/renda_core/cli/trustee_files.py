"""Files of trustees at the command line: read within bounds, never overwritten, named by how far the box is."""

from __future__ import annotations

import contextlib
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.errors import ConfigError, Invalid, Rejected

if TYPE_CHECKING:
    from renda_core.sealing.box import Box

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
SECRET, PUBLIC = 0o600, 0o644
"""Who may read a new file: its owner, or everybody."""
STAGE = re.compile(r"(\.(layer\d+|opened|signed\d+))?\.json$", re.IGNORECASE)


def read(path: Path) -> bytes:
    """Read a file that may be anybody's.

    Raises:
        Invalid: It is too large.
    """
    from renda_core.sealing.box import LARGEST

    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise Invalid(f"{path} is too large: up to {LARGEST} bytes are read")
    return raw


def write(path: Path, raw: bytes, mode: int = PUBLIC) -> Path:
    """Write a new file whole, down to the disk or stick; one that is there already is never touched.

    Raises:
        ConfigError: There is such a file already, or it cannot be written there.
    """
    telling.place(path)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    except FileExistsError as error:
        told = f"{path} is there already; name another file, or move that one away first"
        raise ConfigError("nothing was written", told) from error
    try:
        with open(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):  # the first failure is the one to tell
            path.unlink()
        raise
    return path


def write_box(path: Path, box: dict[str, Any]) -> Path:
    """Write a box file, one paper a line, so that people can look at it."""
    return write(path, json.dumps(box, ensure_ascii=False, indent=1).encode() + b"\n")


def refuse_second_box(key: Path, after: Box) -> None:
    """Note beside the key which box of a round it took a layer off; refuse another one of the same round.

    Whoever had two opened, of which one lacks a single paper, would read that paper in the difference. A rehearsal has
    no votes in it, and the very same box may be done again.

    Raises:
        Rejected: Another box of this round was done with this key.
    """
    sheet, now = after.sheet, after.peeled[-1].in_
    record = key.with_name(f"{key.name.removesuffix('.json').removesuffix('.key')}.boxes.json")
    done = _record(record)
    if sheet.trial or done.get(sheet.bound) == now:
        return
    if before := done.get(sheet.bound):
        told = f"this key has done another box of this round already: {before[:16]}…, and this one is {now[:16]}…"
        why = "whoever sees two boxes of one round opened can read single votes from the difference"
        way = f"only if the meeting decides it, and the minutes say why, move {record} away first"
        raise Rejected("cannot open", told, why, way)
    new = record.with_name(f"{record.name}.new")
    new.unlink(missing_ok=True)
    write(new, json.dumps({**done, sheet.bound: now}, indent=1).encode() + b"\n")
    new.replace(record)


def _record(path: Path) -> dict[str, str]:
    import msgspec

    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(read(path), type=dict[str, str])
    except msgspec.MsgspecError as error:
        told = (
            f"{path} is damaged: it holds which boxes were done with this key; compare the minutes, then move it away"
        )
        raise Invalid(told) from error


def beside(path: Path, stage: str) -> Path:
    """Name the file of the next stage beside the one before: ``box.json``, ``box.layer1.json``, ``box.opened.json``."""
    return path.with_name(f"{STAGE.sub('', path.name)}.{stage}.json")


def file_name(name: str) -> str:
    """Make a file's name of a person's: letters and digits of any script."""
    return re.sub(r"[^\w]+", "-", name).strip("-") or "trustee"


def ask_passphrase(*, new: bool = False) -> str:
    """Ask for a passphrase, unseen; a new one twice. It never stands on a command line."""
    text: str = click.prompt("passphrase 口令", hide_input=True, confirmation_prompt=new, err=True)
    return text
