"""The fixture plugin's only table."""

import sqlalchemy as sa
from alembic import op

from renda_core.store.columns import Id
from renda_core.store.roles import protect

revision = "fixture_plugin_0001"
down_revision = None
branch_labels = ("fixture_plugin",)
depends_on = None
TABLE = "fixture_plugin_batch"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        TABLE,
        sa.Column("tenant_id", Id, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{TABLE}"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"], name=f"fk_{TABLE}_tenant_id"),
    )
    protect(TABLE)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table(TABLE)
