"""What a practice shows everybody of a county: its homes and stations, and the deputies bound to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from renda_core.domain.case import Actor
from renda_core.errors import NotFound
from renda_core.records import CongressOn, StationOn
from renda_core.services import ledgers, place_feeds, signs
from renda_core.services.desk import StoreDesk
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

STATION, DEPUTY = "station_board", "deputy_board"
"""The pages that a practice shows everybody; where no enabled practice has them, there is nothing here."""
TITLES = {"home": "代表之家", "station": "代表联络站", "point": "代表联系点"}


async def stations(reader: Reader, tenant: Tenant, actor: Actor) -> Sequence[StationOn]:
    """List the homes and stations that are open today, by code and name.

    Raises:
        NotFound: The county shows none to everybody.
    """
    _shown(tenant, actor, STATION)
    return await signs.stations(reader, tenant)


async def townships(reader: Reader, tenant: Tenant, actor: Actor) -> dict[str, str]:
    """Name the areas whose congresses the roster has, by division code."""
    _shown(tenant, actor, STATION)
    found: Sequence[CongressOn] = await StoreDesk(reader, tenant, actor).congresses(tenant.today)
    return {c.area: _area(c.name) for c in found}


async def station(reader: Reader, tenant: Tenant, actor: Actor, station: str) -> Any:
    """Show the board of a home or station, by its code or id."""
    return await ledgers.page(reader, tenant, actor, STATION, {"station": station})


async def deputy(reader: Reader, tenant: Tenant, actor: Actor, person: str) -> Any:
    """Show the board of a deputy, by the id."""
    return await ledgers.page(reader, tenant, actor, DEPUTY, {"deputy": person})


async def station_calendar(reader: Reader, tenant: Tenant, actor: Actor, station: str) -> bytes:
    """Write the calendar of a home or station, by its code or id."""
    _shown(tenant, actor, STATION)
    return await place_feeds.station_feed(reader, tenant, station)


async def deputy_calendar(reader: Reader, tenant: Tenant, actor: Actor, person: str) -> bytes:
    """Write the calendar of a deputy, by the id."""
    _shown(tenant, actor, DEPUTY)
    return await place_feeds.deputy_feed(reader, tenant, person)


def refuse_unfollowed(tenant: Tenant) -> None:
    """Answer as if there were no county where no enabled practice has matters that are followed by a code.

    Raises:
        NotFound: There is none.
    """
    if not any(procedure.kind.followed for procedure in tenant.practice.procedures.values()):
        raise NotFound("nothing is followed by a code here")


def _shown(tenant: Tenant, actor: Actor, name: str) -> None:
    page = tenant.practice.pages.get(name)
    if page is None or not actor.roles & page.who:
        raise NotFound(f"no page {name!r}")


def _area(congress: str) -> str:
    """Name the area of a congress, e.g. 城关镇 of 城关镇人民代表大会."""
    return congress.removesuffix("人民代表大会") or congress
