"""The pieces that the core's migrations are written with: types as stored, and tables as every tenant has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.LargeBinary(16).with_variant(postgresql.UUID(), "postgresql")
INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(), "sqlite")
STRING, TEXT, INTEGER, BOOLEAN, DATE, BYTES = (
    sa.String(), sa.Text(), sa.Integer(), sa.Boolean(), sa.Date(), sa.LargeBinary(),
)  # fmt: skip

WORD = sa.String().with_variant(sa.String(collation="C"), "postgresql")
"""A word that is walked by how it begins: in the order of its bytes, whatever the server's language."""


def create(
    name: str,
    key: str,
    *columns: tuple[Any, str],
    unique: str = "",
    indexes: Sequence[str] = (),
    owners: dict[str, str] | None = None,
    rowid: bool = True,
) -> None:
    """Make a tenant's table.

    Args:
        key: Names of the primary key's columns after the tenant's.
        columns: A type and the names that have it; a question mark where a value may be missing.
        owners: Column that names a row of another table, and that table.
    """
    op.create_table(
        name,
        sa.Column("tenant_id", ID, nullable=False),
        *(
            sa.Column(column.rstrip("?"), type_, nullable=column.endswith("?"))
            for type_, names in columns
            for column in names.split()
        ),
        sa.PrimaryKeyConstraint("tenant_id", *key.split(), name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"], name=f"fk_{name}_tenant_id"),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column], [f"{other}.tenant_id", f"{other}.id"], name=f"fk_{name}_tenant_id_{column}"
            )
            for column, other in (owners or {}).items()
        ),
        *([sa.UniqueConstraint("tenant_id", *unique.split(), name=_named("uq", name, unique))] if unique else ()),
        sqlite_with_rowid=rowid,
    )
    for index in indexes:
        op.create_index(_named("ix", name, index), name, ["tenant_id", *index.split()])


def side(name: str, key: str, *columns: tuple[Any, str], indexes: Sequence[str] = ()) -> None:
    """Make one part of the index of cases."""
    owners = {"case_id": "case_file"}
    create(name, f"case_id {key}", (ID, "case_id"), *columns, indexes=indexes, owners=owners, rowid=False)


def noun(name: str, *columns: tuple[Any, str], **rest: Any) -> None:
    """Make a table of the roster, whose rows hold from a date to a date."""
    create(name, "id", (ID, "id"), (DATE, "valid_from valid_to?"), *columns, **rest)


def _named(kind: str, table: str, columns: str) -> str:
    return "_".join((kind, table, "tenant_id", *columns.split()))
