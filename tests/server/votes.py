"""Ballots in every state of their life, held over HTTP: what requests of every operation are tried on."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import attrs

from renda_core import sealing
from renda_core.domain.case import Actor
from renda_core.sealing.keys import Key

from .conftest import LI, ROADS, WANG

if TYPE_CHECKING:
    from .conftest import Site

KEYS = tuple(Key(name=f"监票人{n}", body=f"第{n}代表团", secret=bytes([n]) * 32) for n in (1, 2))
TRUSTEES = [attrs.asdict(key.trustee) for key in KEYS]
SURVEY = "group_survey"
METHOD = {
    "text": "票决办法全文",
    "level": "county",
    "session": "第六届人民代表大会第三次会议",
    "places": 2,
    "surplus": 1,
    "announcement": "由主席团当场宣布",
}
BUNDLE = {"bundle": "1", "votes": [[2, 0, 0]], "valid": 2}
"""Two papers, both satisfied."""


def enable(site: Site, **more: Any) -> None:
    """Enable practices that vote."""
    seen = site.get("/api/configuration")
    document = seen.json()
    document["layers"][0]["plugins"] |= {"settled_accounts": {}, "livelihood_ballot": {}} | more
    headers = {"Authorization": f"Bearer {site.tokens['office']}", "If-Match": seen.headers["ETag"]}
    ok(site.client.put("/api/configuration", json=document, headers=headers))


def actor(site: Site, who: str) -> Actor:
    """Say who bears a token."""
    return site.people[who]


def ok(answer: Any, status: int = 200) -> Any:
    """Take what an answer holds."""
    assert answer.status_code == status, answer.text
    return answer.json()


def opened(box: dict[str, Any]) -> dict[str, Any]:
    """Have the trustees open a box."""
    for key in KEYS:
        box = sealing.peel(box, key)
    for key in KEYS:
        box = sealing.sign(box, key)
    return box


def sealed(site: Site, ballot: str, marks: list[tuple[int, int]], who: str = "wang") -> str:
    """Seal a paper as a device does; base64."""
    sheet = sealing.Sheet.read(ok(site.get(f"/api/ballots/{ballot}/sheet", who)))
    return base64.b64encode(sealing.seal(sheet, marks)).decode()


def prepared(site: Site, **more: Any) -> str:
    """Prepare a survey of one unit by two deputies, who are its tellers too."""
    whole = {"kind": SURVEY, "title": "办理测评", "subjects": [ROADS], "roll": [WANG, LI], "tellers": [WANG, LI]}
    id: str = ok(site.post("/api/ballots", whole | more), 201)["id"]
    return id


def by_device(site: Site, *, rehearsed: bool = True) -> str:
    """Prepare one that is cast by device, and open it once its trustees have rehearsed."""
    id = prepared(site, electronic=True, trustees=TRUSTEES)
    if rehearsed:
        box = opened(ok(site.post(f"/api/ballots/{id}/rehearsal", None)))
        headers = {"Authorization": f"Bearer {site.tokens['office']}"}
        ok(site.client.put(f"/api/ballots/{id}/rehearsal", json={"opened": box}, headers=headers))
        act(site, id, "opening", {})
    return id


def on_paper(site: Site) -> str:
    """Prepare one on paper, and open it."""
    id = prepared(site)
    act(site, id, "opening", {})
    return id


def act(site: Site, ballot: str, what: str, body: Any = None, who: str = "office") -> Any:
    """Do one thing with a ballot that must succeed."""
    return ok(site.post(f"/api/ballots/{ballot}/{what}", body, who))


def counted(site: Site) -> str:
    """Bring one on paper to its count."""
    id = entered(site)
    act(site, id, "count", {"paper_returned": 2})
    return id


def entered(site: Site) -> str:
    """Bring one on paper so far that both tellers have entered it."""
    id = on_paper(site)
    act(site, id, "closing")
    for teller in ("wang", "li"):
        act(site, id, "bundles", BUNDLE, teller)
    return id


def by_name(site: Site) -> str:
    """Open a vote by name on a method."""
    case = {"kind": "livelihood_method", "title": "票决办法", "body": METHOD}
    id = ok(site.post("/api/cases", case), 201)["id"]
    site.step(id, "table_method")
    vote = {"kind": "livelihood_method_vote", "subjects": [id], "roll": [WANG, LI], "electronic": True}
    ballot: str = ok(site.post("/api/ballots", vote), 201)["id"]
    act(site, ballot, "opening", {})
    return ballot


def whole(site: Site) -> str:
    """Hold one by device from beginning to end."""
    id = by_device(site)
    for who in ("wang", "li"):
        act(site, id, "papers", {"sealed": sealed(site, id, [(0, 0)], who)}, who)
    act(site, id, "closing")
    box = ok(site.get(f"/api/ballots/{id}/rounds/1/box"))
    act(site, id, "count", {"opened": opened(box)})
    act(site, id, "announcement")
    return id


def held(site: Site) -> dict[str, Any]:
    """Hold a ballot for each state; give their ids, and what only the ballot itself makes."""
    trial, open_ = by_device(site, rehearsed=False), by_device(site)
    shut = on_paper(site)
    act(site, shut, "closing")
    act(site, shut, "bundles", BUNDLE | {"bundle": "2"}, "wang")
    return {
        "ballot_id": open_,
        "prepared_ballot": prepared(site),
        "due_ballot": prepared(site),
        "trial_ballot": trial,
        "trial_opened": opened(ok(site.post(f"/api/ballots/{trial}/rehearsal", None))),
        "sealed_paper": sealed(site, open_, [(0, 0)]),
        "named_ballot": by_name(site),
        "open_ballot": on_paper(site),
        "shut_ballot": shut,
        "entered_ballot": entered(site),
        "counted_ballot": counted(site),
        "whole_ballot": whole(site),
    }
