"""Every ugly file on the shelf comes to what the shelf's table says."""

import re
import tomllib
from pathlib import Path

import pytest

from renda_core.errors import Invalid
from renda_core.files import SHEETS, Read, open_rows

SHELF = Path(__file__).parents[1] / "data"
TABLE = tomllib.loads((SHELF / "shelf.toml").read_text(encoding="utf-8"))
PLACES = {"first": 0, "third": 2, "last": -1}


def test_the_table_names_every_file_and_none_is_large() -> None:
    files = {path.name: path.stat().st_size for path in SHELF.iterdir() if path.is_file()}
    assert {name for name in files if not name.endswith((".py", ".toml"))} == set(TABLE["files"])
    assert len(files) >= 40
    assert max(files.values()) < 60_000


@pytest.mark.parametrize("name", TABLE["files"])
def test_each_file_comes_to_what_the_table_says(name: str) -> None:
    expected = TABLE["defaults"] | TABLE["files"][name]
    sheet = SHEETS[expected["sheet"]]
    if "refused" in expected:
        with pytest.raises(Invalid, match=expected["refused"]) as caught:
            open_rows(SHELF / name, sheet)
        assert name in str(caught.value)
        return
    with open_rows(SHELF / name, sheet) as rows:
        reads = list(rows)
        assert [str(read) for read in rows] == [str(read) for read in reads]
        said = [*rows.notes, *(problem for read in reads for problem in read.problems)]
    _check_said([str(problem) for problem in said if problem.level == "error"], expected.get("error"))
    _check_said([str(problem) for problem in said if problem.level == "warning"], expected.get("warning"))
    assert len(reads) == expected["rows"]
    for place, at in PLACES.items():
        _check_values(reads[at] if place in expected else None, expected.get(place, {}))


def _check_said(said: list[str], expected: str | None) -> None:
    assert bool(said) == (expected is not None), said
    assert expected is None or re.search(re.escape(expected), "\n".join(said)), said


def _check_values(read: Read | None, expected: dict[str, str]) -> None:
    for field, value in expected.items():
        assert read is not None
        assert str(read.values[field]) == value
