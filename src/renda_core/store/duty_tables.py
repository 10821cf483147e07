"""What deputies did: records, of which the document is the truth, and what is counted of them by month."""

from __future__ import annotations

from sqlalchemy import Boolean, Date, Index, Integer, LargeBinary, String, UniqueConstraint

from renda_core.store.columns import Id
from renda_core.store.schema import key, must, table

duty_record = table(
    "duty_record",
    key("id"),
    must("person", Id),
    must("kind", String),
    must("done_on", Date),
    must("source", String),
    must("state", String),
    must("document", LargeBinary),
    must("quantity", Integer),
    must("facts", String),  # as rules read them: "excellent=1;key=1", in order, without those that are 0
    must("mandates", LargeBinary),  # sixteen bytes each, one after the other
    must("counts", Boolean),  # whether it scores
    must("proven", Boolean),  # whether it comes from a case or has evidence
    UniqueConstraint("tenant_id", "source", "person", "kind"),
    Index(None, "tenant_id", "person", "done_on"),
    Index(None, "tenant_id", "kind", "done_on"),
    Index(None, "tenant_id", "done_on"),
)
duty_count = table(  # kept with every record that is written: what counts, by mandate, month, kind and measure
    "duty_count",
    key("month", Date),  # its first day
    key("holder"),  # the mandate; of a record without one the person
    key("kind", String),
    key("measure", String),  # "" quantity, "#" records, a fact's code its sum; after "?" the same of what is not proven
    must("n", Integer),
    Index(None, "tenant_id", "holder", "month"),
    rowid=False,
)
