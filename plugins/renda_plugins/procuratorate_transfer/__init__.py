"""检察建议转化: what harms the public interest also goes to the procuratorate, beside its handling.

Source: 孝感 (2022) 3 (the fields; handed over together with the normal assignment), 4 (the procuratorate decides;
where it takes the matter up, its documents are copied within ten days to 监察和司法委员会 and 代表工作委员会);
further fields: qysrd.gov.cn/qyrd/lifa/129, 3; 咸宁 (article 003: 1 + 4 + 4 = 9 suggestions, 平安建设 among the fields).
"""

from collections.abc import Iterator, Mapping

import attrs

from renda_core import hookimpl
from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.domain.procedure import GRADE, Move
from renda_core.domain.suggestion import KIND
from renda_core.records import CaseRecord, ClockRule, Context, Facet, Gate, Guard, Page, Party, Step, Veil, when
from renda_core.settings import setting
from renda_plugins.procuratorate_transfer.transfers import STATES, Transfers, transfers

FIELDS = {
    "environment": "生态环境保护",
    "food_drugs": "食品药品安全",
    "state_property": "国有财产保护",
    "state_land": "国有土地使用权出让",
    "martyrs": "英雄烈士保护",
    "minors": "未成年人保护",
    "soldiers": "军人地位和权益保障",
    "work_safety": "安全生产",
    "personal_data": "个人信息保护",
    "antitrust": "反垄断",
    "telecom_fraud": "反电信网络诈骗",
    "farm_products": "农产品质量安全",
    "women": "妇女权益保障",
    "accessibility": "无障碍环境建设",
    "heritage": "文物和文化遗产保护",
    "public_safety": "平安建设",
}
READERS = "office assigner overseer director proposer procuratorate"
VEILED = "act.transfer act.decide_transfer act.copy_documents facet.procuratorate party.procuratorate clock.copies"


@attrs.frozen(kw_only=True)
class Settings:
    """Which fields of law are transferred, and by when documents are copied."""

    fields: Mapping[str, str] = setting(FIELDS, source="孝感 3; qysrd.gov.cn, 3; 咸宁 (article 003)", title="移送领域")
    copies: Period = setting(Period(10, "day"), source="孝感 4", title="法律文书抄送期限")
    copied_to: tuple[str, ...] = setting(
        ("监察和司法委员会", "代表工作委员会"), source="孝感 4", title="法律文书抄送单位"
    )


@attrs.frozen(kw_only=True)
class Transfer:
    """Why it is transferred: the code of a field of law, from the setting ``fields``."""

    field: str = titled("移送领域", choices="fields")  # files may give the code or its title


@attrs.frozen(kw_only=True)
class Copies:
    """What was copied (立案决定书, 检察建议书), and to whom."""

    documents: str = titled("法律文书", validator=attrs.validators.min_len(1))
    to: tuple[str, ...] = titled("抄送单位", default=())


def refuse_unlisted_field(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Transfer only in a field of the place's list."""
    known = context.settings.fields
    if isinstance(act.payload, Transfer) and act.payload.field not in known:
        yield f"{act.payload.field!r} is no field of this place; known: {', '.join(sorted(known))}"


def refuse_nobody(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Say to whom it was copied; not all need be reached at once."""
    if isinstance(act.payload, Copies) and not any(name.strip() for name in act.payload.to):
        yield f"say to whom it was copied, e.g. {'、'.join(context.settings.copied_to)}"


def all_copied(context: Context[Settings], case: Case, act: Act) -> bool:
    """Stop the clock once everybody whom the place names has a copy."""
    had = {name.strip() for _, copies in case.said(Copies) for name in copies.to}
    return had >= set(context.settings.copied_to)


def copies_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Copy the documents within ten days of the decision."""
    return context.settings.copies


def stated(context: Context[Settings], case: Case, act: Act) -> bool:
    """Start the clock only where the place states a span."""
    return context.settings.copies.n > 0


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer the transfer beside the handling of a suggestion."""
    yield Party(kind=KIND, name="procuratorate", title="受理检察院")  # it reads what was sent to it, and nothing else
    yield Facet(kind=KIND, name="procuratorate", title="检察建议转化", states=tuple(STATES), loose=True, titles=STATES)
    sent, decided = Move("none", "sent", "procuratorate"), Move("sent", GRADE, "procuratorate")
    deciding, grades = "procuratorate office", ("accepted", "declined")
    adds = "procuratorate"
    yield Step(kind=KIND, name="transfer", who="office", title="移送检察", takes=Transfer, moves=(sent,), adds=adds)
    yield Step(kind=KIND, name="decide_transfer", who=deciding, title="检察决定", grades=grades, moves=(decided,))
    yield Step(kind=KIND, name="copy_documents", who=deciding, title="抄送文书", takes=Copies)
    yield Gate(kind=KIND, step="transfer", facet="main", states="accepted assigned replied evaluated")
    yield Gate(kind=KIND, step="copy_documents", facet="procuratorate", states="accepted")
    yield Guard(kind=KIND, step="transfer", name="field", refuse=refuse_unlisted_field)
    yield Guard(kind=KIND, step="copy_documents", name="to", refuse=refuse_nobody)
    yield ClockRule(kind=KIND, name="copies", title="抄送文书", period=copies_period, source="孝感 4")
    yield from when(KIND, "procuratorate:accepted", start="copies", only=stated)
    yield from when(KIND, "copy_documents", stop="copies", only=all_copied)
    for part in VEILED.split():
        yield Veil(kind=KIND, part=part, seen_by=READERS, never="unit")  # it may concern the very unit that handles


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show every transfer, and who still waits for its documents: after the close too, when no clock runs any more."""
    who = "office assigner overseer director"
    yield Page(name="transfers", title="检察建议转化", shows=Transfers, view=transfers, who=who)
