"""What is printed of a ballot: papers to vote on, lists of the day, the record of the count, the announcement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from litestar import Request, Response
from msgspec import Meta

from renda_core.errors import NotFound
from renda_core.services.papers import ballots as before
from renda_core.services.papers import counted
from renda_server import downloads
from renda_server.downloads import PDF
from renda_server.hosting import Desk
from renda_server.operations import operation
from renda_server.resources.papers import printed
from renda_server.shapes import Asked

Asking = Request[Any, Any, Any]
PAPERS: Mapping[str, Callable[..., Any]] = {
    "paper": before.ballot_paper,
    "roll": before.roll_paper,
    "tally": before.tally_paper,
    "record": counted.record_paper,
    "announcement": counted.announcement_paper,
}
"""选票, 领票登记表, 划票表, 计票报告单, 公告."""


class RoundAsked(Asked, kw_only=True, frozen=True):
    """Which round; by default the one that the paper is due for."""

    round: Annotated[int, Meta(ge=0, le=999)] = 0


@operation(
    "GET",
    "/ballots/{ballot_id:str}/print/{file:str}",
    summary="Print a paper of a ballot",
    tag="ballots",
    media=PDF,
    problems=(403, 422, 503),
)
async def print_ballot(desk: Desk, ballot_id: str, file: str, asked: RoundAsked, request: Asking) -> Response[Any]:
    """Write a paper as PDF: `paper.pdf` to vote on, `roll.pdf`, `tally.pdf`, `record.pdf`, `announcement.pdf`.

    The record is for tellers, scrutineers and announcers until its round is announced; the announcement is none before.
    """
    name, _ = downloads.split(file, ".pdf")
    if name not in PAPERS:
        raise NotFound(f"no paper {name[:60]!r}; there are {', '.join(PAPERS)}")
    return await printed(desk, request, await desk.ask(PAPERS[name], ballot_id, round=asked.round))


HANDLERS = (print_ballot,)
