"""The archive as a file: written beside its name and renamed when it is whole; distrusted when it is read."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final

import attrs
import msgspec

from renda_core.errors import ConfigError, Invalid
from renda_core.store.archive.layout import READ_AS, Field
from renda_core.store.archive.rows import Taller, Tally
from renda_core.store.codec import decode, encode

FORM: Final = "renda.tenant"
VERSION: Final = 1
"""The form of the file; another form gets another number, and a reader refuses those it does not know."""
MANIFEST = "manifest.json"
LONGEST_MANIFEST = 64 * 1024 * 1024
"""Bytes; ten thousand files take one MiB of it."""
LONGEST_ROW = 256 * 1024 * 1024
"""Bytes; the largest thing in a row is a file that waits to be imported."""
BLOCK = 1024 * 1024
"""Bytes that are read at once."""
NAMES = re.compile(r"manifest\.json|tables/[a-z][a-z0-9_]{0,62}\.jsonl|objects/[0-9A-Za-z._-]{1,128}")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The moment that every member bears: equal data give an equal file, but for its manifest."""


@attrs.frozen(kw_only=True)
class Owner:
    """Whose data an archive holds."""

    id: str
    code: str
    name: str
    level: str


@attrs.frozen(kw_only=True)
class TablePart:
    """One table in an archive."""

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    tally: Tally


@attrs.frozen(kw_only=True)
class ObjectPart:
    """The content of one file in an archive, by the name it has in the store of files."""

    name: str
    size: int
    sha256: str


@attrs.frozen(kw_only=True)
class Manifest:
    """What an archive says of itself.

    Attributes:
        revisions: At which the tables stood: the core's, and those of plugins with tables of their own.
        program: The release that wrote it.
        seq: Number of the journal's last entry.
        head: Hash of the journal's last entry, in hexadecimal.
        keys: Ids of the keys that open what is sealed in it.
        tables: Parents before children.
        rows_only: The contents of files stayed where they were.
    """

    form: str = FORM
    version: int = VERSION
    tenant: Owner
    revisions: tuple[str, ...]
    program: str
    made_at: dt.datetime
    made_by: str
    seq: int
    head: str
    keys: tuple[str, ...]
    tables: tuple[TablePart, ...]
    objects: tuple[ObjectPart, ...] = ()
    rows_only: bool = False

    @property
    def digest(self) -> str:
        """Give the SHA-256 of the manifest, and so of all that it vouches for: write it down, compare it later."""
        return hashlib.sha256(encode(self)).hexdigest()

    @property
    def rows(self) -> int:
        """Count the rows of all tables."""
        return sum(part.tally.rows for part in self.tables)


@attrs.frozen(kw_only=True)
class _Kind:
    """As much of a manifest as every form of it has."""

    form: str
    version: int


class Writer:
    """Writes members one after another; the file has its name only once :meth:`finish` has been called."""

    def __init__(self, zip_: zipfile.ZipFile) -> None:
        self._zip = zip_

    def _member(self, name: str) -> IO[bytes]:
        return self._zip.open(zipfile.ZipInfo(name, EPOCH), "w", force_zip64=True)

    def table(self, name: str) -> Any:
        """Open the member of a table; its lines are written to what this gives."""
        return self._member(f"tables/{name}.jsonl")

    def object(self, name: str, pieces: Iterable[bytes]) -> ObjectPart:
        """Write the content of one file."""
        size, total = 0, hashlib.sha256()
        with self._member(f"objects/{name}") as member:
            for piece in pieces:
                member.write(piece)
                size += len(piece)
                total.update(piece)
        return ObjectPart(name=name, size=size, sha256=total.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, which comes last because it knows all the rest."""
        with self._member(MANIFEST) as member:
            member.write(encode(manifest))


class Part:
    """A file in the making, in the folder where it will lie; gone if it is left without :meth:`keep`."""

    def __init__(self, path: Path) -> None:
        if path.exists():
            raise ConfigError("nothing was written", f"{path} exists already; choose another name")
        if not path.parent.is_dir():
            raise ConfigError("nothing was written", f"there is no folder {path.parent}; make it first")
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".part")
        self._path, self._part, self._file = path, Path(name), os.fdopen(handle, "wb")

    def __enter__(self) -> Part:
        return self

    def begin(self) -> tuple[Writer, zipfile.ZipFile]:
        """Begin anew from an empty file, as a transaction that is run twice must."""
        self._file.seek(0)
        self._file.truncate()
        made = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED)
        return Writer(made), made

    def keep(self) -> None:
        """Give the file its name, once all of it is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.link(self._part, self._path)  # fails where somebody else has made a file of this name meanwhile
        folder = os.open(self._path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._part.unlink(missing_ok=True)


class Opened:
    """An archive that is read: nothing in it is believed before it was counted."""

    def __init__(self, path: Path) -> None:
        """Read the manifest.

        Raises:
            Invalid: It is no archive of a tenant, is damaged or cut off, or was made by another renda than this.
        """
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise Invalid(f"there is no file {path}") from None
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise Invalid(f"{path} is no archive of a tenant, or was cut off") from None
        try:
            self._refuse_tricks()
            self.manifest = self._manifest()
            self._compare_members()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def _refuse_tricks(self) -> None:
        held = self._zip.infolist()
        names = [info.filename for info in held]
        wrong = [
            info for info in held if info.compress_type or info.flag_bits & 1 or info.file_size != info.compress_size
        ]
        if MANIFEST not in names or len(set(names)) < len(names) or not all(map(NAMES.fullmatch, names)):
            raise Invalid(f"{self.path} is no archive of a tenant")
        if wrong or sum(info.file_size for info in held) > self.path.stat().st_size:
            raise Invalid(f"{self.path} is packed in a way that an archive never is; it was not made by renda")

    def _manifest(self) -> Manifest:
        raw = b"".join(self._blocks(MANIFEST, LONGEST_MANIFEST))
        try:
            kind = decode(raw, _Kind)
            if kind.form != FORM:
                raise Invalid(f"{self.path} is no archive of a tenant")
            if kind.version != VERSION:
                other = "newer; update renda" if kind.version > VERSION else "older; read it with an older renda"
                raise Invalid(f"{self.path} has form {kind.version}, this renda reads {VERSION}: it is {other}")
            return decode(raw, Manifest)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Invalid(f"{self.path} is damaged: its manifest cannot be read") from None

    def _compare_members(self) -> None:
        manifest = self.manifest
        told = [f"tables/{part.name}.jsonl" for part in manifest.tables]
        told += [MANIFEST, *(f"objects/{part.name}" for part in manifest.objects)]
        held = {info.filename: info.file_size for info in self._zip.infolist()}
        if sorted(told) != sorted(held) or any(f.kind not in READ_AS for part in manifest.tables for f in part.fields):
            raise Invalid(f"{self.path} is damaged: its manifest and what lies in it are not the same")

    def _blocks(self, name: str, most: int | None = None) -> Iterator[bytes]:
        size = 0
        try:
            with self._zip.open(name) as member:
                while block := member.read(BLOCK):
                    size += len(block)
                    if most is not None and size > most:
                        raise Invalid(f"{self.path}: {name} is longer than {most} bytes")
                    yield block
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError):
            raise Invalid(f"{self.path} is damaged: {name} cannot be read") from None

    def lines(self, part: TablePart) -> Iterator[bytes]:
        """Give the lines of a table, some at once; counted and hashed on the way.

        Raises:
            Invalid: They are not those that the manifest vouches for: told after the last of them was given.
        """
        taller, rest = Taller(), b""
        for block in self._blocks(f"tables/{part.name}.jsonl"):
            whole, end, rest = (rest + block).rpartition(b"\n")
            if len(rest) > LONGEST_ROW:
                raise Invalid(f"{self.path}: a row of {part.name} is longer than {LONGEST_ROW} bytes")
            if end:
                taller.add(whole + end)
                yield whole + end
        if rest or taller.tally() != part.tally:
            raise Invalid(f"{self.path} is damaged: the rows of {part.name} are not those that were written")

    def object(self, part: ObjectPart) -> Iterator[bytes]:
        """Give the content of a file in pieces, hashed on the way.

        Raises:
            Invalid: It is not what the manifest vouches for: told after the last piece was given.
        """
        size, total = 0, hashlib.sha256()
        for block in self._blocks(f"objects/{part.name}"):
            size += len(block)
            total.update(block)
            yield block
        if (size, total.hexdigest()) != (part.size, part.sha256):
            raise Invalid(f"{self.path} is damaged: the file {part.name} is not the one that was written")


def check_hashes(opened: Opened, told: Callable[[str], None] | None = None) -> None:
    """Read all of an archive once and compare it with its manifest.

    Raises:
        Invalid: Naming the first table or file that is not what was written.
    """
    for part in opened.manifest.tables:
        for _ in opened.lines(part):
            continue
        if told:
            told(part.name)
    for file in opened.manifest.objects:
        for _ in opened.object(file):
            continue
