"""The tables of ballots: what was decided, the roll with its sealed box, the board, tellers' sheets, opened papers.

No row here has a time, a serial or an order of insertion that could tell whose paper is whose.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, LargeBinary, String

from renda_core.store.columns import Instant, owner
from renda_core.store.schema import key, must, table

ballot = table(
    "ballot",
    key("id"),
    must("kind", String),
    must("state", String),  # of its last round: what a cast asks for in the same statement
    must("round", Integer),
    Column("closes_at", Instant),
    must("version", Integer),
    must("document", LargeBinary),
)
ballot_roll = table(  # eligibility and sealed box in one row; never a time, never a serial
    "ballot_roll",
    key("ballot_id"),
    key("round", Integer),
    key("person"),
    must("standing", String),  # entitled, or suspended: in the base, without a vote
    must("present", Boolean),
    must("issued", String),  # paper, device, or empty
    Column("sealed", LargeBinary),
    Column("named", LargeBinary),  # the open marks of a vote by name, where the rule says so
    owner("ballot_id", "ballot"),
    rowid=False,
)
ballot_board = table(  # hashes of what was in the box when it was shut, for whoever holds a receipt
    "ballot_board",
    key("ballot_id"),
    key("round", Integer),
    key("hash", LargeBinary),
    owner("ballot_id", "ballot"),
    rowid=False,
)
ballot_sheet = table(  # what one teller entered of one bundle of papers, sealed until both have
    "ballot_sheet",
    key("ballot_id"),
    key("round", Integer),
    key("bundle", String),
    key("teller"),
    must("sealed", LargeBinary),
    owner("ballot_id", "ballot"),
    rowid=False,
)
ballot_chunk = table(  # opened papers, packed and shuffled
    "ballot_chunk",
    key("ballot_id"),
    key("round", Integer),
    key("n", Integer),
    must("papers", LargeBinary),
    owner("ballot_id", "ballot"),
    rowid=False,
)
