"""Commands on rules: what holds and where it comes from, and what changes between two days or two profiles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import TENANT, Command, Session
from renda_core.domain.calendar import Period
from renda_core.errors import ConfigError

if TYPE_CHECKING:
    from renda_core.configuration import TenantFile
    from renda_core.tenancy import Difference, Link, RuleInForce, Tenant

DAY = click.DateTime(["%Y-%m-%d"])
PLUGIN = click.option("--plugin", default="", help="做法 Of one practice only.")
SILENT = "未规定"
"""What is shown where a place states nothing."""


@click.command(cls=Command)
@TENANT
@click.option("--on", type=DAY, help="日期 As they stood on a day; by default today.")
@PLUGIN
@click.pass_obj
def rules(session: Session, tenant: str, on: dt.datetime | None, plugin: str) -> None:
    """规则 Show every parameter in force and its chain: the default, the law, the profile, the tenant's own value."""
    with session.open(tenant) as workspace:
        _refuse_unknown(workspace.tenant, plugin)
        found = [r for r in workspace.tenant.rules(on.date() if on else None) if plugin in ("", r.plugin)]
        files = _files(workspace.file)

    def human() -> None:
        for f in files:
            since, binds = (f"，自 {f['since']}" if f["since"] else ""), (f"，约束 {f['binds']}" if f["binds"] else "")
            followed = f"，参照执行 adopted: {f['adopted']}" if f["adopted"] else ""
            telling.line(f"{f['layer']}  {f['title']}{since}{binds}{followed}  {f['file']}".rstrip())
        for name in dict.fromkeys(r.plugin for r in found):
            telling.line(f"\n{name}")
            telling.blocks([(f"{r.title} {r.name}", list(_chain(r))) for r in found if r.plugin == name])

    session.tell({"rules": found, "files": files}, human)


@click.command(cls=Command)
@TENANT
@click.option("--from", "start", type=DAY, help="起 The earlier day.")
@click.option("--to", "end", type=DAY, help="止 The later day; by default today.")
@click.option("--profile", "names", multiple=True, metavar="PROFILE", help="规则底本 What a profile would change here; "
              "twice: what differs between two.")  # fmt: skip
@click.option("--on", type=DAY, help="日期 Compare profiles as they stood on a day; by default today.")
@PLUGIN
@click.pass_obj
def compare(
    session: Session,
    tenant: str,
    start: dt.datetime | None,
    end: dt.datetime | None,
    names: tuple[str, ...],
    on: dt.datetime | None,
    plugin: str,
) -> None:
    """比较 Show which rules change for a tenant between two days, or between two profiles."""
    _refuse_odd_question(start, end, names, on)
    if start and end and end < start:
        raise click.UsageError(f"--to {end.date()} lies before --from {start.date()}; name the earlier day first")
    with session.open(tenant) as workspace:
        today = workspace.tenant.today
        if names:
            day = on.date() if on else today
            sides = [(workspace.file.code, workspace.tenant)] if len(names) == 1 else []
            sides += [(n, _following(workspace, n)) for n in names]
            said = [name for name, _ in sides]
            lists = [t.rules(day) for _, t in sides]
        else:
            days = [start.date() if start else today, end.date() if end else today]
            said, sides = [day.isoformat() for day in days], [("", workspace.tenant)]
            lists = [workspace.tenant.rules(day) for day in days]
        _refuse_unknown_to(sides, plugin)
    from renda_core.tenancy import differences

    found = [d for d in differences(lists[0], lists[1]) if plugin in ("", d.plugin)]
    rows = [(_named(d), told_side(d.before), told_side(d.after)) for d in found]
    none = f"没有变化 nothing changes between {said[0]} and {said[1]}"
    data = {"before": said[0], "after": said[1], "changes": found}
    session.tell(data, lambda: telling.table(("规则", said[0], said[1]), rows, empty=none, fold=True))


def _refuse_odd_question(start: object, end: object, names: Sequence[str], on: object) -> None:
    if names and (start or end):
        raise click.UsageError("compare days (--from, --to) or profiles (--profile), not both")
    if not names and not start:
        raise click.UsageError("name the earlier day (--from), or a profile (--profile)")
    if not names and on:
        raise click.UsageError("--on goes with --profile; two days are --from and --to")
    if len(names) > 2:
        raise click.UsageError("compare two profiles at most")


def _following(workspace: Any, name: str) -> Tenant:
    from renda_core.configuration import following

    opened: Tenant = following(workspace.file, name).open(
        workspace.catalogue, workspace.calendar, workspace.tenant.today
    )
    return opened


def _refuse_unknown(tenant: Tenant, plugin: str) -> None:
    _refuse_unknown_to([("", tenant)], plugin)


def _refuse_unknown_to(sides: Iterable[tuple[str, Tenant]], plugin: str) -> None:
    enabled = frozenset[str]().union(*(tenant.practice.plugins for _, tenant in sides))
    if plugin and plugin not in enabled:
        raise ConfigError(f"no practice {plugin!r} is enabled here", f"enabled: {', '.join(sorted(enabled))}")


def _files(file: TenantFile) -> list[dict[str, Any]]:
    """List the files that the rules come from, the farthest first."""
    places = {layer.name: layer.file for layer in file.layers}
    adopted = f"{file.adopted.by}，自 {file.adopted.on}" if file.adopted else ""
    told = []
    for p in file.profiles:
        own = p.binding(file.name, file.level)
        since = p.since if p.since > dt.date.min else None
        binds = p.binds.place if p.binds else ""
        told.append((p.name, p.title, binds, since, "" if own else adopted))
    rows = [*told, (file.code, file.name, "", None, "")]
    keys = ("layer", "title", "binds", "since", "adopted")
    own_file = {file.code: file.path}
    return [dict(zip(keys, row, strict=True)) | {"file": (places | own_file).get(row[0], "")} for row in rows]


def _chain(rule: RuleInForce) -> Iterator[tuple[object, ...]]:
    """Write a rule's chain, a line a layer; the mark stands at what holds."""
    told = [link for link in rule.chain if link.stated] if rule.stated else rule.chain[-1:]
    holds = told[-1]
    for link in rule.chain:
        yield ("▶" if link is holds else "", _layer(link.layer), _said(link, rule.unit), link.since, link.source)


def _layer(name: str) -> str:
    from renda_core.tenancy import DEFAULT

    return "缺省" if name == DEFAULT else name


def _said(link: Link, unit: str) -> str:
    return _written(link.value, unit) if link.stated else SILENT


def _written(value: object, unit: str) -> str:
    """Write a value with its unit; a span of nothing is no deadline, and not one of today."""
    if isinstance(value, Period) and not value.n:
        return "不另设 none"
    return f"{telling.cell(value)} {unit}".strip()


def _named(found: Difference) -> str:
    return f"{found.title}\n{found.plugin}\n{found.name}"


def told_side(rule: RuleInForce | None) -> str:
    """Write one side of a comparison: value, layer, day and source."""
    if rule is None:
        return "未启用 not enabled"
    value = _written(rule.value, rule.unit) if rule.stated else SILENT
    since = f"，自 {rule.since}" if rule.since else ""
    return f"{value}\n{_layer(rule.layer)}{since}: {rule.source}".rstrip(": ")
