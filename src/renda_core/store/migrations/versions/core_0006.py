"""Duty records with what rules read of them in columns, and what is counted of them by month."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from renda_core.store.revisions import BOOLEAN, BYTES, DATE, ID, INTEGER, STRING, create
from renda_core.store.roles import protect

revision = "core_0006"
down_revision = "core_0005"
branch_labels = None
depends_on = None

ADDED = ("quantity", "facts", "mandates", "counts", "proven")
DONE_ON = "ix_duty_record_tenant_id_done_on"
AT_ONCE = 1_000
_record = sa.table(
    "duty_record",
    *(sa.column(name, ID) for name in ("tenant_id", "id", "person")),
    sa.column("kind", STRING),
    sa.column("source", STRING),
    sa.column("done_on", DATE),
    sa.column("document", BYTES),
    sa.column("quantity", INTEGER),
    sa.column("facts", STRING),
    sa.column("mandates", BYTES),
    sa.column("counts", BOOLEAN),
    sa.column("proven", BOOLEAN),
)
_count = sa.table(
    "duty_count",
    *(sa.column(name, ID) for name in ("tenant_id", "holder")),
    sa.column("month", DATE),
    sa.column("kind", STRING),
    sa.column("measure", STRING),
    sa.column("n", INTEGER),
)


def upgrade() -> None:
    """Add them, and fill them from the documents of the records that are there."""
    op.add_column("duty_record", sa.Column("quantity", INTEGER, nullable=False, server_default="1"))
    op.add_column("duty_record", sa.Column("facts", STRING, nullable=False, server_default=""))
    op.add_column("duty_record", sa.Column("mandates", BYTES, nullable=False, server_default=sa.text("''")))
    op.add_column("duty_record", sa.Column("counts", BOOLEAN, nullable=False, server_default=sa.false()))
    op.add_column("duty_record", sa.Column("proven", BOOLEAN, nullable=False, server_default=sa.false()))
    op.create_index(DONE_ON, "duty_record", ["tenant_id", "done_on"])
    create(
        "duty_count",
        "month holder kind measure",
        (DATE, "month"),
        (ID, "holder"),
        (STRING, "kind measure"),
        (INTEGER, "n"),
        indexes=["holder month"],
        rowid=False,
    )
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:  # the owner fills every tenant's rows in this transaction; nobody else is let in meanwhile
        op.execute("ALTER TABLE duty_record NO FORCE ROW LEVEL SECURITY")
    _fill(op.get_bind())
    if postgres:
        op.execute("ALTER TABLE duty_record FORCE ROW LEVEL SECURITY")
    protect("duty_count")


def _fill(bind: sa.Connection) -> None:
    """Read every record once, and write what its document says."""
    counted: Counter[tuple[Any, ...]] = Counter()
    as_stored: Callable[[UUID], Any] = (lambda id: id) if bind.dialect.name == "postgresql" else (lambda id: id.bytes)
    after = (as_stored(UUID(int=0)),) * 2
    of_row = sa.update(_record).where(
        _record.c.tenant_id == sa.bindparam("of_tenant", type_=ID), _record.c.id == sa.bindparam("of_id", type_=ID)
    )
    place = sa.tuple_(_record.c.tenant_id, _record.c.id)
    while True:
        edge = sa.tuple_(sa.bindparam("t", type_=ID), sa.bindparam("i", type_=ID))
        found = sa.select(_record).where(place > edge).order_by(_record.c.tenant_id, _record.c.id).limit(AT_ONCE)
        rows = bind.execute(found, {"t": after[0], "i": after[1]}).mappings().all()
        if not rows:
            break
        changes = []
        for row in rows:
            held = json.loads(row["document"])
            changes.append({"of_tenant": row["tenant_id"], "of_id": row["id"], **_columns(row, held)})
            holders = [as_stored(UUID(m)) for m in held.get("mandates", ()) if _is_id(m)]
            _count_in(counted, row, held, changes[-1], holders or [row["person"]])
        bind.execute(of_row.values({name: sa.bindparam(name) for name in ADDED}), changes)
        after = (rows[-1]["tenant_id"], rows[-1]["id"])
    names = [c.name for c in _count.c if c.name != "n"]
    lines = [{**dict(zip(names, key, strict=True)), "n": n} for key, n in counted.items()]
    for start in range(0, len(lines), AT_ONCE):
        bind.execute(sa.insert(_count), lines[start : start + AT_ONCE])


def _columns(row: sa.RowMapping, held: dict[str, Any]) -> dict[str, Any]:
    facts = sorted((name, n) for name, n in held.get("facts", {}).items() if n)
    return {
        "quantity": held.get("quantity", 1),
        "facts": ";".join(f"{name}={n}" for name, n in facts),
        "mandates": b"".join(UUID(m).bytes for m in held.get("mandates", ()) if _is_id(m)),
        "counts": held.get("state", "confirmed") == "confirmed",
        "proven": row["source"].startswith("case:"),
    }


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _count_in(
    counted: Counter[tuple[Any, ...]],
    row: sa.RowMapping,
    held: dict[str, Any],
    made: dict[str, Any],
    holders: list[Any],
) -> None:
    if not made["counts"]:
        return
    before = "" if made["proven"] else "?"
    measures = {"": made["quantity"], "#": 1, **{name: n for name, n in held.get("facts", {}).items() if n}}
    for holder in holders:
        for measure, n in measures.items():
            counted[row["tenant_id"], holder, row["done_on"].replace(day=1), row["kind"], before + measure] += n


def downgrade() -> None:
    """Drop them."""
    op.drop_table("duty_count")
    op.drop_index(DONE_ON, "duty_record")
    for column in ADDED:
        op.drop_column("duty_record", column)
