"""Showing a sealed number whole: to those who may, with a reason, and never without an entry in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from sqlalchemy import select

from renda_core.domain.case import roles_on
from renda_core.domain.sealed import Personal, Sealed, over_personal
from renda_core.errors import Invalid, NotFound
from renda_core.services.deciding import readable
from renda_core.services.privacy import consent
from renda_core.services.privacy.places import PLACES, table_of
from renda_core.services.privacy.powers import check
from renda_core.services.privacy.resealing import PAGE as _PAGE
from renda_core.store.cases import load
from renda_core.store.compile import Query, keyed
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

CASE, FEEDBACK = "case", "feedback"
HIDDEN = {at.name: at for at in PLACES if at.form == "hidden"}
"""The roster's sealed columns, by ``table.column``."""
MOST = _PAGE
"""Values of one case that are shown at once."""
ROW: Mapping[str, Query[dict[str, Any]]] = {
    name: Query(select(table_of(at).c[at.column].label("value")).where(*keyed(table_of(at), "id")), dict)
    for name, at in HIDDEN.items()
}


@attrs.frozen(kw_only=True)
class Shown:
    """What was opened: each value with the Chinese title of its field. Nothing of it is to be kept."""

    values: tuple[tuple[str, str], ...] = attrs.field(repr=False)


async def reveal(unit: Unit, tenant: Tenant, what: str, id: str, reason: str) -> Shown:
    """Open the personal values of one row of the roster, or of one case.

    Args:
        what: ``person.phone`` and the like, or ``case``.

    Raises:
        Invalid: No reason was given, or there is no such field.
        NotFound: There is no such row or case, or none that the asker may know of.
        NotAllowed: The asker's role may not see it whole.
        Rejected: Whoever gave it agreed to be called back, and withdrew that.
    """
    if not reason.strip():
        raise Invalid("say why it must be seen whole", field="reason")
    if what != CASE and what not in HIDDEN:
        raise Invalid(f"nothing is sealed as {what[:40]!r}; known: {CASE}, {', '.join(HIDDEN)}", field="what")
    await consent.refuse_withdrawn(unit, id, FEEDBACK)
    values = await (_of_case(unit, tenant, id) if what == CASE else _of_row(unit, what, id))
    unit.record(
        "privacy.revealed",
        on=id,
        version=0,
        rule="privacy",
        field=what,
        values=len(values),
        private={"reason": reason.strip()},
    )
    return Shown(values=values)


async def _of_row(unit: Unit, what: str, id: str) -> tuple[tuple[str, str], ...]:
    check(unit.actor, f"reveal.{what}")
    row = await unit.find(ROW[what], id=id)
    if row is None:
        raise NotFound(f"no {what.partition('.')[0]} {id}")
    held: Sealed | None = row["value"]
    at = HIDDEN[what]
    return () if held is None or held.erased else ((at.title, unit.reveal(held, at.field_of(row))),)


async def _of_case(unit: Unit, tenant: Tenant, id: str) -> tuple[tuple[str, str], ...]:
    case = await load(unit, tenant.practice, id)
    readable(tenant, case, unit.actor)
    check(unit.actor, "reveal.case", roles_on(unit.actor, case))
    found: list[tuple[str, str]] = []
    for whole in (case.body, *(act.payload for act in case.acts)):

        def open_(name: str, field: Personal, whole: Any = whole) -> Personal:
            if isinstance(field, Sealed) and not field.erased and len(found) < MOST:
                found.append((name, unit.reveal(field, f"{type(whole).__name__}.{name}")))
            return field

        over_personal(whole, open_)
    return tuple(found)
