"""What runs by night: expired clocks and watches. Jobs have names, and stand in the journal like people."""

from __future__ import annotations

import attrs

from renda_core.domain.case import Act, Actor, Case
from renda_core.errors import RendaError
from renda_core.records import Lapsed
from renda_core.services import likeness, requests, tries
from renda_core.services.asking import decided
from renda_core.services.bulk import Told
from renda_core.services.deciding import Moved, OpenCase, begin, followers
from renda_core.services.events import delivering
from renda_core.services.hours import Book
from renda_core.services.imports import jobs as import_jobs
from renda_core.services.privacy import retention
from renda_core.services.references import References
from renda_core.services.watching import found_by, lapse
from renda_core.store.cases import BY_NUMBER, Pile, load
from renda_core.store.ledgers import OVERDUE, OverdueRow, place
from renda_core.store.stores import Store
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

SWEEP = Actor(id="job:clocks", roles={"clock"})
WATCH = Actor(id="job:watch", roles={"watch"})
TIDY = Actor(id="job:tidy", roles={"office"})
PAGE = 200
"""Clocks that one transaction takes on."""


@attrs.frozen(kw_only=True)
class Swept:
    """What one page of a sweep did; *last* is where the next page begins, None at the end."""

    taken: tuple[str, ...]
    failed: tuple[str, ...]
    last: OverdueRow | None


async def sweep_page(unit: Unit, tenant: Tenant, after: OverdueRow | None = None) -> Swept:
    """Take the expiry step of one page of expired clocks; once each, because the clock then ends.

    A case that its own procedure refuses to move is named and left for people, and so is a kind that can only be read;
    the others go on.
    """
    rows = await unit.all(OVERDUE, today=tenant.today, size=PAGE, **place(after))
    pile, hours, taken, failed = Pile(tenant.calendar), Book(unit, tenant), [], []
    events = list[tuple[str, Case]]()
    for row in rows:
        case = pile.get(row.case_id) or await load(unit, tenant.practice, row.case_id)
        procedure = tenant.practice.find(case.kind, case.edition)
        if procedure is not None and procedure.readonly:
            if procedure.readonly not in failed:
                failed.append(procedure.readonly)
            continue
        rule = procedure.clocks.get(row.clock) if procedure else None
        clock = case.clock(row.clock, unit=row.unit, round=row.round)
        if procedure is None or rule is None or not rule.expiry or clock is None or clock.state != "running":
            continue
        act = Act(step=rule.expiry, by=SWEEP.id, on=tenant.today, unit=row.unit)
        try:
            after_it = decided(tenant, procedure, case, act, SWEEP)
            moved = Moved(before=case, after=after_it, procedure=procedure)
            led = await followers(unit, tenant, moved, pile.get)
            await hours.take_all((moved, *led), SWEEP)
        except RendaError as error:
            failed.append(f"{row.number} {rule.expiry}: {error}")
            continue
        for m in (moved, *led):
            pile.put(m.before, m.after, m.procedure)
        taken.append(case.id)
        events.append((f"{case.kind}.{rule.expiry}", after_it))
    if taken or failed:
        told = await pile.write(unit)
        await hours.write()
        unit.record("sweep.clocks", on=tenant.id, version=0, rule="expiry", taken=taken, failed=failed, **told)
        unit.emit("sweep.clocks", taken=taken)
        for what, moved_on in events:
            unit.emit(what, id=moved_on.id, version=moved_on.version)
    last = rows[-1] if len(rows) == PAGE else None
    return Swept(taken=tuple(taken), failed=tuple(failed), last=last)


async def sweep(store: Store, tenant: Tenant, progress: Told | None = None) -> Swept:
    """Take every expiry step that is due, a page a transaction, so that no tenant waits for a long one.

    Args:
        progress: Told after every page how many steps were taken.
    """
    taken: list[str] = []
    failed: list[str] = []
    after: OverdueRow | None = None
    while True:
        swept = await store.write(sweep_page, tenant.id, SWEEP, tenant, after)
        taken += swept.taken
        failed += (told for told in swept.failed if told not in failed)
        if progress:
            progress(len(taken))
        if (after := swept.last) is None:
            await store.write(tidy, tenant.id, TIDY, tenant)
            await retention.run(store, tenant)
            await likeness.keep(store, tenant)
            return Swept(taken=tuple(taken), failed=tuple(failed), last=None)


async def tidy(unit: Unit, tenant: Tenant) -> int:
    """Take away what was kept for a while only: answers, counts of wrong tries, files nobody applied, events told."""
    gone = await requests.purge(unit) + await tries.purge(unit) + await import_jobs.purge(unit, tenant)
    return gone + await delivering.purge(unit)


async def look(unit: Unit, tenant: Tenant) -> tuple[str, ...]:
    """Let every watch look, and open a case for each new finding; a failing watch is named and left out.

    So is one that would open cases of a kind that can only be read: it finds the same again when that is over. What a
    watch says holds no more takes its step.

    Returns:
        The cases that were opened.
    """
    readonly = tenant.readonly
    pile, opened, lapsed, failed = Pile(tenant.calendar), list[str](), list[Moved](), list[str]()
    hours, references = Book(unit, tenant), References(unit)
    met: set[tuple[str, str]] = set()
    for watch in tenant.practice.watches.values():
        if why := readonly.get(watch.kind):
            failed.append(f"{watch.plugin}.{watch.name}: {why}")
            continue
        try:
            findings = await found_by(unit, tenant, watch)
        except Exception as error:  # a watch is a decoration: the others still look
            told_why = str(error) if isinstance(error, RendaError) else type(error).__name__
            failed.append(f"{watch.plugin}.{watch.name}: {told_why}")
            continue
        for found in findings:
            if isinstance(found, Lapsed):
                try:
                    moves = await lapse(unit, tenant, watch, found, pile, WATCH)
                    await hours.take_all(moves, WATCH)
                except RendaError as error:
                    failed.append(f"{watch.plugin}.{watch.name} {found.case}: {error}")
                    continue
                for m in moves:
                    pile.put(m.before, m.after, m.procedure)
                lapsed.append(moves[0])
                continue
            number = f"{watch.name}:{found.key}"
            stored = await unit.find(BY_NUMBER, kind=watch.kind, number=number)
            if stored or (watch.kind, number) in met:
                continue
            met.add((watch.kind, number))
            command = OpenCase(
                kind=watch.kind, title=found.title, body=found.body, parties=found.parties, links=found.links
            )
            try:
                moved = await begin(unit, tenant, command, number, references)
                await hours.take_all((moved,), WATCH)
            except RendaError as error:
                failed.append(f"{watch.plugin}.{watch.name} {found.key}: {error}")
                continue
            pile.put(None, moved.after, moved.procedure)
            opened.append(moved.after.id)
    if opened or lapsed or failed:
        told = await pile.write(unit)
        await hours.write()
        told |= {"lapsed": [m.after.id for m in lapsed]} if lapsed else {}
        unit.record("watch.looked", on=tenant.id, version=0, rule="watch", opened=opened, failed=failed, **told)
        unit.emit("watch.looked", opened=opened)
        for m in lapsed:
            unit.emit(f"{m.after.kind}.{m.after.acts[-1].step}", id=m.after.id, version=m.after.version)
    return tuple(opened)
