"""The states of a livelihood project, and who reads what of it."""

from collections.abc import Iterator

from renda_core.records import CaseRecord, Facet, Kind, Party, Veil
from renda_plugins.livelihood_ballot.fields import KIND, Proposal

STATES = {
    "proposed": "征集",
    "shortlisted": "初选",
    "argued": "论证",
    "party_reviewed": "党委研究",
    "candidate": "候选",
    "submitted": "提请",
    "deliberated": "审议",
    "voting": "票决",
    "tied": "待再次票决",
    "decided": "确定",
    "announced": "公告",
    "underway": "实施",
    "done": "完成",
    "assessed": "测评",
    "archived": "归档",
    "failed": "未通过",
    "merged": "并项",
    "followed": "随主项目了结",
    "divided": "拆分",
    "declined": "不列入",
    "withdrawn": "撤回",
}
ENDED = "archived failed followed divided declined withdrawn"
COURSE, ADJUSTMENT, COMMITTEE = "course", "adjustment", "committee_review"
COURSES = {
    "waiting": "未开工",
    "going": "进行",
    "behind": "滞后",
    "changed": "已调整",
    "suspended": "暂缓",
    "terminated": "终止",
}
ADJUSTMENTS = {
    "none": "无",
    "asked": "申请中",
    "listed": "列入大会议程",
    "approved": "常委会已批准，待向大会报告",
    "adopted": "大会已决定",
    "reported": "已向大会报告",
    "refused": "已否决",
}
REVIEWED = {"none": "未审", "agreed": "同意"}
GRADES = {"satisfied": "满意", "basically": "基本满意", "unsatisfied": "不满意"}
INSIDE = "office government party_committee committee presidium congress director overseer"
"""Who works on projects, beside the deputies."""


def records() -> Iterator[CaseRecord]:
    """Offer the kind, its facets, its parties and its veils."""
    yield Kind(
        name=KIND,
        title="民生实事项目",
        opening="propose",
        body=Proposal,
        audience=f"{INSIDE} deputy author",
        public="publication:public",
        numbering="民生{year}-{n}",
        dimensions="level year source area",
        words="text area",
    )
    yield Party(kind=KIND, name="proposer", title="提出人")
    yield Party(kind=KIND, name="lead_unit", title="牵头单位")
    yield Party(kind=KIND, name="supervisor", title="监督代表")
    yield Facet(kind=KIND, title="状态", states=tuple(STATES), final=ENDED, titles=STATES)
    yield Facet(kind=KIND, name=COMMITTEE, title="常委会审议候选", states=tuple(REVIEWED), loose=True, titles=REVIEWED)
    # loose, for progress is watched by a practice of its own, which sets 滞后
    yield Facet(kind=KIND, name=COURSE, title="实施进展", states=tuple(COURSES), loose=True, titles=COURSES)
    yield Facet(
        kind=KIND, name=ADJUSTMENT, title="票决后调整", states=tuple(ADJUSTMENTS), loose=True, titles=ADJUSTMENTS
    )
    yield Facet(
        kind=KIND, name="grade", title="评估", states=("none", *GRADES), loose=True, titles={"none": "未评", **GRADES}
    )
    shown = {"internal": "未公开", "public": "已公开"}
    yield Facet(kind=KIND, name="publication", title="公开", states=tuple(shown), loose=True, titles=shown)
    yield Veil(kind=KIND, part="body.proposer", seen_by="office government overseer proposer author")
    yield Veil(kind=KIND, part="party.proposer", seen_by=f"{INSIDE} deputy proposer author")
    for step in ("party_review", "send_back", "committee_review"):
        yield Veil(kind=KIND, part=f"act.{step}", seen_by=f"{INSIDE} deputy")
