"""What plugins may offer: frozen records, stamped with their plugin's name when collected."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol

import attrs

from renda_core.domain.ballot import Rule
from renda_core.domain.case import Act, Case
from renda_core.domain.duty import Record, ScoreRule
from renda_core.domain.names import names
from renda_core.domain.procedure import (
    ClockRule,
    Context,
    Effect,
    Facet,
    Follow,
    Gate,
    Guard,
    Join,
    Kind,
    Party,
    Role,
    Step,
    Veil,
    when,
)

CaseRecord = Role | Kind | Party | Facet | Step | ClockRule | Effect | Gate | Guard | Join | Follow | Veil


class Desk(Protocol):
    """What a page or a watch may ask of the store; one tenant's answers, never SQL."""

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


@attrs.frozen(kw_only=True)
class BallotKind:
    """A sort of vote. *outcomes* maps a finding's verdict to the step its subject's case takes."""

    name: str
    rule: Callable[[Context[Any]], Rule]
    outcomes: Mapping[str, str] = attrs.Factory(dict)
    plugin: str = ""


@attrs.frozen(kw_only=True)
class Found:
    """What a watch found; *key* names the matter, so that it is opened once and not every night."""

    key: str
    title: str
    body: object = None
    parties: Mapping[str, tuple[str, ...]] = attrs.Factory(dict)
    links: Mapping[str, tuple[str, ...]] = attrs.Factory(dict)


@attrs.frozen(kw_only=True)
class Watch:
    """A condition looked for every night, as ``watch``; each finding opens a case for people."""

    name: str
    kind: str
    find: Callable[[Context[Any], Desk], Awaitable[Iterable[Found]]]
    plugin: str = ""


@attrs.frozen(kw_only=True)
class RecordRule:
    """Duty records that follow from a step, so that nobody types them again.

    A rule on a kind or step that an installed but disabled plugin offers sleeps quietly.
    """

    name: str
    kind: str
    step: str
    make: Callable[[Context[Any], Case, Act], Iterable[Record]]
    plugin: str = ""


@attrs.frozen(kw_only=True)
class Veto:
    """A reason why a score's title is withheld; it changes no points and no mandate."""

    name: str
    why: Callable[[Context[Any], tuple[Record, ...]], str]
    plugin: str = ""


@attrs.frozen(kw_only=True)
class Page:
    """A read-only page; *shows* is the attrs class that *view* returns, for the API's schema."""

    name: str
    title: str
    shows: type
    view: Callable[[Context[Any], Desk], Awaitable[object]]
    who: frozenset[str] = attrs.field(default=frozenset({"office"}), converter=names)
    plugin: str = ""


__all__ = [
    "BallotKind",
    "CaseRecord",
    "ClockRule",
    "Context",
    "Desk",
    "Effect",
    "Facet",
    "Follow",
    "Found",
    "Gate",
    "Guard",
    "Join",
    "Kind",
    "Page",
    "Party",
    "RecordRule",
    "Role",
    "ScoreRule",
    "Step",
    "Veil",
    "Veto",
    "Watch",
    "when",
]
