"""A county whose deputies earn points and stars: the practices that score and those that record, and a year of work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tests.core.reminding import congresses, elect

from renda_core.domain.duty import Record
from renda_core.domain.suggestion import SUPERVISORS, Supervisors
from renda_core.services import duty
from renda_core.services.duty import writing
from renda_core.testing import Bench, uid

D = dt.date
TODAY = D(2026, 12, 20)
JULY = D(2026, 7, 1)
FIRST, LAST = D(2026, 1, 1), D(2026, 12, 31)
OFFICE = Bench.actor("clerk", "office assigner")
CHAIR = Bench.actor("chair", "overseer")
WANG, LI = Bench.actor("wang", "deputy"), Bench.actor("li", "deputy")
COUNTY = uid("county")
FIVE = Supervisors(**dict.fromkeys(SUPERVISORS, "任祥玉"))
RECORDING = ("suggestion_handling", "key_supervision", "reception", "meetings_and_training", "duty_archive")
ONE_POINT = {"code": "visit", "title": "走访选民", "category": "联系", "kinds": ["visit"], "base": 1}
"""A line by which a record of n visits is n points."""


def county_of(
    make: Any,
    *deputies: str,
    points: Mapping[str, Any] | None = None,
    stars: Mapping[str, Any] | None = None,
    without: str = "",
    **rest: Any,
) -> Bench:
    """Make a county with both practices and those that record, and elect deputies to its congress."""
    plugins: dict[str, Mapping[str, Any]] = {name: {} for name in RECORDING}
    plugins |= {"duty_points": points or {}, "five_star_ratings": stars or {}}
    plugins.pop(without, None)
    b: Bench = make(plugins, **{"today": TODAY, **rest})
    congresses(b)
    elect(b, *(deputies or ("wang", "li")))
    return b


def did(b: Bench, person: str, kind: str, on: dt.date, **rest: Any) -> Record:
    """Enter a record by hand, as the office does, confirmed."""
    told = {"source": f"登记簿 {kind} {on}", **rest}
    record = Record(person=uid(person), kind=kind, on=on, **told)
    made: Record = b.do(duty.enter, OFFICE, duty.Entering(record=record, again="另一次"))
    return made


def happened(b: Bench, person: str, kind: str, on: dt.date, **rest: Any) -> Record:
    """Record what only a step records, as the step would."""

    async def work(unit: Any, _: Any) -> Record:
        held = await writing.Held.load(unit, (uid(person),))
        told = {"source": f"case:{uid(f'{kind} {on}')}", **rest}
        made = await writing.add(unit, held.bound(Record(person=uid(person), kind=kind, on=on, **told)))
        await writing.count(unit, [(None, made)])
        unit.record("test.recorded", on=made.id, version=0, rule="test")
        return made

    made: Record = b.do(work, OFFICE)
    return made


def mark(b: Bench, record: Record, do: Any, by: Any = OFFICE, why: str = "核对", **changes: Any) -> Record:
    """Make a mark on a record."""
    made: Record = b.do(duty.mark, by, duty.Marking(id=record.id, do=do, why=why, changes=changes))
    return made


def visits(*years: tuple[str, int, int]) -> Any:
    """Give a function that enters so many visits a year: (person, year, points)."""

    def enter(b: Bench) -> None:
        for person, year, n in years:
            did(b, person, "visit", D(year, 3, 2), quantity=n)

    return enter


def points_of(b: Bench, person: str = "wang", by: Any = OFFICE, **asked: Any) -> Any:
    """Look at somebody's points as the page shows them."""
    return b.page("my_points", by, {"person": uid(person), **asked})


def stars_of(b: Bench, person: str = "wang", by: Any = OFFICE, **asked: Any) -> Any:
    """Look at somebody's stars as the page shows them."""
    return b.page("my_stars", by, {"person": uid(person), **asked})
