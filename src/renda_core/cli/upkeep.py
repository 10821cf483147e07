"""Commands that keep a tenant in order: what runs by night, new holiday tables, the journal."""

from __future__ import annotations

import json
import os

import rich_click as click
from click.exceptions import Exit

from renda_core.cli import telling
from renda_core.cli.failing import REFUSED
from renda_core.cli.session import TENANT, Command, Group, Session


@click.command(cls=Command)
@TENANT
@click.pass_obj
def sweep(session: Session, tenant: str) -> None:
    """夜间任务 Take the steps of expired deadlines, open what watches find, send notices; safe to repeat."""
    from renda_core.services import jobs, notices

    refuse_closed(session, tenant)
    with session.open(tenant) as workspace:
        store, now = workspace.store, workspace.tenant
        with session.progress("sweeping 夜间任务", None) as told:
            swept = store.run(jobs.sweep(store, now, told))
        opened = store.run(store.write(jobs.look, now.id, jobs.WATCH, now))
        with session.progress("reminding 提醒", None) as told:
            reminded = store.run(notices.remind(store, now, told))
        workspace.remember()
    failed, brought = _nightly(session, tenant)
    missing = (f"practice 做法 {name} is missing: {why}" for name, why in now.absent.items())
    left = (*missing, *swept.failed, *reminded.failed, *failed)
    data = {"taken": swept.taken, "failed": left, "opened": opened, "notices": reminded.sent, "witnessed": brought}

    def human() -> None:
        done = f"expired deadlines 到期处理: {len(swept.taken)}; opened by watches 自动立项: {len(opened)}"
        telling.line(f"{done}; notices sent 提醒: {reminded.sent}")
        for failed in left:
            telling.line(f"  left for people 需人工处理: {failed}")

    session.tell(data, human)


def refuse_closed(session: Session, code: str) -> None:
    """Refuse the night's work of a tenant that is suspended, will be deleted, or is being moved: it waits.

    Raises:
        Suspended, Moving: It is.
    """
    from renda_core.premises import Premises, alone
    from renda_core.services.hosting import directory

    async def work(premises: Premises) -> None:
        if premises.kept:
            directory.refuse_closed((await premises.look()).of_code(code))

    alone(session.at(), os.environ, work)


def _nightly(session: Session, code: str) -> tuple[list[str], list[int]]:
    """Bring the head of the journal to its witness, where the directory names one."""
    from renda_core.premises import Premises, alone
    from renda_core.premises.witnessing import Carried, carry

    async def work(premises: Premises) -> tuple[Carried, ...]:
        return await carry(premises, (await premises.look()).of_code(code).id) if premises.kept else ()

    done: tuple[Carried, ...] = alone(session.at(), os.environ, work)
    failed = [f"the head of the journal did not come to {one.witness}: {one.failed}" for one in done if one.failed]
    return failed, [one.seq for one in done if one.seq]


@click.group(cls=Group)
def calendar() -> None:
    """日历 Working days and holidays (调休)."""


@calendar.command("redate")
@TENANT
@click.pass_obj
def redate(session: Session, tenant: str) -> None:
    """重算时限 Derive every running due date anew, after a holiday table came."""
    from renda_core.services import dates, lookups

    with session.open(tenant) as workspace:
        with session.progress("counting anew 重算", None) as told:
            moved = workspace.store.run(dates.redate(workspace.store, workspace.tenant, told))
        names = workspace.read(lookups.named, {m.unit for m in moved})
    rows = [(m.case, m.clock, names.get(m.unit, m.unit), m.was, m.now) for m in moved]
    columns = ("件", "时限", "单位", "原到期", "现到期")
    session.tell({"moved": moved}, lambda: telling.table(columns, rows, empty="no due date moved 无变化"))


@click.group(cls=Group)
def journal() -> None:
    """日志 The journal: who did what, chained so that nobody can change it unseen."""


@journal.command("verify")
@TENANT
@click.option("--head", is_flag=True, help="末端 Print the head only, to be kept elsewhere and compared later.")
@click.pass_obj
def verify(session: Session, tenant: str, head: bool) -> None:
    """校验 Recompute the chain; exit code 1 names the first entry that does not fit."""
    from renda_core.services import journal as entries

    with session.open(tenant) as workspace:
        total = workspace.read(entries.head).seq
        with session.progress("verifying 校验", total) as told:
            found = workspace.read(entries.verify, told)
    whole = f"{found.entries} entries, the chain is whole 完整; head {found.head}"
    broken = f"entry {found.broken} does not fit 不符: {found.why}"
    data = telling.plain(found) | {"whole": found.whole}
    session.tell(data, lambda: telling.line((found.head if head else whole) if found.whole else broken))
    if not found.whole:
        raise Exit(REFUSED)


@journal.command("list")
@TENANT
@click.option("--after", default=0, show_default=True, help="The entry after which to begin.")
@click.option("--size", default=50, show_default=True, type=click.IntRange(1, 1000), help="行数 Entries of a page.")
@click.pass_obj
def list_(session: Session, tenant: str, after: int, size: int) -> None:
    """列出 List entries in order."""
    from renda_core.cli.session import login, login_name
    from renda_core.services import journal as entries
    from renda_core.services import lookups

    with session.open(tenant) as workspace:
        lines = workspace.read(entries.entries, after=after, size=size)
        told = [{"seq": line.seq, **json.loads(line.entry), "hash": line.hash.hex()} for line in lines]
        names = workspace.read(lookups.named, {entry["actor"] for entry in told})
        names.setdefault(login(workspace.tenant.id), login_name())
    for entry in told:
        entry["actor_name"] = names.get(entry["actor"], "")
    rows = [
        (e["seq"], e["at"][:19], e["actor_name"] or e["actor"], e["what"], e["on"], e["version"], e["rule"])
        for e in told
    ]
    columns = ("序", "时间", "经办", "事项", "对象", "版本", "依据")
    session.tell({"entries": told}, lambda: telling.table(columns, rows, empty="no entry"))
