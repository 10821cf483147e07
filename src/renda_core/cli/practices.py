"""Commands for authors and readers of practices: begin one, check what it lacks, draw what they come to together."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.failing import REFUSED
from renda_core.cli.session import TENANT, Command, Group, Session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from renda_core.domain.procedure import Kind
    from renda_core.kit.checking import Finding, Report

TIERS = {"bronze": "铜", "silver": "银", "gold": "金", None: "无"}


@click.group(cls=Group)
def plugin() -> None:
    """做法开发 For authors of practices: begin a new one, check what it lacks."""


@plugin.command("new", cls=Command)
@click.argument("name")
@click.option("--title", metavar="中文名", help="What people call it, in Chinese; by default 新做法.")
@click.option("--kind", default="suggestion", show_default=True, help="办件种类 The kind of case that it extends.")
@click.option(
    "--into", type=click.Path(path_type=Path), default=Path(), help="Where to make its folder; by default here."
)
@click.pass_obj
def new(session: Session, name: str, title: str | None, kind: str, into: Path) -> None:
    """新建 Write a new practice: a package with one rule, its settings, manifest, test and page."""
    from renda_core.kit.starting import TITLE, start

    folder = start(name, title=TITLE if title is None else title, kind=kind, into=into)
    written = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())

    def human() -> None:
        telling.line(f"written 已写: {folder}")
        for path in written:
            telling.line(f"  {path}")
        telling.line(f"check it 检查: renda plugin check {folder}")
        near = folder if folder.is_absolute() else f"./{folder}"  # a bare name pip would look for in the index
        telling.line(f"install it 安装: pip install {near}")

    session.tell({"folder": str(folder), "files": written}, human)


@plugin.command("check", cls=Command)
@click.argument("path", type=click.Path(path_type=Path))
@click.pass_obj
def check(session: Session, path: Path) -> int:
    """检查 Check a practice against the rules of its tier; nothing is installed or asked of a network."""
    from renda_core.kit.checking import check

    reports = check(path)

    def human() -> None:
        for report in reports:
            _show(report)

    session.tell({"practices": [_plain(r) for r in reports]}, human)
    return 0 if all(r.kept for r in reports) else REFUSED


def _plain(report: Report) -> dict[str, Any]:
    return {
        "name": report.name,
        "title": report.title,
        "claimed": report.claimed,
        "reached": report.reached,
        "kept": report.kept,
        "rules": [
            {"rule": f.rule, "title": f.title, "tier": f.tier, "good": f.good, "lacks": f.lacks, "exempt": f.exempt}
            for f in report.findings
        ],
    }


def _show(report: Report) -> None:
    told = f"{report.name} {report.title}".rstrip()
    claims, reaches = (f"{TIERS[tier]} {tier or 'none'}" for tier in (report.claimed, report.reached))
    telling.line(f"{told}: claims 自称 {claims}, reaches 达到 {reaches}")
    for finding in report.findings:
        mark = "免" if finding.exempt else "好" if finding.good else "缺"
        tier = f"{TIERS[finding.tier]} {finding.tier}"
        telling.line(f"  {mark} {finding.title} {finding.rule} ({tier}){_aside(report, finding)}")
        if finding.exempt:
            telling.line(f"      reason 理由: {finding.exempt}")
        for lack in () if finding.exempt else finding.lacks:
            telling.line(f"      {lack}")


def _aside(report: Report, finding: Finding) -> str:
    if finding.idle:
        return ": it holds anyway, so take the exemption out 规则已合，可删免除"
    if not finding.good and not report.owed(finding):
        return ": not claimed 未自称"
    return ""


@click.command(cls=Command)
@TENANT
@click.argument("kind")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="日期 As cases are opened on a day; by default today.")
@click.option(
    "--format", "form", type=click.Choice(["text", "mermaid"]), default="text", show_default=True, help="How to draw."
)
@click.pass_obj
def procedure(session: Session, tenant: str, kind: str, on: dt.datetime | None, form: str) -> None:
    """流程 Draw how a kind of case goes here: states, steps, deadlines, and which practice adds what."""
    from renda_core.cli import drawing
    from renda_core.services import procedures

    with session.open(tenant) as workspace:
        name = _kind(workspace.tenant.practice.kinds(), kind)
        shown = workspace.ask(procedures.procedure, session.actor(workspace), name, on.date() if on else None)
    draw = {"text": drawing.text, "mermaid": drawing.mermaid}[form]
    session.tell(shown, lambda: telling.line(draw(shown)))


def _kind(known: Iterable[Kind], wanted: str) -> str:
    """Find a kind by name or title."""
    return next((k.name for k in known if wanted in (k.name, k.title)), wanted)
