"""What plugins may offer: frozen records, stamped with their plugin's name when collected."""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import attrs

from renda_core.desks import (
    CongressOn,
    DeputyOn,
    Desk,
    DutyCount,
    GroupOn,
    GroupsOver,
    PersonDesk,
    PersonScore,
    SessionDay,
    SetDay,
    StationOn,
    StationsOver,
    UnitCount,
    UnitDesk,
)
from renda_core.domain.ballot import Finding, Rule
from renda_core.domain.calendar import Day
from renda_core.domain.case import Act, Case
from renda_core.domain.duty import Band, Item, Record, RecordKind, ScoreRule, Standing
from renda_core.domain.frozen import refuse_mutable
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
from renda_core.domain.visibility import Seen

CaseRecord = Role | Kind | Party | Facet | Step | ClockRule | Effect | Gate | Guard | Join | Follow | Veil


@attrs.frozen(kw_only=True)
class Opening:
    """What somebody wants to put to the vote, for a practice to look at before it is.

    Attributes:
        subjects: The cases to be voted on, in their order on the paper.
        method: The case that holds the adopted method (票决办法), where one was named.
        roll: How many people are on the roll.
    """

    subjects: tuple[Case, ...]
    places: int = 0
    costs: tuple[int, ...] = ()
    budget: int = 0
    method: Case | None = None
    congress: str = ""
    roll: int = 0
    electronic: bool = False


@attrs.frozen(kw_only=True)
class BallotKind:
    """A sort of vote. *outcomes* maps a finding's verdict to the step its subject's case takes.

    Attributes:
        title: What people call it, in Chinese.
        by_method: Instead of *rule*, where the congress adopts the method of each vote first: makes the rule from the
            adopted method, and refuses one that is not adopted.
        refuse: Gives the reasons why a vote on these subjects cannot be opened; none lets it be.
    """

    name: str
    rule: Callable[[Context[Any]], Rule]
    outcomes: Mapping[str, str] = attrs.Factory(dict)
    plugin: str = ""
    title: str = ""
    by_method: Callable[[Context[Any], Case], Rule] | None = None
    refuse: Callable[[Context[Any], Opening], Iterable[str]] | None = None


@attrs.frozen(kw_only=True)
class Found:
    """What a watch found; *key* names the matter, so that it is opened once and not every night."""

    key: str
    title: str
    body: object = None
    parties: Mapping[str, tuple[str, ...]] = attrs.Factory(dict)
    links: Mapping[str, tuple[str, ...]] = attrs.Factory(dict)


@attrs.frozen(kw_only=True)
class Lapsed:
    """A case that was opened for what holds no more; it takes the watch's step *lapse*, with *why* as its note."""

    case: str
    why: str


@attrs.frozen(kw_only=True)
class Watch:
    """A condition looked for every night, as ``watch``; each finding opens a case for people.

    Attributes:
        find: Looks, and gives what it finds; with *lapse* also what holds no more.
        lapse: The step by which an open case of *kind* says that what it was opened for holds no more.
    """

    name: str
    kind: str
    find: Callable[[Context[Any], Desk], Awaitable[Iterable[Found | Lapsed]]]
    plugin: str = ""
    lapse: str = ""


@attrs.frozen(kw_only=True)
class DayRule:
    """Days that a rule sets: a fixed day, a rota, a market, what is due before a session; computed, never stored.

    Attributes:
        title: What calendars call the rule, in Chinese.
        days: Gives the days from the first date to the last, both included, in any order. A day with an audience and
            a ``notice_by`` is told to each of the audience, once; it is asked for a year ahead.
        who: Roles that find the days in a list or a calendar feed; the audience is nobody's to see.
    """

    name: str
    title: str
    days: Callable[[Context[Any], Desk, dt.date, dt.date], Awaitable[Iterable[Day]]]
    who: frozenset[str] = attrs.field(default=frozenset({"office", "deputy"}), converter=names)
    plugin: str = ""


@attrs.frozen(kw_only=True)
class RecordRule:
    """Duty records that follow from a step, so that nobody types them again.

    A rule on a kind or step that an installed but disabled plugin offers sleeps quietly.

    Attributes:
        whole: Names a list, e.g. ``"roll"``: what *make* gives is then all that the case yields of it, under one source
            of its own, which rules of the same plugin share that name the same list. A record of before that is not
            given again is withdrawn, one that is given otherwise is corrected; so who corrects a roll corrects the
            records.
    """

    name: str
    kind: str
    step: str
    make: Callable[[Context[Any], Case, Act], Iterable[Record]]
    plugin: str = ""
    whole: str = ""


@attrs.frozen(kw_only=True)
class Veto:
    """A reason why a score's title is withheld; it changes no points and no mandate.

    Attributes:
        title: What people call it, in Chinese.
        why: Says why, of the records of the period that count; nothing where it does not hold.
        of: Instead, says why of how somebody stands: mandates and exposure too.
    """

    name: str
    why: Callable[[Context[Any], tuple[Record, ...]], str] | None = None
    plugin: str = ""
    title: str = ""
    of: Callable[[Context[Any], Standing], str] | None = None


@attrs.frozen(kw_only=True)
class Page:
    """A read-only page; *shows* is the attrs class that *view* returns, for the API's schema.

    Attributes:
        view: Looks: ``view(context, desk)``, or ``view(context, desk, asked)`` where the page *asks* something.
        asks: A frozen attrs class of what the reader may say, each field titled and with a default, e.g. a period.
        who: Roles that may look; to others there is no such page.
        of_unit: Instead, whoever acts for a handling unit looks, and finds that unit's own alone: *view* gets a
            :class:`UnitDesk`, which answers nothing else. Roles open no such page.
        of_person: Instead, a page about one deputy: *asks* has a field ``person``. Readers in *who* name anybody;
            a deputy finds the page about themself alone, whatever they say. *view* gets a :class:`PersonDesk`, which
            answers of that person, and of nobody else.
    """

    name: str
    title: str
    shows: type
    view: Callable[..., Awaitable[object]]
    who: frozenset[str] = attrs.field(default=frozenset({"office"}), converter=names)
    of_unit: bool = False
    plugin: str = ""
    asks: type | None = attrs.field(default=None, validator=refuse_mutable)
    of_person: bool = False


__all__ = [
    "BallotKind",
    "Band",
    "CaseRecord",
    "ClockRule",
    "CongressOn",
    "Context",
    "Day",
    "DayRule",
    "DeputyOn",
    "Desk",
    "DutyCount",
    "Effect",
    "Facet",
    "Finding",
    "Follow",
    "Found",
    "Gate",
    "GroupOn",
    "GroupsOver",
    "Guard",
    "Item",
    "Join",
    "Kind",
    "Lapsed",
    "Opening",
    "Page",
    "Party",
    "PersonDesk",
    "PersonScore",
    "RecordKind",
    "RecordRule",
    "Role",
    "ScoreRule",
    "Seen",
    "SessionDay",
    "SetDay",
    "Standing",
    "StationOn",
    "StationsOver",
    "Step",
    "UnitCount",
    "UnitDesk",
    "Veil",
    "Veto",
    "Watch",
    "when",
]
