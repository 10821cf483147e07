"""A case (办件): whatever must be handled to its end. Values only; procedure.py moves them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeVar

import attrs

from renda_core.domain.clock import Clock
from renda_core.domain.frozen import EMPTY, Frozen, names_by_role
from renda_core.domain.names import names
from renda_core.errors import Invalid

MAIN, UNIT = "main", "unit"
"""The facet that every kind has, and the one that lives on each assignment."""

AUTHOR = "author"
"""The role of whoever opened a case: may go on with its draft, e.g. the clerk who enters a deputy's paper."""

Handling = Literal["sole", "lead", "joint", "separate"]
P = TypeVar("P")


@attrs.frozen(kw_only=True)
class Actor:
    """Who acts: a person or a job (``job:<name>``), the unit acted for, and the roles held in this tenant."""

    id: str
    roles: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    unit: str = ""


@attrs.frozen(kw_only=True)
class Assignment:
    """One unit's share of a case in one round (主办, 会办, 分办)."""

    unit: str
    role: Handling
    round: int
    on: dt.date
    state: str


@attrs.frozen(kw_only=True)
class Act:
    """One step taken, forever: reply, evaluation, review, visit, talk, inspection are all acts.

    Attributes:
        grade: One of the step's grades, e.g. ``"satisfied"``; statistics read it.
        payload: An instance of the step's *takes*, or None.
        units: Units that the step assigns, each with its role.
        parties: People that the step adds, by party role.
        links: Other cases that the step ties this one to, by relation.
        forced: Set on an override, never by a step.
    """

    step: str
    by: str
    on: dt.date
    unit: str = ""
    grade: str = ""
    note: str = ""
    payload: Any = None
    units: tuple[tuple[str, Handling], ...] = ()
    parties: Mapping[str, tuple[str, ...]] = EMPTY
    links: Mapping[str, tuple[str, ...]] = EMPTY
    round: int = 1
    forced: bool = False

    def __attrs_post_init__(self) -> None:
        _freeze(self)


@attrs.frozen(kw_only=True)
class Case:
    """A numbered matter with its states, people, units, clocks and complete history.

    Attributes:
        states: State by facet; a facet not listed is in its first state.
        parties: People, or units concerned, by role, e.g. ``{"proposer": (...), "cosigner": (...)}``.
        links: Other cases by relation, e.g. ``{"merged_into": (...)}``.
        body: The kind's own frozen attrs object.
        edition: Which edition of its kind the case was opened under, and keeps.
    """

    id: str
    kind: str
    title: str
    opened_on: dt.date
    body: Any = None
    number: str = ""
    edition: str = ""
    round: int = 1
    version: int = 0
    states: Mapping[str, str] = EMPTY
    parties: Mapping[str, tuple[str, ...]] = EMPTY
    links: Mapping[str, tuple[str, ...]] = EMPTY
    assignments: tuple[Assignment, ...] = ()
    clocks: tuple[Clock, ...] = ()
    acts: tuple[Act, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.states.__class__ is not Frozen:
            object.__setattr__(self, "states", Frozen(self.states))
        _freeze(self)

    def body_as(self, cls: type[P]) -> P:
        """Return the body, typed; a plugin knows its own kind's class.

        Raises:
            Invalid: The body is of another class.
        """
        if not isinstance(self.body, cls):
            raise Invalid(f"case {self.id} holds no {cls.__name__}")
        return self.body

    def took(self, step: str, *, round: int | None = None) -> tuple[Act, ...]:
        """List the acts of *step*, oldest first, of one round if given."""
        return tuple(a for a in self.acts if a.step == step and round in (None, a.round))

    def said(self, cls: type[P]) -> Iterator[tuple[Act, P]]:
        """Give every act that carries a *cls*, with it, oldest first."""
        for act in self.acts:
            if isinstance(act.payload, cls):
                yield act, act.payload

    def current(self) -> tuple[Assignment, ...]:
        """List this round's assignments."""
        return tuple(a for a in self.assignments if a.round == self.round)

    def clock(self, name: str, *, unit: str = "", round: int | None = None) -> Clock | None:
        """Find a clock of this round, or of the round given."""
        wanted = (name, unit, round or self.round)
        return next((c for c in self.clocks if (c.name, c.unit, c.round) == wanted), None)


def _freeze(named: Act | Case) -> None:
    """Let nobody who is handed a case or an act write into it; a document's reader calls this too, and no converter."""
    if named.parties.__class__ is not Frozen:
        object.__setattr__(named, "parties", names_by_role(named.parties))
    if named.links.__class__ is not Frozen:
        object.__setattr__(named, "links", names_by_role(named.links))


def roles_on(actor: Actor, case: Case) -> frozenset[str]:
    """Add to an actor's roles those that this case gives: party, ``author``, ``unit``, ``unit:lead``."""
    found = {role for role, who in case.parties.items() if {actor.id, actor.unit} - {""} & set(who)}
    if case.acts and case.acts[0].by == actor.id:
        found.add(AUTHOR)
    if actor.unit:
        found |= {"unit" for a in case.assignments if a.unit == actor.unit}
        found |= {f"unit:{a.role}" for a in case.current() if a.unit == actor.unit}
    return actor.roles | found
