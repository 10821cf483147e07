"""Commands for whoever runs the service: which tenants it serves, under which names, and which no more."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import TENANT, Command, Group, Session, login
from renda_core.domain.areas import LEVELS
from renda_core.errors import ConfigError

STATES = {"active": "在用", "suspended": "停用", "closing": "待删除", "moving": "迁移中"}
"""What people call the states of a tenant."""
REASON = click.option("--reason", required=True, metavar="TEXT", help="原因 Why; both journals keep it.")


@click.group(cls=Group)
def operator() -> None:
    """运营方 The tenant of whoever runs the service for others: its people look after the tenants."""


@operator.command("new")
@click.argument("code")
@click.argument("name")
@click.option("--level", type=click.Choice(LEVELS), default="city", show_default=True, help="层级 Its level.")
@click.pass_obj
def new(session: Session, code: str, name: str, level: str) -> None:
    """新建 Make the operator's own tenant, and with it the directory of the tenants that are there already."""
    from renda_core.catalogue import Catalogue
    from renda_core.cli.documents import check_code
    from renda_core.domain.case import Actor
    from renda_core.premises import Premises, alone
    from renda_core.premises.making import found
    from renda_core.services.hosting import founding
    from renda_core.store.codec import new_id

    check_code(code, "CODE")
    file = founding.configuration(new_id(), code, name, level)
    by = Actor(id=login(file.id), roles={"operator"})

    async def work(premises: Premises) -> int:
        await found(premises, file, Catalogue.installed(), by)
        return len((await premises.look()).entries) - 1

    count = alone(session.at(), os.environ, work)
    data = {"id": file.id, "code": code, "name": name, "level": level, "tenants": count}
    session.tell(data, lambda: telling.line(f"made 已建: {code} {name}; {count} tenants 单位 in its directory"))


@click.command("show", cls=Command)
@TENANT
@click.pass_obj
def show(session: Session, tenant: str) -> None:
    """详情 Show how a tenant is hosted, and what it has enabled."""
    from renda_core.premises import Premises, alone

    async def work(premises: Premises) -> dict[str, Any]:
        known = await premises.look()
        return _data(known.of_code(tenant), known.names(known.of_code(tenant).id))

    data = alone(session.at(), os.environ, work)
    with session.open(tenant) as workspace:
        data |= {"plugins": sorted(workspace.file.plugins), "absent": dict(workspace.tenant.absent)}

    def human() -> None:
        telling.table(("项目", "内容"), _rows(data))
        for name, why in data["absent"].items():
            telling.line(f"practice 做法 {name} is missing 缺失: {why}")

    session.tell(data, human)


@click.command("suspend", cls=Command)
@TENANT
@REASON
@click.pass_obj
def suspend(session: Session, tenant: str, reason: str) -> None:
    """停用 Serve a tenant no more, from now on; its data stay."""
    from renda_core.services.hosting import acts

    _act(session, tenant, acts.suspend, reason)


@click.command("resume", cls=Command)
@TENANT
@click.pass_obj
def resume(session: Session, tenant: str) -> None:
    """恢复 Serve a suspended tenant again."""
    from renda_core.services.hosting import acts

    _act(session, tenant, acts.resume)


@click.command("delete", cls=Command)
@TENANT
@REASON
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="日期 The first day on which its data may be deleted; by "
              "default in 30 days.")  # fmt: skip
@click.pass_obj
def delete(session: Session, tenant: str, reason: str, on: dt.datetime | None) -> None:
    """待删除 Serve a tenant no more, and let its data be deleted from a day on; `purge` deletes them then."""
    from renda_core.services.hosting import acts

    _act(session, tenant, acts.close, reason, on.date() if on else None)


@click.command("keep", cls=Command)
@TENANT
@click.pass_obj
def keep(session: Session, tenant: str) -> None:
    """撤销删除 Take back that a tenant will be deleted; it stays suspended until it is resumed."""
    from renda_core.services.hosting import acts

    _act(session, tenant, acts.keep)


@click.command("hosts", cls=Command)
@TENANT
@click.option("--add", "added", multiple=True, metavar="HOST", help="增加 A name; may be repeated.")
@click.option("--remove", "removed", multiple=True, metavar="HOST", help="移除 A name; may be repeated.")
@click.pass_obj
def hosts(session: Session, tenant: str, added: tuple[str, ...], removed: tuple[str, ...]) -> None:
    """域名 Show or change the names of hosts under which a tenant is reached."""
    from renda_core.premises import Premises, alone
    from renda_core.services.hosting import acts
    from renda_core.services.hosting.naming import canonical

    async def work(premises: Premises) -> dict[str, Any]:
        known = await premises.look()
        entry = known.of_code(tenant)
        names = {*known.names(entry.id), *map(canonical, added)} - {*map(canonical, removed)}
        if added or removed:
            entry = await premises.act(await _who(premises), acts.put_hosts, entry.id, sorted(names), entry.version)
        return _data(entry, tuple(sorted(names)))

    data = alone(session.at(), os.environ, work)
    told = "、".join(data["hosts"]) or "none 无"
    session.tell(data, lambda: telling.line(f"{tenant}: {told}"))


@click.command("purge", cls=Command)
@TENANT
@click.option("--dsn", default="", metavar="DSN", help="数据库 Its PostgreSQL, as a role that may act as its owner.")
@click.option("--yes", is_flag=True, help="确认 Do not ask.")
@click.pass_obj
def purge(session: Session, tenant: str, dsn: str, yes: bool) -> None:
    """彻底删除 Delete the data of a tenant whose day has come and that was exported since; nobody can undo it."""
    from renda_core.premises import Premises, alone
    from renda_core.premises.making import due, forget, last_entry

    async def first(premises: Premises) -> Any:
        entry = await due(premises, (await premises.look()).of_code(tenant).id)
        stored = premises.database or entry.silo
        return entry, await last_entry(premises, entry) if stored else None

    async def last(premises: Premises) -> None:
        await forget(premises, entry.id, await _who(premises))

    entry, head = alone(session.at(), os.environ, first)
    if not yes:
        click.confirm(f"{tenant}: delete all its data for good 彻底删除其全部数据?", abort=True, err=True)
    _clear(session, entry, dsn, head)
    alone(session.at(), os.environ, last)
    data = _data(entry, ()) | {"state": "deleted"}
    session.tell(data, lambda: telling.line(f"deleted 已删除: {tenant}"))


def _clear(session: Session, entry: Any, dsn: str, head: Any) -> None:
    """Delete a tenant's rows and the contents of its files.

    Args:
        head: Where its journal ends in the database that it is served from.
    """
    from contextlib import ExitStack

    from renda_core.cli.moving import _contents
    from renda_core.services import journal, moving
    from renda_core.store.sqlite import SqliteStore

    home = session.at()
    with ExitStack() as held:
        store: Any
        if bool(dsn) != bool(os.environ.get("RENDA_DATABASE") or entry.silo):
            told = "name the tenant's database in --dsn, as a role that may act as the owner of its tables"
            raise ConfigError("nothing was deleted", f"{entry.code} lives in a file: leave --dsn out" if dsn else told)
        if dsn:
            from renda_core.cli.database import _connected

            store = _connected(home, dsn)
            held.callback(store.shut)
            if store.run(store.read(journal.find_head, entry.id)) != head:
                raise ConfigError("nothing was deleted", f"--dsn is not the database where {entry.code} lives")
        elif home.file(entry.code).exists():
            store = SqliteStore(home.file(entry.code), keys=home.keys(), now=home.now)
            held.callback(store.shut)
        else:
            return
        moving.purge(store, entry.id, _contents(session, entry.id, held))


@click.command("provision", cls=Command)
@click.argument("divisions", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--profile", default="law", show_default=True, metavar="PROFILE", help="规则底本 Whose rules they follow."
)
@click.option("--enable", multiple=True, metavar="PLUGIN", help="启用 A practice to enable; may be repeated.")
@click.option("--within", default="", metavar="CODE", help="范围 Only divisions whose code begins so, as 23 or 2301.")
@click.option("--zones", is_flag=True, help="功能区 Also zones that are listed as divisions and have no congress.")
@click.pass_obj
def provision(
    session: Session, divisions: tuple[Path, ...], profile: str, enable: tuple[str, ...], within: str, zones: bool
) -> None:
    """批量新建 Make a tenant of every county-level division of a published list; what is there stays as it is."""
    from renda_core.catalogue import Catalogue
    from renda_core.premises import Premises, alone
    from renda_core.premises.provisioning import AT_ONCE, Provisioned
    from renda_core.premises.provisioning import provision as make_all
    from renda_core.services.hosting import divisions as published

    found = [one for one in published.read(divisions) if one.code.startswith(within)]
    left = [one for one in found if one.zone and not zones]
    catalogue = Catalogue.installed()
    files = published.files([one for one in found if one not in left], catalogue, profile, enable)

    async def work(premises: Premises) -> Provisioned:
        premises.size = AT_ONCE
        with session.progress("provisioning 批量新建", len(files)) as step:
            return await make_all(premises, files, catalogue, await _who(premises), step)

    done = alone(session.at(), os.environ, work)
    data = {"made": done.made, "there": done.there, "zones": len(left)}
    session.tell(
        data,
        lambda: telling.line(
            f"made 新建: {done.made}，there already 已有: {done.there}，zones left out 未计功能区: {len(left)}"
        ),
    )


def _act(session: Session, code: str, use_case: Any, *args: Any) -> None:
    from renda_core.premises import Premises, alone

    async def work(premises: Premises) -> dict[str, Any]:
        known = await premises.look()
        entry = known.of_code(code)
        done = await premises.act(await _who(premises), use_case, entry.id, *args, seen=entry.version)
        return _data(done, known.names(entry.id))

    data = alone(session.at(), os.environ, work)
    until = f"，{data['delete_on']} 起可删除" if data["delete_on"] else ""
    session.tell(data, lambda: telling.line(f"{code}: {STATES[data['state']]} {data['state']}{until}"))


async def _who(premises: Any) -> Any:
    """Say who acts: whoever is logged in to the operator's machine."""
    from renda_core.domain.case import Actor

    _, entry = await premises.operator()
    return Actor(id=login(entry.id), roles={"operator"})


def _data(entry: Any, names: tuple[str, ...]) -> dict[str, Any]:
    told = ("id", "code", "name", "level", "state", "silo", "operator", "version")
    return {name: getattr(entry, name) for name in told} | {
        "delete_on": entry.delete_on.isoformat() if entry.delete_on else None,
        "exported_at": entry.exported_at.isoformat() if entry.exported_at else None,
        "hosts": [*names],
    }


def _rows(data: dict[str, Any]) -> list[tuple[str, object]]:
    return [
        ("代码 code", data["code"]),
        ("名称 name", data["name"]),
        ("层级 level", data["level"]),
        ("状态 state", f"{STATES[data['state']]} {data['state']}"),
        ("可删除日 delete on", data["delete_on"]),
        ("域名 hosts", data["hosts"]),
        ("独立库 silo", data["silo"]),
        ("启用 enabled", data["plugins"]),
    ]


COMMANDS = (show, suspend, resume, delete, keep, hosts, purge, provision)
"""Added to ``renda tenant``."""
