"""The directory as the operator's people see it, a page at a time."""

from __future__ import annotations

from renda_core.domain.case import Actor
from renda_core.errors import NotAllowed
from renda_core.services.hosting.acts import entry_of, refuse_others
from renda_core.services.hosting.directory import OPERATOR
from renda_core.store import directory as s
from renda_core.store.directory import DirectoryRow
from renda_core.store.unit import Reader


async def shown(reader: Reader, _: object, actor: Actor, id: str) -> tuple[DirectoryRow, tuple[str, ...]]:
    """Give a tenant's entry and the names of its hosts."""
    _refuse_without(actor)
    held = await entry_of(reader, id)
    return held, tuple(row.host for row in await reader.all(s.HOSTS_OF, id=id))


async def listed(
    reader: Reader, _: object, actor: Actor, after: str = "", size: int = 50, state: str = ""
) -> list[DirectoryRow]:
    """List tenants by code, of one state or of any."""
    _refuse_without(actor)
    await refuse_others(reader)
    return await reader.all(s.PAGE, after=after, size=size, state=state)


def _refuse_without(actor: Actor) -> None:
    if OPERATOR not in actor.roles:
        raise NotAllowed("tenants are looked after by the operator of the service")
