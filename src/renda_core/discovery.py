"""Which plugins are installed: the entry points of this environment, each imported by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from renda_core import hookspecs

OURS = "renda"
"""The distribution whose own practices nobody else's take the name of."""
Broken = dict[str, tuple[str, ...]]


def discovered() -> tuple[dict[str, object], Broken]:
    """Import every plugin of the entry-point group ``renda``.

    Returns:
        The plugins that could be imported, by name, and by name why the others could not.
    """
    found: dict[str, object] = {}
    broken: Broken = {}
    for name, entry in sorted(_one_a_name(entry_points(group=hookspecs.NAME), broken).items()):
        try:
            found[name] = entry.load()
        except (Exception, SystemExit) as error:  # its own code runs, and may end in any way
            told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            broken[name] = (f"{name!r} ({entry.value}) cannot be imported: {told}",)
    return found, broken


def once_each(plugins: Mapping[str, object], broken: Broken) -> dict[str, object]:
    """Leave out a plugin that stands under a second name: every record of it would have two owners.

    The name that its module has stays, else the first one.
    """
    kept: dict[int, str] = {}
    for name, plugin in sorted(plugins.items(), key=lambda item: (_own_name(item[1]) != item[0], item[0])):
        first = kept.setdefault(id(plugin), name)
        if first != name:
            told = f"{name!r}: the plugin is already registered under a different name, {first!r}"
            broken[name] = (f"{told}; keep one entry point for it",)
    return {name: plugins[name] for name in sorted(kept.values())}


def _own_name(plugin: object) -> str:
    """Name a module's last part; a plugin that is no module has no name."""
    found = vars(plugin).get("__name__", "") if isinstance(plugin, ModuleType) else ""
    return str(found).rpartition(".")[2]


def _one_a_name(entries: Iterable[EntryPoint], broken: Broken) -> dict[str, EntryPoint]:
    """Settle who bears a name that several distributions give: our own practice, and else nobody."""
    by_name: dict[str, dict[str, EntryPoint]] = {}
    for entry in entries:
        by_name.setdefault(entry.name, {}).setdefault(entry.value, entry)  # the same one twice is one
    found: dict[str, EntryPoint] = {}
    for name, offered in by_name.items():
        ours = [entry for entry in offered.values() if _distribution(entry) == OURS]
        if len(offered) == 1 or len(ours) == 1:
            found[name] = ours[0] if ours else next(iter(offered.values()))
        given = ", ".join(
            sorted(f"{e.value} (of {_distribution(e) or 'an unknown package'})" for e in offered.values())
        )
        if len(offered) > 1:
            label = f"{name} (twice)" if name in found else name
            broken[label] = (f"{name!r} is offered by several packages: {given}; uninstall all but one",)
    return found


def _distribution(entry: EntryPoint) -> str:
    found = getattr(entry, "dist", None)
    return found.name if found else ""
