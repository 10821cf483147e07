"""Signs (码牌) of homes, stations and deputies: the code as SVG, the poster as a paper.

A practice says on a page what a sign says; it is read here as the public reads it, so that nothing can hang on a wall
that not everybody may know. A code only leads to an address: it signs nobody in and asks for nothing.
"""

from __future__ import annotations

import datetime as dt
import io
from urllib.parse import urlsplit

import attrs

from renda_core import papers as p
from renda_core.domain.case import Actor
from renda_core.domain.signs import COUNTY, Sign, filled
from renda_core.errors import Misuse
from renda_core.records import StationOn
from renda_core.services import ledgers
from renda_core.services.desk import StoreDesk
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

STATION, DEPUTY = "station_sign", "deputy_sign"
"""The pages that say what the sign of a station, and of a deputy, says."""
WALL = Actor(id="job:sign", roles={"public"})
"""Who reads what hangs on a wall."""
LEVEL = "q"
"""Of correction: a quarter of the code may be soiled or torn. Source: ISO/IEC 18004, 25 %."""
QUIET = 4
"""Modules left white around the code. Source: ISO/IEC 18004."""
ACROSS = 86.0
"""Millimetres of the code on the poster: it is read from about ten times as far. Source: U, a rule of thumb."""
FOUND = "扫码找代表"
HOW = (
    "用手机“扫一扫”对准二维码，可以查看接待日程、代表和办理情况。扫码不用登录，不收费，不会要求填写身份证号、"
    "银行卡号或者验证码。打开的网址不以 {host} 开头的，请不要继续，并告诉工作人员。"
)


async def station_sign(reader: Reader, tenant: Tenant, station: str) -> Sign:
    """Make the sign of a home or station.

    Args:
        station: Its code, id or full name.

    Raises:
        NotFound: No such station is open, or no enabled practice makes signs of stations.
        Invalid: No address is set for the code to lead to.
    """
    return await _sign(reader, tenant, STATION, station=station)


async def deputy_sign(reader: Reader, tenant: Tenant, deputy: str) -> Sign:
    """Make the sign of a deputy in office.

    Args:
        deputy: The id, or a full name that one deputy bears.

    Raises:
        NotFound: No such deputy is in office, or no enabled practice makes signs of deputies.
        Invalid: No address is set for the code to lead to.
    """
    return await _sign(reader, tenant, DEPUTY, deputy=deputy)


async def _sign(reader: Reader, tenant: Tenant, page: str, **asked: str) -> Sign:
    found = await ledgers.page(reader, tenant, WALL, page, asked)
    if not isinstance(found, Sign):
        raise Misuse(f"page {page} shows a {type(found).__name__}, not a sign")
    return attrs.evolve(found, address=filled(found.address, **{COUNTY: tenant.code}))


async def stations(reader: Reader, tenant: Tenant) -> tuple[StationOn, ...]:
    """List the homes and stations that are open today, by code and name."""
    return await StoreDesk(reader, tenant, WALL).stations(tenant.today)


def svg(sign: Sign) -> bytes:
    """Draw the code of a sign as SVG: its title inside, nothing fetched from outside; a sign gives the same bytes."""
    import segno  # with the first sign, not with the program

    made = io.BytesIO()
    code = segno.make(sign.address, error=LEVEL, micro=False, boost_error=False)
    code.save(
        made, kind="svg", border=QUIET, title=f"{sign.title}　{FOUND}", light="#fff", omitsize=True, svgclass=None
    )
    return made.getvalue()


async def station_poster(reader: Reader, tenant: Tenant, station: str) -> p.Paper:
    """Gather the poster of a home or station; raises as :func:`station_sign` does."""
    return _dated(reader, tenant, await station_sign(reader, tenant, station))


async def deputy_poster(reader: Reader, tenant: Tenant, deputy: str) -> p.Paper:
    """Gather the poster of a deputy; raises as :func:`deputy_sign` does."""
    return _dated(reader, tenant, await deputy_sign(reader, tenant, deputy))


def _dated(reader: Reader, tenant: Tenant, sign: Sign) -> p.Paper:
    """Date a poster by its day: printed twice that day, it is the same file."""
    return poster(sign, tenant.name, dt.datetime.combine(tenant.today, dt.time(), reader.now.tzinfo))


def poster(sign: Sign, tenant: str, made: dt.datetime) -> p.Paper:
    """Lay a sign out as a poster, one A4 sheet upright: the code, what it is, and the lines beside it.

    Args:
        tenant: Whose poster it is, as it stands at the head.
        made: The moment that the file tells; the same sign of the same moment is the same file.
    """
    code = p.Code(svg=svg(sign).decode(), across=ACROSS, under=FOUND, address=sign.address)
    facts = p.Facts(tuple((p.Fact(line.label, line.text),) for line in sign.lines))
    return p.Paper(
        name=f"{sign.title} 二维码牌",
        tenant=tenant,
        title=sign.title,
        subtitle=sign.of,
        sections=(
            p.Section(blocks=(code, facts) if sign.lines else (code,), note=HOW.format(host=_host(sign.address))),
        ),
        made=made,
        outward=True,
        poster=True,
    )


def _host(address: str) -> str:
    split = urlsplit(address)
    return f"{split.scheme}://{split.netloc}"
