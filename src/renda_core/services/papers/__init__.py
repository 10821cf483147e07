"""Papers: what a case file, the yearly report and a ledger print, each as its reader may see it.

A use case here gathers the paper inside its transaction; ``papers.render`` sets it afterwards, outside of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from renda_core import papers as p
from renda_core.domain.case import MAIN, UNIT, Act, Actor
from renda_core.domain.fields import TITLE
from renda_core.domain.procedure import Procedure
from renda_core.domain.visibility import Seen, SeenClock
from renda_core.errors import Invalid, NotFound
from renda_core.files.workbook import Page
from renda_core.services import cases, lookups, reports
from renda_core.services.deciding import FOLLOWER
from renda_core.services.papers.words import (
    CLOCKS,
    FIELDS,
    HANDLING,
    PARTIES,
    RELATIONS,
    STEPS,
    declared,
    in_chinese,
    renamed,
    told,
)
from renda_core.services.papers.yearly import sections
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

SIGNED = ("审核", "经办")
JOB = "系统"
UNKNOWN = "未登记人员"
LEADERS = ("proposer", "promiser")
"""Who stands first among the people of a case."""
MOST_ROWS = 2_000
"""Rows of one printed ledger, about eighty sheets and four seconds; a workbook takes any number."""
OF_ACT = frozenset(a.name for a in attrs.fields(Act))
"""What every act has; all else that is shown of one comes from its payload."""
Names = Mapping[str, str]


async def case_paper(reader: Reader, tenant: Tenant, actor: Actor, case: str, *, names: Names | None = None) -> p.Paper:
    """Gather the case file of a case: everything that *actor* may see of it, and nothing else.

    Args:
        names: Names of people whom the roster does not know, by id, e.g. clerks.

    Raises:
        NotFound: There is no such case, or none that the reader may know of.
    """
    seen = await cases.show(reader, tenant, actor, case)
    procedure = tenant.practice.procedure(seen.kind, seen.edition)
    known = {**(names or {}), **await lookups.named(reader, {actor.id, actor.unit, *_ids(seen)})}
    tied = await _tied(reader, tenant, actor, seen)
    writer = _CaseFile(tenant=tenant, seen=seen, procedure=procedure, names=known, tied=tied)
    return p.Paper(
        name=f"{procedure.kind.title} {seen.number} 案卷",
        tenant=tenant.name,
        title=seen.title,
        subtitle=f"{procedure.kind.title}案卷　{seen.number}",
        sections=tuple(writer.sections()),
        made=reader.now,
        by=_printer(actor, known),
        signed=SIGNED,
    )


async def report_paper(
    reader: Reader, tenant: Tenant, actor: Actor, year: int, *, names: Names | None = None
) -> p.Paper:
    """Gather the yearly report, every rate with its numerator, its denominator and what that counts.

    Raises:
        NotAllowed: The reader may not see evaluations by unit.
    """
    report = await reports.yearly(reader, tenant, actor, year)
    known = {**(names or {}), **await lookups.named(reader, {actor.id, actor.unit})}
    return p.Paper(
        name=f"{year} 年代表建议办理情况报告",
        tenant=tenant.name,
        title=f"{year} 年代表建议办理情况报告",
        subtitle=f"统计截至 {report.today}",
        sections=sections(report),
        made=reader.now,
        by=_printer(actor, known),
        signed=SIGNED,
    )


async def ledger_paper(
    reader: Reader, tenant: Tenant, actor: Actor, page: Page, *, names: Names | None = None
) -> p.Paper:
    """Lay a ledger that was read for *actor* out across A4, its header on every page.

    Raises:
        Invalid: It has more rows than anybody would print.
    """
    known = {**(names or {}), **await lookups.named(reader, {actor.id, actor.unit})}
    rows = [list(row) for row in page.rows]
    if len(rows) > MOST_ROWS:
        raise Invalid(f"{len(rows)} rows are more than the {MOST_ROWS} of a printed ledger; narrow it, or use --xlsx")
    numeric = [bool(rows) and all(_is_number(row[at]) for row in rows) for at in range(len(page.columns))]
    widest = max([w or 0 for w in page.widths], default=0)
    columns = tuple(
        p.Column(
            title=title,
            width=1 if at < len(page.widths) and page.widths[at] == widest else 0,
            side="right" if numeric[at] else "left",
        )
        for at, title in enumerate(page.columns)
    )
    table = p.Table(columns=columns, rows=[[told(value, {}) for value in row] for row in rows])
    return p.Paper(
        name=page.title,
        tenant=tenant.name,
        title=page.title,
        subtitle=f"共 {len(rows)} 件，统计截至 {tenant.today}",
        sections=(p.Section(blocks=(table,), note="；".join(page.notes)),),
        made=reader.now,
        by=_printer(actor, known),
        signed=SIGNED,
        across=True,
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _printer(actor: Actor, names: Names) -> str:
    return names.get(actor.id) or names.get(actor.unit) or (JOB if actor.id.startswith("job:") else "")


def _ids(seen: Seen) -> Iterator[str]:
    for people in seen.parties.values():
        yield from people
    yield from (unit.unit for unit in seen.units)
    yield from (clock.unit for clock in seen.clocks)
    yield from _texts(seen.body)
    for act in seen.acts:
        yield from _texts(act)


def _texts(value: Any) -> Iterator[str]:
    """Give every text in a value, however deep: any of them may be an id."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, tuple | list | frozenset | set):
        for part in value:
            yield from _texts(part)


async def _tied(reader: Reader, tenant: Tenant, actor: Actor, seen: Seen) -> dict[str, Seen]:
    """Find the cases that this one is tied to, each only as far as the reader may find it."""
    found = {}
    for id in {id for ids in seen.links.values() for id in ids}:
        try:
            found[id] = await cases.show(reader, tenant, actor, id)
        except NotFound:
            continue  # "none" and "not yours" look alike on paper too
    return found


@attrs.frozen(kw_only=True)
class _CaseFile:
    """Write one case, as seen, in sections."""

    tenant: Tenant
    seen: Seen
    procedure: Procedure
    names: Names
    tied: Mapping[str, Seen]

    def sections(self) -> Iterator[p.Section]:
        yield p.Section(blocks=(p.paired(self._head()),))
        if self.seen.body:
            yield from self._content()
        if self.seen.units:
            yield p.Section(title="承办", blocks=(self._units(),))
        if self.seen.clocks:
            yield p.Section(title="时限", blocks=(p.Entries(tuple(self._clock(c) for c in self.seen.clocks)),))
        if self.seen.acts:
            yield p.Section(title="办理经过", blocks=(p.Entries(tuple(self._act(a) for a in self.seen.acts)),))
        if facts := tuple(self._links()):
            yield p.Section(title="关联办件", blocks=(p.Facts(tuple((f,) for f in facts)),))

    def _head(self) -> Iterator[p.Fact]:
        seen, facets = self.seen, self.procedure.facets
        yield p.Fact("编号", seen.number)
        yield p.Fact("提出日期", seen.opened_on.isoformat())
        for name, state in sorted(seen.states.items(), key=lambda one: one[0] != MAIN):
            yield p.Fact(facets[name].title or "状态", facets[name].titles.get(state, state))
        yield p.Fact("轮次", f"第 {seen.round} 轮")
        yield p.Fact("是否办结", "是" if seen.closed else "否")
        for role, people in sorted(seen.parties.items(), key=lambda one: (one[0] not in LEADERS, one[0])):
            yield p.Fact(self._role(role), "、".join(map(self._who, people)))

    def _role(self, role: str) -> str:
        added = self.procedure.parties.get(role)
        return added.title if added else PARTIES.get(role, role)

    def _content(self) -> Iterator[p.Section]:
        body, cls = dict(self.seen.body), self.procedure.kind.body
        text = str(body.pop("text", ""))
        blocks: list[p.Prose | p.Facts] = [p.Prose(text)] if text.strip() else []
        if facts := [f for f in self._fields(body, cls, self.procedure.kind.plugin) if f.value]:
            blocks.append(p.paired(facts))
        if blocks:
            yield p.Section(title="内容", blocks=tuple(blocks))

    def _fields(self, values: Mapping[str, Any], cls: type | None, plugin: str) -> Iterator[p.Fact]:
        """Write fields by title; choices by the title that the place's settings give them."""
        known = declared(cls)
        settings = self.tenant.settings(plugin, self.seen.opened_on) if plugin else None
        for name, value in values.items():
            if value in ("", None, (), [], {}, False):
                continue
            field = known.get(name)
            text = told(renamed(value, field, settings), self.names)
            yield p.Fact((field.metadata.get(TITLE) if field else "") or FIELDS.get(name, name), text)

    def _units(self) -> p.Table:
        titles = self.procedure.facets[UNIT].titles if UNIT in self.procedure.facets else {}
        columns = (
            p.Column(title="承办单位", width=1),
            *(p.Column(title=title, side="center") for title in ("方式", "轮次", "状态")),
        )
        rows = [
            (self._who(u.unit), HANDLING.get(u.role, u.role), f"第 {u.round} 轮", titles.get(u.state, u.state))
            for u in self.seen.units
        ]
        return p.Table(columns=columns, rows=rows)

    def _clock(self, clock: SeenClock) -> p.Entry:
        state = CLOCKS.get(clock.state, clock.state)
        late = f"，逾期 {clock.late} 日" if clock.late else ""
        about = "，".join(filter(None, (self._who(clock.unit) if clock.unit else "", f"第 {clock.round} 轮")))
        titles = {name: step.title for name, step in self.procedure.steps.items()} | STEPS
        how = "\n".join(in_chinese(line, titles) for line in clock.lines)
        return p.Entry(
            day=clock.due.isoformat(),
            title=f"{clock.title or clock.name}：{state}{late}" + ("（暂定）" if clock.provisional else ""),
            who=about,
            lines=(p.Fact("计算", how),),
        )

    def _act(self, act: Mapping[str, Any]) -> p.Entry:
        name = str(act.get("step", ""))
        step = self.procedure.steps.get(name)
        title = (step.title if step else "") or STEPS.get(name, name)
        return p.Entry(
            day=told(act.get("on"), {}),
            title=title + ("（越程序）" if act.get("forced") and name not in STEPS else ""),
            who=self._by(act),
            lines=tuple(self._lines(act, step.takes if step else None, step.plugin if step else "")),
        )

    def _by(self, act: Mapping[str, Any]) -> str:
        who, unit = self._who(str(act.get("by", ""))), self.names.get(str(act.get("unit", "")), "")
        return unit if unit and who == UNKNOWN else f"{who}（{unit}）" if unit and unit != who else who

    def _lines(self, act: Mapping[str, Any], takes: type | None, plugin: str) -> Iterator[p.Fact]:
        if grade := str(act.get("grade", "")):
            yield p.Fact("等次", self._grade(grade))
        units = [f"{self._who(u)}（{HANDLING.get(role, role)}）" for u, role in act.get("units", ())]
        if units:
            yield p.Fact("承办单位", "、".join(units))
        for role, people in act.get("parties", {}).items():
            yield p.Fact(self._role(role), "、".join(map(self._who, people)))
        yield from self._fields({k: v for k, v in act.items() if k not in OF_ACT}, takes, plugin)
        note = str(act.get("note", ""))
        if note in self.tied:  # a follower's note names the case that it followed
            yield p.Fact("随", self.tied[note].number)
        elif note and str(act.get("by", "")) != FOLLOWER.id:
            yield p.Fact("说明", note)

    def _links(self) -> Iterator[p.Fact]:
        for relation, ids in sorted(self.seen.links.items()):
            for other in (self.tied[id] for id in ids if id in self.tied):
                yield p.Fact(RELATIONS.get(relation, relation), f"{other.number}　{other.title}")

    def _grade(self, grade: str) -> str:
        facet, _, state = grade.rpartition("=")  # an override writes which facet it moved, and where to
        found = [self.procedure.facets[facet]] if facet in self.procedure.facets else self.procedure.facets.values()
        title = next((f.titles[state] for f in found if state in f.titles), state)
        return f"{found[0].title or '状态'} → {title}" if isinstance(found, list) else title

    def _who(self, id: str) -> str:
        return self.names.get(id) or (JOB if id.startswith("job:") else UNKNOWN if id else "")
