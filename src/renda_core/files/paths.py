"""What stands in a folder under a name: whether it is a file that can be read, before a byte of it is understood."""

from pathlib import Path
from typing import IO

from renda_core.files.limits import MOST_PACKED, refuse

WORKBOOKS = frozenset({".xlsx", ".xlsm"})
TEXTS = frozenset({".csv", ".txt"})
OPEN_MARK = "~$"
"""How the name begins of what Excel lays beside a file that is open."""


def path_kind(path: Path, name: str) -> str:
    """Give the ending that tells a file's kind; *name* is what people call it."""
    return Path(name).suffix.lower() or path.suffix.lower()


def check_path(path: Path, name: str) -> None:
    """Refuse what is no file that is read.

    Raises:
        Invalid: It is a folder, missing, of another kind, or the mark of an open file.
    """
    if path.is_dir():
        raise refuse(str(path), "is a folder", "name the file in it")
    if not path.is_file():
        raise refuse(str(path), "there is no such file", "check the folder and the spelling of the name")
    if name.startswith(OPEN_MARK):
        message = "is only the mark that Excel leaves while a file is open"
        raise refuse(name, message, f"take the file itself: {name.removeprefix(OPEN_MARK)}")
    if (kind := path_kind(path, name)) not in WORKBOOKS | TEXTS:
        raise refuse(name, f"files of kind {kind or 'without ending'} are not read", "save it as .xlsx or as CSV")


def check_bytes(source: IO[bytes], name: str) -> None:
    """Refuse a file without a byte, or with too many.

    Raises:
        Invalid: It is one of these.
    """
    size = source.seek(0, 2)
    if not size:
        raise refuse(name, "is empty: it holds not one byte", "save it again, or ask for it again")
    if size > MOST_PACKED:
        raise refuse(name, f"is larger than {MOST_PACKED:,} bytes", "split it into several files")
