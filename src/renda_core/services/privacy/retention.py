"""Retention (到期删除): what has been kept as long as it may be is taken away by night, and counted in the journal."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import attrs
from sqlalchemy import Integer, bindparam, func, select

from renda_core import compliance
from renda_core.domain.case import Actor
from renda_core.domain.sealed import forget
from renda_core.services import corrections
from renda_core.services.privacy.powers import check
from renda_core.services.privacy.resealing import BOX
from renda_core.store import tables as t
from renda_core.store.cases import CaseRow, load, read_row
from renda_core.store.codes import CUT_CODE
from renda_core.store.columns import Id, Instant
from renda_core.store.compile import Query, Write, mine
from renda_core.store.privacy import CUT_OLD_ACCESS, CUT_OLD_TICKETS
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

RETAIN = Actor(id="job:retention", roles={"overseer"})
PAGE = 200
LOGS = "*.log*"
"""Files of a folder of logs, those that were laid aside among them."""
_f = t.case_file
CLOSED = Query(
    select(_f.c.id, _f.c.kind, _f.c.edition, _f.c.document)
    .where(
        mine(_f),
        _f.c.closed.is_(True),
        _f.c.opened_on < bindparam("before", type_=_f.c.opened_on.type),
        _f.c.id > bindparam("after", type_=Id()),
    )
    .order_by(_f.c.id)
    .limit(bindparam("size", type_=Integer())),
    dict,
)
BRIEF: Mapping[str, Write] = {"ticket": CUT_OLD_TICKETS, "access": CUT_OLD_ACCESS}
"""What ended; it opens nothing any more."""
_COUNT = {
    table.name: Query(
        select(func.count().label("n"))
        .select_from(table)
        .where(mine(table), table.c.ends_at < bindparam("before", type_=Instant)),
        dict,
    )
    for table in (t.ticket, t.access)
}
Told = Callable[[int], None]


@attrs.frozen(kw_only=True)
class Retained:
    """What went, or would go: how many, by place; *left* are cases whose practice is missing or read-only."""

    places: Mapping[str, int]
    left: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class _Due:
    ids: tuple[str, ...]
    after: str


def edge(tenant: Tenant) -> dt.date:
    """Say before which day a case must have been closed for its voters' numbers to go."""
    return tenant.today - dt.timedelta(compliance.of(tenant).voter_days)


async def preview(reader: Reader, tenant: Tenant, actor: Actor) -> Retained:
    """Count what would go tonight, and take nothing away."""
    check(actor, "retain")
    counts = Counter[str]()
    after = ""
    while True:
        due = await _due(reader, tenant, after)
        counts["case_file.document"] += len(due.ids)
        if not (after := due.after):
            break
    for name, query in _COUNT.items():
        counts[name] += (await reader.one(query, before=reader.now))["n"]
    return Retained(places={k: n for k, n in sorted(counts.items()) if n})


async def run(store: Store, tenant: Tenant, progress: Told | None = None) -> Retained:
    """Take away what is over, a page of cases a transaction; safe to stop and to repeat.

    Voters' names and numbers go once their case has been closed for as long as the county's settings say, and with
    them the codes that followed it; what ended, sessions and tickets, goes at once. Answers, files and counts of wrong
    codes are taken by the nightly sweep itself, hours or days after they came.

    Args:
        progress: Told after every page how many cases were gone through.
    """
    counts, left, after = Counter[str](), list[str](), ""
    while True:
        due = await store.read(_due, tenant.id, tenant, after)
        for start in range(0, len(due.ids), PAGE):
            ids = due.ids[start : start + PAGE]
            done, missed = await store.write(_cases, tenant.id, RETAIN, tenant, ids)
            counts.update(done)
            left += missed
            if progress:
                progress(counts["case_file.document"])
        if not (after := due.after):
            break
    counts.update(await store.write(_brief, tenant.id, RETAIN, tenant))
    return Retained(places={k: n for k, n in sorted(counts.items()) if n}, left=tuple(left))


async def asked(store: Store, tenant: Tenant, actor: Actor) -> Retained:
    """Run it now instead of by night, for whoever may."""
    check(actor, "retain")
    return await run(store, tenant)


async def _due(reader: Reader, tenant: Tenant, after: str) -> _Due:
    """List cases of one page that were closed long enough ago and still hold something sealed."""
    before, ids = edge(tenant), list[str]()
    page = await reader.all(CLOSED, before=before, after=after, size=PAGE)
    for row in page:
        raw = bytes(row["document"])
        if BOX.search(raw):
            stored = CaseRow(kind=row["kind"], edition=row["edition"], document=raw)
            case = read_row(stored, tenant.practice)
            if max((act.on for act in case.acts), default=case.opened_on) < before:
                ids.append(case.id)
    return _Due(ids=tuple(ids), after=page[-1]["id"] if len(page) == PAGE else "")


async def _cases(unit: Unit, tenant: Tenant, ids: tuple[str, ...]) -> tuple[dict[str, int], list[str]]:
    done, left = Counter[str](), list[str]()
    for id in ids:
        case = await load(unit, tenant.practice, id)
        if tenant.practice.find(case.kind, case.edition) is None or case.kind in tenant.readonly:
            left.append(id)
            continue
        await corrections.forget_in(unit, tenant, case, forget)
        done["case_file.document"] += 1
        done["case_code.digest"] += await unit.write(CUT_CODE, case_id=id)
    if done:
        unit.record("retention.cases", on=tenant.id, version=0, rule="retention", places=dict(done), cases=list(ids))
    return dict(done), left


async def _brief(unit: Unit, tenant: Tenant) -> dict[str, int]:
    done = {name: n for name, cut in BRIEF.items() if (n := await unit.write(cut, before=unit.now))}
    if done:
        unit.record("retention.ended", on=tenant.id, version=0, rule="retention", places=done)
    else:
        unit.rehearse()
    return done


def logs(folder: Path, now: dt.datetime, days: int) -> tuple[str, ...]:
    """Delete log files that are older than *days*; none that anybody wrote to since.

    Returns:
        Their names.
    """
    over = (now - dt.timedelta(days)).timestamp()
    found = [file for file in sorted(folder.glob(LOGS)) if file.is_file() and file.stat().st_mtime < over]
    for file in found:
        file.unlink()
    return tuple(file.name for file in found)
