"""CSV out, and files that appear whole or not at all."""

import contextlib
import csv
import datetime as dt
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

_FORMULA = frozenset("=+-@\t\r\0＝＋－＠")


def guarded(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula; :func:`unguarded` takes it off.

    Source: OWASP, CSV Injection.
    """
    return f"'{text}" if _runs(text) else text


def unguarded(text: str) -> str:
    """Take off the apostrophe that :func:`guarded` put on."""
    return text[1:] if text.startswith("'") and _runs(text[1:]) else text


def _runs(text: str) -> bool:
    # Apostrophes already there are looked through, else taking one off would lose the writer's own.
    bare = text.lstrip("'")
    return bare[:1] in _FORMULA or bare.lstrip(" \u3000")[:1] in _FORMULA


@contextlib.contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """Yield a new name beside *path*; it becomes *path* when the block ends well, else it is removed."""
    path = Path(path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def shown(value: object) -> str:
    """Write a value as people read it: 是 and 否, dates as 2026-03-01, several values with 、 between."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, tuple | list | frozenset | set):
        return "、".join(map(shown, sorted(value, key=str) if isinstance(value, frozenset | set) else value))
    return str(value)


def write_csv(path: str | Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write UTF-8 with the mark Excel needs, texts guarded against being run as formulas.

    Args:
        path: Where the file appears once it is complete.
        columns: Headers.
        rows: One sequence a row, in the order of *columns*; numbers stay numbers.

    Returns:
        *path*.
    """
    with whole_file(path) as part, part.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([guarded(title) for title in columns])
        for row in rows:
            writer.writerow([value if _is_number(value) else guarded(shown(value)) for value in row])
    return Path(path)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
