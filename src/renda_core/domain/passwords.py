"""What makes a password (口令) too easy to guess; no rule asks for signs of several sorts, which people work around."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 200
"""Characters that are looked at. U: a sentence is shorter, and a longer text only keeps the server busy."""
FEWEST = 4
"""Different characters. U: fewer are a pattern that a finger makes."""
KNOWN_PART = 3
"""Characters of a name that may not stand in a password; a shorter one stands in many by chance."""
ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb")
"""Rows of an alphabet and of a keyboard."""
WELL_KNOWN = (
    "password",
    "passw0rd",
    "p@ssw0rd",
    "admin",
    "welcome",
    "letmein",
    "iloveyou",
    "woaini",
    "5201314",
    "mima",
)
"""Words that every list of stolen passwords begins with. U: a few, for the length and the other rules do the rest."""
ROW_PART = 5
"""Characters of a row that make a part of a password worthless."""


def plain(password: str) -> str:
    """Give a password as it is hashed: the same however the keyboard writes it (NIST SP 800-63B 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def weaknesses(password: str, *, shortest: int, about: Iterable[str] = ()) -> tuple[str, ...]:
    """Object to a password, with every reason; none repeats any of it.

    Args:
        shortest: Characters that it must have.
        about: What everybody knows of its holder: login, names.

    Source:
        NIST SP 800-63B § 5.1.1.2: length, and no word that is known, repeated, in sequence, or of the context.
    """
    if len(password) > LONGEST:
        return (f"it has more than {LONGEST} characters",)
    text = plain(password).casefold()
    said = [f"it has fewer than {shortest} characters"] if len(text) < shortest else []
    if len(set(text)) < FEWEST:
        said.append(f"it has fewer than {FEWEST} different characters")
    if re.fullmatch(r"(.{1,6}?)\1+.{0,5}", text, re.DOTALL):
        said.append("it repeats itself")
    if any(part and len(part) >= KNOWN_PART and part in text for part in (plain(one).casefold() for one in about)):
        said.append("it contains the login name, or a name that everybody knows")
    left = _without_known(text)
    if left != text and len(left) < shortest // 2:
        said.append("it is a word or a row of keys that is tried first")
    return tuple(said)


def _without_known(text: str) -> str:
    """Take out what is tried first: well-known words, and pieces of rows in either direction."""
    for word in WELL_KNOWN:
        text = text.replace(word, "")
    for row in (*ROWS, *(row[::-1] for row in ROWS)):
        for size in range(len(row), ROW_PART - 1, -1):
            for start in range(len(row) - size + 1):
                text = text.replace(row[start : start + size], "")
    return text
