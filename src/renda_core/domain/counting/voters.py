"""Who has cast already: a mark for each number on the roll, so that a second paper of one voter is not counted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renda_core.errors import Invalid


class Voters:
    """The voters of a roll by their number on it; memory is five bytes for each.

    Example:
        ::

            voters = Voters(1_000_000)
            first = voters.first(numbers)
            tally.add(papers[first])
    """

    def __init__(self, roll: int) -> None:
        """Begin with a roll of so many voters, none of whom has cast."""
        self._roll = roll
        self._cast = np.zeros(roll, np.bool_)
        self._place = np.zeros(roll, np.int32)  # where a voter first stands in the chunk at hand

    def first(self, numbers: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
        """Tell which papers of a chunk are the first of their voter, and note them as cast.

        Args:
            numbers: The voter of each paper, from 0.

        Raises:
            Invalid: A number is not on the roll; nothing is noted.
        """
        wide = np.asarray(numbers).astype(np.int64, copy=False)
        if wide.size and not 0 <= int(wide.min()) <= int(wide.max()) < self._roll:
            raise Invalid(f"a voter is not on the roll of {self._roll}", field="numbers")
        place = np.arange(wide.size, dtype=np.int32)
        self._place[wide[::-1]] = place[::-1]  # of a number that comes twice, the last assignment stays: the earlier
        first: npt.NDArray[np.bool_] = (self._place[wide] == place) & ~self._cast[wide]
        self._cast[wide] = True
        return first
