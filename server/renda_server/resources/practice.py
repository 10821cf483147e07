"""How this county works: who asks, its kinds and procedures, its rules, its practices."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from renda_core.domain.case import Actor
from renda_core.domain.visibility import KEEPERS
from renda_core.errors import Invalid
from renda_core.services import procedures
from renda_core.services.procedures import ShownKind, ShownProcedure
from renda_core.store.unit import Reader
from renda_core.tenancy import Link, RuleInForce, Tenant, differences
from renda_server.desks import Desk
from renda_server.operations import Asking, operation
from renda_server.shapes import Day, Name, Page

TAG = "practice"


class Me(msgspec.Struct, kw_only=True, frozen=True):
    """Who a token stands for, and where; *today* is the day that deadlines are counted on.

    *missing* names practices that are enabled and gone, *readonly* the kinds of case that can only be read since.
    """

    person: str
    roles: list[str]
    unit: str
    tenant: str
    tenant_name: str
    level: str
    today: dt.date
    missing: list[str]
    readonly: list[str]


class LinkShown(msgspec.Struct, kw_only=True, frozen=True):
    """What one layer says of a parameter; not *stated* where it says nothing (未规定)."""

    layer: str
    value: Any
    source: str
    since: dt.date | None
    stated: bool


class RuleShown(msgspec.Struct, kw_only=True, frozen=True):
    """One parameter as it holds: its value and where that comes from, beside the practice's own default.

    Not *stated* where the place states nothing and nothing is asked; *chain* is what each layer says, from the default
    over the law and the profile to the county's own.
    """

    plugin: str
    name: str
    title: str
    value: Any
    unit: str
    layer: str
    source: str
    since: dt.date | None
    law: Any
    stated: bool
    chain: list[LinkShown]


class RuleChange(msgspec.Struct, kw_only=True, frozen=True):
    """A parameter that is not the same on two days."""

    plugin: str
    name: str
    title: str
    before: RuleShown
    after: RuleShown


class Plugin(msgspec.Struct, kw_only=True, frozen=True):
    """A practice installed on this server, and whether this county has it.

    *fault* says why it cannot be used, or how often its code failed here since the server started, and what of it last.
    """

    name: str
    summary: str
    settings: int
    enabled: bool
    fault: str


class Rules(Day, kw_only=True, frozen=True):
    """Of which practice, and as they stood on which day."""

    plugin: Name = ""


class Changes(Rules, kw_only=True, frozen=True):
    """Since which day."""

    since: dt.date


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
        missing=sorted(tenant.absent),
        readonly=sorted(tenant.readonly),
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
    _refuse_unknown(desk, asked.plugin)
    found = await desk.ask(_rules, asked.on)
    return Page(items=[rule_shown(r) for r in found if asked.plugin in ("", r.plugin)], after="")


@operation("GET", "/rules/changes", summary="List the rules that changed", tag=TAG)
async def list_rule_changes(desk: Desk, asked: Changes) -> Page[RuleChange]:
    """List the parameters that are not the same on two days, with value and chain on both: ``since`` and ``on``."""
    _refuse_unknown(desk, asked.plugin)
    before, after = await desk.ask(_rules, asked.since), await desk.ask(_rules, asked.on)
    found = [
        RuleChange(plugin=d.plugin, name=d.name, title=d.title, before=rule_shown(d.before), after=rule_shown(d.after))
        for d in differences(before, after)
        if d.before and d.after and asked.plugin in ("", d.plugin)
    ]
    return Page(items=found, after="")


def _refuse_unknown(desk: Desk, plugin: str) -> None:
    if plugin and plugin not in desk.tenant.practice.plugins:
        known = ", ".join(sorted(desk.tenant.practice.plugins))
        raise Invalid(f"plugin: no practice of this name is enabled here; enabled: {known}", field="plugin")


async def _rules(_: Reader, tenant: Tenant, __: Actor, on: dt.date | None) -> tuple[RuleInForce, ...]:
    return tenant.rules(on)


def rule_shown(found: RuleInForce) -> RuleShown:
    """Write a rule as it is shown."""
    fields = {f: getattr(found, f) for f in RuleShown.__struct_fields__}
    chain = [_link(link) for link in found.chain]
    return RuleShown(**fields | {"value": _plain(found.value), "law": _plain(found.law), "chain": chain})


def _link(found: Link) -> LinkShown:
    fields = {f: getattr(found, f) for f in LinkShown.__struct_fields__}
    return LinkShown(**fields | {"value": _plain(found.value)})


def _plain(value: object) -> Any:
    return msgspec.to_builtins(value, enc_hook=str)


@operation("GET", "/plugins", summary="List the installed practices", tag=TAG)
async def list_plugins(desk: Desk, request: Asking) -> Page[Plugin]:
    """List the practices installed on this server, and which of them this county has enabled.

    One that is enabled and gone is listed too. Why one cannot be used, or failed, is told to office and overseer.
    """
    catalogue, tenant = request.app.state.hosts.catalogue, desk.tenant
    faults = {**catalogue.broken, **tenant.absent}
    failed = tenant.faults.of(tenant.id) if desk.actor.roles & KEEPERS else {}
    told = {name: str(fault) for name, fault in failed.items()} | faults
    found = [
        Plugin(
            name=name,
            summary=catalogue.summaries.get(name, ""),
            settings=len(catalogue.parameters(name)),
            enabled=name in tenant.practice.plugins or name in tenant.absent,
            fault=told.get(name, "") if desk.actor.roles & KEEPERS or name not in faults else "it cannot be used",
        )
        for name in sorted({*catalogue.offers, *faults})
    ]
    return Page(items=found, after="")


HANDLERS = (show_me, list_kinds, show_kind, list_rules, list_rule_changes, list_plugins)
