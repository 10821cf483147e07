"""What an office hands out: codes on walls that lead to the public pages, and a voter's code to follow a matter by."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response

from renda_core import papers
from renda_core.services import codes, signs
from renda_server import downloads
from renda_server.answering import Answer
from renda_server.desks import Desk
from renda_server.downloads import PDF
from renda_server.operations import operation
from renda_server.resources.papers import printed

TAG = "signs"
SVG = "image/svg+xml"
Asking = Request[Any, Any, Any]


class CodeMade(msgspec.Struct, kw_only=True, frozen=True):
    """A code, told once: it is kept nowhere, and who loses it is given another."""

    code: str


@operation("GET", "/stations/{station_id:str}/qr.svg", summary="Draw a station's code", tag=TAG, media=SVG)
async def draw_station_code(desk: Desk, station_id: str, request: Asking) -> Response[Any]:
    """Draw the code (二维码) of a home or station, which leads to its public board."""
    sign = await desk.store.read(signs.station_sign, desk.tenant.id, desk.tenant, station_id)
    return downloads.whole(request, f"{sign.title} 二维码.svg", signs.svg(sign), SVG)


@operation(
    "GET",
    "/stations/{station_id:str}/poster.pdf",
    summary="Print a station's poster",
    tag=TAG,
    media=PDF,
)
async def print_station_poster(desk: Desk, station_id: str, request: Asking) -> Response[Any]:
    """Set the poster (二维码牌) of a home or station: one sheet, with what it offers and who receives when."""
    return await printed(desk, request, await _poster(desk, signs.station_poster, station_id))


@operation("GET", "/people/{person_id:str}/qr.svg", summary="Draw a deputy's code", tag=TAG, media=SVG)
async def draw_deputy_code(desk: Desk, person_id: str, request: Asking) -> Response[Any]:
    """Draw the code of a deputy, which leads to the deputy's public page."""
    sign = await desk.store.read(signs.deputy_sign, desk.tenant.id, desk.tenant, person_id)
    return downloads.whole(request, f"{sign.title} 二维码.svg", signs.svg(sign), SVG)


@operation("GET", "/people/{person_id:str}/poster.pdf", summary="Print a deputy's poster", tag=TAG, media=PDF)
async def print_deputy_poster(desk: Desk, person_id: str, request: Asking) -> Response[Any]:
    """Set the poster of a deputy: one sheet, with the stations and the next days."""
    return await printed(desk, request, await _poster(desk, signs.deputy_poster, person_id))


async def _poster(desk: Desk, gather: Any, id: str) -> papers.Paper:
    paper: papers.Paper = await desk.store.read(gather, desk.tenant.id, desk.tenant, id)
    return paper


@operation(
    "POST",
    "/cases/{case_id:str}/code",
    summary="Give a code to follow a case by",
    tag=TAG,
    problems=(422,),
    secret=True,
)
async def issue_code(desk: Desk, case_id: str) -> Answer[CodeMade]:
    """Make a code (查询码) by which whoever brought the matter follows it; one that was given before is void.

    It is told in this answer alone. An answer that was lost is asked for again: that makes another code.
    """
    return Answer(CodeMade(code=await desk.do(codes.issue, case_id)), {"Cache-Control": "no-store"})


HANDLERS = (draw_station_code, print_station_poster, draw_deputy_code, print_deputy_poster, issue_code)
