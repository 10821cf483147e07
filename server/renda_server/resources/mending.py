"""When a vote cannot go on: annul the round under way, or appoint others to count and to hold the keys."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from renda_core.domain.ballot import Trustee
from renda_core.services import ballots
from renda_core.services.ballots import BallotView
from renda_server.answering import Answer
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.resources.ballots import TAG, TrusteeKeys, moved, shown
from renda_server.shapes import Given, Ids

Reason = Annotated[str, Meta(min_length=1, max_length=2_000)]


class Annulment(Given, kw_only=True, frozen=True):
    """Why the round under way is annulled (宣布本轮无效); it stands on record."""

    reason: Reason


class Appointed(Given, kw_only=True, frozen=True):
    """All tellers, scrutineers or trustees from now on, those who stay included; null leaves them as they are."""

    __ids__ = ("tellers", "scrutineers")

    reason: Reason
    tellers: Ids | None = None
    scrutineers: Ids | None = None
    trustees: Annotated[tuple[TrusteeKeys, ...], Meta(max_length=20)] | None = None


@operation(
    "POST",
    "/ballots/{ballot_id:str}/annulment",
    summary="Annul a round",
    tag=TAG,
    status=200,
    problems=(412, 422),
    etag=True,
)
async def annul_round(desk: Desk, ballot_id: str, data: Annulment, if_match: str) -> Answer[BallotView]:
    """Annul the round under way before its count, and prepare it anew; what is in its box is never opened."""
    return shown(await desk.do(moved, ballot_id, if_match, ballots.annul_round, data.reason))


@operation(
    "POST",
    "/ballots/{ballot_id:str}/appointment",
    summary="Appoint tellers or trustees",
    tag=TAG,
    status=200,
    problems=(412, 422),
    etag=True,
)
async def appoint(desk: Desk, ballot_id: str, data: Appointed, if_match: str) -> Answer[BallotView]:
    """Appoint other tellers or scrutineers before the count, or other trustees before a round is opened."""
    keys = data.trustees
    trustees = keys if keys is None else tuple(Trustee(**{f: getattr(k, f) for f in k.__struct_fields__}) for k in keys)
    given = ballots.Appointment(
        reason=data.reason, tellers=data.tellers, scrutineers=data.scrutineers, trustees=trustees
    )
    return shown(await desk.do(moved, ballot_id, if_match, ballots.appoint, given))


HANDLERS = (annul_round, appoint)
