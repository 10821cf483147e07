"""Votes by device over plain HTTP: refused whatever the request says of itself, this machine's own line aside."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from renda_server import transport
from renda_server.app import create_app
from renda_server.settings import Settings

from . import votes
from .asking import OPERATIONS, asked, filled, path_of
from .conftest import LI, NAMES, NOW, OVER, ROADS, WANG
from .test_transport import LIES

if TYPE_CHECKING:
    from .conftest import Site

PLAIN = OVER.replace("https", "http")
SHELTERED = sorted(name for name, told in OPERATIONS.items() if told.sheltered)
FORGED = {name.decode().title(): value.decode() for name, value in LIES if name != b"upgrade-insecure-requests"}
NEW = {"kind": votes.SURVEY, "subjects": [ROADS], "roll": [WANG, LI]}


def test_what_is_sheltered() -> None:
    votes_by_device = ["cast_named", "cast_paper", "give_sheet"]
    passwords_and_codes = [
        *("accept_invitation", "begin_telephone", "begin_telephone_at_entry", "change_my_password"),
        *("confirm_telephone", "confirm_telephone_at_entry", "enter_by_password", "make_recovery_codes"),
        *("renew_password", "show_second_factor", "use_reset"),
    ]
    assert sorted(votes_by_device + passwords_and_codes) == SHELTERED


@pytest.mark.parametrize("name", SHELTERED)
@pytest.mark.parametrize(
    "forged", [{}, FORGED, {"X-Forwarded-Proto": "https"}, {"Host": "localhost"}, {"Host": "127.0.0.1:8000"}]
)
def test_no_forged_header_opens_it(
    site_with_all: tuple[Site, dict[str, Any]], name: str, forged: dict[str, str]
) -> None:
    site, ids = site_with_all
    told, request = OPERATIONS[name], asked(name)
    path = path_of(told, ids, filled(request.parts, ids))
    headers = {"Authorization": f"Bearer {site.tokens['wang']}", **forged}
    body = {"json": filled(request.body, ids)} if request.body is not None else {}
    answer = site.client.request(told.method, PLAIN + path, headers=headers, **body)
    assert (answer.status_code, answer.json()["code"]) == (403, "plain_http"), answer.text
    assert "https" in answer.json()["detail"]
    malformed = site.client.request(told.method, PLAIN + path, headers=headers, content=b"{")
    assert malformed.json()["code"] == "plain_http"  # nothing of the body is looked at


def test_an_electronic_vote_is_neither_prepared_nor_opened_over_it(site_with_all: tuple[Site, dict[str, Any]]) -> None:
    site, ids = site_with_all
    headers = {"Authorization": f"Bearer {site.tokens['office']}", "X-Forwarded-Proto": "https"}
    whole = NEW | {"electronic": True, "trustees": votes.TRUSTEES}
    for path, body in (("/api/ballots", whole), (f"/api/ballots/{ids['trial_ballot']}/opening", {})):
        answer = site.client.post(PLAIN + path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "plain_http")
    assert site.get(f"/api/ballots/{ids['trial_ballot']}").json()["rounds"][0]["state"] == "prepared"


def test_paper_needs_no_encrypted_line(site_with_all: tuple[Site, dict[str, Any]]) -> None:
    site, _ = site_with_all
    headers = {"Authorization": f"Bearer {site.tokens['office']}"}
    made = site.client.post(PLAIN + "/api/ballots", json=NEW, headers=headers)
    assert made.status_code == 201, made.text
    opened = site.client.post(f"{PLAIN}/api/ballots/{made.json()['id']}/opening", json={}, headers=headers)
    assert opened.status_code == 200, opened.text


def answered(site: Site, client: str, host: str, path: str, proxies: str = "", **headers: str) -> int:
    """Ask over plain HTTP from somewhere, of a server with these proxies; give the status."""
    names = NAMES | {"renda.example.cn", host.partition(":")[0]}
    app = create_app(Settings(names=names, home=site.home, now=lambda: NOW, proxies=transport.networks(proxies)))

    async def ask() -> int:
        over = httpx.ASGITransport(app=app, client=(client, 40_000))
        async with httpx.AsyncClient(transport=over, base_url=f"http://{host}") as http:
            answer = await http.get(path, headers={"Authorization": f"Bearer {site.tokens['wang']}", **headers})
            assert answer.status_code == 200 or answer.json()["code"] == "plain_http", answer.text
            return answer.status_code

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("client", "host", "proxies", "proto", "status"),
    [
        ("127.0.0.1", "127.0.0.1:8000", "", "", 200),
        ("::1", "localhost", "", "", 200),
        ("127.0.0.1", "renda.example.cn", "", "", 403),  # led here by a name of elsewhere
        ("127.0.0.1", "localhost", "", "https", 403),  # a proxy that nobody named
        ("192.168.1.20", "localhost", "", "https", 403),
        ("192.168.1.20", "renda.example.cn", "10.0.0.5", "https", 403),
        ("10.0.0.5", "renda.example.cn", "10.0.0.5", "https", 200),
        ("10.0.0.5", "renda.example.cn", "10.0.0.0/24", "http", 403),
        ("10.0.0.5", "renda.example.cn", "10.0.0.5", "", 403),
        ("127.0.0.1", "localhost", "127.0.0.1", "", 403),
        ("127.0.0.1", "localhost", "127.0.0.1", "https", 200),
    ],
)
def test_where_a_line_comes_from_decides(
    site_with_all: tuple[Site, dict[str, Any]], client: str, host: str, proxies: str, proto: str, status: int
) -> None:
    site, ids = site_with_all
    headers = {"X-Forwarded-Proto": proto} if proto else {}
    assert answered(site, client, host, f"/api/ballots/{ids['ballot_id']}/sheet", proxies, **headers) == status


def test_a_token_is_asked_for_before(site_with_all: tuple[Site, dict[str, Any]]) -> None:
    site, ids = site_with_all
    for base in (PLAIN, OVER):
        assert site.client.get(f"{base}/api/ballots/{ids['ballot_id']}/sheet").status_code == 401
