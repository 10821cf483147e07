"""The parameters of handling, each with the law's or a named rule's default; a span of 0: the place states none."""

from collections.abc import Mapping
from typing import Literal

import attrs

from renda_core.domain.calendar import Period
from renda_core.settings import setting

REFUSALS = {
    "private": "代表本人及其亲属的个人问题",
    "pending": "正在诉讼、仲裁、复议中的具体案件",
    "forwarded": "代转群众来信",
    "complaint": "申诉、控告、检举",
    "promotion": "学术探讨、产品推介",
    "bid": "具体项目招投标",
    "empty": "没有实际内容",
}
NO_LIMIT = Period(0)
"""What holds where a place states no span."""
CLASSES = {"A": "已经解决或者基本解决", "B": "正在解决或者列入计划", "C": "因条件所限以后解决", "D": "留作参考"}


@attrs.frozen(kw_only=True)
class Settings:
    """How a place handles suggestions."""

    reply: Period = setting(Period(3, "month"), source="代表法 51", title="答复期限")
    hard_reply: Period = setting(
        Period(6, "month"), source="代表法 51 (自交办之日起六个月)", title="涉及面广、处理难度大的答复期限"
    )
    hard_needs_consent: bool = setting(
        False, source="代表法 51 asks none; on: 山东 19, 青岛 25, 浙江 21", title="六个月答复须经交办机关同意"
    )
    counts_from: Literal["assignment", "receipt"] = setting(
        "assignment", source="代表法 51, 青岛, 重庆 21; receipt: 浙江 21, 河南 20", title="答复期限起算"
    )
    return_counts_from: Literal["assignment", "receipt"] = setting(
        "assignment",
        source="重庆 16, 河南 14; receipt: 山东 12, 青岛 19, 浙江 14",
        title="退件期限起算",
        unstated="assignment",  # as the law counts the reply
    )
    return_window: Period = setting(
        Period(10, "workday"), source="重庆 16, 河南 14", title="退件期限", unstated=NO_LIMIT
    )
    return_decision: Period = setting(
        Period(10, "workday"), source="重庆 16, 河南 14", title="改派期限", unstated=NO_LIMIT
    )
    returns_refused_by_time: bool = setting(
        True, source="U: a request nobody decides must not stop the clock's work", title="逾期未改派视为不同意退件"
    )
    assignment: Period = setting(Period(10, "workday"), source="重庆 13", title="闭会期间交办期限", unstated=NO_LIMIT)
    notify: Period = setting(
        Period(0),
        source="U: no limit; 浙江 has 7 days, of which we know neither the article nor from when they count",
        title="闭会期间告知代表期限",
        unstated=NO_LIMIT,
    )
    joint_opinion: Period = setting(Period(1, "month"), source="山东, 青岛", title="会办意见期限", unstated=NO_LIMIT)
    joint_opinion_redo: Period = setting(
        Period(0),
        source="U: as in the first round; 5 working days: 重庆 20",
        title="二次办理会办意见期限",
        unstated=NO_LIMIT,
    )
    opinion_counts_from: Literal["assignment", "receipt"] = setting(
        "assignment",
        source="重庆 20; receipt: 山东, 青岛, 浙江, 河南",
        title="会办意见期限起算",
        unstated="assignment",  # as the law counts the reply
    )
    contact: Period = setting(Period(20, "workday"), source="重庆 18", title="首次联系代表期限", unstated=NO_LIMIT)
    evaluation: Period = setting(Period(20, "workday"), source="重庆 27", title="代表评价期限", unstated=NO_LIMIT)
    roll: bool = setting(True, source="民法典 203, by analogy (U)", title="期限末日逢休息日顺延")
    evaluated_by: Literal["lead", "signers"] = setting(
        "lead", source="重庆 26, 山东 23; every signer as an option", title="评价由谁作出", unstated="lead"
    )
    delivered_to: Literal["signers", "lead", "agreed"] = setting(
        "signers",
        source="重庆, 河南, 浙江 (every signer); the lead relays: 青岛; the lead may relay if agreed: 山东",
        title="答复送达谁",
        unstated="signers",  # whoever signed is answered
    )
    unanswered_in_base: bool = setting(False, source="重庆 29", title="逾期未评计入满意率基数", unstated=False)
    unit_reads_after_close: bool = setting(
        False,
        source="咸宁 (article 003): 避免被满意; on: 河南 22, 浙江 23",
        title="办结后承办单位可见评价",
        unstated=False,
    )
    one_matter: bool = setting(True, source="山东, 青岛, 浙江, 河南, 重庆", title="一事一议", unstated=False)
    refusals: Mapping[str, str] = setting(REFUSALS, source="union of the five regulations", title="不作为建议的情形")
    reply_classes: Mapping[str, str] = setting(
        CLASSES, source="no single meaning in the country; this scheme: fsou 17010450", title="答复分类"
    )
    report_due: Literal["session", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] = setting(
        "session",
        source="代表法 51: printed for the next session; 11 (November): 重庆",
        title="年度办理情况报告期限",
        unit="next session, or month of the year",
    )
