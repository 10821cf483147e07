"""The tables of who may come in: accounts, what opens them, and whose powers are lent to whom."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, LargeBinary, String, Text, UniqueConstraint

from renda_core.store.columns import Id, Instant, owner
from renda_core.store.schema import key, must, table

account = table(  # somebody, or a program, who may act in this tenant
    "account",
    key("id"),
    must("kind", String),
    must("name", String),
    Column("login_key", LargeBinary),  # keyed hash of what is typed at the door; the text itself is sealed
    Column("login", LargeBinary),
    Column("person", Id),  # under whose id the journal names the holder, where that is not the account's own
    Column("unit", Id),
    must("roles", Text),
    must("state", String),
    Column("password", Text),  # Argon2 with its parameters
    Column("password_at", Instant),
    Column("totp", LargeBinary),  # sealed secret
    Column("totp_step", Integer),  # the last step that was used: none opens twice
    must("stands_in", Boolean),  # whether somebody's powers are, or were, lent to it
    Column("until", Date),
    must("made_at", Instant),
    must("version", Integer),
    UniqueConstraint("tenant_id", "login_key"),
    Index(None, "tenant_id", "person"),
    Index(None, "tenant_id", "state", "id"),
)
access = table(  # a browser's session or a program's token, by the hash of its secret
    "access",
    key("digest", LargeBinary),
    must("account_id", Id),
    must("kind", String),
    must("scopes", Text),  # permissions with spaces; empty means all that the account has
    must("label", String),
    must("strong", Boolean),  # whether a second factor was shown
    must("made_at", Instant),
    must("seen_at", Instant),
    Column("ends_at", Instant),
    Index(None, "tenant_id", "account_id"),
    Index(None, "tenant_id", "ends_at"),
    owner("account_id", "account"),
    rowid=False,
)
ticket = table(  # what may be shown once: an invitation, a challenge, a way back from another provider
    "ticket",
    key("digest", LargeBinary),
    must("kind", String),
    Column("account_id", Id),
    must("body", LargeBinary),  # sealed
    must("ends_at", Instant),
    Index(None, "tenant_id", "ends_at"),
    Index(None, "tenant_id", "account_id"),
    rowid=False,
)
passkey = table(
    "passkey",
    key("credential", LargeBinary),
    must("account_id", Id),
    must("public_key", LargeBinary),
    must("count", Integer),
    must("label", String),
    must("made_at", Instant),
    Column("used_at", Instant),
    Index(None, "tenant_id", "account_id"),
    owner("account_id", "account"),
    rowid=False,
)
delegation = table(  # powers lent from a day to a day
    "delegation",
    key("id"),
    must("giver", Id),
    must("taker", Id),
    must("roles", Text),
    must("since", Date),
    must("until", Date),
    must("reason", Text),
    Column("ended_at", Instant),
    Index(None, "tenant_id", "taker", "until"),
    Index(None, "tenant_id", "giver", "until"),
    owner("giver", "account"),
    owner("taker", "account"),
)
identity_provider = table(  # a tenant's own OpenID Connect provider
    "identity_provider",
    key("name", String),
    must("title", String),
    must("issuer", String),
    must("client", String),
    must("secret", LargeBinary),  # sealed
    must("claim", String),
    must("active", Boolean),
    must("version", Integer),
)
provided = table(  # whom a provider means by a subject
    "provided",
    key("provider", String),
    key("subject", LargeBinary),  # keyed hash
    must("account_id", Id),
    must("made_at", Instant),
    Index(None, "tenant_id", "account_id"),
    owner("account_id", "account"),
    rowid=False,
)
