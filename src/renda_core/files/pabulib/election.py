"""An election as a Pabulib file tells it: what was asked for, what it costs, what there is, and every vote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from renda_core.domain.ballot import Paper

VoteType = Literal["approval", "choose-1", "ordinal", "cumulative", "scoring"]
"""Projects approved, any or one; projects in order; points shared out; points given."""
TYPES: tuple[VoteType, ...] = ("approval", "choose-1", "ordinal", "cumulative", "scoring")
POINTED = frozenset({"cumulative", "scoring"})
"""Types whose votes carry points."""
SECTIONS = ("META", "PROJECTS", "VOTES")
LIMITS = (
    "min_length", "max_length", "min_points", "max_points", "min_sum_points", "max_sum_points", "default_score",
)  # fmt: skip
"""Keys of META that hold whole numbers: what a vote may hold."""


@attrs.frozen(kw_only=True)
class Project:
    """One project that stands for election.

    Attributes:
        cost: In hundredths of the currency, as fen are of yuan.
        columns: What else the file says of it, by column, as it stands there.
    """

    id: str
    cost: int
    columns: Mapping[str, str] = attrs.Factory(dict)

    @property
    def name(self) -> str:
        """What people call it; its id where the file has no names."""
        return self.columns.get("name") or self.id


@attrs.frozen(kw_only=True)
class Election:
    """All that a file holds.

    Attributes:
        meta: The section META in its order; what stands here a second time below is written from there.
        budget: In hundredths of the currency.
        papers: The marks of each vote, in the order of the file. An ordinal vote gives places: answer 0 is the first
            choice. All others mark answer 0, and those with points have them in *points*, in the order of the marks.
        voters: Of each vote: the voter's id and what stands in the other columns. Empty where nothing is known.
        voter_columns: The other columns of the voters.
    """

    meta: Mapping[str, str]
    vote_type: VoteType
    budget: int
    projects: tuple[Project, ...]
    papers: tuple[Paper, ...]
    points: tuple[tuple[int, ...], ...] = ()
    voters: tuple[tuple[str, ...], ...] = ()
    voter_columns: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the election is called."""
        return self.meta.get("description", "")

    @property
    def costs(self) -> tuple[int, ...]:
        """The cost of each project, in hundredths of the currency."""
        return tuple(project.cost for project in self.projects)

    def limit(self, name: str) -> int | None:
        """Give a number of :data:`LIMITS`, e.g. ``max_length``; None where the file sets none."""
        text = self.meta.get(name, "")
        return int(text) if text else None
