"""What one cell means, by the kind of its column."""

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal

import attrs

from renda_core.domain.identity import NAME_LIMIT, is_uscc, refuse_citizen_id, with_one_dot
from renda_core.files.chinese import read_ordinal, without_notes
from renda_core.files.days import read_day, within
from renda_core.files.doubts import Doubtful, Fault, Unreadable

Cell = str | dt.date | int | float | Fault | None
Kind = Literal["text", "date", "int", "bool", "choice", "list", "id_number", "phone", "name", "uscc"]

_LOST = 10**15  # Excel keeps 15 digits of a number; what is longer has zeros at its end by now
_YES = frozenset({"是", "true", "yes", "y", "1", "√", "✓"})
_NO = frozenset({"否", "false", "no", "n", "0", "×"})
_SPLIT = re.compile(r"[、，,;；\r\n]")
_HAN = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_PADDED = re.compile(rf"(?<=[{_HAN}·])[ \u3000]+(?=[{_HAN}·])")
_SIMPLE_NAME = re.compile("[\u4e00-\u9fff0-9A-Za-z]{1,20}(?:·[\u4e00-\u9fff]{1,20})?")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}(?:-[0-9]{1,6})?|400-?[0-9]{3}-?[0-9]{4}")
_NUMBERS = re.compile(r"[0-9-]*[0-9]{7}[0-9-]*")
_MOST_DIGITS = 18  # area code, number and extension
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−─", "-"))
_MASKED = re.compile(r"\*+[0-9X]{0,4}")  # as renda itself shows what is sealed
_MASKED_PHONE = re.compile(r"1[0-9*]{10}")
_MASKED_ID = re.compile(r"(?=.*\*)[0-9X*]{15,18}")
_ROUNDED = re.compile(r"[0-9.]+E\+?[0-9]+")
_CARD = "copy it from the card"
_LONGEST = {"name": NAME_LIMIT, "text": 20_000, "list": 20_000}
_LONGEST_OTHER = 200


def blank(kind: Kind) -> object:
    """Give what a blank cell stands for: ``()`` for kind ``list``, else ``None``; it says neither 是 nor 否."""
    return () if kind == "list" else None


def reader(
    kind: Kind,
    *,
    choices: Mapping[str, str] | None = None,
    short: Mapping[str, str] | None = None,
    month: bool = False,
    ordinal: bool = False,
    since_1904: bool = False,
) -> Callable[[Cell], object]:
    """Build the function that reads a column's cells.

    Args:
        kind: The column's kind.
        choices: What may be written, and the code it stands for; for kind ``choice``.
        short: What people write for a longer text, and that text; for kind ``text``.
        month: A month alone is enough for a date.
        ordinal: The number of a term or session, which may be written 第六届; for kind ``int``.
        since_1904: The workbook counts its days from 1904.

    Returns:
        A function from a cell to its value, to a :class:`Doubtful` with a value and a warning, or to
        :func:`blank`; it raises :class:`Unreadable` with what is wrong and what to do.
    """
    days = partial(read_day, month=month, since_1904=since_1904)
    convert = partial(_choice, choices=choices or {}) if kind == "choice" else _READERS.get(kind, _plain)
    longest, nothing = _LONGEST.get(kind, _LONGEST_OTHER), blank(kind)
    simple = None if short else _SIMPLE.get(kind)
    if ordinal:
        convert = read_ordinal

    def read(cell: Cell) -> object:
        if simple is not None and cell.__class__ is str and cell and simple(cell):
            return cell
        if cell is None:
            return nothing
        if isinstance(cell, Fault):
            raise _failed(cell)
        if kind == "date" and not isinstance(cell, str):
            return within(cell) if isinstance(cell, dt.date) else days(cell)
        text = (cell if isinstance(cell, str) else _text(cell)).strip()
        if not text:
            return nothing
        if len(text) > longest:  # before any normalisation, whose time grows with the length
            raise Unreadable(f"has {len(text):,} characters", f"shorten it to {longest:,}")
        value = days(text) if kind == "date" else convert(text)
        if short and text in short:
            return short[text]
        return value if text.isprintable() else _looked_at(text, value)

    return read


def tidy_name(text: str) -> str:
    """Bring a name to one form: composed characters, the middle dot ·, no padding between Chinese characters."""
    return _PADDED.sub("", with_one_dot(unicodedata.normalize("NFC", text[:NAME_LIMIT]))).strip()


def _failed(fault: Fault) -> Unreadable:
    if not fault.text:
        return Unreadable("a formula whose result was never computed", "open the file in Excel or WPS and save it")
    message = "an error of Excel: the formula in this cell found no result"
    return Unreadable(message, "correct the formula, or write the value in its place")


def _looked_at(text: str, value: object) -> object:
    """Warn about characters of private fonts; they are kept as they are."""
    if not any("\ue000" <= sign <= "\uf8ff" or sign >= "\U000f0000" for sign in text):
        return value
    message = "holds a character from a private font that other machines cannot show"
    return Doubtful(value, message, "enter the character again with a current input method")


def _text(cell: dt.date | int | float) -> str:
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if abs(cell) >= _LOST:
        message = "a number of more than 15 digits, whose last digits Excel has lost"
        raise Unreadable(message, "format the column as text (设置单元格格式 > 文本), then enter the number again")
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _plain(text: str) -> str:
    if text.isprintable():
        return text
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\r\t" for sign in text):
        raise Unreadable("holds a control character that nobody can see", "type the text again")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _name(text: str) -> str | Doubtful:
    if _SIMPLE_NAME.fullmatch(text):
        return text
    if "\n" in (text := _plain(text)):
        raise Unreadable("holds more than one line", "write one name on one line")
    noted = without_notes(text)
    return tidy_name(text) if noted is None else attrs.evolve(noted, value=tidy_name(str(noted.value)))


def _int(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text)
    if not re.fullmatch(r"[+-]?[0-9]{1,15}", plain):
        raise Unreadable("no whole number", "write digits only, e.g. 6")
    return int(plain)


def _bool(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text).casefold()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise Unreadable("neither 是 nor 否", "write 是 or 否")


def _choice(text: str, choices: Mapping[str, str]) -> str:
    if text in choices:
        return choices[text]
    if (code := text.casefold()) in choices.values():
        return code
    near = difflib.get_close_matches(text, choices, n=1, cutoff=0.4)
    meant = f"did you mean {near[0]}? " if near else ""
    raise Unreadable("not offered", f"{meant}write one of {'、'.join(choices)}")


def _list(text: str) -> tuple[str, ...]:
    return tuple(part for piece in _SPLIT.split(_plain(text)) if (part := piece.strip()))


def _id_number(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).upper().replace(" ", "").lstrip("'")
    if _MASKED.fullmatch(plain) or _MASKED_ID.fullmatch(plain):
        return plain
    said = refuse_citizen_id(plain)
    if not said:
        return plain
    if _ROUNDED.fullmatch(plain):
        raise Unreadable("has been turned into a rounded number", "format the column as text and enter it again")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", plain):
        raise Unreadable(f"no identity number of 18 characters ({len(plain)} found)", _CARD)
    if "no such birth date" in said:
        raise Unreadable("has no real day of birth in it", f"{_CARD} again")
    raise Unreadable("has a wrong check digit, so some digit is wrong", f"{_CARD} again")


def _phone(text: str) -> str:
    if _MOBILE.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFKC", text).translate(_HYPHENS).lstrip("'")
    if len(_NUMBERS.findall(plain)) > 1 or sum(map(str.isdigit, plain)) > _MOST_DIGITS:
        raise Unreadable("holds several telephone numbers", "keep one of them")
    plain = re.sub(r"\s|^\+?86-?(?=[0-9*]{11}$)", "", plain)
    bare = plain.replace("-", "").removeprefix("+86")
    mobile = bare.removeprefix("86") if len(bare) == len("8613000000000") else bare
    if _MASKED.fullmatch(plain):
        return plain
    if _MASKED_PHONE.fullmatch(mobile) and ("*" in mobile or _MOBILE.fullmatch(mobile)):
        return mobile
    if _PHONE.fullmatch(plain):
        return plain
    raise Unreadable("no telephone number", "write 11 digits, or area code and number: 0715-8000000")


def _uscc(text: str) -> str:
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper().lstrip("'")
    if is_uscc(plain):
        return plain
    if _ROUNDED.fullmatch(plain):
        raise Unreadable("has been turned into a rounded number", "format the column as text and enter it again")
    if len(plain) != len("91420000000000000X"):
        message = f"no unified social credit code of 18 characters ({len(plain)} found)"
        raise Unreadable(message, "copy it from the certificate")
    raise Unreadable("no unified social credit code: its check character does not fit", "copy it from the certificate")


def _is_simple_text(text: str) -> bool:
    return text.isprintable() and len(text) <= _LONGEST_OTHER and text[0] != " " and text[-1] != " "


def _is_plain_id(text: str) -> bool:
    return text[-1] != "x" and not refuse_citizen_id(text)


_SIMPLE: Mapping[str, Callable[[str], object]] = {
    "name": _SIMPLE_NAME.fullmatch,
    "phone": _MOBILE.fullmatch,
    "text": _is_simple_text,
    "id_number": _is_plain_id,
}
"""By kind: a quick test for texts that mean just what they say."""

_READERS: Mapping[str, Callable[[str], object]] = {
    "text": _plain,
    "name": _name,
    "int": _int,
    "bool": _bool,
    "list": _list,
    "id_number": _id_number,
    "phone": _phone,
    "uscc": _uscc,
}
