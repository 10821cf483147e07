"""Fields of bodies and payloads with the title that people see: files and forms find them by it."""

from typing import Any

import attrs

TITLE, CHOICES = "title", "choices"


def titled(title: str, *, choices: str = "", **rest: Any) -> Any:
    """Declare a field with its Chinese title, e.g. the header of its column in a file.

    Args:
        choices: The setting that lists what it may say, as a mapping of codes to titles.
    """
    return attrs.field(metadata={**rest.pop("metadata", {}), TITLE: title, CHOICES: choices}, **rest)


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
