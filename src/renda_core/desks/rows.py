"""The rows in which a desk answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import attrs

from renda_core.domain.calendar import Day
from renda_core.domain.duty import Exposure, Record, Score


@attrs.frozen(kw_only=True)
class SessionDay:
    """A session (会议) and the day on which it opens.

    Attributes:
        id: Stays the same when the session is put off.
        congress: Id of the congress that meets.
        title: As people write it, e.g. 某县第六届人民代表大会第三次会议.
        closes_on: Its last day; None where the roster does not say.
    """

    id: str
    congress: str
    title: str
    opens_on: dt.date
    closes_on: dt.date | None = None


@attrs.frozen(kw_only=True)
class UnitCount:
    """How many shares (承办) of this round one unit has, of cases that stand alike.

    Attributes:
        role: As sole, lead, joint or separate; *share* is where the unit's own part stands.
        year: In which the cases were opened.
        main: The cases' main state.
        of: The state of the facet asked for; or ``in_time``, ``late``, ``open``, ``overdue`` of the clock asked for.
    """

    unit: str
    role: str
    share: str
    year: int
    main: str
    of: str
    n: int


@attrs.frozen(kw_only=True)
class CongressOn:
    """A congress (人大) as it stands on a day; *area* is its division code."""

    id: str
    level: str
    name: str
    area: str
    parent: str | None


@attrs.frozen(kw_only=True)
class DeputyOn:
    """One mandate in force and who holds it; someone with several mandates stands in several rows.

    Attributes:
        district: The name of the electoral district (选区); empty where the mandate names none.
    """

    person: str
    name: str
    mandate: str
    congress: str
    district: str = ""


@attrs.frozen(kw_only=True)
class GroupOn:
    """A deputy group (代表小组) with the persons in it whose mandates are in force; it may be empty."""

    id: str
    name: str
    congress: str
    deputies: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class StationOn:
    """A deputies' home or liaison station that is open on a day.

    Attributes:
        kind: ``home`` (代表之家), ``station`` (代表联络站) or ``point`` (联系点).
        township: Division code of the township; *position* is ``"latitude,longitude"`` or empty.
        offers: What it offers beside receptions, e.g. 调解, 法律咨询, 网格.
        deputies: Ids of the persons in office who are bound to it.
    """

    id: str
    kind: str
    name: str
    code: str
    congress: str
    township: str = ""
    address: str = ""
    manager: str = ""
    liaison: str = ""
    position: str = ""
    offers: tuple[str, ...] = ()
    deputies: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class StationsOver:
    """Some days, from the first to the last, in which no station opens or closes and nobody is bound or unbound."""

    since: dt.date
    until: dt.date
    stations: tuple[StationOn, ...]


@attrs.frozen(kw_only=True)
class GroupsOver:
    """Some days, from the first to the last, in which no group begins or ends and nobody joins or leaves one."""

    since: dt.date
    until: dt.date
    groups: tuple[GroupOn, ...]


@attrs.frozen(kw_only=True)
class SetDay:
    """A day with the rule that sets it; *title* is what calendars call the rule."""

    rule: str
    title: str
    day: Day


@attrs.frozen(kw_only=True)
class PersonScore:
    """The points of one deputy under a rule, in one congress, and what they must be read beside.

    Attributes:
        mandate: The last one held there in the period.
        band: Code of the grade; *band_title* what people call it; both empty where none is reached.
        result: The year's result as it was recorded; None where there is none.
    """

    person: str
    name: str
    mandate: str
    congress: str
    score: Score
    exposure: Exposure
    band: str = ""
    band_title: str = ""
    poor: bool = False
    result: Record | None = None


@attrs.frozen(kw_only=True)
class DutyCount:
    """What is counted of one deputy's records of a kind in a period, in one congress or, without any, in all.

    Attributes:
        n: Records that count; *quantity* their units; *facts* the sums of their facts.
    """

    person: str
    kind: str
    n: int
    quantity: int
    facts: Mapping[str, int]
