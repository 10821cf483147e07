"""履职档案: everything that is recorded of one deputy in a period, beside how long they were in office.

Source: 道外 (article 004): 电子履职档案, 即时更新、翔实记录.
"""

import datetime as dt
from collections.abc import Iterator

import attrs

from renda_core.domain.areas import LEVEL_TITLES
from renda_core.domain.duty import exposure
from renda_core.domain.fields import titled
from renda_core.domain.mandates import REASONS, STATE_TITLES, EventKind, Mandate
from renda_core.domain.rates import Rate
from renda_core.records import Context, Page, PersonDesk
from renda_plugins.duty_archive.reading import RecordLine, SumLine
from renda_plugins.duty_archive.scope import Asked, Scope, records_of, scope_of
from renda_plugins.duty_archive.settings import Settings

READERS = "office station overseer presidium committee inspector"
"""Who reads everybody's file; a deputy finds their own."""
EVENTS: dict[EventKind, str] = {"suspend": "暂停", "resume": "恢复", "end": "终止", "void": "当选无效"}
"""What is told of a mandate; that it was confirmed its state says."""


@attrs.frozen(kw_only=True)
class MandateLine:
    """One mandate, with its state at the end of the period.

    Attributes:
        in_office: Days of the period on which it was in force.
    """

    congress: str = titled("人民代表大会")
    level: str = titled("层级")
    term: str = titled("届次")
    district: str = titled("选区")
    certificate: str = titled("代表证号")
    elected_on: dt.date = titled("当选日期")
    by_election: bool = titled("补选")
    state: str = titled("状态")
    events: str = titled("职务变动")
    in_office: Rate = titled("在任天数")


@attrs.frozen(kw_only=True)
class DutyFile:
    """The file of one deputy.

    Attributes:
        in_office: Days with a mandate in force; *suspended* those with a mandate suspended and none in force.
        attendance: What was taken of what was offered: sessions, meetings, activities.
        counted: Records that count; *waiting* to be checked; *others* were refused, withdrawn, or are appealed against.
    """

    name: str = titled("姓名")
    congresses: str = titled("人民代表大会")
    first: dt.date = titled("起")
    last: dt.date = titled("止")
    in_office: Rate = titled("在任天数")
    suspended: int = titled("暂停职务天数")
    offered: int = titled("应参加次数")
    taken: int = titled("参加次数")
    missed: int = titled("未参加次数")
    attendance: Rate = titled("参加率")
    counted: int = titled("计入记录")
    waiting: int = titled("待核记录")
    others: int = titled("未计入记录")
    mandates: tuple[MandateLine, ...] = titled("代表职务")
    sums: tuple[SumLine, ...] = titled("履职情况汇总")
    records: tuple[RecordLine, ...] = titled("履职记录")


async def duty_file(context: Context[Settings], desk: PersonDesk, asked: Asked) -> DutyFile:
    """Show the file of one deputy."""
    scope = await scope_of(context, desk, asked)
    reading, records = await records_of(context, desk, scope)
    served = exposure(scope.mandates, records, reading.kinds, scope.first, scope.last)
    counted, waiting = sum(r.counts for r in records), sum(r.state == "entered" for r in records)
    return DutyFile(
        name=scope.names.get(desk.person, ""),
        congresses=scope.congresses,
        first=scope.first,
        last=scope.last,
        in_office=days(served.in_office, served.days),
        suspended=served.suspended,
        offered=served.offered,
        taken=served.taken,
        missed=served.missed,
        attendance=served.attendance,
        counted=counted,
        waiting=waiting,
        others=len(records) - counted - waiting,
        mandates=tuple(_mandate(m, scope) for m in scope.mandates),
        sums=tuple(reading.sums(records)),
        records=tuple(map(reading.line, records)),
    )


def days(n: int, of: int) -> Rate:
    """Give days in office beside the days of the period."""
    return Rate(hits=n, base=of, of="统计期天数")


def _mandate(mandate: Mandate, scope: Scope) -> MandateLine:
    served = exposure((mandate,), (), {}, scope.first, scope.last)
    term = scope.terms.get(mandate.term)
    return MandateLine(
        congress=scope.names.get(mandate.congress, ""),
        level=LEVEL_TITLES[mandate.level],
        term=f"第{term.number}届" if term else "",
        district=scope.names.get(mandate.district or "", ""),
        certificate=mandate.certificate,
        elected_on=mandate.elected_on,
        by_election=mandate.by_election,
        state=_state(mandate, scope.last),
        events="；".join(_events(mandate)),
        in_office=days(served.in_office, served.days),
    )


def _state(mandate: Mandate, on: dt.date) -> str:
    """Say how a mandate stood on a day; one that an older list closed without an event ended all the same."""
    if on < mandate.elected_on:
        return "尚未当选"
    state = mandate.state_on(on)
    ran_out = mandate.valid_to is not None and mandate.valid_to <= on and state not in ("ended", "void")
    return STATE_TITLES["ended" if ran_out else state]


def _events(mandate: Mandate) -> Iterator[str]:
    for event in mandate.history:
        if event.kind in EVENTS:
            reason = REASONS.get((event.kind, event.reason))
            yield f"{event.on} {EVENTS[event.kind]}" + (f"（{reason.title}）" if reason else "")


def pages() -> Iterator[Page]:
    """Show the file."""
    yield Page(
        name="duty_file",
        title="履职档案",
        shows=DutyFile,
        view=duty_file,
        asks=Asked,
        who=READERS,
        of_person=True,
    )
