"""Fields of bodies and payloads with the title that people see: files and forms find them by it."""

from collections.abc import Mapping
from typing import Any, Literal

import attrs

TITLE, CHOICES, REFERS = "title", "choices", "refers"
Noun = Literal["station", "unit", "person", "congress"]


def titled(title: str, *, choices: str | Mapping[str, str] = "", **rest: Any) -> Any:
    """Declare a field with its Chinese title, e.g. the header of its column in a file.

    Args:
        choices: What it may say, as a mapping of codes to titles; or the name of the setting that lists it.
    """
    return attrs.field(metadata={**rest.pop("metadata", {}), TITLE: title, CHOICES: choices}, **rest)


def refers(noun: Noun, title: str, **rest: Any) -> Any:
    """Declare a field that names a row of the roster by id; people may give its name or code instead, e.g. a station's.

    What it names must stand in the roster and hold on the day of the act: a closed station receives nobody.
    """
    return titled(title, **rest | {"metadata": {**rest.pop("metadata", {}), REFERS: noun}})


def referring(cls: type | None) -> Mapping[str, Noun]:
    """Give the fields of a class that name rows of the roster, each with the noun; none for anything else."""
    if cls is None or not attrs.has(cls):
        return {}
    return {a.name: a.metadata[REFERS] for a in attrs.fields(cls) if REFERS in a.metadata}


def choices_of(field: "attrs.Attribute[Any]", settings: object) -> Mapping[str, str]:
    """Give what a field may say, codes to titles; nothing for one that may say anything.

    Args:
        settings: Of the practice that offers the class.
    """
    told = field.metadata.get(CHOICES) or {}
    found: Mapping[str, str] = getattr(settings, told, {}) if isinstance(told, str) else told
    return found


def by_title(cls: type | None) -> dict[str, "attrs.Attribute[Any]"]:
    """Give the fields of a class by title; an untitled field goes by its own name."""
    return {} if cls is None else {a.metadata.get(TITLE, a.name): a for a in attrs.fields(cls)}


SIMPLEST: dict[Any, Any] = {str: "示例", int: 1, bool: False}
"""What stands for a field that must be given and is of no further interest."""


def least(cls: type) -> dict[str, Any] | None:
    """Give the fewest values from which a class can be made, as an example; None where that takes thought."""
    wanted = [a for a in attrs.fields(attrs.resolve_types(cls)) if a.default is attrs.NOTHING]
    if any(a.type not in SIMPLEST for a in wanted):
        return None
    return {a.name: SIMPLEST[a.type] for a in wanted}
