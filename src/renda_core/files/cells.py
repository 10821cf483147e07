"""What one cell means, by the kind of its column."""

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Literal

from renda_core.files.tables import Cell

Kind = Literal["text", "date", "int", "bool", "choice", "list", "id_number", "phone", "name"]

_LOST = 10**15  # Excel keeps 15 digits of a number; what is longer has zeros at its end by now
_YES = frozenset({"是", "true", "yes", "y", "1", "√", "✓"})
_NO = frozenset({"否", "false", "no", "n", "0", "×"})
_DAY = r"(\d{4})(?:年|[-./])(\d{1,2})(?:月|[-./])(\d{1,2})日?"
_DATE = re.compile(rf"{_DAY}(?:[T ]\d{{1,2}}:\d{{2}}[:.\d]*)?|(\d{{4}})(\d{{2}})(\d{{2}})")
_SPLIT = re.compile(r"[、，,;；\r\n]")
_HAN = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_PADDED = re.compile(rf"(?<=[{_HAN}])[ \u3000]+(?=[{_HAN}])")
_DOTS = dict.fromkeys(map(ord, "•・･‧∙⋅●．.﹒᛫"), "·")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|400-?\d{3}-?\d{4}")
_MASKED = re.compile(r"\*+[0-9X]{0,4}")  # as renda itself shows what is sealed
_MASKED_PHONE = re.compile(r"1[\d*]{10}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LONGEST = {"name": 100, "text": 20_000, "list": 20_000}


class Unreadable(Exception):
    """A cell that does not say what its column asks; the message and the remedy are for people."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def understood(cell: Cell, kind: Kind, choices: Mapping[str, str]) -> object:
    """Read a cell as its column's kind.

    Args:
        cell: As the table gave it.
        kind: The column's kind.
        choices: What may be written, and the code it stands for; for kind ``choice``.

    Returns:
        ``None`` for a blank cell, but ``False`` for kind ``bool`` and ``()`` for kind ``list``.

    Raises:
        Unreadable: With what is wrong and what to do.
    """
    if cell is None:
        return {"bool": False, "list": ()}.get(kind)
    if kind == "date":
        return _date(cell)
    text = _text(cell)
    if len(text) > _LONGEST.get(kind, 200):  # before any normalisation, whose time grows with the length
        raise Unreadable(f"has {len(text):,} characters", f"shorten it to {_LONGEST.get(kind, 200):,}")
    return _choice(text, choices) if kind == "choice" else _READERS[kind](text)


def tidy_name(text: str) -> str:
    """Bring a name to one form: composed characters, the middle dot ·, no padding between Chinese characters."""
    return _PADDED.sub("", unicodedata.normalize("NFC", text[:100]).translate(_DOTS)).strip()


def id_check_digit(first: str) -> str:
    """Compute the 18th character of an identity number from its first 17.

    Source: GB 11643-1999.
    """
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]


def _text(cell: str | dt.date | int | float) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if abs(cell) >= _LOST:
        message = "is a number of more than 15 digits, whose last digits Excel has lost"
        raise Unreadable(message, "format the column as text (设置单元格格式 > 文本), then enter the number again")
    return str(cell)


def _date(cell: str | dt.date | int | float) -> dt.date:
    if isinstance(cell, dt.date):
        return _within(cell)
    text = unicodedata.normalize("NFKC", str(cell)[:40]).replace("年 ", "年").strip()
    found = _DATE.fullmatch(text)
    if found is None:
        number = not isinstance(cell, str)
        why = f"{cell} is Excel's number for a day" if number else f"{text!r} is no full date"
        raise Unreadable(why, "format the column as date" if number else "write it as 2026-03-01 or 2026年3月1日")
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return _within(dt.date(year, month, day))
    except ValueError as wrong:
        raise Unreadable(f"{text!r} is no day of the calendar", "correct the day or the month") from wrong


def _within(day: dt.date) -> dt.date:
    if not 1900 <= day.year <= 2100:
        raise Unreadable(f"{day} lies outside the years 1900 to 2100", "correct the year")
    return day


def _plain(text: str) -> str:
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\r\t" for sign in text):
        raise Unreadable("holds a control character that nobody can see", "type the text again")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _name(text: str) -> str:
    if "\n" in (text := _plain(text)):
        raise Unreadable("holds more than one line", "write one name on one line")
    return tidy_name(text)


def _int(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text)
    if not re.fullmatch(r"[+-]?[0-9]{1,15}", plain):
        raise Unreadable(f"{text!r} is no whole number", "write digits only, e.g. 6")
    return int(plain)


def _bool(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text).casefold()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise Unreadable(f"{text!r} is neither 是 nor 否", "write 是 or 否, or leave it empty for 否")


def _choice(text: str, choices: Mapping[str, str]) -> str:
    if text in choices:
        return choices[text]
    if text in choices.values():
        return text
    near = difflib.get_close_matches(text, choices, n=1, cutoff=0.4)
    meant = f"did you mean {near[0]}? " if near else ""
    raise Unreadable(f"{text!r} is not offered", f"{meant}write one of {'、'.join(choices)}")


def _list(text: str) -> tuple[str, ...]:
    return tuple(part for piece in _SPLIT.split(_plain(text)) if (part := piece.strip()))


def _id_number(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).upper().replace(" ", "").lstrip("'")
    if _MASKED.fullmatch(plain) or (re.fullmatch(r"[0-9X*]{15,18}", plain) and "*" in plain):
        return plain
    if re.fullmatch(r"[0-9.]+E\+?[0-9]+", plain):
        raise Unreadable("has been turned into a rounded number", "format the column as text and enter it again")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", plain):
        raise Unreadable(f"is no identity number of 18 characters ({len(plain)} found)", "copy it from the card")
    try:
        dt.date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError as wrong:
        raise Unreadable("has no real day of birth in it", "copy it from the card again") from wrong
    if plain[17] != id_check_digit(plain[:17]):
        raise Unreadable("has a wrong check digit, so some digit is wrong", "copy it from the card again")
    return plain


def _phone(text: str) -> str:
    plain = re.sub(r"[\s\u3000]|^\+?86(?=1\d{10}$)", "", unicodedata.normalize("NFKC", text)).lstrip("'")
    bare = plain.replace("-", "").removeprefix("+86")
    mobile = bare.removeprefix("86") if len(bare) == 13 else bare
    if _MASKED.fullmatch(plain):
        return plain
    if _MASKED_PHONE.fullmatch(mobile) and ("*" in mobile or _PHONE.fullmatch(mobile)):
        return mobile
    if _PHONE.fullmatch(plain):
        return plain
    raise Unreadable(f"{text!r} is no telephone number", "write 11 digits, or area code and number: 0715-8000000")


_READERS: Mapping[str, Callable[[str], object]] = {
    "text": _plain,
    "name": _name,
    "int": _int,
    "bool": _bool,
    "list": _list,
    "id_number": _id_number,
    "phone": _phone,
}
