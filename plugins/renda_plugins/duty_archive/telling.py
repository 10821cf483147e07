"""Which figures of groups are told: of none under so many people, and of none that follows from those that are told."""

import datetime as dt
from collections.abc import Collection, Mapping

from renda_core.domain.protecting import TOTAL, Rating, protect

_DAY, _LATER = dt.date(2000, 1, 1), dt.date(2001, 1, 1)
"""Any day, and one after its year: everybody of a page is looked at at once."""
_OF = "group"


def told_groups(groups: Mapping[str, Collection[str]], everybody: Collection[str], least: int) -> frozenset[str]:
    """Choose the groups that may be told of beside the total, however they overlap; with ``TOTAL`` where that may be.

    Nothing about fewer than *least* people follows from what is told by adding and subtracting.

    Args:
        groups: People by group; all of them are among *everybody*.
    """
    of: dict[str, tuple[str, ...]] = dict.fromkeys(sorted(everybody), ())
    for name, people in groups.items():
        for person in people:
            of[person] = (*of[person], name)
    rows = [Rating(on=_DAY, grade="", of={_OF: names}) for names in of.values()]
    return frozenset(
        cell.value if cell.dimension else TOTAL
        for cell in protect(rows, least, _LATER, grades=(), dimensions=(_OF,))
        if not cell.quarter
    )


def told_months(months: Mapping[str, int], least: int) -> frozenset[str]:
    """Choose the months that may be told of beside the total of all, by how many people each is about.

    A month about too few is not told; another goes with it, so that what is left of the total is about enough.
    """
    small = {month for month, n in months.items() if n < least}
    if not small:
        return frozenset(months)
    others = sorted((n, month) for month, n in months.items() if month not in small)
    return frozenset(months) - small - {month for _, month in others[:1]}
