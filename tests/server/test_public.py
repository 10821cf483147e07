"""What anybody asks of a county without a token: what its practice shows, what a code opens, and nothing else."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import sqlite3
from typing import TYPE_CHECKING, Any

import httpx
import icalendar
import pytest

from renda_core.services.codes import GUESSING
from renda_core.testing import uid
from renda_server import guests
from renda_server.app import create_app
from renda_server.desks import GUEST
from renda_server.settings import Settings
from renda_server.transport import networks

from . import prepared, voters
from .asking import OPERATIONS, path_of
from .conftest import LI, NAMES, NOW, OVER, WANG, both

if TYPE_CHECKING:
    from .conftest import Site

PUBLIC = sorted(name for name, told in OPERATIONS.items() if told.public)
ENTRY = [
    "accept_invitation", "begin_telephone_at_entry", "confirm_telephone_at_entry", "enter_by_password",
    "renew_password", "show_second_factor", "use_reset",
]  # fmt: skip
"""How one signs in."""
API = "/api/public/qing"
WRONG = "ZZZZ-ZZZZ"
PASSING = ("x-request-id", "date", "ratelimit-remaining", "ratelimit-reset")


@pytest.fixture
def county(site: Site) -> tuple[Site, dict[str, Any]]:
    """A county whose stations everybody can see, with matters that voters follow."""
    prepared.fill(site)
    return site, voters.furnish(site)


def follow(site: Site, code: str, what: str = "follow", **more: Any) -> Any:
    """Ask by a code, without a token."""
    return site.client.post(f"{API}/{what}", json={"code": code, **more})


# -- who needs a token


def test_what_is_public_is_these_and_no_other() -> None:
    assert [name for name in PUBLIC if OPERATIONS[name].tag == "entry"] == ENTRY
    assert [name for name in PUBLIC if OPERATIONS[name].tag != "entry"] == [
        "dispute_matter", "follow_matter", "give_deputy_calendar", "give_station_calendar", "list_open_stations",
        "rate_matter", "show_deputy_board", "show_station_board",
    ]  # fmt: skip
    assert (GUEST.roles, GUEST.unit) == ({"public"}, "")


def test_every_other_route_needs_one(site_with_all: tuple[Site, dict[str, Any]]) -> None:
    site, ids = site_with_all
    open_ = {"/healthz", "/schema", "/schema/openapi.json", "/client", "/text-size"}
    for route in site.app.routes:
        path = route.path_format
        if path in open_ or path.startswith(("/public", "/assets", "/schema/", "/client/", API.rpartition("/")[0])):
            continue
        if path.startswith("/enter"):  # where one signs in
            continue
        for method in getattr(route, "methods", ()) - {"OPTIONS"}:
            asked = path.replace("{", "").replace("}", "")
            answer = site.client.request(method, asked, follow_redirects=False)
            if path.startswith("/account"):  # a page: it leads whoever has not signed in to where they do
                told = (answer.status_code, answer.headers.get("Location"))
                assert told == ((403, None) if method == "POST" else (303, "/enter")), asked
                continue
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="renda"'), asked
    for name in PUBLIC:  # a token is not looked at there, a wrong one neither
        told = OPERATIONS[name]
        if told.method == "GET":
            path = path_of(told, ids, {})
            plain = site.client.get(path)
            tokened = site.client.get(path, headers={"Authorization": "Bearer nonsense"})
            assert (plain.status_code, plain.content) == (tokened.status_code, tokened.content), name


# -- what is shown


@both
def test_stations_boards_and_calendars_of_a_county(site: Site) -> None:
    prepared.fill(site)
    voters.furnish(site)
    listed = site.client.get(f"{API}/stations").json()["items"]
    assert [one["name"] for one in listed] == [
        "城东联络站",
        "城关镇代表之家",
        "城关镇石桥村联络站",
    ]  # not the closed one
    assert listed[2] == {
        "id": voters.STATION, "code": voters.CODE, "name": "城关镇石桥村联络站", "kind": "station",
        "township": "990101001", "address": "石桥村村委会一楼",
    }  # fmt: skip
    by_code, by_id = (site.client.get(f"{API}/stations/{name}").json() for name in (voters.CODE, voters.STATION))
    assert by_code == by_id
    assert by_code["offers"] == ["调解", "法律咨询", "网格"]
    assert [one["name"] for one in by_code["deputies"]] == ["李强", "王芳"]
    assert [(d["on"], d["who"]) for d in by_code["days"]] == [("2026-01-22", ["李强", "王芳"])]
    assert by_code["figures"]["opinions"] == {"n": 4, "approx": False}
    assert site.client.get(f"{API}/deputies/{LI}").json()["stations"][0]["code"] == voters.CODE
    for path in (f"stations/{voters.CODE}", f"deputies/{WANG}"):
        feed = site.client.get(f"{API}/{path}/calendar.ics")
        assert feed.headers["Content-Type"] == "text/calendar; charset=utf-8"
        days = [event.decoded("dtstart") for event in icalendar.Calendar.from_ical(feed.content).walk("VEVENT")]
        assert dt.date(2026, 1, 22) in [day.date() for day in days]
        assert voters.VOTER not in feed.text
        again = site.client.get(f"{API}/{path}/calendar.ics", headers={"If-None-Match": feed.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


NOWHERE = [
    "/api/public/nobody/stations", "/api/public/bai/stations", f"/api/public/bai/stations/{voters.CODE}",
    f"{API}/stations/990101001099999", f"{API}/stations/{uid('nowhere')}", f"{API}/stations/{voters.CLOSED}",
    f"{API}/deputies/{uid('nowhere')}", f"{API}/deputies/no-id", f"{API}/deputies/{uid('wang')[:-1]}",
    f"/api/public/bai/deputies/{WANG}", f"/api/public/nobody/deputies/{WANG}/calendar.ics",
    f"/api/public/bai/stations/{voters.CODE}/calendar.ics", f"{API}/stations/nothing/calendar.ics",
    "/api/public/QING/stations", "/api/public/qing.db/stations", "/api/public/%2e%2e/stations",
    "/api/public/..%5cqing/stations", "/api/public/qing%00/stations", "/api/public/%E6%B8%85/stations",
    "/api/public/../../keys/stations", "/api/public/....%2f%2fqing/stations", "/api/public/./stations",
]  # fmt: skip


@pytest.mark.parametrize("path", NOWHERE)
def test_what_is_not_shown_is_the_same_404_whatever_it_is(
    site_with_all: tuple[Site, dict[str, Any]], path: str
) -> None:
    site, _ = site_with_all
    answer = site.client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), answer.text
    told = site.client.get(f"{API}/stations/none").json()
    assert answer.json()["title"] == told["title"]
    if "/.." not in path and "/./" not in path and "%2f" not in path:  # those are no path of ours at all
        assert answer.json() == told


def test_another_county_s_code_opens_nothing(county: tuple[Site, dict[str, Any]]) -> None:
    site, ids = county
    seen = site.get("/api/configuration", "other")
    document = seen.json()
    document["layers"][0]["plugins"] |= voters.practices()
    headers = {"Authorization": f"Bearer {site.tokens['other']}", "If-Match": seen.headers["ETag"]}
    assert site.client.put("/api/configuration", json=document, headers=headers).status_code == 200
    for other in ("bai", "nobody"):
        answer = site.client.post(f"/api/public/{other}/follow", json={"code": ids["followed_code"]})
        assert (answer.status_code, answer.json()) == (404, follow(site, WRONG).json())


def test_a_practice_that_is_switched_off_shows_nothing_any_more(county: tuple[Site, dict[str, Any]]) -> None:
    site, ids = county
    seen = site.get("/api/configuration")
    document = seen.json()
    for name in voters.practices():
        document["layers"][0]["plugins"].pop(name)
    headers = {"Authorization": f"Bearer {site.tokens['office']}", "If-Match": seen.headers["ETag"]}
    assert site.client.put("/api/configuration", json=document, headers=headers).status_code == 200
    for path in ("stations", f"stations/{voters.CODE}", f"stations/{voters.CODE}/calendar.ics", f"deputies/{WANG}"):
        assert site.client.get(f"{API}/{path}").status_code == 404
    assert follow(site, ids["followed_code"]).status_code == 404
    for path in ("", "/follow", f"/stations/{voters.CODE}"):
        assert site.client.get(f"/public/qing{path}").status_code == 404


# -- a code


@both
def test_a_voter_follows_judges_and_disputes_without_saying_who(site: Site) -> None:
    prepared.fill(site)
    ids = voters.furnish(site)
    seen = follow(site, ids["followed_code"])
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "no-store")
    assert (seen.json()["state"], seen.json()["grades"].keys()) == ("办结", {"solved", "basically", "not_solved"})
    for told in (voters.VOTER, voters.PHONE, "王芳", ids["opinion"], WANG):
        assert told not in seen.text
    typed = f" {ids['followed_code'].lower().replace('-', ' － ')} "
    assert follow(site, typed).json() == seen.json()
    rated = follow(site, ids["rated_code"], "follow/rating", grade="solved").json()
    assert [one["title"] for one in rated["judged"]] == ["已解决"]
    again = follow(site, ids["rated_code"], "follow/rating", grade="basically")
    assert (again.status_code, again.json()["code"]) == (422, "rejected")
    disputed = follow(site, ids["disputed_code"], "follow/dispute", why="灯又坏了").json()
    assert (disputed["judged"][-1]["grade"], disputed["round"], disputed["closed"]) == ("not_solved", 2, False)
    assert site.verify().whole


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("follow", {}), ("follow", {"code": ""}), ("follow", {"code": 7}), ("follow", {"code": "A" * 65}),
        ("follow", {"code": "ABCD"}), ("follow", {"code": "ABCD-EFG0"}), ("follow", {"code": WRONG, "more": 1}),
        ("follow", []), ("follow", {"code": {"$ne": ""}}), ("follow/rating", {"code": WRONG}),
        ("follow/rating", {"code": WRONG, "grade": "not_solved"}), ("follow/rating", {"code": WRONG, "grade": "x"}),
        ("follow/dispute", {"code": WRONG}), ("follow/dispute", {"code": WRONG, "why": ""}),
        ("follow/dispute", {"code": WRONG, "why": "x" * 501}), ("follow/dispute", {"code": WRONG, "why": "a\0b"}),
    ],
)  # fmt: skip
def test_what_is_no_code_and_no_judgement_is_refused_and_not_counted(
    site_with_all: tuple[Site, dict[str, Any]], what: str, body: Any
) -> None:
    site, _ = site_with_all
    for _ in range(GUESSING.tries + 2):
        answer = site.client.post(f"{API}/{what}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), answer.text


def test_a_dispute_of_blanks_is_refused(county: tuple[Site, dict[str, Any]]) -> None:
    site, ids = county
    blank = follow(site, ids["disputed_code"], "follow/dispute", why="　 \n")
    assert (blank.status_code, blank.json()["field"]) == (400, "why")
    assert follow(site, ids["disputed_code"]).json()["judged"] == []


def test_huge_bodies_other_types_and_other_methods_are_refused(county: tuple[Site, dict[str, Any]]) -> None:
    site, ids = county
    assert follow(site, "A" * 5_000).status_code == 413
    assert site.client.post(f"{API}/follow", data={"code": ids["followed_code"]}).status_code == 415
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = site.client.request(method, f"{API}/follow")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")
    inside = site.client.get(f"{API}/follow/{ids['followed_code']}")  # an address with a code in it is none of ours
    assert inside.status_code == 404
    asked = site.client.post(f"{API}/follow?code={ids['followed_code']}", json={"code": ids["followed_code"]})
    assert (asked.status_code, asked.json()["field"]) == (400, "code")
    assert ids["followed_code"] not in inside.text + asked.text


def test_ten_wrong_codes_and_no_more_are_looked_at(county: tuple[Site, dict[str, Any]]) -> None:
    site, ids = county
    for n in range(GUESSING.tries):
        assert follow(site, f"ZZZZ-ZZ{n % 8 + 2}Z").status_code == 404
    shut = follow(site, WRONG)
    assert (shut.status_code, shut.json()["code"]) == (429, "too_many")
    assert 0 < int(shut.headers["Retry-After"]) <= GUESSING.window.total_seconds()
    right = follow(site, ids["followed_code"])  # nor is a right one: nobody learns by it that it was right
    assert (right.status_code, right.json()["code"]) == (429, "too_many")
    for what, more in (("rating", {"grade": "solved"}), ("dispute", {"why": "x"})):
        assert follow(site, ids["rated_code"], f"follow/{what}", **more).status_code == 429
    form = site.client.post("/public/qing/follow", data={"code": ids["followed_code"]})
    assert (form.status_code, "Retry-After" in form.headers) == (429, True)
    assert "等 15 分钟再来" in form.text


class Asker:
    """Somebody at an address, who asks a server with these proxies."""

    def __init__(self, site: Site, address: str, proxies: str = "") -> None:
        self.app = create_app(Settings(names=NAMES, home=site.home, now=lambda: NOW, proxies=networks(proxies)))
        self.address = address

    def ask(self, method: str, path: str, **rest: Any) -> Any:
        """Ask once."""

        async def asked() -> httpx.Response:
            over = httpx.ASGITransport(app=self.app, client=(self.address, 4711), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=over, base_url=OVER) as client:
                return await client.request(method, path, **rest)

        return asyncio.run(asked())

    def tries(self, code: str, said: str = "") -> int:
        """Try a code, and say for whom; give the status."""
        headers = {"X-Forwarded-For": said, "Forwarded": f"for={said}"} if said else {}
        status: int = self.ask("POST", f"{API}/follow", json={"code": code}, headers=headers).status_code
        return status

    def guesses(self, n: int, said: str = "") -> list[int]:
        """Try wrong codes; give what was answered."""
        return [self.tries(WRONG, said) for _ in range(n)]


ALLOWED = [404] * GUESSING.tries


def test_a_forged_header_gives_nobody_another_try(county: tuple[Site, dict[str, Any]]) -> None:
    site, ids = county
    forger = Asker(site, "192.0.2.9")
    seen = [forger.tries(WRONG, f"198.51.100.{n}") for n in range(GUESSING.tries + 3)]
    assert seen == [*ALLOWED, 429, 429, 429]
    assert Asker(site, "192.0.2.10").tries(ids["followed_code"]) == 200


def test_behind_a_named_proxy_each_voter_has_tries_of_their_own(county: tuple[Site, dict[str, Any]]) -> None:
    site, ids = county
    proxy = Asker(site, "10.0.0.5", "10.0.0.5")
    assert proxy.guesses(GUESSING.tries + 1, "1.1.1.1, 192.0.2.9") == [*ALLOWED, 429]
    assert proxy.tries(WRONG, "2.2.2.2, 192.0.2.9") == 429  # what the voter wrote before it is nothing
    assert proxy.tries(ids["followed_code"], "192.0.2.77") == 200


def test_an_ipv6_guesser_has_one_network_and_not_its_addresses(county: tuple[Site, dict[str, Any]]) -> None:
    site, _ = county
    guesser, seen = Asker(site, "2001:db8:7:7::"), []
    for n in range(GUESSING.tries + 1):
        guesser.address = f"2001:db8:7:7:{n:x}::{n:x}"
        seen += guesser.guesses(1)
    assert seen == [*ALLOWED, 429]


def test_an_unnamed_proxy_is_told_of_once(county: tuple[Site, dict[str, Any]], caplog: Any) -> None:
    proxy = Asker(county[0], "10.0.0.6")
    proxy.guesses(3, "192.0.2.1")
    assert sum("RENDA_PROXIES" in record.message for record in caplog.records) == 1


def test_requests_of_one_source_are_limited_and_the_others_go_on(
    county: tuple[Site, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, _ = county
    assert guests.LIMIT.rate_limit == ("minute", 300)
    monkeypatch.setattr(guests.LIMIT, "rate_limit", ("hour", 8))  # which no slow machine outlasts
    proxy = Asker(site, "10.0.0.5", "10.0.0.5")
    mine, other = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
    paths = [f"{API}/stations", "/public/qing/follow", f"{API}/stations/none", "/public/nobody"]
    seen = [proxy.ask("GET", paths[n % 4], headers=mine).status_code for n in range(8)]
    assert seen == [200, 200, 404, 404] * 2
    over, page = (proxy.ask("GET", path, headers=mine) for path in paths[:2])
    assert (over.status_code, over.json()["code"], page.status_code) == (429, "too_many_requests", 429)
    assert 1 <= int(over.headers["Retry-After"]) <= 3600
    assert page.headers["Retry-After"]
    assert "您所在的网络里同时打开的人太多" in page.text
    assert proxy.ask("GET", paths[0], headers=other).status_code == 200
    assert proxy.ask("GET", "/healthz", headers=mine).status_code == 200  # what tells nothing of a county
    assert proxy.ask("GET", "/api/me", headers=mine).status_code == 401  # what stands behind a token


# -- what is kept of it


def everything(site: Site) -> str:
    """Give all that a county's file holds, as text."""
    raw = sqlite3.connect(f"file:{site.home.path / 'tenants' / 'qing.db'}?mode=ro", uri=True)
    try:
        names = [n for (n,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        cells = (cell for n in names for row in raw.execute(f'SELECT * FROM "{n}"') for cell in row)  # noqa: S608 - ours
        return "\n".join(c.decode("utf-8", "replace") if isinstance(c, bytes) else str(c) for c in cells)
    finally:
        raw.close()


def test_a_code_stands_in_no_log_no_address_and_no_table(
    county: tuple[Site, dict[str, Any]], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, ids = county
    caplog.set_level(logging.DEBUG)
    codes = [ids["followed_code"], ids["rated_code"], ids["disputed_code"]]
    follow(site, codes[0])
    follow(site, codes[1], "follow/rating", grade="solved")
    follow(site, codes[2], "follow/dispute", why="灯又坏了")
    shown = [site.client.post("/public/qing/follow", data={"code": codes[0]})]
    shown.append(site.client.post("/public/qing/follow/rating", data={"code": codes[0], "grade": "solved"}))

    def fails(*_: Any) -> Any:
        raise RuntimeError(f"with {codes[0]} in it")

    monkeypatch.setattr("renda_core.services.codes.followed", fails)
    failed = [follow(site, codes[0]), site.client.post("/public/qing/follow", data={"code": codes[0]})]
    assert [answer.status_code for answer in failed] == [500, 500]
    kept = caplog.text + everything(site) + "".join(str(a.headers) + str(a.url) for a in [*shown, *failed])
    kept += "".join(a.text for a in failed)
    for code in codes:
        for form in (code, code.replace("-", ""), code.lower()):
            assert form not in kept
    assert "testclient" not in everything(site)  # nor where it came from


def test_a_code_is_made_anew_each_time_and_no_answer_of_it_is_kept(county: tuple[Site, dict[str, Any]]) -> None:
    site, ids = county
    headers = {"Idempotency-Key": "the same key"}
    one, two = (site.post(f"/api/cases/{ids['opinion']}/code", None, **headers) for _ in "12")
    assert (one.status_code, one.headers["Cache-Control"]) == (201, "no-store")
    assert one.json()["code"] != two.json()["code"]
    assert follow(site, one.json()["code"]).status_code == 404  # void since there is another
    assert follow(site, two.json()["code"]).status_code == 200
    for code in (one.json()["code"], two.json()["code"]):
        assert code not in everything(site)
        assert code.replace("-", "") not in everything(site)


def test_the_codes_on_walls_lead_to_the_public_pages(county: tuple[Site, dict[str, Any]]) -> None:
    site, _ = county
    for path, leads in (
        (f"/api/stations/{voters.STATION}", f"/public/qing/stations/{voters.CODE}"),
        (f"/api/people/{WANG}", f"/public/qing/deputies/{WANG}"),
    ):
        drawn = site.get(f"{path}/qr.svg")
        assert drawn.headers["Content-Type"] == "image/svg+xml"
        assert drawn.text.startswith(("<?xml", "<svg"))
        assert site.get(f"{path}/poster.pdf").content.startswith(b"%PDF-")
        page = site.client.get(leads)
        assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
