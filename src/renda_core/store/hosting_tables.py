"""The directory of tenants: where each lives, by which names it is called, and whether it is served.

No tenant's own table: it is asked before it is known whose request this is. It holds nothing that a tenant wrote.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKeyConstraint, Index, Integer, LargeBinary, String, Table, Text

from renda_core.store.columns import LOCAL, Id, Instant
from renda_core.store.schema import key, metadata, must, table

directory = Table(
    "directory",
    metadata,
    Column("id", Id, primary_key=True),  # the tenant's
    Column("code", String, nullable=False, unique=True),
    must("name", String),
    must("level", String),
    must("state", String),
    must("silo", String),  # the name of its own database; empty in the shared one
    must("operator", Boolean),  # whether its accounts run the service
    Column("delete_on", Date),
    Column("exported_at", Instant),  # since it began to close
    Column("witness", Id),  # the tenant that keeps the heads of its journal
    must("version", Integer),
    must("told", Integer),  # the version that the tenant's own journal knows of
    must("configured", Integer),  # of its configuration, where that lies in the same database
    must("changed_at", Instant),
    info=LOCAL,
)
Index(  # one operator: of two who found the service at one instant, the second is refused
    "uq_directory_operator",
    directory.c.operator,
    unique=True,
    sqlite_where=directory.c.operator,
    postgresql_where=directory.c.operator,
)
directory_host = Table(
    "directory_host",
    metadata,
    Column("host", String, primary_key=True),
    must("id", Id),
    ForeignKeyConstraint(["id"], ["directory.id"]),
    Index(None, "id"),
    info=LOCAL,
)
witness = table(  # the signed heads of other tenants' journals, kept here
    "witness",
    key("whose"),
    key("seq", Integer),
    must("hash", LargeBinary),
    must("written_at", Instant),
    must("statement", Text),  # what was signed, and the signature
    must("received_at", Instant),
    rowid=False,
)
