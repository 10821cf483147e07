"""Practices at work without a store: compose plugins, open cases, take steps, look as somebody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import pytest

from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Calendar
from renda_core.domain.case import Act, Actor, Case, roles_on
from renda_core.domain.decide import decide
from renda_core.domain.failing import Contexts
from renda_core.domain.procedure import Context
from renda_core.domain.suggestion import Form, Reply, Suggestion
from renda_core.domain.visibility import Seen, see
from renda_core.practice import Practice
from renda_plugins import (
    deputies_homes,
    five_inquiries,
    four_party_supervision,
    key_supervision,
    livelihood_ballot,
    meetings_and_training,
    procuratorate_transfer,
    proposal_preparation,
    reception,
    resignation_advice,
    second_assignment,
    settled_accounts,
    suggestion_handling,
    three_reviews,
)

OFFICE = Actor(id="clerk", roles={"office", "assigner"})
LEAD = Actor(id="wang", roles={"deputy"})
ROADS, WATER = Actor(id="zhao", unit="roads"), Actor(id="qian", unit="water")
PLUGINS = {
    "deputies_homes": deputies_homes,
    "suggestion_handling": suggestion_handling,
    "second_assignment": second_assignment,
    "settled_accounts": settled_accounts,
    "key_supervision": key_supervision,
    "procuratorate_transfer": procuratorate_transfer,
    "reception": reception,
    "resignation_advice": resignation_advice,
    "proposal_preparation": proposal_preparation,
    "three_reviews": three_reviews,
    "five_inquiries": five_inquiries,
    "four_party_supervision": four_party_supervision,
    "livelihood_ballot": livelihood_ballot,
    "meetings_and_training": meetings_and_training,
}


@attrs.define
class Place:
    """One county's practice on one day, with its settings; nothing is stored."""

    practice: Practice
    settings: Mapping[str, Any]
    today: dt.date = dt.date(2026, 1, 20)
    calendar: Calendar = attrs.Factory(Calendar)

    @property
    def contexts(self) -> Contexts:
        """Give each plugin its context."""
        return Contexts(
            lambda plugin: Context(
                tenant="t", today=self.today, calendar=self.calendar, settings=self.settings.get(plugin)
            )
        )

    def open(self, kind: str, by: Actor, body: Any, **rest: Any) -> Case:
        """Open a case by its kind's first step."""
        procedure = self.practice.procedure(kind)
        blank = Case(id="c", kind=kind, title="t", opened_on=self.today, body=body, version=-1, **rest)
        act = Act(step=procedure.kind.opening, by=by.id, on=self.today)
        return decide(procedure, blank, act, by, self.contexts)

    def do(self, case: Case, step: str, by: Actor, **act: Any) -> Case:
        """Take a step today; a unit acts for itself unless another is named."""
        taken = Act(step=step, by=by.id, on=self.today, unit=act.pop("unit", by.unit), **act)
        return decide(self.practice.procedure(case.kind), case, taken, by, self.contexts)

    def look(self, case: Case, as_: Actor) -> Seen:
        """Show a case as somebody sees it."""
        procedure = self.practice.procedure(case.kind)
        return see(procedure, case, roles_on(as_, case), self.contexts, self.calendar, self.today)

    def accepted(self, **body: Any) -> Case:
        """A suggestion of deputy ``wang``, accepted."""
        body = Suggestion(text="Mend the bridge", **body)
        case = self.open("suggestion", LEAD, body, parties={"proposer": ("wang",)})
        return self.do(self.do(case, "submit", LEAD), "accept", OFFICE)

    def assigned(self, **body: Any) -> Case:
        """The same, assigned to the roads office alone."""
        return self.do(self.accepted(**body), "assign", OFFICE, units=(("roads", "sole"),))

    def replied(self, case: Case, by: Actor = ROADS) -> Case:
        """A reply of the unit."""
        reply = Reply(document="2026-7", reply_class="A", signed_by="zhao")
        return self.do(case, "reply", by, payload=reply)

    def evaluated(self, grade: str, case: Case | None = None) -> Case:
        """A reply and the deputy's evaluation of it."""
        case = self.replied(case or self.assigned())
        return self.do(case, "evaluate", OFFICE, grade=grade, payload=Form())


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The practices of this folder."""
    return Catalogue.collect(PLUGINS)


@pytest.fixture
def place(catalogue: Catalogue) -> Callable[..., Place]:
    """Build a county: ``place("second_assignment", second_assignment={"redo": ...})``."""

    def build(*more: str, **settings: Mapping[str, Any]) -> Place:
        names = frozenset({"suggestion_handling", *more})
        made = {n: catalogue.settings[n](**settings.get(n, {})) for n in names if n in catalogue.settings}
        return Place(catalogue.practice(names), made)

    return build


@pytest.fixture
def office() -> Actor:
    """The deputies' work office, which also assigns."""
    return OFFICE


@pytest.fixture
def lead() -> Actor:
    """The deputy who suggests."""
    return LEAD


@pytest.fixture
def roads() -> Actor:
    """The unit that handles."""
    return ROADS


@pytest.fixture
def water() -> Actor:
    """Another unit."""
    return WATER
