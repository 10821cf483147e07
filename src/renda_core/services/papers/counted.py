"""What came of a vote, on paper: the count record (计票报告单) and the announcement (公告); neither before its time."""

from __future__ import annotations

from collections.abc import Iterator

from renda_core import papers as p
from renda_core.domain.ballot import Attendance, Count, Verdict
from renda_core.domain.ballot.clauses import clause_source
from renda_core.domain.ballot.verdict import Finding
from renda_core.domain.case import Actor
from renda_core.errors import NotAllowed, Rejected
from renda_core.services import lookups
from renda_core.services.ballots.views import BallotView, RoundView
from renda_core.services.ballots.words import BASES, answer_title, clause_title, ground, threshold
from renda_core.services.papers import ballot_words as words
from renda_core.services.papers.ballots import heading, holder, round_of, seen
from renda_core.services.sessions import chinese
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

SIDE_BY_SIDE = 3
"""Answers whose votes fit beside the verdict of a line; with more they have tables of their own."""
ON_A_LINE = 6
"""Answers whose votes fit beside each other."""
NOT_SHOWN = "票数过少，按规定不公布"
DAY = "　　　　年　　月　　日"
MOST_SIGNING = 4


async def record_paper(reader: Reader, tenant: Tenant, actor: Actor, id: str, *, round: int = 0) -> p.Paper:
    """Lay out the record of a count: numbers, votes by line, verdict with clause and source, and who signs.

    Args:
        round: Which one, from 1; with 0 the last that is counted.

    Raises:
        Rejected: It is not counted yet.
        NotAllowed: It is counted and not announced, and the reader neither counts nor announces.
    """
    view = await seen(reader, tenant, actor, id)
    now = _counted(view, round)
    a, counted, verdict = _numbers(now)
    known = await lookups.named(reader, {actor.id, actor.unit})
    signing = ("监票人",) * len(view.scrutineers) + ("计票人",) * len(view.tellers)
    return p.Paper(
        name=f"{view.title} 计票报告单",
        tenant=await holder(reader, tenant, view),
        title="计票报告单",
        subtitle=heading(view, now),
        sections=tuple(_record(view, now, a, counted, verdict)),
        made=reader.now,
        by=known.get(actor.id, ""),
        signed=signing if 1 < len(signing) <= MOST_SIGNING else ("监票人", "计票人"),
    )


def _counted(view: BallotView, number: int) -> RoundView:
    if number:
        return round_of(view, number)
    done = [r for r in view.rounds if r.state in ("counted", "declared")]
    return done[-1] if done else view.rounds[-1]


def _numbers(now: RoundView) -> tuple[Attendance, Count | None, Verdict]:
    """Give what a round came to, as far as its reader may see it; refuse before its time."""
    if now.state not in ("counted", "declared"):
        raise Rejected("nothing to print", f"round {now.number} is {now.state} and not counted yet (计票)")
    if now.attendance is None or now.verdict is None:
        told = f"round {now.number} is not announced yet; until then it is for its tellers, scrutineers and announcers"
        raise NotAllowed(told)
    return now.attendance, now.counted, now.verdict


def _record(
    view: BallotView, now: RoundView, a: Attendance, counted: Count | None, verdict: Verdict
) -> Iterator[p.Section]:
    yield p.Section(title="票数", blocks=(p.Facts(tuple(_attended(a, counted))),))
    yield p.Section(title="结论", blocks=(p.Facts(tuple((f,) for f in _concluded(view, verdict))),))
    found = {f.subject: f for f in verdict.findings}
    if found:
        yield from _lines(view, now, found)
    else:
        yield from _votes(view, now)


def _attended(a: Attendance, counted: Count | None) -> Iterator[tuple[p.Fact, ...]]:
    if a.seats:
        yield (p.Fact("代表名额", f"{a.seats} 名"),)
    yield p.Fact("实有代表", f"{a.incumbent} 名"), p.Fact("出席代表", f"{a.present} 名")
    device = f"（其中电子票 {a.by_device} 张）" if a.by_device else ""
    yield p.Fact("发出选票", f"{a.issued} 张"), p.Fact("收回选票", f"{a.returned} 张{device}")
    if counted is None:
        return
    yield p.Fact("有效票", f"{counted.valid} 张"), p.Fact("无效票", f"{counted.void} 张")
    if counted.why_void:
        told = "；".join(f"{clause_title(clause)} {n} 张" for clause, n in counted.why_void.items())
        yield (p.Fact("无效原因", told),)


def _lines(view: BallotView, now: RoundView, found: dict[str, Finding]) -> Iterator[p.Section]:
    """Write one line a subject: its votes where they fit, its share of the base, its verdict, and by which clause."""
    rule, few = view.rule, len(view.rule.answers) <= SIDE_BY_SIDE
    answers = [answer_title(rule, at) for at in range(len(rule.answers))] if few else []
    heads = (
        p.Column(title="序号", side="center"),
        p.Column(title="项目", width=2),
        *(p.Column(title=title, side="right") for title in answers),
        p.Column(title="占比", under=f"票数 / {BASES[rule.base]}", side="right"),
        p.Column(title="结果", width=0.9, side="center"),
        p.Column(title="依据", width=1.1, side="center"),
    )
    lines: list[tuple[str | p.Figure, ...]] = []
    for n, subject in enumerate(dict.fromkeys((*now.subjects, *found)), 1):  # under a budget earlier ones waited
        one = found[subject]
        rate = p.Figure(one.rate.shown, f"{one.rate.hits} / {one.rate.base}") if one.rate else p.Figure("—")
        votes = [str(one.votes[answer]) if answer in one.votes else "—" for answer in rule.answers] if few else []
        cells: tuple[str | p.Figure, ...] = (str(n), view.titles.get(subject, subject), *votes, rate)
        rests = p.Figure(ground(rule, one), words.source_words(clause_source(rule, one.clause)))
        lines.append((*cells, words.verdict_title(rule, one), rests))
    note = NOT_SHOWN if now.suppressed else ""
    yield p.Section(title="计票结果", blocks=(p.Table(columns=heads, rows=lines),), note=note)
    if not few:
        yield from _votes(view, now)


def _votes(view: BallotView, now: RoundView) -> Iterator[p.Section]:
    """Write the votes for every answer, so many beside each other as fit."""
    if now.counted is None or now.suppressed:
        return
    size = len(view.rule.answers)
    tables = []
    for start in range(0, size, ON_A_LINE):
        part = range(start, min(start + ON_A_LINE, size))
        heads = (
            p.Column(title="序号", side="center"),
            p.Column(title="项目", width=3),
            *(p.Column(title=answer_title(view.rule, at), width=1, side="right") for at in part),
        )
        lines = [
            (str(n), view.titles.get(s, s), *(str(row[at]) for at in part))
            for n, (s, row) in enumerate(zip(now.subjects, now.counted.votes, strict=True), 1)
        ]
        tables.append(p.Table(columns=heads, rows=lines))
    yield p.Section(title="各项票数", blocks=tuple(tables))


def _concluded(view: BallotView, verdict: Verdict) -> Iterator[p.Fact]:
    rule = view.rule
    yield p.Fact("结论", words.OUTCOMES[verdict.state])
    if verdict.clause not in ("", "pass"):  # what passed says so line by line
        source = words.source_words(clause_source(rule, verdict.clause))
        yield p.Fact("适用条款", clause_title(verdict.clause) + (f"　{source}" if source else ""))
    if verdict.rerun:
        again = "、".join(view.titles.get(s, s) for s in verdict.rerun)
        places = f"，名额 {verdict.places} 项" if verdict.places else ""
        yield p.Fact("再次票决", f"{again}{places}")
    if rule.rungs and rule.mode != "grade":
        yield p.Fact("通过标准", f"赞成票{threshold(rule.rungs[0].share)} {BASES[rule.base]}")
    if rule.version or rule.adopted:
        yield p.Fact("票决办法", "，".join(filter(None, (rule.version, rule.adopted))))
    if rule.advisory:
        yield p.Fact("效力", "结果供参考")


async def announcement_paper(reader: Reader, tenant: Tenant, actor: Actor, id: str, *, round: int = 0) -> p.Paper:
    """Lay out the announcement (公告) of a round that is announced; it says nothing of who printed it and when.

    Args:
        round: Which one, from 1; with 0 the last that is announced.

    Raises:
        Rejected: It is not announced yet.
    """
    view = await seen(reader, tenant, actor, id)
    done = [r for r in view.rounds if r.state == "declared"]
    now = round_of(view, round) if round else (done or view.rounds)[-1]
    if now.state != "declared":
        raise Rejected("nothing to print", f"round {now.number} is {now.state} and not announced yet (公布)")
    a, counted, verdict = _numbers(now)
    by = await holder(reader, tenant, view)
    signed = f"{by}主席团" if view.congress and "presidium" in view.rule.announced_by else by
    text = "\n".join((*_told(view, now, a, counted), *_decided(view, verdict), "现予公告。"))
    return p.Paper(
        name=f"{view.title} 公告",
        tenant=by,
        title="公　告",
        subtitle=heading(view, now),
        sections=(p.Section(blocks=(p.Prose(text), p.Issued((signed, DAY)))),),
        made=reader.now,
        outward=True,
    )


def _told(view: BallotView, now: RoundView, a: Attendance, counted: Count | None) -> Iterator[str]:
    """Say how many voted; how many papers were good only where the numbers may be shown."""
    what = view.title + (f"第{chinese(now.number)}轮" if now.number > 1 else "")
    by = "意见票选" if view.rule.advisory else "测评" if view.rule.mode == "grade" else "投票表决"
    told = f"{what}，以{'无记名' if view.rule.secret else '记名'}方式进行{by}。"
    told += f"实有代表 {a.incumbent} 名，出席 {a.present} 名，发出选票 {a.issued} 张，收回选票 {a.returned} 张"
    if counted is not None and not now.suppressed:
        told += f"，其中有效票 {counted.valid} 张，无效票 {counted.void} 张"
    yield f"{told}。"


def _decided(view: BallotView, verdict: Verdict) -> Iterator[str]:
    rule, titles = view.rule, view.titles
    if verdict.state in ("void", "refused"):
        yield f"{words.OUTCOMES[verdict.state]}（{clause_title(verdict.clause)}）。"
        return
    if rule.mode == "grade":
        yield "结果如下："
        for n, f in enumerate(verdict.findings, 1):
            yield f"{chinese(n)}、{titles.get(f.subject, f.subject)}：{words.verdict_title(rule, f)}"
        return
    passed = [f.subject for f in verdict.findings if f.verdict in {rung.verdict for rung in rule.rungs[:1]}]
    effect = "得到多数赞成，结果供决策参考" if rule.advisory else "获得通过"
    yield f"下列 {len(passed)} 项{effect}：" if passed else "没有项目获得通过。"
    for n, subject in enumerate(passed, 1):
        yield f"{chinese(n)}、{titles.get(subject, subject)}"
    if verdict.rerun:
        again = "、".join(f"“{titles.get(s, s)}”" for s in verdict.rerun)
        why = "票数相等" if verdict.state == "tied" else "未达到规定票数"
        yield (
            f"{again}{why}，将就剩余 {verdict.places} 个名额再次票决。"
            if verdict.places
            else f"{again}{why}，将再次票决。"
        )
