"""The tables of what people gave: their consent, and files."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Text

from renda_core.store.columns import Id, Instant
from renda_core.store.schema import key, must, table

consent = table(  # who agreed to what, in which words, and until when
    "consent",
    key("id"),
    must("person", Id),
    must("purpose", String),
    must("wording", Text),
    must("given_at", Instant),
    must("entered_by", String),
    Column("withdrawn_at", Instant),
    Index(None, "tenant_id", "person", "purpose"),
)
attachment = table(  # a file by its content; the bytes lie in the store of files
    "attachment",
    key("id"),
    must("about", String),  # what it belongs to: a kind of thing, and its id
    must("about_id", Id),
    must("name", LargeBinary),  # sealed
    must("media", String),
    must("size", Integer),
    must("digest", String),  # keyed SHA-256 of the content
    must("made_by", String),
    must("made_at", Instant),
    Column("erased_at", Instant),
    Index(None, "tenant_id", "about_id", "id"),
    Index(None, "tenant_id", "digest"),
)
