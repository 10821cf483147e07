"""Commands that count a ballot: what two tellers enter apart, what they differ in, and the count of all papers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.ballot_files import refuse_ending
from renda_core.cli.ballots import A_FILE, BALLOT, ballot_id, read_json, seen
from renda_core.cli.session import TENANT, Command, Session
from renda_core.errors import Invalid

if TYPE_CHECKING:
    from renda_core.domain.ballot.tallies import Sheet
    from renda_core.services.ballots import BallotView
    from renda_core.services.ballots.sheets import Progress
    from renda_core.store.unit import Unit
    from renda_core.tenancy import Tenant

NUMBER = click.IntRange(0)
TABLES = (".xlsx", ".csv")


@click.command("enter", cls=Command)
@TENANT
@BALLOT
@click.argument("file", type=A_FILE, required=False)
@click.option("--bundle", default="", metavar="N", help="扎号 Of rows that name none; and of totals.")
@click.option("--totals", is_flag=True, help="合计 Ask for the totals of one bundle instead of reading a FILE.")
@click.option("--template", is_flag=True, help="空表 Write an empty workbook to fill in, into FILE.")
@click.pass_obj
def enter(
    session: Session, tenant: str, ballot: str, file: Path | None, *, bundle: str, totals: bool, template: bool
) -> None:
    """录入 Enter, as a teller (--as), bundles of papers from a FILE with a row for each paper, or their totals.

    Another teller enters the same bundles apart. Entered again, a bundle replaces your own entry and nobody else's.
    """
    from renda_core.services.ballots import sheet_files, sheets

    if (file is None) != totals or (template and totals):
        raise click.UsageError("give a FILE of papers, or --totals to be asked for the numbers of one bundle")
    if file is not None:
        refuse_ending(file, *(TABLES if not template else TABLES[:1]))
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        view = seen(workspace, actor, ballot)
        if template and file is not None:
            sheet_files.write_sheet_template(telling.place(file), view)
            session.tell({"file": str(file)}, lambda: telling.line(f"written 已导出: {file}"))
            return
        read = sheet_files.read_sheets(file, view, bundle=bundle) if file is not None else (_asked(view, bundle),)

        # Each bundle has a journal entry of its own; all are tried before the first is kept.
        for keep in (_tried, sheets.enter_sheet):
            done = [workspace.do(keep, actor, view.id, sheet) for sheet in read][-1]
    _progress(session, done)


@click.command("withdraw", cls=Command)
@TENANT
@BALLOT
@click.argument("bundle")
@click.pass_obj
def withdraw(session: Session, tenant: str, ballot: str, bundle: str) -> None:
    """撤回录入 Take back your own entry of a BUNDLE, e.g. one entered under another bundle's name."""
    from renda_core.services.ballots import sheets

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        done = workspace.do(sheets.withdraw_sheet, actor, ballot_id(workspace, actor, ballot), bundle)
    _progress(session, done)


@click.command("bundles", cls=Command)
@TENANT
@BALLOT
@click.pass_obj
def bundles(session: Session, tenant: str, ballot: str) -> None:
    """录入进度 List the bundles that are in, and whether both tellers agree; never what is on them."""
    from renda_core.services.ballots import sheets

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        found = workspace.ask(sheets.progress, actor, ballot_id(workspace, actor, ballot))
    _progress(session, found)


@click.command("differences", cls=Command)
@TENANT
@BALLOT
@click.pass_obj
def differences(session: Session, tenant: str, ballot: str) -> None:
    """比对 List what two tellers have not entered alike; for them and the scrutineers."""
    from renda_core.services.ballots import sheets

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        found = workspace.ask(sheets.differences, actor, ballot_id(workspace, actor, ballot))

    def human() -> None:
        for bundle in found:
            telling.line(f"第{bundle.bundle}扎")
            for told in bundle.lines:
                telling.line(f"  {told}")
        if not found:
            telling.line("no difference 两人录入一致")

    session.tell({"differences": found}, human)


@click.command("count", cls=Command)
@TENANT
@BALLOT
@click.option("--issued", type=NUMBER, default=None, help="发出票 Papers handed out; by default as the roll says.")
@click.option("--returned", type=NUMBER, default=0, help="收回票 Papers found in the urn.")
@click.option("--opened", type=A_FILE, help="开箱文件 The file in which the trustees opened the box.")
@click.pass_obj
def count(
    session: Session, tenant: str, ballot: str, *, issued: int | None, returned: int, opened: Path | None
) -> None:
    """计票 Count papers and box together and judge; the numbers stay with who counts until they are announced."""
    from renda_core.services import ballots

    file = read_json(opened) if opened is not None else None
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        id = ballot_id(workspace, actor, ballot)
        command = ballots.Counting(paper_issued=issued, paper_returned=returned, opened=file)
        after = workspace.do(ballots.count_round, actor, id, command)
    data = {"id": id, "round": len(after.rounds), "state": after.rounds[-1].state, "version": after.version}
    session.tell(data, lambda: telling.line("counted 已计票: not announced yet 尚未公布"))


@click.command("declare", cls=Command)
@TENANT
@BALLOT
@click.argument("file", type=A_FILE)
@click.option("--incumbent", type=NUMBER, required=True, help="实有代表.")
@click.option("--present", type=NUMBER, required=True, help="出席.")
@click.option("--issued", type=NUMBER, required=True, help="发出票.")
@click.option("--returned", type=NUMBER, required=True, help="收回票.")
@click.option("--seats", type=NUMBER, default=0, help="代表名额, of a rule that counts by them.")
@click.pass_obj
def declare(session: Session, /, tenant: str, ballot: str, file: Path, **numbers: int) -> None:
    """一次录入 Enter a count done outside, from a FILE with a row for each paper: judged and announced at once."""
    from renda_core.cli import showing_ballots
    from renda_core.domain.ballot import Attendance
    from renda_core.services import ballots
    from renda_core.services.ballots import sheet_files

    refuse_ending(file, *TABLES)
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        view = seen(workspace, actor, ballot)
        read = sheet_files.read_sheets(file, view, bundle="1")
        if any(sheet.void for sheet in read):
            told = "a paper is noted as void; give its marks, so that the rule itself says why it is void"
            raise Invalid(f"{file.name}: {told}", field="file")
        papers = [paper for sheet in read for paper in sheet.papers or ()]
        workspace.do(ballots.declare, actor, view.id, Attendance(**numbers), papers)
        showing_ballots.show(session, workspace.ask(ballots.show, actor, view.id))


async def _tried(unit: Unit, tenant: Tenant, id: str, sheet: Sheet) -> Progress:
    """Enter a bundle, and undo it: whatever stands against it is told."""
    from renda_core.services.ballots import sheets

    done = await sheets.enter_sheet(unit, tenant, id, sheet)
    unit.rehearse()
    return done


def _asked(view: BallotView, bundle: str) -> Sheet:
    """Ask for the totals of one bundle: typed at a prompt, so that no shell keeps them."""
    from renda_core.domain.ballot.tallies import Sheet, voiding
    from renda_core.services.ballots.words import answer_title, clause_title

    name = bundle or click.prompt("扎号 bundle", err=True)
    valid = _number("有效票 valid papers")
    void = {clause: _number(f"无效票：{clause_title(clause)}") for clause in voiding(view.rule)}
    votes = [
        tuple(
            _number(f"{n}. {view.titles.get(subject, subject)} {answer_title(view.rule, at)}")
            for at in range(len(view.rule.answers))
        )
        for n, subject in enumerate(view.rounds[-1].subjects, 1)
    ]
    return Sheet(bundle=name, votes=tuple(votes), valid=valid, void={c: n for c, n in void.items() if n})


def _number(what: str) -> int:
    given: int = click.prompt(what, type=NUMBER, default=0, show_default=True, err=True)
    return given


def _progress(session: Session, found: Progress) -> None:
    agree = {None: "待另一人录入", True: "一致", False: "不一致"}
    rows = [(b.name, len(b.tellers), agree[b.agrees]) for b in found.bundles]
    session.tell(found, lambda: telling.table(("扎", "已录入人数", "比对"), rows, empty="nothing entered 尚未录入"))
