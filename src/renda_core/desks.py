"""What pages, watches and rules of days may ask of the store, and the rows in which it answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Protocol

import attrs

from renda_core.domain.areas import Term
from renda_core.domain.ballot import Finding
from renda_core.domain.calendar import Day
from renda_core.domain.case import Case
from renda_core.domain.duty import Exposure, Record, RecordKind, Score
from renda_core.domain.mandates import Mandate
from renda_core.domain.visibility import Seen


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


class UnitDesk(Protocol):
    """What a page of one unit's own may ask: every answer is of that unit alone, and as its people may see it."""

    async def unit_counts(self, kind: str, facet: str) -> tuple[UnitCount, ...]:
        """Count, by unit, the cases of its present shares by state of a facet."""

    async def unit_deadlines(self, kind: str, clock: str) -> tuple[UnitCount, ...]:
        """Count, by unit, how a clock of the case, or the unit's own, ended or runs."""

    async def verdicts(self, ballot: str) -> tuple[Finding, ...]:
        """List the verdicts of a sort of vote, oldest first; a round without its verdict tells nothing."""

    async def seen(self, kind: str, facet: str, state: str) -> tuple[Seen, ...]:
        """Show, oldest first, the cases that stand in a state, as the reader sees them; what is veiled is not there."""

    async def names(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Name people, units, stations and congresses by id; an id that is none of them is left out."""


class PersonDesk(Protocol):
    """What a page about one deputy may ask: every answer is of that person alone.

    Attributes:
        person: Id of the person; *own* whether it is the reader.
    """

    person: str
    own: bool

    async def records(self, first: dt.date, last: dt.date, *, congress: str = "") -> tuple[Record, ...]:
        """List the person's records between two days, in every state, oldest first; of one congress, or of all."""

    async def mandates(self) -> tuple[Mandate, ...]:
        """List every mandate that the person ever held, oldest first."""

    async def terms(self) -> tuple[Term, ...]:
        """List the terms (届) of these mandates, each once, by first day."""

    async def record_kinds(self) -> Mapping[str, RecordKind]:
        """Give the kinds of records that enabled practices offer, by name."""

    async def score(self, rule: str, first: dt.date, last: dt.date, *, congress: str = "") -> PersonScore:
        """Score the person's records of a period under a rule, explained, with vetoes.

        Raises:
            NotFound: No enabled practice offers the rule, or the person held no mandate there in the period.
            Invalid: They held several, and no congress is named.
        """

    async def exposure(self, first: dt.date, last: dt.date, *, congress: str = "") -> Exposure:
        """Tell how long the person was in office in a period, and which opportunities were offered."""

    async def names(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Name people, units, stations, congresses and districts by id; an id that is none of them is left out."""


class Desk(UnitDesk, Protocol):
    """What a page, a watch or a rule of days may ask of the store; one tenant's answers, never SQL."""

    async def facet_counts(self, kind: str, facet: str) -> Mapping[str, int]:
        """Count cases by state of a facet."""

    async def grade_counts(self, kind: str, step: str, *, round: int = 0) -> Mapping[str, int]:
        """Count acts by grade, of one round, or of all with 0."""

    async def last_grades(self, kind: str, step: str) -> Mapping[str, int]:
        """Count cases by the grade of their last act of *step*: the final round's."""

    async def cases(self, kind: str, step: str) -> tuple[Case, ...]:
        """Load the cases of a kind that ever took *step*."""

    async def records(self, *, person: str) -> tuple[Record, ...]:
        """List a person's duty records, oldest first."""

    async def record_kinds(self) -> Mapping[str, RecordKind]:
        """Give the kinds of records that enabled practices offer, by name."""

    async def records_between(
        self, first: dt.date, last: dt.date, *, kinds: Iterable[str] = (), congress: str = ""
    ) -> tuple[Record, ...]:
        """List everybody's records between two days, in every state, oldest first; private kinds to watches alone.

        Args:
            kinds: Of these kinds only; by default of all.
            congress: Only what counts in a mandate of this congress.
        """

    async def duty_counts(self, first: dt.date, last: dt.date, *, congress: str = "") -> tuple[DutyCount, ...]:
        """Count the records that count, by deputy and kind, in whole months that lie between two days."""

    async def scores(self, rule: str, first: dt.date, last: dt.date, *, congress: str) -> tuple[PersonScore, ...]:
        """Score everybody who held a mandate of a congress in a period, by name, without single entries.

        Raises:
            NotFound: No enabled practice offers the rule.
        """

    async def mandates_between(self, first: dt.date, last: dt.date, *, congress: str = "") -> tuple[Mandate, ...]:
        """List the mandates that were valid on any day between two, suspended and unconfirmed ones too."""

    async def sessions(self, first: dt.date, last: dt.date) -> tuple[SessionDay, ...]:
        """List the sessions of every congress that open between two days, both included, in order."""

    async def deputies(self, on: dt.date, *, congress: str = "") -> tuple[str, ...]:
        """Give the ids of those who hold a mandate in force (有效) on a day, of one congress or of any."""

    async def congresses(self, on: dt.date) -> tuple[CongressOn, ...]:
        """List the congresses that stand on a day, by name."""

    async def holders(self, on: dt.date, *, congress: str = "") -> tuple[DeputyOn, ...]:
        """List who holds a mandate in force (有效) on a day and where, one row a mandate, by name."""

    async def groups(self, on: dt.date) -> tuple[GroupOn, ...]:
        """List the deputy groups (代表小组) that stand on a day, by name, with their members in force."""

    async def groups_between(self, first: dt.date, last: dt.date) -> tuple[GroupsOver, ...]:
        """List, as :meth:`groups` does, who sits in which group between two days, in stretches without a gap."""

    async def stations(self, on: dt.date) -> tuple[StationOn, ...]:
        """List the homes and stations that are open on a day, by code and name, with the deputies bound to each."""

    async def stations_between(self, first: dt.date, last: dt.date) -> tuple[StationsOver, ...]:
        """List, as :meth:`stations` does, who and what is there between two days, in stretches without a gap."""

    async def tied(self, kind: str, on: dt.date) -> tuple[tuple[str, str], ...]:
        """List the roster's links of a kind that hold on a day, as (from, to), e.g. a deputy and a fixed voter."""

    async def opened(self, kind: str, first: dt.date, last: dt.date) -> tuple[Case, ...]:
        """Load the cases of a kind that were opened between two days, both included, whole, oldest first."""

    async def set_days(self, first: dt.date, last: dt.date) -> tuple[SetDay, ...]:
        """List the days that every enabled rule sets between two days, in order; a rule that fails is left out."""
