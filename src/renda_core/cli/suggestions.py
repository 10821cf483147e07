"""Commands on single cases, suggestions before all: open, show, list what may be done, take a step."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.ledgers import ledger
from renda_core.cli.printing import print_
from renda_core.cli.session import TENANT, Group, Session, no_such_case
from renda_core.domain.suggestion import KIND
from renda_core.errors import NotFound

if TYPE_CHECKING:
    from renda_core.domain.case import Actor
    from renda_core.domain.visibility import Seen
    from renda_core.workspace import Workspace

DAY = click.DateTime(["%Y-%m-%d"])
OF_KIND = click.option("--kind", default=KIND, show_default=True, help="种类 Of another kind of case.")
FIELDS = click.option("--set", "fields", multiple=True, metavar="FIELD=VALUE", help="字段 A field, by name or title.")
LINKS = click.option(
    "--link", "links", multiple=True, metavar="RELATION=NUMBER", help="关联 Another case it is tied to."
)
PARTIES = click.option("--party", "parties", multiple=True, metavar="ROLE=NAME", help="当事人 Somebody it concerns.")
ON = click.option("--on", type=DAY, help="日期 The day it happened, if earlier than today.")


@click.group(cls=Group)
def suggestion() -> None:
    """代表建议 Suggestions, and with --kind every other sort of case."""


suggestion.add_command(ledger, "list")
suggestion.add_command(print_)


@suggestion.command("open")
@TENANT
@click.option("--title", required=True, help="标题 The title.")
@click.option("--text", default="", help="内容 What is suggested.")
@click.option("--proposer", multiple=True, metavar="NAME|ID", help="领衔代表 Who leads; by default who acts.")
@click.option("--cosigner", multiple=True, metavar="NAME|ID", help="附议代表 Who is invited to co-sign.")
@click.option("--number", default="", help="编号 Its number; by default the next of the year.")
@FIELDS
@PARTIES
@LINKS
@ON
@OF_KIND
@click.pass_obj
def open_(session: Session, /, tenant: str, proposer: tuple[str, ...], cosigner: tuple[str, ...], **given: Any) -> None:
    """提出 Open a suggestion; it is a draft until it is submitted."""
    from renda_core.cli import asking
    from renda_core.services import cases

    people = (*given["parties"], *(f"proposer={n}" for n in proposer), *(f"cosigner={n}" for n in cosigner))
    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        practice = workspace.tenant.practice
        procedure = practice.procedure(given["kind"], practice.edition(given["kind"], workspace.tenant.today))
        body = asking.fields(procedure.kind.body, given["fields"])
        if given["text"]:
            body = {"text": given["text"]} | (body or {})
        if not people and "proposer" in procedure.kind.parties and session.who:
            people = (f"proposer={actor.id}",)
        command = cases.OpenCase(
            kind=given["kind"],
            title=given["title"],
            body=body,
            parties=asking.parties(workspace, people),
            links=asking.links(workspace, given["kind"], given["links"]),
            number=given["number"],
            on=_day(given["on"]),
        )
        made = workspace.do(cases.open_case, actor, command)
    data = {"id": made.id, "kind": made.kind, "number": made.number, "title": made.title, "version": made.version}
    session.tell(data, lambda: telling.line(f"opened 已提出: {made.number} {made.title}"))


@suggestion.command("show")
@TENANT
@click.argument("number")
@OF_KIND
@click.pass_obj
def show(session: Session, tenant: str, number: str, kind: str) -> None:
    """查看 Show a suggestion: states, units, deadlines day by day, history."""
    from renda_core.cli import showing

    with session.open(tenant) as workspace:
        seen = load(workspace, session.actor(workspace), kind, number)
        showing.show(session, showing.told(workspace, seen))


@suggestion.command("steps")
@TENANT
@click.argument("number")
@OF_KIND
@click.pass_obj
def steps(session: Session, tenant: str, number: str, kind: str) -> None:
    """可办环节 List the steps open now, and to whom."""
    from renda_core.services import cases

    with session.open(tenant) as workspace:
        actor = session.actor(workspace)
        seen = load(workspace, actor, kind, number)
        found = workspace.ask(cases.steps_of, actor, seen.id)
    rows = [(s.title, s.step, s.who, s.yours) for s in found]
    data = {"number": seen.number, "version": seen.version, "steps": found}
    session.tell(data, lambda: telling.table(("环节", "step", "谁可办 who", "本人可办"), rows, title=seen.number))


@suggestion.command("step")
@TENANT
@click.argument("number")
@click.argument("step")
@click.option("--grade", default="", help="等次 A grade, by name or Chinese title.")
@click.option("--note", default="", help="说明 The note, or the reasons.")
@click.option("--unit", default="", metavar="NAME", help="单位 The handling unit the step is about.")
@click.option("--units", default="", metavar="NAME:ROLE,…", help="承办单位 Units assigned: 独办, 主办, 会办 or 分办.")
@click.option("--version", type=int, help="版本 The version you saw; by default the newest.")
@FIELDS
@PARTIES
@LINKS
@ON
@OF_KIND
@click.pass_obj
def step(session: Session, /, tenant: str, number: str, step: str, **given: Any) -> None:
    """办理 Take a step, named as in code or in Chinese: renda suggestion step TENANT 2026-1 交办."""
    from renda_core.cli import asking, finding, showing
    from renda_core.services import cases

    with session.open(tenant) as workspace:
        actor, today = session.actor(workspace), workspace.tenant.today
        seen = load(workspace, actor, given["kind"], number)
        procedure = workspace.tenant.practice.procedure(seen.kind, seen.edition)
        wanted = asking.step(procedure, step)
        held = workspace.tenant.settings(wanted.plugin, seen.opened_on)
        unit = workspace.read(finding.unit_id, given["unit"], today) if given["unit"] else ""
        command = cases.TakeStep(
            case=seen.id,
            step=wanted.name,
            version=seen.version if given["version"] is None else given["version"],
            unit=unit,
            grade=asking.grade(procedure, wanted, given["grade"]),
            note=given["note"],
            payload=asking.fields(wanted.takes, given["fields"], held),
            units=asking.units(workspace, given["units"]),
            parties=asking.parties(workspace, given["parties"]),
            links=asking.links(workspace, seen.kind, given["links"]),
            on=_day(given["on"]),
        )
        after = workspace.do(cases.take_step, actor, command)
        try:
            facts = showing.told(workspace, workspace.ask(cases.show, actor, after.id))
        except NotFound:  # a step may take a case out of the sight of whoever took it
            facts = {"id": after.id, "number": after.number, "version": after.version}
            session.tell(facts, lambda: telling.line(f"{after.number}: {wanted.title or wanted.name}"))
            return
        showing.show(session, facts, whole=False)


def load(workspace: Workspace, actor: Actor, kind: str, number: str) -> Seen:
    """Load a case by number as somebody may see it."""
    from renda_core.cli import finding
    from renda_core.services import cases

    id = workspace.read(finding.case_id, kind, number)
    try:
        return workspace.ask(cases.show, actor, id)
    except NotFound:
        raise no_such_case(kind, number) from None


def _day(given: dt.datetime | None) -> dt.date | None:
    return given.date() if given else None
