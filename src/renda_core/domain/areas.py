"""Dated rows, divisions and what is laid out on them; what stands above what is stated, never read from a code."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, TypeVar, get_args

import attrs

from renda_core.errors import Invalid

Level = Literal["nation", "province", "city", "county", "township"]
"""Levels of congress, highest first; county covers counties, urban districts and cities without districts."""

LEVELS: tuple[Level, ...] = get_args(Level)
LEVEL_TITLES: Mapping[Level, str] = {
    "nation": "全国",
    "province": "省级",
    "city": "市级",
    "county": "县级",
    "township": "乡级",
}
"""What people call the levels."""

# [0-9] and not \d: full-width and other digits are typing mistakes in a code.
_CODE = re.compile(r"[0-9]{6}(?:[0-9]{3}(?:[0-9]{3})?)?")

_Row = TypeVar("_Row")


@attrs.frozen(kw_only=True)
class Dated:
    """What holds from one date until another.

    Attributes:
        valid_from: The first day on which it holds.
        valid_to: The first day on which it no longer holds; None while no end is known.

    Raises:
        Invalid: It would end before it begins.
    """

    valid_from: dt.date
    valid_to: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise Invalid(f"ends {self.valid_to} before it begins {self.valid_from}")

    def holds(self, on: dt.date) -> bool:
        """Tell whether it holds on a date, its first day included and its *valid_to* excluded."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@attrs.frozen(kw_only=True)
class Row(Dated):
    """A dated row with an id; a later version of the same thing keeps the id and has other dates."""

    id: str


def is_area_code(text: str) -> bool:
    """Tell whether a text has the shape of a division code: 6 digits to the county, 9 township, 12 village."""
    return _CODE.fullmatch(text) is not None


@attrs.frozen(kw_only=True)
class AreaCode(Dated):
    """A division code (行政区划代码) while it is in force.

    Attributes:
        code: 6, 9 or 12 digits.
        parent: The code of the division above, stated. A county run by its province, or a city without
            counties, has a code whose first digits name a division that is not above it.

    Raises:
        Invalid: The code has another shape, or is its own parent.
    """

    code: str
    name: str
    parent: str | None = None

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        for code in (self.code, self.parent):
            if code is not None and not is_area_code(code):
                raise Invalid(f"{code} is not a division code of 6, 9 or 12 digits", code=code)
        if self.code == self.parent:
            raise Invalid(f"{self.code} is its own parent", code=self.code)


def climb(start: str, find: Callable[[str], _Row], parent: Callable[[_Row], str | None]) -> tuple[_Row, ...]:
    """Follow explicit parents from *start* up to the root, *start* first.

    Raises:
        Invalid: The parents run in a circle.
    """
    seen: dict[str, _Row] = {}
    here: str | None = start
    while here is not None:
        if here in seen:
            raise Invalid(f"parents run in a circle: {' → '.join((*seen, here))}", circle=tuple(seen))
        seen[here] = find(here)
        here = parent(seen[here])
    return tuple(seen.values())


def areas_above(code: str, areas: Iterable[AreaCode], on: dt.date) -> tuple[AreaCode, ...]:
    """List a division and those above it as they stood on a date, lowest first.

    Raises:
        Invalid: A code is not in force on that date, or the parents run in a circle.
    """
    known = {area.code: area for area in areas if area.holds(on)}

    def find(code: str) -> AreaCode:
        if code not in known:
            raise Invalid(f"division {code} is not in force on {on}", code=code)
        return known[code]

    return climb(code, find, lambda area: area.parent)


@attrs.frozen(kw_only=True)
class Congress(Row):
    """A people's congress (人民代表大会) of one level.

    Attributes:
        area: Its division code.
        parent: Id of the congress above, stated; None for the highest that this roster knows.
        has_districts: A city divided into districts (设区的市), where other thresholds hold.
        population: For the number of seats; None if not known.
    """

    level: Level
    name: str
    area: str
    parent: str | None = None
    has_districts: bool = False
    population: int | None = None


@attrs.frozen(kw_only=True)
class Term(Row):
    """A term (届) of a congress; office runs from its first session to the first session of the next.

    Attributes:
        first_session_on: None until the first session is called.
        ends_on: The day the next term opens, once known.

    Source:
        代表法 2, 组织法 38.
    """

    congress: str
    number: int
    first_session_on: dt.date | None = None
    ends_on: dt.date | None = None

    def runs(self, on: dt.date) -> bool:
        """Tell whether the term has opened and the next has not."""
        opened = self.first_session_on is not None and self.first_session_on <= on
        return opened and (self.ends_on is None or on < self.ends_on)


@attrs.frozen(kw_only=True)
class Session(Row):
    """A numbered session (次会议) of a term; *closes_on* is its last day."""

    term: str
    number: int
    opens_on: dt.date
    closes_on: dt.date | None = None


@attrs.frozen(kw_only=True)
class District(Row):
    """An electoral district (选区) of a term, with as many seats as the law allows it, which a check watches."""

    congress: str
    term: str
    name: str
    seats: int


@attrs.frozen(kw_only=True)
class Delegation(Row):
    """A sitting unit in session (代表团); optional in townships (代表法 14)."""

    congress: str
    term: str
    name: str


@attrs.frozen(kw_only=True)
class Station(Row):
    """A deputies' home (代表之家), a liaison station (代表联络站) or a contact point (联系点).

    Attributes:
        township: A division code, or the name where the roster has no code.
    """

    kind: Literal["home", "station", "point"]
    name: str
    code: str = ""
    township: str = ""
    address: str = ""
    manager: str | None = None


@attrs.frozen(kw_only=True)
class Voter(Row):
    """A registered voter of a district; a known person only where one is recorded."""

    district: str
    registered_on: dt.date
    person: str | None = None
