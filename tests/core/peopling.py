"""A small roster for tests: a congress with its term, a delegation, deputies in every state, and voters."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renda_core.domain.case import Actor
from renda_core.domain.identity import match_key
from renda_core.domain.mandates import Mandate
from renda_core.store import tables as t
from renda_core.store.codec import encode
from renda_core.store.importing import ADD_WORD
from renda_core.store.roster import ADD
from renda_core.store.words import person_words
from renda_core.testing import Bench, uid

ID_NUMBER, PHONE = "110101199003070978", "13812345678"
BEGAN = dt.date(2022, 1, 5)
OFFICE = Bench.actor("clerk", "office assigner")
READERS = tuple(Bench.actor(role, role) for role in ("committee", "presidium", "overseer", "director", "assigner"))
DEPUTY = Bench.actor("wang", "deputy")
UNIT = Bench.actor("head", unit="roads")
PUBLIC = Bench.actor("passer-by", "public")
STRANGER = Actor(id=uid("nobody"))
HOME = uid("congress")


def blank(noun: str, id: str, **given: Any) -> dict[str, Any]:
    """Fill a row of the roster."""
    table = getattr(t, noun)
    row = {c.name: None if c.nullable else "" for c in table.c if c.name != "tenant_id"}
    return {**row, "id": id, "valid_from": BEGAN, **given}


def settle(b: Bench, *deputies: str, voters: tuple[str, ...] = (), **states: str) -> None:
    """Write a roster: deputies are active, but for those named in *states*; words of each are kept.

    A certificate is ``1号``, ``2号`` and so on, in the order in which the deputies are named.
    """

    async def write(unit: Any, _: Any) -> None:
        area = {"level": "county", "name": "清河县", "area": "110101", "has_districts": False}
        await unit.write(ADD["congress"], **blank("congress", HOME, **area))
        term = {"congress": HOME, "number": 18, "first_session_on": BEGAN}
        await unit.write(ADD["term"], **blank("term", uid("term"), **term))
        east = {"congress": HOME, "kind": "delegation", "name": "城关代表团"}
        await unit.write(ADD["body"], **blank("body", uid("east"), **east))
        district = {"congress": HOME, "name": "第一选区", "seats": 2}
        await unit.write(ADD["district"], **blank("district", uid("first"), **district))
        roads = {"name": "交通局", "head": "赵局长", "phone": unit.hide(PHONE, "unit.phone")}
        await unit.write(ADD["unit"], **blank("unit", uid("roads"), **roads))
        for n, name in enumerate(deputies, 1):
            await person(unit, name, f"{n}号")
            id, state = uid(f"mandate {name}"), states.get(name, "active")
            held = {
                "person": uid(name), "congress": HOME, "term": uid("term"), "district": uid("first"),
                "certificate": f"{n}号", "elected_on": BEGAN, "by_election": False, "state": state,
            }  # fmt: skip
            mandate = encode(Mandate(id=id, valid_from=BEGAN, level="county", **held))
            await unit.write(ADD["mandate"], **blank("mandate", id, **held, document=mandate))
            sits = {"mandate": uid(f"mandate {name}"), "body": uid("east"), "role": "member"}
            await unit.write(ADD["membership"], **blank("membership", uid(f"seat {name}"), **sits))
        for name in voters:
            await person(unit, name)
            registered = {"person": uid(name), "district": uid("first"), "registered_on": BEGAN}
            await unit.write(ADD["voter"], **blank("voter", uid(f"voter {name}"), **registered))
        unit.record("test.settled", on=HOME, version=0, rule="test")

    b.do(write, OFFICE)


async def person(unit: Any, name: str, *numbers: str) -> None:
    """Write a person with words; who is named 有号 has the ID number."""
    given = {
        "name": name,
        "match_key": match_key(name),
        "employer": "石桥小学",
        "born_on": dt.date(1990, 3, 7),
        "phone": unit.hide(PHONE, "person.phone"),
        "id_number": unit.hide(ID_NUMBER, "person.id_number"),
        "id_index": unit.find_key(ID_NUMBER if name == "有号" else name, "person.id_number"),
    }
    await unit.write(ADD["person"], **blank("person", uid(name), **given))
    for word in person_words(name, *numbers):
        await unit.write(ADD_WORD, person_id=uid(name), word=word)
