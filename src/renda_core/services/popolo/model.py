"""The classes of Popolo (https://www.popoloproject.com), with the properties that a roster has, under their own names.

Additions, which other readers of Popolo pass over: a membership's ``legislative_period_id`` (as other publishers of
Popolo have it), ``identifiers`` and ``by_election``, and a post's ``seats``.
"""

from __future__ import annotations

from typing import Any

import msgspec

LEGISLATURE, UNIT, HOME, STATION, POINT = (
    "legislature", "handling unit", "deputies' home", "liaison station", "contact point",
)  # fmt: skip
STATIONS = {"home": HOME, "station": STATION, "point": POINT}
"""Classifications of stations by their kind."""
BODIES = ("delegation", "group", "committee", "organ")
"""Classifications of organisations; bodies are named as they are kept."""
DISTRICT = "electoral district"
PERIOD, SESSION = "legislative period", "session"
"""Classifications of areas and events."""
DEPUTY, ELECT = "deputy", "deputy-elect"
"""Roles of a seat in a legislature: in office or once in office, and elected but not yet confirmed."""
CERTIFICATE, USCC, STATION_CODE, TERM_NUMBER, SESSION_NUMBER = (
    "deputy certificate", "CN-USCC", "station code", "term number", "session number",
)  # fmt: skip
"""Schemes of identifiers."""
WITH_DISTRICTS = "city with districts"
"""The classification of the area of a city divided into districts (设区的市), beside the levels of congress."""


class Identifier(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """An issued identifier."""

    identifier: str
    scheme: str | None = None


class ContactDetail(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """A means of contact; renda reads and writes addresses only."""

    type: str | None = None
    value: str | None = None


class Person(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """A real person."""

    id: str
    name: str
    gender: str | None = None
    birth_date: str | None = None
    national_identity: str | None = None


class Organization(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """A group of people with a purpose of its own: congress, body, handling unit or station."""

    id: str
    name: str
    classification: str | None = None
    parent_id: str | None = None
    area_id: str | None = None
    founding_date: str | None = None
    dissolution_date: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    contact_details: tuple[ContactDetail, ...] = ()


class Post(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """A position that exists whoever holds it: a district's seat, or its *seats*."""

    id: str
    label: str | None = None
    role: str | None = None
    organization_id: str | None = None
    area_id: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    seats: int | None = None


class Membership(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """A person's seat in a legislature, or place in one of its bodies; many publishers give it no id."""

    id: str | None = None
    person_id: str
    organization_id: str
    role: str | None = None
    post_id: str | None = None
    area_id: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    legislative_period_id: str | None = None
    by_election: bool | None = None
    identifiers: tuple[Identifier, ...] = ()


class Area(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """A geographic area: a congress's, or an electoral district."""

    id: str
    name: str | None = None
    identifier: str | None = None
    classification: str | None = None
    parent_id: str | None = None


class Event(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """An occurrence: a term of a legislature, or a session in it."""

    id: str
    name: str | None = None
    classification: str | None = None
    organization_id: str | None = None
    parent_id: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    identifiers: tuple[Identifier, ...] = ()


class Document(msgspec.Struct, kw_only=True, frozen=True):
    """One document with everything in it; a collection of which there is nothing is an empty array."""

    persons: tuple[Person, ...] = ()
    organizations: tuple[Organization, ...] = ()
    posts: tuple[Post, ...] = ()
    memberships: tuple[Membership, ...] = ()
    areas: tuple[Area, ...] = ()
    events: tuple[Event, ...] = ()


COLLECTIONS: dict[str, type[Any]] = {
    "persons": Person,
    "organizations": Organization,
    "posts": Post,
    "memberships": Membership,
    "areas": Area,
    "events": Event,
}
"""The arrays of a document, by name."""


def identified(identifiers: tuple[Identifier, ...], scheme: str) -> str | None:
    """Give the first identifier of a scheme."""
    return next((i.identifier for i in identifiers if i.scheme == scheme), None)
