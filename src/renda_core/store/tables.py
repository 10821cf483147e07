"""The tables, described once; migrations, statements and policies are all derived from these.

The case's document is the truth; its side tables are its index, written in the same transaction, so no query digs
in JSON.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Date, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from renda_core.store.ballot_tables import ballot, ballot_board, ballot_chunk, ballot_roll, ballot_sheet
from renda_core.store.columns import DISTRIBUTED, Id, Instant
from renda_core.store.duty_tables import duty_count, duty_record
from renda_core.store.exchange_tables import column_choice, import_job, import_row, person_word, receiver, request_key
from renda_core.store.hosting_tables import directory, directory_host, witness
from renda_core.store.identity_tables import access, account, delegation, identity_provider, passkey, provided, ticket
from renda_core.store.likeness_tables import likeness_list, likeness_page, likeness_segment
from renda_core.store.notice_tables import notice
from renda_core.store.private_tables import attachment, consent
from renda_core.store.reception_tables import case_code, case_slot, guess
from renda_core.store.roster_tables import (
    ROSTER,
    body,
    congress,
    district,
    link,
    mandate,
    membership,
    person,
    session,
    station,
    term,
    unit,
    voter,
)
from renda_core.store.schema import key, metadata, must, policies_on, side, table

__all__ = [
    "ROSTER",
    "SIDES",
    "access",
    "account",
    "attachment",
    "ballot",
    "ballot_board",
    "ballot_chunk",
    "ballot_roll",
    "ballot_sheet",
    "body",
    "case_act",
    "case_assignment",
    "case_clock",
    "case_code",
    "case_dimension",
    "case_facet",
    "case_file",
    "case_link",
    "case_party",
    "case_slot",
    "case_word",
    "column_choice",
    "configuration",
    "congress",
    "consent",
    "counter",
    "delegation",
    "directory",
    "directory_host",
    "district",
    "duty_count",
    "duty_record",
    "guess",
    "identity_provider",
    "import_job",
    "import_row",
    "journal",
    "journal_head",
    "likeness_list",
    "likeness_page",
    "likeness_segment",
    "link",
    "mandate",
    "membership",
    "metadata",
    "notice",
    "outbox",
    "passkey",
    "person",
    "person_word",
    "policies",
    "provided",
    "receiver",
    "request_key",
    "session",
    "station",
    "tenant",
    "term",
    "ticket",
    "unit",
    "voter",
    "witness",
]

tenant = Table(
    "tenant",
    metadata,
    Column("tenant_id", Id, primary_key=True),
    must("code", String),
    must("name", String),
    must("level", String),
    info=DISTRIBUTED,
)
configuration = table(  # every version that was ever applied, whole
    "configuration",
    key("n", Integer),
    must("document", Text),
    must("author", String),
    must("at", Instant),
    Column("footprint", Text),  # which kinds each practice touched; read where one of them is gone
)

# cases

case_file = table(
    "case_file",
    key("id"),
    must("kind", String),
    must("edition", String),
    must("number", String),
    must("title", String),
    must("opened_on", Date),
    must("state", String),
    must("closed", Boolean),
    must("private", Boolean),
    must("public", Boolean),
    must("round", Integer),
    Column("next_due", Date),
    must("version", Integer),
    must("document", LargeBinary),
    UniqueConstraint("tenant_id", "kind", "number"),
    Index(None, "tenant_id", "kind", "private", "id"),
    Index(None, "tenant_id", "kind", "public", "id"),
    Index(None, "tenant_id", "kind", "state", "id"),
    Index(None, "tenant_id", "kind", "opened_on", "id"),
    Index(None, "tenant_id", "next_due", "id"),
)
case_facet = side(
    "case_facet",
    key("facet", String),
    must("kind", String),
    must("state", String),
    Index(None, "tenant_id", "kind", "facet", "state", "case_id"),
)
case_party = side(
    "case_party",
    key("role", String),
    key("person"),
    must("kind", String),
    Index(None, "tenant_id", "person", "kind", "case_id"),
)
case_link = side(
    "case_link",
    key("relation", String),
    key("other_id"),
    Index(None, "tenant_id", "other_id", "relation"),
)
case_assignment = side(
    "case_assignment",
    key("round", Integer),
    key("unit"),
    must("kind", String),
    must("role", String),
    must("state", String),
    Index(None, "tenant_id", "unit", "kind", "case_id"),
)
case_clock = side(
    "case_clock",
    key("name", String),
    key("round", Integer),
    key("unit"),
    must("kind", String),
    must("state", String),
    must("due_on", Date),
    must("provisional", Boolean),
    Column("stopped_on", Date),
    Index(None, "tenant_id", "state", "due_on", "case_id"),
    Index(None, "tenant_id", "kind", "name", "state"),
)
case_act = side(
    "case_act",
    key("n", Integer),
    must("kind", String),
    must("step", String),
    must("round", Integer),
    must("grade", String),
    must("unit", Id),
    Column("by_id", Id),  # empty where a job acted
    must("acted_on", Date),
    Index(None, "tenant_id", "kind", "step", "grade"),
    Index(None, "tenant_id", "by_id", "acted_on"),
)
case_dimension = side(
    "case_dimension",
    key("name", String),
    must("kind", String),
    must("value", String),
    Index(None, "tenant_id", "kind", "name", "value", "case_id"),
)
case_word = side(  # words of two characters, written by the application
    "case_word",
    key("word", String),
    Index(None, "tenant_id", "word", "case_id"),
)
counter = table("counter", key("name", String), must("n", Integer), rowid=False)

# journal and outbox

journal_head = table(
    "journal_head",
    must("seq", Integer),
    must("hash", LargeBinary),
    Column("shut", Boolean),  # the tenant lives, or will live, in another database: nothing is added here
    rowid=False,
)
journal = table(
    "journal",
    key("seq", Integer),
    must("entry", Text),  # canonical JSON: exactly the bytes that are hashed
    Column("private", Text),  # what the entry commits to; emptied on erasure
    must("hash", LargeBinary),
)
outbox = table(
    "outbox",
    key("id"),
    must("seq", Integer),  # of the journal entry that caused it
    must("name", String),
    must("body", Text),
)

SIDES = (case_facet, case_party, case_link, case_assignment, case_clock, case_act, case_dimension, case_word)


def policies(tables: Any = None) -> list[str]:
    """Write the row-level policies of all tenant tables, for the migration."""
    chosen = tables if tables is not None else metadata.sorted_tables
    return policies_on(t.name for t in chosen if t.info["placement"] == "distributed")
