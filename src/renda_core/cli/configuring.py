"""Commands on the configuration: its versions, what a document would change, and an older one put back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import TENANT, Group, Session
from renda_core.errors import ConfigError

if TYPE_CHECKING:
    from renda_core.services.comparing import Change, Comparison
    from renda_core.tenancy import RuleInForce, Tenant
    from renda_core.workspace import Workspace


@click.group(cls=Group)
def config() -> None:
    """配置 A tenant's configuration: versions, what one changes beside another, an older one put back."""


@config.command("versions")
@TENANT
@click.pass_obj
def versions(session: Session, tenant: str) -> None:
    """版本 List the versions that were ever in force, the newest first, with who applied each."""
    from renda_core.services import configuring

    with session.open(tenant) as workspace:
        rows = workspace.ask(configuring.versions, session.actor(workspace))
    data = [{"version": row.n, "author": row.author, "at": row.at.isoformat()} for row in rows]
    human = [(row.n, f"{row.at:%Y-%m-%d %H:%M}", row.author) for row in rows]
    session.tell({"versions": data}, lambda: telling.table(("版本", "时间", "经办"), human, empty="none 无"))


@config.command("show")
@TENANT
@click.option("--version", type=int, help="版本 A version; by default the one in force.")
@click.pass_obj
def show(session: Session, tenant: str, version: int | None) -> None:
    """查看 Show a version's document, layer over layer, as JSON."""
    from renda_core.services import configuring
    from renda_core.store.codec import encode

    with session.open(tenant) as workspace:
        who = session.actor(workspace)
        held = workspace.ask(configuring.version, who, version) if version else workspace.ask(configuring.show, who)
    import json

    data = {"version": held.version, "document": json.loads(encode(held.file))}
    session.tell(data, lambda: telling.write_json(data))


@config.command("diff")
@TENANT
@click.argument("after", metavar="FILE|VERSION", required=False, default="")
@click.option("--from", "before", type=int, help="版本 Beside which version; by default the one in force.")
@click.pass_obj
def diff(session: Session, tenant: str, after: str, before: int | None) -> None:
    """比较 Say what a file, or another version, changes: rules with sources and days, practices, what is shut."""
    from renda_core.services.comparing import compare

    if not after and not before:
        raise click.UsageError("name a FILE or a version to compare with the one in force")
    with session.open(tenant) as workspace:
        today = workspace.tenant.today
        found = compare(_side(session, workspace, str(before or "")), _side(session, workspace, after), today)
    session.tell(found, lambda: _tell(found))


@config.command("restore")
@TENANT
@click.argument("version", type=int)
@click.pass_obj
def restore(session: Session, tenant: str, version: int) -> None:
    """恢复 Put an older version in force again, as a new version."""
    from renda_core.footprint import footprint
    from renda_core.services import configuring

    with session.open(tenant) as workspace:
        who = session.actor(workspace)

        def check(file: Any) -> Any:
            file.open(workspace.catalogue, workspace.calendar, workspace.tenant.today)
            return footprint(workspace.catalogue.offers, file.plugins)

        held = workspace.ask(configuring.show, who)
        done = workspace.do(configuring.restore, who, version, held.version, check)
    data = {"version": done.version, "state": "unchanged" if done.version == held.version else "applied"}
    session.tell(data, lambda: telling.line(f"version 版本 {done.version}: {data['state']}"))


def _side(session: Session, workspace: Workspace, name: str) -> Tenant:
    """Open what is named: a version by its number, a file by its path, and nothing for what is in force."""
    from renda_core.configuration import read_tenant
    from renda_core.services import configuring

    if not name:
        return workspace.tenant
    if name.isdigit():
        file = workspace.ask(configuring.version, session.actor(workspace), int(name)).file
    else:
        file = read_tenant(Path(name))
        if file.id != workspace.file.id:
            raise ConfigError("the file is another tenant's", f"{name}: id = {file.id}, here is {workspace.file.id}")
    return file.open(workspace.catalogue, workspace.calendar, workspace.tenant.today)


def _tell(found: Comparison) -> None:
    if found.same:
        telling.line("没有变化 nothing changes")
        return
    for title, pair in (("名称 name", found.name), ("层级 level", found.level)):
        if pair:
            telling.line(f"{title}: {pair[0]} → {pair[1]}")
    for title, names in (("启用 on", found.on), ("停用 off", found.off)):
        if names:
            telling.line(f"{title}: {', '.join(names)}")
    for kind, why in found.readonly.items():
        telling.line(f"只读 read-only: {kind}: {why}")
    if found.changes:
        telling.table(("规则", "自", "现在 now", "改为 then"), [_row(one) for one in found.changes], fold=True)


def _row(change: Change) -> tuple[object, ...]:
    one = change.difference
    return (f"{one.title}\n{one.plugin}\n{one.name}", change.since, _value(one.before), _value(one.after))


def _value(rule: RuleInForce | None) -> str:
    from renda_core.cli.rules import told_side

    return told_side(rule)
