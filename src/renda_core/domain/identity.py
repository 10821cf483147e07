"""Numbers and names of people and units: check digits, masks, and a key under which spellings of a name meet."""

# python-stdnum has cn.ric and cn.uscc, but the domain stands on the standard library and attrs only, and both
# rules are a weighted sum; the objections here, unlike its exceptions, never repeat the number they object to.

import datetime as dt
import re
import unicodedata
from operator import mul

_CITIZEN_WEIGHTS = tuple(2**power % 11 for power in range(17, 0, -1))
_CITIZEN_CHECK = "10X98765432"
_CITIZEN = re.compile(r"[1-9][0-9]{16}[0-9Xx]")

_UNIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_UNIT_WEIGHTS = tuple(3**power % 31 for power in range(17))
_UNIT = re.compile(rf"[{_UNIT_ALPHABET}]{{2}}[0-9]{{6}}[{_UNIT_ALPHABET}]{{10}}")

_MOBILE = re.compile(r"1[3-9][0-9]{9}")

SHOWN = 4
HIDDEN = 4
"""A mask shows the last SHOWN characters, and only where at least HIDDEN others stay covered."""

OLDEST = 150
"""Years; an ID number that makes its bearer older is a typing mistake."""

NAME_LIMIT = 100
"""Characters of a name that are read, before anything else is done with it."""

_DOTS = re.compile(
    "[\u00b7\u0387\u1427\u16eb\u2022\u2027\u2219\u22c5\u25cf\u2e31\u2e33\u30fb\uff65\ua78f\ufe52\uff0e\U00010101]"
)
_FULL_STOP = re.compile(r"(?<=[\u3400-\u9fff])\.(?=[\u3400-\u9fff])")
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
_HAN = "\u00b7\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_PLAIN_NAME = re.compile("[\u4e00-\u9fff]{1,20}")
"""Names that are their own key, as nearly all are."""
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")


def citizen_check_digit(first17: str) -> str:
    """Compute the last character of a citizen ID number from the 17 digits before it.

    Source:
        GB 11643-1999 (ISO 7064 MOD 11-2).
    """
    return _CITIZEN_CHECK[sum(map(mul, map(int, first17), _CITIZEN_WEIGHTS)) % 11]


def citizen_born_on(text: str) -> dt.date | None:
    """Read the birth date in an 18-digit citizen ID number; None if there is no such day."""
    try:
        return dt.date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None


def refuse_citizen_id(text: str, *, today: dt.date | None = None, born_on: dt.date | None = None) -> tuple[str, ...]:
    """Object to a citizen ID number (公民身份号码); the division in it is not checked, for codes change.

    Args:
        text: 18 characters; a final ``x`` may be small.
        today: Nobody is born later, nor more than ``OLDEST`` years earlier; not looked at if None.
        born_on: The birth date recorded for the person; not compared if None.

    Returns:
        Every objection, none of which repeats the number; empty if it is good.

    Source:
        GB 11643-1999.
    """
    if not _CITIZEN.fullmatch(text):
        return ("not 17 digits and a check character",)
    said = []
    born = citizen_born_on(text)
    if born is None:
        said.append("no such birth date")
    elif today is not None and not (today.year - OLDEST <= born.year and born <= today):
        said.append("a birth date that cannot be")
    if born is not None and born_on is not None and born != born_on:
        said.append("another birth date than the one recorded")
    if citizen_check_digit(text[:17]) != text[17].upper():
        said.append("the check character does not fit")
    return tuple(said)


def is_citizen_id(text: str, *, today: dt.date | None = None) -> bool:
    """Tell whether a citizen ID number has a good check character and a possible birth date."""
    return not refuse_citizen_id(text, today=today)


def unit_check_character(first17: str) -> str:
    """Compute the last character of a unified social credit code from the 17 before it.

    Source:
        GB 32100-2015: modulus 31, weights 3^i, alphabet without I O S V Z.
    """
    total = sum(_UNIT_ALPHABET.index(one) * weight for one, weight in zip(first17, _UNIT_WEIGHTS, strict=True))
    return _UNIT_ALPHABET[-total % 31]


def is_uscc(text: str) -> bool:
    """Tell whether a text is a unified social credit code (统一社会信用代码) with a good check character."""
    return _UNIT.fullmatch(text) is not None and unit_check_character(text[:17]) == text[17]


def is_mobile(text: str) -> bool:
    """Tell whether a text has the shape of a mainland mobile number: 11 digits, no prefix, no spaces."""
    return _MOBILE.fullmatch(text) is not None


def masked(text: str) -> str:
    """Cover all but the last four characters; a text too short to hide anything is covered whole."""
    shown = SHOWN if len(text) >= SHOWN + HIDDEN else 0
    return "*" * (len(text) - shown) + text[len(text) - shown :]


def with_one_dot(name: str) -> str:
    """Write every middle dot in a name as U+00B7, also a full stop between two Chinese characters.

    Source:
        民委发〔2016〕33号: the dot in names of minorities is U+00B7.
    """
    return _FULL_STOP.sub("\u00b7", _DOTS.sub("\u00b7", name))


def match_key(name: str) -> str:
    """Make the key under which spellings of one name meet; never show it in place of the name.

    Every middle dot becomes U+00B7, spaces between Chinese characters go, other spaces become one, and only
    here are compatibility forms (full-width letters, ligatures) folded. Rare characters such as 𠮷 and 䶮 stay.
    A name is cut to ``NAME_LIMIT`` characters first, so that no text, however long, costs more.
    """
    if _PLAIN_NAME.fullmatch(name):
        return name
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", name[:NAME_LIMIT]))
    # Half-width dots are folded into full-width ones by NFKC, and some letters bring a dot: dots come after it.
    text = with_one_dot(unicodedata.normalize("NFKC", text))
    text = _BETWEEN_HAN.sub("", " ".join(text.split()))
    # Folding may lengthen a text (㍿ becomes four characters): cut again, else the key of a key would differ.
    return text[:NAME_LIMIT].strip()
