"""Asking one watch what it found, and seeing that all of it can be stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from renda_core.domain.failing import Nonsense, expect, nonsense
from renda_core.records import Found, Watch
from renda_core.services.asking import Source, driven
from renda_core.services.ledgers import StoreDesk
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

MOST = 10_000
"""Matters that one watch may find in a night: more than a county has cases, fewer than what never ends."""


async def found_by(reader: Reader, tenant: Tenant, watch: Watch) -> tuple[Found, ...]:
    """Let a watch look.

    Raises:
        PracticeFailed: Naming its plugin: it raised, took longer, or found what cannot be stored.
    """
    source = Source(tenant=tenant, plugin=watch.plugin, what="watch", name=watch.name)
    context = tenant.contexts(tenant.today)(watch.plugin)
    return await driven(source, lambda desk: watch.find(context, desk), StoreDesk(reader, tenant), _read)


def _read(given: Iterable[Found]) -> tuple[Found, ...]:
    found = tuple(islice(given, MOST + 1))
    if len(found) > MOST:
        raise Nonsense(f"found more than {MOST} matters")
    for each in found:
        for text in (expect(each, Found).key, each.title):
            expect(text, str)
        for named in (each.parties, each.links):
            if not isinstance(named, Mapping):
                raise nonsense(named, "names by role")
            for role, listed in named.items():
                for one in (role, *expect(listed, tuple)):
                    expect(one, str)
    return found
