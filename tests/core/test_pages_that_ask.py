"""Pages that ask something: a period, a grouping; said in texts, read as meant, shown, printed and as a workbook."""

import datetime as dt
from typing import Literal

import attrs
import openpyxl
import pypdfium2
import pytest

from renda_core import hookimpl, papers
from renda_core.catalogue import Catalogue
from renda_core.domain.fields import titled
from renda_core.domain.figures import Figure
from renda_core.domain.rates import Rate
from renda_core.errors import Invalid, NotFound, PracticeFailed
from renda_core.files import write_workbook
from renda_core.records import Page
from renda_core.services.exports.pages import page_sheets
from renda_core.services.ledgers import page, pages
from renda_core.services.papers.pages import page_paper
from renda_core.services.questions import questions, told
from renda_plugins import suggestion_handling


@attrs.frozen(kw_only=True)
class Asked:
    """What the page asks for."""

    first: dt.date | None = titled("起", default=None)
    by: Literal["", "station"] = titled("分组", default="")
    most: int = titled("最多", default=3)
    whole: bool = titled("全部", default=False)
    sort: Literal["", "visits"] = titled("排序", choices={"visits": "按来访"}, default="")

    def __attrs_post_init__(self):
        if self.most == 99:
            raise KeyError("a defect of the practice's")


@attrs.frozen(kw_only=True)
class Needed:
    """What must be said."""

    on: dt.date = titled("日期")


@attrs.frozen(kw_only=True)
class Line:
    """One group."""

    name: str = titled("名称")
    visits: Figure | None = titled("来访")
    done: Rate | None = titled("办结率")
    on: dt.date = titled("日期", default=dt.date(2026, 3, 16))


@attrs.frozen(kw_only=True)
class Shown:
    """What the page shows."""

    asked: str = titled("所问")
    visits: Figure = titled("来访合计")
    done: Rate = titled("办结率")
    lines: tuple[Line, ...] = titled("分组", default=())
    none: tuple[Line, ...] = titled("空表", default=())


class Practice:
    """询问: a page that asks, and one that asks nothing."""

    @hookimpl
    def register_pages(self):
        async def view(context, desk, asked):
            rate = Rate(hits=5045, base=5440, of="登记的意见")
            lines = tuple(Line(name=f"站{n}", visits=Figure(n, n == 2), done=rate) for n in range(asked.most))
            return Shown(asked=f"{asked.first} {asked.by}", visits=Figure(5000, True), done=rate, lines=lines)

        async def plain(context, desk):
            return Shown(asked="", visits=Figure(1), done=Rate(hits=0, base=0, of="无"))

        async def needing(context, desk, asked):
            whole = Rate(hits=1, base=2, of="无")
            gap = Line(name="空", visits=None, done=None)
            lines = (gap, Line(name="站", visits=Figure(20, True), done=whole))
            return Shown(asked=f"{asked.on}", visits=Figure(1), done=whole, lines=lines)

        yield Page(name="asking", title="询问页", shows=Shown, view=view, asks=Asked)
        yield Page(name="needing", title="必答页", shows=Shown, view=needing, asks=Needed)
        yield Page(name="plain", title="平常页", shows=Shown, view=plain)


@pytest.fixture
def county(bench):
    known = Catalogue.collect({"suggestion_handling": suggestion_handling, "asking": Practice()})
    return bench({"suggestion_handling": {}, "asking": {}}, catalogue=known)


def test_what_is_asked_is_read_as_it_is_meant(county):
    assert county.page("asking").asked == "None "
    assert (
        county.page("asking", asked={"first": "2026-01-01", "by": "station", "most": "1"}).asked == "2026-01-01 station"
    )
    assert county.page("asking", asked={"起": "2026-01-01", "最多": "2"}).asked == "2026-01-01 "
    assert len(county.page("asking", asked={"most": "2"}).lines) == 2
    assert county.page("asking", asked={"first": ""}).asked == "None "  # left empty is not said
    assert county.page("asking", asked={"起": "2026-01-01", "first": ""}).asked == "2026-01-01 "
    assert county.page("asking", asked={"first": dt.date(2026, 1, 1)}).asked == "2026-01-01 "


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"first": "01/02/2026"}, "first"),
        ({"by": "deputy"}, "by"),
        ({"most": "many"}, "most"),
        ({"nothing": "1"}, "nothing"),
        ({"first": "2026-01-01", "起": "2026-02-01"}, "twice"),
        ({"by": "x" * 201}, "longer than 200"),
        ({"nothing": ""}, "nothing"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(county, said, names):
    with pytest.raises(Invalid, match=names):
        county.page("asking", asked=said)


@pytest.mark.parametrize("said", [{}, {"on": ""}, {"on": "x"}])
def test_the_field_that_is_missing_or_wrong_is_named(county, said):
    with pytest.raises(Invalid) as refused:
        county.page("needing", asked=said)
    assert refused.value.details["field"] == "on"


def test_a_class_that_fails_is_the_practices_failure_and_named(county):
    for use in (page, page_sheets, page_paper):
        with pytest.raises(PracticeFailed, match=r"asking\.asking failed: KeyError"):
            county.ask(use, county.actor("clerk", "office"), "asking", {"most": "99"})


def test_a_page_that_asks_nothing_is_asked_nothing(county):
    with pytest.raises(Invalid, match="plain asks for nothing; leave first away"):
        county.page("plain", asked={"first": "2026-01-01"})


def test_only_who_may_open_a_page_finds_it(county):
    clerk, stranger = county.actor("clerk", "office"), county.actor("x", "deputy")
    assert {"asking", "plain"} <= {p.name for p in pages(county.tenant, clerk)}
    assert not {"asking", "plain"} & {p.name for p in pages(county.tenant, stranger)}
    for use in (page_sheets, page_paper):
        with pytest.raises(NotFound):
            county.ask(use, stranger, "asking", {})


def test_a_workbook_has_every_rate_beside_its_numbers_and_marks_round_figures(county, tmp_path):
    sheets = county.ask(page_sheets, county.actor("clerk", "office"), "asking", {"起": "2026-01-01"})
    book = openpyxl.load_workbook(write_workbook(tmp_path / "p.xlsx", sheets))
    assert book.sheetnames == ["询问页", "分组", "空表", "说明"]
    rows = {row[0]: row[1:] for row in book["询问页"].iter_rows(values_only=True)}
    assert rows["来访合计"][0] == "5000余（约数）"
    assert rows["办结率"] == ("92.74 %", 5045, 5440, "登记的意见")
    lines = list(book["分组"].iter_rows(values_only=True))
    assert lines[0] == ("名称", "来访", "来访（约数）", "办结率", "办结率分子", "办结率分母", "日期")
    assert lines[3] == ("站2", 2, "约", "92.74 %", 5045, 5440, dt.datetime(2026, 3, 16))
    assert lines[1][2] is None
    assert "起 2026-01-01" in "".join(str(c.value) for row in book["说明"] for c in row)


def test_a_row_without_a_figure_keeps_its_columns(county):
    _, lines, _ = county.ask(page_sheets, county.actor("clerk", "office"), "needing", {"on": "2026-01-01"})
    assert [len(row) for row in lines.rows] == [len(lines.columns)] * 2
    assert lines.rows[0] == ("空", None, None, None, None, None, dt.date(2026, 3, 16))


def test_what_was_asked_is_told_in_chinese(county):
    said = {"起": "2026-01-01", "whole": "true", "sort": "visits", "most": "0"}
    assert told(Asked, questions(Asked, "asking", said)) == ("起 2026-01-01", "最多 0", "全部 是", "排序 按来访")


def test_a_print_says_what_was_asked(county, tmp_path):
    paper = county.ask(page_paper, county.actor("clerk", "office"), "asking", {"first": "2026-01-01", "by": "station"})
    document = pypdfium2.PdfDocument(papers.render(paper))
    text = "".join(leaf.get_textpage().get_text_range() for leaf in document).replace(" ", "")
    document.close()
    for part in ("起2026-01-01", "分组station", "5000余（约数）", "92.74%", "询问页"):
        assert part in text
