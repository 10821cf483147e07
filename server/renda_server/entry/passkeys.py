"""Passkeys (通行密钥): a challenge is asked for by the page's script, and the device's answer comes as a form."""

from __future__ import annotations

from typing import Any

from litestar import Response, post, route
from litestar.params import FromPath
from litestar.response import Redirect

from renda_core.errors import NotFound, NotLetIn, RendaError
from renda_core.services.accounts import asking, entering, passkeys
from renda_core.services.accounts.entering import ENTRY, Step
from renda_core.services.accounts.rows import held
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant
from renda_server.answering import ENCODER, JSON
from renda_server.desks import Desk, Seat
from renda_server.entry import devices, words
from renda_server.entry.frames import Asking, came_in, guarded, guest, label, leads, own_page, seat, sent
from renda_server.entry.signing_in import shown_door
from renda_server.public import forms
from renda_server.public.looks import READ

REFUSED = "这个通行密钥没有通过。请再点一次按钮；还不行，请用口令登录，再到“我的账号”里重新登记。"
DOUBLE = "这个通行密钥可能被复制过，已经记入日志，没有让它登录。请用口令登录，删掉它，再重新登记。"
NO_LABEL = "请起个名字，60 个字以内"
NOT_MADE = "没有登记成，请再点一次“登记”"


@post("/enter/{county:str}/passkey/challenge", status_code=200)
async def ask(request: Asking, county: FromPath[str]) -> Response[bytes]:
    """Give a challenge to whoever wants to sign in."""
    forms.refuse_foreign(request, silent=False)
    desk = await guest(request, county)
    place = _place(request)
    told = await desk.store.write(passkeys.challenge, desk.tenant.id, ENTRY, desk.tenant)
    return _told(request, devices.to_show(place, told))


@post("/enter/{county:str}/passkey", status_code=200)
async def enter(request: Asking, county: FromPath[str]) -> Response[bytes] | Redirect:
    """Take a device's answer, and let its holder in."""
    form = await sent(request, "answer", "ticket")
    desk = await guest(request, county)
    try:
        step = await _entered(request, desk, form["answer"], form["ticket"])
    except NotLetIn:
        return await shown_door(request, desk, notice=REFUSED, status=401)
    if step is None:
        return await shown_door(request, desk, notice=DOUBLE, status=401)
    return came_in(request, desk, step)


async def _entered(request: Asking, desk: Desk, text: str, ticket: str) -> Step | None:
    """Check an answer: its challenge is used up before anything else is looked at."""
    answer, at = devices.read(text), _place(request)
    credential, challenge = devices.credential_of(answer), devices.challenge_of(answer)
    found = await desk.store.write(passkeys.take, desk.tenant.id, ENTRY, desk.tenant, challenge)
    if found is None or found.account:
        raise NotLetIn(passkeys.UNKNOWN)
    check = devices.checking(answer, challenge, at)
    if ticket:
        return await desk.store.write(
            passkeys.enter_second,
            desk.tenant.id,
            ENTRY,
            desk.tenant,
            ticket,
            credential,
            check,
            label=label(request),
        )
    return await desk.store.write(
        passkeys.enter, desk.tenant.id, ENTRY, desk.tenant, credential, check, label=label(request)
    )


@route("/account/passkeys", http_method=READ)
async def mine(request: Asking) -> Response[bytes]:
    """List the asker's passkeys."""
    return await _shown(request, await seat(request), sized=True)


@post("/account/passkeys/challenge", status_code=200)
async def ask_new(request: Asking) -> Response[bytes]:
    """Give a challenge for a new passkey."""
    forms.refuse_foreign(request, silent=False)
    desk = await seat(request)
    place, account = _place(request), desk.asker.account
    await desk.ask(asking.refuse_long_ago, desk.asker)
    told = await desk.do(passkeys.challenge, account=account)
    name, known = await desk.ask(_known, account)
    called = desk.tenant.name
    return _told(request, devices.to_make(place, told, account=account, name=name, called=called, known=known))


@post("/account/passkeys", status_code=200)
async def add(request: Asking) -> Response[bytes] | Redirect:
    """Keep a new passkey."""
    form = await sent(request, "answer", "label")
    desk = await seat(request)
    account, at = desk.asker.account, _place(request)
    if not 0 < len(form["label"]) <= passkeys.LONGEST:
        return await _shown(request, desk, wrong={"label": NO_LABEL}, label=form["label"], status=422)
    try:
        await desk.ask(asking.refuse_long_ago, desk.asker)
        answer = devices.read(form["answer"])
        challenge = devices.challenge_of(answer)
        found = await desk.do(passkeys.take, challenge)
        if found is None or found.account != account:
            raise NotLetIn(passkeys.UNKNOWN)
        await desk.do(passkeys.add, account, devices.made(answer, challenge, at, form["label"]))
    except NotLetIn:
        return await _shown(request, desk, wrong={"label": NOT_MADE}, label=form["label"], status=422)
    except RendaError as error:
        return await _shown(request, desk, wrong={"label": words.reason(error)}, label=form["label"], status=422)
    return leads("/account/passkeys", request=request)


@post("/account/passkeys/remove", status_code=200)
async def remove(request: Asking) -> Redirect:
    """Take one of the asker's passkeys away."""
    form = await sent(request, "credential")
    desk = await seat(request)
    try:
        credential = bytes.fromhex(form["credential"])
    except ValueError:
        raise NotFound("no such passkey") from None
    await desk.do(passkeys.remove, desk.asker.account, credential)
    return leads("/account/passkeys", request=request)


async def _shown(request: Asking, desk: Seat, **told: Any) -> Response[bytes]:
    keys = (await desk.ask(_known, desk.asker.account))[1]
    whole = {"wrong": {}, "label": words.browser(request.headers.get("User-Agent", "")), **told}
    recent = await desk.ask(asking.is_recent, desk.asker)
    return own_page(
        request, desk, "passkeys.html", keys=keys, devices=devices.possible(request), recent=recent, **whole
    )


async def _known(reader: Reader, tenant: Tenant, _: object, account: str) -> tuple[str, list[Any]]:
    """Give what a device may call the account, and its passkeys."""
    row = await held(reader, account)
    name = (await entering.about(reader, row))[1] or row.name
    return name, await passkeys.of(reader, tenant, account)


def _place(request: Asking) -> devices.Place:
    """Say where the page stands.

    Raises:
        NotFound: Under a bare address, to which no passkey is bound.
    """
    if not devices.possible(request):
        raise NotFound("no passkeys under a bare address")
    return devices.place(request)


def _told(request: Asking, options: dict[str, Any]) -> Response[bytes]:
    return Response(ENCODER.encode(options), media_type=JSON, headers=dict(guarded(request)))


HANDLERS = (ask, enter, mine, ask_new, add, remove)
