"""Chinese words of ballots: answers, and what two tellers differ in as tired people read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from renda_core.domain.ballot import Rule
from renda_core.domain.ballot.clauses import CLAUSES
from renda_core.domain.ballot.rule import Base
from renda_core.domain.ballot.tallies import Gap, Marks
from renda_core.domain.ballot.verdict import Finding
from renda_core.domain.rates import Share

ANSWERS: Mapping[str, str] = {
    "for": "赞成",
    "against": "反对",
    "abstain": "弃权",
    "satisfied": "满意",
    "basically": "基本满意",
    "unsatisfied": "不满意",
    "unanswered": "未评价",
    "excellent": "优秀",
    "competent": "称职",
    "basically_competent": "基本称职",
    "incompetent": "不称职",
}
"""What is printed for an answer; a local ladder's own word is printed as it stands."""
BASES: dict[Base, str] = {
    "seats": "代表名额",
    "incumbent": "实有代表",
    "present": "出席代表",
    "issued": "发出票",
    "returned": "收回票",
    "valid": "有效票",
}
MOST_LINES = 60
"""Lines told of one bundle: two bundles entered under each other's name differ in everything."""
TITLE = 16
"""Characters of a title that such a line repeats."""
TELLERS = "甲乙"


def answer_title(rule: Rule, at: int) -> str:
    """Say what an answer is called: 赞成, 得票 where there is only one, 第1位 where places are given."""
    if rule.mode == "rank":
        return f"第{at + 1}位"
    if len(rule.answers) == 1:
        return "得票"
    return ANSWERS.get(rule.answers[at], rule.answers[at])


def clause_title(clause: str) -> str:
    """Say what a clause is called."""
    return CLAUSES.get(clause, clause)


def threshold(share: Share) -> str:
    """Write a threshold as officials say it: 超过 1/2, 达到 2/3."""
    return f"{'超过' if share.above else '达到'} {share.of}"


def ground(rule: Rule, finding: Finding) -> str:
    """Say on what a line was decided: the threshold that it reached, or the clause."""
    reached = [rung for rung in rule.rungs if rung.verdict == finding.verdict]
    return threshold(reached[0].share) if finding.clause == "pass" and reached else clause_title(finding.clause)


def noted(rule: Rule, finding: Finding) -> str:
    """Write on a case on what its line was decided: 40 / 实有代表 63 = 63.49 %，超过 1/2."""
    rate, told = finding.rate, ground(rule, finding)
    return f"{rate.hits} / {BASES[rule.base]} {rate.base} = {rate.shown}，{told}" if rate else told


@attrs.frozen(kw_only=True)
class Said:
    """Says what tellers differ in.

    Attributes:
        subjects: Titles, in the order of the paper.
        names: Of tellers, by id; one without a name is 计票人甲 or 计票人乙.
    """

    rule: Rule
    subjects: tuple[str, ...]
    names: Mapping[str, str]

    def alone(self, teller: str) -> str:
        """Say that only one teller has entered a bundle."""
        return f"只有{self.names.get(teller) or '一名计票人'}录入，还差另一名计票人"

    def told(self, gaps: Sequence[Gap], tellers: Sequence[str]) -> tuple[str, ...]:
        """Say each thing in one line, e.g. ``项目3「修桥」赞成：王秀英 31，李明 30``."""
        one, other = (self.names.get(id) or f"计票人{sign}" for id, sign in zip(tellers, TELLERS, strict=True))
        lines = [f"{what}：{one} {gap.first}，{other} {gap.second}" for gap, what in self._named(gaps)]
        left = len(lines) - MOST_LINES
        more = (f"另有 {left} 处不同，先看是否扎号录错",) if left > 0 else ()
        return (*lines[:MOST_LINES], *more)

    def _named(self, gaps: Sequence[Gap]) -> Iterator[tuple[Gap, str]]:
        for gap in gaps:
            if gap.what == "votes":
                yield gap, f"{self._subject(gap.subject)}{answer_title(self.rule, gap.answer)}"
            elif gap.what == "void":
                yield gap, f"无效票（{clause_title(gap.clause)}）"
            elif gap.what == "paper":
                yield gap, f"选票［{self._paper(gap.marks)}］的张数"
            else:
                yield gap, "本扎总张数" if gap.what == "papers" else "有效票"

    def _subject(self, at: int) -> str:
        title = self.subjects[at]
        return f"项目{at + 1}「{title if len(title) <= TITLE else title[: TITLE - 1] + '…'}」"

    def _paper(self, marks: Marks) -> str:
        """Write the marks of a paper as its line numbers: 赞成 1、3；反对 2; a blank one as 空白."""
        if self.rule.mode == "rank":
            places = sorted((answer, subject) for subject, answer in marks)
            return "、".join(f"第{answer + 1}位 项目{subject + 1}" for answer, subject in places) or "空白"
        found: dict[int, list[str]] = {}
        for subject, answer in marks:
            found.setdefault(answer, []).append(str(subject + 1))
        if len(self.rule.answers) == 1:
            return "选 " + "、".join(found[0]) if found else "空白"
        parts = (f"{answer_title(self.rule, answer)} {'、'.join(found[answer])}" for answer in sorted(found))
        return "；".join(parts) or "空白"
