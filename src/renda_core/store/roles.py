"""PostgreSQL's roles, and what each may do with a table: who owns, who serves requests, who makes backups."""

from __future__ import annotations

from alembic import op

from renda_core.store.schema import policies_on

OWNER, APP, BACKUP = "renda_owner", "renda_app", "renda_backup"
WHOLE = "SELECT, INSERT, UPDATE, DELETE"
READ = "SELECT"

MADE = {OWNER: "NOLOGIN", APP: "LOGIN", BACKUP: "LOGIN BYPASSRLS"}
"""Each role and how it is made. Passwords are the administrator's; a role that exists is left as it is."""


LIMITS = {"statement_timeout": "60s", "lock_timeout": "20s", "idle_in_transaction_session_timeout": "5min"}
"""How long a statement of a request may run, may wait for another's row, and how long a transaction may do nothing.

They belong to the role, so that they hold through a pooler too and cost a request nothing; nothing is ever set for a
session. An administrator changes them with ``ALTER ROLE``, for a role that exists is left as it is.
"""


def make_roles() -> list[str]:
    """Write what makes the missing roles and lets the one who migrates act as the owner."""
    return [
        *(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN CREATE ROLE {name} {how}; "
            f"{_limits(name)}END IF; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            for name, how in MADE.items()
        ),
        f"DO $$ BEGIN IF NOT pg_has_role('{OWNER}', 'MEMBER') "
        f"THEN EXECUTE format('GRANT {OWNER} TO %I', current_user); END IF; END $$",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}",
        f"GRANT USAGE ON SCHEMA public TO {APP}, {BACKUP}",
    ]


def _limits(name: str) -> str:
    return "".join(f"ALTER ROLE {APP} SET {what} = '{most}'; " for what, most in LIMITS.items() if name == APP)


def grants(name: str, rights: str = WHOLE) -> list[str]:
    """Write who may do what with one table."""
    return [f"GRANT {rights} ON {name} TO {APP}", f"GRANT {READ} ON {name} TO {BACKUP}"]


def protect(name: str, rights: str = WHOLE) -> None:
    """Protect a table that a migration has just made: its policy and its grants; nothing to do on SQLite.

    Args:
        rights: What requests may do with it, e.g. ``"SELECT, INSERT"`` for a table that is only added to.
    """
    if op.get_bind().dialect.name == "postgresql":
        for statement in (*policies_on([name]), *grants(name, rights)):
            op.execute(statement)


def share(name: str, rights: str = WHOLE) -> None:
    """Open a table that is no tenant's to requests: it has grants and no policy; nothing to do on SQLite."""
    if op.get_bind().dialect.name == "postgresql":
        for statement in grants(name, rights):
            op.execute(statement)
