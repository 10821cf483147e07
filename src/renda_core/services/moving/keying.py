"""Which keys open what is sealed in an archive, said without telling anything of the keys."""

from __future__ import annotations

from renda_core.errors import ConfigError
from renda_core.store.keys import Keys, Mark
from renda_core.store.suites import AES

FIELD = "archive"
"""The field for which a key's mark is made: of nothing that anybody keeps."""
SHOWN = 8
"""Bytes of a mark: enough to tell keys apart."""


def marks(keys: Keys, tenant: str) -> tuple[str, ...]:
    """Give ``number:mark`` of each key: equal for equal keys of one tenant, and of no use to whoever lacks the key."""
    return tuple(f"{id}:{_mark(keys, tenant, id)}" for id in sorted(keys.ring))


def _mark(keys: Keys, tenant: str, id: int) -> str:
    return keys.index("", tenant=tenant, field=FIELD, mark=Mark(id, AES))[-SHOWN:].hex()


def refuse_other_keys(keys: Keys, tenant: str, wanted: tuple[str, ...]) -> None:
    """Refuse an archive whose sealed data would not open here.

    Raises:
        ConfigError: Naming the keys that are missing, or are others here.
    """
    held = set(marks(keys, tenant))
    if lost := [told.partition(":")[0] for told in wanted if told not in held]:
        told = (
            f"it is sealed under key {', '.join(lost)} of the place it comes from, which is not here under this number"
        )
        raise ConfigError("the phone and ID numbers in it would not open here", told)
