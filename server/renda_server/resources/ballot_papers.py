"""What leaves a ballot as a file: papers to vote on, lists of the day, record, announcement; and the count itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from litestar import Request, Response
from msgspec import Meta

from renda_core.errors import NotFound
from renda_core.files import write_workbook
from renda_core.files.pabulib import write_pabulib
from renda_core.services import ballots
from renda_core.services.exports import ballots as exports
from renda_core.services.papers import ballots as before
from renda_core.services.papers import counted
from renda_server import downloads
from renda_server.desks import Desk
from renda_server.downloads import PDF, PLAIN, XLSX
from renda_server.operations import operation
from renda_server.resources.papers import file_of, printed
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


COUNT = "count"


class RoundAsked(Asked, kw_only=True, frozen=True):
    """Which round; by default the one that the paper is due for."""

    round: Annotated[int, Meta(ge=0, le=999)] = 0


@operation(
    "GET",
    "/ballots/{ballot_id:str}/print/{file:str}",
    summary="Print a paper of a ballot",
    tag="ballots",
    media=PDF,
    problems=(422,),
)
async def print_ballot(desk: Desk, ballot_id: str, file: str, asked: RoundAsked, request: Asking) -> Response[Any]:
    """Write a paper as PDF: `paper.pdf` to vote on, `roll.pdf`, `tally.pdf`, `record.pdf`, `announcement.pdf`.

    The record is for tellers, scrutineers and announcers until its round is announced; the announcement is none before.
    """
    name, _ = downloads.split(file, ".pdf")
    if name not in PAPERS:
        raise NotFound(f"no paper {name[:60]!r}; there are {', '.join(PAPERS)}")
    return await printed(desk, request, await desk.ask(PAPERS[name], ballot_id, round=asked.round))


@operation(
    "GET",
    "/ballots/{ballot_id:str}/exports/{file:str}",
    summary="Export a count",
    tag="ballots",
    media=XLSX,
    also=(PLAIN,),
    problems=(422,),
)
async def export_count(desk: Desk, ballot_id: str, file: str, asked: RoundAsked, request: Asking) -> Response[Any]:
    """Write an announced count: `count.xlsx`, with its papers where they may be shown; `count.pb` for other programs.

    The second is Pabulib's form. Neither names anybody who voted in secret, nor keeps an order of casting.
    """
    name, ending = downloads.split(file, ".xlsx", ".pb")
    if name != COUNT:
        raise NotFound(f"no export {name[:60]!r}; there are {COUNT}.xlsx and {COUNT}.pb")
    title = f"{(await desk.ask(ballots.show, ballot_id)).title or '票决'} 计票{ending}"
    if ending == ".pb":
        election = await desk.ask(exports.election, ballot_id, round=asked.round)
        return await file_of(desk, request, title, lambda path: write_pabulib(path, election))
    pages = await desk.ask(exports.workbook, ballot_id, round=asked.round)
    return await file_of(desk, request, title, lambda path: write_workbook(path, pages))


HANDLERS = (print_ballot, export_count)
