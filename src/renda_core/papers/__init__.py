"""Papers that people print and file: one style, PDF out of it."""

from renda_core.papers.blocks import (
    Column,
    Entries,
    Entry,
    Fact,
    Facts,
    Figure,
    Paper,
    Prose,
    Section,
    Table,
    paired,
)
from renda_core.papers.fonts import missing
from renda_core.papers.press import render

__all__ = [
    "Column",
    "Entries",
    "Entry",
    "Fact",
    "Facts",
    "Figure",
    "Paper",
    "Prose",
    "Section",
    "Table",
    "missing",
    "paired",
    "render",
]
