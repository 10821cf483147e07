"""The five registers of one deputy: views of the same records, each with its own columns; printed and as workbooks."""

import datetime as dt

import openpyxl
import pytest
from tests.core.reminding import COUNTY, OFFICE
from tests.core.test_papers import pages as leaves
from tests.core.test_papers import squeezed
from tests.plugins.archiving import CHAIR, D, archive, enter, file, mark

from renda_core import papers
from renda_core.domain.figures import Figure
from renda_core.errors import NotFound
from renda_core.files import write_workbook
from renda_core.services.exports.pages import page_sheets
from renda_core.services.papers.pages import page_paper
from renda_core.testing import uid

BOOKS = {
    "book_reports": "年度述职登记簿",
    "book_receptions": "代表接待选民登记簿",
    "book_duties": "代表履职情况登记簿",
    "book_activities": "代表参加活动登记簿",
    "book_proposals": "代表提出议案、建议、批评和意见登记簿",
}
RARE = "㐱𠀋𪛖村走访（含 ‰、①、㎡）：" + "反映供水管网老化、停水频繁等问题，" * 8
NAME = "王𠅤"


@pytest.fixture
def b(county):
    """Forty records of one deputy, of every book, some with rare signs and long words."""
    b = archive(county, NAME, "李强")
    for n in range(8):
        enter(b, NAME, "visit", D(2026, n + 1, 3), title=RARE if n == 2 else f"走访 {n} 组", facts={"people": 12 + n})
        enter(b, NAME, "group_activity", D(2026, n + 1, 9), title=f"第一小组第 {n + 1} 次活动")
        enter(b, NAME, "suggestion", D(2026, n + 1, 12), title=f"关于第 {n} 号桥的建议", facts={"lead": n % 2})
    for n in range(6):
        enter(b, NAME, "session", D(2026, n + 1, 20), title="全体会议", congress=uid("county"))
        enter(b, NAME, "training", D(2026, n + 1, 25), title="培训", facts={"hours": 15})
    enter(b, NAME, "leave", D(2026, 5, 21), title="常委会会议", quantity=2)
    report = enter(b, NAME, "duty_report", D(2026, 12, 20), title="口头述职", facts={"unfit": 1}, evidence=("评议表",))
    b.refused = enter(b, NAME, "duty_report", D(2026, 12, 21), title="书面述职")
    mark(b, CHAIR, b.refused, "refuse", "与 12 月 20 日重复")
    enter(b, NAME, "award", D(2026, 12, 22), title="优秀代表")
    enter(b, "李强", "visit", D(2026, 2, 3), title="别人的走访")
    assert report.facts == {"unfit": 1}
    return b


def test_each_record_stands_in_one_book_and_the_five_hold_them_all(b):
    told = {name: file(b, NAME, name, term=6) for name in BOOKS}
    assert {n: len(p.lines) for n, p in told.items()} == {
        "book_reports": 2, "book_receptions": 8, "book_duties": 8, "book_activities": 14, "book_proposals": 8,
    }  # fmt: skip
    whole = file(b, NAME)
    assert sum(len(p.lines) for p in told.values()) == len(whole.records) == 40
    assert sum(p.counted for p in told.values()) == whole.counted == 39
    assert {s for p in told.values() for s in p.sums} == set(whole.sums)
    assert all((p.name, p.congresses, p.first) == (NAME, COUNTY, whole.first) for p in told.values())


def test_the_columns_of_each_register(b):
    first, refused = file(b, NAME, "book_reports").lines
    assert (first.title, first.result, first.state, first.evidence) == ("口头述职", "评议不称职", "已核", "评议表")
    assert (refused.state, refused.why, refused.counted) == ("驳回", "与 12 月 20 日重复", "不计入")
    visit = file(b, NAME, "book_receptions").lines[0]
    assert (visit.kind, visit.people, visit.note) == ("走访选民", Figure(12), "")
    duties = {(d.kind, d.part, str(d.quantity), d.unit) for d in file(b, NAME, "book_duties").lines}
    assert duties == {
        ("出席人代会会议", "参加", "1", "次"), ("请假", "未参加", "2", "半天"), ("表彰奖励", "", "1", "次"),
    }  # fmt: skip
    done = file(b, NAME, "book_activities").lines
    assert {(d.kind, d.note) for d in done} == {("代表小组活动", ""), ("学习培训", "学时 1.5")}
    assert [p.role for p in file(b, NAME, "book_proposals").lines][:2] == ["附议", "领衔"]


def test_a_register_is_the_deputys_own_and_the_offices(b):
    own = b.actor(NAME, "deputy")
    for name in BOOKS:
        assert b.page(name, own, {}).name == NAME
        with pytest.raises(NotFound):
            b.page(name, own, {"person": "李强"})
        with pytest.raises(NotFound):
            b.page(name, b.actor("x", "public"), {"person": NAME})
        assert all("别人" not in str(line) for line in b.page(name, OFFICE, {"person": NAME}).lines)


@pytest.mark.parametrize("name", ["duty_file", *BOOKS])
def test_every_page_is_printed_and_exported(b, name, tmp_path):
    asked = {"person": uid(NAME), "first": "2026-01-01", "last": "2026-12-31"}
    paper = b.ask(page_paper, OFFICE, name, asked)
    assert paper.across
    said = squeezed("".join(leaves(papers.render(paper))))
    title = BOOKS.get(name, "履职档案")
    assert squeezed(title) in said
    assert uid(NAME) not in said
    book = openpyxl.load_workbook(write_workbook(tmp_path / "b.xlsx", b.ask(page_sheets, OFFICE, name, asked)))
    rows = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    assert NAME in {cell for row in rows for cell in row}
    assert dt.datetime(2026, 1, 1) in {cell for row in rows for cell in row}
    if name in ("duty_file", "book_receptions"):
        assert RARE in {cell for row in rows for cell in row}


def test_a_book_with_nothing_in_it_says_so(county):
    b = archive(county, "王芳")
    for name in BOOKS:
        page = file(b, "王芳", name)
        assert (page.counted, page.uncounted, page.lines, page.sums) == (0, 0, (), ())
        assert "（无）" in str(b.ask(page_paper, OFFICE, name, {"person": "王芳"}))
