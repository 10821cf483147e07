"""A key on paper: any *k* of *n* shares, each a line of words, give it back; fewer tell nothing.

Source: SLIP-0039 (Shamir's secret sharing in words with a check sum), by the library shamir-mnemonic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.share import Share

from renda_core.errors import Invalid, Rejected
from renda_core.sealing.keys import SECRET

MOST = 16
"""Source: SLIP-0039: a group has at most 16 members."""


def split(secret: bytes, needed: int, of: int) -> tuple[str, ...]:
    """Write a secret as *of* shares in words, any *needed* of which give it back.

    Raises:
        Invalid: Those numbers make no sense; one share alone that opens is no share but a copy.
    """
    if not 2 <= needed <= of <= MOST:
        raise Invalid(f"{needed} of {of} shares: take at least 2 to open, and at most {MOST} in all")
    return tuple(generate_mnemonics(1, [(needed, of)], secret)[0])


def join(words: Sequence[str]) -> bytes:
    """Give the secret back from enough shares, as people type them.

    Raises:
        Invalid: A share is misspelt, naming which.
        Rejected: Too few shares, or shares of different keys.
    """
    typed = [_tidied(line) for line in words]
    shares = [_share(n, line) for n, line in enumerate(typed, 1)]
    if not shares:
        raise Rejected("cannot open", "no share was given")
    if len({share.common_parameters() for share in shares}) > 1:
        raise Rejected("cannot open", "these shares are of different keys, or of different splittings of one key")
    needed, given = shares[0].member_threshold, {share.index: line for share, line in zip(shares, typed, strict=True)}
    if len(given) < needed:
        raise Rejected("cannot open", f"{needed} shares needed, {len(given)} given; find another share of this key")
    try:
        secret: bytes = combine_mnemonics(list(given.values())[:needed])
    except MnemonicError as error:
        raise Rejected("cannot open", f"these shares do not fit together: {error}") from error
    if len(secret) != SECRET:
        raise Rejected("cannot open", "these are shares of something else than a trustee's key")
    return secret


def still_needed(words: Sequence[str]) -> int:
    """Check shares as they are typed, one after the other; tell how many more the key needs.

    Raises:
        Invalid: The last one is misspelt, is there already, or is of another key than the first.
    """
    *before, last = [_share(n, _tidied(line)) for n, line in enumerate(words, 1)]
    if any(share.common_parameters() != last.common_parameters() for share in before):
        raise Invalid(f"share {len(words)} is of another key, or of another splitting of it; take another sheet")
    if last.index in {share.index for share in before}:
        raise Invalid(f"share {len(words)} is one that you typed already; take another sheet")
    return int(last.member_threshold) - len(words)


def _tidied(line: str) -> str:
    """Give the words alone, as people type them: with numbers, commas, capitals."""
    return " ".join(re.sub(r"[^a-z]+", " ", line.lower()).split())


def _share(n: int, line: str) -> Share:
    try:
        return Share.from_mnemonic(line)
    except (MnemonicError, ValueError) as error:
        told = f"{len(line.split())} words" if line else "nothing"
        raise Invalid(f"share {n} is not as it was written ({told}): {error}; compare it word by word") from error
