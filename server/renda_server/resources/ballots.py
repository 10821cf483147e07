"""Ballots (票决): opened, cast, declared."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from renda_core.domain.ballot import Attendance, Ballot
from renda_core.services import ballots
from renda_server.answering import Answer, tagged
from renda_server.hosting import Desk
from renda_server.operations import operation
from renda_server.shapes import Count, Given, Ids, Name

TAG = "ballots"
SEALED = 16_384
"""Bytes of one sealed paper, at most."""
Index = Annotated[int, Meta(ge=0, le=100_000)]


class NewBallot(Given, kw_only=True, frozen=True):
    """A vote of a kind that a practice offers, on some subjects, by the people of a roll."""

    __ids__ = ("subjects", "roll")

    kind: Name
    subjects: Annotated[Ids, Meta(min_length=1)]
    places: Index = 0
    roll: Ids = ()


class SealedPaper(Given, kw_only=True, frozen=True):
    """One sealed paper; base64."""

    sealed: Annotated[bytes, Meta(min_length=1, max_length=SEALED)]


class Attended(Given, kw_only=True, frozen=True):
    """The numbers that the tellers (计票人) sign; nothing is inferred from them."""

    incumbent: Count
    present: Count
    issued: Count
    returned: Count
    seats: Count = 0


class Declaration(Given, kw_only=True, frozen=True):
    """The opened papers, each a list of marks: a subject's place and an answer's place, from 0."""

    attendance: Attended
    papers: Annotated[
        tuple[Annotated[tuple[tuple[Index, Index], ...], Meta(max_length=1_000)], ...], Meta(max_length=100_000)
    ]


@operation("POST", "/ballots", summary="Open a ballot", tag=TAG, problems=(403, 422), etag=True, located=True)
async def open_ballot(desk: Desk, data: NewBallot) -> Answer[Ballot]:
    """Open a ballot under the rule in force today, which it keeps."""
    command = ballots.OpenBallot(**{f: getattr(data, f) for f in data.__struct_fields__})
    return _shown(await desk.do(ballots.open_ballot, command))


@operation("GET", "/ballots/{ballot_id:str}", summary="Show a ballot", tag=TAG, etag=True)
async def show_ballot(desk: Desk, ballot_id: str) -> Answer[Ballot]:
    """Show a ballot to those who open and declare, and to its roll; it holds no count before a round's verdict."""
    return _shown(await desk.ask(ballots.show, ballot_id))


@operation(
    "POST", "/ballots/{ballot_id:str}/papers", summary="Cast a paper", tag=TAG, status=204, problems=(422,), secret=True
)
async def cast_paper(desk: Desk, ballot_id: str, data: SealedPaper) -> None:
    """Drop one sealed paper into one's own slot: one a person and round, and neither time nor order is kept."""
    await desk.do(ballots.cast, ballot_id, data.sealed)


@operation(
    "POST",
    "/ballots/{ballot_id:str}/declaration",
    summary="Declare a round",
    tag=TAG,
    status=200,
    problems=(403, 412, 422),
    etag=True,
)
async def declare_round(desk: Desk, ballot_id: str, data: Declaration) -> Answer[Ballot]:
    """Count the opened papers, judge, and take each decided subject's step, all in one transaction."""
    given = data.attendance
    attendance = Attendance(**{f: getattr(given, f) for f in given.__struct_fields__})
    return _shown(await desk.do(ballots.declare, ballot_id, attendance, data.papers))


def _shown(ballot: Ballot) -> Answer[Ballot]:
    return tagged(ballot, ballot.version, f"/api/ballots/{ballot.id}")


HANDLERS = (open_ballot, show_ballot, cast_paper, declare_round)
