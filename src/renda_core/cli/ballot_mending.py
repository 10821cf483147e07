"""Commands for a vote that cannot go on: annul the round, or appoint others to count and to hold the keys."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from renda_core.cli.ballots import A_FILE, BALLOT, PEOPLE, ballot_id, tell_state
from renda_core.cli.session import TENANT, Command, Session

REASON = click.option("--reason", required=True, help="理由 Why; it stands on record.")


@click.command("annul", cls=Command)
@TENANT
@BALLOT
@REASON
@click.pass_obj
def annul(session: Session, tenant: str, ballot: str, reason: str) -> None:
    """宣布无效 Annul the round under way before its count, and prepare it anew; its box is never opened."""
    from renda_core.services import ballots

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        id = ballot_id(workspace, actor, ballot)
        workspace.do(ballots.annul_round, actor, id, reason)
        tell_state(session, workspace, actor, id, "annulled 已宣布无效, prepared anew 重新准备")


@click.command("appoint", cls=Command)
@TENANT
@BALLOT
@click.option("--teller", "tellers", **PEOPLE, help="计票人 All who count from now on.")
@click.option("--scrutineer", "scrutineers", **PEOPLE, help="监票人 All who watch over the count from now on.")
@click.option("--trustee", "trustees", multiple=True, type=A_FILE, help="密钥保管人 The public files of all trustees.")
@REASON
@click.pass_obj
def appoint(
    session: Session,
    /,
    tenant: str,
    ballot: str,
    *,
    tellers: tuple[str, ...],
    scrutineers: tuple[str, ...],
    trustees: tuple[Path, ...],
    reason: str,
) -> None:
    """改派 Appoint other tellers or scrutineers before the count, or other trustees before a round is opened."""
    from renda_core.cli import finding
    from renda_core.cli.ballot_opening import trustee_in
    from renda_core.services import ballots

    keys = tuple(trustee_in(path) for path in trustees)
    with session.open(tenant) as workspace:
        actor, today = session.actor(workspace), workspace.tenant.today

        def ids(names: tuple[str, ...]) -> tuple[str, ...] | None:
            return tuple(workspace.read(finding.person_id, name, today) for name in names) or None

        id = ballot_id(workspace, actor, ballot)
        given = ballots.Appointment(
            reason=reason, tellers=ids(tellers), scrutineers=ids(scrutineers), trustees=keys or None
        )
        workspace.do(ballots.appoint, actor, id, given)
        tell_state(session, workspace, actor, id, "appointed 已改派")
