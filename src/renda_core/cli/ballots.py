"""Commands on ballots: prepare, open, look, close, announce; files, papers and counts have modules of their own."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import TENANT, Group, Session
from renda_core.errors import ConfigError, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from renda_core.domain.case import Actor
    from renda_core.services.ballots import BallotView
    from renda_core.workspace import Workspace

BALLOT = click.argument("ballot")
"""A ballot by its title, its id, or the beginning of its id."""
A_FILE = click.Path(path_type=Path, dir_okay=False)
ROUND = click.option(
    "--round", "number", type=click.IntRange(1), default=None, help="轮次 Of this round; by default the last."
)
MOMENT = click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"])
PEOPLE: dict[str, Any] = {"multiple": True, "metavar": "NAME|ID"}
STANDING = {"entitled": "有表决权", "suspended": "暂停职务"}
ISSUED = {"paper": "纸质票", "device": "电子"}


@click.group(cls=Group)
def ballot() -> None:
    """票决 Votes of every kind: prepared, opened, cast, counted, announced; no number before its time."""


@ballot.command("list")
@TENANT
@click.pass_obj
def list_(session: Session, tenant: str) -> None:
    """列表 List the ballots that you may see, newest first."""
    from renda_core.domain.ballot.rounds import STATES
    from renda_core.services import ballots

    with session.open(tenant) as workspace:
        found = workspace.ask(ballots.listed, session.actor(workspace))
    rows = [(b.title or b.kind, STATES[b.state], b.round, b.subjects, b.secret, b.electronic, b.id) for b in found]
    columns = ("票决", "状态", "轮次", "事项数", "无记名", "电子", "编号")
    session.tell({"ballots": found}, lambda: telling.table(columns, rows, empty="no ballot 无票决"))


@ballot.command("show")
@TENANT
@BALLOT
@click.pass_obj
def show(session: Session, tenant: str, ballot: str) -> None:
    """查看 Show a ballot: its rule, rounds and, once announced, its numbers and the reason of every line."""
    from renda_core.cli import showing_ballots

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        view = seen(workspace, actor, ballot)
        showing_ballots.show(session, view)


@ballot.command("begin")
@TENANT
@BALLOT
@click.option("--present", **PEOPLE, help="出席 Somebody in the hall; without it everybody entitled.")
@click.option("--absent", **PEOPLE, help="缺席 Somebody entitled who is not in the hall.")
@click.option("--paper", **PEOPLE, help="领纸质票 Somebody handed a paper though the others vote by device.")
@click.option("--present-number", default=0, type=click.IntRange(0), help="出席人数 For a roll without names.")
@click.option("--closes", type=MOMENT, help="截止时间 When the box of this round shuts by itself.")
@click.pass_obj
def begin(session: Session, /, tenant: str, ballot: str, **given: Any) -> None:
    """开启投票 Open the prepared round: who is in the hall is noted, and the roll is frozen."""
    from renda_core.cli import finding
    from renda_core.services import ballots
    from renda_core.services.ballots import attending

    if given["present"] and given["absent"]:
        raise click.UsageError("name those --present or those --absent, not both")
    with session.open(tenant) as workspace:
        actor, today = session.actor(workspace), workspace.tenant.today

        def ids(names: Iterable[str]) -> tuple[str, ...]:
            return tuple(workspace.read(finding.person_id, name, today) for name in names)

        id = ballot_id(workspace, actor, ballot)
        present = ids(given["present"]) or None
        if given["absent"]:
            away = set(ids(given["absent"]))
            roll = workspace.ask(attending.roll, actor, id)
            present = tuple(e.person for e in roll if e.standing == "entitled" and e.person not in away)
        command = ballots.OpenRound(
            present=present,
            paper=ids(given["paper"]) or None,
            present_number=given["present_number"],
            closes_at=moment(given["closes"]),
        )
        workspace.do(ballots.open_round, actor, id, command)
        tell_state(session, workspace, actor, id, "open 投票中")


@ballot.command("roll")
@TENANT
@BALLOT
@click.pass_obj
def roll(session: Session, tenant: str, ballot: str) -> None:
    """名册 List who may vote in the present round, who is there, and what each was handed; never who has cast."""
    from renda_core.services.ballots import attending

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        found = workspace.ask(attending.roll, actor, ballot_id(workspace, actor, ballot))
    rows = [(e.name, STANDING.get(e.standing, e.standing), e.present, ISSUED.get(e.issued, e.issued)) for e in found]
    columns = ("姓名", "资格", "出席", "领票")
    session.tell({"roll": found}, lambda: telling.table(columns, rows, empty="no roll by name 无名册"))


@ballot.command("turnout")
@TENANT
@BALLOT
@click.pass_obj
def turnout(session: Session, tenant: str, ballot: str) -> None:
    """投票进度 Show how many have cast, never who and never how."""
    from renda_core.services import ballots

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        found = workspace.ask(ballots.turnout, actor, ballot_id(workspace, actor, ballot))
    numbers = [("实有代表", found.incumbent), ("有表决权", found.entitled), ("暂停职务", found.suspended)]
    numbers += [
        ("出席", found.present),
        ("领纸质票", found.by_paper),
        ("电子表决", found.by_device),
        ("已投", found.cast),
    ]
    session.tell(found, lambda: telling.table(("项目", "人数"), numbers, title=f"第{found.round}轮"))


@ballot.command("close")
@TENANT
@BALLOT
@click.pass_obj
def close(session: Session, tenant: str, ballot: str) -> None:
    """截止 Shut the box: every paper in it is on the board, and none comes after."""
    from renda_core.services import ballots

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        id = ballot_id(workspace, actor, ballot)
        workspace.do(ballots.close_round, actor, id)
        tell_state(session, workspace, actor, id, "closed 已截止")


@ballot.command("announce")
@TENANT
@BALLOT
@click.pass_obj
def announce(session: Session, tenant: str, ballot: str) -> None:
    """公布 Announce the counted round: its subjects take their steps, and a further round is prepared where due."""
    from renda_core.cli import showing_ballots
    from renda_core.services import ballots

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        id = ballot_id(workspace, actor, ballot)
        workspace.do(ballots.announce, actor, id)
        showing_ballots.show(session, workspace.ask(ballots.show, actor, id))


@ballot.command("audit")
@TENANT
@BALLOT
@click.pass_obj
def audit(session: Session, tenant: str, ballot: str) -> None:
    """核查 Name every row in which roll, board and journal disagree; exit code 1 where any does."""
    from renda_core.errors import Rejected
    from renda_core.services import ballots

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        wrong = workspace.ask(ballots.audit, actor, ballot_id(workspace, actor, ballot))
    if wrong:
        raise Rejected("roll, board and journal disagree", *wrong)
    session.tell({"whole": True}, lambda: telling.line("whole 名册、公告板与日志一致"))


def ballot_id(workspace: Workspace, actor: Actor, given: str) -> str:
    """Find a ballot by its id, the beginning of its id, or its title.

    Raises:
        NotFound: There is none, or none that the asker may see.
        Invalid: Several are called so.
    """
    from renda_core.cli import finding
    from renda_core.services import ballots

    if id := finding.as_id(given):
        return id
    found = workspace.ask(ballots.listed, actor)
    ids = [b.id for b in found if b.title == given] or [
        b.id for b in found if len(given) > 7 and b.id.startswith(given)
    ]
    if not ids:
        told = "or none that you may see; list them: renda ballot list TENANT"
        raise NotFound(f"no ballot {given!r}, {told}")
    if len(ids) > 1:
        raise Invalid(f"{len(ids)} ballots are called {given!r}; name one by its id: {', '.join(ids)}", field="ballot")
    return ids[0]


def seen(workspace: Workspace, actor: Actor, given: str) -> BallotView:
    """Load a ballot as somebody may see it."""
    from renda_core.services import ballots

    return workspace.ask(ballots.show, actor, ballot_id(workspace, actor, given))


def read_json(path: Path) -> dict[str, Any]:
    """Read a file that holds one JSON object.

    Raises:
        ConfigError: It is not there, or holds something else.
    """
    from renda_core.cli.trustee_files import read

    try:
        found = json.loads(read(path))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ConfigError("the file cannot be read", f"{path}: {error}") from None
    if not isinstance(found, dict):
        raise ConfigError("the file cannot be read", f"{path}: it holds no JSON object")
    return found


def write_json(session: Session, path: Path, data: object, told: dict[str, Any]) -> None:
    """Write a JSON file that appears whole or not at all, and say so."""
    from renda_core.files.written import whole_file

    with whole_file(telling.place(path)) as part:
        part.write_text(json.dumps(telling.plain(data), ensure_ascii=False, indent=1) + "\n", "utf-8")
    session.tell({"file": str(path), **told}, lambda: telling.line(f"written 已导出: {path}"))


def tell_state(session: Session, workspace: Workspace, actor: Actor, id: str, what: str) -> None:
    """Say how far a ballot is by now."""
    from renda_core.services import ballots

    view = workspace.ask(ballots.show, actor, id)
    now = view.rounds[-1]
    data = {"id": id, "title": view.title, "kind": view.kind, "version": view.version}
    data |= {"round": now.number, "state": now.state}
    session.tell(data, lambda: telling.line(f"{what}: {view.title or view.kind} 第{now.number}轮 {id}"))


def moment(given: dt.datetime | None) -> dt.datetime | None:
    """Take an hour as the county's clock shows it."""
    from renda_core.workspace import ZONE

    return given.replace(tzinfo=ZONE) if given else None
