"""A file opened: which worksheets of it fit, and their rows one after the other."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

import attrs

from renda_core.errors import Invalid
from renda_core.files import apart, spool
from renda_core.files.columns import Problem, Read, Sheet, letters
from renda_core.files.delimited import lines_of
from renda_core.files.headers import LOOKED_AT, Header, find_header, first_rows
from renda_core.files.limits import MOST_PACKED, refuse
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

    def __init__(self, name: str, sheet: Sheet, kept: IO[bytes], *, since_1904: bool, worksheet: str = "") -> None:
        self.name, self._sheet, self._spool, self._since_1904 = name, sheet, kept, since_1904
        self._fits, self.notes = _fitting(name, sheet, kept, worksheet)
        self.worksheets = tuple(fit.name for fit in self._fits)
        self.total = sum(_below(kept, fit) for fit in self._fits)

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
    if not path.is_file():
        raise refuse(str(path), "there is no such file", "check the folder and the spelling of the name")
    kind = Path(name).suffix.lower() or path.suffix.lower()
    if kind not in {".xlsx", ".xlsm", ".csv", ".txt"}:
        raise refuse(name, f"files of kind {kind or 'without ending'} are not read", "save it as .xlsx or as CSV")
    with path.open("rb") as source:
        if source.seek(0, 2) > MOST_PACKED:
            raise refuse(name, f"is larger than {MOST_PACKED:,} bytes", "split it into several files")
        if kind in {".xlsx", ".xlsm"}:
            kept, contents = apart.parse(source, name, worksheet)
            since_1904 = contents.since_1904
        else:
            kept, since_1904 = _texts(source, name, sheet), False
    try:
        return Rows(name, sheet, kept, since_1904=since_1904, worksheet=worksheet)
    except BaseException:
        kept.close()
        raise


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
        if header.fits:
            fits.append(_Fit(title, header, tuple(frames)))
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
