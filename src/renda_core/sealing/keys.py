"""A trustee's key: one secret of 32 bytes, from which both of her keys come, in a file under a passphrase."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import unicodedata

import attrs
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from renda_core.domain.ballot import Trustee
from renda_core.errors import Invalid, Rejected
from renda_core.sealing.canonical import canonical

FORMAT, PUBLIC = "renda trustee key 1", "renda trustee 1"
SECRET = 32
"""Bytes of a secret: as many as either key has."""
PASSPHRASE = 10
"""Least length of a passphrase. U: no source names one; scrypt makes each guess cost a tenth of a second or more."""
SCRYPT = {"n": 2**17, "r": 8, "p": 1}
"""Source: OWASP Password Storage Cheat Sheet: scrypt with N = 2^17, r = 8, p = 1; 128 MiB for each guess. An encrypted
PKCS #8 file would have 2,048 rounds of PBKDF2, too few for a stolen stick and a short passphrase.
"""
GROUPS, DIGITS = 8, 5
"""A fingerprint has 40 decimal digits, 132 bits: read aloud in groups, in any language."""


class _Public(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    name: str
    body: str
    box_key: str
    sign_key: str
    fingerprint: str = ""


class _Secret(_Public, forbid_unknown_fields=True, kw_only=True):
    salt: str
    secret: str


@attrs.frozen(kw_only=True)
class Key:
    """A trustee's secret with her name; it never leaves her machine but as shares on paper.

    Attributes:
        body: The body she comes from.
    """

    name: str
    body: str
    secret: bytes = attrs.field(repr=False)

    @property
    def box(self) -> X25519PrivateKey:
        """Give the key that takes her layer off."""
        return X25519PrivateKey.from_private_bytes(_derived(self.secret, b"renda trustee box 1"))

    @property
    def sign(self) -> Ed25519PrivateKey:
        """Give the key that she signs with."""
        return Ed25519PrivateKey.from_private_bytes(_derived(self.secret, b"renda trustee sign 1"))

    @property
    def trustee(self) -> Trustee:
        """Give what everybody may know of her."""
        box, sign = self.box.public_key().public_bytes_raw(), self.sign.public_key().public_bytes_raw()
        return Trustee(name=self.name, body=self.body, box_key=box.hex(), sign_key=sign.hex())


def new_key(name: str, body: str = "") -> Key:
    """Make a key from the machine's own chance."""
    if not name.strip():
        raise Invalid("a trustee has a name: as it stands in the minutes, e.g. 监票人 王秀英")
    return Key(name=name.strip(), body=body.strip(), secret=secrets.token_bytes(SECRET))


def fingerprint(trustee: Trustee) -> str:
    """Give the digits that are read out and minuted: of both public keys, in eight groups of five."""
    hashed = hashlib.sha256(b"renda trustee fingerprint 1" + bytes.fromhex(trustee.box_key + trustee.sign_key))
    digits = str(int.from_bytes(hashed.digest()) % 10 ** (GROUPS * DIGITS)).zfill(GROUPS * DIGITS)
    return " ".join(digits[at : at + DIGITS] for at in range(0, GROUPS * DIGITS, DIGITS))


def same_fingerprint(one: str, other: str) -> bool:
    """Compare as people write them: with any spaces, or none, full-width digits too."""
    return _digits(one) == _digits(other)


def _digits(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isdigit())


def write_public(trustee: Trustee) -> bytes:
    """Write what goes to the office: name, body, public keys and fingerprint."""
    made = _Public(format=PUBLIC, **attrs.asdict(trustee), fingerprint=fingerprint(trustee))
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


def write_key(key: Key, passphrase: str) -> bytes:
    """Write the key file; who has it has nothing without the passphrase.

    Raises:
        Invalid: The passphrase is too short.
    """
    phrase = unicodedata.normalize("NFKC", passphrase)
    if len(phrase) < PASSPHRASE:
        raise Invalid(f"the passphrase has {len(phrase)} characters; take {PASSPHRASE} or more, e.g. four words")
    salt = secrets.token_bytes(16)
    head = _head(key.trustee)
    sealed = ChaCha20Poly1305(_stretched(phrase, salt)).encrypt(bytes(12), key.secret, canonical(head))
    made = head | {"salt": base64.b64encode(salt).decode(), "secret": base64.b64encode(sealed).decode()}
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


def read_trustee(raw: bytes) -> Trustee:
    """Read who a key file or a public file belongs to, without any passphrase.

    Raises:
        Invalid: It is neither, or its fingerprint is not that of its keys.
    """
    return _trustee(_file(raw))


def read_key(raw: bytes, passphrase: str) -> Key:
    """Open a key file.

    Raises:
        Invalid: It is no key file.
        Rejected: The passphrase is wrong.
    """
    file = _file(raw)
    if not isinstance(file, _Secret):
        raise Invalid("this file holds public keys only; the key file is the one that never left your machine")
    trustee = _trustee(file)
    try:
        salt, sealed = base64.b64decode(file.salt, validate=True), base64.b64decode(file.secret, validate=True)
        stretched = _stretched(unicodedata.normalize("NFKC", passphrase), salt)
        secret = ChaCha20Poly1305(stretched).decrypt(bytes(12), sealed, canonical(_head(trustee)))
    except binascii.Error as error:
        raise Invalid("this key file is damaged; take the other copy, or join the shares on paper") from error
    except InvalidTag as error:
        told = "the passphrase is wrong, or the file is damaged; try again, or join the shares on paper"
        raise Rejected("the key does not open", told) from error
    key = Key(name=trustee.name, body=trustee.body, secret=secret)
    if len(secret) != SECRET or key.trustee != trustee:
        raise Invalid("this key file is damaged: its secret is not that of its public keys")
    return key


def _file(raw: bytes) -> _Public | _Secret:
    try:
        head = msgspec.json.decode(raw)
        wanted = _Secret if isinstance(head, dict) and head.get("format") == FORMAT else _Public
        file: _Public | _Secret = msgspec.convert(head, wanted)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid(f"this is no file of a trustee: {error}") from error
    if file.format not in (FORMAT, PUBLIC):
        raise Invalid(f"this is no file of a trustee of this version: {file.format[:40]!r}")
    return file


def _trustee(file: _Public) -> Trustee:
    trustee = Trustee(name=file.name, body=file.body, box_key=file.box_key, sign_key=file.sign_key)
    try:
        right = file.fingerprint == fingerprint(trustee) and len(file.box_key) == len(file.sign_key) == 2 * SECRET
    except ValueError as error:
        raise Invalid("this file of a trustee is damaged: a key is not in hex") from error
    if not right:
        raise Invalid("this file of a trustee is damaged: its fingerprint is not that of its keys")
    return trustee


def _head(trustee: Trustee) -> dict[str, str]:
    return {"format": FORMAT, **attrs.asdict(trustee), "fingerprint": fingerprint(trustee)}


def _derived(secret: bytes, what: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=SECRET, salt=None, info=what).derive(secret)


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=SECRET, **SCRYPT).derive(passphrase.encode())
