"""What a store is asked: to run a use case in one transaction of one tenant."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from renda_core.domain.case import Actor
from renda_core.store.keys import Keys
from renda_core.store.stamps import Stamp
from renda_core.store.unit import Reader, Unit

T = TypeVar("T")
P = ParamSpec("P")
ReadCase = Callable[Concatenate[Reader, P], Coroutine[Any, Any, T]]
WriteCase = Callable[Concatenate[Unit, P], Coroutine[Any, Any, T]]


class Runs(Protocol):
    """Runs use cases: ``await store.write(service, tenant, actor, command)``."""

    async def read(self, use_case: ReadCase[P, T], tenant: str, /, *args: P.args, **kw: P.kwargs) -> T:
        """Run a use case that only reads; the database itself refuses a write."""

    async def write(self, use_case: WriteCase[P, T], tenant: str, actor: Actor, /, *args: P.args, **kw: P.kwargs) -> T:
        """Run a use case in one transaction, committed when it returns, rolled back when it raises."""


class Store(Runs, Protocol):
    """Keeps the data of one tenant or of many."""

    keys: Keys

    def upon(self, stamp: Stamp | None) -> Runs:
        """Run use cases in transactions whose readers know whether a stamp still stands; see ``Reader.stands``."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Drive a use case from a plain script."""

    def apart(self) -> Store:
        """Give a store of the same data for another thread; that thread shuts it when it is done."""

    def shut(self) -> None:
        """Close from a plain script."""
