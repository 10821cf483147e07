"""A county with one of everything, whose ids are known: what examples and attacks are tried on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from tests.core.sending_files import PDF

from renda_core.domain.case import Actor
from renda_core.domain.identity import match_key
from renda_core.domain.mandates import Mandate
from renda_core.store import tables as t
from renda_core.store.codec import encode
from renda_core.store.roster import ADD
from renda_core.store.unit import Unit
from renda_core.testing import uid

from . import accounted, operating, voters, votes
from .conftest import ROADS, WANG
from .sending import send, settled

if TYPE_CHECKING:
    from .conftest import Site

FROM = dt.date(2021, 7, 1)
ROSTER = {
    one: uid(f"prepared {one}")
    for one in ("congress", "term", "session", "district", "body", "mandate", "station", "voter")
} | {"person": WANG, "unit": ROADS}
"""One id of each noun."""
NEAR = dt.date(2026, 2, 10)
"""When the next session opens: within the month before which deputies are reminded."""
CLERK = Actor(id=uid("clerk"), roles="office")


def rows() -> dict[str, dict[str, Any]]:
    """Write one row of each noun."""
    own = {name: {"id": id, "valid_from": FROM, "valid_to": None} for name, id in ROSTER.items()}
    held = Mandate(
        id=ROSTER["mandate"], valid_from=FROM, person=WANG, congress=ROSTER["congress"], term=ROSTER["term"],
        level="county", district=ROSTER["district"], certificate="2021-007", elected_on=FROM, state="active",
    )  # fmt: skip
    own["congress"] |= {
        "level": "county", "name": "清县人民代表大会", "area": "990101", "parent": None, "has_districts": True,
        "population": 300_000,
    }  # fmt: skip
    own["term"] |= {"congress": ROSTER["congress"], "number": 6, "first_session_on": FROM, "ends_on": None}
    own["session"] |= {"term": ROSTER["term"], "number": 1, "opens_on": FROM, "closes_on": dt.date(2021, 7, 4)}
    own["district"] |= {"congress": ROSTER["congress"], "name": "城东选区", "seats": 3}
    own["person"] |= {
        "name": "王芳", "match_key": match_key("王芳"), "sex": "female", "nationality": "汉族", "born_on": None,
        "party": "", "education": "", "employer": "", "position": "", "id_number": None, "phone": None,
        "id_index": None,
    }  # fmt: skip
    own["body"] |= {"congress": ROSTER["congress"], "kind": "delegation", "name": "城东代表团"}
    own["mandate"] |= {
        "person": WANG, "congress": ROSTER["congress"], "term": ROSTER["term"], "district": ROSTER["district"],
        "certificate": "2021-007", "elected_on": FROM, "by_election": False, "categories": "", "state": "active",
        "document": encode(held),
    }  # fmt: skip
    own["unit"] |= {
        "name": "县交通运输局", "code": "", "category": "", "head": "", "phone": None, "parent": None,
        "successor": None,
    }  # fmt: skip
    own["station"] |= {
        "kind": "station", "name": "城东联络站", "code": "", "congress": ROSTER["congress"], "address": "",
        "manager": "", "phone": None,
    }  # fmt: skip
    own["voter"] |= {"person": None, "district": ROSTER["district"], "registered_on": FROM}
    return own


async def _fill(unit: Unit, _: object) -> None:
    every = rows()
    for name, row in ((noun.name, every[noun.name]) for noun in t.ROSTER if noun.name in every):
        columns = [c for c in ADD[name].source.table.c if c.name != "tenant_id"]
        await unit.write(ADD[name], **({c.name: None if c.nullable else "" for c in columns} | row))
    unit.record("test.prepared", on=unit.tenant, version=0, rule="")


def fill(site: Site) -> None:
    """Put one of every noun in a county."""
    with site.open() as county:
        county.do(_fill, CLERK)


def furnish(site: Site) -> dict[str, Any]:
    """Fill a county, enable practices that vote, and give one id of everything, by the name that paths give it."""
    fill(site)
    votes.enable(site, proposal_preparation={"required": []}, meetings_and_training={}, duty_points={})
    case = site.assigned()
    ids: dict[str, Any] = {f"{one}_id": id for one, id in ROSTER.items()}
    remind(site)
    ids |= {"record_id": recorded(site), "case_id": case, "kind": "suggestion", "name": "satisfaction", "round": "1"}
    ids |= attached(site, case) | agreed(site)
    ids |= votes.held(site) | with_files(site) | voters.furnish(site) | accounted.furnish(site)
    return ids | operating.furnish(site)


def attached(site: Site, case: str) -> dict[str, Any]:
    """Add two files to a case; give their ids, and a signed head of the other county's journal."""
    path, query = f"/api/cases/{case}/files", {"filename": "现场照片.pdf"}
    headers = {"Authorization": f"Bearer {site.tokens['office']}", "Content-Type": "application/pdf"}
    made = [site.client.post(path, content=PDF, params=query, headers=headers) for _ in "12"]
    assert {one.status_code for one in made} == {201}, made[0].text
    head = votes.ok(site.get("/api/journal/statement", "other"))
    return {"file_id": made[0].json()["id"], "other_file": made[1].json()["id"], "head": head}


def agreed(site: Site) -> dict[str, str]:
    """Take down that Wang agreed to be told of events; give the consent's id."""
    made = site.post("/api/privacy/consents", {"person": WANG, "purpose": "notices"})
    return {"consent_id": votes.ok(made, 201)["id"]}


def recorded(site: Site) -> str:
    """Have Wang enter visits of this year and the last; give the id of the later one, which waits to be checked."""
    for on, who in (("2025-11-03", "office"), ("2026-01-08", "wang")):
        state = "confirmed" if who == "office" else "entered"
        visit = {"kind": "visit", "on": on, "source": f"走访登记表 {on}", "state": state, "evidence": ["走访登记表"]}
        made = votes.ok(site.post(f"/api/people/{WANG}/records", visit, who), 201)
    id: str = made["id"]
    return id


def remind(site: Site) -> None:
    """Let a session come near and have its deputy, Wang, reminded of it."""
    meeting = {"id": uid("prepared meeting"), "term": ROSTER["term"], "number": 6, "valid_from": NEAR, "valid_to": None}

    async def enter(unit: Unit, _: object) -> None:
        await unit.write(ADD["session"], **meeting, opens_on=NEAR, closes_on=None)
        unit.record("test.prepared", on=unit.tenant, version=0, rule="")

    with site.open() as county:
        county.do(enter, CLERK)
    sent = site.post("/api/jobs/remind", None)
    assert (sent.status_code, sent.json()) == (200, {"sent": 1, "failed": []}), sent.text


def with_files(site: Site) -> dict[str, str]:
    """Send two files, which are read, and save columns under two names; give the files' ids."""
    paths = [send(site).headers["Location"] for _ in "12"]
    told = [settled(site, path).json() for path in paths]
    assert {one["state"] for one in told} == {"previewed"}
    for name in ("通讯录", "去年"):
        headers = {"Authorization": f"Bearer {site.tokens['office']}"}
        saved = site.client.put(f"/api/column-choices/units/{name}", json={"columns": ["name"]}, headers=headers)
        assert saved.status_code == 200, saved.text
    return {"id": told[0]["id"], "other_import": told[1]["id"]}
