"""What trustees put their names to: each her own layer, and all of them the open box; and whether it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from renda_core.sealing.box import Box, Layer
from renda_core.sealing.canonical import canonical
from renda_core.sealing.papers import papers_digest
from renda_core.sealing.sheet import Sheet


def choices_digest(choices: Iterable[bytes]) -> str:
    """Give the digest of opened papers: SHA-256 in hex over the sorted choices, each a line of hex."""
    return hashlib.sha256("".join(f"{c.hex()}\n" for c in sorted(choices)).encode("ascii")).hexdigest()


def layer_statement(sheet: Sheet, layer: Layer) -> bytes:
    """Write what a trustee signs when she has taken her layer off."""
    place = [t.name for t in sheet.trustees].index(layer.trustee) + 1
    return canonical(
        {
            "format": "renda layer 1",
            "sheet": sheet.bound,
            "layer": place,
            "layers": len(sheet.trustees),
            "trustee": layer.trustee,
            "in": layer.in_,
            "taken": layer.taken,
            "out": layer.out,
            "given": layer.given,
        }
    )


def result_statement(box: Box) -> bytes:
    """Write what every trustee signs of an open box: the sheet, what was in the box, and what was read."""
    return canonical(
        {
            "format": "renda result 1",
            "sheet": box.sheet.digest,
            "box": box.digest,
            "papers": box.peeled[0].taken if box.peeled else 0,
            "choices": choices_digest(box.choices or ()),
            "unreadable": box.unreadable,
        }
    )


def holds(sign_key: str, signature: str, statement: bytes) -> bool:
    """Tell whether a signature, both in hex, is this key's over this statement."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(sign_key))
        key.verify(bytes.fromhex(signature), statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def broken_layers(box: Box) -> Iterator[str]:
    """Say where the way of the box so far does not hold: signatures, digests from hand to hand, and numbers."""
    before: Layer | None = None
    for trustee, layer in zip(box.sheet.trustees, box.peeled, strict=False):
        if not holds(trustee.sign_key, layer.signature, layer_statement(box.sheet, layer)):
            yield f"the signature of {trustee.name} on her layer is not hers"
        if before and (before.out, before.given) != (layer.in_, layer.taken):
            yield f"{trustee.name} was given other papers than {before.trustee} gave"
        if not 0 <= layer.given <= layer.taken:
            yield f"{trustee.name} gave {layer.given} papers and had {layer.taken}"
        before = layer
    if before:
        inside = box.papers if box.choices is None else box.choices
        out = papers_digest(box.papers) if box.choices is None else choices_digest(box.choices)
        if (before.out, before.given) != (out, len(inside)):
            yield f"the papers in this file are not those that {before.trustee} gave"


def broken_signatures(box: Box) -> Iterator[str]:
    """Say which trustee has not signed the open box, or not this one."""
    for trustee in box.sheet.trustees:
        if trustee.name not in box.signatures:
            yield f"{trustee.name} has not signed the result; she does it with: renda trustee sign"
    yield from false_signatures(box)


def false_signatures(box: Box) -> Iterator[str]:
    """Say which signature under the open box is not what it claims to be."""
    statement = result_statement(box)
    for trustee in box.sheet.trustees:
        given = box.signatures.get(trustee.name)
        if given is not None and not holds(trustee.sign_key, given, statement):
            yield f"the signature of {trustee.name} is not hers, or not on this result"
    for name in sorted(box.signatures.keys() - {t.name for t in box.sheet.trustees}):
        yield f"{name} signed the result and is no trustee of it"
