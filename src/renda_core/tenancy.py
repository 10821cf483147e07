"""A tenant at work on one day: its practice, its settings by date, its calendar."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from renda_core.domain.calendar import Calendar
from renda_core.domain.failing import Contexts
from renda_core.domain.procedure import Context
from renda_core.faults import Faults
from renda_core.practice import Practice
from renda_core.settings import Parameter

ALWAYS = dt.date.min
DEFAULT = "default"
"""The layer under all files: what the practice's author wrote."""


@attrs.frozen(kw_only=True)
class Origin:
    """Where a value comes from: the layer that set it, its source, and since when.

    Attributes:
        under: What this one replaced.
        stated: Whether the layer says anything; where it does not (未规定), *value* is what holds all the same.
    """

    value: object
    layer: str
    source: str
    since: dt.date = ALWAYS
    under: "Origin | None" = None
    stated: bool = True

    def chain(self) -> Iterator["Origin"]:
        """Give this and everything under it, the nearest first."""
        link: Origin | None = self
        while link is not None:
            yield link
            link = link.under

    def said(self, *, without: str = "") -> "Origin":
        """Give the nearest origin that says something, and that its own layer has not fallen silent on since.

        Args:
            without: A layer to leave out.
        """
        silent = {without}
        for link in self.chain():
            if link.stated and link.layer not in silent:
                return link
            silent.add(link.layer)
        raise LookupError("every chain begins with a default")


@attrs.frozen(kw_only=True, eq=False)
class Settled:
    """The settings of one plugin under some layers; never changed once it stands.

    Attributes:
        values: Checked values, where a layer set any.
        settings: None where the plugin has none, or where its class refused them.
        refused: What the class said against the values all together.
        origins: Of each parameter, by its name.
        above: The same with what one more layer says, by that content.
    """

    plugin: str
    parameters: tuple[Parameter, ...]
    values: Mapping[str, Any]
    settings: object
    refused: str
    origins: Mapping[str, Origin]
    above: dict[bytes, "Settled"] = attrs.field(factory=dict, init=False)


@attrs.frozen(kw_only=True)
class Edition:
    """The settings of every plugin from a date on, each value with its origin."""

    since: dt.date
    held: Mapping[str, Settled]

    def settings(self, plugin: str) -> Any:
        """Give a plugin's settings; None where it has none."""
        return self.held[plugin].settings if plugin in self.held else None


@attrs.frozen(kw_only=True)
class Link:
    """What one layer says of a parameter; *stated* is False where it says nothing (未规定)."""

    layer: str
    value: object
    source: str
    since: dt.date | None
    stated: bool


@attrs.frozen(kw_only=True)
class RuleInForce:
    """One parameter as it holds on a date: value, unit, where it comes from, and what the default is.

    Attributes:
        stated: False where the place states nothing and the default is no law: nothing is asked then.
        chain: What each layer says, from the default over law and profile to the tenant's own.
    """

    plugin: str
    name: str
    title: str
    value: object
    unit: str
    layer: str
    source: str
    since: dt.date | None
    law: object
    stated: bool = True
    chain: tuple[Link, ...] = ()


@attrs.frozen(kw_only=True)
class Tenant:
    """One tenant on one day. Cheap: practices and settings are shared by equal content.

    Attributes:
        id: UUID in canonical text.
        code: Short name for commands and folders.
        editions: Settings by date, oldest first.
        absent: Why an enabled practice is missing; what it touched can only be read.
        faults: The account of practices that failed, which all tenants of a process share.
    """

    id: str
    code: str
    name: str
    level: str
    practice: Practice
    editions: tuple[Edition, ...]
    calendar: Calendar
    today: dt.date
    absent: Mapping[str, str] = attrs.Factory(dict)
    faults: Faults = attrs.field(factory=Faults, eq=False, repr=False)
    _contexts: dict[dt.date, Contexts] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    @property
    def readonly(self) -> Mapping[str, str]:
        """Say why cases of a kind can be read and not changed here, by kind."""
        return {kind: p.readonly for (kind, _), p in self.practice.procedures.items() if p.readonly}

    def edition(self, on: dt.date) -> Edition:
        """Give the settings as they stand on a date."""
        return next(e for e in reversed(self.editions) if e.since <= on)

    def settings(self, plugin: str, on: dt.date) -> Any:
        """Give a plugin's settings as they stood on a date."""
        return self.edition(on).settings(plugin)

    def contexts(self, on: dt.date) -> Contexts:
        """Give each plugin its context; a case passes the day it was opened and keeps its rules."""
        held = self.edition(on)
        if (found := self._contexts.get(held.since)) is None:
            found = self._contexts[held.since] = Contexts(
                lambda plugin: Context(
                    tenant=self.id, today=self.today, calendar=self.calendar, settings=held.settings(plugin)
                ),
                self.failed,
            )
        return found

    def failed(self, plugin: str, what: str, error: BaseException) -> None:
        """Count a failure of a practice's own code against it, and log it."""
        self.faults.heard(self.id, plugin, what, error)

    def on(self, today: dt.date) -> "Tenant":
        """Give this tenant on another day."""
        return attrs.evolve(self, today=today)

    def rules(self, on: dt.date | None = None) -> tuple[RuleInForce, ...]:
        """List every parameter in force, with its value and where it comes from."""
        edition = self.edition(on or self.today)
        return tuple(
            _in_force(plugin, p, held.origins[p.name])
            for plugin in sorted(self.practice.plugins)
            for held in [edition.held[plugin]]
            for p in held.parameters
        )


def _in_force(plugin: str, parameter: Parameter, top: Origin) -> RuleInForce:
    said = top.said()
    # silence leaves the law, or what another layer states; what is only our proposal it takes away
    stated = said is top or said.under is not None or parameter.unstated is attrs.NOTHING
    shown = said if stated else top
    return RuleInForce(
        plugin=plugin,
        name=parameter.name,
        title=parameter.title,
        value=top.value,
        unit=parameter.unit,
        layer=shown.layer,
        source=shown.source,
        since=_day(shown),
        law=parameter.default,
        stated=stated,
        chain=tuple(_links(top)),
    )


def _links(top: Origin) -> Iterator[Link]:
    """Give the chain from its beginning; that a text said nothing before it was in force is left out."""
    links = list(top.chain())
    for n, link in reversed(list(enumerate(links))):
        if link.stated or all(later.layer != link.layer for later in links[:n]):
            yield Link(layer=link.layer, value=link.value, source=link.source, since=_day(link), stated=link.stated)


def _day(origin: Origin) -> dt.date | None:
    return None if origin.since == ALWAYS else origin.since


@attrs.frozen(kw_only=True)
class Difference:
    """One parameter that is not the same on two days, or under two profiles; None where it does not exist there."""

    plugin: str
    name: str
    title: str
    before: RuleInForce | None
    after: RuleInForce | None


def differences(before: tuple[RuleInForce, ...], after: tuple[RuleInForce, ...]) -> tuple[Difference, ...]:
    """Compare two lists of rules: what holds, and whether anybody states it; a new source alone changes nothing."""
    old, new = ({(r.plugin, r.name): r for r in rules} for rules in (before, after))
    return tuple(
        Difference(plugin=plugin, name=name, title=(new | old)[plugin, name].title, before=a, after=b)
        for plugin, name in dict.fromkeys([*old, *new])
        for a, b in [(old.get((plugin, name)), new.get((plugin, name)))]
        if a is None or b is None or (a.value, a.stated) != (b.value, b.stated)
    )
