"""Commands on points: one deputy's, explained down to the record, and a year's results for everybody."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.duty import PERSON, YEARS
from renda_core.cli.session import TENANT, Command, Session

if TYPE_CHECKING:
    from renda_core.desks import PersonScore
    from renda_core.domain.duty import Record

RULE = click.argument("rule")
ITEMS = ("项目", "类别", "条数", "数量", "得分", "封顶", "计入")
ENTRIES = ("日期", "类别", "内容", "项目", "得分", "规则版本", "记录")


@click.command("score", cls=Command)
@TENANT
@PERSON
@RULE
@click.option("--year", type=YEARS, default=None, help="年度 Which year; by default this one.")
@click.option("--congress", default="", metavar="NAME", help="所属人大 Of somebody who sits in several: in which.")
@click.pass_obj
def score(session: Session, tenant: str, person: str, rule: str, year: int | None, congress: str) -> None:
    """积分 Explain a deputy's points of a year, item by item and record by record; deputies see their own."""
    from renda_core.cli import finding
    from renda_core.services import duty as records

    with session.open(tenant) as workspace:
        actor, today = session.actor(workspace), workspace.tenant.today
        id = workspace.read(finding.person_id, person, today)
        of = year or today.year
        days = (dt.date(of, 1, 1), dt.date(of, 12, 31))
        where = workspace.read(finding.congress_id, congress, today) if congress else ""
        found = workspace.ask(records.score_of, actor, id, rule, *days, where)
        known = {r.id: r for r in workspace.ask(records.list_for, actor, id)}
        titles = {k.name: k.title for k in workspace.tenant.practice.record_kinds.values()}
    session.tell({"year": of, "score": telling.plain(found)}, lambda: _explain(found, of, known, titles))


def _explain(found: PersonScore, year: int, known: dict[str, Record], titles: dict[str, str]) -> None:
    from renda_core.domain.duty.points import written

    made, exposed = found.score, found.exposure
    grade = f" {found.band_title}" if found.band_title else ""
    telling.line(f"{found.name} {year}: {written(made.total)} 分{grade}")
    rate = exposed.attendance
    telling.line(
        f"  在任 {exposed.in_office} 天，共 {exposed.days} 天；应参加 {exposed.offered} 次，参加 {rate.hits} 次；"
        f"基础分 {written(made.start)}"
    )
    for veto in made.vetoes:
        telling.line(f"  等次暂缓: {veto}")
    if found.result is not None:
        telling.line(f"  考核结果 {found.result.title}（{found.result.formula}）")
    items: list[tuple[Any, ...]] = []
    for i in (i for i in made.items if i.records):
        points = (written(i.earned), "" if i.cap is None else written(i.cap), written(i.counted))
        items.append((i.title, i.category, i.records, i.quantity, *points))
    telling.table(ITEMS, items, empty="no item 无得分项目")
    item_titles = {i.code: i.title for i in made.items}
    lines: list[tuple[Any, ...]] = []
    for e in made.entries:
        r = known.get(e.record)
        what = (r.on, titles.get(r.kind, r.kind), r.title) if r else ("", "", "")
        lines.append((*what, item_titles.get(e.item, e.item), written(e.points), e.formula, e.record))
    telling.table(ENTRIES, lines, empty="no record scores 无计分记录", fold=True)


@click.command("assess", cls=Command)
@TENANT
@RULE
@click.argument("year", type=YEARS)
@click.argument("congress")
@click.pass_obj
def assess(session: Session, tenant: str, rule: str, year: int, congress: str) -> None:
    """考核 Keep everybody's result of a year that is over; done again, correct what comes out otherwise."""
    from renda_core.cli import finding
    from renda_core.services import duty as records
    from renda_core.services import lookups

    with session.open(tenant) as workspace:
        id = workspace.read(finding.congress_id, congress, workspace.tenant.today)
        done = workspace.do(records.assess, session.actor(workspace), rule, year, id)
        names = workspace.read(lookups.named, done.left)

    def human() -> None:
        telling.line(f"{year} 年度考核: 新增 {done.made}，更正 {done.corrected}，不变 {done.same}")
        for person in done.left:
            telling.line(f"  left as people decided it 保留人工决定: {names.get(person, person)}")

    session.tell(telling.plain(done), human)
