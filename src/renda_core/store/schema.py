"""What every table is made from: one metadata, the names of constraints, a tenant's key, the policy of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Date, MetaData, Table

from renda_core.store.columns import DISTRIBUTED, Id, owner, tenant_key

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)
RULE = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
"""Who sees a row on PostgreSQL. Without a tenant nobody sees any: it fails closed."""


def must(name: str, type_: Any) -> Column[Any]:
    """Make a column that is never empty."""
    return Column(name, type_, nullable=False)


def key(name: str, type_: Any = Id) -> Column[Any]:
    """Make a further column of the primary key; the application gives its value."""
    return Column(name, type_, primary_key=True, autoincrement=False)


def table(name: str, *rest: Any, rowid: bool = True) -> Table:
    """Make a tenant's table.

    Args:
        rowid: False keeps no order of insertion on SQLite.
    """
    return Table(name, metadata, *tenant_key(), *rest, sqlite_with_rowid=rowid, info=DISTRIBUTED)


def side(name: str, *rest: Any) -> Table:
    """Make one part of the index of cases."""
    return table(name, key("case_id"), *rest, owner("case_id", "case_file"), rowid=False)


def noun(name: str, *rest: Any) -> Table:
    """Make a table of the roster, whose rows hold from a date to a date."""
    return table(name, key("id"), must("valid_from", Date), Column("valid_to", Date), *rest)


def policies_on(names: Iterable[str]) -> list[str]:
    """Write the row-level policy of each named table."""
    return [
        statement
        for name in names
        for statement in (
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {name} USING ({RULE})",
        )
    ]
