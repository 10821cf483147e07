"""The key outside the database: seals personal data with AES-GCM and opens it again."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from renda_core.domain.sealed import SHOWN, Sealed
from renda_core.errors import ConfigError, Invalid

FORM = b"\x01"
"""First byte of every box: how it was sealed; a later form gets its own number."""
SIZE, NONCE = 32, 12


class Keys:
    """Seals and opens personal data of many tenants, each under a key derived for it alone."""

    def __init__(self, master: bytes) -> None:
        if len(master) != SIZE:
            raise ConfigError("the key is wrong", f"a key has {SIZE} bytes, this one {len(master)}")
        self._master = master
        self._ciphers: dict[str, AESGCM] = {}
        self._hashers: dict[tuple[str, str], bytes] = {}

    def __repr__(self) -> str:
        return "Keys(…)"

    @classmethod
    def read(cls, path: Path) -> Keys:
        """Read the key file.

        Raises:
            ConfigError: It is missing, of the wrong size, or readable by others.
        """
        if not path.exists():
            raise ConfigError("no key", f"{path} does not exist; restore it from your backup, or make one: renda init")
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError("the key is open to others", f"{path}: run chmod 600 {path}")
        try:
            return cls(bytes.fromhex(path.read_text("ascii").strip()))
        except ValueError:  # not hexadecimal, or not even text
            told = f"{path} does not hold {2 * SIZE} hexadecimal digits; restore it from your backup"
            raise ConfigError("the key is wrong", told) from None

    @classmethod
    def make(cls, path: Path) -> Keys:
        """Make a key file that only its owner reads; an existing one is never overwritten."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(SIZE) + "\n")
        return cls.read(path)

    def _derived(self, purpose: str) -> bytes:
        return HKDF(algorithm=hashes.SHA256(), length=SIZE, salt=None, info=f"renda:{purpose}".encode()).derive(
            self._master
        )

    def _cipher(self, tenant: str) -> AESGCM:
        if tenant not in self._ciphers:
            self._ciphers[tenant] = AESGCM(self._derived(f"seal:{tenant}"))
        return self._ciphers[tenant]

    def index(self, text: str, *, tenant: str, field: str) -> bytes:
        """Hash a text under a key of its own, so that equal texts are found and none can be guessed without it."""
        if (keyed := self._hashers.get((tenant, field))) is None:
            keyed = self._hashers[tenant, field] = self._derived(f"index:{tenant}:{field}")
        return hmac.digest(keyed, text.encode(), "sha256")

    def seal(self, text: str, *, tenant: str, field: str) -> Sealed:
        """Seal a text for one field of one tenant; its last four characters stay shown, if it is longer than eight."""
        nonce = secrets.token_bytes(NONCE)
        box = self._cipher(tenant).encrypt(nonce, text.encode(), FORM + field.encode())
        return Sealed.of(FORM + nonce + box, text[-SHOWN:] if len(text) > 2 * SHOWN else "")

    def seal_bytes(self, raw: bytes | memoryview, *, tenant: str, field: str) -> bytes:
        """Seal bytes for one field of one tenant; nothing of them stays shown."""
        nonce = secrets.token_bytes(NONCE)
        return FORM + nonce + self._cipher(tenant).encrypt(nonce, raw, FORM + field.encode())

    def open_bytes(self, box: bytes, *, tenant: str, field: str) -> bytes:
        """Open sealed bytes.

        Raises:
            Invalid: They were moved from another field or tenant, or changed.
        """
        held = memoryview(box)  # a file may be large: no part of it is copied on the way
        try:
            nonce, rest, form = bytes(held[1 : 1 + NONCE]), held[1 + NONCE :], bytes(held[:1])
            return self._cipher(tenant).decrypt(nonce, rest, form + field.encode())
        except (InvalidTag, ValueError):
            told = "does not open: it was changed, moved, or sealed under another key"
            raise Invalid(f"{field.partition(':')[0]} {told}") from None

    def open(self, sealed: Sealed, *, tenant: str, field: str) -> str:
        """Open a sealed text.

        Raises:
            Invalid: It was erased, moved from another field or tenant, or changed.
        """
        if sealed.erased:
            raise Invalid(f"{field} was erased")
        try:
            raw = sealed.raw()
            text = self._cipher(tenant).decrypt(raw[1 : 1 + NONCE], raw[1 + NONCE :], raw[:1] + field.encode())
        except (InvalidTag, ValueError):  # a box cut short has not even a nonce
            raise Invalid(f"{field} does not open: it was changed, moved, or sealed under another key") from None
        return text.decode()
