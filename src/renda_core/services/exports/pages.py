"""A practice's page as a workbook: its single values as one sheet, each of its lists as another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from renda_core.domain.case import Actor
from renda_core.domain.figures import Figure
from renda_core.domain.rates import Rate
from renda_core.files.workbook import Page
from renda_core.services import ledgers
from renda_core.services.papers.pages import is_list, text, title
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

SINGLE = ("项目", "数值", "分子", "分母", "基数")


async def page_sheets(
    reader: Reader, tenant: Tenant, actor: Actor, name: str, asked: Mapping[str, Any] | None = None
) -> tuple[Page, ...]:
    """Lay a page out as sheets; every rate stands beside its numerator and its denominator, a round figure is marked.

    Raises:
        NotFound: No enabled practice has the page, or it is not for this reader.
    """
    looked = await ledgers.look(reader, tenant, actor, name, asked)
    value, page = looked.shows, looked.page
    note = "，".join((tenant.name, page.title, *looked.told, f"截至 {tenant.today}"))
    fields = {a: getattr(value, a.name) for a in attrs.fields(type(value))}
    single = [_single(title(a), v) for a, v in fields.items() if not is_list(v)]
    sheets = [Page(page.title, SINGLE, single, notes=(note,), widths=(26, 18, 10, 10, 28))] if single else []
    for a, rows in fields.items():
        if is_list(rows):
            sheets.append(Page(title(a), *_table(rows), notes=() if sheets else (note,)))
    return tuple(sheets)


def _single(name: str, value: Any) -> tuple[object, ...]:
    if isinstance(value, Rate):
        return name, value.shown, value.hits, value.base, value.of
    return name, *_cells(value), None, None, None


def _table(rows: Sequence[Any]) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Give headers and rows; a column of rates takes three columns, one with round figures two."""
    if not rows:
        return ("（无）",), []
    fields = attrs.fields(type(rows[0]))
    wide = [_wide([getattr(row, a.name) for row in rows]) for a in fields]
    headers = [header for a, n in zip(fields, wide, strict=True) for header in _headers(title(a), n)]
    cells = (
        tuple(c for a, n in zip(fields, wide, strict=True) for c in _cells(getattr(row, a.name), n)) for row in rows
    )
    return tuple(headers), list(cells)


def _wide(values: Sequence[Any]) -> int:
    """Say how many columns a field takes; it takes them in every row, also where that has no rate."""
    if any(isinstance(v, Rate) for v in values):
        return 3
    return 2 if any(isinstance(v, Figure) and v.approx for v in values) else 1


def _headers(name: str, wide: int) -> tuple[str, ...]:
    return {1: (name,), 2: (name, f"{name}（约数）"), 3: (name, f"{name}分子", f"{name}分母")}[wide]


def _cells(value: Any, wide: int = 1) -> tuple[object, ...]:
    cells: tuple[object, ...]
    if isinstance(value, Rate):
        cells = value.shown, value.hits, value.base
    elif isinstance(value, Figure):
        cells = (value.n, "约" if value.approx else "") if wide == 2 else (str(value) if value.approx else value.n,)
    else:
        whole = isinstance(value, int | dt.date) and not isinstance(value, bool)  # 是 and 否 are words
        cells = (value if value is None or whole else text(value),)
    return cells + (None,) * (wide - len(cells))
