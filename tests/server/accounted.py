"""Accounts for tests that ask everything: somebody in each state that an operation needs, and what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyotp

from renda_core.domain.case import Actor
from renda_core.services.accounts import arriving, entering, lending, own, passes, people, programs, second, tickets
from renda_core.services.accounts.lending import NewLoan
from renda_core.services.accounts.people import NewAccount
from renda_core.testing import uid

from .conftest import NOW

if TYPE_CHECKING:
    from renda_core.store.unit import Unit
    from renda_core.tenancy import Tenant
    from renda_core.workspace import Workspace

    from .conftest import Site

ADMIN = Actor(id=uid("the administrator"), roles="admin")
GOOD, BETTER = "河水清且涟猗兮-4207", "坎坎伐檀兮-7531"
PEOPLE = {
    "plain": "王秀英",
    "taker": "李建国",
    "moved": "陈明",
    "granted": "赵丽",
    "leaving": "周强",
    "away": "吴敏",
    "forgetful": "郑军",
    "renewing": "孙燕",
    "guarded": "马超",
    "lost": "朱红",
    "free": "胡伟",
    "late": "林涛",
    "choosing": "何静",
    "dropping": "郭亮",
}
"""Who there is, by what each is for."""


def furnish(site: Site) -> dict[str, Any]:
    """Give both counties an administrator and one of them accounts; give ids, tickets, codes and cookies."""
    site.give({"admin": ADMIN})
    site.give({"far": Actor(id=uid("the far administrator"), roles="admin")}, "bai")
    with site.open() as county:
        return _made(county)


def _made(county: Workspace) -> dict[str, Any]:
    ids: dict[str, Any] = {}
    for name, called in PEOPLE.items():
        invited = county.do(people.invite, ADMIN, NewAccount(name=called, roles="office"))
        store = county.store
        store.run(arriving.join(store, county.tenant, invited.ticket, f"login.{name}", GOOD))
        ids |= {f"{name}_account": invited.id}
    invited = county.do(people.invite, ADMIN, NewAccount(name="高洁", roles="deputy"))
    waiting = county.do(people.invite, ADMIN, NewAccount(name="罗斌", roles="deputy"))
    ids |= {"account_id": ids["plain_account"], "invitation": invited.ticket, "invited_account": waiting.id}
    county.do(people.suspend, ADMIN, ids["away_account"], 1, "借调")
    forgotten = county.do(people.invite_again, ADMIN, ids["forgetful_account"], 1, kind="reset")
    for name in ("guarded", "lost", "dropping"):
        ids |= _with_telephone(county, name, ids[f"{name}_account"])
    today = county.tenant.today
    lent = NewLoan(
        giver=ids["plain_account"], taker=ids["taker_account"], roles="office", since=today, until=today, reason="出差"
    )
    ids |= {"delegation_id": county.do(lending.lend, ADMIN, lent), "reset_ticket": forgotten.ticket}
    for name in ("plain", "moved", "free", "renewing", "late", "leaving", "choosing"):
        ids[f"{name}_cookie"] = county.do(entering.finish, ADMIN, ids[f"{name}_account"], strong=False, label="浏览器")
    other = county.do(entering.finish, ADMIN, ids["plain_account"], strong=False, label="手机")
    ids["session"] = passes.digest_of(other).hex()
    ids |= _begun(county, ids["late_account"], "own")
    for name in ("renewing", "free"):
        ids[f"{name}_ticket"] = county.do(_half_way, ADMIN, ids[f"{name}_account"], "renew")
    ids["enrolling_ticket"] = county.do(_half_way, ADMIN, ids["free_account"], "enrol")
    ids["enrolling_later"] = county.do(_half_way, ADMIN, ids["granted_account"], "enrol")
    ids |= _begun(county, ids["granted_account"], "entry")
    ids["second_ticket"] = county.do(_half_way, ADMIN, ids["lost_account"], "second")
    token, _ = county.do(programs.give, ADMIN, programs.NewToken(label="旧统计", roles="office"))
    return ids | {"beginning": passes.digest_of(token).hex()}


def _begun(county: Workspace, account: str, what: str) -> dict[str, str]:
    made = county.do(second.begin, Actor(id=account), account)
    return {f"{what}_totp": made.ticket, f"{what}_code": pyotp.TOTP(made.secret).at(NOW)}


def _with_telephone(county: Workspace, name: str, account: str) -> dict[str, str]:
    begun = _begun(county, account, name)
    done = county.do(own.confirm_totp, Actor(id=account), account, begun[f"{name}_totp"], begun[f"{name}_code"])
    return {f"{name}_recovery": done.codes[0], f"{name}_strong": done.secret}


async def _half_way(unit: Unit, _: Tenant, account: str, needs: str) -> str:
    body = {"strong": False, "password": True}
    return await tickets.give(unit, needs, lasts=entering.WAITS, account=account, body=body)
