"""A teller's own spreadsheet: every paper in it is read or named with its place, none is guessed or lost."""

from __future__ import annotations

import random
from typing import Any

import attrs
import pytest
from tests.core.test_ballot_tallies import BLANK, CHOOSE, EACH, RANK, VOTES, meeting_papers

from renda_core.domain.ballot import Mode, Rule
from renda_core.domain.ballot.tallies import Sheet, tidied
from renda_core.errors import Invalid
from renda_core.files import Page, write_csv, write_workbook
from renda_core.services.ballots.sheet_files import Voted, read_sheets, write_sheet_template
from renda_core.services.ballots.views import BallotView, RoundView

GRADE = attrs.evolve(EACH, mode="grade", answers=("satisfied", "basically", "unsatisfied"))


def view(rule: Rule = CHOOSE, *titles: str) -> BallotView:
    """Show a ballot on subjects of these titles."""
    named = {f"s{n}": title for n, title in enumerate(titles or ("修桥", "铺路", "引水", "种树"))}
    now = RoundView(number=1, state="closed", subjects=tuple(named), places=2)
    return BallotView(id="b", kind="k", title="票决", version=1, rule=rule, rounds=(now,), titles=named)


def filled(path: Any, head: tuple[str, ...], *lines: tuple[object, ...]) -> Any:
    """Write a workbook as a teller fills it in."""
    return write_workbook(path / "甲.xlsx", [Page("选票录入", head, lines)])


HEAD = ("扎号", "整张票", "1. 修桥", "2. 铺路", "3. 引水", "4. 种树")


def test_marks_as_people_write_them(tmp_path):
    lines = (
        (1, None, "√", "○", None, "×"),
        ("第1扎", None, "✓", None, "否", "-"),
        (1, "空白", None, None, None, None),
        (1, "超过应选数", "√", "√", "√", None),
        (2, "无法辨认", None, None, None, None),
        (2, None, 1, 0, None, None),
    )
    one, other = read_sheets(filled(tmp_path, HEAD, *lines), view())
    assert one == Sheet(bundle="1", papers=(((0, 0), (1, 0)), ((0, 0),), BLANK), void={"max_marks": 1})
    assert other == Sheet(bundle="2", papers=(((0, 0),),), void={"unreadable": 1})


@pytest.mark.parametrize(
    ("rule", "cells", "marks"),
    [
        (EACH, ("赞成", "反对", "弃权", None), ((0, 0), (1, 1), (2, 2))),
        (EACH, ("√", "×", "△", "○"), ((0, 0), (1, 1), (2, 2), (3, 0))),
        (GRADE, ("满意", "基本满意", "不满意", "—"), ((0, 0), (1, 1), (2, 2))),
        (RANK, (2, 1, None, "3"), ((0, 1), (1, 0), (3, 2))),
        (attrs.evolve(CHOOSE, mode="budget", max_marks=None), ("选", "不选", "是", "空"), ((0, 0), (2, 0))),
    ],
)
def test_each_mode_has_its_own_marks(tmp_path, rule, cells, marks):
    (sheet,) = read_sheets(filled(tmp_path, HEAD, (1, None, *cells)), view(rule))
    assert sheet.papers == (marks,)


def test_a_blank_paper_is_void_where_the_rule_says_so(tmp_path):
    (sheet,) = read_sheets(filled(tmp_path, HEAD, (1, "空白票", *[None] * 4)), view(RANK))
    assert (sheet.papers, sheet.void) == ((), {"blank": 1})


def test_one_bundle_for_the_whole_file(tmp_path):
    file = filled(tmp_path, HEAD[1:], (None, "√", None, None, None))
    (sheet,) = read_sheets(file, view(), bundle="第 3 扎")
    assert sheet.bundle == "3"
    with pytest.raises(Invalid, match=r"甲.xlsx, 选票录入, row 2: names no bundle; write its number"):
        read_sheets(file, view())


def test_columns_are_known_by_title_number_or_both_in_any_order(tmp_path):
    lines = ((None, "√", None, "√", 1, None),)
    (sheet,) = read_sheets(filled(tmp_path, ("整张票", "种树", "2", "项目1", "扎", "3. 引水"), *lines), view())
    assert sheet.papers == (((0, 0), (3, 0)),)


def test_two_subjects_of_one_title_are_told_apart_by_number(tmp_path):
    same = view(CHOOSE, "修桥", "修桥")
    (sheet,) = read_sheets(filled(tmp_path, ("扎号", "1. 修桥", "2. 修桥"), (1, None, "√")), same)
    assert sheet.papers == (((1, 0),),)


@pytest.mark.parametrize(
    ("rule", "line", "told"),
    [
        (CHOOSE, (1, None, "对", None, None, None), 'row 2, column C 1. 修桥, "对": not offered; '),
        (CHOOSE, (1, "作废", "√", None, None, None), 'row 2, column B 整张票, "作废": not offered; '),
        (CHOOSE, (1, None, None, None, None, None), "row 2, column B 整张票: the row has no mark; write 空白 here"),
        (CHOOSE, (1, None, "×", "×", None, None), "row 2, column B 整张票: the row has no mark; write 空白 here"),
        (CHOOSE, (1, "空白", None, "√", None, None), 'column D 2. 铺路, "√": a blank paper has no mark; empty this'),
        (CHOOSE, (None, None, "√", None, None, None), "row 2, column A 扎号: names no bundle; write its number"),
        (CHOOSE, ("x" * 30, None, "√", None, None, None), f'column A 扎号, "{"x" * 30}": names no bundle'),
        (RANK, (1, None, 4, None, None, None), 'column C 1. 修桥, "4": there is no such place; write a place from 1'),
        (RANK, (1, None, 0, None, None, None), 'column C 1. 修桥, "0": there is no such place'),
        (RANK, (1, None, "首选", None, None, None), 'column C 1. 修桥, "首选": no whole number; write digits only'),
        (EACH, (1, None, "满意", None, None, None), 'column C 1. 修桥, "满意": not offered; '),
        (CHOOSE, ("合计", None, None, None, None, None), "row 2: a row of totals is left out"),
    ],
)
def test_what_is_wrong_is_named_with_row_column_value_and_remedy(tmp_path, rule, line, told):
    with pytest.raises(Invalid) as wrong:
        read_sheets(filled(tmp_path, HEAD, line), view(rule))
    assert "甲.xlsx, 选票录入, row 2" in str(wrong.value)
    assert told in str(wrong.value)
    assert wrong.value.details["problems"]


def test_a_row_that_looks_like_totals_is_never_dropped_silently(tmp_path):
    lines = ((1, None, "√", None, None, None), ("合计", None, 1, None, None, None))
    with pytest.raises(Invalid, match="row 3: a row of totals is left out"):
        read_sheets(filled(tmp_path, HEAD, *lines), view())


def test_many_errors_are_told_together_and_the_rest_is_counted(tmp_path):
    lines = [(1, None, "对", None, None, None)] * 25
    with pytest.raises(Invalid) as wrong:
        read_sheets(filled(tmp_path, HEAD, *lines), view())
    assert str(wrong.value).count("not offered") == 20
    assert str(wrong.value).endswith("and 5 more")
    assert len(wrong.value.details["problems"]) == 25


def test_a_missing_column_is_no_empty_one(tmp_path):
    """A project whose column is gone would have no votes at all."""
    with pytest.raises(Invalid, match=r"4\. 种树: this column is missing; add it"):
        read_sheets(filled(tmp_path, HEAD[:-1], (1, None, "√", None, None)), view())


def test_an_unknown_column_is_not_left_out_silently(tmp_path):
    with pytest.raises(Invalid, match=r"5\. 养鱼: this column is not known"):
        read_sheets(filled(tmp_path, (*HEAD, "5. 养鱼"), (1, None, "√", None, None, None, "√")), view())


def test_a_worksheet_that_cannot_be_read_is_not_left_out_silently(tmp_path):
    pages = [Page("甲", HEAD, [(1, None, "√", None, None, None)]), Page("乙", ("a", "b"), [(1, 2)])]
    with pytest.raises(Invalid, match=r"乙.*left out"):
        read_sheets(write_workbook(tmp_path / "两页.xlsx", pages), view())


def test_remarks_are_nobodys_business(tmp_path):
    (sheet,) = read_sheets(filled(tmp_path, (*HEAD, "备注"), (1, None, "√", None, None, None, "字迹潦草")), view())
    assert sheet.papers == (((0, 0),),)


def test_an_empty_form_has_no_paper(tmp_path):
    path = write_sheet_template(tmp_path / "空表.xlsx", view())
    with pytest.raises(Invalid, match=r"空表\.xlsx, 选票录入, row 1: there are headers and no row below"):
        read_sheets(path, view())


@pytest.mark.parametrize("mode", ["choose", "each", "grade", "rank", "budget"])
def test_the_template_has_a_column_for_everything_and_no_example(tmp_path, mode: Mode):
    rule = attrs.evolve(RANK if mode == "rank" else EACH if mode in ("each", "grade") else CHOOSE, mode=mode)
    form = Voted.of(view(rule)).form()
    assert [c.title for c in form.columns] == [*HEAD, "备注"]
    assert not any(c.example for c in form.columns)
    assert write_sheet_template(tmp_path / "a.xlsx", view(rule)).stat().st_size > 5_000


def test_a_csv_file_with_a_number_column_as_tellers_keep_it(tmp_path):
    path = write_csv(tmp_path / "乙.csv", ("序号", *HEAD), [(1, 1, None, "√", None, None, None)])
    (sheet,) = read_sheets(path, view())
    assert sheet.papers == (((0, 0),),)


def test_the_worked_meeting_from_a_spreadsheet(tmp_path):
    titles = tuple(f"项目名称{n}" for n in range(1, 13))
    head = ("扎号", "整张票", *(f"{n}. {title}" for n, title in enumerate(titles, 1)))
    lines = []
    for n, paper in enumerate(meeting_papers()):
        cells = dict(paper)
        lines.append((n // 20 + 1, None if paper else "空白", *("√" if s in cells else None for s in range(12))))
    random.Random(3).shuffle(lines)
    shown = view(CHOOSE, *titles)
    read = read_sheets(filled(tmp_path, head, *lines), shown)
    tidy = [tidied(sheet, CHOOSE, 12, places=10) for sheet in read]
    assert sorted((s.bundle, s.size) for s in tidy) == [("1", 20), ("2", 20), ("3", 17)]
    assert [sum(s.votes[n][0] for s in tidy) for n in range(12)] == list(VOTES)
    assert sum(s.void.get("max_marks", 0) for s in tidy) == 2
