"""Days and notices at the prompt: listed, sent once by every night's job, seen by their people."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from .conftest import COUNTY, Terminal

BEFORE, DUE, AFTER, OPENS = "2026-11-27", "2026-11-28", "2026-11-29", "2026-12-28"
TITLE = "清河县第六届人民代表大会第五次会议将于 2026-12-28 召开，请准备代表建议"


@pytest.fixture
def meeting(county: Terminal) -> Terminal:
    """A county that prepares suggestions, with a session at the end of the year."""
    county.ok("tenant", "apply", county.write("qing.toml", COUNTY + "[plugins.proposal_preparation]\n"))
    county.ok("session", "add", "qing", 5, OPENS, "--congress", "清河县人民代表大会", "--term", 6)
    return county


def swept(county: Terminal, today: str) -> int:
    """Run the night's job; give how many notices it sent."""
    told = county.json("sweep", "qing", today=today)
    assert told["failed"] == []
    sent: int = told["notices"]
    return sent


def matter(county: Terminal) -> str:
    """Give the matter of the one reminder that was sent."""
    (found,) = county.json("notices", "qing")["matters"]
    name: str = found["matter"]
    return name


def test_days_are_listed_with_their_notice(meeting: Terminal) -> None:
    told = meeting.json("days", "qing", "--from", "2026-12-01", "--to", "2026-12-31")
    assert [(d["rule"], d["on"], d["notice_by"]) for d in told["days"]] == [
        ("annual_report", OPENS, None),
        ("prepare_suggestions", OPENS, DUE),
    ]
    assert meeting.json("days", "qing", today=BEFORE)["days"] == told["days"]
    assert meeting.json("--unit", "县水利局", "days", "qing", today=BEFORE)["days"] == []
    assert "会前准备代表建议" in meeting.ok("days", "qing", today=BEFORE)
    assert "无日程" in meeting.ok("days", "qing")
    assert meeting("days", "qing", "--from", "2026-12-31", "--to", "2026-12-01").exit_code == 1
    assert meeting.ok("days", "qing", "--from", "9999-12-31")
    meeting.ok("feed", "qing", "days", meeting.folder / "days.ics", today=BEFORE)
    assert (meeting.folder / "days.ics").read_bytes().count(b"BEGIN:VEVENT") == 2


def test_the_nights_job_tells_every_deputy_once(meeting: Terminal) -> None:
    assert [swept(meeting, today) for today in (BEFORE, DUE, DUE, AFTER, OPENS)] == [0, 4, 0, 0, 0]
    (own,) = meeting.json("--as", "王秀英", "notices", "qing")["notices"]
    assert (own["title"], own["falls_on"], own["seen_at"]) == (TITLE, OPENS, None)
    assert TITLE in meeting.ok("--as", "王秀英", "notices", "qing")
    (shown,) = meeting.json("notices", "qing")["matters"]
    assert (shown["sent"], shown["seen"]) == (4, 0)
    meeting.head()


def test_people_mark_their_own_and_the_office_sees_who_has_not(meeting: Terminal) -> None:
    swept(meeting, AFTER)
    line = ("notices", "qing", "prepare_suggestions", matter(meeting))
    assert meeting.json("--as", "王秀英", *line, "--seen", today=AFTER)["notice"]["seen_at"]
    assert meeting("--as", "王秀英", *line, "--seen", today=AFTER).exit_code == 0
    assert [p["name"] for p in meeting.json(*line)["people"] if p["seen_at"]] == ["王秀英"]
    assert sorted(p["name"] for p in meeting.json(*line, "--unseen")["people"]) == ["李建国", "陈明", "陈明"]
    assert "2026-11-29 09:00" in meeting.ok(*line)
    first = meeting.json(*line, "--size", 3)
    assert len(meeting.json(*line, "--after", first["after"])["people"]) == 1
    assert "还有" in meeting(*line, "--size", 3).stderr


def test_what_is_wrong_is_said(meeting: Terminal) -> None:
    swept(meeting, AFTER)
    line = ("notices", "qing", "prepare_suggestions", matter(meeting))
    assert meeting(*line, "--seen").exit_code == 4  # nobody of the roster is logged in
    assert meeting("--as", "王秀英", *line).exit_code == 1
    assert meeting("notices", "qing", "prepare_suggestions").exit_code == 2
    assert meeting("notices", "qing", "--unseen").exit_code == 2
    assert "no notice" in meeting.ok("notices", "qing", "prepare_suggestions", "other")


def test_two_processes_at_once_send_one_notice_each(meeting: Terminal) -> None:
    given = ["--home", str(meeting.home), "--today", DUE, "--json", "sweep", "qing"]
    line = [sys.executable, "-c", "from renda_core.cli import main; main()", *given]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = [subprocess.Popen(line, **pipes) for _ in range(2)]  # type: ignore[call-overload]  # noqa: S603 - our own
    told = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0, 0], told
    assert sum(json.loads(out)["notices"] for out, _ in told) == 4
    assert meeting.json("notices", "qing")["matters"][0]["sent"] == 4
    meeting.head()
