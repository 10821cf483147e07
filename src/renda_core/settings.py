"""Typed settings of practices: each value has a default, a unit and a source."""

from typing import Any

import attrs

SOURCE, UNIT, TITLE, UNSTATED = "source", "unit", "title", "unstated"


def setting(
    default: Any, *, source: str, title: str, unit: str = "", unstated: Any = attrs.NOTHING, **rest: Any
) -> Any:
    """Declare one parameter of a practice.

    Args:
        default: The law's value, or the house's own proposal where the law is silent (then *source* begins with "U").
        source: Law and article, or place and year, that the default comes from.
        title: The Chinese name that people see.
        unit: What a number counts, e.g. ``"months"``, ``"working days"``.
        unstated: What holds where a place's regulation says nothing (未规定), e.g. ``Period(0)``: the default is then a
            proposal, which silence takes away. Leave it out where the default is the law, which holds anyway.
        rest: Passed on to ``attrs.field``, e.g. validators.
    """
    metadata = {SOURCE: source, UNIT: unit, TITLE: title, UNSTATED: unstated}
    if isinstance(default, dict | list | set):
        return attrs.field(factory=lambda: type(default)(default), metadata=metadata, **rest)
    return attrs.field(default=default, metadata=metadata, **rest)


def at_least(low: int) -> Any:
    """Refuse numbers below *low*."""
    return attrs.validators.ge(low)


@attrs.frozen(kw_only=True)
class Parameter:
    """One parameter as its plugin declares it.

    Attributes:
        unstated: What holds where a place says nothing; ``attrs.NOTHING`` where the default then holds.
    """

    plugin: str
    name: str
    type: str
    default: object
    unit: str
    source: str
    title: str
    unstated: Any = attrs.NOTHING


def parameters(plugin: str, cls: type | None) -> tuple[Parameter, ...]:
    """List the parameters that a settings class declares, in order."""
    if cls is None:
        return ()
    instance = cls()
    return tuple(
        Parameter(
            plugin=plugin,
            name=a.name,
            type=getattr(a.type, "__name__", str(a.type)),
            default=getattr(instance, a.name),
            unit=a.metadata.get(UNIT, ""),
            source=a.metadata.get(SOURCE, ""),
            title=a.metadata.get(TITLE, ""),
            unstated=a.metadata.get(UNSTATED, attrs.NOTHING),
        )
        for a in attrs.fields(cls)
    )
