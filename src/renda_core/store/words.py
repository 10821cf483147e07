"""Words of two characters: how Chinese text is found without an extension, alike on both back ends."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 4_000
"""Characters of one text that are indexed; a longer text is still kept whole, and found by its beginning."""
_RUNS = re.compile(r"[0-9a-z]+|[^\W\d_a-z]+", re.IGNORECASE)


def words(*texts: str) -> frozenset[str]:
    """Cut texts into overlapping pairs of characters; runs of letters and digits also stay whole.

    Example:
        >>> sorted(words("垃圾焚烧"))
        ['圾焚', '垃圾', '焚烧']
    """
    return frozenset(word for text in texts for word in _cut(text[:LONGEST]))


def _cut(text: str) -> Iterable[str]:
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).casefold()):
        if run.isascii() or len(run) == 1:
            yield run
        else:
            yield from (run[i : i + 2] for i in range(len(run) - 1))
