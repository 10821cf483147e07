"""Personal data (个人信息): consent, copies and erasure for whom they are of, numbers seen whole, what is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from renda_core.services.privacy import consent, copying, erasing, retention, revealing
from renda_core.services.privacy.consent import PURPOSES, Consent, Purpose
from renda_core.services.privacy.places import PLACES
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.shapes import Given, Id, Line, Name, Page, Paged

TAG = "privacy"
ONCE: Mapping[str, Any] = {"status": 200, "problems": (422,), "repeatable": True}
"""What opens or erases data: no answer of it is kept to be given again."""
Who = Annotated[str, Meta(min_length=7, max_length=64)]
"""The id of a person of the roster, or the whole number that somebody left; sent in a body, never in an address."""
Reason = Annotated[str, Meta(min_length=1, max_length=500)]


class DataPlace(msgspec.Struct, kw_only=True, frozen=True):
    """One place where personal data lie: of whom, what for, how long, and in which form."""

    place: str
    title: str
    whose: str
    why: str
    kept: str
    form: str


class ConsentsAsked(Paged, kw_only=True, frozen=True):
    """Whose consents: of a person, or of a case in which somebody left a number; of all without."""

    __ids__ = ("person",)

    person: Id = ""


class ConsentGiven(Given, kw_only=True, frozen=True):
    """That somebody agreed; *wording* are the words that were shown, where they were not the present ones."""

    __ids__ = ("person",)

    person: Id
    purpose: Name
    wording: Line = ""


class Wanted(Given, kw_only=True, frozen=True):
    """Whose data, and why."""

    who: Who
    reason: Reason


class ToReveal(Given, kw_only=True, frozen=True):
    """What is to be seen whole: ``person.phone`` and the like with the row's id, or ``case`` with a case's; and why."""

    __ids__ = ("id",)

    what: Name
    id: Id
    reason: Reason


class Revealed(msgspec.Struct, kw_only=True, frozen=True):
    """The values, each with what it is."""

    values: tuple[tuple[str, str], ...]


class CopyMade(msgspec.Struct, kw_only=True, frozen=True):
    """All that is held of somebody, by table."""

    made_at: str
    parts: dict[str, Any]


class Erased(msgspec.Struct, kw_only=True, frozen=True):
    """How many values and rows went, by table; the cases that were rewritten; and what the law keeps."""

    places: dict[str, int]
    cases: tuple[str, ...]
    kept: tuple[str, ...]


class Over(msgspec.Struct, kw_only=True, frozen=True):
    """How many values and rows have been kept long enough, by place; *left* are cases that can only be read."""

    places: dict[str, int]
    left: tuple[str, ...]


@operation("GET", "/privacy/map", summary="Where personal data lie", tag=TAG)
async def show_data_map(desk: Desk) -> list[DataPlace]:
    """List every place: of whom, what for, how long."""
    await desk.sure()
    return [DataPlace(place=p.name, title=p.title, whose=p.whose, why=p.why, kept=p.kept, form=p.form) for p in PLACES]


@operation("GET", "/privacy/purposes", summary="What may be agreed to", tag=TAG)
async def list_purposes(desk: Desk) -> list[Purpose]:
    """List the purposes with the words that are shown before somebody agrees."""
    await desk.sure()
    return list(PURPOSES.values())


@operation("GET", "/privacy/consents", summary="List consents", tag=TAG)
async def list_consents(desk: Desk, asked: ConsentsAsked) -> Page[Consent]:
    """List consents, the oldest first; withdrawn ones too."""
    found = await desk.ask(consent.listed, asked.person, asked.after, asked.size)
    return Page(items=list(found.rows), after=found.after)


@operation("POST", "/privacy/consents", summary="Take down a consent", tag=TAG)
async def give_consent(desk: Desk, data: ConsentGiven) -> Consent:
    """Keep that somebody agreed, with the words that were shown."""
    return await desk.do(consent.give, data.person, data.purpose, data.wording)


@operation(
    "POST",
    "/privacy/consents/{consent_id:str}/withdrawal",
    summary="Withdraw a consent",
    tag=TAG,
    status=200,
    problems=(422,),
)
async def withdraw_consent(desk: Desk, consent_id: str) -> Consent:
    """Keep that somebody agrees no more; their data are not used for it from now on."""
    return await desk.do(consent.withdraw, consent_id)


@operation("POST", "/privacy/revelations", summary="See a number whole", tag=TAG, **ONCE)
async def reveal_number(desk: Desk, data: ToReveal) -> Revealed:
    """Open what is sealed of one row or case, for a reason; the journal says who looked, at what, and when."""
    found = await desk.do(revealing.reveal, data.what, data.id, data.reason)
    return Revealed(values=found.values)


@operation("POST", "/privacy/copies", summary="Copy what is held of somebody", tag=TAG, **ONCE)
async def copy_person(desk: Desk, data: Wanted) -> CopyMade:
    """Give all that is held of somebody, and nothing of anybody else; the journal says that it was given, and why."""
    await desk.sure()
    made = await copying.copy(desk.store, desk.tenant, desk.actor, data.who, data.reason)
    whole = msgspec.json.decode(made.as_json())
    return CopyMade(made_at=whole["made_at"], parts={name: whole[name] for name in made.parts})


@operation("POST", "/privacy/erasures", summary="Erase what is held of somebody", tag=TAG, **ONCE)
async def erase_person(desk: Desk, data: Wanted) -> Erased:
    """Erase somebody's data everywhere, for good; what the law keeps is named in the answer."""
    await desk.sure()
    done = await erasing.erase(desk.store, desk.tenant, desk.actor, data.who, data.reason)
    return Erased(places=dict(done.places), cases=done.cases, kept=done.kept)


@operation("GET", "/privacy/retention", summary="What has been kept long enough", tag=TAG)
async def show_retention(desk: Desk) -> Over:
    """Count what would go tonight; nothing is taken away."""
    found = await desk.ask(retention.preview)
    return Over(places=dict(found.places), left=found.left)


@operation("POST", "/jobs/retain", summary="Take away what is over", tag=TAG, **ONCE)
async def run_retention(desk: Desk) -> Over:
    """Take away what has been kept long enough, now instead of by night; safe to repeat."""
    await desk.sure()
    done = await retention.asked(desk.store, desk.tenant, desk.actor)
    return Over(places=dict(done.places), left=done.left)


HANDLERS = (
    show_data_map,
    list_purposes,
    list_consents,
    give_consent,
    withdraw_consent,
    reveal_number,
    copy_person,
    erase_person,
    show_retention,
    run_retention,
)
