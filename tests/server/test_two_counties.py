"""Two counties on one server: what one asks with the other's ids, names and hosts tells it nothing."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from renda_core.testing import uid
from renda_server import patience

from .asking import OPERATIONS, asked, filled, path_of, send
from .conftest import IDS, WANG, both
from .prepared import furnish

if TYPE_CHECKING:
    from .conftest import Site

CANARY = "金丝雀甲"
OWN = ("healthz",)
OF_AN_ID = sorted(
    name
    for name, told in OPERATIONS.items()
    if not told.public and not told.open and any(p == "id" or p.endswith("_id") for p in told.parameters)
)
REST = sorted(n for n, told in OPERATIONS.items() if n not in OF_AN_ID and not told.public and not told.open)


def strange(ids: dict[str, str]) -> dict[str, str]:
    """Give each id of one county another one, which is nobody's; equal ones stay equal."""
    return {name: uid(f"nobody's {value}") if _is_id(value) else value for name, value in ids.items()}


def _is_id(text: Any) -> bool:
    return isinstance(text, str) and len(text) == 36 and text.count("-") == 4


def swapped(value: Any, known: dict[str, str]) -> Any:
    """Put nobody's ids into a body in place of one county's."""
    text = json.dumps(value, ensure_ascii=False)
    for one, other in known.items():
        text = text.replace(one, other)
    return json.loads(text)


def tried(site: Site, name: str, ids: dict[str, str], known: dict[str, str]) -> Any:
    """Send an operation's request as an office of the other county, with ids of this one or of nobody."""
    told, request = OPERATIONS[name], asked(name)
    path = path_of(told, ids, filled(request.parts, ids))
    path, query = swapped([path, request.query], known)
    headers = {"Authorization": f"Bearer {site.tokens['other']}", "If-Match": '"0"'}
    body = swapped(filled(request.body, {**ids, "etag": '"0"'}), known)
    more: dict[str, Any] = {"json": body} if body is not None else {"content": request.content or b""}
    if request.media:
        headers["Content-Type"] = request.media
    if told.method in ("GET", "DELETE"):
        more = {}
    return site.client.request(told.method, path, params=query, headers=headers, **more)


@both
def test_the_others_ids_are_nobodys_everywhere(site: Site) -> None:
    """Every operation that takes an id, every method: never done, and answered as if the thing were not there."""
    ids = furnish(site)
    known = {ids[n]: other for n, other in strange(ids).items() if _is_id(ids[n])}
    wrong = []
    for name in OF_AN_ID:
        mine, nobodys = tried(site, name, ids, {}), tried(site, name, ids, known)
        if mine.status_code < 300 and OPERATIONS[name].method != "GET":
            wrong.append(f"{name} was done: {mine.status_code}")
        back = swapped(mine.text, known)
        if (mine.status_code, back) != (nobodys.status_code, nobodys.text) or mine.status_code >= 500:
            wrong.append(f"{name}: {mine.status_code} {mine.text[:150]} | {nobodys.status_code} {nobodys.text[:150]}")
        if len(mine.content) != len(nobodys.content):
            wrong.append(f"{name}: {len(mine.content)} bytes, {len(nobodys.content)} for nobody's")
    assert not wrong, "\n".join(wrong)
    assert site.verify().whole
    assert site.verify("bai").whole


def test_no_list_search_file_or_page_holds_anything_of_the_others(site: Site) -> None:
    """Asked by one county first, so that whatever is kept is warm; then by the other, and by nobody."""
    ids = furnish(site)
    named = {"kind": "suggestion", "title": CANARY, "body": {"text": CANARY}, "parties": {"proposer": [WANG]}}
    site.step(site.post("/api/cases", named, "wang").json()["id"], "submit", "wang")
    assert CANARY in site.get("/api/cases").text
    seen = 0
    for name in REST:
        if OPERATIONS[name].method != "GET":
            continue
        request = asked(name)
        warm, _ = send(site, name, ids, "office")
        answer, _ = send(site, name, ids, "other")
        assert answer.status_code < 500, (name, answer.text)
        path = path_of(OPERATIONS[name], ids, filled(request.parts, ids))
        nobody = site.client.get(path, params=request.query)
        assert nobody.status_code == 401, (name, nobody.text)
        for told in (CANARY, "王芳", "石桥", IDS["qing"], ids["case_id"], ids["person_id"]):
            assert told not in answer.text or told in str(request.query), (name, told)
            assert told not in nobody.text, (name, told)
        for kept in (warm, answer):  # nor does a browser, or a proxy on the way, keep what one of them was told
            assert {"no-store", "private"} & set(kept.headers.get("Cache-Control", "").replace(",", " ").split()), name
        seen += 1
    assert seen > 40


@pytest.mark.parametrize("field", ["tenant", "tenant_id", "county"])
def test_a_tenant_named_in_a_body_or_a_question_is_refused(site: Site, field: str) -> None:
    case = {"kind": "suggestion", "title": "修桥", "body": {"text": "城东石桥"}, field: IDS["qing"]}
    assert site.post("/api/cases", case, "other").status_code == 400
    assert site.get(f"/api/cases?{field}={IDS['qing']}", "other").status_code == 400


HOSTS = {
    "another name": (["elsewhere.example"], 421),
    "a dot as any character": (["testserverxlocal"], 421),
    "a longer name": (["testserver.local.elsewhere.example"], 421),
    "a trailing dot": (["testserver.local."], 400),
    "none": ([], 400),
    "empty": ([""], 400),
    "two": (["testserver.local", "testserver.local"], 400),
    "a list": (["testserver.local, elsewhere.example"], 400),
    "a user": (["a@testserver.local"], 400),
    "a path": (["testserver.local/x"], 400),
    "a space": (["testserver.local x"], 400),
    "an odd port": (["testserver.local:port"], 400),
    "bytes": (["testserver\xff.local"], 400),
}


@pytest.mark.parametrize("case", HOSTS)
@pytest.mark.parametrize(
    "path", ["/api/cases", "/healthz", "/api/public/qing/stations", "/nothing", "/schema/openapi.json"]
)
def test_a_request_by_another_name_gets_nothing(site: Site, case: str, path: str) -> None:
    hosts, status = HOSTS[case]
    bearer = f"Bearer {site.tokens['office']}"
    found, body = bare(site, path, [("host", host) for host in hosts] + [("authorization", bearer)])
    assert found == status, body
    assert b"qing" not in body
    assert json.loads(body)["status"] == status


def test_nobody_elses_word_for_the_host_is_heard(site: Site) -> None:
    for name in ("x-forwarded-host", "forwarded", "x-host", "x-original-host", "x-http-host-override"):
        found, _ = bare(site, "/api/cases", [("host", "elsewhere.example"), (name, "testserver.local")])
        assert found == 421
        bearer = ("authorization", f"Bearer {site.tokens['office']}")
        found, _ = bare(site, "/api/cases", [("host", "testserver.local"), (name, "elsewhere.example"), bearer])
        assert found == 200


def test_a_name_may_be_written_large_and_with_a_port(site: Site) -> None:
    bearer = ("authorization", f"Bearer {site.tokens['office']}")
    for host in ("TestServer.Local", "testserver.local:8443", "localhost:8000", "[::1]:8000"):
        assert bare(site, "/api/cases", [("host", host), bearer])[0] == 200


def bare(site: Site, path: str, headers: list[tuple[str, str]], messages: Any = None) -> tuple[int, bytes]:
    """Call the server as no client would."""
    sent: list[Any] = []
    body = iter(messages or [{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Any:
        try:
            return next(body)
        except StopIteration:
            await asyncio.Event().wait()

    async def send_(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": "POST" if messages else "GET", "scheme": "https", "path": path,
        "raw_path": path.encode(), "root_path": "", "query_string": b"", "client": ("10.1.1.1", 5000),
        "server": ("127.0.0.1", 8000), "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers], "state": {},
        "extensions": {},
    }  # fmt: skip

    async def call() -> None:
        await site.app(scope, receive, send_)  # type: ignore[arg-type]

    with site.client.portal() as portal:
        portal.call(call)
    return sent[0]["status"], b"".join(m.get("body", b"") for m in sent[1:])


@pytest.mark.parametrize("silent", [True, False])
def test_a_body_that_does_not_come_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch, silent: bool) -> None:
    """Whether it falls silent, or goes on dripping for ever."""
    monkeypatch.setattr(patience, "SILENCE" if silent else "LONGEST", 0.05)
    part = {"type": "http.request", "body": b"{", "more_body": True}
    headers = [
        ("host", "testserver.local"),
        ("authorization", f"Bearer {site.tokens['office']}"),
        ("content-type", "application/json"),
    ]
    for path in ("/api/cases", "/api/imports?sheet=units"):
        found, body = bare(site, path.partition("?")[0], headers, [part])
        assert found in (400, 408), body
        assert found == 408 or "imports" in path
    assert site.get("/api/cases").status_code == 200
