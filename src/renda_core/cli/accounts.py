"""Commands on accounts: who may come in to the server, with which roles, and whose are lent to whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import TENANT, Group, Session
from renda_core.cli.tokens import keeper

if TYPE_CHECKING:
    from renda_core.services.accounts.listing import Shown
    from renda_core.services.accounts.people import Invited
    from renda_core.workspace import Workspace

STATES = {"invited": "已邀请", "active": "可用", "suspended": "停用", "closed": "已关闭"}
WHO = click.argument("who")
DAYS = click.option("--days", default=7, show_default=True, type=int, help="天数 Days for which the ticket holds.")
DAY = click.DateTime(["%Y-%m-%d"])


@click.group(cls=Group)
def account() -> None:
    """账号 Accounts: who signs in to the server. WHO is a name, a login name or an id."""


def _facts(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what an account is."""
    for option in (
        click.option("--roles", default="", metavar="A,B", help="角色 The roles that it has."),
        click.option("--unit", default="", metavar="NAME|ID", help="承办单位 The unit acted for."),
        click.option("--person", default="", metavar="NAME|ID", help="人员 The person of the roster whose it is."),
        click.option("--until", type=DAY, help="末日 The last day on which it opens anything."),
    ):
        command = option(command)
    return command


@account.command("list")
@TENANT
@click.option("--state", default="", type=click.Choice(["", *STATES]), help="状态 Of this state only.")
@click.pass_obj
def list_(session: Session, tenant: str, state: str) -> None:
    """列出账号 List people's accounts by name; login names are masked."""
    from renda_core.services.accounts import listing

    rows: list[Shown] = []
    with session.open(tenant) as workspace:
        by, after = keeper(session, workspace), ""
        while True:
            page = workspace.ask(listing.listing, by, state=state, after=after)
            rows += page.rows
            if not (after := page.after):
                break
    heads = ("姓名", "登录名", "角色", "状态", "末日", "标识")
    human = [(r.name, r.login, " ".join(r.roles), STATES[r.state], r.until or "", r.id) for r in rows]
    session.tell({"accounts": rows}, lambda: telling.table(heads, human, empty="no account yet"))


@account.command("show")
@TENANT
@WHO
@click.pass_obj
def show(session: Session, tenant: str, who: str) -> None:
    """查看账号 Show one account: what it may, and what it has to show."""
    with session.open(tenant) as workspace:
        found = found_account(session, workspace, who)
    rows = [
        ("姓名", found.name),
        ("登录名", found.login),
        ("角色", " ".join(found.roles)),
        ("状态", STATES[found.state]),
        ("末日", found.until or ""),
        ("口令", "有" if found.password else "无"),
        ("手机验证码", "有" if found.totp else "无"),
        ("通行密钥", found.passkeys),
        ("版本", found.version),
    ]
    session.tell(found, lambda: telling.table(("项目", "内容"), rows))


@account.command("invite")
@TENANT
@click.argument("name")
@_facts
@DAYS
@click.pass_obj
def invite(session: Session, /, tenant: str, name: str, days: int, **facts: Any) -> None:
    """邀请 Make an account and print its ticket, once; its holder chooses login name and password with it."""
    from renda_core.services.accounts import people

    with session.open(tenant) as workspace:
        new = _given(workspace, name, facts)
        made = workspace.do(people.invite, keeper(session, workspace), new, days=days)
    _tell_ticket(session, made)


@account.command("again")
@TENANT
@WHO
@DAYS
@click.pass_obj
def again(session: Session, tenant: str, who: str, days: int) -> None:
    """再次邀请 Print another ticket for whoever lost the first, which is void then."""
    _ticket(session, tenant, who, "invitation", days)


@account.command("reset")
@TENANT
@WHO
@DAYS
@click.pass_obj
def reset(session: Session, tenant: str, who: str, days: int) -> None:
    """重置口令 Print a ticket with which whoever forgot the password chooses another."""
    _ticket(session, tenant, who, "reset", days)


@account.command("new")
@TENANT
@click.argument("name")
@click.argument("login")
@_facts
@click.password_option(help="口令 The password; asked for, where it is not given.")
@click.pass_obj
def new(session: Session, /, tenant: str, name: str, login: str, password: str, **facts: Any) -> None:
    """新建账号 Make an account with login name and password at once, for an office with one machine."""
    from renda_core.services.accounts import arriving, people, rows

    with session.open(tenant) as workspace:
        wanted, by = _given(workspace, name, facts), keeper(session, workspace)
        made = workspace.do(people.invite, by, wanted)
        store = workspace.store
        try:
            store.run(arriving.join(store, workspace.tenant, made.ticket, login, password))
        except Exception:
            workspace.do(people.close, by, made.id, 0, "口令或登录名不合要求")
            raise
        version = workspace.read(rows.held, made.id).version
    session.tell({"id": made.id, "version": version}, lambda: telling.line(f"made 已建账号: {name}  {made.id}"))


@account.command("password")
@TENANT
@WHO
@click.password_option(help="口令 The new password; asked for, where it is not given.")
@click.pass_obj
def password(session: Session, tenant: str, who: str, password: str) -> None:
    """设定口令 Set somebody's password; every session and token of the account ends."""
    from renda_core.services.accounts import arriving, people

    with session.open(tenant) as workspace:
        found = found_account(session, workspace, who)
        by, store = keeper(session, workspace), workspace.store
        made = workspace.do(people.invite_again, by, found.id, found.version, kind="reset")
        store.run(arriving.reset(store, workspace.tenant, made.ticket, password))
    session.tell({"id": found.id}, lambda: telling.line(f"changed 已设定口令: {found.name}"))


def _ticket(session: Session, tenant: str, who: str, kind: str, days: int) -> None:
    from renda_core.services.accounts import people

    with session.open(tenant) as workspace:
        found, by = found_account(session, workspace, who), keeper(session, workspace)
        made = workspace.do(people.invite_again, by, found.id, found.version, days=days, kind=kind)
    _tell_ticket(session, made)


def _tell_ticket(session: Session, made: Invited) -> None:
    def human() -> None:
        telling.line(made.ticket)
        telling.aside(f"hand it over: it is shown this once, and holds until {made.until:%Y-%m-%d %H:%M} 只显示这一次")

    session.tell({"id": made.id, "ticket": made.ticket, "until": made.until}, human)


def found_account(session: Session, workspace: Workspace, who: str) -> Shown:
    """Find an account by name, login name or id."""
    from renda_core.services.accounts import listing

    return workspace.ask(listing.named, keeper(session, workspace), who)


def _given(workspace: Workspace, name: str, facts: dict[str, Any]) -> Any:
    from renda_core.services.accounts.people import NewAccount

    until = facts["until"]
    ids = ids_of(workspace, unit=facts["unit"], person=facts["person"])
    return NewAccount(name=name, roles=role_names(facts["roles"]), until=until.date() if until else None, **ids)


def ids_of(workspace: Workspace, **named: str | None) -> dict[str, str]:
    """Find the ids of what was named; what was not named at all is left out."""
    from renda_core.cli import finding

    today, found = workspace.tenant.today, {}
    for what, text in named.items():
        if text is not None:
            find = finding.unit_id if what == "unit" else finding.person_id
            found[what] = workspace.read(find, text, today) if text else ""
    return found


def role_names(text: str) -> frozenset[str]:
    """Read roles with commas between them."""
    return frozenset(text.replace("，", ",").replace(",", " ").split())
