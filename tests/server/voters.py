"""A county whose stations everybody can see, and whose voters follow their matters by codes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from tests.core.peopling import blank

from renda_core.domain.case import Actor
from renda_core.domain.identity import match_key
from renda_core.domain.mandates import Mandate
from renda_core.store.codec import encode
from renda_core.store.roster import ADD
from renda_core.testing import uid

from .conftest import LI, WANG
from .votes import enable, ok

if TYPE_CHECKING:
    from .conftest import Site

CLERK = Actor(id=uid("clerk"), roles="office")
CONGRESS, FROM = uid("prepared congress"), dt.date(2021, 7, 1)
CODE = "990101001001001"
STATION, HOME, CLOSED = uid("voters' station"), uid("voters' home"), uid("voters' closed station")
WALLS = "https://rd.example.cn/public"
VOTER, PHONE = "蔡湖南", "19900001234"
NAMES = {WANG: "王芳", LI: "李强"}
SAID = "楼道灯不亮三个月了"
ANSWER = f"{VOTER}您好，楼道灯已于1月19日修好，有事请打{PHONE}"


def practices() -> dict[str, Any]:
    """Give the practices, with where the codes on the walls lead."""
    homes = {"board_address": f"{WALLS}/{{county}}/stations/{{station}}"}
    homes |= {"deputy_address": f"{WALLS}/{{county}}/deputies/{{deputy}}"}
    return {"reception": {}, "deputies_homes": homes, "fixed_day_reception": {"days": [22]}}


def settle(site: Site) -> dict[str, Any]:
    """Enable the practices and write the stations, with two deputies bound to one; give what paths name."""
    enable(site, **practices())

    async def write(unit: Any, _: Any) -> None:
        for noun, id, row in rows():
            await unit.write(ADD[noun], **blank(noun, id, **{"valid_from": FROM, **row}))
        unit.record("test.stations", on=unit.tenant, version=0, rule="")

    with site.open() as county:
        county.do(write, CLERK)
    return {"county": "qing", "station": CODE}


def rows() -> list[tuple[str, str, dict[str, Any]]]:
    """Write the stations, another deputy, and who is bound where."""
    congress = CONGRESS
    place = {"congress": congress, "township": "990101001", "liaison": "何敏"}
    held = Mandate(
        id=uid("voters' mandate"), valid_from=FROM, person=LI, congress=congress, term=uid("prepared term"),
        level="county", district=uid("prepared district"), certificate="2021-008", elected_on=FROM, state="active",
    )  # fmt: skip
    found: list[tuple[str, str, dict[str, Any]]] = [
        ("station", STATION, place | {"kind": "station", "name": "城关镇石桥村联络站", "code": CODE,
         "address": "石桥村村委会一楼", "offers": "调解、法律咨询、网格"}),
        ("station", HOME, place | {"kind": "home", "name": "城关镇代表之家", "code": "990101001001",
         "address": "城关镇人民政府二楼"}),
        ("station", CLOSED, place | {"kind": "point", "name": "旧站", "code": "990101001099", "address": "旧街1号",
         "valid_to": dt.date(2025, 1, 1)}),
        ("person", LI, {"name": NAMES[LI], "match_key": match_key(NAMES[LI])}),
        ("mandate", held.id, {"person": LI, "congress": congress, "term": held.term, "district": held.district,
         "certificate": held.certificate, "elected_on": FROM, "by_election": False, "state": "active",
         "document": encode(held)}),
    ]  # fmt: skip
    for n, who in enumerate((WANG, LI)):
        bound = {"kind": "station", "from_id": who, "to_id": STATION}
        found.append(("link", uid(f"voters' link {n}"), bound))
    return found


def heard(site: Site, **more: Any) -> str:
    """Register what a voter says; give the case."""
    body = {"text": SAID, "voter": VOTER, "phone": PHONE, "station": STATION, **more}
    case = {"kind": "opinion", "title": "楼道灯", "body": body, "parties": {"receiver": [WANG]}}
    id: str = ok(site.post("/api/cases", case), 201)["id"]
    return id


def answered(site: Site, **more: Any) -> str:
    """Bring a matter so far that its voter was told and may judge; give the case."""
    id = heard(site, **more)
    site.step(id, "sort", grade="on_spot", payload={})
    site.step(id, "reply", note="灯已修好")
    site.step(id, "tell_deputy", payload={"to": ""})
    site.step(id, "tell_voter", payload={"how": "phone", "voice": -1, "text": ANSWER})
    site.step(id, "close")
    return id


def code(site: Site, id: str, who: str = "office") -> str:
    """Have a code made for a case."""
    made: str = ok(site.post(f"/api/cases/{id}/code", None, who), 201)["code"]
    return made


def furnish(site: Site) -> dict[str, Any]:
    """Settle, and give one matter of each sort with its code."""
    ids = settle(site)
    for name in ("followed", "rated", "disputed"):
        ids[f"{name}_code"] = code(site, answered(site))
    return ids | {"opinion": heard(site)}
