"""Which other systems are told of events, and how far each has been."""

from __future__ import annotations

from alembic import op

from renda_core.store.revisions import BOOLEAN, BYTES, ID, INSTANT, INTEGER, STRING, TEXT, create
from renda_core.store.roles import protect

revision = "core_0008"
down_revision = "core_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; nothing in it yet."""
    create(
        "receiver",
        "name",
        (STRING, "name url trouble"),
        (TEXT, "events"),
        (BYTES, "secret"),
        (BOOLEAN, "active"),
        (INTEGER, "seq failures version"),
        (ID, "last lease?"),
        (INSTANT, "again_at? leased_until?"),
    )
    protect("receiver")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("receiver")
