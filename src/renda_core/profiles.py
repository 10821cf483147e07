"""Profiles: the rules of the law and of places, read from files, the tenant's own before those that are shipped."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import msgspec

from renda_core.editions import Layer, near
from renda_core.tenancy import ALWAYS

FOLDER = "_profiles"
LEVELS = ("nation", "province", "city", "county", "township")
DAYS = ("in_force", "revised", "amended")
KEYS = ("title", "extends", "plugins", "prefer", "sources", "silent", "changes", "binds", "follow", *DAYS)
CHANGE_KEYS = ("since", "plugins", "sources", "silent")


@attrs.frozen(kw_only=True)
class Binds:
    """The congress that a text binds by itself: the beginning of its name, and its level."""

    place: str
    level: str


@attrs.frozen(kw_only=True)
class Adoption:
    """By whose decision a place follows rules that bind another congress, and from which day on."""

    by: str
    on: dt.date


@attrs.frozen(kw_only=True)
class Profile:
    """A profile that a tenant extends.

    Attributes:
        title: The text, in Chinese.
        binds: Whom it binds by itself; None where it binds every congress.
        follow: The article by which others may follow it; empty where none is known.
        in_force: First day of the text; *revised* and *amended* when it was last changed.
    """

    name: str
    title: str = ""
    binds: Binds | None = None
    follow: str = ""
    in_force: dt.date | None = None
    revised: dt.date | None = None
    amended: dt.date | None = None

    @property
    def since(self) -> dt.date:
        """Give the day from which the text holds as it was read."""
        return max((day for day in (self.in_force, self.revised, self.amended) if day), default=ALWAYS)

    def binding(self, name: str, level: str) -> bool:
        """Tell whether it binds the congress of this name and level by itself."""
        return self.binds is None or (self.binds.level == level and name.startswith(self.binds.place))


FORMS: Mapping[str, tuple[Any, str]] = {
    "extends": (str, 'the name of one profile, e.g. extends = "shandong"'),
    "holidays": (str, 'the name of a file, e.g. holidays = "holidays.toml"'),
    "without": (list[str], 'a list of plugins, e.g. without = ["reception"]'),
    "prefer": (dict[str, str], 'a plugin for each clock, e.g. prefer = {"suggestion.reply" = "settled_accounts"}'),
    "silent": (dict[str, list[str]], 'a list of settings a plugin, e.g. silent = {suggestion_handling = ["contact"]}'),
    "changes": (list[dict[str, Any]], "written as [[changes]]"),
    "adopted": (Adoption, 'by whom and from when on, e.g. adopted = {by = "…人大常委会决定", on = 2026-01-08}'),
    "binds": (Binds, 'whom the text binds by itself, e.g. binds = {place = "山东省", level = "province"}'),
    "follow": (str, 'an article, e.g. follow = "山东 32"'),
} | {day: (dt.date, f"a date, e.g. {day} = 2018-01-01") for day in DAYS}
"""What the keys must look like that hold more than a word."""


def shipped() -> Path:
    """Give the folder of the profiles that come with the program: inside the package, or in the source's tree."""
    inside = Path(__file__).parent / FOLDER
    return inside if inside.is_dir() else Path(__file__).parents[2] / "tenants" / FOLDER


def known(folder: Path) -> list[str]:
    """Name the profiles that a file beside *folder* may extend."""
    return sorted({path.stem for place in (folder, shipped()) for path in place.glob("*.toml")})


def find(name: str, folder: Path) -> Path | None:
    """Find a profile's file: the tenant's own wins over a shipped one of the same name."""
    return next((p for place in (folder, shipped()) if (p := place / f"{name}.toml").is_file()), None)


@attrs.frozen(kw_only=True)
class Chain:
    """A file and everything it extends, the farthest first.

    Attributes:
        layers: From the farthest profile to the file's latest change: what comes later wins.
    """

    layers: tuple[Layer, ...]
    profiles: tuple[Profile, ...]
    prefer: Mapping[str, str]
    adopted: Adoption | None


def chain(raw: Mapping[str, Any], path: Path, folder: Path, mistakes: list[str]) -> Chain:
    """Collect the layers of a tenant's document and of everything it extends; adds their mistakes to *mistakes*."""
    files: list[tuple[str, Path, Mapping[str, Any]]] = [(path.stem, path, raw)]
    while name := files[-1][2].get("extends"):
        below = find(str(name), folder)
        if below is None:
            mistakes.append(f"{files[-1][1]}: extends = {name!r}: no such profile{near(str(name), known(folder))}")
            break
        if any(below == seen for _, seen, _ in files):
            mistakes.append(f"{files[-1][1]}: extends = {name!r} goes round in a circle")
            break
        document = toml(below, mistakes)
        mistakes += shape(below, document, KEYS)
        files.append((str(name), below, document))
    layers: list[Layer] = []
    profiles: list[Profile] = []
    prefer: dict[str, str] = {}
    adopted = msgspec.convert(raw["adopted"], Adoption) if "adopted" in raw else None
    for name, file, document in reversed(files):
        begins = ALWAYS
        if file != path:
            profile = _profile(name, file, document, mistakes)
            profiles.append(profile)
            begins = profile.since
            if not profile.binding(str(raw.get("name", "")), str(raw.get("level", ""))):
                begins = max(begins, adopted.on) if adopted else begins
                mistakes += () if adopted else (_unadopted(path, profile),)
        prefer |= document.get("prefer", {})
        layers += _layers(name, file, document, begins, mistakes)
    return Chain(layers=tuple(layers), profiles=tuple(profiles), prefer=prefer, adopted=adopted)


def _profile(name: str, file: Path, document: Mapping[str, Any], mistakes: list[str]) -> Profile:
    binds = msgspec.convert(document["binds"], Binds) if "binds" in document else None
    if binds and binds.level not in LEVELS:
        mistakes.append(f"{file}: binds.level = {binds.level!r}; must be one of {', '.join(LEVELS)}")
    days = {day: document.get(day) for day in DAYS}
    title, follow = str(document.get("title", "")), document.get("follow", "")
    return Profile(name=name, title=title, binds=binds, follow=follow, **days)


def _unadopted(path: Path, profile: Profile) -> str:
    bound = profile.binds.place if profile.binds else ""
    allowed = f" ({profile.follow} lets it)" if profile.follow else ""
    return (
        f"{path}: adopted is missing: the rules of {profile.name!r} bind the congress of {bound}, not this one; say by"
        f' whose decision they are followed here{allowed}, e.g. adopted = {{by = "…人大常委会决定", on = 2026-01-08}}'
    )


def _layers(
    name: str, file: Path, document: Mapping[str, Any], begins: dt.date, mistakes: list[str]
) -> Iterator[Layer]:
    """Give a file's layers by date; none of them holds before the file's own first day."""
    changes: list[tuple[dt.date, str, Mapping[str, Any]]] = []
    for n, change in enumerate(document.get("changes", ())):
        at = f"changes[{n}]."
        mistakes += shape(file, change, CHANGE_KEYS, at)
        since = change.get("since")
        if type(since) is dt.date:  # a moment would be one too
            changes.append((since, at, change))
        else:
            mistakes.append(f"{file}: {at}since is missing; write a date, e.g. since = 2026-07-01")
    changes.sort(key=lambda one: one[0])
    mistakes += (f"{file}: {told}" for told in _overlapping(changes))
    dated = [(begins, "", document), *((max(since, begins), at, part) for since, at, part in changes)]
    made = []
    for since, at, part in sorted(dated, key=lambda one: one[0]):
        silent = _labels(part.get("silent", {}))
        twice = sorted(set(silent) & set(_labels(part.get("plugins", {}))))
        mistakes += (f"{file}: {at}silent: {label} is set in the same place; keep one of the two" for label in twice)
        plugins = part.get("plugins", {})
        sources = {f"{p}.{k}": str(v) for p, of in part.get("sources", {}).items() for k, v in of.items()}
        made.append(Layer(name=name, file=str(file), since=since, plugins=plugins, sources=sources, silent=silent))
    if begins != ALWAYS:  # what held before is not known: the law, or nothing
        plugins = {p: {} for layer in made for p in layer.plugins}
        unset = sorted({label for layer in made for label in (*layer.silent, *_labels(layer.plugins))})
        made.insert(
            0, Layer(name=name, file=str(file), since=ALWAYS, plugins=plugins, sources={}, silent=(*unset,), early=True)
        )
    yield from made


def _overlapping(changes: Sequence[tuple[dt.date, str, Mapping[str, Any]]]) -> Iterator[str]:
    """Name what two sections of a file say of one practice from one day on."""
    places: dict[tuple[str, dt.date], list[str]] = {}
    for since, at, part in changes:
        for plugin in {name for table in ("plugins", "sources", "silent") for name in part.get(table, {})}:
            places.setdefault((plugin, since), []).append(at.rstrip("."))
    return (overlap(" and ".join(of), *rule) for rule, of in sorted(places.items()) if len(of) > 1)


def overlapping(layers: Iterable[Layer]) -> list[str]:
    """Name what two layers of one file say of one practice from one day on."""
    places: dict[tuple[str, str, dt.date], int] = {}
    for layer in layers:
        for plugin in {*layer.plugins, *(label.partition(".")[0] for label in (*layer.sources, *layer.silent))}:
            where = (layer.name, plugin, layer.since)
            places[where] = places.get(where, 0) + (not layer.early)
    return [overlap(f"{n} layers of {name}", plugin, since) for (name, plugin, since), n in places.items() if n > 1]


def overlap(where: str, plugin: str, since: dt.date) -> str:
    """Refuse two versions of one practice's rules from the same day on: nobody could tell which of them holds."""
    return f"{where} each say what holds for {plugin} from {since} on; put them into one section"


def _labels(tables: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    return tuple(f"{plugin}.{key}" for plugin, keys in tables.items() for key in keys)


def shape(path: Path, document: Mapping[str, Any], allowed: Iterable[str], at: str = "") -> list[str]:
    """Name unknown keys and tables of the wrong shape, and take the wrong ones out."""
    mistakes = [f"{path}: {at}{key}: no such key{near(key, allowed)}" for key in document if key not in allowed]
    for key, (form, told) in FORMS.items():
        if key not in document:
            continue
        try:
            msgspec.convert(document[key], form, builtin_types=(dt.date,))
        except msgspec.ValidationError:
            mistakes.append(f"{path}: {at}{key} must be {told}")
            del document[key]  # type: ignore[attr-defined]
    for table in ("plugins", "sources"):
        inner = document.get(table, {})
        if not isinstance(inner, dict) or not all(isinstance(v, dict) for v in inner.values()):
            mistakes.append(f"{path}: {at}{table} must hold one table a plugin, e.g. [{table}.suggestion_handling]")
            document[table] = {}  # type: ignore[index]
    return mistakes


def toml(path: Path, mistakes: list[str]) -> dict[str, Any]:
    """Read a TOML file; what is wrong with it is added to *mistakes*."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        mistakes.append(f"{path}: no such file")
    except UnicodeDecodeError:
        mistakes.append(f"{path}: is not UTF-8; save it as UTF-8")
    except tomllib.TOMLDecodeError as error:
        mistakes.append(f"{path}: {error}")
    return {}
