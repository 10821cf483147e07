"""A tenant at work on one day: its practice, its settings by date, its calendar."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from renda_core.domain.calendar import Calendar
from renda_core.domain.decide import Contexts
from renda_core.domain.procedure import Context
from renda_core.practice import Practice
from renda_core.settings import Parameter

ALWAYS = dt.date.min


@attrs.frozen(kw_only=True)
class Origin:
    """Where a value comes from: the layer that set it, its source, and since when."""

    value: object
    layer: str
    source: str
    since: dt.date = ALWAYS


@attrs.frozen(kw_only=True)
class Edition:
    """The settings of every plugin from a date on, each value with its origin."""

    since: dt.date
    settings: Mapping[str, object]
    origins: Mapping[tuple[str, str], Origin]


@attrs.frozen(kw_only=True)
class RuleInForce:
    """One parameter as it holds on a date: value, unit, where it comes from, and what the law says."""

    plugin: str
    name: str
    title: str
    value: object
    unit: str
    layer: str
    source: str
    since: dt.date | None
    law: object


@attrs.frozen(kw_only=True)
class Tenant:
    """One tenant on one day. Cheap: practices and settings are shared by equal content.

    Attributes:
        id: UUID in canonical text.
        code: Short name for commands and folders.
        editions: Settings by date, oldest first.
    """

    id: str
    code: str
    name: str
    level: str
    practice: Practice
    parameters: Mapping[str, tuple[Parameter, ...]]
    editions: tuple[Edition, ...]
    calendar: Calendar
    today: dt.date

    def edition(self, on: dt.date) -> Edition:
        """Give the settings as they stand on a date."""
        return next(e for e in reversed(self.editions) if e.since <= on)

    def settings(self, plugin: str, on: dt.date) -> Any:
        """Give a plugin's settings as they stood on a date."""
        return self.edition(on).settings.get(plugin)

    def contexts(self, on: dt.date) -> Contexts:
        """Give each plugin its context; a case passes the day it was opened and keeps its rules."""
        held = self.edition(on).settings
        made: dict[str, Context[Any]] = {}

        def context(plugin: str) -> Context[Any]:
            if plugin not in made:
                made[plugin] = Context(
                    tenant=self.id, today=self.today, calendar=self.calendar, settings=held.get(plugin)
                )
            return made[plugin]

        return context

    def on(self, today: dt.date) -> "Tenant":
        """Give this tenant on another day."""
        return attrs.evolve(self, today=today)

    def rules(self, on: dt.date | None = None) -> tuple[RuleInForce, ...]:
        """List every parameter in force, with its value and where it comes from."""
        edition = self.edition(on or self.today)
        return tuple(
            RuleInForce(
                plugin=plugin,
                name=p.name,
                title=p.title,
                value=origin.value,
                unit=p.unit,
                layer=origin.layer,
                source=origin.source,
                since=None if origin.since == ALWAYS else origin.since,
                law=p.default,
            )
            for plugin in sorted(self.practice.plugins)
            for p in self.parameters.get(plugin, ())
            for origin in [edition.origins[plugin, p.name]]
        )
