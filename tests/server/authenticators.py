"""A device that holds passkeys, in software: it does as it is told, also what no honest device does."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import attrs
import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    """Write bytes as browsers do."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(written: str) -> bytes:
    """Read bytes as browsers write them."""
    return urlsafe_b64decode(written + "=" * (-len(written) % 4))


@attrs.define
class Device:
    """One passkey.

    Attributes:
        counts: Whether it counts its uses; most that keep passkeys in a cloud do not.
    """

    origin: str
    counts: bool = True
    count: int = 0
    key: ec.EllipticCurvePrivateKey = attrs.Factory(lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = attrs.Factory(lambda: secrets.token_bytes(32))
    user: bytes = b""

    def _said(self, what: str, challenge: str, origin: str) -> bytes:
        told = {"type": f"webauthn.{what}", "challenge": challenge, "origin": origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _data(self, place: str, flags: int, more: bytes = b"") -> bytes:
        self.count += self.counts
        return hashlib.sha256(place.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count) + more

    def make(
        self, asked: dict[str, Any], *, origin: str = "", place: str = "", flags: int = PRESENT | VERIFIED
    ) -> dict[str, Any]:
        """Make a passkey as asked."""
        self.user = raw(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        credential = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(public)
        data = self._data(place or asked["rp"]["id"], flags | ATTESTED, credential)
        return self._answer(
            {
                "clientDataJSON": text(self._said("create", asked["challenge"], origin or self.origin)),
                "attestationObject": text(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            }
        )

    def show(
        self,
        asked: dict[str, Any],
        *,
        origin: str = "",
        place: str = "",
        flags: int = PRESENT | VERIFIED,
        challenge: str = "",
        what: str = "get",
        user: bytes | None = None,
    ) -> dict[str, Any]:
        """Show a passkey as asked, or otherwise."""
        said = self._said(what, challenge or asked["challenge"], origin or self.origin)
        data = self._data(place or asked["rpId"], flags)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": text(said),
                "authenticatorData": text(data),
                "signature": text(signature),
                "userHandle": text(self.user if user is None else user),
            }
        )

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        id = text(self.id)
        return {"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}}
