"""A county where people sign in: who is there, and short cuts of the tests on accounts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyotp

from renda_core.domain.case import Actor
from renda_core.services.accounts import arriving, entering, listing, own, people, second
from renda_core.services.accounts.asking import Asker, confirm
from renda_core.services.accounts.entering import Step
from renda_core.services.accounts.passes import digest_of
from renda_core.services.accounts.people import Invited, NewAccount
from renda_core.testing import Bench, uid

HERE, THERE = "198.51.100.7", "203.0.113.9"
GOOD, BETTER = "河水清且涟猗兮-4207", "坎坎伐檀兮-7531"
MORNING = dt.datetime(2026, 1, 20, 1, tzinfo=dt.UTC)
KEEPER = Bench.actor("keeper", "admin security")
"""Who runs commands on the machine: no account's."""


class Office:
    """A county and the clock of its store."""

    def __init__(self, bench: Bench, monkeypatch: Any) -> None:
        self.bench, self._patch = bench, monkeypatch
        self.moment = MORNING
        self.at(MORNING)

    def at(self, moment: dt.datetime) -> None:
        """Set the clock, and the day with it."""
        self.moment = moment
        self.bench.today = moment.astimezone(dt.timezone(dt.timedelta(hours=8))).date()
        store = getattr(self.bench.store, "_store", self.bench.store)
        self._patch.setattr(store, "_now", lambda: moment)

    def wait(self, **delta: float) -> None:
        """Move the clock on."""
        self.at(self.moment + dt.timedelta(**delta))

    def run(self, use_case: Any, *args: Any, **kw: Any) -> Any:
        """Run what takes the store itself."""
        b = self.bench
        return b.store.run(use_case(b.store, b.tenant, *args, **kw))

    def invite(self, name: str, roles: str = "", by: Actor = KEEPER, **rest: Any) -> Invited:
        """Invite somebody."""
        found: Invited = self.bench.do(people.invite, by, NewAccount(name=name, roles=roles, **rest))
        return found

    def arrive(self, invited: Invited, login: str, password: str = GOOD) -> Step:
        """Choose login name and password."""
        found: Step = self.run(arriving.accept, invited.ticket, login, password)
        return found

    def person(self, login: str, roles: str = "", by: Actor = KEEPER, **rest: Any) -> str:
        """Make somebody who can sign in with *login* and the good password; give the account's id."""
        invited = self.invite(rest.pop("name", f"名{login}"), roles, by, **rest)
        self.arrive(invited, login)
        return invited.id

    def enter(self, login: str, password: str = GOOD, source: str = HERE, label: str = "") -> Step:
        """Sign in."""
        found: Step = self.run(entering.enter, login, password, source=source, label=label)
        return found

    def who(self, secret: str, by: str = "session") -> Asker | None:
        """Say who a secret lets in."""
        found: Asker | None = self.bench.ask(_confirmed, digest_of(secret), by)
        return found

    def actor(self, login: str) -> Actor:
        """Sign in, and give who is then let in."""
        asker = self.who(self.enter(login).secret)
        assert asker is not None
        return asker.actor

    def shown(self, id: str) -> listing.Shown:
        """Show an account."""
        found: listing.Shown = self.bench.ask(listing.show, KEEPER, id)
        return found

    def with_totp(self, login: str, roles: str = "") -> tuple[str, pyotp.TOTP, tuple[str, ...]]:
        """Make somebody with a telephone; give id, telephone, and recovery codes."""
        id = self.person(login, roles)
        made = self.bench.do(second.begin, Bench.actor(login), id)
        phone = pyotp.TOTP(made.secret)
        confirmed = self.bench.do(own.confirm_totp, Bench.actor(login), id, made.ticket, phone.at(self.moment))
        self.wait(seconds=60)
        return id, phone, confirmed.codes

    def entries(self, what: str) -> list[dict[str, Any]]:
        """Give the journal's entries of one sort."""
        return [e for e in self.bench.entries() if e["what"] == what]


async def _confirmed(reader: Any, tenant: Any, digest: bytes, by: str) -> Asker | None:
    return await confirm(reader, tenant, digest, by)


def given(office: Office, id: str, **changes: Any) -> tuple[int, NewAccount]:
    """Give an account's version, and what it is to be changed to."""
    row = office.shown(id)
    whole = {f: getattr(row, f) for f in ("name", "roles", "person", "unit", "until")}
    return row.version, NewAccount(**(whole | changes))


def change(office: Office, id: str, by: Actor = KEEPER, **changes: Any) -> Any:
    """Change some of an account."""
    return office.bench.do(people.change, by, id, *given(office, id, **changes))


__all__ = ["BETTER", "GOOD", "HERE", "KEEPER", "MORNING", "THERE", "Office", "change", "given", "uid"]
