"""Who holds a mandate, by whatever a file calls them; and what stations are told to have, as it is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from renda_core.domain.identity import match_key
from renda_core.errors import Invalid, NotFound
from renda_core.store.bodies import HOLDERS, HolderRow
from renda_core.store.unit import Reader

BOUND = "station"
"""The kind of the roster's links that bind a deputy to a station."""
SPLITS = frozenset("、，,;；\r\n")
"""Signs at which a file's list of names is cut apart; a name that has one goes by its number or id."""


class Holders:
    """Everybody who holds a mandate on a day, suspended or waiting for confirmation too."""

    def __init__(self, rows: Iterable[HolderRow]) -> None:
        self._names: dict[str, str] = {}
        self._certificates: dict[str, str] = {}
        self._called: dict[str, set[str]] = {}
        for row in rows:
            self._names[row.id] = row.name
            self._called.setdefault(row.id, set()).add(row.id)
            self._called.setdefault(row.match_key, set()).add(row.id)
            if row.certificate:
                self._certificates.setdefault(row.id, row.certificate)
                self._called.setdefault(row.certificate, set()).add(row.id)

    @classmethod
    async def load(cls, reader: Reader, on: dt.date) -> Holders:
        """Load them, with one question."""
        return cls(await reader.all(HOLDERS, on=on))

    def __contains__(self, person: str) -> bool:
        return person in self._names

    def find(self, called: str) -> str:
        """Find somebody by name, certificate number or id.

        Raises:
            NotFound: Nobody of that name holds a mandate.
            Invalid: Several do.
        """
        found = self._called.get(called.strip()) or self._called.get(match_key(called), set())
        if not found:
            raise NotFound(f"nobody called {called!r} holds a mandate")
        if len(found) > 1:
            raise Invalid(f"{len(found)} deputies are called {called!r}")
        return next(iter(found))

    def written(self, person: str) -> str:
        """Give what leads back to a person: the name if only one bears it, else the certificate number, else the id."""
        name, number = self._names[person], self._certificates.get(person, "")
        for called, key in ((name, match_key(name)), (number, number)):
            if called and not SPLITS & set(called) and self._called.get(key) == {person}:
                return called
        return person


def listed(text: str) -> tuple[str, ...]:
    """Read what a station offers, as it is stored: one thing after the other, with 、 between."""
    return tuple(filter(None, text.split("、")))
