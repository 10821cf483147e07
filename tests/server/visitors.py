"""Visitors of the pages: each with a browser's cookies, and an Origin that says which page a form came from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any

import attrs

from renda_core.domain.case import Actor
from renda_core.services import journal
from renda_core.services.accounts import arriving, people
from renda_core.services.accounts.people import NewAccount

from .conftest import OVER

if TYPE_CHECKING:
    from .conftest import Site

PASSWORD = "四只喜鹊在雪地里 42"  # noqa: S105 - opens tests alone
SETTER = Actor(id="job:tests")


@attrs.define
class Visitor:
    """Somebody with a browser.

    Attributes:
        cookies: What the browser keeps, by name.
        raw: The cookies that were set last, with all that was said of them.
    """

    site: Site
    origin: str = OVER
    cookies: dict[str, str] = attrs.Factory(dict)
    raw: list[str] = attrs.Factory(list)
    agent: str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36"

    def get(self, path: str, **headers: str) -> Any:
        """Open an address; no redirect is followed."""
        return self._did("GET", path, headers)

    def post(self, path: str, data: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """Send a form from a page of ours."""
        given = {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded", **headers}
        return self._did("POST", path, {k: v for k, v in given.items() if v}, data or {})

    def _did(self, method: str, path: str, headers: Mapping[str, str], data: Mapping[str, Any] | None = None) -> Any:
        held = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        whole = {"User-Agent": self.agent, **({"Cookie": held} if held else {}), **headers}
        self.site.client.cookies.clear()
        url = path if path.startswith("http") else f"{self.origin}{path}"
        answer = self.site.client.request(method, url, headers=whole, data=data, follow_redirects=False)
        self.raw = answer.headers.get_list("set-cookie")
        for line in self.raw:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer

    def sign_in(self, login: str, password: str = PASSWORD, county: str = "qing") -> Any:
        """Sign in with a password."""
        return self.post(f"/enter/{county}", {"login": login, "password": password})


def invited(site: Site, name: str, code: str = "qing", **more: Any) -> people.Invited:
    """Make an account beside the server, and give its invitation."""
    with site.open(code) as county:
        return county.store.run(county.store.write(_seated, county.tenant.id, SETTER, county.tenant, name, more))


async def _seated(unit: Any, tenant: Any, name: str, more: dict[str, Any]) -> people.Invited:
    made = await people.seat(unit, tenant, NewAccount(name=name, **more))
    unit.record("test.seated", on=made.id, version=0, rule="test")
    return made


def member(site: Site, login: str, name: str = "", code: str = "qing", **more: Any) -> str:
    """Make an account that has chosen login and password; give its id."""
    made = invited(site, name or login, code, **more)
    with site.open(code) as county:
        county.store.run(arriving.accept(county.store, county.tenant, made.ticket, login, PASSWORD))
    return made.id


def entries(site: Site, code: str = "qing") -> list[dict[str, Any]]:
    """Read a county's journal, the oldest entry first."""
    with site.open(code) as county:
        return [json.loads(line.entry) for line in county.read(journal.entries, size=500)]


def done(site: Site, code: str = "qing") -> list[str]:
    """List what a county's journal says was done."""
    return [entry["what"] for entry in entries(site, code)]


def hidden(page: str, name: str) -> str:
    """Find what a form of a page sends along unseen."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', page)
    assert found, page
    return found[1]
