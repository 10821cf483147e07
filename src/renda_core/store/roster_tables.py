"""The roster's tables: every noun with the dates it holds from and to."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, LargeBinary, String, UniqueConstraint

from renda_core.store.columns import Hidden, Id, owner
from renda_core.store.schema import must, noun

congress = noun(
    "congress",
    must("level", String),
    must("name", String),
    must("area", String),
    Column("parent", Id),
    must("has_districts", Boolean),
    Column("population", Integer),
    UniqueConstraint("tenant_id", "name", "valid_from"),
    owner("parent", "congress"),
)
term = noun(
    "term",
    must("congress", Id),
    must("number", Integer),
    must("first_session_on", Date),
    Column("ends_on", Date),
    UniqueConstraint("tenant_id", "congress", "number"),
    owner("congress", "congress"),
)
session = noun(
    "session",
    must("term", Id),
    must("number", Integer),
    must("opens_on", Date),
    Column("closes_on", Date),
    UniqueConstraint("tenant_id", "term", "number"),
    owner("term", "term"),
)
district = noun(
    "district",
    must("congress", Id),
    must("name", String),
    must("seats", Integer),
    UniqueConstraint("tenant_id", "congress", "name", "valid_from"),
    owner("congress", "congress"),
)
person = noun(
    "person",
    must("name", String),
    must("match_key", String),
    must("sex", String),
    must("nationality", String),
    Column("born_on", Date),
    must("party", String),
    must("education", String),
    must("employer", String),
    must("position", String),
    Column("id_number", Hidden),
    Column("phone", Hidden),
    Column("id_index", LargeBinary),  # keyed hash, to find one person by ID number
    Index(None, "tenant_id", "match_key"),
    Index(None, "tenant_id", "id_index"),
    Index(None, "tenant_id", "born_on"),  # to propose that two people may be one
)
body = noun(  # delegation, group, committee, organ: where mandates belong
    "body",
    must("congress", Id),
    must("kind", String),
    must("name", String),
    UniqueConstraint("tenant_id", "congress", "kind", "name", "valid_from"),
    owner("congress", "congress"),
)
mandate = noun(
    "mandate",
    must("person", Id),
    must("congress", Id),
    must("term", Id),
    Column("district", Id),
    must("certificate", String),
    must("elected_on", Date),
    must("by_election", Boolean),
    must("categories", String),
    must("state", String),
    must("document", LargeBinary),
    UniqueConstraint("tenant_id", "person", "congress", "term"),
    Index(None, "tenant_id", "certificate"),
    Index(None, "tenant_id", "congress", "state"),
    owner("person", "person"),
    owner("congress", "congress"),
    owner("term", "term"),
    owner("district", "district"),
)
membership = noun(
    "membership",
    must("mandate", Id),
    must("body", Id),
    must("role", String),
    UniqueConstraint("tenant_id", "mandate", "body", "valid_from"),
    Index(None, "tenant_id", "body"),
    owner("mandate", "mandate"),
    owner("body", "body"),
)
unit = noun(
    "unit",
    must("name", String),
    must("code", String),
    must("category", String),
    must("head", String),
    Column("phone", Hidden),
    Column("parent", Id),
    Column("successor", Id),
    UniqueConstraint("tenant_id", "name", "valid_from"),
    owner("parent", "unit"),
    owner("successor", "unit"),
)
station = noun(
    "station",
    must("kind", String),
    must("name", String),
    must("code", String),
    must("congress", Id),
    must("address", String),
    must("manager", String),
    Column("phone", Hidden),
    must("township", String),
    must("liaison", String),
    must("position", String),
    must("offers", String),
    UniqueConstraint("tenant_id", "name", "valid_from"),
    owner("congress", "congress"),
)
voter = noun(
    "voter",
    Column("person", Id),
    must("district", Id),
    must("registered_on", Date),
    Index(None, "tenant_id", "person"),
    owner("person", "person"),
    owner("district", "district"),
)
link = noun(
    "link",
    must("kind", String),
    must("from_id", Id),
    must("to_id", Id),
    UniqueConstraint("tenant_id", "kind", "from_id", "to_id", "valid_from"),
    Index(None, "tenant_id", "to_id", "kind"),
)

ROSTER = (congress, term, session, district, person, body, mandate, membership, unit, station, voter, link)
"""Every noun, parents first."""
