"""A county with a roster of every sort, for the tests on Popolo, sessions and feeds."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from renda_core.domain.case import Actor
from renda_core.domain.mandates import Mandate
from renda_core.services import popolo
from renda_core.services.popolo import imports as popolo_import
from renda_core.store.codec import encode
from renda_core.store.roster import ADD
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant
from renda_core.testing import Bench, uid
from renda_plugins import suggestion_handling

OFFICE = Bench.actor("clerk", "office assigner")
PUBLIC = Bench.actor("passer-by", "public")
DEPUTY = Bench.actor("wang", "deputy")
UNIT = Bench.actor("head of roads", unit="roads")
D = dt.date
ELECTED, OPENED = D(2021, 12, 20), D(2021, 12, 28)
NAMES = {
    "wang": "王小明", "dots": "阿依夏木·买买提", "other dots": "古丽•艾合买提", "rare": "𠮷田䶮", "later": "李后来",
    "ended": "赵离任",
}  # fmt: skip
CITY, COUNTY = "示例市人民代表大会", "示例县人民代表大会"
SECRETS = ("110101199001010010", "19900001234", "赵主任", "投票人甲")


def rows(unit: Unit) -> dict[str, list[dict[str, Any]]]:
    """Give the rows of a roster by noun; whatever is not told is empty."""
    since = {"valid_from": ELECTED, "valid_to": None}
    congress = {**since, "has_districts": False, "population": None, "parent": None}
    person = {
        **since, "sex": "female", "nationality": "汉族", "born_on": D(1980, 5, 6), "party": "", "education": "",
        "employer": "", "position": "", "id_number": unit.hide(SECRETS[0], "person.id_number"),
        "phone": unit.hide(SECRETS[1], "person.phone"), "id_index": None,
    }  # fmt: skip
    made: dict[str, list[dict[str, Any]]] = {
        "congress": [
            {**congress, "id": uid("city"), "level": "city", "name": CITY, "area": "421200", "has_districts": True},
            {**congress, "id": uid("county"), "level": "county", "name": COUNTY, "area": "", "parent": uid("city")},
        ],
        "term": [
            {**since, "id": uid("term"), "congress": uid("county"), "number": 6, "first_session_on": OPENED,
             "ends_on": None},
            {**since, "id": uid("city term"), "congress": uid("city"), "number": 5, "first_session_on": OPENED,
             "ends_on": D(2027, 1, 4)},
        ],
        "session": [
            {**since, "id": uid("session 5"), "term": uid("term"), "number": 5, "opens_on": D(2026, 1, 12),
             "closes_on": D(2026, 1, 15)},
            {**since, "id": uid("session 6"), "term": uid("term"), "number": 6, "opens_on": D(2026, 12, 21),
             "closes_on": None},
        ],
        "district": [
            {**since, "id": uid("d1"), "congress": uid("county"), "name": "第一选区", "seats": 3},
            {**since, "id": uid("d2"), "congress": uid("county"), "name": "第二选区", "seats": 1},
        ],
        "person": [
            {**person, "id": uid(key), "name": name, "match_key": popolo_key(name)} for key, name in NAMES.items()
        ],
        "body": [
            {**since, "id": uid("team"), "congress": uid("county"), "kind": "delegation", "name": "一团"},
            {**since, "id": uid("group"), "congress": uid("county"), "kind": "group", "name": "一组"},
        ],
        "unit": [
            {**since, "id": uid("government"), "name": "县政府办公室", "code": "", "category": "", "head": SECRETS[2],
             "phone": None, "parent": None, "successor": None},
            {**since, "id": uid("a roads"), "name": "县交通运输局", "code": "11420000MB0000000X", "category": "",
             "head": "", "phone": None, "parent": uid("government"), "successor": None},
        ],
        "station": [
            {**since, "id": uid("home"), "kind": "home", "name": "示例镇代表之家", "code": "A-1",
             "congress": uid("county"), "address": "示例镇人民路 1 号", "manager": SECRETS[2], "phone": None,
             "township": "示例镇", "liaison": SECRETS[2], "position": "29.85,114.32", "offers": "调解、法律咨询"},
            {**since, "id": uid("point"), "kind": "point", "name": "示例村联系点", "code": "",
             "congress": uid("county"), "address": "", "manager": "", "phone": None,
             "township": "", "liaison": "", "position": "", "offers": ""},
        ],
        "voter": [],
    }  # fmt: skip
    states = {"later": "elected", "ended": "ended"}
    made["mandate"] = [mandate(key, n, states.get(key, "active")) for n, key in enumerate(NAMES)]
    made["mandate"].append(
        mandate("wang", 9, "active", id="wang city", congress="city", term="city term", district=None)
    )
    made["membership"] = [
        {**since, "id": uid(f"in {where} {key}"), "mandate": uid(f"mandate {key}"), "body": uid(where), "role": role}
        for key, where, role in (("wang", "team", "团长"), ("wang", "group", ""), ("dots", "team", ""))
    ]
    return made


def popolo_key(name: str) -> str:
    """Give the key that the roster keeps beside a name."""
    from renda_core.domain.identity import match_key

    return match_key(name)


def mandate(key: str, n: int, state: Any, **at: Any) -> dict[str, Any]:
    """Give the row of a mandate with its document."""
    ends = D(2025, 6, 1) if state == "ended" else None
    of = {"id": key, "congress": "county", "term": "term", "district": "d1", **at}
    made = Mandate(
        id=uid(f"mandate {of['id']}"), person=uid(key), congress=uid(of["congress"]), level="county",
        term=uid(of["term"]), elected_on=ELECTED, valid_from=ELECTED, valid_to=ends, state=state,
        district=uid(of["district"]) if of["district"] else None, certificate=f"X-{n}", by_election=n == 2,
    )  # fmt: skip
    names = ("id", "person", "congress", "term", "district", "certificate", "elected_on", "by_election", "state")
    told = {name: getattr(made, name) for name in (*names, "valid_from", "valid_to")}
    return {**told, "categories": "", "document": encode(made)}


async def fill(unit: Unit, _: Tenant) -> None:
    """Put the whole roster in."""
    for noun, given in rows(unit).items():
        order = given if noun != "unit" else sorted(given, key=lambda r: r["parent"] or "")
        for row in order:
            await unit.write(ADD[noun], **row)
    unit.record("test.filled", on=unit.tenant, version=0, rule="test")


def filled(county: Any, **rest: Any) -> Bench:
    """Make a county with that roster."""
    b: Bench = county(suggestion_handling, **rest)
    b.do(fill, OFFICE)
    return b


def empty(county: Any, **rest: Any) -> Bench:
    """Make a county with nothing in it."""
    b: Bench = county(suggestion_handling, **rest)
    return b


def out(b: Bench, who: Actor = OFFICE, **rest: Any) -> bytes:
    """Export a county."""
    raw: bytes = b.ask(popolo.export, who, **rest)
    return raw


def look(b: Bench, document: Any, **rest: Any) -> popolo_import.Preview:
    """Preview a document, given as bytes or as plain data."""
    found: popolo_import.Preview = b.ask(popolo_import.preview, OFFICE, raw(document), **rest)
    return found


def bring(b: Bench, document: Any, **rest: Any) -> popolo_import.Applied:
    """Import a document."""
    done: popolo_import.Applied = b.do(popolo_import.apply, OFFICE, raw(document), **rest)
    return done


def raw(document: Any) -> bytes:
    """Write plain data as JSON."""
    return document if isinstance(document, bytes) else json.dumps(document, ensure_ascii=False).encode()
