"""Answers written: JSON as the library's objects say it, with the headers that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from urllib.parse import quote_plus

import attrs
import msgspec
from litestar import Response
from litestar.types import Receive, Scope, Send

from renda_core.domain.sealed import Sealed

T = TypeVar("T")
JSON = "application/json"


@attrs.frozen
class Answer(Generic[T]):
    """A body with headers of its own."""

    body: T
    headers: Mapping[str, str] = attrs.Factory(dict)


class Sent(Response[bytes]):
    """An answer whose bytes are ready: nothing of it needs to be worked out by the framework."""

    def __init__(self, content: bytes, status: int, headers: Mapping[str, str]) -> None:
        self.content, self.status_code, self.media_type = content, status, JSON
        self.headers: dict[str, str] = dict(headers)

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """Give itself."""
        return self

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        """Send head and body."""
        head = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items()]
        if self.status_code != HTTPStatus.NO_CONTENT:
            length = b"%d" % len(self.content)
            head += (b"content-type", JSON.encode()), (b"content-length", length)
        await send({"type": "http.response.start", "status": self.status_code or 200, "headers": head})
        await send({"type": "http.response.body", "body": self.content, "more_body": False})


def _plain(value: Any) -> Any:
    """Write what JSON does not know; what is sealed shows its mask."""
    if isinstance(value, Fraction | Sealed):
        return str(value)
    raise TypeError(f"an answer cannot hold a {type(value).__name__}")


ENCODER = msgspec.json.Encoder(enc_hook=_plain, order="deterministic")


def written(result: Any, status: int, headers: Mapping[str, str] | None = None) -> Response[Any]:
    """Write an answer."""
    if isinstance(result, Answer):
        result, headers = result.body, {**(headers or {}), **result.headers}
    content = b"" if status == 204 else ENCODER.encode(result)
    return Sent(content, status, headers or {})


def tagged(body: T, version: object, location: str = "") -> Answer[T]:
    """Answer with the version as ``ETag``, and with where the thing is."""
    headers = {"ETag": f'"{version}"', **({"Location": location} if location else {})}
    return Answer(body, headers)


def linked(path: str, asked: Mapping[str, str], after: str) -> dict[str, str]:
    """Say where the next page is (RFC 8288)."""
    if not after:
        return {}
    told = "&".join(f"{name}={quote_plus(value)}" for name, value in {**asked, "after": after}.items())
    return {"Link": f'<{path}?{told}>; rel="next"'}
