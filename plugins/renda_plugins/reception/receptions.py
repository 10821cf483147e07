"""接待活动: a reception of voters from its plan and notice to its register and its end."""

from collections.abc import Iterator

from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.domain.duty import Record
from renda_core.domain.procedure import Move
from renda_core.records import (
    CaseRecord,
    ClockRule,
    Context,
    Facet,
    Gate,
    Guard,
    Kind,
    Page,
    RecordKind,
    RecordRule,
    Step,
    Veil,
    Watch,
    when,
)
from renda_plugins.reception import fixed_voters, receptions_days, receptions_page
from renda_plugins.reception import receptions_guards as guards
from renda_plugins.reception.receptions_fields import (
    KIND,
    Closing,
    Held,
    HostChange,
    Reception,
    Struck,
    Totals,
    Visit,
)
from renda_plugins.reception.receptions_register import CORRECT, HOST, heard, hours
from renda_plugins.reception.settings import Settings

STATES = {"planned": "已计划", "noticed": "已公告", "held": "已接待", "closed": "已归档", "cancelled": "已取消"}
BEFORE = "planned noticed"
OPEN = "planned noticed held"
KEEPERS = "office station host"
"""Who reads the names in a register: those who keep it, and the deputies who sat at it."""
READERS = "office station deputy overseer"
REGISTER = ("receive", "enter_visit", CORRECT)


def notice_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Count back from the day of the reception. Source: domain rule, three places: at least 3 days before."""
    return Period(-context.settings.notice_days)


def announced(context: Context[Settings], case: Case, act: Act) -> bool:
    """Tell whether receptions of this form are announced before their day."""
    return guards.announced(context, case)


def recording_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Count the days that are left to the reception, and those allowed after it to say whether it took place."""
    return Period(max(0, (case.body_as(Reception).on - act.on).days) + context.settings.record_within)


def closing_period(context: Context[Settings], case: Case, act: Act) -> Period:
    """Give the time in which every matter of the register becomes an opinion, or is noted as answered."""
    return Period(context.settings.filed_within)


def duty_records(context: Context[Settings], case: Case, act: Act) -> Iterator[Record]:
    """Record one reception for each deputy who received; who did not come gets none."""
    if not isinstance(act.payload, Held):
        return
    came = heard(case)
    facts = {
        "visits": came.visits.n if came.visits else 0,
        "people": came.people.n if came.people else 0,
        "approx": int(bool(came.people and came.people.approx)),
    }
    on, source = case.body_as(Reception).on, f"case:{case.id}:hold"
    for person in act.payload.present:
        yield Record(person=person, kind=KIND, on=on, source=source, facts=facts)


def cases() -> Iterator[CaseRecord]:
    """Offer the kind ``reception`` with its steps, clocks and veils."""
    yield Kind(
        name=KIND,
        title="接待活动",
        opening="plan",
        body=Reception,
        audience=READERS,
        parties=HOST,
        numbering="接待{year}-{n}",
        dimensions="station form",
        words="place",
        hours=hours,
    )
    yield Facet(kind=KIND, title="状态", states=tuple(STATES), final="closed cancelled", titles=STATES)
    yield from _before()
    yield from _register()
    yield from _after()
    yield from _guards()
    yield from _clocks()
    for step in REGISTER:
        for field in ("voter", "phone"):
            yield Veil(kind=KIND, part=f"act.{step}.{field}", seen_by=KEEPERS)


def _before() -> Iterator[CaseRecord]:
    here = "office station"
    yield Step(kind=KIND, name="plan", who=f"{here} watch {HOST}", title="计划", ties="instead_of")
    yield Step(kind=KIND, name="notice", who=here, title="公告", moves=(Move("planned", "noticed"),))
    yield Step(
        kind=KIND, name="change_host", who="office", title="更换接待代表", takes=HostChange, adds=HOST, reasons=True
    )
    yield Gate(kind=KIND, step="change_host", facet="main", states=BEFORE)
    yield Step(kind=KIND, name="cancel", who=here, title="取消", moves=(Move(BEFORE, "cancelled"),), reasons=True)


def _register() -> Iterator[CaseRecord]:
    yield Step(kind=KIND, name="receive", who=KEEPERS, title="登记来访", takes=Visit, backdated=False)
    yield Step(kind=KIND, name="enter_visit", who="office", title="补登来访", takes=Visit)
    yield Step(kind=KIND, name=CORRECT, who="office station", title="更正来访", takes=Visit, reasons=True)
    yield Step(kind=KIND, name="strike_visit", who="office station", title="划去来访", takes=Struck, reasons=True)
    for step in (*REGISTER, "strike_visit"):
        yield Gate(kind=KIND, step=step, facet="main", states=OPEN)


def _after() -> Iterator[CaseRecord]:
    here = "office station"
    yield Step(kind=KIND, name="hold", who=here, title="接待", takes=Held, moves=(Move(BEFORE, "held"),))
    yield Step(kind=KIND, name="sum_up", who=here, title="登记汇总数", takes=Totals)
    yield Step(kind=KIND, name="correct_totals", who="office", title="更正汇总数", takes=Totals, reasons=True)
    yield Step(kind=KIND, name="close", who=here, title="归档", takes=Closing, moves=(Move("held", "closed"),))
    yield Gate(kind=KIND, step="sum_up", facet="main", states=OPEN)
    yield Gate(kind=KIND, step="correct_totals", facet="main", states=f"{OPEN} closed")


def _guards() -> Iterator[CaseRecord]:
    for step, name, refuse in (
        ("plan", "past", guards.refuse_past),
        ("plan", "nowhere", guards.refuse_nowhere),
        ("notice", "late", guards.refuse_late_notice),
        ("notice", "vague", guards.refuse_vague_notice),
        ("change_host", "hosts", guards.refuse_host_change),
        ("receive", "day", guards.refuse_other_day),
        ("receive", "host", guards.refuse_stranger),
        ("receive", "number", guards.refuse_number),
        ("enter_visit", "day", guards.refuse_early),
        ("enter_visit", "number", guards.refuse_number),
        (CORRECT, "number", guards.refuse_no_number),
        ("strike_visit", "number", guards.refuse_no_number),
        ("hold", "day", guards.refuse_early),
        ("hold", "hosts", guards.refuse_wrong_hosts),
        ("hold", "noticed", guards.refuse_unannounced),
        ("sum_up", "day", guards.refuse_early),
        ("sum_up", "once", guards.refuse_second_sums),
        ("correct_totals", "sums", guards.refuse_no_sums),
        ("cancel", "visited", guards.refuse_visited),
        ("close", "matters", guards.refuse_lost_matters),
    ):
        yield Guard(kind=KIND, step=step, name=name, refuse=refuse)


def _clocks() -> Iterator[CaseRecord]:
    yield ClockRule(
        kind=KIND,
        name="notice",
        title="公告期限",
        period=notice_period,
        since=lambda case, act: case.body_as(Reception).on,
        roll=False,
        source="three places: time, place and names at least 3 days before",
    )
    yield ClockRule(kind=KIND, name="record", title="接待登记期限", period=recording_period, source="U: none stated")
    yield ClockRule(kind=KIND, name="close", title="归档期限", period=closing_period, source="U: none stated")
    yield from when(KIND, "plan", start="notice", only=announced)
    yield from when(KIND, "plan", start="record")
    yield from when(KIND, "notice", stop="notice")
    yield from when(KIND, "hold", stop="notice record", start="close")


def records() -> Iterator[RecordKind | RecordRule]:
    """Offer the duty record of every deputy who received."""
    yield RecordKind(
        name=KIND, title="接待选民", book="reception", measures={"visits": "接待批次", "people": "接待人次"}
    )
    yield RecordRule(name="received", kind=KIND, step="hold", make=duty_records)


def watches() -> Iterator[Watch]:
    """Open receptions ahead of the days that rules set."""
    yield Watch(name="reception_days", kind=KIND, find=receptions_days.find)


def pages() -> Iterator[Page]:
    """Show the receptions of a period, and which deputies lack fixed voters."""
    yield Page(
        name="receptions",
        title="接待情况",
        shows=receptions_page.Receptions,
        view=receptions_page.receptions,
        asks=receptions_page.Asked,
        who="office station overseer",
    )
    yield Page(
        name="fixed_voters",
        title="固定联系选民",
        shows=fixed_voters.FixedVoters,
        view=fixed_voters.fixed_voters,
        asks=fixed_voters.Asked,
        who="office overseer",
    )
