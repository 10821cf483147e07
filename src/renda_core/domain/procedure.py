"""A procedure is data: facets, steps, clock effects, gates, guards, joins and veils of one kind."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, Literal, TypeVar

import attrs

from renda_core.domain.calendar import Calendar, Period
from renda_core.domain.case import MAIN, UNIT, Act, Case
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


CORE_ROLES = names(
    "office assigner deputy government director committee member presidium congress inspector expert overseer public"
    " station registrar ballot clock follower watch"  # from ballot on: jobs
)
"""Roles that a tenant gives; a plugin may add its own."""


@attrs.frozen(kw_only=True)
class Role:
    """One more role that a tenant may give, beside those of the core."""

    name: str
    title: str
    plugin: str = ""


@attrs.frozen(kw_only=True)
class Kind:
    """A sort of case. *opening* is the step that creates one; *audience* may read it at all.

    Attributes:
        parties: Roles that a single case gives; never the name of a role that the tenant gives.
        private: Main states in which only the case's own parties may read it, e.g. a draft.
        public: ``facet:state`` from which on the role ``public`` may read it too.
        dimensions: Body fields that ledgers filter and reports group by, e.g. ``"subject delegation"``.
        words: Body fields found by search, beside title and number.
        edition: Name of this edition; cases keep the edition under which they were opened.
        since: First day on which new cases are opened under this edition.
    """

    name: str
    title: str
    opening: str
    body: type | None = None
    audience: frozenset[str] = attrs.field(converter=names)
    parties: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    private: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    public: str = ""
    numbering: str = "{year}-{n}"
    dimensions: tuple[str, ...] = attrs.field(default=(), converter=order)
    words: tuple[str, ...] = attrs.field(default=(), converter=order)
    edition: str = ""
    since: dt.date = dt.date.min
    plugin: str = ""

    def place(self, number: str) -> tuple[int, int] | None:
        """Read year and place in the series from a number; None for a number of another form."""
        form = re.escape(self.numbering)
        form = re.sub(r"\\{(year|n)(?::[^}]*)?\\}", lambda m: f"(?P<{m[1]}>[0-9]{{1,9}})", form)
        found = re.fullmatch(form, number)
        return (int(found["year"]), int(found["n"])) if found and {"year", "n"} <= found.groupdict().keys() else None


@attrs.frozen(kw_only=True)
class Party:
    """One more role that a single case of *kind* may give, beside those that the kind itself names.

    Attributes:
        title: What pages call the role, in Chinese.
        reads: Whether those whom a case names in it find that case; no other case is opened to them.
    """

    kind: str
    name: str
    title: str
    reads: bool = True
    editions: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    plugin: str = ""


@attrs.frozen(kw_only=True)
class Facet:
    """One dimension of a case's state, owned by one plugin; the first state is where it begins.

    Attributes:
        final: States from which nothing more is due.
        loose: No state has to be reached or left; for flags and grades.
        titles: What pages call the states, in Chinese.
    """

    kind: str
    name: str = MAIN
    states: tuple[str, ...] = attrs.field(converter=order)
    final: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    loose: bool = False
    titles: Mapping[str, str] = attrs.Factory(dict)
    editions: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    plugin: str = ""


@attrs.frozen
class Move:
    """From any of some states to one, on one facet; facet ``unit`` moves the acting assignment."""

    from_: frozenset[str] = attrs.field(converter=names)
    to: str
    facet: str = MAIN


@attrs.frozen(kw_only=True)
class Step:
    """A named act: who may take it, what it moves, takes, and needs.

    Attributes:
        who: Roles that may; *never* wins over *who* for whoever holds both.
        grades: The grades to choose from; empty when the step grades nothing.
        after: Steps that this round must already hold.
        reasons: Whether a note must be given.
        assigns: Whether it names units; *new_round* opens the next round first.
        adds: Party roles that it may add people to; nobody becomes a party by any other step.
        ties: Relations that it may tie the case to other cases by.
        title: What pages call it, in Chinese.
        backdated: Whether the actor may enter it for an earlier day; the office always may, for what reached it on paper.
        editions: Here and in every other record: the editions of the kind it belongs to; empty means all.
    """

    kind: str
    name: str
    who: frozenset[str] = attrs.field(converter=names)
    never: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    moves: tuple[Move, ...] = ()
    takes: type | None = None
    grades: tuple[str, ...] = attrs.field(default=(), converter=order)
    after: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    reasons: bool = False
    assigns: bool = False
    new_round: bool = False
    adds: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    ties: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    title: str = ""
    backdated: bool = True
    editions: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    plugin: str = ""


@attrs.frozen(kw_only=True)
class ClockRule:
    """A deadline: how long, for whom, counted from when; at most one plugin *replaces* it.

    Attributes:
        roles: Handling roles that get a clock of their own; empty means one for the case.
        since: Where counting starts, by default the date of the act.
        expiry: A step that the nightly sweep takes, as ``clock``, on a case whose clock ran out.
        longer_from: Whether *longer* is added to the due date, or counted anew from the start (a longer class).
    """

    kind: str
    name: str
    period: Callable[[Context[Any], Case, Act], Period]
    since: Callable[[Case, Act], dt.date] = lambda case, act: act.on
    longer: Callable[[Context[Any], Case, Act], Period] | None = None
    longer_from: Literal["due", "start"] = "due"
    title: str = ""
    roles: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    roll: bool | Callable[[Context[Any]], bool] = True
    expiry: str = ""
    source: str = ""
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
    """On a trigger, cases that point here by *relation* take *step*, as ``follower``."""

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


@attrs.frozen(kw_only=True)
class Procedure:
    """Everything that the enabled plugins say about one kind, merged and checked.

    Attributes:
        kind: The kind, its parties and audience completed by those of *parties*.
        parties: The party roles that plugins added to the kind's own.
    """

    kind: Kind
    facets: Mapping[str, Facet]
    steps: Mapping[str, Step]
    clocks: Mapping[str, ClockRule]
    effects: Mapping[str, tuple[Effect, ...]]
    gates: Mapping[str, tuple[Gate, ...]]
    guards: Mapping[str, tuple[Guard, ...]]
    joins: tuple[Join, ...]
    follows: tuple[Follow, ...]
    veils: tuple[Veil, ...]
    parties: Mapping[str, Party] = attrs.Factory(dict)

    def state(self, case: Case, facet: str = MAIN) -> str:
        """Read a facet's state; facets that came after the case are in their first state."""
        return case.states.get(facet, self.facets[facet].states[0])

    def triggers(self, before: Case, after: Case) -> tuple[str, ...]:
        """Name what the last act set off: its step, and each ``facet:state`` entered by it."""
        entered = (
            f"{f}:{self.state(after, f)}"
            for f in self.facets
            if f != UNIT and self.state(before, f) != self.state(after, f)
        )
        return (after.acts[-1].step, *entered)

    def is_public(self, case: Case) -> bool:
        """Tell whether the kind's public trigger holds, so that everybody may read the case."""
        facet, _, state = self.kind.public.partition(":")
        return bool(facet) and self.state(case, facet) == state

    def closed(self, case: Case) -> bool:
        """Tell whether the main facet has ended; what must end before it is a gate on that step."""
        return self.state(case) in self.facets[MAIN].final
