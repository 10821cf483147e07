"""Files in, in two steps: a preview with a state per row and its reasons, then all or nothing."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from renda_core.errors import ConfigError, Misuse, NotFound
from renda_core.files.columns import Problem, Read
from renda_core.files.sheets import SHEETS
from renda_core.services.bulk import Told
from renda_core.services.imports import bodies, cases, duty, opinions, places, roster, stations, voters
from renda_core.services.imports.planned import File, PlannedRow, Planner, Say, State
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

PLANNERS: Mapping[str, Planner] = {
    "congresses": bodies.congresses,
    "sessions": bodies.sessions,
    "units": places.units,
    "stations": stations.stations,
    "roster": roster.roster,
    "voters": voters.voters,
    "suggestions": cases.suggestions,
    "steps": cases.steps,
    "opinions": opinions.opinions,
    "records": duty.records,
}
SHEET_NAMES = tuple(PLANNERS)
MOST_TOLD = 100
"""Problems that are told; of what is beyond them, the number."""


@attrs.frozen(kw_only=True)
class Preview:
    """What a file would do; nothing was changed.

    Attributes:
        counts: Rows by state; a state without rows is left out.
        problems: The first of them, errors before warnings.
        more: How many problems there are beyond those.
        rows: The rows that have problems, the first of them, wrong ones first.
    """

    sheet: str
    counts: Mapping[State, int]
    problems: tuple[Problem, ...] = ()
    more: int = 0
    rows: tuple[PlannedRow, ...] = ()

    @property
    def total(self) -> int:
        """Count the rows."""
        return sum(self.counts.values())

    @property
    def ok(self) -> bool:
        """Tell whether it may be applied: no row is wrong."""
        return not self.counts.get("error")

    @property
    def errors(self) -> tuple[str, ...]:
        """Give what is wrong, as far as it is told."""
        return tuple(str(p) for p in self.problems if p.level == "error")


@attrs.frozen(kw_only=True)
class Applied:
    """What a file did; *seen* is what a preview of it would have said, warnings included."""

    sheet: str
    new: int
    changed: int
    same: int
    warnings: int
    digest: str
    seen: Preview

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Give the first warnings."""
        return self.seen.problems

    @property
    def more(self) -> int:
        """Tell how many warnings there are beyond them."""
        return self.seen.more


@attrs.define
class _Tally:
    """Hears of each row as it is decided, and keeps little of it."""

    told: Told | None
    each: Say | None
    counts: Counter[State] = attrs.Factory(Counter)
    rows: dict[str, list[PlannedRow]] = attrs.Factory(lambda: {"error": [], "warning": []})
    problems: dict[str, list[Problem]] = attrs.Factory(lambda: {"error": [], "warning": []})
    found: int = 0
    done: int = 0

    def take(self, row: PlannedRow) -> None:
        """Count a row, and keep what it has of problems while few are kept."""
        self.counts[row.state] += 1
        self.done += 1
        if row.problems:
            self.found += len(row.problems)
            for problem in row.problems:
                if len(kept := self.problems[problem.level]) < MOST_TOLD:
                    kept.append(problem)
            if len(listed := self.rows["error" if row.state == "error" else "warning"]) < MOST_TOLD:
                listed.append(row)
        if self.each:
            self.each(row)
        if self.told:
            self.told(self.done)

    def preview(self, sheet: str) -> Preview:
        """Give what was heard."""
        problems = (*self.problems["error"], *self.problems["warning"])[:MOST_TOLD]
        return Preview(
            sheet=sheet,
            counts=dict(self.counts),
            problems=problems,
            more=self.found - len(problems),
            rows=(*self.rows["error"], *self.rows["warning"])[:MOST_TOLD],
        )


async def preview(
    unit: Unit,
    tenant: Tenant,
    sheet: str,
    reads: Iterable[Read],
    told: Told | None = None,
    *,
    each: Say | None = None,
) -> Preview:
    """Say what a file would do: do it, and undo it all, so that what passes here passes :func:`apply`.

    Args:
        sheet: Which file it is, e.g. ``"roster"``.
        reads: Its rows, as ``files.open_rows`` gives them; gone through again if the database
            asks to begin anew.
        told: Told after every row how many are decided.
        each: Told every row as it is decided; anew from the first, should the database ask to begin anew.
    """
    unit.rehearse()
    seen, _ = await _go(unit, tenant, sheet, reads, _Tally(told, each))
    return seen


async def apply(
    unit: Unit,
    tenant: Tenant,
    sheet: str,
    reads: Iterable[Read],
    told: Told | None = None,
    *,
    each: Say | None = None,
) -> Applied:
    """Do what a file says, all or nothing, as one journal entry with a digest of what was written.

    Raises:
        ConfigError: Some rows are wrong; the first ``MOST_TOLD`` problems with place and remedy, and how many
            more there are. Nothing was done.
    """
    seen, digest = await _go(unit, tenant, sheet, reads, _Tally(told, each))
    if not seen.ok:
        raise _refused(seen)
    counts: dict[str, Any] = {str(state): n for state, n in sorted(seen.counts.items())}
    unit.record(f"import.{sheet}", on=tenant.id, version=0, rule="import", rows=seen.total, digest=digest, **counts)
    unit.emit(f"import.{sheet}", **counts)
    return Applied(
        sheet=sheet,
        new=seen.counts.get("new", 0),
        changed=seen.counts.get("change", 0),
        same=seen.counts.get("same", 0),
        warnings=seen.counts.get("warning", 0),
        digest=digest,
        seen=seen,
    )


async def _go(unit: Unit, tenant: Tenant, sheet: str, reads: Iterable[Read], tally: _Tally) -> tuple[Preview, str]:
    if sheet not in PLANNERS:
        raise NotFound(f"no import {sheet!r}; known: {', '.join(SHEET_NAMES)}")
    if isinstance(reads, Iterator):
        raise Misuse("rows that can be gone through only once cannot be imported: a transaction may begin anew")
    gc.freeze()  # what was there before stays; looking through all of it again and again took a sixth of the time
    try:
        digest = await PLANNERS[sheet](unit, tenant, File.of(reads, SHEETS[sheet]), reads, tally.take)
    finally:
        gc.unfreeze()
    return tally.preview(sheet), digest


def _refused(seen: Preview) -> ConfigError:
    wrong = [p for p in seen.problems if p.level == "error"]
    beyond = (and_more(seen.more),) if seen.more else ()
    return ConfigError(
        f"{seen.sheet}: {seen.counts.get('error', 0)} of {seen.total} rows are wrong; nothing was imported",
        *map(str, wrong),
        *beyond,
        counts=dict(seen.counts),
        problems=[attrs.asdict(p) for p in wrong],
        rows=[
            {"number": r.number, "worksheet": r.worksheet, "state": r.state, "key": r.key, "reasons": list(r.reasons)}
            for r in seen.rows
            if r.state == "error"
        ],
        more=seen.more,
    )


def and_more(many: int) -> str:
    """Say how many problems are not told."""
    return f"and {many} more 还有 {many} 处"


__all__ = [
    "MOST_TOLD",
    "PLANNERS",
    "SHEET_NAMES",
    "Applied",
    "File",
    "PlannedRow",
    "Preview",
    "and_more",
    "apply",
    "preview",
]
