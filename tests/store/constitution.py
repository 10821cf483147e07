"""The schema's constitution as a lint over metadata: what a table must be so that tenants can live on many machines."""

from __future__ import annotations

from sqlalchemy import Enum, ForeignKeyConstraint, Identity, MetaData, PrimaryKeyConstraint, Table, UniqueConstraint

from renda_core.store.columns import Id

PLACEMENTS = {"distributed", "reference", "local"}
KEEPS_THE_KEY = {None, "RESTRICT", "NO ACTION", "CASCADE"}


def breaches(metadata: MetaData) -> list[str]:
    """List every breach as ``table: what``."""
    return sorted(f"{t.name}: {why}" for t in metadata.tables.values() for why in _of(t))


def _of(table: Table) -> list[str]:
    placement = table.info.get("placement")
    found = [] if placement in PLACEMENTS else ["declares no placement"]
    for column in table.c:
        if isinstance(column.type, Enum):
            found.append(f"{column.name} is an enum, which cannot be changed in place")
        if placement == "distributed" and (
            column.autoincrement is True or isinstance(column.server_default, Identity) or column.server_default
        ):
            found.append(f"{column.name} gets its value from the database")
    for key in table.foreign_key_constraints:
        found += _of_foreign_key(key, placement)
    if placement != "distributed":
        return found
    if "tenant_id" not in table.c or not isinstance(table.c.tenant_id.type, Id) or table.c.tenant_id.nullable:
        found.append("has no tenant_id of type Id")
    keys = [k for k in table.constraints if isinstance(k, PrimaryKeyConstraint | UniqueConstraint)]
    for made in (*keys, *table.indexes):
        if next(iter(made.columns.keys()), None) != "tenant_id":
            found.append(f"{made.name} does not begin with tenant_id")
    return found


def _of_foreign_key(key: ForeignKeyConstraint, placement: str | None) -> list[str]:
    found = []
    if not {key.ondelete, key.onupdate} <= KEEPS_THE_KEY:
        found.append(f"{key.name} would write into the key")
    other = key.referred_table
    target = other.info.get("placement")
    if placement == "distributed" and target == "distributed":
        pairs = [(e.parent.name, e.column.name) for e in key.elements]
        if pairs[0] != ("tenant_id", "tenant_id"):
            found.append(f"{key.name} does not begin with the same tenant")
        if [name for _, name in pairs] != [c.name for c in other.primary_key.columns]:
            found.append(f"{key.name} is not to the whole key of {other.name}")
    elif target != "reference" and not (placement == target == "local"):
        found.append(f"{key.name} goes from {placement} to {target}")
    return found
