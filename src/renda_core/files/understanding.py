"""Rows of one worksheet, understood a thousand at a time, column by column.

A cell that was met lately costs one look into a table; problems are looked for only in columns that have some.
"""

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import attrs

from renda_core.files.cells import Cell, blank
from renda_core.files.columns import Column, Problem, Read, Sheet, letters, title_key
from renda_core.files.doubts import Doubtful, Fault, Unreadable
from renda_core.files.headers import Header
from renda_core.files.spool import Packed

_REMEMBERED = 500
"""Different cells of a column that are remembered."""
_TOTALS = frozenset(
    f"{word[0]}{gap}{word[1]}{end}"
    for word in ("合计", "总计", "共计", "小计")
    for gap in ("", " ", "  ", "   ", "　", "　　")
    for end in ("", ":", "：")
) | {"Total", "TOTAL", "total", "Total:", "Grand total", "Grand Total", "Subtotal"}
_FOOTER = re.compile("(?:备注|注|说明|填报单位|填报人|填表单位|填表人|制表人|制表|审核人|审核|填报日期)[:：]")
_COUNT = re.compile("(?:[0-9]+ ?[人名个件家]?)?")
_LEFT_OUT = "leave it so, or delete the row"

Level = Literal["error", "warning"]


class _Memo(dict[object, object]):
    """What the cells of a column met lately mean; *odd* tells that one since was no plain value."""

    def __init__(self, read: Callable[..., object]) -> None:
        super().__init__()
        self._read, self.odd = read, False

    def __missing__(self, cell: object) -> object:
        try:
            found = self._read(cell)
        except Unreadable as wrong:
            self.odd = True
            return wrong
        if found.__class__ is Doubtful:
            self.odd = True
            return found
        if len(self) >= _REMEMBERED:
            self.clear()
        self[cell] = found
        return found


@attrs.define
class _Field:
    """One column of the sheet, and where the worksheet has it; *at* is None where it has not."""

    column: Column
    at: int | None
    title: str
    memo: _Memo
    nothing: object


class Worksheet:
    """Understands the rows under one worksheet's headers."""

    def __init__(self, file: str, name: str, header: Header, sheet: Sheet, *, since_1904: bool) -> None:
        self.name, self._file, self._header, self._sheet = name, file, header, sheet
        self._fields = [self._field(column, since_1904=since_1904) for column in sheet.columns]
        self._names = tuple(column.name for column in sheet.columns)
        self._example = _example(sheet)
        known = set(header.places.values())
        self._others = {at: title for at, title in enumerate(header.titles) if title and at not in known}
        self._told = set[int]()

    def _field(self, column: Column, *, since_1904: bool) -> _Field:
        at = self._header.places.get(column.name)
        read = column.reader(since_1904=since_1904)
        title = column.title if at is None else self._header.titles[at]
        return _Field(column, at, title, _Memo(read), blank(column.kind))

    def reads(self, chunk: Packed) -> Iterator[Read | Problem]:
        """Give the rows of a chunk in their order, and in the place of a row that is left out, why."""
        rows = _Chunk(self, chunk)
        columns = [rows.understood(field) for field in self._fields]
        rows.check_unnamed()
        left = rows.left_out(columns)
        extra = self._extra(chunk) if self._sheet.extra else {}
        name, names, bad, first = self.name, self._names, rows.bad, self._header.number
        rows_of_values = zip(*columns, strict=True) if columns else itertools.repeat((), len(chunk.numbers))
        for place, (number, values) in enumerate(zip(chunk.numbers, rows_of_values, strict=True)):
            if number <= first:
                continue
            if place in left:
                if left[place] is not None:
                    yield left[place]  # type: ignore[misc]
                continue
            problems = tuple(bad[place]) if place in bad else ()
            kept = {title: cells[place] for title, cells in extra.items() if cells[place] != ""}
            row = dict(zip(names, values, strict=True))
            yield Read(number=number, values=row, problems=problems, extra=kept, worksheet=name)

    def _extra(self, chunk: Packed) -> dict[str, list[Cell]]:
        """Find the cells of columns that only the file knows."""
        found = dict[str, list[Cell]]()
        for at, column in enumerate(chunk.columns, chunk.offset):
            if column is not None and at not in self._header.places.values():
                title = self._others.get(at, f"(column {letters(at)})")
                cells = cells_of(chunk, at)
                found[title] = [_tidy(cell) for cell in cells]
        return found

    def unnamed(self, chunk: Packed) -> list[int]:
        """Find columns that hold something and have no header; each is told once."""
        titles, found = self._header.titles, []
        for at, column in enumerate(chunk.columns, chunk.offset):
            if column is None or (at < len(titles) and titles[at]) or at in self._told or self._sheet.extra:
                continue
            below = (cell for cell, number in zip(column, chunk.numbers, strict=True) if number > self._header.number)
            if any(not isinstance(cell, str) or cell.strip() for cell in below):
                self._told.add(at)
                found.append(at)
        return found

    def problem(self, row: int, field: str, message: str, remedy: str, level: Level, **more: str) -> Problem:
        """Build a problem of this worksheet."""
        return Problem(
            file=self._file, worksheet=self.name, row=row, field=field, message=message, remedy=remedy, level=level,
            **more,
        )  # fmt: skip


class _Chunk:
    """What is found in one chunk."""

    def __init__(self, worksheet: Worksheet, chunk: Packed) -> None:
        self.sheet, self.chunk = worksheet, chunk
        self.bad = dict[int, list[Problem]]()

    def understood(self, field: _Field) -> list[object]:
        """Read one column; what is wrong goes into *bad*."""
        size, at = len(self.chunk.numbers), field.at
        cells = [""] * size if at is None else cells_of(self.chunk, at)
        field.memo.odd = False
        values = list(map(field.memo.__getitem__, cells))
        unread = self._odd(field, cells, values) if field.memo.odd else frozenset()
        if field.column.required and (None in values or () in values):
            for place, value in enumerate(values):
                if (value is None or value == ()) and place not in unread:
                    self._note(field, place, cells[place], "is empty and must not be", "fill it in")
        return values

    def _odd(self, field: _Field, cells: Sequence[object], values: list[object]) -> frozenset[int]:
        unread = set[int]()
        for place, value in enumerate(values):
            if isinstance(value, Unreadable):
                values[place] = field.nothing
                unread.add(place)
                self._note(field, place, cells[place], value.message, value.remedy)
            elif isinstance(value, Doubtful):
                values[place] = value.value
                self._note(field, place, cells[place], value.message, value.remedy, "warning")
        return frozenset(unread)

    def _note(self, field: _Field, place: int, cell: object, message: str, remedy: str, level: Level = "error") -> None:
        column = "" if field.at is None else letters(field.at)
        value = field.column.shown(cell)  # type: ignore[arg-type]
        number = self.chunk.numbers[place]
        found = self.sheet.problem(number, field.title, message, remedy, level, column=column, value=value)
        self.bad.setdefault(place, []).append(found)

    def check_unnamed(self) -> None:
        """Warn about columns without header that hold something."""
        for at in self.sheet.unnamed(self.chunk):
            column, numbers = self.chunk.columns[at - self.chunk.offset] or [], self.chunk.numbers
            place = next(p for p, cell in enumerate(column) if cell != "" and numbers[p] > self.sheet._header.number)
            message, remedy = "this column has no header and is left out", "write a header above it, or empty it"
            field = f"(column {letters(at)})"
            found = self.sheet.problem(numbers[place], field, message, remedy, "warning", column=letters(at))
            self.bad.setdefault(place, []).append(found)

    def left_out(self, columns: list[list[object]]) -> dict[int, Problem | None]:
        """Find rows that are no rows of the table: totals, repeated headers, lines below it, the example."""
        left = dict[int, Problem | None]()
        for place in self._totals():
            left[place] = self._leave(place, "a row of totals is left out")
        for place in self._repeated():
            left[place] = self._leave(place, "the header line is repeated and is left out")
        for place in self.bad:
            cells = [text for text in self._texts(place) if text]
            if not cells:
                left[place] = None
            elif len(cells) == 1 and (cells[0] in self.sheet._header.above or _FOOTER.match(cells[0])):
                left[place] = self._leave(place, "a line that belongs to no column is left out")
        example = self.sheet._example
        if example:
            lead = next(at for at, value in enumerate(example) if value)
            for place, value in enumerate(columns[lead]) if example[lead] in columns[lead] else ():
                if value == example[lead] and tuple(column[place] for column in columns) == example:
                    left[place] = self._leave(place, "the template's example line is still in the file and is left out")
        return left

    def _leave(self, place: int, message: str) -> Problem:
        return self.sheet.problem(self.chunk.numbers[place], "", message, _LEFT_OUT, "warning")

    def _totals(self) -> Iterator[int]:
        """Find rows that begin with a word for totals and have no other required column filled, but for counts."""
        leads = [(at, column) for at, column in enumerate(self.chunk.columns, self.chunk.offset) if column][:2]
        required = [field.at for field in self.sheet._fields if field.column.required and field.at is not None]
        for nth, (at, column) in enumerate(leads):
            if _TOTALS.isdisjoint(column):
                continue
            others = [cells_of(self.chunk, other) for other in required if other != at]
            for place, cell in enumerate(column):
                first = nth == 0 or leads[0][1][place] == ""
                if cell in _TOTALS and first and all(_is_count(other[place]) for other in others):
                    yield place

    def _repeated(self) -> Iterator[int]:
        """Find rows whose known cells are all titles."""
        titles = {at: self.sheet._header.titles[at] for at in self.sheet._header.places.values()}
        if not titles:
            return
        lead = next(iter(titles))
        column = cells_of(self.chunk, lead)
        if titles[lead] not in column:
            return
        keys = {at: title_key(title) for at, title in titles.items()}
        for place, cell in enumerate(column):
            if cell == titles[lead] and self.chunk.numbers[place] > self.sheet._header.number:
                row = ((key, cells_of(self.chunk, at)[place]) for at, key in keys.items())
                if len(keys) > 1 and all(isinstance(cell, str) and title_key(cell) == key for key, cell in row):
                    yield place

    def _texts(self, place: int) -> list[str]:
        return [str(column[place]).strip() for column in self.chunk.columns if column]


def _is_count(cell: object) -> bool:
    """Tell a blank or a count, as it stands beside a word for totals: 12, 12人."""
    return isinstance(cell, float | int) or _COUNT.fullmatch(str(cell).strip()) is not None


def cells_of(chunk: Packed, at: int) -> Sequence[object]:
    """Give one column of a chunk: days as days, faults as faults."""
    index = at - chunk.offset
    cells = chunk.columns[index] if 0 <= index < len(chunk.columns) else None
    if cells is None:
        return [""] * len(chunk.numbers)
    days, faults = chunk.days.get(index), chunk.faults.get(index)
    if days is None and faults is None:
        return cells
    found: list[object] = list(cells)
    if days is not None:
        for place in days or range(len(found)):
            found[place] = dt.date.fromisoformat(str(found[place]))
    for place in faults or ():
        found[place] = Fault("" if found[place] == "=" else str(found[place]))
    return found


def _tidy(cell: object) -> Cell:
    """Bring a cell of a column that is not known to what a reader of the file sees."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell if isinstance(cell, dt.date | int | float) else str(cell).strip()


def _example(sheet: Sheet) -> tuple[object, ...]:
    """Read the example line as if it stood in a file; empty when the sheet has none."""
    if not any(column.example for column in sheet.columns):
        return ()
    return tuple(c.reader()(c.example or None) for c in sheet.columns)
