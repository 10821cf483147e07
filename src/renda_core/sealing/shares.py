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
    typed = [" ".join(re.sub(r"[^a-z]+", " ", line.lower()).split()) for line in words]
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


def needed_of(line: str) -> int:
    """Tell how many shares the key of this one needs."""
    return int(_share(1, " ".join(line.lower().split())).member_threshold)


def _share(n: int, line: str) -> Share:
    try:
        return Share.from_mnemonic(line)
    except (MnemonicError, ValueError) as error:
        told = f"{len(line.split())} words" if line else "nothing"
        raise Invalid(f"share {n} is not as it was written ({told}): {error}; compare it word by word") from error
