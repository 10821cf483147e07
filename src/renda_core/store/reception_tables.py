"""What receiving voters needs beside its cases: codes that follow a case, wrong guesses of them, taken hours."""

from sqlalchemy import Date, Index, Integer, LargeBinary, UniqueConstraint

from renda_core.store.columns import Id, Instant, owner
from renda_core.store.schema import key, must, table

case_code = table(  # a code is told once, to the voter; here stands its keyed hash alone
    "case_code",
    key("digest", LargeBinary),
    must("case_id", Id),
    must("made_on", Date),
    UniqueConstraint("tenant_id", "case_id"),
    owner("case_id", "case_file"),
    rowid=False,
)
guess = table(  # wrong codes by whoever gave them, under a keyed hash of where they came from
    "guess",
    key("source", LargeBinary),
    must("since", Instant),
    must("n", Integer),
    Index(None, "tenant_id", "since"),
    rowid=False,
)
case_slot = table(  # a quarter of an hour that somebody spends on a case, and so on no other
    "case_slot",
    key("who"),
    key("slot", Integer),
    must("case_id", Id),
    Index(None, "tenant_id", "case_id"),
    owner("case_id", "case_file"),
    rowid=False,
)
