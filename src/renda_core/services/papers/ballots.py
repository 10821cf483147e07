"""What a vote on paper needs before it is counted: the paper to vote on, the list to sign for it, the tally by hand."""

from __future__ import annotations

from itertools import zip_longest

import attrs
from sqlalchemy import select

from renda_core import papers as p
from renda_core.domain.ballot.tallies import voiding
from renda_core.domain.case import Actor
from renda_core.errors import NotFound, Rejected
from renda_core.services import ballots, lookups
from renda_core.services.ballots.loading import refuse_all_but_those_who_run_it
from renda_core.services.ballots.views import BallotView, RoundView
from renda_core.services.ballots.words import ANSWERS, answer_title, clause_title
from renda_core.services.papers import ballot_words as words
from renda_core.services.sessions import chinese
from renda_core.store import ballots as rows
from renda_core.store import tables as t
from renda_core.store.compile import Query, keyed
from renda_core.store.roster import Named
from renda_core.store.unit import Reader
from renda_core.store.words import spellings
from renda_core.tenancy import Tenant

CONGRESS = Query(select(t.congress.c.id, t.congress.c.name).where(*keyed(t.congress, "id")), Named)
PLAIN = "票决"
"""What a vote is called of which nobody said what it is called."""
LINE = 9.0
"""Millimetres of a line to sign on."""
STROKES = 11.0
"""Millimetres of a line to tally on by the strokes of 正."""
WITH_SUMS = 4
"""Answers up to which a tally has a column for the sum beside the strokes."""
ACROSS = 2
"""Answers from which on a tally needs the sheet across."""


async def ballot_paper(reader: Reader, tenant: Tenant, actor: Actor, id: str, *, round: int = 0) -> p.Slip:
    """Lay out the paper of one round, the present one with 0; every copy of it is the same file.

    Raises:
        NotFound: There is no such ballot or round, or none of the reader's.
    """
    view = await seen(reader, tenant, actor, id)
    now = round_of(view, round)
    return slip(view, now, await holder(reader, tenant, view))


def slip(view: BallotView, now: RoundView, held_by: str) -> p.Slip:
    """Lay a round out as a paper to vote on."""
    rule = view.rule
    title = words.paper_title(rule, view.title)
    if rule.mode == "rank":
        marks: tuple[str, ...] = ("优先顺序",)
    elif len(rule.answers) == 1:
        marks = ("画“√”",)
    else:
        marks = tuple(ANSWERS.get(answer, answer) for answer in rule.answers)
    costs = [words.money(cost) for cost in now.costs] if now.costs else [""] * len(now.subjects)
    choices = (p.Choice(title=view.titles.get(s, s), figure=c) for s, c in zip(now.subjects, costs, strict=True))
    return p.Slip(
        name=title,
        tenant=held_by,
        title=title,
        subtitle=f"第{chinese(now.number)}轮" if now.number > 1 else "",
        rule=words.main_rule(rule, now.places, len(now.subjects), now.budget),
        head="测评事项" if rule.mode == "grade" else "项目名称",
        figures="所需资金（万元）" if now.costs else "",
        marks=marks,
        box="number" if rule.mode == "rank" else "sign",
        choices=tuple(choices),
        notes=tuple(words.notes(rule)),
        signed="" if rule.secret else "姓名",
    )


async def tally_paper(reader: Reader, tenant: Tenant, actor: Actor, id: str, *, round: int = 0) -> p.Paper:
    """Lay out a sheet on which a teller tallies one bundle by hand, in strokes of 正 (唱票、划票).

    Raises:
        NotAllowed: The reader neither leads the meeting nor counts.
    """
    view = await _run(reader, tenant, actor, id)
    now, rule = round_of(view, round), view.rule
    answers = [answer_title(rule, at) for at in range(len(rule.answers))]
    heads = [p.Column(title="序号", side="center"), p.Column(title="项目", width=2.2)]
    for title in answers:
        if len(answers) > WITH_SUMS:
            heads.append(p.Column(title=title, width=1))
        else:
            heads += [p.Column(title=f"{title}（划“正”）", width=3), p.Column(title="小计", width=0.9)]
    lines = [(str(n), view.titles.get(s, s), *[""] * (len(heads) - 2)) for n, s in enumerate(now.subjects, 1)]
    blank = [p.Fact("扎号", "第　　　扎"), p.Fact("本扎张数", "　　　　张"), p.Fact("有效票", "　　　　张")]
    blank.append(p.Fact("无效票合计", "　　　　张"))
    blank += [p.Fact(clause_title(clause), "　　　　张") for clause in voiding(rule)]
    facts = p.Facts(tuple(tuple(f for f in pair if f) for pair in zip_longest(blank[::2], blank[1::2])))
    note = "一名计票人一张，两人分开划票，互不核对；录入后由系统比对。有效票与无效票之和等于本扎张数。"
    return p.Paper(
        name=f"{view.title} 划票表",
        tenant=await holder(reader, tenant, view),
        title="划票表",
        subtitle=heading(view, now),
        sections=(
            p.Section(blocks=(facts,)),
            p.Section(blocks=(p.Table(columns=tuple(heads), rows=lines, tall=STROKES),), note=note),
        ),
        made=reader.now,
        signed=("唱票人", "计票人", "监票人"),
        across=len(answers) >= ACROSS,
    )


async def roll_paper(reader: Reader, tenant: Tenant, actor: Actor, id: str, *, round: int = 0) -> p.Paper:
    """Lay out the list on which everybody signs for a paper (领票登记表): names alone, by pinyin.

    It numbers people, and no paper; papers have no number that could stand beside a name.

    Raises:
        NotAllowed: The reader neither leads the meeting nor counts.
        Rejected: The roll of this ballot has no names.
    """
    view = await _run(reader, tenant, actor, id)
    now = round_of(view, round)
    roll = await reader.all(rows.ROLL, ballot_id=id, round=now.number)
    people = [r.person for r in roll if r.standing == "entitled" and _gets_paper(now, r)]
    if not people:
        raise Rejected("nothing to print", "nobody on the roll of this ballot is handed a paper by name")
    named = await lookups.named(reader, people)
    names = sorted((named.get(person, "") for person in people), key=lambda name: (spellings(name)[:1], name))
    cells = [(str(n), name, "") for n, name in enumerate(names, 1)]
    half = -(-len(cells) // 2)
    lines = [(*left, *right) for left, right in zip_longest(cells[:half], cells[half:], fillvalue=("", "", ""))]
    heads = (
        p.Column(title="序号", side="center"),
        p.Column(title="姓名", width=1),
        p.Column(title="领票人签名", width=1.4),
    )
    return p.Paper(
        name=f"{view.title} 领票登记表",
        tenant=await holder(reader, tenant, view),
        title="领票登记表",
        subtitle=f"{heading(view, now)}　应发 {len(names)} 人",
        sections=(
            p.Section(
                blocks=(p.Table(columns=heads * 2, rows=lines, tall=LINE),),
                note="本人领票，本人签名，一人一票。选票没有编号，本表不记录谁领了哪一张。",
            ),
        ),
        made=reader.now,
        signed=("发票人", "监票人"),
    )


def _gets_paper(now: RoundView, slot: rows.RollRow) -> bool:
    """Tell whether somebody is handed a paper: before the opening whoever may vote, afterwards whoever was noted."""
    return now.state == "prepared" or slot.issued == "paper"


async def _run(reader: Reader, tenant: Tenant, actor: Actor, id: str) -> BallotView:
    view = await seen(reader, tenant, actor, id)
    await refuse_all_but_those_who_run_it(reader, actor, await ballots.load(reader, id))
    return view


async def seen(reader: Reader, tenant: Tenant, actor: Actor, id: str) -> BallotView:
    """Look at a ballot as its reader may; one without a title of its own is called what its sort of vote is called."""
    view = await ballots.show(reader, tenant, actor, id)
    offered = tenant.practice.ballots.get(view.kind)
    return view if view.title else attrs.evolve(view, title=(offered and offered.title) or PLAIN)


def round_of(view: BallotView, number: int) -> RoundView:
    """Give one round of a ballot as seen, from 1; the last with 0."""
    if not 0 <= number <= len(view.rounds):
        raise NotFound(f"ballot {view.id} has no round {number}; it has {len(view.rounds)}")
    return view.rounds[number - 1]


def heading(view: BallotView, now: RoundView) -> str:
    """Name a round beneath the title of a paper."""
    return view.title + (f"（第{chinese(now.number)}轮）" if now.number > 1 else "")


async def holder(reader: Reader, tenant: Tenant, view: BallotView) -> str:
    """Say who holds the vote: the congress whose deputies vote, else whoever the system serves."""
    if not view.congress:
        return tenant.name
    return (await reader.one(CONGRESS, id=view.congress)).name
