"""Commands for a home and the tenants in it: make, apply, check and list."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import Command, Group, Session
from renda_core.domain.areas import LEVELS
from renda_core.errors import ConfigError

if TYPE_CHECKING:
    from renda_core.premises import Premises
    from renda_core.services.hosting.directory import Directory

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))


@click.command(cls=Command)
@click.pass_obj
def init(session: Session) -> None:
    """初始化 Make the data folder and the key that seals personal data."""
    from renda_core.cli.running import sqlite_note

    home = session.at()
    made = not home.key.exists()
    home.keys()
    (home.path / "tenants").mkdir(parents=True, exist_ok=True)
    data = {"home": str(home.path), "key": str(home.key), "made": made, "note": sqlite_note()}

    def human() -> None:
        telling.line(f"data 数据: {home.path}")
        telling.line(f"key 密钥: {home.key} ({'made now' if made else 'was here already'})")
        telling.line("Back the key up apart from the data: without it nobody reads a phone or ID number again,")
        telling.line("and with both together anybody does. 密钥与数据请分开备份。")
        if data["note"]:
            telling.aside(f"note: {data['note']}")

    session.tell(data, human)


@click.group(cls=Group)
def tenant() -> None:
    """县级单位 Tenants: one county, city or township each, described by a TOML file."""


@tenant.command("new")
@click.argument("code")
@click.argument("name")
@click.argument("level", type=click.Choice(LEVELS))
@click.option("--enable", multiple=True, metavar="PLUGIN", help="启用 A practice to enable; may be repeated.")
@click.option("--file", type=click.Path(path_type=Path), help="Where to write it; by default on stdout.")
@click.pass_obj
def new(session: Session, code: str, name: str, level: str, enable: tuple[str, ...], file: Path | None) -> None:
    """新建 Write the TOML file of a new tenant, with an id of its own."""
    from renda_core.catalogue import Catalogue
    from renda_core.cli.documents import check_code
    from renda_core.store.codec import new_id

    check_code(code, "CODE")
    if file is not None and file.exists():
        raise ConfigError("nothing was written", f"{file} exists already; choose another name")
    id, catalogue = new_id(), Catalogue.installed()
    if unknown := sorted(set(enable) - catalogue.offers.keys()):
        raise ConfigError("no such plugins", *unknown)
    enabled = enable or _own_kind(catalogue)
    written = _document(id, code, name, level, enabled, catalogue.summaries)
    if file is not None:
        file.write_text(written, "utf-8")
    data = {"id": id, "code": code, "name": name, "level": level, "plugins": sorted(enabled), "toml": written}
    told = f"written: {file}; apply it: renda tenant apply {file}" if file else written.rstrip("\n")
    session.tell({**data, "file": str(file) if file else None}, lambda: telling.line(told))


def _own_kind(catalogue: Any) -> tuple[str, ...]:
    """Name the practices that offer the core's own kind of case: a tenant without any could do nothing."""
    from renda_core.domain.procedure import Kind
    from renda_core.domain.suggestion import KIND

    offers = catalogue.offers.items()
    return tuple(n for n, records in offers if any(isinstance(r, Kind) and r.name == KIND for r in records))


def _document(id: str, code: str, name: str, level: str, enabled: tuple[str, ...], summaries: Any) -> str:
    def text(value: str) -> str:  # JSON's escapes are TOML's too
        return json.dumps(value, ensure_ascii=False)

    lines = [f"# {name}".replace("\n", " "), f"id = {text(id)}", f"code = {text(code)}", f"name = {text(name)}"]
    lines += [f"level = {text(level)}", '# extends = "…"  # a profile of the folder _profiles', ""]
    for plugin in sorted(summaries):
        mark = "" if plugin in enabled else "# "
        lines += [f"# {summaries[plugin]}".rstrip(), f"{mark}[plugins.{plugin}]", ""]
    return "\n".join(lines)


@tenant.command("apply")
@FILES
@click.pass_obj
def apply(session: Session, files: tuple[Path, ...]) -> None:
    """应用 Create or update tenants from their files; one mistake anywhere and nothing is done."""
    from renda_core.cli.documents import apply_all

    done = apply_all(session.at(), os.environ, files)
    _tell(session, done)


@tenant.command("check")
@FILES
@click.pass_obj
def check(session: Session, files: tuple[Path, ...]) -> None:
    """检查 Check tenants' files against the installed practices; every mistake at once, nothing is done."""
    from renda_core.cli.documents import check_all

    found = check_all(session.at(), os.environ, files)
    _tell(session, [{"code": f.code, "name": f.name, "state": "good", "plugins": sorted(f.plugins)} for f in found])


@tenant.command("list")
@click.pass_obj
def list_(session: Session) -> None:
    """列表 List the tenants here."""
    from renda_core.premises import alone

    kept, known = alone(session.at(), os.environ, _known)
    rows: list[dict[str, Any]] = []
    for e in known.entries.values():
        row = {"code": e.code, "name": e.name, "level": e.level, "state": e.state, "hosts": [*known.names(e.id)]}
        rows.append(row | {"silo": e.silo, "operator": e.operator})
        if not kept:  # of thousands nobody wants to open every one
            with session.open(e.code) as workspace:
                rows[-1] |= {"plugins": sorted(workspace.file.plugins), "absent": dict(workspace.tenant.absent)}

    def human() -> None:
        columns = ("代码", "名称", "层级", "状态 state", "域名 hosts" if kept else "启用 enabled")
        last = "hosts" if kept else "plugins"
        shown = [[row["code"], row["name"], row["level"], _state(row), row[last]] for row in rows]
        telling.table(columns, shown, empty="no tenant yet")
        for row in rows:
            for name, why in row.get("absent", {}).items():
                telling.line(f"{row['code']}: practice 做法 {name} is missing 缺失: {why}")

    session.tell({"tenants": rows}, human)


async def _known(premises: Premises) -> tuple[bool, Directory]:
    return premises.kept, await premises.look()


def _state(row: dict[str, Any]) -> str:
    from renda_core.cli.hosting import STATES

    return "运营方 operator" if row["operator"] else STATES[row["state"]]


def _tell(session: Session, rows: list[dict[str, Any]]) -> None:
    titles = {"code": "代码", "name": "名称", "state": "结果", "level": "层级", "plugins": "启用 enabled"}
    keys = list(rows[0]) if rows else []
    human = [[row[key] for key in keys] for row in rows]
    session.tell({"tenants": rows}, lambda: telling.table([titles[k] for k in keys], human, empty="no tenant yet"))


@click.command(cls=Command)
@click.pass_obj
def plugins(session: Session) -> None:
    """做法 List the installed practices, and why one of them cannot be used."""
    from renda_core.catalogue import Catalogue

    catalogue = Catalogue.installed()
    rows = [
        {"name": name, "summary": catalogue.summaries.get(name, ""), "settings": len(catalogue.parameters(name))}
        for name in sorted(catalogue.offers)
    ]

    def human() -> None:
        telling.table(("做法", "参数", "说明"), [(r["name"], r["settings"], r["summary"]) for r in rows])
        for name, why in catalogue.broken.items():
            telling.line(f"{name} cannot be used 不可用: {why}")

    session.tell({"plugins": rows, "broken": catalogue.broken}, human)
