"""A Pabulib file read whole or refused, with every mistake named by section, line, column, value and remedy."""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from pathlib import Path

from renda_core.files.limits import MOST_PACKED, refuse
from renda_core.files.pabulib.cells import money, whole_number
from renda_core.files.pabulib.election import LIMITS, TYPES, Election, Project, VoteType
from renda_core.files.pabulib.mistakes import Mistakes
from renda_core.files.pabulib.rows import Row, by_column, header, rows_of, sections_of
from renda_core.files.pabulib.votes import votes_of

MOST_PROJECTS = 10_000
UTF8 = "save the file as UTF-8, as the format asks"


def read_pabulib(path: str | Path) -> Election:
    """Read a file.

    Raises:
        Invalid: As :func:`parse` does, or there is no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise refuse(str(path), "there is no such file", "check the folder and the spelling of the name")
    _refuse_large(path.stat().st_size, path.name)
    return parse(path.read_bytes(), path.name)


def parse(content: bytes, name: str = "election.pb") -> Election:
    """Read the bytes of a file, as they are met in real files.

    These have a mark at the beginning, any line ends, blank lines, blanks around cells, cells left out at the end of a
    row, columns in any order, sections named in small letters, amounts with a comma.

    Raises:
        Invalid: The file is too large, no UTF-8, cut off, or holds anything that cannot be; ``details["mistakes"]`` has
            the first of its mistakes, each with its place and remedy.
    """
    _refuse_large(len(content), name)
    mistakes = Mistakes(name)
    sections = sections_of(rows_of(_text(content, name), name), mistakes)
    mistakes.stop()
    meta = _meta(sections["META"], mistakes)
    kind, budget, numbers = _told(meta, mistakes)
    projects = _projects(sections["PROJECTS"], mistakes)
    mistakes.stop()
    votes = votes_of(kind, projects, sections["VOTES"], mistakes)
    for key, count in (("num_projects", len(projects)), ("num_votes", len(votes.papers))):
        if (said := numbers.get(key, count)) != count:
            told, remedy = f"below there are {count}", "the file may be cut off: get it again, or correct the number"
            mistakes.add("META", meta[key].line, key, str(said), told, remedy)
    mistakes.stop()
    return Election(
        meta={key: _value(row) for key, row in meta.items()},
        vote_type=kind,
        budget=budget,
        projects=projects,
        papers=votes.papers,
        points=votes.points,
        voters=votes.voters,
        voter_columns=votes.voter_columns,
    )


def _refuse_large(size: int, name: str) -> None:
    if size > MOST_PACKED:
        raise refuse(name, f"is larger than {MOST_PACKED:,} bytes", "leave out columns that describe the voters")


def _text(content: bytes, name: str) -> str:
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as broken:
        line = 1 + content.count(b"\n", 0, broken.start)
        raise refuse(name, f"line {line} is no UTF-8", UTF8, line=line) from broken
    if (at := text.find("\0")) >= 0:
        line = 1 + text.count("\n", 0, at)
        raise refuse(name, f"line {line} holds a NUL byte, so this is no text", UTF8, line=line)
    return text


def _meta(rows: Sequence[Row], mistakes: Mistakes) -> dict[str, Row]:
    found: dict[str, Row] = {}
    head = tuple(cell.lower() for cell in rows[0].cells)
    if head[:2] != ("key", "value") or any(head[2:]):
        mistakes.add("META", rows[0].line, "", rows[0].cells[0], "is not the header", "put key;value under META")
    for row in rows[1:]:
        key = row.cells[0]
        if not key:
            mistakes.add("META", row.line, "key", "", "is missing", "name it, or delete the line")
        elif key in found:
            mistakes.add("META", row.line, "key", key, f"stands in line {found[key].line} too", "keep one of them")
        elif any(row.cells[2:]):
            remedy = 'put a text that has a semicolon into "…"'
            mistakes.add("META", row.line, key, row.cells[2], "stands behind the value", remedy)
        found[key] = row
    return found


def _value(row: Row) -> str:
    return row.cells[1] if len(row.cells) > 1 else ""


def _told(meta: Mapping[str, Row], mistakes: Mistakes) -> tuple[VoteType, int, Mapping[str, int]]:
    """Read what the rest is read by: the type of the votes, the budget, and the numbers."""
    numbers = {
        key: mistakes.take("META", meta[key].line, key, value, whole_number, 0)
        for key in (*LIMITS, "num_projects", "num_votes")
        if key in meta and (value := _value(meta[key]))
    }
    for key in ("budget", "vote_type"):
        if key not in meta:
            mistakes.add("META", 0, key, "", "is missing", f"add a line {key};…")
    budget = 0
    if "budget" in meta:
        budget = mistakes.take("META", meta["budget"].line, "budget", _value(meta["budget"]), money, 0)
    text = _value(meta["vote_type"]) if "vote_type" in meta else TYPES[0]
    for kind in TYPES:
        if kind == text.lower():
            return kind, budget, numbers
    remedy = f"votes are read of the types {', '.join(TYPES)}"
    mistakes.add("META", meta["vote_type"].line, "vote_type", text, "is no type of votes", remedy)
    return TYPES[0], budget, numbers


def _projects(rows: Sequence[Row], mistakes: Mistakes) -> tuple[Project, ...]:
    columns = header("PROJECTS", rows[0], ("project_id", "cost"), mistakes)
    if len(rows) - 1 > MOST_PROJECTS:
        told = f"there are more than {MOST_PROJECTS:,} projects"
        mistakes.add("PROJECTS", rows[0].line, "", "", told, "split the file")
    mistakes.stop()
    found: dict[str, Project] = {}
    lines: dict[str, int] = {}
    for row in rows[1:]:
        cells = by_column("PROJECTS", row, columns, mistakes)
        id, cost = cells.pop("project_id"), cells.pop("cost")
        hundredths = mistakes.take("PROJECTS", row.line, "cost", cost, money, 0)
        if not id or "," in id:
            told = "has a comma, which stands between projects in a vote" if id else "is missing"
            mistakes.add("PROJECTS", row.line, "project_id", id, told, "give every project an id of its own")
        elif id in found:
            mistakes.add("PROJECTS", row.line, "project_id", id, f"stands in line {lines[id]} too", "keep one of them")
        found[id], lines[id] = Project(id=id, cost=hundredths, columns=cells), row.line
    return tuple(found.values())
