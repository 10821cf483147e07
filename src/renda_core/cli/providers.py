"""Commands on a tenant's own OpenID Connect providers, by which people sign in beside a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import TENANT, Group, Session
from renda_core.cli.tokens import keeper

if TYPE_CHECKING:
    from renda_core.services.accounts.providers import Provider
    from renda_core.store.unit import Reader
    from renda_core.workspace import Workspace

NAME = click.argument("name")


@click.group(cls=Group)
def provider() -> None:
    """统一认证 OpenID Connect providers of the tenant's own; NAME stands in addresses."""


@provider.command("list")
@TENANT
@click.pass_obj
def list_(session: Session, tenant: str) -> None:
    """列出统一认证 List the providers; their secrets are not shown."""
    with session.open(tenant) as workspace:
        rows = _every(workspace)
    heads = ("名称", "标题", "地址", "客户端", "标识项", "启用", "版本")
    human = [(r.name, r.title, r.issuer, r.client, r.claim, "是" if r.active else "否", r.version) for r in rows]
    session.tell({"providers": rows}, lambda: telling.table(heads, human, empty="no provider yet"))


@provider.command("trust")
@TENANT
@NAME
@click.option("--title", required=True, help="标题 What its button says.")
@click.option("--issuer", required=True, help="地址 Its address, by which it names itself: https://…")
@click.option("--client", required=True, help="客户端 The client id that it gave.")
@click.option("--secret", default=None, help="密钥 The secret that it gave; asked for where it is left out.")
@click.option("--claim", default="sub", show_default=True, help="标识项 What of its token names somebody for good.")
@click.option("--off", is_flag=True, help="停用 Keep it, and let nobody sign in by it.")
@click.pass_obj
def trust(
    session: Session,
    tenant: str,
    name: str,
    title: str,
    issuer: str,
    client: str,
    secret: str | None,
    claim: str,
    off: bool,
) -> None:
    """信任 Trust a provider, or change one that is trusted."""
    from renda_core.services.accounts import providers
    from renda_core.services.accounts.providers import Provider

    with session.open(tenant) as workspace:
        known = {row.name: row.version for row in _every(workspace)}
        if secret is None:
            secret = "" if name in known else click.prompt("密钥 secret", hide_input=True)
        wanted = Provider(
            name=name,
            title=title,
            issuer=issuer,
            client=client,
            claim=claim,
            active=not off,
            version=known.get(name, 0),
        )
        made = workspace.do(providers.put, keeper(session, workspace), wanted, secret)
    session.tell(made, lambda: telling.line(f"trusted 已信任: {name} (version {made.version})"))


@provider.command("remove")
@TENANT
@NAME
@click.pass_obj
def remove(session: Session, tenant: str, name: str) -> None:
    """不再信任 Trust a provider no more; whom it meant is forgotten."""
    from renda_core.services.accounts import providers

    with session.open(tenant) as workspace:
        workspace.do(providers.remove, keeper(session, workspace), name)
    session.tell({"name": name}, lambda: telling.line(f"removed 已移除: {name}"))


def _every(workspace: Workspace) -> list[Provider]:
    from renda_core.services.accounts import providers

    tenant = workspace.tenant

    async def listed(reader: Reader) -> list[Provider]:
        return await providers.every(reader, tenant)

    return workspace.read(listed)
