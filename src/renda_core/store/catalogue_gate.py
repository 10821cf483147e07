"""Ask PostgreSQL's own catalogue whether the tenants are kept apart: in the tests, after migrations, and at start."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from renda_core.store.roles import APP
from renda_core.store.tables import metadata

RULE = "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)"
"""The one approved policy, as PostgreSQL prints it."""


GIVEN = """
    WITH given AS (SELECT $1::name, $2::text[], $3::text),  -- gives each parameter its type, used or not
    ours AS (  -- schemas that are not PostgreSQL's own, and open to the role
        SELECT oid FROM pg_namespace WHERE nspname NOT IN ('pg_catalog', 'information_schema')
        AND has_schema_privilege($1::name, oid, 'usage')
    ),
    tenants AS (
        SELECT * FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> ALL ($2)
    )"""
ROLE = "SELECT rolname FROM pg_roles WHERE rolname = $1"
CHECKS = {
    "has no forced row-level security": """
        SELECT c.relname FROM tenants c WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)""",
    "has not exactly the approved policy": """
        SELECT c.relname FROM tenants c LEFT JOIN pg_policy p ON p.polrelid = c.oid
        GROUP BY c.oid, c.relname
        HAVING count(p.oid) <> 1 OR NOT bool_and(
            pg_get_expr(p.polqual, p.polrelid) = $3 AND p.polwithcheck IS NULL
            AND p.polcmd = '*' AND p.polpermissive AND p.polroles = '{0}')""",
    "is too strong a role to serve requests": """
        SELECT rolname FROM pg_roles
        WHERE rolname = $1 AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)""",
    "belongs to the role that serves requests": """
        SELECT relname FROM pg_class
        WHERE pg_get_userbyid(relowner) = $1 AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')""",
    "is a role that the one serving requests may take on": """
        SELECT r.rolname FROM pg_roles r WHERE r.rolname <> $1 AND pg_has_role($1::name, r.oid, 'MEMBER')""",
    "is a view that sees with its owner's eyes": """
        SELECT c.relname FROM pg_class c WHERE c.relkind = 'v'
        AND c.relnamespace IN (SELECT oid FROM ours) AND has_table_privilege($1::name, c.oid, 'select')
        AND NOT coalesce(c.reloptions::text LIKE '%security_invoker=true%', false)""",
    "is a materialized view, which no policy guards": """
        SELECT c.relname FROM pg_class c WHERE c.relkind = 'm' AND has_table_privilege($1::name, c.oid, 'select')""",
    "is a function that acts as its owner": """
        SELECT p.proname FROM pg_proc p WHERE p.prosecdef AND p.pronamespace IN (SELECT oid FROM ours)
        AND has_function_privilege($1::name, p.oid, 'execute')""",
    "is a constraint that could reach beyond a tenant": """
        SELECT c.relname || '.' || k.conname FROM pg_constraint k JOIN tenants c ON c.oid = k.conrelid
        LEFT JOIN pg_class f ON f.oid = k.confrelid
        WHERE k.contype IN ('p', 'u', 'x', 'f') AND coalesce(f.relname, '') <> ALL ($2::text[])
        AND NOT EXISTS (
            SELECT FROM unnest(k.conkey, k.confkey) AS pair(own, other)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.own AND a.attname = 'tenant_id'
            LEFT JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.other
            WHERE k.contype <> 'f' OR b.attname = 'tenant_id')""",
    "is a unique index that could reach beyond a tenant": """
        SELECT x.relname FROM pg_index i JOIN tenants c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
        WHERE i.indisunique AND NOT EXISTS (
            SELECT FROM unnest(i.indkey::int2[]) AS n
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = n WHERE a.attname = 'tenant_id')""",
    "can be emptied by requests, past every policy": """
        SELECT c.relname FROM tenants c WHERE has_table_privilege($1::name, c.oid, 'truncate')""",
    "is history that requests could rewrite": """
        SELECT a.attrelid::regclass::text || '.' || a.attname FROM pg_attribute a
        WHERE a.attrelid = to_regclass('public.journal') AND a.attnum > 0 AND a.attname <> 'private'
        AND has_column_privilege($1::name, a.attrelid, a.attnum, 'update')
        UNION ALL SELECT 'journal' WHERE has_table_privilege($1::name, to_regclass('public.journal'), 'delete')""",
}
"""What would be wrong, and the query that names where: $1 the role, $2 tables that are no tenant's, $3 the policy."""


def shared(more: Iterable[str] = ()) -> list[str]:
    """Name the tables that belong to no tenant: those declared so, the migrations' own, and *more*."""
    declared = (t.name for t in metadata.sorted_tables if t.info["placement"] != "distributed")
    return sorted({"alembic_version", *declared, *more})


async def faults(connection: Any, *, role: str = APP, also_shared: Iterable[str] = ()) -> list[str]:
    """List what is wrong with the catalogue; empty if the tenants are kept apart.

    Args:
        connection: An asyncpg connection; any role may ask.
        role: The role that serves requests; at start, the one it is connected as.
        also_shared: Tables of plugins that are declared to be no tenant's.
    """
    if await connection.fetchval(ROLE, role) is None:
        return [f"{role} does not exist; migrate the database first"]
    given = (role, shared(also_shared), RULE)
    return [
        f"{name} {fault}"
        for fault, query in CHECKS.items()
        for (name,) in await connection.fetch(f"{GIVEN} {query}", *given)
    ]
