"""Files in, in two steps: a preview with a state per row and its reasons, then all or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import attrs

from renda_core.errors import ConfigError, NotFound
from renda_core.files.columns import Read
from renda_core.services import case_import, roster_import
from renda_core.services.bulk import Told
from renda_core.services.planned import Plan, PlannedRow, State
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

Planner = Callable[[Unit, Tenant, Sequence[Read], Told | None], Awaitable[Plan]]
PLANNERS: Mapping[str, Planner] = {
    "congresses": roster_import.congresses,
    "units": roster_import.units,
    "stations": roster_import.stations,
    "roster": roster_import.roster,
    "suggestions": case_import.suggestions,
    "steps": case_import.steps,
    "opinions": case_import.opinions,
}
SHEET_NAMES = tuple(PLANNERS)


@attrs.frozen(kw_only=True)
class Preview:
    """What a file would do, row by row; nothing was changed."""

    sheet: str
    rows: tuple[PlannedRow, ...]

    @property
    def counts(self) -> dict[State, int]:
        """Count the rows by state."""
        return dict(Counter(r.state for r in self.rows))

    @property
    def ok(self) -> bool:
        """Tell whether it may be applied: no row is wrong."""
        return not any(r.state == "error" for r in self.rows)

    @property
    def errors(self) -> tuple[str, ...]:
        """Give every reason of every wrong row."""
        return tuple(reason for r in self.rows if r.state == "error" for reason in r.reasons)


@attrs.frozen(kw_only=True)
class Applied:
    """What a file did."""

    sheet: str
    new: int
    changed: int
    same: int
    warnings: int
    digest: str


async def preview(
    unit: Unit, tenant: Tenant, sheet: str, reads: Sequence[Read], progress: Told | None = None
) -> Preview:
    """Say what a file would do, without doing it.

    Args:
        sheet: Which file it is, e.g. ``"roster"``.
        reads: Its rows, as ``files.read_rows`` gives them.
    """
    plan = await _plan(unit, tenant, sheet, reads, progress)
    return Preview(sheet=sheet, rows=plan.rows)


async def apply(unit: Unit, tenant: Tenant, sheet: str, reads: Sequence[Read], progress: Told | None = None) -> Applied:
    """Do what a file says, all or nothing, as one journal entry with a digest of what was written.

    Raises:
        ConfigError: Some rows are wrong; every reason with file, row, field and remedy. Nothing was done.
    """
    plan = await _plan(unit, tenant, sheet, reads, progress)
    done = Preview(sheet=sheet, rows=plan.rows)
    if not done.ok:
        raise ConfigError(f"{sheet}: nothing was imported", *done.errors)
    counts = done.counts
    digest = await plan.write(unit) if counts.get("new", 0) + counts.get("change", 0) + counts.get("warning", 0) else ""
    told: dict[str, Any] = {str(k): v for k, v in counts.items()}
    unit.record(f"import.{sheet}", on=tenant.id, version=0, rule="import", rows=len(plan.rows), digest=digest, **told)
    unit.emit(f"import.{sheet}", **told)
    return Applied(
        sheet=sheet,
        new=counts.get("new", 0),
        changed=counts.get("change", 0),
        same=counts.get("same", 0),
        warnings=counts.get("warning", 0),
        digest=digest,
    )


async def _plan(unit: Unit, tenant: Tenant, sheet: str, reads: Sequence[Read], progress: Told | None) -> Plan:
    if sheet not in PLANNERS:
        raise NotFound(f"no import {sheet!r}; known: {', '.join(SHEET_NAMES)}")
    return await PLANNERS[sheet](unit, tenant, reads, progress)
