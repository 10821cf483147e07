"""A county with a rule of points, vetoes and pages about one deputy, for the tests on scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from renda_core import hookimpl
from renda_core.catalogue import Catalogue
from renda_core.desks import PersonScore
from renda_core.domain.duty import Band, Item, Record
from renda_core.domain.fields import titled
from renda_core.domain.identity import match_key
from renda_core.domain.mandates import Mandate
from renda_core.records import Page, RecordKind, ScoreRule, Veto
from renda_core.services import duty
from renda_core.services.duty import writing
from renda_core.settings import setting
from renda_core.store.codec import encode
from renda_core.store.roster import ADD, PERSON
from renda_core.testing import Bench, uid

from .dutying import OFFICE
from .peopling import blank
from .reminding import BEGAN, congresses, elect

D = dt.date
COUNTY, TOWN = uid("county"), uid("town")
YEAR = (D(2026, 1, 1), D(2026, 12, 31))
AFTER = D(2027, 1, 10)
SOURCE = "U: a figure of a test"
KINDS = (
    RecordKind(name="visit", title="走访选民", book="reception", measures={"people": "人次"}),
    RecordKind(name="training", title="学习培训", book="activity", measures={"hours": "学时"}, part="taken"),
    RecordKind(name="leave", title="请假", unit="半天", part="missed"),
    RecordKind(name="talk", title="座谈"),
    RecordKind(name="secret", title="内部评定", book="", own=False, private=True),
    RecordKind(
        name="result",
        title="年度考核结果",
        book="",
        measures={"points": "分", "poor": "较差", "days": "任职天数"},
        by_hand=False,
        own=False,
        private=True,
    ),
)


@attrs.frozen(kw_only=True)
class Points:
    """What a visit gives, what everybody begins with, and up to what visits count."""

    visit: int = setting(300, source=SOURCE, title="走访", unit="hundredths")
    people: int = setting(10, source=SOURCE, title="每人次", unit="hundredths")
    start: int = setting(0, source=SOURCE, title="基础分", unit="hundredths")
    cap: int = setting(2_000, source=SOURCE, title="走访上限", unit="hundredths")
    twice: bool = setting(False, source=SOURCE, title="两行同计")


def items(settings: Points) -> Iterable[Item]:
    """Give the lines."""
    extra = {"people": settings.people}
    yield Item(code="visit", title="走访", kinds="visit", base=settings.visit, extra=extra, cap=settings.cap)
    yield Item(code="training", title="培训", kinds="training", base=50, extra={"hours": 5})
    yield Item(code="leave", title="请假", kinds="leave", base=-100)
    yield Item(code="talk", title="座谈", kinds="talk", base=200, evidence=True)
    if settings.twice:
        yield Item(code="again", title="再计", kinds="visit", base=1)


BANDS = (
    Band(code="good", title="良好", least=1_000),
    Band(code="fair", title="较好", least=300),
    Band(code="poor", title="较差", least=-(10**9), poor=True),
)
RULE = ScoreRule(
    name="points",
    title="履职积分",
    items=items,
    start=lambda settings: settings.start,
    bands=lambda settings: BANDS,
    result="result",
)


@attrs.frozen(kw_only=True)
class Asked:
    """Whose page, and which year."""

    person: str = titled("代表", default="")
    year: int = titled("年度", default=2026)


@attrs.frozen(kw_only=True)
class Line:
    """One record."""

    kind: str = titled("类别")
    on: dt.date = titled("日期")


@attrs.frozen(kw_only=True)
class Shown:
    """What a page about one deputy shows."""

    person: str = titled("编号")
    own: bool = titled("本人")
    asked: str = titled("所问")
    mandates: int = titled("职务")
    days: int = titled("任职天数")
    total: int = titled("积分")
    records: tuple[Line, ...] = titled("记录", default=())


async def shown(context: Any, desk: Any, asked: Asked) -> Shown:
    """Show a person's year."""
    first, last = D(asked.year, 1, 1), D(asked.year, 12, 31)
    held = await desk.mandates()
    congress = held[-1].congress if held else ""
    scored = await desk.score("points", first, last, congress=congress) if held else None
    exposed = await desk.exposure(first, last, congress=congress)
    return Shown(
        person=desk.person,
        own=desk.own,
        asked=asked.person,
        mandates=len(held),
        days=exposed.in_office,
        total=scored.score.total if scored else 0,
        records=tuple(Line(kind=r.kind, on=r.on) for r in await desk.records(first, last)),
    )


MINE = Page(
    name="mine", title="履职积分", shows=Shown, view=shown, who="office overseer station", asks=Asked, of_person=True
)


def practice(
    *vetoes: Veto,
    scores: Iterable[ScoreRule] = (RULE,),
    pages: Iterable[Page] = (),
    kinds: Iterable[RecordKind] = KINDS,
) -> Any:
    """Make a practice of points."""

    class Plugin:
        """A plugin of a test."""

        @hookimpl
        def register_settings(self) -> Any:
            return Points

        @hookimpl
        def register_records(self) -> Any:
            return (*kinds, *scores, *vetoes)

        @hookimpl
        def register_pages(self) -> Any:
            return pages

    return Plugin()


def pointed(
    county: Any,
    *vetoes: Veto,
    deputies: Iterable[str] = ("wang", "li"),
    settings: Mapping[str, Any] | None = None,
    changes: Mapping[dt.date, Mapping[str, Any]] | None = None,
    today: dt.date = AFTER,
    scores: Iterable[ScoreRule] = (RULE,),
    pages: Iterable[Page] = (),
    kinds: Iterable[RecordKind] = KINDS,
    **rest: Any,
) -> Bench:
    """Make a county with a rule of points; *changes* are settings from days on."""
    known = Catalogue.collect({"points": practice(*vetoes, scores=scores, pages=pages, kinds=kinds)})
    dated = {day: {"points": values} for day, values in (changes or {}).items()}
    b: Bench = county({"points": settings or {}}, catalogue=known, changes=dated, today=today, **rest)
    congresses(b)
    elect(b, *deputies)
    return b


def hold(b: Bench, name: str, key: str, *, of: str = "town", on: dt.date = BEGAN, term: int = 0, **rest: Any) -> str:
    """Give somebody one more mandate; *rest* is of the mandate, e.g. ``valid_to`` and ``state``.

    Args:
        term: The number of the next term, which is written too.
    """
    of_term = uid(f"{of} term {term}" if term else f"{of} term")
    held = Mandate(
        id=uid(key), person=uid(name), congress=uid(of), term=of_term, level="township",
        elected_on=on, **{"valid_from": on, "state": "active", **rest},
    )  # fmt: skip

    async def write(unit: Any, _: Any) -> None:
        if await unit.find(PERSON, id=held.person) is None:
            given = {"name": name, "match_key": match_key(name)}
            await unit.write(ADD["person"], **blank("person", held.person, **given))
        if term:
            given = {"congress": held.congress, "number": term, "first_session_on": on, "valid_from": on}
            await unit.write(ADD["term"], **blank("term", of_term, **given))
        row = {"person": held.person, "congress": held.congress, "term": held.term, "certificate": key}
        row |= {"elected_on": on, "by_election": False, "state": held.state, "document": encode(held)}
        row |= {"valid_from": held.valid_from, "valid_to": held.valid_to}
        await unit.write(ADD["mandate"], **blank("mandate", held.id, **row))
        unit.record("test.held", on=held.id, version=0, rule="test")

    b.do(write, OFFICE)
    return held.id


def third(b: Bench) -> None:
    """Write the congress of the city, beside those of the county and the town."""

    async def write(unit: Any, _: Any) -> None:
        area = {"level": "city", "name": "示例市人民代表大会", "area": "", "has_districts": True, "valid_from": BEGAN}
        await unit.write(ADD["congress"], **blank("congress", uid("city"), **area))
        term = {"congress": uid("city"), "number": 6, "first_session_on": BEGAN, "valid_from": BEGAN}
        await unit.write(ADD["term"], **blank("term", uid("city term"), **term))
        unit.record("test.congress", on=uid("city"), version=0, rule="test")

    b.do(write, OFFICE)


def did(b: Bench, *records: Record) -> tuple[Record, ...]:
    """Write records that count, bound to the mandates of their days where the person is known to hold any."""

    async def write(unit: Any, _: Any) -> tuple[Record, ...]:
        held = await writing.Held.load(unit, [r.person for r in records])
        bound = [held.bound(r) if held.known(r.person) and not r.mandates else r for r in records]
        made = [await writing.add(unit, r) for r in bound]
        await writing.count(unit, [(None, r) for r in made])
        unit.record("test.did", on=unit.tenant, version=0, rule="test")
        return tuple(made)

    found: tuple[Record, ...] = b.do(write, OFFICE)
    return found


def record(name: str, kind: str, on: dt.date, *, n: int = 0, **rest: Any) -> Record:
    """Make a record; *n* tells apart those of one day."""
    return Record(**{"person": uid(name), "kind": kind, "on": on, "source": f"登记簿 {on} {n}", **rest})


def score(b: Bench, by: Any, name: str, *, days: Any = YEAR, congress: str = "", rule: str = "points") -> PersonScore:
    """Score one person as somebody."""
    found: PersonScore = b.ask(duty.score_of, by, uid(name), rule, *days, congress)
    return found


def scores(b: Bench, *, days: Any = YEAR, congress: str = COUNTY, by: Any = OFFICE) -> tuple[PersonScore, ...]:
    """Score everybody."""
    found: tuple[PersonScore, ...] = b.ask(duty.scores_of, by, "points", *days, congress)
    return found


def assess(b: Bench, *, by: Any = OFFICE, rule: str = "points", year: int = 2026, congress: str = COUNTY) -> Any:
    """Assess a year."""
    return b.do(duty.assess, by, rule, year, congress)
