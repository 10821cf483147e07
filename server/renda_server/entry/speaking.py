"""Who speaks to providers: made when the first one is spoken to, for it loads what most servers never need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from renda_core.errors import RendaError
from renda_server.transport import Network

if TYPE_CHECKING:
    from renda_server.entry.oidc import Providers


class NotProved(RendaError):
    """What came back does not prove who somebody is; the message is for the log, and bears nothing of the token."""

    code = "not_proved"


class Speaking:
    """Gives the one that speaks to providers.

    Args:
        networks: Of the operator's own, where a provider may be too.
        now: The clock by which a token has ended.
    """

    def __init__(self, networks: Iterable[Network], now: Callable[[], dt.datetime]) -> None:
        self._networks, self._now = tuple(networks), now
        self._made: Providers | None = None

    def __call__(self) -> Providers:
        """Give it."""
        if self._made is None:
            from renda_server.entry.oidc import Providers

            self._made = Providers(self._networks, self._now)
        return self._made

    async def aclose(self) -> None:
        """Close what is open."""
        if self._made is not None:
            await self._made.aclose()
