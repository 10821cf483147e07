"""Checks of the roster (pure: a roster on a date, findings): what the law forbids, and what somebody should look at."""

import datetime as dt
from collections.abc import Iterator
from itertools import combinations

from renda_core.domain.mandates import Finding
from renda_core.domain.roster import Roster


def refuse_unrelated(roster: Roster, person: str, congress: str, on: dt.date) -> tuple[str, ...]:
    """Object to one more mandate beside those a person has, if neither area is under the other (选举法 48)."""
    return tuple(
        f"already a deputy of {roster.congress(held.congress, on).name}, which is unrelated to "
        f"{roster.congress(congress, on).name} (选举法 48)"
        for held in roster.mandates_of(person, on)
        if not roster.related(held.congress, congress, on)
    )


def find_unrelated(roster: Roster, on: dt.date) -> Iterator[Finding]:
    """Find persons with mandates in unrelated areas (选举法 48); nested ones along one chain are fine."""
    for person in dict.fromkeys(row.person for row in roster.mandates):
        for one, other in combinations(roster.mandates_of(person, on), 2):
            if not roster.related(one.congress, other.congress, on):
                said = f"deputy of {one.congress} and of {other.congress}, neither under the other"
                ids = (person, one.id, other.id)
                yield Finding(code="unrelated_areas", severity="refuse", message=said, subjects=ids, source="选举法 48")


def find_without_group(roster: Roster, on: dt.date) -> Iterator[Finding]:
    """Find deputies in office who belong to no deputy group."""
    grouped = frozenset[str]().union(*roster.deputies_in("group", on).values())
    for person in dict.fromkeys(row.person for row in roster.mandates if roster.in_office(row, on)):
        if person not in grouped:
            said, law = "in no deputy group", "代表法 26, 27"
            yield Finding(code="without_group", severity="warn", message=said, subjects=(person,), source=law)


def find_small_groups(roster: Roster, on: dt.date) -> Iterator[Finding]:
    """Find groups of fewer than three deputies: three or more of a place or workplace may form one (组织法 43)."""
    inside = roster.deputies_in("group", on)
    for group in roster.groups:
        if group.holds(on) and (size := len(inside.get(group.id, ()))) < 3:
            said = f"{group.name} has {size} deputies, fewer than 3"
            yield Finding(code="small_group", severity="warn", message=said, subjects=(group.id,), source="组织法 43")


def find_district_seats(roster: Roster, on: dt.date) -> Iterator[Finding]:
    """Find districts that do not elect one to three deputies (选举法 25)."""
    for district in roster.districts:
        if district.holds(on) and not 1 <= district.seats <= 3:
            said, ids = f"{district.name} has {district.seats} seats, not 1 to 3", (district.id,)
            yield Finding(code="district_seats", severity="refuse", message=said, subjects=ids, source="选举法 25")


def find_levels(roster: Roster, on: dt.date) -> Iterator[Finding]:
    """Find mandates that name another level than their congress: the level decides which body acts."""
    for row in roster.mandates:
        if row.holds(on) and row.level != (level := roster.congress(row.congress, on).level):
            said = f"a mandate of {row.level} level in a congress of {level} level"
            yield Finding(code="level", severity="refuse", message=said, subjects=(row.id, row.congress))


def find_all(roster: Roster, on: dt.date) -> Iterator[Finding]:
    """Run every check of this module on a date."""
    for check in (find_unrelated, find_without_group, find_small_groups, find_district_seats, find_levels):
        yield from check(roster, on)
