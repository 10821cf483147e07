"""Commands on duty records: entered where no step makes them, listed, shown, and what waits to be checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.ledgers import day
from renda_core.cli.session import TENANT, Command, Group, Session
from renda_core.errors import Invalid

if TYPE_CHECKING:
    from renda_core.domain.duty import Record, RecordKind
    from renda_core.workspace import Workspace

COLUMNS = ("日期", "类别", "内容", "数量", "状态", "证明", "编号")
PERSON = click.argument("person")
RECORD = click.argument("record")
YEARS = click.IntRange(1950, 2100)
QUANTITY = click.option("--quantity", type=int, default=None, help="数量 How many of its unit.")
TITLE = click.option("--title", default=None, help="内容 What it was, as books print it.")
EVIDENCE = click.option("--evidence", multiple=True, help="证明 What proves it; may be repeated.")
FACT = click.option(
    "--fact", "facts", multiple=True, metavar="NAME=N", help="指标 A figure of its kind, by name or title; repeated."
)


@click.group("duty", cls=Group)
def duty() -> None:
    """履职记录 What deputies do: entered once, checked, appealed, and scored by rules that explain themselves."""


@duty.command("add", cls=Command)
@TENANT
@PERSON
@click.argument("kind")
@click.option("--on", callback=day, required=True, metavar="DATE", help="日期 The day on which it was.")
@click.option("--source", required=True, help="来源 Where it is written down; one source counts once for a person.")
@QUANTITY
@TITLE
@EVIDENCE
@FACT
@click.option("--congress", default="", metavar="NAME", help="所属人大 Whose matter it was; by default every one's.")
@click.option("--again", default="", metavar="WHY", help="另一件 Why another of this kind on that day is not the same.")
@click.pass_obj
def add(session: Session, /, tenant: str, person: str, kind: str, again: str, **given: Any) -> None:
    """录入 Enter what no step records; a deputy enters their own (--as), which the office then checks."""
    from renda_core.cli import finding
    from renda_core.domain.duty import Record
    from renda_core.services import duty as records

    with session.open(tenant) as workspace:
        actor, today = session.actor(workspace), workspace.tenant.today
        sort = kind_of(workspace, kind)
        congress = given.pop("congress")
        record = Record(
            person=workspace.read(finding.person_id, person, today),
            kind=sort.name if sort else kind,
            on=given.pop("on"),
            source=given.pop("source"),
            state="confirmed" if actor.roles & records.REVIEWING else "entered",
            congress=workspace.read(finding.congress_id, congress, today) if congress else "",
            **changes(given, sort),
        )
        made = workspace.do(records.enter, actor, records.Entering(record=record, again=again))
        tell(session, workspace, made, "entered 已录入")


def kind_of(workspace: Workspace, given: str) -> RecordKind | None:
    """Find a kind of records by its code or Chinese title; nothing where there is none, for the service to refuse."""
    kinds = workspace.tenant.practice.record_kinds
    return kinds.get(given) or next((k for k in kinds.values() if k.title == given), None)


def changes(given: Mapping[str, Any], kind: RecordKind | None) -> dict[str, Any]:
    """Give the fields of a record that a command line names; those that it does not are left away.

    Raises:
        Invalid: A fact is no ``NAME=N``.
    """
    found = {name: given[name] for name in ("on", "quantity", "title") if given.get(name) is not None}
    if given.get("evidence"):
        found["evidence"] = given["evidence"]
    if given.get("facts"):
        found["facts"] = _facts(given["facts"], kind)
    return found


def _facts(given: Iterable[str], kind: RecordKind | None) -> dict[str, int]:
    titles = {title: fact for fact, title in kind.measures.items()} if kind else {}
    found: dict[str, int] = {}
    for part in given:
        name, _, n = (text.strip() for text in part.partition("="))
        fact = titles.get(name, name)
        try:
            number = int(n)
        except ValueError:
            raise Invalid(f"--fact: {part!r}; write NAME=N, N a whole number", field="facts") from None
        if fact in found:
            raise Invalid(f"--fact: {name} is given twice", field="facts")
        found[fact] = number
    return found


@duty.command("list", cls=Command)
@TENANT
@PERSON
@click.option("--year", type=YEARS, default=None, help="年度 Of this year alone.")
@click.option("--kind", default="", help="类别 Of this kind alone, by code or title.")
@click.pass_obj
def list_records(session: Session, tenant: str, person: str, year: int | None, kind: str) -> None:
    """列出 List a deputy's records, oldest first, in every state."""
    from renda_core.cli import finding
    from renda_core.services import duty as records

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        id = workspace.read(finding.person_id, person, workspace.tenant.today)
        found: tuple[Record, ...] = workspace.ask(records.list_for, actor, id)
        sort = kind_of(workspace, kind)
        wanted = sort.name if sort else kind
        kept = [r for r in found if year in (None, r.on.year) and wanted in ("", r.kind)]
        _table(session, workspace, kept, "no record 无记录")


@duty.command("show", cls=Command)
@TENANT
@RECORD
@click.pass_obj
def show(session: Session, tenant: str, record: str) -> None:
    """查看 Show one record with its evidence and all that happened to it."""
    from renda_core.services import duty as records

    with session.open(tenant) as workspace:
        found = workspace.ask(records.record, session.actor(workspace), record)
        tell(session, workspace, found, "")


@duty.command("waiting", cls=Command)
@TENANT
@click.option(
    "--state", type=click.Choice(["entered", "appealed"]), default="entered", show_default=True, help="状态 Which."
)
@click.pass_obj
def waiting(session: Session, tenant: str, state: str) -> None:
    """待核 List the records that the office has to check, or the appeals that it has to decide."""
    from renda_core.services import duty as records

    with session.open(tenant) as workspace:
        found = workspace.ask(records.waiting, session.actor(workspace), state)
        _table(session, workspace, found, "nothing waits 无待办", people=True)


@duty.command("kinds", cls=Command)
@TENANT
@click.pass_obj
def kinds(session: Session, tenant: str) -> None:
    """类别 List the kinds of records that the enabled practices offer."""
    from renda_core.domain.duty import BOOKS

    with session.open(tenant) as workspace:
        found = sorted(workspace.tenant.practice.record_kinds.values(), key=lambda k: k.name)
    data = [
        {
            "name": k.name,
            "title": k.title,
            "book": k.book,
            "unit": k.unit,
            "measures": dict(k.measures),
            "by_hand": k.by_hand,
            "own": k.own,
            "private": k.private,
            "plugin": k.plugin,
        }
        for k in found
    ]
    rows = [
        (k.name, k.title, BOOKS.get(k.book, ""), k.unit, dict(k.measures), k.by_hand, k.by_hand and k.own)
        for k in found
    ]
    columns = ("编码", "类别", "登记簿", "单位", "指标", "可手工录入", "代表可录入")
    empty = "no practice offers a kind of records 无"
    session.tell({"kinds": data}, lambda: telling.table(columns, rows, empty=empty))


@duty.command("recount", cls=Command)
@TENANT
@click.pass_obj
def recount(session: Session, tenant: str) -> None:
    """重新计数 Count all records again, where counters and records might differ."""
    from renda_core.services.duty import recounting

    with session.open(tenant) as workspace:
        made = workspace.do(recounting.recount, session.actor(workspace))
    session.tell({"counters": made}, lambda: telling.line(f"counted again 已重新计数: {made} counters"))


def _table(
    session: Session, workspace: Workspace, found: Iterable[Record], empty: str, *, people: bool = False
) -> None:
    from renda_core.domain.duty import STATES
    from renda_core.services import lookups

    records = tuple(found)
    names = workspace.read(lookups.named, {r.person for r in records}) if people else {}
    kinds_ = workspace.tenant.practice.record_kinds
    told = [(r, kinds_[r.kind].title if r.kind in kinds_ else r.kind) for r in records]
    rows = [(r.on, title, r.title, r.quantity, STATES[r.state], r.evidence, r.id) for r, title in told]
    data = [telling.plain(r) | {"kind_title": title} for r, title in told]
    if not people:
        session.tell({"records": data}, lambda: telling.table(COLUMNS, rows, empty=empty, fold=True))
        return
    named = [row | {"person_name": names.get(r.person, "")} for row, r in zip(data, records, strict=True)]
    lines = [(names.get(r.person, ""), *row) for r, row in zip(records, rows, strict=True)]
    session.tell({"records": named}, lambda: telling.table(("姓名", *COLUMNS), lines, empty=empty, fold=True))


def tell(session: Session, workspace: Workspace, record: Record, done: str) -> None:
    """Answer with one record: what it is, and what happened to it."""
    from renda_core.domain.duty import STATES
    from renda_core.services import lookups

    ids = {record.person, record.by, record.congress, *(m.by for m in record.history)}
    names = workspace.read(lookups.named, ids)
    kind = workspace.tenant.practice.record_kinds.get(record.kind)
    title, person = kind.title if kind else record.kind, names.get(record.person, record.person)

    def human() -> None:
        head = f"{done}: " if done else ""
        telling.line(f"{head}{person} {record.on} {title} {record.quantity}{kind.unit if kind else ''} {record.title}")
        telling.line(f"  {STATES[record.state]} {record.state}; 来源 {record.source}; 编号 {record.id}")
        for label, value in (("证明", record.evidence), ("指标", dict(record.facts)), ("版本", record.formula)):
            if value:
                telling.line(f"  {label} {telling.cell(value)}")
        for m in record.history:
            telling.line(f"  {m.on} {m.do} {names.get(m.by, m.by)} {m.why}".rstrip())

    data = telling.plain(record) | {"kind_title": title, "person_name": person}
    session.tell({"record": data}, human)
