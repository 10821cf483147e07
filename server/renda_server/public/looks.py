"""How pages look: templates, the two files that they load, three sizes of text, and what guards them."""

from __future__ import annotations

import datetime as dt
import functools
import gzip
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import attrs
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from litestar import Request, Response, route
from litestar.datastructures import Cookie
from litestar.enums import HttpMethod
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from renda_server.transport import encrypted

Asking = Request[Any, Any, Any]
READ = (HttpMethod.GET, HttpMethod.HEAD)
HTML = "text/html"
FOLDERS = (Path(__file__).with_name("assets"), Path(__file__).parent.with_name("entry") / "assets")
TYPES: Mapping[str, str] = {".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript"}
SIZE = "renda-size"
SIZES: Mapping[str, tuple[str, str]] = {
    "std": ("large", "长辈版"), "large": ("xlarge", "特大字"), "xlarge": ("std", "标准字")
}  # fmt: skip
"""Each size with the next one and the words of its button. Source: 工信部适老化规范 (the largest has 30 dp)."""
YEAR = 366 * 24 * 3600
GUARDED: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not "no-referrer": with it a browser hides from us, too, that a form comes from our own page.
    "Referrer-Policy": "same-origin",
}
FOR_ALL = {**GUARDED, "Cache-Control": "no-cache", "Vary": "Cookie"}
FOR_ONE = {**GUARDED, "Cache-Control": "no-store"}
"""Of pages behind a code, which nothing on the way and no browser keeps."""
FOR_GOOD = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept-Encoding",
}
"""Source: RFC 8246: an address that never shows anything else."""
WEEK = "一二三四五六日"


@attrs.frozen(kw_only=True)
class Asset:
    """One file that pages load, under an address that bears its digest."""

    address: str
    media: str
    plain: bytes = attrs.field(repr=False)
    packed: bytes = attrs.field(repr=False)


@functools.cache
def assets() -> Mapping[str, Asset]:
    """Read the files, once, each by its plain name."""
    found = {}
    for path in sorted(path for folder in FOLDERS for path in folder.iterdir()):
        raw = path.read_bytes()
        name = f"{path.stem}.{hashlib.sha256(raw).hexdigest()[:12]}{path.suffix}"
        made = Asset(address=f"/assets/{name}", media=TYPES[path.suffix], plain=raw, packed=gzip.compress(raw, mtime=0))
        found[path.name] = made
    return found


@route("/assets/{name:str}", http_method=READ, sync_to_thread=False)
def asset(request: Asking, name: FromPath[str]) -> Response[bytes]:
    """Give a file of this version; of another version there is none."""
    found = next((a for a in assets().values() if a.address == f"/assets/{name}"), None)
    if found is None:
        raise NotFoundException
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return Response(found.packed, media_type=found.media, headers={**FOR_GOOD, "Content-Encoding": "gzip"})
    return Response(found.plain, media_type=found.media, headers=FOR_GOOD)


def day(on: dt.date) -> str:
    """Write a day as people say it, e.g. 3月16日（周一）."""
    return f"{on.month}月{on.day}日（周{WEEK[on.weekday()]}）"


def whole_day(on: dt.date) -> str:
    """Write a day with its year, e.g. 2026年3月16日."""
    return f"{on.year}年{on.month}月{on.day}日"


@functools.cache
def templates() -> Environment:
    """Open the templates: what they show is escaped, and what nobody gave them is an error."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader("renda_server.public"), PackageLoader("renda_server.entry")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"day": day, "whole_day": whole_day}
    made.globals |= {"asset": {name: found.address for name, found in assets().items()}}
    return made


@attrs.frozen(kw_only=True)
class Frame:
    """What stands around a page.

    Attributes:
        county: The county's code; empty where none is known.
        name: What the band on top says.
        back: Where the button of sizes comes back to; empty where the page is the answer to a form.
        again: The form's fields, so that it is sent again with the other size.
        home: Where the band on top leads; empty for nowhere.
    """

    county: str = ""
    name: str = "人大代表联络站"
    back: str = ""
    again: Mapping[str, str] = attrs.Factory(dict)
    home: str = ""


def framed(request: Asking, county: str, name: str, form: Mapping[str, str] | None = None) -> Frame:
    """Say what stands around a page of a county.

    Args:
        form: What was sent, where the page answers a form: the button of sizes sends it again.
    """
    home = f"/public/{quote(county, safe='')}"
    if form is not None:
        again = {part: value for part, value in form.items() if value}
        return Frame(county=county, name=name, again=again, home=home)
    return Frame(county=county, name=name, back=here(request), home=home)


def here(request: Asking) -> str:
    """Write the address of a page, with its questions."""
    path, asked = request.scope["raw_path"].decode("latin-1"), request.scope["query_string"].decode("latin-1")
    return f"{path.partition('?')[0]}?{asked}" if asked else path.partition("?")[0]


def size_of(request: Asking) -> str:
    """Read which size somebody chose; what is none counts as nothing chosen."""
    chosen = request.cookies.get(SIZE, "")
    return chosen if chosen in SIZES else "std"


def chosen(request: Asking, size: str) -> Cookie:
    """Keep the size that somebody chose."""
    return Cookie(
        key=SIZE,
        value=size,
        path="/",
        max_age=YEAR,
        httponly=True,
        samesite="lax",
        secure=encrypted(request.scope, request.app.state.proxies),
    )


def show(
    request: Asking,
    template: str,
    frame: Frame,
    *,
    status: int = 200,
    headers: Mapping[str, str] = FOR_ALL,
    **told: Any,
) -> Response[bytes]:
    """Make a page; a size that came with its form is used and kept."""
    wanted = frame.again.get("size", "")
    size = wanted if wanted in SIZES else size_of(request)
    again = {name: value for name, value in frame.again.items() if name != "size"}
    text = (
        templates()
        .get_template(template)
        .render(frame=attrs.evolve(frame, again=again), size=size, sizes=SIZES[size], here=here(request), **told)
    )
    cookies = [chosen(request, size)] if wanted else []
    return Response(text.encode(), status_code=status, media_type=HTML, headers=headers, cookies=cookies)
