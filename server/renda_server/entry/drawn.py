"""The code that a telephone reads, drawn into the page itself: nothing is loaded for it, and nothing keeps it."""

from __future__ import annotations

import segno


def qr(text: str) -> str:
    """Draw a code as SVG."""
    drawn: str = segno.make(text, error="m", micro=False).svg_inline(border=2, omitsize=True, title="要扫的二维码")
    return drawn
