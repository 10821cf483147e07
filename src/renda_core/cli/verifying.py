"""The check of an announced result by anybody who has the board and the result: no database, no network."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from renda_core.cli import showing_boxes, telling
from renda_core.cli.session import Command, Session
from renda_core.cli.trustee_files import FILE, read
from renda_core.errors import Rejected


@click.command(cls=Command)
@click.argument("board", type=FILE)
@click.argument("result", type=FILE)
@click.option(
    "--fingerprint", multiple=True, metavar="DIGITS", help="指纹 One of a trustee, from the minutes; demand it."
)
@click.option("--receipt", multiple=True, metavar="HEX", help="回执 One of a paper that must have been in the box.")
@click.pass_obj
def verify(session: Session, board: Path, result: Path, fingerprint: tuple[str, ...], receipt: tuple[str, ...]) -> None:
    """验票 Check an announced result against its board: signatures, numbers, count and verdict, all done again."""
    from renda_core import sealing

    report = sealing.verify(read(board), read(result), fingerprints=fingerprint, receipts=receipt)

    def human() -> None:
        for line in (*report.lines, *report.stated):
            showing_boxes.line(line)
        if not report.problems:
            telling.line("the result holds 结果无误")

    if report.problems:
        if not session.json:
            human()
        raise Rejected("the result does not hold 结果有误", *report.problems)
    session.tell({"holds": True, "lines": report.lines, "stated": report.stated}, human)
