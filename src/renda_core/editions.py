"""A tenant's settings, put together layer by layer; equal layers are put together once and shared by all tenants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

import attrs
import msgspec

from renda_core.catalogue import Catalogue
from renda_core.settings import Parameter
from renda_core.tenancy import Edition, Origin

_content = msgspec.msgpack.Encoder(enc_hook=repr).encode


@attrs.frozen(kw_only=True)
class Layer:
    """Settings of some plugins, set by one file from one date on."""

    name: str
    file: str
    since: dt.date
    plugins: Mapping[str, Mapping[str, Any]]
    sources: Mapping[str, str]


@attrs.frozen(kw_only=True, eq=False)
class Stack:
    """What some layers come to for tenants of one set of plugins; never changed once it stands.

    Attributes:
        plugins: Those of the set that are installed.
        values: Checked values by plugin, where a layer set any.
        refused: What a plugin's settings class said against them all together.
        above: The stacks with one more layer, by that layer's content.
        begun: The editions that these settings are, by their first day.
    """

    plugins: frozenset[str]
    parameters: Mapping[str, tuple[Parameter, ...]]
    values: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, object]
    refused: Mapping[str, str]
    origins: Mapping[tuple[str, str], Origin]
    above: dict[Any, Stack] = attrs.field(factory=dict, init=False)
    begun: dict[dt.date, Edition] = attrs.field(factory=dict, init=False)

    def over(self, layers: Iterable[Layer], catalogue: Catalogue, mistakes: list[str]) -> Stack:
        """Lay some layers on top, the lowest first; adds every mistake that they hold to *mistakes*."""
        stack = self
        for layer in layers:
            if layer.plugins or layer.sources:
                stack = stack._under(layer, catalogue, mistakes)
        return stack

    def edition(self, since: dt.date) -> Edition:
        """Give these settings as they hold from a date on."""
        if (found := self.begun.get(since)) is None:
            found = self.begun[since] = Edition(since=since, settings=self.settings, origins=self.origins)
        return found

    def _under(self, layer: Layer, catalogue: Catalogue, mistakes: list[str]) -> Stack:
        # as a stored document would hold it, whichever file it came from
        key = _content((layer.name, layer.since, layer.plugins, layer.sources))
        found = self.above.get(key)
        if found is None:
            wrong = list(_unknown(layer, catalogue))
            found = self._with(layer, catalogue, wrong)
            if wrong:  # they name the layer's file, and an equal layer may come from another
                mistakes += wrong
            else:
                self.above[key] = found
        return found

    def _with(self, layer: Layer, catalogue: Catalogue, mistakes: list[str]) -> Stack:
        values, origins = dict(self.values), dict(self.origins)
        settings, refused = dict(self.settings), dict(self.refused)
        for name, given in layer.plugins.items():
            checked, types = dict(values.get(name, {})), _types(catalogue, name)
            for key, raw in given.items():
                if (name, key) not in origins:
                    continue
                try:
                    value = msgspec.convert(raw, types[key])
                except msgspec.ValidationError as error:
                    mistakes.append(f"{layer.file}: plugins.{name}.{key} = {raw!r}: {error}")
                    continue
                checked[key] = value
                told = layer.sources.get(f"{name}.{key}", "")
                origins[name, key] = Origin(value=value, layer=layer.name, source=told, since=layer.since)
            if name in settings or name in refused:
                values[name] = checked
                _settle(catalogue, name, checked, settings, refused)
        return Stack(
            plugins=self.plugins,
            parameters=self.parameters,
            values=values,
            settings=settings,
            refused=refused,
            origins=origins,
        )


def ground(catalogue: Catalogue, names: frozenset[str]) -> Stack:
    """Give the stack under all layers: every plugin of *names* as its author left it."""
    settings: dict[str, object] = {}
    refused: dict[str, str] = {}
    origins: dict[tuple[str, str], Origin] = {}
    for name in names.intersection(catalogue.offers):
        origins |= _defaults(catalogue, name)
        if name in catalogue.settings:
            _settle(catalogue, name, {}, settings, refused)
    return Stack(
        plugins=names.intersection(catalogue.offers),
        parameters={name: catalogue.parameters(name) for name in names},
        values={},
        settings=settings,
        refused=refused,
        origins=origins,
    )


def _defaults(catalogue: Catalogue, plugin: str) -> Mapping[tuple[str, str], Origin]:
    """Give the origin of every value that no layer sets."""

    def made() -> Mapping[tuple[str, str], Origin]:
        known = catalogue.parameters(plugin)
        return {(plugin, p.name): Origin(value=p.default, layer="default", source=p.source) for p in known}

    return catalogue.once(("defaults", plugin), made)


def _settle(
    catalogue: Catalogue, name: str, values: Mapping[str, Any], settings: dict[str, object], refused: dict[str, str]
) -> None:
    """Make a plugin's settings; a value that a class refuses may be put right by a layer above."""
    settings.pop(name, None)
    refused.pop(name, None)
    try:
        settings[name] = catalogue.settled(name, values)
    except (ValueError, TypeError) as error:
        refused[name] = str(error.args[0])


def _types(catalogue: Catalogue, plugin: str) -> Mapping[str, Any]:
    """Give the type of every setting of a plugin."""

    def made() -> Mapping[str, Any]:
        cls = catalogue.settings.get(plugin)
        return {a.name: a.type for a in attrs.fields(attrs.resolve_types(cls))} if cls else {}

    return catalogue.once(("types", plugin), made)


def _unknown(layer: Layer, catalogue: Catalogue) -> Iterator[str]:
    """Name plugins and settings that do not exist."""
    for name, given in layer.plugins.items():
        if name not in catalogue.offers:
            yield f"{layer.file}: plugins.{name}: no such plugin is installed{near(name, catalogue.offers)}"
            continue
        known = [p.name for p in catalogue.parameters(name)]
        for key in given:
            if key not in known:
                yield f"{layer.file}: plugins.{name}.{key}: no such setting{near(key, known)}"
    for label in layer.sources:
        name, _, key = label.partition(".")
        if key not in [p.name for p in catalogue.parameters(name)]:
            yield f"{layer.file}: sources.{label}: no such setting"


def near(name: str, known: Iterable[str]) -> str:
    """Say what was probably meant."""
    all_of_them = sorted(known)
    close = get_close_matches(name, all_of_them, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(all_of_them) or 'none'}"
