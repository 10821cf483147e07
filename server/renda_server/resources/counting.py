"""Counting (计票): the box for its trustees, what two tellers enter apart, and the count that both make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from renda_core.services import ballots
from renda_core.services.ballots import BallotView, sheets
from renda_core.services.ballots.sheets import Bundle, Difference, Progress, Sheet
from renda_server.answering import Answer
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.resources.ballots import OPENED, TAG, Papers, moved, shown
from renda_server.resources.voting import PRIVATE, numbered
from renda_server.shapes import Count, Fields, Given, Name, Page

Votes = Annotated[tuple[Annotated[tuple[Count, ...], Meta(max_length=1_000)], ...], Meta(max_length=10_000)]


class BundleEntered(Given, kw_only=True, frozen=True):
    """What one teller found in one bundle (扎): its papers one by one, or their totals as called out (唱票).

    *void* is how many papers are void by each clause, *votes* are totals by subject and answer, behind which *valid*
    papers stand.
    """

    bundle: Name
    papers: Papers | None = None
    void: Mapping[Name, Count] = msgspec.field(default_factory=dict)
    votes: Votes = ()
    valid: Count = 0


class Entered(msgspec.Struct, kw_only=True, frozen=True):
    """Whose bundles are in; never what is on them."""

    ballot: str
    round: int
    bundles: tuple[Bundle, ...]


class RoundToCount(Given, kw_only=True, frozen=True):
    """What is counted: papers handed out and found in the urn, and the file in which the trustees opened the box."""

    paper_issued: Count | None = None
    paper_returned: Count = 0
    opened: Fields | None = None


class BoxOpened(Given, kw_only=True, frozen=True):
    """The box of trial papers as the trustees opened it."""

    opened: Fields


@operation(
    "POST",
    "/ballots/{ballot_id:str}/rehearsal",
    summary="Make a box of trial papers",
    tag=TAG,
    status=200,
    problems=(422,),
)
async def make_rehearsal(desk: Desk, ballot_id: str) -> Answer[Fields]:
    """Make a box of trial papers, which the trustees open to show that they can: until then no round is opened."""
    return Answer(await desk.do(ballots.rehearsal, ballot_id), PRIVATE)


@operation(
    "PUT",
    "/ballots/{ballot_id:str}/rehearsal",
    summary="Hand in the opened trial papers",
    tag=TAG,
    problems=(412, 422),
    etag=True,
    largest=OPENED,
)
async def accept_rehearsal(desk: Desk, ballot_id: str, data: BoxOpened, if_match: str) -> Answer[BallotView]:
    """Take in the box of trial papers as the trustees opened it; from then on a round can be opened."""
    return shown(await desk.do(moved, ballot_id, if_match, ballots.accept_rehearsal, data.opened))


@operation(
    "GET",
    "/ballots/{ballot_id:str}/rounds/{round:str}/box",
    summary="Give the box",
    tag=TAG,
    problems=(422,),
)
async def give_box(desk: Desk, ballot_id: str, round: str) -> Answer[Fields]:
    """Give the shut box with its sealed papers, for the trustees to open on their own machines."""
    return Answer(await desk.ask(ballots.box, ballot_id, numbered(round)), PRIVATE)


@operation(
    "GET",
    "/ballots/{ballot_id:str}/rounds/{round:str}/result",
    summary="Give the result to verify",
    tag=TAG,
    problems=(422,),
)
async def give_result(desk: Desk, ballot_id: str, round: str) -> Answer[Fields]:
    """Give what an outsider verifies beside the board: the opened papers and the trustees' signatures over them."""
    return Answer(await desk.ask(ballots.result, ballot_id, numbered(round)), PRIVATE)


@operation("GET", "/ballots/{ballot_id:str}/bundles", summary="List the bundles entered", tag=TAG)
async def list_bundles(desk: Desk, ballot_id: str) -> Answer[Entered]:
    """Show whose bundles are in, and whether both tellers agree; never what is on them."""
    return _entered(await desk.ask(sheets.progress, ballot_id))


@operation(
    "POST",
    "/ballots/{ballot_id:str}/bundles",
    summary="Enter a bundle",
    tag=TAG,
    status=200,
    problems=(422,),
    largest=OPENED,
)
async def enter_bundle(desk: Desk, ballot_id: str, data: BundleEntered) -> Answer[Entered]:
    """Enter, as a teller, what is in one bundle of papers; entered again, it replaces one's own and nobody else's."""
    sheet = Sheet(**{f: getattr(data, f) for f in data.__struct_fields__})
    return _entered(await desk.do(sheets.enter_sheet, ballot_id, sheet))


@operation(
    "DELETE",
    "/ballots/{ballot_id:str}/bundles/{bundle:str}",
    summary="Take a bundle back",
    tag=TAG,
    status=200,
    problems=(422,),
)
async def take_bundle_back(desk: Desk, ballot_id: str, bundle: str) -> Answer[Entered]:
    """Take back one's own sheet of a bundle, e.g. one that was entered under another bundle's name."""
    return _entered(await desk.do(sheets.withdraw_sheet, ballot_id, bundle))


@operation(
    "GET",
    "/ballots/{ballot_id:str}/differences",
    summary="List what the tellers differ in",
    tag=TAG,
)
async def list_differences(desk: Desk, ballot_id: str) -> Answer[Page[Difference]]:
    """List what two tellers have not entered alike, for them and the scrutineers; any difference blocks the count."""
    return Answer(Page(items=list(await desk.ask(sheets.differences, ballot_id)), after=""), PRIVATE)


@operation(
    "POST",
    "/ballots/{ballot_id:str}/count",
    summary="Count a round",
    tag=TAG,
    status=200,
    problems=(412, 422),
    etag=True,
    largest=OPENED,
)
async def count_round(desk: Desk, ballot_id: str, data: RoundToCount, if_match: str) -> Answer[BallotView]:
    """Count papers and box together and judge; the verdict is kept, and shown to nobody else before it is announced.

    Who counts has it in the answer only as one who may see it.
    """
    command = ballots.Counting(**{f: getattr(data, f) for f in data.__struct_fields__})
    return shown(await desk.do(moved, ballot_id, if_match, ballots.count_round, command))


def _entered(found: Progress) -> Answer[Entered]:
    return Answer(Entered(ballot=found.ballot, round=found.round, bundles=found.bundles), PRIVATE)


HANDLERS = (
    make_rehearsal,
    accept_rehearsal,
    give_box,
    give_result,
    list_bundles,
    enter_bundle,
    take_bundle_back,
    list_differences,
    count_round,
)
