"""Stations with more columns; codes of cases, guesses, taken hours; cases by their day; texts that are alike."""

import sqlalchemy as sa
from alembic import op

from renda_core.store.revisions import BYTES, DATE, ID, INSTANT, INTEGER, STRING, create
from renda_core.store.roles import protect

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None

NEW = ("case_code", "guess", "case_slot", "likeness_segment", "likeness_list", "likeness_page")
OF_STATION = ("township", "liaison", "position", "offers")
OPENED = "ix_case_file_tenant_id_kind_opened_on_id"


def upgrade() -> None:
    """Add them; a station of before says nothing of township, liaison, position and offers."""
    for column in OF_STATION:
        op.add_column("station", sa.Column(column, STRING, nullable=False, server_default=""))
    op.create_index(OPENED, "case_file", ["tenant_id", "kind", "opened_on", "id"])
    owner = {"case_id": "case_file"}
    create(
        "case_code",
        "digest",
        (BYTES, "digest"),
        (ID, "case_id"),
        (DATE, "made_on"),
        unique="case_id",
        owners=owner,
        rowid=False,
    )
    create("guess", "source", (BYTES, "source"), (INSTANT, "since"), (INTEGER, "n"), indexes=["since"], rowid=False)
    create(
        "case_slot",
        "who slot",
        (ID, "who case_id"),
        (INTEGER, "slot"),
        indexes=["case_id"],
        owners=owner,
        rowid=False,
    )
    create(
        "likeness_segment",
        "kind segment",
        (STRING, "kind"),
        (INTEGER, "segment size"),
        (ID, "upto"),
        (BYTES, "lengths"),
        rowid=False,
    )
    create("likeness_list", "kind segment word", (STRING, "kind word"), (INTEGER, "segment"), (BYTES, "texts"))
    create("likeness_page", "kind segment page", (STRING, "kind"), (INTEGER, "segment page"), (BYTES, "texts"))
    for name in NEW:
        protect(name)


def downgrade() -> None:
    """Drop them."""
    for name in NEW:
        op.drop_table(name)
    op.drop_index(OPENED, "case_file")
    for column in OF_STATION:
        op.drop_column("station", column)
