"""Asking one watch what it found and what holds no more, and seeing that all of it can be stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from renda_core.domain.case import Act, Actor
from renda_core.domain.failing import Nonsense, expect, nonsense
from renda_core.errors import Rejected
from renda_core.records import Found, Lapsed, Watch
from renda_core.services.asking import Source, decided, driven
from renda_core.services.deciding import Moved, followers
from renda_core.services.ledgers import StoreDesk
from renda_core.store.cases import Pile, load
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

MOST = 10_000
"""Matters that one watch may find in a night: more than a county has cases, fewer than what never ends."""


async def found_by(reader: Reader, tenant: Tenant, watch: Watch) -> tuple[Found | Lapsed, ...]:
    """Let a watch look.

    Raises:
        PracticeFailed: Naming its plugin: it raised, took longer, or found what cannot be stored.
    """
    source = Source(tenant=tenant, plugin=watch.plugin, what="watch", name=watch.name)
    context = tenant.contexts(tenant.today)(watch.plugin)
    return await driven(source, lambda desk: watch.find(context, desk), StoreDesk(reader, tenant), _read)


async def lapse(unit: Unit, tenant: Tenant, watch: Watch, gone: Lapsed, pile: Pile, actor: Actor) -> tuple[Moved, ...]:
    """Decide that a case which a watch opened holds no more, and what follows from it; nothing is written yet.

    Raises:
        NotFound: There is no such case.
        Rejected: The watch has no step for it, the case is of another kind, or its own procedure objects.
    """
    before = pile.get(gone.case) or await load(unit, tenant.practice, gone.case)
    if not watch.lapse or before.kind != watch.kind:
        raise Rejected("lapse refused", f"{watch.name} ends cases of {watch.kind} by its step lapse, and no others")
    procedure = tenant.practice.procedure(before.kind, before.edition)
    act = Act(step=watch.lapse, by=actor.id, on=tenant.today, note=gone.why.strip())
    moved = Moved(before=before, after=decided(tenant, procedure, before, act, actor), procedure=procedure)
    return (moved, *await followers(unit, tenant, moved, pile.get))


def _read(given: Iterable[Found | Lapsed]) -> tuple[Found | Lapsed, ...]:
    found = tuple(islice(given, MOST + 1))
    if len(found) > MOST:
        raise Nonsense(f"found more than {MOST} matters")
    for each in found:
        if isinstance(each, Lapsed):
            for text in (each.case, each.why):
                expect(text, str)
            continue
        for text in (expect(each, Found).key, each.title):
            expect(text, str)
        for named in (each.parties, each.links):
            if not isinstance(named, Mapping):
                raise nonsense(named, "names by role")
            for role, listed in named.items():
                for one in (role, *expect(listed, tuple)):
                    expect(one, str)
    return found
