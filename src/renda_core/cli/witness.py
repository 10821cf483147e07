"""Commands for the journal's witnesses: its signed head kept elsewhere, and a check that needs no database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click
from click.exceptions import Exit

from renda_core.cli import telling
from renda_core.cli.failing import REFUSED
from renda_core.cli.session import TENANT, Command, Group, Session
from renda_core.errors import ConfigError, Invalid

if TYPE_CHECKING:
    from renda_core.services.witness import Statement
    from renda_core.workspace import Workspace

FILE = click.Path(path_type=Path, dir_okay=False)
THERE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command("witness", cls=Command)
@TENANT
@click.option("--to", "path", type=FILE, help="存证文件 A file to which a line is added; keep it elsewhere.")
@click.option("--to-tenant", "city", default="", metavar="CITY", help="存证单位 A tenant here that keeps it.")
@click.option("--always", is_flag=True, help="每晚 With --to-tenant: every `renda sweep` brings it there from now on.")
@click.pass_obj
def witness(session: Session, tenant: str, path: Path | None, city: str, always: bool) -> None:
    """存证 Sign the head of the journal, and keep it where who keeps the journal does not write."""
    from renda_core.services import witness as w

    if (path is None) == (not city) or (always and not city):
        raise ConfigError("nothing was witnessed", "name either --to FILE or --to-tenant CITY; --always goes with CITY")
    with session.open(tenant) as workspace:
        if path is not None:
            made = workspace.store.run(w.write(workspace.store, workspace.file.id, telling.place(path)))
        else:
            with session.open(city) as other:
                made = _carried(workspace, other)
    if always:
        _appoint(session, tenant, city)
    told = f"entry {made.seq} {made.hash}" if made else "nothing new 无新条目"
    session.tell({"witnessed": made}, lambda: telling.line(f"witnessed 已存证: {told}"))


@click.command("export", cls=Command)
@TENANT
@click.option("--to", "path", type=FILE, required=True, help="文件 Where to, as JSON lines.")
@click.option("--private", is_flag=True, help="个人信息 With the personal parts beside the chain.")
@click.pass_obj
def export(session: Session, tenant: str, path: Path, private: bool) -> None:
    """导出 Write the journal with its signed head, to be checked without a database: `renda journal check`."""
    from renda_core.services import witness as w

    if path.exists():
        raise ConfigError("nothing was written", f"{path} exists already; choose another name")
    part = telling.place(path).with_name(f".{path.name}.part")
    try:
        with session.open(tenant) as workspace, part.open("x", encoding="utf-8") as file:
            entries = -2  # beside the entries there is a line before, and one after
            for line in w.export(workspace.store, workspace.file.id, private=private):
                file.write(line + "\n")
                entries += 1
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    session.tell(
        {"file": str(path), "entries": entries}, lambda: telling.line(f"written 已导出: {path}, {entries} entries")
    )


@click.command("check", cls=Command)
@click.argument("path", metavar="FILE", type=THERE)
@click.option(
    "--witness", "witnessed", type=THERE, multiple=True, help="存证 A file of witnessed heads; several times."
)
@click.option("--key", multiple=True, metavar="HEX", help="公钥 A key that is believed; several times.")
@click.pass_obj
def check(session: Session, path: Path, witnessed: tuple[Path, ...], key: tuple[str, ...]) -> None:
    """离线核验 Check an exported journal without a database; exit code 1 names the first entry that is wrong."""
    from renda_core.services import journal_file

    heads = [one for file in witnessed for one in journal_file.heads(file.read_text("utf-8").splitlines())]
    try:
        with path.open(encoding="utf-8") as lines:
            found = journal_file.check(lines, heads, key)
    except UnicodeDecodeError:
        raise Invalid(f"{path} is no exported journal") from None

    def human() -> None:
        for seq, told in found:
            telling.line(f"{seq}: {told}" if seq else told)
        telling.line("broken 不符" if found else f"whole 完整; compared with {len(heads)} witnessed heads")

    data = {"whole": not found, "witnessed": len(heads), "found": [{"entry": s, "why": t} for s, t in found]}
    session.tell(data, human)
    if found:
        raise Exit(REFUSED)


@click.group("witness", cls=Group)
def witnesses() -> None:
    """存证 Heads of other tenants' journals that this tenant keeps."""


@witnesses.command("list")
@TENANT
@click.option("--of", default="", metavar="ID", help="单位 All heads of one tenant, in order.")
@click.option("--to", "path", type=FILE, help="文件 Write them as a witness file, for `journal check`.")
@click.pass_obj
def list_(session: Session, tenant: str, of: str, path: Path | None) -> None:
    """列出 List the newest head of each tenant, or all of one."""
    from renda_core.cli import finding
    from renda_core.services import witness as w

    if path is not None and path.exists():
        raise ConfigError("nothing was written", f"{path} exists already; choose another name")
    with session.open(tenant) as workspace:
        actor, found, after = session.actor(workspace), list[w.Kept](), ""
        while page := workspace.ask(w.kept, actor, finding.as_id(of) if of else "", after, size=1_000):
            found += page
            after = str(page[-1].seq) if of else page[-1].tenant
    if path is not None:
        telling.place(path).write_text("".join(f"{one.statement.line()}\n" for one in found), "utf-8")
    rows = [(one.tenant, one.seq, one.at[:19], one.hash) for one in found]
    columns = ("单位", "条目", "签署", "哈希")
    session.tell({"heads": found}, lambda: telling.table(columns, rows, empty="no head 无"))


@witnesses.command("take")
@TENANT
@click.argument("path", metavar="FILE", type=THERE)
@click.pass_obj
def take(session: Session, tenant: str, path: Path) -> None:
    """接收 Take the heads of a witness file that another tenant sent."""
    from renda_core.services import journal_file
    from renda_core.services import witness as w

    heads = [w.Statement(**one) for one in journal_file.heads(path.read_text("utf-8").splitlines())]
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        new = sum(workspace.do(w.take, actor, one) for one in sorted(heads, key=lambda one: one.seq))
    session.tell({"taken": new, "heads": len(heads)}, lambda: telling.line(f"taken 已接收: {new} of {len(heads)}"))


def _carried(county: Workspace, city: Workspace) -> Statement | None:
    from renda_core.services import witness as w

    last = city.read(w.newest, county.file.id)
    made = county.store.run(w.since(county.store, county.file.id, last, city.file.name))
    return made if city.do(w.take, w.CARRIER, made) else None


def _appoint(session: Session, code: str, city: str) -> None:
    from renda_core.cli.session import login
    from renda_core.domain.case import Actor
    from renda_core.premises import Premises, alone
    from renda_core.services.hosting import acts

    async def work(premises: Premises) -> Any:
        known = await premises.look()
        entry, keeper = known.of_code(code), known.of_code(city)
        _, operator = await premises.operator()
        by = Actor(id=login(operator.id), roles={"operator"})
        return await premises.act(by, acts.put_witness, entry.id, keeper.id, seen=entry.version)

    alone(session.at(), os.environ, work)


JOURNAL = (witness, export, check)
