"""What law and local rule attach to absence and to poor years, as data: articles by level, and what may be decided.

Nothing here ends a mandate: it ends on the grounds of 代表法 62 alone, by an announcement that people enter as an event
of the roster.

Source: 代表法 62, 63; 选举法 50, 51, 55; 银川市人民代表大会代表履职评价办法（试行）; 道外区 (article 004).
"""

from collections.abc import Mapping
from typing import Literal

import attrs

Reason = Literal["absence_notice", "absence_task", "poor_year", "poor_years"]
REASONS: Mapping[str, str] = {
    "absence_notice": "缺席提醒",
    "absence_task": "两次未经批准不出席，提请资格审查",
    "poor_year": "年度考核较差，约谈",
    "poor_years": "连续较差，研究劝辞或建议罢免",
}
"""What people call the reasons for which a case is opened."""
TWICE = 2
"""Sessions missed without approval that are a ground, in a row or not. Source: 代表法 62(3)."""


@attrs.frozen(kw_only=True)
class Article:
    """An article or a local rule, and what it says in our own words."""

    cite: str
    says: str

    def __str__(self) -> str:
        return f"{self.cite}：{self.says}"


ABSENT = Article(cite="代表法 62(3)", says="未经批准两次不出席本级人民代表大会会议的，代表资格终止，不以连续为限")
ANNOUNCED = Article(cite="代表法 63", says="由代表资格审查委员会报本级人大常委会，由常委会予以公告")
ANNOUNCED_TOWNSHIP = Article(cite="代表法 63", says="由代表资格审查委员会报本级人民代表大会，由大会予以公告")
GROUNDS = Article(cite="代表法 62", says="代表资格只因法定情形终止；考核结果只作履职管理，不影响代表资格")
RESIGNS = Article(cite="选举法 55", says="县级人大代表可以向本级人大常委会书面提出辞职，由常委会表决接受")
RESIGNS_TOWNSHIP = Article(cite="选举法 55", says="乡级人大代表可以向本级人民代表大会书面提出辞职，由大会表决接受")
RESIGNS_INDIRECT = Article(cite="选举法 55", says="可以向选举他的人民代表大会的常委会书面提出辞职")
RECALLED = Article(cite="选举法 50", says="原选区选民五十人以上联名，可以向县级人大常委会书面提出罢免要求")
RECALLED_TOWNSHIP = Article(cite="选举法 50", says="原选区选民三十人以上联名，可以向县级人大常委会书面提出罢免要求")
RECALLED_INDIRECT = Article(cite="选举法 51", says="由原选举单位依法提出罢免案")


@attrs.frozen(kw_only=True)
class Outcome:
    """What may be decided on a case.

    Attributes:
        title: What people call it, with the articles it rests on.
        reasons: For which cases it may be decided.
        source: Law or local rule; begins with "U" where none is known.
    """

    title: str
    reasons: frozenset[str]
    source: str


OUTCOMES: Mapping[str, Outcome] = {
    "no_further_action": Outcome(
        title="不再处理", reasons=frozenset(REASONS), source="U: people may always let it rest"
    ),
    "observe": Outcome(
        title="继续观察，到期复查", reasons=frozenset(REASONS), source="U: no text asks for a second look"
    ),
    "advise_resign": Outcome(
        title="劝辞（选举法第55条，由本人决定）",
        reasons=frozenset({"poor_years"}),
        source="道外区 (article 004); 银川履职评价办法; 选举法 55",
    ),
    "refer_credentials": Outcome(
        title="提请代表资格审查（代表法第62条第3项、第63条）",
        reasons=frozenset({"absence_task"}),
        source="代表法 62(3), 63",
    ),
    "propose_recall": Outcome(
        title="建议依法启动罢免程序（选举法第50、51条）",
        reasons=frozenset({"poor_years"}),
        source="银川履职评价办法; 选举法 50, 51",
    ),
}
"""What is chosen from; points lead to no review of credentials, for they are no ground of 代表法 62."""
ASKED = frozenset({"advise_resign", "propose_recall"})
"""Outcomes to which the deputy is asked for an answer."""
BODIES: Mapping[str, str] = {
    "office": "代表工作机构",
    "chairpersons": "常委会主任会议",
    "committee": "常委会会议",
    "credentials": "代表资格审查委员会",
    "presidium": "主席团",
    "congress": "人民代表大会",
}
"""Who may decide."""
OF_COMMITTEES = frozenset({"chairpersons", "committee"})
"""Bodies that a township has not: it has no standing committee. Source: 代表法 63, which names its congress instead."""
OF_TOWNSHIPS = frozenset({"presidium"})
"""Between sessions of a township's congress its presidium acts; elsewhere the standing committee does."""


def articles(reason: str, level: str, local_rule: str = "") -> tuple[str, ...]:
    """Give the articles that a case cites, as its level has them.

    Args:
        local_rule: The place's own rule on assessment, which poor years rest on; another place's binds nobody here.
    """
    township, direct = level == "township", level in ("county", "township")
    announced = ANNOUNCED_TOWNSHIP if township else ANNOUNCED
    resigns = RESIGNS_TOWNSHIP if township else RESIGNS if direct else RESIGNS_INDIRECT
    recalled = RECALLED_TOWNSHIP if township else RECALLED if direct else RECALLED_INDIRECT
    cited = {
        "absence_notice": (ABSENT,),
        "absence_task": (ABSENT, announced),
        "poor_year": (GROUNDS,),
        "poor_years": (resigns, recalled, GROUNDS),
    }
    own = (local_rule.strip(),) if local_rule.strip() and reason.startswith("poor") else ()
    return (*own, *(str(article) for article in cited[reason]))
