"""Derive every table's rows from a case; rebuilding them from the documents gives the same rows."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Table

from renda_core.domain.calendar import Calendar
from renda_core.domain.case import UNIT, Case
from renda_core.domain.clock import Clock
from renda_core.domain.procedure import Procedure
from renda_core.domain.sealed import Sealed
from renda_core.store import tables as t
from renda_core.store.codec import encode
from renda_core.store.words import initials, number_words, text_mark, words

Rows = Mapping[tuple[Any, ...], dict[str, Any]]
JOB = "job:"
WINDOW = "window"
"""How a running window is indexed, so that nobody finds it among what is overdue."""


def envelope(case: Case, procedure: Procedure, calendar: Calendar) -> dict[str, Any]:
    """Give the row of the case itself."""
    running = [c.due(calendar) for c in case.clocks if owed(c, procedure)]
    return {
        "id": case.id,
        "kind": case.kind,
        "edition": case.edition,
        "number": case.number,
        "title": case.title,
        "opened_on": case.opened_on,
        "state": procedure.state(case),
        "closed": procedure.closed(case),
        "private": procedure.state(case) in procedure.kind.private,
        "public": procedure.is_public(case),
        "round": case.round,
        "next_due": min(running, default=None),
        "version": case.version,
        "document": encode(case),
    }


def index(case: Case, procedure: Procedure, calendar: Calendar) -> dict[Table, Rows]:
    """Give, by side table, the rows that *case* stands for, each under its key within the case."""
    return {table: rows(case, procedure, calendar, NONE) for table, (_, rows) in SIDES.items()}


def changed(before: Case, after: Case, procedure: Procedure, calendar: Calendar) -> Iterator[tuple[Table, Rows, Rows]]:
    """Give the side tables whose rows a change may have touched, with the rows before and after.

    What a case was and what it became share every part that stayed as it was: what is made of such parts alone is left
    out, and so is the row of a single clock or act.
    """
    for table, (parts, rows) in SIDES.items():
        if any(getattr(before, part) is not getattr(after, part) for part in parts):
            same = _same(before, after) if table in BY_PART else NONE
            yield table, rows(before, procedure, calendar, same), rows(after, procedure, calendar, same)


def _same(before: Case, after: Case) -> Collection[int]:
    """Identify the clocks that stayed, and the acts that stayed in their places."""
    stayed = {id(clock) for clock in before.clocks} & {id(clock) for clock in after.clocks}
    return stayed | {id(was) for was, act in zip(before.acts, after.acts, strict=False) if was is act}


def _facets(case: Case, procedure: Procedure, _: Calendar, __: Collection[int]) -> Rows:
    own = {"case_id": case.id, "kind": case.kind}
    return {(f,): {**own, "facet": f, "state": procedure.state(case, f)} for f in procedure.facets if f != UNIT}


def _parties(case: Case, _: Procedure, __: Calendar, ___: Collection[int]) -> Rows:
    own = {"case_id": case.id, "kind": case.kind}
    return {(r, p): {**own, "role": r, "person": p} for r, people in case.parties.items() for p in people}


def _links(case: Case, _: Procedure, __: Calendar, ___: Collection[int]) -> Rows:
    made = ((relation, other) for relation, others in case.links.items() for other in others)
    return {(r, o): {"case_id": case.id, "relation": r, "other_id": o} for r, o in made}


def _assignments(case: Case, _: Procedure, __: Calendar, ___: Collection[int]) -> Rows:
    own = {"case_id": case.id, "kind": case.kind}
    return {
        (a.round, a.unit): {**own, "round": a.round, "unit": a.unit, "role": a.role, "state": a.state}
        for a in case.assignments
    }


def _acts(case: Case, _: Procedure, __: Calendar, same: Collection[int]) -> Rows:
    own = {"case_id": case.id, "kind": case.kind}
    return {
        (n,): {
            **own,
            "n": n,
            "step": a.step,
            "round": a.round,
            "grade": a.grade,
            "unit": a.unit,
            "by_id": None if a.by.startswith(JOB) else a.by,
            "acted_on": a.on,
        }
        for n, a in enumerate(case.acts)
        if id(a) not in same
    }


def _dimensions(case: Case, procedure: Procedure, _: Calendar, __: Collection[int]) -> Rows:
    own = {"case_id": case.id, "kind": case.kind}
    return {
        (name,): {**own, "name": name, "value": str(value)}
        for name in procedure.kind.dimensions
        if (value := getattr(case.body, name, "")) not in ("", None)
    }


def _words(case: Case, procedure: Procedure, _: Calendar, __: Collection[int]) -> Rows:
    return {(w,): {"case_id": case.id, "word": w} for w in found_by(case, procedure)}


def owed(clock: Clock, procedure: Procedure | None) -> bool:
    """Tell whether a running clock stands for a duty; a window only closes, and what is asked afterwards is none."""
    rule = procedure.clocks.get(clock.name) if procedure else None
    return clock.state == "running" and not (rule and (rule.window or rule.after_close))


def _lapses(clock: Clock, procedure: Procedure) -> bool:
    rule = procedure.clocks.get(clock.name)
    return bool(rule and rule.window)


def _clocks(case: Case, procedure: Procedure, calendar: Calendar, same: Collection[int]) -> Rows:
    own, rows = {"case_id": case.id, "kind": case.kind}, {}
    for c in case.clocks:
        if id(c) in same:
            continue
        due, state = c.explain(calendar), c.state
        rows[c.name, c.round, c.unit] = {
            **own,
            "name": c.name,
            "round": c.round,
            "unit": c.unit,
            "state": WINDOW if state == "running" and _lapses(c, procedure) else state,
            "due_on": due.on,
            "provisional": due.provisional,
            "stopped_on": c.ticks[-1].on if state == "stopped" else None,
        }
    return rows


def found_by(case: Case, procedure: Procedure) -> frozenset[str]:
    """Cut the searchable texts of a case into words; what is sealed is never among them.

    The title is also found by its initials in pinyin, the number without its separators, and a text by its hash.
    """
    fields = (getattr(case.body, name, "") for name in procedure.kind.words)
    texts = [str(f) for f in fields if f and not isinstance(f, Sealed)]
    told = words(case.title, case.number, *texts) | set(map(text_mark, texts))
    return told | initials(case.title) | number_words(case.number)


NONE: Collection[int] = frozenset()
SIDES: Mapping[Table, tuple[tuple[str, ...], Callable[[Case, Procedure, Calendar, Collection[int]], Rows]]] = {
    t.case_facet: (("states",), _facets),
    t.case_party: (("parties",), _parties),
    t.case_link: (("links",), _links),
    t.case_assignment: (("assignments",), _assignments),
    t.case_clock: (("clocks",), _clocks),
    t.case_act: (("acts",), _acts),
    t.case_dimension: (("body",), _dimensions),
    t.case_word: (("title", "number", "body"), _words),
}
"""Each side table with the parts of a case that its rows are made of, and how."""
BY_PART = (t.case_clock, t.case_act)
"""Those of which each row is made of one part."""
