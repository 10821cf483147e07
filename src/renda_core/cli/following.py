"""Commands on codes that voters follow their matter by: give one out, and look by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from renda_core.cli import telling
from renda_core.cli.session import TENANT, Group, Session, login_name
from renda_core.errors import Invalid, NotFound

if TYPE_CHECKING:
    from renda_core.services.codes import Followed
    from renda_core.workspace import Workspace


@click.group(cls=Group)
def code() -> None:
    """查询码 Codes by which voters follow what they said, and judge what came of it."""


@code.command("issue")
@TENANT
@click.argument("number")
@click.option("--kind", default="", help="种类 Of this kind; by default the one that is followed here.")
@click.pass_obj
def issue(session: Session, tenant: str, number: str, kind: str) -> None:
    """发码 Give a case a code, shown once and kept nowhere; an earlier one follows it no more."""
    from renda_core.cli import finding
    from renda_core.services import codes

    with session.open(tenant) as workspace:
        id = workspace.read(finding.case_id, kind or _followed(workspace), number)
        made = workspace.do(codes.issue, session.actor(workspace), id)
    session.tell({"number": number, "code": made}, lambda: telling.line(f"查询码 {made}  {number}"))


@code.command("look")
@TENANT
@click.argument("code")
@click.pass_obj
def look(session: Session, tenant: str, code: str) -> None:
    """查进度 Show what whoever holds a code sees: how far it is and what was answered, without names and numbers."""
    from renda_core.services import codes

    with session.open(tenant) as workspace:
        store, now = workspace.store, workspace.tenant
        seen = store.run(codes.look(store, now, code, f"prompt:{login_name()}"))
    session.tell(seen, lambda: _show(seen))


def _followed(workspace: Workspace) -> str:
    """Name the kind whose cases are followed by a code; one of several must be named."""
    kinds = [kind.name for kind in workspace.tenant.practice.kinds() if kind.followed]
    if not kinds:
        raise NotFound("no kind is followed by a code here; enable reception")
    if len(kinds) > 1:
        raise Invalid(f"name one of the kinds that are followed by a code: {', '.join(kinds)}", field="kind")
    return kinds[0]


def _show(seen: Followed) -> None:
    state = " · ".join(filter(None, (seen.branch, seen.state)))
    telling.line(f"{seen.number} {seen.kind}  {seen.opened_on}  {state}")
    telling.table(("日期", "环节", "轮次"), [(s.on, s.title, s.round) for s in seen.steps])
    for answer in seen.answers:
        telling.line(f"答复 {answer.on}: {answer.text}")
    for judged in seen.judged:
        telling.line(f"评价 {judged.on}: {judged.title}")
    if seen.grades:
        telling.line(f"可以评价: {'、'.join(seen.grades.values())}")
