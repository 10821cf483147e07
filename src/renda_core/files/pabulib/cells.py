"""Numbers in a Pabulib file: amounts of money with a point or a comma, and whole numbers."""

from __future__ import annotations

import re

_MONEY = re.compile(r"([0-9]{1,15})(?:[.,]([0-9]{1,10}))?")
_WHOLE = re.compile(r"(-?[0-9]{1,15})(?:[.,]0+)?")


class Unreadable(ValueError):
    """A cell does not hold what its column asks for; says what is wrong and what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def money(text: str) -> int:
    """Read an amount in hundredths of the currency: ``8000``, ``8000.5`` or ``8000,50``.

    Raises:
        Unreadable: It is none, has signs between thousands, or parts smaller than a hundredth.
    """
    found = _MONEY.fullmatch(text.replace("\u00a0", "").replace(" ", ""))
    if found is None:
        raise Unreadable("is no amount" if text else "is missing", "write it in digits, as 12000 or 12000.50")
    whole, part = found[1], (found[2] or "").rstrip("0")
    if len(part) > 2:
        raise Unreadable("has parts smaller than a hundredth", "write 1234 without a sign between thousands, or round")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def shown_money(hundredths: int) -> str:
    """Write an amount: whole where it is, else with a point and two digits."""
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02d}" if part else str(whole)


def whole_number(text: str) -> int:
    """Read a whole number, ``5`` or ``5.0``.

    Raises:
        Unreadable: It is none.
    """
    found = _WHOLE.fullmatch(text)
    if found is None:
        raise Unreadable("is no whole number" if text else "is missing", "write it in digits")
    return int(found[1])
