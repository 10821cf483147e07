"""Files out: every sheet with the very columns that the import reads, ledgers, and what is overdue, page by page.

An unedited export, imported again, changes nothing. What a reader may not see is not in the file.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import attrs

from renda_core.domain.case import Actor
from renda_core.errors import Invalid
from renda_core.files import SHEETS
from renda_core.files.workbook import Page
from renda_core.services.exports import cases, choices, duty, ledgers, roster
from renda_core.services.exports.columns import FORMER, LEDGER, OVERDUE, RECORDS, Shown, chosen, columns_of
from renda_core.services.exports.notes import notes_on
from renda_core.services.exports.roster import Lines
from renda_core.services.ledgers import Ask
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

PAGE = 500
"""Rows, or cases, read at once: what an export keeps in memory."""
NAMES = (*SHEETS, OVERDUE, FORMER)
"""What can be exported, beside ``ledger:`` with each kind."""
TITLES = {OVERDUE: "逾期", FORMER: "离任代表"}


@attrs.frozen(kw_only=True)
class Rows:
    """A part of an export.

    Attributes:
        title: What the sheet is called.
        rows: Cells in the order of *columns*: texts, dates, numbers, bools, or None.
        after: Give it back for the next part; empty at the end.
    """

    sheet: str
    title: str
    columns: tuple[Shown, ...]
    rows: tuple[tuple[object, ...], ...]
    after: str

    @property
    def titles(self) -> tuple[str, ...]:
        """The headers."""
        return tuple(column.title for column in self.columns)


async def rows(
    reader: Reader,
    tenant: Tenant,
    actor: Actor,
    sheet: str,
    *,
    columns: Sequence[str] = (),
    choice: str = "",
    ask: Ask | None = None,
    after: str = "",
    size: int = PAGE,
) -> Rows:
    """Read one part of an export, in a transaction of its own.

    Args:
        sheet: A name of ``files.SHEETS``, ``ledger:`` with a kind, ``overdue``, or ``former`` (离任代表).
        columns: Which columns, by name or title, in this order; all by default.
        choice: The same, saved under a name before.
        ask: What a ledger is narrowed by.

    Raises:
        NotFound: There is no such export, or the reader is no reader of the kind.
        NotAllowed: The roster goes out to the congress's own offices only.
        Invalid: A column is not known, or not any more; or both *columns* and *choice* are given.
    """
    if columns and choice:
        raise Invalid("give the columns, or the name of a choice of them, not both", field="columns")
    known = columns_of(tenant, sheet)
    found, after = await _lines(sheet)(reader, tenant, actor, sheet, after, size, ask)
    wanted = choices.still(await choices.get(reader, tenant, actor, sheet, choice), known) if choice else columns
    shown = chosen(known, wanted, sheet)
    cells = tuple(tuple(line.get(column.name) for column in shown) for line in found)
    return Rows(sheet=sheet, title=title_of(tenant, sheet), columns=shown, rows=cells, after=after)


def _lines(sheet: str) -> Callable[..., Awaitable[Lines]]:
    if sheet == OVERDUE:
        return ledgers.overdue
    if sheet == FORMER:
        return roster.former
    if sheet.startswith(LEDGER):
        return ledgers.ledger
    source = roster.lines if sheet in roster.QUERIES else duty.lines if sheet == RECORDS else cases.lines

    async def lines(reader: Reader, tenant: Tenant, actor: Actor, sheet: str, after: str, size: int, _: Any) -> Lines:
        return await source(reader, tenant, actor, sheet, after, size)

    return lines


def title_of(tenant: Tenant, sheet: str) -> str:
    """Say what an export is called in Chinese."""
    if sheet in TITLES:
        return TITLES[sheet]
    if sheet.startswith(LEDGER):
        kind = sheet.removeprefix(LEDGER)
        return f"{tenant.practice.procedure(kind, tenant.practice.edition(kind, tenant.today)).kind.title}台账"
    return SHEETS[sheet].title


def page(part: Callable[[str], Rows]) -> Page:
    """Make a page for ``files.write_table`` out of the parts of an export; each is read when its rows are wanted.

    Args:
        part: Reads the part after a place; the first after ``""``.
    """
    first = part("")

    def every() -> Iterator[tuple[object, ...]]:
        here = first
        yield from here.rows
        while here.after:
            here = part(here.after)
            yield from here.rows

    kinds = [column.kind for column in first.columns]
    return Page(first.title, first.titles, every(), notes=notes_on(first.sheet), kinds=kinds)
