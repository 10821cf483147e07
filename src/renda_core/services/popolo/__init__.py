"""The roster out as Popolo, the open format for people, organisations and their terms of office."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid5

import msgspec

from renda_core.domain.case import Actor
from renda_core.errors import NotAllowed
from renda_core.services.mandates import KEEPERS
from renda_core.services.popolo import model as m
from renda_core.services.sessions import session_title, term_title
from renda_core.store.roster import ALL
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

Row = dict[str, Any]
Rows = dict[str, list[Row]]
NOUNS = ("congress", "term", "session", "district", "person", "body", "mandate", "membership", "unit", "station")
"""What goes out. Voters, links between people, ID numbers, telephones and the names of heads never do."""
KEPT_BACK = {"void": frozenset({"void"}), "public": frozenset({"void", "elected"})}
"""States of mandates that are left out: for the keepers what never was, for others also what is not yet confirmed."""


async def export(reader: Reader, tenant: Tenant, actor: Actor, *, personal: bool = False) -> bytes:
    """Write a tenant's roster as one Popolo document in JSON; the same roster gives the same bytes.

    Keepers of the roster get all of it; everybody else gets names, organisations and seats without certificates.

    Args:
        personal: Also birth dates and nationality (民族); for keepers only.

    Raises:
        NotAllowed: Personal data were asked for by somebody who keeps no roster.
    """
    made = await document(reader, tenant, actor, personal=personal)
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


async def document(reader: Reader, _: Tenant, actor: Actor, *, personal: bool = False) -> m.Document:
    """Make a tenant's roster a Popolo document; see :func:`export`."""
    keeper = bool(actor.roles & KEEPERS)
    if personal and not keeper:
        raise NotAllowed(f"birth dates are given to {', '.join(sorted(KEEPERS))} only")
    rows: Rows = {noun: await reader.all(ALL[noun]) for noun in NOUNS}
    hidden = KEPT_BACK["void" if keeper else "public"]
    rows["mandate"] = [r for r in rows["mandate"] if r["state"] not in hidden]
    seated = {r["person"] for r in rows["mandate"]}
    if not keeper:
        rows["person"] = [r for r in rows["person"] if r["id"] in seated]
    return m.Document(
        persons=_sorted(_person(r, personal) for r in rows["person"]),
        organizations=_sorted(_organizations(rows)),
        posts=_sorted(_post(r) for r in rows["district"]),
        memberships=_sorted(_memberships(rows, keeper)),
        areas=_sorted(_areas(rows)),
        events=_sorted(_events(rows)),
    )


def seat(district: str) -> str:
    """Give the id of the post that a district's seats are."""
    return str(uuid5(UUID(district), "seat"))


def home(congress: str) -> str:
    """Give the id of a congress's area."""
    return str(uuid5(UUID(congress), "area"))


def _sorted(parts: Any) -> tuple[Any, ...]:
    return tuple(sorted(parts, key=lambda part: part.id))


def _day(value: dt.date | None) -> str | None:
    return value.isoformat() if value else None


def _named(scheme: str, value: object) -> tuple[m.Identifier, ...]:
    return (m.Identifier(identifier=str(value), scheme=scheme),) if value else ()


def _person(r: Row, personal: bool) -> m.Person:
    more = {"birth_date": _day(r["born_on"]), "national_identity": r["nationality"] or None} if personal else {}
    return m.Person(id=r["id"], name=r["name"], gender=r["sex"] or None, **more)


def _organization(r: Row, classification: str, parent: str | None, **more: Any) -> m.Organization:
    return m.Organization(
        id=r["id"],
        name=r["name"],
        classification=classification,
        parent_id=parent,
        founding_date=_day(r["valid_from"]),
        dissolution_date=_day(r["valid_to"]),
        **more,
    )


def _organizations(rows: Rows) -> list[m.Organization]:
    return [
        *(_organization(r, m.LEGISLATURE, r["parent"], area_id=home(r["id"])) for r in rows["congress"]),
        *(_organization(r, r["kind"], r["congress"]) for r in rows["body"]),
        *(_organization(r, m.UNIT, r["parent"], identifiers=_named(m.USCC, r["code"])) for r in rows["unit"]),
        *(
            _organization(
                r,
                m.STATIONS[r["kind"]],
                r["congress"],
                identifiers=_named(m.STATION_CODE, r["code"]),
                contact_details=(m.ContactDetail(type="address", value=r["address"]),) if r["address"] else (),
            )
            for r in rows["station"]
        ),
    ]


def _areas(rows: Rows) -> list[m.Area]:
    places = [
        m.Area(
            id=home(r["id"]),
            name=r["name"].removesuffix("人民代表大会") or r["name"],
            identifier=r["area"] or None,
            classification=m.WITH_DISTRICTS if r["level"] == "city" and r["has_districts"] else r["level"],
            parent_id=home(r["parent"]) if r["parent"] else None,
        )
        for r in rows["congress"]
    ]
    districts = [
        m.Area(id=r["id"], name=r["name"], classification=m.DISTRICT, parent_id=home(r["congress"]))
        for r in rows["district"]
    ]
    return places + districts


def _post(r: Row) -> m.Post:
    return m.Post(
        id=seat(r["id"]),
        label=f"{r['name']}代表",
        role=m.DEPUTY,
        organization_id=r["congress"],
        area_id=r["id"],
        start_date=_day(r["valid_from"]),
        end_date=_day(r["valid_to"]),
        seats=r["seats"],
    )


def _memberships(rows: Rows, keeper: bool) -> list[m.Membership]:
    seats = [
        m.Membership(
            id=r["id"],
            person_id=r["person"],
            organization_id=r["congress"],
            role=m.ELECT if r["state"] == "elected" else m.DEPUTY,
            post_id=seat(r["district"]) if r["district"] else None,
            area_id=r["district"],
            start_date=_day(r["valid_from"]),
            end_date=_day(r["valid_to"]),
            legislative_period_id=r["term"],
            by_election=r["by_election"] or None,
            identifiers=_named(m.CERTIFICATE, r["certificate"]) if keeper else (),
        )
        for r in rows["mandate"]
    ]
    mandates = {r["id"]: r for r in rows["mandate"]}
    places = [
        m.Membership(
            id=r["id"],
            person_id=held["person"],
            organization_id=r["body"],
            role=r["role"] or None,
            start_date=_day(r["valid_from"]),
            end_date=_day(r["valid_to"]),
            legislative_period_id=held["term"],
        )
        for r in rows["membership"]
        if (held := mandates.get(r["mandate"]))
    ]
    return seats + places


def _events(rows: Rows) -> list[m.Event]:
    names = {r["id"]: r["name"] for r in rows["congress"]}
    terms = {r["id"]: r for r in rows["term"]}
    periods = [
        m.Event(
            id=r["id"],
            name=f"{names[r['congress']]}{term_title(r['number'])}",
            classification=m.PERIOD,
            organization_id=r["congress"],
            start_date=_day(r["first_session_on"]),
            end_date=_day(r["ends_on"]),
            identifiers=_named(m.TERM_NUMBER, r["number"]),
        )
        for r in rows["term"]
    ]
    sessions = [
        m.Event(
            id=r["id"],
            name=session_title(names[terms[r["term"]]["congress"]], terms[r["term"]]["number"], r["number"]),
            classification=m.SESSION,
            organization_id=terms[r["term"]]["congress"],
            parent_id=r["term"],
            start_date=_day(r["opens_on"]),
            end_date=_day(r["closes_on"]),
            identifiers=_named(m.SESSION_NUMBER, r["number"]),
        )
        for r in rows["session"]
    ]
    return periods + sessions
