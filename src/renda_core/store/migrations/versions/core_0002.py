"""Tables for files and other systems: words of people, imports at work, columns by name, answers kept."""

from alembic import op

from renda_core.store.revisions import BYTES, ID, INSTANT, INTEGER, STRING, TEXT, WORD, create
from renda_core.store.roles import protect

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None

INDEXED = (("person", "born_on"), ("voter", "person"))
MADE = ("person_word", "column_choice", "import_job", "import_row", "request_key")


def upgrade() -> None:
    """Make the tables; words of people who were here before are written by ``renda reindex``."""
    create(
        "person_word",
        "person_id word",
        (ID, "person_id"),
        (WORD, "word"),
        indexes=["word person_id"],
        owners={"person_id": "person"},
        rowid=False,
    )
    create("column_choice", "sheet name", (STRING, "sheet name"), (TEXT, "columns"), (ID, "author"))
    create(
        "import_job",
        "id",
        (ID, "id author"),
        (STRING, "sheet state"),
        (INTEGER, "version"),
        (INSTANT, "made_at"),
        (BYTES, "document content?"),
        indexes=["state made_at"],
    )
    create(
        "import_row",
        "job_id n",
        (ID, "job_id"),
        (INTEGER, "n"),
        (STRING, "state"),
        (BYTES, "document"),
        indexes=["job_id state n"],
        owners={"job_id": "import_job"},
        rowid=False,
    )
    create(
        "request_key",
        "principal route key",
        (STRING, "principal route key"),
        (BYTES, "fingerprint body"),
        (INTEGER, "status"),
        (TEXT, "headers"),
        (INSTANT, "at"),
        indexes=["at"],
        rowid=False,
    )
    for name in MADE:
        protect(name)
    for name, column in INDEXED:
        op.create_index(f"ix_{name}_tenant_id_{column}", name, ["tenant_id", column])


def downgrade() -> None:
    """Drop every table, children first."""
    for name, column in reversed(INDEXED):
        op.drop_index(f"ix_{name}_tenant_id_{column}", name)
    for name in reversed(MADE):
        op.drop_table(name)
