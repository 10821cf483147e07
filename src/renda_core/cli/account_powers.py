"""Commands that change what accounts may: roles, states, a second factor, and roles that are lent."""

from __future__ import annotations

import datetime as dt

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.accounts import DAY, STATES, WHO, account, found_account, ids_of, role_names
from renda_core.cli.session import TENANT, Session
from renda_core.cli.tokens import keeper

LOANS = {"coming": "未到", "running": "进行中", "over": "已到期", "ended": "已终止"}
REASON = click.option("--reason", required=True, help="事由 A word why; it stands in the journal, apart.")

__all__ = ["account"]
"""The group, whole with the commands that are added here."""


@account.command("change")
@TENANT
@WHO
@click.option("--name", default=None, help="姓名 Another name.")
@click.option("--unit", default=None, metavar="NAME|ID", help="承办单位 Another unit; empty for none.")
@click.option("--person", default=None, metavar="NAME|ID", help="人员 Another person; empty for none.")
@click.option("--until", type=DAY, help="末日 Another last day.")
@click.option("--forever", is_flag=True, help="长期 No last day.")
@click.pass_obj
def change(
    session: Session,
    tenant: str,
    who: str,
    name: str | None,
    unit: str | None,
    person: str | None,
    until: dt.datetime | None,
    forever: bool,
) -> None:
    """变更账号 Change what an account is called, whose it is, for which unit, and until when."""
    from renda_core.services.accounts import people

    with session.open(tenant) as workspace:
        found = found_account(session, workspace, who)
        ids = {"unit": found.unit, "person": found.person} | ids_of(workspace, unit=unit, person=person)
        last = None if forever else until.date() if until else found.until
        told = {"name": name or found.name, "person": ids["person"], "work_unit": ids["unit"], "until": last}
        version = workspace.do(people.rename, keeper(session, workspace), found.id, found.version, **told)
    session.tell({"id": found.id, "version": version}, lambda: telling.line(f"changed 已变更: {found.name}"))


@account.command("roles")
@TENANT
@WHO
@click.option("--roles", required=True, metavar="A,B", help="角色 The roles from now on; empty for none.")
@click.pass_obj
def roles(session: Session, tenant: str, who: str, roles: str) -> None:
    """授予角色 Give an account these roles and no others; every session and token of it ends."""
    from renda_core.services.accounts import people

    with session.open(tenant) as workspace:
        found = found_account(session, workspace, who)
        given, by = role_names(roles), keeper(session, workspace)
        version = workspace.do(people.grant, by, found.id, found.version, given)
    told = f"{' '.join(found.roles) or '-'} → {' '.join(sorted(given)) or '-'}"
    data = {"id": found.id, "version": version, "before": found.roles, "after": sorted(given)}
    session.tell(data, lambda: telling.line(f"changed 已授予角色: {found.name}  {told}"))


@account.command("suspend")
@TENANT
@WHO
@REASON
@click.pass_obj
def suspend(session: Session, tenant: str, who: str, reason: str) -> None:
    """停用 Let an account open nothing from now on."""
    _turn(session, tenant, who, "suspend", reason)


@account.command("resume")
@TENANT
@WHO
@REASON
@click.pass_obj
def resume(session: Session, tenant: str, who: str, reason: str) -> None:
    """恢复 Let a suspended account in again."""
    _turn(session, tenant, who, "resume", reason)


@account.command("close")
@TENANT
@WHO
@REASON
@click.pass_obj
def close(session: Session, tenant: str, who: str, reason: str) -> None:
    """关闭 Close an account for good; its login name is free again."""
    _turn(session, tenant, who, "close", reason)


@account.command("telephone")
@TENANT
@WHO
@click.pass_obj
def telephone(session: Session, tenant: str, who: str) -> None:
    """解除手机验证码 Take away the telephone that somebody lost, with its recovery codes."""
    from renda_core.services.accounts import own

    with session.open(tenant) as workspace:
        found = found_account(session, workspace, who)
        version = workspace.do(own.take_totp, keeper(session, workspace), found.id, found.version)
    data = {"id": found.id, "version": version}
    session.tell(data, lambda: telling.line(f"changed 已解除手机验证码: {found.name}"))


@account.command("lend")
@TENANT
@click.argument("giver")
@click.argument("taker")
@click.option("--roles", required=True, metavar="A,B", help="角色 The giver's roles that are lent.")
@click.option("--since", type=DAY, help="起 The first day; by default today.")
@click.option("--until", type=DAY, required=True, help="止 The last day.")
@REASON
@click.pass_obj
def lend(
    session: Session,
    tenant: str,
    giver: str,
    taker: str,
    roles: str,
    since: dt.datetime | None,
    until: dt.datetime,
    reason: str,
) -> None:
    """委托 Lend some of one's roles to another, from a day to a day; it ends by itself."""
    from renda_core.services.accounts import lending
    from renda_core.services.accounts.lending import NewLoan

    with session.open(tenant) as workspace:
        one, other = found_account(session, workspace, giver), found_account(session, workspace, taker)
        loan = NewLoan(
            giver=one.id,
            taker=other.id,
            roles=role_names(roles),
            since=since.date() if since else workspace.tenant.today,
            until=until.date(),
            reason=reason,
        )
        id = workspace.do(lending.lend, keeper(session, workspace), loan)
    told = f"{one.name} → {other.name}  {loan.since} 至 {loan.until}  {id}"
    session.tell({"id": id}, lambda: telling.line(f"lent 已委托: {told}"))


@account.command("loans")
@TENANT
@click.pass_obj
def loans(session: Session, tenant: str) -> None:
    """列出委托 List what is, was or will be lent, the latest first."""
    from renda_core.services.accounts import lending, listing

    with session.open(tenant) as workspace:
        by = keeper(session, workspace)
        rows = workspace.ask(lending.loans, by)
        ids = {id for row in rows for id in (row.giver, row.taker)}
        called = {id: workspace.ask(listing.show, by, id).name for id in ids}
    heads = ("委托人", "受托人", "角色", "起", "止", "状态", "标识")
    human = [
        (called[r.giver], called[r.taker], " ".join(r.roles), r.since, r.until, LOANS[r.state], r.id) for r in rows
    ]
    session.tell({"loans": rows}, lambda: telling.table(heads, human, empty="nothing is lent"))


@account.command("back")
@TENANT
@click.argument("loan")
@click.pass_obj
def back(session: Session, tenant: str, loan: str) -> None:
    """终止委托 End a loan, named by its id, before its day."""
    from renda_core.cli import finding
    from renda_core.services.accounts import lending

    with session.open(tenant) as workspace:
        workspace.do(lending.end, keeper(session, workspace), finding.as_id(loan))
    session.tell({"id": loan}, lambda: telling.line(f"ended 已终止委托: {loan}"))


def _turn(session: Session, tenant: str, who: str, how: str, reason: str) -> None:
    from renda_core.services.accounts import people

    with session.open(tenant) as workspace:
        found = found_account(session, workspace, who)
        version = workspace.do(getattr(people, how), keeper(session, workspace), found.id, found.version, reason)
        state = found_account(session, workspace, found.id).state
    data = {"id": found.id, "version": version, "state": state}
    session.tell(data, lambda: telling.line(f"{state} {STATES[state]}: {found.name}"))
