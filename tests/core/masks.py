"""Names, numbers and texts for the tests on masking, and how an eye would look for them in what is told."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from renda_core.domain.masking import MASK

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters=MASK), max_size=12)
NAMES = st.one_of(
    st.text("王李蔡湖生秀英欧阳娜", min_size=1, max_size=4),
    st.sampled_from(["买买提·吐尔逊", "Anna Li", "élan", "ＡＢ", "三丰", "张 三"]),
)
PHONES = st.from_regex(r"1[3-9][0-9]{9}|0[0-9]{2,3}-[0-9]{7,8}|[0-9]{17}[0-9X]", fullmatch=True)
_WIDE = {ord(str(n)): chr(0xFF10 + n) for n in range(10)}
_GAPS = st.sampled_from(["", "", " ", "　", "-", "·", "\u200b"])


def disguised(data: Any, text: str) -> str:
    """Write a name or number as people do who hide it: full-width, with blanks, dashes and dots inside."""
    gaps = data.draw(st.lists(_GAPS, min_size=len(text), max_size=len(text)))
    wide = text.translate(_WIDE) if data.draw(st.booleans()) else text
    return "".join(c + g for c, g in zip(wide, gaps, strict=True))


def plainly(text: str) -> str:
    """Write a text as an eye compares it: letters and digits alone, in one form."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


def assert_untold(text: str, known: Iterable[str]) -> None:
    """Assert that no piece of a masked text holds a name or number."""
    for piece in map(plainly, text.split(MASK)):
        for needle in filter(None, map(plainly, known)):
            assert needle not in piece
