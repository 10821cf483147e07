"""Whether the server answers."""

from __future__ import annotations

from typing import Literal

import msgspec

from renda_server.operations import operation


class Health(msgspec.Struct, kw_only=True, frozen=True):
    """That the server answers."""

    status: Literal["ok"]


@operation("GET", "/healthz", summary="Whether the server answers", tag="server", open=True)
async def healthz() -> Health:
    """Say that the server answers. No token is needed, and nothing of any tenant is told."""
    return Health(status="ok")


HANDLERS = (healthz,)
