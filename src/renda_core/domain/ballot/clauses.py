"""Names of the clauses of a rule: stable, so that a verdict can say which of them decided, and on what it rests."""

from collections.abc import Mapping

from renda_core.domain.ballot.rule import Rule

CLAUSES: Mapping[str, str] = {
    "rule": "规则本身",
    "subjects": "表决事项",
    "places": "应选名额",
    "surplus": "差额",
    "budget": "资金总额",
    "roll": "名册与票数",
    "quorum": "法定人数",
    "void_round": "收回票多于发出票",
    "reconcile": "票数核对",
    "annulled": "宣布本轮无效",
    "base": "计算基数",
    "least_papers": "最低票数",
    "max_marks": "超过应选数",
    "two_answers": "一项多选",
    "rank_twice": "位次重复",
    "blank": "空白票",
    "unreadable": "无法辨认",
    "pass": "通过",
    "otherwise": "未达到要求",
    "cut": "名额之外",
    "tie": "末位票数相等",
    "runoff": "再次票决得票多者",
    "short": "通过不足名额",
    "rank": "排序",
    "shown_from": "公布下限",
    "officers": "监票人、计票人与表决事项无利害关系",
    "suspended": "暂停执行代表职务",
    "one_vote": "每人一票",
}
"""Every clause that a refusal, a void paper, a finding or a verdict may name, with the words people read."""

OURS: Mapping[str, str] = {
    "subjects": "U: nothing stands twice, and everything has a name",
    "roll": "U: no number can be more than the one it is part of",
    "reconcile": "U: numbers that disagree decide nothing",
    "annulled": "U: a round that cannot be counted is held again, with its reason on record",
    "unreadable": "U: what nobody can read says nothing",
}
"""What the engine asks for by itself, whatever the rule: no law is cited for it unless the rule does so."""


def clause_source(rule: Rule, clause: str) -> str:
    """Tell what a clause rests on: its own source, ours where no text says it, or else that of the whole rule."""
    return rule.clauses.get(clause) or OURS.get(clause) or rule.source


def objection(rule: Rule, clause: str, told: str) -> str:
    """Write an objection with its clause and what that rests on, e.g. ``… (surplus: U: 20 %)``."""
    source = clause_source(rule, clause)
    return f"{told} ({clause}: {source})" if source else f"{told} ({clause})"
