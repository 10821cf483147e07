"""Casting at a station: the paper is marked at a prompt and sealed in this process; nothing open leaves it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.ballots import BALLOT, seen
from renda_core.cli.session import TENANT, Command, Session
from renda_core.errors import Rejected

if TYPE_CHECKING:
    from renda_core.services.ballots import BallotView
    from renda_core.store.unit import Reader

Marks = list[tuple[int, int]]
APART = re.compile(r"[\s,，、;；]+")


@click.command("cast", cls=Command)
@TENANT
@BALLOT
@click.pass_obj
def cast(session: Session, tenant: str, ballot: str) -> None:
    """投票 Vote at this machine, as who acts (--as): marks are asked for, hidden, and sealed before they are stored.

    Marks are never given on the command line, which the machine would keep. They are asked twice, for they are not
    shown while they are typed.
    """
    from renda_core import sealing
    from renda_core.services import ballots

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        view = seen(workspace, actor, ballot)
        if not view.rule.secret:
            workspace.do(ballots.cast_named, actor, view.id, _marked(view))
            session.tell({"ballot": view.id, "cast": True}, lambda: telling.line("cast 已投票"))
            return
        if not view.size:
            raise Rejected("no paper is cast here", "this ballot is not cast by device; it is on paper")

        async def sheet(reader: Reader) -> sealing.Sheet:
            return await ballots.sheet_of(reader, await ballots.load(reader, view.id))

        sealed = sealing.seal(workspace.read(sheet), _marked(view))
        done = workspace.do(ballots.cast, actor, view.id, sealed)
    session.tell(done, lambda: telling.line(f"cast 已投票; receipt 回执: {done.hash}"))


def _marked(view: BallotView) -> Marks:
    """Ask for the marks of the present round, again where the paper would be void."""
    from renda_core.domain.ballot import count
    from renda_core.services.ballots.words import answer_title

    now, rule = view.rounds[-1], view.rule
    for n, subject in enumerate(now.subjects, 1):
        telling.aside(f"{n:3d}. {view.titles.get(subject, subject)}")
    if rule.mode == "rank":
        told = "按优先顺序写序号 numbers in your order of priority"
    elif len(rule.answers) == 1:
        told = "赞成的序号 numbers of those you are for"
    else:
        signs = "、".join(f"{at}={answer_title(rule, at - 1)}" for at in range(1, len(rule.answers) + 1))
        told = f"依次写每项的选择 one digit for each line in order ({signs}, 0=不选)"
    while True:
        again = "再写一遍 once more"
        text = click.prompt(told, hide_input=True, confirmation_prompt=again, default="", show_default=False, err=True)
        try:
            marks = read_marks(text, rule.mode, len(now.subjects), len(rule.answers))
        except ValueError as wrong:
            telling.aside(f"  {wrong}")
            continue
        if not count(rule, len(now.subjects), [marks], places=now.places).void:
            return marks
        telling.aside("  这样的票无效，请重写 a paper marked so is void; mark it again")


def read_marks(text: str, mode: str, subjects: int, answers: int) -> Marks:
    """Read what somebody typed as marks; nothing typed is a blank paper.

    Raises:
        ValueError: It cannot be read; the message repeats nothing of it, for it is somebody's vote.
    """
    parts = [part for part in APART.split(text.strip()) if part]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError("只写数字 digits alone, with commas or spaces between")
    numbers = [int(part) for part in parts]
    if mode != "rank" and answers > 1:
        if len(numbers) == 1 and len(parts[0]) == subjects > 1:
            numbers = [int(digit) for digit in parts[0]]
        if numbers and len(numbers) != subjects:
            raise ValueError(f"共 {subjects} 项，每项一个数字 one digit for each of {subjects} lines")
        if any(n > answers for n in numbers):
            raise ValueError(f"数字为 0 至 {answers} digits from 0 to {answers}")
        return [(at, n - 1) for at, n in enumerate(numbers) if n]
    if any(not 1 <= n <= subjects for n in numbers) or len(set(numbers)) < len(numbers):
        raise ValueError(f"序号为 1 至 {subjects}，不重复 numbers from 1 to {subjects}, each once")
    if mode == "rank":
        if len(numbers) > answers:
            raise ValueError(f"最多排 {answers} 位 at most {answers} places")
        return [(n - 1, place) for place, n in enumerate(numbers)]
    return [(n - 1, 0) for n in sorted(numbers)]
