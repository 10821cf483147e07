"""Sealing again, a page of rows at a time: what stands under another key or suite than the present one."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import attrs
from sqlalchemy import Integer, bindparam, select, tuple_, update

from renda_core.domain.sealed import Personal, Sealed, over_personal
from renda_core.services.privacy.places import Place, Row, table_of
from renda_core.store import tables as t
from renda_core.store.cases import CaseRow, read_row
from renda_core.store.codec import encode
from renda_core.store.compile import Query, Write, keyed, mine
from renda_core.store.keys import Mark, mark_of, mark_of_hash
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

PAGE = 100
"""Rows of one transaction: a writer beside it waits for so many."""
WIDE = 4
"""Rows of one transaction where each may be a whole file."""
FILES = frozenset({"import_job.content", "request_key.body"})
BOX = re.compile(rb'"box":"([A-Za-z0-9+/=]+)"')
"""A sealed value inside a document; one that was erased has an empty box."""
_HEAD = 8
"""Letters of base64 that hold the mark of a box."""


@attrs.frozen(kw_only=True)
class Page:
    """What came of one page.

    Attributes:
        done: Values that were sealed again.
        left: Values that could not be, because the practice that knows them is not here.
        after: Where the next page begins; None after the last.
    """

    done: int = 0
    left: int = 0
    after: tuple[Any, ...] | None = None


def size_of(at: Place) -> int:
    """Say how many rows of a place are read at once."""
    return WIDE if at.name in FILES else PAGE


def _keys(table: Any) -> list[Any]:
    return [c for c in table.primary_key.columns if c.name != "tenant_id"]


@cache
def walk(table: Any, columns: tuple[str, ...], first: bool) -> Query[dict[str, Any]]:
    """Read some columns of a table, with its key, a page after another in the order of the key."""
    keys = _keys(table)
    wanted = [*keys, *(table.c[name] for name in columns if not table.c[name].primary_key)]
    asked = select(*wanted).where(mine(table), *(table.c[name].is_not(None) for name in columns[:1]))
    if not first:
        asked = asked.where(tuple_(*keys) > tuple_(*(bindparam(f"after_{c.name}", type_=c.type) for c in keys)))
    return Query(asked.order_by(*keys).limit(bindparam("size", type_=Integer())), dict)


async def rows(
    reader: Reader, table: Any, columns: tuple[str, ...], after: tuple[Any, ...] | None, size: int
) -> list[dict[str, Any]]:
    """Read one page of a table's rows after a key; None for the first."""
    held = {} if after is None else dict(zip((f"after_{c.name}" for c in _keys(table)), after, strict=True))
    return await reader.all(walk(table, columns, after is None), size=size, **held)


def key_of(table: Any, row: Row) -> tuple[Any, ...]:
    """Give the key of a row, after which the next page begins."""
    return tuple(row[c.name] for c in _keys(table))


@cache
def _put(at: Place) -> Write:
    """Replace one value, where it is still the one that was read."""
    table = table_of(at)
    column = table.c[at.column]
    made = {column: bindparam("new", type_=column.type)}
    if at.index:
        made[table.c[at.index[0]]] = bindparam("hash", type_=table.c[at.index[0]].type)
    keys = keyed(table, *(c.name for c in _keys(table)))
    return Write(update(table).where(*keys, column == bindparam("old", type_=column.type)).values(made))


def boxed(value: Any) -> bytes:
    """Give the box of a sealed value as it is stored; nothing where it was erased."""
    return value.raw() if isinstance(value, Sealed) else bytes(value)


async def reseal(unit: Unit, at: Place, mark: Mark, after: tuple[Any, ...] | None) -> Page:
    """Seal again one page of a place, with the hash beside it; a row that somebody changed meanwhile is left to them.

    Raises:
        Invalid: A value does not open: it was changed, or its key is not here.
    """
    table, done = table_of(at), 0
    columns = (at.column, *((at.index[0],) if at.index else ()))
    found = await rows(unit, table, columns, after, size_of(at))
    for row in found:
        old = row[at.column]
        box = boxed(old)
        stale = bool(box) and mark_of(box) != mark
        if at.index and row[at.index[0]] is not None and box:
            stale = stale or mark_of_hash(row[at.index[0]]) != mark
        if not stale:
            continue
        field = at.field_of(row)
        new: Any
        if isinstance(old, Sealed):
            text = unit.reveal(old, field)
            new = unit.hide(text, field)
        else:
            raw = unit.open_bytes(box, field)
            text = raw.decode() if at.index else ""
            new = unit.seal_bytes(raw, field)
        hashed = {"hash": unit.find_key(text, at.index[1])} if at.index else {}
        key = dict(zip((c.name for c in _keys(table)), key_of(table, row), strict=True))
        done += await unit.write(_put(at), old=old, new=new, **key, **hashed)
    return Page(done=done, after=key_of(table, found[-1]) if len(found) == size_of(at) else None)


# cases

_f = t.case_file
CASES = ("document", "kind", "edition", "version")
PUT_CASE = Write(
    update(_f)
    .where(*keyed(_f, "id"), _f.c.version == bindparam("was", type_=Integer()))
    .values(document=bindparam("document", type_=_f.c.document.type))
)


def marks_in(document: bytes) -> Iterator[Mark]:
    """List under what the sealed values of a document stand."""
    for found in BOX.finditer(document):
        if mark := mark_of(b64decode(found[1][:_HEAD])):
            yield mark


async def reseal_cases(unit: Unit, tenant: Tenant, mark: Mark, after: tuple[Any, ...] | None) -> Page:
    """Seal again what is sealed in one page of cases; neither their versions nor anything else of them changes."""
    found = await rows(unit, _f, CASES, after, PAGE)
    done = left = 0
    for row in found:
        held = bytes(row["document"])
        if all(m == mark for m in marks_in(held)):
            continue
        raw = _resealed(unit, tenant, row, mark)
        still = sum(m != mark for m in marks_in(raw))
        left += still
        changed = sum(m != mark for m in marks_in(held)) - still
        if changed:
            done += changed * await unit.write(PUT_CASE, id=row["id"], was=row["version"], document=raw)
    return Page(done=done, left=left, after=key_of(_f, found[-1]) if len(found) == PAGE else None)


def _resealed(unit: Unit, tenant: Tenant, row: Mapping[str, Any], mark: Mark) -> bytes:
    stored = CaseRow(kind=row["kind"], edition=row["edition"], document=row["document"])
    case = read_row(stored, tenant.practice)

    def again(whole: Any) -> Any:
        def change(name: str, field: Personal) -> Personal:
            if not isinstance(field, Sealed) or field.erased or mark_of(field.raw()) == mark:
                return field
            called = f"{type(whole).__name__}.{name}"  # as services.given sealed it
            return unit.hide(unit.reveal(field, called), called)

        return over_personal(whole, change)

    acts = tuple(attrs.evolve(act, payload=again(act.payload)) for act in case.acts)
    return encode(attrs.evolve(case, body=again(case.body), acts=acts))
