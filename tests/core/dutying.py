"""A county with deputies, kinds of duty records and a practice that calls rolls, for the tests on duty records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.domain.case import Act, Case
from renda_core.domain.duty import Record
from renda_core.domain.mandates import Mandate
from renda_core.domain.procedure import Context, Facet, Kind, Move, Step
from renda_core.records import Item, RecordKind, RecordRule, ScoreRule
from renda_core.services import duty
from renda_core.store import duty as stored
from renda_core.store.codec import decode, encode
from renda_core.store.roster import ADD
from renda_core.testing import Bench, uid

from .peopling import blank
from .reminding import BEGAN, congresses, elect

D = dt.date
OFFICE, SECOND = Bench.actor("clerk", "office"), Bench.actor("second clerk", "office")
CHAIR, STATION = Bench.actor("chair", "overseer"), Bench.actor("desk", "station")
WANG, LI, CHEN = (Bench.actor(n, "deputy") for n in ("wang", "li", "chen"))
TODAY = D(2026, 3, 31)
KINDS = (
    RecordKind(name="visit", title="走访选民", book="reception", measures={"people": "人次"}),
    RecordKind(name="training", title="学习培训", book="activity", measures={"hours": "学时"}, part="taken"),
    RecordKind(name="talk", title="座谈"),
    RecordKind(name="session", title="出席人代会", by_hand=False, part="taken"),
    RecordKind(name="absence", title="缺席", by_hand=False, own=False, part="missed"),
    RecordKind(name="secret", title="内部评定", book="", own=False, private=True),
)


@attrs.frozen(kw_only=True)
class Roll:
    """Who came, and who did not."""

    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    congress: str = ""
    half_days: int = 1


def called(context: Context[Any], case: Case, act: Act) -> Iterator[Record]:
    """Record everybody on the roll."""
    roll = act.payload if isinstance(act.payload, Roll) else Roll()
    for kind, people in (("session", roll.present), ("absence", roll.absent)):
        for person in people:
            told = {"kind": kind, "on": act.on, "congress": roll.congress, "quantity": roll.half_days}
            yield Record(person=person, source=f"case:{case.id}", title=case.title, **told)


def practice(*scores: ScoreRule, kinds: Iterable[RecordKind] = KINDS, rules: Iterable[RecordRule] | None = None) -> Any:
    """Make a practice with a kind ``meeting`` that calls a roll, and calls it again."""
    calls = [RecordRule(name=step, kind="meeting", step=step, make=called, whole="roll") for step in ("call", "recall")]

    class Plugin:
        """A plugin of a test."""

        @hookimpl
        def register_cases(self) -> Any:
            yield Kind(name="meeting", title="会议", opening="plan", audience="office deputy")
            yield Facet(kind="meeting", states="planned called closed", final="closed")
            yield Step(kind="meeting", name="plan", who="office")
            yield Step(kind="meeting", name="call", who="office", takes=Roll, moves=(Move("planned", "called"),))
            yield Step(kind="meeting", name="recall", who="office", takes=Roll, moves=(Move("called", "called"),))
            yield Step(kind="meeting", name="close", who="office", moves=(Move("called", "closed"),))

        @hookimpl
        def register_records(self) -> Any:
            return (*kinds, *(calls if rules is None else rules), *scores)

    return Plugin()


def county_of(county: Any, *scores: ScoreRule, deputies: Iterable[str] = ("wang", "li"), **rest: Any) -> Bench:
    """Make a county whose deputies sit in its congress."""
    rest.setdefault("today", TODAY)
    b: Bench = county({"duties": {}}, catalogue=Catalogue.collect({"duties": practice(*scores)}), **rest)
    congresses(b)
    elect(b, *deputies)
    return b


def also(b: Bench, name: str, of: str, *, on: dt.date = BEGAN) -> str:
    """Give somebody who sits already a mandate in another congress too."""
    id = uid(f"mandate {name} {of}")
    held = Mandate(
        id=id, valid_from=on, person=uid(name), congress=uid(of), term=uid(f"{of} term"), level="township",
        elected_on=on, state="active",
    )  # fmt: skip
    row = {"person": held.person, "congress": held.congress, "term": held.term, "certificate": id}
    row |= {"elected_on": on, "by_election": False, "state": "active", "document": encode(held), "valid_from": on}

    async def write(unit: Any, _: Any) -> None:
        await unit.write(ADD["mandate"], **blank("mandate", id, **row))
        unit.record("test.elected", on=id, version=0, rule="test")

    b.do(write, OFFICE)
    return id


def asking(evidence: bool = True) -> ScoreRule:
    """Make a rule that asks for evidence of visits."""
    item = Item(code="visit", title="走访", kinds="visit", base=100, evidence=evidence)
    return ScoreRule(name="asking", title="积分", items=lambda settings: (item,))


def visit(**rest: Any) -> Record:
    """Make a visit of wang's on 5 January, unless told otherwise."""
    told = {"person": WANG.id, "kind": "visit", "on": D(2026, 1, 5), "source": "登记簿 1"} | rest
    return Record(**told)


def enter(b: Bench, by: Any = OFFICE, *, again: str = "", **rest: Any) -> Record:
    """Enter a visit."""
    made: Record = b.do(duty.enter, by, duty.Entering(record=visit(**rest), again=again))
    return made


def mark(b: Bench, by: Any, record: Record, do: Any, why: str = "", **rest: Any) -> Record:
    """Make a mark on a record."""
    made: Record = b.do(duty.mark, by, duty.Marking(id=record.id, do=do, why=why, **rest))
    return made


def records_of(b: Bench, person: Any) -> tuple[Record, ...]:
    """Give a person's records."""
    found: tuple[Record, ...] = b.read(duty.records_of, person.id)
    return found


def counters(b: Bench) -> dict[tuple[Any, ...], int]:
    """Give what is kept counted, without what is zero."""

    async def work(reader: Any) -> Any:
        return await reader.all(stored.COUNTED, first=D(1, 1, 1), last=D(9999, 12, 31))

    return {(r.month, r.holder, r.kind, r.measure): r.n for r in b.read(work)}


def made_anew(b: Bench) -> dict[tuple[Any, ...], int]:
    """Count all records of the tenant afresh."""

    async def work(reader: Any) -> Any:
        return await reader.all(stored.BETWEEN, first=D(1, 1, 1), last=D(9999, 12, 31))

    return dict(stored.counted((None, decode(row.document, Record)) for row in b.read(work)))


def call(b: Bench, case: Case, step: str = "call", *, present: Any = (), absent: Any = (), **rest: Any) -> Case:
    """Call the roll of a meeting."""
    roll = Roll(present=tuple(uid(p) for p in present), absent=tuple(uid(p) for p in absent), **rest)
    return b.step(case, step, OFFICE, payload=roll)
