"""The statement guard: every statement of the core, found, compiled, and read as PostgreSQL would read it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import sqlglot
from sqlglot import expressions as e

import renda_core
from renda_core.store.compile import Query, Write
from renda_core.store.tables import metadata

DISTRIBUTED = {t.name for t in metadata.sorted_tables if t.info["placement"] == "distributed"}
BANNED = {
    "GROUPING SETS": (e.GroupingSets, e.Cube, e.Rollup),
    "MERGE": (e.Merge,),
}
LOCKED = {"account", "ballot"}
"""Tables of which a statement may lock rows, one tenant's: a ballot's row stands between its casts and its closing, and
the administrators' rows between two who would both be the last to go. A cluster runs this where it all lies on one
shard, and refuses it across shards."""
TENANT = "tenant"
"""The class of everything that equals the tenant's own parameter."""


def statements() -> dict[str, Query[Any] | Write]:
    """Find every statement that a module of the core holds, by where it is."""
    found: dict[str, Query[Any] | Write] = {}
    for info in pkgutil.walk_packages(renda_core.__path__, "renda_core."):
        if "migrations" in info.name or info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            for where, statement in _in(value, f"{info.name}.{name}"):
                if statement not in found.values():
                    found[where] = statement
    return found


def _in(value: object, where: str) -> Iterator[tuple[str, Query[Any] | Write]]:
    if isinstance(value, Query | Write):
        yield where, value
    elif isinstance(value, Mapping):
        for key, inner in list(value.items()):
            yield from _in(inner, f"{where}[{key}]")
    elif isinstance(value, tuple | list):
        for i, inner in enumerate(value):
            yield from _in(inner, f"{where}[{i}]")


def complaints(sql: str, tenant: int, *, cross_tenant: bool = False) -> list[str]:
    """List what would not run on a cluster, or could reach beyond the tenant.

    Args:
        tenant: Number of the parameter that holds the tenant, 0 for none.
        cross_tenant: The statement is meant to see all tenants; then only the banned constructs count.
    """
    (tree,) = sqlglot.parse(sql, read="postgres")
    assert tree is not None
    found = [f"uses {name}" for name, kinds in BANNED.items() if tree.find(*kinds)]
    found += ["uses a lock"] * any(_locks(lock, cross_tenant) for lock in tree.find_all(e.Lock))
    found += ["uses a recursive WITH"] * any(w.args.get("recursive") for w in tree.find_all(e.With))
    if not cross_tenant:
        found += _scope(tree, tenant, {})
    return sorted(set(found))


def _locks(lock: e.Expression, cross_tenant: bool) -> bool:
    tables = {table.name for table in lock.parent.find_all(e.Table)} if lock.parent else set()
    return cross_tenant or not tables or not tables <= LOCKED


def _scope(node: e.Expression, tenant: int, outer: dict[str, str]) -> list[str]:
    """Check one SELECT, INSERT, UPDATE or DELETE, then those inside it, which see its names too."""
    found: list[str] = []
    inner = [n for n in node.walk(prune=lambda n: n is not node and _is_statement(n)) if n is not node]
    own = [n for n in inner if isinstance(n, e.Table) and n.name in DISTRIBUTED]
    same = dict(outer)
    for n in own:  # the same name further out is another row
        same.pop(f"{n.alias_or_name}.tenant_id", None)
    for condition in _conditions(node):
        _equate(same, condition, own, tenant)
    if isinstance(node, e.Insert):
        found += _insert(node, tenant)
        own = [n for n in own if n is not node.this.this and n is not node.this]
    joined = _joined(node, same, own, tenant)
    for name in (t.alias_or_name for t in own):
        if _root(joined.get(name, same), f"{name}.tenant_id") != TENANT:
            found.append(f"{name} has no tenant")
    for n in inner:
        if _is_statement(n):
            found += _scope(n, tenant, same)
    return found


def _is_statement(node: e.Expression) -> bool:
    return isinstance(node, e.Select | e.Insert | e.Update | e.Delete)


def _conditions(node: e.Expression) -> Iterator[e.Expression]:
    if where := node.args.get("where"):
        yield where.this
    for join in node.args.get("joins") or []:
        if join.args.get("on") and join.side == "":
            yield join.args["on"]


def _equate(same: dict[str, str], condition: e.Expression, own: list[e.Table], tenant: int) -> None:
    for part in condition.flatten() if isinstance(condition, e.And) else [condition]:
        if isinstance(part, e.EQ):
            _unite(same, _side(part.left, own, tenant), _side(part.right, own, tenant))


def _joined(node: e.Expression, same: dict[str, str], own: list[e.Table], tenant: int) -> dict[str, dict[str, str]]:
    """Give what is equal for each table on the right of a LEFT JOIN: its condition holds for that table alone."""
    found = {}
    for join in node.args.get("joins") or []:
        if join.args.get("on") and join.side == "LEFT":
            found[join.this.alias_or_name] = held = dict(same)
            _equate(held, join.args["on"], own, tenant)
    return found


def _side(node: e.Expression, own: list[e.Table], tenant: int) -> str:
    while isinstance(node, e.Paren | e.Cast | e.Alias):
        node = node.this
    if isinstance(node, e.Parameter):
        return TENANT if node.name == str(tenant) else f"${node.name}"
    if isinstance(node, e.Column) and node.name == "tenant_id":
        return f"{node.table or own[0].alias_or_name}.tenant_id"
    return node.sql()


def _unite(same: dict[str, str], one: str, two: str) -> None:
    a, b = _root(same, one), _root(same, two)
    if a != b:
        same.update({b: a} if a == TENANT else {a: b})


def _root(same: dict[str, str], name: str) -> str:
    while name in same:
        name = same[name]
    return name


def _insert(node: e.Insert, tenant: int) -> list[str]:
    names = [c.name for c in node.this.expressions] if isinstance(node.this, e.Schema) else []
    if "tenant_id" not in names:
        return ["inserts without naming tenant_id"]
    at = names.index("tenant_id")
    given = node.expression
    rows = [r.expressions for r in given.expressions] if isinstance(given, e.Values) else [given.expressions]
    wrong = any(_side(row[at], [], tenant) != TENANT for row in rows)
    return ["inserts another tenant_id than the tenant's"] if wrong else []
