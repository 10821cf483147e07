"""Free text made fit for whoever holds a code: no name that is known, and no number by which people are reached."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

import attrs

MASK = "＊＊"
"""What stands for anything that is not shown."""
_NUMERALS = {c: str(n) for n, cs in enumerate(("〇零○", "一幺", *"二三四五六七八九")) for c in cs}
"""How numbers are written out or read aloud; 幺 is the 1 of telephone numbers."""
_TITLES = (
    "女士|先生|小姐|老师|同志|师傅|医生|书记|主任|老板|大爷|大妈|大娘|大叔|大伯|大婶|大哥|大姐|阿姨|叔叔|伯伯|爷爷"
    "|奶奶|婆婆|嫂|某|氏"
)
"""What follows a family name where somebody is called politely. Source: U, common address."""
_BEFORE = "老小"
"""What stands before one among neighbours: 老王, 小李."""
_DATE = r"(?<!\d)(?:19|20)\d\d(?:-+\d{1,2}-+\d{1,2}(?!\d)|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!-*[\dx]))"
_LONG = r"\d(?:-*\d){6,}(?:-*x)?"
_RUNS = re.compile(f"(?P<date>{_DATE})|{_LONG}")
"""Seven digits and more are a telephone's, a card's or an account's, unless they are a date."""


@attrs.frozen
class _Folded:
    """A text as it is compared, one character after another, each with its place in the original.

    Attributes:
        shape: Digits, small letters and signs; ``-`` stands for whatever may part the digits of one number.
    """

    shape: str
    places: tuple[int, ...]

    def words(self) -> _Folded:
        """Keep letters and digits alone, so that no blank or dot parts a name."""
        kept = [(c, n) for c, n in zip(self.shape, self.places, strict=True) if c.isalnum()]
        return _Folded("".join(c for c, _ in kept), tuple(n for _, n in kept))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the part of the original that characters *start* to *end* stand for."""
        return self.places[start], self.places[end - 1] + 1


def masked(text: str, known: Iterable[str] = ()) -> str:
    """Give a text without the names and numbers in *known*, and without any number, card or address of anybody.

    Full-width forms, blanks, dots and dashes inside hide nothing, nor do numbers that are written out. Of a name, the
    given name alone goes too, and the family name before 女士, after 老 and the like.
    """
    folded = _fold(text)
    plain = folded.words()
    spans = [plain.span(*found) for needle in known for found in _called(needle, plain.shape)]
    spans += [folded.span(m.start(), m.end()) for m in _RUNS.finditer(folded.shape) if not m["date"]]
    spans += [folded.span(*found) for found in _addresses(folded.shape)]
    return _without(text, spans)


def without(text: str, known: Iterable[str]) -> str:
    """Give a text without the names and numbers in *known*, however they are written; all else stays."""
    folded = _fold(text)
    plain = folded.words()
    spans = [plain.span(*found) for needle in known for found in _whole(needle, plain.shape)]
    return _without(text, spans) if spans else text


def mentions(text: str, known: Iterable[str]) -> bool:
    """Tell whether a text has any of *known* in it, however it is written."""
    plain = _fold(text).words().shape
    return any(True for needle in known for _ in _whole(needle, plain))


def _whole(needle: str, text: str) -> Iterator[tuple[int, int]]:
    """Find a name or number as a whole: part of a name is somebody else's too."""
    whole = _fold(needle).words().shape
    start = text.find(whole) if whole else -1
    while start >= 0:
        yield start, start + len(whole)
        start = text.find(whole, start + 1)


def _fold(text: str) -> _Folded:
    shape: list[str] = []
    places: list[int] = []
    for n, written in enumerate(text):
        for c in unicodedata.normalize("NFKD", written).casefold():
            if unicodedata.category(c)[0] == "M":  # an accent is no letter
                continue
            shape.append(_shape(c))
            places.append(n)
    return _Folded("".join(shape), tuple(places))


def _shape(c: str) -> str:
    digit = unicodedata.decimal(c, None)
    if digit is not None:
        return str(digit)
    if c in _NUMERALS:
        return _NUMERALS[c]
    category = unicodedata.category(c)
    return "-" if category[0] in "ZC" or category in ("Pd", "Ps", "Pe") or c in "._·•・‧/+−" else c


def _called(name: str, text: str) -> Iterator[tuple[int, int]]:
    """Find where a text calls somebody by a name, or part of it, or gives the number that it is."""
    parts = [_fold(part).words().shape for part in re.split(r"[\s·•・‧.]+", name)]
    whole = "".join(parts)
    if not whole:
        return
    needles = {whole, *(part for part in parts if len(part) > 1)}
    if not whole[0].isascii():
        needles |= {whole[n:] for n in range(1, len(whole) - 1)}
        for family in {whole[:1], whole[:2] if len(whole) > 2 else whole[:1]}:
            polite = f"(?<=[{_BEFORE}]){re.escape(family)}|{re.escape(family)}(?={_TITLES})"
            yield from ((m.start(), m.end()) for m in re.finditer(polite, text))
    for needle in needles:
        start = text.find(needle)
        while start >= 0:
            yield start, start + len(needle)
            start = text.find(needle, start + 1)


def _addresses(shape: str) -> Iterator[tuple[int, int]]:
    """Find e-mail addresses from their @ outward; a dot has become a dash."""
    at = shape.find("@")
    while at >= 0:
        start, end = at, at + 1
        while start and _in_address(shape[start - 1]):
            start -= 1
        while end < len(shape) and _in_address(shape[end]):
            end += 1
        if end - start > 1:
            yield start, end
        at = shape.find("@", end)


def _in_address(c: str) -> bool:
    return c == "-" or (c.isascii() and c.isalnum()) or c in "_%"


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            start, end = merged[-1][0], max(end, merged.pop()[1])
        merged.append((start, end))
    kept = [0, *(n for span in merged for n in span), len(text)]
    return MASK.join(text[a:b] for a, b in zip(kept[::2], kept[1::2], strict=True))
