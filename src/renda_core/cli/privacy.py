"""Commands on personal data: the map, copies, erasure, consent, what is over, and numbers seen whole."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import TENANT, Group, Session
from renda_core.errors import ConfigError, Invalid

if TYPE_CHECKING:
    from renda_core.services.privacy.copying import Copy

WHO = click.argument("who")
REASON = click.option("--reason", required=True, metavar="TEXT", help="原因 Why; the journal keeps it apart, erasable.")


@click.group(cls=Group)
def privacy() -> None:
    """个人信息 Personal data: where they lie, copies and erasure for whom they are of, consent, retention."""


@privacy.command("map")
@click.pass_obj
def map_(session: Session) -> None:
    """清单 List every place where personal data lie: of whom, what for, how long."""
    from renda_core.services.privacy.places import PLACES

    rows = [(p.name, p.title, p.whose, p.why, p.kept, p.form) for p in PLACES]
    data = [dict(zip(("place", "title", "whose", "why", "kept", "form"), row, strict=True)) for row in rows]
    columns = ("位置", "内容", "谁的", "用途", "保存", "形式")
    session.tell({"places": data}, lambda: telling.table(columns, rows, fold=True))


@privacy.command("export")
@TENANT
@WHO
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@REASON
@click.pass_obj
def export(session: Session, tenant: str, who: str, file: Path, reason: str) -> None:
    """副本 Write all that is held of somebody, as .json, .xlsx, or a .zip of both; WHO is a person's id or a number."""
    from renda_core.services.privacy import copying

    endings = (".json", ".xlsx", ".zip")
    if file.suffix.lower() not in endings:
        raise ConfigError("nothing was written", f"{file}: name it {', '.join(endings)}")
    telling.place(file)
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        made = workspace.store.run(copying.copy(workspace.store, workspace.tenant, actor, who, reason))
    _write(made, file)
    rows = {name: len(part) for name, part in made.parts.items() if part}
    session.tell({"file": str(file), "rows": rows}, lambda: telling.line(f"written 已导出: {file} {rows}"))


def _write(made: Copy, file: Path) -> None:
    """Write a copy whole, or not at all, and for its owner's eyes."""
    from renda_core.files.workbook import write_workbook
    from renda_core.files.written import whole_file

    if file.suffix.lower() == ".xlsx":
        write_workbook(file, made.pages())
    elif file.suffix.lower() == ".json":
        with whole_file(file) as part:
            part.write_bytes(made.as_json())
    else:
        sheet = file.with_name(f".{file.stem}.xlsx")
        try:
            write_workbook(sheet, made.pages())
            with whole_file(file) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr("personal-data.json", made.as_json())
                packed.write(sheet, "personal-data.xlsx")
        finally:
            sheet.unlink(missing_ok=True)
    file.chmod(0o600)


@privacy.command("erase")
@TENANT
@WHO
@REASON
@click.option("--yes", is_flag=True, help="确认 Do not ask whether it is meant.")
@click.pass_obj
def erase(session: Session, tenant: str, who: str, reason: str, yes: bool) -> None:
    """删除 Erase what is held of somebody, for good; what the law keeps is told. WHO is a person's id or a number."""
    from renda_core.services.privacy import erasing

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        if not yes and session.json:
            raise Invalid("an erasure cannot be undone: say that it is meant with --yes", field="yes")
        if not yes:
            click.confirm("删除后无法恢复，确定吗？ It cannot be undone. Erase?", abort=True)
        done = workspace.store.run(erasing.erase(workspace.store, workspace.tenant, actor, who, reason))

    def human() -> None:
        telling.line(f"erased 已删除: {telling.cell(done.places) or '没有'}")
        for kept in done.kept:
            telling.line(f"  kept 保留: {kept}")

    session.tell(done, human)


@privacy.command("reveal")
@TENANT
@click.argument("what")
@click.argument("id")
@REASON
@click.pass_obj
def reveal(session: Session, tenant: str, what: str, id: str, reason: str) -> None:
    """查看全号 Show a sealed number whole: person.phone, person.id_number, unit.phone, station.phone, or case."""
    from renda_core.services.privacy import revealing

    with session.open(tenant) as workspace:
        found = workspace.do(revealing.reveal, session.actor(workspace), what, id, reason)
    session.tell({"values": found.values}, lambda: telling.table(("项", "内容"), found.values, empty="nothing 没有"))


@privacy.command("retention")
@TENANT
@click.option("--run", "run_", is_flag=True, help="执行 Take it away now instead of by night.")
@click.pass_obj
def retention(session: Session, tenant: str, run_: bool) -> None:
    """到期 Show what has been kept long enough, and would go tonight."""
    from renda_core import compliance
    from renda_core.services.privacy import retention as over

    with session.open(tenant) as workspace:
        actor, now = session.actor(workspace), workspace.tenant
        if run_:
            done = workspace.store.run(over.asked(workspace.store, now, actor))
            logs = over.logs(session.home / "logs", workspace.now(), compliance.of(now).log_days)
        else:
            done, logs = workspace.ask(over.preview, actor), ()
    rows = list(done.places.items())
    data = {"places": done.places, "left": done.left, "logs": logs, "done": run_}
    session.tell(data, lambda: telling.table(("位置", "数量"), rows, empty="nothing is over 没有到期的"))


@privacy.command("consents")
@TENANT
@click.option("--person", default="", metavar="ID", help="人员 Of one person, or of one case.")
@click.option("--after", default="", metavar="CURSOR", help="下一页 The page after.")
@click.pass_obj
def consents(session: Session, tenant: str, person: str, after: str) -> None:
    """同意 List consents, withdrawn ones too."""
    from renda_core.services.privacy import consent

    with session.open(tenant) as workspace:
        page = workspace.ask(consent.listed, session.actor(workspace), person, after)
    rows = [(c.id, c.person, consent.PURPOSES[c.purpose].title, c.given_at, c.withdrawn_at) for c in page.rows]
    columns = ("编号", "人员", "用途", "同意", "撤回")
    session.tell({"consents": page.rows, "after": page.after}, lambda: telling.table(columns, rows, empty="none"))


@privacy.command("purposes")
@click.pass_obj
def purposes(session: Session) -> None:
    """用途 List what may be agreed to, with the words to show."""
    from renda_core.services.privacy.consent import PURPOSES

    rows = [(p.name, p.title, p.version, p.words) for p in PURPOSES.values()]
    columns = ("名称", "用途", "版", "告知内容")
    session.tell({"purposes": tuple(PURPOSES.values())}, lambda: telling.table(columns, rows, fold=True))


@privacy.command("consent")
@TENANT
@click.argument("person")
@click.argument("purpose")
@click.pass_obj
def give(session: Session, tenant: str, person: str, purpose: str) -> None:
    """登记 Take down that somebody agreed to the present words of a purpose; PERSON is the id of a person or case."""
    from renda_core.services.privacy import consent

    with session.open(tenant) as workspace:
        made = workspace.do(consent.give, session.actor(workspace), person, purpose)
    session.tell(made, lambda: telling.line(f"taken down 已登记: {made.id}"))


@privacy.command("withdraw")
@TENANT
@click.argument("id")
@click.pass_obj
def withdraw(session: Session, tenant: str, id: str) -> None:
    """撤回 Take down that somebody agrees no more; their data are not used for it from now on."""
    from renda_core.services.privacy import consent

    with session.open(tenant) as workspace:
        made = workspace.do(consent.withdraw, session.actor(workspace), id)
    session.tell(made, lambda: telling.line(f"withdrawn 已撤回: {made.id}"))
