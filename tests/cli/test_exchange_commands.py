"""Popolo, calendars and sessions from the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import icalendar

if TYPE_CHECKING:
    from .conftest import Terminal

HOME = ("--congress", "清河县人民代表大会", "--term", "6")


def test_a_roster_goes_out_and_comes_in_as_the_same(county: Terminal) -> None:
    file = county.folder / "roster.json"
    assert county.json("popolo", "export", "qing", file)["bytes"] == file.stat().st_size
    whole = json.loads(file.read_text("utf-8"))
    assert sorted(p["name"] for p in whole["persons"]) == sorted(["王秀英", "李建国", "陈明", "陈明"])
    before = county.head()
    told = county.json("popolo", "import", "qing", file, "--preview")
    assert told["counts"]["same"] == sum(len(v) for v in whole.values())
    assert told["applied"] is None
    assert county.head() == before
    county.ok("popolo", "import", "qing", file)
    assert county.head()[0] == before[0] + 1


def test_errors_are_told_with_their_place_and_leave_the_data_as_before(county: Terminal) -> None:
    before = county.head()
    bad = {"persons": [{"id": "1", "name": "王某"}, {"id": "1", "name": "李某"}, {"id": "3"}]}
    result = county("popolo", "import", "qing", county.write("bad.json", json.dumps(bad)))
    assert result.exit_code == 1
    for told in ("$.persons[1]", "$.persons[0] too", "$.persons[2]", "name"):
        assert told in result.stderr
    assert "Traceback" not in result.output
    assert county.head() == before
    problem = county.json("popolo", "import", "qing", county.folder / "bad.json", code=1)["problem"]
    assert problem["counts"] == {"new": 1, "error": 2}
    assert county("popolo", "import", "qing", county.folder / "none.json").exit_code == 2
    assert county("popolo", "import", "qing", county.write("odd.json", "name,age")).exit_code == 2


def test_a_bare_array_is_read_when_it_is_said_what_it_holds(county: Terminal) -> None:
    file = county.write("persons.json", json.dumps([{"id": "p/1", "name": "𠮷田"}]))
    assert county("popolo", "import", "qing", file).exit_code == 2
    assert county.json("popolo", "import", "qing", file, "--of", "persons")["applied"]["new"] == 1
    assert county.json("popolo", "import", "qing", file, "--of", "persons")["applied"]["same"] == 1


def test_birth_dates_are_the_offices_and_a_deputy_imports_nothing(county: Terminal) -> None:
    file = county.folder / "roster.json"
    county.ok("popolo", "export", "qing", file, "--personal")
    assert county("--as", "王秀英", "popolo", "export", "qing", county.folder / "x.json", "--personal").exit_code == 1
    assert not (county.folder / "x.json").exists()
    assert county("--as", "王秀英", "popolo", "import", "qing", file, "--preview").exit_code == 1


def test_sessions_are_entered_listed_and_fed(county: Terminal) -> None:
    told = county.json("session", "add", "qing", "5", "2026-01-12", "2026-01-15", *HOME)
    assert told["title"] == "清河县第六届人民代表大会第五次会议"
    assert county("session", "add", "qing", "5", "2026-02-12", *HOME).exit_code == 1
    assert county("session", "add", "qing", "6", "2026-12-12", "--congress", "无此人大", "--term", "6").exit_code == 4
    (row,) = county.json("session", "list", "qing")["sessions"]
    assert (row["number"], row["opens_on"], row["closes_on"]) == (5, "2026-01-12", "2026-01-15")
    assert "第五次会议" in county.ok("session", "list", "qing", *HOME)
    file = county.folder / "sessions.ics"
    county.ok("feed", "qing", "sessions", file)
    (event,) = icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert str(event["summary"]) == told["title"]


def test_deadlines_are_fed_to_whom_they_concern(county: Terminal) -> None:
    number = county.assigned(title="修桥")
    for asker, some in (
        ((), True),
        (("--unit", "县交通运输局"), True),
        (("--unit", "县水利局"), False),
        (("--as", "王秀英"), True),
    ):
        file = county.folder / "deadlines.ics"
        county.ok(*asker, "feed", "qing", "deadlines", file)
        found = icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
        assert bool(found) is some
        assert all(number in e["summary"] for e in found)
    assert (
        county("--as", "李建国", "--roles", "public", "feed", "qing", "deadlines", county.folder / "no.ics").exit_code
        == 1
    )


def test_days_of_a_station_or_a_deputy_are_fed_and_anything_else_is_told(county: Terminal) -> None:
    file = county.folder / "days.ics"
    assert county("feed", "qing", "sessions", file, "--station", "1").exit_code == 2
    assert county("feed", "qing", "days", file, "--station", "1", "--deputy", "王秀英").exit_code == 2
    assert county("feed", "qing", "days", file, "--station", "没有的家").exit_code == 4
    assert county("feed", "qing", "days", file, "--deputy", "没有的人").exit_code == 4
    assert not file.exists()
    county.ok("feed", "qing", "days", file, "--deputy", "王秀英")
    assert "王秀英 代表接待日程" in str(icalendar.Calendar.from_ical(file.read_bytes())["x-wr-calname"])
