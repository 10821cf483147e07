"""Check an archive without any database: every row and file is what was written, and the journal's chain holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import msgspec

from renda_core.errors import Invalid
from renda_core.services import journal
from renda_core.services.journal import Line
from renda_core.services.moving.leaving import Told
from renda_core.store.archive.file import Manifest, Opened, TablePart
from renda_core.store.chaining import START

OWNER, JOURNAL, HEAD, FILES = "tenant", "journal", "journal_head", "attachment"


@attrs.frozen(kw_only=True)
class Checked:
    """What a check found of an archive that is whole.

    Attributes:
        digest: Of the manifest, as the export told it.
        entries: Of the journal, each chained to the one before it.
    """

    manifest: Manifest
    digest: str
    entries: int


def verify(path: Path, told: Told | None = None) -> Checked:
    """Check all of an archive.

    Raises:
        Invalid: It is none, is damaged, was made by another renda, or its journal does not hold; naming where.
    """
    with Opened(path) as opened:
        return check(opened, told)


def check(opened: Opened, told: Told | None = None) -> Checked:
    """Check all of an archive that is open."""
    manifest, head = opened.manifest, (0, START)
    parts = {part.name: part for part in manifest.tables}
    if lost := sorted({OWNER, JOURNAL, HEAD, FILES} - parts.keys()):
        raise Invalid(f"{opened.path} is damaged: it lacks {', '.join(lost)}")
    few: dict[str, list[dict[str, Any]]] = {}
    for part in manifest.tables:
        if part.name == JOURNAL:
            head = _chained(opened, part)
        elif part.name in (HEAD, OWNER):
            few[part.name] = list(_rows(opened, part))
        elif part.name == FILES and not manifest.rows_only:
            _refuse_lost(opened, part)
        else:
            for _ in opened.lines(part):
                continue
        if told:
            told(part.name, part.tally.rows)
    for file in manifest.objects:
        for _ in opened.object(file):
            continue
    whose = manifest.tenant
    if few[OWNER] != [{"code": whose.code, "name": whose.name, "level": whose.level}]:
        raise Invalid(f"{opened.path}: the tenant in it is not the one that its manifest names")
    seq, last = head
    if few[HEAD] != [{"seq": seq, "hash": last}] or (manifest.seq, manifest.head) != (seq, last.hex()):
        raise Invalid(f"{opened.path}: its journal ends at entry {seq}, which is not where it should end")
    return Checked(manifest=manifest, digest=manifest.digest, entries=seq)


def _rows(opened: Opened, part: TablePart) -> Any:
    row = msgspec.json.Decoder(tuple[tuple(field.read_as for field in part.fields)])  # type: ignore[misc]
    names = [field.name for field in part.fields]
    for text in opened.lines(part):
        try:
            found = row.decode_lines(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Invalid(f"{opened.path}: a row of {part.name} cannot be read") from None
        yield from (dict(zip(names, values, strict=True)) for values in found)


def _chained(opened: Opened, part: TablePart) -> tuple[int, bytes]:
    seq, previous = 0, START
    if {field.name for field in part.fields} != {"seq", "entry", "private", "hash"}:
        raise Invalid(f"{opened.path}: its journal has other columns than a journal")
    for values in _rows(opened, part):
        line = Line(**values)
        if why := journal.wrong(seq, previous, line):
            raise Invalid(f"{opened.path}: the journal is broken at entry {seq + 1}: {why}")
        seq, previous = line.seq, line.hash
    return seq, previous


def _refuse_lost(opened: Opened, part: TablePart) -> None:
    held = {file.name for file in opened.manifest.objects}
    lost = [row["id"] for row in _rows(opened, part) if row["erased_at"] is None and row["id"] not in held]
    if lost:
        raise Invalid(f"{opened.path}: the contents of {len(lost)} files are not in it")
