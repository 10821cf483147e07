"""The votes of a Pabulib file as papers: what each marks, and with how many points."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from renda_core.domain.ballot import Paper
from renda_core.files.pabulib.cells import whole_number
from renda_core.files.pabulib.election import POINTED, Project, VoteType
from renda_core.files.pabulib.mistakes import Mistakes
from renda_core.files.pabulib.rows import Row, by_column, header

MOST_VOTES = 1_000_000


@attrs.frozen(kw_only=True)
class Votes:
    """The section VOTES; the fields are those of an :class:`~renda_core.files.pabulib.Election`."""

    papers: tuple[Paper, ...] = ()
    points: tuple[tuple[int, ...], ...] = ()
    voters: tuple[tuple[str, ...], ...] = ()
    voter_columns: tuple[str, ...] = ()


def votes_of(kind: VoteType, projects: Sequence[Project], rows: Sequence[Row], mistakes: Mistakes) -> Votes:
    """Read every vote.

    Marking a project twice, or more than the election allows, is a matter of the rule: such a vote is read, and void.
    """
    needed = ("vote", "points") if kind in POINTED else ("vote",)
    columns = header("VOTES", rows[0], needed, mistakes)
    if len(rows) - 1 > MOST_VOTES:
        mistakes.add("VOTES", rows[0].line, "", "", f"there are more than {MOST_VOTES:,} votes", "split the file")
    mistakes.stop()
    others = tuple(name for name in columns if name not in ("voter_id", *needed))
    at = {project.id: n for n, project in enumerate(projects)}
    papers, points, voters = list[Paper](), list[tuple[int, ...]](), list[tuple[str, ...]]()
    lines: dict[str, int] = {}
    for number, row in enumerate(rows[1:], 1):
        cells = by_column("VOTES", row, columns, mistakes)
        marked = _marked(cells["vote"], at, row, mistakes)
        papers.append(tuple((s, place) for place, s in enumerate(marked)) if kind == "ordinal" else _plain(marked))
        if kind in POINTED:
            points.append(_points(cells["points"], marked, row, mistakes))
        voter = cells.get("voter_id", str(number))
        if voter in lines:
            told = f"has voted in line {lines[voter]} already"
            mistakes.add("VOTES", row.line, "voter_id", voter, told, "keep the vote that counts")
        elif not voter:
            mistakes.add("VOTES", row.line, "voter_id", "", "is missing", "give every voter an id of its own")
        lines[voter] = row.line
        voters.append((voter, *(cells[name] for name in others)))
    return Votes(papers=tuple(papers), points=tuple(points), voters=tuple(voters), voter_columns=others)


def _plain(marked: Sequence[int]) -> Paper:
    return tuple((s, 0) for s in marked)


def _marked(text: str, at: dict[str, int], row: Row, mistakes: Mistakes) -> tuple[int, ...]:
    marked = []
    for id in map(str.strip, text.split(",")) if text else ():
        if id in at:
            marked.append(at[id])
        else:
            told = f"there is no project {id} under PROJECTS" if id else "has a comma too many"
            mistakes.add("VOTES", row.line, "vote", text, told, "correct the id, or add the project")
    return tuple(marked)


def _points(text: str, marked: Sequence[int], row: Row, mistakes: Mistakes) -> tuple[int, ...]:
    cells = [cell.strip() for cell in text.split(",")] if text else []
    if len(cells) != len(marked):
        told = f"{len(cells)} numbers of points for {len(marked)} projects"
        mistakes.add("VOTES", row.line, "points", text, told, "give one number for each project")
        return tuple(0 for _ in marked)
    return tuple(mistakes.take("VOTES", row.line, "points", cell, whole_number, 0) for cell in cells)
