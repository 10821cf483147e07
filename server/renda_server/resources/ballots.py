"""Ballots (票决): prepared, opened, closed, announced, and shown to each as far as its time has come."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from litestar import Request
from msgspec import Meta

from renda_core.domain.ballot import Attendance, Trustee
from renda_core.errors import Stale
from renda_core.services import ballots
from renda_core.services.ballots import BallotLine, BallotView, Turnout, attending
from renda_core.services.ballots.attending import Entry
from renda_core.services.ballots.loading import hold
from renda_core.store.stores import WriteCase
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant
from renda_server import bodies
from renda_server.answering import Answer, tagged
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.shapes import Count, Given, Id, Ids, Line, Name, Page, Paged
from renda_server.transport import refuse_plain

TAG = "ballots"
Asking = Request[Any, Any, Any]
Index = Annotated[int, Meta(ge=0, le=100_000)]
Fen = Annotated[int, Meta(ge=0, le=10**15)]
Key = Annotated[str, Meta(min_length=64, max_length=64, pattern="^[0-9a-f]+$")]
Moment = Annotated[dt.datetime, Meta(tz=True)]
Marks = Annotated[tuple[tuple[Index, Index], ...], Meta(max_length=1_000)]
"""One paper: places of a subject and of an answer, from 0."""
Papers = Annotated[tuple[Marks, ...], Meta(max_length=100_000)]
OPENED = 64 * 1024 * 1024
"""Bytes of a body with an opened box: a paper takes less than 2 KiB in it, trustees' lists included."""


class TrusteeKeys(Given, kw_only=True, frozen=True):
    """Somebody who holds a key of the box, with the two public keys, as ``renda trustee new`` writes them."""

    name: Line
    box_key: Key
    sign_key: Key
    body: Line = ""


class NewBallot(Given, kw_only=True, frozen=True):
    """A vote of a kind that a practice offers, on some subjects, by a roll or by the deputies of a congress.

    *costs* and *budget* are in fen. *incumbent* is 实有代表 where the roll is given by name, *seats* 名额. *method* is
    the case of the adopted 票决办法. *closes_at* shuts the box by itself.
    """

    __ids__ = ("subjects", "roll", "congress", "method", "tellers", "scrutineers")

    kind: Name
    subjects: Annotated[Ids, Meta(min_length=1)]
    places: Index = 0
    costs: Annotated[tuple[Fen, ...], Meta(max_length=10_000)] = ()
    budget: Fen = 0
    roll: Ids = ()
    congress: Id = ""
    incumbent: Count = 0
    seats: Count = 0
    title: Line = ""
    method: Id = ""
    tellers: Annotated[tuple[Id, ...], Meta(max_length=100)] = ()
    scrutineers: Annotated[tuple[Id, ...], Meta(max_length=100)] = ()
    electronic: bool = False
    trustees: Annotated[tuple[TrusteeKeys, ...], Meta(max_length=20)] = ()
    closes_at: Moment | None = None


class RoundToOpen(Given, kw_only=True, frozen=True):
    """Who is in the hall, and who is handed a paper; everybody entitled, unless it is said.

    Without *paper* everybody present is handed one where nobody votes by device, and else nobody. *present_number*
    is for a roll without names.
    """

    __ids__ = ("present", "paper")

    present: Ids | None = None
    paper: Ids | None = None
    present_number: Count = 0
    closes_at: Moment | None = None


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
    papers: Papers


@operation("POST", "/ballots", summary="Prepare a ballot", tag=TAG, problems=(422,), etag=True, located=True)
async def open_ballot(desk: Desk, data: NewBallot, request: Asking) -> Answer[BallotView]:
    """Prepare a ballot and its first round under the rule in force today, which it keeps.

    One that is cast by device is refused over plain HTTP, for its trustees' keys come with it.
    """
    if data.electronic:
        refuse_plain(request.scope, request.app.state.proxies)
    given: dict[str, Any] = {f: getattr(data, f) for f in data.__struct_fields__}
    given["trustees"] = tuple(Trustee(**{f: getattr(t, f) for f in t.__struct_fields__}) for t in data.trustees)
    return shown(await desk.do(_opened, ballots.OpenBallot(**given)))


@operation("GET", "/ballots", summary="List ballots", tag=TAG)
async def list_ballots(desk: Desk, asked: Paged) -> Page[BallotLine]:
    """List the ballots that the asker may see, newest first; never a number of votes."""
    after = bodies.check_id(asked.after, "after")
    rest = [line for line in await desk.ask(ballots.listed) if not after or line.id < after]
    rows = rest[: asked.size]
    return Page(items=rows, after=rows[-1].id if len(rows) < len(rest) else "")


@operation("GET", "/ballots/{ballot_id:str}", summary="Show a ballot", tag=TAG, etag=True)
async def show_ballot(desk: Desk, ballot_id: str) -> Answer[BallotView]:
    """Show a ballot to those who lead the meeting, to its tellers and scrutineers, and to its roll.

    Attendance, votes and verdict are null before they are announced, save to tellers, scrutineers and announcers of
    this ballot from the count on. Votes of too small a group are left out for good.
    """
    return shown(await desk.ask(ballots.show, ballot_id))


@operation(
    "POST",
    "/ballots/{ballot_id:str}/opening",
    summary="Open a round",
    tag=TAG,
    status=200,
    problems=(412, 422),
    etag=True,
)
async def open_round(
    desk: Desk, ballot_id: str, data: RoundToOpen, if_match: str, request: Asking
) -> Answer[BallotView]:
    """Open the box of the prepared round and freeze its roll (开启投票): refused without a quorum.

    One that is cast by device is refused over plain HTTP.
    """
    if (await desk.ask(ballots.show, ballot_id)).electronic:
        refuse_plain(request.scope, request.app.state.proxies)
    command = ballots.OpenRound(**{f: getattr(data, f) for f in data.__struct_fields__})
    return shown(await desk.do(moved, ballot_id, if_match, ballots.open_round, command))


@operation("GET", "/ballots/{ballot_id:str}/roll", summary="Show the roll", tag=TAG)
async def list_roll(desk: Desk, ballot_id: str) -> Page[Entry]:
    """Show who is on the roll of the present round, who is there and what each was handed; never who has cast."""
    return Page(items=list(await desk.ask(attending.roll, ballot_id)), after="")


@operation("GET", "/ballots/{ballot_id:str}/turnout", summary="Show the turnout", tag=TAG)
async def show_turnout(desk: Desk, ballot_id: str) -> Turnout:
    """Show how many may vote, were handed a paper or a slot, and have cast: never who, and never how."""
    return await desk.ask(ballots.turnout, ballot_id)


@operation(
    "POST",
    "/ballots/{ballot_id:str}/closing",
    summary="Close a round",
    tag=TAG,
    status=200,
    problems=(412, 422),
    etag=True,
)
async def close_round(desk: Desk, ballot_id: str, if_match: str) -> Answer[BallotView]:
    """Shut the box and fill the board, in one transaction; nothing is taken any more."""
    return shown(await desk.do(moved, ballot_id, if_match, ballots.close_round))


@operation(
    "POST",
    "/ballots/{ballot_id:str}/announcement",
    summary="Announce a round",
    tag=TAG,
    status=200,
    problems=(412, 422),
    etag=True,
)
async def announce_round(desk: Desk, ballot_id: str, if_match: str) -> Answer[BallotView]:
    """Announce the counted round (公布): its subjects take their steps, and a round that is due is prepared."""
    return shown(await desk.do(moved, ballot_id, if_match, ballots.announce))


@operation(
    "POST",
    "/ballots/{ballot_id:str}/declaration",
    summary="Declare a round",
    tag=TAG,
    status=200,
    problems=(412, 422),
    etag=True,
    largest=OPENED,
)
async def declare_round(desk: Desk, ballot_id: str, data: Declaration, if_match: str) -> Answer[BallotView]:
    """Enter a count that was done outside on paper: counted, judged and announced in one transaction."""
    given = data.attendance
    attendance = Attendance(**{f: getattr(given, f) for f in given.__struct_fields__})
    return shown(await desk.do(moved, ballot_id, if_match, ballots.declare, attendance, data.papers))


@operation("GET", "/ballots/{ballot_id:str}/audit", summary="Audit a ballot", tag=TAG)
async def audit_ballot(desk: Desk, ballot_id: str) -> Page[str]:
    """Name every row in which roll, board and journal disagree; an empty list says that all of it is whole."""
    return Page(items=list(await desk.ask(ballots.audit, ballot_id)), after="")


async def _opened(unit: Unit, tenant: Tenant, command: ballots.OpenBallot) -> BallotView:
    made = await ballots.open_ballot(unit, tenant, command)
    return await ballots.show(unit, tenant, unit.actor, made.id)


async def moved(
    unit: Unit, tenant: Tenant, id: str, if_match: str, use_case: WriteCase[..., Any], *args: Any
) -> BallotView:
    """Do something with a ballot on the version that the asker saw, and show it in the same transaction.

    Raises:
        Stale: Somebody was faster.
    """
    if if_match:
        seen = bodies.version(None, if_match)
        await ballots.show(unit, tenant, unit.actor, id)  # to a stranger there is no version either
        there = (await hold(unit, id)).ballot.version
        if there != seen:
            raise Stale("the ballot was changed by someone else meanwhile; load it again", version=there, changed=[])
    await use_case(unit, tenant, id, *args)
    return await ballots.show(unit, tenant, unit.actor, id)


def shown(view: BallotView) -> Answer[BallotView]:
    """Answer with a ballot; nobody on the way keeps what only its asker may see."""
    told = tagged(view, view.version, f"/api/ballots/{view.id}")
    return Answer(told.body, {**told.headers, "Cache-Control": "no-store"})


HANDLERS = (
    open_ballot,
    list_ballots,
    show_ballot,
    open_round,
    list_roll,
    show_turnout,
    close_round,
    announce_round,
    declare_round,
    audit_ballot,
)
