"""Statements as somebody would write them who forgot whose rows they are: without a single condition."""

from __future__ import annotations

from typing import Any

import sqlglot
from sqlglot import expressions as e
from tests.store.guard import statements

from renda_core.store.compile import Query, Write


def forgetful(compiled: Any) -> str:
    """Take every condition from a statement, and every value that it is given."""
    (tree,) = sqlglot.parse(str(compiled), read="postgres")
    assert tree is not None
    for node in list(tree.find_all(e.Select, e.Update, e.Delete)):
        node.set("where", None)
        node.set("limit", None)
        node.set("offset", None)
        node.set("having", None)
    for parameter in list(tree.find_all(e.Parameter)):
        parameter.replace(e.Null())
    return tree.sql(dialect="postgres")


def selects() -> dict[str, Any]:
    """Find the core's queries that change nothing."""
    return {n: s for n, s in statements().items() if isinstance(s, Query) and s.source.is_select}


def changes() -> dict[str, Any]:
    """Find the core's updates and deletions."""
    found = {n: s for n, s in statements().items() if isinstance(s, Write) or not s.source.is_select}
    return {n: s for n, s in found.items() if s.source.is_update or s.source.is_delete}
