"""Deputies with their mandates and duty records, for the tests on the duty archive."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.core.peopling import blank
from tests.core.reminding import BEGAN, OFFICE, congresses

from renda_core.catalogue import Catalogue
from renda_core.domain.duty import Record
from renda_core.domain.identity import match_key
from renda_core.domain.mandates import Mandate, State
from renda_core.services import duty
from renda_core.store.codec import encode
from renda_core.store.roster import ADD
from renda_core.testing import Bench, uid
from renda_plugins import duty_archive, key_supervision, meetings_and_training, reception, suggestion_handling

D = dt.date
TODAY = D(2026, 12, 31)
CHAIR = Bench.actor("chair", "overseer")
PLUGINS = {
    "duty_archive": duty_archive,
    "key_supervision": key_supervision,
    "meetings_and_training": meetings_and_training,
    "reception": reception,
    "suggestion_handling": suggestion_handling,
}
LEVELS = {"county": "county", "town": "township", "city": "city"}


def archive(county: Any, *deputies: str, today: dt.date = TODAY, more: Any = None, **settings: Any) -> Bench:
    """Make a county whose deputies sit in its congress; *more* are further plugins."""
    known = PLUGINS | (more or {})
    given = {name: {} for name in known} | {"duty_archive": settings}
    b: Bench = county(given, catalogue=Catalogue.collect(known), today=today)
    congresses(b)
    people(b, *deputies)
    for name in deputies:
        seat(b, name)
    return b


def people(b: Bench, *names: str) -> None:
    """Write people."""
    write(b, *(("person", n, {"name": n, "match_key": match_key(n), "valid_from": BEGAN}) for n in names))


def seat(
    b: Bench,
    name: str,
    of: str = "county",
    *,
    on: dt.date = BEGAN,
    term: str = "",
    state: State = "active",
    **rest: Any,
) -> str:
    """Give somebody a mandate from a day on; give its id."""
    term = term or f"{of} term"
    id = uid(f"mandate {name} {of} {term}")
    held = Mandate(
        id=id, person=uid(name), congress=uid(of), term=uid(term), level=LEVELS[of], valid_from=on, elected_on=on,
        state=state, **rest,
    )  # fmt: skip
    row = {"person": held.person, "congress": held.congress, "term": held.term, "district": held.district}
    row |= {"certificate": held.certificate or id, "elected_on": on, "by_election": held.by_election, "state": state}
    write(b, ("mandate", id, row | {"document": encode(held), "valid_from": on}), named=False)
    return id


def write(b: Bench, *rows: tuple[str, str, dict[str, Any]], named: bool = True) -> None:
    """Write rows of the roster, each as noun, name of its id, and fields."""

    async def work(unit: Any, _: Any) -> None:
        for noun, name, fields in rows:
            await unit.write(ADD[noun], **blank(noun, uid(name) if named else name, **{"valid_from": BEGAN, **fields}))
        unit.record("test.rows", on=unit.tenant, version=0, rule="test")

    b.do(work, OFFICE)


def enter(b: Bench, name: str, kind: str, on: dt.date, *, by: Any = OFFICE, **rest: Any) -> Record:
    """Enter a record by hand."""
    told = {"source": f"{name} {kind} {on}", **rest}
    asked = duty.Entering(record=Record(person=uid(name), kind=kind, on=on, **told), again="另一件")
    made: Record = b.do(duty.enter, by, asked)
    return made


def mark(b: Bench, by: Any, record: Record, do: Any, why: str = "", **rest: Any) -> Record:
    """Make a mark on a record."""
    made: Record = b.do(duty.mark, by, duty.Marking(id=record.id, do=do, why=why, **rest))
    return made


def file(b: Bench, name: str, page: str = "duty_file", by: Any = None, **asked: Any) -> Any:
    """Look at a page about one deputy."""
    return b.page(page, by or OFFICE, {"person": name, **asked})
