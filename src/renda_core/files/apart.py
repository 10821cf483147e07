"""Workbooks are parsed in a process of their own, so that one that was made to do harm harms only that process."""

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import msgspec

from renda_core.errors import Misuse, RendaError
from renda_core.files.archive import Contents, check_archive
from renda_core.files.limits import no_room, refuse
from renda_core.files.spool import private_file

MEMORY = 512 * 1024 * 1024
"""Bytes of address space. A roster of 100,000 rows and 19 columns fits into half of it (192 MB were resident)."""
SECONDS = 60
"""Seconds of processor time; the same roster takes 2."""
PATIENCE = 180
"""Seconds on the clock, for a machine that has other things to do."""
DISK = 2 * 1024 * 1024 * 1024
"""Bytes the rows may take on disk."""

_PROGRAM = Path(__file__).with_name("parser.py")
_PIECE = 1 << 16
_OUT_OF_MEMORY = 3
_BROKEN_START = frozenset({1, 2, 126, 127})


def parse(source: IO[bytes], name: str, worksheet: str) -> tuple[IO[bytes], Contents]:
    """Check a workbook, and parse it in another process.

    Args:
        source: The workbook, open for reading.
        name: Of the file, for messages.
        worksheet: The one to read; empty for all visible ones.

    Returns:
        The spool with what was read, which the caller closes, and what the check found.

    Raises:
        Invalid: The workbook is refused, or parsing it needs more memory or time than it may have.
        ConfigError: This machine has no room left for what was read.
    """
    contents = check_archive(source, name)
    spool = private_file()
    try:
        with tempfile.TemporaryFile() as said:
            status = _parsed(source, {"worksheet": worksheet, "faults": contents.faults}, spool, said)
            if status:
                said.seek(0)
                raise _death(name, status, said.read(2_000))
    except BaseException:
        spool.close()
        raise
    return spool, contents


def _parsed(source: IO[bytes], request: object, spool: IO[bytes], said: IO[bytes]) -> int:
    """Run the process that parses; what it reads goes into *spool*, what it complains of into *said*.

    Returns:
        Its exit status, which is not 0 if it was ended.
    """
    command = [sys.executable, "-I", "-X", "utf8", str(_PROGRAM), str(MEMORY), str(SECONDS), str(DISK)]
    source.seek(0)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=spool, stderr=said) as process:  # noqa: S603
        entrance = process.stdin
        if entrance is None:
            raise Misuse("the parsing process has no standard input")
        try:
            with contextlib.suppress(BrokenPipeError), entrance:  # if it died, its status tells why
                entrance.write(msgspec.json.encode(request) + b"\n")
                while piece := source.read(_PIECE):
                    entrance.write(piece)
            return process.wait(PATIENCE)
        except BaseException as broken:
            process.kill()
            if isinstance(broken, subprocess.TimeoutExpired):
                return process.wait()
            raise


def _death(name: str, status: int, said: bytes) -> RendaError:
    """Say why the process ended before its work was done."""
    if b"No space left" in said or b"quota exceeded" in said:
        return no_room(name)
    if b"File too large" in said:
        remedy = "split it into several files"
        return refuse(name, f"would need more than {DISK // 1024**3} GB of disk to read", remedy, status=status)
    if status in _BROKEN_START and b"MemoryError" not in said:
        text = said.decode("utf-8", "replace").strip().splitlines()
        return Misuse(f"the parsing process could not do its work: {text[-1] if text else f'status {status}'}")
    message = f"would need more than {MEMORY // 1024**2} MB of memory or {SECONDS} seconds to read"
    remedy = "copy the table alone into a new workbook and save it as .xlsx, or split it into several files"
    return refuse(name, message, remedy, status=status)
