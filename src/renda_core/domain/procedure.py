"""A procedure is data: a kind with its facets and steps, and what couples them."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping

import attrs

from renda_core.domain.case import MAIN, UNIT, Case
from renda_core.domain.couplings import (
    ANY,
    GRADE,
    ClockRule,
    Context,
    Effect,
    Follow,
    Gate,
    Guard,
    Join,
    Move,
    Veil,
    when,
)
from renda_core.domain.frozen import refuse_mutable
from renda_core.domain.hours import Hours
from renda_core.domain.names import names, order
from renda_core.errors import Rejected

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


def _refuse_odd_numbering(_: object, attribute: "attrs.Attribute[str]", form: str) -> None:
    """Refuse a form that makes no number, or one and the same for every case.

    Raises:
        ValueError: Naming the form.
    """
    try:
        apart = form.format(year=2000, n=1) != form.format(year=2000, n=2)
    except (LookupError, ValueError, AttributeError) as error:
        raise ValueError(f"{attribute.name}: {form!r} makes no number; it may hold {{year}} and {{n}}") from error
    if not apart:
        raise ValueError(f"{attribute.name}: {form!r} gives every case the same number; write {{n}} in it")


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
        hours: Gives the hours that a case takes of people; a step that would take some twice is refused.
        alike: Whether earlier cases with a text much alike are offered while one is entered.
        followed: Whether who brought it may be given a code to follow it by, and to judge what came of it.
    """

    name: str
    title: str
    opening: str
    body: type | None = attrs.field(default=None, validator=refuse_mutable)
    audience: frozenset[str] = attrs.field(converter=names)
    parties: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    private: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    public: str = ""
    numbering: str = attrs.field(default="{year}-{n}", validator=_refuse_odd_numbering)
    dimensions: tuple[str, ...] = attrs.field(default=(), converter=order)
    words: tuple[str, ...] = attrs.field(default=(), converter=order)
    edition: str = ""
    since: dt.date = dt.date.min
    plugin: str = ""
    hours: Callable[[Case], Iterable[Hours]] | None = None
    followed: bool = False
    alike: bool = False

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
        title: What pages call it, in Chinese; *titles* what they call its states.
    """

    kind: str
    name: str = MAIN
    states: tuple[str, ...] = attrs.field(converter=order)
    final: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    loose: bool = False
    title: str = ""
    titles: Mapping[str, str] = attrs.Factory(dict)
    editions: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    plugin: str = ""


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
        oneself: A party role: whoever takes the step, and is no office and no watch, must be that party, and speaks for
            nobody else.
        title: What pages call it, in Chinese.
        backdated: Whether the actor may enter it for an earlier day; the office always may, from paper.
        editions: Here and in every other record: the editions of the kind it belongs to; empty means all.
    """

    kind: str
    name: str
    who: frozenset[str] = attrs.field(converter=names)
    never: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    moves: tuple[Move, ...] = ()
    takes: type | None = attrs.field(default=None, validator=refuse_mutable)
    grades: tuple[str, ...] = attrs.field(default=(), converter=order)
    after: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    reasons: bool = False
    assigns: bool = False
    new_round: bool = False
    adds: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    ties: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    oneself: str = ""
    title: str = ""
    backdated: bool = True
    editions: frozenset[str] = attrs.field(default=frozenset(), converter=names)
    plugin: str = ""


@attrs.frozen(kw_only=True)
class Procedure:
    """Everything that the enabled plugins say about one kind, merged and checked.

    Attributes:
        kind: The kind, its parties and audience completed by those of *parties*.
        parties: The party roles that plugins added to the kind's own.
        readonly: Why cases of it may be read and not changed; empty where they may be.
        plainly: Whether its keepers read as plain data what a plugin that is absent left.
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
    readonly: str = ""
    plainly: bool = False

    def refuse_readonly(self, what: str) -> None:
        """Raise ``Rejected`` where cases of this kind may only be read; everything that changes one asks here."""
        if self.readonly:
            raise Rejected(f"{what} refused", self.readonly)

    def state(self, case: Case, facet: str = MAIN) -> str:
        """Read a facet's state; facets that came after the case are in their first state."""
        return case.states.get(facet) or self.facets[facet].states[0]

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


__all__ = [
    "ANY",
    "CORE_ROLES",
    "GRADE",
    "ClockRule",
    "Context",
    "Effect",
    "Facet",
    "Follow",
    "Gate",
    "Guard",
    "Join",
    "Kind",
    "Move",
    "Party",
    "Procedure",
    "Role",
    "Step",
    "Veil",
    "when",
]
