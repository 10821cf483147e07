"""The tables that files and other systems need: words of people, imports, columns by name, answers kept, receivers."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Text

from renda_core.store.columns import Id, Instant, Word, owner
from renda_core.store.schema import key, must, table

person_word = table(  # words of two characters and initials in pinyin, written by the application
    "person_word",
    key("person_id"),
    key("word", Word),
    Index(None, "tenant_id", "word", "person_id"),
    owner("person_id", "person"),
    rowid=False,
)
column_choice = table(  # which columns an export has, saved under a name
    "column_choice",
    key("sheet", String),
    key("name", String),
    must("columns", Text),
    must("author", Id),
)
import_job = table(  # a file on its way in; the file itself, sealed, until it is applied or given up
    "import_job",
    key("id"),
    must("sheet", String),
    must("state", String),
    must("version", Integer),
    must("author", Id),
    must("made_at", Instant),
    must("document", LargeBinary),
    Column("content", LargeBinary),
    Index(None, "tenant_id", "state", "made_at"),
)
import_row = table(  # what an import would do to one row of its file
    "import_row",
    key("job_id"),
    key("n", Integer),
    must("state", String),
    must("document", LargeBinary),
    Index(None, "tenant_id", "job_id", "state", "n"),
    owner("job_id", "import_job"),
    rowid=False,
)
request_key = table(  # the answer to a request that may come twice, written with what the request did
    "request_key",
    key("principal", String),
    key("route", String),
    key("key", String),
    must("fingerprint", LargeBinary),
    must("status", Integer),
    must("headers", Text),
    must("body", LargeBinary),
    must("at", Instant),
    Index(None, "tenant_id", "at"),
    rowid=False,
)
receiver = table(  # another system that is told of events, and how far it has been
    "receiver",
    key("name", String),
    must("url", String),
    must("events", Text),  # patterns with spaces
    must("secret", LargeBinary),  # sealed
    must("active", Boolean),
    must("seq", Integer),  # the last event behind it: of which entry,
    must("last", Id),  # and which of those
    must("failures", Integer),
    Column("again_at", Instant),
    must("trouble", String),
    Column("lease", Id),
    Column("leased_until", Instant),
    must("version", Integer),
)
