"""What a page says when there is nothing to show: in Chinese, kindly, with what to do next."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from renda_core.errors import ConfigError, PluginError, RendaError, TooMany
from renda_core.services.hosting.directory import Suspended
from renda_server import errors
from renda_server.public import forms
from renda_server.public.looks import FOR_ONE, Frame, here, show

Asked = Request[Any, Any, State]
PAGES = "/public"
"""Under which pages stand that voters see."""
ENTRY = ("/enter", "/account", "/accounts")
"""Under which pages stand on which somebody signs in, and looks after accounts."""
GONE = "没有这一页"
TOLD = {
    400: ("这个请求看不懂", "请回到上一页，再填一次。"),
    403: ("请从本站的页面提交", "这张表不是从本站的页面提交的，没有收下。请打开查询页面，再填一次。"),
    404: (GONE, "地址可能抄错了，或者这个站点、这位代表已经不在这里。请再扫一次墙上的二维码，或到联络站询问。"),
    413: ("填写的内容太长", "请回到上一页，写短一些再提交。"),
    429: ("查询的次数太多了", ""),
    503: ("暂时打不开", "系统正在维护，请过一会儿再来。急事请直接到联络站。"),
}
"""What each refusal is called, and what to do."""
TOLD_AT_ENTRY = {
    400: ("这个请求看不懂", "请回到上一页，再填一次。"),
    403: (
        "这一页您不能用",
        "也可能是在别的网站点过来的：请打开登录页，从本站重新进来。需要权限，请找本单位的系统管理员。",
    ),
    404: (GONE, "地址可能抄错了。请打开管理员给您的链接，或从登录页重新进来。"),
    412: ("刚才有人改过", "没有保存。请回到上一页，看了最新的内容再改。"),
    413: ("填写的内容太长", "请回到上一页，写短一些再提交。"),
    429: ("试的次数太多了", ""),
    503: ("暂时打不开", "系统正在维护，请过一会儿再来。"),
}
STOPPED = ("这里暂停服务", "本单位在这个平台上的服务已经暂停；什么时候恢复，请向本单位询问。")
"""What everybody is told who asks for a page of a tenant that is suspended, whatever page it is."""
MANY, CROWDED = "为防止有人猜查询码", "您所在的网络里同时打开的人太多"
GUESSED = "为防止有人猜口令"


def on_refusal(request: Asked, error: RendaError) -> Response[bytes]:
    """Say a deliberate error as a page."""
    status = errors.STATUS.get(type(error))
    if isinstance(error, ConfigError | PluginError):
        return _numbered(request, 503, errors.set_up(error))
    if status is None or status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return on_defect(request, error)
    return said(request, status, error, int(str(error.details.get("retry_after", 0))))


def on_http(request: Asked, error: HTTPException) -> Response[bytes]:
    """Say what is wrong with the request itself as a page."""
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return on_defect(request, error)
    wait = int(errors.waiting(error)) if error.status_code == HTTPStatus.TOO_MANY_REQUESTS else 0
    made = said(request, error.status_code, error, wait)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        made.headers |= errors.allowed(request)
    return made


def on_defect(request: Asked, error: Exception) -> Response[bytes]:
    """Say that something failed here, with the number under which the log tells more."""
    return _numbered(request, 500, errors.noted(error))


def said(request: Asked, status: int, error: Exception, wait: int = 0) -> Response[bytes]:
    """Make the page of a refusal.

    Args:
        wait: Seconds after which it is worth while to come back; 0 where that makes no difference.
    """
    entry = at_entry(request)
    told = TOLD_AT_ENTRY if entry else TOLD
    title, text = STOPPED if isinstance(error, Suspended) else told.get(status, told[400])
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        why = (GUESSED if entry else MANY) if isinstance(error, TooMany) else CROWDED
        text = f"{why}，请{soon(wait)}再来。" + ("" if entry else "您的查询码一直有效。")
    headers = {**FOR_ONE, "Retry-After": str(wait)} if wait else FOR_ONE
    return show(
        request,
        "fault.html",
        _frame(request),
        status=status,
        headers=headers,
        title=title,
        text=text,
        number="",
        entry=entry,
    )


def soon(seconds: int) -> str:
    """Say a time to wait as people do, never shorter than it is."""
    if seconds <= 60:
        return "等一分钟"
    if seconds <= 3600:
        return f"等 {-(-seconds // 60)} 分钟"
    return f"等 {-(-seconds // 3600)} 小时"


def _numbered(request: Asked, status: int, id: str) -> Response[bytes]:
    request.scope["state"][errors.NUMBER] = id
    whom = "管理员" if at_entry(request) else "联络站"
    title, text = TOLD[503] if status == HTTPStatus.SERVICE_UNAVAILABLE else (
        "这一页暂时打不开", f"不是您的问题。请过一会儿再试；还打不开，请把下面的编号告诉{whom}。",
    )  # fmt: skip
    frame = _frame(request)
    return show(
        request,
        "fault.html",
        frame,
        status=status,
        headers=FOR_ONE,
        title=title,
        text=text,
        number=id,
        entry=at_entry(request),
    )


def _frame(request: Asked) -> Frame:
    """Name nothing of the county: whether there is one, a page that is not there tells nobody."""
    if at_entry(request):
        return Frame(name="人大代表工作平台", home="/enter")
    address = here(request).removesuffix("/rating")  # which is no page of its own
    return Frame(back=address if forms.BACK.fullmatch(address) else "")


def kind(request: Asked, error: HTTPException) -> Response[bytes]:
    """Say what no route of ours was asked for: to voters as a page, to programs as a problem."""
    path = request.scope["path"]
    asked_as_page = path.startswith(f"{PAGES}/") or path == PAGES or at_entry(request)
    return on_http(request, error) if asked_as_page else errors.on_http(request, error)


def at_entry(request: Asked) -> bool:
    """Tell whether a page of signing in, or of accounts, was asked for."""
    path = request.scope["path"]
    return path.startswith(tuple(f"{place}/" for place in ENTRY)) or path in ENTRY


HANDLERS: ExceptionHandlersMap = {RendaError: on_refusal, HTTPException: on_http, Exception: on_defect}
