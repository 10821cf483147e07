"""What a reader of lists may find, and by what: how far he reaches in a kind, and what is veiled from him."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from renda_core.domain.case import Actor
from renda_core.domain.procedure import Procedure
from renda_core.domain.visibility import hidden
from renda_core.errors import Misuse
from renda_core.store.ledgers import LedgerRow
from renda_core.store.shapes import VEILED_ROLES, Reach
from renda_core.store.words import words


def reach_of(procedure: Procedure, actor: Actor) -> Reach | None:
    """Say how far a reader reaches in a kind, where one's own is a handling unit's; None where not at all."""
    if actor.roles & procedure.kind.audience:
        return "open"
    if actor.unit and "unit" in procedure.kind.audience:
        return "own"
    return "public" if "public" in actor.roles and procedure.kind.public else None


def keeps(procedure: Procedure, veiled: frozenset[str], wanted: list[str]) -> Callable[[LedgerRow], bool] | None:
    """Say which rows of a search stay: nobody finds by a text that he may not read; None where all do."""
    if not wanted or not any(f"body.{field}" in veiled for field in procedure.kind.words):
        return None
    return lambda row: words(row.title, row.number).issuperset(wanted)


def veiled_in_lists(procedure: Procedure, actor: Actor) -> frozenset[str]:
    """List what is veiled from a reader in some case: a ledger does not know which the reader's unit handles."""
    veiled = hidden(procedure, actor.roles)
    return veiled | hidden(procedure, actor.roles | {"unit"}) if actor.unit else veiled


def hides_due(procedure: Procedure, veiled: frozenset[str]) -> bool:
    """Tell whether what is next due would tell of a veiled deadline; what is asked after the close never is."""
    hidden_ones = (part.removeprefix("clock.") for part in veiled if part.startswith("clock."))
    return any(name not in procedure.clocks or not procedure.clocks[name].after_close for name in hidden_ones)


def shown(procedure: Procedure, rows: Iterable[LedgerRow], veiled: frozenset[str]) -> tuple[LedgerRow, ...]:
    """Leave out of rows what is veiled: the main state, and what is due where any deadline is veiled."""
    blank: dict[str, Any] = {"state": ""} if "facet.main" in veiled else {}
    if hides_due(procedure, veiled):
        blank["next_due"] = None
    return tuple(attrs.evolve(r, **blank) for r in rows) if blank else tuple(rows)


def veiled_roles(veiled: frozenset[str]) -> dict[str, str]:
    """Bind the party roles by which a reader may not find anybody."""
    roles = sorted(part.removeprefix("party.") for part in veiled if part.startswith("party."))
    if len(roles) > VEILED_ROLES:
        raise Misuse(f"a kind veils {len(roles)} party roles; {VEILED_ROLES} can be")
    return {f"veiled_{i}": role for i, role in enumerate(roles + [""] * (VEILED_ROLES - len(roles)))}
