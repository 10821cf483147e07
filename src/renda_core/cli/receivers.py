"""Commands on receivers of events: which other systems are told, and telling them."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import attrs
import rich_click as click
from click.exceptions import Exit

from renda_core.cli import telling
from renda_core.cli.failing import REFUSED
from renda_core.cli.session import TENANT, Command, Group, Session, codes
from renda_core.cli.tokens import keeper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from renda_core.services.events.receivers import Receiver
    from renda_core.store.unit import Reader
    from renda_core.workspace import Workspace

NAME = click.argument("name")
HEADS = ("名称", "地址", "事件", "启用", "失败次数", "再试时间", "原因", "版本")


@click.group(cls=Group)
def receiver() -> None:
    """事件接收方 Other systems that are told of events; NAME stands in addresses."""


@receiver.command("list")
@TENANT
@click.pass_obj
def list_(session: Session, tenant: str) -> None:
    """列出 List the receivers, and what went wrong with each at the last try; secrets are not shown."""
    with session.open(tenant) as workspace:
        rows = _every(session, workspace)
    human = [
        (
            row.name,
            row.url,
            " ".join(row.events),
            "是" if row.active else "否",
            row.failures,
            f"{row.again_at:%Y-%m-%d %H:%M}" if row.again_at else "",
            row.trouble,
            row.version,
        )
        for row in rows
    ]
    session.tell({"receivers": rows}, lambda: telling.table(HEADS, human, empty="no receiver yet 尚无接收方"))


@receiver.command("put")
@TENANT
@NAME
@click.option("--url", default="", help="地址 Where it is told: https://…; as it was where it is left out.")
@click.option(
    "--event",
    "events",
    multiple=True,
    metavar="PATTERN",
    help="事件 E.g. suggestion.submit, ballot.*; as it was, or all.",
)
@click.option("--secret", default="", help="密钥 By which events are signed; made here where it is left out.")
@click.option("--renew", is_flag=True, help="换密钥 Make another secret.")
@click.option("--off", is_flag=True, help="停用 Keep it, and tell it nothing.")
@click.pass_obj
def put(
    session: Session, tenant: str, name: str, url: str, events: tuple[str, ...], secret: str, renew: bool, off: bool
) -> None:
    """设置 Have another system told of events, or change one; a secret that is made is shown once."""
    from renda_core.services.events import receivers
    from renda_core.services.events.receivers import Receiver

    with session.open(tenant) as workspace:
        was = next((row for row in _every(session, workspace) if row.name == name), Receiver(name=name, url=""))
        wanted = attrs.evolve(was, url=url or was.url, events=events or was.events, active=not off)
        made = workspace.do(receivers.put, keeper(session, workspace), wanted, secret, renew=renew)

    def human() -> None:
        telling.line(f"kept 已设置: {name} (version {made.receiver.version})")
        if made.secret:
            telling.line(f"secret 密钥（只显示一次）: {made.secret}")

    session.tell({**telling.plain(made.receiver), "secret": made.secret}, human)


@receiver.command("remove")
@TENANT
@NAME
@click.pass_obj
def remove(session: Session, tenant: str, name: str) -> None:
    """移除 Have a receiver told no more."""
    from renda_core.services.events import receivers

    with session.open(tenant) as workspace:
        workspace.do(receivers.remove, keeper(session, workspace), name)
    session.tell({"name": name}, lambda: telling.line(f"removed 已移除: {name}"))


@click.command(cls=Command)
@click.argument("tenants", nargs=-1, shell_complete=codes)
@click.option("--every", type=click.FloatRange(min=0.1), metavar="SECONDS", help="间隔 Go on, and look again so often.")
@click.pass_obj
def deliver(session: Session, tenants: tuple[str, ...], every: float | None) -> None:
    """发送事件 Tell receivers of what they have still to be told, of TENANTS or of all; safe to repeat, and by several.

    Exit code 1 names those that did not take an event in; they are told later.
    """
    from renda_core.cli.running import server
    from renda_core.premises import Premises, alone

    sending, transport = server("delivering"), server("transport")
    networks = transport.networks(os.environ.get("RENDA_OUTBOUND_NETWORKS", ""), "RENDA_OUTBOUND_NETWORKS")

    async def once(premises: Premises) -> Sequence[Any]:
        sent: Sequence[Any] = await sending.deliver(premises, tenants, networks)
        return sent

    while True:
        done = alone(session.at(), os.environ, once)
        failed = [f"{one.code}: {why}" for one in done for why in one.failed]
        count = sum(one.events for one in done)
        _tell(session, count, failed, quiet=every is not None)
        if every is None:
            break
        time.sleep(every)
    if failed:
        raise Exit(REFUSED)


def _tell(session: Session, count: int, failed: list[str], *, quiet: bool) -> None:
    """Say what one round did; a round of many that did nothing says nothing."""

    def human() -> None:
        telling.line(f"events told 已发送: {count}")
        for line in failed:
            telling.line(f"  to be told again 待重发: {line}")

    if count or failed or not quiet:
        session.tell({"events": count, "failed": failed}, human)


def _every(session: Session, workspace: Workspace) -> Sequence[Receiver]:
    from renda_core.services.events import receivers

    tenant, who = workspace.tenant, keeper(session, workspace)

    async def listed(reader: Reader) -> Sequence[Receiver]:
        return await receivers.every(reader, tenant, who)

    return workspace.read(listed)
