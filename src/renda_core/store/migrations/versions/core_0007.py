"""Who may come in, where tenants live, and what people gave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from renda_core.store.revisions import BOOLEAN, BYTES, DATE, ID, INSTANT, INTEGER, STRING, TEXT, create
from renda_core.store.roles import protect, share

revision = "core_0007"
down_revision = "core_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; nothing in them yet."""
    _identity()
    _private()
    create(
        "witness",
        "whose seq",
        (ID, "whose"),
        (INTEGER, "seq"),
        (BYTES, "hash"),
        (INSTANT, "written_at received_at"),
        (TEXT, "statement"),
        rowid=False,
    )
    protect("witness", "SELECT, INSERT")
    op.add_column("journal_head", sa.Column("shut", BOOLEAN))
    _directory()


def _identity() -> None:
    of_account = {"account_id": "account"}
    create(
        "account",
        "id",
        (ID, "id"),
        (STRING, "kind name"),
        (BYTES, "login_key? login?"),
        (ID, "person? unit?"),
        (TEXT, "roles"),
        (STRING, "state"),
        (TEXT, "password?"),
        (INSTANT, "password_at?"),
        (BYTES, "totp?"),
        (INTEGER, "totp_step?"),
        (BOOLEAN, "stands_in"),
        (DATE, "until?"),
        (INSTANT, "made_at"),
        (INTEGER, "version"),
        unique="login_key",
        indexes=["person", "state id"],
    )
    create(
        "access",
        "digest",
        (BYTES, "digest"),
        (ID, "account_id"),
        (STRING, "kind label"),
        (TEXT, "scopes"),
        (BOOLEAN, "strong"),
        (INSTANT, "made_at seen_at ends_at?"),
        indexes=["account_id", "ends_at"],
        owners=of_account,
        rowid=False,
    )
    create(
        "ticket",
        "digest",
        (BYTES, "digest body"),
        (STRING, "kind"),
        (ID, "account_id?"),
        (INSTANT, "ends_at"),
        indexes=["ends_at", "account_id"],
        rowid=False,
    )
    create(
        "passkey",
        "credential",
        (BYTES, "credential public_key"),
        (ID, "account_id"),
        (INTEGER, "count"),
        (STRING, "label"),
        (INSTANT, "made_at used_at?"),
        indexes=["account_id"],
        owners=of_account,
        rowid=False,
    )
    create(
        "delegation",
        "id",
        (ID, "id giver taker"),
        (TEXT, "roles reason"),
        (DATE, "since until"),
        (INSTANT, "ended_at?"),
        indexes=["taker until", "giver until"],
        owners={"giver": "account", "taker": "account"},
    )
    create(
        "identity_provider",
        "name",
        (STRING, "name title issuer client claim"),
        (BYTES, "secret"),
        (BOOLEAN, "active"),
        (INTEGER, "version"),
    )
    create(
        "provided",
        "provider subject",
        (STRING, "provider"),
        (BYTES, "subject"),
        (ID, "account_id"),
        (INSTANT, "made_at"),
        indexes=["account_id"],
        owners=of_account,
        rowid=False,
    )
    for name in ("account", "access", "ticket", "passkey", "delegation", "identity_provider", "provided"):
        protect(name)


def _private() -> None:
    create(
        "consent",
        "id",
        (ID, "id person"),
        (STRING, "purpose entered_by"),
        (TEXT, "wording"),
        (INSTANT, "given_at withdrawn_at?"),
        indexes=["person purpose"],
    )
    create(
        "attachment",
        "id",
        (ID, "id about_id"),
        (STRING, "about media digest made_by"),
        (BYTES, "name"),
        (INTEGER, "size"),
        (INSTANT, "made_at erased_at?"),
        indexes=["about_id id", "digest"],
    )
    for name in ("consent", "attachment"):
        protect(name)


def _directory() -> None:
    op.create_table(
        "directory",
        sa.Column("id", ID, nullable=False),
        *(sa.Column(name, STRING, nullable=False) for name in ("code", "name", "level", "state", "silo")),
        sa.Column("operator", BOOLEAN, nullable=False),
        sa.Column("delete_on", DATE),
        sa.Column("exported_at", INSTANT),
        sa.Column("witness", ID),
        *(sa.Column(name, INTEGER, nullable=False) for name in ("version", "told", "configured")),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directory"),
        sa.UniqueConstraint("code", name="uq_directory_code"),
    )
    op.create_index(
        "uq_directory_operator",
        "directory",
        ["operator"],
        unique=True,
        sqlite_where=sa.text("operator"),
        postgresql_where=sa.text("operator"),
    )
    op.create_table(
        "directory_host",
        sa.Column("host", STRING, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_directory_host"),
        sa.ForeignKeyConstraint(["id"], ["directory.id"], name="fk_directory_host_id"),
    )
    op.create_index("ix_directory_host_id", "directory_host", ["id"])
    for name in ("directory", "directory_host"):
        share(name)
    if op.get_bind().dialect.name != "postgresql":
        return
    # The tenants that are there already are in the directory from the first; no tenant is set here, so the policies of
    # two tables are lifted for the one statement that reads them all.
    for name in ("tenant", "configuration"):
        op.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO directory"
        " (id, code, name, level, state, silo, operator, version, told, configured, changed_at) "
        "SELECT t.tenant_id, code, name, level, 'active', '', false, 0, 0, coalesce(max(n), 0), now() "
        "FROM tenant t LEFT JOIN configuration c ON c.tenant_id = t.tenant_id GROUP BY t.tenant_id"
    )
    for name in ("tenant", "configuration"):
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Drop them."""
    op.drop_column("journal_head", "shut")
    for name in (
        "directory_host", "directory", "witness", "attachment", "consent",
        "provided", "identity_provider", "delegation", "passkey", "ticket", "access", "account",
    ):  # fmt: skip
        op.drop_table(name)
