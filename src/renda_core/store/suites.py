"""The two suites of ciphers that seal personal data: the international one, and China's commercial cryptography."""

from __future__ import annotations

import hmac
from typing import Protocol

import attrs
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher as Cipher_
from cryptography.hazmat.primitives.ciphers import modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

AES, SM = "aes-gcm", "sm4-gcm"
"""Their names, as the compliance settings have them."""
TAG = 16
"""Bytes of a tag; a shorter one is refused."""


class Cipher(Protocol):
    """Authenticated encryption under one key."""

    def encrypt(self, nonce: bytes, data: bytes | memoryview, associated_data: bytes) -> bytes:
        """Encrypt; the tag stands at the end."""

    def decrypt(self, nonce: bytes, data: bytes | memoryview, associated_data: bytes) -> bytes:
        """Check the tag and decrypt.

        Raises:
            InvalidTag: Something was changed.
            ValueError: A part is missing.
        """


class SM4GCM:
    """SM4 in Galois/Counter Mode, called as ``AESGCM`` is.

    Source:
        GB/T 32907-2016 (SM4), RFC 8998 § 2 (SM4-GCM).
    """

    def __init__(self, key: bytes) -> None:
        self._key = SM4(key)

    def encrypt(self, nonce: bytes, data: bytes | memoryview, associated_data: bytes) -> bytes:
        """Encrypt; the tag stands at the end."""
        work = Cipher_(self._key, modes.GCM(nonce)).encryptor()
        work.authenticate_additional_data(associated_data)
        return work.update(data) + work.finalize() + work.tag

    def decrypt(self, nonce: bytes, data: bytes | memoryview, associated_data: bytes) -> bytes:
        """Check the tag and decrypt.

        Raises:
            InvalidTag: Something was changed.
            ValueError: A part is missing.
        """
        if len(data) < TAG:
            raise InvalidTag
        work = Cipher_(self._key, modes.GCM(nonce, bytes(data[-TAG:]), min_tag_length=TAG)).decryptor()
        work.authenticate_additional_data(associated_data)
        return work.update(data[:-TAG]) + work.finalize()


@attrs.frozen(kw_only=True)
class Suite:
    """One suite: how keys are derived, texts sealed, and hashes keyed.

    Attributes:
        form: The first byte of what it made, from which on the key's number follows.
        size: Bytes of a key for sealing.
    """

    name: str
    form: bytes
    size: int
    hash: hashes.HashAlgorithm
    cipher: type[AESGCM] | type[SM4GCM]

    def derive(self, master: bytes, purpose: str, size: int) -> bytes:
        """Derive a key for one purpose."""
        return HKDF(algorithm=self.hash, length=size, salt=None, info=f"renda:{purpose}".encode()).derive(master)

    def keyed(self, key: bytes, text: bytes) -> bytes:
        """Hash under a key: HMAC-SHA-256 or HMAC-SM3, 32 bytes."""
        if self.name == AES:
            return hmac.digest(key, text, "sha256")
        made = HMAC(key, self.hash)
        made.update(text)
        return made.finalize()


SUITES = {
    AES: Suite(name=AES, form=b"\x02", size=32, hash=hashes.SHA256(), cipher=AESGCM),
    SM: Suite(name=SM, form=b"\x03", size=16, hash=hashes.SM3(), cipher=SM4GCM),
}
