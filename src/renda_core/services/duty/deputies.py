"""Whoever ever held a mandate, by whatever a register calls them: a name, a certificate number, an id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from renda_core.domain.identity import match_key
from renda_core.errors import Invalid, NotFound
from renda_core.store.duty_lists import DEPUTIES, DeputyRow
from renda_core.store.unit import Reader


class Deputies:
    """Everybody who ever held a mandate, so that what was done in an earlier term finds who did it."""

    def __init__(self, rows: Iterable[DeputyRow]) -> None:
        self._of: dict[str, list[DeputyRow]] = {}
        self._called: dict[str, list[DeputyRow]] = {}
        for row in rows:
            self._of.setdefault(row.person, []).append(row)
            for called in {match_key(row.name), match_key(row.certificate)} - {""}:
                self._called.setdefault(called, []).append(row)

    @classmethod
    async def load(cls, reader: Reader) -> Deputies:
        """Load them, with one question."""
        return cls(await reader.all(DEPUTIES))

    def means(self, called: str, person: str) -> bool:
        """Tell whether a person may be meant, alone or among others who are called so."""
        return called == person or any(row.person == person for row in self._called.get(match_key(called), ()))

    def find(self, called: str, on: dt.date, certificate: str = "", congress: str = "") -> str:
        """Find who is called so on a day: those in office on it come before others, those of *congress* before all.

        Raises:
            NotFound: Nobody who ever held a mandate is called so, or has that certificate number too.
            Invalid: Several are.
        """
        found = self._of.get(called) or self._called.get(match_key(called), [])
        if not found:
            raise NotFound(f"no deputy is called {called!r}")
        if certificate:
            found = [row for row in found if match_key(row.certificate) == match_key(certificate)]
            if not found:
                raise NotFound(f"{called} has no certificate {certificate}")
        found = [row for row in found if _holds(row, on)] or found
        found = [row for row in found if row.congress == congress] or found
        people = {row.person for row in found}
        if len(people) > 1:
            raise Invalid(f"{len(people)} deputies are called {called!r}")
        return people.pop()

    def written(self, person: str, on: dt.date, congress: str = "") -> tuple[str, str]:
        """Give what leads back to a person on a day: a name and a certificate number, or the id and none."""
        for row in sorted(self._of.get(person, ()), key=lambda row: (_holds(row, on), row.congress == congress))[::-1]:
            try:
                found = self.find(row.name, on, row.certificate, congress)
            except Invalid:
                continue
            if found == person:
                return row.name, row.certificate
        return person, ""


def _holds(row: DeputyRow, on: dt.date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or row.valid_to > on)
