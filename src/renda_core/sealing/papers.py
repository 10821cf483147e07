"""One paper: its choice as bytes of one length, its layers, and the receipt for it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from renda_core.domain.ballot import Paper
from renda_core.errors import Invalid
from renda_core.sealing.sheet import RANDOM, Sheet

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
"""Source: RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, base mode."""


def seal(sheet: Sheet, marks: Iterable[tuple[int, int]]) -> bytes:
    """Close a paper with one layer for each trustee; ``sheet.size`` bytes, whatever the choice is.

    Args:
        marks: (subject index, answer index), in any order; none for a blank paper.

    Raises:
        Invalid: A mark is not on the sheet, a subject is marked twice, or the sheet has no trustee.
    """
    if not sheet.trustees:
        raise Invalid("nothing can be sealed: this sheet has no trustee")
    choice = encode_choice(sheet, marks)
    sealed = (secrets.token_bytes(RANDOM) + choice).ljust(sheet.inner, b"\0")
    for layer in range(len(sheet.trustees), 0, -1):
        key = X25519PublicKey.from_public_bytes(bytes.fromhex(sheet.trustees[layer - 1].box_key))
        try:
            sealed = SUITE.encrypt(sealed, key, info(sheet, layer))
        except ValueError as error:  # a point of small order, which no trustee made
            raise Invalid(f"the key of {sheet.trustees[layer - 1].name} is no key: nothing can be sealed") from error
    return sealed


def receipt(sealed: bytes) -> str:
    """Give the receipt of a sealed paper: SHA-256 in hex; it stands on the board once the box is shut."""
    return hashlib.sha256(sealed).hexdigest()


def box_digest(hashes: Iterable[str]) -> str:
    """Give the digest of a board: SHA-256 in hex over the sorted receipts, each a line of hex."""
    return hashlib.sha256("".join(f"{h}\n" for h in sorted(hashes)).encode("ascii")).hexdigest()


def papers_digest(papers: Iterable[bytes]) -> str:
    """Give the digest of the board that these papers make."""
    return box_digest(receipt(paper) for paper in papers)


def info(sheet: Sheet, layer: int) -> bytes:
    """Give what a layer, from 1, is bound to: this sheet, its place, and how many layers there are."""
    return _info(sheet.bound, layer, len(sheet.trustees))


@cache
def _info(bound: str, layer: int, layers: int) -> bytes:
    return f"renda sealed paper 1|{bound}|layer {layer} of {layers}".encode("ascii")


def unseal(sheet: Sheet, layer: int, key: X25519PrivateKey, sealed: bytes) -> bytes | None:
    """Take one layer off; None where it does not come off with this key, so that no paper stops the tally."""
    try:
        return SUITE.decrypt(sealed, key, info(sheet, layer))
    except (InvalidTag, ValueError):
        return None


def encode_choice(sheet: Sheet, marks: Iterable[tuple[int, int]]) -> bytes:
    """Write a choice as one byte for each subject: 0 without a mark, else the answer's index and one.

    Raises:
        Invalid: A mark is not on the sheet, or a subject is marked twice.
    """
    choice = bytearray(len(sheet.subjects))
    for subject, answer in marks:
        if not (0 <= subject < len(choice) and 0 <= answer < len(sheet.rule.answers)):
            raise Invalid("a paper marks what is not on it", field="marks")
        if choice[subject]:
            raise Invalid(f"a paper marks {sheet.titles[subject]} twice", field="marks")
        choice[subject] = answer + 1
    return bytes(choice)


def decode_choice(sheet: Sheet, choice: Sequence[int]) -> Paper | None:
    """Read a choice; None where it is none of this sheet."""
    if len(choice) != len(sheet.subjects) or any(byte > len(sheet.rule.answers) for byte in choice):
        return None
    return tuple((subject, byte - 1) for subject, byte in enumerate(choice) if byte)


def choice_of(sheet: Sheet, inner: bytes) -> bytes | None:
    """Take the choice out of a paper without layers; None where anything on it is not as sealing makes it."""
    end = RANDOM + len(sheet.subjects)
    choice = inner[RANDOM:end]
    if len(inner) != sheet.inner or any(inner[end:]) or decode_choice(sheet, choice) is None:
        return None
    return choice
