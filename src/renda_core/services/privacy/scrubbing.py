"""Rows beside the cases in which somebody may be named: found first, then taken away or rid of the name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import attrs
from sqlalchemy import Table, bindparam, update

from renda_core.domain.masking import mentions, without
from renda_core.errors import Invalid
from renda_core.services.privacy.places import place
from renda_core.services.privacy.resealing import PAGE, WIDE, key_of, rows
from renda_core.services.privacy.subjects import Subject
from renda_core.store import tables as t
from renda_core.store.compile import Write, cut, keyed
from renda_core.store.unit import Reader, Unit

TEXTS: Mapping[str, tuple[str, ...]] = {
    "notice": ("title", "text"),
    "outbox": ("body",),
    "delegation": ("reason",),
    "duty_record": ("document",),
    "import_job": ("document",),
}
"""Texts that are kept without somebody's numbers; a name stands there for others of that name, too."""
WHOLE = ("import_row",)
"""Rows that go whole: each is a line of somebody's file, by name and number."""
ANSWERS, FILES = "request_key", "import_job"
"""Sealed: answers that are kept to be given again, and files that wait."""
_PRIVATE = "private"


@attrs.frozen(kw_only=True)
class Texts:
    """What was found.

    Attributes:
        cut: Keys of rows that go whole, by table; *mend* of those whose texts are rewritten.
        files: Imports whose files may hold anybody, so that they are given up.
        private: Entries of the journal whose personal part goes.
    """

    cut: Mapping[str, tuple[tuple[Any, ...], ...]]
    mend: Mapping[str, tuple[tuple[Any, ...], ...]]
    files: tuple[str, ...]
    private: tuple[int, ...]

    def any(self) -> bool:
        """Tell whether there is anything."""
        return bool(self.files or self.private or any(self.cut.values()) or any(self.mend.values()))


async def _walk(reader: Reader, table: Table, columns: tuple[str, ...], size: int = PAGE) -> Any:
    after: tuple[Any, ...] | None = None
    while True:
        page = await rows(reader, table, columns, after, size)
        for row in page:
            yield row
        if len(page) < size:
            return
        after = key_of(table, page[-1])


def _text(value: Any) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)


async def texts_of(reader: Reader, who: Subject, cases: Collection[str]) -> Texts:
    """Find every row beside the cases that names somebody."""
    cut_: dict[str, list[tuple[Any, ...]]] = {}
    mend: dict[str, list[tuple[Any, ...]]] = {}
    for name, columns in TEXTS.items():
        table = t.metadata.tables[name]
        async for row in _walk(reader, table, columns):
            if any(mentions(_text(row[column]), who.numbers) for column in columns):
                mend.setdefault(name, []).append(key_of(table, row))
    for name in WHOLE:
        table = t.metadata.tables[name]
        async for row in _walk(reader, table, ("document",)):
            if mentions(_text(row["document"]), who.told):
                cut_.setdefault(name, []).append(key_of(table, row))
    at = place(f"{ANSWERS}.body")
    async for row in _walk(reader, t.request_key, ("body",), WIDE):
        if mentions(_opened(reader, bytes(row["body"]), at.field_of(row)), who.told):
            cut_.setdefault(ANSWERS, []).append(key_of(t.request_key, row))
    files = [row["id"] async for row in _walk(reader, t.import_job, ("content",), WIDE)]
    private = [
        row["seq"]
        async for row in _walk(reader, t.journal, (_PRIVATE, "entry"))
        if mentions(row[_PRIVATE], who.told) or any(id in row["entry"] for id in cases)
    ]
    return Texts(
        cut={name: tuple(found) for name, found in cut_.items()},
        mend={name: tuple(found) for name, found in mend.items()},
        files=tuple(files),
        private=tuple(private),
    )


def _opened(reader: Reader, box: bytes, field: str) -> str:
    try:
        return reader.open_bytes(box, field).decode("utf-8", "replace")
    except Invalid:  # its key is not here: nobody can read it, and it is over in two days
        return ""


_CUT = {name: cut(t.metadata.tables[name]) for name in (*WHOLE, ANSWERS)}


def _mending(table: Table, columns: tuple[str, ...]) -> Write:
    names = [c.name for c in table.primary_key.columns if c.name != "tenant_id"]
    made = {table.c[name]: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
    return Write(update(table).where(*keyed(table, *names)).values(made))


_MEND = {name: _mending(t.metadata.tables[name], columns) for name, columns in TEXTS.items()}
_GIVEN_UP = {"content": None, "state": "given_up", "version": t.import_job.c.version + 1}
_NO_FILE = Write(update(t.import_job).where(*keyed(t.import_job, "id")).values(_GIVEN_UP))


async def scrub(unit: Unit, who: Subject, found: Texts) -> Counter[str]:
    """Take away what was found, or rid it of the name; answer how many rows, by table."""
    done = Counter[str]()
    for name, keys in found.cut.items():
        table = t.metadata.tables[name]
        for key in keys:
            done[name] += await unit.write(_CUT[name], **_named(table, key))
    for name, keys in found.mend.items():
        table, columns = t.metadata.tables[name], TEXTS[name]
        wanted = set(keys)
        async for row in _walk(unit, table, columns):
            if key_of(table, row) in wanted:
                new = {f"new_{c}": _like(row[c], without(_text(row[c]), who.numbers)) for c in columns}
                done[name] += await unit.write(_MEND[name], **_named(table, key_of(table, row)), **new)
    for id in found.files:
        done[FILES] += await unit.write(_NO_FILE, id=id)
    return done


def _named(table: Table, key: tuple[Any, ...]) -> dict[str, Any]:
    names = (c.name for c in table.primary_key.columns if c.name != "tenant_id")
    return dict(zip(names, key, strict=True))


def _like(old: Any, new: str) -> Any:
    return new.encode() if isinstance(old, bytes | memoryview) else new
