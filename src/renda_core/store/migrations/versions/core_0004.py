"""Rounds of a ballot that open and close, the board of its box, tellers' sheets, and opened papers in chunks."""

import sqlalchemy as sa
from alembic import op

from renda_core.store.revisions import BOOLEAN, BYTES, ID, INSTANT, INTEGER, STRING, create
from renda_core.store.roles import protect

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None

NEW = ("ballot_board", "ballot_sheet", "ballot_chunk")


def upgrade() -> None:
    """Add them; a ballot of before stands in its first round, and everybody on its roll is entitled."""
    op.add_column("ballot", sa.Column("round", INTEGER, nullable=False, server_default="1"))
    op.add_column("ballot", sa.Column("closes_at", INSTANT, nullable=True))
    op.add_column("ballot_roll", sa.Column("standing", STRING, nullable=False, server_default="entitled"))
    op.add_column("ballot_roll", sa.Column("present", BOOLEAN, nullable=False, server_default=sa.false()))
    op.add_column("ballot_roll", sa.Column("issued", STRING, nullable=False, server_default=""))
    op.add_column("ballot_roll", sa.Column("named", BYTES, nullable=True))
    owner = {"ballot_id": "ballot"}
    create(
        "ballot_board",
        "ballot_id round hash",
        (ID, "ballot_id"),
        (INTEGER, "round"),
        (BYTES, "hash"),
        owners=owner,
        rowid=False,
    )
    create(
        "ballot_sheet",
        "ballot_id round bundle teller",
        (ID, "ballot_id teller"),
        (INTEGER, "round"),
        (STRING, "bundle"),
        (BYTES, "sealed"),
        owners=owner,
        rowid=False,
    )
    create(
        "ballot_chunk",
        "ballot_id round n",
        (ID, "ballot_id"),
        (INTEGER, "round n"),
        (BYTES, "papers"),
        owners=owner,
        rowid=False,
    )
    for name in NEW:
        protect(name)


def downgrade() -> None:
    """Drop them."""
    for name in NEW:
        op.drop_table(name)
    for column in ("named", "issued", "present", "standing"):
        op.drop_column("ballot_roll", column)
    for column in ("closes_at", "round"):
        op.drop_column("ballot", column)
