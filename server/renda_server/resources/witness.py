"""Witnesses of journals (存证): a signed head given out, and heads of others received and listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from renda_core.premises import witnessing
from renda_core.services import witness
from renda_core.services.witness import HIGHEST, MOST_KEYS, Kept, Statement
from renda_server.desks import Desk
from renda_server.operations import Asking, operation
from renda_server.shapes import After, Asked, Given, Id, Page, Size

TAG = "witness"
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Signature = Annotated[str, Meta(pattern="^[0-9a-f]{128}$")]
Moment = Annotated[str, Meta(min_length=16, max_length=40, extra_json_schema={"format": "date-time"})]


class HeadGiven(Given, kw_only=True, frozen=True):
    """A head as it was signed: *signatures* by key, both in hex."""

    __ids__ = ("tenant",)

    tenant: Id
    seq: Annotated[int, Meta(ge=0, le=HIGHEST)]
    hash: Hash
    at: Moment
    signatures: Annotated[Mapping[Hash, Signature], Meta(min_length=1, max_length=MOST_KEYS)]


class HeadsAsked(Asked, kw_only=True, frozen=True):
    """Whose heads: all *of* one tenant in order; without it the newest of each."""

    __ids__ = ("of",)

    of: Id = ""
    after: After = ""
    size: Size = 50


class HeadTaken(msgspec.Struct, kw_only=True, frozen=True):
    """Whether the head was *new*; one that is here already is taken twice without harm."""

    tenant: str
    seq: int
    new: bool


class Brought(msgspec.Struct, kw_only=True, frozen=True):
    """The entry whose head was brought to the witness, 0 where nothing was to do; *failed* says why not."""

    seq: int
    failed: tuple[str, ...]


@operation("GET", "/journal/statement", summary="Sign the head of the journal", tag=TAG)
async def sign_head(desk: Desk) -> Statement:
    """Give the head of this journal as it stands, signed: for whoever keeps it elsewhere."""
    await desk.sure()
    return await witness.signed(desk.store, desk.tenant.id)


@operation(
    "POST", "/witness", summary="Take a head of another journal", tag=TAG, status=200, problems=(422,),
    repeatable=True,
)  # fmt: skip
async def take_head(desk: Desk, data: HeadGiven) -> HeadTaken:
    """Keep the signed head of another tenant's journal.

    The first of a tenant is taken by an office, which knows its key from elsewhere; later ones must be signed by it.
    One that goes back, or contradicts one that is here, is refused.
    """
    new = await desk.do(witness.take, Statement(**msgspec.structs.asdict(data)))
    return HeadTaken(tenant=data.tenant, seq=data.seq, new=new)


@operation("GET", "/witness", summary="List heads of other journals", tag=TAG)
async def list_heads(desk: Desk, asked: HeadsAsked) -> Page[Kept]:
    """List the heads that are kept here, each with its signatures."""
    found = await desk.ask(witness.kept, asked.of, asked.after, asked.size)
    last = (str(found[-1].seq) if asked.of else found[-1].tenant) if len(found) == asked.size else ""
    return Page(items=list(found), after=last)


@operation("POST", "/jobs/witness", summary="Bring the head to its witness", tag=TAG, status=200,
           repeatable=True)  # fmt: skip
async def run_witness(desk: Desk, request: Asking) -> Brought:
    """Bring the head of this journal to the tenant that keeps it, now instead of by night; safe to repeat."""
    await desk.sure()
    done = await witnessing.carry(request.app.state.hosts.premises, desk.tenant.id)
    return Brought(
        seq=max((one.seq for one in done), default=0), failed=tuple(one.failed for one in done if one.failed)
    )


HANDLERS = (sign_head, take_head, list_heads, run_witness)
