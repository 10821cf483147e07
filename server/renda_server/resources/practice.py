"""How this county works: who asks, its kinds and procedures, its rules, its practices."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from renda_core.domain.case import Actor
from renda_core.errors import Invalid
from renda_core.services import procedures
from renda_core.services.procedures import ShownKind, ShownProcedure
from renda_core.store.unit import Reader
from renda_core.tenancy import RuleInForce, Tenant
from renda_server.hosting import Desk
from renda_server.operations import Asking, operation
from renda_server.shapes import Day, Name, Page

TAG = "practice"


class Me(msgspec.Struct, kw_only=True, frozen=True):
    """Who a token stands for, and where; *today* is the day that deadlines are counted on."""

    person: str
    roles: list[str]
    unit: str
    tenant: str
    tenant_name: str
    level: str
    today: dt.date


class RuleShown(msgspec.Struct, kw_only=True, frozen=True):
    """One parameter as it holds: its value and where that comes from, beside what the law says."""

    plugin: str
    name: str
    title: str
    value: Any
    unit: str
    layer: str
    source: str
    since: dt.date | None
    law: Any


class Plugin(msgspec.Struct, kw_only=True, frozen=True):
    """A practice installed on this server, and whether this county has it."""

    name: str
    summary: str
    settings: int
    enabled: bool


class Rules(Day, kw_only=True, frozen=True):
    """Of which practice, and as they stood on which day."""

    plugin: Name = ""


@operation("GET", "/me", summary="Who am I", tag=TAG)
async def show_me(desk: Desk) -> Me:
    """Say whom the token stands for, with what roles, in which county."""
    actor, tenant = desk.actor, desk.tenant
    return Me(
        person=actor.id,
        roles=sorted(actor.roles),
        unit=actor.unit,
        tenant=tenant.code,
        tenant_name=tenant.name,
        level=tenant.level,
        today=tenant.today,
    )


@operation("GET", "/kinds", summary="List the kinds of case", tag=TAG)
async def list_kinds(desk: Desk) -> Page[ShownKind]:
    """List the kinds of case that are enabled here, by name."""
    return Page(items=list(await desk.ask(procedures.kinds)), after="")


@operation("GET", "/kinds/{kind:str}", summary="Show a kind's procedure", tag=TAG)
async def show_kind(desk: Desk, kind: str, asked: Day) -> ShownProcedure:
    """Show states, steps and deadlines of a kind, and the JSON Schema of its body and of each step's payload."""
    return await desk.ask(procedures.procedure, kind, asked.on)


@operation("GET", "/rules", summary="List the rules in force", tag=TAG)
async def list_rules(desk: Desk, asked: Rules) -> Page[RuleShown]:
    """List every parameter in force: its value, its unit, where it comes from, and what the law says."""
    if asked.plugin and asked.plugin not in desk.tenant.practice.plugins:
        known = ", ".join(sorted(desk.tenant.practice.plugins))
        raise Invalid(f"plugin: no practice of this name is enabled here; enabled: {known}", field="plugin")
    found = await desk.ask(_rules, asked.on)
    return Page(items=[_rule(r) for r in found if asked.plugin in ("", r.plugin)], after="")


async def _rules(_: Reader, tenant: Tenant, __: Actor, on: dt.date | None) -> tuple[RuleInForce, ...]:
    return tenant.rules(on)


def _rule(found: RuleInForce) -> RuleShown:
    fields = {f: getattr(found, f) for f in RuleShown.__struct_fields__}
    return RuleShown(**fields | {f: msgspec.to_builtins(fields[f], enc_hook=str) for f in ("value", "law")})


@operation("GET", "/plugins", summary="List the installed practices", tag=TAG)
async def list_plugins(desk: Desk, request: Asking) -> Page[Plugin]:
    """List the practices installed on this server, and which of them this county has enabled."""
    catalogue = request.app.state.hosts.catalogue
    found = [
        Plugin(
            name=name,
            summary=catalogue.summaries.get(name, ""),
            settings=len(catalogue.parameters(name)),
            enabled=name in desk.tenant.practice.plugins,
        )
        for name in sorted(catalogue.offers)
    ]
    return Page(items=found, after="")


HANDLERS = (show_me, list_kinds, show_kind, list_rules, list_plugins)
