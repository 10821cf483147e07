"""The pages of a county's stations and deputies, and of voters who follow their matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
from litestar import Request, Response, post, route
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from renda_core.records import StationOn
from renda_server.bodies import refuse_unstorable
from renda_server.desks import Guest
from renda_server.operations import known
from renda_server.public import boards, following, forms
from renda_server.public.looks import FOR_ONE, READ, SIZES, Frame, chosen, framed, show

Asking = Request[Any, Any, Any]
WHOLE = 40
"""Stations that stand on one page; more are found by their township, or by a word."""
LONGEST = 100
"""Characters of a word to look for."""
ELSEWHERE = ""
"""The township of stations whose place the roster does not tell."""


@attrs.frozen(kw_only=True)
class Township:
    """A township with its stations."""

    code: str
    name: str
    stations: Sequence[StationOn]


@route("/public/{county:str}", http_method=READ)
async def stations(request: Asking, county: FromPath[str]) -> Response[bytes]:
    """List a county's stations: all where they are few, else those of a township or with a word in their name."""
    desk, frame = await guest(request, county)
    every, names = await desk.glance(boards.stations), await desk.glance(boards.townships)
    asked = {name: request.query_params.get(name, "")[:LONGEST].strip() for name in ("text", "township")}
    refuse_unstorable(asked)
    found = [s for s in every if _fits(s, asked, names)]
    narrowed = any(asked.values())
    shown = grouped(found, names)
    return show(
        request,
        "stations.html",
        frame,
        shown=shown,
        asked=asked,
        n=len(found),
        every=len(every),
        whole=narrowed or len(every) <= WHOLE,
        titles=boards.TITLES,
    )


@route("/public/{county:str}/stations/{station:str}", http_method=READ)
async def station(request: Asking, county: FromPath[str], station: FromPath[str]) -> Response[bytes]:
    """Show a station's board."""
    desk, frame = await guest(request, county)
    board = await desk.glance(boards.station, known("station", station))
    return show(request, "station.html", frame, board=board)


@route("/public/{county:str}/deputies/{person_id:str}", http_method=READ)
async def deputy(request: Asking, county: FromPath[str], person_id: FromPath[str]) -> Response[bytes]:
    """Show a deputy's board."""
    desk, frame = await guest(request, county)
    board = await desk.glance(boards.deputy, known("person_id", person_id))
    return show(request, "deputy.html", frame, board=board)


@route("/public/{county:str}/follow", http_method=READ)
async def ask_code(request: Asking, county: FromPath[str]) -> Response[bytes]:
    """Ask for a code."""
    desk, frame = await guest(request, county)
    boards.refuse_unfollowed(desk.tenant)
    return following.asking(request, frame)


@post("/public/{county:str}/follow", status_code=200)
async def follow(request: Asking, county: FromPath[str]) -> Response[bytes]:
    """Show how far the matter of a code is."""
    form = await forms.read(request, "code", "size")
    desk, frame = await guest(request, county, form)
    boards.refuse_unfollowed(desk.tenant)
    return await following.looked(request, desk, frame, form)


@post("/public/{county:str}/follow/rating", status_code=200)
async def rate(request: Asking, county: FromPath[str]) -> Response[bytes]:
    """Take what a voter judges; that something is not solved is shown once more before it is sent."""
    form = await forms.read(request, "code", "grade", "why", "sure", "size")
    desk, frame = await guest(request, county, form)
    boards.refuse_unfollowed(desk.tenant)
    return await following.judged(request, desk, frame, form)


@post("/text-size", status_code=303)
async def choose_size(request: Asking) -> Redirect:
    """Keep the size of text that somebody chose, and go back to where they were: never anywhere else."""
    form = await forms.read(request, "size", "back")
    if form["size"] not in SIZES or not forms.BACK.fullmatch(form["back"]):
        raise NotFoundException
    return Redirect(form["back"], status_code=303, headers=FOR_ONE, cookies=[chosen(request, form["size"])])


async def guest(request: Asking, county: str, form: Mapping[str, str] | None = None) -> tuple[Guest, Frame]:
    """Open a county to a guest, with what stands around its pages."""
    desk: Guest = await request.app.state.hosts.guest(known("county", county))
    return desk, framed(request, county, desk.tenant.name, form)


def _fits(station: StationOn, asked: Mapping[str, str], names: Mapping[str, str]) -> bool:
    if asked["township"] and asked["township"] != (station.township or "-"):
        return False
    told = (station.name, station.code, station.address, names.get(station.township, ""))
    return all(any(word in part for part in told) for word in asked["text"].split())


def grouped(stations: Iterable[StationOn], names: Mapping[str, str]) -> list[Township]:
    """Put stations to their townships, in order of the code; those without one come last."""
    found: dict[str, list[StationOn]] = {}
    for one in stations:
        found.setdefault(one.township, []).append(one)
    order = sorted(found, key=lambda code: (code == ELSEWHERE, code))
    return [Township(code=c or "-", name=_named(c, found[c], names), stations=found[c]) for c in order]


def _named(code: str, stations: Sequence[StationOn], names: Mapping[str, str]) -> str:
    """Name a township: by its congress; a street, which has none, by its home; else by its code."""
    homes = (s.name.removesuffix("代表之家").removesuffix("人大") for s in stations if s.kind == "home")
    return names.get(code) or next(filter(None, homes), "") or (f"区划 {code}" if code else "其他")


HANDLERS = (stations, station, deputy, ask_code, follow, rate, choose_size)
