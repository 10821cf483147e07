"""The catalogue: what every installed plugin offers, asked of pluggy exactly once, at start."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs
import msgspec

from renda_core.discovery import Broken, discovered, once_each
from renda_core.domain.frozen import frozen
from renda_core.domain.procedure import Step
from renda_core.errors import PluginError
from renda_core.faults import Faults
from renda_core.fragments import shares
from renda_core.offering import Offered, ask, asker
from renda_core.practice import Practice, compose
from renda_core.settings import Parameter, parameters

T = TypeVar("T")


@attrs.frozen(eq=False)
class Catalogue:
    """What is installed. Practices and settings are composed once per distinct content and shared.

    Attributes:
        offers: Records by plugin.
        settings: Settings class by plugin; a plugin without settings is absent.
        tables: Own tables by plugin.
        summaries: First line of each plugin's docstring.
        modules: The plugins themselves, by name; their migrations lie beside them.
        faults: The account of those whose code failed since the process started.
        broken: Why a plugin that is installed is left out whole, by its name.
    """

    offers: Mapping[str, tuple[Any, ...]]
    settings: Mapping[str, type]
    tables: Mapping[str, tuple[Any, ...]] = attrs.Factory(dict)
    summaries: Mapping[str, str] = attrs.Factory(dict)
    modules: Mapping[str, object] = attrs.Factory(dict)
    broken: Mapping[str, str] = attrs.Factory(dict)
    steps: frozenset[tuple[str, str]] = attrs.field(init=False)
    faults: Faults = attrs.field(factory=Faults, init=False)
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
        bad: Broken = {}
        made = cls._of(plugins, bad)
        if bad:
            raise PluginError("plugins cannot be used", *(told for name in sorted(bad) for told in bad[name]))
        return made

    @classmethod
    def installed(cls) -> "Catalogue":
        """Collect every plugin of the entry-point group ``renda``; those that are no good are left out, and named."""
        return cls._of(*discovered())

    @classmethod
    def _of(cls, plugins: Mapping[str, object], bad: Broken) -> "Catalogue":
        """Ask each plugin by itself; what is wrong with one is added to *bad* under its name."""
        found: dict[str, Offered] = {}
        manager = asker()
        for name, plugin in once_each(plugins, bad).items():
            try:
                found[name] = ask(name, plugin, manager)
            except PluginError as error:
                bad[name], manager = error.reasons, asker()
        return cls(
            offers={name: of.records for name, of in found.items()},
            settings={name: of.settings for name, of in found.items() if of.settings is not None},
            tables={name: of.tables for name, of in found.items() if of.tables},
            summaries={name: of.summary for name, of in found.items()},
            modules={name: of.module for name, of in found.items()},
            broken={name: "; ".join(bad[name]) for name in sorted(bad)},
        )

    def practice(self, names: frozenset[str], prefer: Mapping[str, str] | None = None) -> Practice:
        """Compose the practice of every tenant that enables exactly *names*; equal sets share one.

        Raises:
            PluginError: With every conflict and every dangling name.
        """
        choice = dict(prefer or {})
        key = (names, tuple(sorted(choice.items())))
        found = self._composed.get(key)
        if found is None:
            if unknown := names - self.offers.keys():
                raise PluginError("no such plugins", *sorted(unknown))
            ready = self.once("shares", lambda: shares(self.offers))
            found = compose(names, [ready[name] for name in sorted(names)], choice, self.steps)
            self._composed[key] = found
        return found

    def settled(self, plugin: str, values: Mapping[str, Any]) -> object:
        """Make a plugin's settings from checked values; equal values share one object."""
        key = (plugin, msgspec.json.encode(values, order="sorted", enc_hook=sorted))
        if key not in self._settled:
            self._settled[key] = frozen(self.settings[plugin](**values))  # no tenant changes another's
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
