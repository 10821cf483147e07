"""Counties as data: a tenant's TOML file and the profiles it extends, read strictly, every mistake at once."""

import datetime as dt
import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import attrs

from renda_core import holidays, profiles
from renda_core.absence import fitted
from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Calendar
from renda_core.editions import Layer, ground
from renda_core.errors import ConfigError, PluginError
from renda_core.footprint import Footprint
from renda_core.practice import Practice
from renda_core.profiles import Adoption, Profile
from renda_core.tenancy import ALWAYS, Edition, Tenant

__all__ = ["LEVELS", "Layer", "TenantFile", "opening_many", "read_folder", "read_tenant"]

LEVELS = profiles.LEVELS
_NOBODY: frozenset[str] = frozenset()
TENANT_KEYS = (
    "id",
    "code",
    "name",
    "level",
    "extends",
    "adopted",
    "plugins",
    "without",
    "prefer",
    "sources",
    "silent",
    "changes",
    "holidays",
)
Compose = Callable[[frozenset[str], Mapping[str, str]], Practice]


@attrs.frozen(kw_only=True)
class TenantFile:
    """One tenant's document with the profiles under it; not yet checked against the installed plugins.

    Attributes:
        layers: From the farthest profile to the tenant's latest change; what comes later wins.
        profiles: What the file extends, the farthest first.
        adopted: By whose decision the tenant follows a profile that binds another congress.
    """

    path: str
    id: str
    code: str
    name: str
    level: str
    layers: tuple[Layer, ...]
    without: frozenset[str] = frozenset()
    prefer: Mapping[str, str] = attrs.Factory(dict)
    holidays: str = ""
    profiles: tuple[Profile, ...] = ()
    adopted: Adoption | None = None

    @property
    def plugins(self) -> frozenset[str]:
        """Name the enabled plugins."""
        return _NOBODY.union(*[layer.plugins for layer in self.layers]) - self.without

    def differing(self, other: Self) -> tuple[str, ...]:
        """Name what is not the same in two configurations of a tenant, each setting as ``plugins.<name>.<key>``."""
        plain = (a.name for a in attrs.fields(TenantFile) if a.name not in ("path", "layers"))
        found = [name for name in plain if getattr(self, name) != getattr(other, name)]
        mine, theirs = _settings(self), _settings(other)
        unset = object()
        found += sorted(n for n in mine.keys() | theirs if mine.get(n, unset) != theirs.get(n, unset))
        return tuple(found)

    def open(self, catalogue: Catalogue, calendar: Calendar, today: dt.date) -> Tenant:
        """Check this tenant against the installed plugins.

        Raises:
            ConfigError: Unknown plugins, unknown or wrong settings, or plugins in conflict; every mistake at once.
        """
        # what is left out of a profile need not be installed
        file = self if not self.without or self.without <= catalogue.offers.keys() else self._only(self.plugins)
        return file._at_work(catalogue, calendar, today, catalogue.practice)

    def reopen(self, catalogue: Catalogue, calendar: Calendar, today: dt.date, held: Footprint | None) -> Tenant:
        """Open a configuration that is in force already, though a plugin of it is absent now.

        What an absent plugin touched is read-only; see :mod:`renda_core.absence`.

        Args:
            held: The footprint kept with the configuration; None where none was kept.

        Raises:
            ConfigError: Something else is wrong with it.
        """
        try:
            return self.open(catalogue, calendar, today)
        except ConfigError:
            absent = self._lacking(catalogue)

        def practice(names: frozenset[str], prefer: Mapping[str, str]) -> Practice:
            return fitted(catalogue, names, prefer, absent, held)

        opened = self._only(self.plugins - absent.keys())._at_work(catalogue, calendar, today, practice)
        return attrs.evolve(opened, absent=absent)

    def _at_work(self, catalogue: Catalogue, calendar: Calendar, today: dt.date, compose: Compose) -> Tenant:
        editions, mistakes = self._settled(catalogue)
        practice = None
        try:
            practice = compose(frozenset(editions[0].held), self.prefer)
        except PluginError as error:
            mistakes += [f"{self.path}: {m}" for m in error.reasons]
        if self.holidays:
            calendar = holidays.merged(calendar, holidays.read_table(Path(self.path).parent / self.holidays))
        if mistakes or practice is None:
            raise ConfigError(f"tenant {self.code} cannot be opened", *dict.fromkeys(mistakes))
        return Tenant(
            id=self.id,
            code=self.code,
            name=self.name,
            level=self.level,
            practice=practice,
            editions=editions,
            calendar=calendar,
            today=today,
            faults=catalogue.faults,
        )

    def _settled(self, catalogue: Catalogue) -> tuple[tuple[Edition, ...], list[str]]:
        """Put the settings together, by date; every mistake in them is told."""
        names = self.plugins
        mistakes: list[str] = []
        made: list[Edition] = []
        for since in sorted({layer.since for layer in self.layers} | {ALWAYS}):
            layers = (layer for layer in self.layers if layer.since <= since)
            made.append(ground(catalogue).over(layers, catalogue, mistakes).edition(names, since))
            refused = [settled for settled in made[-1].held.values() if settled.refused]
            mistakes += (f"{self.path}: plugins.{settled.plugin}: {settled.refused}" for settled in refused)
        return tuple(made), mistakes

    def _lacking(self, catalogue: Catalogue) -> dict[str, str]:
        """Name the enabled plugins that are not installed, are broken, or no longer take their settings."""
        found = {}
        for name in sorted(self.plugins):
            if name not in catalogue.offers:
                found[name] = catalogue.broken.get(name, "it is not installed")
            elif wrong := self._only(frozenset({name}))._settled(catalogue)[1]:
                found[name] = f"its settings no longer fit: {'; '.join(dict.fromkeys(wrong))}"
        return found

    def _only(self, names: frozenset[str]) -> Self:
        """Give this configuration as far as it is about some plugins."""
        return attrs.evolve(self, layers=tuple(layer.only(names) for layer in self.layers))


def _settings(file: TenantFile) -> dict[str, Any]:
    """List settings by name; each with its layers' days and values, for a later layer does not hold from the first."""
    found: dict[str, Any] = {}
    for layer in file.layers:
        for plugin, values in layer.plugins.items():
            found.setdefault(f"plugins.{plugin}", []).append(layer.since)
            for key, value in values.items():
                found.setdefault(f"plugins.{plugin}.{key}", []).append((layer.since, value))
        for label in layer.silent:
            found.setdefault(f"silent.{label}", []).append(layer.since)
    return found


def read_tenant(path: Path, folder: Path | None = None) -> TenantFile:
    """Read one tenant's file and the profiles it extends.

    Args:
        folder: The folder of profiles; by default ``_profiles`` beside the file. What it lacks is looked for among the
            profiles that come with the program.

    Raises:
        ConfigError: Every mistake of the file and its profiles, each with file and key.
    """
    mistakes: list[str] = []
    raw = profiles.toml(path, mistakes)
    if mistakes:
        raise ConfigError("the file cannot be read", *mistakes)
    mistakes += profiles.shape(path, raw, TENANT_KEYS)
    for key in ("id", "code", "name", "level"):
        if not isinstance(raw.get(key), str) or not raw[key]:
            mistakes.append(f"{path}: {key} is missing; it must be text")
    if raw.get("level") and raw["level"] not in LEVELS:
        mistakes.append(f"{path}: level = {raw['level']!r}; must be one of {', '.join(LEVELS)}")
    try:
        raw["id"] = str(UUID(str(raw.get("id"))))
    except ValueError:
        mistakes.append(f"{path}: id = {raw.get('id')!r} is no UUID; make one with: renda tenant new")
    chain = profiles.chain(raw, path, folder or path.parent / profiles.FOLDER, mistakes)
    if mistakes:
        raise ConfigError("the tenant's file is wrong", *dict.fromkeys(mistakes))
    return TenantFile(
        path=str(path),
        id=raw["id"],
        code=raw["code"],
        name=raw["name"],
        level=raw["level"],
        layers=chain.layers,
        without=frozenset(raw.get("without", ())),
        prefer=chain.prefer,
        holidays=raw.get("holidays", ""),
        profiles=chain.profiles,
        adopted=chain.adopted,
    )


@contextmanager
def opening_many() -> Iterator[None]:
    """Put off the search for garbage while many tenants, or a whole server, are opened.

    All that is made then stays, and to look through it again and again would take about half of the time. It is set
    apart for good, so that no later search looks through it either: for the start of a process, once.
    """
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if searching:
            gc.enable()


def read_folder(folder: Path) -> dict[str, TenantFile]:
    """Read every tenant of a folder, by code; the mistakes of all files are told together."""
    found: dict[str, TenantFile] = {}
    mistakes: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            tenant = read_tenant(path)
        except ConfigError as error:
            mistakes += error.reasons
            continue
        same = [t for t in found.values() if tenant.id == t.id or tenant.code == t.code]
        mistakes += [f"{path}: has the id or code of {other.path}" for other in same]
        found[tenant.code] = tenant
    if mistakes:
        raise ConfigError(f"{folder} holds mistakes", *mistakes)
    return found


def following(file: TenantFile, profile: str) -> TenantFile:
    """Give a tenant as it would be under another profile, its own settings on top; decided by nobody, for comparing.

    Raises:
        ConfigError: There is no such profile; or it holds mistakes.
    """
    place, mistakes = Path(file.path), list[str]()
    asked = {"extends": profile, "name": file.name, "level": file.level, "adopted": {"by": "", "on": ALWAYS}}
    chain = profiles.chain(asked, place, place.parent / profiles.FOLDER, mistakes)
    if mistakes:
        raise ConfigError(f"{profile!r} cannot be followed", *mistakes)
    extended = {p.name for p in file.profiles}
    own = (a for a in file.layers if a.name not in extended and Path(a.file).parent.name != profiles.FOLDER)
    below = (a for a in chain.layers if a.file != str(place))
    return attrs.evolve(
        file, layers=(*below, *own), profiles=chain.profiles, prefer={**chain.prefer, **file.prefer}, adopted=None
    )
