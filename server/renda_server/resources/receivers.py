"""A tenant's receivers, as administrators look after them; a secret is told once, where it is made."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from renda_core.domain.web import LONGEST
from renda_core.services.events import receivers
from renda_core.services.events.receivers import PATTERNS, Receiver
from renda_server.answering import Answer, tagged
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.shapes import Given, Page, Version

TAG = "events"
Pattern = Annotated[str, Meta(min_length=1, max_length=LONGEST)]


class ReceiverWanted(Given, kw_only=True, frozen=True):
    """A receiver as it is to be: *version* is the one that was seen, 0 where there was none.

    *events* are names, in which ``*`` stands for anything. The *secret* may be left out: one is made, or kept as it is;
    *renew* asks for another.
    """

    url: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    events: Annotated[tuple[Pattern, ...], Meta(min_length=1, max_length=PATTERNS)] = ("*",)
    secret: Annotated[str, Meta(max_length=LONGEST)] = ""
    renew: bool = False
    active: bool = True
    version: Version = 0


class ReceiverKept(Struct, kw_only=True, frozen=True):
    """A receiver as it now stands; *secret* only where one was made: nobody is told it again."""

    receiver: Receiver
    secret: str


@operation("GET", "/receivers", summary="List receivers of events", tag=TAG)
async def list_receivers(desk: Desk) -> Page[Receiver]:
    """List the other systems that are told of events, and what went wrong with each at the last try."""
    return Page(items=list(await desk.ask(receivers.every)), after="")


@operation(
    "PUT", "/receivers/{receiver:str}", summary="Have a receiver told", tag=TAG, problems=(412, 422), secret=True
)
async def put_receiver(desk: Desk, receiver: str, data: ReceiverWanted) -> Answer[ReceiverKept]:
    """Have another system told of events, or change one.

    It is told of what happens from now on; one that was told already goes on where it was. What happens while it is
    not active it never hears.
    """
    wanted = Receiver(name=receiver, url=data.url, events=data.events, active=data.active, version=data.version)
    made = await desk.do(receivers.put, wanted, data.secret, renew=data.renew)
    return tagged(ReceiverKept(receiver=made.receiver, secret=made.secret), made.receiver.version)


@operation("DELETE", "/receivers/{receiver:str}", summary="Have a receiver told no more", tag=TAG)
async def remove_receiver(desk: Desk, receiver: str) -> None:
    """Have a receiver told no more."""
    await desk.do(receivers.remove, receiver)


HANDLERS = (list_receivers, put_receiver, remove_receiver)
