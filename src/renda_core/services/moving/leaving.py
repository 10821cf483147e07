"""Write a whole tenant into a file: every table as it stood at one moment, and the contents of its files."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from types import TracebackType

import attrs
from sqlalchemy import select

from renda_core.errors import ConfigError, NotFound
from renda_core.services import journal
from renda_core.services.moving.contents import Contents
from renda_core.services.moving.keying import marks
from renda_core.store import tables as t
from renda_core.store.archive import layout as layouts
from renda_core.store.archive.file import Manifest, ObjectPart, Owner, Part, TablePart, Writer
from renda_core.store.archive.rows import Taller, lines, snapshot
from renda_core.store.compile import Query, keyed
from renda_core.store.stores import Store
from renda_core.store.unit import Reader

PROGRAM = "renda"
Told = Callable[[str, int], None]
"""Is told of each table that is done, and how many rows it has."""


@attrs.frozen(kw_only=True)
class Name:
    """The name of a content in the store of files."""

    name: str


WHOSE = Query(
    select(t.tenant.c.tenant_id.label("id"), t.tenant.c.code, t.tenant.c.name, t.tenant.c.level).where(
        *keyed(t.tenant)
    ),
    Owner,
)
_a = t.attachment
KEPT = Query(
    select(_a.c.id.label("name")).where(*keyed(_a), _a.c.erased_at.is_(None)).order_by(_a.c.id),
    Name,
)
"""The names of the contents that a tenant's files must have."""


def export(
    store: Store,
    tenant: str,
    path: Path,
    *,
    by: str,
    contents: Contents | None = None,
    rows_only: bool = False,
    told: Told | None = None,
) -> Manifest:
    """Write a whole tenant into a file, as it stands at this moment; others go on working meanwhile.

    Args:
        path: Must not exist; it is there only once all of it is on the disk.
        by: The id of whoever asked.
        contents: Where the contents of its files lie; None is right only where it has none.
        rows_only: Leave the contents where they are: for a move within one service, which has one store of files.

    Raises:
        NotFound: There is no such tenant here.
        ConfigError: The file exists, the disk is full, or the contents of files are missing; nothing was written.
    """
    try:
        with Part(path) as part, _Making(part) as making:
            manifest, wanted = store.run(store.read(_write_out, tenant, making, by, rows_only, told))
            if not rows_only:
                manifest = attrs.evolve(manifest, objects=tuple(_objects(making.writer, wanted, contents)))
            making.finish(manifest)
            part.keep()
    except FileExistsError:
        raise ConfigError("nothing was written", f"{path} was made by somebody else meanwhile") from None
    except OSError as error:
        raise ConfigError("nothing was written", f"{path}: {error.strerror or error}") from error
    return manifest


class _Making:
    """The file in the making, which a transaction that is run twice begins twice."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._zip: zipfile.ZipFile | None = None
        self.writer: Writer

    def begin(self) -> Writer:
        self._close()
        self.writer, self._zip = self._part.begin()
        return self.writer

    def finish(self, manifest: Manifest) -> None:
        self.writer.finish(manifest)
        self._close()

    def _close(self) -> None:
        if self._zip is not None:
            self._zip.close()
            self._zip = None

    def __enter__(self) -> _Making:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if kind is None:
            return
        with contextlib.suppress(OSError, ValueError):  # the first failure is the one to tell; the part is deleted
            self._close()


async def _write_out(
    reader: Reader, making: _Making, by: str, rows_only: bool, told: Told | None
) -> tuple[Manifest, list[str]]:
    await snapshot(reader)
    found = await layouts.find(reader.link)
    if (owner := await reader.find(WHOSE)) is None:
        raise NotFound("there is no such tenant here")
    writer, parts = making.begin(), []
    for layout in found.tables:
        taller = Taller()
        with writer.table(layout.name) as member:
            async for text in lines(reader, layout):
                taller.add(text)
                member.write(text)
        parts.append(TablePart(name=layout.name, fields=layout.fields, key=layout.key, tally=taller.tally()))
        if told:
            told(layout.name, parts[-1].tally.rows)
    head = await reader.one(journal.HEAD)
    manifest = Manifest(
        tenant=owner,
        revisions=found.revisions,
        program=version(PROGRAM),
        made_at=reader.now,
        made_by=by,
        seq=head.seq,
        head=head.hash.hex(),
        keys=marks(reader.link.keys, owner.id),
        tables=tuple(parts),
        rows_only=rows_only,
    )
    return manifest, [row.name for row in await reader.all(KEPT)]


def _objects(writer: Writer, wanted: list[str], contents: Contents | None) -> Iterator[ObjectPart]:
    if contents is None:
        if wanted:
            told = f"{len(wanted)} files have contents in the store of files; name it in RENDA_FILES"
            raise ConfigError("nothing was written", told)
        return
    names = contents.names()
    if lost := sorted(set(wanted) - set(names)):
        told = f"the contents of {len(lost)} files are not in the store of files, {lost[0]} among them"
        raise ConfigError("nothing was written", told)
    for name in names:
        if (pieces := contents.read(name)) is not None:
            yield writer.object(name, pieces)
        elif name in wanted:
            raise ConfigError("nothing was written", f"the file {name} was erased meanwhile; ask again")
