"""Pabulib files as they are met, refused where they cannot be, and written so that they stay as they are."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.errors import Invalid
from renda_core.files import pabulib
from renda_core.files.pabulib import Election, Project, parse, read_pabulib, reading, votes, write_pabulib, written

DATA = Path(__file__).parents[1] / "data" / "pabulib"
FILES = sorted(DATA.glob("*.pb"))
SMALL = """META
key;value
description;Three projects
num_projects;3
num_votes;3
budget;1000
vote_type;approval
PROJECTS
project_id;cost;name
a;600;A park
b;400.50;"A pool; heated"
c;1;C
VOTES
voter_id;vote;age
v1;a,b;34
v2;;
v3;c;
"""


def small(old: str = "", new: str = "", *more: tuple[str, str]) -> bytes:
    text = SMALL
    for before, after in ((old, new), *more):
        assert before in text
        text = text.replace(before, after, 1)
    return text.encode()


def refused(content: bytes) -> list[str]:
    """Give the mistakes for which a file is refused."""
    with pytest.raises(Invalid) as error:
        parse(content, "e.pb")
    assert str(error.value).startswith("e.pb")
    return [*error.value.details.get("mistakes", [str(error.value)])]


# -- in


def test_a_file_is_read() -> None:
    found = parse(small())
    assert (found.title, found.vote_type, found.budget) == ("Three projects", "approval", 100_000)
    assert found.projects[1] == Project(id="b", cost=40_050, columns={"name": "A pool; heated"})
    assert found.papers == (((0, 0), (1, 0)), (), ((2, 0),))
    assert found.voters == (("v1", "34"), ("v2", ""), ("v3", ""))
    assert found.voter_columns == ("age",)
    assert [p.name for p in found.projects] == ["A park", "A pool; heated", "C"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + small(),
        small().replace(b"\n", b"\r\n"),
        small().replace(b"\n", b"\r"),
        small().replace(b"\n", b"\n\n"),
        small() + b"\n\n;;\n",
        small().replace(b";", b"; ").replace(b";  ", b"; "),
        small("META", "meta;;", ("PROJECTS", " projects ;;"), ("VOTES", "Votes;")),
        small("a,b;34", " a , b ;34"),
        small("num_votes;3\n", ""),
        small("1000", "1000,00"),
        small("v2;;", "v2"),
        small("key;value", "Key;Value;"),
        small("project_id;cost;name", "Project_ID;COST;name;"),
        small("vote_type;approval", "vote_type;Approval"),
    ],
    ids=range(14),
)
def test_files_as_they_are_met_say_the_same(content: bytes) -> None:
    found, whole = parse(content), parse(small())
    for name in ("vote_type", "budget", "projects", "papers", "voters", "voter_columns"):
        assert getattr(found, name) == getattr(whole, name)


def test_columns_may_stand_in_any_order_and_voters_may_have_no_ids() -> None:
    content = small("project_id;cost;name", "cost;name;project_id", ("a;600;A park", "600;A park;a"))
    content = content.replace(b'b;400.50;"A pool; heated"', b'400,5;"A pool; heated";b').replace(b"c;1;C", b"1;C;c")
    content = content.replace(b"voter_id;vote;age", b"age;vote").replace(b"v1;a,b;34", b"34;a,b")
    content = content.replace(b"v2;;", b"20;").replace(b"v3;c;", b"30;c")
    found = parse(content)
    assert found.projects == parse(small()).projects
    assert found.voters == (("1", "34"), ("2", "20"), ("3", "30"))


def test_points_and_places_are_read() -> None:
    points = small("approval", "cumulative", ("vote;age", "vote;points"), ("a,b;34", "a,b;3, 2"), ("v3;c;", "v3;c;5"))
    found = parse(points)
    assert (found.papers, found.points) == ((((0, 0), (1, 0)), (), ((2, 0),)), ((3, 2), (), (5,)))
    places = parse(small("approval", "ordinal", ("a,b;34", "b,c,a;34")))
    assert places.papers == (((1, 0), (2, 1), (0, 2)), (), ((2, 0),))


def test_a_project_marked_twice_is_read_for_the_rule_to_void() -> None:
    assert parse(small("a,b", "a,a")).papers[0] == ((0, 0), (0, 0))


# -- refused, and nothing of it read


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (small("budget;1000", "budget;1,000,000"), 'META, line 6, column budget, "1,000,000": is no amount'),
        (small("budget;1000", "budget;1,234"), 'META, line 6, column budget, "1,234": has parts smaller than'),
        (small("budget;1000", "budget;-5"), 'META, line 6, column budget, "-5": is no amount'),
        (small("budget;1000", "budget;"), "META, line 6, column budget: is missing; write it in digits"),
        (small("budget;1000\n", ""), "META, column budget: is missing; add a line budget;…"),
        (small("budget", "Budget"), "META, column budget: is missing; add a line budget;…"),
        (small("approval", "thumbs"), 'META, line 7, column vote_type, "thumbs": is no type of votes; votes are read'),
        (
            small("num_votes;3", "num_votes;4"),
            'META, line 5, column num_votes, "4": below there are 3; the file may be',
        ),
        (small("num_projects;3", "num_projects;x"), 'META, line 4, column num_projects, "x": is no whole number'),
        (small("budget;1000", "budget;1000\nbudget;2"), 'META, line 7, column key, "budget": stands in line 6 too'),
        (small("1000", "1000;2"), 'META, line 6, column budget, "2": stands behind the value; put a text'),
        (small("key;value\n", ""), 'META, line 2, "description": is not the header; put key;value under META'),
        (small("a;600", "a;"), "PROJECTS, line 10, column cost: is missing; write it in digits"),
        (small("b;400.50", "a;400.50"), 'PROJECTS, line 11, column project_id, "a": stands in line 10 too'),
        (small("a;600", '"a,b";600'), 'PROJECTS, line 10, column project_id, "a,b": has a comma'),
        (small("a;600", ";600"), "PROJECTS, line 10, column project_id: is missing"),
        (small("A park", "A park;x"), 'PROJECTS, line 10, "x": stands behind the last column'),
        (small("project_id;cost", "id;cost"), 'PROJECTS, line 9, "id;cost;name": there is no column project_id'),
        (small("cost;name", "cost;cost"), "PROJECTS, line 9, column cost: this column stands here twice"),
        (small("a,b;34", "a,z;34"), 'VOTES, line 15, column vote, "a,z": there is no project z under PROJECTS'),
        (small("a,b;34", "a,,b;34"), 'VOTES, line 15, column vote, "a,,b": has a comma too many'),
        (small("v2", "v1"), 'VOTES, line 16, column voter_id, "v1": has voted in line 15 already'),
        (small("v2;;", ";;2"), "VOTES, line 16, column voter_id: is missing"),
        (small("approval", "scoring"), 'VOTES, line 14, "voter_id;vote;age": there is no column points'),
        (
            small("approval", "scoring", ("vote;age", "vote;points")),
            'VOTES, line 15, column points, "34": 1 numbers of',
        ),
        (small("VOTES", "PROJECTS"), 'PROJECTS, line 13, "PROJECTS": this section stands here a second time'),
        (small()[: SMALL.index("VOTES")], "there is no section VOTES; the file may be cut off"),
        (small()[: SMALL.index("voter_id")], "nothing stands under VOTES, not even a header"),
        (b"", "there is no section META"),
        (b"a;b\n" + small(), 'line 1, "a": stands before any section; begin the file with a line META'),
        (small("A park", '"A park'), "); look for a quotation mark left open"),
        (small("\nVOTES", '\n"VOTES'), "line 13 cannot be read (unexpected end of data)"),
        (small("A park", '"A" park'), "line 10 cannot be read"),
        (small("A park", "A p\0rk"), "line 10 holds a NUL byte"),
        (small().replace(b"A park", "Köln".encode("latin-1")), "line 10 is no UTF-8; save the file as UTF-8"),
        (b"x" * (reading.MOST_PACKED + 1), "is larger than 52,428,800 bytes"),
    ],
)
def test_what_cannot_be_is_named_by_section_line_column_value_and_remedy(content: bytes, told: str) -> None:
    mistakes = refused(content)
    assert any(told in mistake for mistake in mistakes), mistakes
    assert all("; " in mistake for mistake in mistakes)


def test_every_mistake_is_told_and_the_first_hundred_in_full() -> None:
    rows = "".join(f"w{n};z;\n" for n in range(150))
    with pytest.raises(Invalid) as error:
        parse(small("num_votes;3\n", "") + rows.encode(), "e.pb")
    assert len(error.value.details["mistakes"]) == 100
    assert error.value.details["count"] == 150
    assert "e.pb: 150 mistakes, nothing was read; first VOTES, line 17" in str(error.value)


def test_a_long_cell_is_cut_where_it_is_told() -> None:
    assert len(refused(small("a,b;34", f"{'z' * 5000};34"))[0]) < 5_300


def test_no_more_is_read_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(votes, "MOST_VOTES", 2)
    monkeypatch.setattr(reading, "MOST_PROJECTS", 3)
    assert "there are more than 2 votes; split the file" in refused(small())[0]
    monkeypatch.setattr(reading, "MOST_PROJECTS", 2)
    assert "there are more than 2 projects; split the file" in refused(small())[0]


def test_a_file_that_is_not_there_or_too_large_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="there is no such file"):
        read_pabulib(tmp_path / "none.pb")
    (tmp_path / "e.pb").write_bytes(small())
    assert read_pabulib(tmp_path / "e.pb") == parse(small())
    monkeypatch.setattr(reading, "MOST_PACKED", 10)
    with pytest.raises(Invalid, match="is larger than 10 bytes"):
        read_pabulib(tmp_path / "e.pb")


# -- out


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_real_file_stays_as_it_was_written_once(file: Path) -> None:
    found = read_pabulib(file)
    once = written(found)
    assert parse(once).papers == found.papers
    assert written(parse(once)) == once
    meta, _, rest = file.read_text("utf-8").partition("VOTES\n")
    assert once.decode().startswith(f"{meta.replace('8000,0', '8000')}VOTES\nvoter_id;vote")
    assert sorted(map(sorted, once.decode().partition("VOTES\n")[2].splitlines())) == sorted(
        map(sorted, rest.splitlines())
    )


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
ID = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=4)


@st.composite
def elections(draw: st.DrawFn) -> Election:
    ids = draw(st.lists(ID, min_size=1, max_size=5, unique=True))
    kind = draw(st.sampled_from(["approval", "choose-1", "ordinal", "cumulative", "scoring"]))
    columns = draw(st.lists(ID.filter(lambda c: c.lower() not in RESERVED), max_size=2, unique=True))
    orders = draw(st.lists(st.lists(st.integers(0, len(ids) - 1), max_size=5), max_size=6))
    voters = draw(st.lists(ID, min_size=len(orders), max_size=len(orders), unique=True))
    pointed = kind in ("cumulative", "scoring")
    keys = draw(st.lists(ID.filter(lambda k: k.lower() not in RESERVED), max_size=2, unique=True))
    return Election(
        meta={key: draw(TEXT) for key in keys},
        vote_type=kind,
        budget=draw(st.integers(0, 10**12)),
        projects=tuple(
            Project(id=id, cost=draw(st.integers(0, 10**9)), columns={c: draw(TEXT) for c in columns}) for id in ids
        ),
        papers=tuple(tuple((s, at if kind == "ordinal" else 0) for at, s in enumerate(order)) for order in orders),
        points=tuple(tuple(draw(st.integers(0, 99)) for _ in order) for order in orders) if pointed else (),
        voters=tuple((voter, *(draw(TEXT) for _ in columns)) for voter in voters),
        voter_columns=tuple(columns),
    )


RESERVED = {"meta", "projects", "votes", "project_id", "cost", "voter_id", "vote", "points", "budget", "vote_type"}


@given(elections())
def test_what_is_written_is_read_back_and_written_the_same(election: Election) -> None:
    once = parse(written(election))
    for name in ("vote_type", "budget", "papers", "points", "voter_columns"):
        assert getattr(once, name) == getattr(election, name)
    assert once.costs == election.costs
    assert [p.id for p in once.projects] == [p.id for p in election.projects]
    assert written(parse(written(once))) == written(once)


def test_a_carriage_return_in_a_text_ends_no_line() -> None:
    one = parse(small("A park", '"A\rpark\r\nhere"'))
    assert parse(written(one)).projects[0].name == "A\npark\nhere"


def test_a_voter_may_be_called_like_a_section(tmp_path: Path) -> None:
    found = parse(small("v2;;", "META;;", ("v3", "PROJECTS")))
    assert [voter for voter, _ in found.voters] == ["v1", "META", "PROJECTS"]
    path = write_pabulib(tmp_path / "e.pb", found)
    assert read_pabulib(path).voters == found.voters
    assert [p.name for p in tmp_path.iterdir()] == ["e.pb"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"meta": {"VOTES": ""}}, "a key cannot be called 'VOTES'"),
        ({"projects": (Project(id="a,b", cost=1),)}, "an id is not empty"),
        ({"projects": (Project(id=" a", cost=1),)}, "nor blanks|neither commas"),
        ({"projects": (Project(id="a", cost=1, columns={"cost": "2"}),)}, "column 'cost' is told elsewhere"),
        ({"voter_columns": ("vote",)}, "column 'vote' is told elsewhere"),
        ({"vote_type": "scoring"}, "0 points for 1 papers"),
        ({"voters": (("a",), ("b",))}, "2 voters for 1 papers"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(change: dict[str, object], told: str, tmp_path: Path) -> None:
    whole = {"meta": {}, "vote_type": "approval", "budget": 1, "projects": (Project(id="a", cost=1),), "papers": ((),)}
    with pytest.raises(Invalid, match=told):
        write_pabulib(tmp_path / "e.pb", Election(**{**whole, **change}))
    assert not list(tmp_path.iterdir())


def test_a_file_is_called_pb(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"name it \.pb"):
        pabulib.write_pabulib(tmp_path / "e.csv", parse(small()))
