"""Which fonts papers are set in, and which characters none of them has."""

from __future__ import annotations

import importlib
import os
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from renda_core.errors import ConfigError

PACKAGES = ("pylopdf_fonts_zh_cn", "manimgx_fonts_cjk", "manimgx_fonts")
"""Noto Serif and Sans SC, which papers are set in; Noto Sans CJK for rare characters; Noto Sans for other scripts."""
FOLDER = "RENDA_FONTS"
"""Names a folder with more fonts, for a place whose people bear characters that no font above has."""
EXTRA = "pip install 'renda[pdf]'"
_DRAWN_BY_NOBODY = ("\n", "\t")
# Signs that turn the reading direction would let a text shuffle what stands beside it, so they are shown as codes.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def missing(text: str) -> frozenset[str]:
    """List the characters of a text that no font has; a paper shows each by its code in a small box.

    Raises:
        ConfigError: The fonts are not installed.
    """
    return frozenset(sign for sign in set(text) if not _drawn(sign))


def _drawn(sign: str) -> bool:
    if sign in _DRAWN_BY_NOBODY:
        return True
    kind = unicodedata.category(sign)
    if kind in ("Cc", "Cs", "Co") or sign in _TURNING:
        return False
    return kind == "Cf" or _is_selector(ord(sign)) or ord(sign) in covered()


def _is_selector(code: int) -> bool:
    """Tell a variation selector: it asks for another form of the character before it, and is never drawn itself."""
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


def folders() -> tuple[Path, ...]:
    """Name the folders of the fonts, the place's own last.

    Raises:
        ConfigError: They are not installed, or ``RENDA_FONTS`` is no folder.
    """
    lost = [name for name in (*PACKAGES, "fontTools", "typst") if find_spec(name) is None]
    if lost:
        raise ConfigError("papers cannot be made", f"{', '.join(lost)} not installed: {EXTRA}")
    own = tuple(Path(name) for name in (os.environ.get(FOLDER, ""),) if name)
    if wrong := [str(path) for path in own if not path.is_dir()]:
        raise ConfigError("papers cannot be made", f"{FOLDER}={wrong[0]}: there is no such folder")
    return (*(Path(str(importlib.import_module(name).__file__)).parent for name in PACKAGES), *own)


@cache
def loaded() -> Any:
    """Load the fonts once a process; those of the machine are left out, so that a paper is the same everywhere."""
    places = list(folders())
    from typst import Fonts

    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=places)


@cache
def covered() -> frozenset[int]:
    """Give the code points that any of the fonts draws."""
    found: set[int] = set()
    for path in {str(font.path) for font in loaded().fonts()}:
        found |= codes_of(path)
    return frozenset(found)


def codes_of(path: str | Path) -> frozenset[int]:
    """Read the code points that one font file draws, of a collection its first font.

    A collection of one typeface for several countries draws the same characters in each of its fonts.
    """
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=0, lazy=True) as font:
        names = font.getBestCmap() or {}
        return frozenset(code for code, name in names.items() if name != ".notdef")
