"""What pages, watches and rules of days may ask: of one unit, of one deputy, of all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Protocol

from renda_core.desks.rows import (
    CongressOn,
    DeputyOn,
    DutyCount,
    GroupOn,
    GroupsOver,
    PersonScore,
    SessionDay,
    SetDay,
    StationOn,
    StationsOver,
    UnitCount,
)
from renda_core.domain.areas import Term
from renda_core.domain.ballot import Finding
from renda_core.domain.case import Case
from renda_core.domain.duty import Exposure, Record, RecordKind
from renda_core.domain.mandates import Mandate
from renda_core.domain.visibility import Seen


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
