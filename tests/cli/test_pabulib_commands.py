"""Elections of anybody's, counted at the command line without a home or a county."""

from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "data" / "pabulib"
WARSAW = DATA / "poland_warszawa_2017_plac-wojska-polskiego.pb"


def test_a_file_is_counted_for_people_and_for_programs(terminal) -> None:
    told = terminal.ok("ballot", "tally", WARSAW)
    assert "Akademia Szkraba" in told
    assert "有效 27，无效 0" in told
    found = terminal.json("ballot", "tally", WARSAW, "--method", "equal_shares")
    assert [(p["id"], p["score"], p["won"]) for p in found["projects"]] == [
        ("427", 16, True),
        ("915", 14, True),
        ("2567", 12, False),
        ("1623", 5, True),
    ]
    assert (found["state"], found["budget"], found["notes"]) == ("decided", 5119500, [])


def test_ordered_votes_are_counted_by_points(terminal) -> None:
    debian = DATA / "debian_2002_leader.pb"
    found = terminal.json("ballot", "tally", debian, "--method", "points", "--places", 1)
    assert {p["name"]: p["score"] for p in found["projects"] if p["won"]} == {"Bdale Garbee": 1062}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (WARSAW.read_bytes()[:900], "the file may be cut off: get it again"),
        (WARSAW.read_bytes().replace(b"14;Plac", b"14;Plac;x"), 'PROJECTS, line 23, "1": stands behind'),
        (b"", "there is no section META"),
    ],
)
def test_what_is_no_whole_file_is_refused(terminal, tmp_path, content: bytes, told: str) -> None:
    (tmp_path / "cut.pb").write_bytes(content)
    result = terminal("ballot", "tally", tmp_path / "cut.pb")
    assert result.exit_code == 1
    assert told in result.stderr.replace("\n", " ")


def test_a_method_that_does_not_fit_is_refused(terminal) -> None:
    result = terminal("ballot", "tally", WARSAW, "--method", "choose")
    assert result.exit_code == 1
    assert "give how many of the 4 projects can win" in result.stderr.replace("\n", " ")
