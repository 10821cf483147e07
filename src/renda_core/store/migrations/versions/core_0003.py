"""Notices that are sent once, and what each practice of a configuration touched."""

import sqlalchemy as sa
from alembic import op

from renda_core.store.revisions import DATE, ID, INSTANT, STRING, TEXT, create
from renda_core.store.roles import protect

revision = "core_0003"
down_revision = "core_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of notices; configurations of before have no footprint, and are read as touching everything."""
    create(
        "notice",
        "rule matter person",
        (STRING, "rule matter"),
        (ID, "person"),
        (DATE, "falls_on"),
        (TEXT, "title text"),
        (INSTANT, "sent_at seen_at?"),
        indexes=["person sent_at"],
        rowid=False,
    )
    protect("notice")
    op.add_column("configuration", sa.Column("footprint", TEXT, nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("configuration", "footprint")
    op.drop_table("notice")
