"""An election written as a Pabulib file: one form for everything, so that what was written once stays byte for byte."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from renda_core.errors import Invalid
from renda_core.files.pabulib.cells import shown_money
from renda_core.files.pabulib.election import LIMITS, POINTED, SECTIONS, Election
from renda_core.files.written import whole_file

ENDING = ".pb"
ORDER = (
    "description", "country", "unit", "district", "subunit", "instance", "num_projects", "num_votes", "budget",
    "vote_type", "rule", "date_begin", "date_end", *LIMITS,
)  # fmt: skip
"""Keys of META in the order of the format. Source: pabulib/checker 1.0.8."""


def write_pabulib(path: str | Path, election: Election) -> Path:
    """Write a file, which appears once it is whole.

    Returns:
        *path*.

    Raises:
        Invalid: As :func:`written` does, or the name has another ending.
    """
    path = Path(path)
    if path.suffix.lower() != ENDING:
        raise Invalid(f"{path.name}: name it {ENDING}", file=path.name)
    content = written(election)
    with whole_file(path) as part:
        part.write_bytes(content)
    return path


def written(election: Election) -> bytes:
    """Write an election: UTF-8 without a mark, lines that end in a line feed, no blanks around cells.

    Raises:
        Invalid: Something in it could not be read back: an id with a comma, a key that names a section.
    """
    _refuse_ambiguous(election)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")

    def write(cells: Iterable[str]) -> None:
        # a lone carriage return would not be quoted, and so end the line
        writer.writerow([cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells])

    write(["META"])
    write(["key", "value"])
    for pair in _meta(election).items():
        write(pair)
    write(["PROJECTS"])
    columns = tuple(dict.fromkeys(name for project in election.projects for name in project.columns))
    write(["project_id", "cost", *columns])
    for project in election.projects:
        write([project.id, shown_money(project.cost), *(project.columns.get(name, "") for name in columns)])
    write(["VOTES"])
    pointed = election.vote_type in POINTED
    write(["voter_id", "vote", *(["points"] if pointed else []), *election.voter_columns])
    ids = [project.id for project in election.projects]
    for n, paper in enumerate(election.papers):
        marks = sorted(paper, key=lambda mark: mark[1]) if election.vote_type == "ordinal" else paper
        cells = [",".join(ids[subject] for subject, _ in marks)]
        if pointed:
            cells.append(",".join(map(str, election.points[n])))
        voter, *others = election.voters[n] if election.voters else (str(n + 1),)
        write([voter, *cells, *others])
    return out.getvalue().encode()


def _meta(election: Election) -> dict[str, str]:
    """Give META in its order; what the rest of the election tells is written from there.

    Where any of that is missing, everything is put into the order of the format.
    """
    told = {
        "num_projects": str(len(election.projects)),
        "num_votes": str(len(election.papers)),
        "budget": shown_money(election.budget),
        "vote_type": election.vote_type,
    }
    whole = {**election.meta, **told}
    if told.keys() <= election.meta.keys():
        return whole
    first = {key: whole[key] for key in ORDER if key in whole}
    return {**first, **whole}


def _refuse_ambiguous(election: Election) -> None:
    told = [f"META: a key cannot be called {key!r}" for key in election.meta if not key or key.upper() in SECTIONS]
    for project in election.projects:
        if not project.id or "," in project.id or project.id != project.id.strip():
            told.append(f"project {project.id!r}: an id is not empty and has neither commas nor blanks around it")
    told += [f"column {name!r} is told elsewhere, or twice" for name in _columns_twice(election)]
    told += _unequal("points", election.points if election.vote_type in POINTED else election.papers, election)
    told += _unequal("voters", election.voters or election.papers, election)
    if told:
        raise Invalid(f"this election cannot be written: {'; '.join(told)}", mistakes=tuple(told))


def _columns_twice(election: Election) -> list[str]:
    own = {"project_id", "cost"} & {name for project in election.projects for name in project.columns}
    taken = ("voter_id", "vote", *(["points"] if election.vote_type in POINTED else []), *election.voter_columns)
    return sorted(own) + [name for n, name in enumerate(taken) if name in taken[:n] or not name]


def _unequal(what: str, listed: Sequence[object], election: Election) -> list[str]:
    return [] if len(listed) == len(election.papers) else [f"{len(listed)} {what} for {len(election.papers)} papers"]
