"""Counties as data: a tenant's TOML file and the profiles it extends, read strictly, every mistake at once."""

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import attrs
import msgspec

from renda_core import holidays
from renda_core.catalogue import Catalogue
from renda_core.domain.calendar import Calendar
from renda_core.editions import Layer, ground, near
from renda_core.errors import ConfigError, PluginError
from renda_core.tenancy import ALWAYS, Tenant

__all__ = ["LEVELS", "Layer", "TenantFile", "read_folder", "read_tenant"]

PROFILES = "_profiles"
LEVELS = ("nation", "province", "city", "county", "township")
TENANT_KEYS = (
    "id",
    "code",
    "name",
    "level",
    "extends",
    "plugins",
    "without",
    "prefer",
    "sources",
    "changes",
    "holidays",
)
PROFILE_KEYS = ("title", "extends", "plugins", "prefer", "sources", "changes")
CHANGE_KEYS = ("since", "plugins", "sources")
FORMS: Mapping[str, tuple[Any, str]] = {
    "extends": (str, 'the name of one profile, e.g. extends = "province"'),
    "holidays": (str, 'the name of a file, e.g. holidays = "holidays.toml"'),
    "without": (list[str], 'a list of plugins, e.g. without = ["reception"]'),
    "prefer": (dict[str, str], 'a plugin for each clock, e.g. prefer = {"suggestion.reply" = "settled_accounts"}'),
    "changes": (list[dict[str, Any]], "written as [[changes]]"),
}
"""What the keys must look like that hold more than a word."""


@attrs.frozen(kw_only=True)
class TenantFile:
    """One tenant's document with the profiles under it; not yet checked against the installed plugins.

    Attributes:
        layers: From the farthest profile to the tenant's latest change.
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

    @property
    def plugins(self) -> frozenset[str]:
        """Name the enabled plugins."""
        return frozenset[str]().union(*(layer.plugins for layer in self.layers)) - self.without

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
        names, mistakes = self.plugins, list[str]()
        stack = catalogue.once(("settings", names), lambda: ground(catalogue, names))
        made = []
        for since in sorted({layer.since for layer in self.layers} | {ALWAYS}):
            top = stack.over((layer for layer in self.layers if layer.since <= since), catalogue, mistakes)
            mistakes += (f"{self.path}: plugins.{name}: {why}" for name, why in top.refused.items())
            made.append(top.edition(since))
        practice = None
        try:
            practice = catalogue.practice(stack.plugins, self.prefer)
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
            parameters=stack.parameters,
            editions=tuple(made),
            calendar=calendar,
            today=today,
        )


def _settings(file: TenantFile) -> dict[str, Any]:
    """List settings by name; each with its layers' days and values, for a later layer does not hold from the first."""
    found: dict[str, Any] = {}
    for layer in file.layers:
        for plugin, values in layer.plugins.items():
            found.setdefault(f"plugins.{plugin}", []).append(layer.since)
            for key, value in values.items():
                found.setdefault(f"plugins.{plugin}.{key}", []).append((layer.since, value))
    return found


def read_tenant(path: Path, profiles: Path | None = None) -> TenantFile:
    """Read one tenant's file and the profiles it extends.

    Args:
        profiles: The folder of profiles; by default ``_profiles`` beside the file.

    Raises:
        ConfigError: Every mistake of the file and its profiles, each with file and key.
    """
    mistakes: list[str] = []
    raw = _toml(path, mistakes)
    if mistakes:
        raise ConfigError("the file cannot be read", *mistakes)
    mistakes += _shape(path, raw, TENANT_KEYS)
    for key in ("id", "code", "name", "level"):
        if not isinstance(raw.get(key), str) or not raw[key]:
            mistakes.append(f"{path}: {key} is missing; it must be text")
    if raw.get("level") and raw["level"] not in LEVELS:
        mistakes.append(f"{path}: level = {raw['level']!r}; must be one of {', '.join(LEVELS)}")
    try:
        raw["id"] = str(UUID(str(raw.get("id"))))
    except ValueError:
        mistakes.append(f"{path}: id = {raw.get('id')!r} is no UUID; make one with: renda tenant new")
    layers, prefer = _chain(raw, path, profiles or path.parent / PROFILES, mistakes)
    if mistakes:
        raise ConfigError("the tenant's file is wrong", *dict.fromkeys(mistakes))
    return TenantFile(
        path=str(path),
        id=raw["id"],
        code=raw["code"],
        name=raw["name"],
        level=raw["level"],
        layers=tuple(sorted(layers, key=lambda layer: layer.since)),
        without=frozenset(raw.get("without", ())),
        prefer=prefer,
        holidays=raw.get("holidays", ""),
    )


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


def _chain(
    raw: Mapping[str, Any], path: Path, profiles: Path, mistakes: list[str]
) -> tuple[list[Layer], dict[str, str]]:
    """Collect the layers of a file and of everything it extends, the farthest first."""
    files: list[tuple[str, Path, Mapping[str, Any]]] = [(path.stem, path, raw)]
    while name := files[-1][2].get("extends"):
        below = profiles / f"{name}.toml"
        if not below.exists():
            known = [p.stem for p in profiles.glob("*.toml")]
            mistakes.append(f"{files[-1][1]}: extends = {name!r}: no such profile{near(str(name), known)}")
            break
        if any(below == seen for _, seen, _ in files):
            mistakes.append(f"{files[-1][1]}: extends = {name!r} goes round in a circle")
            break
        profile = _toml(below, mistakes)
        mistakes += _shape(below, profile, PROFILE_KEYS)
        files.append((str(name), below, profile))
    layers: list[Layer] = []
    prefer: dict[str, str] = {}
    for name, file, document in reversed(files):
        prefer |= document.get("prefer", {})
        layers.append(_layer(name, file, document, ALWAYS))
        for n, change in enumerate(document.get("changes", ())):
            mistakes += _shape(file, change, CHANGE_KEYS, f"changes[{n}].")
            since = change.get("since")
            if not isinstance(since, dt.date):
                mistakes.append(f"{file}: changes[{n}].since is missing; write a date, e.g. since = 2026-07-01")
                continue
            layers.append(_layer(name, file, change, since))
    return layers, prefer


def _layer(name: str, file: Path, document: Mapping[str, Any], since: dt.date) -> Layer:
    plugins, sources = document.get("plugins", {}), document.get("sources", {})
    flat = {f"{p}.{k}": str(v) for p, of in sources.items() for k, v in of.items()}
    return Layer(name=name, file=str(file), since=since, plugins=plugins, sources=flat)


def _shape(path: Path, document: Mapping[str, Any], known: Iterable[str], at: str = "") -> list[str]:
    """Name unknown keys and tables of the wrong shape."""
    mistakes = [f"{path}: {at}{key}: no such key{near(key, known)}" for key in document if key not in known]
    for key, (form, told) in FORMS.items():
        try:
            msgspec.convert(document.get(key, form()), form, builtin_types=(dt.date,))
        except msgspec.ValidationError:
            mistakes.append(f"{path}: {at}{key} must be {told}")
            del document[key]  # type: ignore[attr-defined]
    for table in ("plugins", "sources"):
        inner = document.get(table, {})
        if not isinstance(inner, dict) or not all(isinstance(v, dict) for v in inner.values()):
            mistakes.append(f"{path}: {at}{table} must hold one table a plugin, e.g. [{table}.suggestion_handling]")
            document[table] = {}  # type: ignore[index]
    return mistakes


def _toml(path: Path, mistakes: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        mistakes.append(f"{path}: no such file")
    except UnicodeDecodeError:
        mistakes.append(f"{path}: is not UTF-8; save it as UTF-8")
    except tomllib.TOMLDecodeError as error:
        mistakes.append(f"{path}: {error}")
    return {}
