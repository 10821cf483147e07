"""The roster (代表信息库): persons, mandates and the bodies they sit in, asked about on a date."""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Literal, TypeVar

import attrs

from renda_core.domain.areas import Congress, Delegation, District, Row, Session, Station, Term, Voter, climb
from renda_core.domain.mandates import FINAL, Mandate
from renda_core.errors import Invalid

__all__ = [
    "Congress",
    "Delegation",
    "District",
    "Group",
    "Heads",
    "Link",
    "Membership",
    "Person",
    "Post",
    "Roster",
    "Session",
    "Station",
    "Term",
    "Unit",
    "Voter",
]

_Row = TypeVar("_Row", bound=Row)
BodyKind = Literal["delegation", "group", "committee", "station", "organ"]


@attrs.frozen(kw_only=True)
class Person(Row):
    """A person, once, however many mandates; sealed values are opaque here and never printed.

    Attributes:
        id_number: The sealed citizen ID number, or None.
        phone: The sealed number, or None.
        former_overseas: 归侨.
    """

    name: str
    sex: str = ""
    nationality: str = ""
    born_on: dt.date | None = None
    party: str = ""
    education: str = ""
    employer: str = ""
    position: str = ""
    id_number: object | None = attrs.field(default=None, repr=False)
    phone: object | None = attrs.field(default=None, repr=False)
    former_overseas: bool = False
    special_needs: str = attrs.field(default="", repr=False)


@attrs.frozen(kw_only=True)
class Group(Row):
    """A working group between sessions (代表小组), by area or by field (代表法 27)."""

    name: str
    by: Literal["area", "field"] = "area"


@attrs.frozen(kw_only=True)
class Membership(Row):
    """A person or a mandate, exactly one of them, sits in a body with a role.

    Raises:
        Invalid: Both are given, or neither.
    """

    body: str
    kind: BodyKind
    person: str | None = None
    mandate: str | None = None
    role: str = "member"

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if (self.person is None) == (self.mandate is None):
            raise Invalid(f"membership {self.id} must name a person or a mandate, and only one of them")


@attrs.frozen(kw_only=True)
class Unit(Row):
    """A handling unit (承办单位), abolished by its *valid_to*; *code* is its USCC."""

    name: str
    code: str = ""
    category: str = ""
    parent: str | None = None
    successor: str | None = None


@attrs.frozen(kw_only=True)
class Post(Row):
    """A post in a unit or organ and who holds it; None is vacant."""

    name: str
    body: str
    person: str | None = None
    full_time: bool = False


@attrs.frozen(kw_only=True)
class Link(Row):
    """A relation of some kind between two ids, e.g. a leader keeps contact with a deputy."""

    kind: str
    from_: str
    to: str


@attrs.frozen(kw_only=True)
class Heads:
    """Persons and mandates, two figures that are never added nor exchanged."""

    persons: int
    mandates: int


@attrs.frozen(kw_only=True)
class Roster:
    """An immutable collection of rows; change it with ``attrs.evolve``, ask it on a date."""

    congresses: tuple[Congress, ...] = ()
    terms: tuple[Term, ...] = ()
    sessions: tuple[Session, ...] = ()
    districts: tuple[District, ...] = ()
    persons: tuple[Person, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    groups: tuple[Group, ...] = ()
    memberships: tuple[Membership, ...] = ()
    units: tuple[Unit, ...] = ()
    posts: tuple[Post, ...] = ()
    stations: tuple[Station, ...] = ()
    voters: tuple[Voter, ...] = ()
    links: tuple[Link, ...] = ()

    @cached_property
    def _versions(self) -> Mapping[str, tuple[Row, ...]]:
        found: dict[str, tuple[Row, ...]] = {}
        for row in (*self.congresses, *self.terms, *self.units, *self.mandates):
            found[row.id] = (*found.get(row.id, ()), row)
        return found

    @cached_property
    def _mandates_by_person(self) -> Mapping[str, tuple[Mandate, ...]]:
        found: dict[str, tuple[Mandate, ...]] = {}
        for mandate in self.mandates:
            found[mandate.person] = (*found.get(mandate.person, ()), mandate)
        return found

    def _held(self, kind: type[_Row], key: str, on: dt.date) -> _Row | None:
        rows = self._versions.get(key, ())
        return next((row for row in rows if isinstance(row, kind) and row.holds(on)), None)

    def congress(self, key: str, on: dt.date) -> Congress:
        """Find a congress as it stood on a date.

        Raises:
            Invalid: No such congress on that date.
        """
        found = self._held(Congress, key, on)
        if found is None:
            raise Invalid(f"no congress {key} on {on}", congress=key)
        return found

    def children(self, congress: str, on: dt.date) -> tuple[Congress, ...]:
        """List the congresses directly below."""
        return tuple(row for row in self.congresses if row.parent == congress and row.holds(on))

    def chain(self, congress: str, on: dt.date) -> tuple[Congress, ...]:
        """List a congress and those above it up to the root, lowest first.

        Raises:
            Invalid: The parents run in a circle, or one does not exist on that date.
        """
        return climb(congress, lambda key: self.congress(key, on), lambda row: row.parent)

    def related(self, one: str, other: str, on: dt.date) -> bool:
        """Tell whether one congress stands above the other, or both are the same (隶属关系)."""
        return other in {row.id for row in self.chain(one, on)} or one in {row.id for row in self.chain(other, on)}

    def in_office(self, mandate: Mandate, on: dt.date) -> bool:
        """Tell whether a mandate counts among 实有代表: confirmed, not ended, its term open; suspended ones count."""
        term = self._held(Term, mandate.term, on)
        # A term that this roster does not describe (a higher congress) cannot say when it opened.
        open_ = term.runs(on) if term is not None else not any(row.id == mandate.term for row in self.terms)
        return open_ and mandate.holds(on) and mandate.state_on(on) in ("active", "suspended")

    def mandates_of(self, person: str, on: dt.date) -> tuple[Mandate, ...]:
        """List a person's mandates that are neither ended nor void, those awaiting review included."""
        mine = self._mandates_by_person.get(person, ())
        return tuple(row for row in mine if row.holds(on) and row.state_on(on) not in FINAL)

    def incumbents(self, congress: str, on: dt.date) -> tuple[Mandate, ...]:
        """List the mandates in office (实有代表), the suspended included: they are in the base and cannot vote."""
        return tuple(row for row in self.mandates if row.congress == congress and self.in_office(row, on))

    def heads(self, on: dt.date, *congresses: str) -> Heads:
        """Count persons and mandates in office, in the congresses named or in all."""
        held = [row for row in self.mandates if not congresses or row.congress in congresses]
        held = [row for row in held if self.in_office(row, on)]
        return Heads(persons=len({row.person for row in held}), mandates=len(held))

    def memberships_of(self, person: str, kind: BodyKind, on: dt.date) -> tuple[Membership, ...]:
        """List a person's memberships, through the person or through any mandate in office."""
        held = {row.id for row in self._mandates_by_person.get(person, ()) if self.in_office(row, on)}
        mine = (row for row in self.memberships if row.kind == kind and row.holds(on))
        return tuple(row for row in mine if row.person == person or row.mandate in held)

    def groups_of(self, person: str, on: dt.date) -> tuple[Group, ...]:
        """List the deputy groups that a person belongs to, groups of a lower level included (代表法 27)."""
        bodies = {row.body for row in self.memberships_of(person, "group", on)}
        return tuple(group for group in self.groups if group.id in bodies and group.holds(on))

    def deputies_in(self, kind: BodyKind, on: dt.date) -> Mapping[str, frozenset[str]]:
        """Map each body of a kind to the persons in it who hold a mandate in office."""
        person = {row.id: row.person for row in self.mandates if self.in_office(row, on)}
        deputies, found = set(person.values()), dict[str, set[str]]()
        for row in self.memberships:
            who = row.person or person.get(row.mandate or "")
            if row.kind == kind and row.holds(on) and who in deputies:
                found.setdefault(row.body, set()).add(who)
        return {body: frozenset(who) for body, who in found.items()}

    def unit_now(self, key: str, on: dt.date) -> Unit | None:
        """Follow successors from a unit to the one that does its work on a date; None if nobody does.

        Raises:
            Invalid: No such unit, or the successors run in a circle.
        """
        latest = {row.id: row for row in sorted(self.units, key=lambda row: (row.holds(on), row.valid_from))}

        def find(key: str) -> Unit:
            if key not in latest:
                raise Invalid(f"no unit {key}", unit=key)
            return latest[key]

        last = climb(key, find, lambda row: None if row.holds(on) else row.successor)[-1]
        return last if last.holds(on) else None
