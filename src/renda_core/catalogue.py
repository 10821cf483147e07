"""The catalogue: what every installed plugin offers, asked of pluggy exactly once, at start."""

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import entry_points
from typing import Any, TypeVar

import attrs
import msgspec
import pluggy

from renda_core import hookspecs
from renda_core.domain.procedure import Step
from renda_core.errors import PluginError
from renda_core.practice import Practice, compose
from renda_core.settings import Parameter, parameters

T = TypeVar("T")
HOOKS = ("register_cases", "register_ballots", "register_records", "register_watches", "register_pages")


@attrs.frozen(eq=False)
class Catalogue:
    """What is installed. Practices and settings are composed once per distinct content and shared.

    Attributes:
        offers: Records by plugin.
        settings: Settings class by plugin; a plugin without settings is absent.
        tables: Own tables by plugin.
        summaries: First line of each plugin's docstring.
        modules: The plugins themselves, by name; their migrations lie beside them.
    """

    offers: Mapping[str, tuple[Any, ...]]
    settings: Mapping[str, type]
    tables: Mapping[str, tuple[Any, ...]] = attrs.Factory(dict)
    summaries: Mapping[str, str] = attrs.Factory(dict)
    modules: Mapping[str, object] = attrs.Factory(dict)
    steps: frozenset[tuple[str, str]] = attrs.field(init=False)
    _composed: dict[Any, Practice] = attrs.field(factory=dict, init=False)
    _settled: dict[Any, object] = attrs.field(factory=dict, init=False)
    _kept: dict[Any, Any] = attrs.field(factory=dict, init=False)

    @steps.default
    def _every_step(self) -> frozenset[tuple[str, str]]:
        return frozenset((r.kind, r.name) for rs in self.offers.values() for r in rs if isinstance(r, Step))

    @classmethod
    def collect(cls, plugins: Mapping[str, object]) -> "Catalogue":
        """Register, validate and call every hook of *plugins* once.

        Raises:
            PluginError: A hook is misspelt, raised, or the plugin was written for another API; all at once.
        """
        manager = pluggy.PluginManager(hookspecs.NAME)
        manager.add_hookspecs(hookspecs)
        errors = []
        for name, plugin in sorted(plugins.items()):
            wanted = getattr(plugin, "RENDA_API", hookspecs.API)
            if wanted > hookspecs.API:
                errors.append(f"{name!r} was written for hooks version {wanted}, this is {hookspecs.API}; update renda")
                continue
            try:
                manager.register(plugin, name)
            except (pluggy.PluginValidationError, ValueError) as error:  # a hook is wrong; it is registered already
                errors.append(f"{name!r}: {error}")
        try:
            manager.check_pending()
        except pluggy.PluginValidationError as error:
            errors.append(f"unknown hook: {error}")
        offers: dict[str, list[Any]] = {name: [] for name in plugins}
        for hook in HOOKS:
            for impl in getattr(manager.hook, hook).get_hookimpls():
                for record in _called(impl, errors):
                    offers[impl.plugin_name].append(attrs.evolve(record, plugin=impl.plugin_name))
        asked: dict[str, Any] = {}
        for impl in manager.hook.register_settings.get_hookimpls():
            try:
                asked[impl.plugin_name] = impl.function()
            except Exception as error:
                errors.append(f"{impl.plugin_name!r} failed in register_settings: {error!r}")
        own = {i.plugin_name: tuple(_called(i, errors)) for i in manager.hook.register_tables.get_hookimpls()}
        if errors:
            raise PluginError("plugins cannot be used", *errors)
        told = {n: str(getattr(p, "__doc__", "") or "").strip().partition("\n")[0] for n, p in plugins.items()}
        return cls({k: tuple(v) for k, v in offers.items()}, asked, own, told, dict(plugins))

    @classmethod
    def installed(cls) -> "Catalogue":
        """Collect every plugin of the entry-point group ``renda``.

        Raises:
            PluginError: Naming every plugin that cannot even be imported.
        """
        found: dict[str, object] = {}
        errors = []
        for entry in entry_points(group=hookspecs.NAME):
            try:
                found[entry.name] = entry.load()
            except Exception as error:
                errors.append(f"{entry.name!r} ({entry.value}) cannot be imported: {error!r}")
        if errors:
            raise PluginError("plugins cannot be used", *errors)
        return cls.collect(found)

    def practice(self, names: frozenset[str], prefer: Mapping[str, str] | None = None) -> Practice:
        """Compose the practice of every tenant that enables exactly *names*; equal sets share one.

        Raises:
            PluginError: With every conflict and every dangling name.
        """
        choice = dict(prefer or {})
        key = (names, tuple(sorted(choice.items())) if choice else ())
        if key not in self._composed:
            if unknown := names - self.offers.keys():
                raise PluginError("no such plugins", *sorted(unknown))
            records = [r for name in sorted(names) for r in self.offers[name]]
            self._composed[key] = compose(names, records, choice, self.steps)
        return self._composed[key]

    def settled(self, plugin: str, values: Mapping[str, Any]) -> object:
        """Make a plugin's settings from checked values; equal values share one object."""
        key = (plugin, msgspec.json.encode(values, order="sorted", enc_hook=sorted))
        if key not in self._settled:
            self._settled[key] = self.settings[plugin](**values)
        return self._settled[key]

    def parameters(self, plugin: str) -> tuple[Parameter, ...]:
        """List a plugin's parameters with default, unit and source."""
        return self.once(("parameters", plugin), lambda: parameters(plugin, self.settings.get(plugin)))

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """Give what was made from this catalogue under *key* before, or make it."""
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found


def _called(impl: Any, errors: list[str]) -> Iterable[Any]:
    """Ask one plugin one hook; its failure is its own, by name."""
    try:
        return tuple(impl.function())
    except Exception as error:
        errors.append(f"{impl.plugin_name!r} failed in {impl.function.__name__}: {error!r}")
        return ()
