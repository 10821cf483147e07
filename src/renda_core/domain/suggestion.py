"""A suggestion (代表建议、批评和意见): the core's own kind of case, its payloads, and how signers are counted."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Literal

import attrs

from renda_core.domain.case import Case, Handling
from renda_core.domain.fields import titled
from renda_core.errors import Invalid

KIND = "suggestion"
GRADES = ("satisfied", "basically", "unsatisfied", "unanswered")
"""满意, 基本满意, 不满意, 逾期未评."""
TITLES = {
    "satisfied": "满意",
    "basically": "基本满意",
    "unsatisfied": "不满意",
    "unanswered": "逾期未评",
}
SUPERVISORS = {
    "director": "主任会议成员",
    "government": "政府领导",
    "committee": "对口委员会",
    "office": "代表机构",
    "deputy": "督办代表",
}
"""Who may be named beside a key item: field of ``Supervisors``, and party role when ``_lead`` is added."""
KEY = {"none": "一般", "key": "重点督办"}
"""The states of facet ``key``. Source: 代表法 (2025) 52."""
Secrecy = Literal["", "state", "trade", "privacy"]
"""Why it may not be published: state secret, trade secret, personal privacy. Source: 重庆 36, 青岛 30."""


def _said(_: object, attribute: "attrs.Attribute[str]", value: str) -> None:
    if not value.strip():
        raise Invalid(f"{attribute.name} must not be empty", field=attribute.name)


@attrs.frozen(kw_only=True)
class Suggestion:
    """What is suggested.

    Attributes:
        text: The matter, its reasons and what is asked for.
        session: The session it was handed in at, e.g. ``"六届三次"``.
        in_session: Handed in during the session (大会期间), not between sessions (闭会期间).
        subject: What it is about, by the place's own list.
        delegation: The delegation that it comes from; *by_delegation* when the delegation itself signs.
        hard: 涉及面广、处理难度大: the longer class of time.
        matters: How many matters it holds; more than one is sent back where 一事一议 is on.
        preferred_unit: The unit that the deputy would like to handle it (Henan).
        secrecy: Why it may not be published; empty when it may.
    """

    text: str = attrs.field(validator=_said)
    session: str = ""
    in_session: bool = True
    subject: str = ""
    delegation: str = ""
    by_delegation: bool = False
    hard: bool = False
    matters: int = 1
    preferred_unit: str = ""
    secrecy: Secrecy = ""
    confidential: bool = False


@attrs.frozen(kw_only=True)
class Confirmation:
    """A co-signer's own word (附议确认)."""

    joins: bool = True


@attrs.frozen(kw_only=True)
class Refusal:
    """Why something is no suggestion (不作为建议), by the place's list of reasons."""

    reason: str = titled("不作为建议的情形", choices="refusals", validator=_said)


@attrs.frozen(kw_only=True)
class Promise:
    """A dated promise inside a reply (承诺事项): tracked on its own."""

    text: str = attrs.field(validator=_said)
    due: dt.date


@attrs.frozen(kw_only=True)
class Reply:
    """A written reply (答复).

    Attributes:
        document: The document's number (答复文号).
        reply_class: The place's own class code; its text is in the settings.
        signed_by: Who signed: the unit's head (主要负责人). An unsigned reply is none.
        met_on: The day it was talked over face to face (面商); None when it was not.
        open: Whether the unit agrees to publication.
    """

    document: str = titled("答复文号", validator=_said)
    reply_class: str = titled("答复分类", choices="reply_classes", validator=_said)
    signed_by: str = titled("签发人", validator=_said)
    text: str = titled("答复内容", default="")
    met_on: dt.date | None = titled("面商日期", default=None)
    promises: tuple[Promise, ...] = ()
    open: bool = titled("同意公开", default=True)


@attrs.frozen(kw_only=True)
class Opinion:
    """A joint unit's opinion (会办意见) to the lead."""

    text: str = titled("会办意见", default="")


@attrs.frozen(kw_only=True)
class Contact:
    """A talk with the deputy (联系代表) while the matter is handled."""

    how: str = titled("联系方式", default="")


@attrs.frozen(kw_only=True)
class Form:
    """One evaluation form (满意度测评表): of one signer, collected by the congress office.

    Attributes:
        of: The signer who filled it in; empty means the lead.
        attitude: The grade for how it was handled, beside the act's grade for the result.
        channel: How it was asked: paper, phone, visit, page.
    """

    of: str = titled("评价人", default="")
    attitude: str = titled("办理态度", default="")
    channel: str = titled("评价方式", default="")


@attrs.frozen(kw_only=True)
class Withholding:
    """Why a suggestion or its reply is not published."""

    reason: Literal["state", "trade", "privacy", "deputy", "unit"] = titled("不公开的情形")


@attrs.frozen(kw_only=True)
class Supervisors:
    """Who supervises a key item, as the list says it; several names in one field as they stand there."""

    director: str = titled(SUPERVISORS["director"], default="")
    government: str = titled(SUPERVISORS["government"], default="")
    committee: str = titled(SUPERVISORS["committee"], default="")
    office: str = titled(SUPERVISORS["office"], default="")
    deputy: str = titled(SUPERVISORS["deputy"], default="")


@attrs.frozen(kw_only=True)
class Commitment:
    """A promise as a case of its own: what, by when, in which suggestion."""

    text: str
    due: dt.date
    unit: str = ""


def signers(case: Case) -> tuple[str, ...]:
    """List who signs: the proposer, then each co-signer who confirmed, in that order."""
    joined = {a.by for a in case.took("cosign")}
    joined |= {p for a in case.took("cosign_on_paper") for p in a.parties.get("cosigner", ())}
    left = {a.by for a in case.took("decline_cosign")}
    invited = case.parties.get("cosigner", ())
    return (*case.parties.get("proposer", ()), *(p for p in invited if p in joined and p not in left))


def unanswered_invitations(case: Case) -> tuple[str, ...]:
    """List the invited co-signers who have said neither yes nor no."""
    spoken = {a.by for step in ("cosign", "decline_cosign") for a in case.took(step)}
    spoken |= {p for a in case.took("cosign_on_paper") for p in a.parties.get("cosigner", ())}
    return tuple(p for p in case.parties.get("cosigner", ()) if p not in spoken)


@attrs.frozen(kw_only=True)
class Voices:
    """Three different numbers of a merged group (并案): never one for another.

    Attributes:
        deputies: Distinct people who signed any of them.
        deliveries: Replies to hand over: one for every signature.
        forms: Evaluation forms: one for the lead of each suggestion.
    """

    deputies: int
    deliveries: int
    forms: int


def voices(cases: Sequence[Case]) -> Voices:
    """Count the signers of suggestions that were merged; merging keeps every one of them."""
    every = [signers(case) for case in cases]
    return Voices(
        deputies=len({person for signed in every for person in signed}),
        deliveries=sum(len(signed) for signed in every),
        forms=len(cases),
    )


def lowest(grades: Sequence[str]) -> str:
    """Give the least content of some grades; those who never answered do not count unless nobody did."""
    told = [g for g in grades if g != "unanswered"]
    order = {"satisfied": 0, "basically": 1, "unsatisfied": 2}
    return max(told, key=lambda g: order[g], default="unanswered")


def odd_mode(units: Sequence[tuple[str, Handling]]) -> str:
    """Say why units are not in one of the four modes (独办, 主办 with 会办, 分办); empty when they are."""
    n = Counter(role for _, role in units)
    good = n in ({"sole": 1}, {"separate": n["separate"]}) or (n["lead"] == 1 and set(n) <= {"lead", "joint"})
    if good and n["separate"] != 1 and (n["lead"] == 0 or n["joint"] > 0):
        return ""
    told = ", ".join(f"{count} {role}" for role, count in sorted(n.items())) or "nobody"
    return f"assign to one sole unit, or one lead with joint units, or two or more separate units; not {told}"
