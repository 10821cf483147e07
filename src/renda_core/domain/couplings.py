"""What joins the parts of a procedure: clocks and their effects, gates, guards, joins, followers and veils."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Literal, TypeVar

import attrs

from renda_core.domain.calendar import Calendar, Period
from renda_core.domain.case import MAIN, Act, Case
from renda_core.domain.clock import Do
from renda_core.domain.names import names, order

ANY = "*"
GRADE = "@grade"
"""As a move's target: the act's grade becomes the facet's state."""

S = TypeVar("S")


@attrs.frozen(kw_only=True)
class Context(Generic[S]):
    """All that a rule may know beside the case: the date, the calendar, its plugin's settings."""

    tenant: str
    today: dt.date
    calendar: Calendar
    settings: S


@attrs.frozen
class Move:
    """From any of some states to one, on one facet; facet ``unit`` moves the acting assignment."""

    from_: frozenset[str] = attrs.field(converter=names)
    to: str
    facet: str = MAIN


@attrs.frozen(kw_only=True)
class ClockRule:
    """A deadline: how long, for whom, counted from when; at most one plugin *replaces* it.

    Attributes:
        roles: Handling roles that get a clock of their own; empty means one for the case.
        since: Where counting starts, by default the date of the act.
        expiry: A step that the nightly sweep takes, as ``clock``, on a case whose clock ran out.
        window: A right that lapses, such as a return, and no duty: it is never overdue and has no expiry.
        longer_from: Whether *longer* is added to the due date, or counted anew from the start (a longer class).
        after_close: Whether it runs on when the case has ended: what is asked of people afterwards. It is no duty of
            those who handled the case, so that it is not among what is next due.
    """

    kind: str
    name: str
    period: Callable[[Context[Any], Case, Act], Period]
    since: Callable[[Case, Act], dt.date] = lambda case, act: act.on
    longer: Callable[[Context[Any], Case, Act], Period] | None = None
    longer_from: Literal["due", "start"] = "due"
    title: str = ""
    window: bool = False
    roles: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    roll: bool | Callable[[Context[Any]], bool] = True
    expiry: str = ""
    source: str = ""
    after_close: bool = False
    replaces: bool = False
    editions: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    plugin: str = ""


@attrs.frozen(kw_only=True)
class Effect:
    """What happens to a clock on a trigger: a step's name, or ``facet:state`` when it is entered.

    Attributes:
        only: The settings or facts under which it happens; always, unless given.
    """

    kind: str
    on: str
    do: Do
    clock: str
    only: Callable[[Context[Any], Case, Act], bool] | None = None
    editions: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    plugin: str = ""


def when(
    kind: str,
    on: str,
    *,
    start: str = "",
    extend: str = "",
    pause: str = "",
    resume: str = "",
    stop: str = "",
    restart: str = "",
    only: Callable[[Context[Any], Case, Act], bool] | None = None,
) -> Iterator[Effect]:
    """Write several effects of one trigger, e.g. ``when("suggestion", "reply", stop="reply return")``."""
    told: tuple[tuple[Do, str], ...] = (
        ("start", start),
        ("extend", extend),
        ("pause", pause),
        ("resume", resume),
        ("stop", stop),
        ("restart", restart),
    )
    return (Effect(kind=kind, on=on, do=do, clock=c, only=only) for do, clocks in told for c in order(clocks))


@attrs.frozen(kw_only=True)
class Gate:
    """A step that must wait until a facet stands in one of *states*; gates never need an order."""

    kind: str
    step: str
    facet: str
    states: frozenset[str] = attrs.field(converter=names)
    editions: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    plugin: str = ""


@attrs.frozen(kw_only=True)
class Guard:
    """A veto in code: *refuse* yields objections; one that crashes refuses."""

    kind: str
    step: str
    name: str
    refuse: Callable[[Context[Any], Case, Act], Iterable[str]]
    editions: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    plugin: str = ""


@attrs.frozen(kw_only=True)
class Join:
    """When every assignment of *roles* in this round stands in *states*, the main facet moves."""

    kind: str
    name: str
    states: frozenset[str] = attrs.field(converter=names)
    roles: frozenset[str] = attrs.field(converter=names)
    move: Move
    editions: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    plugin: str = ""


@attrs.frozen(kw_only=True)
class Follow:
    """On a trigger, cases that point here by *relation* take *step*, as ``follower``.

    Where *kind* is offered by an installed plugin that is not enabled, it sleeps quietly.
    """

    kind: str
    on: str
    relation: str
    step: str
    editions: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    plugin: str = ""


@attrs.frozen(kw_only=True)
class Veil:
    """Hide a part of a case: only *seen_by* see it, *never* do not even then; all veils must lift.

    Attributes:
        part: ``act.<step>``, ``act.<step>.<field>``, ``facet.<name>``, ``party.<role>``,
            ``body.<field>`` or ``clock.<name>``.
        lifts: When the veil falls for everybody in the audience, e.g. after close; never by default.
    """

    kind: str
    part: str
    seen_by: frozenset[str] = attrs.field(converter=names)
    never: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    lifts: Callable[[Context[Any], Case], bool] = lambda context, case: False
    editions: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    plugin: str = ""
