"""Words of two characters: how Chinese text is found without an extension, alike on both back ends.

Beside them stand words that no text can have, each begun by a mark: initials in pinyin, numbers without their
separators, and how a name begins.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise, product

from renda_core.domain.identity import NAME_LIMIT, match_key
from renda_core.store.spelling import readings

LONGEST = 4_000
"""Characters of one text that are indexed; a longer text is still kept whole, and found by its beginning."""
SPELLED = 200
"""Characters of a title whose initials are indexed."""
THREE = 3
"""Initials that make one word; somebody may also ask for two."""
VARIANTS = 16
"""Ways to read one name that are indexed; of what would make more, the first reading counts."""
INITIALS, LETTERS = 12, 24
"""How much of a name is spelled out, in its initials and in its whole pinyin."""
DIGITS = 60
"""Characters of a number that are indexed."""
BEGINS, WHOLE, FIRST, SPELT, NUMBER = "^", "=", "~", "/", "#"
"""Marks: begins with the character; the whole name; initials; pinyin; a number. No text word holds any of them."""
SAME = "@"
"""Mark of a whole text, by its hash."""
_RUNS = re.compile(r"[0-9a-z]+|[^\W\d_a-z]+", re.IGNORECASE)
_LONE = re.compile(r"[0-9a-z]+|[^\W\d_]", re.IGNORECASE)
_PARTS = re.compile(r"[0-9]+|[^\W\d_]+")
_HAN = re.compile("[\u4e00-\u9fff]+")
"""Names that are one run of Chinese characters and nothing else, as nearly all are: there is nothing to fold."""
_SAID = re.compile("[年第字号]")
"""What a number says of itself, and people leave out."""
_YEAR = re.compile(r"((?:19|20)[0-9]{2})([0-9]+)")


def words(*texts: str) -> frozenset[str]:
    """Cut texts into overlapping pairs of characters; runs of letters and digits also stay whole.

    Example:
        >>> sorted(words("垃圾焚烧"))
        ['圾焚', '垃圾', '焚烧']
    """
    return frozenset(word for text in texts for word in _cut(text[:LONGEST]))


def _cut(text: str) -> Iterable[str]:
    for run in _RUNS.findall(_folded(text)):
        if run.isascii() or len(run) == 1:
            yield run
        else:
            yield from (run[i : i + 2] for i in range(len(run) - 1))


def _folded(text: str) -> str:
    return text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=16_384)
def _begun_by(sign: str) -> frozenset[str]:
    """Give the letters that the readings of one character begin with; a Latin letter or digit stands for itself."""
    if sign.isascii():
        return frozenset(sign) if sign.isalnum() else frozenset()
    return frozenset(reading[0] for reading in readings(sign))


def letters(text: str) -> tuple[frozenset[str], ...]:
    """Give for each character of a text the letters that its readings begin with; what is no letter is left out.

    Example:
        >>> ["".join(sorted(one)) for one in letters("重修石桥")]
        ['cz', 'x', 'ds', 'q']
    """
    return tuple(filter(None, map(_begun_by, _folded(text[:SPELLED]))))[:SPELLED]


def initials(text: str) -> frozenset[str]:
    """Cut the initials of a text into pairs and threes, in all its readings, each marked."""
    spelled = letters(text)
    pairs = {FIRST + a + b for one, two in pairwise(spelled) for a in one for b in two}
    return frozenset(
        pairs
        | {
            FIRST + a + b + c
            for one, two, three in zip(spelled, spelled[1:], spelled[2:], strict=False)
            for a, b, c in product(one, two, three)
        }
    )


def asked_initials(typed: str) -> list[str]:
    """Give the words that a title must have if its initials hold *typed*: a pair, or all the threes.

    Pairs that are common and stand apart in thousands of titles would all have to be looked through; threes are rare.
    """
    size = min(len(typed), THREE)
    return sorted({FIRST + typed[i : i + size] for i in range(len(typed) - size + 1)})


def spells(text: str, asked: str) -> bool:
    """Tell whether the initials of a text hold *asked* in one piece."""
    spelled = letters(text)
    begins = (i for i in range(len(spelled) - len(asked) + 1) if asked[0] in spelled[i])
    return any(all(c in spelled[i + j] for j, c in enumerate(asked)) for i in begins)


def number_words(number: str) -> frozenset[str]:
    """Give the forms under which a number is found: its parts without leading zeros, and all of it in one piece.

    Example:
        >>> number_words("〔2026〕第001号") == number_words("２０２６-001") == {"#2026-1", "#2026001"}
        True
    """
    text = _SAID.sub(" ", _folded(number[:DIGITS]))[:DIGITS]
    parts = _PARTS.findall(text)
    if not any(part.isdecimal() for part in parts):
        return frozenset()
    joined = "-".join(part.lstrip("0") or "0" if part.isdecimal() else part for part in parts)
    return frozenset({NUMBER + joined, NUMBER + "".join(parts)})


def asked_numbers(text: str) -> frozenset[str]:
    """Give the words of a number that somebody asks for; one without separators may be a year and a place in it."""
    found = number_words(text)
    year = _YEAR.fullmatch("".join(_PARTS.findall(_folded(text[:DIGITS]))))
    return found | number_words(f"{year[1]}-{year[2]}") if year else found


def text_mark(text: str) -> str:
    """Give the word under which the very same text is found again, spaces at its ends aside; no text can have it."""
    return SAME + hashlib.sha256(text.strip().encode()).hexdigest()[:32]


def plain_name(name: str) -> str:
    """Give the letters and digits of a name's key alone, in small letters: how fragments of names are compared."""
    return (
        name
        if _HAN.fullmatch(name) and len(name) <= NAME_LIMIT
        else "".join(c for c in match_key(name).casefold() if c.isalnum())
    )


def person_words(name: str, *numbers: str) -> frozenset[str]:
    """Give the words that a person is found by: fragments and beginning of the name, pinyin, certificate numbers.

    Args:
        numbers: Of the person's certificates (代表证); found whole only.
    """
    plain = plain_name(name)
    if not plain:
        return frozenset()
    found = {WHOLE + plain, BEGINS + plain[0]}
    if plain == name and len(name) > 1 and _HAN.fullmatch(name):
        found.update(map("".join, pairwise(name)))
    else:
        found |= words(match_key(name), plain)
    for one in _spelled(plain):
        found.add(FIRST + "".join([part[0] for part in one])[:INITIALS])
        found.add(SPELT + "".join(one)[:LETTERS])
    for number in numbers:
        found |= number_words(number)
    return frozenset(found)


def spellings(name: str) -> tuple[tuple[str, ...], ...]:
    """Read a name in pinyin, in all ways up to ``VARIANTS``; the commonest first.

    Example:
        >>> spellings("曾三")
        (('ceng', 'san'), ('zeng', 'san'))
    """
    return _spelled(plain_name(name))


def _spelled(plain: str) -> tuple[tuple[str, ...], ...]:
    found: tuple[tuple[str, ...], ...] = ((),)
    for part in plain if _HAN.fullmatch(plain) else _LONE.findall(plain):
        read = (part,) if part.isascii() else readings(part)
        if len(found) * len(read) > VARIANTS:
            read = read[:1]
        if read:
            found = tuple((*before, one) for before in found for one in read)
    return found if found != ((),) else ()
