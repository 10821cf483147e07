"""履职任务清单: what every deputy does so many times a year, and how far each of them and all of them are."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator

import attrs

from renda_core.domain.duty import Record
from renda_core.domain.duty.asking import whole_year
from renda_core.domain.fields import titled
from renda_core.domain.rates import Rate
from renda_core.records import Context, Desk, Page, PersonDesk
from renda_plugins.meetings_and_training.participation import congress_id
from renda_plugins.meetings_and_training.settings import Duty, Settings


@attrs.frozen(kw_only=True)
class AskedOfPerson:
    """Whose list, and of which year; by default this one."""

    person: str = titled("代表", default="")
    year: int | None = titled("年度", default=None)


@attrs.frozen(kw_only=True)
class Asked:
    """Of which year, by default this one, and of which congress, by name or id, by default of all."""

    year: int | None = titled("年度", default=None)
    congress: str = titled("人大", default="")


@attrs.frozen(kw_only=True)
class Task:
    """One duty, and what somebody did of it.

    Attributes:
        done: What their records that count come to; *waiting* is what the office has still to check.
        rest: What is left of it this year.
    """

    code: str = titled("编号")
    title: str = titled("任务")
    wanted: int = titled("每年（次）")
    done: int = titled("已完成")
    waiting: int = titled("待核")
    rest: int = titled("还差")
    fulfilled: bool = titled("已达到")


@attrs.frozen(kw_only=True)
class DutyList:
    """One deputy's list of a year. It is no score and decides nothing."""

    name: str = titled("代表")
    year: int = titled("年度")
    tasks: tuple[Task, ...] = titled("任务")


@attrs.frozen(kw_only=True)
class Progress:
    """One duty, and how many have done it."""

    code: str = titled("编号")
    title: str = titled("任务")
    wanted: int = titled("每年（次）")
    fulfilled: Rate = titled("已达到的代表")
    begun: int = titled("已开始（人）")


@attrs.frozen(kw_only=True)
class Fulfilment:
    """How many deputies have done each duty of a year's list, in the list's order; nobody is named or ranked."""

    year: int = titled("年度")
    on: dt.date = titled("截至")
    lines: tuple[Progress, ...] = titled("任务")


async def duty_list(context: Context[Settings], desk: PersonDesk, asked: AskedOfPerson) -> DutyList:
    """Set what a deputy did in a year beside the list.

    Raises:
        Invalid: That year has not begun, or no congress met in it.
    """
    year, first, last = whole_year(asked.year, context.today)
    records = await desk.records(first, last)
    names = await desk.names((desk.person,))
    tasks = tuple(_task(duty, records) for duty in context.settings.duties)
    return DutyList(name=names.get(desk.person, ""), year=year, tasks=tasks)


async def fulfilment(context: Context[Settings], desk: Desk, asked: Asked) -> Fulfilment:
    """Count the deputies in office at the year's end, or today, who have done each duty.

    Raises:
        Invalid: That year has not begun, or no congress met in it, or there is no such congress.
    """
    year, first, last = whole_year(asked.year, context.today)
    end = max(first, min(last, context.today))
    congress = await congress_id(desk, asked.congress, end)
    force = frozenset(await desk.deputies(end, congress=congress))
    kinds = sorted({k for duty in context.settings.duties for k in duty.kinds})
    records = await desk.records_between(first, last, kinds=kinds, congress=congress) if kinds else ()
    mine = [r for r in records if r.counts and r.person in force]
    lines = tuple(_progress(duty, mine, len(force)) for duty in context.settings.duties)
    return Fulfilment(year=year, on=end, lines=lines)


def _task(duty: Duty, records: Iterable[Record]) -> Task:
    of = [r for r in records if r.kind in duty.kinds]
    done = sum(r.quantity for r in of if r.counts)
    return Task(
        code=duty.code,
        title=duty.title,
        wanted=duty.times,
        done=done,
        waiting=sum(r.quantity for r in of if r.state == "entered"),
        rest=max(0, duty.times - done),
        fulfilled=done >= duty.times,
    )


def _progress(duty: Duty, records: Iterable[Record], base: int) -> Progress:
    done: Counter[str] = Counter()
    for r in records:
        if r.kind in duty.kinds:
            done[r.person] += r.quantity
    return Progress(
        code=duty.code,
        title=duty.title,
        wanted=duty.times,
        fulfilled=Rate(hits=sum(n >= duty.times for n in done.values()), base=base, of="在任代表"),
        begun=len(done),
    )


def pages() -> Iterator[Page]:
    """Show one deputy's list to the offices and to that deputy, and to the offices how many have done what."""
    yield Page(
        name="duty_list",
        title="履职任务清单",
        shows=DutyList,
        view=duty_list,
        asks=AskedOfPerson,
        who="office overseer",
        of_person=True,
    )
    yield Page(
        name="duty_list_done",
        title="履职任务完成情况",
        shows=Fulfilment,
        view=fulfilment,
        asks=Asked,
        who="office director presidium overseer",
    )
