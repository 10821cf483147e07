"""People who may be one: the same name with another birth date, or the same birth date with a name much alike.

They are proposed to whoever imports, and never merged. Two who both have an ID number are compared only where name and
birth date are the same: the numbers tell them apart, unless one of them is mistyped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from renda_core.store.importing import Known
from renda_core.store.spelling import readings

SAME_NAME = "the same name with another birth date"
SAME_BOTH = "the same name and birth date with another ID number"
SAME_DAY = "the same birth date and a name much alike"
_APART = str.maketrans("", "", "· ")


class Alike:
    """Some people by what they could be mistaken under."""

    def __init__(self, *, numbered: bool) -> None:
        """Begin with nobody.

        Args:
            numbered: Whether everyone who will be compared has an ID number, so that only those without count.
        """
        self._all_numbered = numbered
        self._names: dict[str, list[Known]] = {}
        self._days: dict[tuple[bool, object], Known] = {}

    def add(self, person: Known) -> None:
        """Take in somebody to be compared with."""
        self._names.setdefault(person.match_key, []).append(person)
        if person.born_on is not None and not (self._all_numbered and person.numbered):
            for form in _forms(person):
                self._days.setdefault((person.numbered, form), person)

    def to(self, person: Known) -> tuple[Known, str] | None:
        """Name somebody who may be the same person, and why; the surest first."""
        for other in self._names.get(person.match_key, ()):
            both = person.numbered and other.numbered
            if other.born_on == person.born_on and both:
                return other, SAME_BOTH
            if other.born_on != person.born_on and not both:
                return other, SAME_NAME
        if person.born_on is None or (person.numbered and self._all_numbered and not self._days):
            return None
        for numbered in (False, True)[: 1 if person.numbered else 2]:
            for form in _forms(person):
                if found := self._days.get((numbered, form)):
                    return found, SAME_DAY
        return None


def _forms(person: Known) -> Iterator[tuple[dt.date | None, str, str]]:
    """Give the forms under which names much alike meet: dots and spaces left out, one sign open, or as it sounds."""
    name = person.match_key.translate(_APART)
    yield person.born_on, name, ""
    if len(name) > 1:
        yield person.born_on, "", " ".join((readings(sign) or (sign,))[0] for sign in name)
        for i in range(len(name)):
            yield person.born_on, name[:i], f"{i} {name[i + 1 :]}"
