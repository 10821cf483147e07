"""A file opened: which worksheets of it fit, and their rows one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO

import attrs

from renda_core.errors import Invalid
from renda_core.files import apart, spool
from renda_core.files.archive import Contents
from renda_core.files.columns import Problem, Read, Sheet, letters
from renda_core.files.delimited import lines_of
from renda_core.files.headers import LOOKED_AT, Header, find_header, first_rows
from renda_core.files.likeness import another_kind, looks_like
from renda_core.files.limits import FULL, no_room, refuse
from renda_core.files.paths import WORKBOOKS, check_bytes, check_path, path_kind
from renda_core.files.understanding import Worksheet

EXPLANATIONS = "说明"
"""Name of the worksheet of notes that our own workbooks end with."""


@attrs.frozen
class _Fit:
    """A worksheet that is read: its headers and where its rows lie."""

    name: str
    header: Header
    frames: tuple[spool.Frame, ...]


class Rows:
    """The rows of a file, read from a private copy on disk; close it when done, or use ``with``.

    Attributes:
        name: Of the file.
        worksheets: Those that are read; ``("",)`` for a CSV file.
        total: Rows below the headers that hold something; a few of them, such as totals, may be left out.
        notes: Warnings about headers and about worksheets that are left out.
    """

    def __init__(
        self,
        name: str,
        sheet: Sheet,
        kept: IO[bytes],
        *,
        since_1904: bool,
        worksheet: str = "",
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        """Find the worksheets that fit; *hidden* names those of which some rows are hidden."""
        self.name, self._sheet, self._spool, self._since_1904 = name, sheet, kept, since_1904
        self._fits, notes = _fitting(name, sheet, kept, worksheet)
        self.notes = (*notes, *(_hides(name, fit.name) for fit in self._fits if fit.name in hidden))
        self.worksheets = tuple(fit.name for fit in self._fits)
        self.total = sum(_below(kept, fit) for fit in self._fits)
        if not self.total:
            self.notes = (*self.notes, _nothing_below(name, self._fits[0]))

    def __iter__(self) -> Iterator[Read]:
        """Give every row; a row left out is told with the one before it, or the next if it is the first."""
        held, waiting, told = None, list[Problem](), False
        for found in self._found():
            if isinstance(found, Problem):
                waiting.append(found)
                continue
            if held is not None:
                yield _with(held, waiting)
                waiting = []
            elif waiting:
                found, waiting = _with(found, waiting), []
            held, told = found, True
        if held is not None:
            yield _with(held, waiting)
        elif not told and waiting:
            self.notes = tuple(dict.fromkeys((*self.notes, *waiting)))

    def _found(self) -> Iterator[Read | Problem]:
        for fit in self._fits:
            worksheet = Worksheet(self.name, fit.name, fit.header, self._sheet, since_1904=self._since_1904)
            for frame in fit.frames:
                yield from worksheet.reads(spool.packed(self._spool, frame))

    def place(self, worksheet: str, column: str) -> tuple[str, str]:
        """Give the letters and the title of a column, by its name in code, in a worksheet; empty if it has none."""
        for fit in self._fits:
            if fit.name == worksheet and (at := fit.header.places.get(column)) is not None:
                return letters(at), fit.header.titles[at]
        return "", ""

    def close(self) -> None:
        """Remove the private copy."""
        self._spool.close()

    def __enter__(self) -> "Rows":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_rows(path: str | Path, sheet: Sheet, *, worksheet: str = "", name: str = "") -> Rows:
    """Open a workbook or CSV file whose rows are wanted.

    A workbook is parsed in a process of its own with little memory; its rows lie on disk, never all in memory.

    Args:
        path: ``.xlsx``, ``.xlsm``, ``.csv`` or ``.txt``; text is UTF-8, UTF-16 with its mark, or GB 18030.
        sheet: What the file should hold. Headers are found in any row near the top, columns in any order.
        worksheet: The one to read; without it all visible ones whose headers fit.
        name: What to call the file in messages, where it lies under another name.

    Returns:
        The rows; iterate over them as often as wanted, then close them.

    Raises:
        Invalid: The file is missing, too large, of another kind, damaged or hostile, or no worksheet fits;
            says what to do. ``details["problems"]`` has what is wrong with the headers.
    """
    path = Path(path)
    name = name or path.name
    check_path(path, name)
    with _opened(path, name) as source:
        if path_kind(path, name) in WORKBOOKS:
            kept, contents = apart.parse(source, name, worksheet)
        else:
            kept, contents = _texts(source, name, sheet), Contents(since_1904=False, faults={}, hidden=frozenset())
    try:
        return Rows(name, sheet, kept, since_1904=contents.since_1904, worksheet=worksheet, hidden=contents.hidden)
    except BaseException:
        kept.close()
        raise


@contextmanager
def _opened(path: Path, name: str) -> Iterator[IO[bytes]]:
    """Open the file; tell where this machine, and not the file, is what stands in the way."""
    try:
        with path.open("rb") as source:
            check_bytes(source, name)
            yield source
    except PermissionError:
        remedy = "close it in Excel or WPS, or ask whoever keeps it for the right to read it"
        raise refuse(name, "may not be read: it is open elsewhere, or closed to you", remedy) from None
    except OSError as broken:
        if broken.errno not in FULL:
            raise
        raise no_room(name) from broken


def read_file(path: str | Path, sheet: Sheet, *, worksheet: str = "") -> tuple[Read, ...]:
    """Read a small file whole; warnings about its headers stand with its first row.

    Raises:
        Invalid: As :func:`open_rows`.
    """
    with open_rows(path, sheet, worksheet=worksheet) as rows:
        reads = tuple(rows)
        if reads and rows.notes:
            return (_with(reads[0], rows.notes, first=True), *reads[1:])
        return reads


def _texts(source: IO[bytes], name: str, sheet: Sheet) -> IO[bytes]:
    kept = spool.private_file()
    try:
        spool.write(kept, spool.SHEET, [""])
        spool.write_lines(kept, lines_of(source, name, sheet))
    except BaseException:
        kept.close()
        raise
    return kept


def _with(read: Read, problems: "list[Problem] | tuple[Problem, ...]", *, first: bool = False) -> Read:
    if not problems:
        return read
    return attrs.evolve(read, problems=(*problems, *read.problems) if first else (*read.problems, *problems))


def _below(kept: IO[bytes], fit: _Fit) -> int:
    """Count the rows below the headers, which stand in the first frame."""
    numbers = spool.packed(kept, fit.frames[0]).numbers
    above = sum(number <= fit.header.number for number in numbers)
    return sum(frame.rows for frame in fit.frames) - above


def _fitting(name: str, sheet: Sheet, kept: IO[bytes], asked: str) -> tuple[list[_Fit], tuple[Problem, ...]]:
    """Find the worksheets whose headers fit, and what must be said about the others."""
    sheets, notes = _worksheets(name, kept)
    if len(sheets) > 1 and not asked:
        sheets.pop(EXPLANATIONS, None)
    fits, unfit, hints = list[_Fit](), list[Header](), list[str]()
    for title, frames in sheets.items():
        chunk = spool.packed(kept, frames[0])
        rows = spool.row_cells(chunk, LOOKED_AT)
        header = find_header(name, title, chunk.numbers, rows, sheet)
        other = looks_like(chunk.numbers, rows, sheet, header) if header.problems else None
        if header.fits:
            fits.append(_Fit(title, header, tuple(frames)))
            notes += [another_kind(name, title, header, other)] if other else []
        elif other:
            unfit.append(header)
            hints.append(f"; this looks like {other.title}: import it as {other.name}")
        else:
            unfit.append(header)
            hints.append("" if header.sure else f"; the first rows hold: {first_rows(rows)}")
    if not fits:
        raise _refusal(name, unfit, hints, notes)
    told = [problem for fit in fits for problem in fit.header.problems]
    left = [attrs.evolve(_why(header), level="warning") for header in unfit]
    return fits, (*told, *left, *notes)


def _refusal(name: str, unfit: list[Header], hints: list[str], notes: list[Problem]) -> Invalid:
    if not unfit:
        return refuse(name, "holds no row at all", "check that the table is on a visible sheet", problems=tuple(notes))
    problems = [problem for header in unfit for problem in header.problems]
    lines = [
        "\n".join(str(problem) for problem in header.problems if problem.level == "error") + hint
        for header, hint in zip(unfit, hints, strict=True)
    ]
    return Invalid("\n".join(lines), file=name, problems=tuple(problems))


def _nothing_below(name: str, fit: _Fit) -> Problem:
    """Say that there is nothing but headers."""
    number, message = fit.header.number, "there are headers and no row below them"
    return Problem(
        file=name, worksheet=fit.name, row=number, message=message, remedy="fill rows in below", level="warning"
    )


def _hides(name: str, worksheet: str) -> Problem:
    """Say that hidden rows are read like all others."""
    message = "some rows of this worksheet are hidden, perhaps by a filter, and are read too"
    remedy = "leave it so, or delete those that do not belong"
    return Problem(file=name, worksheet=worksheet, message=message, remedy=remedy, level="warning")


def _why(header: Header) -> Problem:
    """Say in one warning why a worksheet is left out."""
    errors = [problem for problem in header.problems if problem.level == "error"]
    missing = "、".join(problem.field for problem in errors)
    message = f"this worksheet is left out, for these columns are missing or given twice: {missing}"
    remedy = "add them if its rows are wanted, else leave it so"
    return attrs.evolve(errors[0], row=0, column="", field="", message=message, remedy=remedy)


def _worksheets(name: str, kept: IO[bytes]) -> tuple[dict[str, list[spool.Frame]], list[Problem]]:
    """List the visible worksheets that hold something, and a warning for every hidden one."""
    sheets, notes, title = dict[str, list[spool.Frame]](), list[Problem](), ""
    for frame in spool.frames(kept):
        if frame.kind == spool.ROWS:
            sheets.setdefault(title, []).append(frame)
            continue
        said = spool.content(kept, frame)
        if frame.kind == spool.SHEET:
            title = said[0]
        elif frame.kind == spool.HIDDEN:
            message, remedy = "this worksheet is hidden and is left out", "show it if its rows are wanted"
            notes.append(Problem(file=name, worksheet=said[0], message=message, remedy=remedy, level="warning"))
        elif frame.kind == spool.ABSENT:
            raise refuse(name, "has no worksheet of that name", f"take one of {'、'.join(said)}")
        else:
            raise refuse(name, said[0], said[1])
    return sheets, notes
