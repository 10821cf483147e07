"""The tables keep the schema's constitution, and PostgreSQL itself would spread them over partitions."""

from __future__ import annotations

import pytest
from sqlalchemy import (
    Column,
    Enum,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    NullPool,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    text,
)
from sqlalchemy.exc import DBAPIError
from tests.store.constitution import breaches

from renda_core.store import tables as t
from renda_core.store.columns import DISTRIBUTED, LOCAL, REFERENCE, Id, owner, tenant_key


def test_the_tables_keep_it():
    assert breaches(t.metadata) == []


def test_every_name_fits_both_back_ends():
    names = [x.name for table in t.metadata.sorted_tables for x in (table, *table.constraints, *table.indexes)]
    assert [n for n in names if not n or len(n) > 63] == []
    assert len(names) == len(set(names))


def faulty(*rest, name="bad", info=DISTRIBUTED, key=None):
    """Make tables of which only *name* may be wrong."""
    metadata = MetaData()
    Table("tenant", metadata, Column("tenant_id", Id, primary_key=True), info=DISTRIBUTED)
    Table("good", metadata, *tenant_key(), Column("id", Id, primary_key=True), info=DISTRIBUTED)
    Table("region", metadata, Column("code", String, primary_key=True), info=REFERENCE)
    Table("spool", metadata, Column("code", String, primary_key=True), info=LOCAL)
    id = Column("id", Id, primary_key=True)
    Table(name, metadata, *(tenant_key() if key is None else key), id, *rest, info=info)
    return metadata


SOUND = [
    (owner("id", "good"),),
    (Column("region", String), ForeignKeyConstraint(["region"], ["region.code"])),
    (Column("x", String), UniqueConstraint("tenant_id", "x"), Index("ix", "tenant_id", "x")),
]
PLANTED = [
    ({"info": {}}, (), "declares no placement"),
    ({"info": {"placement": "somewhere"}}, (), "declares no placement"),
    ({"key": ()}, (), "has no tenant_id"),
    ({"key": (Column("tenant_id", String, primary_key=True),)}, (), "has no tenant_id of type Id"),
    ({"key": (Column("x", Id, primary_key=True), *tenant_key())}, (), "does not begin with tenant_id"),
    ({}, (Column("x", String), UniqueConstraint("x", name="u")), "u does not begin with tenant_id"),
    ({}, (Column("x", String), UniqueConstraint("x", "tenant_id", name="u")), "u does not begin with tenant_id"),
    ({}, (Column("x", String), Index("i", "x")), "i does not begin with tenant_id"),
    ({}, (Column("g", Id), ForeignKeyConstraint(["tenant_id", "g"], ["good.id", "good.tenant_id"])), "the same tenant"),
    ({}, (Column("g", Id), ForeignKeyConstraint(["g"], ["good.id"])), "does not begin with the same tenant"),
    (
        {},
        (ForeignKeyConstraint(["tenant_id", "id"], ["good.tenant_id", "good.id"], ondelete="SET NULL"),),
        "would write into the key",
    ),
    ({}, (Column("s", String), ForeignKeyConstraint(["s"], ["spool.code"])), "from distributed to local"),
    ({"info": REFERENCE}, (), "from reference to distributed"),
    ({"info": LOCAL}, (), "from local to distributed"),
    ({}, (Column("n", Integer, Identity()),), "n gets its value from the database"),
    ({}, (Column("n", Integer, server_default=text("nextval('s')")),), "n gets its value from the database"),
    ({}, (Column("n", Integer, autoincrement=True),), "n gets its value from the database"),
    ({}, (Column("kind", Enum("a", "b", name="k")),), "kind is an enum"),
]


@pytest.mark.parametrize("rest", SOUND)
def test_the_lint_passes_what_is_sound(rest):
    assert breaches(faulty(*rest)) == []


@pytest.mark.parametrize(("how", "rest", "why"), PLANTED)
def test_the_lint_finds_a_planted_fault(how, rest, why):
    found = breaches(faulty(*rest, **how))
    assert any(f.startswith("bad: ") and why in f for f in found), found


def spread(metadata):
    """Copy all tables as partitioned ones: PostgreSQL then refuses every key without the tenant, as Citus would."""
    made = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        copy = table.to_metadata(made)
        if table.info["placement"] == "distributed":
            copy.dialect_options["postgresql"]["partition_by"] = "HASH (tenant_id)"
    return made


@pytest.fixture
def engine(empty_dsn):
    import psycopg

    made = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(empty_dsn), poolclass=NullPool)
    yield made
    made.dispose()


@pytest.mark.postgres
def test_postgresql_would_spread_the_tables(engine):
    spread(t.metadata).create_all(engine)
    with engine.connect() as raw:
        kinds = raw.execute(text("SELECT count(*) FROM pg_class WHERE relkind = 'p'")).scalar_one()
    assert kinds == sum(table.info["placement"] == "distributed" for table in t.metadata.sorted_tables)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "rest",
    [
        (Column("x", String), UniqueConstraint("x", name="u")),
        (Column("g", Id), ForeignKeyConstraint(["g"], ["good.id"])),
    ],
)
def test_postgresql_refuses_to_spread_a_planted_fault(engine, rest):
    with pytest.raises(DBAPIError, match=r"partitioning columns|no unique constraint matching"):
        spread(faulty(*rest)).create_all(engine)
