"""What a unit of work stands on: one borrowed connection inside one transaction, on either back end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, Protocol, TypeVar
from uuid import UUID

import attrs

from renda_core.errors import Misuse, Unavailable
from renda_core.store.compile import Plan, Query, Write
from renda_core.store.keys import Keys

T = TypeVar("T")
Event = tuple[UUID, str, str]
"""Id, name, JSON body."""
Beside = Sequence[tuple[Write, Sequence[Mapping[str, Any]]]]
"""Changes made by ``compile.add``, ``change`` or ``cut``, each with its rows."""
AGAIN = 2
"""Seconds after which whoever was sent away may come again."""
MOVED = 30
"""Seconds after which a tenant that is being moved may be asked again."""


class Cursor(Protocol):
    """Rows that are fetched some at a time."""

    async def fetch(self, n: int, /) -> Sequence[Sequence[Any]]:
        """Fetch the next rows, at most *n*; none at the end."""


@attrs.frozen
class Held:
    """A change that waits for what goes along with it.

    Attributes:
        values: Bound to *first*; the tenant is among them.
        beside: What is done in the same statement, where *first* touched anything.
        was: The version over which it is stored; None of what is new.
    """

    first: Write
    values: Mapping[str, Any]
    beside: Beside
    was: int | None


class Link(Protocol):
    """One borrowed connection inside one transaction of one tenant."""

    keys: Keys
    dialect: str
    far: bool
    """Whether every statement is a journey to a server, so that several are better made one."""

    def plan(self, statement: Query[T] | Write, /) -> Plan[T]:
        """Compile a statement, once."""

    async def first(self, sql: str, args: tuple[Any, ...], /) -> Sequence[Any] | None:
        """Fetch one row."""

    async def all(self, sql: str, args: tuple[Any, ...], /) -> Sequence[Sequence[Any]]:
        """Fetch every row."""

    async def cursor(self, sql: str, args: tuple[Any, ...], /) -> Cursor:
        """Begin to fetch rows some at a time, however many there are."""

    async def change(self, sql: str, args: tuple[Any, ...], /) -> int:
        """Run a change; answer how many rows it touched."""

    async def change_all(self, sql: str, rows: Sequence[tuple[Any, ...]], /) -> None:
        """Run one change over many rows."""

    async def seal(
        self, tenant: UUID, entry: str, private: str | None, events: Sequence[Event], held: Held | None, /
    ) -> int:
        """Append to journal and outbox: the last statement before COMMIT.

        Args:
            held: A change that goes along, on a link that is far.

        Returns:
            How many rows the change that went along touched; where that is none, nothing was appended.
        """


def sent_away(why: str, *, ending: bool) -> Unavailable:
    """Tell whoever asked to come again; where COMMIT was under way, nobody knows whether it arrived."""
    known = (
        "it is not known whether this was kept: look, or ask again under the same key" if ending else "nothing was kept"
    )
    return Unavailable(f"the database broke off ({why}); {known}", retry_after=AGAIN)


def refuse_headless(tenant: UUID, shut: bool | None) -> NoReturn:
    """Say why nothing can be added to a journal here.

    Raises:
        Unavailable: The tenant's data are, or were, moved to another database.
        Misuse: There is no such tenant.
    """
    if shut:
        raise Unavailable("this office is being moved to another place; nothing was kept", retry_after=MOVED)
    raise Misuse(f"tenant {tenant} has no journal head; it was never created here")
