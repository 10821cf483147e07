"""Steps as the files of an office name them: by title, with a grade's title and the columns of a payload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renda_core.domain.case import UNIT, Actor
from renda_core.domain.fields import by_title, choices_of
from renda_core.domain.procedure import GRADE, Procedure, Step
from renda_core.errors import NotFound
from renda_core.services.imports.cell_values import fitting


def about_a_unit(step: Step) -> bool:
    """Tell whether an office takes this step about a unit, e.g. 改派: the unit named is not who acts."""
    units = {role for role in step.who if role.partition(":")[0] == "unit"}
    return not units and any(move.facet == UNIT for move in step.moves)


def for_unit(actor: Actor, unit: str) -> Actor:
    """Let a clerk enter a unit's paper: with that unit's rights, and none of the office's."""
    return Actor(id=actor.id, unit=unit) if unit else actor


def named_step(procedure: Procedure, name: str) -> Step:
    """Find a step by its Chinese title or its name.

    Raises:
        NotFound: Naming the steps that there are.
    """
    found = [s for s in procedure.steps.values() if name in (s.title, s.name)]
    if not found:
        known = "、".join(s.title for s in procedure.steps.values() if s.title)
        raise NotFound(f"环节: no step {name!r}; known: {known}")
    return found[0]


def named_grade(procedure: Procedure, step: Step, name: str) -> str:
    """Read a grade by its Chinese title, as the facet that it moves calls it."""
    return grade_titles(procedure, step).get(name, name)


def grade_titles(procedure: Procedure, step: Step) -> dict[str, str]:
    """Give the grades of a step by what the facet that it moves calls them."""
    return {
        title: state
        for move in step.moves
        if move.to == GRADE
        for state, title in procedure.facets[move.facet].titles.items()
    }


def payload(step: Step, extra: Mapping[str, Any], settings: Any) -> dict[str, Any] | None:
    """Gather a step's payload from the columns that its fields are titled by; empty cells are left out.

    A field with choices takes the code or the title that people write; a field goes by its title or its name.
    """
    titled: dict[str, Any] = by_title(step.takes)
    fields, given = {field.name: field for field in titled.values()} | titled, {}
    for title, cell in extra.items():
        if title in fields and cell not in (None, ""):
            field = fields[title]
            known = choices_of(field, settings)
            codes = {text: code for code, text in known.items()}
            given[field.name] = codes.get(cell, fitting(field.type, cell))
    return given or None
