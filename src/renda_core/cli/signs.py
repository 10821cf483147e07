"""Commands on homes and stations: which there are, and what hangs on their walls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from renda_core.cli import printing, telling
from renda_core.cli.session import TENANT, Command, Group, Session

if TYPE_CHECKING:
    from renda_core.workspace import Workspace

KINDS = {"home": "代表之家", "station": "代表联络站", "point": "代表联系点"}
COLUMNS = ("编号", "类别", "名称", "区划", "地址", "代表", "标识")
FILE = click.argument("file", type=printing.A_FILE)
DEPUTY = click.option("--deputy", is_flag=True, help="代表 NAME is a deputy's, not a station's.")


@click.group("station", cls=Group)
def station() -> None:
    """家站 Homes and stations: which there are, and the codes and posters for their walls."""


@station.command("list", cls=Command)
@TENANT
@click.pass_obj
def list_stations(session: Session, tenant: str) -> None:
    """列出家站 List the homes and stations that are open today, with the number of deputies bound to each."""
    from renda_core.services import signs

    with session.open(tenant) as workspace:
        found = workspace.ask(signs.stations)
    rows = [(s.code, KINDS.get(s.kind, s.kind), s.name, s.township, s.address, len(s.deputies), s.id) for s in found]
    session.tell({"stations": found}, lambda: telling.table(COLUMNS, rows, empty="no home or station is open"))


@station.command("code", cls=Command)
@TENANT
@click.argument("name")
@FILE
@DEPUTY
@click.pass_obj
def code(session: Session, tenant: str, name: str, file: Path, deputy: bool) -> None:
    """二维码 Write the code of a station, by its code, id or name, as SVG."""
    from renda_core.files.written import whole_file
    from renda_core.services import signs

    place = telling.place(file)
    with session.open(tenant) as workspace:
        made = signs.deputy_sign if deputy else signs.station_sign
        sign = workspace.ask(made, _wanted(workspace, name, deputy))
    with whole_file(place) as part:
        part.write_bytes(signs.svg(sign))
    data = {"file": str(file), "title": sign.title, "address": sign.address}
    session.tell(data, lambda: telling.line(f"written 已导出: {file}  →  {sign.address}"))


@station.command("poster", cls=Command)
@TENANT
@click.argument("name")
@FILE
@DEPUTY
@click.pass_obj
def poster(session: Session, tenant: str, name: str, file: Path, deputy: bool) -> None:
    """海报 Print the poster of a station, by its code, id or name, as PDF: the code, the next days, the deputies."""
    from renda_core.services import signs

    telling.place(file)
    with session.open(tenant) as workspace:
        made = signs.deputy_poster if deputy else signs.station_poster
        paper = workspace.ask(made, _wanted(workspace, name, deputy))
    printing.write(session, file, paper)


def _wanted(workspace: Workspace, name: str, deputy: bool) -> str:
    """Give what the practice finds a station, or a deputy, by; a deputy's certificate number is found here."""
    from renda_core.cli import finding

    return workspace.read(finding.person_id, name, workspace.tenant.today) if deputy else name
