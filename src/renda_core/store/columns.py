"""Column types that behave alike on both back ends, and the pieces that every tenant table is made of."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Dialect, ForeignKeyConstraint, LargeBinary, String, TypeDecorator, Uuid

from renda_core.domain.sealed import Sealed
from renda_core.errors import Misuse

NOBODY = ""
"""No id: stored as sixteen zero bytes where a key needs a value."""
NIL = UUID(int=0)
_NIL_BYTES = NIL.bytes
_PACKED = 8_192
"""Ids whose packed form is remembered: a row's own id stands in many rows of the tables beside it."""


@lru_cache(maxsize=_PACKED)
def as_uuid(value: Any) -> UUID | None:
    """Read an id; an empty one is nobody's.

    Raises:
        Misuse: It is no UUID.
    """
    try:
        return value if value is None or isinstance(value, UUID) else UUID(value) if value else NIL
    except ValueError:
        raise Misuse(f"an id must be a UUID, not {value!r}") from None


@lru_cache(maxsize=_PACKED)
def packed(value: Any) -> bytes | None:
    """Pack an id into sixteen bytes, canonical text at once.

    Raises:
        Misuse: It is no UUID.
    """
    if value.__class__ is str and len(value) == 36 and value[8] == value[13] == value[18] == value[23] == "-":
        try:
            found = bytes.fromhex(value.replace("-", ""))
        except ValueError:
            found = b""
        if len(found) == len(_NIL_BYTES):
            return found
    made = as_uuid(value)
    return None if made is None else made.bytes


def _text(value: Any) -> str | None:
    """Write an id as canonical text, as lists do for every row."""
    if value.__class__ is bytes:
        h = value.hex()
        return NOBODY if value == _NIL_BYTES else f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
    return None if value is None else NOBODY if value == NIL else str(value)


class Id(TypeDecorator[str]):
    """An id: canonical UUID text in Python; sixteen bytes stored, as ``uuid`` on PostgreSQL and a blob on SQLite."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Choose the native type."""
        return dialect.type_descriptor(Uuid() if dialect.name == "postgresql" else LargeBinary(16))

    def bind_processor(self, dialect: Dialect) -> Any:
        """Pack what a file of many rows is full of without going through every layer."""
        return packed if dialect.name == "sqlite" else as_uuid

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Pack text; an id that is no UUID is a defect."""
        made = as_uuid(value)
        return made if made is None or dialect.name == "postgresql" else made.bytes

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """Unpack without going through every layer."""
        return _text

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Unpack to text."""
        return _text(value)


class Hidden(TypeDecorator[Sealed]):
    """Personal data: takes and gives ``Sealed`` only, so that no clear text can reach a table by mistake."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Write what may be shown, then the ciphertext."""
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise Misuse("personal data must be sealed before it is written")
        last = value.last.encode()
        return bytes([len(last)]) + last + value.raw()

    def process_result_value(self, value: Any, dialect: Dialect) -> Sealed | None:
        """Read both back; nothing is opened here."""
        if value is None:
            return None
        raw = bytes(value)
        return Sealed.of(raw[1 + raw[0] :], raw[1 : 1 + raw[0]].decode())


class _SqliteInstant(TypeDecorator[dt.datetime]):
    """UTC text; SQLAlchemy's own SQLite type silently drops the zone."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else value.astimezone(dt.UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        return None if value is None else dt.datetime.fromisoformat(value)


Instant = DateTime(timezone=True).with_variant(_SqliteInstant(), "sqlite")
"""An aware moment, in UTC."""

Word = String().with_variant(String(collation="C"), "postgresql")
"""A word that is walked by how it begins: in the order of its bytes, whatever the server's language."""

DISTRIBUTED = {"placement": "distributed"}
REFERENCE = {"placement": "reference"}
LOCAL = {"placement": "local"}


def tenant_key() -> tuple[Column[Any], ForeignKeyConstraint]:
    """Make the column that every tenant table has first in its key, tied to its tenant."""
    return (
        Column("tenant_id", Id, primary_key=True),
        ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"]),
    )


def owner(column: str, table: str) -> ForeignKeyConstraint:
    """Tie a row to another of the same tenant."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])
