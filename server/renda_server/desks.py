"""An asker's way to one tenant: what every handler works with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from renda_core.domain.case import Actor
from renda_core.errors import NotAllowed
from renda_core.services.accounts.asking import Asker, confirm
from renda_core.store.stores import ReadCase, Runs, Store, WriteCase
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant
from renda_server.identity import Doorkeeper, Entered, SignedOut
from renda_server.kept import Kept

T = TypeVar("T")
GUEST = Actor(id="job:public", roles={"public"})
"""Who asks without a pass: anybody, and nobody is told apart."""


class Desk:
    """Somebody's way to one tenant.

    Whoever asks was let in by what this process knew of their session or token a moment ago. Each transaction looks
    again before it does anything, so that a session ended a moment ago, here or in another process, opens nothing.

    No attrs class: the framework would look into its fields to check what it is given.
    """

    def __init__(self, store: Store, tenant: Tenant, actor: Actor) -> None:
        self.store, self.tenant, self.actor = store, tenant, actor
        self._runs: Runs = store
        self.later: list[Callable[[], Awaitable[None] | None]] = []
        """What is to be called, and waited for, when everything was committed."""
        self.looked = True
        """Whether it was looked again who asks; nobody looks at a guest."""

    async def ask(self, use_case: ReadCase[..., T], /, *args: Any, **kw: Any) -> T:
        """Run a use case ``(reader, tenant, actor, …)`` that reads."""
        return await self._runs.read(self._asked, self.tenant.id, use_case, args, kw)

    async def do(self, use_case: WriteCase[..., T], /, *args: Any, **kw: Any) -> T:
        """Run a use case ``(unit, tenant, …)`` in one transaction."""
        return await self._runs.write(self._done, self.tenant.id, self.actor, use_case, args, kw)

    async def sure(self) -> None:
        """Look again who asks, before something is done that is neither asked nor done at this desk.

        Raises:
            SignedOut: The session or token was ended meanwhile.
            NotAllowed: Its holder may not do this any more.
        """

    async def look(self, reader: Reader) -> None:
        """Look again who asks, within a transaction; as :meth:`sure`."""

    async def _asked(self, reader: Reader, use_case: ReadCase[..., T], args: Any, kw: Any) -> T:
        await self.look(reader)
        return await use_case(reader, self.tenant, self.actor, *args, **kw)

    async def _done(self, unit: Unit, use_case: WriteCase[..., T], args: Any, kw: Any) -> T:
        await self.look(unit)
        unit.actor = self.actor
        return await use_case(unit, self.tenant, *args, **kw)


class Seat(Desk):
    """The desk of somebody who was let in."""

    def __init__(self, entered: Entered, door: Doorkeeper, may: Callable[[Asker], bool]) -> None:
        super().__init__(entered.store, entered.tenant, entered.asker.actor)
        self.asker, self._door, self._may = entered.asker, door, may
        self._runs = entered.store.upon(self.asker.stamp)
        self.looked = False

    async def sure(self) -> None:
        """Look again who asks; as the desk says."""
        await self._runs.read(self.look, self.tenant.id)

    async def look(self, reader: Reader) -> None:
        """Look again who asks, within a transaction."""
        if self.looked and not isinstance(reader, Unit):
            return
        if reader.stands and not self.asker.lapsed(self.tenant, reader.now):
            self.looked = True
            return
        found = await confirm(reader, self.tenant, self.asker.digest, self.asker.by)
        if found is None:
            self._door.forget(self.asker.digest)
            raise SignedOut
        if found.actor != self.asker.actor or found.scopes != self.asker.scopes:
            self._door.forget(self.asker.digest)
            if not self._may(found):
                raise NotAllowed("your powers were changed meanwhile, and this is not among them")
        else:
            self._door.renew(found)
        self.asker, self.actor, self.looked = found, found.actor, True


class Guest(Desk):
    """Anybody's way to one tenant."""

    def __init__(self, store: Store, tenant: Tenant, kept: Kept) -> None:
        super().__init__(store, tenant, GUEST)
        self._kept = kept

    async def glance(self, use_case: ReadCase[..., T], /, *args: str) -> T:
        """Ask as :meth:`ask` does; whoever asks the same within a minute, under the same rules, shares the answer."""
        key = (self.tenant.id, self.tenant.today, use_case.__module__, use_case.__qualname__, *args)
        rests = (self.tenant.practice, self.tenant.editions)
        return await self._kept.get(key, rests, lambda: self.ask(use_case, *args))
