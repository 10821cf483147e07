"""Derive every table's rows from a case; rebuilding them from the documents gives the same rows."""

from collections.abc import Mapping
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
    own = {"case_id": case.id, "kind": case.kind}
    return {
        t.case_facet: {
            (f,): {**own, "facet": f, "state": procedure.state(case, f)} for f in procedure.facets if f != UNIT
        },
        t.case_party: {(r, p): {**own, "role": r, "person": p} for r, people in case.parties.items() for p in people},
        t.case_link: {
            (r, o): {"case_id": case.id, "relation": r, "other_id": o}
            for r, others in case.links.items()
            for o in others
        },
        t.case_assignment: {
            (a.round, a.unit): {**own, "round": a.round, "unit": a.unit, "role": a.role, "state": a.state}
            for a in case.assignments
        },
        t.case_clock: _clocks(case, own, procedure, calendar),
        t.case_act: {
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
        },
        t.case_dimension: {
            (name,): {**own, "name": name, "value": str(value)}
            for name in procedure.kind.dimensions
            if (value := getattr(case.body, name, "")) not in ("", None)
        },
        t.case_word: {(w,): {"case_id": case.id, "word": w} for w in found_by(case, procedure)},
    }


def owed(clock: Clock, procedure: Procedure | None) -> bool:
    """Tell whether a running clock stands for a duty; a window only closes, and what is asked afterwards is none."""
    rule = procedure.clocks.get(clock.name) if procedure else None
    return clock.state == "running" and not (rule and (rule.window or rule.after_close))


def _lapses(clock: Clock, procedure: Procedure) -> bool:
    rule = procedure.clocks.get(clock.name)
    return bool(rule and rule.window)


def _clocks(case: Case, own: Mapping[str, Any], procedure: Procedure, calendar: Calendar) -> Rows:
    rows = {}
    for c in case.clocks:
        due = c.explain(calendar)
        rows[c.name, c.round, c.unit] = {
            **own,
            "name": c.name,
            "round": c.round,
            "unit": c.unit,
            "state": WINDOW if c.state == "running" and _lapses(c, procedure) else c.state,
            "due_on": due.on,
            "provisional": due.provisional,
            "stopped_on": c.ticks[-1].on if c.state == "stopped" else None,
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
