"""The command that prepares a ballot: what is voted on, by whom, counted and watched over by whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli.ballots import A_FILE, MOMENT, PEOPLE, moment, tell_state
from renda_core.cli.session import TENANT, Command, Session
from renda_core.domain.suggestion import KIND
from renda_core.errors import Invalid, NotFound

if TYPE_CHECKING:
    from renda_core.domain.ballot import Trustee
    from renda_core.workspace import Workspace


@click.command("open", cls=Command)
@TENANT
@click.argument("kind")
@click.option("--title", default="", help="标题 What it is called.")
@click.option("--subject", "subjects", required=True, **PEOPLE, help="表决事项 A case by number, a unit or a person.")
@click.option("--of", "of", default=KIND, show_default=True, help="种类 The kind of case that numbers name.")
@click.option("--places", default=0, type=click.IntRange(0), help="应选名额 How many of them can pass.")
@click.option(
    "--cost", "costs", multiple=True, type=click.IntRange(0), help="造价（分） What each costs, in this order."
)
@click.option("--budget", default=0, type=click.IntRange(0), help="资金总额（分） What there is for all of them.")
@click.option("--roll", **PEOPLE, help="表决人 Somebody who votes; or all of --congress.")
@click.option("--congress", default="", metavar="NAME|ID", help="人民代表大会 Whose deputies vote.")
@click.option(
    "--incumbent", default=0, type=click.IntRange(0), help="实有代表 With --roll: as many as are on it, if not given."
)
@click.option("--seats", default=0, type=click.IntRange(0), help="名额 Of a rule that counts by seats.")
@click.option("--method", default="", metavar="KIND:NUMBER", help="票决办法 The case of the adopted method.")
@click.option("--teller", "tellers", **PEOPLE, help="计票人 Somebody who counts.")
@click.option("--scrutineer", "scrutineers", **PEOPLE, help="监票人 Somebody who watches over the count.")
@click.option("--electronic", is_flag=True, help="电子表决 Papers may be cast by device.")
@click.option("--trustee", "trustees", multiple=True, type=A_FILE, help="密钥保管人 A trustee's public file.")
@click.option("--closes", type=MOMENT, help="截止时间 When the box shuts by itself.")
@click.pass_obj
def open_(session: Session, /, tenant: str, kind: str, **given: Any) -> None:
    """准备 Prepare a ballot of a KIND that an enabled practice offers, under the rule in force today."""
    from renda_core.cli import finding
    from renda_core.services import ballots

    trustees = tuple(trustee_in(path) for path in given["trustees"])
    with session.open(tenant) as workspace:
        actor, today = session.actor(workspace), workspace.tenant.today
        subjects = tuple(_subject(workspace, given["of"], name) for name in given["subjects"])
        people: dict[str, Any] = {
            name: tuple(workspace.read(finding.person_id, person, today) for person in given[name])
            for name in ("roll", "tellers", "scrutineers")
        }
        command = ballots.OpenBallot(
            kind=kind,
            subjects=subjects,
            congress=workspace.read(finding.congress_id, given["congress"], today) if given["congress"] else "",
            method=_method(workspace, given["method"]),
            trustees=trustees,
            closes_at=moment(given["closes"]),
            **people,
            **{
                name: given[name] for name in ("title", "places", "costs", "budget", "incumbent", "seats", "electronic")
            },
        )
        made = workspace.do(ballots.open_ballot, actor, command)
        tell_state(session, workspace, actor, made.id, "prepared 已准备")


def _subject(workspace: Workspace, kind: str, name: str) -> str:
    """Find what is voted on: a case by number, else a unit or a person; an id is taken as it is."""
    from renda_core.cli import finding

    if id := finding.as_id(name):
        return id
    try:
        return workspace.read(finding.case_id, kind, name)
    except NotFound:
        return workspace.read(finding.anyone, name, workspace.tenant.today)


def _method(workspace: Workspace, given: str) -> str:
    """Find the case of the adopted method."""
    from renda_core.cli import finding

    if not given or finding.as_id(given):
        return finding.as_id(given)
    kind, sign, number = given.replace("：", ":").partition(":")
    if not sign:
        raise Invalid(f"--method: {given!r}; write it as KIND:NUMBER", field="method")
    return workspace.read(finding.case_id, kind.strip(), number.strip())


def trustee_in(path: Path) -> Trustee:
    """Read a trustee's public file."""
    from renda_core.cli.trustee_files import read
    from renda_core.sealing.keys import read_trustee

    return read_trustee(read(path))
