"""Counting many papers: packed ballots, checked and counted in one pass."""

from renda_core.domain.counting.layout import Layout
from renda_core.domain.counting.packing import Packed, pack, pack_choices, unpack
from renda_core.domain.counting.tally import Tally
from renda_core.domain.counting.voters import Voters

__all__ = ["Layout", "Packed", "Tally", "Voters", "pack", "pack_choices", "unpack"]
