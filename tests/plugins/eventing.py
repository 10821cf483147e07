"""A county with deputies, and events from plan to roll on a store, for the tests on meetings and training."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from tests.core.reminding import OFFICE, congresses, elect

from renda_core.catalogue import Catalogue
from renda_core.domain.case import Case
from renda_core.domain.duty import Record
from renda_core.services import duty, jobs
from renda_core.testing import Bench, uid
from renda_plugins import meetings_and_training
from renda_plugins.meetings_and_training.fields import Event, Invitation

D = dt.date
CLERK, CHAIR = Bench.actor("clerk", "office"), Bench.actor("chair", "director")
TODAY, DAY = D(2026, 3, 2), D(2026, 3, 16)
COUNTY, TOWN = uid("county"), uid("town")
HOURS = {"begins": "09:00", "ends": "17:00", "place": "县会议中心"}


def settled(county: Any, *deputies: str, today: dt.date = TODAY, **settings: Any) -> Bench:
    """Make a county with a county's and a township's congress, whose deputies sit in the first."""
    b: Bench = county(
        {"meetings_and_training": settings},
        catalogue=Catalogue.collect({"meetings_and_training": meetings_and_training}),
        today=today,
    )
    congresses(b)
    if deputies:
        elect(b, *deputies)
    return b


def ids(*names: str) -> tuple[str, ...]:
    """Give the ids of people."""
    return tuple(map(uid, names))


def plan(b: Bench, *who: str, on: dt.date = DAY, title: str = "活动", at: dt.date | None = None, **body: Any) -> Case:
    """Plan an event to which some people are invited from the beginning."""
    rest = {"on": at} if at else {}
    given = {**HOURS, **body}
    return b.open("event", CLERK, Event(on=on, **given), title=title, parties={"invited": ids(*who)}, **rest)


def invite(b: Bench, case: Case, *who: str, role: str = "attend", **rest: Any) -> Case:
    """Invite some people by one act."""
    return b.step(case, "invite", CLERK, payload=Invitation(role=role), parties={"invited": ids(*who)}, **rest)


def roll(b: Bench, case: Case, *present: str, step: str = "roll", note: str = "补登", **lists: Any) -> Case:
    """Call the roll, or correct it; names stand for people."""
    told = {name: [uid(p) for p in value] if name in ("absent", "on_leave") else value for name, value in lists.items()}
    more = {"parties": told.pop("parties")} if "parties" in told else {}
    on = {"on": told.pop("on")} if "on" in told else {}
    return b.step(case, step, CLERK, note=note, payload={"present": [uid(p) for p in present], **told}, **more, **on)


def part(who: str, *missed: str) -> dict[str, Any]:
    """Give a line of the roll of somebody who came for a part."""
    return {"person": uid(who), "missed": list(missed)}


def records(b: Bench, who: str, *, states: Iterable[str] = ("confirmed",)) -> list[Record]:
    """Give a person's records in some states, oldest first, then by kind."""
    found: tuple[Record, ...] = b.read(duty.records_of, uid(who))
    return sorted((r for r in found if r.state in states), key=lambda r: (r.on, r.kind))


def summary(b: Bench, who: str) -> list[tuple[str, int]]:
    """Give what is recorded of a person: kind and quantity."""
    return [(r.kind, r.quantity) for r in records(b, who)]


def look(b: Bench) -> list[Case]:
    """Let the watches look, and give what was opened."""
    return [b.case(id) for id in b.store.run(b.store.write(jobs.look, b.file.id, jobs.WATCH, b.tenant))]


__all__ = [
    "CHAIR",
    "CLERK",
    "COUNTY",
    "DAY",
    "HOURS",
    "OFFICE",
    "TODAY",
    "TOWN",
    "D",
    "elect",
    "ids",
    "invite",
    "look",
    "part",
    "plan",
    "records",
    "roll",
    "settled",
    "summary",
]
