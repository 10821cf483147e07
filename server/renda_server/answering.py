"""Answers written: JSON as the library's objects say it, with the headers that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import attrs
import msgspec
from litestar import Request, Response

from renda_core.domain.sealed import Sealed

T = TypeVar("T")
JSON = "application/json"


@attrs.frozen
class Answer(Generic[T]):
    """A body with headers of its own."""

    body: T
    headers: Mapping[str, str] = attrs.Factory(dict)


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
    return Response(content, status_code=status, media_type=JSON, headers=dict(headers or {}))


def tagged(body: T, version: object, location: str = "") -> Answer[T]:
    """Answer with the version as ``ETag``, and with where the thing is."""
    headers = {"ETag": f'"{version}"', **({"Location": location} if location else {})}
    return Answer(body, headers)


def linked(request: Request[Any, Any, Any], after: str) -> dict[str, str]:
    """Say where the next page is (RFC 8288)."""
    if not after:
        return {}
    asked = {key: values[0] for key, values in request.query_params.dict().items()} | {"after": after}
    return {"Link": f'<{request.scope["path"]}?{urlencode(asked)}>; rel="next"'}
