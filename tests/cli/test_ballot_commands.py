"""Ballots from the command line: on paper by two tellers, by device with trustees, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pypdfium2
import pytest
from click.testing import CliRunner, Result

from renda_core import sealing
from renda_core.cli import renda
from renda_core.cli.ballot_casting import read_marks
from renda_core.sealing.keys import Key, write_public

from .conftest import COUNTY, TODAY

if TYPE_CHECKING:
    from .conftest import Terminal

KEYS = tuple(Key(name=f"监票人{n}", body=f"第{n}代表团", secret=bytes([n]) * 32) for n in (1, 2))
DEPUTIES = ("王秀英", "李建国", "0003", "0004")
OPEN = ("ballot", "open", "qing", "group_survey", "--subject", "县交通运输局", "--title", "办理测评")
VOTERS = tuple(part for name in DEPUTIES for part in ("--roll", name))
TELLERS = ("--teller", "王秀英", "--teller", "李建国")


@pytest.fixture
def voting(county: Terminal) -> Terminal:
    """A county whose deputy groups grade units."""
    county.ok("tenant", "apply", county.write("qing.toml", COUNTY + "[plugins.settled_accounts]\n"))
    return county


def opened(voting: Terminal, *more: str) -> str:
    """Prepare a survey and open it; give its id."""
    id: str = voting.json(*OPEN, *VOTERS, *TELLERS, *more)["id"]
    voting.ok("ballot", "begin", "qing", id)
    return id


def typed(voting: Terminal, text: str, *args: str) -> Result:
    """Run a command and type into it."""
    line = ["--home", str(voting.home), "--today", TODAY, *args]
    return CliRunner().invoke(renda, line, input=text)


def papers(path: Path, *marks: str) -> Path:
    """Write a teller's table: a row for each paper of bundle 1."""
    rows = "\n".join(f"1,,{mark}" for mark in marks)
    path.write_text(f"扎号,整张票,1\n{rows}\n", "utf-8")
    return path


def by_two(voting: Terminal, id: str, *marks: str) -> None:
    """Have both tellers enter the same papers."""
    file = papers(voting.folder / "papers.csv", *marks)
    for teller in ("王秀英", "李建国"):
        voting.ok("--as", teller, "ballot", "enter", "qing", id, file)


def test_a_survey_on_paper_from_beginning_to_end(voting: Terminal) -> None:
    id = opened(voting)
    assert [b["id"] for b in voting.json("ballot", "list", "qing")["ballots"]] == [id]
    assert "投票中" in voting.ok("ballot", "show", "qing", "办理测评")
    assert {e["issued"] for e in voting.json("ballot", "roll", "qing", id)["roll"]} == {"paper"}
    assert voting.json("ballot", "turnout", "qing", id)["by_paper"] == 4
    voting.ok("ballot", "close", "qing", id)
    by_two(voting, id, "满意", "满意", "满意", "不满意")
    assert voting.json("ballot", "bundles", "qing", id)["bundles"][0]["agrees"] is True
    assert "一致" in voting.ok("--as", "王秀英", "ballot", "differences", "qing", id)
    counted = voting.json("ballot", "count", "qing", id, "--returned", "4")
    assert counted == {"id": id, "round": 1, "state": "counted", "version": 3}
    told = voting.ok("ballot", "announce", "qing", id)
    assert "收回 4" in told
    assert "满意" in told
    shown = voting.json("--as", "0003", "ballot", "show", "qing", id)["rounds"][0]
    assert shown["counted"]["votes"] == [[3, 0, 1]]
    assert voting.json("ballot", "audit", "qing", id) == {"whole": True}
    assert voting.head()[0] > 8


def test_two_tellers_who_differ_block_the_count(voting: Terminal) -> None:
    id = opened(voting)
    voting.ok("ballot", "close", "qing", id)
    first, second = (papers(voting.folder / f"{n}.csv", "满意", mark) for n, mark in enumerate(("满意", "不满意")))
    voting.ok("--as", "王秀英", "ballot", "enter", "qing", id, first)
    voting.ok("--as", "李建国", "ballot", "enter", "qing", id, second)
    result = voting("ballot", "count", "qing", id, "--returned", "2")
    assert (result.exit_code, "第1扎" in result.stderr) == (1, True)
    told = voting.ok("--as", "李建国", "ballot", "differences", "qing", id)
    assert "王秀英 2，李建国 1" in told
    assert voting("ballot", "differences", "qing", id).exit_code == 1
    voting.ok("--as", "李建国", "ballot", "withdraw", "qing", id, "1")
    voting.ok("--as", "李建国", "ballot", "enter", "qing", id, first)
    voting.ok("ballot", "count", "qing", id, "--returned", "2")


def test_totals_are_asked_for_and_a_template_is_written(voting: Terminal) -> None:
    id = opened(voting)
    voting.ok("ballot", "close", "qing", id)
    form = voting.folder / "form.xlsx"
    voting.ok("--as", "王秀英", "ballot", "enter", "qing", id, form, "--template")
    assert openpyxl.load_workbook(form).sheetnames
    for teller in ("王秀英", "李建国"):
        done = typed(
            voting, "2\n0\n0\n1\n1\n0\n", "--as", teller, "ballot", "enter", "qing", id, "--totals", "--bundle", "1"
        )
        assert done.exit_code == 0, done.output
    voting.ok("ballot", "count", "qing", id, "--returned", "2")
    for wrong in (("--totals", form), (), (form, "--totals", "--template"), (voting.folder / "x.txt",)):
        assert voting("--as", "王秀英", "ballot", "enter", "qing", id, *wrong).exit_code == 2


def test_one_wrong_bundle_of_a_file_keeps_none(voting: Terminal) -> None:
    id = opened(voting)
    voting.ok("ballot", "close", "qing", id)
    for teller in ("王秀英", "李建国"):
        voting.ok("--as", teller, "ballot", "enter", "qing", id, papers(voting.folder / "1.csv", "满意"))
    file = voting.write("two.csv", "扎号,整张票,1\n2,,满意\n1,,不满意\n")
    before = voting.head()
    assert voting("--as", "王秀英", "ballot", "enter", "qing", id, file).exit_code == 1  # 1 is agreed upon, and stands
    assert voting.head() == before
    assert [b["name"] for b in voting.json("ballot", "bundles", "qing", id)["bundles"]] == ["1"]


def electronic(voting: Terminal) -> str:
    """Prepare a survey by device, rehearse it and open it."""
    public = []
    for n, key in enumerate(KEYS):
        file = voting.folder / f"{n}.public.json"
        file.write_bytes(write_public(key.trustee))
        public += ["--trustee", str(file)]
    id: str = voting.json(*OPEN, *VOTERS, "--electronic", *public)["id"]
    assert voting("ballot", "begin", "qing", id).exit_code == 1  # nobody has shown that the box opens
    trial = voting.folder / "trial.json"
    voting.ok("ballot", "rehearse", "qing", id, "--to", trial)
    voting.ok("ballot", "rehearse", "qing", id, "--opened", by_trustees(trial))
    voting.ok("ballot", "begin", "qing", id)
    return id


def by_trustees(path: Path) -> Path:
    """Have the trustees open a box."""
    box: Any = json.loads(path.read_text("utf-8"))
    for key in KEYS:
        box = sealing.peel(box, key)
    for key in KEYS:
        box = sealing.sign(box, key)
    done = path.with_suffix(".opened.json")
    done.write_text(json.dumps(box), "utf-8")
    return done


def test_a_survey_by_device_is_cast_at_a_prompt_and_verified_from_outside(voting: Terminal) -> None:
    id = electronic(voting)
    receipts = []
    for name, mark in zip(DEPUTIES, "1132", strict=True):
        done = typed(voting, f"{mark}\n{mark}\n", "--as", name, "ballot", "cast", "qing", id)
        assert done.exit_code == 0, done.output
        receipts.append(done.stdout.strip().rpartition(" ")[2])
        assert "1=满意" in done.stderr
    again = typed(voting, "2\n2\n", "--as", "王秀英", "ballot", "cast", "qing", id)
    assert (again.exit_code, "a paper of yours is in the box" in again.stderr) == (1, True)
    voting.ok("ballot", "close", "qing", id)
    box, board, result = (voting.folder / name for name in ("box.json", "board.json", "result.json"))
    voting.ok("ballot", "box", "qing", id, box)
    assert sorted(receipts) == voting.ok("--as", "0003", "ballot", "board", "qing", id).split()[:4]
    voting.ok("ballot", "count", "qing", id, "--opened", by_trustees(box))
    assert voting("ballot", "result", "qing", id, result).exit_code == 1  # not announced yet
    voting.ok("ballot", "announce", "qing", id)
    voting.ok("ballot", "board", "qing", id, "--to", board)
    voting.ok("ballot", "result", "qing", id, result)
    told = voting.json("ballot", "verify", board, result, "--receipt", receipts[0])
    assert told["holds"]
    assert voting.json("ballot", "show", "qing", id)["rounds"][0]["counted"]["votes"] == [[2, 1, 1]]


def test_marks_are_typed_twice_and_never_shown(voting: Terminal) -> None:
    id = electronic(voting)
    done = typed(voting, "98765\n98765\nx\nx\n3\n2\n3\n3\n", "--as", "0004", "ballot", "cast", "qing", id)
    assert done.exit_code == 0, done.output
    assert "98765" not in done.output
    assert voting("ballot", "cast", "qing", id, "--marks", "1").exit_code == 2
    assert typed(voting, "1\n1\n", "ballot", "cast", "qing", id).exit_code == 1  # who is logged in is on no roll


@pytest.mark.parametrize(
    ("text", "mode", "subjects", "answers", "marks"),
    [
        ("", "choose", 3, 1, []),
        ("1, 3", "choose", 3, 1, [(0, 0), (2, 0)]),
        ("3、1", "choose", 3, 1, [(0, 0), (2, 0)]),
        ("102", "each", 3, 3, [(0, 0), (2, 1)]),
        ("1 0 2", "each", 3, 3, [(0, 0), (2, 1)]),
        ("3", "each", 1, 3, [(0, 2)]),
        ("3 1", "rank", 3, 3, [(2, 0), (0, 1)]),
    ],
)
def test_marks_are_read(text: str, mode: str, subjects: int, answers: int, marks: Any) -> None:
    assert read_marks(text, mode, subjects, answers) == marks


@pytest.mark.parametrize(
    ("text", "mode", "subjects", "answers"),
    [
        ("4", "choose", 3, 1), ("1 1", "choose", 3, 1), ("0", "choose", 3, 1), ("-1", "choose", 3, 1),
        ("１", "choose", 3, 1), ("10", "each", 3, 3), ("104", "each", 3, 3), ("a", "each", 3, 3),
        ("1 2 3", "rank", 3, 2), ("1 1", "rank", 3, 3),
    ],
)  # fmt: skip
def test_marks_that_are_none_are_refused_without_repeating_them(
    text: str, mode: str, subjects: int, answers: int
) -> None:
    with pytest.raises(ValueError, match=r"数字|序号|排|项") as wrong:
        read_marks(text, mode, subjects, answers)
    assert "104" not in str(wrong.value)


def test_a_count_goes_out_is_counted_again_and_printed(voting: Terminal) -> None:
    id = opened(voting)
    book, sheet = voting.folder / "count.xlsx", voting.folder / "paper.pdf"
    assert voting("ballot", "export", "qing", id, book).exit_code == 1
    voting.ok("ballot", "print", "qing", id, "选票", sheet)
    assert "县交通运输局" in pypdfium2.PdfDocument(sheet)[0].get_textpage().get_text_range()
    assert voting("ballot", "print", "qing", id, "公告", sheet).exit_code == 1
    voting.ok("ballot", "close", "qing", id)
    by_two(voting, id, "满意", "基本满意")
    voting.ok("ballot", "count", "qing", id, "--returned", "2")
    assert voting("ballot", "export", "qing", id, book).exit_code == 1
    voting.ok("ballot", "announce", "qing", id)
    voting.ok("ballot", "print", "qing", id, "announcement", sheet)
    voting.ok("ballot", "export", "qing", id, book)
    assert voting.json("ballot", "recount", "qing", id, book) == {"equal": True}
    other = papers(voting.folder / "other.csv", "满意", "满意")
    assert voting("ballot", "recount", "qing", id, other).exit_code == 1
    assert voting("ballot", "export", "qing", id, voting.folder / "count.pdf").exit_code == 2


def test_a_count_from_outside_is_declared_at_once(voting: Terminal) -> None:
    id = voting.json(*OPEN, "--incumbent", "0")["id"]
    file = papers(voting.folder / "papers.csv", "满意", "满意", "不满意")
    numbers = ("--incumbent", "4", "--present", "3", "--issued", "3", "--returned", "3")
    shown = voting.json("ballot", "declare", "qing", id, file, *numbers)["rounds"][0]
    assert (shown["state"], shown["counted"]["votes"]) == ("declared", [[2, 0, 1]])
    assert voting("ballot", "declare", "qing", id, file, *numbers).exit_code == 1


def test_a_pabulib_file_is_counted_without_a_home(terminal: Terminal) -> None:
    text = """META
key;value
description;街道项目
country;China
unit;某街道
instance;2026
num_projects;2
num_votes;3
budget;100
vote_type;approval
rule;greedy
date_begin;01.03.2026
date_end;02.03.2026
PROJECTS
project_id;cost;name
1;60;石桥
2;60;路灯
VOTES
voter_id;vote
1;1
2;1,2
3;1
"""
    found = terminal.json("ballot", "tally", terminal.write("a.pb", text))
    assert [(p["id"], p["score"], p["won"]) for p in found["projects"]] == [("1", 3, True), ("2", 1, False)]
    assert "石桥" in terminal.ok("ballot", "tally", terminal.write("a.pb", text), "--method", "choose", "--places", "1")
    assert terminal("ballot", "tally", terminal.write("b.pb", text), "--method", "choose").exit_code == 1


def test_who_is_there_is_told_by_name(voting: Terminal) -> None:
    id = voting.json(*OPEN, *VOTERS)["id"]
    assert voting("ballot", "begin", "qing", id, "--present", "王秀英", "--absent", "李建国").exit_code == 2
    voting.ok("ballot", "begin", "qing", id, "--absent", "李建国", "--absent", "0004")
    there = {e["name"] for e in voting.json("ballot", "roll", "qing", id)["roll"] if e["present"]}
    assert there == {"王秀英", "陈明"}
    assert voting.json("ballot", "turnout", "qing", id)["present"] == 2


def test_what_is_not_there_is_told_with_the_way_on(voting: Terminal) -> None:
    ids = [voting.json(*OPEN, *VOTERS)["id"] for _ in "12"]
    assert voting("ballot", "show", "qing", "没有").exit_code == 4
    assert "renda ballot list" in voting("ballot", "show", "qing", "没有").stderr
    twice = voting("ballot", "show", "qing", "办理测评")
    assert (twice.exit_code, all(id in twice.stderr for id in ids)) == (1, True)
    assert voting("ballot", "open", "qing", "nothing", "--subject", "县交通运输局").exit_code == 4
    assert voting("ballot", "open", "qing", "group_survey", "--subject", "没有的单位").exit_code == 4
    assert voting(*OPEN, "--method", "1").exit_code == 1
    assert voting(*OPEN, "--congress", "没有").exit_code == 4
    assert voting("--as", "王秀英", *OPEN).exit_code == 1
    assert voting("ballot", "count", "qing", ids[0], "--opened", voting.folder / "none.json").exit_code == 2
    assert voting("ballot", "count", "qing", ids[0], "--opened", voting.write("x.json", "[]")).exit_code == 2


def test_a_congress_votes(voting: Terminal) -> None:
    made = voting.json(*OPEN, "--congress", "清河县人民代表大会", "--closes", "2026-01-20 12:00")
    shown = voting.json("ballot", "show", "qing", made["id"])
    assert (shown["incumbent"], shown["closes_at"]) == (4, "2026-01-20T04:00:00Z")
    assert "截止 closes at: 2026-01-20 12:00" in voting.ok("ballot", "show", "qing", made["id"])
