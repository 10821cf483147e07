"""A voter follows a matter: types its code, sees how far it is, and judges what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import attrs
from litestar import Request, Response

from renda_core.domain.codes import UNSOLVED
from renda_core.errors import Invalid, NotFound, Rejected
from renda_core.services import codes
from renda_core.services.codes import Followed
from renda_server import guests
from renda_server.desks import Desk
from renda_server.public.looks import FOR_ONE, Frame, show

Asking = Request[Any, Any, Any]
Wrong = Mapping[str, str]
LONGEST = 500
"""Characters of a word why."""
SURE, BACK = "yes", "back"
"""What is answered to the check of a judgement."""
NO_CODE = "请填写查询码"
ODD_CODE = "查询码是 8 位字母和数字，里面没有数字 0 和 1，也没有字母 I、L、O。请对照纸条再填一次"
UNKNOWN = "没有查到这个查询码。请核对字母和数字；数字里没有 0 和 1。也可以到联络站询问"
NO_GRADE = "请选择一项评价"
NO_WHY = "请写一句还有什么没解决"
LONG_WHY = f"请写短一些，{LONGEST} 个字以内"
LATE = "这次评价没有收下：这次答复已经评价过，或者现在还不能评价。下面是最新的进度。"


def asking(
    request: Asking, frame: Frame, wrong: Wrong | None = None, code: str = "", status: int = 200
) -> Response[bytes]:
    """Ask for a code, with what was wrong with the last one; to choose another size of text tries no code again."""
    frame = attrs.evolve(frame, again={}, back=f"/public/{quote(frame.county, safe='')}/follow")
    return show(request, "follow.html", frame, status=status, headers=FOR_ONE, wrong=wrong or {}, code=code)


async def looked(request: Asking, desk: Desk, frame: Frame, form: Mapping[str, str]) -> Response[bytes]:
    """Show the matter of a code, or ask for the code again."""
    found = await _found(request, desk, form["code"])
    if isinstance(found, str):
        return _again(request, frame, found, form["code"])
    return _matter(request, frame, form, found)


async def judged(request: Asking, desk: Desk, frame: Frame, form: Mapping[str, str]) -> Response[bytes]:
    """Take a judgement; one that says "not solved" is shown before it is sent."""
    found = await _found(request, desk, form["code"])
    if isinstance(found, str):
        return _again(request, frame, found, form["code"])
    if form["size"]:  # only the size of the text was changed: nothing is sent by that
        return _unsent(request, frame, form, found)
    if form["sure"] == BACK:
        return _matter(request, frame, form, found)
    if not found.grades:
        return _matter(request, frame, form, found, notice=LATE)
    if wrong := _wrong(form, found):
        return _matter(request, frame, form, found, wrong=wrong, status=422)
    if form["grade"] == UNSOLVED and form["sure"] != SURE:
        return show(request, "check.html", frame, headers=FOR_ONE, form=form, found=found)
    source = guests.source(request)
    try:
        if form["grade"] == UNSOLVED:
            found = await codes.dispute(desk.store, desk.tenant, form["code"], source, form["why"])
        else:
            found = await codes.rate(desk.store, desk.tenant, form["code"], source, form["grade"])
    except Rejected:  # somebody else with the same code was faster, or a deadline passed between two clicks
        newest = await codes.look(desk.store, desk.tenant, form["code"], source)
        return _matter(request, frame, form, newest, notice=LATE)
    return show(request, "thanks.html", frame, headers=FOR_ONE, form=form, found=found)


async def _found(request: Asking, desk: Desk, code: str) -> Followed | str:
    """Look a code up; give what to say where nothing is followed by it.

    Raises:
        TooMany: So many wrong ones came from there that this one was not looked at.
    """
    if not code:
        return NO_CODE
    try:
        return await codes.look(desk.store, desk.tenant, code, guests.source(request))
    except Invalid:
        return ODD_CODE
    except NotFound:
        return UNKNOWN


def _wrong(form: Mapping[str, str], found: Followed) -> dict[str, str]:
    if form["grade"] not in found.grades:
        return {"grade": NO_GRADE}
    if form["grade"] == UNSOLVED and not form["why"]:
        return {"why": NO_WHY}
    if len(form["why"]) > LONGEST:
        return {"why": LONG_WHY}
    return {}


def _again(request: Asking, frame: Frame, told: str, code: str) -> Response[bytes]:
    return asking(request, frame, {"code": told}, code[:64], 404 if told == UNKNOWN else 422)


def _unsent(request: Asking, frame: Frame, form: Mapping[str, str], found: Followed) -> Response[bytes]:
    """Show again, in another size, what was shown: the check of a judgement, or the matter."""
    if found.grades and form["grade"] == UNSOLVED and not _wrong(form, found):
        return show(request, "check.html", frame, headers=FOR_ONE, form=form, found=found)
    return _matter(request, frame, form, found)


def _matter(
    request: Asking,
    frame: Frame,
    form: Mapping[str, str],
    found: Followed,
    *,
    wrong: Wrong | None = None,
    notice: str = "",
    status: int = 200,
) -> Response[bytes]:
    told = {"wrong": wrong or {}, "notice": notice, "form": {"grade": "", "why": "", **form}}
    return show(request, "matter.html", frame, status=status, headers=FOR_ONE, found=found, unsolved=UNSOLVED, **told)
