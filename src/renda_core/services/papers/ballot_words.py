"""Chinese words of printed ballots: what makes a paper good, how it is filled in, what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from renda_core.domain.ballot import Rule
from renda_core.domain.ballot.seating import AGAIN, TIED, WAITING
from renda_core.domain.ballot.verdict import Finding
from renda_core.services.ballots.words import ANSWERS, answer_title

OUTCOMES = {
    "decided": "已作出决定",
    "tied": "末位票数相等，须就这些项目再次票决",
    "short": "通过的项目不足应选数，须再次票决",
    "void": "本次票决无效，须重新票决",
    "refused": "按照规则不能作出决定",
}
"""What a round came to."""
FURTHER = {TIED: "票数相等，待再次票决", AGAIN: "待再次票决", WAITING: "待前面的项目确定"}
OWN = "U:"
"""How a source begins that is nobody's but ours."""
MONEY = 1_000_000
"""Fen in 10,000 yuan (万元)."""


def paper_title(rule: Rule, title: str) -> str:
    """Name the paper itself: a grading is a 测评票, an advisory vote a 票选票, any other a 票决票."""
    if title.endswith("票"):
        return title
    if rule.mode == "grade":
        return f"{title.removesuffix('测评')}测评票"
    return f"{title.removesuffix('票选')}票选票" if rule.advisory else f"{title.removesuffix('票决')}票决票"


def main_rule(rule: Rule, places: int, subjects: int, budget: int) -> str:
    """Say in one sentence what makes a paper good, from the rule itself."""
    most = places if rule.max_marks == "seats" else rule.max_marks
    if rule.mode == "budget":
        total = f"资金总额 {money(budget)} 万元，共 {subjects} 项"
        return f"{total}。{_at_most(most)}" if most is not None else f"{total}，赞成几项就选几项。"
    if rule.mode == "rank":
        told = f"共 {subjects} 项，应选 {places} 项。" if places else f"共 {subjects} 项。"
        return f"{told}用数字 1、2、3……写出优先顺序，同一数字不得重复。"
    if rule.mode == "choose":
        if most is None:
            return f"共 {subjects} 项，赞成几项就选几项。"
        return f"应选 {most} 项。{_at_most(most)}" if most == places else f"应选 {places} 项。每票{_at_most(most)}"
    told = "、".join(answer_title(rule, at) for at in range(len(rule.answers)))
    return f"每一项在{told}中只选一种。"


def _at_most(most: int) -> str:
    return f"等于或少于 {most} 项有效，多于 {most} 项无效。"


def notes(rule: Rule) -> Iterator[str]:
    """Say how the paper is filled in, and when it is void, as the rule has it."""
    if rule.mode == "rank":
        yield "认为应当最先办的，在其方框内写“1”，其次写“2”，依此类推；没有意见的不写。"
        yield "同一个数字写在两个项目上的，或者一个项目写两个数字的，该票无效。"
    elif len(rule.answers) == 1:
        yield "赞成的，在其右边的方框内画“√”；不赞成的不画。"
    else:
        yield "在所选意见下面的方框内画“√”。同一项画两个以上“√”的，该票无效。"
    if rule.blank == "void":
        yield "一项也没有标记的，该票无效。"
    else:
        yield "一项也没有标记的，是有效票，视为弃权。"
    yield "请用钢笔或签字笔填写，符号要准确、清楚；无法辨认的，该票无效。"
    yield "本票为无记名票，不要写姓名，不要作其他记号。" if rule.secret else "本票为记名票，请写上姓名。"
    if rule.advisory:
        yield "本次票选的结果供决策参考。"


def money(fen: int) -> str:
    """Write fen as 万元, without zeros that say nothing."""
    whole, rest = divmod(fen, MONEY)
    digits = f"{rest:06d}".rstrip("0")
    return f"{whole:,}" + (f".{digits}" if digits else "")


def verdict_title(rule: Rule, finding: Finding) -> str:
    """Say what came of one line."""
    if finding.verdict in FURTHER:
        return FURTHER[finding.verdict]
    if finding.verdict in ANSWERS and rule.mode == "grade":
        return ANSWERS[finding.verdict]
    first = {rung.verdict for rung in rule.rungs[:1]}
    if rule.mode != "grade" or len(rule.rungs) == 1:
        return (
            "通过" if finding.verdict in first else "未通过" if finding.verdict == rule.otherwise else finding.verdict
        )
    return finding.verdict


def source_words(source: str) -> str:
    """Write a source for people: what is nobody's but ours is called 本系统建议."""
    return f"本系统建议：{source.removeprefix(OWN).strip()}" if source.startswith(OWN) else source
