"""Hashes that one transaction looks up by: what an older key, or another suite, made of the same text is found too."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from typing import Any

from renda_core.store.keys import Keys

MOST = 10_000
"""Texts that one transaction remembers: more than any one piece of a long import asks for at once."""


class Keyed:
    """The texts that were hashed in one transaction, so that their older hashes can be asked for where need be."""

    def __init__(self, keys: Keys, tenant: str) -> None:
        self._keys, self._tenant = keys, tenant
        self._texts: dict[bytes, tuple[str, str]] = {}
        self._now: dict[bytes, bytes] = {}

    def key(self, text: str, field: str) -> bytes:
        """Hash a text under the present key, and remember what it stands for."""
        keyed = self._keys.index(text, tenant=self._tenant, field=field)
        self._texts[keyed] = text, field
        if len(self._texts) > MOST:
            del self._texts[next(iter(self._texts))]
        return keyed

    def now(self, stored: bytes) -> bytes:
        """Give the present hash for one that was found stored; one that nobody asked for stays what it is."""
        return self._now.get(stored, stored)

    def same(self, stored: bytes, text: str, field: str) -> bool:
        """Tell whether a stored hash is that of a text, under whichever key it was made."""
        made = self._keys.index(text, tenant=self._tenant, field=field)
        every = self._keys.every(text, tenant=self._tenant, field=field)
        return hmac.compare_digest(stored, made) or any(hmac.compare_digest(stored, other) for other in every)

    def olds(self, value: Any) -> list[bytes]:
        """Give the other hashes of what was hashed here; none of anything else."""
        found = self._texts.get(value) if isinstance(value, bytes) else None
        if found is None:
            return []
        olds = [other for other in self._keys.every(found[0], tenant=self._tenant, field=found[1]) if other != value]
        self._now.update(dict.fromkeys(olds, value))
        return olds

    def many(self, values: list[Any]) -> list[Any]:
        """Add to values their other hashes, where there are other keys."""
        return [*values, *(old for value in values for old in self.olds(value))] if self._keys.several else values

    def others(self, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Give a statement's values with each hash in its other forms, one key after another, and at last as they are.

        A row that is made anew between two questions goes from an old hash to the present one: asked for again under
        that, it is not missed.
        """
        olds = {name: found for name, value in values.items() if (found := self.olds(value))}
        for each in zip(*olds.values(), strict=True) if olds else ():
            yield {**values, **dict(zip(olds, each, strict=True))}
        if olds:
            yield dict(values)
