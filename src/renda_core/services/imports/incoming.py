"""What a file that somebody sends must be: of a kind that is read, not too large, and with a harmless name."""

from __future__ import annotations

from renda_core.errors import RendaError
from renda_core.files.limits import TooLarge, WrongKind

__all__ = ["LARGEST", "Busy", "TooLarge", "WrongKind", "kind_of", "safe_name"]
LARGEST = 50_000_000
"""Bytes of a file; the registers of a county are a tenth of it."""
LONGEST_NAME = 120
"""Characters that are kept of a file's name."""
HEAD = 4_096
"""Bytes at the beginning by which a file's kind is told."""
ENDINGS = (".xlsx", ".xlsm", ".csv", ".txt")
"""What a file that is read may be called; another name gets the ending of what it holds."""
REFUSED = '<>:"|?*'
"""Characters that no file system shares with another."""


class Busy(RendaError):
    """Too many files of this tenant are waiting; nothing was done."""

    code = "busy"


def kind_of(content: bytes) -> str:
    """Tell a file's kind by what it holds, as an ending.

    Raises:
        WrongKind: It is neither a workbook of today's Excel nor text.
    """
    if content.startswith(b"PK\x03\x04"):
        return ".xlsx"
    if content.startswith(b"\xd0\xcf\x11\xe0") or b"\x00" in content[:HEAD]:
        raise WrongKind("the file is neither XLSX nor CSV; open it in Excel or WPS and save it as .xlsx")
    return ".csv"


def safe_name(name: str, ending: str, endings: tuple[str, ...] = ENDINGS) -> str:
    """Keep the last part of a name, without anything that steers a screen or a file system.

    Args:
        ending: What it gets where it has none of the *endings*, or is too long.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if c.isprintable() and c not in REFUSED).strip(" .")
    if len(kept) > LONGEST_NAME or (kept and not kept.lower().endswith(endings)):
        kept = kept[: LONGEST_NAME - len(ending)] + ending
    return kept or f"file{ending}"
