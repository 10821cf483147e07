"""Read what people type into what use cases take: steps, grades, units, fields, parties, links."""

from __future__ import annotations

import json
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Literal, cast, get_origin

import attrs

from renda_core.cli import finding
from renda_core.cli.showing import ROLES, grade_title
from renda_core.domain.case import Handling
from renda_core.domain.fields import by_title, choices_of
from renda_core.domain.procedure import Procedure, Step
from renda_core.domain.sealed import Personal
from renda_core.errors import Invalid, NotFound
from renda_core.workspace import Workspace

HANDLINGS = {title: role for role, title in ROLES.items()} | {"协办": "joint"}
TRUTH = {"是": True, "true": True, "yes": True, "1": True, "否": False, "false": False, "no": False, "0": False}


def step(procedure: Procedure, given: str) -> Step:
    """Find a step by its name or Chinese title.

    Raises:
        NotFound: There is none; the message gives the nearest.
        Invalid: Several have this title.
    """
    if given in procedure.steps:
        return procedure.steps[given]
    found = [s for s in procedure.steps.values() if s.title == given]
    if len(found) > 1:
        raise Invalid(f"several steps are called {given}: {', '.join(s.name for s in found)}; give the name in code")
    if not found:
        known = [n for s in procedure.steps.values() for n in (s.name, s.title) if n]
        near = get_close_matches(given, known, n=1, cutoff=0.4)
        told = f"; did you mean {near[0]!r}?" if near else "; list them: renda suggestion steps TENANT NUMBER"
        raise NotFound(f"{procedure.kind.name} has no step {given!r}{told}")
    return found[0]


def grade(procedure: Procedure, wanted: Step, given: str) -> str:
    """Find a grade by its name or Chinese title; what is none is left for the rules to refuse."""
    return next((g for g in wanted.grades if given and grade_title(procedure, g) == given), given)


def units(workspace: Workspace, given: str) -> tuple[tuple[str, Handling], ...]:
    """Read ``NAME:ROLE,NAME:ROLE``; a role is sole, lead, joint or separate, or 独办, 主办, 会办, 分办.

    Raises:
        Invalid: A part without a role, or with one that there is not.
    """
    found: list[tuple[str, Handling]] = []
    for part in filter(None, (p.strip() for p in given.replace("，", ",").replace("、", ",").split(","))):
        name, _, said = part.replace("：", ":").rpartition(":")
        role = HANDLINGS.get(said.strip(), said.strip())
        if not name or role not in ROLES:
            raise Invalid(f"--units: {part!r}; write NAME:ROLE, the role one of {', '.join(HANDLINGS)}", field="units")
        id = workspace.read(finding.unit_id, name.strip(), workspace.tenant.today)
        found.append((id, cast(Handling, role)))
    return tuple(found)


def parties(workspace: Workspace, given: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read ``ROLE=NAME`` parts, one person or unit each."""
    found: dict[str, tuple[str, ...]] = {}
    for role, name in (_pair("--party", part) for part in given):
        id = workspace.read(finding.anyone, name, workspace.tenant.today)
        found[role] = (*found.get(role, ()), id)
    return found


def links(workspace: Workspace, kind: str, given: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read ``RELATION=NUMBER`` parts; another kind's case is named by its id."""
    found: dict[str, tuple[str, ...]] = {}
    for relation, number in (_pair("--link", part) for part in given):
        found[relation] = (*found.get(relation, ()), workspace.read(finding.case_id, kind, number))
    return found


def fields(cls: type | None, given: Iterable[str], settings: object = None) -> dict[str, Any] | None:
    """Read ``FIELD=VALUE`` parts for a body or payload, each value by the type of its field; None for no parts.

    Args:
        settings: Of the practice that offers the class: a field with choices takes their titles too.
    """
    types: dict[str, Any] = _types(cls)
    titles = {title: field.name for title, field in by_title(cls).items()}
    found: dict[str, Any] = {}
    for name, text in (_pair("--set", part) for part in given):
        field = name if name in types else titles.get(name, name)
        if field in found:
            raise Invalid(f"--set: {name} is given twice", field=field)
        code = _code(cls, field, text, settings)
        found[field] = code or _value(types.get(field, str), text)
    return found or None


def _types(cls: type | None) -> dict[str, Any]:
    """Give the types of a class's fields by name."""
    return {str(a.name): a.type for a in attrs.fields(attrs.resolve_types(cls))} if cls is not None else {}


def _code(cls: type | None, field: str, text: str, settings: object) -> str:
    """Find the code of a title among the choices that the place's settings list; nothing where it is none."""
    declared = next((a for a in by_title(cls).values() if a.name == field), None)
    known = choices_of(declared, settings) if declared else {}
    return next((str(code) for code, title in known.items() if title == text), "")


def _value(type_: Any, text: str) -> Any:
    """Read a text as its field's type wants it; what does not fit is left as text and refused by name later."""
    if type_ in (str, Personal) or get_origin(type_) is Literal:
        return text
    if type_ is bool:
        return TRUTH.get(text.strip().casefold(), text)
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _pair(option: str, part: str) -> tuple[str, str]:
    name, sign, value = part.partition("=")
    if not sign or not name.strip():
        raise Invalid(f"{option}: {part!r}; write it as NAME=VALUE", field=option.lstrip("-"))
    return name.strip(), value.strip()
