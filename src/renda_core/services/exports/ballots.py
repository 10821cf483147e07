"""A count as a workbook, with its papers, so that anybody may count them again; and as a Pabulib file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import attrs

from renda_core import sealing
from renda_core.domain.ballot import Attendance, Ballot, Count, Paper, Rule, Verdict
from renda_core.domain.ballot.clauses import CLAUSES, clause_source
from renda_core.domain.ballot.disclosure import whole
from renda_core.domain.ballot.papers import count
from renda_core.domain.ballot.tallies import Marks, Sheet, gaps, merged, tidied
from renda_core.domain.case import Actor
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected
from renda_core.files.pabulib import Election
from renda_core.files.workbook import Page
from renda_core.services import ballots
from renda_core.services.ballots.boxes import opened_box
from renda_core.services.ballots.interchange import election_of
from renda_core.services.ballots.loading import may_run
from renda_core.services.ballots.sheet_files import BLANK, Voted, read_sheets
from renda_core.services.ballots.sheets import paper_count
from renda_core.services.ballots.views import BallotView, RoundView
from renda_core.services.ballots.words import BASES, Said, answer_title, clause_title, ground, threshold
from renda_core.services.papers import ballot_words as words
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

RESULTS, NUMBERS, PAPERS, RULE = "计票结果", "票数核对", "选票", "规则"
NO_PAPERS = "本次计票的选票没有逐张录入，或者只对主持票决和计票、监票的人开放，不附选票。"
WITH_PAPERS = (
    "每行一张选票，按内容排列，与投票先后、扎号无关；选票没有编号，也不对应任何人。",
    "如果事先约定了特殊的勾选组合，凭整张选票仍可能认出是谁投的；请勿转发本表。",
)
BETWEEN = ("公布", "复核")


@attrs.frozen(kw_only=True)
class Told:
    """One declared round with all that a workbook tells of it."""

    view: BallotView
    round: RoundView
    attendance: Attendance
    counted: Count
    verdict: Verdict

    @classmethod
    def of(cls, view: BallotView, number: int = 0) -> Told:
        """Take a round of a ballot as shown, from 1; with 0 the last that is declared.

        Raises:
            NotFound: There is no such round.
            Rejected: It is not declared yet.
            NotAllowed: Its numbers are not shown to the asker.
        """
        declared = [r.number for r in view.rounds if r.state == "declared"]
        number = number or (declared[-1] if declared else len(view.rounds))
        if not 0 < number <= len(view.rounds):
            raise NotFound(f"ballot {view.id} has no round {number}; it has {len(view.rounds)}")
        now = view.rounds[number - 1]
        if now.state != "declared":
            raise Rejected("nothing to export", f"round {number} is {now.state} and not announced yet (公布)")
        if now.attendance is None or now.counted is None or now.verdict is None:
            raise NotAllowed("fewer papers were cast than may be shown; the tellers and scrutineers hold the numbers")
        return cls(view=view, round=now, attendance=now.attendance, counted=now.counted, verdict=now.verdict)

    @property
    def voted(self) -> Voted:
        """What a sheet of papers of this round has columns for."""
        return Voted(rule=self.view.rule, subjects=tuple(self.titles))

    @property
    def titles(self) -> Iterator[str]:
        """What each subject is called, in the order of the paper."""
        return (self.view.titles.get(s, s) for s in self.round.subjects)


async def workbook(reader: Reader, tenant: Tenant, actor: Actor, id: str, *, round: int = 0) -> tuple[Page, ...]:
    """Gather the pages of a declared round: results, numbers, papers where they may be shown, and the rule.

    Raises:
        NotFound: There is no such ballot or round, or none of the asker's.
        Rejected: The round is not declared yet.
        NotAllowed: Its numbers are not shown to the asker.
    """
    told = Told.of(await ballots.show(reader, tenant, actor, id), round)
    return pages(told, await kept_papers(reader, actor, told))


async def election(reader: Reader, tenant: Tenant, actor: Actor, id: str, *, round: int = 0) -> Election:
    """Give a declared round as an election for a Pabulib file: projects and valid papers, nothing about voters.

    Raises:
        NotFound, Rejected, NotAllowed: As :func:`workbook`; and where the papers are not kept, or not shown.
        Invalid: Pabulib has no papers of this sort.
    """
    told = Told.of(await ballots.show(reader, tenant, actor, id), round)
    papers = await kept_papers(reader, actor, told)
    if papers is None:
        raise NotAllowed("the papers of this round are not kept one by one, or not shown to you")
    now, rule = told.round, told.view.rule
    days = {"date_begin": now.opened_at, "date_end": now.closed_at}
    first = now.opened_at or reader.now
    meta = {"description": told.view.title or told.view.kind, "country": "China", "unit": tenant.name}
    meta |= {"instance": str(first.year), **{key: f"{at:%d.%m.%Y}" for key, at in days.items() if at}}
    won = {f.subject for f in told.verdict.findings if rule.rungs and f.verdict == rule.rungs[0].verdict}
    titles = dict(zip(now.subjects, told.titles, strict=True))
    return election_of(rule, titles, papers, meta=meta, places=now.places, costs=now.costs, budget=now.budget, won=won)


async def kept_papers(reader: Reader, actor: Actor, told: Told) -> tuple[Paper, ...] | None:
    """Give every paper of a declared round that can be told one by one, in an order of its own, void ones too.

    Returns:
        None where some are not kept one by one, where so few were cast that single ones would be seen, or where the
        asker neither leads the meeting nor counts nor watches over the count.
    """
    ballot, number = await ballots.load(reader, told.view.id), told.round.number
    if not may_run(actor, ballot) or not whole(ballot.rule, told.counted):
        return None
    found = [tuple(marks) for marks in told.round.named.values()]
    file = await opened_box(reader, ballot.id, number)
    if file is not None:
        found += [tuple(paper) for paper in sealing.opened(file).papers]
    if told.attendance.returned > told.attendance.by_device:
        entered = await _entered(reader, attrs.evolve(ballot, rounds=ballot.rounds[:number]))
        if entered is None:
            return None
        found += entered
    again = count(ballot.rule, len(told.round.subjects), found, places=told.round.places)
    if (again.votes, again.valid) != (told.counted.votes, told.counted.valid):
        return None  # a void round counts nothing, and what is declared from outside is not what was entered here
    return tuple(sorted(tuple(sorted(paper)) for paper in found))


async def _entered(reader: Reader, ballot: Ballot) -> tuple[Marks, ...] | None:
    try:
        _, entered = await paper_count(reader, ballot)
    except Rejected:  # the tellers never agreed, and the round was declared from outside
        return None
    return entered


def pages(told: Told, papers: Sequence[Paper] | None) -> tuple[Page, ...]:
    """Lay a round out as the pages of a workbook; without papers there is no page of them, and a note says so."""
    results = Page(RESULTS, tuple(_heads(told)), list(_results(told)), notes=() if papers is not None else (NO_PAPERS,))
    numbers = Page(NUMBERS, ("项目", "数量"), list(_numbers(told)))
    rule = Page(RULE, ("条款", "内容", "依据"), list(_rule(told.view.rule)), widths=(16, 42, 42))
    if papers is None:
        return results, numbers, rule
    columns = told.voted.form().columns[1:-1]
    listed = Page(PAPERS, [column.title for column in columns], list(_papers(told, papers)), notes=WITH_PAPERS)
    return results, numbers, listed, rule


def _heads(told: Told) -> Iterator[str]:
    yield from ("序号", "项目")
    if told.round.costs:
        yield "所需资金（元）"
    yield from (answer_title(told.view.rule, at) for at in range(len(told.view.rule.answers)))
    yield from ("占比", "票数", "基数", "结果", "依据", "依据来源", "说明")


def _results(told: Told) -> Iterator[tuple[object, ...]]:
    rule, now = told.view.rule, told.round
    found = {f.subject: f for f in told.verdict.findings}
    for n, (subject, title, row) in enumerate(zip(now.subjects, told.titles, told.counted.votes, strict=True), 1):
        cost = (now.costs[n - 1] / 100,) if now.costs else ()
        one = found.get(subject)
        if one is None:
            yield n, title, *cost, *row, *[""] * 7
            continue
        rate = (one.rate.shown, one.rate.hits, one.rate.base) if one.rate else ("", None, None)
        source = words.source_words(clause_source(rule, one.clause))
        verdict = words.verdict_title(rule, one), ground(rule, one), source, one.reason
        yield n, title, *cost, *row, *rate, *verdict


def _numbers(told: Told) -> Iterator[tuple[str, object]]:
    a, counted = told.attendance, told.counted
    if a.seats:
        yield "代表名额", a.seats
    yield from (("实有代表", a.incumbent), ("出席", a.present), ("发出票", a.issued), ("收回票", a.returned))
    yield "其中电子票", a.by_device
    yield from (("有效票", counted.valid), ("无效票", counted.void))
    yield from ((f"无效：{clause_title(clause)}", n) for clause, n in counted.why_void.items())
    yield "有效票与无效票之和等于收回票", counted.valid + counted.void == a.returned
    yield "收回票不多于发出票", a.returned <= a.issued
    yield "结论", words.OUTCOMES[told.verdict.state]
    yield from (("说明", reason) for reason in (*told.verdict.reasons, *told.verdict.warnings))


def _rule(rule: Rule) -> Iterator[tuple[str, str, str]]:
    source = words.source_words(rule.source)
    yield "规则", " ".join(filter(None, (rule.name, rule.version))), source
    if rule.adopted:
        yield "通过", rule.adopted, ""
    yield "基数", BASES[rule.base], words.source_words(clause_source(rule, "base"))
    if rule.quorum:
        told = f"出席人数{threshold(rule.quorum)} {BASES[rule.quorum_of]}"
        yield "法定人数", told, words.source_words(clause_source(rule, "quorum"))
    for rung in rule.rungs:
        answers = "、".join(answer_title(rule, at) for at, a in enumerate(rule.answers) if a in rung.answers)
        yield "结果", f"{rung.verdict}：{answers}{threshold(rung.share)}", source
    yield from ((CLAUSES.get(name, name), "", words.source_words(rests)) for name, rests in rule.clauses.items())


def _papers(told: Told, papers: Iterable[Paper]) -> Iterator[list[object]]:
    """Write each paper as a teller would type it; one that is void by its marks alone is told by its clause."""
    rule, places, subjects = told.view.rule, told.round.places, len(told.round.subjects)
    left, signs = Counter(told.counted.why_void), told.voted.words()
    for paper in papers:
        void = next(iter(count(rule, subjects, [paper], places=places).why_void), "")
        left[void] -= 1
        cells: list[object] = [None] * subjects
        for s, answer in paper if void != "two_answers" else ():
            cells[s] = answer + 1 if rule.mode == "rank" else signs[answer]
        twice = len({s for s, _ in paper}) < len(paper)
        yield [
            clause_title(void) if twice else "" if paper else clause_title(BLANK),
            *([None] * subjects if twice else cells),
        ]
    for clause, n in left.items():
        for _ in range(n if clause else 0):
            yield [clause_title(clause), *[None] * subjects]


def papers_from_workbook(path: str | Path, told: Told, *, worksheet: str = PAPERS) -> tuple[Sheet, ...]:
    """Read the papers of a round from a workbook, ours or one that was filled in elsewhere; or from a CSV file.

    Raises:
        Invalid: With every problem, each with its place and remedy.
    """
    until = attrs.evolve(told.view, rounds=told.view.rounds[: told.round.number])
    csv = Path(path).suffix.lower() == ".csv"
    return read_sheets(path, until, bundle="1", worksheet="" if csv else worksheet)


def recounted(told: Told, sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """Count papers again and say in Chinese what differs from what was announced; nothing where all is equal.

    Raises:
        Invalid: There are no papers, or one marks what is not on it.
    """
    if not sheets:
        raise Invalid("there is no paper to count again", field="file")
    rule, subjects, places = told.view.rule, len(told.round.subjects), told.round.places
    again = merged(tidied(sheet, rule, subjects, places=places).counted for sheet in sheets)
    said = Said(rule=rule, subjects=tuple(told.titles), names=dict(zip(BETWEEN, BETWEEN, strict=True)))
    return said.told(gaps(_sheet(told.counted), _sheet(again)), BETWEEN)


def _sheet(counted: Count) -> Sheet:
    return Sheet(bundle="1", votes=counted.votes, valid=counted.valid, void=counted.why_void)
