"""What one plugin offers: asked of its hooks once, each plugin by itself, so that a bad one takes no other with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any, get_args

import attrs
import msgspec
import pluggy

from renda_core import hookspecs
from renda_core.domain.procedure import ClockRule, Facet, Guard, Kind, Party, Step
from renda_core.domain.soundness import fields_of
from renda_core.errors import PluginError
from renda_core.records import (
    BallotKind,
    CaseRecord,
    DayRule,
    Page,
    RecordKind,
    RecordRule,
    ScoreRule,
    Veto,
    Watch,
)
from renda_core.settings import parameters

HOOKS: Mapping[str, tuple[type, ...]] = {
    "register_cases": get_args(CaseRecord),
    "register_ballots": (BallotKind,),
    "register_records": (RecordKind, RecordRule, ScoreRule, Veto),
    "register_calendar": (DayRule,),
    "register_watches": (Watch,),
    "register_pages": (Page,),
}
"""Every hook that gives records, and the records that it may give."""
OWNED = (Party, Facet, Step, ClockRule, Guard)
"""Records that have a name of their own within a kind."""
MOST_RECORDS = 10_000
"""Records that one hook may give: a hook that yields for ever must not fill the machine."""
FAILURES = (Exception, SystemExit)
"""All that a plugin's own code may end with; who presses Ctrl-C means the program."""
NAMES = tuple(name for name in vars(hookspecs) if name.startswith("register_"))


@attrs.frozen(kw_only=True)
class Offered:
    """What one plugin brings, its records stamped with its name.

    Attributes:
        settings: The class of its parameters; None where it has none.
        summary: The first line of its docstring.
    """

    records: tuple[Any, ...]
    settings: type | None
    tables: tuple[Any, ...]
    summary: str
    module: object


def asker() -> pluggy.PluginManager:
    """Make what plugins are put before, one after the other; after one that was refused, make another."""
    manager = pluggy.PluginManager(hookspecs.NAME)
    manager.add_hookspecs(hookspecs)
    return manager


def ask(name: str, plugin: object, manager: pluggy.PluginManager) -> Offered:
    """Register a plugin alone, call each of its hooks once, and take it out again.

    Raises:
        PluginError: With everything that is wrong with it, each reason with its name.
    """
    try:
        found = _asked(name, plugin, manager)
        manager.unregister(plugin)
        return found
    except FAILURES as error:
        if isinstance(error, PluginError):
            raise
        raise PluginError("the plugin cannot be used", f"{name!r} cannot be asked: {error!r}") from error


def _asked(name: str, plugin: object, asker: pluggy.PluginManager) -> Offered:
    if refusal := _version(name, plugin):
        raise PluginError("the plugin cannot be used", refusal)
    errors: list[str] = []
    manager = _registered(name, plugin, asker, errors)
    found = [record for hook in HOOKS for record in _records(manager, name, hook, errors)] if manager else []
    settings = _settings(manager, name, errors) if manager else None
    tables = _tables(manager, name, errors) if manager else ()
    errors += _twice(name, found)
    errors += _odd_classes(name, found)
    errors += (f"{name!r}: {told}" for record in found for told in _odd(record))
    if errors:
        raise PluginError("the plugin cannot be used", *dict.fromkeys(errors))
    return Offered(
        records=tuple(attrs.evolve(record, plugin=name) for record in found),
        settings=settings,
        tables=tables,
        summary=str(getattr(plugin, "__doc__", "") or "").strip().partition("\n")[0],
        module=plugin,
    )


def _version(name: str, plugin: object) -> str:
    """Say why a plugin's version of the hooks does not fit; nothing where it does."""
    wanted = getattr(plugin, "RENDA_API", hookspecs.API)
    if not isinstance(wanted, int) or isinstance(wanted, bool):
        return f"{name!r}: RENDA_API = {wanted!r} is no whole number; write RENDA_API = {hookspecs.API}"
    if wanted > hookspecs.API:
        return f"{name!r} was written for hooks version {wanted}, this is {hookspecs.API}; update renda"
    if wanted < hookspecs.OLDEST:
        told = f"{name!r} was written for hooks version {wanted}, the oldest that works is {hookspecs.OLDEST}"
        return f"{told}; update the plugin"
    return ""


def _registered(
    name: str, plugin: object, manager: pluggy.PluginManager, errors: list[str]
) -> pluggy.PluginManager | None:
    """Put one plugin before a manager that holds no other; pluggy checks its hooks and their arguments."""
    try:
        manager.register(plugin, name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        errors.append(f"{name!r}: {_near(str(error))}")
        return None
    asked = {hook.name for hook in manager.get_hookcallers(plugin) or ()}
    for hook in NAMES:
        if hook not in asked and callable(getattr(plugin, hook, None)):
            errors.append(f"{name!r}: {hook} is no hook yet; write @hookimpl above it")
    return manager


def _near(told: str) -> str:
    """Add to what pluggy says of an unknown hook which one was probably meant."""
    written = told.partition("unknown hook '")[2].partition("'")[0]
    close = get_close_matches(written, NAMES, n=1) if written else []
    return f"{told}; did you mean {close[0]!r}?" if close else told


def _records(manager: pluggy.PluginManager, name: str, hook: str, errors: list[str]) -> Iterator[Any]:
    for record in _called(manager, name, hook, errors):
        if type(record) in HOOKS[hook]:
            yield record
        else:
            known = ", ".join(cls.__name__ for cls in HOOKS[hook])
            errors.append(f"{name!r} gives a {type(record).__name__} in {hook}, which takes: {known}")


def _called(manager: pluggy.PluginManager, name: str, hook: str, errors: list[str]) -> tuple[Any, ...]:
    """Ask one hook; its failure is its plugin's own, by name."""
    given: list[Any] = []
    for impl in getattr(manager.hook, hook).get_hookimpls():
        try:
            given += islice(impl.function(), MOST_RECORDS + 1)
        except FAILURES as error:
            errors.append(f"{name!r} failed in {hook}: {error!r}")
    if len(given) > MOST_RECORDS:
        errors.append(f"{name!r} gives more than {MOST_RECORDS} records in {hook}")
        return ()
    return tuple(given)


def _settings(manager: pluggy.PluginManager, name: str, errors: list[str]) -> type | None:
    """Ask for the class of a plugin's parameters, and make one of it: every tenant's begins there."""
    for impl in manager.hook.register_settings.get_hookimpls():
        try:
            cls = impl.function()
        except FAILURES as error:
            errors.append(f"{name!r} failed in register_settings: {error!r}")
            continue
        if not isinstance(cls, type) or not attrs.has(cls):
            errors.append(f"{name!r} gives {cls!r} in register_settings, which takes one frozen attrs class")
            continue
        try:
            parameters(name, attrs.resolve_types(cls))
        except FAILURES as error:
            errors.append(f"{name!r}: its settings cannot be made from their defaults: {error!r}")
            continue
        if not _frozen(cls):
            errors.append(f"{name!r}: its settings can be changed; write @attrs.frozen(kw_only=True)")
            continue
        return cls
    return None


def _frozen(cls: type) -> bool:
    """Tell whether a settings object stays as it was made: tenants share it."""
    made = cls()
    try:
        for field in attrs.fields(cls):
            setattr(made, field.name, getattr(made, field.name))
            return False
    except attrs.exceptions.FrozenInstanceError:
        return True
    return True


def _tables(manager: pluggy.PluginManager, name: str, errors: list[str]) -> tuple[Any, ...]:
    tables = _called(manager, name, "register_tables", errors)
    for table in tables:
        if not str(getattr(table, "name", "")).startswith(f"{name}_") or not hasattr(table, "columns"):
            errors.append(f"{name!r} gives {table!r} in register_tables, which takes tables named {name}_…")
    return tables


def _odd_classes(name: str, records: list[Any]) -> Iterator[str]:
    """Name the classes of bodies and payloads that no form can be made of: nobody could hand one in."""
    classes = (r.body if isinstance(r, Kind) else r.takes for r in records if isinstance(r, Kind | Step))
    for cls in dict.fromkeys(c for c in classes if c is not None):
        try:
            msgspec.json.schema(cls)
        except FAILURES as error:
            told = str(error).strip().rpartition("\n")[2] or repr(error)
            yield f"{name!r}: no form can be made of {cls.__name__}: {told}"


def _odd(record: Any) -> Iterator[str]:
    """Say what of a page, veto or rule of points contradicts itself: it would open too much, or never hold anybody."""
    if isinstance(record, Page) and record.of_person:
        if record.of_unit:
            yield f"page {record.name!r} is both of a unit and of a person; choose one"
        if "person" not in fields_of(record.asks):
            yield f"page {record.name!r} is of a person and asks for none; give its class of questions a field 'person'"
        if open_to := sorted(record.who & {"deputy", "public"}):
            told = "a deputy finds their own without being named"
            yield f"page {record.name!r} is of a person, and {', '.join(open_to)} would open everybody's; {told}"
    if isinstance(record, Veto) and (record.why is None) is (record.of is None):
        yield f"veto {record.name!r} says why of the records, or of how somebody stands: give one of the two"
    if isinstance(record, ScoreRule) and (record.points is None) is (record.items is None):
        yield f"score rule {record.name!r} has items, or a function for points: give one of the two"


def _twice(name: str, records: list[Any]) -> Iterator[str]:
    """Name what a plugin offers twice under one name."""
    seen: dict[Any, list[Any]] = {}
    for r in records:
        if not hasattr(r, "name"):
            continue
        where = (r.kind,) if isinstance(r, OWNED) else ()
        key = (type(r), *where, r.name, getattr(r, "step", "") if isinstance(r, Guard) else "", _variant(r))
        others = seen.setdefault(key, [])
        if any(_meet(r, other) for other in others):
            yield f"{name!r} offers {type(r).__name__} {'.'.join((*where, r.name))} twice"
        others.append(r)


def _variant(record: Any) -> object:
    """Tell apart what may stand beside its namesake: an edition, or a clock that replaces another's."""
    if isinstance(record, Kind):
        return record.edition
    return isinstance(record, ClockRule) and record.replaces


def _meet(one: Any, other: Any) -> bool:
    """Tell whether two records hold in one edition; empty means all."""
    none = frozenset[str]()
    mine, theirs = getattr(one, "editions", none), getattr(other, "editions", none)
    return not mine or not theirs or bool(mine & theirs)
