"""A count as a workbook with its papers: only after it is announced, safe to open, and counted again to the same."""

import csv
import re
from pathlib import Path
from typing import Any

import attrs
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.balloting import (
    CHOOSE,
    EACH,
    OFFICE,
    PRESIDIUM,
    TELLERS,
    WATCH,
    deputies,
    electronic,
    enter,
    open_round,
    paper_for,
    peeled,
    prepare,
    projects,
    trustees,
    voting_county,
)

from renda_core.domain.ballot import Attendance, Ballot, Rule, Verdict, count
from renda_core.domain.ballot.tallies import Sheet
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected
from renda_core.files import write_csv, write_workbook
from renda_core.files.pabulib import parse, written
from renda_core.services import ballots
from renda_core.services.ballots import BallotView, Counting
from renda_core.services.ballots.interchange import chosen, count_file
from renda_core.services.ballots.views import RoundView
from renda_core.services.exports import ballots as exports

PAPERS = [[(0, 0), (1, 0)], [(0, 0), (1, 1)], [(0, 2)], [], [(2, 0), (0, 0)], [(0, 0), (0, 1)]]
EVIL = '=HYPERLINK("http://x","y")'


def cells(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(path)
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def announced(b: Any, voters: Any, kind: str = "each") -> Ballot:
    made = prepare(b, kind, voters, projects(b, 3))
    open_round(b, made)
    b.do(ballots.close_round, OFFICE, made.id)
    enter(b, made, PAPERS)
    b.do(ballots.count_round, TELLERS[0], made.id, Counting(paper_returned=len(PAPERS)))
    return b.do(ballots.announce, PRESIDIUM, made.id)


def test_the_workbook_of_a_round_holds_results_numbers_papers_and_rule(county, tmp_path):
    b = voting_county(county)
    made = announced(b, deputies(7))
    path = write_workbook(tmp_path / "a.xlsx", b.ask(exports.workbook, OFFICE, made.id))
    found = cells(path)
    assert list(found) == ["计票结果", "票数核对", "选票", "规则", "说明"]
    heads = ("序号", "项目", "赞成", "反对", "弃权", "占比", "票数", "基数", "结果", "依据", "依据来源", "说明")
    assert found["计票结果"][0] == heads
    assert found["计票结果"][1][:9] == (1, "项目1", 3, 0, 1, "42.86 %", 3, 7, "未通过")
    numbers = dict(found["票数核对"][1:])
    assert numbers | {"发出票": 7, "收回票": 6, "有效票": 5, "无效票": 1, "无效：一项多选": 1} == numbers
    assert numbers["有效票与无效票之和等于收回票"] == "是"
    listed = found["选票"]
    assert listed[0] == ("整张票", "1. 项目1", "2. 项目2", "3. 项目3")
    assert sorted(listed[1:], key=str) == sorted(
        [
            (None, "赞成", "赞成", None),
            (None, "赞成", "反对", None),
            (None, "弃权", None, None),
            ("空白票", None, None, None),
            (None, "赞成", None, "赞成"),
            ("一项多选", None, None, None),
        ],
        key=str,
    )
    assert ("规则", "each", None) in found["规则"]
    assert any(row[2] == "组织法 14" for row in found["规则"])
    told = exports.Told.of(b.ask(ballots.show, OFFICE, made.id))
    assert exports.recounted(told, exports.papers_from_workbook(path, told)) == ()


def test_papers_counted_elsewhere_are_compared_line_by_line(county, tmp_path):
    b = voting_county(county)
    made = announced(b, deputies(7))
    told = exports.Told.of(b.ask(ballots.show, OFFICE, made.id))
    path = tmp_path / "b.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        write = csv.writer(out).writerow
        write(["整张票", "1. 项目1", "2. 项目2", "3. 项目3"])
        for row in (["", "赞成", "赞成", ""], ["", "赞成", "反对", ""], ["", "反对", "", ""], ["空白", "", "", ""]):
            write(row)
        write(["", "赞成", "", "赞成"])
        write(["无法辨认", "", "", ""])
    assert exports.recounted(told, exports.papers_from_workbook(path, told)) == (
        "无效票（一项多选）：公布 1，复核 0",
        "无效票（无法辨认）：公布 0，复核 1",
        "项目1「项目1」反对：公布 0，复核 1",
        "项目1「项目1」弃权：公布 1，复核 0",
    )
    with pytest.raises(Invalid, match="no paper"):
        exports.recounted(told, ())


def test_a_box_opened_by_trustees_and_papers_by_hand_are_in_one_workbook(county, tmp_path):
    b, keys, voters = voting_county(county), trustees(2), deputies(4)
    made = electronic(b, "choose", voters, projects(b, 2), keys, paper=(voters[3].id,), places=1)
    for voter, marks in zip(voters[:3], ([(0, 0)], [(1, 0)], [(0, 0), (1, 0)]), strict=True):
        b.do(ballots.cast, voter, made.id, paper_for(made, marks))
    b.do(ballots.close_round, OFFICE, made.id)
    enter(b, made, [[(1, 0)]])
    opened = peeled(b.ask(ballots.box, OFFICE, made.id), keys)
    b.do(ballots.count_round, OFFICE, made.id, Counting(paper_returned=1, opened=opened))
    b.do(ballots.announce, PRESIDIUM, made.id)
    path = write_workbook(tmp_path / "a.xlsx", b.ask(exports.workbook, WATCH, made.id))
    assert len(cells(path)["选票"]) == 5
    told = exports.Told.of(b.ask(ballots.show, OFFICE, made.id))
    assert told.counted.why_void == {"max_marks": 1}
    assert exports.recounted(told, exports.papers_from_workbook(path, told)) == ()


def test_nothing_goes_out_before_its_time_nor_to_others(county):
    b, voters = voting_county(county), deputies(7)
    made = prepare(b, "each", voters, projects(b, 3))
    open_round(b, made)
    b.do(ballots.close_round, OFFICE, made.id)
    enter(b, made, PAPERS)
    b.do(ballots.count_round, TELLERS[0], made.id, Counting(paper_returned=len(PAPERS)))
    for who in (OFFICE, PRESIDIUM, *TELLERS, WATCH):
        with pytest.raises(Rejected, match="not announced yet"):
            b.ask(exports.workbook, who, made.id)
        with pytest.raises(Rejected, match="not announced yet"):
            b.ask(exports.election, who, made.id)
    b.do(ballots.announce, PRESIDIUM, made.id)
    assert [p.title for p in b.ask(exports.workbook, OFFICE, made.id)] == ["计票结果", "票数核对", "选票", "规则"]
    # who only votes has the announced numbers, and no single paper
    seen = b.ask(exports.workbook, voters[0], made.id)
    assert [p.title for p in seen] == ["计票结果", "票数核对", "规则"]
    assert seen[0].notes == (exports.NO_PAPERS,)
    with pytest.raises(NotAllowed, match="not kept one by one, or not shown"):
        b.ask(exports.election, voters[0], made.id)
    with pytest.raises(NotFound):
        b.ask(exports.workbook, deputies(8)[7], made.id)
    with pytest.raises(NotFound, match="has no round 4"):
        b.ask(exports.workbook, OFFICE, made.id, round=4)


def test_few_papers_are_shown_to_nobody_one_by_one(county):
    b, voters = voting_county(county), deputies(7)
    made = announced(b, voters, "small")
    with pytest.raises(NotAllowed, match="fewer papers were cast than may be shown"):
        b.ask(exports.workbook, OFFICE, made.id)
    assert [p.title for p in b.ask(exports.workbook, TELLERS[0], made.id)] == ["计票结果", "票数核对", "规则"]


def test_totals_and_what_was_declared_from_outside_have_no_papers(county):
    b, voters = voting_county(county), deputies(7)
    made = prepare(b, "each", voters, projects(b, 1))
    open_round(b, made)
    b.do(ballots.close_round, OFFICE, made.id)
    for teller in TELLERS:
        b.do(ballots.enter_sheet, teller, made.id, Sheet(bundle="1", votes=((4, 1, 0),), valid=5))
    b.do(ballots.count_round, OFFICE, made.id, Counting(paper_returned=5))
    b.do(ballots.announce, PRESIDIUM, made.id)
    outside = prepare(b, "each", voters, projects(b, 1))
    there = Attendance(incumbent=7, present=7, issued=7, returned=2)
    b.do(ballots.declare, PRESIDIUM, outside.id, there, [[(0, 0)], [(0, 1)]])
    for ballot in (made, outside):
        assert "选票" not in [p.title for p in b.ask(exports.workbook, OFFICE, ballot.id)]
        with pytest.raises(NotAllowed, match="not kept one by one"):
            b.ask(exports.election, OFFICE, ballot.id)


def test_a_round_of_ours_is_an_election_for_others(county):
    b, voters = voting_county(county), deputies(9)
    made = prepare(b, "choose", voters, projects(b, 3), places=2, title="民生实事项目票决")
    open_round(b, made)
    b.do(ballots.close_round, OFFICE, made.id)
    enter(b, made, [[(0, 0), (1, 0)]] * 5 + [[(0, 0)]] * 3 + [[(0, 0), (1, 0), (2, 0)]])
    b.do(ballots.count_round, OFFICE, made.id, Counting(paper_returned=9))
    b.do(ballots.announce, PRESIDIUM, made.id)
    found = b.ask(exports.election, OFFICE, made.id)
    assert found.voters == ()
    assert parse(written(found)).voters == tuple((str(n),) for n in range(1, 9))
    assert found.meta["description"] == "民生实事项目票决"
    assert (found.limit("max_length"), len(found.papers)) == (2, 8)
    assert re.fullmatch(r"\d\d\.\d\d\.2026", found.meta["date_begin"])
    assert [p.columns for p in found.projects] == [
        {"votes": "8", "name": "项目1", "selected": "1"},
        {"votes": "5", "name": "项目2", "selected": "1"},
        {"votes": "0", "name": "项目3", "selected": "0"},
    ]
    again = count_file(parse(written(found)))
    assert (again.scores, again.notes, [p.name for p in chosen(again)]) == ((8, 5, 0), (), ["项目1", "项目2"])
    grades = announced(b, voters)
    with pytest.raises(Invalid, match="no papers of mode 'each'"):
        b.ask(exports.election, OFFICE, grades.id)


# -- every sort of paper, and texts that a spreadsheet would run

PLACES = ("1", "2", "3")
RANK = attrs.evolve(EACH, answers=PLACES, mode="rank", points=(3, 2, 1))
GRADE = attrs.evolve(EACH, answers=("satisfied", "basically", "own"), mode="grade", blank="void")


def told_of(rule: Rule, papers: list[list[tuple[int, int]]], *, places: int = 0, title: str = EVIL) -> exports.Told:
    """Make a declared round without any store."""
    subjects = ("a", "b", "c")
    counted = count(rule, 3, papers, places=places)
    n = len(papers)
    there = Attendance(incumbent=n, present=n, issued=n, returned=n)
    verdict = Verdict(state="decided", reasons=())
    now = RoundView(number=1, state="declared", subjects=subjects, places=places, attendance=there, counted=counted)
    now = attrs.evolve(now, verdict=verdict)
    titles = {"a": title, "b": "乙", "c": "乙"}
    return exports.Told.of(BallotView(id="x", kind="k", title="t", version=1, rule=rule, rounds=(now,), titles=titles))


@pytest.mark.parametrize(("rule", "places"), [(EACH, 0), (CHOOSE, 2), (RANK, 2), (GRADE, 0)], ids=lambda r: str(r)[:12])
@given(data=st.data())
def test_whatever_is_on_the_papers_the_recount_is_the_count(rule, places, data, tmp_path_factory):
    mark = st.tuples(st.integers(0, 2), st.integers(0, len(rule.answers) - 1))
    papers = data.draw(st.lists(st.lists(mark, max_size=4, unique=True), min_size=1, max_size=5))
    told = told_of(rule, papers, places=places)
    # as CSV, which is read here and not in a process of its own
    page = next(p for p in exports.pages(told, sorted(map(tuple, papers))) if p.title == exports.PAPERS)
    path = write_csv(tmp_path_factory.mktemp("count") / "a.csv", page.columns, page.rows)
    assert exports.recounted(told, exports.papers_from_workbook(path, told)) == ()


@pytest.mark.parametrize("rule", [CHOOSE, RANK], ids=["choose", "rank"])
def test_a_workbook_of_any_sort_is_counted_again_to_the_same(rule, tmp_path):
    papers = [[(0, 0), (1, 0), (2, 0)], [], [(2, 0)], [(1, 0), (2, 0)]]
    told = told_of(rule, papers, places=2)
    path = write_workbook(tmp_path / "a.xlsx", exports.pages(told, sorted(map(tuple, papers))))
    assert exports.recounted(told, exports.papers_from_workbook(path, told)) == ()


def test_no_text_in_it_is_run_as_a_formula(tmp_path):
    told = told_of(EACH, PAPERS)
    book = openpyxl.load_workbook(write_workbook(tmp_path / "a.xlsx", exports.pages(told, sorted(map(tuple, PAPERS)))))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert book["计票结果"]["B2"].value == EVIL
    assert book["计票结果"]["B2"].hyperlink is None
