"""Powers given out: roles that are lent (委托) from a day to a day, and tokens (令牌) of programs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec
from msgspec import Meta

from renda_core.errors import Rejected
from renda_core.services.accounts import lending, programs
from renda_core.services.accounts.lending import Loan, NewLoan
from renda_core.services.accounts.programs import NewToken
from renda_server import permissions
from renda_server.answering import Answer
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.resources.accounts import TAG, UNKEPT, Names, Why
from renda_server.shapes import Asked, Given, Id, Name, Page


class LoanGiven(Given, kw_only=True, frozen=True):
    """Roles that one account lends to another, on both days and between them."""

    __ids__ = ("giver", "taker")

    giver: Id
    taker: Id
    roles: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=50)]
    since: dt.date
    until: dt.date
    reason: Why


class LoansAsked(Asked, kw_only=True, frozen=True):
    """Whose loans; those who look after accounts may leave it out and see all."""

    __ids__ = ("account",)

    account: Id = ""


class Made(msgspec.Struct, kw_only=True, frozen=True):
    """What was made."""

    id: str


class TokenAsked(Given, kw_only=True, frozen=True):
    """A program's token: *scopes* are names of permissions, empty for all that its roles open; *until* its last day."""

    __ids__ = ("person", "unit")

    label: Annotated[str, Meta(max_length=100)]
    roles: Names
    unit: Id = ""
    person: Id = ""
    scopes: Names = ()
    until: dt.date | None = None


class TokenMade(msgspec.Struct, kw_only=True, frozen=True):
    """A token, told this once; the journal names whoever shows it by *person*."""

    token: str
    person: str


class TokenShown(msgspec.Struct, kw_only=True, frozen=True):
    """A token by its hash, whose beginning names it; it opens nothing."""

    id: str
    label: str
    person: str
    unit: str
    roles: list[str]
    scopes: list[str]
    made_at: dt.datetime
    seen_at: dt.datetime
    until: dt.date | None


@operation("GET", "/delegations", summary="List what is lent", tag=TAG)
async def list_delegations(desk: Desk, asked: LoansAsked) -> Page[Loan]:
    """List the roles that are, were or will be lent (委托), the latest first; to its holder, of one account."""
    return Page(items=await desk.ask(lending.loans, asked.account), after="")


@operation("POST", "/delegations", summary="Lend roles", tag=TAG, problems=(422,))
async def lend_roles(desk: Desk, data: LoanGiven) -> Answer[Made]:
    """Lend some of one's own roles, from a day to a day; it ends by itself. What was lent is not lent on."""
    made = await desk.do(lending.lend, NewLoan(**{f: getattr(data, f) for f in data.__struct_fields__}))
    return Answer(Made(id=made))


@operation("DELETE", "/delegations/{delegation_id:str}", summary="End a loan", tag=TAG, problems=(422,))
async def end_delegation(desk: Desk, delegation_id: str) -> None:
    """End a loan before its day."""
    await desk.do(lending.end, delegation_id)


@operation("GET", "/tokens", summary="List tokens", tag=TAG)
async def list_tokens(desk: Desk) -> Page[TokenShown]:
    """List the tokens of programs, the oldest first."""
    rows = await desk.ask(programs.tokens)
    return Page(
        items=[
            TokenShown(
                id=row.digest.hex(),
                label=row.label,
                person=row.person or "",
                unit=row.unit or "",
                roles=sorted(row.roles.split()),
                scopes=sorted(row.scopes.split()),
                made_at=row.made_at,
                seen_at=row.seen_at,
                until=row.until,
            )
            for row in rows
        ],
        after="",
    )


@operation("POST", "/tokens", summary="Give out a token", tag=TAG, problems=(422,), secret=True)
async def give_token(desk: Desk, data: TokenAsked) -> Answer[TokenMade]:
    """Make a token for a program; it is told in this answer alone."""
    if unknown := sorted(set(data.scopes) - permissions.PERMISSIONS.keys()):
        known = ", ".join(sorted(permissions.PERMISSIONS))
        raise Rejected("no such permissions", *(f"{name[:60]!r}; known: {known}" for name in unknown))
    secret, person = await desk.do(programs.give, NewToken(**{f: getattr(data, f) for f in data.__struct_fields__}))
    return Answer(TokenMade(token=secret, person=person), UNKEPT)


@operation("DELETE", "/tokens/{beginning:str}", summary="Take a token back", tag=TAG)
async def take_token_back(desk: Desk, beginning: str) -> None:
    """Take a token back, named by its id or how that begins; it opens nothing from then on."""
    await desk.do(programs.take_back, beginning)


HANDLERS = (list_delegations, lend_roles, end_delegation, list_tokens, give_token, take_token_back)
