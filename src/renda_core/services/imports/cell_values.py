"""What cells of our own exports mean when they come back: texts as a cell keeps them, masks, and fields of payloads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, get_origin

from renda_core.domain.figures import Figure
from renda_core.files.doubts import Unreadable

_FIGURE = re.compile(
    r"(?P<before>大约|约|近|超过|超|逾)?(?P<n>[0-9]{1,9})(?P<within>余|多)?(?P<unit>[^0-9余多()]{0,4}?)"
    r"(?P<after>余|多|左右|以上)?(?P<told>\(约数\))?"
)


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


def figure(text: str, units: Iterable[str]) -> Figure:
    """Read a number that may be a round one (约数): 300, 约300, 300余人次.

    Args:
        units: What may stand behind it.

    Raises:
        Unreadable: It is no whole number.
    """
    plain = "".join(unicodedata.normalize("NFKC", text[:100]).replace(",", "").split())
    found = _FIGURE.fullmatch(plain)
    if found is None or found["unit"] not in ("", *units):
        raise Unreadable("no whole number", "write digits only, e.g. 3; of a round figure 约300 or 300余")
    round_ = any(found[part] for part in ("before", "within", "after", "told"))
    return Figure(int(found["n"]), round_)
