"""Whether two rows are still those that were read a moment ago: asked in the message that opens a transaction.

Every request is asked of a session or token and its account. That they are as this process remembers them costs no
journey of its own on PostgreSQL: each version of a row has the number of the transaction that wrote it, and the
statement that compares the numbers is prepared once a connection.
"""

from __future__ import annotations

import re
from typing import Any

import attrs
from sqlalchemy import String, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement

_PLAIN = re.compile(r"[0-9]+:[0-9]+")
PREPARE = """
PREPARE renda_stands (uuid, bytea, text) AS
SELECT 1 FROM access JOIN account ON account.tenant_id = access.tenant_id AND account.id = access.account_id
WHERE access.tenant_id = $1 AND account.tenant_id = $1 AND access.digest = $2
AND access.xmin::text || ':' || account.xmin::text = $3
"""
STANDS = "SELECT 1"
"""What PostgreSQL answers where one row was found."""


@attrs.frozen
class Stamp:
    """The versions in which a session or token, and its account, were read.

    Attributes:
        digest: Names the session or token.
        rows: The numbers of both versions.
    """

    digest: bytes = attrs.field(repr=False)
    rows: str = attrs.field(validator=attrs.validators.matches_re(_PLAIN))

    def asked(self, tenant: str) -> str:
        """Write the question, for a connection on which it is prepared; nothing in it is anybody's own text.

        Args:
            tenant: ``Reader.tenant``, which was read as a UUID.
        """
        return f"EXECUTE renda_stands('{tenant}','\\x{self.digest.hex()}','{self.rows}')"


class RowVersions(ColumnElement[str]):
    """The numbers of the versions of two joined rows; on a back end that has none, an empty text."""

    inherit_cache = False
    type = String()

    def __init__(self, one: Table, other: Table) -> None:
        self.tables = one, other


@compiles(RowVersions)
def _none(*_: Any, **__: Any) -> str:
    return "''"


@compiles(RowVersions, "postgresql")
def _both(element: RowVersions, compiler: Any, **_: Any) -> str:
    one, other = (compiler.preparer.format_table(table) for table in element.tables)
    return f"({one}.xmin::text || ':' || {other}.xmin::text)"
