"""The box file (票箱文件): what leaves the server when the box is shut, and travels from trustee to trustee."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal

import attrs
import msgspec

from renda_core.errors import Invalid
from renda_core.sealing.sheet import LAYER, Sheet

FORMAT = "renda ballot box 1"
LARGEST = 64 * 1024 * 1024
"""Bytes of the largest file that is read: a bound on what a foreign file costs; 64 MiB hold 200,000 papers."""
MOST = 250_000
"""Papers of the largest box that is read."""
Papers = Annotated[list[str], msgspec.Meta(max_length=MOST)]
Kind = Literal["vote", "rehearsal", "layer", "opened"]
"""As shut; the same of trial papers; with at least one layer off; open."""


class Layer(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What one trustee did, signed by her: from *taken* papers with this digest to *given* with that one.

    Attributes:
        trustee: Name of the trustee.
        signature: Ed25519 over :func:`renda_core.sealing.signing.layer_statement`, in hex.
    """

    trustee: str
    taken: int
    given: int
    in_: str = msgspec.field(name="in")
    out: str
    signature: str = ""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    kind: Kind
    sheet: dict[str, Any]
    papers: Papers
    peeled: list[Layer] = []
    choices: Papers | None = None
    signatures: dict[str, str] = {}
    announced: dict[str, Any] | None = None


@attrs.frozen(kw_only=True)
class Box:
    """A box of papers of one round, somewhere on its way from shut to open.

    Attributes:
        papers: Sealed papers, sorted by their bytes; none once it is open.
        peeled: What was done with it so far, in order.
        choices: Of an open box: one byte for each subject of each paper, sorted; None before.
        signatures: Of trustees over an open box, in hex, by name.
        announced: Of a result that was published: what was announced of it.
    """

    sheet: Sheet
    papers: tuple[bytes, ...]
    peeled: tuple[Layer, ...] = ()
    choices: tuple[bytes, ...] | None = None
    signatures: Mapping[str, str] = attrs.Factory(dict)
    announced: Mapping[str, Any] | None = None

    @property
    def kind(self) -> Kind:
        """Say how far it is."""
        if self.choices is not None:
            return "opened"
        return "layer" if self.peeled else "rehearsal" if self.sheet.trial else "vote"

    @property
    def digest(self) -> str:
        """Digest of the board, once a layer is off: what was in the box when it was shut."""
        return self.peeled[0].in_ if self.peeled else ""

    @property
    def unreadable(self) -> int:
        """How many papers were in the box that no trustee could read; each is void."""
        return self.peeled[0].taken - self.peeled[-1].given if self.peeled else 0

    def plain(self) -> dict[str, Any]:
        """Give the file as plain data."""
        made: dict[str, Any] = {
            "format": FORMAT,
            "kind": self.kind,
            "sheet": dict(self.sheet.data),
            "papers": [base64.b64encode(p).decode() for p in self.papers],
            "peeled": [msgspec.to_builtins(layer) for layer in self.peeled],
            "choices": None if self.choices is None else [c.hex() for c in self.choices],
            "signatures": dict(self.signatures),
        }
        return made | ({"announced": dict(self.announced)} if self.announced is not None else {})


def make_box(sheet: Sheet, papers: Iterable[bytes]) -> dict[str, Any]:
    """Put sealed papers into a box file, sorted, so that no order of casting is left in it; equal ones count once.

    Raises:
        Invalid: A paper is not as long as every paper of this sheet is.
    """
    inside = tuple(sorted(set(papers)))
    if any(len(paper) != sheet.size for paper in inside):
        raise Invalid(f"every sealed paper of this round has {sheet.size} bytes, and one has not")
    return Box(sheet=sheet, papers=inside).plain()


def read_box(data: object) -> Box:
    """Read a box file strictly, from plain data or from the bytes of the file.

    Raises:
        Invalid: Saying what does not fit; nothing of a file that is not sound is used.
    """
    file = _parsed(data)
    if file.format != FORMAT:
        raise Invalid(
            f"this is no box file of this version: its format is {file.format[:40]!r}, and {FORMAT!r} is read"
        )
    sheet = Sheet.read(file.sheet)
    box = Box(
        sheet=sheet,
        papers=tuple(_base64(p) for p in file.papers),
        peeled=tuple(file.peeled),
        choices=None if file.choices is None else tuple(_hex(c) for c in file.choices),
        signatures=file.signatures,
        announced=file.announced,
    )
    if wrong := _wrong(box, file.kind):
        raise Invalid(f"this box file is not sound: {wrong}; ask for the file again from whoever had it before you")
    return box


def _parsed(data: object) -> _File:
    try:
        if isinstance(data, bytes):
            if len(data) > LARGEST:
                raise Invalid(f"this box file is too large: {len(data)} bytes, and {LARGEST} are read")
            return msgspec.json.decode(data, type=_File)
        return msgspec.convert(data, _File)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid(f"this is no box file: {error}") from error


def _wrong(box: Box, kind: Kind) -> str:
    sheet, open_ = box.sheet, box.choices is not None
    told = {
        "it says of itself that it is something else": kind != box.kind,
        "it names no trustee, so nobody sealed, opened or signed anything": not sheet.trustees,
        f"a paper has not the {sheet.size} bytes that all have": not _sized(box),
        "papers are there twice, or not sorted": not (_rises(box.papers) if not open_ else _sorted(box.choices or ())),
        "it is open and holds sealed papers": open_ and bool(box.papers),
        "more layers are off than it had": len(box.peeled) > len(sheet.trustees),
        "it is open, and layers are still on": open_ and len(box.peeled) < len(sheet.trustees),
        "all layers are off, and it is not open": not open_ and 0 < len(sheet.trustees) == len(box.peeled),
        "layers are off in another order than that of the trustees": [y.trustee for y in box.peeled]
        != [t.name for t in sheet.trustees[: len(box.peeled)]],
        "it was announced, and is not open": box.announced is not None and not open_,
    }
    return next((what for what, is_so in told.items() if is_so), "")


def _sized(box: Box) -> bool:
    size = box.sheet.size - LAYER * len(box.peeled)
    right = all(len(paper) == size for paper in box.papers)
    return right and all(len(choice) == len(box.sheet.subjects) for choice in box.choices or ())


def _rises(papers: Sequence[bytes]) -> bool:
    return all(one < next_ for one, next_ in pairwise(papers))


def _sorted(choices: Sequence[bytes]) -> bool:
    return all(one <= next_ for one, next_ in pairwise(choices))


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("this is no box file: a paper is not in base64") from error


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise Invalid("this is no box file: a choice is not in hex") from error
