"""How Chinese characters are read: the table of pypinyin, as data and read at first need.

The package itself also loads its table of phrases, a third of a second that no command should pay; which of several
readings a phrase asks for is not needed where all of them are indexed.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from renda_core.errors import ConfigError

_UMLAUT = "\u0308"


@cache
def _table() -> dict[str, str]:
    found = find_spec("pypinyin")
    path = Path(found.origin).with_name("pinyin_dict.json") if found and found.origin else None
    if path is None or not path.exists():
        raise ConfigError("no table of pinyin", "install pypinyin 0.53 or later, which has pinyin_dict.json")
    table: dict[str, str] = json.loads(path.read_text("utf-8"))
    return table


@lru_cache(maxsize=16_384)
def readings(character: str) -> tuple[str, ...]:
    """Give the readings of a character in letters without tones, the commonest first; none for what is no Chinese.

    ü is written v, as it is typed.

    Example:
        >>> readings("单"), readings("吕"), readings("a")
        (('dan', 'chan', 'shan'), ('lv',), ())
    """
    told = _table().get(str(ord(character)), "")
    found = (_toneless(one) for one in told.split(","))
    return tuple(dict.fromkeys(one for one in found if one))


def _toneless(reading: str) -> str:
    parts = unicodedata.normalize("NFD", reading)
    text = parts.replace("u" + _UMLAUT, "v")
    return "".join(c for c in text if c.isascii() and c.isalpha())
