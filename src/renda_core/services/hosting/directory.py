"""The directory as a process knows it: read whole, and again only when something in it is not the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from renda_core.errors import NotAllowed, NotFound, RendaError
from renda_core.store import directory as s
from renda_core.store.directory import DirectoryRow, HostRow, MarkRow
from renda_core.store.unit import Reader

ACTIVE, SUSPENDED, CLOSING, MOVING = "active", "suspended", "closing", "moving"
STATES = (ACTIVE, SUSPENDED, CLOSING, MOVING)
OPERATOR = "operator"
"""The role, in the operator's own tenant, of whoever runs the service."""
SOON = 30
"""Seconds after which a tenant that is being moved may be asked again. U: a county's data are moved in less."""


class Suspended(NotAllowed):
    """The tenant is not served; nothing of it is told."""

    code = "suspended"


class Moving(RendaError):
    """The tenant is being moved to another database, and is served again in a moment."""

    code = "moving"


class SiloAbsent(RendaError):
    """The tenant's own database is not known here, cannot be reached, or is not one that may be served from."""

    code = "silo"


@attrs.frozen(kw_only=True)
class Directory:
    """Every hosted tenant at one moment.

    Attributes:
        mark: What the directory said of itself then.
        entries: By id.
        codes: Ids by code, *hosts* by the name of a host.
    """

    mark: object
    entries: Mapping[str, DirectoryRow]
    codes: Mapping[str, str]
    hosts: Mapping[str, str]

    @classmethod
    def of(cls, mark: object, rows: Iterable[DirectoryRow], hosts: Iterable[HostRow] = ()) -> Directory:
        """Put rows in order."""
        entries = {row.id: row for row in rows}
        return cls(
            mark=mark,
            entries=entries,
            codes={row.code: row.id for row in entries.values()},
            hosts={host.host: host.id for host in hosts},
        )

    def one(self, id: str) -> DirectoryRow:
        """Give a tenant by id.

        Raises:
            NotFound: It is not hosted here.
        """
        if (found := self.entries.get(id)) is None:
            raise NotFound("no such tenant")
        return found

    def of_code(self, code: str) -> DirectoryRow:
        """Give a tenant by code.

        Raises:
            NotFound: It is not hosted here.
        """
        if (id := self.codes.get(code)) is None:
            raise NotFound(f"no tenant {code!r}")
        return self.entries[id]

    def names(self, id: str) -> tuple[str, ...]:
        """List the hosts of a tenant."""
        return tuple(sorted(host for host, whose in self.hosts.items() if whose == id))

    @property
    def operator(self) -> DirectoryRow | None:
        """Give the operator's own tenant, where there is one."""
        return next((row for row in self.entries.values() if row.operator), None)


def refuse_closed(entry: DirectoryRow) -> None:
    """Refuse to serve a tenant that is not to be served.

    Raises:
        Suspended: It is suspended, or will be deleted.
        Moving: It is being moved.
    """
    if entry.state == ACTIVE:
        return
    if entry.state == MOVING:
        raise Moving("this office is being moved; ask again in a moment", retry_after=SOON)
    raise Suspended("this office is suspended here")


async def read(reader: Reader, known: Directory | None = None) -> Directory:
    """Read the directory; what is known is given back where nothing changed."""
    mark: MarkRow = await reader.one(s.MARK)
    if known is not None and known.mark == mark:
        return known
    return Directory.of(mark, await reader.all(s.ALL), await reader.all(s.HOSTS))


async def by_code(reader: Reader, code: str) -> DirectoryRow:
    """Find a tenant by code without reading the others.

    Raises:
        NotFound: It is not hosted here.
    """
    if (found := await reader.find(s.OF_CODE, code=code)) is None:
        raise NotFound(f"no tenant {code!r}")
    return found
