"""Commands for the keys that seal personal data: list, make, seal anew, retire."""

from __future__ import annotations

import datetime as dt
import os
import time
from typing import Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import Command, Group, Session, codes
from renda_core.errors import ConfigError


@click.group(cls=Group)
def keys() -> None:
    """密钥 The keys that seal personal data: several at a time, of which the newest seals and all open."""


@keys.command("list")
@click.option("--needed", is_flag=True, help="清点 Count what stands under each key; goes through all data.")
@click.pass_obj
def list_(session: Session, needed: bool) -> None:
    """列出 List the keys: numbers and since when each seals; never a key itself."""
    from renda_core.premises import Premises, alone, rekeying

    async def work(premises: Premises) -> Any:
        return await rekeying.needed(premises)

    ring, now = session.at().keys().ring, time.time()
    counts = alone(session.at(), os.environ, work) if needed else {}
    seals = max((id for id, key in ring.items() if key.since <= now), default=min(ring))
    data = []
    for id, key in sorted(ring.items()):
        since = dt.datetime.fromtimestamp(key.since, dt.UTC).isoformat(timespec="seconds") if key.since else None
        held = {code: n for code, found in counts.items() if (n := sum(found.get(id, {}).values()))}
        data.append({"id": id, "since": since, "seals": id == seals, "needed": held if needed else None})
    rows = [(k["id"], k["since"], k["seals"], k["needed"]) for k in data]
    columns = ("编号", "启用", "正在使用", "尚有数据")
    session.tell({"keys": data}, lambda: telling.table(columns, rows))


@keys.command("new")
@click.option(
    "--after",
    type=click.FloatRange(0, 86_400 * 30),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="几秒后启用 When it begins to seal: servers that run, here and elsewhere, must have the file by then.",
)
@click.pass_obj
def new(session: Session, after: float) -> None:
    """新建 Make a key; it seals from a moment on, and what older ones sealed opens as before."""
    from renda_core.store import ring

    home = session.at()
    if not home.key.exists():
        raise ConfigError("no key was made", f"{home.key} does not exist; restore it from your backup, or: renda init")
    made = ring.add(home.key, time.time() + after)
    data = {"id": made.id, "file": str(home.key), "after": after}

    def human() -> None:
        telling.line(f"key 密钥 {made.id} made; it seals in {after:g} seconds 秒后启用")
        telling.line(f"Back up {home.key} again, apart from the data; then: renda keys rotate. 请重新备份密钥文件。")

    session.tell(data, human)


@keys.command("rotate")
@click.argument("tenant", required=False, default="", shell_complete=codes)
@click.pass_obj
def rotate(session: Session, tenant: str) -> None:
    """换钥 Seal all data of a tenant, or of every one, under the newest key, while everybody works; safe to repeat."""
    from renda_core.objects import objects_of
    from renda_core.premises import Premises, alone, rekeying
    from renda_core.services.privacy.rotating import Rotated

    files = objects_of(session.home, os.environ)
    with session.progress("resealing 换钥", None) as told:

        async def work(premises: Premises) -> list[tuple[str, Rotated]]:
            return [one async for one in rekeying.rotate(premises, files, tenant, told)]

        done: list[tuple[str, Rotated]] = alone(session.at(), os.environ, work)
    data = [
        {"tenant": code, "key": r.key, "suite": r.suite, "values": r.done, "left": r.left, "places": r.places}
        for code, r in done
    ]
    rows = [(d["tenant"], d["key"], d["suite"], d["values"], d["left"]) for d in data]
    columns = ("单位", "密钥", "算法", "已换", "未能换")
    session.tell({"tenants": data}, lambda: telling.table(columns, rows, empty="no tenant"))


@keys.command("retire", cls=Command)
@click.argument("id", type=int)
@click.option(
    "--forget-codes",
    is_flag=True,
    help="放弃查询码 Give up voters' codes and links to other providers that only this key knows.",
)
@click.pass_obj
def retire(session: Session, id: int, forget_codes: bool) -> None:
    """停用 Take a key out of use; refused while anything needs it. It is laid beside, for backups made with it."""
    from renda_core.objects import objects_of
    from renda_core.premises import Premises, alone, rekeying
    from renda_core.premises.rekeying import Retired

    files = objects_of(session.home, os.environ)

    async def work(premises: Premises) -> Retired:
        return await rekeying.retire(premises, files, id, forget=forget_codes)

    done: Retired = alone(session.at(), os.environ, work)
    data = {"key": done.key, "file": str(done.file), "forgotten": done.forgotten}

    def human() -> None:
        telling.line(f"key 密钥 {done.key} retired 已停用; it lies in {done.file}")
        telling.line(
            "Keep it with the backups made while it was in use, and destroy it with them. 随旧备份保存、销毁。"
        )

    session.tell(data, human)
