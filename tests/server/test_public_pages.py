"""Voters' pages as they are sent: escaped, guarded, never cached behind a code, and only from forms of our own."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from tests.core.peopling import blank

from renda_core.services.codes import GUESSING
from renda_core.store.roster import ADD
from renda_core.testing import uid
from renda_server.public import faults, forms, looks
from renda_server.public.pages import WHOLE

from . import prepared, voters
from .conftest import OVER, WANG

if TYPE_CHECKING:
    from .conftest import Site

PAGES = ["", "?text=%E7%9F%B3%E6%A1%A5", "/follow", f"/stations/{voters.CODE}", f"/deputies/{WANG}"]
EVIL = "<script>alert(1)</script>\"'&{{7*7}}"


class Read(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep what is read."""
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Give the attributes of every tag of a name."""
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture
def county(site: Site) -> tuple[Site, dict[str, Any]]:
    """A county whose stations everybody can see."""
    prepared.fill(site)
    return site, voters.furnish(site)


def sent(site: Site, path: str, data: dict[str, str], **headers: str) -> Any:
    """Send a form of ours."""
    return site.client.post(f"/public/qing{path}", data=data, headers=headers)


# -- how pages are made and guarded


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_guarded_and_needs_nothing_from_elsewhere(
    site_with_all: tuple[Site, dict[str, Any]], path: str
) -> None:
    site, _ = site_with_all
    page = site.client.get(f"/public/qing{path}")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    made = Read(page.text)
    names = [name for name, _ in made.tags]
    assert not {"script", "style", "iframe", "object", "img"} & set(names)
    assert not [a for _, attrs in made.tags for a in attrs if a == "style" or a.startswith("on")]
    assert (names.count("main"), names.count("h1"), names.count("title")) == (1, 1, 1)
    assert made.all("html") == [{"lang": "zh-CN", "data-size": "std"}]
    leads = [v for _, attrs in made.tags for k, v in attrs.items() if k in ("href", "src", "action", "formaction")]
    assert leads
    assert all(v is not None and re.match(r"/(?!/)|#", v) for v in leads)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert (page.headers["X-Frame-Options"], page.headers["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == ("no-store" if path == "/follow" else "no-cache")
    assert len(page.content) < 20_000
    for field in made.all("input") + made.all("textarea"):
        if field.get("type") not in ("hidden", "radio"):
            assert field["id"] in [label.get("for") for label in made.all("label")]
    assert site.client.head(f"/public/qing{path}").status_code == 200


def test_what_a_page_loads_is_kept_for_good_and_of_another_version_there_is_none(site: Site) -> None:
    page = Read(site.client.get("/public/nobody").text)
    for link in page.all("link"):
        address = str(link["href"])
        plain = site.client.get(address, headers={"Accept-Encoding": "identity"})
        assert (plain.status_code, "immutable" in plain.headers["Cache-Control"]) == (200, True)
        packed = site.client.get(address, headers={"Accept-Encoding": "gzip"})
        assert (packed.headers["Content-Encoding"], packed.content) == ("gzip", plain.content)
        assert len(plain.content) < 16_000
        assert re.fullmatch(r"/assets/\w+\.[0-9a-f]{12}\.\w+", address)
        assert site.client.get(re.sub(r"[0-9a-f]{12}", "0" * 12, address)).status_code == 404
    for path in ("/assets/renda.css", "/assets/../looks.py", "/assets/..%2flooks.py", "/assets/%2e%2e%2flooks.py"):
        assert site.client.get(path).status_code == 404
    assert gzip.decompress(looks.assets()["renda.css"].packed) == looks.assets()["renda.css"].plain


def test_the_style_keeps_to_what_older_browsers_know() -> None:
    style = looks.assets()["renda.css"].plain.decode()
    plain = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    for unknown in ("@layer", ":has(", "@container", "color-mix", "@import", "url(", "&"):
        assert unknown not in plain
    assert "prefers-color-scheme: dark" in plain
    assert "prefers-reduced-motion" in plain
    assert "@media print" in plain


@pytest.mark.parametrize("path", ["/nobody", "/qing/none", "/qing/stations/none", "/qing/stations", "/qing/a/b/c"])
def test_what_is_not_there_is_said_kindly_and_always_alike(site: Site, path: str) -> None:
    page = site.client.get(f"/public{path}")
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert faults.TOLD[404][1] in page.text
    assert "<title>错误：没有这一页" in page.text
    steady = page.text.replace(f"/public{path}", "HERE")
    assert steady == site.client.get("/public/other").text.replace("/public/other", "HERE")


def test_a_defect_is_a_page_with_a_number_and_nothing_else(
    county: tuple[Site, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, _ = county

    async def fails(*_: Any) -> Any:
        raise RuntimeError("蔡湖南 19900001234")

    monkeypatch.setattr("renda_server.public.boards.stations", fails)
    page = site.client.get("/public/qing")
    assert (page.status_code, page.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    number = page.headers["X-Request-Id"]
    assert number in page.text
    assert "蔡湖南" not in page.text
    assert "RuntimeError" not in page.text


# -- what stands on them


def test_names_and_texts_are_shown_and_never_run(county: tuple[Site, dict[str, Any]]) -> None:
    site, _ = county

    async def write(unit: Any, _: Any) -> None:
        row = {"kind": "station", "name": EVIL, "code": "evil", "address": EVIL, "congress": voters.CONGRESS}
        await unit.write(ADD["station"], **blank("station", uid("evil"), valid_from=voters.FROM, offers=EVIL, **row))
        unit.record("test.evil", on=unit.tenant, version=0, rule="")

    with site.open() as opened:
        opened.do(write, voters.CLERK)
    told = voters.answered(site, text=EVIL)
    code = voters.code(site, told)
    pages = [
        site.client.get("/public/qing"),
        site.client.get("/public/qing", params={"text": EVIL}),
        site.client.get("/public/qing/stations/evil"),
        sent(site, "/follow", {"code": EVIL}),
        sent(site, "/follow/rating", {"code": code, "grade": EVIL, "why": EVIL}),
        sent(site, "/follow/rating", {"code": code, "grade": "not_solved", "why": EVIL}),
        site.client.get(f"/public/{EVIL}".replace("/s", "")),
    ]
    for page in pages:
        assert "<script" not in page.text
        assert "49" not in Read(page.text).words
        assert not [a for _, attrs in Read(page.text).tags for a in attrs if a.startswith("on")]
    assert EVIL in Read(pages[0].text).words
    assert EVIL in Read(pages[5].text).words


def test_a_county_of_many_stations_is_found_by_township_or_a_word(county: tuple[Site, dict[str, Any]]) -> None:
    site, _ = county

    async def write(unit: Any, _: Any) -> None:
        for n in range(WHOLE):
            row = {"kind": "station", "name": f"柳河村{n}站", "code": f"990101002{n:03d}", "congress": voters.CONGRESS}
            row |= {"township": "990101002", "address": f"柳河{n}号"}
            await unit.write(ADD["station"], **blank("station", uid(f"many {n}"), valid_from=voters.FROM, **row))
        unit.record("test.many", on=unit.tenant, version=0, rule="")

    with site.open() as opened:
        opened.do(write, voters.CLERK)
    whole = Read(site.client.get("/public/qing").text)
    assert "柳河村1站" not in whole.words
    assert "城关镇" in whole.words  # named by its home, for its congress is not in the roster
    leads = [a["href"] for a in whole.all("a") if "township" in str(a.get("href"))]
    assert leads == [f"/public/qing?township={code}" for code in ("990101001", "990101002", "-")]
    assert "柳河村39站" in Read(site.client.get(leads[1]).text).words
    assert "城东联络站" in Read(site.client.get(leads[2]).text).words
    found = Read(site.client.get("/public/qing", params={"text": "柳河 39"}).text).words
    assert "柳河村39站" in found
    assert "柳河村38站" not in found
    assert "没有符合条件的站点" in site.client.get("/public/qing", params={"text": "没有的"}).text
    odd = site.client.get("/public/qing?text=%00")
    assert (odd.status_code, odd.headers["Content-Type"]) == (400, "text/html; charset=utf-8")


# -- a voter follows a matter


def test_from_the_code_to_the_judgement(county: tuple[Site, dict[str, Any]]) -> None:
    site, ids = county
    empty = sent(site, "/follow", {"code": ""})
    assert (empty.status_code, "<title>错误：查办理进度" in empty.text) == (422, True)
    assert Read(empty.text).all("div")[2]["role"] == "alert"
    wrong = sent(site, "/follow", {"code": "ZZZZ-ZZZZ"})
    assert wrong.status_code == 404
    assert "没有查到这个查询码。请核对字母和数字；数字里没有 0 和 1" in wrong.text
    code = ids["followed_code"]
    seen = sent(site, "/follow", {"code": f" {code.lower()} "})
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "no-store")
    words = Read(seen.text).words
    assert "＊＊您好，楼道灯已于1月19日修好" in words
    assert "登记日期" in words
    for told in (voters.VOTER, voters.PHONE, "王芳"):
        assert told not in seen.text
    for data, said in (
        ({}, "请选择一项评价"),
        ({"grade": "x"}, "请选择一项评价"),
        ({"grade": "not_solved"}, "请写一句还有什么没解决"),
        ({"grade": "not_solved", "why": "　 "}, "请写一句还有什么没解决"),
        ({"grade": "not_solved", "why": "长" * 501}, "请写短一些"),
    ):
        again = sent(site, "/follow/rating", {"code": code, **data})
        assert (again.status_code, "<title>错误：" in again.text) == (422, True)
        assert said in again.text
    check = sent(site, "/follow/rating", {"code": code, "grade": "not_solved", "why": "灯又坏了"})
    assert "请核对您的评价" in check.text
    assert "judged" not in check.text
    back = sent(site, "/follow/rating", {"code": code, "grade": "not_solved", "why": "灯又坏了", "sure": "back"})
    assert "灯又坏了</textarea>" in back.text
    thanks = sent(site, "/follow/rating", {"code": code, "grade": "not_solved", "why": "灯又坏了", "sure": "yes"})
    assert "评价已收到，谢谢您" in thanks.text
    assert "它的上级" in thanks.text
    twice = sent(site, "/follow/rating", {"code": code, "grade": "not_solved", "why": "灯又坏了", "sure": "yes"})
    assert "这次评价没有收下" in twice.text
    assert "第 2 轮" in twice.text
    solved = sent(site, "/follow/rating", {"code": ids["rated_code"], "grade": "solved"})
    assert "评价已收到" in solved.text
    for page in (empty, wrong, seen, check, back, thanks, twice, solved):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Content-Security-Policy"] == looks.GUARDED["Content-Security-Policy"]
    assert site.verify().whole


def test_the_page_after_too_many_wrong_codes_says_when_to_come_back(county: tuple[Site, dict[str, Any]]) -> None:
    site, ids = county
    for _ in range(GUESSING.tries):
        assert sent(site, "/follow", {"code": "ZZZZ-ZZZZ"}).status_code == 404
    for form in ("/follow", "/follow/rating"):
        shut = sent(site, form, {"code": ids["followed_code"]})
        assert (shut.status_code, int(shut.headers["Retry-After"]) > 0) == (429, True)
        assert "为防止有人猜查询码，请等 15 分钟再来" in shut.text
        assert 'name="back" value="/public/qing/follow"' in shut.text


def test_times_to_wait_are_never_said_shorter_than_they_are() -> None:
    said = [faults.soon(seconds) for seconds in (1, 60, 61, 899, 3600, 3601, 7201)]
    assert said == ["等一分钟"] * 2 + ["等 2 分钟", "等 15 分钟", "等 60 分钟", "等 2 小时", "等 3 小时"]


# -- forms of others


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": ""} | {"Origin": "null"},
        {"Origin": "https://evil.example"}, {"Origin": "https://testserver.local.evil.example"},
        {"Origin": "https://testserver.local:8443"}, {"Origin": "null"}, {"Origin": "https://"},
        {"Sec-Fetch-Site": "cross-site", "Origin": OVER},
    ],
)  # fmt: skip
def test_a_form_of_another_site_is_not_taken(
    site_with_all: tuple[Site, dict[str, Any]], headers: dict[str, str]
) -> None:
    site, ids = site_with_all
    for path, data in (("/public/qing/follow", {"code": ids["followed_code"]}), ("/text-size", {"size": "large"})):
        answer = site.client.post(path, data=data, headers=headers)
        assert (answer.status_code, "没有收下" in answer.text) == (403, True)
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": OVER}]
)
def test_a_form_of_ours_is_taken(site_with_all: tuple[Site, dict[str, Any]], headers: dict[str, str]) -> None:
    site, ids = site_with_all
    assert sent(site, "/follow", {"code": ids["followed_code"]}, **headers).status_code == 200


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b"code=A&code=B", forms.FORM, 400), (b"code=A&more=1", forms.FORM, 400), (b"code=%FF", forms.FORM, 400),
        (b"code=\xff", forms.FORM, 400), (b"code=a%00b", forms.FORM, 400), (b"&" * 20 + b"a=1&" * 20, forms.FORM, 400),
        (b"code=" + b"A" * 20_000, forms.FORM, 413), (b'{"code": "A"}', "application/json", 415),
        (b"code=A", "text/plain", 415), (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415), (b"", "", 415),
    ],
)  # fmt: skip
def test_a_form_that_is_none_is_refused_as_a_page(
    site_with_all: tuple[Site, dict[str, Any]], raw: bytes, kind: str, status: int
) -> None:
    site, _ = site_with_all
    answer = site.client.post("/public/qing/follow", content=raw, headers={"Content-Type": kind})
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_pages_are_only_read(site_with_all: tuple[Site, dict[str, Any]], method: str) -> None:
    site, _ = site_with_all
    for path in ("/public/qing", f"/public/qing/stations/{voters.CODE}", f"/public/qing/deputies/{WANG}"):
        answer = site.client.request(method, path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert site.client.request("GET", "/text-size").status_code == 405


# -- sizes of text


def test_a_size_is_kept_in_a_cookie_that_tells_nothing_else(site_with_all: tuple[Site, dict[str, Any]]) -> None:
    site, _ = site_with_all
    went = site.client.post(
        "/text-size", data={"size": "large", "back": f"/public/qing/stations/{voters.CODE}"}, follow_redirects=False
    )
    assert (went.status_code, went.headers["Location"]) == (303, f"/public/qing/stations/{voters.CODE}")
    cookie = went.headers["Set-Cookie"].lower()
    assert cookie.startswith("renda-size=large;")
    for part in ("httponly", "samesite=lax", "path=/;", "secure"):
        assert part in cookie
    page = site.client.get("/public/qing", headers={"Cookie": "renda-size=large"})
    assert 'data-size="large"' in page.text
    assert "特大字" in page.text
    assert page.headers["Vary"] == "Cookie"
    for odd in ("huge", "<script>", "std; x=1", ""):
        assert 'data-size="std"' in site.client.get("/public/qing", headers={"Cookie": f"renda-size={odd}"}).text
    site.client.cookies.clear()


@pytest.mark.parametrize(
    "back",
    [
        "", "https://evil.example/", "//evil.example", "/\\evil.example", "/public//evil.example\\",
        "javascript:alert(1)", "/publicx", "/public", "/api/cases", "public/qing", "/public/qing\r\nSet-Cookie: a=b",
        "/public/qing#\u2028",
        "/public/" + "a" * 2_000, " /public/qing", "/public/qing\t", "/public/<script>",
    ],
)  # fmt: skip
def test_the_button_of_sizes_leads_nowhere_else(site_with_all: tuple[Site, dict[str, Any]], back: str) -> None:
    site, _ = site_with_all
    went = site.client.post("/text-size", data={"size": "large", "back": back}, follow_redirects=False)
    if "Location" in went.headers:  # what surrounds an address is no part of it
        assert went.headers["Location"] == back.strip() == "/public/qing"
    else:
        assert went.status_code in (400, 404)
        assert "Set-Cookie" not in went.headers


def test_choosing_a_size_on_the_page_of_a_matter_sends_no_judgement(county: tuple[Site, dict[str, Any]]) -> None:
    site, ids = county
    code = ids["followed_code"]
    seen = sent(site, "/follow", {"code": code, "size": "xlarge"})
    assert 'data-size="xlarge"' in seen.text
    assert "renda-size=xlarge" in seen.headers["Set-Cookie"]
    for data in (
        {"grade": "solved"},
        {"grade": "not_solved", "why": "灯又坏了"},
        {"grade": "not_solved", "why": "灯又坏了", "sure": "yes"},
    ):
        shown = sent(site, "/follow/rating", {"code": code, "size": "large", **data})
        assert (shown.status_code, 'data-size="large"' in shown.text) == (200, True)
    api = site.client.post("/api/public/qing/follow", json={"code": code}).json()
    assert (api["judged"], api["grades"].keys()) == ([], {"solved", "basically", "not_solved"})
    wrong = Read(sent(site, "/follow", {"code": "ZZZZ-ZZZZ"}).text)
    assert {f.get("name"): f.get("value") for f in wrong.all("input")}["back"] == "/public/qing/follow"
    site.client.cookies.clear()


def test_over_plain_http_the_cookie_is_still_set(site_with_all: tuple[Site, dict[str, Any]]) -> None:
    site, _ = site_with_all
    plain = OVER.replace("https", "http")
    went = site.client.post(
        f"{plain}/text-size", data={"size": "large", "back": "/public/qing"}, follow_redirects=False
    )
    assert "secure" not in went.headers["Set-Cookie"].lower()
    site.client.cookies.clear()
