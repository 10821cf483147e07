"""五簿: five registers of one deputy, each a view of the same records; what is entered once stands wherever it belongs.

Source: article 000 names the five (``domain.duty.BOOKS``); which columns each has is U: no text tells.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import attrs

from renda_core.domain.duty import BOOKS, STATES, Book, Record
from renda_core.domain.fields import titled
from renda_core.domain.figures import Figure
from renda_core.records import Context, Page, PersonDesk
from renda_plugins.duty_archive.duty_file import READERS
from renda_plugins.duty_archive.reading import APPROX, Reading, SumLine, evidence, quantity, reason, what
from renda_plugins.duty_archive.scope import Asked, records_of, scope_of
from renda_plugins.duty_archive.settings import Settings

PARTS = {"taken": "参加", "missed": "未参加", "": ""}
PEOPLE, LEAD = "people", "lead"
"""What is measured of a reception and of a proposal, and has a column of its own."""


@attrs.frozen(kw_only=True)
class Report:
    """A report on duties, with what came of it."""

    on: dt.date = titled("述职日期")
    kind: str = titled("类别")
    title: str = titled("述职内容")
    result: str = titled("评议情况")
    why: str = titled("说明")
    state: str = titled("状态")
    evidence: str = titled("佐证")
    counted: str = titled("计入")


@attrs.frozen(kw_only=True)
class Received:
    """A reception of voters, or something heard or passed on."""

    on: dt.date = titled("日期")
    kind: str = titled("类别")
    title: str = titled("接待内容")
    quantity: Figure = titled("数量")
    unit: str = titled("单位")
    people: Figure | None = titled("接待人次")
    note: str = titled("说明")
    state: str = titled("状态")
    evidence: str = titled("佐证")
    counted: str = titled("计入")


@attrs.frozen(kw_only=True)
class Done:
    """A duty done, or one that was missed."""

    on: dt.date = titled("日期")
    kind: str = titled("履职类别")
    title: str = titled("履职内容")
    part: str = titled("参加情况")
    quantity: Figure = titled("数量")
    unit: str = titled("单位")
    note: str = titled("说明")
    state: str = titled("状态")
    evidence: str = titled("佐证")
    counted: str = titled("计入")


@attrs.frozen(kw_only=True)
class Attended:
    """An activity."""

    on: dt.date = titled("日期")
    kind: str = titled("活动类别")
    title: str = titled("活动内容")
    part: str = titled("参加情况")
    quantity: Figure = titled("数量")
    unit: str = titled("单位")
    note: str = titled("说明")
    state: str = titled("状态")
    evidence: str = titled("佐证")
    counted: str = titled("计入")


@attrs.frozen(kw_only=True)
class Proposed:
    """A motion, suggestion, criticism or opinion."""

    on: dt.date = titled("日期")
    kind: str = titled("类别")
    title: str = titled("标题")
    role: str = titled("领衔或者附议")
    note: str = titled("说明")
    state: str = titled("状态")
    evidence: str = titled("佐证")
    counted: str = titled("计入")


@attrs.frozen(kw_only=True)
class Register:
    """What every register tells of its deputy and period; a further list holds its records."""

    name: str = titled("姓名")
    congresses: str = titled("人民代表大会")
    first: dt.date = titled("起")
    last: dt.date = titled("止")
    counted: int = titled("计入记录")
    uncounted: int = titled("未计入记录")
    sums: tuple[SumLine, ...] = titled("合计")


@attrs.frozen(kw_only=True)
class Reports(Register):
    """The register of yearly reports."""

    lines: tuple[Report, ...] = titled("登记")


@attrs.frozen(kw_only=True)
class Receptions(Register):
    """The register of receptions of voters."""

    lines: tuple[Received, ...] = titled("登记")


@attrs.frozen(kw_only=True)
class Duties(Register):
    """The register of duties done."""

    lines: tuple[Done, ...] = titled("登记")


@attrs.frozen(kw_only=True)
class Activities(Register):
    """The register of activities."""

    lines: tuple[Attended, ...] = titled("登记")


@attrs.frozen(kw_only=True)
class Proposals(Register):
    """The register of motions, suggestions, criticisms and opinions."""

    lines: tuple[Proposed, ...] = titled("登记")


COLUMNS: Mapping[str, Callable[[Reading, Record], Any]] = {
    "on": lambda reading, r: r.on,
    "kind": lambda reading, r: reading.kind(r).title,
    "title": lambda reading, r: what(r),
    "result": lambda reading, r: reading.measured(r),
    "part": lambda reading, r: PARTS[reading.kind(r).part],
    "role": lambda reading, r: _role(reading, r),
    "quantity": lambda reading, r: quantity(r, reading.kind(r)),
    "unit": lambda reading, r: reading.kind(r).unit,
    "people": lambda reading, r: Figure(n, bool(r.facts.get(APPROX))) if (n := r.facts.get(PEOPLE, 0)) > 0 else None,
    "why": lambda reading, r: reason(r),
    "note": lambda reading, r: reading.note(r, PEOPLE, LEAD),
    "state": lambda reading, r: STATES[r.state],
    "evidence": lambda reading, r: evidence(r),
    "counted": lambda reading, r: reading.counted(r),
}
"""How each column of a register is written."""
REGISTERS: Mapping[str, tuple[Book, type, type]] = {
    "book_reports": ("report", Reports, Report),
    "book_receptions": ("reception", Receptions, Received),
    "book_duties": ("duty", Duties, Done),
    "book_activities": ("activity", Activities, Attended),
    "book_proposals": ("proposal", Proposals, Proposed),
}
"""The five, by page: the book, what the page shows, and a line of it."""


def _role(reading: Reading, record: Record) -> str:
    """Tell who leads from who signs too, where the kind tells them apart."""
    if LEAD not in reading.kind(record).measures:
        return ""
    return "领衔" if record.facts.get(LEAD) else "附议"


def view_of(book: Book, shows: type, line: type) -> Callable[..., Awaitable[Any]]:
    """Make the view of one register."""
    columns = {a.name: COLUMNS[a.name] for a in attrs.fields(line)}

    async def view(context: Context[Settings], desk: PersonDesk, asked: Asked) -> Any:
        scope = await scope_of(context, desk, asked)
        reading, found = await records_of(context, desk, scope)
        mine = [r for r in found if reading.book(r) == book]
        counted = sum(r.counts for r in mine)
        return shows(
            name=scope.names.get(desk.person, ""),
            congresses=scope.congresses,
            first=scope.first,
            last=scope.last,
            counted=counted,
            uncounted=len(mine) - counted,
            sums=tuple(reading.sums(mine)),
            lines=tuple(line(**{name: column(reading, r) for name, column in columns.items()}) for r in mine),
        )

    return view


def pages() -> Iterator[Page]:
    """Show the five registers."""
    for name, (book, shows, line) in REGISTERS.items():
        yield Page(
            name=name,
            title=BOOKS[book],
            shows=shows,
            view=view_of(book, shows, line),
            asks=Asked,
            who=READERS,
            of_person=True,
        )
