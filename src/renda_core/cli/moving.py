"""Commands that carry a whole tenant: into a file and back, to another database, and what a move left behind."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import TENANT, Command, Session, login
from renda_core.errors import ConfigError, Taken

if TYPE_CHECKING:
    from renda_core.domain.case import Actor
    from renda_core.premises import Premises
    from renda_core.services.hosting.directory import Directory
    from renda_core.services.moving import Contents, Mover
    from renda_core.store.archive.file import Manifest
    from renda_core.store.directory import DirectoryRow

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
SHARED = "shared"
"""What people call the database that tenants live in together."""


@click.command("export", cls=Command)
@TENANT
@click.option("--to", "to", required=True, type=click.Path(path_type=Path, dir_okay=False), help="文件 Must not exist.")
@click.pass_obj
def export(session: Session, tenant: str, to: Path) -> None:
    """导出整体 Write a whole tenant into a file: every row, and the contents of its files; sealed data stay sealed."""
    from renda_core.services import moving

    known = _look(session)
    with session.open(tenant) as workspace, ExitStack() as held:
        contents = _contents(session, workspace.file.id, held)
        by = login(workspace.file.id)
        with session.progress("exporting 导出", None) as step:
            told = _counted(step)
            made = moving.export(workspace.store, workspace.file.id, to, by=by, contents=contents, told=told)
    if known.operator is not None:
        _act(session, known, "delivered", made.tenant.id, made.digest)
    _tell(session, made, f"written 已写入: {to}")


@click.command("verify", cls=Command)
@FILE
@click.pass_obj
def verify(session: Session, file: Path) -> None:
    """核验 Check a tenant's file without any database: every row, every file, and the journal's chain."""
    from renda_core.services import moving

    with session.progress("verifying 核验", None) as step:
        found = moving.verify(file, _counted(step))
    _tell(session, found.manifest, f"whole 完整: {file}; journal 日志 {found.entries} entries 条")


@click.command("import", cls=Command)
@FILE
@click.option("--to", "to", default=SHARED, show_default=True, metavar="PLACE", help="位置 A database of RENDA_SILOS.")
@click.pass_obj
def import_(session: Session, file: Path, to: str) -> None:
    """导入整体 Bring a whole tenant in from a file, all of it or nothing; one that is here already is refused."""
    from renda_core.cli.documents import check_code
    from renda_core.services import moving

    found = moving.verify(file).manifest
    check_code(found.tenant.code, str(file))
    known = _look(session)
    if found.tenant.id in known.entries or found.tenant.code in known.codes:
        raise Taken(f"a tenant of this id, or of the code {found.tenant.code!r}, is here already; nothing was done")
    with ExitStack() as held:
        contents = _contents(session, found.tenant.id, held, bool(found.objects))
        with session.progress("importing 导入", found.rows) as step:
            if "RENDA_DATABASE" in os.environ:
                _into_database(session, known, file, found, to, contents, _counted(step))
            else:
                _into_home(session, known, file, found, contents, _counted(step))
    _tell(session, found, f"brought in 已导入: {found.tenant.code}")


def _into_home(
    session: Session, known: Directory, file: Path, found: Manifest, contents: Contents | None, told: Any
) -> None:
    from renda_core.catalogue import Catalogue
    from renda_core.services import moving
    from renda_core.store.revision import locations
    from renda_core.store.sqlite import SqliteStore

    home = session.at()
    target, keys = home.file(found.tenant.code), home.keys()
    if target.exists():  # of a run that was cut off before the directory knew, or somebody else's
        store = SqliteStore(target, keys=keys, now=home.now)
        try:
            if known.operator is None or not moving.arrived(store, found):
                raise Taken(f"{target} is here already; nothing was brought in")
        finally:
            store.close()
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        places = locations(Catalogue.installed().modules.values())
        by = _actor(known.operator.id if known.operator else found.tenant.id)
        moving.bring_in_file(
            file, target, by=by, keys=keys, now=home.now, plugin_locations=places, contents=contents, told=told
        )
    if known.operator is not None:
        _enrol(session, known, found, "")


def _into_database(
    session: Session, known: Directory, file: Path, found: Manifest, to: str, contents: Contents | None, told: Any
) -> None:
    from renda_core.cli.database import _connected
    from renda_core.premises import read_silos
    from renda_core.services import moving

    if known.operator is None:
        raise ConfigError("nothing was brought in", "the service has no operator; make one: renda operator new")
    silo = "" if to == SHARED else to
    dsns = {"": os.environ["RENDA_DATABASE"], **read_silos(os.environ.get("RENDA_SILOS", ""))}
    if silo not in dsns:
        raise ConfigError("nothing was brought in", f"{to!r} is not named in the file of RENDA_SILOS")
    store = _connected(session.at(), dsns[silo])
    try:
        # one that is here whole, and in no directory, is of a run that was cut off before the directory knew
        if not moving.arrived(store, found):
            moving.bring_in(store, file, by=_actor(known.operator.id), contents=contents, told=told)
    finally:
        store.shut()
    _enrol(session, known, found, silo)


@click.command("move", cls=Command)
@TENANT
@click.option("--to", "to", required=True, metavar="PLACE", help="位置 A database of RENDA_SILOS, or `shared`; "
              "where it lives already, to give a begun move up.")  # fmt: skip
@click.option("--room", type=click.Path(path_type=Path, file_okay=False, exists=True), help="暂存 A folder for the "
              "archive meanwhile; by default the system's.")  # fmt: skip
@click.pass_obj
def move(session: Session, tenant: str, to: str, room: Path | None) -> None:
    """迁移 Move a tenant to another PostgreSQL database; its requests wait meanwhile. Cut off, run it again."""
    known = _look(session)
    entry = known.of_code(tenant)
    with ExitStack() as held, session.progress("moving 迁移", None) as step:
        done = _mover(session, known, held, _counted(step)).move(entry.id, "" if to == SHARED else to, room)
    rows = sum(tally.rows for tally in done.tables.values())
    place = done.entry.silo or SHARED
    data = {"tenant": tenant, "at": place, "rows": rows, "left": done.left}
    data["tables"] = {name: {"rows": tally.rows, "sha256": tally.sha256} for name, tally in done.tables.items()}

    def human() -> None:
        telling.line(f"{tenant}: now at 现位于 {place}; {rows} rows 行, {len(done.tables)} tables 表 compared 已比对")
        if done.left:
            telling.line(f"The old rows lie shut at {done.left}; delete them when you are sure 确认后删除旧数据:")
            telling.line(f"  renda tenant clear {tenant} --at {done.left} --dsn DSN")

    session.tell(data, human)


@click.command("clear", cls=Command)
@TENANT
@click.option("--at", "at", required=True, metavar="PLACE", help="位置 Where the rows were left.")
@click.option("--dsn", required=True, metavar="DSN", help="数据库 That database, as a role that may act as its owner.")
@click.option("--yes", is_flag=True, help="确认 Do not ask.")
@click.pass_obj
def clear(session: Session, tenant: str, at: str, dsn: str, yes: bool) -> None:
    """清除旧数据 Delete what a move left where the tenant is served no more."""
    from renda_core.cli.database import _connected
    from renda_core.services.moving import Place

    if not yes:
        click.confirm(f"{tenant}: delete the rows left at {at} 删除遗留数据?", abort=True, err=True)
    known = _look(session)
    entry = known.of_code(tenant)
    name = "" if at == SHARED else at
    with ExitStack() as held:
        store = _connected(session.at(), dsn)
        held.callback(store.shut)
        place = Place(name=name, dsn=dsn, store=store)
        deleted = _mover(session, known, held, None).clear(entry.id, name, place)
    rows = sum(deleted.values())
    session.tell({"tenant": tenant, "at": at, "rows": rows}, lambda: telling.line(f"deleted 已删除: {rows} rows 行"))


def _mover(session: Session, known: Directory, held: ExitStack, told: Any) -> Mover:
    from renda_core.cli.database import _connected
    from renda_core.premises import read_silos
    from renda_core.services.moving import Mover, Place

    if "RENDA_DATABASE" not in os.environ or known.operator is None:
        remedy = "from a file to a database and back: renda tenant export, renda tenant import"
        raise ConfigError("tenants move between databases of a service that has an operator", remedy)
    dsns = {"": os.environ["RENDA_DATABASE"], **read_silos(os.environ.get("RENDA_SILOS", ""))}
    places = {}
    for name, dsn in dsns.items():
        store = _connected(session.at(), dsn)
        held.callback(store.shut)
        places[name] = Place(name=name, dsn=dsn, store=store)
    return Mover(places=places, operator=known.operator.id, by=_actor(known.operator.id), told=told)


def _look(session: Session) -> Directory:
    from renda_core.premises import alone

    async def work(premises: Premises) -> Directory:
        return await premises.look()

    found: Directory = alone(session.at(), os.environ, work)
    return found


def _act(session: Session, known: Directory, what: str, id: str, *args: object) -> None:
    from renda_core.premises import alone
    from renda_core.services.hosting import acts

    operator = known.operator

    async def work(premises: Premises) -> DirectoryRow | None:
        return None if operator is None else await premises.act(_actor(operator.id), getattr(acts, what), id, *args)

    alone(session.at(), os.environ, work)


def _enrol(session: Session, known: Directory, found: Manifest, silo: str) -> None:
    from renda_core.premises import alone
    from renda_core.premises.making import enrol
    from renda_core.services.hosting import acts

    whose, operator = found.tenant, known.operator
    if operator is None:
        return

    async def work(premises: Premises) -> None:
        row = acts.new_entry(whose.id, whose.code, whose.name, whose.level, session.at().now(), silo=silo)
        await enrol(premises, [row], _actor(operator.id))

    alone(session.at(), os.environ, work)


def _actor(tenant: str) -> Actor:
    from renda_core.domain.case import Actor

    return Actor(id=login(tenant), roles={"operator"})


def _contents(session: Session, id: str, held: ExitStack, wanted: bool = False) -> Contents | None:
    """Open the store of files; None where nothing says that there is one, and nothing asks for it."""
    from renda_core.objects import objects_of
    from renda_core.services.moving import Contents

    if not (wanted or os.environ.get("RENDA_FILES") or (session.home / "files").exists()):
        return None
    return held.enter_context(Contents(objects_of(session.home, os.environ), id))


def _counted(step: Any) -> Any:
    done = 0

    def told(_: str, rows: int) -> None:
        nonlocal done
        done += rows
        step(done)

    return told


def _tell(session: Session, made: Manifest, told: str) -> None:
    whose = made.tenant
    data = {"tenant": whose.code, "id": whose.id, "name": whose.name, "rows": made.rows, "digest": made.digest}
    data |= {"journal": {"seq": made.seq, "head": made.head}, "keys": made.keys, "files": len(made.objects)}
    data |= {"revisions": made.revisions, "made_at": made.made_at.isoformat(), "made_by": made.made_by}
    data["tables"] = {part.name: {"rows": part.tally.rows, "sha256": part.tally.sha256} for part in made.tables}

    def human() -> None:
        telling.line(told)
        telling.line(f"{whose.code} {whose.name}: {made.rows} rows 行, {len(made.objects)} files 文件")
        telling.line(f"digest 摘要: {made.digest}")

    session.tell(data, human)


COMMANDS = (export, verify, import_, move, clear)
"""Added to ``renda tenant``."""
