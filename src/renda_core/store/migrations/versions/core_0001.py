"""The core's first tables: tenants, cases with their index, the roster, ballots, the journal and its outbox."""

import sqlalchemy as sa
from alembic import op

from renda_core.store.revisions import BOOLEAN, BYTES, DATE, ID, INSTANT, INTEGER, STRING, TEXT, create, noun, side
from renda_core.store.roles import WHOLE, protect

revision = "core_0001"
down_revision = None
branch_labels = ("core",)
depends_on = None

RIGHTS = {
    "tenant": "SELECT, INSERT, UPDATE",
    "configuration": "SELECT, INSERT",
    "journal_head": "SELECT, INSERT, UPDATE",
    "journal": "SELECT, INSERT, UPDATE (private)",  # erasure of what an entry commits to, and nothing else
}
"""What requests may do where it is less than everything: history is only added to."""
MADE = (
    "tenant case_file counter case_act case_assignment case_clock case_dimension case_facet case_link case_party "
    "case_word congress link person unit body district station term mandate session voter membership ballot "
    "configuration duty_record journal journal_head outbox ballot_roll"
)


def upgrade() -> None:
    """Make every table, parents first, and on PostgreSQL its policy and grants."""
    op.create_table(
        "tenant",
        sa.Column("tenant_id", ID, nullable=False),
        *(sa.Column(name, STRING, nullable=False) for name in ("code", "name", "level")),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenant"),
    )
    cases()
    roster()
    records()
    for name in MADE.split():
        protect(name, RIGHTS.get(name, WHOLE))


def downgrade() -> None:
    """Drop every table, children first."""
    for name in reversed(MADE.split()):
        op.drop_table(name)


def cases() -> None:
    """Make the cases' tables: the document, and its index."""
    create(
        "case_file",
        "id",
        (ID, "id"),
        (STRING, "kind edition number title state"),
        (INTEGER, "round version"),
        (BOOLEAN, "closed private public"),
        (DATE, "opened_on next_due?"),
        (BYTES, "document"),
        unique="kind number",
        indexes=["kind private id", "kind public id", "kind state id", "next_due id"],
    )
    create("counter", "name", (STRING, "name"), (INTEGER, "n"), rowid=False)
    side(
        "case_act",
        "n",
        (ID, "unit by_id?"),
        (STRING, "kind step grade"),
        (INTEGER, "n round"),
        (DATE, "acted_on"),
        indexes=["by_id acted_on", "kind step grade"],
    )
    side(
        "case_assignment",
        "round unit",
        (ID, "unit"),
        (STRING, "kind role state"),
        (INTEGER, "round"),
        indexes=["unit kind case_id"],
    )
    side(
        "case_clock",
        "name round unit",
        (ID, "unit"),
        (STRING, "name kind state"),
        (INTEGER, "round"),
        (BOOLEAN, "provisional"),
        (DATE, "due_on stopped_on?"),
        indexes=["kind name state", "state due_on case_id"],
    )
    side("case_dimension", "name", (STRING, "name kind value"), indexes=["kind name value case_id"])
    side("case_facet", "facet", (STRING, "facet kind state"), indexes=["kind facet state case_id"])
    side("case_link", "relation other_id", (ID, "other_id"), (STRING, "relation"), indexes=["other_id relation"])
    side("case_party", "role person", (ID, "person"), (STRING, "role kind"), indexes=["person kind case_id"])
    side("case_word", "word", (STRING, "word"), indexes=["word case_id"])


def roster() -> None:
    """Make the roster's tables: every row holds from a date to a date."""
    noun(
        "congress",
        (ID, "parent?"),
        (STRING, "level name area"),
        (INTEGER, "population?"),
        (BOOLEAN, "has_districts"),
        unique="name valid_from",
        owners={"parent": "congress"},
    )
    noun(
        "link", (ID, "from_id to_id"), (STRING, "kind"), unique="kind from_id to_id valid_from", indexes=["to_id kind"]
    )
    noun(
        "person",
        (STRING, "name match_key sex nationality party education employer position"),
        (DATE, "born_on?"),
        (BYTES, "id_number? phone? id_index?"),
        indexes=["id_index", "match_key"],
    )
    noun(
        "unit",
        (ID, "parent? successor?"),
        (STRING, "name code category head"),
        (BYTES, "phone?"),
        unique="name valid_from",
        owners={"parent": "unit", "successor": "unit"},
    )
    noun(
        "body",
        (ID, "congress"),
        (STRING, "kind name"),
        unique="congress kind name valid_from",
        owners={"congress": "congress"},
    )
    noun(
        "district",
        (ID, "congress"),
        (STRING, "name"),
        (INTEGER, "seats"),
        unique="congress name valid_from",
        owners={"congress": "congress"},
    )
    noun(
        "station",
        (ID, "congress"),
        (STRING, "kind name code address manager"),
        (BYTES, "phone?"),
        unique="name valid_from",
        owners={"congress": "congress"},
    )
    noun(
        "term",
        (ID, "congress"),
        (INTEGER, "number"),
        (DATE, "first_session_on ends_on?"),
        unique="congress number",
        owners={"congress": "congress"},
    )
    noun(
        "mandate",
        (ID, "person congress term district?"),
        (STRING, "certificate categories state"),
        (BOOLEAN, "by_election"),
        (DATE, "elected_on"),
        (BYTES, "document"),
        unique="person congress term",
        indexes=["certificate", "congress state"],
        owners={"congress": "congress", "district": "district", "person": "person", "term": "term"},
    )
    noun(
        "session",
        (ID, "term"),
        (INTEGER, "number"),
        (DATE, "opens_on closes_on?"),
        unique="term number",
        owners={"term": "term"},
    )
    noun(
        "voter", (ID, "person? district"), (DATE, "registered_on"), owners={"district": "district", "person": "person"}
    )
    noun(
        "membership",
        (ID, "mandate body"),
        (STRING, "role"),
        unique="mandate body valid_from",
        indexes=["body"],
        owners={"body": "body", "mandate": "mandate"},
    )


def records() -> None:
    """Make what else is kept: configuration, duty records, ballots, journal and outbox."""
    create("ballot", "id", (ID, "id"), (STRING, "kind state"), (INTEGER, "version"), (BYTES, "document"))
    create("configuration", "n", (STRING, "author"), (TEXT, "document"), (INTEGER, "n"), (INSTANT, "at"))
    create(
        "duty_record",
        "id",
        (ID, "id person"),
        (STRING, "kind source state"),
        (DATE, "done_on"),
        (BYTES, "document"),
        unique="source person kind",
        indexes=["kind done_on", "person done_on"],
    )
    create("journal", "seq", (TEXT, "entry private?"), (INTEGER, "seq"), (BYTES, "hash"))
    create("journal_head", "", (INTEGER, "seq"), (BYTES, "hash"), rowid=False)
    create("outbox", "id", (ID, "id"), (STRING, "name"), (TEXT, "body"), (INTEGER, "seq"))
    create(
        "ballot_roll",
        "ballot_id round person",
        (ID, "ballot_id person"),
        (INTEGER, "round"),
        (BYTES, "sealed?"),
        owners={"ballot_id": "ballot"},
        rowid=False,
    )
