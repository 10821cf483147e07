"""Walking through a ledger's statement page by page: where a page begins, and the words that lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, get_args

import attrs
from sqlalchemy import Table

from renda_core.errors import Invalid
from renda_core.services.paging import LARGEST, PAGE, a_day, a_text, an_id, cursor, place
from renda_core.store import tables as t
from renda_core.store.compile import Query
from renda_core.store.ledgers import LedgerRow
from renda_core.store.shapes import MANY_WORDS, Sort, rarity
from renda_core.store.unit import Reader

LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"
"""The id after all others."""
ROUNDS = 20
"""Pages of a statement that one request looks through for rows that it may show; then it hands on a cursor."""


def turned(sort: Sort, after: str) -> dict[str, Any]:
    """Read where a page begins.

    Raises:
        Invalid: An order that there is not, or a cursor of another list.
    """
    if sort in ("opened", "-opened"):
        return {"after": _id_or_cursor(after, sort) if after else "" if sort == "opened" else LAST}
    if sort == "number":
        return {"number": place(after, sort, a_text)[0] if after else ""}
    if sort != "due":
        raise Invalid(f"no order {sort!r}; known: {', '.join(get_args(Sort))}", field="sort")
    day, id = place(after, sort, a_day, an_id) if after else (str(dt.date.min), "")
    return {"day": dt.date.fromisoformat(day), "after": id}


def _id_or_cursor(after: str, sort: str) -> str:
    try:
        return an_id(after)
    except ValueError:
        return place(after, sort, an_id)[0]


def place_after(sort: Sort, row: LedgerRow) -> str:
    """Write the cursor of the page after a row."""
    if sort == "number":
        return cursor(sort, row.number)
    return cursor(sort, str(row.next_due), row.id) if sort == "due" else cursor(sort, row.id)


@attrs.frozen
class Walk:
    """One ledger's statement with its values, to be read page by page."""

    _reader: Reader
    _query: Query[LedgerRow]
    _values: Mapping[str, Any]
    _sort: Sort

    async def page(
        self, start: Mapping[str, Any], size: int, keep: Callable[[LedgerRow], bool] | None = None
    ) -> tuple[list[LedgerRow], LedgerRow | None]:
        """Read rows that *keep* keeps, until the page is full or ``ROUNDS`` pages were looked through.

        Returns:
            The rows, and the one after which to go on; None at the end.
        """
        found: list[LedgerRow] = []
        at, many = start, size + 1 if keep is None else max(size + 1, PAGE)
        for _ in range(ROUNDS):
            rows = await self._reader.all(self._query, **self._values, **at, size=many)
            found += rows if keep is None else filter(keep, rows)
            if len(found) > size:
                return found[:size], found[size - 1]
            if len(rows) < many:
                return found, None
            at = turned(self._sort, place_after(self._sort, rows[-1]))
            many = LARGEST
        return found, rows[-1]


async def rarest_first(reader: Reader, wanted: list[str]) -> list[str]:
    """Put words that cases must hold in order, the rarest first; none where one of them is in no case at all."""
    return await _rarest_first(reader, wanted, t.case_word)


async def rarest_of_people(reader: Reader, wanted: list[str]) -> list[str]:
    """Put words that people must have in order, as :func:`rarest_first`."""
    return await _rarest_first(reader, wanted, t.person_word)


async def _rarest_first(reader: Reader, wanted: list[str], table: Table) -> list[str]:
    if len(wanted) < 2:
        return wanted
    asked = wanted[:MANY_WORDS]
    counted = await reader.all(rarity(table, len(asked)), **{f"word_{i}": word for i, word in enumerate(asked)})
    return [c.word for c in sorted(counted, key=lambda c: (c.n, c.word))] if all(c.n for c in counted) else []
