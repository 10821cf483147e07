"""The sealing client for browsers: the files that close a paper on the voter's device, given as they are.

Every file has an address with the digest of all of them in it. So a page loads one version whole or not at all, a
browser keeps it for good, and whoever wants to compare it with what was published finds the digests at ``/client``.
"""

from __future__ import annotations

import functools
import hashlib
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import msgspec
from litestar import Request, Response, route
from litestar.enums import HttpMethod
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from renda_server.answering import JSON
from renda_server.transport import refuse_plain

READ = (HttpMethod.GET, HttpMethod.HEAD)
FOLDER = Path(__file__).with_name("client")
TYPES: Mapping[str, str] = {".js": "text/javascript; charset=utf-8", ".json": JSON, "": "text/plain; charset=utf-8"}
GUARDED = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
FOR_GOOD = {**GUARDED, "Cache-Control": "public, max-age=31536000, immutable"}
"""Source: RFC 9111, RFC 8246: an address that never shows anything else."""
EACH_TIME = {**GUARDED, "Cache-Control": "no-cache"}
Asking = Request[Any, Any, Any]


@attrs.frozen(kw_only=True)
class Client:
    """The files of one version, read once.

    Attributes:
        version: Digest over the names and digests of all files, in hex.
        digests: Of each file, as pages write them (``integrity="sha256-…"``).
    """

    version: str
    files: Mapping[str, bytes] = attrs.field(repr=False)
    digests: Mapping[str, str]


@functools.cache
def client() -> Client:
    """Read the files."""
    files = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file() and path.suffix in TYPES
    }
    digests = {name: f"sha256-{b64encode(hashlib.sha256(raw).digest()).decode()}" for name, raw in files.items()}
    version = hashlib.sha256("".join(f"{name} {digest}\n" for name, digest in digests.items()).encode()).hexdigest()
    return Client(version=version, files=files, digests=digests)


@route("/client", http_method=READ, sync_to_thread=False, media_type=JSON)
def index(request: Asking) -> Response[bytes]:
    """Say which version is given here, and the digest of each of its files."""
    refuse_plain(request.scope, request.app.state.proxies)
    found = client()
    told = {"version": found.version, "at": f"/client/{found.version}/", "files": found.digests}
    return Response(msgspec.json.encode(told, order="deterministic"), media_type=JSON, headers=EACH_TIME)


@route("/client/{version:str}/{name:path}", http_method=READ, sync_to_thread=False)
def file(request: Asking, version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Give one file of this version; of another version there is none."""
    refuse_plain(request.scope, request.app.state.proxies)
    found = client()
    raw = found.files.get(str(name).removeprefix("/")) if version == found.version else None
    if raw is None:
        raise NotFoundException
    return Response(raw, media_type=TYPES[Path(str(name)).suffix], headers=FOR_GOOD)


HANDLERS = (index, file)
