"""Papers that people print and file: one style, PDF out of it."""

from renda_core.papers.blocks import (
    Code,
    Column,
    Entries,
    Entry,
    Fact,
    Facts,
    Figure,
    Issued,
    Paper,
    Prose,
    Section,
    Table,
    paired,
)
from renda_core.papers.fonts import missing
from renda_core.papers.press import render
from renda_core.papers.slips import Choice, Slip

__all__ = [
    "Choice",
    "Code",
    "Column",
    "Entries",
    "Entry",
    "Fact",
    "Facts",
    "Figure",
    "Issued",
    "Paper",
    "Prose",
    "Section",
    "Slip",
    "Table",
    "missing",
    "paired",
    "render",
]
