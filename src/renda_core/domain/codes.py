"""Codes that follow a matter: short enough to be read out at a station, and too many to be guessed."""

from __future__ import annotations

import secrets
import unicodedata

from renda_core.errors import Invalid

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and letters that nobody takes for another: no 0, 1, I, L or O."""
LENGTH, GROUP = 8, 4
"""31 to the 8th are 8.5e11 codes: with 10 tries in a quarter of an hour, no use to guess."""
_LONGEST = 64
"""Characters that are looked at; who gives more gives no code."""

RATE, DISPUTE, ASSIGN, TOLD = "rate", "dispute", "assign", "tell_voter"
"""Steps that a kind which is followed has: the voter's two, to name units, and that by which the voter was told."""
RATING, BRANCH, UNSOLVED = "rating", "branch", "not_solved"
"""Its facets: the voter's judgement, the way the matter went; and the judgement that a dispute gives."""
RELEASED = "released"
"""The state of a share that was taken from its unit: it handled nothing."""
VOTER = "voter"
"""The role in which a code acts; no tenant gives it to anybody."""


def made_code() -> str:
    """Make a code by chance, as :func:`read_code` gives it."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown_code(code: str) -> str:
    """Write a code as people read it, ``ABCD-EFGH``."""
    return f"{code[:GROUP]}-{code[GROUP:]}"


def read_code(text: str) -> str:
    """Read a code as people type it: in small or full-width letters, with blanks and dashes anywhere.

    Raises:
        Invalid: It can be no code. Nothing of it is repeated, for it may be one with a slip of the finger.
    """
    wide = unicodedata.normalize("NFKC", text[:_LONGEST]).upper()
    plain = "".join(c for c in wide if not (c in "._" or unicodedata.category(c)[0] in "ZC" or _is_dash(c)))
    if len(text) > _LONGEST or len(plain) != LENGTH or not set(plain) <= set(ALPHABET):
        told = f"a code has {LENGTH} letters and digits, as in {shown_code(ALPHABET[:LENGTH])}; none is 0, 1, I, L or O"
        raise Invalid(told, field="code")
    return plain


def _is_dash(c: str) -> bool:
    return unicodedata.category(c) == "Pd" or c in "−‐‑"
