"""The keys outside the database: seal personal data, each box naming its key and suite, and open it again."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from renda_core.domain.sealed import SHOWN, Sealed
from renda_core.errors import ConfigError, Invalid
from renda_core.store import ring as rings
from renda_core.store.ring import FIRST, Key, Ring
from renda_core.store.suites import AES, SUITES, Cipher, Suite

log = logging.getLogger("renda.keys")
FORM = b"\x01"
"""First byte of a box under the first key and AES-256-GCM; any other has its suite's form, then its key's number."""
NUMBER, NONCE, HASH = 2, 12, 32
LOOK = 1.0
"""Seconds after which the file is looked at again, for a key that came or went."""


@attrs.frozen
class Mark:
    """Under which key and suite something was made."""

    key: int
    suite: str

    @property
    def head(self) -> bytes:
        """How what was made under it begins."""
        return b"" if self == OLDEST else SUITES[self.suite].form + self.key.to_bytes(NUMBER, "big")


OLDEST = Mark(FIRST, AES)
"""The first key with AES-256-GCM, whose boxes begin with ``FORM`` and whose hashes bear no mark."""
_FORMS = {suite.form: suite.name for suite in SUITES.values()}


def mark_of(box: bytes | memoryview) -> Mark | None:
    """Say under which key and suite a box was sealed; None where it is no box."""
    form = bytes(box[:1])
    if form == FORM:
        return OLDEST
    name, number = _FORMS.get(form), bytes(box[1 : 1 + NUMBER])
    return Mark(int.from_bytes(number, "big"), name) if name and len(number) == NUMBER else None


def mark_of_hash(keyed: bytes) -> Mark | None:
    """Say under which key and suite a keyed hash was made; None where it is none."""
    if len(keyed) == HASH:
        return OLDEST
    return mark_of(keyed) if len(keyed) == HASH + 1 + NUMBER else None


class Keys:
    """Seals and opens personal data of many tenants, each under keys derived for it alone."""

    def __init__(
        self, master: bytes | Ring, *, path: Path | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        """Hold the keys.

        Args:
            master: One key, or several by their numbers.
            path: The file they came from, which is looked at again while they are used.
        """
        self._ring: Ring = {FIRST: Key(id=FIRST, secret=master)} if isinstance(master, bytes) else dict(master)
        self._path, self._clock = path, clock
        self._looked, self._stamp = time.monotonic(), _stamp(path)
        self._suites: dict[str, str] = {}
        self._ciphers: dict[tuple[str, Mark], Cipher] = {}
        self._hashers: dict[tuple[str, str, Mark], bytes] = {}

    def __repr__(self) -> str:
        return "Keys(…)"

    @classmethod
    def read(cls, path: Path) -> Keys:
        """Read the key file; it is looked at again while the keys are used.

        Raises:
            ConfigError: It is missing, of the wrong size, or readable by others.
        """
        return cls(rings.read(path), path=path)

    @classmethod
    def make(cls, path: Path) -> Keys:
        """Make a key file that only its owner reads; an existing one is never overwritten."""
        rings.make(path)
        return cls.read(path)

    @property
    def ring(self) -> Ring:
        """The keys, by their numbers."""
        self._look()
        return self._ring

    def now(self) -> float:
        """Tell the moment that keys' own moments are compared with, in seconds since 1970."""
        return self._clock()

    @property
    def several(self) -> bool:
        """Tell whether there is more than one key, so that a hash may be another one's."""
        return len(self._ring) > 1

    def use(self, tenant: str, suite: str) -> None:
        """Learn with which suite a tenant's data are to be sealed from now on."""
        if suite not in SUITES:
            raise ConfigError("no such suite", f"{suite}; there are: {', '.join(SUITES)}")
        self._suites[tenant] = suite

    def suite_of(self, tenant: str) -> str:
        """Say with which suite a tenant's data are sealed."""
        return self._suites.get(tenant, AES)

    def mark(self, tenant: str) -> Mark:
        """Say under which key and suite a tenant's data are sealed now: the newest key whose moment has come."""
        self._look()
        ring = self._ring
        if len(ring) == 1:
            return Mark(next(iter(ring)), self.suite_of(tenant))
        now = self._clock()
        due = [id for id, key in ring.items() if key.since <= now]
        return Mark(max(due, default=min(ring)), self.suite_of(tenant))

    def _look(self, *, at_once: bool = False) -> None:
        """Read the file again where it changed; one that cannot be read leaves the keys as they are."""
        if self._path is None or (not at_once and time.monotonic() - self._looked < LOOK):
            return
        self._looked = time.monotonic()
        if (stamp := _stamp(self._path)) == self._stamp or stamp is None:
            return
        try:
            self._ring, self._stamp = rings.read(self._path), stamp
        except ConfigError as error:  # what is sealed and opened meanwhile must not wait for whoever mends it
            log.error("the keys stay as they are: %s", error)
            self._stamp = stamp

    def _secret(self, id: int) -> bytes:
        if id not in self._ring:
            self._look(at_once=True)
        if id not in self._ring:
            raise Invalid(f"sealed under key {id}, which is not here; restore it from where retired keys are kept")
        return self._ring[id].secret

    def _cipher(self, tenant: str, mark: Mark) -> Cipher:
        if (found := self._ciphers.get((tenant, mark))) is None:
            suite = SUITES[mark.suite]
            secret = suite.derive(self._secret(mark.key), f"seal:{tenant}", suite.size)
            found = self._ciphers[tenant, mark] = suite.cipher(secret)
        return found

    def index(self, text: str, *, tenant: str, field: str, mark: Mark | None = None) -> bytes:
        """Hash a text under a key of its own, so that equal texts are found and none can be guessed without it.

        Args:
            mark: Under which key and suite; by default what the tenant's data are sealed under now.
        """
        mark = mark or self.mark(tenant)
        suite: Suite = SUITES[mark.suite]
        if (keyed := self._hashers.get((tenant, field, mark))) is None:
            secret = suite.derive(self._secret(mark.key), f"index:{tenant}:{field}", HASH)
            keyed = self._hashers[tenant, field, mark] = secret
        return mark.head + suite.keyed(keyed, text.encode())

    def every(self, text: str, *, tenant: str, field: str) -> Iterator[bytes]:
        """Give the hashes of a text under every key and suite, the newest first: one is not yet made anew, perhaps."""
        for id in sorted(self.ring, reverse=True):
            for suite in SUITES:
                yield self.index(text, tenant=tenant, field=field, mark=Mark(id, suite))

    def signers(self, tenant: str) -> tuple[Ed25519PrivateKey, ...]:
        """Give what signs for a tenant: one from each key, the newest first, so that who knows one knows the next."""
        self._look()
        derive = SUITES[AES].derive
        secrets_ = (derive(self._secret(id), f"witness:{tenant}", HASH) for id in sorted(self._ring, reverse=True))
        return tuple(map(Ed25519PrivateKey.from_private_bytes, secrets_))

    def seal(self, text: str, *, tenant: str, field: str) -> Sealed:
        """Seal a text for one field of one tenant; its last four characters stay shown, if it is longer than eight."""
        raw = self.seal_bytes(text.encode(), tenant=tenant, field=field)
        return Sealed.of(raw, text[-SHOWN:] if len(text) > 2 * SHOWN else "")

    def seal_bytes(self, raw: bytes | memoryview, *, tenant: str, field: str) -> bytes:
        """Seal bytes for one field of one tenant; nothing of them stays shown."""
        mark, nonce = self.mark(tenant), secrets.token_bytes(NONCE)
        head = mark.head or FORM
        return head + nonce + self._cipher(tenant, mark).encrypt(nonce, raw, head + field.encode())

    def open_bytes(self, box: bytes, *, tenant: str, field: str) -> bytes:
        """Open sealed bytes, under whichever key and suite they were sealed.

        Raises:
            Invalid: They were moved from another field or tenant, or changed, or their key is not here.
        """
        held, mark = memoryview(box), mark_of(box)  # a file may be large: no part of it is copied on the way
        try:
            if mark is None:
                raise InvalidTag
            at = len(mark.head or FORM)
            nonce, rest = bytes(held[at : at + NONCE]), held[at + NONCE :]
            return self._cipher(tenant, mark).decrypt(nonce, rest, bytes(held[:at]) + field.encode())
        except (InvalidTag, ValueError):  # a box cut short has not even a nonce
            told = "does not open: it was changed, moved, or sealed under another key"
            raise Invalid(f"{field.partition(':')[0]} {told}") from None

    def open(self, sealed: Sealed, *, tenant: str, field: str) -> str:
        """Open a sealed text.

        Raises:
            Invalid: It was erased, moved from another field or tenant, or changed, or its key is not here.
        """
        if sealed.erased:
            raise Invalid(f"{field} was erased")
        return self.open_bytes(sealed.raw(), tenant=tenant, field=field).decode()


def _stamp(path: Path | None) -> tuple[int, int, int] | None:
    """Tell one state of a file from another; None where it cannot be looked at just now."""
    if path is None:
        return None
    try:
        seen = path.stat()
    except OSError:  # it is being replaced, or gone: what was read before stays in use
        return None
    return seen.st_mtime_ns, seen.st_size, seen.st_ino
