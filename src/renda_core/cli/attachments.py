"""Commands for attached files: add, list, get, erase, and look after the store that holds them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click
from click.exceptions import Exit

from renda_core.cli import telling
from renda_core.cli.failing import REFUSED
from renda_core.cli.session import TENANT, Group, Session
from renda_core.domain.suggestion import KIND
from renda_core.errors import ConfigError

if TYPE_CHECKING:
    from renda_core.objects import Objects
    from renda_core.services.attachments import Attachment
    from renda_core.workspace import Workspace

KIND_OPTION = click.option("--kind", default=KIND, show_default=True, help="种类 The kind of the case.")
OF_RECORD = click.option("--record", is_flag=True, help="履职记录 NUMBER is the id of a duty record.")
COLUMNS = ("编号", "名称", "类型", "字节", "时间")


@click.group(cls=Group)
def file() -> None:
    """附件 Files of cases and duty records: kept sealed, in a folder or in S3 (RENDA_FILES)."""


@file.command("add")
@TENANT
@click.argument("number")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@KIND_OPTION
@OF_RECORD
@click.pass_obj
def add(session: Session, tenant: str, number: str, path: Path, kind: str, record: bool) -> None:
    """添加 Add a file to the case with this NUMBER."""
    from renda_core.files.kinds import LARGEST
    from renda_core.files.limits import TooLarge
    from renda_core.services import attachments, contents

    if path.stat().st_size > LARGEST:
        raise TooLarge(f"{path}: larger than {LARGEST:,} bytes")
    with session.open(tenant) as workspace:
        about = _about(workspace, number, kind, record)
        command = attachments.Attach(about=about[0], about_id=about[1], name=path.name, content=path.read_bytes())
        actor, store = session.actor(workspace), workspace.store
        work = attachments.add(store, _store(session), workspace.tenant, actor, command)
        made = contents.wait(store, work)
    session.tell({"file": made}, lambda: telling.line(f"added 已添加: {made.name} {made.id}"))


@file.command("list")
@TENANT
@click.argument("number")
@KIND_OPTION
@OF_RECORD
@click.pass_obj
def list_(session: Session, tenant: str, number: str, kind: str, record: bool) -> None:
    """列出 List the files of a case, the oldest first."""
    from renda_core.services import attachments

    with session.open(tenant) as workspace:
        about = _about(workspace, number, kind, record)
        found = workspace.ask(attachments.listed, session.actor(workspace), *about)
    rows = [(f.id, f.name, f.title, f"{f.size:,}", f"{f.made_at:%Y-%m-%d %H:%M}") for f in found]
    session.tell({"files": found}, lambda: telling.table(COLUMNS, rows, empty="no file 无附件"))


@file.command("get")
@TENANT
@click.argument("id")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def get(session: Session, tenant: str, id: str, path: Path) -> None:
    """取出 Write the content of a file, as it was added."""
    from renda_core.services import attachments, contents

    if path.exists():
        raise ConfigError("nothing was written", f"{path} exists already; choose another name")

    async def work(workspace: Workspace, shown: Attachment) -> None:
        pieces = await contents.content(workspace.store, _store(session), workspace.tenant, shown.id)
        part = path.with_name(f".{path.name}.part")
        try:
            with part.open("xb") as out:
                async for piece in pieces:
                    out.write(piece)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)

    with session.open(tenant) as workspace:
        shown = workspace.ask(attachments.show, session.actor(workspace), _id(id))
        contents.wait(workspace.store, work(workspace, shown))
    session.tell({"file": shown, "path": str(path)}, lambda: telling.line(f"written 已写出: {path} ({shown.name})"))


@file.command("erase")
@TENANT
@click.argument("id")
@click.pass_obj
def erase(session: Session, tenant: str, id: str) -> None:
    """删除 Erase a file for good, its row and its content."""
    from renda_core.services import attachments, contents

    with session.open(tenant) as workspace:
        workspace.do(attachments.erase, session.actor(workspace), _id(id))
        contents.wait(workspace.store, attachments.forget(_store(session), workspace.tenant, _id(id)))
    session.tell({"erased": id}, lambda: telling.line(f"erased 已删除: {id}"))


@file.command("sweep")
@TENANT
@click.pass_obj
def sweep(session: Session, tenant: str) -> None:
    """清理 Take away content that no file names, older than a day; name files whose content is lost."""
    from renda_core.services import contents

    with session.open(tenant) as workspace:
        store, files, whole = workspace.store, _store(session), workspace.tenant
        gone = contents.wait(store, contents.sweep(store, files, whole))
        lost = contents.wait(store, contents.missing(store, files, whole))
    data = {"objects": gone.objects, "pieces": gone.pieces, "lost": lost}

    def human() -> None:
        telling.line(f"taken away 已清理: {gone.objects}; lost 缺失: {len(lost)}")
        for id in lost:
            telling.line(f"  lost, restore it from a backup 请从备份恢复: {id}")

    session.tell(data, human)
    if lost:
        raise Exit(REFUSED)


def _store(session: Session) -> Objects:
    from renda_core.objects import objects_of

    return objects_of(session.home, os.environ)


def _about(workspace: Workspace, number: str, kind: str, record: bool) -> tuple[str, str]:
    from renda_core.cli import finding
    from renda_core.services.attaching import CASE, RECORD

    found: Any = _id(number) if record else workspace.read(finding.case_id, kind, number)
    return (RECORD if record else CASE), found


def _id(text: str) -> str:
    from renda_core.cli import finding

    return finding.as_id(text)
