"""Voting by device: what a device seals to, and the cast; over an encrypted line alone, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta

from renda_core.domain.case import Actor
from renda_core.errors import NotFound, Rejected
from renda_core.services import ballots
from renda_core.services.ballots import Board, Receipt
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant
from renda_server.answering import Answer
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.resources.ballots import TAG, Marks
from renda_server.shapes import Fields, Given

SEALED = 16_384
"""Bytes of one sealed paper, at most."""
BODY = 32_768
"""Bytes of the body that bears it."""
PRIVATE = {"Cache-Control": "no-store"}


class SealedPaper(Given, kw_only=True, frozen=True):
    """One sealed paper; base64."""

    sealed: Annotated[bytes, Meta(min_length=1, max_length=SEALED)]


class NamedPaper(Given, kw_only=True, frozen=True):
    """One open paper of a vote by name: pairs of a subject's place and an answer's place, from 0."""

    marks: Marks


@operation(
    "GET",
    "/ballots/{ballot_id:str}/sheet",
    summary="Give the sheet to seal to",
    tag=TAG,
    problems=(422,),
    sheltered=True,
)
async def give_sheet(desk: Desk, ballot_id: str) -> Answer[Fields]:
    """Give what a device needs to seal a paper: subjects, rule, size and the trustees' public keys.

    It goes over an encrypted line alone, for keys that were changed on the way would open the box to others.
    """
    return Answer(await desk.ask(_sheet, ballot_id), PRIVATE)


@operation(
    "POST",
    "/ballots/{ballot_id:str}/papers",
    summary="Cast a sealed paper",
    tag=TAG,
    status=200,
    problems=(422,),
    secret=True,
    sheltered=True,
    largest=BODY,
)
async def cast_paper(desk: Desk, ballot_id: str, data: SealedPaper) -> Answer[Receipt]:
    """Drop one sealed paper into one's own slot: one a person and round, and neither time nor order is kept.

    The same paper sent again gets the same receipt, so no ``Idempotency-Key`` is taken, and none is kept.
    """
    return Answer(await desk.do(ballots.cast, ballot_id, data.sealed), PRIVATE)


@operation(
    "POST",
    "/ballots/{ballot_id:str}/marks",
    summary="Cast a paper by name",
    tag=TAG,
    status=204,
    problems=(422,),
    secret=True,
    sheltered=True,
    largest=BODY,
)
async def cast_named(desk: Desk, ballot_id: str, data: NamedPaper) -> None:
    """Vote by name, where the rule of the ballot says so; who voted how is shown with the verdict, and not before.

    It goes over an encrypted line alone as well: whoever reads along knows the count before its time.
    """
    await desk.do(ballots.cast_named, ballot_id, data.marks)


@operation(
    "GET", "/ballots/{ballot_id:str}/rounds/{round:str}/board", summary="Show the board", tag=TAG, problems=(422,)
)
async def show_board(desk: Desk, ballot_id: str, round: str) -> Board:
    """Show the hashes of what was in the box when it was shut, sorted, so that everybody finds their receipt.

    It holds nothing personal, so that whoever may see it can hand it on to somebody from outside, who checks it with
    ``renda ballot verify``.
    """
    return await desk.ask(ballots.board, ballot_id, numbered(round))


async def _sheet(reader: Reader, tenant: Tenant, actor: Actor, id: str) -> Mapping[str, Any]:
    view = await ballots.show(reader, tenant, actor, id)
    if not view.size:
        raise Rejected("there is no sheet to seal", "no paper of this ballot is cast in secret by device")
    return (await ballots.sheet_of(reader, await ballots.load(reader, id))).data


def numbered(round: str) -> int:
    """Read the number of a round; what is none is not there."""
    if not (round.isascii() and round.isdigit() and len(round) < 4 and int(round)):
        raise NotFound("there is no such round")
    return int(round)


HANDLERS = (give_sheet, cast_paper, cast_named, show_board)
