"""How much a file may hold, and the error every refused file gets."""

import errno
import tempfile

from renda_core.errors import ConfigError, Invalid, RendaError

MOST_PACKED = 50 * 1024 * 1024
"""Bytes of a file as it lies on disk."""
MOST_BYTES = 200 * 1024 * 1024
"""Bytes a workbook may unpack to."""
MOST_RATIO = 200
"""Unpacked bytes to packed bytes; an honest workbook has 5 to 30."""
MOST_MEMBERS = 2_000
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_CELLS = 4_000_000
"""Rows times columns: the reader keeps the whole rectangle in memory, empty cells too."""


FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""How a system says that nothing more can be written."""


class WrongKind(RendaError):
    """The file is of a kind that is not taken here, or is not what its name says."""

    code = "wrong_kind"


class TooLarge(RendaError):
    """The file is larger than any that is taken."""

    code = "too_large"


def no_room(file: str) -> ConfigError:
    """Build the error for a machine that has no room left; the file itself may be good."""
    told = f"make room where temporary files lie ({tempfile.gettempdir()}), then import it again"
    return ConfigError(f"{file}: this machine has no room left to read it; nothing was imported", told)


def refuse(file: str, message: str, remedy: str, **details: object) -> Invalid:
    """Build the error every refused file gets: which file, why, what to do."""
    return Invalid(f"{file}: {message}; {remedy}", file=file, remedy=remedy, **details)


def check_size(file: str, *, rows: int, columns: int) -> None:
    """Refuse more rows, columns or cells than a table may have.

    Raises:
        Invalid: One of the three limits is passed.
    """
    if rows > MOST_ROWS:
        raise refuse(file, f"has more than {MOST_ROWS:,} rows", "split it into several files")
    if columns > MOST_COLUMNS:
        raise refuse(file, f"has more than {MOST_COLUMNS} columns", "delete the columns right of the table")
    if rows * columns > MOST_CELLS:
        raise refuse(file, f"spans more than {MOST_CELLS:,} cells", "delete stray cells far from the table")
