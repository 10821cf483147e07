"""The table of notices (提醒): what was sent to whom, once for each matter and person."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, String, Text

from renda_core.store.columns import Instant
from renda_core.store.schema import key, must, table

notice = table(
    "notice",
    key("rule", String),
    key("matter", String),
    key("person"),
    must("falls_on", Date),
    must("title", Text),
    must("text", Text),
    must("sent_at", Instant),
    Column("seen_at", Instant),
    Index(None, "tenant_id", "person", "sent_at"),
    rowid=False,
)
