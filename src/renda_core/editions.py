"""A tenant's settings, put together layer by layer; equal layers are put together once and shared by all tenants.

What holds for one plugin depends on what the layers say of that plugin alone. So layers are put together for all
plugins at once, and shared by tenants of whatever sets of plugins; a tenant's edition is its part of the table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import attrs
import msgspec

from renda_core.catalogue import Catalogue
from renda_core.tenancy import DEFAULT, Edition, Origin, Settled

_content = msgspec.msgpack.Encoder(enc_hook=repr).encode


@attrs.frozen(kw_only=True)
class Layer:
    """Settings of some plugins, set by one file from one date on.

    Attributes:
        silent: What the file says nothing on (未规定), each as ``plugin.setting``.
        early: Whether this tells only that nothing of the file held before its text was in force.
    """

    name: str
    file: str
    since: dt.date
    plugins: Mapping[str, Mapping[str, Any]]
    sources: Mapping[str, str]
    silent: tuple[str, ...] = ()
    early: bool = False

    def only(self, names: frozenset[str]) -> Layer:
        """Give this layer as far as it is about some plugins."""
        return attrs.evolve(
            self,
            plugins={name: values for name, values in self.plugins.items() if name in names},
            sources={label: told for label, told in self.sources.items() if label.partition(".")[0] in names},
            silent=tuple(label for label in self.silent if label.partition(".")[0] in names),
        )


Said = tuple[Mapping[str, Any], Mapping[str, str], Sequence[str]]
"""What a layer says of one plugin: values and sources by setting, and on which settings it is silent."""


@attrs.frozen(kw_only=True, eq=False)
class Stack:
    """What some layers come to, for whoever has them under him; never changed once it stands.

    Attributes:
        held: The settings of every installed plugin; a tenant takes those of its own.
        above: The stacks with one more layer, by that layer's content.
        begun: The editions that these settings are, by the tenant's plugins and their first day.
    """

    held: Mapping[str, Settled]
    above: dict[bytes, Stack] = attrs.field(factory=dict, init=False)
    begun: dict[Any, Edition] = attrs.field(factory=dict, init=False)

    def over(self, layers: Iterable[Layer], catalogue: Catalogue, mistakes: list[str]) -> Stack:
        """Lay some layers on top, the lowest first; adds every mistake that they hold to *mistakes*."""
        stack = self
        for layer in layers:
            says_something = layer.sources or layer.silent or any(layer.plugins.values())
            if says_something or not self.held.keys() >= layer.plugins.keys():
                stack = stack._under(layer, catalogue, mistakes)
        return stack

    def edition(self, plugins: frozenset[str], since: dt.date) -> Edition:
        """Give the settings of those of some plugins that are installed, as they hold from a date on."""
        if (found := self.begun.get((plugins, since))) is None:
            held = {name: self.held[name] for name in plugins if name in self.held}
            found = self.begun[plugins, since] = Edition(since=since, held=held)
        return found

    def _under(self, layer: Layer, catalogue: Catalogue, mistakes: list[str]) -> Stack:
        # as a stored document would hold it, whichever file it came from
        key = _content((layer.name, layer.since, layer.early, layer.plugins, layer.sources, layer.silent))
        found = self.above.get(key)
        if found is None:
            held, wrong = dict(self.held), list[str]()
            for name, said in _said(layer).items():
                if name in held:
                    held[name] = _under(held[name], said, layer, catalogue, wrong)
                else:
                    wrong += _unknown(name, said, layer, catalogue)
            found = Stack(held=held)
            if wrong:  # they name the layer's file, and an equal layer may come from another
                mistakes += wrong
            else:
                self.above[key] = found
        return found


def ground(catalogue: Catalogue) -> Stack:
    """Give the stack under all layers: every plugin as its author left it."""
    return catalogue.once("ground", lambda: Stack(held={name: _default(catalogue, name) for name in catalogue.offers}))


def _said(layer: Layer) -> Mapping[str, Said]:
    """Sort what a layer says by plugin."""
    sources: dict[str, dict[str, str]] = {}
    silent: dict[str, list[str]] = {}
    for label, told in layer.sources.items():
        name, _, key = label.partition(".")
        sources.setdefault(name, {})[key] = told
    for label in layer.silent:
        name, _, key = label.partition(".")
        silent.setdefault(name, []).append(key)
    every = dict.fromkeys((*layer.plugins, *sources, *silent))
    return {name: (layer.plugins.get(name, {}), sources.get(name, {}), silent.get(name, ())) for name in every}


def _under(below: Settled, said: Said, layer: Layer, catalogue: Catalogue, mistakes: list[str]) -> Settled:
    """Lay what a layer says of one plugin on top; tenants of whatever sets share it by its content."""
    if not any(said):
        return below
    key = _content((layer.name, layer.since, layer.early, said))
    found = below.above.get(key)
    if found is None:
        wrong = list(_unknown(below.plugin, said, layer, catalogue))
        found = _with(below, said, layer, catalogue, wrong)
        if wrong:
            mistakes += wrong
        else:
            below.above[key] = found
    return found


def _with(below: Settled, said: Said, layer: Layer, catalogue: Catalogue, mistakes: list[str]) -> Settled:
    (given, sources, silent), name = said, below.plugin
    values, origins, types = dict(below.values), dict(below.origins), _types(catalogue, name)
    for key in silent:
        if key in origins:
            origins[key] = _silence(layer, origins[key], _unstated(catalogue, name)[key])
            values[key] = origins[key].value
    for key, raw in given.items():
        if key not in origins:
            continue
        try:
            value = values[key] = msgspec.convert(raw, types[key])
        except msgspec.ValidationError as error:
            mistakes.append(f"{layer.file}: plugins.{name}.{key} = {raw!r}: {error}")
            continue
        mistakes += (f"{layer.file}: plugins.{name}.{where}" for where in _unread(raw, value, key))
        told = sources.get(key, "")
        origins[key] = Origin(value=value, layer=layer.name, source=told, since=layer.since, under=origins[key])
    return _settle(catalogue, name, values, origins)


def _unread(raw: object, value: Any, where: str) -> Iterator[str]:
    """Name what stands in a setting of several fields and was not read: it would be lost without a word."""
    if isinstance(raw, Mapping):
        fields = attrs.has(type(value))
        inner = {a.name: getattr(value, a.name) for a in attrs.fields(type(value))} if fields else value
        for key, part in raw.items():
            if key in inner:
                yield from _unread(part, inner[key], f"{where}.{key}")
            elif fields:
                yield f"{where}.{key}: no such field{near(key, inner)}"
    elif isinstance(raw, list | tuple) and isinstance(value, list | tuple):
        for n, (part, read) in enumerate(zip(raw, value, strict=False), 1):
            yield from _unread(part, read, f"{where}[{n}]")


def _silence(layer: Layer, under: Origin, unstated: object) -> Origin:
    """Give what holds where a layer says nothing: what is stated under it, or nothing in place of our proposal."""
    said = under.said(without=layer.name)
    value = said.value if said.under or unstated is attrs.NOTHING else unstated
    return Origin(value=value, layer=layer.name, source="", since=layer.since, under=under, stated=False)


def _default(catalogue: Catalogue, plugin: str) -> Settled:
    """Give a plugin's settings where no layer sets any."""
    known = catalogue.parameters(plugin)
    origins = {p.name: Origin(value=p.default, layer=DEFAULT, source=p.source) for p in known}
    return _settle(catalogue, plugin, {}, origins)


def _settle(catalogue: Catalogue, plugin: str, values: Mapping[str, Any], origins: Mapping[str, Origin]) -> Settled:
    """Make a plugin's settings; a value that a class refuses may be put right by a layer above."""
    settings, refused = None, ""
    try:
        settings = catalogue.settled(plugin, values) if plugin in catalogue.settings else None
    except (ValueError, TypeError) as error:
        refused = str(error.args[0])
    known = catalogue.parameters(plugin)
    return Settled(plugin=plugin, parameters=known, values=values, settings=settings, refused=refused, origins=origins)


def _unstated(catalogue: Catalogue, plugin: str) -> Mapping[str, Any]:
    """Give what holds of every setting of a plugin where a place says nothing."""
    return catalogue.once(("unstated", plugin), lambda: {p.name: p.unstated for p in catalogue.parameters(plugin)})


def _types(catalogue: Catalogue, plugin: str) -> Mapping[str, Any]:
    """Give the type of every setting of a plugin."""

    def made() -> Mapping[str, Any]:
        cls = catalogue.settings.get(plugin)
        return {a.name: a.type for a in attrs.fields(attrs.resolve_types(cls))} if cls else {}

    return catalogue.once(("types", plugin), made)


def _unknown(name: str, said: Said, layer: Layer, catalogue: Catalogue) -> Iterator[str]:
    """Name plugins and settings that do not exist."""
    (given, sources, silent), known = said, [p.name for p in catalogue.parameters(name)]
    if name in catalogue.offers:
        for key in given:
            if key not in known:
                yield f"{layer.file}: plugins.{name}.{key}: no such setting{near(key, known)}"
    elif name in layer.plugins:
        yield f"{layer.file}: plugins.{name}: {_missing(name, catalogue)}"
    for key in sources:
        if key not in known:
            yield f"{layer.file}: sources.{name}.{key}: no such setting"
    for key in () if layer.early else silent:  # an early one is made from the others of its file
        if name not in catalogue.offers:  # a text may be silent on a practice that nobody needs here
            if name not in catalogue.broken and get_close_matches(name, catalogue.offers, n=1):
                yield f"{layer.file}: silent.{name}: {_missing(name, catalogue)}"
        elif key not in known:
            yield f"{layer.file}: silent.{name}: {key!r} is no setting{near(key, known)}"


def _missing(name: str, catalogue: Catalogue) -> str:
    """Say why a plugin cannot be enabled, and what to do."""
    if why := catalogue.broken.get(name):
        return f"it is installed and cannot be used: {why}"
    return f"no such plugin is installed{near(name, catalogue.offers)}"


def near(name: str, known: Iterable[str]) -> str:
    """Say what was probably meant."""
    all_of_them = sorted(known)
    close = get_close_matches(name, all_of_them, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(all_of_them) or 'none'}"
