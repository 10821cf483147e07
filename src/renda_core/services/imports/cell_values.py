"""What cells of our own exports mean when they come back: texts as a cell keeps them, masks, and fields of payloads."""

from __future__ import annotations

from typing import Any, get_origin


def flat(value: object) -> object:
    """Reduce a text to what survives a cell: one kind of line end, and nothing around it."""
    return value.replace("\r\n", "\n").replace("\r", "\n").strip() if isinstance(value, str) else value


def unmasked(value: object) -> str:
    """Give a personal text; what comes masked is not known, and never becomes somebody's name or number."""
    return "" if "*" in str(value or "") else str(value or "")


def fitting(type_: Any, cell: Any) -> Any:
    """Read a cell as its field's type wants it: 是 and 否, or several values with 、 between; else leave it."""
    if type_ is bool or type_ == "bool":
        return {"是": True, "否": False}.get(cell, cell)
    if get_origin(type_) is tuple or str(type_).startswith("tuple["):
        return tuple(part.strip() for part in str(cell).split("、"))
    return cell
