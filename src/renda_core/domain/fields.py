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
