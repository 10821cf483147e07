"""履职登记: the records of everybody in a period, by name and day, for the office to read, check and print."""

import datetime as dt
from collections.abc import Iterator
from typing import Literal

import attrs

from renda_core.domain.duty import BOOKS, STATES, Record
from renda_core.domain.fields import titled
from renda_core.domain.figures import Figure
from renda_core.records import Context, Desk, Page
from renda_plugins.duty_archive.everybody import OFFICES, kinds_of, named, seated, whole_of
from renda_plugins.duty_archive.reading import evidence, quantity, what
from renda_plugins.duty_archive.settings import Settings


@attrs.frozen(kw_only=True)
class Asked:
    """Of which days, by default this year's up to today; of which congress, book, kind and group, by default of all."""

    first: dt.date | None = titled("起", default=None)
    last: dt.date | None = titled("止", default=None)
    congress: str = titled("人民代表大会", default="")
    book: Literal["", "report", "reception", "duty", "activity", "proposal"] = titled(
        "登记簿", default="", choices=BOOKS
    )
    kind: str = titled("类别", default="")
    group: str = titled("代表小组", default="")


@attrs.frozen(kw_only=True)
class Line:
    """One record of one deputy."""

    name: str = titled("姓名")
    on: dt.date = titled("日期")
    kind: str = titled("类别")
    title: str = titled("内容")
    quantity: Figure = titled("数量")
    unit: str = titled("单位")
    note: str = titled("说明")
    state: str = titled("状态")
    evidence: str = titled("佐证")
    counted: str = titled("计入")


@attrs.frozen(kw_only=True)
class DutyRegister:
    """The records of a period, in every state.

    Attributes:
        persons: Who has a record that counts; *mandates* those in which they count.
        counted: Records that count; *waiting* to be checked; *others* refused, withdrawn or appealed against.
    """

    first: dt.date = titled("起")
    last: dt.date = titled("止")
    persons: int = titled("代表人数")
    mandates: int = titled("代表职务数")
    counted: int = titled("计入记录")
    waiting: int = titled("待核记录")
    others: int = titled("未计入记录")
    lines: tuple[Line, ...] = titled("登记")


async def duty_register(context: Context[Settings], desk: Desk, asked: Asked) -> DutyRegister:
    """List the records of a period by name, then by day."""
    whole = await whole_of(context, desk, asked.first, asked.last, asked.congress)
    reading, kinds = whole.reading, kinds_of(whole.reading.kinds, asked.kind.strip())
    found = await desk.records_between(whole.first, whole.last, kinds=kinds, congress=whole.congress)
    found = tuple(r for r in found if reading.public(r))
    if asked.book:
        found = tuple(r for r in found if reading.book(r) == asked.book)
    if group := asked.group.strip():
        over = await desk.groups_between(whole.first, whole.last)
        every = {g.id: g for stretch in over for g in stretch.groups if whole.congress in ("", g.congress)}
        ids = {g.id for g in named(every.values(), group, "group")}
        found = tuple(r for r in found if seated(over, ids, r))
    names = await desk.names({r.person for r in found})
    counted = [r for r in found if r.counts]
    told, waiting = whole.heads(counted), sum(r.state == "entered" for r in found)

    def line(record: Record) -> Line:
        kind = reading.kind(record)
        return Line(
            name=names.get(record.person, ""),
            on=record.on,
            kind=kind.title,
            title=what(record),
            quantity=quantity(record, kind),
            unit=kind.unit,
            note=reading.note(record),
            state=STATES[record.state],
            evidence=evidence(record),
            counted=reading.counted(record),
        )

    return DutyRegister(
        first=whole.first,
        last=whole.last,
        persons=told["persons"],
        mandates=told["mandates"],
        counted=len(counted),
        waiting=waiting,
        others=len(found) - len(counted) - waiting,
        lines=tuple(map(line, sorted(found, key=lambda r: (names.get(r.person, ""), r.person, r.on, r.id)))),
    )


def pages() -> Iterator[Page]:
    """Show the register."""
    yield Page(
        name="duty_register",
        title="履职登记",
        shows=DutyRegister,
        view=duty_register,
        asks=Asked,
        who=OFFICES,
    )
