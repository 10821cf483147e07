"""Commands on the tokens of programs: each stands for a tenant, a name in its journal, roles and a unit."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs
import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import TENANT, Group, Session
from renda_core.domain.accounts import OPERATOR, THREE
from renda_core.errors import ConfigError

if TYPE_CHECKING:
    from renda_core.domain.case import Actor
    from renda_core.workspace import Workspace

HEADS = ("哈希", "备注", "角色", "承办单位", "权限", "末日", "最近使用")


@click.group(cls=Group)
def token() -> None:
    """令牌 Tokens that open the server: each fixes the tenant, the person, the roles and the unit."""


@token.command("new")
@TENANT
@click.option("--roles", required=True, metavar="A,B", help="角色 The roles; empty for a handling unit's people.")
@click.option("--unit", default="", metavar="NAME|ID", help="承办单位 The unit acted for.")
@click.option("--person", default="", metavar="NAME|ID", help="人员 Who it is; by default somebody new.")
@click.option("--label", default="", help="备注 What it is for; no personal data.")
@click.option("--scope", multiple=True, metavar="PERMISSION", help="权限 Limit it to this permission; may be repeated.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="末日 The last day on which it opens anything.")
@click.pass_obj
def new(
    session: Session,
    tenant: str,
    roles: str,
    unit: str,
    person: str,
    label: str,
    scope: tuple[str, ...],
    until: dt.datetime | None,
) -> None:
    """新建 Make a token and print it, once: only its hash is kept."""
    from renda_core.services.accounts import programs
    from renda_core.services.accounts.programs import NewToken

    _refuse_scopes(scope)
    given = frozenset(roles.replace("，", ",").replace(",", " ").split())
    identity = given & (THREE | {OPERATOR})
    asked = attrs.evolve(session, roles=",".join(sorted(given - identity)), unit=unit, who=person)
    with session.open(tenant) as workspace:
        actor = asked.actor(workspace)
        wanted = NewToken(
            label=label,
            roles=actor.roles | identity,
            unit=actor.unit,
            person=actor.id if person else "",
            scopes=scope,
            until=until.date() if until else None,
        )
        made, who = workspace.do(programs.give, keeper(session, workspace), wanted)
        code = workspace.file.code
    data = {
        "token": made,
        "tenant": code,
        "person": who,
        "roles": sorted(wanted.roles),
        "unit": actor.unit,
        "scopes": sorted(scope),
        "until": wanted.until,
    }

    def human() -> None:
        telling.line(made)
        telling.aside("keep it: it is shown this once 令牌只显示这一次")

    session.tell(data, human)


@token.command("list")
@TENANT
@click.pass_obj
def list_(session: Session, tenant: str) -> None:
    """列表 List a tenant's tokens by the beginning of their hash."""
    from renda_core.services.accounts import programs

    with session.open(tenant) as workspace:
        rows = workspace.ask(programs.tokens, keeper(session, workspace))
    data = [attrs.asdict(row) | {"digest": row.digest.hex()} for row in rows]
    human = [
        (row.digest.hex()[:12], row.label, row.roles, row.unit or "", row.scopes, row.until or "", row.seen_at.date())
        for row in rows
    ]
    session.tell({"tokens": data}, lambda: telling.table(HEADS, human, empty="no token yet"))


@token.command("revoke")
@TENANT
@click.argument("beginning")
@click.pass_obj
def revoke(session: Session, tenant: str, beginning: str) -> None:
    """吊销 Take a token back, named by the first 8 characters of its hash or more; it holds at once."""
    from renda_core.services.accounts import programs

    with session.open(tenant) as workspace:
        gone = workspace.do(programs.take_back, keeper(session, workspace), beginning)
    session.tell({"revoked": gone}, lambda: telling.line(f"revoked 已吊销: {gone[:12]}"))


def keeper(session: Session, workspace: Workspace) -> Actor:
    """Give whoever runs the command, who looks after the accounts of a file that lies on this machine."""
    actor = session.actor(workspace)
    return attrs.evolve(actor, roles=actor.roles | THREE)


def _refuse_scopes(scopes: tuple[str, ...]) -> None:
    """Refuse what the server knows no permission by.

    Raises:
        ConfigError: Naming those there are; or the server is not installed, which alone knows them.
    """
    from renda_core.cli.running import server

    known = server("permissions").PERMISSIONS if scopes else {}
    if wrong := sorted(set(scopes) - set(known)):
        raise ConfigError("no such permissions", f"{', '.join(wrong)}; known: {', '.join(sorted(known))}")
