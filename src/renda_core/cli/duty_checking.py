"""Commands that check duty records: confirm, refuse, correct, withdraw, appeal, and decide appeals."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli.duty import EVIDENCE, FACT, QUANTITY, RECORD, TITLE, changes, kind_of, tell
from renda_core.cli.ledgers import day
from renda_core.cli.session import TENANT, Command, Session

if TYPE_CHECKING:
    from renda_core.domain.duty import Do

WHY = click.option("--why", default="", help="理由 Why; needed for all but confirming.")
ON = click.option("--on", callback=day, metavar="DATE", help="日期 Another day.")


def _mark(session: Session, tenant: str, record: str, do: Do, done: str, why: str, **given: Any) -> None:
    """Make a mark on a record as it stands now."""
    from renda_core.services import duty as records

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        before = workspace.ask(records.record, actor, record)
        new = changes(given, kind_of(workspace, before.kind))
        if "facts" in new:  # those that the command line does not name stay
            new["facts"] = {**before.facts, **new["facts"]}
        asked = records.Marking(id=before.id, do=do, why=why, seen=len(before.history), changes=new)
        tell(session, workspace, workspace.do(records.mark, actor, asked), done)


def _plain(do: Do, done: str, help_: str) -> Command:
    """Make a command that changes no field."""

    @click.command(do, cls=Command, help=help_)
    @TENANT
    @RECORD
    @WHY
    @click.pass_obj
    def command(session: Session, tenant: str, record: str, why: str) -> None:
        _mark(session, tenant, record, do, done, why)

    return command


def _changing(do: Do, done: str, help_: str) -> Command:
    """Make a command that may change fields."""

    @click.command(do, cls=Command, help=help_)
    @TENANT
    @RECORD
    @WHY
    @ON
    @QUANTITY
    @TITLE
    @EVIDENCE
    @FACT
    @click.pass_obj
    def command(session: Session, /, tenant: str, record: str, why: str, **given: Any) -> None:
        _mark(session, tenant, record, do, done, why, **given)

    return command


MADE: tuple[tuple[Callable[[Do, str, str], Command], Do, str, str], ...] = (
    (_plain, "confirm", "confirmed 已核实", "核实 Confirm an entered record: from now on it counts."),
    (_plain, "refuse", "refused 已驳回", "驳回 Refuse a record, with the reason: it does not count."),
    (_plain, "appeal", "appealed 已申诉", "申诉 Appeal as the deputy (--as); what counted counts until it is decided."),
    (_plain, "uphold", "upheld 已维持", "维持 Decide an appeal against the deputy, with the reason."),
    (
        _changing,
        "grant",
        "granted 已采纳",
        "采纳 Decide an appeal for the deputy: what was refused is confirmed, what counted is withdrawn or corrected.",
    ),
    (_changing, "correct", "corrected 已更正", "更正 Correct a record; what it was before stays in its history."),
    (_plain, "withdraw", "withdrawn 已撤销", "撤销 Withdraw a record: it counts no more, and stays to be read."),
)
COMMANDS = tuple(make(do, done, help_) for make, do, done, help_ in MADE)
"""One command for each mark that people make."""
