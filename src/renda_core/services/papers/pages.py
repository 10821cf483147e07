"""A practice's page on paper: its single values as facts, each of its lists as a table, as its reader may see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from renda_core import papers as p
from renda_core.domain.case import Actor
from renda_core.domain.fields import TITLE
from renda_core.domain.figures import Figure
from renda_core.domain.rates import Rate
from renda_core.errors import Invalid
from renda_core.services import ledgers, lookups
from renda_core.services.papers import MOST_ROWS, SIGNED
from renda_core.services.papers.words import FIELDS, told
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

WIDE = 5
"""Columns that fit upright; a page with a wider table lies across."""
LONG = 10
"""Characters, as many as a date has, beyond which a column shares the free width and its cells break their lines."""
Names = Mapping[str, str]


async def page_paper(
    reader: Reader,
    tenant: Tenant,
    actor: Actor,
    name: str,
    asked: Mapping[str, Any] | None = None,
    *,
    names: Names | None = None,
) -> p.Paper:
    """Lay a page out for print, in the order in which its class has its fields.

    Args:
        name: Of the page; its title is the paper's.
        asked: What the reader says to what the page asks; it stands below the title.
        names: Names of people whom the roster does not know, by id, e.g. clerks.

    Raises:
        NotFound: No enabled practice has the page, or it is not for this reader.
        Invalid: A list has more rows than anybody would print.
    """
    looked = await ledgers.look(reader, tenant, actor, name, asked)
    known = {**(names or {}), **await lookups.named(reader, {actor.id, actor.unit})}
    heading, sections = looked.page.title, tuple(_sections(looked.shows))
    tables = [block for s in sections for block in s.blocks if isinstance(block, p.Table)]
    return p.Paper(
        name=heading,
        tenant=tenant.name,
        title=heading,
        subtitle="　".join((*looked.told, f"截至 {tenant.today}")),
        sections=sections,
        made=reader.now,
        by=known.get(actor.id) or known.get(actor.unit, ""),
        signed=SIGNED,
        across=any(len(table.columns) > WIDE for table in tables),
    )


def _sections(value: Any) -> Iterator[p.Section]:
    fields = {a: getattr(value, a.name) for a in attrs.fields(type(value))}
    lists = {a: rows for a, rows in fields.items() if is_list(rows)}
    if facts := p.paired(p.Fact(title(a), text(v)) for a, v in fields.items() if a not in lists).lines:
        yield p.Section(blocks=(p.Facts(facts),))
    for a, rows in lists.items():
        if len(rows) > MOST_ROWS:
            raise Invalid(f"{title(a)}: {len(rows)} rows are more than the {MOST_ROWS} of a printed list")
        blocks: tuple[p.Table | p.Prose, ...] = (_table(rows),) if rows else (p.Prose("（无）"),)
        yield p.Section(title=title(a), blocks=blocks)


def is_list(value: object) -> bool:
    """Tell a list of rows; an empty one is a list too, so that its heading says that there is nothing."""
    return isinstance(value, tuple | list) and all(
        attrs.has(type(row)) and not isinstance(row, Rate | Figure) for row in value
    )


def _table(rows: Sequence[Any]) -> p.Table:
    fields = attrs.fields(type(rows[0]))
    cells = [[_cell(getattr(row, a.name)) for a in fields] for row in rows]
    columns = []
    for at, a in enumerate(fields):
        values = [getattr(row, a.name) for row in rows]
        longest = max((len(c) for c in (line[at] for line in cells) if isinstance(c, str)), default=0)
        number = all(isinstance(v, int | Rate | Figure) and not isinstance(v, bool) for v in values)
        columns.append(p.Column(title=title(a), width=1 if longest > LONG else 0, side="right" if number else "left"))
    return p.Table(columns=tuple(columns), rows=cells)


def _cell(value: Any) -> str | p.Figure:
    return p.Figure(value.shown, f"{value.hits} / {value.base}") if isinstance(value, Rate) else text(value)


def text(value: Any) -> str:
    """Write one value of a page as people read it."""
    if isinstance(value, Rate | Figure):
        return str(value)
    if attrs.has(type(value)):
        parts = ((title(a), text(getattr(value, a.name))) for a in attrs.fields(type(value)))
        return "，".join(f"{head} {said}" for head, said in parts if said)
    if isinstance(value, tuple | list) and any(attrs.has(type(v)) for v in value):
        return "；".join(map(text, value))
    return told(value, {})


def title(a: Any) -> str:
    """Give the Chinese title of a field of a page."""
    return str(a.metadata.get(TITLE) or FIELDS.get(a.name, a.name))
